"""What the commands share: arguments, exit codes, refusing bad input, and the progress bar."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from modsim import compiling

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from modsim.inputs.problems import InputError
    from modsim.inputs.scenario import Scenario

BAD_INPUT = 2
STOPPED = 130
ENDED = 143  # by SIGTERM

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (.toml).")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Replace one value by its dotted key; may be repeated."),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; the results do not depend on it.")]

Store = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the run store.")]
DEFAULT_STORE = Path("results/store")
Head = tuple[str, Literal["left", "right"]]  # of a column, and the side on which it stands


def refuse(wrong: "list[str] | InputError") -> NoReturn:
    """Say what is wrong, one line each, and end with the code for bad input."""
    from modsim.inputs.problems import InputError

    error = wrong if isinstance(wrong, InputError) else InputError(wrong)
    print("\n".join(error.problems), file=sys.stderr)
    raise typer.Exit(BAD_INPUT)


def all_read[T](paths: Iterable[Path], read: Callable[[Path], T]) -> list[T]:
    """What files hold, or a refusal with every problem of all of them."""
    from modsim.inputs.problems import InputError

    found: list[T] = []
    problems: list[str] = []
    more = 0
    for path in paths:
        try:
            found.append(read(path))
        except InputError as error:
            problems += error.first
            more += error.more
    if problems:
        refuse(InputError(problems, more))
    return found


def compile_first() -> None:
    """Compile the loops before the first week of all, saying so, how far it is and where they are kept."""
    waiting = compiling.still_to_do()
    if not waiting:
        return
    print(waiting, file=sys.stderr)
    from modsim.simulation.ahead import compile_ahead

    with _bar() as bar:
        line = bar.add_task("compiling", total=None)
        compile_ahead(lambda done, total: bar.update(line, completed=done, total=total))


def progress_bar() -> "Progress":
    """A bar on standard error with the time gone and the time still to go; loops are compiled first."""
    compile_first()
    return _bar()


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)


@contextmanager
def progress_line(what: str) -> "Iterator[Callable[[int, int], None]]":
    """A bar with one line: what is given takes the work done, and in all."""
    with progress_bar() as bar:
        line = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(line, completed=done, total=total)


def folder_name(stem: str, asked: list[str]) -> str:
    """The scenario's name, with a mark of its own for every other question asked of it."""
    return stem if not asked else f"{stem}-{hashlib.sha256(' '.join(asked).encode()).hexdigest()[:6]}"


def areas_in_words(scenario: "Scenario") -> str:
    """The new areas by name, or how many there are where they would fill the page."""
    labels = [area.label for area in scenario.recipients]
    return ", ".join(labels) if len(labels) <= 8 else f"{', '.join(labels[:2])} and {len(labels) - 2} more"


def plain_table(heads: Iterable[Head]) -> "Table":
    """An empty table of the terminal with these heads."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, side in heads:
        table.add_column(Text(name), justify=side)
    return table


def terminal() -> "Console":
    """Where results are shown: as wide as the terminal, or 120 characters in a file; names are shown as they are."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False, markup=False, emoji=False)
