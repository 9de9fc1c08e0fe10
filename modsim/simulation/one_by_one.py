"""The stages of the week agent by agent, as a Mesa user would write them: every stage asks the agents to act.

The calendar is the world's; everything else happens through verbs of `YoungPerson`, `Resident`, `Partner`, `Anchor` and
`Programme`, which are the acts that `drive` runs over all areas and lanes. Slow, to be followed with a debugger.
"""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from modsim.rules import excitement, neighbouring, policing
from modsim.simulation import drive
from modsim.simulation.columns import Sightings, entries
from modsim.simulation.crowds.residents import settle_residents
from modsim.simulation.crowds.streets import remember
from modsim.simulation.crowds.trust import settle_trust
from modsim.simulation.town import Town
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.agents import YoungPerson
    from modsim.simulation.community import Community


def _model(town: Town) -> "Community":
    assert town.model is not None, "agents act only in a Community"
    return town.model


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns; those who grew out leave, newcomers take their place."""
    newcomers = town.world.turn(week)
    town.welcome(newcomers)
    _model(town).welcome(newcomers.tolist())


def staff_come_and_go(town: Town) -> None:
    _model(town).partners.do("may_lose_worker")
    _model(town).all_programmes.do("lose_trust_between")


def partners_answer_calls(town: Town) -> None:
    _model(town).partners.do("answer_calls")
    for one in _model(town).programmes:
        one.answered_share = one.share_answered()


def hours_arrive(town: Town) -> None:
    _model(town).all_programmes.do("receive_hours")


def programmes_are_planned(town: Town) -> None:
    town.know_wishes()
    for one in _model(town).programmes:
        if one.plan_round():
            drive.draw_up_list(town, one.area, 0)


def workers_visit(town: Town) -> None:
    _model(town).all_programmes.do("visit_young_people")


def partners_meet(town: Town) -> None:
    _model(town).all_programmes.do("meet")


def young_people_are_asked(town: Town) -> None:
    """All are asked at the same moment, then places are given."""
    _model(town).all_programmes.do("ask_young_people")
    _model(town).all_programmes.do("give_places")
    drive.write_down_who_joined(town)


def participants_are_heard(town: Town) -> None:
    _model(town).all_programmes.do("hear_participants")


def sessions_are_held(town: Town) -> None:
    for person in _model(town).young_people:
        person.benefit, person.in_course = 0.0, False
    town.touched[:] = False
    _model(town).all_programmes.do("hold_session")
    drive.write_down_first_sessions(town)


def destinations_are_found(town: Town) -> None:
    _model(town).young_people.do("find_destination")


def police_stop(town: Town) -> None:
    """Where the police sit at the table, they are on patrol."""
    if town.scenario.policing.stops_per_hour:
        for programme in _model(town).programmes:
            police = [partner for partner in programme.partners if partner.kind == town.police]
            if police:
                police[0].patrol()


def trust_moves(town: Town) -> None:
    """Everybody's own experience of this week, and what friends tell of theirs."""
    experiences = _model(town).experiences
    for kind, row, _, good, bad in zip(*(column.tolist() for column in town.experienced()), strict=True):
        mine = experiences.setdefault(row, {})
        so_far = mine.get(kind, (0, 0))
        mine[kind] = so_far[0] + good, so_far[1] + bad
    _model(town).young_people.do("move_trust")
    experiences.clear()
    settle_trust(town)


def inclination_moves(town: Town) -> None:
    _model(town).remember_inclinations()
    _model(town).young_people.do("settle")


def incidents_happen(town: Town) -> None:
    """Everybody lives the week among their group, their neighbours and the patrols of their area."""
    model, scenario, c = _model(town), town.scenario, town.columns
    town.serious[:] = 0
    efficacy = model.mean_of_residents("efficacy")
    deterred, members = [], Counter(person.group for person in model.young_people)
    for programme in model.programmes:
        hours = town.usual_patrol[programme.area, 0].item() + programme.patrol_bought
        per_1000 = hours * 1000.0 / len(programme.young_people)
        deterred.append(policing.deterred(per_1000, scenario.policing))
    excited = {group: c.excitement[group, 0].item() / number for group, number in members.items()}
    for person in model.young_people:
        person.live(efficacy[person.area], deterred[person.area], excited[person.group])
    row, lane = entries(c.occurred)
    town.caused = row, lane, c.occurred[row, lane], np.array([model.person(r).expected for r in row.tolist()])
    _displace(model, deterred, excited)
    if scenario.settings.spreads == "diffusion":
        people = [one.young_people for one in model.programmes]
        now = np.array([(_expected(those), _background(those)) for those in people]).T[..., None]
        c.years_of_expected[town.week % len(c.years_of_expected)] = now


