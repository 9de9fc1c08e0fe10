"""The stages of the week for whole columns with lanes: no Python object acts, everything moves at once.

`by_agents` holds the same stages agent by agent. Both call the same rules and the same draws, and give the same
numbers, bit for bit.
"""

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.rules import attending, designing, inclining, joining, offending, trusting
from modsim.simulation.columns import (
    NEVER,
    PARTICIPANT_WINDOW_WEEKS,
    RoundPlan,
    Stage,
    Standing,
    Town,
    bespoke_share,
    occasion,
)
from modsim.simulation.listing import list_of
from modsim.world.draws import binomial_counts, poisson_counts
from modsim.world.interests import match

_PAID = 1e-9  # hours; a purse short by less than this counts as enough


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns: rows of people who grew out are put at rest for the newcomers."""
    newcomers = town.world.turn(week)
    town.columns.forget_rows(newcomers)


def hours_arrive(town: Town) -> None:
    """The purse of every area with a programme: a grant in the opening week, then the weekly budget."""
    c, purse = town.columns, town.numbers.purse
    grant = np.where(town.week == town.opens, purse.grant, 0.0)
    hours = np.where(town.levers.runs & (town.week >= town.opens), purse.budget + grant, 0.0)
    c.purse = c.purse + hours
    c.arrived = c.arrived + hours


def programmes_are_planned(town: Town) -> None:
    """Start a round where it fits before the horizon and its cost is covered; the last may have fewer places."""
    c, scenario, programme = town.columns, town.scenario, town.scenario.programme
    free = town.levers.runs & (c.stage == Stage.IDLE) & (town.week >= town.opens) & (c.round < programme.rounds)
    if not free.any():
        return
    plan = RoundPlan(town)
    in_sight = c.purse + town.numbers.purse.budget * (plan.weeks - 1) + _PAID
    weeks_left = scenario.settings.weeks - town.week
    places = np.where(plan.cost(programme.places) <= in_sight, programme.places, 0)
    for fewer in range(programme.minimum_places, programme.places):
        last_chance = (plan.weeks == weeks_left) & (plan.cost(fewer) <= in_sight)
        places = np.where((places < programme.places) & last_chance, fewer, places)
    starts = free & (plan.weeks <= weeks_left) & (places > 0)
    c.stage[starts] = Stage.SETUP
    c.stage_week[starts] = 0
    c.places[starts] = places[starts]
    c.setup_weeks[starts] = plan.setup_weeks[starts]
    c.design_hours[starts] = plan.design_hours[starts]
    for area, lane in np.argwhere(starts).tolist():
        rows = list_of(town, area, lane, int(c.round[area, lane]))
        c.listed[area, :, lane] = -1
        c.listed[area, : len(rows), lane] = rows
        c.standing[area, :, lane] = Standing.NOT_ASKED
        c.attended[area, :, lane] = 0


def visit_week(position, ordinal, scenario: Scenario, setup_weeks):
    """Week of set-up in which somebody at this position of the list gets this contact: spread evenly."""
    programme = scenario.programme
    all_contacts = programme.contacted * programme.contacts_each
    return (position + programme.contacted * ordinal) * setup_weeks // all_contacts


def workers_visit(town: Town) -> None:
    """A week of set-up: visits to people on the list, wishes written down, design work; all paid, or it waits."""
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
    contact_hours = (ordinal >= 0).sum(axis=1) * programme.contact_hours
    design_hours = c.design_hours / c.setup_weeks
    paid = in_setup & (c.purse + _PAID >= contact_hours + design_hours)
    _pay(town, "contacts", np.where(paid, contact_hours, 0.0))
    _pay(town, "design", np.where(paid, design_hours, 0.0))
    c.moves_on |= paid
    c.waited += in_setup & ~paid

    area, n, lane = np.nonzero((ordinal >= 0) & paid[:, None, :])
    row, turn = c.listed[area, n, lane], ordinal[area, n, lane]
    power = town.levers.power_design[area, lane]
    key = area, occasion(c.round[area, lane], turn), world.slot[row], world.generation[row]
    good = world.luck.uniform("contact", *key) < trusting.chance_contact_is_good(
        town.lead_bonus[area, lane], power, numbers.trust.at(lane)
    )
    c.good_events[row, lane] += good
    c.bad_events[row, lane] += ~good

    spoken = np.nonzero(n + programme.contacted * turn < town.levers.signals[area, lane])[0]
    s_row, s_lane, s_key = row[spoken], lane[spoken], tuple(part[spoken] for part in key)
    trust = trusting.trust(c.good[s_row, s_lane], c.bad[s_row, s_lane])
    earlier = c.contact_weeks[s_row, s_lane].astype(float)
    honest = world.luck.uniform("honesty", *s_key) < designing.chance_signal_is_honest(
        trust, earlier, numbers.listening.at(s_lane)
    )
    own = np.cumsum(town.interests(s_row, s_lane), axis=1)
    expected = np.cumsum(town.prior, axis=0).T[s_lane]
    u = world.luck.uniform("wish", *s_key)[:, None]
    wish = (np.where(honest[:, None], own, expected)[:, :-1] <= u).sum(axis=1)
    np.add.at(c.signals, (wish, area[spoken], s_lane), 1)
    c.contact_weeks[row, lane] += 1


def _pay(town: Town, heading: str, hours) -> None:
    town.columns.purse = town.columns.purse - hours
    town.columns.spent[heading] = town.columns.spent[heading] + hours


def young_people_are_asked(town: Town) -> None:
    """One wave of invitations; those who say yes get places in keyed order, the rest were promised in vain."""
    c, world = town.columns, town.world
    recruiting = c.stage == Stage.RECRUITING
    c.moves_on |= recruiting
    if not recruiting.any():
        return
    left = c.places - (c.standing == Standing.IN).sum(axis=1)
    third = -(-(c.listed >= 0).sum(axis=1) // 3)
    candidate = recruiting[:, None, :] & (c.listed >= 0) & (c.standing == Standing.NOT_ASKED)
    asked = candidate & (np.cumsum(candidate, axis=1) <= np.minimum(third, 2 * left)[:, None, :])
    area, n, lane = np.nonzero(asked)
    row = c.listed[area, n, lane]
    key = area, occasion(c.round[area, lane], c.stage_week[area, lane]), world.slot[row], world.generation[row]
    chance = joining.chance_of_joining(
        match(town.interests(row, lane).T, c.menu[:, area, lane]),
        trusting.trust(c.good[row, lane], c.bad[row, lane]),
        _friends_share(town, row, lane),
        world.support[row],
        town.numbers.joining.at(lane),
    )
    yes = world.luck.uniform("joining", *key) < chance
    order = np.lexsort((world.luck.uniform("order of joining", *key), ~yes, lane, area))
    programme_of = (area * town.lanes + lane)[order]
    rank = np.arange(len(order)) - np.searchsorted(programme_of, programme_of)
    place_in_queue = np.empty(len(order), dtype=np.int64)
    place_in_queue[order] = rank
    joins = yes & (place_in_queue < left[area, lane])
    missed = yes & ~joins
    c.standing[area, n, lane] = np.where(joins, Standing.IN, Standing.DECLINED)
    c.ever_in[row[joins], lane[joins]] = True
    c.bad_events[row[missed], lane[missed]] += 1
    for count, who in ((c.invited, slice(None)), (c.joined, joins), (c.missed_promises, missed)):
        np.add.at(count, (area[who], lane[who]), 1)


def _friends_share(town: Town, row, lane):
    """Share of somebody's friends who are or were in the programme; 0 for those without friends."""
    friend, owner = town.world.ties.of_each(row)
    inside = np.bincount(owner, town.columns.ever_in[friend, lane[owner]], minlength=len(row))
    return inside / np.maximum(np.bincount(owner, minlength=len(row)), 1)


