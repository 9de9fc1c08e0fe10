"""The streets, compiled: stops, incidents, and what is serious, reported and seen of them."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import inner, jit
from modsim.compiling.threads import over_spans
from modsim.rules import excitement, offending, policing
from modsim.simulation.kernels import plain
from modsim.simulation.kernels.compiled.tiles import (
    NOUGHT,
    ONE,
    four_tiles,
    spread_lanes,
    tiled,
    unless_own_rules,
    unsigned,
)
from modsim.world.draws import HIGHEST_MEAN
from modsim.world.kernels import binomial_count, luck_of, poisson_count
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.town import Town


class Policing(NamedTuple):
    stops_per_hour: Any
    stop_floor: Any


class Order(NamedTuple):
    legitimacy: Any
    efficacy: Any


class Effect(NamedTuple):
    course_time_share: Any


class Excitation(NamedTuple):
    offspring: Any
    serious: Any
    serious_excited: Any


@jit
def _doubled(column):
    """The same column, and as much room again after it."""
    larger = np.empty(2 * len(column), column.dtype)
    for i in range(len(column)):
        larger[i] = column[i]
    return larger


@unless_own_rules
def stops(town: "Town", hours: np.ndarray, u: np.ndarray) -> plain.Entries:
    world = town.world
    known = town.columns.seen_in_memory[town.police]
    columns = world.first_row, known, hours, u, tiled(Policing, town.numbers.policing, town)
    return _joined(over_spans(world.spans, lambda begin, end: _stop(begin, end, *columns)))


def _joined(parts: list[plain.Entries]) -> plain.Entries:
    """Entries of several spans of areas as one."""
    return parts[0] if len(parts) == 1 else tuple(np.concatenate(column) for column in zip(*parts, strict=True))


@jit
def _stop(begin, stop, first_row, known, hours, u, p):
    """Entries (row, lane, stops) of those stopped in areas `begin` to before `stop`.

    Most are not known, and lie below the least quantile.
    """
    stops_per_hour, stop_floor = p  # taken out once: to take them out in a loop costs
    lanes = known.shape[1]
    found_row, found_lane, found = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int16)
    n = 0
    all_known = np.empty(lanes, dtype=np.int64)
    for area in range(begin, stop):
        start, end = first_row[area], first_row[area + 1]
        all_known[:] = 0
        for r in range(start, end):
            for k in range(lanes):
                all_known[k] += known[r, k]
        lowest = 1.0  # the least luck at which somebody unknown is stopped
        for k in range(lanes):
            q = Policing(stops_per_hour[k], stop_floor[k])
            mean = policing.stops_expected(0, all_known[k], end - start, hours[area, k], q)
            lowest = min(lowest, 1.0 - mean)
        for r in range(start, end):
            some = u[r] >= lowest
            for k in range(lanes):
                some = some or known[r, k] != 0
            if not some:
                continue
            while n + lanes > len(found):
                found_row, found_lane, found = _doubled(found_row), _doubled(found_lane), _doubled(found)
            for k in range(lanes):
                q = Policing(stops_per_hour[k], stop_floor[k])
                mean = policing.stops_expected(known[r, k], all_known[k], end - start, hours[area, k], q)
                if u[r] >= 1.0 - mean:
                    count = poisson_count(mean, u[r])
                    if count:
                        found_row[n], found_lane[n], found[n] = r, k, count
                        n += 1
    return found_row[:n], found_lane[:n], found[:n]


@unless_own_rules
def incidents(town: "Town", efficacy, deterred, displaced, excited, u: np.ndarray) -> plain.Entries:
    c, world, numbers = town.columns, town.world, town.numbers
    of_people = c.inclination, c.lasting, town.trust_gained, c.in_course
    inclination, lasting, gained, in_course = (x.reshape(-1) for x in of_people)
    order = tiled(Order, numbers.order, town)
    town.expected = np.empty(c.inclination.shape if town.expected_by_area_is_needed else (0, town.lanes))
    columns: Any = (
        unsigned(world.first_row), unsigned(world.group), world.background, 1.0 + displaced, town.changed, town.touched,
        inclination, lasting, gained, in_course, efficacy, deterred, excited, u, order.legitimacy, order.efficacy,
        tiled(Effect, numbers.effect, town).course_time_share, tiled(Excitation, numbers.excitation, town).offspring,
        town.expected.reshape(-1),
    )  # fmt: skip
    return _joined(over_spans(world.spans, lambda begin, end: _happen(begin, end, *columns)))


@jit
def _happen(
    begin, stop, first_row, group, background, raised, changed, touched, inclination, lasting, gained, in_course,
    efficacy, deterred, excited, u, of_trust, of_efficacy, time_share, offspring, expected,
):  # fmt: skip
    """Entries (row, lane, incidents, how many were expected) of who causes some in areas `begin` to before `stop`.

    `changed` (rows,) says who is changed for good, `touched` who was in a session. Everybody's expected incidents go
    into `expected`, if it has room.
    """
    lanes, width = np.uint64(raised.shape[1]), np.uint64(len(offspring))
    rows_in_tile = width // lanes
    usual, stirred, luck, means = four_tiles(width)
    belief, held_off, lifted, held = four_tiles(width)
    moved, inside = np.empty(width), np.empty(width, dtype=np.bool_)
    found_row, found_lane = np.empty(1024, np.int64), np.empty(1024, np.int64)
    found, found_mean = np.empty(1024, np.int16), np.empty(1024)
    n = 0
    for area in range(np.uint64(begin), np.uint64(stop)):
        spread_lanes(efficacy[area], belief)
        spread_lanes(deterred[area], held_off)
        spread_lanes(raised[area], lifted)
        for first in range(first_row[area], first_row[area + ONE], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + ONE])
            at, cells = first * lanes, (end - first) * lanes
            some_changed, some_touched, j = False, False, NOUGHT
            for r in range(first, end):
                some_changed |= changed[r]
                some_touched |= touched[r]
                for k in range(lanes):
                    usual[j], stirred[j], luck[j] = background[r] * lifted[k], excited[group[r], k], u[r]
                    j += ONE
            for i in range(cells):
                moved[i] = inclination[at + i]
            for i in range(cells if some_changed else NOUGHT):
                moved[i] += lasting[at + i]
            for i in range(cells):
                inside[i] = False
            for i in range(cells if some_touched else NOUGHT):
                inside[i] = in_course[at + i]
            _hold(gained, at, cells, belief, held_off, of_trust, of_efficacy, held)
            _rate(usual, moved, held, inside, stirred, cells, time_share, offspring, means)
            for i in range(cells if len(expected) else NOUGHT):
                expected[at + i] = means[i]
            if _number_busy(means, cells, luck) == 0:
                continue
            while n + cells > len(found):
                found_row, found_lane = _doubled(found_row), _doubled(found_lane)
                found, found_mean = _doubled(found), _doubled(found_mean)
            for i in range(cells):
                if luck[i] >= 1.0 - means[i]:
                    count = poisson_count(means[i], luck[i])
                    if count:
                        found_row[n], found_lane[n], found[n] = first + i // lanes, i % lanes, count
                        found_mean[n] = means[i]
                        n += 1
    return found_row[:n], found_lane[:n], found[:n], found_mean[:n]


class _Orderly(NamedTuple):
    legitimacy: float
    efficacy: float


class _Taken(NamedTuple):
    course_time_share: float


class _Stirring(NamedTuple):
    offspring: float


@inner
def _hold(gained, at, cells, efficacy, deterred, of_trust, of_efficacy, held):
    for i in range(cells):
        held[i] = offending.restraint(gained[at + i], efficacy[i], deterred[i], _Orderly(of_trust[i], of_efficacy[i]))


@inner
def _rate(usual, moved, held, inside, stirred, cells, share, offspring, means):
    for i in range(cells):
        p, q = _Taken(share[i]), _Stirring(offspring[i])
        mean = offending.incident_rate(usual[i], moved[i], held[i], inside[i], stirred[i], p, q)
        means[i] = min(mean, HIGHEST_MEAN)


@inner
def _number_busy(means, cells, u):
    """How many have luck that may bring an incident."""
    busy = 0
    for i in range(cells):
        busy += u[i] >= 1.0 - means[i]
    return busy


@unless_own_rules
def serious_ones(town: "Town", excited: np.ndarray) -> np.ndarray:
    world, luck, numbers = town.world, town.world.luck, tiled(Excitation, town.numbers.excitation, town)
    row, lane, number, expected = town.caused
    found = np.zeros((len(world.areas), town.lanes), dtype=np.int64)
    _count_serious(
        row, lane, number, expected, world.area, world.slot, world.generation, town.week, luck.keys_of("serious"),
        luck.replicate_column, world.group, excited, numbers.serious, numbers.serious_excited, found,
    )  # fmt: skip
    return found


class _Serious(NamedTuple):
    serious: float
    serious_excited: float


@jit
def _count_serious(
    row, lane, number, expected, area, slot, generation, week, keys, replicates, group, excited, serious, more, found
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
        chance = excitement.chance_serious(excited[group[r], k], expected[e], p)
        found[at, k] += binomial_count(number[e], chance, u)


def reported_ones(town: "Town", share: np.ndarray) -> tuple[np.ndarray, ...]:
    world, luck = town.world, town.world.luck
    row, lane, number, _ = town.caused
    seeing = town.tiles.get("seeing")
    if seeing is None:
        seeing = town.tiles["seeing"] = np.stack([luck.keys_of(f"seeing: {kind}") for kind in world.partners.kinds])
    *entries, seen = _report(
        row, lane, number, world.area, world.slot, world.generation, town.week,
        luck.keys_of("reporting"), seeing, luck.replicate_column, share, town.seen_share,
    )  # fmt: skip
    return *entries, np.ascontiguousarray(seen)


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
        number = binomial_count(occurred[e], share[at, k], u)
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
    return rows[:n], lanes[:n], reports[:n], seen[:, :n]


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
