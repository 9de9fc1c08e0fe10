"""What a visitor looks at: all of it stands in the address, so a link, a reload and Back give the same page."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from urllib.parse import parse_qsl, urlencode

from modsim.dashboard.levers import LEVERS, Lever, lever
from modsim.inputs.numbers import NotANumberError, a_number
from modsim.inputs.reading import with_changes
from modsim.inputs.scenario import Scenario

OWN = "own"  # how the start names of scenario files begin that the visitor has opened
TOPICS = ("asb", "trust")
_LONGEST = 2000  # characters of an address that are read


@dataclass(frozen=True)
class View:
    """A start scenario, the levers' values, which plan is named first, and what the charts show."""

    start: str
    values: Mapping[str, float] = field(default_factory=dict)
    swapped: bool = False
    topic: str = "asb"
    levels: bool = False

    def with_value(self, name: str, value: float) -> "View":
        return replace(self, values={**self.values, name: value})


@dataclass(frozen=True)
class Preset:
    """A start with its levers set: a question one may begin with."""

    id: str
    name: str
    question: str
    start: str
    values: Mapping[str, float]


# In the order of the alphabet, so that none comes first for what it shows.
PRESETS = (
    Preset(
        "assumed", "As assumed", "Three areas, half of the interests differ: the defaults.", "three-areas", {}
    ),
    Preset(
        "different", "Different interests", "The new areas want other things than the original site.", "three-areas",
        {"dissimilarity": 0.8},
    ),
    Preset(
        "slow", "Same interests, slow set-up",
        "The new areas want what the original site wanted, and re-co-producing it takes most of a year.", "three-areas",
        {"dissimilarity": 0.0, "setup": 40},
    ),
    Preset(
        "thin", "Thin budget", "A day and a half of staff time a week.", "three-areas", {"budget": 11}
    ),
)  # fmt: skip


def preset_of(view: View, scenarios: Mapping[str, Scenario]) -> Preset | None:
    """The preset that a view shows, if it shows one."""
    for preset in PRESETS:
        if preset.start == view.start and full(View(preset.start, preset.values), scenarios).values == view.values:
            return preset
    return None


def full(view: View, scenarios: Mapping[str, Scenario]) -> View:
    """The same with the values of all levers, from the scenario where none is given."""
    scenario = scenarios[view.start]
    own = {one.id: one.value_in(scenario) for one in LEVERS}
    return replace(view, values={**own, **view.values})


def address(view: View) -> str:
    """The view as the query of an address, with the version whose numbers it shows."""
    words = {"start": view.start, **{name: repr(value) for name, value in view.values.items()}}
    if view.swapped:
        words["swap"] = "1"
    if view.topic != "asb":
        words["show"] = view.topic
    if view.levels:
        words["levels"] = "1"
    return "?" + urlencode({**words, "v": metadata.version("modsim")})


def read_address(query: str | None, scenarios: Mapping[str, Scenario], usual: str) -> tuple[View, list[str]]:
    """The view that an address asks for, and in plain words what of it could not be used.

    Nothing of the address is repeated in the words but what is known to be harmless.
    """
    notices: list[str] = []
    words = dict(parse_qsl((query or "").lstrip("?")[:_LONGEST], keep_blank_values=True))
    start = words.pop("start", usual)
    if start not in scenarios:
        notices.append(
            "This link was made with a scenario file of its own: open that file here, below the levers."
            if start.startswith(OWN)
            else f"The link asks for a scenario that is not here; it shows “{scenarios[usual].title or usual}” instead."
        )
        start = usual
    version = words.pop("v", metadata.version("modsim"))
    if version != metadata.version("modsim"):
        notices.append(
            f"The link was made with another version of modsim; this is {metadata.version('modsim')}, and its numbers "
            "may differ."
        )
    swapped, levels = words.pop("swap", "") == "1", words.pop("levels", "") == "1"
    topic = words.pop("show", "asb")
    if topic not in TOPICS:
        notices.append(f"The link asks for a chart that is not here; there are {' and '.join(TOPICS)}.")
        topic = "asb"
    values: dict[str, float] = {}
    for one in LEVERS:
        if one.id in words:
            value, notice = taken(one, words.pop(one.id))
            notices += [notice] if notice else []
            if value is not None:
                values[one.id] = value
    if words:
        near = [difflib.get_close_matches(word, [one.id for one in LEVERS], 1) for word in words]
        hint = f" ({', '.join(name[0] for name in near if name)}?)" if any(near) else ""
        notices.append(f"The link holds {len(words)} word{'s' if len(words) > 1 else ''} unknown here{hint}.")
    return full(View(start, values, swapped, topic, levels), scenarios), notices


def taken(one: Lever, text: str) -> tuple[float | None, str]:
    """The value that a text gives a lever, moved into its range, and what had to be done to it."""
    low, high = one.allowed
    try:
        given = a_number(text)
    except NotANumberError:
        return None, f"“{one.name}” needs a number from {low:g} to {high:g}; it stays as it was."
    value = min(max(given, low), high)
    if value != given:
        return _exact(one, value), f"“{one.name}” goes from {low:g} to {high:g}; it was set to {value:g}."
    if one.whole and value != round(value):
        return round(value), f"“{one.name}” takes whole numbers; it was set to {round(value)}."
    return _exact(one, value), ""


def entered(one: Lever, text: str, now: float) -> tuple[float | None, str]:
    """The value that somebody typed for a lever, or none and the reason, with the value that it keeps."""
    low, high = one.allowed
    try:
        value = a_number(text)
        reason = f"{text.strip()} cannot be used"
        if low <= value <= high and not (one.whole and value != round(value)):
            return _exact(one, value), ""
    except NotANumberError as error:
        reason = str(error)
    kind = "whole number" if one.whole else "number"
    return None, f"{reason}: enter a {kind} from {low:g} to {high:g}. It stays {now:g}."


def _exact(one: Lever, value: float) -> float:
    return round(value) if one.whole else value


def scenario_of(view: View, scenarios: Mapping[str, Scenario]) -> Scenario:
    """The scenario that a view shows: what `modsim compare` gives the same numbers for.

    Raises
    ------
    ScenarioError
        when the levers contradict each other.
    """
    base = scenarios[view.start]
    settings = base.settings
    pair = [settings.verdict_arm, settings.verdict_against]
    first, second = reversed(pair) if view.swapped else pair
    changes = [
        f"{lever(name).dotted(base)}={value!r}"
        for name, value in view.values.items()
        if value != lever(name).value_in(base)
    ]
    changes += [f"settings.verdict_arm={first}", f"settings.verdict_against={second}"]
    changes += [f"settings.arms=['{pair[1]}', '{pair[0]}']"]
    return with_changes(base, changes, "the page")
