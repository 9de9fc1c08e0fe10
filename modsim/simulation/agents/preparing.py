"""How the agents of one area prepare a round of a programme: planned, its list drawn up, wishes heard, designed.

Each function is something that one programme does in a week.
"""

from typing import TYPE_CHECKING

import numpy as np

from modsim.rules import designing, inclining, partnering, sharing, targeting
from modsim.simulation.agents.partner import Partner, free_shares, hours_of_meeting
from modsim.simulation.columns import Stage, Standing
from modsim.simulation.planning import delivery_hours, mean_trust
from modsim.simulation.town import ENOUGH

if TYPE_CHECKING:
    from modsim.simulation.agents.programme import Programme


def plan_round(one: "Programme") -> None:
    """Start a round if its whole cost is in sight and it ends before the horizon."""
    scenario, week = one.model.scenario, one.model.week
    programme = scenario.programme
    ready = one.runs and one.stage == Stage.IDLE and one.is_open
    if not ready or one.round >= programme.rounds:
        return
    plan = OneRound(one)
    weeks_left = _weeks_left(one)
    if one.draws_as_needed:
        affordable, full = [one.usual_places], week + plan.weeks_to_course >= _course_date(one)
    else:
        in_sight = one.purse + (one.budget() + one.pledged()) * (plan.weeks - 1) + ENOUGH
        possible = range(min(programme.minimum_places, one.usual_places), one.usual_places + 1)
        affordable = [n for n in possible if plan.cost(n) <= in_sight]
        full = one.usual_places in affordable
    if plan.weeks > weeks_left or not affordable or not (full or (plan.weeks == weeks_left and affordable)):
        return
    if one.draws_as_needed and not full:
        return
    one.stage, one.stage_week = Stage.SETUP, 0
    one.places, one.setup_weeks = affordable[-1], plan.setup_weeks
    one.effort, one.meetings_needed, one.meetings_held = plan.effort, plan.meetings, 0.0
    one.round_hours, one.round_ends = plan.cost(one.places), week + plan.weeks
    one.course_weeks, one.sessions_held, one.knowledge = programme.course_weeks, 0, plan.knowledge
    fails = one.model.town.world.luck.uniform("delivery fails", one.area, one.round)
    one.quality = inclining.delivery_quality(fails < scenario.effect.failing_share, scenario.effect)
    _agree_on_lead(one)
    c = one.model.town.columns
    if not one.keeps_learning:
        c.signals[:, one.area, 0] = c.venue_votes[:, one.area, 0] = 0
    draw_up_list(one)


def _weeks_left(one: "Programme") -> int:
    """Weeks in which a round must end: before the horizon, and before a cut that services know of."""
    p, horizon = one.model.scenario.purse, one.model.scenario.settings.weeks
    ahead = p.cliff_is_known and p.cliff_week > one.model.week
    return (min(p.cliff_week, horizon) if ahead else horizon) - one.model.week


def _course_date(one: "Programme") -> float:
    programme = one.model.scenario.programme
    first = float(np.ceil(one.model.town.levers.longest_setup)) + programme.recruitment_waves
    return one.opens + first + one.round * (first + programme.course_weeks)


def _agree_on_lead(one: "Programme") -> None:
    """The most committed and trusted of the partners who may lead does."""
    c, may_lead = one.model.town.columns, one.model.town.may_lead[one.area]
    best, standing = -1, -1.0
    for partner in one.partners:
        if may_lead[partner.position]:
            trust = mean_trust(np.array([person.trust_in(partner.kind) for person in one.young_people]))
            score = partnering.lead_score(partner.effective_commitment, trust)
            if score > standing:
                best, standing = partner.position, score
    if best != c.lead[one.area, 0]:
        c.lead[one.area, 0] = best
        one.lose_rapport()
        if one.round:
            one.lose_knowledge()  # with who led it goes a part of what was known


