"""Trust, compiled: experience fades, this week's is added, friends tell of theirs."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import inner, jit
from modsim.compiling.threads import over_spans
from modsim.rules import trusting
from modsim.simulation.kernels import plain
from modsim.simulation.kernels.compiled.tiles import (
    NOUGHT,
    ONE,
    TWO,
    Prior,
    add_whole,
    four_tiles,
    spread_lanes,
    tiled,
    trust_of,
    unless_own_rules,
    unsigned,
)
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.town import Town


class Trust(NamedTuple):
    prior_strength: Any
    memory: Any
    event_weight: Any
    loss_to_gain: Any
    talk_weight: Any
    spill_over: Any


@inner
def _trust_at(p, i):
    return Trust(
        p.prior_strength[i], p.memory[i], p.event_weight[i], p.loss_to_gain[i], p.talk_weight[i], p.spill_over[i]
    )


@unless_own_rules
def trust_moves(town: "Town", events: plain.Entries) -> None:
    kind, row, lane, good, bad = events
    _trust_loop(town, kind, row, lane, good, bad, True)


@unless_own_rules
def settle_trust(town: "Town") -> None:
    nothing = np.empty(0, dtype=np.int64)
    _trust_loop(town, nothing, nothing, nothing, nothing, nothing, False)


def _trust_loop(town: "Town", kind, row, lane, good, bad, fades: bool) -> None:
    world, memory = town.world, town.columns.experience
    has_kind = world.partners.has_kind
    present = np.ascontiguousarray(town.services_present[:, 0], dtype=float)
    first_row, start, friends = (unsigned(x) for x in (world.first_row, world.ties.start, world.ties.friends))
    row, lane = row.astype(np.uint64), lane.astype(np.uint64)
    place = np.full(len(memory.apart), -1)  # of the services met this week, among these
    met = np.unique(kind)
    place[met] = np.arange(len(met))
    latest, earlier, hears = _chained(row, start, friends, world.rows)
    all_good, all_bad, own_good, own_bad, apart = (x.reshape(-1) for x in (*memory.common, *memory.own, memory.apart))
    columns: Any = (
        first_row, start, friends, all_good, all_bad, own_good, own_bad, apart, place[kind], lane, good, bad, latest,
        earlier, hears, place, len(met), town.trust_start, has_kind, present, town.mean_start,
        tiled(Trust, town.numbers.trust, town), fades, town.trust_gained.reshape(-1), town.trust_sums,
    )  # fmt: skip
    over_spans(world.spans, lambda begin, end: _move_trust(begin, end, *columns))


class _Fading(NamedTuple):
    memory: float


@inner
def _fade(experience, at, cells, memory):
    for i in range(cells):
        experience[at + i] = trusting.fading(experience[at + i], _Fading(memory[i]))


@inner
def _add(trust, first, cells, total):
    for i in range(cells):
        total[i] += trust[first + i]


@inner
def _take_whole(trust, at, cells, whole, first):
    """Take them away again."""
    for i in range(cells):
        whole[first + i] -= np.rint(trust[at + i] * FIXED_POINT)


@inner
def _gain(total, cells, present, mean_start, gained, at):
    for i in range(cells):
        gained[at + i] = total[i] / present - mean_start[i]


@inner
def _number_apart(apart, first, end):
    """How many rows of a tile remember a service apart from others; `apart` is of one service."""
    number = np.int64(0)
    for r in range(first, end):
        number += np.int64(apart[r])
    return np.uint64(number)


@inner
def _which_apart(apart, first, end, rows):
    """The same, and which: into `rows`. Without a branch."""
    number = NOUGHT
    for r in range(first, end):
        rows[number] = r
        number += np.uint64(apart[r])
    return number


@jit
def _chained(row, tie_start, friends, rows):
    """Events chained by row: each row's last one, the one before each, and who hears of any, own or a friend's."""
    latest, earlier = np.empty(rows, dtype=np.int32), np.empty(len(row), dtype=np.int32)
    for r in range(rows):
        latest[r] = -1
    hears = np.zeros(rows, dtype=np.bool_)
    for e in range(len(row)):
        earlier[e] = latest[row[e]]
        latest[row[e]] = e
        hears[row[e]] = True
        for f in range(tie_start[row[e]], tie_start[row[e] + ONE]):
            hears[np.uint64(friends[f])] = True
    return latest, earlier, hears


@jit
def _move_trust(
    begin, stop, first_row, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones, bad_ones,
    latest, earlier, hears, place, met, start, has_kind, present, mean_start, p, fades, gained, sums,
):  # fmt: skip
    """Tile by tile, in areas `begin` to before `stop`: experience fades, this week's is added; trust is summed.

    `good` and `bad` (cells) are what is remembered of all services alike; `own_good` and `own_bad` (services x cells)
    of those that somebody remembers apart from others, where `apart` (services x rows) says so. In a tile where most
    people remember a service apart, all are made to. Trust in services that start alike is the same wherever they are
    not remembered apart, and is worked out once.
    """
    strength, memory = p.prior_strength, p.memory  # taken out once: to take them out in a loop costs
    services, lanes = np.uint64(start.shape[0]), np.uint64(start.shape[2])
    width, column = np.uint64(len(memory)), np.uint64(len(gained))  # column: cells of a service
    rows_in_tile = width // lanes
    people = column // lanes
    told = np.empty((4, met + 1, lanes))  # own good and bad, heard good and bad; the last of a service not met
    in_all = np.empty((2, lanes))
    starts, alike, whole, whole_alike = four_tiles(services * width)
    like = np.zeros(services, dtype=np.uint64)  # the first service that starts like each
    numbers, needed = np.zeros(services, dtype=np.uint64), np.zeros(services, dtype=np.bool_)
    rows = np.zeros(rows_in_tile + ONE, dtype=np.uint64)
    total, trust, began, _ = four_tiles(width)
    for area in range(np.uint64(begin), np.uint64(stop)):
        spread_lanes(mean_start[area], began)
        whole[:] = whole_alike[:] = 0.0
        for s in range(services):
            for i in range(width):
                starts[s * width + i] = start[s, area, i % lanes]
            like[s] = s
            for other in range(s):
                differ = NOUGHT
                for k in range(lanes):
                    differ += np.uint64(start[other, area, k] != start[s, area, k])
                if not differ:
                    like[s] = min(like[s], np.uint64(other))
        for first in range(first_row[area], first_row[area + ONE], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + ONE])
            at, cells = first * lanes, (end - first) * lanes
            if fades:
                _fade(good, at, cells, memory)
                _fade(bad, at, cells, memory)
                for s in range(services):
                    number = _number_apart(apart, s * people + first, s * people + end)
                    if number == end - first:
                        _fade(own_good, s * column + at, cells, memory)
                        _fade(own_bad, s * column + at, cells, memory)
                    elif number:
                        _which_apart(apart, s * people + first, s * people + end, rows)
                        for n in range(number):
                            for k in range(lanes):
                                j = rows[n] * lanes + k
                                own_good[j] = trusting.fading(own_good[j], _Fading(memory[k]))
                                own_bad[j] = trusting.fading(own_bad[j], _Fading(memory[k]))
            _hear(first, end, hears, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones,
                  bad_ones, latest, earlier, place, told, in_all, p)  # fmt: skip
            needed[:] = False  # trust of those who do not remember a service apart, by its start
            for s in range(services):
                numbers[s] = _number_apart(apart, s * people + first, s * people + end)
                if numbers[s] <= (end - first) // TWO:
                    needed[like[s]] = True
            for s in range(services):
                if needed[s]:
                    trust_of(good, bad, at, cells, starts, s * width, strength, alike, s * width)
                    add_whole(alike, s * width, cells, whole_alike, s * width)
            total[:] = 0.0
            for s in range(services):
                number, of = numbers[s], like[s] * width
                if number > (end - first) // TWO:
                    if number < end - first:
                        for r in range(first, end):
                            _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart)
                    trust_of(own_good, own_bad, s * column + at, cells, starts, s * width, strength, trust,
                              NOUGHT)  # fmt: skip
                    add_whole(trust, NOUGHT, cells, whole, s * width)
                    if needed[like[s]]:
                        _take_whole(alike, of, cells, whole, s * width)
                elif number:
                    for i in range(cells):
                        trust[i] = alike[of + i]
                    _which_apart(apart, s * people + first, s * people + end, rows)
                    for n in range(number):
                        for k in range(lanes):
                            j, i = rows[n] * lanes + k, (rows[n] - s * people - first) * lanes + k
                            prior = Prior(strength[k])
                            trust[i] = trusting.trust(starts[s * width + k], own_good[j], own_bad[j], prior)
                            whole[s * width + k] += np.rint(trust[i] * FIXED_POINT)
                            whole[s * width + k] -= np.rint(alike[of + i] * FIXED_POINT)
                if has_kind[area, s]:
                    if number:
                        _add(trust, NOUGHT, cells, total)
                    else:
                        _add(alike, of, cells, total)
            _gain(total, cells, present[area], began, gained, at)
        for s in range(services):
            for k in range(lanes):
                added = 0.0
                for i in range(k, width, lanes):
                    added += whole_alike[like[s] * width + i] + whole[s * width + i]
                sums[s, area, k] = np.int64(added)


@inner
def _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart):
    """From now on the people at a row remember a service apart from others."""
    people = np.uint64(len(good)) // lanes
    if not apart[s * people + r]:
        apart[s * people + r] = True
        for k in range(lanes):
            own_good[(s * people + r) * lanes + k] = good[r * lanes + k]
            own_bad[(s * people + r) * lanes + k] = bad[r * lanes + k]


@inner
def _hear(
    first, end, hears, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones, bad_ones, latest,
    earlier, place, told, in_all, p
):  # fmt: skip
    """Add this week's experience, people's own and what friends tell, to what those in a tile remember who `hears`.

    `told` and `in_all` are room for the events of one row. No branches over lanes: where nothing happened, nought is
    added.
    """
    lanes, people = np.uint64(told.shape[2]), np.uint64(len(latest))
    for r in range(first, end):
        if not hears[r]:
            continue
        for k in range(lanes):
            in_all[0, k] = in_all[1, k] = 0.0
            for m in range(told.shape[1]):
                told[0, m, k] = told[1, m, k] = told[2, m, k] = told[3, m, k] = 0.0
        e = latest[r]
        while e >= 0:
            told[0, kind[e], lane[e]] += good_ones[e]
            told[1, kind[e], lane[e]] += bad_ones[e]
            in_all[0, lane[e]] += good_ones[e]
            in_all[1, lane[e]] += bad_ones[e]
            e = earlier[e]
        for f in range(tie_start[r], tie_start[r + ONE]):
            e = latest[np.uint64(friends[f])]
            while e >= 0:
                told[2, kind[e], lane[e]] += good_ones[e]
                told[3, kind[e], lane[e]] += bad_ones[e]
                e = earlier[e]
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
                _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart)
            for k in range(lanes):
                j, q, own = at + k, _trust_at(p, k), told[0, m, k]
                own_good[j] = trusting.good_after(own_good[j], own, in_all[0, k] - own, told[2, m, k], q)
            for k in range(lanes):
                j, q, own = at + k, _trust_at(p, k), told[1, m, k]
                own_bad[j] = trusting.bad_after(own_bad[j], own, in_all[1, k] - own, told[3, m, k], q)
        for k in range(lanes):
            j, q = r * lanes + k, _trust_at(p, k)
            good[j] = trusting.good_after(good[j], 0.0, in_all[0, k], 0.0, q)
            bad[j] = trusting.bad_after(bad[j], 0.0, in_all[1, k], 0.0, q)
