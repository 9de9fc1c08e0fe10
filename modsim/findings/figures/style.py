"""How figures look: colours, dashes and hatches that can be told apart without colour, banner, words."""

import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.comparison import BANNER, Comparison
from modsim.findings.statistics import Estimate
from modsim.simulation.records import weekly_measures

# Pairs of a colour and a dash; the colours differ in lightness as well (checked in greyscale).
STYLES = [
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
FILLS = [
    ("#12436D", ""), ("#F46A25", "//"), ("#F4A87A", ""), ("#28A197", ".."), ("#8FD3CC", ""), ("#801650", "xx"),
    ("#A285D1", "\\\\"), ("#3D3D3D", ""),
]  # fmt: skip
REFERENCE = ("#595959", (0, (1, 2)))
SETTINGS: dict[Any, Any] = {
    "font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10.5,
    "axes.titlelocation": "left", "text.parse_math": False, "svg.fonttype": "none",
    "svg.hashsalt": "modsim", "axes.grid": True,
    "grid.color": "#E5E5E5", "axes.axisbelow": True, "legend.frameon": False,
}  # fmt: skip
MOST_PANELS = 20  # areas beyond which pictures with a panel or a wide line for each cannot be read
BANDS = "Lines are means over simulated futures; the bands, for the two arms of the verdict, hold 9 in 10 of them."


def finish(figure: Figure) -> None:
    """Put the banner on a figure, which belongs to every picture, and lay it out once for all its files."""
    figure.text(0.01, 0.008, BANNER, fontsize=7.5, color="#3D3D3D", va="bottom")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def wrapped(text: str, width: int) -> str:
    """A text in lines of at most so many characters, divided between words only: "Re-co-produced" is one."""
    return textwrap.fill(text, width, break_on_hyphens=False)


def put_title(figure: Figure, text: str) -> None:
    wide = int(figure.get_figwidth() * 11)
    figure.suptitle(wrapped(text, wide), x=0.01, ha="left", fontweight="bold")


def panels(count: int, height: float = 3.3, width: float = 3.6) -> tuple[Figure, list]:
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


def styles_of(comparison: Comparison) -> dict[str, tuple]:
    pair = list(comparison.verdict_pair)
    others = [arm for arm in comparison.arms if arm not in pair]
    ordered = [arm for arm in [*pair, *others] if arm != comparison.reference]
    styles = {arm: STYLES[k % len(STYLES)] for k, arm in enumerate(ordered)}
    return {**styles, comparison.reference: REFERENCE}


def labelled(comparison: Comparison, arm: str, width: int = 24) -> str:
    return wrapped(comparison.scenario.arm_label(arm), width)


def weekly_of(comparison: Comparison, measure: str) -> np.ndarray:
    """(replicates, weeks, areas, lanes) of a weekly measure."""
    return comparison.outcome.weekly[..., weekly_measures(comparison.scenario).index(measure)]


def in_words(found: Estimate) -> str:
    if found.mean is None:
        return "not known"
    if found.low is None:
        return f"{found.mean:+.2f}"
    return f"{found.mean:+.2f} (95 % interval of the mean {found.low:+.2f} to {found.high:+.2f})"


def described(comparison: Comparison, measure: str, opening: str) -> str:
    unit = next(m.unit for m in comparison.measures if m.name == measure)
    unit = "%" if unit.startswith("%") else unit
    label = comparison.scenario.arm_label
    ends = [f"“{label(arm)}” {in_words(comparison.estimates[arm][measure])} {unit}" for arm in comparison.arms]
    return f"{opening}: {'; '.join(ends)}."
