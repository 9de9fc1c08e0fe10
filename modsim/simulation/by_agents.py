"""The stages of the week agent by agent, as a Mesa user would write them: every stage asks the agents to act.

The calendar is the world's and the same in both faces; everything else happens through verbs of `YoungPerson`,
`Partner`, `Anchor` and `Programme`. Slow, readable, and the proof of `by_columns`.
"""

from typing import TYPE_CHECKING

import numpy as np

from modsim.simulation.by_columns.incidents import remember
from modsim.simulation.columns import Sightings
from modsim.simulation.town import Town

if TYPE_CHECKING:
    from modsim.simulation.community import Community


def _model(town: Town) -> "Community":
    assert town.model is not None, "agents act only in a Community"
    return town.model


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns; those who grew out leave, newcomers take their place."""
    newcomers = town.world.turn(week)
    town.columns.forget_rows(newcomers)
    _model(town).welcome(newcomers.tolist())


def staff_come_and_go(town: Town) -> None:
    _model(town).partners.do("may_lose_worker")


def partners_answer_calls(town: Town) -> None:
    _model(town).partners.do("answer_calls")


def hours_arrive(town: Town) -> None:
    _model(town).all_programmes.do("receive_hours")


def programmes_are_planned(town: Town) -> None:
    _model(town).all_programmes.do("plan_round")


def workers_visit(town: Town) -> None:
    _model(town).all_programmes.do("visit_young_people")


def partners_meet(town: Town) -> None:
    _model(town).all_programmes.do("meet")


def young_people_are_asked(town: Town) -> None:
    _model(town).remember_who_was_in()
    _model(town).all_programmes.do("ask_young_people")


def participants_are_heard(town: Town) -> None:
    _model(town).all_programmes.do("hear_participants")


def sessions_are_held(town: Town) -> None:
    for person in _model(town).young_people:
        person.benefit = 0.0
        person.in_course = False
    _model(town).all_programmes.do("hold_session")


def destinations_are_found(town: Town) -> None:
    _model(town).young_people.do("find_destination")


def trust_moves(town: Town) -> None:
    _model(town).young_people.do("move_trust")
    _model(town).experiences.clear()


def inclination_moves(town: Town) -> None:
    _model(town).young_people.do("settle")


def incidents_happen(town: Town) -> None:
    _model(town).young_people.do("live")


def services_see(town: Town) -> None:
    """Everybody's incidents are reported or not, and seen or not; the sum is what each partner has to answer."""
    model = _model(town)
    found = []
    totals: dict[tuple[int, int], int] = {}
    for person in model.young_people:
        seen = person.be_seen()
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
    remember(town, Sightings(row, np.zeros_like(row), reported, seen))


def regard_moves(town: Town) -> None:
    """Every partner thinks again; the lead has met young people, too."""
    model = _model(town)
    for partner in model.partners:
        partner.rethink(model.good_contacts[partner.area])
    model.good_contacts = dict.fromkeys(model.good_contacts, 0)


def programmes_move_on(town: Town) -> None:
    _model(town).all_programmes.do("move_on")