def sessions_are_held(town: Town) -> None:
    """One week of a course: paid, or it waits. Participants come or not, enjoy it or not, and some leave."""
    c, world, scenario, numbers = town.columns, town.world, town.scenario, town.numbers
    c.benefit[:] = 0.0
    c.in_course[:] = False
    running = c.stage == Stage.COURSE
    if not running.any():
        return
    new = bespoke_share(c.menu, town.origin_menu)
    hours = designing.delivery_hours(c.places, new, scenario.programme.hours_per_place, numbers.designing)
    held = running & (c.purse + _PAID >= hours)
    _pay(town, "delivery", np.where(held, hours, 0.0))
    c.moves_on |= held
    c.waited += running & ~held

    area, n, lane = np.nonzero(held[:, None, :] & (c.standing == Standing.IN))
    row = c.listed[area, n, lane]
    key = area, occasion(c.round[area, lane], c.stage_week[area, lane]), world.slot[row], world.generation[row]
    q = match(town.interests(row, lane).T, c.menu[:, area, lane])
    trust = trusting.trust(c.good[row, lane], c.bad[row, lane])
    p = numbers.attending.at(lane)
    comes = world.luck.uniform("attending", *key) < attending.chance_of_attending(q, p)
    enjoys = world.luck.uniform("session", *key) < trusting.chance_session_is_good(
        q, town.levers.power_design[area, lane], numbers.trust.at(lane)
    )
    c.in_course[row, lane] = True
    c.good_events[row, lane] += comes & enjoys
    c.bad_events[row, lane] += comes & ~enjoys
    c.benefit[row, lane] = np.where(comes, inclining.benefit_of_session(q, numbers.effect.at(lane)), 0.0)
    c.attended[area, n, lane] += comes
    np.add.at(c.sessions, (area, lane), comes.astype(np.int64))
    first = comes & (c.first_session[row, lane] == NEVER)
    c.first_session[row[first], lane[first]] = town.week
    town.records.first_sessions(town, area[first], row[first], lane[first])
    goes_on = c.stage_week[area, lane] + 1 < scenario.programme.course_weeks  # nobody leaves after the last session
    leaves = goes_on & (world.luck.uniform("dropping out", *key) < attending.chance_of_dropping_out(q, trust, p))
    c.standing[area[leaves], n[leaves], lane[leaves]] = Standing.DROPPED
    c.dropped_week[row[leaves], lane[leaves]] = town.week


