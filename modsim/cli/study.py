"""`modsim study`: run, watch, resume and read parameter sweeps."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modsim.cli.common import DEFAULT_STORE, STOPPED, Store, Workers, progress_bar, refuse

if TYPE_CHECKING:
    from modsim.studies.results import StudyResults
    from modsim.studies.running import Forecast, Progress, StudyRun

_LOG_EVERY_SECONDS = 30
_ROWS_SHOWN = 60
_MANY_POINTS = 3000

app = typer.Typer(
    no_args_is_help=True,
    help="Run, watch, resume and read parameter sweeps.\n\nFinished runs are kept in a store and never run twice: a "
    "study that was stopped, or killed, goes on where it stood.",
)

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="A study file (.toml).")]
BudgetText = Annotated[
    str | None, typer.Option("--budget", metavar="AMOUNT", help="Stop after so much: 200runs, 90s, 10min or 2h.")
]


@app.command(
    epilog="\b\nExamples:\n"
    "  modsim study run experiments/dissimilarity-by-budget.toml\n"
    "  modsim study run experiments/dissimilarity-by-budget.toml --budget 10min --workers 2"
)
def run(study: StudyFile, store: Store = DEFAULT_STORE, budget: BudgetText = None, workers: Workers = None) -> None:
    """Run what is missing of a study. Ctrl-C, a kill or a spent budget lose nothing: give the same command again."""
    _run(study, store, budget, workers, retry_failed=False)


@app.command(epilog="Example: modsim study resume experiments/dissimilarity-by-budget.toml")
def resume(study: StudyFile, store: Store = DEFAULT_STORE, budget: BudgetText = None, workers: Workers = None) -> None:
    """Run what is missing of a study, and try again what failed."""
    _run(study, store, budget, workers, retry_failed=True)


@app.command(
    epilog="\b\nExamples:\n"
    "  modsim study status experiments/dissimilarity-by-budget.toml\n"
    "  modsim study status experiments/dissimilarity-by-budget.toml --json"
)
def status(
    study: StudyFile,
    store: Store = DEFAULT_STORE,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Say how far a study is, what failed and why, and what is still before it."""
    with _opened(study, store, reading=True) as at:
        before, (_, failed) = at.forecast(), at.standing()
        failures = [
            {"point": point + 1, "arm": arm, "replicate": replicate, "cause": cause}
            for (point, arm, replicate), cause in failed.items()
        ]
        if as_json:
            found = {
                "study": at.study.name, "points": len(at.study.points), "arms": at.study.arms,
                "replicates": at.study.replicates, "runs": before.runs, "finished": before.found,
                "failed": before.failed, "to_do": before.to_do, "seconds_to_go": round(before.seconds),
                "by_other_code": before.by_other_code, "code": at.store.code, "failures": failures,
            }  # fmt: skip
            print(json.dumps(found, indent=2))
            return
        _say_head(at)
        print(f"{before.found:,} of {before.runs:,} runs are finished, {before.failed:,} failed.")
        for one in failures[:10]:
            print(f"  failed: point {one['point']}, arm {one['arm']}, replicate {one['replicate']}: {one['cause']}")
        _say_other_code(before)
        _say_to_do(before)


@app.command(
    epilog="\b\nExamples:\n"
    "  modsim study results experiments/dissimilarity-by-budget.toml\n"
    "  modsim study results experiments/dissimilarity-by-budget.toml --table runs --out runs.parquet\n"
    "  modsim study results experiments/dissimilarity-by-budget.toml --out who-wins.svg"
)
def results(
    study: StudyFile,
    store: Store = DEFAULT_STORE,
    table: Annotated[str, typer.Option(help="contrasts, estimates or runs.")] = "contrasts",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it: .csv, .parquet or .json for a table, .svg or .png for a figure."),
    ] = None,
) -> None:
    """Show or write the results of a study, as far as it is finished."""
    from modsim.inputs.saving import WritingError
    from modsim.studies.results import TABLES, StudyResults
    from modsim.studies.writing import check_target, write_results

    if table not in TABLES:
        refuse([f"--table {table!r}: there are {', '.join(TABLES)}"])
    with _opened(study, store, reading=True) as at:
        try:
            if out is not None:
                check_target(out, at.study)
            found = StudyResults(at)
            if not any(found.replicates_at(point) for point in range(len(at.study.points))):
                _say_other_code(at.forecast())
                refuse([f"{study}: no point has all its arms finished yet; run `modsim study run {study}`"])
            if out is not None:
                write_results(found, table, out)
        except WritingError as error:
            refuse([str(error)])
        if not found.complete:
            print(f"The study is not finished: {_finished(found)}", file=sys.stderr)
        for note in found.notes[:10]:
            print(f"Note: {note}.", file=sys.stderr)
        if out is None:
            _show(found, table)
        else:
            print(f"Written: {out}")


@contextmanager
def _opened(study: Path, store: Path, reading: bool = False) -> "Iterator[StudyRun]":
    """A study beside its store; everything that can be wrong with either is told in a line."""
    from modsim.inputs.problems import InputError
    from modsim.studies.loading import load_study
    from modsim.studies.running import StudyRun, deciding_code
    from modsim.studies.store import NotAStoreError, StoreError, opened

    try:
        loaded = load_study(study)
        if reading and not os.path.exists(store):
            refuse([f"{store}: there is no run store yet; `modsim study run {study}` makes it"])
        if len(loaded.points) >= _MANY_POINTS:
            print(f"Reading {len(loaded.points):,} points …", file=sys.stderr, flush=True)
        with opened(store, deciding_code(), reading) as kept:
            for line in kept.repaired:
                print(f"{'Note' if reading else 'Repaired'}: {line}.", file=sys.stderr)
            yield StudyRun(loaded, kept)
    except InputError as error:
        refuse(error)
    except NotAStoreError as error:
        refuse([str(error)])
    except StoreError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


