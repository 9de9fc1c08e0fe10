"""Streets: stops, incidents, those reported, those each service sees, and what they stir up."""

import numpy as np

from modsim.rules import excitement, neighbouring, policing
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS, Sightings
from modsim.simulation.town import Town
from modsim.world.draws import binomial_counts
from modsim.world.young_people import FIXED_POINT


def police_stop(town: Town) -> None:
    """Patrols stop young people, those they know more often; what is felt to be unfair leaves a mark."""
    c, world, p, kind = town.columns, town.world, town.numbers.policing, town.police
    if kind is None or not np.any(p.stops_per_hour):
        return
    area = world.area
    hours = (town.usual_patrol + town.now.patrol_bought) * world.partners.has_kind[:, [kind]]
    u = world.luck.weekly_uniform("stops", area, town.week, world.slot, world.generation)
    row, lane, number = town.kernels.stops(town, hours, u)
    number = number.astype(np.int64)
    key = area[row], town.week, world.slot[row], world.generation[row]
    q = p.at(lane)
    fair = binomial_counts(number, q.stop_good, world.luck.uniform("fair stop", *key)).astype(np.int64)
    town.experience(np.full(len(row), kind), row, lane, fair, number - fair)
    c.benefit[row, lane] -= q.labelling * (number - fair)
    town.touched[row] = True


def incidents_happen(town: Town) -> None:
    """Incidents of every young person: Poisson, by the quantile of one keyed draw that all lanes share."""
    c, world, numbers = town.columns, town.world, town.numbers
    area = world.area
    per_1000 = (town.usual_patrol + town.now.patrol_bought) * 1000.0 / town.youths
    deterred = policing.deterred(per_1000, numbers.policing)
    excited = c.excitement / world.group_size[:, None]
    u = world.luck.weekly_uniform("incidents", area, town.week, world.slot, world.generation)
    c.occurred[town.caused[:2]] = 0
    town.caused = town.kernels.incidents(town, town.residents_mean["efficacy"], deterred, c.displaced, excited, u)
    row, lane, number, _ = town.caused
    c.occurred[row, lane] = number
    town.serious = town.kernels.serious_ones(town, excited)
    _displace(town, excited)
    if town.scenario.settings.spreads == "diffusion":
        _count_expected(town)


def _displace(town: Town, excited: np.ndarray) -> None:
    """What patrol beyond the usual suppressed this week turns up, in part, in adjacent areas the week after."""
    c, world, p = town.columns, town.world, town.numbers.policing
    c.displaced[:] = 0.0
    if not town.patrol_displaces:
        return
    per_1000 = (town.usual_patrol + town.now.patrol_bought) * 1000.0 / town.youths
    deterred = policing.deterred(per_1000, p)
    settled = _by_area(town, town.expected - excited[world.group])
    usual = _by_area(town, _as_column(town, world.background))
    usual = usual * (1.0 - np.asarray(town.numbers.excitation.offspring))
    gone = p.displacement * settled * (policing.undone(deterred) - 1.0)
    for area in range(len(world.areas)):
        first = area - area % world.per_replicate
        for other in range(world.per_replicate):
            share = world.adjacent[first + other, area % world.per_replicate]
            c.displaced[area] += share * gone[first + other] / usual[area]


def _by_area(town: Town, values: np.ndarray) -> np.ndarray:
    """Sums of a column of people by area (areas, lanes), added as whole numbers so that no order matters."""
    return town.kernels.sum_by_area(town, values) / FIXED_POINT


def _as_column(town: Town, values: np.ndarray) -> np.ndarray:
    return np.repeat(values[:, None], town.lanes, axis=1)


def _count_expected(town: Town) -> None:
    """Keep what an evaluator with perfect sight would count: this week's expected incidents and their background."""
    c, world = town.columns, town.world
    background = _as_column(town, world.background)
    now = c.years_of_expected[town.week % len(c.years_of_expected)]
    now[:] = _by_area(town, town.expected), _by_area(town, background)


def services_see(town: Town) -> None:
    """Some incidents are reported, and each service sees some of those; both are remembered for a while."""
    c, world, p, now = town.columns, town.world, town.scenario.reporting, town.residents_mean
    start = town.numbers.residents.start_trust
    share = neighbouring.chance_reported(now["trust"], now["fear"], start, p)
    row, lane, reported, seen = town.kernels.reported_ones(town, share)
    if (before := c.sightings.get(town.week - 1)) is not None:
        c.reported[before.row, before.lane] = 0
    c.reported[row, lane] = reported
    by_service = np.stack([town.sum_by_area(row, lane, number) for number in seen])
    partners, areas = world.partners, np.arange(len(world.areas))[:, None]
    c.seen = by_service[partners.kind, areas] * partners.present[..., None]
    remember(town, Sightings(row, lane, world.generation[row], reported, seen))


def remember(town: Town, now: Sightings) -> None:
    """Add what was seen this week, and forget what is too long ago."""
    c, memory = town.columns, town.scenario.targeting.memory_weeks
    c.sightings[town.week] = now
    town.reports[:] = town.sum_by_area(now.row, now.lane, now.reported)
    c.reported_in_window[now.row, now.lane] += now.reported
    c.seen_in_memory[:, now.row, now.lane] += now.seen
    if (old := c.sightings.get(town.week - memory)) is not None:
        here = old.generation == town.world.generation[old.row]  # the others took it with them
        c.seen_in_memory[:, old.row, old.lane] -= old.seen * here
    if (old := c.sightings.pop(town.week - PARTICIPANT_WINDOW_WEEKS, None)) is not None:
        here = old.generation == town.world.generation[old.row]
        c.reported_in_window[old.row, old.lane] -= old.reported * here


def incidents_stir(town: Town) -> None:
    """One incident sets off others: in its group, and among rivals where an area has two territories."""
    c, world, p = town.columns, town.world, town.numbers.excitation
    row, lane, number, _ = town.caused
    own = np.bincount(world.group[row] * town.lanes + lane, number, c.excitement.size)
    own = own.reshape(c.excitement.shape)  # whole numbers
    core = own * world.has_rivals[:, None]
    of_rivals = np.add.reduceat(core, world.first_group_in, axis=0)[world.group_area] - core
    by_rivals = of_rivals / np.maximum(world.rivals, 1)[:, None]
    share = world.has_rivals[:, None] * np.asarray(p.rival_share)
    c.excitement = excitement.excitement_after(c.excitement, own, by_rivals, share, p)
