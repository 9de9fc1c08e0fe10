"""Pictures of spread: how many areas have the programme, what came of each, and where it lapses."""

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.comparison import Comparison
from modsim.findings.figures.style import labelled, put_title, styles_of, weekly_of
from modsim.findings.measures import recipients
from modsim.findings.spreading import Spread, spread_of

_FATES = {  # what came of an area: colour and hatch
    "open at the end, and incidents came down": ("#12436D", ""),
    "open at the end, and they did not (mistaken)": ("#A285D1", "//"),
    "open at the end, too late to judge": ("#C9D6E2", ""),
    "discontinued, and incidents had come down": ("#F4A87A", "\\\\"),
    "discontinued, and they had not (mistaken)": ("#F46A25", "xx"),
    "discontinued, too late to judge": ("#F9DCCB", ""),
    "never adopted": ("#EDEDED", ""),
}


def how_it_spreads(comparison: Comparison) -> tuple[Figure, str]:
    """Areas with the programme over time in every arm, and what came of them by the end."""
    scenario, arms = comparison.scenario, comparison.arms
    found = {arm: spread_of(scenario, comparison.outcome, arm, comparison.reference) for arm in arms}
    figure = Figure(figsize=(13.2, 4.9), layout=ConstrainedLayoutEngine(rect=(0.012, 0.06, 0.976, 0.94)))
    over_time, fates = figure.subplots(1, 2, width_ratios=(1.0, 1.15))
    _over_time(over_time, comparison)
    said = _fates(fates, comparison, found)
    put_title(figure, f"How the programme spreads over {len(recipients(scenario))} areas")
    return figure, "Areas at the end, mean over simulated futures: " + "; ".join(said) + "."


def _over_time(axis: Axes, comparison: Comparison) -> None:
    open_ = weekly_of(comparison, "area_open")[:, :, recipients(comparison.scenario)].sum(axis=2)
    looks = styles_of(comparison)
    for arm in comparison.arms:
        colour, dash = looks[arm]
        mine = open_[..., comparison.outcome.lane(arm)]
        axis.plot(mine.mean(axis=0), color=colour, linestyle=dash, linewidth=1.9, label=labelled(comparison, arm, 44))
        if arm in comparison.verdict_pair:
            axis.fill_between(
                np.arange(mine.shape[1]),
                *np.quantile(mine, [0.05, 0.95], axis=0),
                color=colour,
                alpha=0.12,
                linewidth=0,
            )
    axis.set_title("Areas in which the programme is open")
    axis.set_xlabel("week")
    axis.set_ylim(bottom=0)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize=8.5, handlelength=3)


def _fates(axis: Axes, comparison: Comparison, found: dict[str, Spread]) -> list[str]:
    said, left = [], np.zeros(len(found))
    counts = {arm: _counted(spread) for arm, spread in found.items()}
    for fate, (colour, hatch) in _FATES.items():
        width = np.array([counts[arm][fate] for arm in found])
        axis.barh(range(len(found)), width, left=left, color=colour, hatch=hatch, edgecolor="white", label=fate)
        left = left + width
    axis.set_yticks(range(len(found)), [labelled(comparison, arm, 24) for arm in found])
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.set_title("Areas at the end, mean over simulated futures")
    axis.set_xlabel("areas")
    axis.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=2, fontsize=8.5)
    for arm, number in counts.items():
        parts = ", ".join(f"{name} {value:.1f}" for name, value in number.items())
        said.append(f"“{comparison.scenario.arm_label(arm)}” {parts}")
    return said


def _counted(spread: Spread) -> dict[str, float]:
    """Mean number of areas by what came of them, in the order of the picture."""
    lasts, gone = spread.taken_up & ~spread.lapsed, spread.taken_up & spread.lapsed
    came_down = spread.judged & ~spread.mistaken
    each = (
        lasts & came_down, lasts & spread.mistaken, lasts & ~spread.judged,
        gone & came_down, gone & spread.mistaken, gone & ~spread.judged, ~spread.taken_up,
    )  # fmt: skip
    return {fate: float(which.sum(axis=1).mean()) for fate, which in zip(_FATES, each, strict=True)}


def where_it_lapses(comparison: Comparison) -> tuple[Figure, str]:
    """The areas as a network of neighbours: how often each takes the programme up, and how often it lapses there."""
    scenario, pair = comparison.scenario, comparison.verdict_pair
    areas = recipients(scenario)
    place = _places(comparison)
    figure = Figure(figsize=(12.6, 6.1), layout=ConstrainedLayoutEngine(rect=(0.012, 0.06, 0.976, 0.94)))
    axes, said = figure.subplots(1, 2), []
    for axis, arm in zip(axes, pair, strict=True):
        found = spread_of(scenario, comparison.outcome, arm, comparison.reference)
        lapses = found.lapsed.sum(axis=0) / np.maximum(found.taken_up.sum(axis=0), 1)
        for one in scenario.areas:
            for other in one.adjacent:
                ends = np.array([place[one.id], place[other]])
                axis.plot(*ends.T, color="#D9D9D9", linewidth=1.0, zorder=1)
        for with_anchor, marker in ((True, "s"), (False, "o")):
            mine = [k for k, a in enumerate(areas) if scenario.areas[a].anchor == with_anchor]
            spots = np.array([place[scenario.areas[areas[k]].id] for k in mine]).reshape(-1, 2)
            dots = axis.scatter(
                *spots.T, c=100.0 * lapses[mine], s=40 + 260 * found.taken_up.mean(axis=0)[mine], marker=marker,
                cmap="YlOrRd", vmin=0, vmax=100, edgecolors="#3D3D3D", linewidths=0.7, zorder=2,
            )  # fmt: skip
            share = found.lapsed[:, mine].sum() / max(found.taken_up[:, mine].sum(), 1)
            words = "with an anchor organisation" if with_anchor else "without one"
            if mine:
                said.append(
                    f"“{scenario.arm_label(arm)}” is discontinued in {share:.0%} of areas {words} that adopted it"
                )
        for area in scenario.areas:
            if area.role == "origin":
                axis.scatter(*place[area.id], marker="*", s=260, color="#12436D", zorder=3)
        axis.set_title(labelled(comparison, arm, 44))
        axis.set_axis_off()
    figure.colorbar(dots, ax=axes, label="% of adoptions that were discontinued", shrink=0.8)
    marks = "squares have an anchor organisation, the star is the original site"
    put_title(figure, f"Where it is discontinued: larger marks adopt it more often, {marks}")
    return figure, "In all simulated futures: " + "; ".join(said) + "."


def _places(comparison: Comparison) -> dict[str, np.ndarray]:
    """A place for every area, so that neighbours lie close; no map."""
    graph = nx.Graph()
    graph.add_nodes_from(area.id for area in comparison.scenario.areas)
    graph.add_edges_from((area.id, other) for area in comparison.scenario.areas for other in area.adjacent)
    return nx.kamada_kawai_layout(graph) if graph.number_of_edges() else nx.circular_layout(graph)
