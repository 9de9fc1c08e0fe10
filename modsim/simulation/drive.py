"""The stages of the week over all areas and lanes, each by the acts of those who act; compiled where that is on."""

import numpy as np

from modsim.compiling.acts import before_compiling, driver
from modsim.rules import trusting
from modsim.simulation import ahead
from modsim.simulation.acts import areas as between
from modsim.simulation.acts import looking, planning
from modsim.simulation.crowds.propensity import inclination_moves  # noqa: F401  # `week` has all stages from here
from modsim.simulation.crowds.residents import residents_react, settle_residents  # noqa: F401  # as above
from modsim.simulation.crowds.streets import incidents_happen, incidents_stir, police_stop, services_see  # noqa: F401  # as above
from modsim.simulation.crowds.trust import settle_trust, trust_moves  # noqa: F401  # as above
from modsim.simulation.listing import lists_of
from modsim.simulation.state import IN, PARTICIPANT_WINDOW_WEEKS, RECRUITING
from modsim.simulation.town import Town
from modsim.world.young_people import FIXED_POINT

before_compiling(ahead.compile_ahead)


def settled(town: Town) -> Town:
    """The same town, with the trust and the means that follow from its columns worked out."""
    settle_trust(town)
    settle_residents(town)
    return town


@driver
def _trust_goes_back(town, rows):
    """In the sums over areas, trust at its start takes the place of that of the people at these rows."""
    for r, kind, lane in np.ndindex(len(rows), town.trust_start.shape[0], town.p.shape[0]):
        row, area = rows[r], town.area[rows[r]]
        before = looking.trust_in(town, kind, row, area, lane)
        after = trusting.trust(town.trust_start[kind, area, lane], 0.0, 0.0, town.p[lane].trust)
        town.trust_sums[kind, area, lane] += np.int64(np.rint(after * FIXED_POINT) - np.rint(before * FIXED_POINT))


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns: rows of people who grew out are put at rest for the newcomers."""
    newcomers = town.world.turn(week)
    _trust_goes_back(town, newcomers)
    town.welcome(newcomers)
    if town.model:
        town.model.welcome(newcomers.tolist())


@driver
def _staff_come_and_go(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        for seat in range(town.areas[area].table):
            do.may_lose_worker(town, area, lane, seat)
        do.lose_trust_between(town, area, lane)


def staff_come_and_go(town: Town) -> None:
    """Some programme workers leave; the commitment of those who come is drawn."""
    before = town.columns.worker.copy()
    _staff_come_and_go(town)
    area, seat, lane = np.nonzero(town.columns.worker != before)
    if area.size:
        town.new_worker(area, seat, lane)


@driver
def partners_answer_calls(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        for seat in range(town.areas[area].table):
            do.answer_calls(town, area, lane, seat)
        do.add_up_answered(town, area, lane)


@driver
def hours_arrive(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.receive_hours(town, area, lane)


@driver
def _programmes_are_planned(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.plan_round(town, area, lane)


def programmes_are_planned(town: Town) -> None:
    """Rounds begin where they fit and can be paid, each with a referral list."""
    town.know_wishes()
    _programmes_are_planned(town)
    draw_up_lists(town, *np.nonzero(town.now.begins))


def draw_up_lists(town: Town, areas: np.ndarray, lanes: np.ndarray) -> None:
    """The referral lists of new rounds, of some areas in some lanes."""
    if areas.size:
        _put_on_lists(town, areas, lanes, lists_of(town, areas, lanes))
        town.know_listed(areas, lanes)


@driver
def _put_on_lists(town, areas, lanes, rows):
    for one, n in np.ndindex(rows.shape):
        planning.put_on_list(town, areas[one], lanes[one], n, rows[one, n])


@driver
def workers_visit(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.visit_young_people(town, area, lane, do)


@driver
def partners_meet(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.meet(town, area, lane, do)


@driver
def _young_people_are_asked(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.ask_young_people(town, area, lane, do)
    for area, lane in np.ndindex(town.programmes.shape):  # all have been asked at the same moment
        do.give_places(town, area, lane)


def young_people_are_asked(town: Town) -> None:
    """A wave of invitations; who they are who take a place is written down."""
    _young_people_are_asked(town)
    c = town.columns
    if (c.stage == RECRUITING).any():
        area, n, lane = np.nonzero((c.luck <= 1.0) & (c.luck >= 0.0) & (c.standing == IN))
        town.records.joined(town, area, c.listed[area, n, lane], lane)
        c.luck = 2.0


@driver
def participants_are_heard(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.hear_participants(town, area, lane, do)


@driver
def _sessions_are_held(town, do):
    for row in range(len(town.touched)):
        if town.touched[row]:  # last week
            town.touched[row] = False
            for lane in range(town.programmes.shape[1]):
                town.benefit[row, lane], town.in_course[row, lane] = 0.0, False
    for area, lane in np.ndindex(town.programmes.shape):
        do.hold_session(town, area, lane, do)


def sessions_are_held(town: Town) -> None:
    """A week of every course; who came for the first time is followed from now on."""
    _sessions_are_held(town)
    if town.now.session_held.any():
        c = town.columns
        area, n, lane = np.nonzero(town.now.session_held[:, None, :] & (c.listed >= 0) & c.comes)
        row = c.listed[area, n, lane]
        first = c.first_session[row, lane] == town.week
        town.records.first_sessions(town, area[first], row[first], lane[first])
        c.comes = False


@driver
def destinations_are_found(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.look_for_destinations(town, area, lane, do)


@driver
def regard_moves(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        for seat in range(town.areas[area].table):
            do.think_of_young_people(town, area, lane, seat)
        town.now[area, lane].good_contacts = 0


@driver
def programmes_move_on(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.move_on(town, area, lane, do)


@driver
def areas_learn(town):
    for first in range(0, town.programmes.shape[0], town.hears_from.shape[1]):
        for lane in range(town.programmes.shape[1]):
            between.learn_from_each_other(town, first, lane)


@driver
def _areas_decide(town, do):
    for area, lane in np.ndindex(town.programmes.shape):
        do.count_reports(town, area, lane)
    for area, lane in np.ndindex(town.programmes.shape):
        do.may_lapse(town, area, lane)
    if town.scene[0].diffusion:
        for area, lane in np.ndindex(town.programmes.shape):
            do.evaluate(town, area, lane)
        for area, lane in np.ndindex(town.programmes.shape):
            do.consider_adopting(town, area, lane, do)
            do.keep_level(town, area, lane)


def areas_decide(town: Town) -> None:
    """Some programmes lapse; where the programme spreads by itself, some areas take it up on what they hear."""
    if town.scenario.settings.spreads == "diffusion":
        areas, year = np.arange(len(town.world.areas)), town.week // PARTICIPANT_WINDOW_WEEKS
        town.state.error_of_evaluation[:] = town.world.luck.normal("error of an evaluation", areas, year)
    _areas_decide(town)
