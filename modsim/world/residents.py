"""Adult residents of the areas: one stands for several, and talks to the neighbours."""

import numpy as np

from modsim.inputs.scenario import Area, Scenario
from modsim.world.draws import Luck
from modsim.world.ties import Ties


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
        ends = [self._ring(k, n, p.neighbours, p.rewired_neighbours, luck) for k, n in enumerate(numbers)]
        one, other = (np.concatenate([e[side] for e in ends]) for side in (0, 1))
        self.ties = Ties.between(one, other, self.rows)

    def _ring(self, area: int, number: int, neighbours: int, rewired: float, luck: Luck):
        """The ends of the ties of one area: to the next few on either side, a share of them rewired by luck."""
        slot = np.tile(np.arange(number), max(neighbours // 2, 1))
        step = np.repeat(np.arange(1, max(neighbours // 2, 1) + 1), number)
        other = (slot + step) % number
        key = np.full(len(slot), area), step, slot
        moved = luck.uniform("neighbours move", *key) < rewired
        stranger = np.minimum((luck.uniform("neighbours", *key) * number).astype(np.int64), number - 1)
        return slot + self.first_row[area], np.where(moved, stranger, other) + self.first_row[area]
