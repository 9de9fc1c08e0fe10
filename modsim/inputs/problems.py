"""Telling what is wrong with a scenario, and what its keys mean, in the words of the schema."""

import difflib
import math
import re
from typing import Any

from modsim.inputs.fields import CALIBRATED_MEANING, EVIDENCE_MEANING
from modsim.inputs.scenario import Scenario

_NOTHING = object()
_KNOWN = "; known here are "


MOST_PROBLEMS = 20  # told of one file: nobody reads more
_LONGEST_PROBLEM = 600  # characters of one


class InputError(ValueError):
    """Something given that cannot be used.

    `problems` holds one line for each thing wrong: at most 20, then how many more there are, those in `more` counted.
    `first` and `more` hold the same apart, for whoever puts several together.
    """

    def __init__(self, problems: list[str], more: int = 0):
        self.first = _told_once(problems[:MOST_PROBLEMS])
        self.more = more + len(problems) - len(self.first)
        rest = [f"… and {self.more:,} more problem{'s' if self.more > 1 else ''}"] if self.more else []
        self.problems = [*self.first, *rest]
        super().__init__("\n".join(self.problems))


def _told_once(problems: list[str]) -> list[str]:
    """Problems in order, none too long, and what several say of known keys only once."""
    told_of: set[str] = set()
    short = []
    for problem in problems:
        what, known, keys = problem.partition(_KNOWN)
        short.append(shortened(what if keys in told_of and known else problem, _LONGEST_PROBLEM))
        told_of.add(keys)
    return short


class ScenarioError(InputError):
    """A scenario that cannot be used."""


def shortened(text: str, most: int) -> str:
    """A text that may come from a user, cut to so many characters, on one line."""
    text = " ".join(text[: 2 * most].splitlines())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def explained(scenario: Scenario, key: str) -> str:
    """Meaning, value, unit, range, evidence and source of one dotted key.

    Raises
    ------
    ScenarioError
        when the scenario has no such key.
    """
    value: Any = scenario
    for part in key.split("."):
        if isinstance(value, list):
            value = next((entry for entry in value if part in (getattr(entry, "id", None), "*")), _NOTHING)
        elif isinstance(value, dict):
            part = next(iter(value)) if part == "*" else part
            if part not in value:
                raise ScenarioError([f"{key}: there is no {part!r}; there are {', '.join(value)}"])
            value = value[part]
        else:
            known = part in getattr(type(value), "model_fields", {})
            value = getattr(value, part) if known else _NOTHING
    location = tuple(key.split("."))
    field = field_at(location)
    if value is _NOTHING or field is None:
        raise ScenarioError([f"{key}: unknown key{_nearest(location)}"])
    extra = field.json_schema_extra or {}
    lines = [f"{key} = {value.model_dump() if hasattr(value, 'model_dump') else value!r}", field.description or ""]
    if allowed := _allowed(field):
        low, high = extra["plausible"]
        lines += [f"allowed: {allowed}", f"plausible: {low:,} to {high:,}"]
    if "evidence" in extra:
        lines += [f"evidence: {extra['evidence']}, {EVIDENCE_MEANING[extra['evidence']]}", f"source: {extra['source']}"]
    if "calibrated" in extra:
        lines.append(f"default: {CALIBRATED_MEANING[extra['calibrated']]} (`modsim calibrate`)")
    return "\n".join(line for line in lines if line)


def key_of(error: Any, content: Any) -> str:
    """The dotted key that a pydantic error is about; an unknown key is named as it was written."""
    location = error["loc"]
    if error["type"] == "extra_forbidden":
        return ".".join(part for part in (_dotted(location[:-1], content), str(location[-1])) if part)
    return _dotted(location, content)


def most_telling(errors: list[Any], content: Any, root: Any = Scenario) -> dict[str, Any]:
    """The error to tell of each dotted key, of those that pydantic found on `root`, in their order.

    A value that was tried as several types fails once for each: what is wrong about its own type says the most.
    """
    found: dict[str, Any] = {}
    for error in errors[:_MOST_LOOKED_AT]:
        key = key_of(error, content)
        if key not in found or _tells(error) > _tells(found[key]):
            found[key] = error
    return found


_MOST_LOOKED_AT = 1000  # errors: a file that is wrong all over is not looked through


def _tells(error: Any) -> int:
    """How much an error says of a value: more if it took the value for what it is."""
    given, kind = error.get("input"), error["type"]
    if isinstance(given, float) and not math.isfinite(given):
        return 2 if kind == "finite_number" else 0
    of_type = {bool: "bool", int: "int", float: "float", str: "string", list: "list", dict: "dict"}
    return 0 if kind.startswith(tuple(of_type.values())) and not kind.startswith(of_type.get(type(given), "?")) else 1


def without_tried_types(location: tuple[Any, ...]) -> list[Any]:
    """A pydantic location without the names of the types that were tried for a value."""
    tried = ("bool", "int", "float", "str", "constrained-int", "constrained-str")
    return [
        part for part in location if isinstance(part, int) or (re.fullmatch(r"[\w\-]+", part) and part not in tried)
    ]


def _dotted(location: tuple[Any, ...], content: Any) -> str:
    """The dotted key of a pydantic location, list entries by id."""
    parts: list[str] = []
    for part in without_tried_types(location):
        if isinstance(part, int) and isinstance(content, list) and part < len(content):
            content = content[part]
            parts.append(str(content.get("id", part + 1)) if isinstance(content, dict) else str(part + 1))
        else:
            content = content.get(part) if isinstance(content, dict) else None
            parts.append(str(part))
    return ".".join(parts)


