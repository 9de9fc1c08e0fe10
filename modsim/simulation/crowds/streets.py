"""Streets: stops, incidents, those reported, those each service sees, and what they stir up."""

import numpy as np

from modsim.compiling.acts import act, at_place, driver, verb
from modsim.compiling.threads import over_spans
from modsim.rules import excitement, neighbouring, offending, policing
from modsim.simulation.acts.looking import experience, luck_of_person
from modsim.simulation.columns import Sightings, entries
from modsim.simulation.crowds.tiles import NOUGHT, ONE, all_go_through, spread_lanes
from modsim.simulation.state import PARTICIPANT_WINDOW_WEEKS
from modsim.simulation.town import Town
from modsim.world.draws import HIGHEST_MEAN, binomial_count, draw, poisson_count
from modsim.world.young_people import FIXED_POINT

_FAIR, _SERIOUS, _REPORTING = draw("fair stop"), draw("serious"), draw("reporting")
_IDENTIFIED, _ELSE_SEEN = draw("identified"), draw("seen, of nobody known")
_ROOM = 1024  # entries; more are made where they are needed


def _luck(town: Town, what: str) -> np.ndarray:
    """Everybody's luck of this week (rows,)."""
    world = town.world
    return world.luck.weekly_uniform(what, world.area, town.week, world.slot, world.generation)


def _joined(parts: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """Entries of several spans of areas as one."""
    return parts[0] if len(parts) == 1 else tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def police_stop(town: Town) -> None:
    """Patrols stop young people, those they know more often; what is felt to be unfair leaves a mark."""
    world, kind = town.world, town.police
    if kind is None or not town.p.policing.stops_per_hour.any():
        return
    hours = (town.usual_patrol + town.now.patrol_bought) * world.partners.has_kind[:, [kind]]
    u, known = _luck(town, "stops"), town.columns.seen_in_memory[kind]
    parts = over_spans(world.spans, lambda begin, stop: _stop(town, begin, stop, known, hours, u))
    row, lane, number = _joined(parts)
    town.make_room(len(row))
    _feel(town, kind, row, lane, number)


@driver
def _stop(town, begin, stop, known, hours, u):
    """Entries (row, lane, stops) of those stopped in areas `begin` to before `stop`.

    Most are not known, and lie below the least quantile.
    """
    known, all_known = known.reshape(-1), np.zeros(hours.shape, dtype=np.int64)
    may_be, room, n = np.empty(len(u), dtype=np.bool_), 0, 0
    for area in range(np.uint64(begin), np.uint64(stop)):
        room += _who_may_be(town, area, known, hours, u, all_known[area], may_be)
    room *= hours.shape[1]
    found_row, found_lane, found = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int16)
    for area in range(np.uint64(begin), np.uint64(stop)):
        n = _are_stopped(town, area, known, hours, u, all_known[area], may_be, found_row, found_lane, found, n)
    return found_row[:n], found_lane[:n], found[:n]


@act
def _who_may_be(town, area, known, hours, u, all_known, may_be):
    """Whom the police know in some lane, or whose luck may bring a stop anyway: into `may_be`; how many comes back."""
    start, end, lanes = town.first_row[area], town.first_row[area + ONE], np.uint64(len(all_known))
    for r in range(start, end):
        some = np.int16(0)
        for k in range(lanes):
            all_known[k] += known[r * lanes + k]
            some |= known[r * lanes + k]
        may_be[r] = some != 0
    lowest, number = 1.0, 0  # the least luck at which somebody unknown is stopped
    for k in range(lanes):
        mean = policing.stops_expected(0, all_known[k], np.int64(end - start), hours[area, k], town.p[k].policing)
        lowest = min(lowest, 1.0 - mean)
    for r in range(start, end):
        may_be[r] |= u[r] >= lowest
        number += may_be[r]
    return number


@act
def _are_stopped(town, area, known, hours, u, all_known, may_be, found_row, found_lane, found, n):
    """Of those who may be, who are, how often: from entry `n` on; the next one comes back."""
    start, end, lanes = town.first_row[area], town.first_row[area + ONE], np.uint64(len(all_known))
    people = np.int64(end - start)
    for r in range(start, end):
        if not may_be[r]:
            continue
        for k in range(lanes):
            p = town.p[k].policing
            mean = policing.stops_expected(known[r * lanes + k], all_known[k], people, hours[area, k], p)
            count = poisson_count(mean, u[r]) if u[r] >= 1.0 - mean else 0
            if count:
                found_row[n], found_lane[n], found[n] = r, k, count
                n += 1
    return n


