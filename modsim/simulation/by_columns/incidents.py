"""Incidents: those that occur, those reported, and those each service sees."""

import numpy as np

from modsim.rules import offending
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS, Sightings
from modsim.simulation.town import Town
from modsim.world.draws import binomial_counts, poisson_counts


def incidents_happen(town: Town) -> None:
    """Incidents of every young person: Poisson, by the quantile of one keyed draw that all lanes share."""
    c, world = town.columns, town.world
    moved = c.inclination + c.lasting
    means = offending.incident_rate(world.background[:, None], moved, c.in_course, town.numbers.effect)
    u = world.luck.weekly_uniform("incidents", world.area, town.week, world.slot, world.generation)
    c.occurred = poisson_counts(means, np.broadcast_to(u[:, None], means.shape))


def services_see(town: Town) -> None:
    """Some incidents are reported, and each service sees some of those; both are remembered for a while."""
    c, world, p = town.columns, town.world, town.scenario.reporting
    row, lane = np.nonzero(c.occurred)
    key = world.area[row], town.week, world.slot[row], world.generation[row]
    reported = binomial_counts(c.occurred[row, lane], p.share, world.luck.uniform("reporting", *key))
    c.reported[:] = 0
    c.reported[row, lane] = reported
    some = np.nonzero(reported)[0]
    row, lane, reported = row[some], lane[some], reported[some]
    key = world.area[row], town.week, world.slot[row], world.generation[row]
    seen = np.stack(
        [
            binomial_counts(reported, share, world.luck.uniform(f"seeing: {kind}", *key))
            for kind, share in zip(world.partners.kinds, town.seen_share.tolist(), strict=True)
        ]
    )
    by_service = np.zeros((len(seen), len(world.areas), town.lanes), dtype=np.int64)
    for service, count in zip(by_service, seen, strict=True):
        np.add.at(service, (world.area[row], lane), count)
    partners, areas = world.partners, np.arange(len(world.areas))[:, None]
    c.seen = by_service[partners.kind, areas] * partners.present[..., None]
    remember(town, Sightings(row, lane, reported, seen))


def remember(town: Town, now: Sightings) -> None:
    """Add what was seen this week, and forget what is too long ago."""
    c, memory = town.columns, town.scenario.targeting.memory_weeks
    c.sightings[town.week] = now
    c.reported_in_window[now.row, now.lane] += now.reported
    c.seen_in_memory[:, now.row, now.lane] += now.seen
    if (old := c.sightings.get(town.week - memory)) is not None:
        c.seen_in_memory[:, old.row, old.lane] -= old.seen
    if (old := c.sightings.pop(town.week - PARTICIPANT_WINDOW_WEEKS, None)) is not None:
        c.reported_in_window[old.row, old.lane] -= old.reported
