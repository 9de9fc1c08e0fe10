"""Pictures of a comparison for print: SVG and PNG, each with a description in words beside it.

Arms are told apart by colour and dash, parts of a bar by hatch, so that they can be read without colour; the banner
is part of every picture.
"""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.comparison import BANNER, Comparison
from modsim.findings.measures import recipients
from modsim.findings.statistics import SMOOTHING_WEEKS, Estimate, estimate, trailing_mean
from modsim.simulation.columns import HEADINGS
from modsim.simulation.records import weekly_measures

# Pairs of a colour and a dash; the colours differ in lightness as well (checked in greyscale).
_STYLES = [
    ("#12436D", "-"),
    ("#F46A25", "--"),
    ("#28A197", "-."),
    ("#801650", ":"),
    ("#3D3D3D", (0, (5, 1, 1, 1, 1, 1))),
    ("#A285D1", (0, (1, 1))),
    ("#5A7D9A", (0, (8, 2))),
    ("#B58863", (0, (4, 1, 1, 1))),
    ("#6B8E23", (0, (2, 1))),
    ("#C0C0C0", (0, (6, 1, 2, 1))),
]
# Colours and hatches for the headings of the ledger, in their order.
_FILLS = [
    ("#12436D", ""), ("#F46A25", "//"), ("#F4A87A", ""), ("#28A197", ".."), ("#8FD3CC", ""), ("#801650", "xx"),
    ("#A285D1", "\\\\"), ("#3D3D3D", ""),
]  # fmt: skip
_REFERENCE = ("#595959", (0, (1, 2)))
SETTINGS: dict[Any, Any] = {
    "font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10.5,
    "axes.titlelocation": "left", "text.parse_math": False, "svg.fonttype": "none",
    "svg.hashsalt": "modsim", "axes.grid": True,
    "grid.color": "#E5E5E5", "axes.axisbelow": True, "legend.frameon": False,
}  # fmt: skip
_BANDS = "Lines are means over simulated futures; the bands, for the two arms of the verdict, hold 9 in 10 of them."


def draw_figures(comparison: Comparison, folder: Path) -> None:
    """Draw every figure of a comparison into a folder: NAME.svg, NAME.png and NAME.txt, the description."""
    figures: dict[str, Callable[[Comparison], tuple[Figure, str]]] = {
        "trust-over-time": trust_over_time,
        "asb-over-time": incidents_over_time,
        "differences-by-area": differences_by_area,
        "apparent-and-true-effect": apparent_and_true,
        "ledger": ledger,
    }
    with matplotlib.rc_context(SETTINGS):
        for name, draw in figures.items():
            figure, description = draw(comparison)
            finish(figure)
            metadata = {"Title": name.replace("-", " "), "Description": description, "Date": None}
            figure.savefig(folder / f"{name}.svg", metadata=metadata)
            figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Description": description})
            (folder / f"{name}.txt").write_text(description + "\n", encoding="utf-8")


def finish(figure: Figure) -> None:
    """Put the banner on a figure, which belongs to every picture, and lay it out once for all its files."""
    figure.text(0.01, 0.008, BANNER, fontsize=7.5, color="#3D3D3D", va="bottom")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def _title(figure: Figure, text: str) -> None:
    wide = int(figure.get_figwidth() * 11)
    figure.suptitle("\n".join(textwrap.wrap(text, wide)), x=0.01, ha="left", fontweight="bold")


def _panels(count: int, height: float = 3.3, width: float = 3.6) -> tuple[Figure, list]:
    columns = min(count, 4)
    rows = -(-count // columns)
    figure = Figure(
        figsize=(max(width * columns, 6.5), height * rows + 0.9),
        layout=ConstrainedLayoutEngine(rect=(0.012, 0.05 / rows + 0.01, 0.976, 0.94)),
    )
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for unused in axes[count:]:
        unused.set_visible(False)
    return figure, list(axes[:count])


def _styles(comparison: Comparison) -> dict[str, tuple]:
    pair = list(comparison.verdict_pair)
    others = [arm for arm in comparison.arms if arm not in pair]
    ordered = [arm for arm in [*pair, *others] if arm != comparison.reference]
    styles = {arm: _STYLES[k % len(_STYLES)] for k, arm in enumerate(ordered)}
    return {**styles, comparison.reference: _REFERENCE}


def _label(comparison: Comparison, arm: str, width: int = 24) -> str:
    return "\n".join(textwrap.wrap(comparison.scenario.arm_label(arm), width))


def _weekly(comparison: Comparison, measure: str) -> np.ndarray:
    """(replicates, weeks, areas, lanes) of a weekly measure."""
    return comparison.outcome.weekly[..., weekly_measures(comparison.scenario).index(measure)]


def _over_time(comparison: Comparison, measure: str, title: str, ylabel: str, scale: float, smooth: int) -> Figure:
    """Small multiples by area of paired differences to the reference: mean and range of futures."""
    areas = recipients(comparison.scenario)
    figure, axes = _panels(len(areas))
    styles, weekly = _styles(comparison), _weekly(comparison, measure)
    base = comparison.outcome.lane(comparison.reference)
    for axis, area in zip(axes, areas, strict=True):
        for arm in comparison.arms:
            colour, dash = styles[arm]
            lane = comparison.outcome.lane(arm)
            gap = scale * trailing_mean(weekly[:, :, area, lane] - weekly[:, :, area, base], smooth)
            weeks = np.arange(gap.shape[1])
            low, high = np.percentile(gap, (5, 95), axis=0)
            if arm in comparison.verdict_pair:  # more bands would hide each other
                axis.fill_between(weeks, low, high, color=colour, alpha=0.12, linewidth=0)
                axis.plot(weeks, low, color=colour, linewidth=0.6, alpha=0.7)
                axis.plot(weeks, high, color=colour, linewidth=0.6, alpha=0.7)
            axis.plot(weeks, gap.mean(axis=0), color=colour, linestyle=dash, linewidth=2, label=_label(comparison, arm))
        axis.axhline(0, color=_REFERENCE[0], linewidth=1)
        axis.set_title(comparison.scenario.areas[area].label)
        axis.set_xlabel("week")
    axes[0].set_ylabel(ylabel)
    _title(figure, title)
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), handlelength=3)
    return figure