@driver
def _feel(town, kind, row, lane, number, do):
    """What those who were stopped make of it."""
    for e in range(len(row)):
        do.feel_stops(town, town.area[row[e]], lane[e], row[e], kind, np.int64(number[e]))


@verb
def feel_stops(town, area, lane, row, kind, stops):
    """Stops by the police are felt to be fair or not; an unfair one leaves a mark."""
    p = town.p[lane].policing
    luck = luck_of_person(town, _FAIR, area, town.scene[0].week, row)
    fair = binomial_count(stops, p.stop_good, luck)
    experience(town, kind, row, lane, fair, stops - fair)
    town.benefit[row, lane] -= p.labelling * (stops - fair)
    town.touched[row] = True


def incidents_happen(town: Town) -> None:
    """Incidents of every young person: Poisson, by the quantile of one keyed draw that all lanes share."""
    c, world, p = town.columns, town.world, town.p
    per_1000 = (town.usual_patrol + town.now.patrol_bought) * 1000.0 / town.youths
    deterred = policing.deterred(per_1000, town.p.policing)
    excited, efficacy = c.excitement / world.group_excitable[:, None], town.residents_mean["efficacy"]
    u, group, raised = _luck(town, "incidents"), world.group.view(np.uint64), 1.0 + c.displaced
    all_are_needed = town.expected_by_area_is_needed or town.by_agents
    town.expected = np.empty(c.inclination.shape if all_are_needed else (0, town.lanes))
    excitable = world.excitable
    columns = group, world.background, raised, efficacy, deterred, excited, excitable, u, town.expected.reshape(-1)
    c.occurred[town.caused[:2]] = 0
    found = all_go_through(town, happen, columns, "young_people", "live")
    if found:
        row, lane, number, expected = _joined(found)
        c.occurred[row, lane] = number
    else:
        row, lane = entries(c.occurred)
        number, expected = c.occurred[row, lane], town.expected[row, lane]
    town.caused = row, lane, number, expected
    town.serious[:] = 0
    _count_serious(town, row, lane, number, expected, world.group, excited, excitable, town.serious)
    _displace(town, excited, deterred)
    if town.scenario.settings.spreads == "diffusion":
        now = c.years_of_expected[town.week % len(c.years_of_expected)]
        now[:2] = _by_area(town, town.expected), _background(town)
        if p.spread.evidence_of_participants.any():
            usual = world.background[:, None]
            for k, group in ((2, c.ever_in), (4, c.ever_listed & ~c.ever_in)):
                now[k : k + 2] = _by_area(town, town.expected * group), _by_area(town, usual * group)


@driver
def happen(
    town,
    begin,
    stop,
    lowest,
    highest,
    group,
    background,
    raised,
    efficacy,
    deterred,
    excited,
    excitable,
    u,
    expected,
    do,
):
    """Who causes incidents, in areas `begin` to before `stop`, of some rows: row, lane, number, how many were expected.

    Everybody's expected incidents go into `expected`, if it has room.
    """
    first_row, lanes, numbers = town.first_row, np.uint64(town.p.shape[0]), town.numbers
    inclination, lasting, gained = town.inclination.reshape(-1), town.lasting.reshape(-1), town.trust_gained.reshape(-1)
    in_course = town.in_course.reshape(-1)
    width = np.uint64(len(numbers.order.efficacy))
    rows_in_tile = width // lanes
    usual, stirred, luck, means = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    belief, held_off, lifted, held = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    moved, inside = np.empty(width), np.empty(width, dtype=np.bool_)
    found_row, found_lane = np.empty(_ROOM, np.int64), np.empty(_ROOM, np.int64)
    found, found_mean = np.empty(_ROOM, np.int16), np.empty(_ROOM)
    n = 0
    for area in range(np.uint64(begin), np.uint64(stop)):
        spread_lanes(efficacy[area], belief)
        spread_lanes(deterred[area], held_off)
        spread_lanes(raised[area], lifted)
        last = min(first_row[area + ONE], np.uint64(highest))
        for first in range(max(first_row[area], np.uint64(lowest)), last, rows_in_tile):
            end = min(first + rows_in_tile, last)
            at, cells = first * lanes, (end - first) * lanes
            some_changed, some_touched, j = False, False, NOUGHT
            for r in range(first, end):
                some_changed |= town.changed[r]
                some_touched |= town.touched[r]
                for k in range(lanes):
                    usual[j], luck[j] = background[r] * lifted[k], u[r]
                    stirred[j] = excited[group[r], k] * excitable[r]
                    j += ONE
            for i in range(cells):
                moved[i] = inclination[at + i]
            for i in range(cells if some_changed else NOUGHT):
                moved[i] += lasting[at + i]
            for i in range(cells):
                inside[i] = False
            for i in range(cells if some_touched else NOUGHT):
                inside[i] = in_course[at + i]
            _hold(gained, at, cells, belief, held_off, numbers.order, held)
            _rate(usual, moved, held, inside, stirred, cells, numbers.effect, numbers.excitation, means, do)
            for i in range(cells if len(expected) else NOUGHT):
                expected[at + i] = means[i]
            if _number_busy(means, cells, luck) == 0:
                continue
            while n + cells > len(found):
                found_row, found_lane = np.concatenate((found_row, found_row)), np.concatenate((found_lane, found_lane))
                found, found_mean = np.concatenate((found, found)), np.concatenate((found_mean, found_mean))
            for i in range(cells):
                if luck[i] >= 1.0 - means[i]:
                    count = poisson_count(means[i], luck[i])
                    if count:
                        found_row[n], found_lane[n], found[n] = first + i // lanes, i % lanes, count
                        found_mean[n] = means[i]
                        n += 1
    return found_row[:n], found_lane[:n], found[:n], found_mean[:n]


