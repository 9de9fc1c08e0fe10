"""How a programme spread: where it was taken up and lapsed, and which adoptions were mistaken.

An adoption is mistaken when expected incidents, from then on, were not at least the smallest difference that matters
below those of the same area, weeks and luck with nothing done. The weeks are those until the programme lapsed and half
a year more, but at least a year. An adoption that less than that year is left for is not judged. It judges what came
of the decision, lapses included, and not whether it was wise on what was known.
"""

from dataclasses import dataclass

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import Outcome

AFTER_A_LAPSE_WEEKS = 26


ADOPTION_CHANGE = "adoption_change_percent"  # figure of stored runs


@dataclass(frozen=True)
class Spread:
    """What came of every new area in one arm, as columns (replicates, new areas).

    `change_percent` is that of expected incidents from the adoption on, NaN where it is not judged.
    """

    taken_up: np.ndarray
    lapsed: np.ndarray
    mistaken: np.ndarray
    change_percent: np.ndarray

    @property
    def judged(self) -> np.ndarray:
        """Whether enough weeks were left to judge the adoption."""
        return np.isfinite(self.change_percent)


def recipients(scenario: Scenario) -> list[int]:
    """Where the new areas stand among the scenario's areas."""
    return [k for k, area in enumerate(scenario.areas) if area.role == "recipient"]


def spread_of(scenario: Scenario, outcome: Outcome, arm: str, reference: str) -> Spread:
    """What came of every new area in an arm; needs a scenario in which the programme spreads by itself."""
    areas, at = recipients(scenario), outcome.lane(arm)
    taken_up, lapsed = (each[:, areas] for each in _adopted_and_lapsed(scenario, outcome, at))
    if ADOPTION_CHANGE in outcome.totals:  # of stored runs, whose weekly figures are gone
        change = outcome.totals[ADOPTION_CHANGE][:, areas, at]
    else:
        change = adoption_change(scenario, outcome, at, outcome.lane(reference))[:, areas]
    matters = scenario.smallest_difference(f"occurred_{scenario.vocabulary.incident}_change_percent") or 0.0
    return Spread(taken_up, lapsed, np.isfinite(change) & ~(change <= -matters), change)


def _adopted_and_lapsed(scenario: Scenario, outcome: Outcome, at: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each area adopted the programme in a lane, and then discontinued it (replicates, areas)."""
    taken_up = outcome.totals["opened_week"][:, :, at] < scenario.settings.weeks
    return taken_up, taken_up & ~outcome.totals["open_at_the_end"][:, :, at].astype(bool)


def adoption_change(scenario: Scenario, outcome: Outcome, at: int, base: int) -> np.ndarray:
    """Change of expected incidents from the adoption on, in percent (replicates, areas), of a lane against another.

    NaN where it is not judged: without an adoption, or with less than a year left for it. Needs weekly figures.
    """
    weeks, names = scenario.settings.weeks, weekly_measures(scenario)
    opened = outcome.totals["opened_week"][:, :, at].astype(int)
    _, lapsed = _adopted_and_lapsed(scenario, outcome, at)
    expected = outcome.weekly[..., names.index(f"{scenario.vocabulary.incident}_expected")]
    so_far = np.concatenate([np.zeros_like(expected[:, :1]), expected.cumsum(axis=1)], axis=1)
    is_open = outcome.weekly[..., names.index("area_open")][:, :, :, at]
    last_open = opened + is_open.sum(axis=1).astype(int)
    until = np.where(lapsed, last_open + AFTER_A_LAPSE_WEEKS, weeks)
    until = np.minimum(np.maximum(until, opened + PARTICIPANT_WINDOW_WEEKS), weeks)
    judged = weeks - opened >= PARTICIPANT_WINDOW_WEEKS

    def up_to(week: np.ndarray) -> np.ndarray:
        return np.take_along_axis(so_far, np.minimum(week, weeks)[:, None, :, None], axis=1)[:, 0]

    since = up_to(until) - up_to(opened)
    usual = since[..., base]
    return np.where(judged & (usual > 0), 100.0 * (since[..., at] / np.where(usual > 0, usual, 1.0) - 1.0), np.nan)


def spread_by_replicate(scenario: Scenario, outcome: Outcome, arm: str, reference: str) -> dict[str, np.ndarray]:
    """The measures of spread: one value for each replicate."""
    found = spread_of(scenario, outcome, arm, reference)
    areas = recipients(scenario)
    at = outcome.lane(arm)
    gained = outcome.totals["trust_youth"] - outcome.totals["trust_youth_reference"]
    left = np.where(found.lapsed, 100.0 * gained[:, areas, at], 0.0).sum(axis=1)
    lapsed = found.lapsed.sum(axis=1)
    return {
        "taken_up": found.taken_up.sum(axis=1).astype(float),
        "lapsed": lapsed.astype(float),
        "judged_adoptions": found.judged.sum(axis=1).astype(float),
        "mistaken_adoptions": found.mistaken.sum(axis=1).astype(float),
        "trust_left_behind_points": np.where(lapsed > 0, left / np.maximum(lapsed, 1), np.nan),
    }
