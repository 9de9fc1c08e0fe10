"""A whole verification: every rule, case and law with fresh numbers, and the oracle beside the model."""

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any

from modsim.simulation.parallel import LostWorkerError, attempts
from modsim.verification.cases import CASES
from modsim.verification.checks import Case, Check, Verified
from modsim.verification.docking import ENOUGH_CELLS, Cell, docks
from modsim.verification.formulas import rules_are_their_formulas
from modsim.verification.laws import LAWS

RULES = Case("rules", "Every rule: its formula, written a second time", rules_are_their_formulas)
ALL = {case.name: case for case in (RULES, *CASES, *LAWS)}
ORACLE = "oracle"
NAMES = (*ALL, ORACLE)
MORE = 3  # times as many runs in the long form


@dataclass(frozen=True)
class _Look:
    """One case, as work for a process."""

    name: str
    seed: int
    more: int

    def outcome(self, each_week: Any = None) -> Verified:
        return ALL[self.name].verified(self.seed, self.more)


@dataclass(frozen=True)
class _Docking:
    """One set of numbers of the grid, as work for a process."""

    place: int
    seed: int
    more: int

    def outcome(self, each_week: Any = None) -> list[Cell]:
        return docks(self.seed, self.more)[self.place].cells(self.seed)


def told_by(cells: Sequence[Cell]) -> tuple[int, int, int]:
    """Of the cells that tell, how many are within tolerance; how many tell; and how many do not."""
    tell = [cell for cell in cells if cell.tells]
    return sum(cell.passed for cell in tell), len(tell), len(cells) - len(tell)


@dataclass(frozen=True)
class Verification:
    """What was looked at from a seed: cases in order, and the cells of the oracle's grid."""

    seed: int
    full: bool
    cases: list[Verified] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)

    @property
    def oracle_passed(self) -> bool:
        """Whether enough of the cells that tell are within their tolerance; also where none was asked for."""
        met, tell, _ = told_by(self.cells)
        return met >= ENOUGH_CELLS * tell and (tell > 0 or not self.cells)

    @property
    def passed(self) -> bool:
        return all(case.passed for case in self.cases) and self.oracle_passed and bool(self.cases or self.cells)


def verify(
    seed: int,
    *,
    full: bool = False,
    only: Sequence[str] = (),
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Look at every case with numbers that follow from a seed.

    Parameters
    ----------
    full : several times as many runs, and more sets of numbers for the oracle
    only : names of `NAMES`; all by default
    workers : processes; by default as many as there are processors. What is found does not depend on it.
    progress : called with the parts done, and of how many

    Raises
    ------
    LostWorkerError
        when a process died.
    """
    more, chosen = (MORE if full else 1), only or NAMES
    work: list[_Look | _Docking] = []
    if ORACLE in chosen:  # the longest first
        work += [_Docking(place, seed, more) for place in range(len(docks(seed, more)))]
    work += [_Look(name, seed, more) for name in ALL if name in chosen]
    found: dict[_Look | _Docking, Any] = {}
    trying = attempts(work, min(workers or multiprocessing.cpu_count(), len(work)))
    try:
        for job, result in trying:
            if isinstance(result, LostWorkerError):
                raise result
            found[job] = _broken(job, result) if isinstance(result, Exception) else result
            if progress:
                progress(len(found), len(work))
    finally:
        trying.close()
    cases = [part for part in map(found.get, work) if isinstance(part, Verified)]
    cells = [cell for part in map(found.get, work) if isinstance(part, list) for cell in part]
    return Verification(seed, full, cases, cells)


def _broken(job: _Look | _Docking, error: Exception) -> Verified:
    """What could not be looked at, as a case that fails and says why; the others are looked at all the same."""
    known = ALL.get(job.name) if isinstance(job, _Look) else None
    name, title = (known.name, known.title) if known else (ORACLE, "The model a second time, coarsely")
    return Verified(name, title, {}, [Check(f"stopped by {type(error).__name__}: {error}", 0.0, nan, 0.0)])
