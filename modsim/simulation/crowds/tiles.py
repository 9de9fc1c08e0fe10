"""What all loops over everybody share: tiles, the numbers of rules laid out over them, sums without an order."""

from collections import namedtuple
from typing import TYPE_CHECKING, Any

import numpy as np

from modsim.compiling.acts import Driver, act, at_place
from modsim.compiling.threads import over_spans
from modsim.rules import trusting
from modsim.simulation.lanes import NUMBERS
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.agents import Resident, YoungPerson
    from modsim.simulation.town import Town

WIDTH = 512
_BEYOND_ALL = 2**62  # rows
NOUGHT, ONE, TWO, THREE, FOUR = (np.uint64(number) for number in range(5))
BEYOND = 4  # cells that a column of which friends are added up has at its end, beside its own
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


def laid_out(numbers: Any, width: int = WIDTH) -> Any:
    """The numbers of every lane's rules (lanes,), each over a tile: whole rows, of about so many cells."""
    times = max(width // len(numbers), 1)
    return Numbers(
        *(
            kind(*(np.tile(numbers[table][name].astype(float), times) for name in kind._fields))
            for table, kind in zip(_TABLES, _KINDS.values(), strict=True)
        )
    )


def all_go_through(town: "Town", driver: Driver, columns: tuple[Any, ...], who: str = "", *verbs: str) -> list[Any]:
    """Run a driver of a stage over everybody, with what was laid out for it: what it gives for each span of areas.

    Agents that act by themselves are asked to, one after another, by each of the verbs: nothing comes back.
    """
    if town.by_agents and who:
        town.laid_out = columns
        for verb in verbs:
            getattr(town.model, who).do(verb)
        return []
    return over_spans(town.world.spans, lambda begin, stop: driver(town, begin, stop, 0, _BEYOND_ALL, *columns))


def goes_through(agent: "YoungPerson | Resident", driver: Driver, *given: Any) -> Any:
    """The same for one agent, within the stage; what is given takes the place of the last of what was laid out."""
    town, area, row = agent.model.town, agent.area, agent.row
    columns = town.laid_out[: len(town.laid_out) - len(given)]
    return driver(town, area, area + 1, row, row + 1, *columns, *given)


@act
def spread_lanes(values, tile):
    """A row of values (lanes,) again and again over a tile."""
    lanes = np.uint64(len(values))
    for first in range(NOUGHT, np.uint64(len(tile)), lanes):
        for k in range(lanes):
            tile[first + k] = values[k]


@act
def add_over_ties(column, ties, first, last, lanes, found, at):
    """What those at the ends of ties `first` to before `last` have in a column, added up in every lane: into `found`.

    Four lanes at once. Beyond the last lane stands what the next row writes over.
    """
    if lanes == ONE:
        added = 0.0
        for tie in range(first, last):
            added += column[ties[tie]]
        found[at] = added
        return
    for k in range(NOUGHT, lanes, FOUR):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for tie in range(first, last):
            i = np.uint64(ties[tie]) * lanes + k
            a += column[i]
            b += column[i + ONE]
            c += column[i + TWO]
            d += column[i + THREE]
        i = at + k
        found[i], found[i + ONE], found[i + TWO], found[i + THREE] = a, b, c, d


@act
def add_up_lane(tile, lane, lanes):
    """What a tile of whole numbers holds for one lane."""
    added = 0.0
    for i in range(lane, np.uint64(len(tile)), lanes):
        added += tile[i]
    return np.int64(added)


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
