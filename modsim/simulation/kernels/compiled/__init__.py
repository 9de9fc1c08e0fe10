"""The hot loops, compiled: each function here does what the one of its name in `plain` does, with the same bits.

A column (rows, lanes) is gone through in tiles: as many rows side by side as make a tile of some `WIDTH` cells, so that
one lane is as quick as sixty. First what belongs to a row, a group or an area is laid out over the tile, then plain
arithmetic runs over it, in loops with few columns each (a compiler gives up vectorising on many). Columns are flat, and
what is passed with one is where the tile begins in it: `at`, and how many `cells` it has.

Where somebody has put a rule of their own in place of one used here, the plain form is taken, which asks for rules by
name each time.
"""

from modsim.simulation.kernels.compiled.inclination import inclination_moves
from modsim.simulation.kernels.compiled.residents import residents_react
from modsim.simulation.kernels.compiled.streets import incidents, reported_ones, serious_ones, stops, sum_by_area
from modsim.simulation.kernels.compiled.trust import settle_trust, trust_moves
from modsim.simulation.kernels.plain import settle_residents

__all__ = [
    "incidents",
    "inclination_moves",
    "reported_ones",
    "residents_react",
    "serious_ones",
    "settle_residents",
    "settle_trust",
    "stops",
    "sum_by_area",
    "trust_moves",
]
