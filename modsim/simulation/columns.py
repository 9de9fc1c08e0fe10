"""All that an arm can change, for all lanes: records of entities, and NumPy columns that are windows on them.

People are (rows, lanes), programmes (areas, lanes), partners (areas, partners, lanes), those listed (areas, places on
the list, lanes). A lane is one arm at one parameter point.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.simulation.experience import BAD, GOOD, Experience
from modsim.simulation.state import (
    CHOICE,
    GROUP,
    HEADINGS,
    LISTED,
    NEVER,
    NOT_YET,
    PARTICIPANT_WINDOW_WEEKS,
    PARTNER,
    PROGRAMME,
    RESIDENT,
    WISH,
    YOUNG_PERSON,
    YOUNG_PERSON_WEEKLY,
    Stage,
    Standing,
)
from modsim.world.young_people import World

__all__ = [
    "HEADINGS", "NEVER", "NOT_YET", "PARTICIPANT_WINDOW_WEEKS", "Columns", "Sightings", "Stage",
    "Standing", "entries",
]  # fmt: skip


def entries(where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and lanes (n,) where a column (rows, lanes) is not zero, in order; quicker than `nonzero` on it."""
    row, lane = np.divmod(np.flatnonzero(where), where.shape[1])
    return row, lane


_FURTHER = "seen_in_memory", "year_of_reports", "years_of_expected"


