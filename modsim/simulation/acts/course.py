"""How a programme holds a course: participants come, are heard on the way, and complete it."""

from modsim.compiling.acts import act, verb
from modsim.rules import attending, designing, inclining, partnering, sharing
from modsim.simulation.acts.looking import (
    ENOUGH,
    bespoke_share,
    change_trust_between,
    experience,
    lead_kind,
    luck,
    luck_of_person,
    match,
    number_on_list,
    occasion,
    on_offer,
    power_in_practice,
    trust_in,
)
from modsim.simulation.acts.planning import session_hours
from modsim.simulation.acts.preparing import choose_menu, is_honest, wish_spoken
from modsim.simulation.acts.purse import budget, can_pay, give, in_purse, lead_works, pay, pledged, spare_hours
from modsim.simulation.state import (
    COMPLETED,
    COURSE,
    DELIVERY,
    DROPPED,
    IDLE,
    IN,
    MENTORING,
    NEGOTIATION,
    NEVER,
    RECRUITING,
    SETUP,
)
from modsim.world.draws import draw
from modsim.world.young_people import FIXED_POINT

_WISH = draw("wish in the course")
_WISH_HONEST = draw("wish in the course: honest")
_NEGOTIATION, _REFUSED = draw("negotiation"), draw("refused")
_CANCELLED = draw("cancelled session")
_A_CANCELLED_WEEK = 1_000_000  # its occasion, beside those of sessions that are held
_GOAL = draw("own goal reached")
_ATTENDING = draw("attending")
_SESSION = draw("session")
_DROPPING_OUT = draw("dropping out")
_DESTINATION = draw("destination")


