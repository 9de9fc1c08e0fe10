"""Reading scenario files: TOML, `extends`, `--set`, and every problem found told at once in one clear line each."""

import os
import re
from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modsim.inputs.contradictions import contradictions
from modsim.inputs.files import DEEPEST, path_from, read_toml, toml_content, value_of, wrong_with
from modsim.inputs.problems import (
    MOST_PROBLEMS,
    ScenarioError,
    most_telling,
    shortened,
    told,
    without_tried_types,
)
from modsim.inputs.scenario import Scenario

_NEEDS = "at least [arms.…], [[activities]] and [[areas]]"
_KEYED_LISTS = ("areas", "activities")  # lists of tables whose entries are known by their id


@dataclass
class _Source:
    """The merged content of a file and those it extends, and where each key was last set."""

    content: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    given_by: str = "--set"


def load_scenario(path: str | Path, changes: Iterable[str | tuple[str, str]] = ()) -> Scenario:
    """Read a scenario file and check it.

    Parameters
    ----------
    path : the TOML file
    changes : `dotted.key=value` strings that replace single values, as `--set` does; with what gave one before it
        where that is another option

    Raises
    ------
    ScenarioError
        with every problem found, one line each: what was given, what is allowed, and where.
    """
    source = _read(Path(path), [])
    problems: list[str] = []
    for change in changes:
        source.given_by, text = ("--set", change) if isinstance(change, str) else change
        _apply(text, source, problems)
    return _checked(source, str(path), problems)


def scenario_in(text: str, path: Path) -> Scenario:
    """Check a text that is to be written as a scenario file at `path`, which may extend another file there.

    Raises
    ------
    ScenarioError
        with every problem found, as `load_scenario`.
    """
    path = path.resolve()
    content = toml_content(text, str(path), "scenario", _NEEDS, ScenarioError)
    return _checked(_with_parents(path, content, text, []), str(path), [])


def scenario_from(content: dict[str, Any], where: str = "scenario") -> Scenario:
    """Check content that did not come from a file, in the shape of a scenario file."""
    return _checked(_Source(content), where, [])


def with_changes(scenario: Scenario, changes: Iterable[str], given_by: str = "--set") -> Scenario:
    """A copy of a scenario with single values replaced, each given as `dotted.key=value`.

    `given_by` says in messages where the changes come from.
    """
    content = scenario.model_dump(mode="json", exclude_none=True)
    usual = scenario.usual_smallest_differences  # written out again by the names of the measures after the changes
    differences = content["settings"]["smallest_difference"].items()
    content["settings"]["smallest_difference"] = {name: own for name, own in differences if usual.get(name) != own}
    source = _Source(content, given_by=given_by)
    problems: list[str] = []
    for change in changes:
        _apply(change, source, problems)
    return _checked(source, "scenario" if given_by == "--set" else given_by, problems)


def _read(path: Path, children: list[Path]) -> _Source:
    hint = f" (extended by {children[-1]})" if children else _near(path)
    path = Path(os.path.realpath(path)) if "\0" not in str(path) else path
    if len(children) > DEEPEST:
        raise ScenarioError([f"{children[0]}: extends: more than {DEEPEST} files extend each other; put some together"])
    if path in children:
        chain = " -> ".join(p.name for p in [*children, path])
        raise ScenarioError([f"{children[-1]}: extends: the files extend each other in a circle: {chain}"])
    return _with_parents(path, *read_toml(path, "scenario", _NEEDS, hint, ScenarioError), children)


def _near(path: Path) -> str:
    """What to do where there is no such scenario file: the file that may be meant, or how to see those at hand."""
    name = path.name.removesuffix(".toml")
    for place in (path.parent / f"{name}.toml", Path("scenarios") / f"{name}.toml"):
        if "\0" not in str(place) and place.is_file():
            return f"; did you mean {place}?"
    return "; `modsim scenario list` shows those at hand"


