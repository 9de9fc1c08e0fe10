"""Running towns: some replicates of some arms from the first week of history to the horizon."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from modsim.compiling.interrupts import not_broken_into
from modsim.inputs.mechanisms import as_it_runs
from modsim.inputs.scenario import Scenario
from modsim.simulation import drive
from modsim.simulation.columns import HEADINGS, Columns
from modsim.simulation.lanes import LANE_TABLES, Lane, what_makes_the_past, what_makes_the_world
from modsim.simulation.records import Records
from modsim.simulation.rulebook import Rules
from modsim.simulation.town import Town
from modsim.simulation.week import live_one_week
from modsim.world.young_people import World


@dataclass(frozen=True)
class Outcome:
    """What came of some replicates of some lanes.

    `weekly` is (replicates, weeks, areas, lanes, measures), of the first lanes only if not of all; `totals` and `spent`
    hold (replicates, areas, lanes) by name of figure and by heading of the ledger. Areas are in the order of the
    scenario.
    """

    replicates: list[int]
    lanes: list[Lane]
    weekly: np.ndarray
    totals: dict[str, np.ndarray]
    spent: dict[str, np.ndarray]

    def lane(self, arm: str, point: int = 0) -> int:
        """Where the lane of an arm at a point stands."""
        return self.lanes.index(Lane(arm, point))

    def beside(self, other: "Outcome") -> "Outcome":
        """The lanes of both, of the same replicates; weekly figures only of these lanes."""
        return Outcome(
            self.replicates,
            [*self.lanes, *other.lanes],
            self.weekly,
            {name: np.concatenate([self.totals[name], other.totals[name]], axis=-1) for name in self.totals},
            {name: np.concatenate([self.spent[name], other.spent[name]], axis=-1) for name in self.spent},
        )

    def only(self, lanes: Sequence[Lane]) -> "Outcome":
        """The same with some of its lanes, in the order asked for."""
        at = [self.lanes.index(lane) for lane in lanes]
        return Outcome(
            self.replicates,
            list(lanes),
            self.weekly[..., [k for k in at if k < self.weekly.shape[3]], :],
            {name: figures[..., at] for name, figures in self.totals.items()},
            {heading: hours[..., at] for heading, hours in self.spent.items()},
        )

    def part(self, start: int, end: int) -> "Outcome":
        """The same with some of its replicates, by their places."""
        return Outcome(
            self.replicates[start:end],
            self.lanes,
            self.weekly[start:end],
            {name: figures[start:end] for name, figures in self.totals.items()},
            {heading: hours[start:end] for heading, hours in self.spent.items()},
        )

    @classmethod
    def joined(cls, parts: Sequence["Outcome"]) -> "Outcome":
        """Several outcomes of the same lanes as one, in the order of their replicates."""
        parts = sorted(parts, key=lambda part: part.replicates[0])
        numbers = [r for part in parts for r in part.replicates]
        order = np.argsort(numbers, kind="stable")

        def together(columns):
            whole = np.concatenate(columns)
            return whole if numbers == sorted(numbers) else whole[order]

        return cls(
            sorted(numbers),
            parts[0].lanes,
            together([part.weekly for part in parts]),
            {name: together([part.totals[name] for part in parts]) for name in parts[0].totals},
            {name: together([part.spent[name] for part in parts]) for name in parts[0].spent},
        )


def _references(points: Sequence[Scenario], lanes: list[Lane]) -> list[int] | None:
    """For each lane the lane of the reference arm at its point, or at the first point; None where there is neither."""
    first = Lane(points[0].settings.reference_arm)
    own = [Lane(points[lane.point].settings.reference_arm, lane.point) for lane in lanes]
    if not all(reference in lanes or first in lanes for reference in own):
        return None
    return [lanes.index(reference if reference in lanes else first) for reference in own]


def live_history(
    points: Sequence[Scenario],
    replicates: Sequence[int],
    world: World | None = None,
    each_week: Callable[[int], None] | None = None,
    rules: Rules | None = None,
    threads: int = 1,
) -> tuple[World, Columns]:
    """A world at the end of its history, with a lane for each point: the past that all arms of a point share."""
    first = points[0]
    with not_broken_into():
        world = world or World(first, first.settings.seed, replicates, threads=threads)
    nothing = [point.arms[point.settings.reference_arm] for point in points]
    with not_broken_into():
        records = Records(first, len(world.areas), len(points))
        town = drive.settled(Town(world, nothing, points, records, rules=rules))
    for week in range(-first.settings.history_weeks, 0):
        live_one_week(town, week)
        if each_week is not None:
            each_week(week)
    return world, town.columns


_HISTORIES_KEPT = 3  # of a world: each takes as much memory as a run with a lane for each past


class Pasts:
    """Worlds and histories kept from run to run, so that only what is asked anew is worked out.

    A world stays as long as nothing changes that makes it; longer horizons only add weeks to it. Takes some 10 MB for
    each thousand young people, replicates counted singly, and three years; so much is kept as `most` worlds and
    `person_weeks` allow, one world at least.
    """

    def __init__(self, most: int = 3, person_weeks: int | None = None):
        self._most, self._person_weeks = most, person_weeks
        self._kept: dict[str, tuple[World, dict[str, Columns]]] = {}
        self._sizes: dict[str, int] = {}  # person-weeks of each world kept

    def of(
        self, points: Sequence[Scenario], replicates: Sequence[int], each_week: Callable[[int], None] | None = None
    ) -> tuple[World, Columns]:
        """What `live_history` gives, kept or new."""
        first = points[0]
        shared = what_makes_the_world(first)
        shared["settings"].pop("weeks")
        reference = first.arms[first.settings.reference_arm].model_dump()
        name = json.dumps([shared, list(replicates)])
        world, histories = self._kept.pop(name, (None, {}))
        with not_broken_into():
            world = world or World(first, first.settings.seed, replicates, remember=True)
        self._kept[name] = world, histories  # the one used last stands last
        weeks = first.settings.history_weeks + first.settings.weeks
        self._sizes[name] = max(world.rows * weeks, self._sizes.get(name, 0))
        while len(self._kept) > 1 and self._are_too_many:
            oldest = next(iter(self._kept))
            del self._kept[oldest], self._sizes[oldest]
        starts = json.dumps([reference, *(what_makes_the_past(point) for point in points)])
        columns = histories.pop(starts, None) or live_history(points, replicates, world, each_week)[1]
        histories[starts] = columns  # the one used last stands last
        while len(histories) > _HISTORIES_KEPT:
            del histories[next(iter(histories))]
        return world, columns

    @property
    def _are_too_many(self) -> bool:
        if len(self._kept) > self._most:
            return True
        return self._person_weeks is not None and sum(self._sizes.values()) > self._person_weeks


def run(
    points: Scenario | Sequence[Scenario],
    lanes: Sequence[Lane],
    replicates: Sequence[int],
    each_week: Callable[[int], None] | None = None,
    kept: Pasts | None = None,
    rules: Rules | None = None,
    look: Callable[[Town], None] | None = None,
    threads: int = 1,
) -> Outcome:
    """Live through a scenario, or several parameter points of it, once for each replicate and lane, side by side.

    Parameters
    ----------
    points : the scenario, or scenarios that share a world (see `modsim.simulation.lanes`); a lane names its point
    lanes : the arms to run, each at a point
    replicates : numbers of the replicates; the same number is the same random numbers, whatever else is run
    each_week : called with the week just lived, those of the history (below 0) included; may raise, to stop
    kept : worlds and histories of earlier runs; the numbers are the same with and without
    rules : rules of behaviour in place of the model's; not together with `kept`
    look : called with the town after each week from week 0, by whoever asks for more than the records keep; it must
        change nothing
    threads : how many work on the areas of each stage, for a town so large that nothing is run beside it; the numbers
        do not depend on it

    Raises
    ------
    ValueError
        when the points cannot share a world.
    """
    points = [as_it_runs(point) for point in ([points] if isinstance(points, Scenario) else points)]
    first = points[0]
    shared = what_makes_the_world(first)
    if any(what_makes_the_world(point) != shared for point in points[1:]):
        raise ValueError(f"points may differ only in world.dissimilarity, arms and {', '.join(LANE_TABLES)}")
    scenarios = [points[lane.point] for lane in lanes]
    past_of = {json.dumps(what_makes_the_past(scenario)): scenario for scenario in scenarios}
    pasts, names = list(past_of.values()), list(past_of)
    if kept:
        world, columns = kept.of(pasts, replicates, each_week)
    else:
        world, columns = live_history(pasts, replicates, None, each_week, rules, threads)
    own = [names.index(json.dumps(what_makes_the_past(scenario))) for scenario in scenarios]
    if kept or own != list(range(len(pasts))):  # else they go on as they are: a copy would take as much again
        columns = columns.spread(own)
    records = Records(first, len(world.areas), len(lanes), _references(points, list(lanes)))
    arms = [scenario.arms[lane.arm] for scenario, lane in zip(scenarios, lanes, strict=True)]
    with not_broken_into():
        town = drive.settled(Town(world, arms, scenarios, records, columns, rules))
    for week in range(first.settings.weeks):
        live_one_week(town, week)
        if look is not None:
            look(town)
        if each_week is not None:
            each_week(week)
    shape = len(replicates), len(first.areas), len(lanes)
    weekly = records.weekly
    return Outcome(
        list(replicates),
        list(lanes),
        np.moveaxis(weekly.reshape(weekly.shape[0], *shape, weekly.shape[-1]), 0, 1),
        {name: np.asarray(values).reshape(shape) for name, values in records.totals(town).items()},
        {heading: columns.spent[heading].reshape(shape) for heading in HEADINGS},
    )
