"""The page itself: question and caveats, levers, the verdict in words, charts with their tables, and how to go on."""

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import reacton.core
import solara

from modsim.dashboard import words
from modsim.dashboard.address import use_address
from modsim.dashboard.answers import Shown, use_answer
from modsim.dashboard.levers import LEVERS, Lever, share_assumed
from modsim.dashboard.parts import Button, Choice, LeverControl, OpenFile, tag
from modsim.dashboard.results import Go, charts_and_tables, verdict_box
from modsim.dashboard.view import (
    OWN,
    PRESETS,
    View,
    address,
    entered,
    full,
    preset_of,
    read_address,
    scenario_of,
    taken,
)
from modsim.dashboard.workshop import TooLargeError, check_size
from modsim.inputs.fields import EVIDENCE_MEANING
from modsim.inputs.files import LARGEST_FILE_BYTES, toml_content
from modsim.inputs.problems import ScenarioError
from modsim.inputs.reading import load_scenario, scenario_from
from modsim.inputs.scenario import Scenario

USUAL = "three-areas"
_CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_CUSTOM = "custom"


@cache
def shipped_scenarios() -> Mapping[str, Scenario]:
    """The scenario files that a visitor can start from: those in `scenarios/` here, or beside the program."""
    for folder in (Path("scenarios"), Path(__file__).parents[2] / "scenarios"):
        files = sorted(folder.glob("*.toml"))
        found = {}
        for path in files:
            try:
                found[path.stem] = load_scenario(path)
            except ScenarioError:
                print(f"{path} cannot be used and is left out: modsim scenario check {path}", file=sys.stderr)
        if USUAL in found:
            return found
    raise FileNotFoundError(f"scenarios/{USUAL}.toml is not here; start the page in the folder that holds scenarios/")


@dataclass(frozen=True)
class _Own:
    """A scenario file that the visitor has opened."""

    scenario: Scenario
    name: str


def full_usual() -> Scenario:
    """The scenario that a visitor sees first."""
    scenarios = shipped_scenarios()
    return scenario_of(full(View(USUAL), scenarios), scenarios)


def preset_scenarios() -> list[Scenario]:
    """The scenarios of the presets, as far as they can be used here."""
    scenarios, found = shipped_scenarios(), []
    for preset in PRESETS:
        if preset.start in scenarios:
            with suppress(ScenarioError):
                found.append(scenario_of(full(View(preset.start, preset.values), scenarios), scenarios))
    return found


@cache
def too_large() -> tuple[str, ...]:
    """The names of the scenario files here that the page cannot run."""
    scenarios = shipped_scenarios()
    return tuple(name for name in scenarios if _refusal(name, scenarios))


def _refusal(start: str, scenarios: Mapping[str, Scenario]) -> list[str]:
    """Why the page cannot run a start with its own values; nothing if it can."""
    try:
        check_size(scenario_of(full(View(start), scenarios), scenarios))
    except TooLargeError as error:
        return [str(error)]
    except ScenarioError as error:
        return error.problems
    return []


@dataclass(frozen=True)
class _Refused:
    """What of the visitor's last acts could not be used: entries by lever, and a file; `files` counts refused ones."""

    entries: Mapping[str, str] = field(default_factory=dict)
    file: tuple[str, ...] = ()
    files: int = 0
    moved: str = ""  # the lever moved last, beside which stands what is wrong with all of them

    def without(self, lever: str) -> "_Refused":
        entries = {name: reason for name, reason in self.entries.items() if name != lever}
        return replace(self, entries=entries, file=(), moved=lever)


@solara.component
def Layout(children: Sequence[Any] = ()) -> Any:
    """Nothing round the page: it scrolls as a whole, and its landmarks are its own."""
    return tag("div", *children)


