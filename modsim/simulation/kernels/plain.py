"""The reference of the compiled loops, in NumPy: what everybody in a town goes through in a week.

Columns are (rows, lanes) unless said otherwise; what is returned for a few of them are entries: a row and a lane each.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from modsim.rules import excitement, inclining, neighbouring, offending, policing, trusting
from modsim.simulation.columns import entries
from modsim.simulation.experience import BAD, GOOD
from modsim.world.draws import HIGHEST_MEAN, binomial_counts, binomial_table, poisson_counts
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.town import Town

Entries = tuple[np.ndarray, ...]


def trust_moves(town: "Town", events: Entries) -> None:
    """Experience with services fades, and this week's `events` are added: kind, row, lane, good ones and bad ones."""
    c, p = town.columns, town.numbers.trust
    memory = c.experience
    memory.common, memory.own = trusting.fading(memory.common, p), trusting.fading(memory.own, p)
    kind, row, lane, good, bad = events
    if len(row):
        services, lanes = len(town.world.partners.kinds), town.lanes
        person, mine = np.unique(row.astype(np.int64) * lanes + lane, return_inverse=True)
        own = np.zeros((2, services, len(person)), dtype=np.int64)
        np.add.at(own[0], (kind, mine), good)
        np.add.at(own[1], (kind, mine), bad)
        friend, owner = town.world.ties.of_each(person // lanes)
        told, at = np.unique(
            np.concatenate([person, friend.astype(np.int64) * lanes + person[owner] % lanes]), return_inverse=True
        )
        of_own, of_heard = at[: len(person)], at[len(person) :]
        row, lane = told // lanes, told % lanes
        q = p.at(lane)
        mine, heard = np.zeros((2, 2, services, len(told)), dtype=np.int64)  # good and bad
        mine[..., of_own] = own
        for side, count in enumerate(own):
            heard[side] = [np.bincount(of_heard, each[owner], len(told)) for each in count]
        for service, of_it in enumerate((mine + heard).any(axis=0)):
            memory.set_apart(service, row[of_it])
        in_all = mine.sum(axis=1)
        for side, after in ((GOOD, trusting.good_after), (BAD, trusting.bad_after)):
            before = memory.own[side][:, row, lane]
            memory.own[side][:, row, lane] = after(before, mine[side], in_all[side] - mine[side], heard[side], q)
            memory.common[side, row, lane] = after(memory.common[side, row, lane], 0, in_all[side], 0, q)
    settle_trust(town)


def settle_trust(town: "Town") -> None:
    """How far everybody's mean trust in the services of their area lies above where it started.

    And the sums of trust over each area's people, by service (services, areas, lanes), in whole numbers.
    """
    c, world, p = town.columns, town.world, town.numbers.trust
    total = np.zeros(c.inclination.shape)
    for kind, (good, bad) in enumerate(zip(*c.experience.of_rows(), strict=True)):
        trust = trusting.trust(town.trust_start[kind][world.area], good, bad, p)
        town.trust_sums[kind] = sum_by_area(town, trust)
        total = total + trust * world.partners.has_kind[:, kind][world.area][:, None]
    town.trust_gained = total / town.services_present[world.area] - town.mean_start[world.area]


def inclination_moves(town: "Town") -> None:
    """Everybody's inclination after this week, and what is changed for good."""
    c, world, numbers = town.columns, town.world, town.numbers
    c.lasting = inclining.lasting_after(c.lasting, c.lasting_target, numbers.effect)
    start = town.mean_start[world.area]
    slowed = inclining.reversion_slowed(c.inclination, town.trust_gained, start, numbers.order)
    weight = inclining.weight_of_friends(world.age[:, None], numbers.peers)
    total, friends = world.ties.matrix @ c.inclination, np.diff(world.ties.start)[:, None]
    pull = inclining.pull_of_friends(c.inclination, total, friends, weight, numbers.peers)
    c.inclination = town.rules.inclination_after(c.inclination, slowed, pull, c.benefit, numbers.effect)


def stops(town: "Town", hours: np.ndarray, u: np.ndarray) -> Entries:
    """Who is stopped by a patrol of so many hours (areas, lanes), and how often; `u` (rows,) is everybody's luck."""
    world, area, p = town.world, town.world.area, town.numbers.policing
    known = town.columns.seen_in_memory[town.police]
    all_known = np.add.reduceat(known, world.first_row[:-1], axis=0, dtype=np.int64)
    means = policing.stops_expected(known, all_known[area], town.youths[area], hours[area], p)
    found = poisson_counts(means, np.broadcast_to(u[:, None], means.shape))
    row, lane = entries(found)
    return row, lane, found[row, lane]


def incidents(town: "Town", efficacy, deterred, displaced, excited, u: np.ndarray) -> Entries:
    """Who causes incidents this week, how many, and how many were expected; `town.expected` holds everybody's.

    `efficacy`, `deterred` and `displaced` are (areas, lanes), `excited` is (groups, lanes), `u` (rows,).
    """
    c, world, numbers, area = town.columns, town.world, town.numbers, town.world.area
    held = offending.restraint(town.trust_gained, efficacy[area], deterred[area], numbers.order)
    background = world.background[:, None] * (1.0 + displaced[area])
    means = town.rules.incident_rate(
        background, c.inclination + c.lasting, held, c.in_course, excited[world.group], numbers.effect,
        numbers.excitation,
    )  # fmt: skip
    town.expected = np.minimum(means, HIGHEST_MEAN)
    found = poisson_counts(town.expected, np.broadcast_to(u[:, None], means.shape))
    row, lane = entries(found)
    return row, lane, found[row, lane], town.expected[row, lane]


def serious_ones(town: "Town", excited: np.ndarray) -> np.ndarray:
    """How many of this week's incidents were serious (areas, lanes); `excited` is (groups, lanes)."""
    world = town.world
    row, lane, number, expected = town.caused
    key = world.area[row], town.week, world.slot[row], world.generation[row]
    chance = excitement.chance_serious(excited[world.group[row], lane], expected, town.numbers.excitation.at(lane))
    serious = binomial_counts(number, chance, world.luck.uniform("serious", *key))
    return town.sum_by_area(row, lane, serious)


def reported_ones(town: "Town", share: np.ndarray) -> tuple[np.ndarray, ...]:
    """Entries of those whose incidents are reported: row, lane, how many, and how many each service saw.

    `share` (areas, lanes) is the chance that an incident is reported; what is seen is (services, entries).
    """
    world = town.world
    row, lane, number, _ = town.caused
    key = world.area[row], town.week, world.slot[row], world.generation[row]
    u = world.luck.uniform("reporting", *key)
    reported = binomial_counts(number, share[world.area[row], lane], u)
    some = np.nonzero(reported)[0]
    row, lane, reported = row[some], lane[some], reported[some]
    key = world.area[row], town.week, world.slot[row], world.generation[row]
    seen = np.stack(
        [
            binomial_counts(reported, share, world.luck.uniform(f"seeing: {kind}", *key))
            for kind, share in zip(world.partners.kinds, town.seen_share.tolist(), strict=True)
        ]
    )
    return row, lane, reported, seen


def sum_by_area(town: "Town", values: np.ndarray) -> np.ndarray:
    """Sums of a column of young people by area (areas, lanes), as whole numbers of 1/`FIXED_POINT`."""
    return np.add.reduceat(np.rint(values * FIXED_POINT).astype(np.int64), town.world.first_row[:-1], axis=0)


def residents_react(town: "Town", reported: np.ndarray, hears: np.ndarray, sees: np.ndarray) -> None:
    """What residents know of, fear and think after a week with so many reported incidents (areas, lanes).

    `hears` and `sees` (residents,) are their luck.
    """
    c, people, numbers = town.columns, town.world.residents, town.numbers
    p, q = numbers.residents, numbers.trust
    table = binomial_table(reported, np.broadcast_to(p.sees, reported.shape))  # (counts, areas, lanes)
    known = np.zeros(c.fear.shape)  # whole numbers
    for area, (first, end) in enumerate(pairwise(people.first_row.tolist())):
        for reached in table:
            known[first:end] += hears[first:end, None] >= reached[area]
    c.fear = neighbouring.fear_after(c.fear, known, town.usually_known[people.area], p)
    visible = (town.now.session_held[people.area] & (sees[:, None] < p.sees)).astype(np.float64)
    answered = town.now.answered_share[people.area]
    bad_heard, visible_heard = people.ties.matrix @ known, people.ties.matrix @ visible
    good, good_heard = known * answered + visible, bad_heard * answered + visible_heard
    c.resident_good = neighbouring.memory_after(c.resident_good, good, good_heard, p, q)
    weight = q.loss_to_gain
    c.resident_bad = neighbouring.memory_after(c.resident_bad, weight * known, weight * bad_heard, p, q)
    c.efficacy = neighbouring.efficacy_after(c.efficacy, c.fear, town.resident_trust, p)
    settle_residents(town)


def settle_residents(town: "Town") -> None:
    """Means of residents' trust, fear and efficacy by area (areas, lanes), added as whole numbers."""
    c = town.columns
    columns = {"trust": town.resident_trust, "fear": c.fear, "efficacy": c.efficacy}
    first = town.world.residents.first_row
    people = np.diff(first)[:, None] * FIXED_POINT
    for name, values in columns.items():
        whole = np.rint(values * FIXED_POINT).astype(np.int64)
        town.residents_mean[name] = np.add.reduceat(whole, first[:-1], axis=0) / people
