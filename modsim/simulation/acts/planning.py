"""How a programme plans a round: where it fits, what it costs, who leads it and who is on the list."""

from typing import Any, NamedTuple

import numpy as np

from modsim.compiling.acts import act, verb
from modsim.rules import designing, inclining, partnering, sharing
from modsim.simulation.acts.looking import (
    ENOUGH,
    bespoke_share,
    designs_menu,
    effective_commitment,
    is_open,
    luck,
    mean_commitment,
    mean_trust_in,
)
from modsim.simulation.acts.purse import budget, first_knowledge, pledged
from modsim.simulation.acts.services import lose_knowledge, lose_rapport
from modsim.simulation.state import IDLE, NOT_ASKED, SETUP
from modsim.world.draws import draw

_FAILING = draw("delivery fails")


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
    setup_weeks = int(max(np.ceil(shortest - 1e-9), max(lever.contacts, 1)))
    present = 1.0 if p.meetings_are_full else min(mean_commitment(town, area, lane), 1.0)
    quality = partnering.meeting_quality(present, knowledge, p)
    fortnights = int(np.ceil(meetings / max(quality, 0.05) - 1e-9))  # one a fortnight, as good as expected
    likely = max(setup_weeks, 2 * fortnights)
    to_course = likely + programme.recruitment_waves
    linking = likely * designing.linking_hours(place.links, designed, effort, p)
    in_meetings = place.table * p.meeting_hours * meetings
    design_hours = town.p[lane].purse.charge_inkind * designing.hours_saved(in_meetings + linking, knowledge, p)
    contact_hours = programme.contacted * lever.contacts * programme.contact_hours
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


@verb
def plan_round(town, area, lane):
    """Start a round where it fits before the horizon and its cost is covered. Its list comes next."""
    scene, lever, one = town.scene[0], town.levers[area, lane], town.programmes[area, lane]
    programme = town.p[lane].programme
    town.now[area, lane].begins = False
    idle = lever.runs and one.stage == IDLE and one.rounds < programme.rounds
    if not idle or not is_open(town, area, lane):
        return
    plan, weeks_left = plan_of_round(town, area, lane), _weeks_left(town, lane)
    if plan.weeks > weeks_left:
        return
    places = lever.places
    if scene.equal_activity:
        if scene.week + plan.weeks_to_course < week_of_course(town, area, lane):
            return
    else:
        places = _places_in_sight(town, area, lane, plan, weeks_left)
    if places <= 0:
        return
    _begin_round(town, area, lane, plan, places)
    town.now[area, lane].begins = True


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
    lead = chosen_lead(town, area, lane)
    failing = inclining.chance_of_failing(effective_commitment(town, area, lane, lead), p.effect, p.commitment)
    one.quality = inclining.delivery_quality(luck(town, _FAILING, area, one.rounds, 0, 0) < failing, p.effect)
    if lead != one.lead:
        one.lead = lead
        if one.rounds:  # with who led it goes a part of what was known
            lose_knowledge(town, area, lane)
        lose_rapport(town, area, lane)
    if not town.levers[area, lane].keeps_learning:
        for activity in range(town.choices.shape[2]):
            choice = town.choices[area, lane, activity]
            choice.signals, choice.failed, choice.tried = 0, 0.0, False
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
    entry.wants_more = False
    for activity in range(town.choices.shape[2]):
        wish = town.wishes[area, lane, n, activity]
        wish.named, wish.meant = 0, 0
    if row >= 0:
        town.people[row, lane].ever_listed = True
