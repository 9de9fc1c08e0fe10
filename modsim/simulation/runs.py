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
class Outcome:
    """What came of some replicates of some arms.

    `weekly` is (replicates, weeks, areas, arms, measures); `totals` and `spent` hold (replicates, areas, arms) by
    name of figure and by heading of the ledger. Areas are in the order of the scenario.
    """

    replicates: list[int]
    arms: list[str]
    weekly: np.ndarray
    totals: dict[str, np.ndarray]
    spent: dict[str, np.ndarray]

    @classmethod
    def joined(cls, parts: Sequence["Outcome"]) -> "Outcome":
        """Several outcomes of the same arms as one, in the order of their replicates."""
        order = np.argsort([r for part in parts for r in part.replicates], kind="stable")

        def together(columns):
            return np.concatenate(columns)[order]

        return cls(
            sorted(r for part in parts for r in part.replicates),
            parts[0].arms,
            together([part.weekly for part in parts]),
            {name: together([part.totals[name] for part in parts]) for name in parts[0].totals},
            {name: together([part.spent[name] for part in parts]) for name in parts[0].spent},
        )


def live_history(scenario: Scenario, seed: int, replicates: Sequence[int]) -> tuple[World, Columns]:
    """A world at the end of its history, with the columns of one lane: the past that all arms share."""
    world = World(scenario, seed, replicates)
    town = Town(world, [scenario.arms[scenario.settings.reference_arm]])
    town.records = Records(scenario, len(world.areas), 1)
    for week in range(-scenario.settings.history_weeks, 0):
        live_one_week(town, week, by_columns)
    return world, town.columns


def run(
    scenario: Scenario,
    arms: Sequence[str],
    replicates: Sequence[int],
    seed: int | None = None,
    each_week: Callable[[int], None] | None = None,
) -> Outcome:
    """Live through the scenario once for each replicate and arm, side by side.

    Parameters
    ----------
    arms : names of arms of the scenario; each becomes a lane
    replicates : numbers of the simulated futures; the same number is the same luck, whatever else is run
    each_week : called with the week just lived, for progress
    """
    world, columns = live_history(scenario, scenario.settings.seed if seed is None else seed, replicates)
    columns.replicate_lanes(len(arms))
    town = Town(world, [scenario.arms[name] for name in arms], columns)
    reference = scenario.settings.reference_arm
    reference_lane = list(arms).index(reference) if reference in arms else None
    town.records = Records(scenario, len(world.areas), len(arms), reference_lane)
    for week in range(scenario.settings.weeks):
        live_one_week(town, week, by_columns)
        if each_week is not None:
            each_week(week)
    shape = len(replicates), len(scenario.areas), len(arms)
    weekly = town.records.weekly
    return Outcome(
        list(replicates),
        list(arms),
        np.moveaxis(weekly.reshape(weekly.shape[0], *shape, weekly.shape[-1]), 0, 1),
        {name: np.asarray(values).reshape(shape) for name, values in town.records.totals(town).items()},
        {heading: town.columns.spent[heading].reshape(shape) for heading in HEADINGS},
    )