@solara.component
def Page() -> Any:
    """Everything a visitor sees. The address holds what they look at; only a file of their own is kept beside it."""
    at_once = reacton.core.get_render_context()  # what changes within it is drawn together
    no_files: Mapping[str, _Own] = {}
    own, set_own = solara.use_state(no_files)
    attempt, set_attempt = solara.use_state(0)
    refused, set_refused = solara.use_state(_Refused())
    stopped, set_stopped = solara.use_state("")
    here = use_address(lambda: set_refused(lambda old: _Refused(files=old.files)))

    scenarios = {**shipped_scenarios(), **{name: file.scenario for name, file in own.items()}}
    view, notices = read_address(here.place.query, scenarios, USUAL)

    def go(change: Callable[[View], View], among: Mapping[str, Scenario] = scenarios) -> None:
        with at_once:
            set_refused(lambda old: _Refused(files=old.files))
            here.go(address(change(read_address(here.newest(), among, USUAL)[0])).lstrip("?"))

    def move(one: Lever, value: float) -> None:
        now = read_address(here.newest(), scenarios, USUAL)[0]
        with at_once:
            set_refused(lambda old: old.without(one.id))
            here.go(address(now.with_value(one.id, value)).lstrip("?"))

    def enter(one: Lever, text: str) -> None:
        value, reason = entered(one, text, view.values[one.id])
        if value is None:
            set_refused(lambda old: replace(old, entries={**old.entries, one.id: reason}))
        else:
            move(one, value)

    def opened(file: dict) -> None:
        name = f"{OWN}-{hashlib.sha256(str(file['text']).encode()).hexdigest()[:8]}"
        try:
            scenario = _own_scenario(file)
            wrong = _refusal(name, {name: scenario})
        except ScenarioError as error:
            wrong = error.problems
        if wrong:
            set_refused(lambda old: replace(old, file=tuple(wrong[:8]), files=old.files + 1))
            return
        files = {**own, name: _Own(scenario, Path(str(file["name"])).stem[:80])}
        among = {**scenarios, name: scenario}
        with at_once:
            set_own(files)
            go(lambda now: full(View(name, topic=now.topic), among), among)

    problems: list[str] = []
    usable = solara.use_ref(view)  # the last view whose levers do not contradict each other
    try:
        scenario = scenario_of(view, scenarios)
        usable.current = view
    except ScenarioError as error:
        problems = error.problems
        if usable.current is view:  # nothing could be used before
            usable.current = full(View(USUAL), scenarios)
        scenario = scenario_of(usable.current, scenarios)
    start = usable.current.start
    name = own[start].name if start in own else start
    shown, key = use_answer(scenario, name, stopped, attempt)
    if problems:
        shown = replace(shown, refused=True)

    acts = _Acts(here.place.acts, refused, problems or ([shown.error] if shown.error else []), go, move, enter, opened)

    return tag(
        "div",
        solara.Title("modsim: re-co-produce it, or transplant it unchanged?"),
        solara.Style(_CSS),
        here.bar,
        _header(shown),
        tag(
            "main",
            _messages([*notices, *words.beyond_evidence(view)], problems, shown),
            tag(
                "div",
                verdict_box(shown, scenario, name, go, key, set_stopped, lambda: set_attempt(attempt + 1)),
                _controls(shown, view, scenarios, own, acts),
                charts_and_tables(shown, view, go),
                class_="columns",
            ),
            id="main",
        ),
        _footer(scenario, name),
        class_="page",
        data_query=here.place.query,  # of what is drawn: the browser's address is ahead of it for a moment
    )


def _own_scenario(file: dict) -> Scenario:
    """The scenario of a file that a visitor opened.

    Raises
    ------
    ScenarioError
        with every problem, in lines for the page.
    """
    name = str(file["name"])[:80]
    if file["size"] > LARGEST_FILE_BYTES:
        raise ScenarioError([f"{name}: has {file['size']:,} bytes; a scenario file has at most {LARGEST_FILE_BYTES:,}"])
    content = toml_content(str(file["text"]), name, "scenario", "at least arms, activities and areas", ScenarioError)
    if "extends" in content:
        raise ScenarioError(
            [
                f"{name}: extends another file, which is not here; open the whole scenario instead, as "
                "`modsim scenario show FILE > whole.toml` writes it"
            ]
        )
    return scenario_from(content, name)


# --- above ------------------------------------------------------------------------------------------------------------


