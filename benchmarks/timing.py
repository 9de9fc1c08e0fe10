"""Ways of doing the same thing, timed in turns: what differs is told as a ratio within each turn."""

import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from modsim import compiling

Way = Callable[[int], tuple[float, float]]  # takes a seed; the work done (person-weeks and the like), and seconds


@dataclass(frozen=True)
class Row:
    """One line of a table: what was measured, the figures by head, and a remark."""

    name: str
    figures: dict[str, float] = field(default_factory=dict)
    remark: str = ""


def in_turns(ways: Mapping[str, Way], repeats: int) -> dict[str, tuple[float, float]]:
    """Work a second of each way, and how many times the first it is: medians over turns.

    Every turn has a fresh seed, the same for all ways, and begins with another of them.
    """
    names, base = list(ways), next(iter(ways))
    speeds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(repeats):
        seed = secrets.randbelow(2**31)
        start = turn % len(names)
        for name in [*names[start:], *names[:start]]:
            work, seconds = ways[name](seed)
            speeds[name].append(work / seconds)
    return {
        name: (
            statistics.median(found),
            statistics.median(mine / first for mine, first in zip(found, speeds[base], strict=True)),
        )
        for name, found in speeds.items()
    }


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def not_compiled() -> Iterator[None]:
    """Without compiled loops, as with `MODSIM_KERNELS=off`."""
    before = compiling.is_on
    compiling.is_on = lambda: False  # type: ignore[assignment]
    try:
        yield
    finally:
        compiling.is_on = before
