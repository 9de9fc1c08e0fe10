"""Rounds of programmes are prepared: planned, their lists drawn up, wishes heard, menus designed."""

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.rules import designing, inclining, partnering
from modsim.simulation.by_columns.services import by_lead, can_pay, give, in_purse, knowledge_lost, pay
from modsim.simulation.columns import Stage, Standing
from modsim.simulation.listing import list_of
from modsim.simulation.planning import RoundPlan, chosen_lead, course_dates
from modsim.simulation.town import ENOUGH, Town, occasion, summed


def programmes_are_planned(town: Town) -> None:
    """Start a round where it fits before the horizon and its cost is covered; the last may have fewer places."""
    c, levers, programme = town.columns, town.levers, town.scenario.programme
    free = levers.runs & (c.stage == Stage.IDLE) & town.is_open & (c.round < programme.rounds)
    if not free.any():
        return
    plan = RoundPlan(town)
    weeks_left = _weeks_left(town)
    if town.draws_as_needed:
        places = levers.places.copy()
        free &= town.week + plan.weeks_to_course >= course_dates(town)
    else:
        in_sight = c.purse + (town.budget + town.pledged()) * (plan.weeks - 1) + ENOUGH
        places = np.where(plan.cost(levers.places) <= in_sight, levers.places, 0)
        last = free & (plan.weeks == weeks_left)
        for fewer in range(int(levers.minimum_places.min()), int(levers.places.max())) if last.any() else ():
            last_chance = last & (plan.cost(fewer) <= in_sight) & (fewer >= levers.minimum_places)
            places = np.where((places < levers.places) & (fewer < levers.places) & last_chance, fewer, places)
    starts = free & (plan.weeks <= weeks_left) & (places > 0)
    if not starts.any():
        return
    c.stage[starts] = Stage.SETUP
    c.stage_week[starts] = 0
    c.meetings_held[starts] = 0.0
    c.course_weeks[starts] = programme.course_weeks
    c.sessions_held[starts] = 0
    c.knowledge[starts] = plan.knowledge[starts]
    c.round_hours[starts] = plan.cost(places)[starts]
    c.round_ends[starts] = town.week + plan.weeks[starts]
    for column, planned in (
        (c.places, places), (c.setup_weeks, plan.setup_weeks), (c.effort, plan.effort),
        (c.meetings_needed, plan.meetings), (c.quality, _quality_of_round(town)),
    ):  # fmt: skip
        column[starts] = planned[starts]
    for area, lane in np.argwhere(starts).tolist():
        lead = chosen_lead(town, area, lane)
        if lead != c.lead[area, lane]:
            c.lead[area, lane] = lead
            if c.round[area, lane]:  # with who led it goes a part of what was known
                c.knowledge[area, lane] = knowledge_lost(town, area, lane)
            c.contact_weeks[town.world.rows_of(area), lane] = 0  # nobody knows the new lead's worker yet
        if not levers.keeps_learning[area, lane]:
            c.signals[:, area, lane] = c.venue_votes[:, area, lane] = 0
        rows = list_of(town, area, lane, int(c.round[area, lane]))
        c.listed[area, :, lane] = -1
        c.listed[area, : len(rows), lane] = rows
        c.ever_listed[rows, lane] = True
        c.standing[area, :, lane] = Standing.NOT_ASKED
        c.attended[area, :, lane] = 0
        c.serving[area, :, lane] = 0.0
        c.named[:, area, :, lane] = 0
        c.mentor[area, :, lane] = -1


def _weeks_left(town: Town):
    """Weeks in which a round must end: before the horizon, and before a cut that services know of."""
    p = town.numbers.purse
    ahead = p.cliff_is_known * (p.cliff_week > town.week)
    end = np.where(ahead, np.minimum(p.cliff_week, town.scenario.settings.weeks), town.scenario.settings.weeks)
    return end - town.week


def _quality_of_round(town: Town) -> np.ndarray:
    """Quality with which the present round of every programme would be delivered."""
    c, p = town.columns, town.numbers.effect
    area = np.broadcast_to(np.arange(len(town.world.areas))[:, None], c.round.shape)
    fails = town.world.luck.uniform("delivery fails", area, c.round) < p.failing_share
    return inclining.delivery_quality(fails, p)


