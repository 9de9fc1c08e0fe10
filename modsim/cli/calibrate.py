"""`modsim calibrate`: which numbers of the model agree with what is known of a place."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modsim.cli.common import (
    DEFAULT_STORE,
    STOPPED,
    Changes,
    Head,
    Store,
    Workers,
    plain_table,
    progress_bar,
    refuse,
    terminal,
)

if TYPE_CHECKING:
    from modsim.calibration.ensemble import Ensemble

PUBLISHED, DOCUMENT = Path("experiments/published/calibration"), Path("docs/credibility.md")
EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim calibrate experiments/calibration/targets.csv\n"
    "  modsim calibrate my-targets.csv --scenario my-place.toml --worlds 60 --out results/mine"
)


def calibrate(
    targets: Annotated[Path, typer.Argument(metavar="TARGETS.csv", help="The targets: figures with their ranges.")],
    scenario: Annotated[Path, typer.Option(metavar="FILE", help="The place to calibrate in.")] = Path(
        "scenarios/calibration.toml"
    ),
    prior: Annotated[Path, typer.Option(metavar="FILE", help="The parameters and the range of each.")] = Path(
        "experiments/calibration/prior.csv"
    ),
    variants: Annotated[
        Path, typer.Option(metavar="FILE", help="The structural variants: ways in which the model may work.")
    ] = Path("experiments/calibration/variants.toml"),
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Calibrate this variant only; may be given several times."),
    ] = None,
    worlds: Annotated[int, typer.Option(min=8, max=100_000, help="Worlds of the first wave, of each variant.")] = 96,
    again: Annotated[int, typer.Option(min=4, max=100_000, help="Worlds of the second wave.")] = 40,
    points: Annotated[int, typer.Option(min=1, max=200, help="Points in each world.")] = 6,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Seed of all draws.")] = 1,
    rules: Annotated[
        bool, typer.Option("--rules", help="Also test which contested rules the targets can tell apart; takes longer.")
    ] = False,
    cross_check: Annotated[bool, typer.Option("--cross-check", help="Also compute the posterior with pyABC.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="For maintainers: ship the draws, and put the tables into the docs.")
    ] = False,
    store: Store = DEFAULT_STORE,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go.")] = Path("results/calibration"),
    changes: Changes = None,
    workers: Workers = None,
) -> None:
    """Find the parameters that agree with the evidence: draws from the posterior, and what the targets leave open.

    Each structural variant of the model is calibrated to the same targets, and weighed by how well it foresees them.
    The five that come with modsim take about half an hour on two cores, one (--only a) a fifth of that. Every finished
    part is kept in the store: after Ctrl-C or a crash the same command goes on where it stood.
    """
    try:
        from modsim.calibration import page
        from modsim.calibration.calibrating import Size
        from modsim.calibration.emulators import FEWEST_RUNS
        from modsim.calibration.ensemble import calibrate_all, read_variants
        from modsim.calibration.libraries import check_library
        from modsim.calibration.prior import Prior
        from modsim.calibration.targets import read_targets
        from modsim.calibration.writing import NAMES, write_more, write_pictures, write_tables
        from modsim.findings.folder import FolderError, check_folder
        from modsim.inputs.problems import InputError
        from modsim.inputs.reading import load_scenario
        from modsim.simulation.parallel import LostWorkerError
        from modsim.studies.documents import check_places

        try:
            if publish and not (rules and cross_check):
                refuse(["--publish goes with --rules and --cross-check: what is published holds everything"])
            if publish:
                check_places(DOCUMENT, page.TABLES, page.BY)
            if cross_check:
                check_library("pyabc", "pyABC", "a cross-check")
            if worlds * points < FEWEST_RUNS:
                refuse(
                    [f"--worlds {worlds} with --points {points}: {FEWEST_RUNS} runs or more are needed to learn from"]
                )
            if store.is_file():
                refuse([f"--store {store}: is a file; give a folder, which is made if it does not exist"])
            folder, command = check_folder(out, NAMES, "calibration.json"), shlex.join(["modsim", *sys.argv[1:]])
            aims, place, known = read_targets(targets), load_scenario(scenario, changes or []), Prior.read(prior)
            ways = read_variants(variants)
            if only:
                ways = ways.only(only)
            with progress_bar() as bar:
                tell = _showing(bar)
                found = calibrate_all(
                    ways, aims, place, known, store, size=Size(worlds, again, points), seed=seed, workers=workers,
                    progress=tell,
                )  # fmt: skip
                write_tables(found, folder, command)
                write_pictures(found.first, folder)
                more = _more(found, store, rules, cross_check, workers, tell)
                write_more(more, folder)
            if publish:
                page.publish(found, PUBLISHED, DOCUMENT, command, more)
        except InputError as error:
            refuse(error)
        except FolderError as error:
            refuse([str(error)])
        except (LostWorkerError, OSError) as error:
            print(
                f"{error}. What was finished is kept in {store}; the same command goes on from there.", file=sys.stderr
            )
            raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print(f"\nStopped. What was finished is kept in {store}; the same command goes on from there.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    _show(found, more)
    print(f"\nDraws, tables and pictures are in {out}/")


def _showing(bar: Any) -> Any:
    """What shows each stage of a calibration on a line of its own."""
    lines: dict[str, Any] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in lines:
            lines[what] = bar.add_task(what.capitalize(), total=total)
        bar.update(lines[what], completed=done, total=total)

    return tell


def _more(found: "Ensemble", store: Path, rules: bool, cross_check: bool, workers: int | None, tell: Any) -> Any:
    """Further tables: parameter recovery of every variant, and of the first what was asked for."""
    import pandas as pd

    from modsim.calibration.credibility import confusion, evidence_for, recovered, variant_tables
    from modsim.calibration.cross_check import cross_checked

    more, first = {"recovery": found.together(recovered)}, found.first
    if cross_check:
        more["cross-check"] = cross_checked(first)
    if rules:
        tables = variant_tables(first, store, workers, tell)
        without = [t.id for t in first.fitted if t.figure == "match_difference"]
        evidence = {"all targets": evidence_for(first, tables)}
        if 0 < len(without) < len(first.fitted):
            evidence[f"without {', '.join(without)}"] = evidence_for(first, tables, without)
        more["rules-evidence"] = pd.DataFrame(evidence)
        more["rules-told-apart"] = confusion(first, tables)
    return more


def _show(ensemble: "Ensemble", more: Any) -> None:
    from modsim.calibration.page import coverage_of

    console, found = terminal(), ensemble.first
    many = len(ensemble.calibrations) > 1
    if many:
        console.print("Structural variants, each calibrated to the same targets:\n")
        shown = ("variant", "title", "targets_reached", "targets", "log_evidence_less_best", "weight", "equal_weight")
        console.print(_table(ensemble.summary, shown))
        console.print(f"\nOf variant {ensemble.variants.members[0].id}:", style="bold")
    console.print(f"{found.scenario.title}: {len(found.table):,} points run, {found.kept.sum():,} not ruled out.")
    console.print(f"The first wave leaves {found.room_left:.1%} of the prior.\n")
    console.print(_table(found.reached, ("id", "figure", "use", "target_low", "target_high", "model", "holds")))
    missed = found.reached[~found.reached["holds"]]
    if len(missed):
        console.print(
            f"The model does not reach {', '.join(missed['id'])}; that is a finding, and stays.", style="bold"
        )
    if found.absent:
        print(f"No run of this place has the figures of {', '.join(target.id for target in found.absent)}.")
    known = found.numbers[found.numbers["identified"]].sort_values("contraction", ascending=False)
    console.print(
        f"\nThe evidence narrows {len(known)} parameters (contraction {found.identified_from:.2g} or more; chance "
        f"gives up to {found.chance:.2g}){':' if len(known) else '.'}",
        soft_wrap=True,
    )
    if len(known):
        console.print(_table(known, ("number", "prior_best", "centre", "low", "high", "contraction")))
    rest = found.numbers[~found.numbers["identified"]]["number"]
    console.print(f"It hardly narrows {', '.join(rest)}.", soft_wrap=True)
    recovery = more["recovery"].query("variant == @ensemble.variants.members[0].id")
    console.print(
        f"\nParameter recovery on synthetic data: {coverage_of(recovery)} (60 to 95 % is as it should be).",
        soft_wrap=True,
    )
    for name, title in (
        ("cross-check", "By pyABC, in shares of the prior:"),
        ("rules-evidence", "Log evidence of contested rules, less that of the model as it is:"),
        ("rules-told-apart", "Synthetic data from each rule (rows), and which rule is taken for its source:"),
    ):
        if name in more and len(more[name]):
            console.print(f"\n{title}")
            table = more[name] if name == "cross-check" else more[name].reset_index(names="")
            console.print(_table(table, tuple(table.columns)))


def _table(frame: Any, columns: tuple[str, ...]) -> Any:
    from rich.text import Text

    heads: list[Head] = [
        (str(name).replace("_", " "), "left" if frame[name].dtype == object else "right") for name in columns
    ]
    table = plain_table(heads)
    for row in frame[list(columns)].itertuples(index=False):
        table.add_row(*(Text(_cell(value)) for value in row))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "NO"
    if isinstance(value, float):
        return "–" if value != value else f"{value:.3g}"
    return str(value)
