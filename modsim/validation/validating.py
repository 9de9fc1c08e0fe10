"""A validation: every declared pattern beside the model, with a verdict that can be a failure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from modsim.calibration.shipped import shipped_draws, some_draws
from modsim.findings.statistics import Estimate, estimate
from modsim.inputs.mechanisms import with_values
from modsim.inputs.problems import InputError
from modsim.inputs.scenario import Scenario
from modsim.simulation.parallel import attempts, worthwhile_workers
from modsim.simulation.runs import Outcome
from modsim.validation.figures import FIGURES, Seen, looked_at, place_to_look_at
from modsim.validation.patterns import Pattern

Verdict = Literal["holds", "fails", "cannot tell"]
DRAWS, FUTURES_OF_A_DRAW = 16, 4
_FUTURES_ABREAST = 8


@dataclass(frozen=True)
class Validated:
    """A pattern beside the model."""

    pattern: Pattern
    found: Estimate
    values: np.ndarray = field(default_factory=lambda: np.zeros(0), compare=False)  # by draw, or by future

    @property
    def verdict(self) -> Verdict:
        """By the 95 % interval of the figure's mean against the pattern's range."""
        low, high = self.pattern.range
        if self.found.mean is None or self.found.low is None or self.found.high is None:
            return "cannot tell"
        if low <= self.found.low and self.found.high <= high:
            return "holds"
        if self.found.high < low or self.found.low > high:
            return "fails"
        return "cannot tell"

    @property
    def share_within(self) -> float:
        """The share of draws (or replicates) within the range; NaN where their values are not made for that."""
        known = self.values[np.isfinite(self.values)]
        if not known.size or FIGURES[self.pattern.figure].is_ratio:
            return float("nan")
        low, high = self.pattern.range
        return float(np.mean((low <= known) & (known <= high)))


@dataclass(frozen=True)
class _Piece:
    """Some replicates of one run, as work for a process."""

    name: str
    scenario: Scenario  # with the numbers of a draw
    replicates: tuple[int, ...]

    @property
    def work(self) -> int:
        people = self.scenario.young_people
        return people * len(self.replicates) * (self.scenario.settings.weeks * 3 + 52)

    def outcome(self, each_week: Any = None) -> Seen:
        return looked_at(self.scenario, self.replicates)


def validate(
    patterns: Sequence[Pattern],
    scenario: Scenario,
    *,
    draws: int = DRAWS,
    replicates: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Validated]:
    """Set every pattern beside the model, over draws from its calibration.

    Parameters
    ----------
    scenario : the place that is looked at; a pattern's figure changes what it needs (`modsim.validation.figures`)
    draws : how many draws of the numbers that the scenario leaves open; 0 for its numbers as they stand
    replicates : replicates: of each draw (`FUTURES_OF_A_DRAW` by default), or, without draws, the scenario's
    progress : called with the work done, and in all

    Raises
    ------
    InputError
        when the scenario is too short for a pattern, or too little is asked for to tell chance.
    """
    number = replicates or (FUTURES_OF_A_DRAW if draws else scenario.settings.replicates)
    names = dict.fromkeys(name for pattern in patterns for name in FIGURES[pattern.figure].runs)
    places = {name: place_to_look_at(scenario, name) for name in names}
    _check(patterns, places, draws, number)
    rows = some_draws(draws, scenario) if draws else [{}]
    pieces = []
    for k, row in enumerate(rows):
        drawn = with_values(scenario, row)
        for name in names:  # what a run changes goes before what is drawn
            place = place_to_look_at(drawn, name)
            for start in range(k * number, (k + 1) * number, _FUTURES_ABREAST):
                futures = tuple(range(start, min(start + _FUTURES_ABREAST, (k + 1) * number)))
                pieces.append(_Piece(name, place, futures))
    total, done = sum(piece.work for piece in pieces), 0
    found: dict[str, list[Seen]] = {}
    if progress:
        progress(0, total)
    trying = attempts(pieces, min(workers or worthwhile_workers(total), len(pieces)))
    try:
        for piece, result in trying:
            if isinstance(result, Exception):
                raise result
            found.setdefault(piece.name, []).append(result)
            done += piece.work
            if progress:
                progress(done, total)
    finally:
        trying.close()
    runs = {name: _together(parts) for name, parts in found.items()}
    values = [FIGURES[pattern.figure].of(runs) for pattern in patterns]
    if draws:
        values = [_by_draw(each, draws) for each in values]
    return [Validated(pattern, estimate(each), each) for pattern, each in zip(patterns, values, strict=True)]


def _check(patterns: Sequence[Pattern], places: dict[str, Scenario], draws: int, futures: int) -> None:
    problems = []
    for pattern in patterns:
        figure = FIGURES[pattern.figure]
        shortest = min(places[name].settings.weeks for name in figure.runs)
        if shortest < figure.weeks:
            problems.append(
                f"pattern {pattern.id}: {pattern.figure} takes {figure.weeks} weeks; settings.weeks is {shortest}"
            )
    if draws == 1 or (not draws and futures < 2):
        given = "one draw" if draws else "one simulated future"
        problems.append(f"{given} cannot tell chance from a pattern; give two or more")
    if draws > len(shipped_draws()):
        problems.append(f"{draws} draws were asked for; {len(shipped_draws())} come with modsim")
    if problems:
        raise InputError(problems)


def _by_draw(values: np.ndarray, draws: int) -> np.ndarray:
    """The mean over replicates of each draw; NaN where none has the figure."""
    futures = np.ma.masked_invalid(values.reshape(draws, -1))
    return futures.mean(axis=1).filled(np.nan)


def _together(parts: list[Seen]) -> Seen:
    parts = sorted(parts, key=lambda seen: seen.outcome.replicates[0])
    people = {name: np.concatenate([seen.people[name] for seen in parts]) for name in parts[0].people}
    return Seen(parts[0].scenario, Outcome.joined([seen.outcome for seen in parts]), people)


def table_of(validated: Sequence[Validated]) -> pd.DataFrame:
    """One row for each pattern: what the world shows, what the model gives, and the verdict."""
    return pd.DataFrame(
        [
            {
                "id": one.pattern.id, "pattern": one.pattern.title, "figure": one.pattern.figure,
                "low": one.pattern.low, "high": one.pattern.high, "unit": one.pattern.unit,
                "strength": one.pattern.strength, "seen_before": one.pattern.seen,
                "model": one.found.mean, "model_low": one.found.low, "model_high": one.found.high,
                "share_within": one.share_within, "verdict": one.verdict, "source": one.pattern.source,
            }
            for one in validated
        ]
    )  # fmt: skip
