"""Trust of everybody in services: experience fades, this week's is added, friends tell of theirs."""

import numpy as np

from modsim.compiling.acts import act, at_place, driver
from modsim.rules import trusting
from modsim.simulation.crowds.tiles import (
    NOUGHT,
    ONE,
    TWO,
    add_up_lane,
    add_whole,
    all_go_through,
    spread_lanes,
    trust_of,
)
from modsim.simulation.town import Town
from modsim.world.young_people import FIXED_POINT


def trust_moves(town: Town) -> None:
    """Remembered experience fades; this week's own is added, and what friends tell of theirs."""
    _go_through(town, town.experienced(), True)


def settle_trust(town: Town) -> None:
    """How far everybody's mean trust in the services of their area lies above where it started.

    And the sums of trust over each area's people, by service (services, areas, lanes), in whole numbers.
    """
    _go_through(town, (np.empty(0, dtype=np.int64),) * 5, False)


def _go_through(town: Town, events: tuple[np.ndarray, ...], fades: bool) -> None:
    kind, row, lane, good, bad = events
    place = np.full(len(town.columns.experience.apart), -1)  # of the services met this week, among these
    met = np.unique(kind)
    place[met] = np.arange(len(met))
    latest, earlier, hears = _chained(town, row)
    columns = place[kind], lane, good, bad, latest, earlier, hears, place, len(met), fades
    town.trust_sums[:] = 0
    all_go_through(town, hear, columns, *(["young_people", "move_trust"] if fades else []))


@driver
def _chained(town, row):
    """Events chained by row: each row's last one, the one before each, and who hears of any, own or a friend's."""
    rows = len(town.slot)
    latest, earlier, hears = np.empty(rows, np.int32), np.empty(len(row), np.int32), np.zeros(rows, np.bool_)
    latest[:] = -1
    for e in range(len(row)):
        r = row[e]
        earlier[e] = latest[r]
        latest[r] = e
        hears[r] = True
        for f in range(town.tie_start[r], town.tie_start[r + 1]):
            hears[town.friends[f]] = True
    return latest, earlier, hears


@driver
def hear(
    town, begin, stop, lowest, highest, kind, lane, good_ones, bad_ones, latest, earlier, hears, place, met, fades
):
    """Experience fades, this week's is added; trust is summed: in areas `begin` to before `stop`, some rows.

    Remembered of all services alike is what stands in `remembered`; `remembered_apart` is of those that somebody
    remembers apart from others, where `apart` says so. In a tile where most people remember a service apart, all are
    made to. Trust in services that start alike is the same wherever they are not remembered apart, and is worked out
    once.
    """
    p, start = town.numbers.trust, town.trust_start
    good, bad = town.remembered[0].reshape(-1), town.remembered[1].reshape(-1)
    own_good, own_bad = town.remembered_apart[0].reshape(-1), town.remembered_apart[1].reshape(-1)
    apart, gained, first_row = town.apart.reshape(-1), town.trust_gained.reshape(-1), town.first_row
    services, lanes = np.uint64(start.shape[0]), np.uint64(start.shape[2])
    width, column = np.uint64(len(p.memory)), np.uint64(len(gained))  # column: cells of a service
    rows_in_tile = width // lanes
    people = column // lanes
    told = np.empty((4, met + 1, np.int64(lanes)))  # own good and bad, heard good and bad; the last of one not met
    in_all = np.empty((2, np.int64(lanes)))
    starts, alike = np.empty(services * width), np.empty(services * width)
    whole, whole_alike = np.empty(services * width), np.empty(services * width)
    like = np.zeros(services, dtype=np.uint64)  # the first service that starts like each
    numbers, needed = np.zeros(services, dtype=np.uint64), np.zeros(services, dtype=np.bool_)
    rows = np.zeros(rows_in_tile + ONE, dtype=np.uint64)
    total, trust, began = np.empty(width), np.empty(width), np.empty(width)
    for area in range(np.uint64(begin), np.uint64(stop)):
        spread_lanes(town.mean_start[area], began)
        whole[:] = whole_alike[:] = 0.0
        present = 0.0
        for s in range(services):
            present += town.has_kind[area, s]
            spread_lanes(start[s, area], starts[s * width : (s + ONE) * width])
            like[s] = s
            for other in range(s):
                differ = NOUGHT
                for k in range(lanes):
                    differ += np.uint64(start[other, area, k] != start[s, area, k])
                if not differ:
                    like[s] = min(like[s], np.uint64(other))
        last = min(first_row[area + ONE], np.uint64(highest))
        for first in range(max(first_row[area], np.uint64(lowest)), last, rows_in_tile):
            end = min(first + rows_in_tile, last)
            at, cells = first * lanes, (end - first) * lanes
            if fades:
                _fade(good, at, cells, p)
                _fade(bad, at, cells, p)
                for s in range(services):
                    number = _number_apart(apart, s * people + first, s * people + end)
                    if number == end - first:
                        _fade(own_good, s * column + at, cells, p)
                        _fade(own_bad, s * column + at, cells, p)
                    elif number:
                        _which_apart(apart, s * people + first, s * people + end, rows)
                        for n in range(number):
                            _fade(own_good, rows[n] * lanes, lanes, p)
                            _fade(own_bad, rows[n] * lanes, lanes, p)
            for r in range(first, end):
                if hears[r]:
                    _add_up(town, r, kind, lane, good_ones, bad_ones, latest, earlier, told, in_all)
                    _hear(r, people, good, bad, own_good, own_bad, apart, place, told, in_all, p)
            needed[:] = False  # trust of those who do not remember a service apart, by its start
            for s in range(services):
                numbers[s] = _number_apart(apart, s * people + first, s * people + end)
                if numbers[s] <= (end - first) // TWO:
                    needed[like[s]] = True
            for s in range(services):
                if needed[s]:
                    trust_of(good, bad, at, cells, starts, s * width, p, alike, s * width)
                    add_whole(alike, s * width, cells, whole_alike, s * width)
            total[:] = 0.0
            for s in range(services):
                number, of = numbers[s], like[s] * width
                if number > (end - first) // TWO:
                    if number < end - first:
                        for r in range(first, end):
                            _set_apart(r, s, people, lanes, good, bad, own_good, own_bad, apart)
                    trust_of(own_good, own_bad, s * column + at, cells, starts, s * width, p, trust, NOUGHT)
                    add_whole(trust, NOUGHT, cells, whole, s * width)
                    if needed[like[s]]:
                        _take_whole(alike, of, cells, whole, s * width)
                elif number:
                    for i in range(cells):
                        trust[i] = alike[of + i]
                    _which_apart(apart, s * people + first, s * people + end, rows)
                    for n in range(number):
                        i, j = (rows[n] - s * people - first) * lanes, rows[n] * lanes
                        _take_whole(alike, of + i, lanes, whole, s * width)
                        trust_of(own_good, own_bad, j, lanes, starts, s * width, p, trust, i)
                        add_whole(trust, i, lanes, whole, s * width)
                if town.has_kind[area, s]:
                    if number:
                        _add(trust, NOUGHT, cells, total)
                    else:
                        _add(alike, of, cells, total)
            _gain(total, cells, present, began, gained, at)
        for s in range(services):
            for k in range(lanes):
                alike_in_all = add_up_lane(whole_alike[like[s] * width : (like[s] + ONE) * width], k, lanes)
                own_in_all = add_up_lane(whole[s * width : (s + ONE) * width], k, lanes)
                town.trust_sums[s, area, k] += alike_in_all + own_in_all