def trust_moves(town: Town) -> None:
    """Remembered experience fades; own events and those heard from friends are added (not on rung M0)."""
    c, p = town.columns, town.numbers.trust
    if town.scenario.settings.rung != "M0":
        c.good = trusting.fading(c.good, c.start_good, p)
        c.bad = trusting.fading(c.bad, c.start_bad, p)
        row, lane = np.nonzero((c.good_events != 0) | (c.bad_events != 0))
        if row.size:
            friend, owner = town.world.ties.of_each(row)
            heard = np.zeros((2, *c.good.shape), dtype=np.int64)
            np.add.at(heard[0], (friend, lane[owner]), c.good_events[row, lane][owner])
            np.add.at(heard[1], (friend, lane[owner]), c.bad_events[row, lane][owner])
            told = heard.any(axis=0) | (c.good_events != 0) | (c.bad_events != 0)
            own = p.at(np.nonzero(told)[1])
            c.good[told] = trusting.good_after(c.good[told], c.good_events[told], heard[0][told], own)
            c.bad[told] = trusting.bad_after(c.bad[told], c.bad_events[told], heard[1][told], own)
    c.good_events[:] = 0
    c.bad_events[:] = 0


def inclination_moves(town: Town) -> None:
    """What sessions changed in a young person's log-rate fades, and this week's sessions lower it again."""
    c = town.columns
    c.inclination = inclining.inclination_after(c.inclination, c.benefit, town.numbers.effect)


