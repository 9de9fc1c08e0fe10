"""Residents: what they come to know of, fear and think, and what neighbours tell each other."""

import numpy as np

from modsim.rules import neighbouring, trusting
from modsim.simulation.town import Town
from modsim.world.draws import binomial_table


def residents_react(town: Town) -> None:
    """Residents hear of some incidents, answered or not, and see a programme at work; fear and trust follow."""
    c, world, numbers = town.columns, town.world, town.numbers
    people, p = world.residents, numbers.residents
    reported = np.add.reduceat(c.reported, world.first_row[:-1], axis=0, dtype=np.int64)
    table = binomial_table(reported, np.broadcast_to(p.sees, reported.shape))  # (counts, areas, lanes)
    u = world.luck.weekly_uniform("hearing of it", people.area, town.week, people.slot, np.zeros_like(people.slot))
    known = np.zeros(c.fear.shape, dtype=np.int64)
    for reached in table:
        known += u[:, None] >= reached[people.area]
    c.fear = neighbouring.fear_after(c.fear, known, town.usually_known[people.area], p)
    answered, visible = town.answered_share[people.area], town.session_held[people.area]
    good = known * answered + visible
    from_others = town.neighbour_ties @ known
    good_heard = from_others * answered + town.neighbours * visible
    q = numbers.trust
    weight = np.asarray(p.event_weight)
    c.resident_good = trusting.good_after(trusting.fading(c.resident_good, q), weight * good, 0, weight * good_heard, q)
    c.resident_bad = trusting.bad_after(trusting.fading(c.resident_bad, q), weight * known, 0, weight * from_others, q)
    c.efficacy = neighbouring.efficacy_after(c.efficacy, c.fear, town.resident_trust, p)