def draw_up_list(one: "Programme") -> None:
    """List the young people of the area by what the lead has seen of them, with the error that lists have."""
    scenario, town, week = one.model.scenario, one.model.town, one.model.week
    everyone, kind = one.young_people, one.lead.kind
    seen_in_group: dict[int, int] = {}
    members: dict[int, int] = {}
    for person in everyone:
        seen_in_group[person.group] = seen_in_group.get(person.group, 0) + person.seen_by(kind)
        members[person.group] = members.get(person.group, 0) + 1
    eligible = [
        person
        for person in everyone
        if one.place.eligible_youngest <= person.age < one.place.eligible_oldest + 1
        and not person.completed
        and week - person.dropped_week >= scenario.programme.retry_after_weeks
    ]
    whole = []
    for person in eligible:
        others = seen_in_group[person.group] - person.seen_by(kind)
        record = targeting.known_record(person.seen_by(kind), others, members[person.group] - 1)
        whole.append(int(np.rint(np.sqrt(record) * 2.0**16)))
    number = max(len(whole), 1)
    mean = float(sum(whole)) / number
    variance = float(sum(k * k for k in whole)) / number - mean * mean
    ranked = []
    for person, k in zip(eligible, whole, strict=True):
        standard = (k - mean) / np.sqrt(variance) if variance > 1e-6 else 0.0
        key = one.area, one.round, person.slot, person.generation
        score = one.model.town.rules.list_score(standard, town.world.luck.normal("list", *key), scenario.targeting)
        ranked.append((-score, town.world.luck.uniform("list tie", *key), person.row))
    rows = [row for _, _, row in sorted(ranked)][: scenario.programme.list_length]
    c = town.columns
    c.listed[one.area, :, 0] = rows + [-1] * (scenario.programme.list_length - len(rows))
    c.ever_listed[rows, 0] = True
    c.standing[one.area, :, 0] = Standing.NOT_ASKED
    c.attended[one.area, :, 0] = 0
    c.serving[one.area, :, 0] = 0.0
    c.named[:, one.area, :, 0] = 0
    c.mentor[one.area, :, 0] = -1


def visit_young_people(one: "Programme") -> None:
    """A week of set-up: visit those who are due, write wishes down; or wait for hours."""
    one.moves_on = False
    if one.stage != Stage.SETUP:
        return
    scenario, town = one.model.scenario, one.model.town
    programme = scenario.programme
    visits = []
    for position, person in one.on_list():
        if position >= programme.contacted:
            continue
        for ordinal in range(programme.contacts_each):
            number = position + programme.contacted * ordinal
            week = number * one.setup_weeks // (programme.contacted * programme.contacts_each)
            if week == one.stage_week:
                visits.append((person, ordinal, number, position))
                break
    hours = len(visits) * programme.contact_hours
    if not one.can_pay(hours):
        one.waited += 1
        return
    one.pay("contacts", hours)
    one.lead.work(hours)
    one.moves_on = True
    bonus = town.trust_bonus[one.lead.kind, one.area, 0].item()
    rule, time = town.rules.chance_contact_is_good, scenario.designing.time_given
    chance = rule(bonus, one.power_in_practice(), time, scenario.trust)
    contacts = max(programme.contacted * programme.contacts_each, 1)
    of_all = min(int(town.levers.signals[one.area, 0]), contacts)
    for person, ordinal, number, position in visits:
        written = (number + 1) * of_all // contacts > number * of_all // contacts
        good, wish, venue = person.meet_worker(ordinal, chance, written)
        one.model.good_contacts[one.area] += int(good)
        if wish is not None:
            activity = town.world.activity_ids.index(wish)
            town.columns.signals[activity, one.area, 0] += 1
            town.columns.named[activity, one.area, position, 0] += 1
            town.columns.venue_votes[venue, one.area, 0] += 1


