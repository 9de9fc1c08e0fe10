"""Reading a study: its file, its scenario and its points, all checked before anything runs."""

import math
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import tomlkit
from pydantic import ValidationError

from modsim.findings.comparison import arms_to_run, verdict_pair
from modsim.findings.measures import Measure, measures
from modsim.inputs.files import path_from, read_toml
from modsim.inputs.problems import (
    MOST_PROBLEMS,
    ScenarioError,
    allowed_at,
    explained,
    field_at,
    key_of,
    most_telling,
    told,
)
from modsim.inputs.reading import load_scenario, with_changes
from modsim.inputs.scenario import Scenario
from modsim.studies.design import points_of
from modsim.studies.study import Factor, Study, StudyError, Value

_NOT_FACTORS = {
    "format", "title", "notes", "settings.replicates", "settings.arms", "settings.reference_arm",
    "settings.verdict_arm", "settings.verdict_against", "settings.break_even_points", "settings.smallest_difference",
}  # fmt: skip


_BRING_MEASURES = {"settings.spreads", "purse.gbp_per_incident"}  # factors on which it depends what is measured


class LoadedStudy:
    """A checked study with its scenario and its points.

    Attributes
    ----------
    name, path : of the file
    study : what the file says
    scenario : the scenario with the study's fixed values, arms and replicates
    factors : dotted names of what varies, in the order of the file
    points : the values of the factors at every point, a list of dicts
    """

    def __init__(self, path: Path, study: Study, scenario: Scenario, points: list[dict[str, Value]]):
        self.path, self.name, self.study, self.scenario = path, path.stem, study, scenario
        self.points = points
        self.factors = list(points[0])
        by_name = _measures(scenario, study, (self.scenario_at(point) for point in range(len(points))))
        self.measures = [by_name[name] for name in study.outcomes or by_name]

    @property
    def arms(self) -> list[str]:
        """All arms that are run, the reference first."""
        return arms_to_run(self.scenario)

    @property
    def reference(self) -> str:
        return self.scenario.settings.reference_arm

    @property
    def replicates(self) -> int:
        return self.scenario.settings.replicates

    @property
    def verdict_pair(self) -> tuple[str, str]:
        """The arm the study's contrasts are about, and the one it is compared with."""
        return verdict_pair(self.scenario, self.arms[1:])

    @property
    def runs(self) -> int:
        """One arm at one point in one replicate is one run."""
        return len(self.points) * len(self.arms) * self.replicates

    @property
    def main_measure(self) -> Measure:
        """The measure that the study is about: the first of its outcomes that has a better side."""
        return next(m for m in self.measures if m.better != "neither")

    def said(self, point: int) -> str:
        """What the factors take at a point, in a few words."""
        return ", ".join(f"{key} = {value}" for key, value in self.points[point].items())

    def scenario_at(self, point: int) -> Scenario:
        """The whole scenario at a point."""
        changes = [f"{key}={toml_value(value)}" for key, value in self.points[point].items()]
        return with_changes(self.scenario, changes, f"{self.path.name}, point {point + 1}")


def _measures(scenario: Scenario, study: Study, points: Iterable[Scenario]) -> dict[str, Measure]:
    """The measures by name: those of the scenario, and of its points where a factor brings others."""
    scenarios = [scenario, *(points if _BRING_MEASURES & study.factors.keys() else ())]
    return {measure.name: measure for each in scenarios for measure in measures(each)}


def load_study(path: str | Path, replicates: int | None = None) -> LoadedStudy:
    """Read a study file (TOML), its scenario and its points, and check all of it.

    `replicates` replaces how many replicates the file asks for.

    Raises
    ------
    StudyError
        with every problem found, one line each: what was given, what is allowed, and where.
    """
    path = Path(path)
    content, _ = read_toml(
        path, "study", "at least scenario, and [factors] or a list", "; studies lie in experiments/", StudyError
    )
    if "scenario" not in content and content.keys() & {"areas", "extends"}:
        raise StudyError([f"{path}: is a scenario and no study; `modsim compare {path}` runs it"])
    for name in ("factors", "fixed"):
        if isinstance(content.get(name), dict):
            content[name] = _with_dotted_keys(content[name], () if name == "fixed" else Factor.model_fields)
    try:
        study = Study.model_validate(content)
    except ValidationError as error:
        found = list(most_telling(error.errors(), content).values())
        lines = dict(_key_and_line(one, content) for one in found[:MOST_PROBLEMS])
        more = max(len(found) - MOST_PROBLEMS, 0)
        raise StudyError([f"{path}: {key}: {line}" for key, line in lines.items()], more) from None
    if replicates is not None:
        study = study.model_copy(update={"replicates": replicates})
    scenario = _scenario_of(path, study)
    problems = _problems(study, scenario)
    if problems:
        raise StudyError([f"{path}: {line}" for line in problems])
    points = points_of(path, study, is_whole)
    problems = [line for key in points[0] for line in _problems_of_key(key, scenario)]
    problems += [f"{key}: is fixed and varied at once" for key in points[0] if key in study.fixed]
    if problems:
        raise StudyError([f"{path}: {line}" for line in problems])
    return LoadedStudy(path, study, scenario, points)


