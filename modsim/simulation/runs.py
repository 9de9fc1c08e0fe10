"""Running towns: some replicates of some arms from the first week of history to the horizon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.simulation import by_columns
from modsim.simulation.columns import HEADINGS, Columns, Town
from modsim.simulation.records import Records
from modsim.simulation.week import live_one_week
from modsim.world.young_people import World


@dataclass(frozen=True)
class Lane:
    """What one lane runs: an arm, at a dissimilarity (None for the scenario's own)."""

    arm: str
    dissimilarity: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of some replicates of some lanes.

    `weekly` is (replicates, weeks, areas, lanes, measures); `totals` and `spent` hold (replicates, areas, lanes) by
    name of figure and by heading of the ledger. Areas are in the order of the scenario.
    """

    replicates: list[int]
    lanes: list[Lane]
    weekly: np.ndarray
    totals: dict[str, np.ndarray]
    spent: dict[str, np.ndarray]

    def only(self, lanes: Sequence[Lane]) -> "Outcome":
        """The same with some of its lanes, in the order asked for."""
        at = [self.lanes.index(lane) for lane in lanes]
        return Outcome(
            self.replicates,
            list(lanes),
            self.weekly[..., at, :],
            {name: figures[..., at] for name, figures in self.totals.items()},
            {heading: hours[..., at] for heading, hours in self.spent.items()},
        )

    @classmethod
    def joined(cls, parts: Sequence["Outcome"]) -> "Outcome":
        """Several outcomes of the same lanes as one, in the order of their replicates."""
        numbers = [r for part in parts for r in part.replicates]
        order = np.argsort(numbers, kind="stable")

        def together(columns):
            return np.concatenate(columns)[order]

        return cls(
            sorted(numbers),
            parts[0].lanes,
            together([part.weekly for part in parts]),
            {name: together([part.totals[name] for part in parts]) for name in parts[0].totals},
            {name: together([part.spent[name] for part in parts]) for name in parts[0].spent},
        )


def live_history(
    scenario: Scenario, seed: int, replicates: Sequence[int], dissimilarities: Sequence[float] | None = None
) -> tuple[World, Columns]:
    """A world at the end of its history, with the columns of one lane: the past that all arms share."""
    world = World(scenario, seed, replicates, dissimilarities=dissimilarities)
    nothing = scenario.arms[scenario.settings.reference_arm]
    town = Town(world, [nothing], Records(scenario, len(world.areas), 1))
    for week in range(-scenario.settings.history_weeks, 0):
        live_one_week(town, week, by_columns)
    return world, town.columns


def run(
    scenario: Scenario,
    lanes: Sequence[Lane],
    replicates: Sequence[int],
    each_week: Callable[[int], None] | None = None,
) -> Outcome:
    """Live through the scenario once for each replicate and lane, side by side.

    Parameters
    ----------
    lanes : the arms to run, at the scenario's dissimilarity or another
    replicates : numbers of the simulated futures; the same number is the same luck, whatever else is run
    each_week : called with the week just lived, for progress
    """
    own = scenario.world.dissimilarity
    at = [own if lane.dissimilarity is None else lane.dissimilarity for lane in lanes]
    dissimilarities = list(dict.fromkeys([own, *at]))
    world, columns = live_history(scenario, scenario.settings.seed, replicates, dissimilarities)
    columns.replicate_lanes(len(lanes))
    arms = [scenario.arms[lane.arm] for lane in lanes]
    reference = Lane(scenario.settings.reference_arm)
    reference_lane = list(lanes).index(reference) if reference in lanes else None
    records = Records(scenario, len(world.areas), len(lanes), reference_lane)
    town = Town(world, arms, records, columns, [dissimilarities.index(d) for d in at])
    for week in range(scenario.settings.weeks):
        live_one_week(town, week, by_columns)
        if each_week is not None:
            each_week(week)
    shape = len(replicates), len(scenario.areas), len(lanes)
    weekly = town.records.weekly
    return Outcome(
        list(replicates),
        list(lanes),
        np.moveaxis(weekly.reshape(weekly.shape[0], *shape, weekly.shape[-1]), 0, 1),
        {name: np.asarray(values).reshape(shape) for name, values in town.records.totals(town).items()},
        {heading: town.columns.spent[heading].reshape(shape) for heading in HEADINGS},
    )
