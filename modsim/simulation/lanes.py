"""What each lane runs: an arm at a parameter point, and the numbers of the rules lane by lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modsim.inputs.fields import Table
from modsim.inputs.scenario import Scenario

# Tables whose numbers may differ between lanes of one world; all else in a scenario makes another world.
LANE_TABLES = (
    "trust", "listening", "joining", "attending", "effect", "designing", "purse", "targeting", "commitment", "turnover",
    "sharing", "afterwards", "peers", "excitation", "policing", "order", "residents", "learning", "spread",
)  # fmt: skip
# those of them that tell before any programme begins
HISTORY_TABLES = (
    "trust", "commitment", "turnover", "effect", "peers", "excitation", "policing", "order", "residents", "spread",
)  # fmt: skip

_HOW_IT_IS_READ = (
    "rung", "without", "replicates", "arms", "reference_arm", "verdict_arm", "verdict_against", "break_even_points",
    "smallest_difference", "show",
)  # fmt: skip


@dataclass(frozen=True)
class Lane:
    """An arm at a parameter point, by the point's position in the list of scenarios run together (0 the first)."""

    arm: str
    point: int = 0


class PerLane:
    """The numbers of one table of the scenario: single values where all lanes agree, columns (lanes,) where not.

    Rules take it in place of the table: a column broadcasts against columns with lanes innermost. For entities
    picked out of several lanes, `at` gives each its own lane's numbers.
    """

    def __init__(self, numbers: dict[str, object]):
        self._numbers = numbers
        self._differ = any(isinstance(value, np.ndarray) for value in numbers.values())
        vars(self).update(numbers)

    @classmethod
    def of(cls, tables: Sequence[Table]) -> "PerLane":
        """From the same table of each lane's scenario."""
        kind = type(tables[0])
        derived = [name for name, value in vars(kind).items() if isinstance(value, property)]
        numbers: dict[str, object] = {}
        for name in [*kind.model_fields, *derived]:
            values = [getattr(table, name) for table in tables]
            numbers[name] = values[0] if all(value == values[0] for value in values) else np.array(values)
        return cls(numbers)

    def at(self, lane) -> "PerLane":
        """The numbers for entities in these lanes (an array or one lane)."""
        if not self._differ:
            return self
        return PerLane({k: v[lane] if isinstance(v, np.ndarray) else v for k, v in self._numbers.items()})

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the table has no number {name!r}")  # its numbers are found before this is asked


class LaneNumbers:
    """The tables of `LANE_TABLES`, each a `PerLane`, for the scenarios of all lanes."""

    trust: PerLane
    listening: PerLane
    joining: PerLane
    attending: PerLane
    effect: PerLane
    designing: PerLane
    purse: PerLane
    targeting: PerLane
    commitment: PerLane
    turnover: PerLane
    sharing: PerLane
    afterwards: PerLane
    peers: PerLane
    excitation: PerLane
    policing: PerLane
    order: PerLane
    residents: PerLane
    learning: PerLane
    spread: PerLane

    def __init__(self, scenarios: Sequence[Scenario]):
        for name in LANE_TABLES:
            setattr(self, name, PerLane.of([getattr(scenario, name) for scenario in scenarios]))


def _is_numeric(field: Any) -> bool:
    return field.annotation in (int, float, bool)


def _numbers_of_table(kind: type[Table]) -> dict[str, Any]:
    """The numbers of a table, those derived from others too, and their types."""
    found = {name: field.annotation for name, field in kind.model_fields.items() if _is_numeric(field)}
    return found | {name: float for name, value in vars(kind).items() if isinstance(value, property)}


_NOT_OF_A_WEEK = {"settings", "origin", "world", "population", "vocabulary"}  # they tell before the first one
_TABLES = {
    name: _numbers_of_table(field.annotation)
    for name, field in Scenario.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Table) and name not in _NOT_OF_A_WEEK
}
NUMBERS = np.dtype([(table, list(numbers.items())) for table, numbers in _TABLES.items()])


def numbers_of(scenarios: Sequence[Scenario]) -> Any:
    """The numbers of every scenario's tables (scenarios,), one record each: rules are handed a part of it."""
    found = np.zeros(len(scenarios), dtype=NUMBERS)
    for k, scenario in enumerate(scenarios):
        found[k] = tuple(
            tuple(getattr(getattr(scenario, table), name) for name in numbers) for table, numbers in _TABLES.items()
        )
    return found.view(np.recarray)


def what_makes_the_world(scenario: Scenario) -> dict[str, Any]:
    """Everything of a scenario but what may differ between lanes: two scenarios that agree here can share a world."""
    content = scenario.model_dump(exclude={*LANE_TABLES, "arms", "title", "notes", "format"})
    for name in ("dissimilarity", "dissimilarity_low", "dissimilarity_high"):
        content["world"].pop(name)
    for name in _HOW_IT_IS_READ:
        content["settings"].pop(name)
    if scenario.settings.comparison != "equal_budget":  # all arms then wait for the one with the longest set-up
        content["longest_setup_weeks"] = scenario.longest_setup_weeks
    return content | {"memory_weeks": scenario.targeting.memory_weeks}


def what_makes_the_past(scenario: Scenario) -> dict[str, Any]:
    """What tells in the history before week 0, beside what makes the world: where two agree, so do their pasts."""
    return {name: getattr(scenario, name).model_dump() for name in HISTORY_TABLES}