def trust_over_time(comparison: Comparison) -> tuple[Figure, str]:
    """Trust in the lead against no programme, by area and week."""
    people = comparison.scenario.vocabulary.people
    title = f"Trust of {people} in the lead, against “{comparison.scenario.arm_label(comparison.reference)}”"
    figure = _over_time(comparison, "trust_youth", title, "points of 100", 100.0, 1)
    return figure, _described(
        comparison, "trust_youth_change_points", f"{title}, week by week in each area. {_BANDS} At the end"
    )


def incidents_over_time(comparison: Comparison) -> tuple[Figure, str]:
    """Incidents against no programme, by area and week."""
    words = comparison.scenario.vocabulary
    title = (
        f"{words.incidents.capitalize()} that occurs, against “{comparison.scenario.arm_label(comparison.reference)}”"
    )
    figure = _over_time(
        comparison, f"{words.incident}_occurred", title, f"incidents a week\n({SMOOTHING_WEEKS}-week mean)", 1.0,
        SMOOTHING_WEEKS,
    )  # fmt: skip
    return figure, _described(
        comparison, f"occurred_{words.incident}_change_percent",
        f"{title}, as {SMOOTHING_WEEKS}-week means in each area. {_BANDS} Over all weeks and areas",
    )  # fmt: skip


def differences_by_area(comparison: Comparison) -> tuple[Figure, str]:
    """The verdict's two arms, replicate by replicate, in each area and in all."""
    arm, against = comparison.verdict_pair
    scenario, label = comparison.scenario, comparison.scenario.arm_label
    measure = comparison.measures[0]
    smallest = scenario.smallest_difference(measure.name) or 0.0
    places = [(scenario.areas[k].label, [k]) for k in recipients(comparison.scenario)]
    if len(places) > 1:
        places.append(("All of them", recipients(comparison.scenario)))
    occurred = comparison.outcome.totals[f"{scenario.vocabulary.incident}_occurred"].astype(float)
    lanes = [comparison.outcome.lane(name) for name in (arm, against, comparison.reference)]
    figure = Figure(
        figsize=(7.2, 1.9 + 0.62 * len(places)), layout=ConstrainedLayoutEngine(rect=(0.012, 0.06, 0.976, 0.94))
    )
    axis = figure.subplots()
    axis.axvspan(-smallest, smallest, color="#E5E5E5", linewidth=0, label=f"about the same (±{smallest:g})")
    said = []
    for row, (place, areas) in enumerate(places):
        mine, theirs, none = (occurred[:, areas, lane].sum(axis=1) for lane in lanes)
        gap = 100.0 * (mine - theirs) / np.where(none > 0, none, np.nan)
        found = estimate(gap)
        spread = row + 0.16 + 0.1 * (np.arange(len(gap)) % 3 - 1)  # below the interval, in three rows
        axis.plot(gap, spread, "o", color="#12436D", alpha=0.5, markersize=4.5, markeredgewidth=0)
        if found.mean is not None:
            axis.plot([found.mean], [row], "D", color="#0B0C0C", markersize=6)
        if found.low is not None and found.high is not None:
            axis.plot([found.low, found.high], [row, row], color="#0B0C0C", linewidth=2.2)
        said.append(f"{place} {_words(found)}")
    axis.axvline(0, color=_REFERENCE[0], linewidth=1)
    axis.set_yticks(range(len(places)), [place for place, _ in places])
    axis.set_ylim(len(places) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)
    axis.set_xlabel(f"points of change in {measure.label}\n(below 0: “{label(arm)}” does better)")
    _title(figure, f"“{label(arm)}” minus “{label(against)}”, paired futures")
    axis.legend(loc="best", fontsize=8)
    description = (
        f"Difference between “{label(arm)}” and “{label(against)}” in {measure.label}, in points: each dot is one "
        f"simulated future, the diamond the mean, the line its 95 % interval. " + "; ".join(said) + "."
    )
    return figure, description


