"""How a programme prepares a round: it is planned, young people are visited, partners meet, a menu is chosen."""

from typing import Any, NamedTuple

import numpy as np

from modsim.compiling.acts import act, verb
from modsim.rules import designing, inclining, partnering, sharing
from modsim.simulation.acts.looking import (
    ENOUGH,
    bespoke_share,
    designs_menu,
    effective_commitment,
    experience,
    is_open,
    is_tied,
    lead_kind,
    luck,
    luck_of_person,
    mean_commitment,
    mean_trust_in,
    occasion,
    power_in_practice,
    trust_in,
)
from modsim.simulation.acts.purse import budget, can_pay, first_knowledge, give, in_purse, lead_works, pay, pledged
from modsim.simulation.acts.services import lose_knowledge, lose_rapport
from modsim.simulation.state import CONTACTS, GONE, IDLE, LINKS, MEETINGS, NOT_ASKED, SETUP
from modsim.world.draws import draw

_FAILING, _CONTACT, _MEETING = draw("delivery fails"), draw("contact"), draw("meeting")
WISH, WISH_HONEST = draw("wish"), draw("wish: honest")


class Plan(NamedTuple):
    """What the next round of a programme would take."""

    effort: Any  # of its design, against a first one
    knowledge: Any  # of the process, 0-1
    meetings: Any  # full ones
    setup_weeks: Any
    weeks: Any  # of the whole round, as is likely
    weeks_to_course: Any
    hours_before: Any  # the course: of contacts and of the design
    bespoke: Any  # share of the menu, if every learned activity turned out to be a new one


@act
def plan_of_round(town, area, lane):
    """What the next round would take: weeks, meetings and hours."""
    scene, place, lever, one = town.scene[0], town.areas[area], town.levers[area, lane], town.programmes[area, lane]
    p, programme = town.p[lane].designing, town.p[lane].programme
    first, designs = one.rounds == 0, designs_menu(town, area, lane)
    carried_on = lever.keeps_learning or not lever.learns  # what was found out is not found out again
    effort = 1.0 if first or not carried_on else p.refresh
    designed = lever.learned_share if designs else 0.0
    knowledge = one.knowledge if lever.keeps_learning else first_knowledge(town, area, lane)
    meetings = designing.full_meetings_needed(designed, effort, p)
    given = 1.0 if first else p.refresh  # what is not designed is only put up again
    usual = scene.longest_setup if scene.equal_start else lever.setup_weeks
    known = 0.0 if scene.equal_start else knowledge
    shortest = designing.shortest_setup_weeks(usual, designed * effort + (1.0 - designed) * given, known, p)
    # the small number keeps 8.000000001 weeks from becoming 9; at most one contact a week with each, and all made
    setup_weeks = int(max(np.ceil(shortest - 1e-9), max(programme.contacts_each, 1)))
    present = 1.0 if p.meetings_are_full else min(mean_commitment(town, area, lane), 1.0)
    quality = partnering.meeting_quality(present, knowledge, p)
    fortnights = int(np.ceil(meetings / max(quality, 0.05) - 1e-9))  # one a fortnight, as good as expected
    likely = max(setup_weeks, 2 * fortnights)
    to_course = likely + programme.recruitment_waves
    linking = likely * designing.linking_hours(place.links, designed, effort, p)
    in_meetings = place.table * p.meeting_hours * meetings
    design_hours = town.p[lane].purse.charge_inkind * designing.hours_saved(in_meetings + linking, knowledge, p)
    contact_hours = programme.contacted * programme.contacts_each * programme.contact_hours
    bespoke = lever.learned_share
    if not lever.learns:
        bespoke = _bespoke_share_given(town, area, lane)
    elif not designs:
        bespoke = bespoke_share(town, area, lane, -1)
    return Plan(
        effort, knowledge, meetings, setup_weeks, to_course + programme.course_weeks, to_course,
        contact_hours + design_hours, bespoke,
    )  # fmt: skip


@act
def _bespoke_share_given(town, area, lane):
    """Share of the given menu that is not the original site's."""
    new = offered = 0.0
    for activity in range(town.given_menu.shape[2]):
        new += town.bespoke[activity] * town.given_menu[area, lane, activity]
        offered += town.given_menu[area, lane, activity]
    return new / max(offered, 1.0)


