"""What all compiled loops share: tiles, the numbers of the rules laid out over them, and sums without an order."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import inner, jit, usable
from modsim.rules import arithmetic, excitement, inclining, neighbouring, offending, policing, trusting
from modsim.simulation.kernels import plain
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.town import Town

WIDTH = 512
NOUGHT, ONE, TWO = np.uint64(0), np.uint64(1), np.uint64(2)
_USED = {
    trusting: ("trust", "fading", "good_after", "bad_after"),
    inclining: ("lasting_after", "reversion_slowed", "weight_of_friends", "pull_of_friends", "inclination_after"),
    policing: ("stops_expected",),
    excitement: ("chance_serious",),
    offending: ("restraint", "incident_rate"),
    neighbouring: ("memory_after", "fear_after", "efficacy_after"),
    arithmetic: ("between", "exponential"),
}
_rules_stand = usable(*(getattr(module, name) for module, names in _USED.items() for name in names))


def _own_rules(town: "Town") -> bool:
    """Whether a rule used here is not the one that was compiled."""
    return not town.own_rules.isdisjoint(("inclination_after", "incident_rate")) or not _rules_stand()


def unless_own_rules[**P, R](compiled: Callable[P, R]) -> Callable[P, R]:
    """Take the function of the same name in `plain` where a rule is somebody's own."""
    reference = getattr(plain, compiled.__name__)

    @wraps(compiled, assigned=("__module__", "__name__", "__qualname__"))
    def either(*given: P.args, **named: P.kwargs) -> R:
        town: Any = given[0]  # always the first
        return (reference if _own_rules(town) else compiled)(*given, **named)

    either.__doc__ = reference.__doc__
    return either


def unsigned(places: np.ndarray) -> np.ndarray:
    """Places in columns, as loops take them: from a signed number they would have to look whether it is below 0."""
    return places.view(np.dtype(f"uint{8 * places.itemsize}"))


def tile_width(lanes: int) -> int:
    return max(WIDTH // lanes, 1) * lanes


def tiled[N](kind: type[N], numbers: Any, town: "Town") -> N:
    """The numbers that a loop needs of a table (a named tuple), each over a tile; worked out once for a town."""
    kept = town.tiles.get(kind)
    if kept is None:
        lanes = town.lanes
        names = kind.__annotations__
        columns = [np.broadcast_to(np.asarray(getattr(numbers, name), dtype=float), lanes) for name in names]
        kept = town.tiles[kind] = kind(*(np.tile(column, tile_width(lanes) // lanes) for column in columns))
    return kept


@jit
def four_tiles(width):
    """Room for four tiles. (Rows of one table would not be known to lie close, and their loops not be vectorised.)"""
    return np.empty(width), np.empty(width), np.empty(width), np.empty(width)


@inner
def spread_lanes(values, tile):
    """A row of values (lanes,) again and again over a tile."""
    lanes = len(values)
    for first in range(0, len(tile), lanes):
        for k in range(lanes):
            tile[first + k] = values[k]


class Prior(NamedTuple):
    prior_strength: float


@inner
def trust_of(good, bad, at, cells, start, first, strength, trust, into):
    """Trust of a tile, from experience at `at`; the tile begins at `first` in `start`, and `into` in `trust`."""
    for i in range(cells):
        trust[into + i] = trusting.trust(start[first + i], good[at + i], bad[at + i], Prior(strength[i]))


@inner
def add_whole(values, at, cells, whole, first):
    """Add whole numbers of 1/`FIXED_POINT`, kept as floating point: their sums are exact for 8 million people."""
    for i in range(cells):
        whole[first + i] += np.rint(values[at + i] * FIXED_POINT)