def meet(one: "Programme") -> None:
    """Where a menu is designed, keep the links warm, and meet each fortnight with those who come."""
    if one.stage != Stage.SETUP or one.meetings_held + ENOUGH >= one.meetings_needed:
        return
    p, partners = one.model.scenario.designing, one.partners
    each = hours_of_meeting(one)
    links = int(one.model.town.world.partners.links[one.area])
    linking = designing.linking_hours(links, one.learned_share, one.effort, p)
    linking = designing.hours_saved(linking, one.knowledge, p)
    meets = one.stage_week % 2 == 1
    present = _gather(one, partners, each) if meets else []
    meeting = len(present) * each
    if not one.can_pay(one.in_purse(linking + meeting)):
        one.waited += int(meets)
        return
    one.give("links", linking)
    one.give("meetings", meeting)
    for partner in partners:
        came = partner in present
        partner.work_on_design(linking / len(partners) + (each if came else 0.0))
    if meets:
        quality = partnering.meeting_quality(len(present) / len(partners), one.knowledge, p)
        one.meetings_held = one.meetings_held + quality
        _get_to_know(one, present)


def _get_to_know(one: "Programme", present: list[Partner]) -> None:
    """Trust between every two partners moves with whether both came, more if the anchor's worker brought them there."""
    tables, c, p = one.model.town.world.partners, one.model.town.columns, one.model.scenario.commitment
    there, hub = {partner.position for partner in present}, int(tables.anchor[one.area])
    for pair, (a, b) in enumerate(tables.pairs.T.tolist()):
        before = c.between[one.area, pair, 0].item()
        brought = hub in there and hub not in (a, b)
        after = partnering.trust_between_after(before, a in there and b in there, brought, p)
        c.between[one.area, pair, 0] = after
        if tables.across_sectors[one.area, pair] and before < p.tie_from <= after:
            c.ties_made[one.area, 0] += 1


def _gather(one: "Programme", partners: list[Partner], hours_each: float) -> list[Partner]:
    shares = free_shares(partners, hours_each, one.model.scenario.designing.hours_are_pooled)
    if one.anchor is not None:
        return one.anchor.convene(partners, shares)
    return [partner for partner, share in zip(partners, shares, strict=True) if partner.turn_up(share)]


def learned_shares(one: "Programme") -> dict[str, float]:
    """What services believe young people want after hearing them."""
    p = one.model.scenario.listening
    signals = one.model.town.columns.signals[:, one.area, 0].tolist()
    return {
        activity: designing.learned_share(number, sum(signals), prior, p)
        for (activity, prior), number in zip(one.expectation.items(), signals, strict=True)
    }


def choose_menu(one: "Programme") -> None:
    """Settle the menu and the venue: given, or completed by what young people said."""
    scenario, levers, a = one.model.scenario, one.model.town.levers, one.area
    c = one.model.town.columns
    given = levers.given_menu[:, a, 0].tolist()
    if not one.learns:
        c.designed[:, a, 0] = given
    elif one.designs_menu:
        score = _wanted_here(one)
        if one.is_individual:
            _make_plans(one, score)
        menu, without = _filled(one, given, score), _filled(one, given, one.expectation)
        c.designed[:, a, 0] = list(menu.values())
        if not one.is_individual:
            one.designs += 1
            one.slots_chosen += scenario.programme.menu_size - int(levers.fixed_slots[a, 0])
            one.slots_wished += sum(bool(menu[i]) and not without[i] for i in menu)
        if one.keeps_learning:
            one.knowledge = partnering.knowledge_after_practice(one.knowledge, scenario.designing)
    c.menu[:, a, 0] = c.designed[:, a, 0]
    votes = c.venue_votes[:, a, 0]
    one.venue = int(np.argmax(votes)) if levers.learns_venue[a, 0] and votes.sum() else one.usual_venue


def _voice(one: "Programme") -> float:
    """Weight of young people's wishes around the design table."""
    return designing.voice(one.power_in_practice(), one.knowledge, one.model.scenario.listening)


def _wanted_here(one: "Programme") -> dict[str, float]:
    """How strongly each activity is wanted for what is offered here, by those around the design table."""
    voice = _voice(one)
    return {
        activity: designing.menu_score(learned, one.expectation[activity], voice)
        for activity, learned in learned_shares(one).items()
    }