@act
def session_hours(town, area, lane, places, bespoke):
    """Staff hours of one week of a course with so many places, mentors not counted."""
    lever, p, each = town.levers[area, lane], town.p[lane].designing, town.p[lane].programme.hours_per_place
    if lever.individual:
        hours = designing.hours_of_own_plans(places, each, p)
    else:
        hours = designing.delivery_hours(places, bespoke, each, p)
    return sharing.hours_with_peers(hours, lever.peer_delivery, town.p[lane].sharing)


@act
def cost_of_round(town, area, lane, plan, places):
    """Hours of a whole round with so many places."""
    programme = town.p[lane].programme
    mentoring = town.p[lane].purse.charge_inkind * programme.mentor_hours
    each = session_hours(town, area, lane, places, plan.bespoke) + places * mentoring
    return plan.hours_before + programme.course_weeks * each


@act
def _weeks_left(town, lane):
    """Weeks in which a round must end: before the horizon, and before a cut that services know of."""
    scene, p = town.scene[0], town.p[lane].purse
    end = scene.weeks
    if p.cliff_is_known and p.cliff_week > scene.week:
        end = min(p.cliff_week, scene.weeks)
    return end - scene.week


@act
def _places_in_sight(town, area, lane, plan, weeks_left):
    """Places of a round whose whole cost is in sight; the last before the end may have fewer; 0 if there is none."""
    one, lever = town.programmes[area, lane], town.levers[area, lane]
    to_come = (budget(town, lane) + pledged(town, area, lane)) * (plan.weeks - 1)
    in_sight = one.purse + to_come + ENOUGH
    if cost_of_round(town, area, lane, plan, lever.places) <= in_sight:
        return lever.places
    if plan.weeks == weeks_left:
        for fewer in range(lever.places - 1, lever.minimum_places - 1, -1):
            if cost_of_round(town, area, lane, plan, fewer) <= in_sight:
                return fewer
    return 0


@act
def week_of_course(town, area, lane):
    """Where all arms hold their courses on the same dates: the week in which that of the next round begins."""
    programme, one = town.p[lane].programme, town.programmes[area, lane]
    first = np.ceil(town.scene[0].longest_setup) + programme.recruitment_waves
    return one.opens + first + one.rounds * (first + programme.course_weeks)


@act
def plan_round(town, area, lane):
    """Start a round where it fits before the horizon and its cost is covered; whether it does. The list comes next."""
    scene, lever, one = town.scene[0], town.levers[area, lane], town.programmes[area, lane]
    programme = town.p[lane].programme
    idle = lever.runs and one.stage == IDLE and one.rounds < programme.rounds
    if not idle or not is_open(town, area, lane):
        return False
    plan, weeks_left = plan_of_round(town, area, lane), _weeks_left(town, lane)
    if plan.weeks > weeks_left:
        return False
    places = lever.places
    if scene.equal_activity:
        if scene.week + plan.weeks_to_course < week_of_course(town, area, lane):
            return False
    else:
        places = _places_in_sight(town, area, lane, plan, weeks_left)
    if places <= 0:
        return False
    _begin_round(town, area, lane, plan, places)
    return True


@act
def _begin_round(town, area, lane, plan, places):
    """The round is under way; who leads it is chosen."""
    one, p = town.programmes[area, lane], town.p[lane]
    one.stage, one.stage_week, one.meetings_held, one.sessions_held = SETUP, 0, 0.0, 0
    one.course_weeks = p.programme.course_weeks
    one.knowledge, one.places, one.setup_weeks, one.effort = plan.knowledge, places, plan.setup_weeks, plan.effort
    one.meetings_needed = plan.meetings
    one.round_hours = cost_of_round(town, area, lane, plan, places)
    one.round_ends = town.scene[0].week + plan.weeks
    fails = luck(town, _FAILING, area, one.rounds, 0, 0) < p.effect.failing_share
    one.quality = inclining.delivery_quality(fails, p.effect)
    lead = chosen_lead(town, area, lane)
    if lead != one.lead:
        one.lead = lead
        if one.rounds:  # with who led it goes a part of what was known
            lose_knowledge(town, area, lane)
        lose_rapport(town, area, lane)
    if not town.levers[area, lane].keeps_learning:
        for activity in range(town.choices.shape[2]):
            town.choices[area, lane, activity].signals = 0
        for venue in range(town.votes.shape[2]):
            town.votes[area, lane, venue] = 0