_NUMBERS = {"int_type": "a whole number", "int_from_float": "a whole number", "float_type": "a number"}
_OTHERS = {
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "dict_type": "a table",
    "model_type": "a table",
}


def told(error: Any, key: str, root: Any = Scenario) -> str:
    """What is wrong about a key in one pydantic error on `root`: what was given and what is allowed."""
    kind, given, context = error["type"], error.get("input"), error.get("ctx", {})
    shown = repr(given) if len(repr(given)) <= 60 else repr(given)[:57] + "…"
    if kind == "extra_forbidden":
        return f"unknown key{_nearest(error['loc'], root)}"
    if kind == "missing":
        return "is missing; it has no default"
    field = field_at(error["loc"], root)
    if kind in ("greater_than_equal", "less_than_equal") and field is not None:
        return f"{shown} is out of range; allowed is {_allowed(field)}"
    if kind == "finite_number":
        allowed = _allowed(field)
        return f"{shown} is not a number that can be used" + (f"; allowed is {allowed}" if allowed else "")
    if kind in _NUMBERS and isinstance(given, str) and re.fullmatch(r"-?\d+,\d+", given):
        return f"{shown} must be written with a point: {given.replace(',', '.')}"
    if kind in _NUMBERS:
        return f"{shown} must be {', '.join(part for part in (_NUMBERS[kind], _allowed(field)) if part)}"
    if kind == "list_type":
        wanted = "a list of tables, each headed [[areas]] with its id" if key == "areas" else "a list in [ ]"
        wanted += ", each text in quotes" if isinstance(given, str) and given.startswith("[") else ""
        return f"{shown} must be {wanted}"
    if kind in _OTHERS:
        return f"{shown} must be {_OTHERS[kind]}"
    if kind == "literal_error":
        if field is not None and field.description and ":" in field.description:  # it says what the values mean
            return f"{shown} is not allowed. {field.description}"
        return f"{shown} is not one of {context.get('expected')}"
    if kind == "string_pattern_mismatch":
        return f"{shown} is not a plain id (small letters, digits and _ , a letter first)"
    return f"{shown}: {error['msg']}"


def _table_and_field(location: tuple[Any, ...], root: Any = Scenario) -> tuple[Any, Any]:
    """The table that a location leads into, and the last schema field on the way (or None)."""
    table: Any = root
    field = None
    for part in location:
        if not isinstance(part, int) and part in getattr(table, "model_fields", {}):
            field = table.model_fields[part]
            table = _table_in(field.annotation) or table
    return table, field


def field_at(location: tuple[Any, ...], root: Any = Scenario) -> Any:
    """The schema field at a location, or None."""
    return _table_and_field(location, root)[1]


def plausible_ranges() -> dict[str, tuple[float, float]]:
    """What is plausible of every number of the tables of social processes and means, by dotted key.

    Where the evidence does not say, half to twice the default.
    """
    found = {}
    for table, field in Scenario.model_fields.items():
        for name, number in getattr(field.annotation, "model_fields", {}).items():
            if table in _HOW_WE_LOOK or "plausible" not in (number.json_schema_extra or {}):
                continue
            low, high = number.json_schema_extra["plausible"]
            if [low, high] == list(_bounds(number)):
                around = sorted((number.default / 2.0, number.default * 2.0))
                low, high = max(low, around[0]), min(high, around[1])
            found[f"{table}.{name}"] = (low, high)
    return found


def _bounds(number: Any) -> tuple[float, float]:
    """The least and the most that a number may be."""
    low = next(m.ge for m in number.metadata if getattr(m, "ge", None) is not None)
    high = next(m.le for m in number.metadata if getattr(m, "le", None) is not None)
    return low, high


_HOW_WE_LOOK = ("settings", "vocabulary", "origin")


def _table_in(annotation: Any) -> Any:
    """The table class inside an annotation such as list[Area] or dict[str, Levers], or None."""
    if hasattr(annotation, "model_fields"):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if found := _table_in(inner):
            return found
    return None


def allowed_at(key: str) -> str:
    """The range and unit that the scenario allows at a dotted key; empty where it sets none."""
    return _allowed(field_at(tuple(key.split("."))))


def _allowed(field: Any) -> str:
    if field is None:
        return ""
    low = next((m.ge for m in field.metadata if getattr(m, "ge", None) is not None), None)
    high = next((m.le for m in field.metadata if getattr(m, "le", None) is not None), None)
    unit = (field.json_schema_extra or {}).get("unit", "")
    return f"{low:,} to {high:,} ({unit})" if low is not None and high is not None else ""


def _keys_of(table: str) -> set[Any]:
    """The keys of a table of the scenario."""
    return set(getattr(_table_in(Scenario.model_fields[table].annotation), "model_fields", {}))


def _nearest(location: tuple[Any, ...], root: Any = Scenario) -> str:
    """A hint at the known key that an unknown one may have meant."""
    table, _ = _table_and_field(location[:-1], root)
    known = list(table.model_fields)
    if table is Scenario:
        homes = [f"{name}.{location[-1]}" for name in known if location[-1] in _keys_of(name)]
        if homes:
            return f"; did you mean {' or '.join(map(repr, homes))}?"
        known += ["extends"]
    near = difflib.get_close_matches(str(location[-1]), known, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else f"{_KNOWN}{', '.join(known)}"
