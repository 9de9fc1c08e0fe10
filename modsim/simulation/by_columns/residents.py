"""Residents: what they come to know of, fear and think, and what neighbours tell each other."""

import numpy as np

from modsim.simulation.town import Town


def residents_react(town: Town) -> None:
    """Residents hear of some incidents, answered or not, and see a programme at work; fear and trust follow."""
    world, people = town.world, town.world.residents
    key = people.area, town.week, people.slot, np.zeros_like(people.slot)
    hears, sees = (world.luck.weekly_uniform(what, *key) for what in ("hearing of it", "seeing sessions"))
    town.kernels.residents_react(town, town.reports, hears, sees)