def _header(shown: Shown) -> Any:
    """The question, three caveats, and the break-even: always in view."""
    return tag(
        "header",
        tag("a", "Skip to the verdict", href="#verdict-title", class_="skip"),
        tag("p", "modsim: a thinking tool, not a forecast", class_="name"),
        tag("h1", words.QUESTION),
        tag("ul", *(tag("li", text) for text in words.CAVEATS), class_="caveats", aria_label="Before you read on"),
        _break_even(shown),
    )


def _break_even(shown: Shown) -> Any:
    """Where the two plans break even on the scale of dissimilarity, in words and as a scale."""
    answer = shown.answer
    if answer is None or not answer.has_break_even:
        text = "The model is looking for it …" if not (shown.stopped or shown.error) else "It was not computed."
        return tag("section", tag("h2", "Break-even"), tag("p", text), class_="break-even", data_testid="break-even")
    found, here = answer.comparison.break_even, answer.comparison.scenario.world.dissimilarity
    marks = []
    if found.mean is not None:
        low = found.low if found.low is not None else found.mean
        high = found.high if found.high is not None else found.mean
        marks.append(tag("span", class_="span", style_=f"left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"))
        marks.append(tag("span", class_="mark", style_=f"left:{100 * found.mean:.1f}%"))
    marks.append(tag("span", tag("span", f"here {here:g}"), class_="here", style_=f"left:{100 * here:.1f}%"))
    return tag(
        "section",
        tag("h2", "Break-even"),
        tag("p", words.break_even_words(answer.comparison)),
        tag(
            "div",
            tag("div", *marks, class_="scale"),
            tag("div", tag("span", "0 same interests"), tag("span", "1 nothing in common"), class_="ends"),
            class_="scale-box", aria_hidden="true",
        ),
        class_="break-even" + ("" if shown.is_current else " old"), data_testid="break-even",
    )  # fmt: skip


def _messages(notices: list[str], problems: list[str], shown: Shown) -> Any:
    """What could not be used, and what one should know of the levers."""
    wrong = [*problems, *([shown.error] if shown.error else [])]
    parts = []
    if wrong:
        parts.append(
            tag(
                "div",
                tag("h2", "This cannot be used" if problems else "Something went wrong"),
                tag("ul", *(tag("li", text) for text in wrong[:8])),
                tag("p", "The numbers below belong to the settings before it." if shown.answer else ""),
                class_="message wrong",
                role="alert",
                data_testid="problems",
            ).key("problems")
        )
    if notices:
        parts.append(
            tag(
                "div",
                tag("ul", *(tag("li", text) for text in notices)),
                class_="message",
                role="status",
                data_testid="notices",
            ).key("notices")
        )
    return tag("div", *parts)


# --- levers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Acts:
    """What a visitor can do, how often they did, and what was wrong with it."""

    number: int
    refused: _Refused
    problems: list[str]  # of the levers together
    go: Go
    move: Callable[[Lever, float], None]
    enter: Callable[[Lever, str], None]
    opened: Callable[[dict[str, Any]], None]

    def wrong_with(self, lever: str) -> str:
        """What stands beside a lever."""
        told = self.refused.entries.get(lever, "")
        return told or (" ".join(self.problems) if self.refused.moved == lever else "")


def _controls(shown: Shown, view: View, scenarios: Mapping[str, Scenario], own: Mapping[str, _Own], acts: _Acts) -> Any:
    """Presets, levers, and other starts."""
    base = scenarios[view.start]
    preset = preset_of(view, scenarios)

    def take_preset(name: str) -> None:
        chosen = next(one for one in PRESETS if one.id == name)
        acts.go(lambda now: full(replace(now, start=chosen.start, values=chosen.values), scenarios))

    def start_from(name: str) -> None:
        acts.go(lambda now: full(replace(now, start=name, values={}), scenarios))

    levers = [_lever(one, view, acts) for one in LEVERS]
    return tag(
        "section",
        tag("h2", "What if …", id="levers-title"),
        _sticky(shown),
        Choice(
            name="preset",
            legend="Begin with",
            kind="presets",
            options=[{"id": one.id, "name": one.name, "hint": one.question} for one in PRESETS],
            value=preset.id if preset else _CUSTOM,
            note="" if preset else "Now: your own version. The browser's Back undoes a step.",
            event_choose=take_preset,
        ),
        *levers,
        _starts(view, scenarios, own, acts, start_from),
        tag("p", Button("Back to the scenario's values", lambda: start_from(view.start), "reset")),
        tag("p", f"Scenario: {base.title or view.start}", class_="hint"),
        class_="controls", aria_labelledby="levers-title",
    )  # fmt: skip