def _with_parents(path: Path, content: dict[str, Any], text: str, children: list[Path]) -> _Source:
    """The content of a file put over that of those it extends."""
    if "scenario" in content and not content.keys() & {"areas", "extends"}:
        raise ScenarioError([f"{path}: is a study and no scenario; `modsim study run {path}` runs it"])
    parent = _Source()
    if "extends" in content:
        parent = _read(_inside(content.pop("extends"), path), [*children, path])
    _merge(parent, content, path.name, _lines(text))
    return parent


def _inside(given: Any, child: Path) -> Path:
    """The file named by `extends`, which must lie in the folder of the file that names it."""
    if not isinstance(given, str):
        raise ScenarioError([f"{child}: extends: {given!r} must be the name of a file in quotes"])
    try:
        target = (child.parent / path_from(given)).resolve()
    except (OSError, ValueError):
        raise ScenarioError([f"{child}: extends: {given!r} is not the name of a file"]) from None
    if not target.is_relative_to(child.parent):
        raise ScenarioError([f"{child}: extends: {given!r} leaves the folder of the scenario; put both in one folder"])
    return target


def _lines(text: str) -> dict[str, int]:
    """The line on which each dotted key of a TOML text is set, as far as plain keys go."""
    found: dict[str, int] = {}
    table = entry_id = ""
    inside = ""  # the quotes that end the text of several lines in which a line stands
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        was_inside = inside
        for quotes in re.findall(r'"{3}|\'{3}', line):
            inside = "" if inside == quotes else inside or quotes
        if was_inside:
            continue
        if match := re.match(r"\s*\[\[?([\w.\-]+)\]?\]", line):
            table, entry_id = match[1], ""
            found.setdefault(table, number)
        elif match := re.match(r"\s*([\w.\-]+)\s*=\s*(.*)", line):
            if table in _KEYED_LISTS and match[1] == "id":
                entry_id = match[2].strip().strip("\"'").split('"')[0]
            prefix = ".".join(part for part in (table, entry_id) if part)
            found[f"{prefix}.{match[1]}" if prefix else match[1]] = number
    return found


def _merge(parent: _Source, content: dict[str, Any], file: str, lines: dict[str, int]) -> None:
    """Replace in the parent what the content names; lists of areas and activities are matched by id."""

    def place(key: str) -> None:
        parent.places[key] = f"{file}, line {lines[key]}" if key in lines else file

    def into(old: dict[str, Any], new: dict[str, Any], prefix: str) -> None:
        for key, value in new.items():
            dotted = f"{prefix}{key}"
            place(dotted)
            if isinstance(value, dict) and isinstance(old.get(key), dict):
                into(old[key], value, f"{dotted}.")
            elif not prefix and key in _KEYED_LISTS and _are_tables(value) and _are_tables(old.get(key, [])):
                old[key] = list(old.get(key, []))
                into_list(old[key], value, f"{dotted}.")
            else:
                old[key] = value
                if isinstance(value, dict):
                    into(value, value, f"{dotted}.")  # records where each of its keys stands

    def into_list(old: list[dict[str, Any]], new: list[dict[str, Any]], prefix: str) -> None:
        seen: set[Any] = set()
        by_id = {entry["id"]: entry for entry in reversed(old) if isinstance(entry.get("id"), str)}
        for entry in new:
            name = entry.get("id")
            known = isinstance(name, str) and name not in seen  # a second one with that id is told apart later
            twin = by_id.get(name) if known else None
            if twin is None:
                twin = {}
                old.append(twin)
            if isinstance(name, str):
                seen.add(name)
            into(twin, entry, f"{prefix}{name}.")

    into(parent.content, content, "")


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _apply(change: str, source: _Source, problems: list[str]) -> None:
    """Put one `dotted.key=value` into the source; its key is checked with everything else later."""
    by = source.given_by
    key, equals, text = change.partition("=")
    key = key.strip()
    shown = shortened(key, 80)
    if not equals or not key or not all(key.split(".")):
        problems.append(f"{by} {change[:80]!r}: write it as dotted.key=value, for example world.dissimilarity=0.3")
        return
    if key.count(".") > DEEPEST:
        problems.append(
            f"{by} {shown}: unknown key; it has {key.count('.') + 1:,} parts, a key of a scenario at most 4"
        )
        return
    if key == "extends":
        problems.append(f"{by} extends: a file extends another only inside the file; give that file instead")
        return
    if "\n" in text.strip():
        problems.append(f"{by} {shown}: give one value on one line")
        return
    try:
        value = value_of(text.strip())
    except ValueError as error:
        problems.append(f"{by} {shown}: {error}")
        return
    *path, last = key.split(".")
    spot: Any = source.content
    for depth, part in enumerate(path):
        if isinstance(spot, list):
            entry = next((e for e in spot if isinstance(e, dict) and e.get("id") == part), None)
            if entry is None:
                ids = ", ".join(str(e.get("id")) for e in spot if isinstance(e, dict))
                problems.append(f"{by} {key}: {'.'.join(path[:depth])} has no entry {part!r}; it has {ids}")
                return
            spot = entry
        elif isinstance(spot, dict):
            if part not in spot and path[:depth] == ["arms"]:
                problems.append(f"{by} {key}: there is no arm {part!r}; the arms are {', '.join(spot)}")
                return
            spot = spot.setdefault(part, {})
        if not isinstance(spot, dict | list):
            problems.append(f"{by} {key}: {'.'.join(path[: depth + 1])} is a single value and holds nothing")
            return
    if isinstance(spot, list):
        problems.append(f"{by} {key}: name a field of {last!r} too, as in {key}.name=…")
        return
    if isinstance(value, dict) and isinstance(spot.get(last), dict):
        spot[last] = spot[last] | value
    else:
        spot[last] = value
    source.places[key] = by


