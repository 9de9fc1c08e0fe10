"""Residents: what they come to know of, fear and think, and what neighbours tell each other."""

import numpy as np

from modsim.compiling.acts import act, at_place, driver
from modsim.rules import neighbouring
from modsim.simulation.crowds.tiles import (
    BEYOND,
    NOUGHT,
    ONE,
    add_over_ties,
    add_up_lane,
    add_whole,
    all_go_through,
    spread_lanes,
    trust_of,
)
from modsim.simulation.town import Town
from modsim.world.draws import binomial_tables
from modsim.world.young_people import FIXED_POINT

_SEEING = 2.0**26  # what sets sessions seen apart from incidents known of, where both are added as one number


def residents_react(town: Town) -> None:
    """Residents hear of some incidents, answered or not, and see a programme at work; fear and trust follow."""
    world, people = town.world, town.world.residents
    key = people.area, town.week, people.slot, np.zeros_like(people.slot)
    hears, sees = (world.luck.weekly_uniform(what, *key) for what in ("hearing of it", "seeing sessions"))
    table = binomial_tables(town.reports, town.p.residents.sees)
    sums = np.zeros((3, *town.reports.shape), dtype=np.int64)
    columns = hears, sees, table, np.empty(town.columns.fear.size + BEYOND), sums, True, True
    all_go_through(town, react, columns, "residents", "look_around", "think_again")
    town.settle_residents_mean(sums)


def settle_residents(town: Town) -> None:
    """Means of residents' trust, fear and efficacy by area (areas, lanes), as they stand."""
    c, first = town.columns, town.world.residents.first_row
    columns = town.resident_trust, c.fear, c.efficacy
    town.settle_residents_mean(
        [np.add.reduceat(np.rint(x * FIXED_POINT).astype(np.int64), first[:-1], axis=0) for x in columns]
    )


@driver
def react(town, begin, stop, lowest, highest, hears, sees, table, known, sums, look_around, think_again):
    """Residents of areas `begin` to before `stop`, some rows, after a week: first they look around, then think again.

    `hears` and `sees` (residents,) are their luck. `table` (counts, areas, lanes) holds the quantiles of what a
    resident comes to know of. Into `known` goes what each did, and sessions seen, added as one number. `sums` (3,
    areas, lanes) become those of trust, fear and efficacy by area.
    """
    p, q, lanes = town.numbers.residents, town.numbers.trust, np.uint64(town.p.shape[0])
    fear, efficacy = town.fear.reshape(-1), town.efficacy.reshape(-1)
    good, bad = town.resident_good.reshape(-1), town.resident_bad.reshape(-1)
    tie_start, friends, first_row = town.neighbour_ties, town.neighbours, town.first_resident
    width = np.uint64(len(q.memory))
    rows_in_tile = width // lanes
    held, answered, least = np.empty(lanes), np.empty(lanes), np.empty(len(table))
    usual, answers, now = np.empty(width), np.empty(width), np.empty(width)
    own, visible, told, seen = np.empty(width), np.empty(width), np.empty(width + BEYOND), np.empty(width)
    of_trust, of_fear, of_efficacy = np.empty(width), np.empty(width), np.empty(width)
    for area in range(np.uint64(begin), np.uint64(stop)):
        start, end = max(first_row[area], np.uint64(lowest)), min(first_row[area + ONE], np.uint64(highest))
        if look_around:
            _look_around(town, area, start, end, hears, sees, table, known, held, least)
        for k in range(lanes):
            answered[k] = town.now[area, k].answered_share
        spread_lanes(town.usually_known[area], usual)
        spread_lanes(answered, answers)
        of_trust[:] = of_fear[:] = of_efficacy[:] = 0.0
        for first in range(start, end if think_again else start, rows_in_tile):
            rows = min(rows_in_tile, end - first)
            at, cells = first * lanes, rows * lanes
            for j in range(rows):
                tie, last_tie = tie_start[first + j], tie_start[first + j + ONE]
                add_over_ties(known, friends, tie, last_tie, lanes, told, j * lanes)
            _part(known, at, cells, answers, own, visible)
            _part(told, NOUGHT, cells, answers, told, seen)
            _fear(fear, at, cells, own, usual, p, now)
            add_whole(now, NOUGHT, cells, of_fear, NOUGHT)
            _remember(good, at, cells, visible, seen, p, q)
            for i in range(cells):
                own[i] = q.loss_to_gain[i] * own[i]
                told[i] = q.loss_to_gain[i] * told[i]
            _remember(bad, at, cells, own, told, p, q)
            trust_of(good, bad, at, cells, p.start_trust, NOUGHT, q, told, NOUGHT)
            add_whole(told, NOUGHT, cells, of_trust, NOUGHT)
            _believe(efficacy, at, cells, now, told, p, own)
            add_whole(own, NOUGHT, cells, of_efficacy, NOUGHT)
        for k in range(lanes):
            sums[0, area, k] += add_up_lane(of_trust, k, lanes)
            sums[1, area, k] += add_up_lane(of_fear, k, lanes)
            sums[2, area, k] += add_up_lane(of_efficacy, k, lanes)


@act
def _look_around(town, area, start, end, hears, sees, table, known, held, least):
    """Into `known`, row by row: few see or hear of anything. The `least` luck that brings a count rises with it."""
    lanes = np.uint64(len(held))
    least[:] = 2.0
    for k in range(lanes):
        held[k] = town.p[k].residents.sees if town.now[area, k].session_held else 0.0
        for count in range(len(table)):
            least[count] = min(least[count], table[count, area, k])
    for r in range(start, end):
        for k in range(lanes):
            known[r * lanes + k] = _SEEING if sees[r] < held[k] else 0.0
        for count in range(len(table)):
            if hears[r] < least[count]:
                break
            for k in range(lanes):
                known[r * lanes + k] += hears[r] >= table[count, area, k]


@act
def _part(both, at, cells, answered, incidents, well):
    """Part incidents known of from sessions seen: the incidents, and what is well, answered ones and sessions."""
    for i in range(cells):
        sessions = np.floor(both[at + i] / _SEEING)
        number = both[at + i] - _SEEING * sessions
        incidents[i] = number
        well[i] = number * answered[i] + sessions


@act
def _fear(fear, at, cells, known, usually, p, now):
    for i in range(cells):
        now[i] = neighbouring.fear_after(fear[at + i], known[i], usually[i], at_place(p, i))
        fear[at + i] = now[i]


@act
def _remember(memory, at, cells, own, heard, p, q):
    for i in range(cells):
        memory[at + i] = neighbouring.memory_after(memory[at + i], own[i], heard[i], at_place(p, i), at_place(q, i))


@act
def _believe(efficacy, at, cells, fear, trust, p, now):
    for i in range(cells):
        now[i] = neighbouring.efficacy_after(efficacy[at + i], fear[i], trust[i], at_place(p, i))
        efficacy[at + i] = now[i]
