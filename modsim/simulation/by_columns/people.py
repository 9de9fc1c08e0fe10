"""Young people: the calendar, what becomes of those who completed, trust and inclination."""

import numpy as np

from modsim.rules import sharing
from modsim.simulation.columns import entries
from modsim.simulation.town import Town


def people_age_and_move(town: Town, week: int) -> None:
    """The calendar turns: rows of people who grew out are put at rest for the newcomers."""
    town.welcome(town.world.turn(week))


def destinations_are_found(town: Town) -> None:
    """Some of those who completed a while ago find work or training, and it changes them for good, bit by bit."""
    c, world, p = town.columns, town.world, town.numbers.afterwards
    row, lane = entries(c.completed_week == town.week - p.destination_weeks)
    if not row.size:
        return
    q = p.at(lane)
    chance = sharing.chance_of_destination(c.completed_match[row, lane], c.stayed_on[row, lane], q)
    key = world.area[row], 0, world.slot[row], world.generation[row]
    found = world.luck.uniform("destination", *key) < chance
    row, lane, effect = row[found], lane[found], np.broadcast_to(q.destination_effect, found.shape)[found]
    c.lasting_target[row, lane] -= effect
    town.changed[row] = True
    np.add.at(c.destinations, (world.area[row], lane), 1)


def trust_moves(town: Town) -> None:
    """Remembered experience fades; this week's own is added, and what friends tell of theirs."""
    events, town.events = [*town.events, *town.experienced()], []
    nothing = (np.empty(0, dtype=np.int64),) * 5
    town.kernels.trust_moves(
        town, tuple(np.concatenate(column) for column in zip(*events, strict=True)) if events else nothing
    )


def inclination_moves(town: Town) -> None:
    """What changed in a young person's log-rate fades, friends pull, and this week's sessions and stops tell."""
    town.kernels.inclination_moves(town)
