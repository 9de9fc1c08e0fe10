"""A run is named by everything that moves one of its numbers, as it really runs."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest

from modsim.inputs.fields import Table
from modsim.inputs.mechanisms import NAMED, RUNGS
from modsim.inputs.problems import ScenarioError
from modsim.inputs.reading import with_changes
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane
from modsim.simulation.naming import what_decides
from modsim.simulation.runs import run
from modsim.studies.loading import toml_value
from tests.conftest import ARMS, small_scenario
from tests.simulation.same import outcomes_differ

SHORT = "settings.weeks=30", "settings.arms=['attention', 'transplant', 'recoproduce']"


def keys_of(table: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every dotted key of a scenario with its field: of dicts and lists of tables, those of the entry looked at."""
    for name, field in type(table).model_fields.items():
        value, key = getattr(table, name), f"{prefix}{name}"
        if isinstance(value, Table):
            yield from keys_of(value, f"{key}.")
        elif name == "arms" and isinstance(value, dict):
            for arm in ("none", "recoproduce", "patrol" if "patrol" in value else "enforce"):
                yield from keys_of(value[arm], f"{key}.{arm}.")
        elif isinstance(value, list) and value and isinstance(value[0], Table):
            yield from keys_of(value[-1], f"{key}.{value[-1].id}.")
        else:
            yield key, field


def other_values(field: Any, now: Any) -> list[Any]:
    """Values that the field may take and does not, the nearest first; a few, since some contradict another field."""
    kind = field.annotation
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, int | float):
        low, high = (
            next((getattr(m, end) for m in field.metadata if getattr(m, end, None) is not None), other)
            for end, other in (("ge", 0), ("le", 1))
        )
        step = 1 if isinstance(now, int) else (high - low) / 64
        near = [now - step, now + step, now * 0.9, now * 1.1, low, high, (low + high) / 2]
        near = [int(value) if isinstance(now, int) else float(value) for value in near]
        return [value for value in near if low <= value <= high and value != now]
    words = [word for one in (kind, *get_args(kind)) if get_origin(one) is Literal for word in get_args(one)]
    return [word for word in words if word != now]


BY_HAND = {  # lists, tables and texts that no range describes
    "title": ["another"],
    "notes": ["another"],
    "settings.arms": [["recoproduce", "transplant", "attention"]],
    "settings.show": [["rounds"]],
    "settings.break_even_points": [[0.5]],
    "settings.verdict_arm": ["attention"],
    "settings.verdict_against": ["attention"],
    "settings.without": [["mentoring"], ["insight-3"], ["insight-7"]],
    "arms.recoproduce.label": ["another"],
    "arms.recoproduce.places": [8],
    "arms.recoproduce.learning": [["guide"], ["shared_worker"]],
    "areas.govan.adjacent": [["castlefern"]],
    "areas.govan.second_council": [["police"]],
    "areas.govan.partners": [["police", "housing", "youth_work", "school", "health"]],
    "partners.lead_pool": [["police"]],
}


def alternatives() -> Iterator[tuple[str, Scenario]]:
    """The small scenario with each of its fields at another value."""
    base = small_scenario(*SHORT)
    for key, field in keys_of(base):
        value: Any = base
        for part in key.split("."):
            entries = {entry.id: entry for entry in value} if isinstance(value, list) else value
            value = entries[part] if isinstance(entries, dict) else getattr(entries, part)
        for other in BY_HAND.get(key) or other_values(field, value):
            try:
                yield key, with_changes(base, [f"{key}={toml_value(other)}"])
                break
            except ScenarioError:
                continue


def test_whatever_moves_a_number_of_a_run_moves_its_name():
    """Every field is changed: either all names that it may touch move, or the run is lived again and is the same."""
    base = small_scenario(*SHORT)
    lanes = [Lane(arm) for arm in ARMS]
    usual, names = run(base, lanes, [0]), what_decides(base, ARMS)
    changed = dict(alternatives())
    assert len(changed) > 250
    same_name = {
        key: [a for a, name in what_decides(s, ARMS).items() if name == names[a]] for key, s in changed.items()
    }
    unmoved = {key: arms for key, arms in same_name.items() if arms}
    assert {"title", "settings.show", "arms.recoproduce.label"} <= set(unmoved)
    wrong = {}
    for key, arms in unmoved.items():
        same = [lane for lane in lanes if lane.arm in arms]
        again = run(changed[key], [Lane("none"), *(lane for lane in same if lane.arm != "none")], [0])
        if differ := outcomes_differ(again.only(same), usual.only(same)):
            wrong[key] = differ
    assert not wrong


@pytest.mark.parametrize("comparison", ["equal_start", "equal_activity"])
def test_the_set_up_of_an_arm_that_is_not_run_counts_where_all_wait_for_it(comparison):
    base = small_scenario(*SHORT, f"settings.comparison={comparison}")
    later = with_changes(base, ["arms.core_flex.setup_weeks=40"])
    assert outcomes_differ(run(base, [Lane("transplant")], [0]), run(later, [Lane("transplant")], [0]))
    assert what_decides(base, ["transplant"]) != what_decides(later, ["transplant"])


def test_model_levels_and_mechanisms_taken_away_are_part_of_the_name():
    base = small_scenario(*SHORT)
    levels = [what_decides(with_changes(base, [f"settings.rung={rung}"]), ARMS) for rung in RUNGS]
    assert len({level["recoproduce"] for level in levels}) == len(RUNGS)
    for name in NAMED:
        without = with_changes(base, [f"settings.without={toml_value([name])}"])
        if what_decides(without, ["recoproduce"]) == what_decides(base, ["recoproduce"]):
            lived = [run(scenario, [Lane("none"), Lane("recoproduce")], [0]) for scenario in (base, without)]
            assert outcomes_differ(*lived) == [], name
