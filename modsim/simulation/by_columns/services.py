"""Services and their hours: calls, staff, regard, and what arrives in the purse."""

import numpy as np

from modsim.rules import partnering
from modsim.simulation.columns import ROUND_HEADINGS, Stage
from modsim.simulation.town import ENOUGH, Town, summed


def staff_come_and_go(town: Town) -> None:
    """Some programme workers leave: mentors' ties break, rapport and process knowledge go with the lead's worker."""
    c, world, p = town.columns, town.world, town.numbers.turnover
    partners = world.partners
    area, position = np.nonzero(partners.present)
    u = world.luck.uniform("worker leaves", area, town.week, partners.number[area, position])[:, None]
    leaving = u < partnering.chance_of_worker_leaving(c.strained[area, position], p)
    who, lane = np.nonzero(leaving)
    if not who.size:
        return
    area, position = area[who], position[who]
    c.worker[area, position, lane] += 1
    town.new_worker(area, position, lane)
    np.add.at(c.staff_left, (area, lane), 1)
    left = np.zeros(c.worker.shape, dtype=bool)
    left[area, position, lane] = True
    c.mentor[np.take_along_axis(left, np.maximum(c.mentor, 0), axis=1) & (c.mentor >= 0)] = -1
    one, other = partners.pairs
    hub = partners.anchor[:, None]
    spanner = np.where(hub >= 0, np.take_along_axis(left, np.maximum(hub, 0)[..., None], axis=1)[:, 0], False)
    c.between = partnering.trust_between_left(c.between, left[:, one] | left[:, other], spanner[:, None, :], p)
    for a, k in zip(*(x[c.lead[area, lane] == position].tolist() for x in (area, lane)), strict=True):
        c.knowledge[a, k] = knowledge_lost(town, a, k)
        c.contact_weeks[world.rows_of(a), k] = 0
        c.lead_lost_week[a, k] = town.week


def knowledge_lost(town: Town, area: int, lane: int):
    """What is still known of the process when who led is gone."""
    p = town.numbers.turnover.at(lane)
    lost = p.knowledge_lost_with_anchor if town.world.partners.anchor[area] >= 0 else p.knowledge_lost_without_anchor
    return partnering.knowledge_after_leaving(town.columns.knowledge[area, lane], lost)


def partners_answer_calls(town: Town) -> None:
    """Incidents that a service saw last week come first; the hours left are free, more than a week's calls strain."""
    c = town.columns
    waiting = partnering.reactive_hours(c.seen, c.queue, town.scenario.partners)
    answered = np.minimum(waiting, town.hours)
    c.queue = waiting - answered
    c.free_hours = town.hours - answered
    c.strained = c.queue > town.hours
    total, done = summed(waiting), summed(answered)
    town.answered_share = np.where(total > 0.0, done / np.maximum(total, ENOUGH), 1.0)


def hours_arrive(town: Town) -> None:
    """The purse of every area that spends: a grant in the opening week, then the weekly budget and what is pledged."""
    c, levers = town.columns, town.levers
    opening = levers.spends & (town.week == c.opens)
    c.knowledge = np.where(opening, town.first_knowledge, c.knowledge)
    c.reported_before = np.where(town.week == c.opens, c.reported_last_year, c.reported_before)
    grant = np.where(opening, town.numbers.purse.grant, 0.0)
    hours = np.where(town.is_open, town.budget + town.pledged() + grant, 0.0)
    c.purse = c.purse + hours
    c.arrived = c.arrived + hours
    town.patrol_bought = np.where(levers.patrols, c.purse, 0.0)
    pay(town, "patrol", town.patrol_bought)


def regard_moves(town: Town) -> None:
    """What professionals think of young people follows good contacts and what they see, against the usual."""
    c, partners = town.columns, town.world.partners
    leads = np.arange(partners.most)[None, :, None] == c.lead[:, None, :]
    contacts = leads * town.good_contacts[:, None, :]
    after = partnering.regard_after(c.regard, contacts, c.seen, town.usually_seen(), town.numbers.commitment)
    c.regard = np.where(partners.present[..., None], after, c.regard)
    town.good_contacts[:] = 0


def pay(town: Town, heading: str, hours) -> None:
    """Take hours (areas, lanes) from the purse; where dates are fixed and hours are drawn as needed, what is missing
    arrives first.
    """
    c = town.columns
    if town.draws_as_needed:
        missing = np.maximum(hours - c.purse, 0.0)
        c.purse = c.purse + missing
        c.arrived = c.arrived + missing
    c.purse = c.purse - hours
    c.spent[heading] = c.spent[heading] + hours
    if heading in ROUND_HEADINGS:
        c.round_hours = c.round_hours - hours


def give(town: Town, heading: str, hours) -> None:
    """Hours that partners put in (areas, lanes): paid from the purse, or written down as given."""
    c, charged = town.columns, town.numbers.purse.charge_inkind
    pay(town, heading, np.where(charged, hours, 0.0))
    c.in_kind[heading] = c.in_kind[heading] + np.where(charged, 0.0, hours)


def can_pay(town: Town, hours):
    """Whether the purse covers these hours (areas, lanes)."""
    if town.draws_as_needed:
        return np.full(town.columns.purse.shape, True)
    return town.columns.purse + 1e-9 >= hours


def in_purse(town: Town, hours):
    """The part of hours given by partners that the purse pays."""
    return np.where(town.numbers.purse.charge_inkind, hours, 0.0)


def by_lead(town: Town, hours) -> None:
    """Hours that the lead's staff work (areas, lanes)."""
    leads = np.arange(town.world.partners.most)[None, :, None] == town.columns.lead[:, None, :]
    town.columns.worked = town.columns.worked + leads * hours[:, None, :]


def spare_hours(town: Town) -> np.ndarray:
    """Hours in the purse that no round under way needs (areas, lanes)."""
    c = town.columns
    due = town.budget * np.maximum(c.round_ends - town.week - 1, 0)
    needed = np.where(c.stage == Stage.IDLE, 0.0, np.maximum(c.round_hours - due, 0.0))
    return np.maximum(c.purse - needed, 0.0)