@act
def _fade(experience, at, cells, p):
    for i in range(cells):
        experience[at + i] = trusting.fading(experience[at + i], at_place(p, i))


@act
def _add(trust, first, cells, total):
    for i in range(cells):
        total[i] += trust[first + i]


@act
def _take_whole(trust, at, cells, whole, first):
    """Take them away again."""
    for i in range(cells):
        whole[first + i] -= np.rint(trust[at + i] * FIXED_POINT)


@act
def _gain(total, cells, present, mean_start, gained, at):
    for i in range(cells):
        gained[at + i] = total[i] / present - mean_start[i]


@act
def _number_apart(apart, first, end):
    """How many rows of a tile remember a service apart from others; `apart` is of one service."""
    number = np.int64(0)
    for r in range(first, end):
        number += np.int64(apart[r])
    return np.uint64(number)


@act
def _which_apart(apart, first, end, rows):
    """The same, and which: into `rows`. Without a branch."""
    number = NOUGHT
    for r in range(first, end):
        rows[number] = r
        number += np.uint64(apart[r])


@act
def _set_apart(r, s, people, lanes, good, bad, own_good, own_bad, apart):
    """From now on the people at a row remember a service apart from others."""
    if not apart[s * people + r]:
        apart[s * people + r] = True
        for k in range(lanes):
            own_good[(s * people + r) * lanes + k] = good[r * lanes + k]
            own_bad[(s * people + r) * lanes + k] = bad[r * lanes + k]


@act
def _add_up(town, r, kind, lane, good_ones, bad_ones, latest, earlier, told, in_all):
    """This week's experiences of one person, own and heard, by service and lane, and own ones with all services."""
    told[:] = 0.0
    in_all[:] = 0.0
    e = latest[r]
    while e >= 0:
        told[0, kind[e], lane[e]] += good_ones[e]
        told[1, kind[e], lane[e]] += bad_ones[e]
        in_all[0, lane[e]] += good_ones[e]
        in_all[1, lane[e]] += bad_ones[e]
        e = earlier[e]
    for f in range(town.ties[r], town.ties[r + ONE]):
        e = latest[town.tied[f]]
        while e >= 0:
            told[2, kind[e], lane[e]] += good_ones[e]
            told[3, kind[e], lane[e]] += bad_ones[e]
            e = earlier[e]


@act
def _hear(r, people, good, bad, own_good, own_bad, apart, place, told, in_all, p):
    """Add them to what one person remembers. No branches over lanes: where nothing happened, nought is added."""
    lanes = np.uint64(told.shape[2])
    for s in range(np.uint64(len(place))):
        m, at = place[s], (s * people + r) * lanes
        if m < 0:
            m = told.shape[1] - 1  # of a service that nobody met
        if not apart[s * people + r]:
            some = 0.0
            for k in range(lanes):
                some += told[0, m, k] + told[1, m, k] + told[2, m, k] + told[3, m, k]
            if some == 0.0:
                continue
            _set_apart(r, s, people, lanes, good, bad, own_good, own_bad, apart)
        for k in range(lanes):
            j, q, own = at + k, at_place(p, k), told[0, m, k]
            own_good[j] = trusting.good_after(own_good[j], own, in_all[0, k] - own, told[2, m, k], q)
        for k in range(lanes):
            j, q, own = at + k, at_place(p, k), told[1, m, k]
            own_bad[j] = trusting.bad_after(own_bad[j], own, in_all[1, k] - own, told[3, m, k], q)
    for k in range(lanes):
        j, q = r * lanes + k, at_place(p, k)
        good[j] = trusting.good_after(good[j], 0.0, in_all[0, k], 0.0, q)
        bad[j] = trusting.bad_after(bad[j], 0.0, in_all[1, k], 0.0, q)
