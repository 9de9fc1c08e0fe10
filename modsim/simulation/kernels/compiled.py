"""The hot loops, compiled: each function here does what the one of its name in `plain` does, with the same bits.

A column (rows, lanes) is gone through in tiles: as many rows side by side as make a tile of some `WIDTH` cells, so that
one lane is as quick as sixty. First what belongs to a row, a group or an area is laid out over the tile, then plain
arithmetic runs over it, in loops with few columns each (a compiler gives up vectorising on many).

Where somebody has put a rule of their own in place of one used here, the plain form is taken, which asks for rules by
name each time.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import jit, usable
from modsim.rules import arithmetic, excitement, inclining, neighbouring, offending, policing, trusting
from modsim.simulation.kernels import plain
from modsim.world.draws import HIGHEST_MEAN
from modsim.world.kernels import binomial_count, binomial_table, luck_of, poisson_count
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.town import Town

WIDTH = 256
_ONE, _TWO = np.uint64(1), np.uint64(2)
_USED = {
    trusting: ("trust", "fading", "good_after", "bad_after"),
    inclining: ("lasting_after", "reversion_slowed", "weight_of_friends", "pull_of_friends", "inclination_after"),
    policing: ("stops_expected",),
    excitement: ("chance_serious",),
    offending: ("restraint", "incident_rate"),
    neighbouring: ("memory_after", "fear_after", "efficacy_after"),
    arithmetic: ("between", "exponential"),
}
_rules_stand = usable(*(getattr(module, name) for module, names in _USED.items() for name in names))


def _own_rules(town: "Town") -> bool:
    """Whether a rule used here is not the one that was compiled."""
    return not town.own_rules.isdisjoint(("inclination_after", "incident_rate")) or not _rules_stand()


def _unless_own_rules[**P, R](compiled: Callable[P, R]) -> Callable[P, R]:
    """Take the function of the same name in `plain` where a rule is somebody's own."""
    reference = getattr(plain, compiled.__name__)

    @wraps(compiled, assigned=("__module__", "__name__", "__qualname__"))
    def either(*given: P.args, **named: P.kwargs) -> R:
        town: Any = given[0]  # always the first
        return (reference if _own_rules(town) else compiled)(*given, **named)

    either.__doc__ = reference.__doc__
    return either


# --- numbers of the rules, as the loops take them: one column each, laid out over a tile ---------------------------


class Trust(NamedTuple):
    prior_strength: Any
    memory: Any
    event_weight: Any
    loss_to_gain: Any
    talk_weight: Any
    spill_over: Any


class Effect(NamedTuple):
    reversion_per_week: Any
    course_time_share: Any


class Order(NamedTuple):
    persistence: Any
    legitimacy: Any
    efficacy: Any


class Peers(NamedTuple):
    pull: Any
    strongest_until: Any
    gone_by: Any


class Excitation(NamedTuple):
    offspring: Any


class Policing(NamedTuple):
    stops_per_hour: Any
    stop_floor: Any


class Residents(NamedTuple):
    start_trust: Any
    event_weight: Any
    fear_rises: Any
    fear_fades: Any
    efficacy_fear: Any
    efficacy_trust: Any
    efficacy_moves: Any


def _unsigned(places: np.ndarray) -> np.ndarray:
    """Places in columns, as loops take them: from a signed number they would have to look whether it is below 0."""
    return places.view(np.dtype(f"uint{8 * places.itemsize}"))