@act
def chosen_lead(town, area, lane):
    """Position of the partner who leads the next round: the most committed and trusted of those who may."""
    best, highest = 0, -1.0
    for seat in range(town.seats.shape[1]):
        place = town.seats[area, seat]
        if place.may_lead:
            trust = mean_trust_in(town, place.kind, area, lane)
            score = partnering.lead_score(effective_commitment(town, area, lane, seat), trust)
            if score > highest:
                best, highest = seat, score
    return best


@act
def put_on_list(town, area, lane, n, row):
    """Somebody's place on the referral list of a new round (row -1 where the list ends); all is before them."""
    entry = town.listing[area, lane, n]
    entry.listed, entry.standing, entry.attended, entry.serving, entry.mentor = row, NOT_ASKED, 0, 0.0, -1
    for activity in range(town.choices.shape[2]):
        town.wishes[area, lane, n, activity].named = 0
    if row >= 0:
        town.people[row, lane].ever_listed = True


@act
def _contact_due(town, area, lane, n):
    """Which contact with somebody on the list falls into this week of set-up, -1 for none.

    Contacts are spread evenly; at most one a week, the earliest that is due.
    """
    one, programme, entry = town.programmes[area, lane], town.p[lane].programme, town.listing[area, lane, n]
    if entry.listed >= 0 and entry.standing != GONE:
        all_contacts = programme.contacted * programme.contacts_each
        for ordinal in range(programme.contacts_each):
            if (n + programme.contacted * ordinal) * one.setup_weeks // all_contacts == one.stage_week:
                return ordinal
    return -1


@act
def visit_young_people(town, area, lane, do):
    """A week of set-up: visits to people on the list, wishes and venues written down; all paid, or it waits."""
    one, p = town.programmes[area, lane], town.p[lane]
    one.moves_on = False
    if one.stage != SETUP:
        return
    most = min(p.programme.contacted, town.listing.shape[2])
    visits = 0
    for n in range(most):
        visits += _contact_due(town, area, lane, n) >= 0
    hours = visits * p.programme.contact_hours
    if not can_pay(town, area, lane, hours):
        one.waited += 1
        return
    pay(town, area, lane, CONTACTS, hours)
    lead_works(town, area, lane, hours)
    one.moves_on = True
    if visits == 0:
        return
    kind = lead_kind(town, area, lane)
    bonus, power = town.trust_bonus[kind, area, lane], power_in_practice(town, area, lane)
    chance = do.chance_contact_is_good(bonus, power, p.designing.time_given, p.trust)
    for n in range(most):
        ordinal = _contact_due(town, area, lane, n)
        if ordinal >= 0:
            do.be_visited(town, area, lane, n, ordinal, kind, chance, do)


@verb
def be_visited(town, area, lane, n, ordinal, kind, chance, do):
    """Somebody on the list is visited: it goes well or not, and what they say they want may be written down."""
    entry, when = town.listing[area, lane, n], occasion(town.programmes[area, lane].rounds, ordinal)
    row = entry.listed
    good = luck_of_person(town, _CONTACT, area, when, row) < chance
    experience(town, kind, row, lane, 1 if good else 0, 0 if good else 1)
    town.now[area, lane].good_contacts += 1 if good else 0
    if _is_written_down(town, area, lane, n + town.p[lane].programme.contacted * ordinal):
        honest = is_honest(town, area, lane, n, when, kind, WISH_HONEST, do)
        wish = wish_spoken(town, area, lane, n, when, honest, WISH)
        town.choices[area, lane, wish].signals += 1
        town.wishes[area, lane, n, wish].named += 1
        town.votes[area, lane, entry.territory if honest else town.areas[area].usual_venue] += 1
    town.people[row, lane].contact_weeks += 1


