"""How the agents of one area hold a course: young people are asked, come, are heard on the way, and complete it.

Each function is something that one programme does in a week.
"""

from typing import TYPE_CHECKING

import numpy as np

from modsim.rules import attending, sharing
from modsim.simulation.agents.partner import Partner
from modsim.simulation.agents.preparing import choose_menu, learned_shares
from modsim.simulation.agents.young_person import YoungPerson
from modsim.simulation.columns import NEVER, Stage, Standing
from modsim.simulation.planning import delivery_hours
from modsim.simulation.town import ENOUGH, occasion
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.agents.programme import Programme


def tell_menu(one: "Programme") -> None:
    """Tell those who were visited what the menu is: some feel unheard if what was named most is not on it."""
    begins = one.stage == Stage.RECRUITING and one.stage_week == 0
    if not begins or one.power_design <= 0.0 or not one.designs_menu or one.is_individual:
        return
    shares = learned_shares(one)
    first = max(shares, key=lambda i: shares[i])
    if not one.menu[first]:
        for position, person in one.on_list():
            if position < one.model.scenario.programme.contacted:
                person.may_take_ill("left out", 0)


def ask_young_people(one: "Programme") -> None:
    """One wave of invitations; places go to those who say yes, in keyed order."""
    if one.stage != Stage.RECRUITING:
        return
    one.moves_on = True
    tell_menu(one)
    already = len(one.those(Standing.IN))
    left = one.places - already
    c = one.model.town.columns
    on_list = int((c.listed[one.area, :, 0] >= 0).sum())
    asked = one.those(Standing.NOT_ASKED)[: max(min(-(-on_list // 3), 2 * left), 0)]
    when = occasion(one.round, one.stage_week)
    willing = [(n, person) for n, person in asked if person.consider_joining()]
    willing.sort(key=lambda pair: pair[1].luck("order of joining", when))
    for n, _ in asked:
        one.mark(n, Standing.DECLINED)
    one.invited += len(asked)
    for turn, (n, person) in enumerate(willing[:left], already):
        one.mark(n, Standing.IN)
        person.ever_in = True
        one.joined += 1
        at = np.array([one.area]), np.array([person.row]), np.array([0])
        one.model.town.records.joined(one.model.town, *at)
        if one.model.scenario.programme.mentor_hours > 0.0:
            c.mentor[one.area, n, 0] = turn % len(one.partners)  # partners take turns in finding a mentor
    for _, person in willing[left:]:
        person.experience(one.lead.kind, 0, 1)
        one.missed_promises += 1


def session_hours(one: "Programme") -> float:
    """Staff hours of this week's session, mentors not counted."""
    scenario = one.model.scenario
    each = scenario.programme.hours_per_place
    hours = float(delivery_hours(one.places, one.bespoke_share, one.is_individual, each, scenario.designing))
    return sharing.hours_with_peers(hours, one.peer_delivery, scenario.sharing)


def hear_participants(one: "Programme") -> None:
    """After a third and two thirds of the course: something else, or more of the same?"""
    one.negotiates = False
    scenario = one.model.scenario
    weeks = scenario.programme.course_weeks
    due = one.stage == Stage.COURSE and one.stage_week in (-(-weeks // 3), -(-2 * weeks // 3))
    if not due or one.power_deliver <= 0.0 or one.is_individual or one.heard_in_week == one.stage_week:
        return
    one.heard_in_week = one.stage_week
    when, participants = occasion(one.round, one.stage_week), one.those(Standing.IN)
    votes = dict.fromkeys(one.menu, 0)
    for _, person in participants:
        named, _ = person.say_what_i_want("wish in the course", when)
        votes[named] += 1  # nobody knows who only says what they think is expected
    p = scenario.sharing
    longer = one.course_weeks - one.stage_week + p.further_weeks
    may_stay = one.course_weeks == weeks and longer <= scenario.settings.weeks - one.model.week
    wish = _wish_of_the_group(one, votes, may_stay)
    if wish is None:
        return
    hours_a_week = session_hours(one) + one.in_purse(scenario.programme.mentor_hours * len(participants))
    need = p.negotiation_hours if wish[0] == "swap" else p.further_weeks * hours_a_week
    to_come = one.budget() * p.further_weeks if wish[0] == "stay" else 0.0
    at_hand = need if one.draws_as_needed else one.spare_hours() + to_come
    chance = sharing.chance_wish_is_granted(one.power_deliver, at_hand, need)
    if one.model.town.world.luck.uniform("negotiation", one.area, when) >= chance:
        one.refused += 1
        for _, person in participants:
            person.may_take_ill("refused", one.stage_week)
        return
    one.granted += 1
    if wish[0] == "stay":
        one.course_weeks += p.further_weeks
        one.round_ends += p.further_weeks
        one.round_hours += need
        return
    hours = min(need, at_hand)
    one.pay("negotiation", hours)
    one.lead.work(hours)
    menu = one.menu
    menu[wish[1]], menu[wish[2]] = 1.0, 0.0
    one.model.town.columns.menu[:, one.area, 0] = list(menu.values())
    one.negotiates = True


def _wish_of_the_group(one: "Programme", votes: dict[str, int], may_stay: bool) -> tuple[str, str, str] | None:
    """Swap one activity in and another out, stay with the same for longer, or nothing."""
    offered = [i for i, on_it in one.menu.items() if on_it]
    given = dict(zip(votes, one.model.town.levers.given_menu[:, one.area, 0].tolist(), strict=True))
    open_ = [i for i in offered if not (one.learns and given[i])]  # what is fixed cannot be swapped
    outside = [i for i in votes if i not in offered]
    if open_ and outside:
        wanted, unwanted = max(outside, key=lambda i: votes[i]), min(open_, key=lambda i: votes[i])
        if votes[wanted] >= votes[unwanted] + one.model.scenario.sharing.negotiation_margin:
            return "swap", wanted, unwanted
    named = sum(votes.values())
    if may_stay and named and 2 * sum(votes[i] for i in offered) >= named:
        return "stay", "", ""
    return None


def hold_session(one: "Programme") -> None:
    """One week of the course, if it can be paid and is not given to what participants asked for."""
    one.session_held = False
    if one.stage != Stage.COURSE:
        return
    if one.negotiates:
        one.moves_on = True
        return
    town = one.model.town
    mentored, hours = _mentors_at_work(one), session_hours(one)
    mentoring = len(mentored) * one.model.scenario.programme.mentor_hours
    needed = hours + one.in_purse(mentoring)
    if not one.can_pay(needed) and one.anchor is not None:
        one.anchor.bridge()
    if not one.can_pay(needed):
        no_more = one.model.week >= one.model.scenario.purse.cliff_week and one.budget() + one.pledged() <= 0.0
        if no_more:
            one.break_off()
        else:
            one.waited += 1
        return
    one.pay("delivery", hours)
    one.lead.work(hours)
    one.give("mentoring", mentoring)
    one.moves_on = True
    one.session_held = True
    one.sessions_held += 1
    one.sessions_in_all += 1
    one.sessions_by_peers += one.peer_delivery
    goes_on = one.stage_week + 1 < one.course_weeks  # nobody leaves after the last session
    serves = {a.id: a.serves for a in one.model.scenario.activities}
    participants = one.those(Standing.IN)
    came = {n for n, person in participants if person.attend_session(n in mentored)}
    excess = _how_much_more_active(one, [person for n, person in participants if n in came])
    for n, person in participants:
        leaves = person.consider_leaving(n in mentored)
        mentor = one.mentor_of(n)
        if mentor is not None and n in mentored:
            mentor.work(one.model.scenario.programme.mentor_hours)
        if n in came:
            if not one.is_individual:  # else each is somewhere else
                person.learn_badly(excess, n in mentored)
            town.columns.attended[one.area, n, 0] += 1
            offered = [i for i, on_it in person.offer.items() if on_it]
            serving = sum(person.goal in serves[i] for i in offered)
            town.columns.serving[one.area, n, 0] += sharing.share_serving_goal(serving, len(offered))
            one.sessions += 1
            if person.first_session == NEVER:
                person.first_session = one.model.week
                who = np.array([person.row])
                town.records.first_sessions(town, np.array([one.area]), who, np.array([0]))
        if goes_on and leaves:
            one.mark(n, Standing.DROPPED)
            person.dropped_week = one.model.week


def _how_much_more_active(one: "Programme", came: list[YoungPerson]) -> float:
    """How far the mean lasting log-rate of those who came lies above the area's."""
    world, total = one.model.town.world, 0
    for person in came:
        total += int(np.rint(person.log_rate * FIXED_POINT))
    return total / (max(len(came), 1) * FIXED_POINT) - world.mean_log_rate[one.area].item()


def _mentors_at_work(one: "Programme") -> set[int]:
    """Positions of participants whose mentor has the time this week."""
    with_mentor = [(n, one.mentor_of(n)) for n, _ in one.those(Standing.IN)]
    mentees: dict[Partner, int] = {}
    for _, mentor in with_mentor:
        if mentor is not None:
            mentees[mentor] = mentees.get(mentor, 0) + 1
    return {n for n, mentor in with_mentor if mentor is not None and mentor.has_time_for(mentees[mentor])}


def move_on(one: "Programme") -> None:
    """End the week: the next week of the stage, or the next stage."""
    scenario, c = one.model.scenario, one.model.town.columns
    one.stage_week += int(one.moves_on)
    participants = one.those(Standing.IN)
    if one.stage == Stage.SETUP:
        if one.stage_week >= one.setup_weeks and one.meetings_held + ENOUGH >= one.meetings_needed:
            choose_menu(one)
            one.stage, one.stage_week = Stage.RECRUITING, 0
    elif one.stage == Stage.RECRUITING and one.stage_week >= scenario.programme.recruitment_waves:
        one.stage, one.stage_week, one.heard_in_week = Stage.COURSE, 0, -1
        if not participants:
            one.end_round()
    elif one.stage == Stage.COURSE and (one.stage_week >= one.course_weeks or not participants):
        for n, person in participants:
            attended = int(c.attended[one.area, n, 0])
            if attending.has_completed(attended, one.sessions_held, scenario.attending):
                one.mark(n, Standing.COMPLETED)
                person.complete(attended, c.serving[one.area, n, 0].item())
            else:
                one.mark(n, Standing.DROPPED)
                person.dropped_week = one.model.week
        one.end_round()
