"""What all loops over everybody share: tiles, the numbers of rules laid out over them, sums without an order."""

from collections import namedtuple
from typing import Any

import numpy as np

from modsim.compiling.acts import act, at_place
from modsim.rules import trusting
from modsim.simulation.lanes import NUMBERS
from modsim.world.young_people import FIXED_POINT

WIDTH = 512
NOUGHT, ONE, TWO = np.uint64(0), np.uint64(1), np.uint64(2)
_named_tuple: Any = namedtuple  # its names are those of a declaration, which no type checker knows
_TABLES = "trust", "effect", "order", "peers", "excitation", "policing", "residents"
_KINDS: dict[str, Any] = {
    f"{table}_numbers": _named_tuple(f"{table}_numbers", NUMBERS[table].names) for table in _TABLES
}
globals().update(_KINDS)  # where a pickle looks for them
Numbers = _named_tuple("Numbers", _TABLES)  # of tables, each with a tile for each number


def unsigned(places: np.ndarray) -> np.ndarray:
    """Places in columns, as loops take them: from a signed number they would have to look whether it is below 0."""
    return places.view(np.dtype(f"uint{8 * places.itemsize}"))


def tile_width(lanes: int) -> int:
    """Cells of a tile: whole rows."""
    return max(WIDTH // lanes, 1) * lanes


def laid_out(numbers: Any) -> Any:
    """The numbers of every lane's rules (lanes,), each over a tile."""
    times = tile_width(len(numbers)) // len(numbers)
    return Numbers(
        *(
            kind(*(np.tile(numbers[table][name].astype(float), times) for name in kind._fields))
            for table, kind in zip(_TABLES, _KINDS.values(), strict=True)
        )
    )


@act
def spread_lanes(values, tile):
    """A row of values (lanes,) again and again over a tile."""
    lanes = len(values)
    for first in range(0, len(tile), lanes):
        for k in range(lanes):
            tile[first + k] = values[k]


@act
def trust_of(good, bad, at, cells, start, first, p, trust, into):
    """Trust of a tile, from experience at `at`; the tile begins at `first` in `start`, and `into` in `trust`."""
    for i in range(cells):
        trust[into + i] = trusting.trust(start[first + i], good[at + i], bad[at + i], at_place(p, i))


@act
def add_whole(values, at, cells, whole, first):
    """Add whole numbers of 1/`FIXED_POINT`, kept as floating point: their sums are exact for 8 million people."""
    for i in range(cells):
        whole[first + i] += np.rint(values[at + i] * FIXED_POINT)