def workers_visit(town: Town) -> None:
    """A week of set-up: visits to people on the list, wishes and venues written down; all paid, or it waits."""
    c, world, scenario = town.columns, town.world, town.scenario
    programme, numbers = scenario.programme, town.numbers
    c.moves_on[:] = False
    in_setup = c.stage == Stage.SETUP
    if not in_setup.any():
        return
    position = np.arange(min(programme.contacted, programme.list_length))[None, :, None]
    due = in_setup[:, None, :] & (c.listed[:, : position.size] >= 0)
    due &= c.standing[:, : position.size] != Standing.GONE
    ordinal = np.full(due.shape, -1)
    for n in reversed(range(programme.contacts_each)):  # at most one contact a week: the earliest that is due
        falls_now = visit_week(position, n, scenario, c.setup_weeks[:, None, :]) == c.stage_week[:, None, :]
        ordinal = np.where(due & falls_now, n, ordinal)
    hours = (ordinal >= 0).sum(axis=1) * programme.contact_hours
    paid = in_setup & can_pay(town, hours)
    pay(town, "contacts", np.where(paid, hours, 0.0))
    by_lead(town, np.where(paid, hours, 0.0))
    c.moves_on |= paid
    c.waited += in_setup & ~paid

    area, n, lane = np.nonzero((ordinal >= 0) & paid[:, None, :])
    row, turn = c.listed[area, n, lane], ordinal[area, n, lane]
    lead = town.lead_kind[area, lane]
    key = area, occasion(c.round[area, lane], turn), world.slot[row], world.generation[row]
    good = world.luck.uniform("contact", *key) < town.rules.chance_contact_is_good(
        town.trust_bonus[lead, area, lane],
        town.power_in_practice()[area, lane],
        numbers.designing.at(lane).time_given,
        numbers.trust.at(lane),
    )
    town.experience(lead, row, lane, good, ~good)
    np.add.at(town.good_contacts, (area, lane), good)

    spoken = np.nonzero(_is_written_down(town, n + programme.contacted * turn, town.levers.signals[area, lane]))[0]
    wish, honest = wishes_spoken(town, row[spoken], lane[spoken], lead[spoken], tuple(k[spoken] for k in key), "wish")
    s_area, s_lane = area[spoken], lane[spoken]
    np.add.at(c.signals, (wish, s_area, s_lane), 1)
    np.add.at(c.named, (wish, s_area, n[spoken], s_lane), 1)
    venue = np.where(honest, world.territory_of(row[spoken]), world.usual_venue[s_area])
    np.add.at(c.venue_votes, (venue, s_area, s_lane), 1)
    c.contact_weeks[row, lane] += 1


def visit_week(position, ordinal, scenario: Scenario, setup_weeks):
    """Week of set-up in which somebody at this position of the list gets this contact: spread evenly."""
    programme = scenario.programme
    all_contacts = programme.contacted * programme.contacts_each
    return (position + programme.contacted * ordinal) * setup_weeks // all_contacts


def _is_written_down(town: Town, number, signals):
    """Whether a contact is one of those whose wish is written down: these are spread evenly over all contacts."""
    contacts = max(town.scenario.programme.contacted * town.scenario.programme.contacts_each, 1)
    of_all = np.minimum(signals, contacts)
    return (number + 1) * of_all // contacts > number * of_all // contacts


def wishes_spoken(town: Town, row, lane, lead, key, what_for: str) -> tuple[np.ndarray, np.ndarray]:
    """What people (n,) say they want, an activity each, and whether they are honest about it."""
    numbers, luck = town.numbers, town.world.luck
    earlier = numbers.designing.at(lane).time_given * town.columns.contact_weeks[row, lane]
    chance = town.rules.chance_signal_is_honest(town.trust(lead, row, lane), earlier, numbers.listening.at(lane))
    honest = luck.uniform(f"{what_for}: honest", *key) < chance
    own = np.cumsum(town.interests(row, lane), axis=1)
    expected = np.cumsum(town.prior, axis=0).T[lane]
    u = luck.uniform(what_for, *key)[:, None]
    return (np.where(honest[:, None], own, expected)[:, :-1] <= u).sum(axis=1), honest


def partners_meet(town: Town) -> None:
    """Where a menu is designed, links are kept warm and partners meet each fortnight, as far as they come."""
    c, world, levers, p = town.columns, town.world, town.levers, town.numbers.designing
    partners = world.partners
    designs = (c.stage == Stage.SETUP) & (c.meetings_held + ENOUGH < c.meetings_needed)
    if not designs.any():
        return
    present = partners.present[..., None] & _turning_up(town)
    meets = designs & (c.stage_week % 2 == 1)
    size = partners.size[:, None]
    share = present.sum(axis=1) / size
    each = designing.hours_saved(p.meeting_hours, c.knowledge, p)
    linking = designing.linking_hours(partners.links[:, None], levers.learned_share, c.effort, p)
    linking = np.where(designs, designing.hours_saved(linking, c.knowledge, p), 0.0)
    meeting = np.where(meets, present.sum(axis=1) * each, 0.0)
    paid = designs & can_pay(town, in_purse(town, linking + meeting))
    c.waited += meets & ~paid
    give(town, "links", np.where(paid, linking, 0.0))
    give(town, "meetings", np.where(paid, meeting, 0.0))
    held = (meets & paid)[:, None, :]
    own = np.where(paid, linking / size, 0.0)[:, None, :] * partners.present[..., None] + held * present * each[:, None]
    c.worked = c.worked + own
    c.free_hours = np.maximum(c.free_hours - own, 0.0)
    quality = partnering.meeting_quality(share, c.knowledge, p)
    c.meetings_held = c.meetings_held + np.where(meets & paid, quality, 0.0)
    _partners_get_to_know(town, present, meets & paid)