def _key_and_line(error: Any, content: Any) -> tuple[str, str]:
    """The key of a study that an error is about, and what is wrong; a number of a factor is told its key's range."""
    at = error["loc"]
    if at[0] != "factors" or len(at) == 1:
        key = key_of(error, content)
        return key[:120], told(error, key, Study)
    line = told(error, "", Study)
    allowed = allowed_at(str(at[1])) if error["type"] == "finite_number" else ""
    return ".".join(
        ["factors", str(at[1])[:120], *map(str, at[2:3])]
    ), f"{line}; allowed is {allowed}" if allowed else line


def _with_dotted_keys(content: dict[str, Any], last: Collection[str]) -> dict[str, Any]:
    """Nested tables as dotted keys, down to tables that hold one of the `last` keys: quotes may be left out."""
    found: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, dict) and value and not any(name in value for name in last):
            found |= {f"{key}.{inner}": one for inner, one in _with_dotted_keys(value, last).items()}
        else:
            found[key] = value
    return found


def _scenario_of(path: Path, study: Study) -> Scenario:
    """The scenario with what is the same at every point."""
    changes = [f"{key}={toml_value(value)}" for key, value in study.fixed.items()]
    settings: dict[str, Any] = {"replicates": study.replicates, "arms": study.arms or None}
    changes += [f"settings.{key}={toml_value(value)}" for key, value in settings.items() if value is not None]
    try:
        return with_changes(load_scenario(path.parent / path_from(study.scenario)), changes, path.name)
    except ScenarioError as error:
        raise StudyError(error.first, error.more) from None


def _problems(study: Study, scenario: Scenario) -> list[str]:
    """What is wrong about a study beside what its schema says."""
    found = []
    known = [m.name for m in measures(scenario)]
    found += [
        f"outcomes: there is no measure {name!r}; there are {', '.join(known)}"
        for name in study.outcomes
        if name not in known
    ]
    listed = study.design.kind == "list"
    if listed and study.factors:
        found.append("factors: a list design takes its factors from the columns of the file; leave [factors] out")
    if listed and not study.design.file:
        found.append("design.file: is missing; a list design needs a CSV file")
    if not listed and not study.factors:
        found.append("factors: nothing varies; name at least one dotted key of the scenario under [factors]")
    for key in study.fixed:
        found += [f"fixed: {line}" for line in _problems_of_key(key, scenario)]
    for key, factor in study.factors.items():
        found += [f"factors.{key}: {line}" for line in _problems_of(factor, study.design.kind)]
    of_samples, of_lists = {"points", "seed"}, {"file"}
    unused = {"factorial": of_samples | of_lists, "list": of_samples}.get(study.design.kind, of_lists)
    found += [
        f"design.{name}: says nothing for a {study.design.kind} design; leave it out"
        for name in sorted(unused & study.design.model_fields_set)
    ]
    if study.design.kind == "sobol" and study.design.points & (study.design.points - 1):
        below = 1 << (study.design.points.bit_length() - 1)
        found.append(
            f"design.points: {study.design.points} is not a power of two, which sobol needs to be balanced; take "
            f"{below} or {2 * below}"
        )
    return found


def _problems_of_key(key: str, scenario: Scenario) -> list[str]:
    """What is wrong with a dotted key that a study fixes or varies."""
    if key in _NOT_FACTORS or key.startswith("settings.smallest_difference."):
        return [f"{key}: says how results are read, and cannot be fixed or varied here"]
    if key.endswith(".id"):
        return [f"{key}: is the key of random numbers, and cannot be fixed or varied"]
    try:
        explained(scenario, key)
    except ScenarioError as error:
        return error.problems
    return []


def _problems_of(factor: Factor, kind: str) -> list[str]:
    unused = {"steps", "scale"} if factor.values else set() if kind == "factorial" else {"steps"}
    if extra := sorted(unused & factor.model_fields_set):
        return [f"{' and '.join(extra)}: says nothing here; leave it out"]
    ranged = factor.low is not None or factor.high is not None
    if bool(factor.values) == ranged:
        return ["give either values = [ … ] or low and high"]
    if not ranged:
        repeated = [value for k, value in enumerate(factor.values) if value in factor.values[:k]]
        return [f"values: {repeated[0]!r} is there twice"] if repeated else []
    if factor.low is None or factor.high is None:
        return ["low and high are given together"]
    if not math.isfinite(factor.high - factor.low):
        return [f"low = {factor.low:g} and high = {factor.high:g} are too far apart"]
    if factor.low >= factor.high:
        return [f"low = {factor.low:g} must be below high = {factor.high:g}"]
    if factor.scale == "log" and factor.low <= 0:
        return [f"low = {factor.low:g} must be above 0 on a log scale"]
    return []


def is_whole(key: str) -> bool:
    """Whether a dotted key of a scenario takes whole numbers only."""
    return _numbers_in(getattr(field_at(tuple(key.split("."))), "annotation", None)) == {int}


def _numbers_in(annotation: Any) -> set[type]:
    """The kinds of numbers that a field takes, whatever else it takes."""
    if annotation in (int, float):
        return {annotation}
    return set().union(*(_numbers_in(one) for one in get_args(annotation) if get_origin(annotation) is not Literal))


def toml_value(value: Any) -> str:
    """A value as it is written in TOML."""
    return tomlkit.item(value).as_string()
