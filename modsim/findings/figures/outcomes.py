"""Figures of outcomes: trust, incidents, the verdict's pair by area, what an evaluation sees, both outcomes at once."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.comparison import Comparison
from modsim.findings.figures.style import (
    BANDS,
    REFERENCE,
    described,
    in_words,
    labelled,
    panels,
    put_title,
    styles_of,
    weekly_of,
)
from modsim.findings.measures import recipients
from modsim.findings.statistics import SMOOTHING_WEEKS, estimate, trailing_mean


def _over_time(comparison: Comparison, measure: str, title: str, ylabel: str, scale: float, smooth: int) -> Figure:
    """Small multiples by area of paired differences to the reference: mean and range of replicates."""
    areas = recipients(comparison.scenario)
    figure, axes = panels(len(areas))
    styles, weekly = styles_of(comparison), weekly_of(comparison, measure)
    base = comparison.outcome.lane(comparison.reference)
    same_kind = measure == "trust_youth"  # against trust in the same type of service, whoever leads in the reference
    reference = weekly_of(comparison, "trust_youth_reference") if same_kind else weekly
    for axis, area in zip(axes, areas, strict=True):
        for arm in comparison.arms:
            colour, dash = styles[arm]
            lane = comparison.outcome.lane(arm)
            theirs = reference[:, :, area, lane] if same_kind else weekly[:, :, area, base]
            gap = scale * trailing_mean(weekly[:, :, area, lane] - theirs, smooth)
            weeks = np.arange(gap.shape[1])
            low, high = np.percentile(gap, (5, 95), axis=0)
            if arm in comparison.verdict_pair:  # more bands would hide each other
                axis.fill_between(weeks, low, high, color=colour, alpha=0.12, linewidth=0)
                axis.plot(weeks, low, color=colour, linewidth=0.6, alpha=0.7)
                axis.plot(weeks, high, color=colour, linewidth=0.6, alpha=0.7)
            axis.plot(
                weeks, gap.mean(axis=0), color=colour, linestyle=dash, linewidth=2, label=labelled(comparison, arm)
            )
        axis.axhline(0, color=REFERENCE[0], linewidth=1)
        axis.set_title(comparison.scenario.areas[area].label)
        axis.set_xlabel("week")
    axes[0].set_ylabel(ylabel)
    put_title(figure, title)
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), handlelength=3)
    return figure


def trust_over_time(comparison: Comparison) -> tuple[Figure, str]:
    """Trust in the lead against no programme, by area and week."""
    people = comparison.scenario.vocabulary.people
    title = f"Trust of {people} in the lead, against “{comparison.scenario.arm_label(comparison.reference)}”"
    figure = _over_time(comparison, "trust_youth", title, "points (0–100)", 100.0, 1)
    return figure, described(
        comparison, "trust_youth_change_points", f"{title}, week by week in each area. {BANDS} At the end"
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
    return figure, described(
        comparison, f"occurred_{words.incident}_change_percent",
        f"{title}, as {SMOOTHING_WEEKS}-week means in each area. {BANDS} Over all weeks and areas",
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
        said.append(f"{place} {in_words(found)}")
    axis.axvline(0, color=REFERENCE[0], linewidth=1)
    axis.set_yticks(range(len(places)), [place for place, _ in places])
    axis.set_ylim(len(places) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)
    axis.set_xlabel(f"points of change in {measure.label}\n(below 0: “{label(arm)}” does better)")
    put_title(figure, f"“{label(arm)}” minus “{label(against)}”, paired simulated futures")
    axis.legend(loc="best", fontsize=8)
    description = (
        f"Difference between “{label(arm)}” and “{label(against)}” in {measure.label}, in percentage points: each dot "
        f"is one simulated future, the diamond the mean, the line its 95 % interval. " + "; ".join(said) + "."
    )
    return figure, description


def apparent_and_true(comparison: Comparison) -> tuple[Figure, str]:
    """What a before-and-after comparison would show beside what the programme did."""
    incident = comparison.scenario.vocabulary.incident
    bars = [
        (f"apparent_{incident}_change_percent", "Before–after change in participants' reports", "#BFBFBF", ""),
        (f"participants_{incident}_change_percent", "Effect on participants, against no programme", "#12436D", "//"),
        (f"occurred_{incident}_change_percent", "Effect on the new areas, against no programme", "#F46A25", ""),
    ]
    arms = comparison.arms
    figure = Figure(
        figsize=(max(1.9 * len(arms) + 3.0, 7.2), 4.4), layout=ConstrainedLayoutEngine(rect=(0.012, 0.05, 0.976, 0.95))
    )
    axis = figure.subplots()
    said: list[str] = []
    named: set[str] = set()  # in the legend
    for arm in range(len(arms)):
        parts = []
        for k, (measure, text, colour, hatch) in enumerate(bars):
            found = comparison.estimates[arms[arm]][measure]
            at = arm + (k - 1) * 0.27
            if found.mean is None or found.range_low is None or found.range_high is None:
                continue
            axis.bar(
                at,
                found.mean,
                0.25,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                label=None if text in named else text,
            )
            named.add(text)
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
            parts.append(f"{text.lower()} {in_words(found)}")
        said.append(f"“{comparison.scenario.arm_label(arms[arm])}”: " + ", ".join(parts))
    axis.axhline(0, color=REFERENCE[0], linewidth=1)
    axis.margins(y=0.08)  # room for the numbers
    axis.set_xticks(range(len(arms)), [labelled(comparison, arm, 18) for arm in arms])
    axis.grid(axis="x", visible=False)
    axis.set_ylabel("change, %\n(lines: 9 in 10 simulated futures)")
    put_title(figure, "What before–after figures show, and what the programme causes")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=8.5)
    return figure, "Change in percent. " + "; ".join(said) + "."


def both_outcomes(comparison: Comparison) -> tuple[Figure, str]:
    """Each arm on one plane: what it does to whole areas, and to those who take part."""
    words = comparison.scenario.vocabulary
    names = f"occurred_{words.incident}_change_percent", f"participants_{words.incident}_change_percent"
    figure = Figure(figsize=(7.6, 5.2), layout=ConstrainedLayoutEngine(rect=(0.012, 0.05, 0.976, 0.95)))
    axis = figure.subplots()
    said = []
    for arm in comparison.arms:
        across, up = (comparison.estimates[arm][name] for name in names)
        text = comparison.scenario.arm_label(arm)
        if across.mean is None or up.mean is None:
            said.append(f"“{text}” areas {in_words(across)}, nobody takes part")
            continue
        colour, _ = styles_of(comparison)[arm]
        mark = "D" if arm in comparison.verdict_pair else "o"
        axis.plot([across.mean], [up.mean], mark, color=colour, markersize=8, label=labelled(comparison, arm, 30))
        for found, line in ((across, "across"), (up, "up")):
            if found.low is not None and found.high is not None:
                ends = [found.low, found.high]
                xs, ys = (ends, [up.mean] * 2) if line == "across" else ([across.mean] * 2, ends)
                axis.plot(xs, ys, color=colour, linewidth=1.2)
        said.append(f"“{text}” areas {in_words(across)}, participants {in_words(up)}")
    axis.axhline(0, color=REFERENCE[0], linewidth=1)
    axis.axvline(0, color=REFERENCE[0], linewidth=1)
    axis.set_xlabel(f"change in {words.incidents} of whole areas, %")
    axis.set_ylabel(f"change in {words.incidents} of participants, %")
    put_title(figure, "Effect on participants and on whole areas, by arm")
    if axis.get_legend_handles_labels()[0]:  # nobody may have taken part
        axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8.5)
    return figure, "Change in percent, with 95 % intervals of the mean. " + "; ".join(said) + "."
