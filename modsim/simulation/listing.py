"""Whom the lead of an area puts on the list of a round, from what it has seen."""

import numpy as np

from modsim.compiling.acts import driver
from modsim.rules import targeting
from modsim.simulation.town import Town

_FIXED_POINT = 2.0**16


def list_of(town: Town, area: int, lane: int, round_number: int, lead: int | None = None) -> np.ndarray:
    """Rows of the young people whom the lead of an area (or another partner) would list for a round, in order."""
    kind = town.lead_kind[area, lane] if lead is None else town.world.partners.kind[area, lead]
    return _Candidates(town, area, round_number).listed(lane, int(kind))


def lists_of(town: Town, areas: np.ndarray, lanes: np.ndarray) -> np.ndarray:
    """The same for the present round of several areas, each in its lane (n, places); -1 where a list ends."""
    found = np.full((len(areas), town.columns.listed.shape[1]), -1)
    kinds, rounds = town.lead_kind[areas, lanes].tolist(), town.columns.rounds[areas, lanes].tolist()
    drawn: dict[tuple[int, int], _Candidates] = {}  # lanes have their luck in common
    for row, kind, lane, area, number in zip(found, kinds, lanes.tolist(), areas.tolist(), rounds, strict=True):
        if (area, number) not in drawn:
            drawn[area, number] = _Candidates(town, area, number)
        listed = drawn[area, number].listed(lane, kind)
        row[: len(listed)] = listed
    return found


class _Candidates:
    """The young people of an area who are of an age to be listed for a round, with what all lanes have in common."""

    def __init__(self, town: Town, area: int, round_number: int):
        world = town.world
        place, span = world.areas[area], world.rows_of(area)
        age = world.age[span]
        self._town, self._area = town, area
        self._rows = span.start + np.nonzero((age >= place.eligible_youngest) & (age < place.eligible_oldest + 1))[0]
        rows = self._rows
        key = np.full(len(rows), area), round_number, world.slot[rows], world.generation[rows]
        self._luck, self._tie = world.luck.normal("list", *key), world.luck.uniform("list tie", *key)
        self._group = world.group[span] - world.first_group_in[area]  # of everybody in the area, of whatever age
        self._members = np.bincount(self._group)

    def listed(self, lane: int, kind: int) -> np.ndarray:
        """Rows of those listed in a lane by a lead of some type of service."""
        town, programme = self._town, self._town.scenario.programme
        seen = town.columns.seen_in_memory[kind]
        at, record = _what_is_known(
            town, self._area, lane, self._rows, seen, self._group, self._members, programme.retry_after_weeks
        )
        score = town.rules.list_score(record, self._luck[at], town.fixed["p"][lane].targeting)
        last = len(at) - min(programme.list_length, len(at))
        if last:  # those on it, and ties
            likely = score >= np.partition(score, last)[last]
            at, score = at[likely], score[likely]
        return self._rows[at[np.lexsort((self._tie[at], -score))[: programme.list_length]]]


@driver
def _what_is_known(town, area, lane, rows, seen, group, members, retry_after):
    """Of `rows`, the places of those who may be listed, and what the lead has on record of them.

    That has mean 0 and standard deviation 1, by sums of whole numbers so that no order matters. `seen` (rows, lanes)
    is by the lead's service; `group` of everybody in the area, `members` of each group.
    """
    first, seen_in = town.areas[area].first, np.zeros(len(members), np.int64)
    for k in range(len(group)):
        seen_in[group[k]] += seen[first + k, lane]
    place, whole, n = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64), 0
    total = squares = 0
    for k in range(len(rows)):
        one, of, own = town.people[rows[k], lane], group[rows[k] - first], np.int64(seen[rows[k], lane])
        if one.completed or town.scene[0].week - np.int64(one.dropped_week) < retry_after:
            continue
        record = np.sqrt(targeting.known_record(own, seen_in[of] - own, members[of] - 1))
        place[n], whole[n] = k, np.int64(np.rint(record * _FIXED_POINT))
        total += whole[n]
        squares += whole[n] * whole[n]
        n += 1
    mean = total / max(n, 1)
    variance = squares / max(n, 1) - mean * mean
    if variance > 1e-6:
        return place[:n], (whole[:n] - mean) / np.sqrt(variance)
    return place[:n], np.zeros(n)