class Columns:
    """The state of all lanes, one for each scenario. Columns start empty or at rest; `spread` makes more lanes.

    `records` holds arrays of records by kind of entity, lanes second: (areas, lanes) and so on. Every attribute of
    theirs is a column here too, lanes last, on the same memory; to assign to it writes there.
    """

    records: dict[str, np.ndarray]

    def __init__(self, world: World, scenarios: Sequence[Scenario]):
        lanes = len(scenarios)
        rows, areas, activities = world.rows, len(world.areas), len(world.activity_ids)
        services, table = len(world.partners.kinds), world.partners.most
        on_list = world.scenario.programme.list_length
        pairs = world.partners.pairs.shape[1]
        records = {
            "people": YOUNG_PERSON.records(rows, lanes),
            "partners": PARTNER.records(areas, lanes, table),
            "programmes": PROGRAMME.records(areas, lanes),
            "listing": LISTED.records(areas, lanes, on_list),
            "choices": CHOICE.records(areas, lanes, activities),
            "wishes": WISH.records(areas, lanes, on_list, activities),
            "groups": GROUP.records(len(world.group_area), lanes),
            "pair_trust": np.ones((areas, lanes, pairs)),
            "votes": np.zeros((areas, lanes, int(world.territories.max())), dtype=np.int64),
            "spent": np.zeros((areas, lanes, len(HEADINGS))),
            "in_kind": np.zeros((areas, lanes, len(HEADINGS))),
        }
        vars(self)["experience"] = Experience(services, rows, lanes)  # of people, with services
        vars(self)["seen_in_memory"] = np.zeros((services, rows, lanes), dtype=np.int16)
        vars(self)["sightings"] = {}  # by week, for as long as anybody remembers
        vars(self)["year_of_reports"] = np.zeros((PARTICIPANT_WINDOW_WEEKS, areas, lanes), dtype=np.int64)
        # expected incidents and their background, each week in the place of the one before it fell out
        diffusion = world.scenario.settings.spreads == "diffusion"
        weeks = PARTICIPANT_WINDOW_WEEKS + max(s.spread.evidence_delay for s in scenarios) if diffusion else 1
        vars(self)["years_of_expected"] = np.zeros((weeks, 6, areas, lanes))
        vars(self).update(YOUNG_PERSON_WEEKLY.columns(rows, lanes))
        vars(self).update(RESIDENT.columns(world.residents.rows, lanes))
        self._settle(records)
        self.regard = np.array([s.commitment.regard_start for s in scenarios])
        self.between = np.array([s.commitment.together_start for s in scenarios])
        opens = [NOT_YET if diffusion and a.role == "recipient" else a.opens_week for a in world.areas]
        self.opens = np.array(opens)[:, None]

    def _settle(self, records: dict[str, np.ndarray]) -> None:
        """Take these records for one's own, and lay the columns over them."""
        vars(self)["records"] = records
        for array in records.values():
            for name in array.dtype.names or ():
                vars(self)[name] = np.moveaxis(array[name], 1, -1)
        for name, of in (("between", "pair_trust"), ("venue_votes", "votes")):
            vars(self)[name] = np.moveaxis(records[of], 1, -1)
        for name in ("menu", "designed", "signals", "failed", "tried", "named", "meant", "plan"):  # activities first
            vars(self)[name] = np.moveaxis(vars(self)[name], -2, 0)
        vars(self)["venue_votes"] = np.moveaxis(vars(self)["venue_votes"], 1, 0)
        for name in ("spent", "in_kind"):
            vars(self)[name] = {heading: records[name][..., k] for k, heading in enumerate(HEADINGS)}

    def __getstate__(self) -> dict[str, Any]:
        """What is no window on something else: windows are laid again when it is read."""
        own = "records", "experience", "seen_in_memory", "sightings", "year_of_reports", "years_of_expected"
        return {name: vars(self)[name] for name in (*own, *YOUNG_PERSON_WEEKLY.attributes, *RESIDENT.attributes)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._settle(self.records)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in YOUNG_PERSON_WEEKLY.attributes or name in RESIDENT.attributes:
            vars(self)[name] = value
        else:
            vars(self)[name][...] = value

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no column {name!r}")

    @property
    def good(self) -> np.ndarray:
        """Remembered good experience with each type of service (services, rows, lanes), worked out again."""
        return self.experience.of_rows()[GOOD]

    @property
    def bad(self) -> np.ndarray:
        """Remembered bad experience with each type of service (services, rows, lanes), worked out again."""
        return self.experience.of_rows()[BAD]

    def spread(self, lanes: Sequence[int]) -> "Columns":
        """Columns of a new set of lanes, each a copy of the lane named for it; these stay as they are."""
        new = object.__new__(Columns)
        for name in (*YOUNG_PERSON_WEEKLY.attributes, *RESIDENT.attributes, *_FURTHER):
            vars(new)[name] = np.take(vars(self)[name], lanes, axis=-1)
        vars(new)["experience"] = self.experience.spread(lanes)
        vars(new)["sightings"] = {week: seen.spread(lanes) for week, seen in self.sightings.items()}
        new._settle({name: np.take(array, lanes, axis=1) for name, array in self.records.items()})
        return new

    def forget_rows(self, rows: np.ndarray) -> None:
        """Put the rows of people who left at rest, for the newcomers who now hold them."""
        self.records["people"][rows] = YOUNG_PERSON.records(1)
        for name in YOUNG_PERSON_WEEKLY.attributes:
            start = YOUNG_PERSON_WEEKLY.start_of_newcomer(name)
            if start is not None:
                vars(self)[name][rows] = start
        self.experience.forget(rows)
        self.seen_in_memory[:, rows] = 0
        gone = np.zeros(len(self.inclination) + 1, dtype=bool)  # the last stands for nobody, -1 on the referral list
        gone[rows] = True
        self.standing[gone[self.listed]] = Standing.GONE


class Sightings:
    """The reported incidents of one week, and how many of them each type of service saw: few, so kept as a list.

    Columns over entries: `row` and `generation` of who caused them, `lane`, `reported`, and `seen` (services, entries).
    """

    def __init__(self, row, lane, generation, reported, seen):
        self.row, self.lane, self.generation, self.reported, self.seen = row, lane, generation, reported, seen

    def spread(self, lanes: Sequence[int]) -> "Sightings":
        """The same for a new set of lanes, each a copy of the lane named for it."""
        at = [np.nonzero(self.lane == lane)[0] for lane in lanes]
        which = np.concatenate([np.empty(0, dtype=np.int64), *at])
        lane = np.repeat(np.arange(len(lanes)), [len(found) for found in at])
        return Sightings(self.row[which], lane, self.generation[which], self.reported[which], self.seen[:, which])