@act
def _is_written_down(town, area, lane, number):
    """Whether a contact is one of those whose wish is written down: these are spread evenly over all contacts."""
    programme = town.p[lane].programme
    contacts = max(programme.contacted * programme.contacts_each, 1)
    of_all = min(town.levers[area, lane].signals, contacts)
    return (number + 1) * of_all // contacts > number * of_all // contacts


@act
def is_honest(town, area, lane, n, when, kind, what, do):
    """Whether somebody on the list says what they want, rather than what they think is expected."""
    p, row = town.p[lane], town.listing[area, lane, n].listed
    earlier = p.designing.time_given * town.people[row, lane].contact_weeks
    chance = do.chance_signal_is_honest(trust_in(town, kind, row, area, lane), earlier, p.listening)
    return luck_of_person(town, what, area, when, row) < chance


@act
def wish_spoken(town, area, lane, n, when, honest, what):
    """The activity that somebody on the list says they want."""
    u = luck_of_person(town, what, area, when, town.listing[area, lane, n].listed)
    last, reached = town.choices.shape[2] - 1, 0.0
    for activity in range(last):
        reached += town.wishes[area, lane, n, activity].share if honest else town.prior[lane, activity]
        if u < reached:
            return activity
    return last


@act
def meet(town, area, lane, do):
    """Where a menu is designed, links are kept warm and partners meet each fortnight, as far as they come."""
    one, p, place = town.programmes[area, lane], town.p[lane].designing, town.areas[area]
    if one.stage != SETUP or one.meetings_held + ENOUGH >= one.meetings_needed:
        return
    each, there = designing.hours_saved(p.meeting_hours, one.knowledge, p), 0
    for seat in range(town.seats.shape[1]):
        comes = town.seats[area, seat].present and do.turns_up(town, area, lane, seat, each)
        town.partners_now[area, lane, seat].comes = comes
        there += comes
    share = there / place.table
    linking = designing.linking_hours(place.links, town.levers[area, lane].learned_share, one.effort, p)
    linking = designing.hours_saved(linking, one.knowledge, p)
    meets = one.stage_week % 2 == 1
    meeting = there * each if meets else 0.0
    if not can_pay(town, area, lane, in_purse(town, lane, linking + meeting)):
        one.waited += meets
        return
    give(town, area, lane, LINKS, linking)
    give(town, area, lane, MEETINGS, meeting)
    for seat in range(town.seats.shape[1]):
        if town.seats[area, seat].present:
            partner = town.partners[area, lane, seat]
            own = linking / place.table
            if meets and town.partners_now[area, lane, seat].comes:
                own += each
            partner.worked += own
            partner.free_hours = max(partner.free_hours - own, 0.0)
    if meets:
        one.meetings_held += partnering.meeting_quality(share, one.knowledge, p)
        _partners_get_to_know(town, area, lane)


@verb
def turns_up(town, area, lane, seat, need):
    """Whether a partner would come to this week's meeting, which takes so many hours; they may be pooled."""
    one, place, p = town.programmes[area, lane], town.seats[area, seat], town.p[lane].designing
    if p.meetings_are_full:
        return True
    if p.hours_are_pooled:
        free = 0.0
        for other in range(town.seats.shape[1]):
            free += town.partners[area, lane, other].free_hours
        free_share = min(free / max(need * town.areas[area].table, ENOUGH), 1.0)
    else:
        free_share = min(town.partners[area, lane, seat].free_hours / max(need, ENOUGH), 1.0)
    chance = partnering.chance_of_turning_up(effective_commitment(town, area, lane, seat), free_share)
    return luck(town, _MEETING, area, occasion(one.rounds, one.stage_week), place.number, 0) < chance


@act
def _partners_get_to_know(town, area, lane):
    """Trust between every two partners after a meeting."""
    now, anchor = town.partners_now[area, lane], town.areas[area].anchor
    hub_there = anchor >= 0 and now[anchor].comes
    for k in range(town.pairs.shape[1]):
        pair, tied = town.pairs[area, k], is_tied(town, area, lane, k)
        both = now[pair.one].comes and now[pair.other].comes
        brought = hub_there and not pair.with_anchor
        before, p = town.pair_trust[area, lane, k], town.p[lane].commitment
        town.pair_trust[area, lane, k] = partnering.trust_between_after(before, both, brought, p)
        town.programmes[area, lane].ties_made += is_tied(town, area, lane, k) and not tied