def incidents_happen(town: Town) -> None:
    """Incidents of every young person: Poisson, by the quantile of one keyed draw that all lanes share."""
    c, world = town.columns, town.world
    means = offending.incident_rate(world.background[:, None], c.inclination, c.in_course, town.numbers.effect)
    u = world.luck.weekly_uniform("incidents", world.area, town.week, world.slot, world.generation)
    c.occurred = poisson_counts(means, np.broadcast_to(u[:, None], means.shape))


def services_see(town: Town) -> None:
    """Some incidents are reported, and the lead sees some of those; both are remembered for a while."""
    c, world, p = town.columns, town.world, town.scenario.reporting
    row, lane = np.nonzero(c.occurred)
    key = world.area[row], town.week, world.slot[row], world.generation[row]
    reported = binomial_counts(c.occurred[row, lane], p.share, world.luck.uniform("reporting", *key))
    seen = binomial_counts(reported, town.seen_share[world.area[row]], world.luck.uniform("seeing", *key))
    for week_column, counts in ((c.reported, reported), (c.seen, seen)):
        week_column[:] = 0
        week_column[row, lane] = counts
    memory = c.seen_weeks[town.week % len(c.seen_weeks)]
    c.seen_in_memory += c.seen - memory
    memory[:] = c.seen
    window = c.reported_weeks[town.week % PARTICIPANT_WINDOW_WEEKS]
    c.reported_in_window += c.reported - window
    window[:] = c.reported


def programmes_move_on(town: Town) -> None:
    """What was due this week and paid is behind us: the next week of a stage, or the next stage."""
    c, scenario = town.columns, town.scenario
    programme = scenario.programme
    c.stage_week += c.moves_on
    designed = (c.stage == Stage.SETUP) & (c.stage_week >= c.setup_weeks)
    recruited = (c.stage == Stage.RECRUITING) & (c.stage_week >= programme.recruitment_waves)
    participants = (c.standing == Standing.IN).sum(axis=1)
    ended = (c.stage == Stage.COURSE) & ((c.stage_week >= programme.course_weeks) | (participants == 0))
    for area, lane in np.argwhere(designed).tolist():
        c.menu[:, area, lane] = chosen_menu(town, area, lane)
    area, n, lane = np.nonzero(ended[:, None, :] & (c.standing == Standing.IN))
    row = c.listed[area, n, lane]
    p = town.numbers.attending.at(lane)
    done = attending.has_completed(c.attended[area, n, lane], programme.course_weeks, p)
    c.standing[area, n, lane] = np.where(done, Standing.COMPLETED, Standing.DROPPED)
    c.completed[row[done], lane[done]] = True
    c.dropped_week[row[~done], lane[~done]] = town.week
    np.add.at(c.completions, (area[done], lane[done]), 1)

    nobody_came = recruited & (participants == 0)
    c.stage[designed] = Stage.RECRUITING
    c.stage[recruited] = Stage.COURSE
    c.stage[ended | nobody_came] = Stage.IDLE
    c.round += ended | nobody_came
    c.stage_week[designed | recruited | ended] = 0


def chosen_menu(town: Town, area: int, lane: int) -> np.ndarray:
    """The menu of one programme after its set-up (K,) of zeros and ones: given, or completed by what was learned."""
    levers, listening, prior = town.levers, town.numbers.listening.at(lane), town.prior[:, lane]
    menu = levers.given_menu[:, area, lane].copy()
    if levers.learns[area, lane]:
        signals = town.columns.signals[:, area, lane]
        learned = designing.learned_share(signals, signals.sum(), prior, listening)
        voice = designing.voice(levers.power_design[area, lane], levers.process_knowledge[area, lane], listening)
        score = np.where(menu > 0.0, -1.0, designing.menu_score(learned, prior, voice))
        open_slots = town.scenario.programme.menu_size - int(levers.fixed_slots[area, lane])
        menu[np.argsort(-score, kind="stable")[:open_slots]] = 1.0
    return menu