@act
def _hold(gained, at, cells, efficacy, deterred, order, held):
    for i in range(cells):
        held[i] = offending.restraint(gained[at + i], efficacy[i], deterred[i], at_place(order, i))


@act
def _rate(usual, moved, held, inside, stirred, cells, effect, excitation, means, do):
    for i in range(cells):
        p, q = at_place(effect, i), at_place(excitation, i)
        means[i] = min(do.incident_rate(usual[i], moved[i], held[i], inside[i], stirred[i], p, q), HIGHEST_MEAN)


@act
def _number_busy(means, cells, u):
    """How many have luck that may bring an incident."""
    busy = 0
    for i in range(cells):
        busy += u[i] >= 1.0 - means[i]
    return busy


@driver
def _count_serious(town, row, lane, number, expected, group, excited, excitable, found):
    """Add up serious incidents by area (areas, lanes)."""
    for e in range(len(row)):
        r, k = row[e], lane[e]
        chance = excitement.chance_serious(excited[group[r], k] * excitable[r], expected[e], town.p[k].excitation)
        u = luck_of_person(town, _SERIOUS, town.area[r], town.scene[0].week, r)
        found[town.area[r], k] += binomial_count(number[e], chance, u)


def _displace(town: Town, excited: np.ndarray, deterred: np.ndarray) -> None:
    """What patrol beyond the usual suppressed this week turns up, in part, in adjacent areas the week after."""
    c, world, p = town.columns, town.world, town.p
    c.displaced[:] = 0.0
    if not town.patrol_displaces:
        return
    settled = _by_area(town, town.expected - excited[world.group] * world.excitable[:, None])
    usual = _background(town) * (1.0 - p.excitation.offspring)
    gone = p.policing.displacement * settled * (policing.undone(deterred) - 1.0)
    for area in range(len(world.areas)):
        first = area - area % world.per_replicate
        for other in range(world.per_replicate):
            share = world.adjacent[first + other, area % world.per_replicate]
            c.displaced[area] += share * gone[first + other] / usual[area]


def _background(town: Town) -> np.ndarray:
    return _by_area(town, np.repeat(town.world.background[:, None], town.lanes, axis=1))


def _by_area(town: Town, values: np.ndarray) -> np.ndarray:
    """Sums of a column of young people by area (areas, lanes), added as whole numbers so that no order matters."""
    whole = np.rint(values * FIXED_POINT).astype(np.int64)
    return np.add.reduceat(whole, town.world.first_row[:-1], axis=0) / FIXED_POINT