@verb
def hear_participants(town, area, lane, do):
    """After a third and two thirds of a course, where power over it is shared: something else, or more of the same?"""
    one, lever, p = town.programmes[area, lane], town.levers[area, lane], town.p[lane]
    one.negotiates = False
    weeks = p.programme.course_weeks
    due = one.stage == COURSE and (one.stage_week == -(-weeks // 3) or one.stage_week == -(-2 * weeks // 3))
    if not due or lever.power_deliver <= 0.0 or lever.individual or one.heard_in_week == one.stage_week:
        return  # with plans of their own there is no group that could ask; a course that waits is not asked twice
    one.heard_in_week = one.stage_week
    when, kind = occasion(one.rounds, one.stage_week), lead_kind(town, area, lane)
    for activity in range(town.choices.shape[2]):
        town.choices[area, lane, activity].votes = 0
    for n in range(town.listing.shape[2]):
        if town.listing[area, lane, n].standing == IN:
            honest = is_honest(town, area, lane, n, when, kind, _WISH_HONEST, do)
            named = wish_spoken(town, area, lane, n, when, honest, _WISH)
            if one.course_weeks == weeks:  # once it is granted, it is settled who asked for it
                town.listing[area, lane, n].wants_more = honest and town.choices[area, lane, named].menu > 0.0
            town.choices[area, lane, named].votes += 1  # nobody knows who only says what they think is expected
    learn_what_failed(town, area, lane)
    wanted, unwanted = wish_to_swap(town, area, lane)
    if wanted >= 0:
        _ask_for_another(town, area, lane, wanted, unwanted, do)
    elif _wish_to_stay(town, area, lane):
        _ask_for_more(town, area, lane, do)


@act
def learn_what_failed(town, area, lane):
    """What participants ask for tells how far each activity on the menu failed; what they say counts as wishes do."""
    heard = 0
    for activity in range(town.choices.shape[2]):
        heard += town.choices[area, lane, activity].votes
    for activity in range(town.choices.shape[2]):
        choice = town.choices[area, lane, activity]
        if choice.menu > 0.0:
            expected = town.prior[lane, activity]
            wanted = designing.learned_share(choice.votes, heard, expected, town.p[lane].listening)
            choice.failed, choice.tried = designing.failure(wanted, expected), True


@act
def wish_to_swap(town, area, lane):
    """The activity participants want on the menu and the one they want off it; -1 for none.

    What is fixed on the menu cannot be swapped; the first must be named more often by a margin.
    """
    wanted, unwanted, most, least = -1, -1, -1, 0
    learns = town.levers[area, lane].learns
    for activity in range(town.choices.shape[2]):
        choice = town.choices[area, lane, activity]
        if choice.menu == 0.0:
            if choice.votes > most:
                wanted, most = activity, choice.votes
        elif not (learns and town.given_menu[area, lane, activity]) and (unwanted < 0 or choice.votes < least):
            unwanted, least = activity, choice.votes
    if wanted >= 0 and unwanted >= 0 and most >= least + town.p[lane].sharing.negotiation_margin:
        return wanted, unwanted
    return -1, -1


@act
def _wish_to_stay(town, area, lane):
    """Whether participants want to go on with the same, and can: once, and not beyond the horizon."""
    one, p, scene = town.programmes[area, lane], town.p[lane], town.scene[0]
    longer = one.course_weeks - one.stage_week + p.sharing.further_weeks
    named = on_menu = 0
    for activity in range(town.choices.shape[2]):
        choice = town.choices[area, lane, activity]
        named += choice.votes
        on_menu += choice.votes if choice.menu else 0
    may_stay = one.course_weeks == p.programme.course_weeks and longer <= scene.weeks - scene.week
    return may_stay and named > 0 and 2 * on_menu >= named


@act
def _ask_for_another(town, area, lane, wanted, unwanted, do):
    """Participants ask for one activity in place of another; if it is granted, this week's session goes into it."""
    one, need = town.programmes[area, lane], town.p[lane].sharing.negotiation_hours
    at_hand = need if town.scene[0].equal_activity else spare_hours(town, area, lane)
    if not is_granted(town, area, lane, at_hand, need, do):
        return
    hours = min(need, at_hand)
    pay(town, area, lane, NEGOTIATION, hours)
    lead_works(town, area, lane, hours)
    town.choices[area, lane, wanted].menu, town.choices[area, lane, unwanted].menu = 1.0, 0.0
    one.negotiates = True


@act
def _ask_for_more(town, area, lane, do):
    """Participants ask for further weeks of the same."""
    one, p, participants = town.programmes[area, lane], town.p[lane], number_on_list(town, area, lane, IN)
    further = p.sharing.further_weeks
    hours = session_hours(town, area, lane, one.places, bespoke_share(town, area, lane, -1))
    need = further * (hours + in_purse(town, lane, p.programme.mentor_hours * participants))
    at_hand = need
    if not town.scene[0].equal_activity:
        at_hand = spare_hours(town, area, lane) + budget(town, lane) * further
    if is_granted(town, area, lane, at_hand, need, do):
        one.course_weeks += further
        one.round_ends += further
        one.round_hours += need


@act
def is_granted(town, area, lane, at_hand, need, do):
    """Whether services grant what participants ask for; if not, some take it ill."""
    one = town.programmes[area, lane]
    when = occasion(one.rounds, one.stage_week)
    chance = sharing.chance_wish_is_granted(town.levers[area, lane].power_deliver, at_hand, need)
    if luck(town, _NEGOTIATION, area, when, 0, 0) < chance:
        one.granted += 1
        return True
    one.refused += 1
    for n in range(town.listing.shape[2]):
        if town.listing[area, lane, n].standing == IN:
            one.tokenism += do.may_take_ill(town, area, lane, n, _REFUSED, when, town.p[lane].sharing.tokenism_chance)
    return False


@verb
def hold_session(town, area, lane, do):
    """One week of a course: paid, or it waits. Participants come or not, enjoy it or not, and some leave."""
    one, now, p = town.programmes[area, lane], town.now[area, lane], town.p[lane]
    now.session_held = False
    if one.stage != COURSE:
        return
    if one.negotiates:  # what is argued about takes the place of a session
        one.moves_on = True
        return
    hours = session_hours(town, area, lane, one.places, bespoke_share(town, area, lane, -1))
    mentoring = _mentors_at_work(town, area, lane) * p.programme.mentor_hours
    needed = hours + in_purse(town, lane, mentoring)
    if not can_pay(town, area, lane, needed):
        do.may_bridge(town, area, lane, town.areas[area].anchor)
    if not can_pay(town, area, lane, needed):
        ends = town.scene[0].week >= p.purse.cliff_week and budget(town, lane) + pledged(town, area, lane) <= 0.0
        one.idle_weeks += 1
        if ends or one.idle_weeks >= p.sharing.breaks_after_weeks:
            break_off(town, area, lane)
        else:
            one.waited += 1
            when = occasion(one.rounds, one.stage_week) + one.idle_weeks * _A_CANCELLED_WEEK
            for n in range(town.listing.shape[2]):
                if p.sharing.cancelled_chance > 0.0 and town.listing[area, lane, n].standing == IN:
                    do.may_take_ill(town, area, lane, n, _CANCELLED, when, p.sharing.cancelled_chance)
        return
    one.idle_weeks = 0
    pay(town, area, lane, DELIVERY, hours)
    lead_works(town, area, lane, hours)
    give(town, area, lane, MENTORING, mentoring)
    one.moves_on = now.session_held = True
    one.sessions_held += 1
    one.sessions_in_all += 1
    one.sessions_by_peers += town.levers[area, lane].peer_delivery
    if p.commitment.shared_clients_gain > 0.0:
        _partners_share_clients(town, area, lane)
    excess, power = _who_comes(town, area, lane, do), power_in_practice(town, area, lane)
    for n in range(town.listing.shape[2]):
        if town.listing[area, lane, n].standing == IN:
            do.take_part(town, area, lane, n, excess, power, do)


@act
def _partners_share_clients(town, area, lane):
    """Trust between every two partners after a week in which both served participants, or shared premises."""
    shared = town.p[lane].commitment.shared_premises
    for k in range(town.pairs.shape[1]):
        pair = town.pairs[area, k]
        both = _serves(town, area, lane, pair.one) and _serves(town, area, lane, pair.other)
        if pair.present and (shared or both):
            trust = partnering.trust_between_shared(town.pair_trust[area, lane, k], town.p[lane].commitment)
            change_trust_between(town, area, lane, k, trust)


@act
def _serves(town, area, lane, seat):
    """Whether a partner's staff see participants this week: it leads, or mentors somebody."""
    return town.programmes[area, lane].lead == seat or town.partners_now[area, lane, seat].mentees > 0


@act
def _mentors_at_work(town, area, lane):
    """Whose mentor has the time this week; returns how many have."""
    hours, partners = town.p[lane].programme.mentor_hours, town.partners_now[area, lane]
    for seat in range(town.seats.shape[1]):
        partners[seat].mentees = 0
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        if entry.standing == IN and entry.mentor >= 0:
            partners[entry.mentor].mentees += 1
    number = 0
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        entry.mentored = False
        if entry.standing == IN and entry.mentor >= 0:
            free = town.partners[area, lane, entry.mentor].free_hours
            entry.mentored = free + ENOUGH >= partners[entry.mentor].mentees * hours
            number += entry.mentored
    return number


@verb
def may_bridge(town, area, lane, anchor):
    """After a cut an anchor organisation makes up for a shortage, once; `anchor` is its position, -1 without one."""
    one, p = town.programmes[area, lane], town.p[lane].purse
    if anchor >= 0 and not one.bridged and town.scene[0].week >= p.cliff_week:
        one.purse += p.bridge_hours
        one.arrived += p.bridge_hours
        one.bridged = True


@act
def _who_comes(town, area, lane, do):
    """Participants come to this week's session or not; how much more active those who come are than the area.

    The area's mean is of those who are no near-abstainers: how little these do says nothing of the company.
    """
    total, number = 0, 0
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        if entry.standing == IN:
            entry.comes = do.comes_to_session(town, area, lane, n, do)
            if entry.comes:
                total += town.log_rate[entry.listed]
                number += 1
    usual = town.log_rate_sums[area] / (max(town.active[area], 1) * FIXED_POINT)
    return total / (max(number, 1) * FIXED_POINT) - usual


@verb
def comes_to_session(town, area, lane, n, do):
    """Whether somebody comes to this week's session."""
    one, row = town.programmes[area, lane], town.listing[area, lane, n].listed
    chance = do.chance_of_attending(match(town, area, lane, n), town.p[lane].attending)
    return luck_of_person(town, _ATTENDING, area, occasion(one.rounds, one.stage_week), row) < chance


@verb
def take_part(town, area, lane, n, excess, power, do):
    """A week of the course in somebody's life: what a session does to them, and whether they leave for good."""
    one, entry, lever, p = (
        town.programmes[area, lane],
        town.listing[area, lane, n],
        town.levers[area, lane],
        town.p[lane],
    )
    row, when, q = entry.listed, occasion(one.rounds, one.stage_week), match(town, area, lane, n)
    kind, person = lead_kind(town, area, lane), town.people[row, lane]
    if entry.mentored:
        town.partners[area, lane, entry.mentor].worked += p.programme.mentor_hours
    town.in_course[row, lane], town.touched[row], town.benefit[row, lane] = True, True, 0.0
    if entry.comes:
        chance = do.chance_session_is_good(q, power, lever.peer_delivery, lever.compulsory, p.trust)
        enjoys = luck_of_person(town, _SESSION, area, when, row) < chance
        experience(town, kind, row, lane, 1 if enjoys else 0, 0 if enjoys else 1)
        faithful = inclining.fidelity(bespoke_share(town, area, lane, n), p.effect)
        counts = inclining.match_that_counts(q, p.effect)
        benefit = do.benefit_of_session(counts, faithful, one.quality, entry.mentored, lever.compulsory, p.effect)
        harm = 0.0
        if not lever.individual:  # else each is somewhere else
            harm = do.deviancy_of_session(excess, counts, entry.mentored, lever.peer_delivery, p.peers)
        town.benefit[row, lane] = benefit * p.programme.dose - harm * p.programme.dose
        if p.effect.slow_ratio > 0.0:
            before = town.lasting_target[row, lane]
            town.lasting_target[row, lane] = inclining.built_up(before, benefit * p.programme.dose, p.effect)
            town.changed[row] = True
        entry.attended += 1
        entry.serving += _share_serving(town, area, lane, n)
        one.sessions += 1
        if person.first_session == NEVER:
            person.first_session = town.scene[0].week
    if one.stage_week + 1 < one.course_weeks:  # nobody leaves after the last session
        trust = trust_in(town, kind, row, area, lane)
        stays = entry.wants_more and one.course_weeks > p.programme.course_weeks
        leaving = do.chance_of_dropping_out(q, trust, entry.mentored, lever.compulsory, stays, p.attending)
        if luck_of_person(town, _DROPPING_OUT, area, when, row) < leaving:
            entry.standing = DROPPED
            person.dropped_week = town.scene[0].week


@act
def _share_serving(town, area, lane, n):
    """Share of a session that serves somebody's own goal."""
    goal, serving, offered = town.listing[area, lane, n].goal, 0.0, 0.0
    for activity in range(town.choices.shape[2]):
        on_it = on_offer(town, area, lane, n, activity)
        serving += town.serves[goal, activity] * on_it
        offered += on_it
    return sharing.share_serving_goal(serving, offered)


@act
def break_off(town, area, lane):
    """End a course that nobody will pay for: a broken promise to those in it, and to those who were in one before."""
    one, p, kind = town.programmes[area, lane], town.p[lane].sharing, lead_kind(town, area, lane)
    for row in range(town.areas[area].first, town.areas[area].end):
        if town.people[row, lane].ever_in:
            inside = _is_in(town, area, lane, row)
            experience(town, kind, row, lane, 0, p.breach_in_course if inside else p.breach_past)
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        if entry.standing == IN:
            entry.standing = DROPPED
            person = town.people[entry.listed, lane]
            person.dropped_week, person.let_down = town.scene[0].week, True
            town.inclination[entry.listed, lane] += p.breach_effect
            one.breaches += 1
    end_round(town, area, lane)


@act
def _is_in(town, area, lane, row):
    """Whether somebody is in the course."""
    inside = False
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        inside = inside or (entry.listed == row and entry.standing == IN)
    return inside


@act
def end_round(town, area, lane):
    """The round is over."""
    one = town.programmes[area, lane]
    one.stage, one.stage_week, one.idle_weeks = IDLE, 0, 0
    one.rounds += 1


@verb
def move_on(town, area, lane, do):
    """What was due this week and paid is behind the programme: the next week of a stage, or the next stage."""
    one, programme = town.programmes[area, lane], town.p[lane].programme
    if one.moves_on:
        one.stage_week += 1
    participants = number_on_list(town, area, lane, IN)
    if one.stage == SETUP:
        if one.stage_week >= one.setup_weeks and one.meetings_held + ENOUGH >= one.meetings_needed:
            choose_menu(town, area, lane)
            one.stage, one.stage_week = RECRUITING, 0
    elif one.stage == RECRUITING:
        if one.stage_week >= programme.recruitment_waves:
            one.stage, one.stage_week, one.heard_in_week = COURSE, 0, -1
            if not participants:
                end_round(town, area, lane)
    elif one.stage == COURSE and (one.stage_week >= one.course_weeks or not participants):
        for n in range(town.listing.shape[2]):
            if town.listing[area, lane, n].standing == IN:
                do.end_course(town, area, lane, n)
        end_round(town, area, lane)


@verb
def end_course(town, area, lane, n):
    """Be among those who completed, perhaps with one's own goal reached; or not, for having come too seldom."""
    one, entry, p = town.programmes[area, lane], town.listing[area, lane, n], town.p[lane]
    row, week = entry.listed, town.scene[0].week
    person = town.people[row, lane]
    if not attending.has_completed(entry.attended, one.sessions_held, p.attending):
        entry.standing = DROPPED
        person.dropped_week = week
        return
    entry.standing = COMPLETED
    person.completed, person.completed_week = True, week
    town.completers[row] = True
    person.completed_match = inclining.match_that_counts(match(town, area, lane, n), town.p[lane].effect)
    person.stayed_on = one.course_weeks > p.programme.course_weeks
    one.completions += 1
    chance = sharing.chance_goal_is_reached(entry.serving, entry.attended, p.afterwards)
    if luck_of_person(town, _GOAL, area, occasion(one.rounds, 0), row) < chance:
        one.goals += 1


@verb
def look_for_destinations(town, area, lane, do):
    """Those who completed half a year ago perhaps find work or training."""
    if town.programmes[area, lane].completions:
        for row in range(town.areas[area].first, town.areas[area].end):
            if town.completers[row] or town.scene[0].by_agents:
                do.find_destination(town, area, lane, row)


@verb
def find_destination(town, area, lane, row):
    """Perhaps find work or training half a year after completing; it changes somebody for good, bit by bit."""
    person, p = town.people[row, lane], town.p[lane].afterwards
    if person.completed_week != town.scene[0].week - p.destination_weeks:
        return
    chance = sharing.chance_of_destination(person.completed_match, person.stayed_on, p)
    if luck_of_person(town, _DESTINATION, area, 0, row) < chance:
        town.lasting_target[row, lane] -= p.destination_effect
        town.changed[row] = True
        town.programmes[area, lane].destinations += 1