def _sticky(shown: Shown) -> Any:
    """The verdict in short, which stays in sight on a phone; marked where it belongs to the settings before."""
    if shown.answer is None:
        return tag("p", "", class_="sticky", aria_hidden="true")
    before = "" if shown.is_current else "Before your change: "
    return tag(
        "p", before + words.headline(shown.answer.comparison), class_="sticky" + (" old" if before else ""),
        aria_hidden="true", data_testid="sticky",
    )  # fmt: skip


def _starts(
    view: View,
    scenarios: Mapping[str, Scenario],
    own: Mapping[str, _Own],
    acts: _Acts,
    start_from: Callable[[str], None],
) -> Any:
    """Other scenarios to start from, those that the page can run, and a file of one's own."""
    large = [name for name in too_large() if name in scenarios]
    starts = [
        {"id": name, "name": own[name].name if name in own else name, "hint": scenario.title}
        for name, scenario in scenarios.items()
        if name not in large
    ]
    command = tag("code", f"modsim compare scenarios/{large[0]}.toml") if large else ""
    return tag(
        "details",
        tag("summary", "Other places to start from"),
        Choice(
            name="start", legend="Scenario", kind="starts", options=starts, value=view.start, event_choose=start_from,
        ),
        tag(
            "p",
            *([f"This page cannot run {', '.join(large)}. A terminal can: ", command] if large else []),
            class_="hint", data_testid="too-large",
        ),
        OpenFile(wrong=list(acts.refused.file), refusals=acts.refused.files, event_opened=acts.opened),
        class_="starts",
    )  # fmt: skip


def _lever(one: Lever, view: View, acts: _Acts) -> Any:
    def set_value(value: float) -> None:
        exact, _ = taken(one, str(value))
        if exact is not None:
            acts.move(one, exact)

    return LeverControl(
        name=one.id, label=one.name, hint=one.hint, unit=one.unit, value=view.values[one.id],
        low=one.low, high=one.high, step=one.step,
        evidence=one.evidence, meaning=one.meaning,
        plausible=list(one.plausible), source=one.source, acts=acts.number, wrong=acts.wrong_with(one.id),
        event_set=set_value, event_enter=lambda text: acts.enter(one, str(text)),
    ).key(one.id)  # fmt: skip


# --- below ------------------------------------------------------------------------------------------------------------


def _footer(scenario: Scenario, name: str) -> Any:
    assumed, numbers = share_assumed(scenario)
    letters = "; ".join(f"{letter}, {meaning}" for letter, meaning in EVIDENCE_MEANING.items())
    return tag(
        "footer",
        tag("h2", "What this cannot tell you"),
        tag("ul", *(tag("li", text) for text in words.CANNOT_TELL)),
        tag("p", "Ask the people who live there before using this for a decision."),
        tag("h2", "How sure is it?"),
        tag(
            "p",
            f"The modellers assumed {assumed} of the {numbers} parameters. The evidence grade under a lever says where "
            f"its value comes from: {letters}. To see one with its range and source, run ",
            tag("code", f"modsim scenario show scenarios/{USUAL}.toml --key world.dissimilarity"),
            ". The rules are in docs/model.md.",
        ),
        tag("h2", "Accessibility"),
        tag(
            "p",
            "Every control works by keyboard and has a number to type in. Every chart has a sentence, which a screen "
            "reader hears in its place, and a table. The page was checked with axe and by keyboard, not yet with "
            "people who use assistive technology.",
        ),
        tag(
            "p",
            f"modsim {metadata.version('modsim')} · scenario: {name} · seed {scenario.settings.seed}",
            class_="hint",
        ),
    )
