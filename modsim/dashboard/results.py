"""The page's results: the verdict in words, what can be done with it, charts with their tables."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from typing import Any

from modsim.dashboard import charts, words
from modsim.dashboard.answers import Shown
from modsim.dashboard.parts import Button, Choice, CopyLink, chart, data_table, download, tag
from modsim.dashboard.view import View
from modsim.findings.comparison import Comparison
from modsim.findings.measures import recipients
from modsim.findings.statistics import SMOOTHING_WEEKS
from modsim.inputs.scenario import Scenario

Go = Callable[[Callable[[View], View]], None]  # goes to what a function makes of the newest view


def verdict_box(
    shown: Shown,
    scenario: Scenario,
    name: str,
    go: Go,
    key: str,
    set_stopped: Callable[[str], None],
    try_again: Callable[[], None],
) -> Any:
    """The verdict, how far its numbers are, and what can be done with it; `key` is the resolved scenario as TOML."""
    settings = scenario.settings
    one, other = (words.plan_phrase(scenario, arm) for arm in (settings.verdict_arm, settings.verdict_against))
    return tag(
        "section",
        tag("h2", f"Verdict: {one} against {other}", id="verdict-title", tabindex="-1"),
        tag(
            "ul",
            *(tag("li", words.plan_words(scenario, arm)) for arm in (settings.verdict_arm, settings.verdict_against)),
            class_="plans",
        ),
        _progress(shown, key, set_stopped, try_again),
        _verdict(shown),
        tag(
            "div",
            Button("Swap the plans", lambda: go(lambda now: replace(now, swapped=not now.swapped)), "swap-plans"),
            CopyLink(),
            download(
                "Download this scenario (.toml)", _scenario_file(key), f"{name}-page.toml", "text/plain",
                data_testid="download-scenario", class_="quiet",
            ),
            class_="actions",
        ),
        tag(
            "p",
            "The file gives exactly these numbers in ",
            tag("code", f"modsim compare {shlex.quote(f'{name}-page.toml')}"),
            ".",
            class_="hint",
        ),
        class_="verdict-box", aria_labelledby="verdict-title",
    )  # fmt: skip


def _scenario_file(resolved: str) -> str:
    head = [
        f"Downloaded from the page of modsim {metadata.version('modsim')}.",
        *words.CAVEATS,
        "Run it again: modsim compare THIS-FILE.toml",
    ]
    return "".join(f"# {line}\n" for line in head) + resolved


def _progress(shown: Shown, key: str, set_stopped: Callable[[str], None], try_again: Callable[[], None]) -> Any:
    if shown.refused:
        return tag("div", tag("span", "Not simulated: the levers contradict each other."), class_="running").key(
            "refused"
        )
    if shown.error:
        again = Button("Try again", try_again, "try-again")
        return tag("div", tag("span", "This was not finished."), again, class_="running").key("failed")
    if shown.stopped:
        before = shown.answer is not None and not shown.is_current
        text = "Stopped. " + ("These are the numbers of the settings before." if before else "")
        return tag("div", tag("span", text), Button("Go on", lambda: set_stopped(""), "go-on"), class_="running").key(
            "stopped"
        )
    if not shown.is_busy:
        return tag("div", tag("span", "All simulated futures are in."), class_="running").key("done")
    percent = round(100 * shown.share)
    if shown.is_current:
        exact = shown.answer is not None and shown.answer.state == "exact"
        text = (
            "Looking for the break-even …"
            if exact
            else f"An estimate from some of the simulated futures; {percent} % done …"
        )
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
        waiting = "There is no answer." if shown.error or shown.stopped else "The first simulated futures are running."
        return tag(
            "div", tag("p", waiting, class_="verdict-words"), id="verdict",
            role="status", aria_live="polite", data_testid="verdict", data_state="estimate", aria_busy="true",
        )  # fmt: skip
    comparison = shown.answer.comparison
    verdict = comparison.verdict
    numbers: Any = {
        f"data_{name}": "" if verdict[name] is None else repr(verdict[name]) for name in ("mean", "low", "high")
    }
    exact = shown.is_current and shown.answer.state == "exact"
    futures = comparison.replicates
    basis = f"From {futures} simulated future{'' if futures == 1 else 's'}. Both plans meet the same people and chance."
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


def charts_and_tables(shown: Shown, view: View, go: Go) -> Any:
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


def _over_time(comparison: Comparison, view: View, go: Go) -> Any:
    incidents = comparison.scenario.vocabulary.incidents
    topics = [{"id": "asb", "name": incidents.capitalize()}, {"id": "trust", "name": "Trust in the lead partner"}]
    kinds = [{"id": "gap", "name": "Against no programme"}, {"id": "levels", "name": "Levels"}]
    axis = charts.axis_of(comparison, view.topic, view.levels)
    what = incidents.capitalize() if view.topic == "asb" else "Trust in the lead partner"
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
    smoothing = f" Means over {SMOOTHING_WEEKS} weeks." if view.topic == "asb" else ""
    return tag(
        "section",
        tag("h2", "Week by week, in each area"),
        tag(
            "div",
            Choice(
                name="topic", legend="Show", kind="tabs", options=topics, value=view.topic,
                event_choose=lambda topic: go(lambda now: replace(now, topic=topic)),
            ),
            Choice(
                name="levels", legend="As", kind="tabs", options=kinds, value="levels" if view.levels else "gap",
                event_choose=lambda kind: go(lambda now: replace(now, levels=kind == "levels")),
            ),
            class_="switches",
        ),
        _legend(comparison, "dotted" if view.levels else "thin"),
        tag(
            "p",
            f"Lines are means; each band holds 9 in 10 simulated futures, if the model's rules are right.{smoothing} "
            "Every area has the same scale. The names of places are labels: the areas are synthetic.",
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
                "effects", "Before–after change and effect", words.apparent_sentence(comparison),
                charts.effects(comparison),
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
