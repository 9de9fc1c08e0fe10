"""`python -m benchmarks`: a table on the screen, and the same as JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from benchmarks import parts
from benchmarks.timing import Row
from modsim.cli.common import plain_table
from modsim.inputs.saving import write_whole

_REMEMBERED = "faces", "memory", "goals"  # parts of which a history is kept
_HISTORY = ["made", "commit", "processor", "name", "figure", "value"]
_MORE_IS_BETTER = {"person-weeks a second", "runs a second"}
_WORTH_TELLING = 1.1
_PACKAGES = "modsim", "mesa", "numpy", "numba", "scipy", "networkx"


def _parts(quick: bool) -> dict[str, tuple[str, Callable[[], list[Row]]]]:
    """Every part with its title; quick ones only show that it works."""
    if quick:
        return {
            "faces": ("Ways of running it", lambda: parts.faces(700, 14, 1, 2, 1)),
            "lanes": ("Lanes side by side", lambda: parts.lanes(700, 14, 1, 2)),
            "stages": ("Stages of the week", lambda: parts.stages(1, [2, 3], 14, 1)),
            "growth": ("Growth", lambda: parts.growth([700, 900], 14, 1)),
            "networks": ("Networks", lambda: parts.networks(2_000, 1)),
        }
    return {
        "faces": ("Level M0 and trust, and the whole; 10,000 young people", lambda: parts.faces(10_000, 60, 2, 32, 3)),
        "lanes": ("Lanes side by side, 4,700 young people", lambda: parts.lanes(4_700, 60, 3)),
        "stages": ("Stages of the week, for a young person in a lane", lambda: parts.stages(8, [2, 11], 156, 3)),
        "growth": ("Growth", lambda: parts.growth([1_000, 10_000, 100_000], 40, 3)),
        "memory": ("Memory", lambda: parts.memory(20_000)),
        "start-up": ("Start-up", lambda: parts.start_up(3)),
        "networks": ("Networks of 100,000 young people", lambda: parts.networks(100_000, 3)),
        "goals": ("Goals, two cores", parts.goals),
    }


def main(
    only: Annotated[list[str] | None, typer.Option(help="A part to measure, and no other; may be repeated.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only show that it works: the figures mean nothing.")] = False,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the JSON goes.")] = Path("results/benchmarks.json"),
    history: Annotated[
        Path, typer.Option(metavar="FILE", help="Where a line for each goal is added, and looked up of last time.")
    ] = Path(__file__).parent / "history.csv",
) -> None:
    """Measure how fast the model is; ratios are of one process, in turns, on fresh seeds. Takes some seven minutes."""
    known = _parts(quick)
    if unknown := set(only or []) - set(known):
        raise typer.BadParameter(f"{', '.join(unknown)}: there is no such part; there are {', '.join(known)}")
    console = Console(highlight=False)
    machine = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"), "processor": _processor(), "cores": os.cpu_count(),
        "system": platform.platform(), "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
    }  # fmt: skip
    console.print(", ".join(f"{key} {value}" for key, value in machine.items()))
    found: dict[str, list[Row]] = {}
    for name, (title, measure) in known.items():
        if only and name not in only:
            continue
        with console.status(f"{title} ..."):
            found[name] = measure()
        _show(console, title, found[name])
    out.parent.mkdir(parents=True, exist_ok=True)
    tables = {name: [{"name": row.name, **row.figures} for row in rows] for name, rows in found.items()}
    out.write_text(json.dumps({"machine": machine, **tables}, indent=2) + "\n", encoding="utf-8")
    console.print(f"{out}: the same as JSON")
    if not quick:
        _remember(console, history, machine, [row for name in _REMEMBERED for row in found.get(name, [])])


def _remember(console: Console, history: Path, machine: dict[str, object], rows: list[Row]) -> None:
    """Add what was measured to the history, and say what is a tenth slower than the last time on such a processor."""
    kept = pd.read_csv(history) if history.exists() else pd.DataFrame(columns=_HISTORY)
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    for row in rows:
        figure, value = next(iter(row.figures.items()))
        before = kept[
            (kept["name"] == row.name) & (kept["figure"] == figure) & (kept["processor"] == machine["processor"])
        ]
        slower = 0.0 if before.empty else value / before["value"].iloc[-1]
        slower = 1.0 / slower if slower and figure in _MORE_IS_BETTER else slower
        if slower > _WORTH_TELLING:
            console.print(f"slower than last time, {slower:.2f} times: {row.name}", style="bold")
        kept.loc[len(kept)] = [machine["made"], commit, machine["processor"], row.name, figure, float(f"{value:.3g}")]
    write_whole(history, lambda place: kept.to_csv(place, index=False))
    console.print(f"{history}: {len(rows)} lines added")


def _show(console: Console, title: str, rows: list[Row]) -> None:
    heads = list(dict.fromkeys(head for row in rows for head in row.figures))
    table = plain_table([(title, "left"), *((head, "right") for head in heads)])
    for row in rows:
        table.add_row(row.name, *(_told(row.figures[head]) if head in row.figures else "" for head in heads))
    console.print(table)


def _told(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    typer.run(main)
