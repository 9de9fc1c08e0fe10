"""How a programme prepares a round: young people are visited, partners meet, a menu is chosen."""

from modsim.compiling.acts import act, verb
from modsim.rules import designing, partnering
from modsim.simulation.acts.looking import (
    ENOUGH,
    change_trust_between,
    designs_menu,
    effective_commitment,
    experience,
    lead_kind,
    luck,
    luck_of_person,
    occasion,
    power_in_practice,
    trust_in,
)
from modsim.simulation.acts.purse import can_pay, give, in_purse, lead_works, pay
from modsim.simulation.state import CONTACTS, GONE, LINKS, MEETINGS, SETUP
from modsim.world.draws import draw

_CONTACT, _MEETING = draw("contact"), draw("meeting")
_WISH, _WISH_HONEST = draw("wish"), draw("wish: honest")


@act
def _contact_due(town, area, lane, n):
    """Which contact with somebody on the list falls into this week of set-up, -1 for none.

    Contacts are spread evenly; at most one a week, the earliest that is due.
    """
    one, entry, each = town.programmes[area, lane], town.listing[area, lane, n], town.levers[area, lane].contacts
    contacted = town.p[lane].programme.contacted
    if entry.listed >= 0 and entry.standing != GONE:
        all_contacts = contacted * each
        for ordinal in range(each):
            if (n + contacted * ordinal) * one.setup_weeks // all_contacts == one.stage_week:
                return ordinal
    return -1


@verb
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
        honest = is_honest(town, area, lane, n, when, kind, _WISH_HONEST, do)
        wish = wish_spoken(town, area, lane, n, when, honest, _WISH)
        town.choices[area, lane, wish].signals += 1
        town.wishes[area, lane, n, wish].named += 1
        town.wishes[area, lane, n, wish].meant += honest
        town.votes[area, lane, entry.territory if honest else town.areas[area].usual_venue] += 1
    town.people[row, lane].contact_weeks += 1


@act
def _is_written_down(town, area, lane, number):
    """Whether a contact is one of those whose wish is written down: these are spread evenly over all contacts."""
    contacts = max(town.p[lane].programme.contacted * town.levers[area, lane].contacts, 1)
    of_all = min(town.levers[area, lane].signals, contacts)
    return (number + 1) * of_all // contacts > number * of_all // contacts


@act
def is_honest(town, area, lane, n, when, kind, what, do):
    """Whether somebody on the list says what they want, rather than what they think is expected."""
    p, row = town.p[lane], town.listing[area, lane, n].listed
    earlier = p.designing.time_given * town.people[row, lane].contact_weeks
    one = town.programmes[area, lane]
    chance = do.chance_signal_is_honest(
        trust_in(town, kind, row, area, lane), earlier, town.seats[area, one.lead].statutory, one.knowledge, p.listening
    )
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


@verb
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
        pair = town.pairs[area, k]
        both = now[pair.one].comes and now[pair.other].comes
        brought = hub_there and not pair.with_anchor
        before, p = town.pair_trust[area, lane, k], town.p[lane].commitment
        trust = partnering.trust_between_after(before, both, brought, p)
        change_trust_between(town, area, lane, k, trust)


@act
def expected_share(town, area, lane, activity):
    """What professionals here expect of an activity, before they hear anybody."""
    failed = town.choices[area, lane, activity].failed
    return designing.prior_after_failure(town.prior[lane, activity], failed, town.p[lane].learning)


@act
def learned_share(town, area, lane, activity):
    """How much services believe young people want an activity after hearing them."""
    heard = 0
    for other in range(town.choices.shape[2]):
        heard += town.choices[area, lane, other].signals
    signals, p = town.choices[area, lane, activity].signals, town.p[lane].listening
    return designing.learned_share(signals, heard, expected_share(town, area, lane, activity), p)


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
            town.choices[area, lane, activity].score = expected_share(town, area, lane, activity)
        _fill(town, area, lane, slots)
        for activity in range(town.choices.shape[2]):
            choice = town.choices[area, lane, activity]
            choice.menu = choice.designed  # as services alone would have it
        voice = designing.voice(power_in_practice(town, area, lane), one.knowledge, p.listening)
        for activity in range(town.choices.shape[2]):
            learned, expected = learned_share(town, area, lane, activity), expected_share(town, area, lane, activity)
            town.choices[area, lane, activity].score = designing.menu_score(learned, expected, voice)
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
