"""`modsim reproduce`: the published figures and tables again, every number compared."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modsim.cli.common import DEFAULT_STORE, STOPPED, Store, Workers, progress_bar, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress as Bar

    from modsim.studies.running import Progress

EXAMPLES = "\b\nExamples:\n  modsim reproduce fig-1\n  modsim reproduce all --fast"


def reproduce(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A published figure or table, such as fig-1, or all.")],
    fast: Annotated[bool, typer.Option("--fast", help="Run and compare the first two simulated futures only.")] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the figures made again go.")] = Path(
        "results/reproduced"
    ),
    store: Store = DEFAULT_STORE,
    experiments: Annotated[Path, typer.Option(metavar="DIR", help="Folder with figures.toml.")] = Path("experiments"),
    workers: Workers = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="For maintainers: publish these numbers and pictures.")
    ] = False,
) -> None:
    """Make the published figures and tables again and compare every number: PASS, or what differs."""
    from modsim.inputs.problems import InputError
    from modsim.studies.reproducing import published
    from modsim.studies.reproducing import reproduce as reproduced
    from modsim.studies.store import NotAStoreError, StoreError

    try:
        known = published(experiments)
        if name != "all" and name not in known:
            refuse([f"{name!r}: there is no such figure; there are {', '.join(known)}, and all"])
        if fast and accept:
            refuse(["--fast and --accept do not go together: what is published has all its simulated futures"])
        failed = False
        for one in known if name == "all" else [name]:
            with progress_bar() as bar:
                tell = _showing(bar, one)
                check = reproduced(one, experiments, out, store, fast=fast, workers=workers, accept=accept, tell=tell)
            failed = failed or not check.passed
            _say(check, fast, accept)
    except InputError as error:
        refuse(error)
    except NotAStoreError as error:
        refuse([str(error)])
    except (StoreError, OSError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("\nStopped; the runs that were finished are kept.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    raise typer.Exit(1 if failed else 0)


def _showing(bar: "Bar", name: str) -> "Callable[[Progress], None]":
    """What shows the progress of one figure on the bar."""
    line = bar.add_task(name, total=None)
    return lambda now: bar.update(line, completed=now.work_done, total=max(now.work, 1e-9))


def _say(check, fast: bool, accept: bool) -> None:
    if accept:
        print(f"{check.name}: accepted {check.numbers:,} numbers; look at the picture, and say why in the change log")
        return
    if check.passed:
        part = " of the first two simulated futures" if fast else ""
        table = (
            " (its table in the docs needs all simulated futures and was not compared)" if check.skipped_table else ""
        )
        print(
            f"{check.name}: PASS. All {check.numbers:,} numbers{part} are the published ones{table}; {check.rows} of "
            f"{check.stored} rows were made again, and every stored row has its published hash."
        )
    else:
        print(f"{check.name}: DIFFERS")
        for line in check.differences:
            print(f"  {line}")
    print(f"  {', '.join(str(path) for path in check.files)}")