def _checked(source: _Source, file: str, problems: list[str]) -> Scenario:
    """The scenario of a source, or a ScenarioError with the problems found so far and all that are found here."""
    if wrong := wrong_with(source.content):
        raise ScenarioError([*problems, f"{file}: {wrong}"])
    try:
        scenario = Scenario.model_validate(source.content).of_its_areas()
        problems = problems + _contradictions(scenario, source, file)
    except ValidationError as error:
        found = most_telling(error.errors(), source.content)
        first = list(found.items())[:MOST_PROBLEMS]
        problems += [f"{_place(key, source, file)}: {shortened(key, 120)}: {told(one, key)}" for key, one in first]
        more = max(len(found), error.error_count() if error.error_count() > 500 else 0) - len(first)
        problems += [] if more else _contradictions_beside(error, source, file, set(found))
        raise ScenarioError(problems, more) from None
    if problems:
        raise ScenarioError(problems)
    return scenario.with_smallest_differences()


def _contradictions(scenario: Scenario, source: _Source, file: str, beside: Collection[str] = ()) -> list[str]:
    """One line for each contradiction, but for keys that are wrong already."""
    return [
        f"{_place(key, source, file)}: {key}: {message}"
        for key, message in contradictions(scenario)
        if not any(key == one or key.startswith(f"{one}.") for one in beside)
    ]


def _contradictions_beside(error: ValidationError, source: _Source, file: str, wrong: set[str]) -> list[str]:
    """Contradictions among the values that are right by themselves; the wrong ones are left at their defaults."""
    content = deepcopy(source.content)
    for one in error.errors():
        spot: Any = content
        parts = without_tried_types(one["loc"])
        for part in parts[:-1]:
            inside = isinstance(part, int) and isinstance(spot, list) and part < len(spot)
            spot = spot[part] if inside or (isinstance(spot, dict) and part in spot) else spot
        if isinstance(spot, dict) and parts:
            spot.pop(parts[-1], None)
    try:
        scenario = Scenario.model_validate(content).of_its_areas()
    except ValidationError:
        return []  # too little is right to go on from
    return _contradictions(scenario, source, file, wrong)


def _place(key: str, source: _Source, file: str) -> str:
    while key:
        if key in source.places:
            return source.places[key]
        key = key.rpartition(".")[0]
    return file