def _tile_width(lanes: int) -> int:
    return max(WIDTH // lanes, 1) * lanes


def _tiled[N](kind: type[N], numbers: Any, town: "Town") -> N:
    """The numbers that a loop needs of a table (a named tuple), each over a tile; worked out once for a town."""
    kept = town.tiles.get(kind)
    if kept is None:
        lanes = town.lanes
        names = kind.__annotations__
        columns = [np.broadcast_to(np.asarray(getattr(numbers, name), dtype=float), lanes) for name in names]
        kept = town.tiles[kind] = kind(*(np.tile(column, _tile_width(lanes) // lanes) for column in columns))
    return kept


@jit
def _trust_at(p, i):
    return Trust(
        p.prior_strength[i], p.memory[i], p.event_weight[i], p.loss_to_gain[i], p.talk_weight[i], p.spill_over[i]
    )


@jit
def _spread_lanes(values, tile):
    """A row of values (lanes,) again and again over a tile."""
    lanes = len(values)
    for first in range(0, len(tile), lanes):
        for k in range(lanes):
            tile[first + k] = values[k]


# --- trust --------------------------------------------------------------------------------------------------------


@_unless_own_rules
def trust_moves(town: "Town", events: plain.Entries) -> None:
    kind, row, lane, good, bad = events
    _trust_loop(town, kind, row, lane, good, bad, True)


@_unless_own_rules
def settle_trust(town: "Town") -> None:
    nothing = np.empty(0, dtype=np.int64)
    _trust_loop(town, nothing, nothing, nothing, nothing, nothing, False)


def _trust_loop(town: "Town", kind, row, lane, good, bad, fades: bool) -> None:
    world, memory = town.world, town.columns.experience
    town.trust_gained = np.empty((world.rows, town.lanes))
    has_kind = world.partners.has_kind
    present = np.ascontiguousarray(town.services_present[:, 0], dtype=float)
    first_row, start, friends = (_unsigned(x) for x in (world.first_row, world.ties.start, world.ties.friends))
    row, lane = row.astype(np.uint64), lane.astype(np.uint64)
    place = np.full(len(memory.apart), -1)  # of the services met this week, among these
    met = np.unique(kind)
    place[met] = np.arange(len(met))
    latest, earlier, hears = _chained(row, start, friends, world.rows)
    all_good, all_bad, own_good, own_bad, apart = (x.reshape(-1) for x in (*memory.common, *memory.own, memory.apart))
    _move_trust(
        first_row, start, friends, all_good, all_bad, own_good, own_bad, apart, place[kind], lane, good, bad, latest,
        earlier, hears, place, town.trust_start, has_kind, present, town.mean_start,
        _tiled(Trust, town.numbers.trust, town), fades, town.trust_gained.reshape(-1), town.trust_sums,
    )  # fmt: skip


class _Fading(NamedTuple):
    memory: float


class _Prior(NamedTuple):
    prior_strength: float


@jit
def _fade(experience, at, cells, memory):
    for i in range(cells):
        experience[at + i] = trusting.fading(experience[at + i], _Fading(memory[i]))


@jit
def _trust_of(good, bad, at, cells, start, first, strength, trust, into):
    for i in range(cells):
        trust[into + i] = trusting.trust(start[first + i], good[at + i], bad[at + i], _Prior(strength[i]))


@jit
def _add(trust, first, cells, total):
    for i in range(cells):
        total[i] += trust[first + i]


@jit
def _add_whole(trust, at, cells, whole, first):
    """Add whole numbers of 1/`FIXED_POINT`, kept as floating point: their sums are exact for 8 million people."""
    for i in range(cells):
        whole[first + i] += np.rint(trust[at + i] * FIXED_POINT)


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
    number = np.uint64(0)
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
        for f in range(tie_start[row[e]], tie_start[row[e] + _ONE]):
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
    first_row, tie_start, friends, good, bad, own_good, own_bad, apart, kind, lane, good_ones, bad_ones, latest,
    earlier, hears, place, start, has_kind, present, mean_start, p, fades, gained, sums,
):  # fmt: skip
    """Tile by tile: experience fades, this week's is added, and trust is worked out and added up.

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
    starts, alike, whole, whole_alike = np.zeros((4, services * width))
    like = np.zeros(services, dtype=np.uint64)  # the first service that starts like each
    numbers, needed = np.zeros(services, dtype=np.uint64), np.zeros(services, dtype=np.bool_)
    rows = np.zeros(rows_in_tile + _ONE, dtype=np.uint64)
    total, trust, began = np.empty((3, width))
    for area in range(np.uint64(len(first_row) - 1)):
        _spread_lanes(mean_start[area], began)
        whole[:] = whole_alike[:] = 0.0
        for s in range(services):
            for i in range(width):
                starts[s * width + i] = start[s, area, i % lanes]
            like[s] = s
            for other in range(s):
                if (start[other, area] == start[s, area]).all():
                    like[s] = min(like[s], np.uint64(other))
        for first in range(first_row[area], first_row[area + _ONE], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + _ONE])
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
                if numbers[s] <= (end - first) // _TWO:
                    needed[like[s]] = True
            for s in range(services):
                if needed[s]:
                    _trust_of(good, bad, at, cells, starts, s * width, p.prior_strength, alike, s * width)
                    _add_whole(alike, s * width, cells, whole_alike, s * width)
            total[:] = 0.0
            for s in range(services):
                number, of = numbers[s], like[s] * width
                if number > (end - first) // _TWO:
                    if number < end - first:
                        for r in range(first, end):
                            _set_apart(r, s, lanes, good, bad, own_good, own_bad, apart)
                    _trust_of(own_good, own_bad, s * column + at, cells, starts, s * width, p.prior_strength, trust,
                              np.uint64(0))  # fmt: skip
                    _add_whole(trust, np.uint64(0), cells, whole, s * width)
                    if needed[like[s]]:
                        _take_whole(alike, of, cells, whole, s * width)
                elif number:
                    for i in range(cells):
                        trust[i] = alike[of + i]
                    _which_apart(apart, s * people + first, s * people + end, rows)
                    for n in range(number):
                        for k in range(lanes):
                            j, i = rows[n] * lanes + k, (rows[n] - s * people - first) * lanes + k
                            prior = _Prior(p.prior_strength[k])
                            trust[i] = trusting.trust(starts[s * width + k], own_good[j], own_bad[j], prior)
                            whole[s * width + k] += np.rint(trust[i] * FIXED_POINT)
                            whole[s * width + k] -= np.rint(alike[of + i] * FIXED_POINT)
                if has_kind[area, s]:
                    if number:
                        _add(trust, np.uint64(0), cells, total)
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
    for f in range(tie_start[r], tie_start[r + _ONE]):
        _collect(told, latest[np.uint64(friends[f])], 2, kind, lane, good_ones, bad_ones, earlier)
    for s in range(services):
        m = place[s]
        for k in range(lanes if m >= 0 else np.uint64(0)):
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


# --- inclination --------------------------------------------------------------------------------------------------


@_unless_own_rules
def inclination_moves(town: "Town") -> None:
    c, world, numbers = town.columns, town.world, town.numbers
    before, c.inclination = c.inclination, np.empty(c.inclination.shape)
    _move_inclination(
        _unsigned(world.first_row), _unsigned(world.ties.start), _unsigned(world.ties.friends), world.age,
        town.mean_start, before,
        c.lasting, c.lasting_target, town.trust_gained, c.benefit, _tiled(Effect, numbers.effect, town),
        _tiled(Order, numbers.order, town), _tiled(Peers, numbers.peers, town), c.inclination,
    )  # fmt: skip


@jit
def _move_inclination(
    first_row, tie_start, friends, age, mean_start, before, lasting, lasting_target, gained, benefit, effect, order,
    peers, after,
):  # fmt: skip
    """Inclination after this week into `after`, from `before`; `lasting` is moved where it stands."""
    lanes = np.uint64(before.shape[1])
    width = len(effect.reversion_per_week)
    rows_in_tile = np.uint64(width) // lanes
    total, number, years, start, slowed = np.empty((5, width))
    for area in range(len(first_row) - 1):
        _spread_lanes(mean_start[area], start)
        for first in range(first_row[area], first_row[area + 1], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + 1])
            j = np.uint64(0)
            for r in range(first, end):
                tie, last_tie = tie_start[r], tie_start[r + _ONE]
                for k in range(lanes):
                    added = 0.0
                    for e in range(tie, last_tie):
                        added += before[np.uint64(friends[e]), k]
                    total[j], number[j], years[j] = added, last_tie - tie, age[r]
                    j += _ONE
            now = before[first:end].reshape(-1)
            _last(lasting[first:end].reshape(-1), lasting_target[first:end].reshape(-1), effect.reversion_per_week)
            _slow(now, gained[first:end].reshape(-1), start, order.persistence, slowed)
            _draw_near(now, total, number, years, peers.pull, peers.strongest_until, peers.gone_by)
            _incline(now, slowed, total, benefit[first:end].reshape(-1), effect.reversion_per_week,
                     after[first:end].reshape(-1))  # fmt: skip


class _Reverting(NamedTuple):
    reversion_per_week: float


class _Persisting(NamedTuple):
    persistence: float


@jit
def _last(lasting, target, reversion):
    for i in range(len(lasting)):
        lasting[i] = inclining.lasting_after(lasting[i], target[i], _Reverting(reversion[i]))


@jit
def _slow(now, gained, start, persistence, slowed):
    for i in range(len(now)):
        slowed[i] = inclining.reversion_slowed(now[i], gained[i], start[i], _Persisting(persistence[i]))


@jit
def _draw_near(now, total, number, years, pull, strongest_until, gone_by):
    """The pull of friends, in place of their total."""
    for i in range(len(now)):
        p = Peers(pull[i], strongest_until[i], gone_by[i])
        weight = inclining.weight_of_friends(years[i], p)
        total[i] = inclining.pull_of_friends(now[i], total[i], number[i], weight, p)


@jit
def _incline(now, slowed, pull, benefit, reversion, after):
    for i in range(len(now)):
        after[i] = inclining.inclination_after(now[i], slowed[i], pull[i], benefit[i], _Reverting(reversion[i]))


# --- the streets --------------------------------------------------------------------------------------------------


@jit
def _with_more_room(row, lane, number):
    """The same columns, and as much room again after them."""
    return (
        np.concatenate((row, np.empty_like(row))),
        np.concatenate((lane, np.empty_like(lane))),
        np.concatenate((number, np.empty_like(number))),
    )


@_unless_own_rules
def stops(town: "Town", hours: np.ndarray, u: np.ndarray) -> plain.Entries:
    world = town.world
    known = town.columns.seen_in_memory[town.police]
    return _stop(world.first_row, known, hours, u, _tiled(Policing, town.numbers.policing, town))


@jit
def _stop(first_row, known, hours, u, p):
    """Entries (row, lane, stops) of those who are stopped; most are not known, and lie below the least quantile."""
    lanes = known.shape[1]
    found_row, found_lane, found = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int16)
    n = 0
    all_known = np.empty(lanes, dtype=np.int64)
    for area in range(len(first_row) - 1):
        start, end = first_row[area], first_row[area + 1]
        all_known[:] = 0
        for r in range(start, end):
            for k in range(lanes):
                all_known[k] += known[r, k]
        lowest = 1.0  # the least luck at which somebody unknown is stopped
        for k in range(lanes):
            q = Policing(p.stops_per_hour[k], p.stop_floor[k])
            mean = policing.stops_expected(0, all_known[k], end - start, hours[area, k], q)
            lowest = min(lowest, 1.0 - mean)
        for r in range(start, end):
            some = u[r] >= lowest
            for k in range(lanes):
                some = some or known[r, k] != 0
            if not some:
                continue
            if n + lanes > len(found):
                found_row, found_lane, found = _with_more_room(found_row, found_lane, found)
            for k in range(lanes):
                q = Policing(p.stops_per_hour[k], p.stop_floor[k])
                mean = policing.stops_expected(known[r, k], all_known[k], end - start, hours[area, k], q)
                if u[r] >= 1.0 - mean:
                    count = poisson_count(mean, u[r])
                    if count:
                        found_row[n], found_lane[n], found[n] = r, k, count
                        n += 1
    return found_row[:n], found_lane[:n], found[:n]


@_unless_own_rules
def incidents(town: "Town", efficacy, deterred, displaced, excited, u: np.ndarray) -> plain.Entries:
    c, world, numbers = town.columns, town.world, town.numbers
    town.expected = np.empty(c.inclination.shape)
    return _happen(
        _unsigned(world.first_row), _unsigned(world.group), world.background, 1.0 + displaced, c.inclination, c.lasting,
        town.trust_gained,
        efficacy, deterred, excited, c.in_course, u, _tiled(Order, numbers.order, town),
        _tiled(Effect, numbers.effect, town), _tiled(Excitation, numbers.excitation, town), town.expected,
    )  # fmt: skip


@jit
def _happen(
    first_row, group, background, raised, inclination, lasting, gained, efficacy, deterred, excited, in_course, u,
    order, effect, excitation, expected,
):  # fmt: skip
    """Everybody's expected incidents into `expected`, and entries (row, lane, incidents) of those who cause some."""
    lanes = np.uint64(inclination.shape[1])
    width = len(excitation.offspring)
    rows_in_tile = np.uint64(width) // lanes
    usual, stirred, belief, held_off, lifted, held, luck = np.empty((7, width))
    found_row, found_lane, found = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int16)
    n = 0
    for area in range(len(first_row) - 1):
        _spread_lanes(efficacy[area], belief)
        _spread_lanes(deterred[area], held_off)
        _spread_lanes(raised[area], lifted)
        for first in range(first_row[area], first_row[area + 1], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + 1])
            j = np.uint64(0)
            for r in range(first, end):
                for k in range(lanes):
                    usual[j], stirred[j], luck[j] = background[r] * lifted[k], excited[group[r], k], u[r]
                    j += _ONE
            means = expected[first:end].reshape(-1)
            _hold(gained[first:end].reshape(-1), belief, held_off, order.legitimacy, order.efficacy, held[:j])
            _rate(usual, inclination[first:end].reshape(-1), lasting[first:end].reshape(-1), held,
                  in_course[first:end].reshape(-1), stirred, effect.course_time_share, excitation.offspring,
                  means)  # fmt: skip
            if _number_busy(means, luck) == 0:
                continue
            if n + width > len(found):
                found_row, found_lane, found = _with_more_room(found_row, found_lane, found)
            for i in range(j):
                if luck[i] >= 1.0 - means[i]:
                    count = poisson_count(means[i], luck[i])
                    if count:
                        found_row[n], found_lane[n], found[n] = first + i // lanes, i % lanes, count
                        n += 1
    return found_row[:n], found_lane[:n], found[:n]


class _Orderly(NamedTuple):
    legitimacy: float
    efficacy: float


class _Taken(NamedTuple):
    course_time_share: float


@jit
def _hold(gained, efficacy, deterred, of_trust, of_efficacy, held):
    for i in range(len(held)):
        held[i] = offending.restraint(gained[i], efficacy[i], deterred[i], _Orderly(of_trust[i], of_efficacy[i]))


@jit
def _rate(usual, inclination, lasting, held, in_course, stirred, share, offspring, means):
    for i in range(len(means)):
        moved = inclination[i] + lasting[i]
        p, q = _Taken(share[i]), Excitation(offspring[i])
        mean = offending.incident_rate(usual[i], moved, held[i], in_course[i], stirred[i], p, q)
        means[i] = min(mean, HIGHEST_MEAN)


@jit
def _number_busy(means, u):
    """How many have luck that may bring an incident."""
    busy = 0
    for i in range(len(means)):
        busy += u[i] >= 1.0 - means[i]
    return busy


@_unless_own_rules
def serious_ones(town: "Town", excited: np.ndarray) -> np.ndarray:
    world, luck, p = town.world, town.world.luck, town.numbers.excitation
    row, lane = town.caused
    found = np.zeros((len(world.areas), town.lanes), dtype=np.int64)
    serious, more = (np.broadcast_to(np.asarray(x, dtype=float), town.lanes) for x in (p.serious, p.serious_excited))
    _count_serious(
        row, lane, town.columns.occurred, world.area, world.slot, world.generation, town.week, luck.keys_of("serious"),
        luck.replicate_column, world.group, excited, town.expected, serious, more, found,
    )  # fmt: skip
    return found


class _Serious(NamedTuple):
    serious: float
    serious_excited: float


@jit
def _count_serious(
    row, lane, occurred, area, slot, generation, week, keys, replicates, group, excited, expected, serious, more, found
):  # fmt: skip
    """Add up serious incidents by area; entries of one row follow each other and share their luck."""
    last, u = -1, 0.0
    for e in range(len(row)):
        r, k = row[e], lane[e]
        at = area[r]
        if r != last:
            u = luck_of(keys[at, 0], keys[at, 1], replicates[at], week, slot[r], generation[r])
            last = r
        p = _Serious(serious[k], more[k])
        chance = excitement.chance_serious(excited[group[r], k], expected[r, k], p)
        found[at, k] += binomial_count(occurred[r, k], chance, u)


def reported_ones(town: "Town", share: np.ndarray) -> tuple[np.ndarray, ...]:
    world, luck = town.world, town.world.luck
    row, lane = town.caused
    seeing = town.tiles.get("seeing")
    if seeing is None:
        seeing = town.tiles["seeing"] = np.stack([luck.keys_of(f"seeing: {kind}") for kind in world.partners.kinds])
    return _report(
        row, lane, town.columns.occurred, world.area, world.slot, world.generation, town.week,
        luck.keys_of("reporting"), seeing, luck.replicate_column, share, town.seen_share,
    )  # fmt: skip


@jit
def _report(
    row, lane, occurred, area, slot, generation, week, keys, keys_of_seeing, replicates, share, seen_share
):  # fmt: skip
    """Entries of those whose incidents are reported: row, lane, how many, and how many each service saw."""
    services = len(seen_share)
    rows, lanes = np.empty(len(row), dtype=np.int64), np.empty(len(row), dtype=np.int64)
    reports, seen = np.empty(len(row), dtype=np.int16), np.empty((services, len(row)), dtype=np.int16)
    luck = np.empty(services)
    n, last, last_seen, u = 0, -1, -1, 0.0
    for e in range(len(row)):
        r, k = row[e], lane[e]
        at = area[r]
        if r != last:
            u = luck_of(keys[at, 0], keys[at, 1], replicates[at], week, slot[r], generation[r])
            last = r
        number = binomial_count(occurred[r, k], share[at, k], u)
        if not number:
            continue
        if r != last_seen:
            for s in range(services):
                key = keys_of_seeing[s, at]
                luck[s] = luck_of(key[0], key[1], replicates[at], week, slot[r], generation[r])
            last_seen = r
        rows[n], lanes[n], reports[n] = r, k, number
        for s in range(services):
            seen[s, n] = binomial_count(number, seen_share[s], luck[s])
        n += 1
    return rows[:n], lanes[:n], reports[:n], seen[:, :n].copy()


def sum_by_area(town: "Town", values: np.ndarray) -> np.ndarray:
    return _sum_by_area(town.world.first_row, values)


@jit
def _sum_by_area(first_row, values):
    sums = np.zeros((len(first_row) - 1, values.shape[1]), dtype=np.int64)
    for area in range(len(first_row) - 1):
        for r in range(first_row[area], first_row[area + 1]):
            for k in range(values.shape[1]):
                sums[area, k] += np.int64(np.rint(values[r, k] * FIXED_POINT))
    return sums


# --- residents ----------------------------------------------------------------------------------------------------


@_unless_own_rules
def residents_react(town: "Town", reported: np.ndarray, hears: np.ndarray, sees: np.ndarray) -> None:
    c, people, p = town.columns, town.world.residents, town.numbers.residents
    share = np.broadcast_to(np.asarray(p.sees, dtype=float), town.lanes)
    table = binomial_table(reported, share)
    usually = np.ascontiguousarray(np.broadcast_to(town.usually_known, reported.shape))
    sums = np.zeros((3, *reported.shape), dtype=np.int64)
    first_row, start, friends = (_unsigned(x) for x in (people.first_row, people.ties.start, people.ties.friends))
    fear, efficacy, good, bad = (x.reshape(-1) for x in (c.fear, c.efficacy, c.resident_good, c.resident_bad))
    _react(
        first_row, start, friends, hears, sees, table, share, town.session_held, usually, town.answered_share, fear,
        efficacy, good, bad,
        _tiled(Residents, p, town), _tiled(Trust, town.numbers.trust, town), sums,
    )  # fmt: skip
    number = np.diff(people.first_row)[:, None] * FIXED_POINT
    town.residents_mean = {name: each / number for name, each in zip(("trust", "fear", "efficacy"), sums, strict=True)}


def settle_residents(town: "Town") -> None:
    plain.settle_residents(town)


_SEEING = 2.0**26  # what sets sessions seen apart from incidents known of, where both are added as one number


@jit
def _react(
    first_row, tie_start, friends, hears, sees, table, share, session_held, usually, answered, fear, efficacy, good,
    bad, p, q, sums,
):  # fmt: skip
    """Residents after a week, where they stand; sums of trust, fear and efficacy by area (3, areas, lanes).

    `table` (counts, areas, lanes) holds the quantiles of what a resident comes to know of; columns are flat.
    """
    lanes = np.uint64(len(share))
    width = np.uint64(len(q.memory))
    rows_in_tile = width // lanes
    usual, answers, held, reached, luck, other_luck = np.empty((6, width))
    own, visible, told, seen, now = np.empty((5, width))
    whole = np.empty((3, width))
    for area in range(np.uint64(len(first_row) - 1)):
        start, end = first_row[area], first_row[area + _ONE]
        _spread_lanes(usually[area], usual)
        _spread_lanes(answered[area], answers)
        for i in range(width):
            held[i] = share[i % lanes] if session_held[area, i % lanes] else 0.0
        known = np.empty((end - start) * lanes)  # and sessions seen, added as one number
        for first in range(start, end, rows_in_tile):
            rows = min(rows_in_tile, end - first)
            highest = 0.0
            for j in range(rows):
                highest = max(highest, hears[first + j])
                for k in range(lanes):
                    luck[j * lanes + k], other_luck[j * lanes + k] = hears[first + j], sees[first + j]
            _see(other_luck, held, rows * lanes, known, (first - start) * lanes)
            for count in range(np.uint64(len(table))):
                if highest < table[count, area].min():
                    break
                _spread_lanes(table[count, area], reached)
                _know(luck, reached, rows * lanes, known, (first - start) * lanes)
        whole[:] = 0.0
        for first in range(start, end, rows_in_tile):
            rows = min(rows_in_tile, end - first)
            at, cells = first * lanes, rows * lanes
            for j in range(rows):
                r = first + j
                tie, last_tie = tie_start[r], tie_start[r + _ONE]
                for k in range(lanes):
                    added = 0.0
                    for e in range(tie, last_tie):
                        added += known[(np.uint64(friends[e]) - start) * lanes + k]
                    told[j * lanes + k] = added
            _part(known, (first - start) * lanes, cells, answers, own, visible)
            _part(told, np.uint64(0), cells, answers, told, seen)
            _fear(fear, at, cells, own, usual, p.fear_rises, p.fear_fades, now)
            _add_whole(now, np.uint64(0), cells, whole[1], np.uint64(0))
            _remember(good, at, cells, visible, seen, p.event_weight, q.memory, q.talk_weight)
            for i in range(cells):
                own[i] = q.loss_to_gain[i] * own[i]
                told[i] = q.loss_to_gain[i] * told[i]
            _remember(bad, at, cells, own, told, p.event_weight, q.memory, q.talk_weight)
            _trust_of(good, bad, at, cells, p.start_trust, np.uint64(0), q.prior_strength, told,
                      np.uint64(0))  # fmt: skip
            _add_whole(told, np.uint64(0), cells, whole[0], np.uint64(0))
            _believe(efficacy, at, cells, now, told, p.efficacy_fear, p.efficacy_trust, p.start_trust, p.efficacy_moves,
                     own)  # fmt: skip
            _add_whole(own, np.uint64(0), cells, whole[2], np.uint64(0))
        for figure in range(3):
            for i in range(width):
                sums[figure, area, i % lanes] += np.int64(whole[figure, i])


@jit
def _see(luck, share, cells, known, at):
    for i in range(cells):
        known[at + i] = _SEEING * (luck[i] < share[i])


@jit
def _know(luck, reached, cells, known, at):
    for i in range(cells):
        known[at + i] += luck[i] >= reached[i]


@jit
def _part(both, at, cells, answered, incidents, well):
    """Part incidents known of from sessions seen: the incidents, and what is well, answered ones and sessions."""
    for i in range(cells):
        sessions = np.floor(both[at + i] / _SEEING)
        number = both[at + i] - _SEEING * sessions
        incidents[i] = number
        well[i] = number * answered[i] + sessions


class _Fearing(NamedTuple):
    fear_rises: float
    fear_fades: float


class _Weighing(NamedTuple):
    event_weight: float


class _Recalling(NamedTuple):
    memory: float
    talk_weight: float


class _Believing(NamedTuple):
    efficacy_fear: float
    efficacy_trust: float
    start_trust: float
    efficacy_moves: float


@jit
def _fear(fear, at, cells, known, usually, rises, fades, now):
    for i in range(cells):
        now[i] = neighbouring.fear_after(fear[at + i], known[i], usually[i], _Fearing(rises[i], fades[i]))
        fear[at + i] = now[i]


@jit
def _remember(memory, at, cells, own, heard, weight, keeps, talk):
    for i in range(cells):
        p, q = _Weighing(weight[i]), _Recalling(keeps[i], talk[i])
        memory[at + i] = neighbouring.memory_after(memory[at + i], own[i], heard[i], p, q)


@jit
def _believe(efficacy, at, cells, fear, trust, of_fear, of_trust, start, moves, now):
    for i in range(cells):
        p = _Believing(of_fear[i], of_trust[i], start[i], moves[i])
        now[i] = neighbouring.efficacy_after(efficacy[at + i], fear[i], trust[i], p)
        efficacy[at + i] = now[i]
