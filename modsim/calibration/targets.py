"""What a calibration aims at: figures of the world with their ranges, read from a CSV file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from modsim.calibration.csv_files import read_rows
from modsim.calibration.figures import FIGURES
from modsim.inputs.problems import InputError

Use = Literal["fit", "check"]
_COLUMNS = ("id", "figure", "value", "low", "high", "weight", "use", "strength", "source", "why")
_NEEDED = ("id", "figure", "value", "low", "high")
_SHARES = (
    "share_of_top_5_5_percent", "share_of_top_10_percent", "share_of_top_10_percent_occurred", "share_of_core_group",
    "take_up", "take_up_by_referral", "completion", "completion_where_met", "core_exit_per_year", "transitivity",
    "residents_trust",
)  # fmt: skip
_STRENGTHS = ("A", "B", "C", "D", "")
_SDS_IN_A_RANGE = 2 * 1.645  # a range is read as the middle 90 % of a normal distribution
_MOST_TARGETS = 100


@dataclass(frozen=True)
class Target:
    """One figure of the world: its value, the range in which it may lie, and what it counts.

    A target to `fit` has all three; one to `check` may have only one end, and moves nothing.
    """

    id: str
    figure: str
    value: float
    low: float
    high: float
    weight: float
    use: Use
    strength: str
    source: str
    why: str

    @property
    def sd(self) -> float:
        """Standard deviation with which the target is known, wider where it counts less than others."""
        return (self.high - self.low) / _SDS_IN_A_RANGE / math.sqrt(self.weight)

    def holds(self, figure: float) -> bool:
        """Whether a figure of the model lies in the range; an end that is not known sets no bound."""
        return not figure < self.low and not figure > self.high and not math.isnan(figure)


def aims_of(targets: Sequence[Target]) -> tuple[np.ndarray, np.ndarray]:
    """Values of targets, and the standard deviations with which they are known (targets,)."""
    return np.array([target.value for target in targets]), np.array([target.sd for target in targets])


def figures_in(table: pd.DataFrame, targets: Sequence[Target]) -> np.ndarray:
    """What the runs of a table (runs) show of targets (runs, targets)."""
    return table[[target.figure for target in targets]].to_numpy(dtype=float)


def read_targets(path: str | Path) -> list[Target]:
    """Read a CSV file of targets.

    Raises
    ------
    InputError
        with every problem found, one line each.
    """
    path = Path(path)
    rows = read_rows(path, "targets", _NEEDED, _COLUMNS, "id")
    problems: list[str] = []
    found = [_target(row, f"{path}, line {k}", problems) for k, row in rows.items()]
    fitted = [target.figure for target in found if target and target.use == "fit"]
    twice = sorted({figure for figure in fitted if fitted.count(figure) > 1})
    problems += [f"{path}: {figure} is fitted twice; give one of the two `use` check" for figure in twice]
    if len(found) > _MOST_TARGETS:
        problems.append(f"{path}: has {len(found)} targets; at most {_MOST_TARGETS}")
    targets = [target for target in found if target is not None]
    if not found:
        problems.append(f"{path}: holds no target; give a row for each figure that is known")
    elif not problems and not any(target.use == "fit" for target in targets):
        problems.append(f"{path}: holds no target to fit; give `use` as fit, or leave that column out")
    if problems:
        raise InputError(problems)
    return targets


def _target(cells: dict[str, str], where: str, problems: list[str]) -> Target | None:
    before = len(problems)
    use = cells["use"] or "fit"
    if not cells["id"]:
        problems.append(f"{where}: has no id")
    if cells["figure"] not in FIGURES:
        near = get_close_matches(cells["figure"], FIGURES, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        problems.append(f"{where}: figure {cells['figure']!r} is none of {', '.join(FIGURES)}{meant}")
    if use not in get_args(Use):
        problems.append(f"{where}: use {use!r} is neither fit nor check")
    if cells["strength"] not in _STRENGTHS:
        problems.append(f"{where}: strength {cells['strength']!r} is none of A, B, C, D; it may be left empty")
    numbers = {}
    for name in ("value", "low", "high", "weight"):
        text = cells[name] or ("1" if name == "weight" else "")
        try:
            numbers[name] = float(text) if text else np.nan
            if text and not math.isfinite(numbers[name]):
                raise ValueError
        except ValueError:
            problems.append(f"{where}: {name} {text!r} is not a number")
            return None
        if not text and use == "fit":
            problems.append(f"{where}: a target to fit needs a {name}")
    if len(problems) > before:
        return None
    ends = [numbers[name] for name in ("value", "low", "high")]
    if cells["figure"] in _SHARES and any(end < 0 or end > 1 for end in ends):
        problems.append(
            f"{where}: {cells['figure']} is a share from 0 to 1; given {', '.join(f'{end:g}' for end in ends)}"
        )
    if math.isnan(numbers["low"]) and math.isnan(numbers["high"]):
        problems.append(f"{where}: has neither low nor high; give at least one")
    elif numbers["low"] >= numbers["high"]:
        problems.append(f"{where}: low {numbers['low']:g} is not below high {numbers['high']:g}")
    elif use == "fit" and not numbers["low"] <= numbers["value"] <= numbers["high"]:
        problems.append(f"{where}: value {numbers['value']:g} is not between low and high")
    if use == "fit" and not 0 < numbers["weight"] <= 100:
        problems.append(f"{where}: weight {numbers['weight']:g} must be above 0 and at most 100")
    if len(problems) > before:
        return None
    return Target(
        cells["id"], cells["figure"], numbers["value"], numbers["low"], numbers["high"], numbers["weight"],
        "check" if use == "check" else "fit", cells["strength"], cells["source"], cells["why"],
    )  # fmt: skip
