"""Young people: the calendar, what becomes of those who completed, trust and inclination."""

from modsim.simulation.town import Town


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns: rows of people who grew out are put at rest for the newcomers."""
    town.welcome(town.world.turn(week))


def trust_moves(town: Town) -> None:
    """Remembered experience fades; this week's own is added, and what friends tell of theirs."""
    town.kernels.trust_moves(town, town.experienced())


def inclination_moves(town: Town) -> None:
    """What changed in a young person's log-rate fades, friends pull, and this week's sessions and stops tell."""
    town.kernels.inclination_moves(town)
