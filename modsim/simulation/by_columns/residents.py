"""Residents: what they come to know of, fear and think, and what neighbours tell each other."""

from itertools import pairwise

import numpy as np

from modsim.rules import neighbouring
from modsim.simulation.town import Town
from modsim.world.draws import binomial_table


def residents_react(town: Town) -> None:
    """Residents hear of some incidents, answered or not, and see a programme at work; fear and trust follow."""
    c, world, numbers = town.columns, town.world, town.numbers
    people, p = world.residents, numbers.residents
    reported = np.add.reduceat(c.reported, world.first_row[:-1], axis=0, dtype=np.int64)
    table = binomial_table(reported, np.broadcast_to(p.sees, reported.shape))  # (counts, areas, lanes)
    u = world.luck.weekly_uniform("hearing of it", people.area, town.week, people.slot, np.zeros_like(people.slot))
    known = np.zeros(c.fear.shape)  # whole numbers
    for area, (first, end) in enumerate(pairwise(people.first_row.tolist())):
        for reached in table:
            known[first:end] += u[first:end, None] >= reached[area]
    c.fear = neighbouring.fear_after(c.fear, known, town.usually_known[people.area], p)
    u = world.luck.weekly_uniform("seeing sessions", people.area, town.week, people.slot, np.zeros_like(people.slot))
    visible = (town.session_held[people.area] & (u[:, None] < p.sees)).astype(np.float64)
    answered, q = town.answered_share[people.area], numbers.trust
    bad_heard, visible_heard = town.neighbour_ties @ known, town.neighbour_ties @ visible
    good, good_heard = known * answered + visible, bad_heard * answered + visible_heard
    c.resident_good = neighbouring.memory_after(c.resident_good, good, good_heard, p, q)
    weight = q.loss_to_gain
    c.resident_bad = neighbouring.memory_after(c.resident_bad, weight * known, weight * bad_heard, p, q)
    c.efficacy = neighbouring.efficacy_after(c.efficacy, c.fear, town.resident_trust, p)
