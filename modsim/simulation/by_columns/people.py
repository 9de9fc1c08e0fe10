"""Young people: the calendar, what becomes of those who completed, trust and inclination."""

import numpy as np

from modsim.rules import inclining, sharing, trusting
from modsim.simulation.columns import entries
from modsim.simulation.town import Town


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns: rows of people who grew out are put at rest for the newcomers."""
    newcomers = town.world.turn(week)
    town.columns.forget_rows(newcomers)
    if newcomers.size:
        town.forget_events(newcomers)


def destinations_are_found(town: Town) -> None:
    """Some of those who completed a while ago find work or training, and it changes them for good, bit by bit."""
    c, world, p = town.columns, town.world, town.numbers.afterwards
    row, lane = entries(c.completed_week == town.week - p.destination_weeks)
    if not row.size:
        return
    q = p.at(lane)
    chance = sharing.chance_of_destination(c.completed_match[row, lane], c.stayed_on[row, lane], q)
    key = world.area[row], 0, world.slot[row], world.generation[row]
    found = world.luck.uniform("destination", *key) < chance
    row, lane, effect = row[found], lane[found], np.broadcast_to(q.destination_effect, found.shape)[found]
    c.lasting_target[row, lane] -= effect
    np.add.at(c.destinations, (world.area[row], lane), 1)


def trust_moves(town: Town) -> None:
    """Remembered experience fades; this week's own is added, and what friends tell of theirs."""
    c, p = town.columns, town.numbers.trust
    c.good = trusting.fading(c.good, p)
    c.bad = trusting.fading(c.bad, p)
    events, town.events = town.events, []
    if not events:
        return
    kind, row, lane, good, bad = (np.concatenate(column) for column in zip(*events, strict=True))
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
    for count, memory, after in ((own[0], c.good, trusting.good_after), (own[1], c.bad, trusting.bad_after)):
        mine_now = np.zeros((services, len(told)), dtype=np.int64)
        mine_now[:, of_own] = count
        heard = np.stack([np.bincount(of_heard, each[owner], len(told)).astype(np.int64) for each in count])
        in_others = mine_now.sum(axis=0) - mine_now
        memory[:, row, lane] = after(memory[:, row, lane], mine_now, in_others, heard, q)


def inclination_moves(town: Town) -> None:
    """What changed in a young person's log-rate fades, friends pull, and this week's sessions and stops tell."""
    c, world, numbers = town.columns, town.world, town.numbers
    _settle_trust_gained(town)
    c.lasting = inclining.lasting_after(c.lasting, c.lasting_target, numbers.effect)
    slowed = inclining.reversion_slowed(c.inclination, town.trust_gained, town.mean_start_of_rows, numbers.order)
    weight = inclining.weight_of_friends(world.age[:, None], numbers.peers)
    pull = inclining.pull_of_friends(c.inclination, town.ties @ c.inclination, town.friends, weight, numbers.peers)
    c.inclination = town.rules.inclination_after(c.inclination, slowed, pull, c.benefit, numbers.effect)


def _settle_trust_gained(town: Town) -> None:
    """How far everybody's mean trust in the services of their area lies above where it started (rows, lanes)."""
    c, world, p = town.columns, town.world, town.numbers.trust
    total = np.zeros(c.inclination.shape)
    for kind, (good, bad) in enumerate(zip(c.good, c.bad, strict=True)):
        trust = trusting.trust(town.start_of_rows[kind], good, bad, p)
        has_kind = world.partners.has_kind[:, kind]
        total = total + (trust if has_kind.all() else trust * has_kind[world.area][:, None])
    town.trust_gained = total / town.services_present[world.area] - town.mean_start_of_rows
