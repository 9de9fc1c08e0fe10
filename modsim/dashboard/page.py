"""The page itself: question and caveats, levers, the verdict in words, charts with their tables, and how to go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import solara

from modsim.dashboard import charts, words
from modsim.dashboard.answers import Shown, use_answer
from modsim.dashboard.levers import LEVERS, share_assumed
from modsim.dashboard.parts import Button, Choice, CopyLink, LeverControl, OpenFile, chart, data_table, download, tag
from modsim.dashboard.view import (
    OWN,
    PRESETS,
    View,
    address,
    full,
    preset_of,
    read_address,
    scenario_of,
    taken,
)
from modsim.findings.comparison import Comparison
from modsim.findings.measures import recipients
from modsim.inputs.problems import ScenarioError
from modsim.inputs.reading import load_scenario, scenario_from
from modsim.inputs.scenario import Scenario
from modsim.inputs.toml_files import LARGEST_FILE_BYTES, toml_content
from modsim.inputs.writing import resolved_toml

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
                continue  # `modsim scenario check` tells what is wrong with it
        if USUAL in found:
            return found
    raise FileNotFoundError(f"scenarios/{USUAL}.toml is not here; start the page in the folder that holds scenarios/")


@dataclass(frozen=True)
class _Own:
    """A scenario file of the visitor's, if they have opened one."""

    scenario: Scenario | None = None
    name: str = ""


def full_usual() -> Scenario:
    """The scenario that a visitor sees first."""
    scenarios = shipped_scenarios()
    return scenario_of(full(View(USUAL), scenarios), scenarios)


@solara.component
def Layout(children: Sequence[Any] = ()) -> Any:  # noqa: N802
    """Nothing round the page: it scrolls as a whole, and its landmarks are its own."""
    return tag("div", *children)


