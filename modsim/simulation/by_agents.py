"""The stages of the week agent by agent, as a Mesa user would write them: every stage asks the agents to act.

The calendar is the world's and the same in both faces; everything else happens through verbs of
`YoungPerson` and `Partner`. Slow, readable, and the proof of `by_columns`.
"""

from typing import TYPE_CHECKING

from modsim.simulation.columns import Town

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


def hours_arrive(town: Town) -> None:
    _model(town).partners.do("receive_hours")


def programmes_are_planned(town: Town) -> None:
    _model(town).partners.do("plan_round")


def workers_visit(town: Town) -> None:
    _model(town).partners.do("visit_young_people")


def young_people_are_asked(town: Town) -> None:
    _model(town).remember_who_was_in()
    _model(town).partners.do("ask_young_people")


def sessions_are_held(town: Town) -> None:
    for person in _model(town).young_people:
        person.benefit = 0.0
        person.in_course = False
    _model(town).partners.do("hold_session")


def trust_moves(town: Town) -> None:
    people = _model(town).young_people
    if town.scenario.settings.rung != "M0":
        people.do("move_trust")
    for person in people:
        person.good_events = person.bad_events = 0


def inclination_moves(town: Town) -> None:
    _model(town).young_people.do("settle")


def incidents_happen(town: Town) -> None:
    _model(town).young_people.do("live")


def services_see(town: Town) -> None:
    _model(town).young_people.do("be_seen")


def programmes_move_on(town: Town) -> None:
    _model(town).partners.do("move_on")
