"""The stages of the week for whole columns with lanes: no Python object acts, everything moves at once.

`modsim.simulation.by_agents` holds the same stages agent by agent. Both call the same rules and the same draws, and
give the same numbers, bit for bit.
"""

from modsim.simulation.by_columns.incidents import incidents_happen, incidents_stir, police_stop, services_see
from modsim.simulation.by_columns.people import inclination_moves, people_age_and_move, trust_moves
from modsim.simulation.by_columns.residents import residents_react
from modsim.simulation.drive import (
    areas_decide,
    areas_learn,
    destinations_are_found,
    hours_arrive,
    participants_are_heard,
    partners_answer_calls,
    partners_meet,
    programmes_are_planned,
    programmes_move_on,
    regard_moves,
    sessions_are_held,
    staff_come_and_go,
    workers_visit,
    young_people_are_asked,
)

__all__ = [
    "areas_decide",
    "areas_learn",
    "destinations_are_found",
    "hours_arrive",
    "incidents_happen",
    "incidents_stir",
    "inclination_moves",
    "participants_are_heard",
    "partners_answer_calls",
    "partners_meet",
    "people_age_and_move",
    "police_stop",
    "programmes_are_planned",
    "programmes_move_on",
    "regard_moves",
    "residents_react",
    "services_see",
    "sessions_are_held",
    "staff_come_and_go",
    "trust_moves",
    "workers_visit",
    "young_people_are_asked",
]