@act
def learned_share(town, area, lane, activity):
    """How much services believe young people want an activity after hearing them."""
    heard = 0
    for other in range(town.choices.shape[2]):
        heard += town.choices[area, lane, other].signals
    signals, p = town.choices[area, lane, activity].signals, town.p[lane].listening
    return designing.learned_share(signals, heard, town.prior[lane, activity], p)


@act
def most_wanted(town, area, lane):
    """The activity that services believe young people want most."""
    best, highest = 0, -1.0
    for activity in range(town.choices.shape[2]):
        share = learned_share(town, area, lane, activity)
        if share > highest:
            best, highest = activity, share
    return best


@act
def choose_menu(town, area, lane):
    """Settle the menu and the venue after a set-up: given, as in the first round, or completed by what was learned."""
    one, lever, p = town.programmes[area, lane], town.levers[area, lane], town.p[lane]
    designs = designs_menu(town, area, lane)
    slots = p.programme.menu_size - lever.fixed_slots
    if not lever.learns:
        _fill(town, area, lane, 0)
    elif designs:
        for activity in range(town.choices.shape[2]):
            town.choices[area, lane, activity].score = town.prior[lane, activity]
        _fill(town, area, lane, slots)
        for activity in range(town.choices.shape[2]):
            choice = town.choices[area, lane, activity]
            choice.menu = choice.designed  # as services alone would have it
        voice = designing.voice(power_in_practice(town, area, lane), one.knowledge, p.listening)
        for activity in range(town.choices.shape[2]):
            learned = learned_share(town, area, lane, activity)
            town.choices[area, lane, activity].score = designing.menu_score(learned, town.prior[lane, activity], voice)
        if lever.individual:
            for n in range(town.listing.shape[2]):
                _make_plan(town, area, lane, n, voice)
        _fill(town, area, lane, slots)
        if not lever.individual:
            one.designs += 1
            one.slots_chosen += slots
            for activity in range(town.choices.shape[2]):
                choice = town.choices[area, lane, activity]
                one.slots_wished += choice.designed > choice.menu
        if lever.keeps_learning:
            one.knowledge = partnering.knowledge_after_practice(one.knowledge, p.designing)
    for activity in range(town.choices.shape[2]):
        town.choices[area, lane, activity].menu = town.choices[area, lane, activity].designed
    one.venue = _chosen_venue(town, area, lane)


@act
def _fill(town, area, lane, slots):
    """Design the given part of a menu, filled up with so many activities of the highest score."""
    for activity in range(town.choices.shape[2]):
        town.choices[area, lane, activity].designed = town.given_menu[area, lane, activity]
    for _ in range(slots):
        best, highest = -1, -2.0
        for activity in range(town.choices.shape[2]):
            choice = town.choices[area, lane, activity]
            if choice.designed == 0.0 and choice.score > highest:
                best, highest = activity, choice.score
        if best >= 0:
            town.choices[area, lane, best].designed = 1.0


@act
def _make_plan(town, area, lane, n, voice):
    """Somebody's own plan: what they named most often, filled up with what people here want."""
    for activity in range(town.choices.shape[2]):
        town.wishes[area, lane, n, activity].plan = False
    for _ in range(town.p[lane].programme.menu_size):
        best, highest = -1, -2.0
        for activity in range(town.choices.shape[2]):
            wish = town.wishes[area, lane, n, activity]
            score = designing.own_plan_score(wish.named, town.choices[area, lane, activity].score, voice)
            if not wish.plan and score > highest:
                best, highest = activity, score
        if best >= 0:
            town.wishes[area, lane, n, best].plan = True


@act
def _chosen_venue(town, area, lane):
    """The territory in which the sessions are held: the usual one, or the one young people named most."""
    best, most = town.areas[area].usual_venue, 0
    if town.levers[area, lane].learns_venue:
        for venue in range(town.votes.shape[2]):
            if town.votes[area, lane, venue] > most:
                best, most = venue, town.votes[area, lane, venue]
    return best
