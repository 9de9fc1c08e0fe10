"""How a programme spread: where it was taken up and lapsed, and which of these steps were mistaken.

An adoption is mistaken when, from then on, expected incidents were not at least the smallest difference that matters
below those of the same area, weeks and luck with nothing done. One that a year or less was left for is not judged. An
area that never took the programme up missed it when those judged gained as much as matters on average.
"""

from dataclasses import dataclass

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import Outcome


@dataclass(frozen=True)
class Spread:
    """What came of every recipient in one arm, as columns (replicates, recipients).

    `change_percent` is that of expected incidents from the adoption on, NaN where it is not judged.
    """

    taken_up: np.ndarray
    lapsed: np.ndarray
    mistaken: np.ndarray
    missed: np.ndarray
    change_percent: np.ndarray


def spread_of(scenario: Scenario, outcome: Outcome, arm: str, reference: str) -> Spread:
    """What came of every recipient in an arm; needs a scenario in which the programme spreads by itself."""
    areas = [k for k, area in enumerate(scenario.areas) if area.role == "recipient"]
    at, base = outcome.lane(arm), outcome.lane(reference)
    incident, weeks = scenario.vocabulary.incident, scenario.settings.weeks
    opened = outcome.totals["opened_week"][:, areas, at].astype(int)
    taken_up = opened < weeks
    lapsed = taken_up & ~outcome.totals["open_at_the_end"][:, areas, at].astype(bool)
    expected = outcome.weekly[..., weekly_measures(scenario).index(f"{incident}_expected")][:, :, areas]
    to_the_end = expected[:, ::-1].cumsum(axis=1)[:, ::-1]
    since = np.take_along_axis(to_the_end, np.minimum(opened, weeks - 1)[:, None, :, None], axis=1)[:, 0]
    judged = weeks - opened > PARTICIPANT_WINDOW_WEEKS
    change = np.where(judged, 100.0 * (since[..., at] / since[..., base] - 1.0), np.nan)
    matters = scenario.smallest_difference(f"occurred_{incident}_change_percent") or 0.0
    number = np.isfinite(change).sum(axis=1)
    mean = np.where(number > 0, np.nansum(change, axis=1) / np.maximum(number, 1), np.nan)
    return Spread(
        taken_up, lapsed, judged & ~(change <= -matters), ~taken_up & (mean <= -matters)[:, None], change
    )  # fmt: skip


def spread_by_replicate(scenario: Scenario, outcome: Outcome, arm: str, reference: str) -> dict[str, np.ndarray]:
    """The measures of spread: one value for each replicate."""
    found = spread_of(scenario, outcome, arm, reference)
    areas = [k for k, area in enumerate(scenario.areas) if area.role == "recipient"]
    at = outcome.lane(arm)
    gained = outcome.totals["trust_youth"] - outcome.totals["trust_youth_reference"]
    left = np.where(found.lapsed, 100.0 * gained[:, areas, at], 0.0).sum(axis=1)
    lapsed = found.lapsed.sum(axis=1)
    return {
        "taken_up": found.taken_up.sum(axis=1).astype(float),
        "lapsed": lapsed.astype(float),
        "mistaken_adoptions": found.mistaken.sum(axis=1).astype(float),
        "missed_adoptions": found.missed.sum(axis=1).astype(float),
        "trust_left_behind_points": np.where(lapsed > 0, left / np.maximum(lapsed, 1), np.nan),
    }