def _make_plans(one: "Programme", wanted: dict[str, float]) -> None:
    """A plan for each of those listed: what they named most often, filled up with what people here want."""
    c, size, voice = one.model.town.columns, one.model.scenario.programme.menu_size, _voice(one)
    for position in range(c.named.shape[2]):
        named = dict(zip(wanted, c.named[:, one.area, position, 0].tolist(), strict=True))
        score = {i: designing.own_plan_score(named[i], wanted[i], voice) for i in wanted}
        ranked = sorted(wanted, key=lambda i: (-score[i], i))
        c.plan[:, one.area, position, 0] = [i in ranked[:size] for i in wanted]


def _filled(one: "Programme", given: list[float], score: dict[str, float]) -> dict[str, float]:
    menu = dict(zip(score, given, strict=True))
    free = sorted((i for i in menu if not menu[i]), key=lambda i: (-score[i], i))
    fixed = int(one.model.town.levers.fixed_slots[one.area, 0])
    for activity in free[: one.model.scenario.programme.menu_size - fixed]:
        menu[activity] = 1.0
    return menu


class OneRound:
    """What the next round of a programme would take."""

    def __init__(self, programme: "Programme"):
        scenario, levers, a = programme.model.scenario, programme.model.town.levers, programme.area
        p, shape = scenario.designing, scenario.programme
        equal_start = scenario.settings.comparison == "equal_start"
        first, keeps = programme.round == 0, programme.keeps_learning
        starts_with = programme.first_knowledge
        self.effort = 1.0 if first or not (keeps or not programme.learns) else p.refresh
        self.knowledge = programme.knowledge if keeps else starts_with
        learned = programme.learned_share if programme.designs_menu else 0.0
        self.meetings = designing.full_meetings_needed(learned, self.effort, p)
        weeks = levers.longest_setup if equal_start else levers.setup_weeks[a, 0].item()
        known = 0.0 if equal_start else self.knowledge
        given_effort = 1.0 if first else p.refresh
        effort = learned * self.effort + (1.0 - learned) * given_effort
        shortest = designing.shortest_setup_weeks(weeks, effort, known, p)
        self.setup_weeks = max(int(np.ceil(shortest - 1e-9)), shape.contacts_each, 1)
        present = 1.0 if p.meetings_are_full else min(programme.mean_commitment(), 1.0)
        quality = partnering.meeting_quality(present, self.knowledge, p)
        meetings = int(np.ceil(self.meetings / max(quality, 0.05) - 1e-9))
        likely = max(self.setup_weeks, 2 * meetings)
        self.weeks = likely + shape.recruitment_waves + shape.course_weeks
        self.weeks_to_course = likely + shape.recruitment_waves
        size = len(programme.partners)
        links = int(programme.model.town.world.partners.links[a])
        linking = likely * designing.linking_hours(links, learned, self.effort, p)
        charged = scenario.purse.charge_inkind
        in_meetings = size * p.meeting_hours * self.meetings
        self._design = charged * designing.hours_saved(in_meetings + linking, self.knowledge, p)
        self._contacts = shape.contacted * shape.contacts_each * shape.contact_hours
        given = levers.given_menu[:, a, 0].tolist()
        self._bespoke = programme.learned_share if programme.learns else programme.bespoke_share_of(given)
        if programme.learns and not programme.designs_menu:
            self._bespoke = programme.bespoke_share  # the menu is known
        self._individual = programme.is_individual
        self._mentoring = charged * shape.mentor_hours
        self._scenario, self._peers = scenario, programme.peer_delivery

    def cost(self, places: int) -> float:
        """Hours of the whole round, if every learned activity turned out to be a new one."""
        shape, p = self._scenario.programme, self._scenario.designing
        hours = float(delivery_hours(places, self._bespoke, self._individual, shape.hours_per_place, p))
        session = sharing.hours_with_peers(hours, self._peers, self._scenario.sharing) + places * self._mentoring
        return self._contacts + self._design + shape.course_weeks * session
