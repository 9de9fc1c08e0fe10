"""What each lane runs: an arm at a parameter point, and the numbers of the rules lane by lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
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


def columns_of(numbers: Any) -> SimpleNamespace:
    """The same, a column (scenarios,) for each number: what NumPy works with, by table and name."""
    tables = numbers.view(np.ndarray)
    return SimpleNamespace(
        **{name: SimpleNamespace(**{n: np.ascontiguousarray(tables[name][n]) for n in tables[name].dtype.names})
           for name in tables.dtype.names}
    )  # fmt: skip


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
