"""Figures of services: where the hours went, who worked them, regard and trust both ways, and where it runs."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.comparison import Comparison
from modsim.findings.figures.style import (
    FILLS,
    MOST_PANELS,
    REFERENCE,
    in_words,
    labelled,
    put_title,
    styles_of,
    weekly_of,
)
from modsim.findings.measures import recipients
from modsim.findings.statistics import estimate
from modsim.simulation.columns import HEADINGS


def ledger(comparison: Comparison) -> tuple[Figure, str]:
    """Where the hours went, by arm: contacts, design, delivery, and what was left."""
    areas = recipients(comparison.scenario)
    hours = {**comparison.outcome.spent, "left": comparison.outcome.totals["hours_left"]}
    hours = {heading: figures for heading, figures in hours.items() if figures[:, areas].any() or heading == "left"}
    fills = {**dict(zip(HEADINGS, FILLS, strict=True)), "left": ("#E5E5E5", "")}
    figure, said = _stacked(
        comparison,
        hours,
        fills,
        "Where the hours went",
        "staff hours over all new areas, mean of simulated futures",
    )
    return figure, f"Staff hours by arm. {said}"


def hours_by_service(comparison: Comparison) -> tuple[Figure, str]:
    """Who worked the hours of the programme, charged or given, by type of service."""
    prefix = "hours_of_"
    hours = {
        name.removeprefix(prefix).replace("_", " "): figures
        for name, figures in comparison.outcome.totals.items()
        if name.startswith(prefix)
    }
    fills = {service: FILLS[k % len(FILLS)] for k, service in enumerate(hours)}
    words = "hours worked for the programme over all new areas, mean of simulated futures"
    figure, said = _stacked(comparison, hours, fills, "Who worked for the programme", words)
    return figure, f"Hours by partner. {said}"


def _stacked(
    comparison: Comparison, hours: dict[str, np.ndarray], fills: dict[str, tuple[str, str]], heading: str, xlabel: str
) -> tuple[Figure, str]:
    """Hours (replicates, areas, lanes) of several kinds as stacked bars, one for each arm, and the same in words."""
    arms, areas = comparison.arms, recipients(comparison.scenario)
    lanes = [comparison.outcome.lane(arm) for arm in arms]
    figure = Figure(
        figsize=(7.2, 1.7 + 0.55 * len(arms)), layout=ConstrainedLayoutEngine(rect=(0.012, 0.06, 0.976, 0.94))
    )
    axis = figure.subplots()
    start = np.zeros(len(arms))
    said: dict[str, list[str]] = {arm: [] for arm in arms}
    for kind, figures in hours.items():
        mean = figures[:, areas][..., lanes].sum(axis=1).mean(axis=0)
        colour, hatch = fills[kind]
        axis.barh(range(len(arms)), mean, left=start, color=colour, hatch=hatch, edgecolor="white", label=kind)
        start = start + mean
        for arm, value in zip(arms, mean, strict=True):
            said[arm].append(f"{kind} {value:,.0f}")
    axis.set_yticks(range(len(arms)), [labelled(comparison, arm) for arm in arms])
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.set_xlabel(xlabel)
    put_title(figure, heading)
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8.5)
    label = comparison.scenario.arm_label
    return figure, "; ".join(f"“{label(a)}”: {', '.join(said[a])}" for a in arms) + "."


def regard_and_trust(comparison: Comparison) -> tuple[Figure, str]:
    """Both ways: young people's trust in the lead, residents' in services, and services' regard for young people."""
    people = comparison.scenario.vocabulary.people
    sides = {
        "trust_youth": f"Trust of {people}\nin the lead", "trust_residents": "Trust of residents\nin partners",
        "regard": f"Professionals' regard\nfor {people}", "trust_between_partners": "Trust between\npartners",
    }  # fmt: skip
    areas, base = recipients(comparison.scenario), comparison.outcome.lane(comparison.reference)
    same = weekly_of(comparison, "trust_youth_reference")[:, :, areas]  # trust in the same type of service
    looks = styles_of(comparison)
    figure = Figure(figsize=(12.6, 4.2), layout=ConstrainedLayoutEngine(rect=(0.012, 0.06, 0.976, 0.94)))
    axes = figure.subplots(1, len(sides))
    said = []
    for axis, (measure, words) in zip(axes, sides.items(), strict=True):
        weekly = weekly_of(comparison, measure)[:, :, areas]
        for arm in comparison.arms:
            colour, dash = looks[arm]
            lane = comparison.outcome.lane(arm)
            theirs = same[..., lane] if measure == "trust_youth" else weekly[..., base]
            gap = 100.0 * (weekly[..., lane] - theirs).mean(axis=2)
            width = 2.2 if arm in comparison.verdict_pair else 1.2
            axis.plot(gap.mean(axis=0), color=colour, linestyle=dash, linewidth=width, label=labelled(comparison, arm))
            if arm in comparison.verdict_pair:
                flat = words.replace("\n", " ").lower()
                said.append(f"{flat}, “{comparison.scenario.arm_label(arm)}” {in_words(estimate(gap[:, -1]))}")
        axis.axhline(0, color=REFERENCE[0], linewidth=1)
        axis.set_title(words)
        axis.set_xlabel("week")
    axes[0].set_ylabel("points (0–100), mean of areas and simulated futures")
    put_title(figure, f"Trust and regard both ways, against “{comparison.scenario.arm_label(comparison.reference)}”")
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), handlelength=3, fontsize=8.5)
    return figure, "In points (0–100) at the end: " + "; ".join(said) + "."


def where_it_runs(comparison: Comparison) -> tuple[Figure, str]:
    """In what share of replicates the programme is open in each area, week by week, for the verdict's two arms."""
    scenario, pair = comparison.scenario, comparison.verdict_pair
    areas = recipients(scenario)
    open_, few = weekly_of(comparison, "area_open"), len(areas) <= MOST_PANELS
    figure = Figure(
        figsize=(9.6, 1.9 + (0.34 if few else 0.16) * len(areas)),
        layout=ConstrainedLayoutEngine(rect=(0.012, 0.09, 0.976, 0.91)),
    )
    axes = figure.subplots(1, 2, sharey=True)
    said = []
    for axis, arm in zip(axes, pair, strict=True):
        share = open_[:, :, areas, comparison.outcome.lane(arm)].mean(axis=0).T
        image = axis.imshow(share, aspect="auto", cmap="Blues", vmin=0.0, vmax=1.0, interpolation="nearest")
        axis.set_title(labelled(comparison, arm, 40))
        axis.set_xlabel("week")
        axis.grid(visible=False)
        ends = [f"{scenario.areas[a].label} {share[k, -1]:.0%}" for k, a in enumerate(areas)]
        said.append(f"“{scenario.arm_label(arm)}” at the end in {', '.join(ends)}")
    size = None if few else 7
    axes[0].set_yticks(range(len(areas)), [scenario.areas[a].label for a in areas], fontsize=size)
    figure.colorbar(image, ax=axes, label="share of simulated futures")
    put_title(figure, "Where the programme is open")
    return figure, "Share of simulated futures in which the programme is open: " + "; ".join(said) + "."