def _run(study: Path, store: Path, budget: str | None, workers: int | None, retry_failed: bool) -> None:
    from modsim.inputs.problems import InputError
    from modsim.studies.running import Budget

    try:
        spend = None if budget is None else Budget.of(budget)
    except InputError as error:
        refuse(error)
    try:
        with _opened(study, store) as at:
            before = at.forecast(retry_failed, workers)
            _say_head(at)
            if before.found:
                print(f"{before.found:,} of {before.runs:,} runs are in the store already.")
            _say_other_code(before)
            _say_to_do(before)
            sys.stdout.flush()
            progress = _run_with_progress(at, before, spend, workers, retry_failed)
            _say_end(at, progress, study)
    except KeyboardInterrupt:
        print("\nStopped; what was finished is kept.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None


def _run_with_progress(at: "StudyRun", before: "Forecast", spend, workers, retry_failed) -> "Progress":
    """The run with a bar on a terminal, or a line now and then in a log."""
    began = told = time.monotonic()
    if sys.stderr.isatty():
        with progress_bar() as bar:
            line = bar.add_task("Simulating", total=max(before.work, 1))

            def show(now: "Progress") -> None:
                failed = f", {now.failed} failed" if now.failed else ""
                words = f"{now.found + now.finished:,} of {now.runs:,} runs{failed}"
                bar.update(line, completed=now.work_done, description=words)

            return at.run(spend, workers, retry_failed, show)

    def log(now: "Progress") -> None:
        nonlocal told
        if time.monotonic() - told >= _LOG_EVERY_SECONDS and now.work_done:
            told = time.monotonic()
            left = (told - began) * (now.work - now.work_done) / now.work_done
            print(
                f"{now.found + now.finished:,} of {now.runs:,} runs, {now.failed} failed, {_duration(left)} to go",
                file=sys.stderr,
                flush=True,
            )

    return at.run(spend, workers, retry_failed, log)


def _say_head(at: "StudyRun") -> None:
    s = at.study
    print(s.study.title or s.name)
    print(
        f"{len(s.points):,} points ({', '.join(s.factors)}) x {len(s.arms)} arms x {s.replicates} simulated futures = "
        f"{s.runs:,} runs; store: {at.store.folder}"
    )
    if len(at.different) < s.runs:
        print(f"Of these, {len(at.different):,} differ; the others are the same runs at other points, done once.")


def _say_to_do(before: "Forecast") -> None:
    if before.to_do:
        print(
            f"To do: {before.to_do:,} runs, roughly {_duration(before.seconds)} and {before.megabytes:,.1f} MB of disk."
        )
    elif before.failed:
        print(f"Nothing is missing but {before.failed:,} failed runs; `modsim study resume` tries them again.")
    else:
        print("Nothing is missing.")


def _say_other_code(before: "Forecast") -> None:
    for code, number in before.by_other_code.items():
        print(
            f"The store also holds {number:,} of these runs made by other code ({code}). They are kept, and "
            "never mixed with runs of this code."
        )


def _say_end(at: "StudyRun", progress: "Progress", study: Path) -> None:
    from modsim.studies.running import STOPPED_BY_HAND

    for line in progress.failures[:10]:
        print(f"Failed: {line}", file=sys.stderr)
    if len(progress.failures) > 10:
        print(f"… and {len(progress.failures) - 10} more", file=sys.stderr)
    whole = progress.found + progress.finished
    print(
        f"{progress.finished:,} runs done now, {whole:,} of {progress.runs:,} in the store, {progress.failed:,} failed."
    )
    if progress.stopped:
        print(f"Stopped: {progress.stopped}. `modsim study run {study}` goes on from here.")
    if whole:
        print(f"See: modsim study results {study}")
    if progress.stopped == STOPPED_BY_HAND:
        raise typer.Exit(STOPPED)
    if progress.failed:
        print(f"`modsim study resume {study}` tries the failed runs again.", file=sys.stderr)
        raise typer.Exit(1)


def _finished(found: "StudyResults") -> str:
    whole = found.study.replicates
    numbers = [len(found.replicates_at(point)) for point in range(len(found.study.points))]
    span = f"{min(numbers)}" if min(numbers) == max(numbers) else f"{min(numbers)} to {max(numbers)}"
    return f"{span} of {whole} simulated futures at each of {len(numbers):,} points."


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _show(found: "StudyResults", name: str) -> None:
    """The first rows of a table; of contrasts only the verdict's measure, in words."""
    table = found.table(name)
    if name == "contrasts":
        arm, against = (found.study.scenario.arm_label(one) for one in found.study.verdict_pair)
        measure = found.study.main_measure
        print(f"{arm} minus {against}: {measure.label}, {measure.unit}")
        table = table[table["measure"] == measure.name].drop(columns=["measure", "arm", "against"])
    shown = table.head(_ROWS_SHOWN)
    print(shown.to_string(index=False, float_format=lambda x: f"{x:.4g}"))
    if len(table) > len(shown):
        print(f"… and {len(table) - len(shown):,} more rows; --out FILE.csv writes them all")