@solara.component
def Page() -> Any:  # noqa: N802
    """Everything a visitor sees. The address holds what they look at; only a file of their own is kept beside it."""
    router = solara.use_router()
    query, set_query = solara.use_state(router.search or "")
    own, set_own = solara.use_state(_Own())
    no_problems: tuple[str, ...] = ()
    refused, set_refused = solara.use_state(no_problems)
    stopped, set_stopped = solara.use_state("")

    solara.use_effect(lambda: set_query(router.search or ""), [router.search])  # Back and Forward

    scenarios = {**shipped_scenarios(), **({OWN: own.scenario} if own.scenario else {})}
    view, notices = read_address(query, scenarios, USUAL)

    def go(new: View) -> None:
        set_refused(())
        set_query(address(new).lstrip("?"))
        if router.set_path is not None:
            router.push((router.path or "/") + address(new))

    def opened(file: dict) -> None:
        try:
            scenario = _own_scenario(file)
        except ScenarioError as error:
            set_refused(tuple(error.problems))
            return
        set_own(_Own(scenario, Path(file["name"]).stem))
        go(full(View(OWN, topic=view.topic), {OWN: scenario}))

    problems: list[str] = []
    try:
        scenario = scenario_of(view, scenarios)
    except ScenarioError as error:
        problems = error.problems
        scenario = scenario_of(full(View(view.start), scenarios), scenarios)
    name = own.name if view.start == OWN else view.start
    shown, key = use_answer(scenario, name, stopped)

    return tag(
        "div",
        solara.Title("modsim: make it anew, or carry it unchanged?"),
        solara.Style(_CSS),
        _header(shown),
        tag(
            "main",
            _messages([*notices, *words.beyond_evidence(view)], [*refused, *problems], shown),
            tag(
                "div",
                _results_head(shown, view, scenario, name, go, key, set_stopped),
                _controls(view, scenarios, go, opened),
                _results(shown, view, go),
                class_="columns",
            ),
            id="main",
        ),
        _footer(scenario, name),
        class_="page",
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
        text = "is being worked out …" if not (shown.stopped or shown.error) else "was not worked out."
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
        tag("p", found.text),
        tag(
            "div",
            tag("div", *marks, class_="scale"),
            tag("div", tag("span", "0 same wishes"), tag("span", "1 nothing in common"), class_="ends"),
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


def _controls(view: View, scenarios: Mapping[str, Scenario], go, opened) -> Any:
    """Presets, levers, and other starts."""
    base = scenarios[view.start]
    preset = preset_of(view, scenarios)

    def take_preset(name: str) -> None:
        chosen = next(one for one in PRESETS if one.id == name)
        go(full(replace(view, start=chosen.start, values=chosen.values), scenarios))

    def start_from(name: str) -> None:
        go(full(replace(view, start=name, values={}), scenarios))

    levers = [_lever(one, view, go) for one in LEVERS]
    starts = [
        {"id": name, "name": scenario.title.split(":")[0] or name, "hint": ""} for name, scenario in scenarios.items()
    ]
    return tag(
        "section",
        tag("h2", "What if …", id="levers-title"),
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
        tag(
            "details",
            tag("summary", "Other places to start from"),
            Choice(
                name="start", legend="Scenario", kind="starts", options=starts, value=view.start,
                event_choose=start_from,
            ),
            OpenFile(event_opened=opened),
            class_="starts",
        ),
        tag("p", Button("Back to the start's own values", lambda: start_from(view.start), "reset")),
        tag("p", f"Start: {base.title or view.start}", class_="hint"),
        class_="controls", aria_labelledby="levers-title",
    )  # fmt: skip


def _lever(one, view: View, go) -> Any:
    def set_value(value: float) -> None:
        exact, _ = taken(one, str(value))
        if exact is not None and exact != view.values[one.id]:
            go(view.with_value(one.id, exact))

    least, most = one.allowed
    return LeverControl(
        name=one.id, label=one.name, hint=one.hint, unit=one.unit, value=view.values[one.id],
        low=one.low, high=one.high, step=one.step, least=least, most=most, whole=one.whole,
        evidence=one.evidence, meaning=one.meaning,
        plausible=list(one.plausible), source=one.source, event_set=set_value,
    ).key(one.id)  # fmt: skip


# --- results ----------------------------------------------------------------------------------------------------------


def _results_head(shown: Shown, view: View, scenario: Scenario, name: str, go, key: str, set_stopped) -> Any:
    """The verdict, how far its numbers are, and what can be done with it."""
    settings = scenario.settings
    one, other = (words.plan_phrase(scenario, arm) for arm in (settings.verdict_arm, settings.verdict_against))
    return tag(
        "section",
        tag("h2", f"Verdict: {one} against {other}", id="verdict-title", tabindex="-1"),
        _progress(shown, key, set_stopped),
        _verdict(shown),
        tag(
            "div",
            Button("Swap the plans", lambda: go(replace(view, swapped=not view.swapped)), "swap-plans"),
            CopyLink(),
            download(
                "Download this scenario (.toml)", _scenario_file(scenario), f"{name}-page.toml", "text/plain",
                data_testid="download-scenario", class_="quiet",
            ),
            class_="actions",
        ),
        tag(
            "p",
            "The file gives exactly these numbers in ",
            tag("code", f"modsim compare {name}-page.toml"),
            ".",
            class_="hint",
        ),
        class_="verdict-box", aria_labelledby="verdict-title",
    )  # fmt: skip


def _scenario_file(scenario: Scenario) -> str:
    head = [
        f"Downloaded from the page of modsim {metadata.version('modsim')}.",
        *words.CAVEATS,
        "Run it again: modsim compare THIS-FILE.toml",
    ]
    return "".join(f"# {line}\n" for line in head) + resolved_toml(scenario)


def _progress(shown: Shown, key: str, set_stopped) -> Any:
    if shown.stopped:
        text = "Stopped. " + ("These are the numbers of the settings before." if shown.answer else "")
        return tag("div", tag("span", text), Button("Go on", lambda: set_stopped(""), "go-on"), class_="running").key(
            "stopped"
        )
    if not shown.is_busy:
        return tag("div", tag("span", "All futures are in."), class_="running").key("done")
    percent = round(100 * shown.share)
    if shown.is_current:
        exact = shown.answer is not None and shown.answer.state == "exact"
        text = "Working out the break-even …" if exact else f"An estimate from some of the futures; {percent} % done …"
    else:
        old = " The numbers below belong to the settings before." if shown.answer else ""
        text = f"Simulating, {percent} % done …{old}"
    return tag(
        "div",
        tag("progress", max="100", value=str(percent), aria_label="Simulated so far"),
        tag("span", text),
        Button("Stop", lambda: set_stopped(key), "stop"),
        class_="running",
    ).key("busy")


def _verdict(shown: Shown) -> Any:
    """The verdict in words, with its numbers as attributes for whoever reads the page by program."""
    if shown.answer is None:
        return tag(
            "div", tag("p", "The first answer is being worked out.", class_="verdict-words"), id="verdict",
            role="status", aria_live="polite", data_testid="verdict", data_state="estimate", aria_busy="true",
        )  # fmt: skip
    comparison = shown.answer.comparison
    verdict = comparison.verdict
    numbers: Any = {
        f"data_{name}": "" if verdict[name] is None else repr(verdict[name]) for name in ("mean", "low", "high")
    }
    exact = shown.is_current and shown.answer.state == "exact"
    futures = comparison.replicates
    basis = f"From {futures} simulated future{'' if futures == 1 else 's'}, each lived through by both plans."
    return tag(
        "div",
        tag("p", words.headline(comparison), class_="verdict-words"),
        *(tag("p", sentence) for sentence in words.verdict_words(comparison)),
        tag("p", basis + (f" {notice}" if (notice := words.cost_notice(comparison)) else ""), class_="hint"),
        id="verdict", class_="" if shown.is_current else "old", role="status", aria_live="polite",
        data_testid="verdict", data_state="exact" if exact else "estimate", data_kind=verdict["kind"],
        data_measure=verdict["measure"], data_arm=verdict["arm"], data_against=verdict["against"],
        aria_busy="false" if exact else "true", **numbers,
    )  # fmt: skip


def _results(shown: Shown, view: View, go) -> Any:
    """The charts and the table of every measure."""
    if shown.answer is None:
        return tag("div", class_="results")
    return tag(
        "div",
        _over_time(shown.answer.comparison, view, go),
        _effects(shown.answer.comparison),
        _every_measure(shown.answer.comparison),
        class_="results" + ("" if shown.is_current else " old"),
    )


def _legend(comparison: Comparison, reference: str = "") -> Any:
    """Which line is which plan; `reference` is the look of the reference arm's, if it is there."""
    styles = charts.plan_styles(comparison)
    entries = [
        tag(
            "li",
            tag("span", class_=f"swatch {styles[arm][1]}", style_=f"border-color:{styles[arm][0]}", aria_hidden="true"),
            comparison.scenario.arm_label(arm),
        )
        for arm in comparison.verdict_pair
    ]
    if reference:
        label = comparison.scenario.arm_label(comparison.reference)
        grey = f"border-color:{charts.REFERENCE}"
        swatch = tag("span", class_=f"swatch {reference}", style_=grey, aria_hidden="true")
        entries.append(tag("li", swatch, label if reference == "dotted" else f"{label} (the line at 0)"))
    return tag("ul", *entries, class_="legend")


def _over_time(comparison: Comparison, view: View, go) -> Any:
    incidents = comparison.scenario.vocabulary.incidents
    topics = [{"id": "asb", "name": incidents.capitalize()}, {"id": "trust", "name": "Trust in services"}]
    kinds = [{"id": "gap", "name": "Against no programme"}, {"id": "levels", "name": "Levels"}]
    axis = charts.axis_of(comparison, view.topic, view.levels)
    what = incidents.capitalize() if view.topic == "asb" else "Trust in services"
    panels = []
    for place in recipients(comparison.scenario):
        area = comparison.scenario.areas[place]
        panels.append(
            chart(
                f"{view.topic}-{area.id}",
                f"{what} in {area.label}",
                words.over_time_sentence(comparison, view.topic, place),
                charts.over_time(comparison, view.topic, place, view.levels, axis),
                charts.over_time_table(comparison, view.topic, place, view.levels),
                260,
            )
        )
    smoothing = f" Means over {charts.SMOOTHED_WEEKS} weeks." if view.topic == "asb" else ""
    return tag(
        "section",
        tag("h2", "Week by week, in each area"),
        tag(
            "div",
            Choice(
                name="topic", legend="Show", kind="tabs", options=topics, value=view.topic,
                event_choose=lambda topic: go(replace(view, topic=topic)),
            ),
            Choice(
                name="levels", legend="As", kind="tabs", options=kinds, value="levels" if view.levels else "gap",
                event_choose=lambda kind: go(replace(view, levels=kind == "levels")),
            ),
            class_="switches",
        ),
        _legend(comparison, "dotted" if view.levels else "thin"),
        tag(
            "p",
            f"Lines are means; each band holds 9 in 10 simulated futures, if the model's rules are right.{smoothing} "
            "Every area has the same scale.",
            class_="hint",
        ),
        tag("div", *panels, class_="panels"),
    )  # fmt: skip


def _effects(comparison: Comparison) -> Any:
    return tag(
        "section",
        tag("h2", "What an evaluation would see, and what it costs"),
        _legend(comparison),
        tag(
            "div",
            chart(
                "effects", "Apparent and true effect", words.apparent_sentence(comparison), charts.effects(comparison),
                charts.effects_table(comparison), 300,
            ),
            chart(
                "hours", "Staff hours and cost", words.hours_sentence(comparison), charts.hours(comparison),
                charts.hours_table(comparison), 300,
            ),
            class_="panels",
        ),
    )  # fmt: skip


def _every_measure(comparison: Comparison) -> Any:
    table = charts.measures_table(comparison)
    return tag(
        "section",
        tag("h2", "Every measure"),
        tag(
            "details",
            tag("summary", "Table of every measure, both plans and their difference"),
            data_table(table),
            download("Save these numbers (modsim-measures.csv)", table.csv, "modsim-measures.csv", "text/csv"),
            data_testid="every-measure",
        ),
    )


def _footer(scenario: Scenario, name: str) -> Any:
    assumed, numbers = share_assumed(scenario)
    return tag(
        "footer",
        tag("h2", "What this cannot tell you"),
        tag("ul", *(tag("li", text) for text in words.CANNOT_TELL)),
        tag("p", "Ask the people who live there before using this for a decision."),
        tag("h2", "How sure is it?"),
        tag(
            "p",
            f"{assumed} of the {numbers} numbers in the model are assumed by the modellers; each lever says where its "
            "number comes from. Every number, with its range and source: ",
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
        tag("p", f"modsim {metadata.version('modsim')} · start: {name} · seed {scenario.settings.seed}", class_="hint"),
    )