def services_see(town: Town) -> None:
    """Some incidents are reported, and each service sees some of those.

    Reports count for an area. What is remembered of a person for a while is those they are known to have caused.
    """
    c, world, felt = town.columns, town.world, town.residents_mean
    start = town.p.residents.start_trust
    share = neighbouring.chance_reported(felt["trust"], felt["fear"], start, town.scenario.reporting)
    if (before := c.sightings.get(town.week - 1)) is not None:
        c.reported[before.row, before.lane] = 0
    by_service = np.zeros((len(town.seen_share), *town.reports.shape), dtype=np.int64)
    identified = town.scenario.reporting.identified
    seen = identified, town.seen_share, town.keys_of_seeing, c.seen_in_memory, by_service
    c.sightings[town.week] = Sightings(*_report(town, *town.caused[:3], share, c.reported, *seen))
    partners, areas = world.partners, np.arange(len(world.areas))[:, None]
    c.seen = by_service[partners.kind, areas] * partners.present[..., None]
    _forget(town)


def _forget(town: Town) -> None:
    """What was seen or reported too long ago; those who left took theirs with them."""
    c, generation = town.columns, town.world.generation
    if (old := c.sightings.get(town.week - town.scenario.targeting.memory_weeks)) is not None:
        c.seen_in_memory[:, old.row, old.lane] -= old.seen * (old.generation == generation[old.row])
    if (old := c.sightings.pop(town.week - PARTICIPANT_WINDOW_WEEKS, None)) is not None:
        c.reported_in_window[old.row, old.lane] -= old.reported * (old.generation == generation[old.row])


@driver
def _report(town, row, lane, occurred, share, reported, identified, seen_share, seeing, in_memory, by_service):
    """Entries of known authors of reported incidents: row, lane, generation, how many, and how many each service saw.

    `share` (areas, lanes) is the chance that an incident is reported, `identified` that its author is; `seeing`
    (services,) are draws. Those of known authors are added up by person, all by area.
    """
    services, week, n = len(seen_share), town.scene[0].week, 0
    places, reports = np.empty((2, len(row)), dtype=np.int64), np.empty(len(row), dtype=np.int16)
    generation, seen = np.empty(len(row), dtype=np.int64), np.empty((services, len(row)), dtype=np.int16)
    town.reports[:] = 0
    for e in range(len(row)):
        r, k, area = row[e], lane[e], town.area[row[e]]
        u = luck_of_person(town, _REPORTING, area, week, r)
        in_all = binomial_count(occurred[e], share[area, k], u)
        number = in_all
        if in_all and identified < 1.0:
            number = binomial_count(in_all, identified, luck_of_person(town, _IDENTIFIED, area, week, r))
            u = luck_of_person(town, _ELSE_SEEN, area, week, r)
            for s in range(services):  # of nobody known; all services have the same luck with them
                by_service[s, area, k] += binomial_count(in_all - number, seen_share[s], u)
        town.reports[area, k] += in_all
        reported[r, k] = number
        if number:
            places[0, n], places[1, n], reports[n], generation[n] = r, k, number, town.generation[r]
            town.people[r, k].reported_in_window += number
            for s in range(services):
                u = luck_of_person(town, seeing[s], area, week, r)
                seen[s, n] = binomial_count(number, seen_share[s], u)
                in_memory[s, r, k] += seen[s, n]
                by_service[s, area, k] += seen[s, n]
            n += 1
    return places[0, :n].copy(), places[1, :n].copy(), generation[:n].copy(), reports[:n].copy(), seen[:, :n].copy()


def incidents_stir(town: Town) -> None:
    """One incident sets off others: in its group, and among rivals where an area has two territories."""
    c, world = town.columns, town.world
    row, lane, number, _ = town.caused
    own = np.bincount(world.group[row] * town.lanes + lane, number, c.excitement.size).reshape(c.excitement.shape)
    first = np.append(world.first_group_in, len(own))
    _stir(town, c.excitement, own, first, world.has_rivals, np.maximum(world.rivals, 1))


@driver
def _stir(town, excited, own, first, has_rivals, rivals):
    """What groups expect from what happened (groups, lanes), after this week: incidents of one's `own`, and rivals'."""
    for area, lane in np.ndindex(town.programmes.shape):
        of_core, p = 0.0, town.p[lane].excitation
        for g in range(first[area], first[area + 1]):
            of_core += own[g, lane] * has_rivals[g]  # whole numbers
        for g in range(first[area], first[area + 1]):
            by_rivals = (of_core - own[g, lane] * has_rivals[g]) / rivals[g]
            share = has_rivals[g] * p.rival_share
            excited[g, lane] = excitement.excitement_after(excited[g, lane], own[g, lane], by_rivals, share, p)
