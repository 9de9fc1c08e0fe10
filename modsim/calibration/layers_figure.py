"""The picture of the three layers: the verdict's contrast by chance, open parameters, and contested rules."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.calibration.layers import Layers
from modsim.calibration.variants import VARIANTS
from modsim.findings.comparison import Comparison
from modsim.findings.figures.style import put_title, wrapped
from modsim.studies.writing import write_picture

_BAND, _LINE, _DRAW = "#EDF1F5", "#12436D", "#28A197"


def draw_layers(comparison: Comparison, layers: Layers, folder: Path, kinds: Sequence[str] = ("svg", "png")) -> None:
    """Draw the picture into a folder: layers.svg, layers.png, and layers.txt, which says it in words."""
    write_picture(lambda: (layers_figure(comparison, layers), layers.sentence), folder, "layers", kinds)


def layers_figure(comparison: Comparison, layers: Layers) -> Figure:
    """One line for each layer, and one for each contested rule; the grey band holds what is too little to matter."""
    lines: list[tuple[str, float, float, float, np.ndarray | None]] = []
    base = layers.base
    if base.mean is not None and base.low is not None and base.high is not None:
        lines.append((f"chance: {len(layers.chance)} simulated futures", base.low, base.mean, base.high, None))
    for name, draws in (
        ("open parameters", layers.numbers), ("open parameters and dissimilarity", layers.numbers_and_distance),
    ):  # fmt: skip
        if draws is not None:
            low, high = draws.range
            lines.append((name, low, draws.mean, high, draws.values))
    if layers.numbers is not None and len(layers.numbers.by_variant) > 1:
        for name, at in layers.numbers.by_variant.items():
            each = layers.numbers.values[at]
            lines.append((f"structural variant {name}", each.min(), each.mean(), each.max(), each))
    meanings = {variant.name: variant.meaning for variant in VARIANTS}
    for name, found in (layers.rules or {}).items():
        if found.mean is not None and found.low is not None and found.high is not None:
            lines.append((meanings[name], found.low, found.mean, found.high, None))
    figure = Figure(
        figsize=(9.2, 0.42 * len(lines) + 2.0), layout=ConstrainedLayoutEngine(rect=(0.05, 0.07, 0.935, 0.92))
    )
    axis = figure.subplots()
    axis.axvspan(-layers.smallest, layers.smallest, color=_BAND)
    axis.axvline(0.0, color="#3D3D3D", linewidth=0.8)
    for k, (_, low, middle, high, each) in enumerate(reversed(lines)):
        axis.plot([low, high], [k, k], color=_LINE, linewidth=2.4)
        axis.plot([middle], [k], "o", color=_LINE)
        if each is not None:
            axis.plot(each, np.full(len(each), k - 0.22), "|", color=_DRAW, markersize=6)
    axis.set_yticks(range(len(lines)), [name for name, *_ in reversed(lines)])
    axis.set_ylim(-0.7, len(lines) - 0.3)
    label, (arm, against) = comparison.scenario.arm_label, comparison.verdict_pair
    measured = f"“{label(arm)}” minus “{label(against)}”, points of {comparison.measures[0].label}"
    axis.set_xlabel(wrapped(measured, 56))
    put_title(figure, "Sources of uncertainty: lines hold 95 % of the mean (chance, rules) or 9 in 10 draws")
    return figure
