"""Trust, compiled: experience fades, this week's is added, friends tell of theirs."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import jit
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


@jit
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
        earlier, hears, place, town.trust_start, has_kind, present, town.mean_start,
        tiled(Trust, town.numbers.trust, town), fades, town.trust_gained.reshape(-1), town.trust_sums,
    )  # fmt: skip
    over_spans(world.spans, lambda begin, end: _move_trust(begin, end, *columns))


class _Fading(NamedTuple):
    memory: float


@jit
def _fade(experience, at, cells, memory):
    for i in range(cells):
        experience[at + i] = trusting.fading(experience[at + i], _Fading(memory[i]))


@jit
def _add(trust, first, cells, total):
    for i in range(cells):
        total[i] += trust[first + i]


@jit
def _take_whole(trust, at, cells, whole, first):
    """Take them away again."""
    for i in range(cells):
        whole[first + i] -= np.rint(trust[at + i] * FIXED_POINT)


@jit
def _gain(total, cells, present, mean_start, gained, at):
    for i in range(cells):
        gained[at + i] = total[i] / present - mean_start[i]


@jit
def _number_apart(apart, first, end):
    """How many rows of a tile remember a service apart from others; `apart` is of one service."""
    number = np.int64(0)
    for r in range(first, end):
        number += np.int64(apart[r])
    return np.uint64(number)


@jit
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
    latest = np.full(rows, -1, dtype=np.int32)
    earlier = np.empty(len(row), dtype=np.int32)
    hears = np.zeros(rows, dtype=np.bool_)
    for e in range(len(row)):
        earlier[e] = latest[row[e]]
        latest[row[e]] = e
        hears[row[e]] = True
        for f in range(tie_start[row[e]], tie_start[row[e] + ONE]):
            hears[np.uint64(friends[f])] = True
    return latest, earlier, hears


@jit
def _collect(own, e, first, kind, lane, good_ones, bad_ones, earlier):
    """Add up the events of one row, from its last: good ones and bad ones (2, services, lanes) from `first` on."""
    while e >= 0:
        own[first, kind[e], lane[e]] += good_ones[e]
        own[first + 1, kind[e], lane[e]] += bad_ones[e]
        e = earlier[e]


@jit
def _move_trust(
    begin, stop, first_row, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones, bad_ones,
    latest, earlier, hears, place, start, has_kind, present, mean_start, p, fades, gained, sums,
):  # fmt: skip
    """Tile by tile, in areas `begin` to before `stop`: experience fades, this week's is added; trust is summed.

    `good` and `bad` (cells) are what is remembered of all services alike; `own_good` and `own_bad` (services x cells)
    of those that somebody remembers apart from others, where `apart` (services x rows) says so. In a tile where most
    people remember a service apart, all are made to. Trust in services that start alike is the same wherever they are
    not remembered apart, and is worked out once.
    """
    services, lanes = np.uint64(start.shape[0]), np.uint64(start.shape[2])
    width, column = np.uint64(len(p.memory)), np.uint64(len(gained))  # column: cells of a service
    rows_in_tile = width // lanes
    people = column // lanes
    told = np.zeros((4, place.max() + 1, lanes), dtype=np.int64)  # own good and bad, heard good and bad
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
                if (start[other, area] == start[s, area]).all():
                    like[s] = min(like[s], np.uint64(other))
        for first in range(first_row[area], first_row[area + ONE], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + ONE])
            at, cells = first * lanes, (end - first) * lanes
            if fades:
                _fade(good, at, cells, p.memory)
                _fade(bad, at, cells, p.memory)
                for s in range(services):
                    number = _number_apart(apart, s * people + first, s * people + end)
                    if number == end - first:
                        _fade(own_good, s * column + at, cells, p.memory)
                        _fade(own_bad, s * column + at, cells, p.memory)
                    elif number:
                        _which_apart(apart, s * people + first, s * people + end, rows)
                        for n in range(number):
                            for k in range(lanes):
                                j = rows[n] * lanes + k
                                own_good[j] = trusting.fading(own_good[j], _Fading(p.memory[k]))
                                own_bad[j] = trusting.fading(own_bad[j], _Fading(p.memory[k]))
            for r in range(first, end):
                if hears[r]:
                    _hear(r, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones, bad_ones,
                          latest, earlier, place, told, p)  # fmt: skip
            needed[:] = False  # trust of those who do not remember a service apart, by its start
            for s in range(services):
                numbers[s] = _number_apart(apart, s * people + first, s * people + end)
                if numbers[s] <= (end - first) // TWO:
                    needed[like[s]] = True
            for s in range(services):
                if needed[s]:
                    trust_of(good, bad, at, cells, starts, s * width, p.prior_strength, alike, s * width)
                    add_whole(alike, s * width, cells, whole_alike, s * width)
            total[:] = 0.0
            for s in range(services):
                number, of = numbers[s], like[s] * width
                if number > (end - first) // TWO:
                    if number < end - first:
                        for r in range(first, end):
                            _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart)
                    trust_of(own_good, own_bad, s * column + at, cells, starts, s * width, p.prior_strength, trust,
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
                            prior = Prior(p.prior_strength[k])
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


@jit
def _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart):
    """From now on the people at a row remember a service apart from others."""
    people = np.uint64(len(good)) // lanes
    if not apart[s * people + r]:
        apart[s * people + r] = True
        for k in range(lanes):
            own_good[(s * people + r) * lanes + k] = good[r * lanes + k]
            own_bad[(s * people + r) * lanes + k] = bad[r * lanes + k]


@jit
def _hear(
    r, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones, bad_ones, latest, earlier, place,
    told, p
):  # fmt: skip
    """Add this week's experience of one row, its own and what friends tell, to what it remembers."""
    lanes, people, services = np.uint64(told.shape[2]), np.uint64(len(latest)), np.uint64(len(place))
    told[:] = 0
    _collect(told, latest[r], 0, kind, lane, good_ones, bad_ones, earlier)
    for f in range(tie_start[r], tie_start[r + ONE]):
        _collect(told, latest[np.uint64(friends[f])], 2, kind, lane, good_ones, bad_ones, earlier)
    for s in range(services):
        m = place[s]
        for k in range(lanes if m >= 0 else NOUGHT):
            if told[0, m, k] + told[1, m, k] + told[2, m, k] + told[3, m, k]:
                _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart)
    for k in range(lanes):
        all_good, all_bad = 0, 0
        for m in range(told.shape[1]):
            all_good += told[0, m, k]
            all_bad += told[1, m, k]
        any_own = all_good + all_bad
        for s in range(services):
            if not apart[s * people + r]:
                continue
            m, j = place[s], (s * people + r) * lanes + k
            own_well, own_badly, well, badly = 0, 0, 0, 0
            if m >= 0:
                own_well, own_badly, well, badly = told[0, m, k], told[1, m, k], told[2, m, k], told[3, m, k]
            if any_own + well + badly:
                q = _trust_at(p, k)
                own_good[j] = trusting.good_after(own_good[j], own_well, all_good - own_well, well, q)
                own_bad[j] = trusting.bad_after(own_bad[j], own_badly, all_bad - own_badly, badly, q)
        if any_own:
            j, q = r * lanes + k, _trust_at(p, k)
            good[j] = trusting.good_after(good[j], 0, all_good, 0, q)
            bad[j] = trusting.bad_after(bad[j], 0, all_bad, 0, q)
