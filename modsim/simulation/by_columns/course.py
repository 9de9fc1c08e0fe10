"""Courses of programmes: young people are asked, come, are heard on the way, and complete them."""

import numpy as np

from modsim.rules import attending, inclining, partnering, sharing
from modsim.simulation.by_columns.preparing import (
    chosen_menu,
    chosen_venue,
    count_choices,
    learned_shares,
    make_plans,
    wishes_spoken,
)
from modsim.simulation.by_columns.services import by_lead, can_pay, give, in_purse, pay, spare_hours
from modsim.simulation.columns import NEVER, Stage, Standing
from modsim.simulation.planning import delivery_hours
from modsim.simulation.town import ENOUGH, Town, bespoke_share, occasion
from modsim.world.young_people import FIXED_POINT

_MANY = 1_000_000  # votes


def young_people_are_asked(town: Town) -> None:
    """One wave of invitations; those who say yes get places in keyed order, the rest were promised in vain."""
    c, world, levers = town.columns, town.world, town.levers
    recruiting = c.stage == Stage.RECRUITING
    c.moves_on |= recruiting
    if not recruiting.any():
        return
    _some_feel_unheard(town, recruiting & (c.stage_week == 0))
    left = c.places - (c.standing == Standing.IN).sum(axis=1)
    third = -(-(c.listed >= 0).sum(axis=1) // 3)
    candidate = recruiting[:, None, :] & (c.listed >= 0) & (c.standing == Standing.NOT_ASKED)
    asked = candidate & (np.cumsum(candidate, axis=1) <= np.minimum(third, 2 * left)[:, None, :])
    area, n, lane = np.nonzero(asked)
    row, lead = c.listed[area, n, lane], town.lead_kind[area, lane]
    key = area, occasion(c.round[area, lane], c.stage_week[area, lane]), world.slot[row], world.generation[row]
    chance = town.rules.chance_of_joining(
        town.match(row, lane, town.menu_of(area, n, lane)),
        town.trust(lead, row, lane),
        _friends_share(town, row, lane),
        world.support_of(row),
        world.territory_of(row) != c.venue[area, lane],
        town.numbers.joining.at(lane),
    )
    yes = (world.luck.uniform("joining", *key) < chance) | levers.compulsory[area, lane]
    order = np.lexsort((world.luck.uniform("order of joining", *key), ~yes, lane, area))
    programme_of = (area * town.lanes + lane)[order]
    rank = np.arange(len(order)) - np.searchsorted(programme_of, programme_of)
    place_in_queue = np.empty(len(order), dtype=np.int64)
    place_in_queue[order] = rank
    joins = yes & (place_in_queue < left[area, lane])
    missed = yes & ~joins
    c.standing[area, n, lane] = np.where(joins, Standing.IN, Standing.DECLINED)
    if town.scenario.programme.mentor_hours > 0.0:  # partners take turns in finding a mentor
        turn = (c.places - left)[area, lane] + place_in_queue
        c.mentor[area, n, lane] = np.where(joins, turn % world.partners.size[area], -1)
    c.ever_in[row[joins], lane[joins]] = True
    town.records.joined(town, area[joins], row[joins], lane[joins])
    town.experience(lead[missed], row[missed], lane[missed], 0, 1)
    for count, who in ((c.invited, slice(None)), (c.joined, joins), (c.missed_promises, missed)):
        np.add.at(count, (area[who], lane[who]), 1)


def _friends_share(town: Town, row, lane):
    """Share of somebody's friends who are or were in the programme; 0 for those without friends."""
    friend, owner = town.world.ties.of_each(row)
    inside = np.bincount(owner, town.columns.ever_in[friend, lane[owner]], minlength=len(row))
    return inside / np.maximum(np.bincount(owner, minlength=len(row)), 1)


def _some_feel_unheard(town: Town, told: np.ndarray) -> None:
    """Where power was promised and what young people named most is not on the menu, some of those asked take it ill."""
    c = town.columns
    promised = told & (town.levers.power_design > 0.0) & town.designs_menu
    promised &= ~town.levers.individual  # a plan of one's own leaves nobody out
    for area, lane in np.argwhere(promised).tolist():
        first = int(np.argmax(learned_shares(town, area, lane)))
        if c.menu[first, area, lane]:
            continue
        contacted = slice(town.scenario.programme.contacted)
        visited = (c.listed[area, contacted, lane] >= 0) & (c.standing[area, contacted, lane] != Standing.GONE)
        row = c.listed[area, contacted, lane][visited]
        _take_ill(town, "left out", np.full(len(row), area), np.full(len(row), lane), row, 0)


def _take_ill(town: Town, what: str, area, lane, row, ordinal) -> None:
    """Some of those to whom power was promised (n,) have a bad experience with the lead."""
    world, c = town.world, town.columns
    key = area, occasion(c.round[area, lane], ordinal), world.slot[row], world.generation[row]
    ill = world.luck.uniform(what, *key) < town.numbers.sharing.at(lane).tokenism_chance
    town.experience(town.lead_kind[area, lane][ill], row[ill], lane[ill], 0, 1)
    np.add.at(c.tokenism, (area[ill], lane[ill]), 1)


def participants_are_heard(town: Town) -> None:
    """After a third and two thirds of a course, where power over it is shared: something else, or more of the same?"""
    c, world, p = town.columns, town.world, town.numbers.sharing
    weeks = town.scenario.programme.course_weeks
    c.negotiates[:] = False
    due = (c.stage == Stage.COURSE) & np.isin(c.stage_week, [-(-weeks // 3), -(-2 * weeks // 3)])
    due &= (town.levers.power_deliver > 0.0) & ~town.levers.individual  # there is no group that could ask
    due &= c.heard_in_week != c.stage_week  # a course that waits is not asked twice
    if not due.any():
        return
    area, n, lane = np.nonzero(due[:, None, :] & (c.standing == Standing.IN))
    row = c.listed[area, n, lane]
    key = area, occasion(c.round[area, lane], c.stage_week[area, lane]), world.slot[row], world.generation[row]
    named, _ = wishes_spoken(town, row, lane, town.lead_kind[area, lane], key, "wish in the course")
    votes = np.zeros_like(c.signals)
    np.add.at(votes, (named, area, lane), 1)  # nobody knows who only says what they think is expected
    mentoring = town.scenario.programme.mentor_hours * (c.standing == Standing.IN).sum(axis=1)
    hours_a_week = session_hours(town) + in_purse(town, mentoring)
    spare, budget = spare_hours(town), np.broadcast_to(town.budget, c.purse.shape)
    for a, k in np.argwhere(due).tolist():
        c.heard_in_week[a, k] = c.stage_week[a, k]
        q = p.at(k)
        weeks_left = town.scenario.settings.weeks - town.week
        may_stay = (
            c.course_weeks[a, k] == weeks and c.course_weeks[a, k] - c.stage_week[a, k] + q.further_weeks <= weeks_left
        )
        fixed = town.levers.given_menu[:, a, k] if town.levers.learns[a, k] else np.zeros(len(c.menu))
        wish = wish_of_the_group(c.menu[:, a, k], fixed, votes[:, a, k], q.negotiation_margin, bool(may_stay))
        if wish is None:
            continue
        need = q.negotiation_hours if wish[0] == "swap" else q.further_weeks * hours_a_week[a, k]
        to_come = budget[a, k] * q.further_weeks if wish[0] == "stay" else 0.0
        at_hand = need if town.draws_as_needed else spare[a, k] + to_come
        when = occasion(int(c.round[a, k]), int(c.stage_week[a, k]))
        u = world.luck.uniform("negotiation", a, when)
        if u < sharing.chance_wish_is_granted(town.levers.power_deliver[a, k], at_hand, need):
            c.granted[a, k] += 1
            if wish[0] == "swap":
                hours = np.zeros(c.purse.shape)
                hours[a, k] = np.minimum(need, at_hand)
                pay(town, "negotiation", hours)
                by_lead(town, hours)
                c.menu[wish[1], a, k], c.menu[wish[2], a, k] = 1.0, 0.0
                c.negotiates[a, k] = True
            else:
                c.course_weeks[a, k] += q.further_weeks
                c.round_ends[a, k] += q.further_weeks
                c.round_hours[a, k] += need
        else:
            c.refused[a, k] += 1
            mine = (area == a) & (lane == k)
            _take_ill(town, "refused", area[mine], lane[mine], row[mine], int(c.stage_week[a, k]))


def wish_of_the_group(menu, fixed, votes, margin: int, may_stay: bool) -> tuple[str, int, int] | None:
    """What participants ask for: to swap an activity in and another out, to go on with the same, or nothing.

    What is fixed on the menu cannot be swapped.
    """
    outside = np.where(menu > 0.0, -1, votes)
    inside = np.where((menu > 0.0) & (fixed == 0.0), votes, _MANY)
    wanted, unwanted = int(np.argmax(outside)), int(np.argmin(inside))
    if inside[unwanted] < _MANY and outside[wanted] >= inside[unwanted] + margin:
        return "swap", wanted, unwanted
    if may_stay and votes.sum() > 0 and 2 * votes[menu > 0.0].sum() >= votes.sum():
        return "stay", -1, -1
    return None


def session_hours(town: Town):
    """Staff hours of this week's session of every programme, mentors not counted."""
    c = town.columns
    new = bespoke_share(c.menu, town.origin_menu)
    each, p = town.scenario.programme.hours_per_place, town.numbers.designing
    hours = delivery_hours(c.places, new, town.levers.individual, each, p)
    return sharing.hours_with_peers(hours, town.levers.peer_delivery, town.numbers.sharing)


def sessions_are_held(town: Town) -> None:
    """One week of a course: paid, or it waits. Participants come or not, enjoy it or not, and some leave."""
    c, world, scenario, numbers = town.columns, town.world, town.scenario, town.numbers
    touched = np.nonzero(town.touched)[0]  # last week
    c.benefit[touched], c.in_course[touched], town.touched[touched] = 0.0, False, False
    town.session_held[:] = False
    running = c.stage == Stage.COURSE
    if not running.any():
        return
    c.moves_on |= running & c.negotiates  # what is argued about takes the place of a session
    running &= ~c.negotiates
    hours = session_hours(town)
    mentored, mentoring = _mentors_at_work(town, running)
    needed = hours + in_purse(town, mentoring)
    _anchors_bridge(town, running & ~can_pay(town, needed))
    held = running & can_pay(town, needed)
    _courses_break_off(town, running & ~held)
    pay(town, "delivery", np.where(held, hours, 0.0))
    by_lead(town, np.where(held, hours, 0.0))
    give(town, "mentoring", np.where(held, mentoring, 0.0))
    mentored &= held[:, None, :]
    area, n, lane = np.nonzero(mentored)  # of one programme in the order of its list, as hours are added up
    np.add.at(c.worked, (area, c.mentor[area, n, lane], lane), scenario.programme.mentor_hours)
    c.moves_on |= held
    c.sessions_held += held
    c.sessions_in_all += held
    town.session_held[:] = held
    c.waited += running & ~held & (c.stage == Stage.COURSE)

    area, n, lane = np.nonzero(held[:, None, :] & (c.standing == Standing.IN))
    row, lead, levers = c.listed[area, n, lane], town.lead_kind[area, lane], town.levers
    key = area, occasion(c.round[area, lane], c.stage_week[area, lane]), world.slot[row], world.generation[row]
    menu, has_mentor = town.menu_of(area, n, lane), mentored[area, n, lane]
    compelled, peers = levers.compulsory[area, lane], levers.peer_delivery[area, lane]
    q = town.match(row, lane, menu)
    p = numbers.attending.at(lane)
    comes = world.luck.uniform("attending", *key) < town.rules.chance_of_attending(q, p)
    enjoys = world.luck.uniform("session", *key) < town.rules.chance_session_is_good(
        q, town.power_in_practice()[area, lane], peers, compelled, numbers.trust.at(lane)
    )
    c.in_course[row, lane] = town.touched[row] = True
    leaving = town.rules.chance_of_dropping_out(q, town.trust(lead, row, lane), has_mentor, compelled, p)
    town.experience(lead, row, lane, comes & enjoys, comes & ~enjoys)
    effect = numbers.effect.at(lane)
    faithful = inclining.fidelity(bespoke_share(menu, town.origin_menu), effect)
    benefit = town.rules.benefit_of_session(q, faithful, c.quality[area, lane], has_mentor, compelled, effect)
    excess = _how_much_more_active(town, area, row, lane, comes)
    learned_badly = town.rules.deviancy_of_session(excess, q, has_mentor, peers, numbers.peers.at(lane))
    learned_badly = np.where(levers.individual[area, lane], 0.0, learned_badly)  # each is somewhere else
    dose = scenario.programme.dose
    c.benefit[row, lane] = np.where(comes, benefit * dose - learned_badly * dose, 0.0)
    c.attended[area, n, lane] += comes
    serving = (town.serves[world.goal_of(row)].T * menu).sum(axis=0)
    c.serving[area, n, lane] += np.where(comes, sharing.share_serving_goal(serving, menu.sum(axis=0)), 0.0)
    np.add.at(c.sessions, (area, lane), comes.astype(np.int64))
    c.sessions_by_peers = c.sessions_by_peers + held * levers.peer_delivery
    first = comes & (c.first_session[row, lane] == NEVER)
    c.first_session[row[first], lane[first]] = town.week
    town.records.first_sessions(town, area[first], row[first], lane[first])
    goes_on = c.stage_week[area, lane] + 1 < c.course_weeks[area, lane]  # nobody leaves after the last session
    leaves = goes_on & (world.luck.uniform("dropping out", *key) < leaving)
    c.standing[area[leaves], n[leaves], lane[leaves]] = Standing.DROPPED
    c.dropped_week[row[leaves], lane[leaves]] = town.week


def _how_much_more_active(town: Town, area, row, lane, comes) -> np.ndarray:
    """For each participant (n,): how far the mean lasting log-rate of those who came lies above the area's."""
    world = town.world
    whole = np.rint(world.log_rate_of(row) * FIXED_POINT).astype(np.int64)
    total, number = np.zeros((2, *town.columns.purse.shape), dtype=np.int64)
    np.add.at(total, (area[comes], lane[comes]), whole[comes])
    np.add.at(number, (area[comes], lane[comes]), 1)
    mean = total / (np.maximum(number, 1) * FIXED_POINT)
    return (mean - world.mean_log_rate[:, None])[area, lane]


def _mentors_at_work(town: Town, running: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whose mentor has the time this week (areas, places on the list, lanes), and the hours it takes (areas, lanes)."""
    c, hours_each = town.columns, town.scenario.programme.mentor_hours
    area, n, lane = np.nonzero(running[:, None, :] & (c.standing == Standing.IN) & (c.mentor >= 0))
    partner = c.mentor[area, n, lane]
    mentees = np.zeros(c.free_hours.shape, dtype=np.int64)  # (areas, partners, lanes)
    np.add.at(mentees, (area, partner, lane), 1)
    has_time = c.free_hours + ENOUGH >= mentees * hours_each
    mentored = np.zeros(c.standing.shape, dtype=bool)
    mentored[area, n, lane] = has_time[area, partner, lane]
    return mentored, mentored.sum(axis=1) * hours_each


def _anchors_bridge(town: Town, short: np.ndarray) -> None:
    """After a cut an anchor organisation makes up for a shortage, once."""
    c, p = town.columns, town.numbers.purse
    bridges = short & ~c.bridged & (town.week >= p.cliff_week) & (town.world.partners.anchor >= 0)[:, None]
    hours = np.where(bridges, p.bridge_hours, 0.0)
    c.purse = c.purse + hours
    c.arrived = c.arrived + hours
    c.bridged |= bridges


def _courses_break_off(town: Town, unpaid: np.ndarray) -> None:
    """A course that nobody will pay for ends."""
    broken = unpaid & (town.week >= town.numbers.purse.cliff_week) & (town.budget + town.pledged() <= 0.0)
    for area, lane in np.argwhere(broken).tolist():
        break_off(town, area, lane)


def break_off(town: Town, area: int, lane: int) -> None:
    """End a course for good: a broken promise to those in it, and to those who were in one before."""
    c, world = town.columns, town.world
    p, lead = town.numbers.sharing.at(lane), town.lead_kind[area, lane]
    inside = c.standing[area, :, lane] == Standing.IN
    rows = c.listed[area, inside, lane]
    town.experience(lead, rows, np.full(len(rows), lane), 0, p.breach_in_course)
    span = world.rows_of(area)
    past = np.setdiff1d(np.nonzero(c.ever_in[span, lane])[0] + span.start, rows)
    town.experience(lead, past, np.full(len(past), lane), 0, p.breach_past)
    c.standing[area, inside, lane] = Standing.DROPPED
    c.dropped_week[rows, lane] = town.week
    c.breaches[area, lane] += len(rows)
    end_round(town, area, lane)


def end_round(town: Town, area: int, lane: int) -> None:
    """The round of one programme is over."""
    c = town.columns
    c.stage[area, lane], c.stage_week[area, lane] = Stage.IDLE, 0
    c.round[area, lane] += 1


def programmes_move_on(town: Town) -> None:
    """What was due this week and paid is behind us: the next week of a stage, or the next stage."""
    c, world, programme = town.columns, town.world, town.scenario.programme
    c.stage_week += c.moves_on
    designed = (c.stage == Stage.SETUP) & (c.stage_week >= c.setup_weeks)
    designed &= c.meetings_held + ENOUGH >= c.meetings_needed
    recruited = (c.stage == Stage.RECRUITING) & (c.stage_week >= programme.recruitment_waves)
    participants = (c.standing == Standing.IN).sum(axis=1)
    ended = (c.stage == Stage.COURSE) & ((c.stage_week >= c.course_weeks) | (participants == 0))
    made = town.designs_menu
    for area, lane in np.argwhere(designed).tolist():
        if made[area, lane] or not town.levers.learns[area, lane]:  # else that of the first round is kept
            c.designed[:, area, lane] = chosen_menu(town, area, lane)
        c.menu[:, area, lane] = c.designed[:, area, lane]
        c.venue[area, lane] = chosen_venue(town, area, lane)
        if town.levers.individual[area, lane]:
            make_plans(town, area, lane)
        if made[area, lane]:
            if not town.levers.individual[area, lane]:
                count_choices(town, area, lane)
            if town.levers.keeps_learning[area, lane]:
                p = town.numbers.designing.at(lane)
                c.knowledge[area, lane] = partnering.knowledge_after_practice(c.knowledge[area, lane], p)
    area, n, lane = np.nonzero(ended[:, None, :] & (c.standing == Standing.IN))
    row = c.listed[area, n, lane]
    p = town.numbers.attending.at(lane)
    done = attending.has_completed(c.attended[area, n, lane], c.sessions_held[area, lane], p)
    c.standing[area, n, lane] = np.where(done, Standing.COMPLETED, Standing.DROPPED)
    c.dropped_week[row[~done], lane[~done]] = town.week
    area, n, lane, row = area[done], n[done], lane[done], row[done]
    c.completed[row, lane] = True
    c.completed_week[row, lane] = town.week
    c.completed_match[row, lane] = town.match(row, lane, town.menu_of(area, n, lane))
    c.stayed_on[row, lane] = c.course_weeks[area, lane] > programme.course_weeks
    np.add.at(c.completions, (area, lane), 1)
    key = area, occasion(c.round[area, lane], 0), world.slot[row], world.generation[row]
    chance = sharing.chance_goal_is_reached(
        c.serving[area, n, lane], c.attended[area, n, lane], town.numbers.afterwards.at(lane)
    )
    np.add.at(c.goals, (area, lane), world.luck.uniform("own goal reached", *key) < chance)

    nobody_came = recruited & (participants == 0)
    c.stage[designed] = Stage.RECRUITING
    c.stage[recruited] = Stage.COURSE
    c.stage[ended | nobody_came] = Stage.IDLE
    c.round += ended | nobody_came
    c.stage_week[designed | recruited | ended] = 0
    c.heard_in_week[recruited] = -1