def _displace(model: "Community", deterred: list[float], excited: dict[int, float]) -> None:
    """What patrol beyond the usual suppressed turns up, in part, in adjacent areas the week after."""
    town, p = model.town, model.scenario.policing
    town.columns.displaced[:] = 0.0
    if not p.displacement or not any(programme.patrol_bought for programme in model.programmes):
        return
    gone, usual = [], []
    for programme in model.programmes:
        people = programme.young_people
        settled = added_up([person.expected - excited[person.group] for person in people])
        usual.append(_background(people) * (1.0 - model.scenario.excitation.offspring))
        gone.append(p.displacement * settled * (policing.undone(deterred[programme.area]) - 1.0))
    for programme in model.programmes:
        share = 0.0
        for other in range(len(gone)):
            share = share + town.world.adjacent[other, programme.area].item() * gone[other] / usual[programme.area]
        town.columns.displaced[programme.area, 0] = share


def added_up(values: list[float]) -> float:
    """A sum as whole numbers of a small part, so that no order matters."""
    return sum(int(np.rint(value * FIXED_POINT)) for value in values) / FIXED_POINT


def _expected(people: list["YoungPerson"]) -> float:
    return added_up([person.expected for person in people])


def _background(people: list["YoungPerson"]) -> float:
    return added_up([person.model.town.world.background[person.row].item() for person in people])


def services_see(town: Town) -> None:
    """Everybody's incidents are reported or not, and seen or not; the sum is what each partner has to answer."""
    model, scenario = _model(town), town.scenario
    found = []
    totals: dict[tuple[int, int], int] = {}
    trust, fear = model.mean_of_residents("trust"), model.mean_of_residents("fear")
    share = [
        float(neighbouring.chance_reported(*both, scenario.residents.start_trust, scenario.reporting))
        for both in zip(trust, fear, strict=True)
    ]
    for person in model.young_people:
        seen = person.be_seen(share[person.area])
        if person.reported:
            found.append((person.row, person.reported, seen))
            for kind, number in enumerate(seen):
                totals[person.area, kind] = totals.get((person.area, kind), 0) + number
    for partner in model.partners:
        partner.seen = totals.get((partner.area, partner.kind), 0)
    found.sort()
    row = np.array([r for r, _, _ in found], dtype=np.int64)
    reported = np.array([n for _, n, _ in found], dtype=np.int16)
    seen = np.array([s for _, _, s in found], dtype=np.int16).reshape(-1, len(town.seen_share)).T
    remember(town, Sightings(row, np.zeros_like(row), town.world.generation[row], reported, seen))


def incidents_stir(town: Town) -> None:
    """What a group's members did, and its rivals, sets off more."""
    model, p, world = _model(town), town.scenario.excitation, town.world
    caused = Counter(dict.fromkeys(range(len(world.group_area)), 0))
    for person in model.young_people:
        caused[person.group] += person.occurred
    for group, own in caused.items():
        area, rivals = int(world.group_area[group]), []
        if world.group_number[group] < world.core_groups[area] > 1:
            first = group - int(world.group_number[group])
            rivals = [other for other in range(first, first + int(world.core_groups[area])) if other != group]
        by_rivals = sum(caused[other] for other in rivals) / max(len(rivals), 1)
        now = town.columns.excitement[group, 0].item()
        share = p.rival_share if rivals else 0.0
        town.columns.excitement[group, 0] = excitement.excitement_after(now, own, by_rivals, share, p)


def residents_react(town: Town) -> None:
    """First all hear of incidents, then all think again, on what they and their neighbours heard."""
    model = _model(town)
    reported = [sum(person.reported for person in programme.young_people) for programme in model.programmes]
    for resident in model.residents:
        resident.look_around(reported[resident.area], model.programmes[resident.area].session_held)
    for resident in model.residents:
        resident.think_again(model.programmes[resident.area].answered_share)
    settle_residents(town)


def regard_moves(town: Town) -> None:
    """Every partner thinks again; the lead has met young people, too."""
    _model(town).partners.do("think_of_young_people")
    for one in _model(town).programmes:
        one.good_contacts = 0


def programmes_move_on(town: Town) -> None:
    _model(town).all_programmes.do("move_on")


def areas_learn(town: Town) -> None:
    """Areas of one replicate learn from each other; no agent does that alone."""
    drive.areas_learn(town)


def areas_decide(town: Town) -> None:
    """Some programmes lapse; where it spreads by itself, some areas take it up on what they hear."""
    drive.learn_errors_of_evaluation(town)
    _model(town).all_programmes.do("count_reports")
    _model(town).all_programmes.do("may_lapse")
    if town.scenario.settings.spreads == "diffusion":
        for one in _model(town).programmes:
            one.consider_adopting()
            one.keep_level()
