"""`modsim verify`: does the code do what the model says?"""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modsim.cli.common import STOPPED, Head, Workers, plain_table, progress_line, refuse, terminal

if TYPE_CHECKING:
    from modsim.verification.verifying import Verification

EXAMPLES = (
    "\b\nExamples:\n  modsim verify\n  modsim verify --full\n  modsim verify --only rules --only 7 --seed 20261122"
)
_HIGHEST_SEED = 2**40
PUBLISHED, DOCUMENT = Path("experiments/published/verification.json"), Path("docs/credibility.md")


def verify(
    full: Annotated[
        bool, typer.Option("--full", help="Three times as many runs and more parameters; takes a quarter of an hour.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=_HIGHEST_SEED, help="Seed of all draws; a fresh one by default."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="One case, by its name in the list; may be repeated."),
    ] = None,
    every: Annotated[bool, typer.Option("--every-check", help="Show exact checks that agree, too.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="For maintainers: put the tables into docs/credibility.md.")
    ] = False,
    workers: Workers = None,
) -> None:
    """Check the code against independent forms of the model, on fresh random parameters, case by case.

    Rules against their formulas, exact cases, laws of labels and sums, both implementations of the week, and an
    independent prototype (the oracle). The exit code is 1 if anything fails.
    """
    try:
        from modsim.simulation.parallel import LostWorkerError
        from modsim.verification.verifying import NAMES
        from modsim.verification.verifying import verify as verified

        if publish and only:
            refuse(["--publish and --only do not go together: what is published holds every case"])
        unknown = [name for name in only or [] if name not in NAMES]
        if unknown:
            refuse([f"--only {name!r}: there is no such case; there are {', '.join(NAMES)}" for name in unknown])
        seed = secrets.randbelow(_HIGHEST_SEED) if seed is None else seed
        print(
            f"Parameters drawn from seed {seed}: `modsim verify --seed {seed}{' --full' if full else ''}` repeats this."
        )
        with progress_line("Looking") as tell:
            try:
                found = verified(
                    seed, full=full, only=only or (), workers=workers,
                    progress=tell,
                )  # fmt: skip
            except LostWorkerError as error:
                print(f"Nothing was found: {error}.", file=sys.stderr)
                raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    _show(found, every)
    if publish:
        _publish(found)
    raise typer.Exit(0 if found.passed else 1)


def _publish(found: "Verification") -> None:
    from modsim.inputs.problems import InputError
    from modsim.verification.page import publish

    try:
        publish(found, PUBLISHED, DOCUMENT)
    except (InputError, OSError) as error:
        refuse([f"not published: {error}; start in the project's folder"])
    print(f"Published in {PUBLISHED} and {DOCUMENT}; read it.")


def _show(found: "Verification", every: bool) -> None:
    from modsim.verification.docking import ENOUGH_CELLS
    from modsim.verification.verifying import ORACLE, told_by

    console = terminal()
    for case in found.cases:
        exact = [check for check in case.checks if check.tolerance < 1e-6 and check.passed and not check.at_least]
        console.print(f"\n{'PASS' if case.passed else 'FAIL'}  {case.name}: {case.title}", style="bold")
        drawn = ", ".join(f"{key} {value:.4g}" for key, value in case.drawn.items())
        if drawn:
            console.print(f"      with {drawn}", style="dim", soft_wrap=True)
        shown = case.checks if every else [check for check in case.checks if check not in exact]
        if shown:
            console.print(_table(shown))
        if exact and not every:
            console.print(f"      {len(exact)} exact checks agree")
    if found.cells:
        said = "PASS" if found.oracle_passed else "FAIL"
        met, tell, others = told_by(found.cells)
        console.print(f"\n{said}  oracle: the model a second time, coarsely, in a small town", style="bold")
        console.print(_grid(found.cells))
        console.print(
            f"      {met} of {tell} cells are within tolerance; {ENOUGH_CELLS:.0%} must be. {others} more are not "
            "counted: there an oracle that always says 0 would be near enough. Change of incidents in % of doing "
            "nothing; ± is one standard error.", soft_wrap=True,
        )  # fmt: skip
    failed = [case.name for case in found.cases if not case.passed] + [ORACLE] * (not found.oracle_passed)
    looked = len(found.cases) + bool(found.cells)
    console.print(f"\n{looked - len(failed)} of {looked} pass{'' if not failed else f'; failed: {", ".join(failed)}'}.")


def _table(checks: list[Any]) -> Any:
    from rich.text import Text

    numbers: list[Head] = [(name, "right") for name in ("expected", "got", "tolerance")]
    table = plain_table([("", "left"), ("check", "left"), *numbers])
    for check in checks:
        bound = "or more" if check.at_least else f"{check.tolerance:.3g}"
        verdict = "ok" if check.passed else "FAIL"
        table.add_row(verdict, Text(check.what), f"{check.expected:.5g}", f"{check.got:.5g}", bound)
    return table


def _grid(cells: list[Any]) -> Any:
    numbers: list[Head] = [(name, "right") for name in ("dissimilarity", "model", "oracle", "gap", "tolerance")]
    table = plain_table([("", "left"), ("parameters", "left"), ("figure", "left"), *numbers])
    for cell in cells:
        verdict = "miss" if not cell.passed else "ok" if cell.tells else "(ok)"
        model = f"{cell.model:.2f} ±{cell.error:.2f}"
        figures = f"{cell.oracle:.2f}", f"{cell.gap:+.2f}", f"{cell.tolerance:.2f}"
        table.add_row(verdict, cell.numbers, cell.figure, f"{cell.distance:g}", model, *figures)
    return table
