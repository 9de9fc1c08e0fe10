"""What tells two scenarios apart: every value that differs, defaults included, by dotted key."""

from dataclasses import dataclass
from typing import Any

from modsim.inputs.scenario import Scenario

_WORDS = ("title", "notes")  # every scenario has its own


@dataclass(frozen=True)
class Difference:
    """One value in both scenarios; None where a scenario has no such key."""

    key: str
    one: Any
    other: Any


def differences(one: Scenario, other: Scenario) -> list[Difference]:
    """Every dotted key whose value differs, titles and notes apart, in the order of the schema.

    What one of them does not have at all, such as an arm or an area, is one difference and not one for each value.
    """
    return list(_walk("", one.model_dump(mode="json"), other.model_dump(mode="json")))


def _walk(prefix: str, one: Any, other: Any):
    one, other = _by_id(one), _by_id(other)
    if not (isinstance(one, dict) and isinstance(other, dict)):
        if one != other:
            yield Difference(prefix, one, other)
        return
    for key in dict.fromkeys([*one, *other]):
        if not prefix and key in _WORDS:
            continue
        yield from _walk(f"{prefix}.{key}".lstrip("."), one.get(key), other.get(key))


def _by_id(value: Any) -> Any:
    """A list of tables by their ids, so that their order is only a label; anything else as it is."""
    if isinstance(value, list) and value and all(isinstance(entry, dict) and "id" in entry for entry in value):
        return {entry["id"]: entry for entry in value}
    return value
