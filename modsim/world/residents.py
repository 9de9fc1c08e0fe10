"""Adult residents of the areas: one stands for several, and talks to the neighbours."""

import numpy as np

from modsim.inputs.scenario import Area, Scenario
from modsim.world.draws import Luck
from modsim.world.networks import ring_ties


class Neighbourhoods:
    """The residents of all stacked areas: `area` (rows,), `slot` (place within the area), and ties to neighbours.

    They live on a ring, each next to the same number of others; a share of ties leads elsewhere in the area.
    """

    def __init__(self, scenario: Scenario, areas: list[Area], luck: Luck):
        p = scenario.population
        numbers = [max(round(a.population / p.people_per_resident), p.neighbours + 1) for a in areas]
        self.first_row = np.concatenate([[0], np.cumsum(numbers)])
        self.rows = int(self.first_row[-1])
        self.area = np.repeat(np.arange(len(areas)), numbers)
        self.slot = np.arange(self.rows) - self.first_row[self.area]
        self.ties = ring_ties(numbers, p.neighbours, p.rewired_neighbours, luck)