def apparent_and_true(comparison: Comparison) -> tuple[Figure, str]:
    """What a before-and-after comparison would show beside what the programme did."""
    incident = comparison.scenario.vocabulary.incident
    bars = [
        (f"apparent_{incident}_change_percent", "Apparent: participants' reports, before to after", "#BFBFBF", ""),
        (f"participants_{incident}_change_percent", "True: the same people without a programme", "#12436D", "//"),
        (f"occurred_{incident}_change_percent", "True: the whole area", "#F46A25", ""),
    ]
    arms = comparison.arms
    figure = Figure(
        figsize=(max(1.9 * len(arms) + 3.0, 7.2), 4.4), layout=ConstrainedLayoutEngine(rect=(0.012, 0.05, 0.976, 0.95))
    )
    axis = figure.subplots()
    said = []
    for arm in range(len(arms)):
        parts = []
        for k, (measure, text, colour, hatch) in enumerate(bars):
            found = comparison.estimates[arms[arm]][measure]
            at = arm + (k - 1) * 0.27
            if found.mean is None or found.range_low is None or found.range_high is None:
                continue
            axis.bar(
                at, found.mean, 0.25, color=colour, hatch=hatch, edgecolor="white", label=text if arm == 0 else None
            )
            axis.plot([at, at], [found.range_low, found.range_high], color="#0B0C0C", linewidth=1.4)
            lowest = min(found.range_low, found.mean, 0.0)
            axis.annotate(
                f"{found.mean:.1f}",
                (at, lowest),
                (0, -3),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=8.5,
            )
            parts.append(f"{text.lower()} {_words(found)}")
        said.append(f"“{comparison.scenario.arm_label(arms[arm])}”: " + ", ".join(parts))
    axis.axhline(0, color=_REFERENCE[0], linewidth=1)
    axis.margins(y=0.08)  # room for the numbers
    axis.set_xticks(range(len(arms)), [_label(comparison, arm, 18) for arm in arms])
    axis.grid(axis="x", visible=False)
    axis.set_ylabel("change, %  (lines: 9 in 10 futures)")
    _title(figure, "What before-and-after shows, and what the programme did")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=8.5)
    return figure, "Change in percent. " + "; ".join(said) + "."


def ledger(comparison: Comparison) -> tuple[Figure, str]:
    """Where the hours went, by arm: contacts, design, delivery, and what was left."""
    areas = recipients(comparison.scenario)
    hours = {**comparison.outcome.spent, "left": comparison.outcome.totals["hours_left"]}
    hours = {heading: figures for heading, figures in hours.items() if figures[:, areas].any() or heading == "left"}
    colours = {**dict(zip(HEADINGS, _FILLS, strict=True)), "left": ("#E5E5E5", "")}
    arms = comparison.arms
    figure = Figure(
        figsize=(7.2, 1.7 + 0.55 * len(arms)), layout=ConstrainedLayoutEngine(rect=(0.012, 0.06, 0.976, 0.94))
    )
    axis = figure.subplots()
    start = np.zeros(len(arms))
    said: dict[str, list[str]] = {arm: [] for arm in arms}
    for heading, figures in hours.items():
        lanes = [comparison.outcome.lane(arm) for arm in arms]
        mean = figures[:, areas][..., lanes].sum(axis=1).mean(axis=0)
        colour, hatch = colours[heading]
        axis.barh(range(len(arms)), mean, left=start, color=colour, hatch=hatch, edgecolor="white", label=heading)
        start = start + mean
        for arm, value in zip(arms, mean, strict=True):
            said[arm].append(f"{heading} {value:,.0f}")
    axis.set_yticks(range(len(arms)), [_label(comparison, arm) for arm in arms])
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.set_xlabel("staff hours over all recipient areas, mean of futures")
    _title(figure, "Where the hours went")
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8.5)
    label = comparison.scenario.arm_label
    return figure, "Staff hours by arm. " + "; ".join(f"“{label(a)}”: {', '.join(said[a])}" for a in arms) + "."


def _words(found: Estimate) -> str:
    if found.mean is None:
        return "not known"
    if found.low is None:
        return f"{found.mean:+.2f}"
    return f"{found.mean:+.2f} (95 % interval of the mean {found.low:+.2f} to {found.high:+.2f})"


def _described(comparison: Comparison, measure: str, opening: str) -> str:
    unit = next(m.unit for m in comparison.measures if m.name == measure)
    unit = "%" if unit.startswith("%") else unit
    label = comparison.scenario.arm_label
    ends = [f"“{label(arm)}” {_words(comparison.estimates[arm][measure])} {unit}" for arm in comparison.arms]
    return f"{opening}: {'; '.join(ends)}."
