"""What of a study is to be done, in parts that are worth one process, in an order that serves all points alike."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from modsim.inputs.mechanisms import as_it_runs
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane, what_makes_the_world
from modsim.simulation.parallel import Task

_ROWS_IN_A_TASK = 160_000  # people-lanes side by side, as in a comparison

Run = tuple[int, str, int]  # point, arm, replicate


@dataclass(frozen=True)
class Part:
    """Some runs that are done side by side: `points` of the study, and the arms `wanted` with their point.

    `task` is what a process gets: it may run the reference arm beside them, against which some figures are taken.
    """

    task: Task
    points: list[int]
    wanted: list[tuple[int, str]]

    @property
    def replicates(self) -> list[int]:
        return self.task.replicates

    @property
    def runs(self) -> list[Run]:
        """The runs it brings, point by point and future by future."""
        return [(point, arm, replicate) for point, arm in self.wanted for replicate in self.replicates]

    def lane(self, point: int, arm: str) -> int:
        """Where a run's lane stands in the outcome."""
        return self.task.lanes.index(Lane(arm, self.points.index(point)))


class Plan:
    """How the runs of a study are put together: `scenarios` by point, and the arms, the reference first."""

    def __init__(self, scenarios: Sequence[Scenario], arms: Sequence[str], replicates: int):
        self._scenarios, self._arms, self._replicates = scenarios, list(arms), replicates

    def parts(self, missing: Sequence[Run], evenly: bool = False) -> list[Part]:
        """The missing runs in parts, in an order in which an early stop leaves all points served alike.

        `evenly` puts one replicate into a part: the first of every point is then done first, and so on. Otherwise
        some are run side by side, which is faster.

        A part holds points that share a world, with all arms that one of its replicates lacks; its points lie all over
        the design. Parts of the first replicates of all points come before those of later replicates.
        """
        lacks: dict[tuple[int, int], tuple[str, ...]] = {}
        for point, arm, replicate in missing:
            lacks[point, replicate] = (*lacks.get((point, replicate), ()), arm)
        worlds: dict[str, list[int]] = {}
        for point in sorted({point for point, _ in lacks}, key=_scattered):
            world = what_makes_the_world(as_it_runs(self._scenarios[point]))
            worlds.setdefault(json.dumps(world), []).append(point)
        found = []
        for points in worlds.values():
            lanes = self._lanes_abreast(points[0])
            together = max(1, lanes // len(self._arms))
            for place in range(0, len(points), together):
                chunk = points[place : place + together]
                room = min(lanes // (len(chunk) * len(self._arms)), -(-self._replicates // 4))
                abreast = 1 if evenly else max(1, room)
                for first in range(0, self._replicates, abreast):
                    numbers = range(first, min(first + abreast, self._replicates))
                    for part in self._alike(chunk, numbers, lacks):
                        found.append((first / self._replicates, place, part))
        return [part for _, _, part in sorted(found, key=lambda one: one[:2])]

    def _lanes_abreast(self, point: int) -> int:
        scenario = self._scenarios[point]
        return max(1, _ROWS_IN_A_TASK // scenario.young_people)

    def _alike(self, chunk: list[int], numbers: range, lacks: dict[tuple[int, int], tuple[str, ...]]) -> list[Part]:
        """The replicates of a chunk that lack the same runs, each kind as one part."""
        kinds: dict[tuple[tuple[int, str], ...], list[int]] = {}
        for replicate in numbers:
            wanted = tuple((point, arm) for point in chunk for arm in lacks.get((point, replicate), ()))
            if wanted:
                kinds.setdefault(wanted, []).append(replicate)
        return [self.part(list(wanted), replicates) for wanted, replicates in kinds.items()]

    def part(self, wanted: list[tuple[int, str]], replicates: list[int]) -> Part:
        """The part of these arms at their points in these replicates."""
        points = list(dict.fromkeys(point for point, _ in wanted))
        lanes = [Lane(arm, points.index(point)) for point, arm in wanted]
        lanes += [lane for k in range(len(points)) if (lane := Lane(self._arms[0], k)) not in lanes]
        return Part(Task([self._scenarios[p] for p in points], lanes, replicates), points, wanted)

    def cut(self, part: Part, runs: int) -> Part | None:
        """What so many runs allow of a part: whole points in some of its replicates, or nothing."""
        a_future = len(part.wanted)
        if runs >= a_future * len(part.replicates):
            return part
        if runs >= a_future:
            return self.part(part.wanted, part.replicates[: runs // a_future])
        wanted: list[tuple[int, str]] = []
        for point in part.points:
            more = [one for one in part.wanted if one[0] == point]
            if len(wanted) + len(more) > runs:
                break
            wanted += more
        return self.part(wanted, part.replicates[:1]) if wanted else None


def _scattered(point: int) -> float:
    """A place in the order of running such that the first points taken lie all over the design (van der Corput)."""
    share, step = 0.0, 0.5
    while point:
        share, point, step = share + step * (point & 1), point >> 1, step / 2
    return share
