"""The stages of the week agent by agent, as a Mesa user would write them: every stage asks the agents to act.

The calendar is the world's and the same in both faces; everything else happens through verbs of
`modsim.simulation.agents`. Slow, readable, and the proof of `by_columns`.
"""

from modsim.simulation.columns import Town


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns; those who grew out leave, newcomers take their place."""
    newcomers = town.world.turn(week)
    town.columns.forget_rows(newcomers)
    town.records.people_moved(newcomers, week)
    town.model.welcome(newcomers.tolist())


def hours_arrive(town: Town) -> None:
    town.model.partners.do("receive_hours")


def programmes_are_planned(town: Town) -> None:
    town.model.partners.do("plan_round")


def workers_visit(town: Town) -> None:
    town.model.partners.do("visit_young_people")


def young_people_are_asked(town: Town) -> None:
    town.model.remember_who_was_in()
    town.model.partners.do("ask_young_people")


def sessions_are_held(town: Town) -> None:
    for person in town.model.young_people:
        person.benefit = 0.0
        person.in_course = False
    town.model.partners.do("hold_session")


def trust_moves(town: Town) -> None:
    people = town.model.young_people
    if town.scenario.settings.rung != "M0":
        people.do("move_trust")
    for person in people:
        person.good_events = person.bad_events = 0


def inclination_moves(town: Town) -> None:
    town.model.young_people.do("settle")


def incidents_happen(town: Town) -> None:
    town.model.young_people.do("live")


def services_see(town: Town) -> None:
    town.model.young_people.do("be_seen")


def programmes_move_on(town: Town) -> None:
    town.model.partners.do("move_on")
