"""The purse of a programme: what arrives, what is paid, and what partners put in."""

from modsim.compiling.acts import act, verb
from modsim.rules import partnering
from modsim.simulation.acts.looking import (
    ENOUGH,
    effective_commitment,
    is_open,
    trust_between_partners,
)
from modsim.simulation.state import IDLE, LEARNING, PATROL


@act
def budget(town, lane):
    """Hours a week that arrive in an area with a programme, from now on, without pledges."""
    p = town.p[lane].purse
    return p.budget * (p.cliff_keeps if town.scene[0].week >= p.cliff_week else 1.0)


@act
def pledged(town, area, lane):
    """Hours that partners put in this week beside the purse, as far as calls leave them free."""
    pledge = town.p[lane].purse.pledged_hours
    if pledge == 0.0:
        return 0.0
    together, total = trust_between_partners(town, area, lane), 0.0
    for seat in range(town.seats.shape[1]):
        effort = partnering.hours_pledged(effective_commitment(town, area, lane, seat), together, pledge)
        total += min(effort, town.partners[area, lane, seat].free_hours)
    return total


@act
def first_knowledge(town, area, lane):
    """How well the process is known where a programme begins: what the arm says, or what a guide gives."""
    lever, p = town.levers[area, lane], town.p[lane].learning
    if not town.areas[area].is_recipient:
        return lever.process_knowledge
    return max(lever.process_knowledge, lever.guide * p.guide_level) * p.travels


@verb
def receive_hours(town, area, lane):
    """A grant in the opening week, then the weekly budget and what is pledged; patrol takes it all at once."""
    one, now, lever = town.programmes[area, lane], town.now[area, lane], town.levers[area, lane]
    p = town.p[lane].purse
    opening = town.scene[0].week == one.opens
    if opening:
        one.reported_before = one.reported_last_year
    if opening and lever.spends:
        one.knowledge = first_knowledge(town, area, lane)
    if is_open(town, area, lane):
        grant = p.grant if opening else 0.0
        hours = budget(town, lane) + pledged(town, area, lane) + grant
        one.purse += hours
        one.arrived += hours
    now.patrol_bought = one.purse if lever.patrols else 0.0
    pay(town, area, lane, PATROL, now.patrol_bought)


@act
def pay(town, area, lane, heading, hours):
    """Take hours from the purse; where hours are drawn as needed, what is missing arrives first."""
    one = town.programmes[area, lane]
    if town.scene[0].equal_activity:
        missing = max(hours - one.purse, 0.0)
        one.purse += missing
        one.arrived += missing
    one.purse -= hours
    town.spent[area, lane, heading] += hours
    if heading < LEARNING:  # a heading of a round
        one.round_hours -= hours


@act
def in_purse(town, lane, hours):
    """The part of hours given by partners that the purse pays."""
    return hours if town.p[lane].purse.charge_inkind else 0.0


@act
def give(town, area, lane, heading, hours):
    """Hours that partners put in: paid from the purse, or written down as given."""
    pay(town, area, lane, heading, in_purse(town, lane, hours))
    if not town.p[lane].purse.charge_inkind:
        town.in_kind[area, lane, heading] += hours


@act
def can_pay(town, area, lane, hours):
    """Whether the purse covers these hours."""
    return town.scene[0].equal_activity or town.programmes[area, lane].purse + ENOUGH >= hours


@act
def lead_works(town, area, lane, hours):
    """Hours that the lead's staff work."""
    town.partners[area, lane, town.programmes[area, lane].lead].worked += hours


@act
def spare_hours(town, area, lane):
    """Hours in the purse that no round under way needs."""
    one = town.programmes[area, lane]
    due = budget(town, lane) * max(one.round_ends - town.scene[0].week - 1, 0)
    needed = 0.0 if one.stage == IDLE else max(one.round_hours - due, 0.0)
    return max(one.purse - needed, 0.0)