def _partners_get_to_know(town: Town, present: np.ndarray, held: np.ndarray) -> None:
    """Trust between every two partners after a meeting, where there was one (areas, lanes)."""
    c, partners = town.columns, town.world.partners
    one, other = partners.pairs
    hub = np.maximum(partners.anchor, 0)[:, None, None]
    hub_there = np.take_along_axis(present, hub, axis=1) & (partners.anchor >= 0)[:, None, None]
    brought = hub_there & ~partners.with_anchor[..., None]
    tied = town.ties_across_sectors()
    both = present[:, one] & present[:, other]
    after = partnering.trust_between_after(c.between, both, brought, town.numbers.commitment)
    c.between = np.where(held[:, None, :], after, c.between)
    c.ties_made += (town.ties_across_sectors() & ~tied).sum(axis=1)


def _turning_up(town: Town) -> np.ndarray:
    """Who would come to this week's meeting (areas, partners, lanes): hours may be pooled between partners."""
    c, world, p = town.columns, town.world, town.numbers.designing
    number = world.partners.number
    need = designing.hours_saved(p.meeting_hours, c.knowledge, p)[:, None, :]
    own = np.minimum(c.free_hours / np.maximum(need, ENOUGH), 1.0)
    pooled = np.minimum(
        summed(c.free_hours)[:, None, :] / np.maximum(need * world.partners.size[:, None, None], ENOUGH), 1.0
    )
    free_share = np.where(p.hours_are_pooled, pooled, own)
    area = np.broadcast_to(np.arange(len(number))[:, None, None], c.worker.shape)
    when = np.broadcast_to(occasion(c.round, c.stage_week)[:, None, :], c.worker.shape)
    u = world.luck.uniform("meeting", area, when, np.maximum(number, 0)[..., None])
    return (u < partnering.chance_of_turning_up(town.effective_commitment, free_share)) | p.meetings_are_full


def learned_shares(town: Town, area: int, lane: int) -> np.ndarray:
    """What services believe young people want after hearing them (K,)."""
    signals = town.columns.signals[:, area, lane]
    return designing.learned_share(signals, signals.sum(), town.prior[:, lane], town.numbers.listening.at(lane))


def chosen_menu(town: Town, area: int, lane: int) -> np.ndarray:
    """The menu of one programme after its set-up (K,) of zeros and ones: given, or completed by what was learned."""
    levers = town.levers
    if not levers.learns[area, lane]:
        return levers.given_menu[:, area, lane].copy()
    return _filled(town, area, lane, _wanted_here(town, area, lane))


def _voice(town: Town, area: int, lane: int):
    """Weight of young people's wishes around the design table."""
    power, listening = town.power_in_practice()[area, lane], town.numbers.listening.at(lane)
    return designing.voice(power, town.columns.knowledge[area, lane], listening)


def _wanted_here(town: Town, area: int, lane: int) -> np.ndarray:
    """How strongly each activity (K,) is wanted for what is offered here, by those around the design table."""
    prior = town.prior[:, lane]
    return designing.menu_score(learned_shares(town, area, lane), prior, _voice(town, area, lane))


def make_plans(town: Town, area: int, lane: int) -> None:
    """A plan for each of those listed: what they named most often, filled up with what people here want."""
    c, size = town.columns, town.scenario.programme.menu_size
    wanted = _wanted_here(town, area, lane)[:, None]
    score = designing.own_plan_score(c.named[:, area, :, lane], wanted, _voice(town, area, lane))
    plan = np.zeros(score.shape, dtype=bool)
    np.put_along_axis(plan, np.argsort(-score, axis=0, kind="stable")[:size], True, axis=0)
    c.plan[:, area, :, lane] = plan


def _filled(town: Town, area: int, lane: int, score: np.ndarray) -> np.ndarray:
    """The given part of a menu, filled up with the activities of the highest score."""
    menu = town.levers.given_menu[:, area, lane].copy()
    open_slots = town.scenario.programme.menu_size - int(town.levers.fixed_slots[area, lane])
    menu[np.argsort(-np.where(menu > 0.0, -1.0, score), kind="stable")[:open_slots]] = 1.0
    return menu


def count_choices(town: Town, area: int, lane: int) -> None:
    """How many places of a learned menu there were, and how many went to what services would not have chosen."""
    c = town.columns
    without = _filled(town, area, lane, town.prior[:, lane])
    c.designs[area, lane] += 1
    c.slots_chosen[area, lane] += town.scenario.programme.menu_size - int(town.levers.fixed_slots[area, lane])
    c.slots_wished[area, lane] += int(((c.menu[:, area, lane] > 0) & (without == 0)).sum())


def chosen_venue(town: Town, area: int, lane: int) -> int:
    """The territory in which the sessions are held: the usual one, or the one young people named most."""
    votes = town.columns.venue_votes[:, area, lane]
    if town.levers.learns_venue[area, lane] and votes.sum():
        return int(np.argmax(votes))
    return int(town.world.usual_venue[area])
