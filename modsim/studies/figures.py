"""The picture of a study with one or two factors: who wins where, and where the model cannot tell."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from modsim.findings.comparison import BANNER
from modsim.findings.figures import SETTINGS, finish
from modsim.findings.figures.style import wrapped
from modsim.findings.measures import Measure
from modsim.findings.verdict import who_is_ahead
from modsim.inputs.problems import field_at
from modsim.studies.ablation import Ablation
from modsim.studies.results import StudyResults

# Kinds of verdict by colour and hatch, so that they can be told apart without colour.
_KINDS = {
    "better": ("#12436D", ""),
    "ahead": ("#BFD0E0", "...."),
    "about the same": ("#EDEDED", ""),
    "cannot tell": ("#FFFFFF", "...."),
    "behind": ("#FBD5C0", "...."),
    "worse": ("#F46A25", "////"),
}

# What an ablation says of a mechanism, by colour and hatch.
_SAYS = {
    "lowers": _KINDS["better"],
    "lowers, may not matter": _KINDS["ahead"],
    "raises, may not matter": _KINDS["behind"],
    "raises": _KINDS["worse"],
    "no difference that matters": ("#BFBFBF", ""),
    "no difference": _KINDS["about the same"],
    "cannot tell": _KINDS["cannot tell"],
}


def draw_study(found: StudyResults) -> tuple[Figure, str]:
    """The contrasts of the study's first measure over its one or two factors, with a description in words."""
    measure = found.study.main_measure
    table = found.contrasts
    table = table[table["measure"] == measure.name]
    table = table.assign(kind=[look_of(row, measure) for row in table.to_dict("records")])
    with matplotlib.rc_context(SETTINGS):
        draw = _over_one if len(found.study.factors) == 1 else _over_two
        figure = draw(found, table)
        finish(figure)
    return figure, _described(found, table, measure.label)


def look_of(row: dict, measure: Measure) -> str:
    """The kind of verdict, with "cannot tell" divided by whether it is settled who is ahead."""
    mean, low, high = (None if pd.isna(row[name]) else row[name] for name in ("mean", "low", "high"))
    ahead = who_is_ahead(mean, low, high, measure.better)
    if row["kind"] != "cannot tell" or ahead is None:
        return row["kind"]
    return "ahead" if ahead == "first" else "behind"


def axis_label(key: str, wide: int = 60) -> str:
    """Meaning and unit of a factor, in lines of so many characters."""
    field = field_at(tuple(key.split(".")))
    if field is None or not field.description:
        return key
    unit = (field.json_schema_extra or {}).get("unit", "")
    return wrapped(f"{field.description} ({unit})" if unit else field.description, wide)


def _kinds(found: StudyResults) -> dict[str, str]:
    """What each kind of verdict says of the study's pair of arms."""
    arm, against = (f"“{_label(found, one)}”" for one in found.study.verdict_pair)
    return {
        "better": f"{arm} does better",
        "ahead": f"{arm} is ahead; the difference may not matter",
        "about the same": "about the same",
        "cannot tell": "the model cannot tell which is ahead",
        "behind": f"{against} is ahead; the difference may not matter",
        "worse": f"{against} does better",
    }


def _label(found: StudyResults, arm: str) -> str:
    return found.study.scenario.arm_label(arm)


def _figure(found: StudyResults, height: float) -> tuple[Figure, Axes]:
    layout = ConstrainedLayoutEngine(rect=(0.012, 0.2 / height, 0.976, 1 - 0.25 / height))
    figure = Figure(figsize=(7.6, height), layout=layout)
    title = found.study.study.title or found.study.name
    figure.suptitle(wrapped(title, 80), x=0.01, ha="left", fontweight="bold")
    return figure, figure.add_subplot()


def _over_two(found: StudyResults, table: pd.DataFrame) -> Figure:
    """A tile for each point, coloured by its verdict, with the mean difference written in it."""
    across, up = found.study.factors
    xs, ys = sorted(table[across].unique()), sorted(table[up].unique())
    figure, axis = _figure(found, 3.4 + 0.5 * len(ys))
    for values in table.to_dict("records"):
        x, y = xs.index(values[across]), ys.index(values[up])
        colour, hatch = _KINDS[values["kind"]]
        axis.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, hatch=hatch, edgecolor="#8A8A8A", linewidth=0.8))
        dark = values["kind"] == "better"
        axis.text(
            x + 0.5, y + 0.5, _tile_text(values), ha="center", va="center", fontsize=8.5,
            color="white" if dark else "black",
            bbox=None if dark else {"facecolor": "white", "edgecolor": "none", "pad": 1.2},
        )  # fmt: skip
    axis.set(xlim=(0, len(xs)), ylim=(0, len(ys)), xlabel=axis_label(across), ylabel=axis_label(up, 40))
    axis.set_xticks(np.arange(len(xs)) + 0.5, [f"{x:g}" for x in xs])
    axis.set_yticks(np.arange(len(ys)) + 0.5, [f"{y:g}" for y in ys])
    axis.grid(False)
    axis.tick_params(length=0)
    pair = " minus ".join(f"“{_label(found, arm)}”" for arm in found.study.verdict_pair)
    measure = found.study.main_measure
    unit = measure.unit_of_difference
    note = f"Numbers: {measure.label}, {pair}, in {unit}; * where the 95 % interval of the mean leaves out 0."
    axis.annotate(
        wrapped(note, 100), (0, 0), (0, -8), xycoords=axis.xaxis.label, textcoords="offset points",
        fontsize=8, va="top", annotation_clip=False,
    )  # fmt: skip
    kinds = _kinds(found)
    present = [kind for kind in _KINDS if (table["kind"] == kind).any()]
    axis.legend(
        handles=[
            Patch(facecolor=_KINDS[k][0], hatch=_KINDS[k][1], edgecolor="#8A8A8A", label=kinds[k]) for k in present
        ],
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=1, borderaxespad=0.2, handlelength=2.2, handleheight=1.3,
    )  # fmt: skip
    return figure


def _tile_text(values: dict) -> str:
    """The mean difference, with a star where its interval leaves out 0."""
    if pd.isna(values["mean"]):
        return "–"
    number = f"{round(values['mean'], 1) + 0.0:+.1f}".replace("-", "−").replace("+0.0", "0.0")
    return number + ("*" if not pd.isna(values["low"]) and values["low"] * values["high"] > 0 else "")


def _over_one(found: StudyResults, table: pd.DataFrame) -> Figure:
    """The mean difference with its interval and the range of replicates, over the factor."""
    (key,) = found.study.factors
    table = table.sort_values(key)
    figure, axis = _figure(found, 4.2)
    x, mean = table[key].to_numpy(dtype=float), table["mean"].to_numpy(dtype=float)
    axis.fill_between(x, table["range_low"], table["range_high"], color="#12436D", alpha=0.12, linewidth=0)
    axis.errorbar(
        x, mean, yerr=[mean - table["low"], table["high"] - mean], color="#12436D", marker="o", capsize=3, linewidth=1.8
    )
    axis.axhline(0, color="#595959", linewidth=1)
    smallest = found.study.scenario.smallest_difference(table["measure"].iloc[0])
    if smallest:
        for side in (-smallest, smallest):
            axis.axhline(side, color="#595959", linewidth=0.8, linestyle=(0, (1, 2)))
    arm, against = (_label(found, one) for one in found.study.verdict_pair)
    measure = found.study.main_measure
    axis.set(xlabel=axis_label(key))
    axis.set_ylabel(wrapped(f"{measure.label}: “{arm}” minus “{against}”, {measure.unit_of_difference}", 44))
    better, worse = ("below", "above") if measure.better == "lower" else ("above", "below")
    axis.set_title(
        f"{better} 0 “{arm}” does better, {worse} it “{against}”\nbars: 95 % interval of the mean; band: 9 in 10 "
        "simulated futures; dots: the smallest difference that matters",
        fontsize=8.5,
    )  # fmt: skip
    return figure


def _described(found: StudyResults, table: pd.DataFrame, label: str) -> str:
    kinds, arm_label = _kinds(found), [_label(found, one) for one in found.study.verdict_pair]
    counts = table["kind"].value_counts()
    parts = [f"{kinds[kind]} at {counts[kind]}" for kind in _KINDS if kind in counts]
    title = found.study.study.title or found.study.name
    return (
        f"{title}{'' if title[-1] in '?!.' else '.'} The difference “{arm_label[0]}” minus “{arm_label[1]}” on "
        f"{label}, over {' and '.join(found.study.factors)}: of {len(table)} points, {'; '.join(parts)}. {BANNER}"
    )


def draw_ablation(found: Ablation) -> tuple[Figure, str]:
    """Own effect and contrast with everything (a line), and without each mechanism (where each bar ends)."""
    label = found.scenario.arm_label
    panels = {
        "own effect": f"“{label(found.arm)}”: change of incidents, %",
        "contrast": f"“{label(found.arm)}” minus “{label(found.against)}”, percentage points (below 0 the first does "
        "better)",
    }
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(
            figsize=(9.6, 2.1 + 0.42 * len(found.mechanisms)),
            layout=ConstrainedLayoutEngine(rect=(0.02, 0.12, 0.97, 0.87)),
        )
        axes = figure.subplots(1, 2, sharey=True)
        said = []
        for axis, (name, words) in zip(axes, panels.items(), strict=True):
            full = found.full(name).mean or 0.0
            rows = [row for row in found.rows if row.figure == name]
            for place, row in enumerate(rows):
                end = row.without_it.mean or 0.0
                colour, hatch = _SAYS[row.says]
                axis.barh(
                    place, end - full, 0.6, left=full, color=colour, hatch=hatch, edgecolor="#595959", linewidth=0.6
                )
                if row.carried.low is not None and row.carried.high is not None:  # of the difference, from its end
                    reach = [full - row.carried.high, full - row.carried.low]
                    axis.plot(reach, [place, place], color="#0B0C0C", linewidth=1.6)
                said.append(f"{name} without {row.mechanism.id} {end:+.2f}, {row.says}")
            axis.axvline(full, color="#0B0C0C", linewidth=1.2)
            axis.axvline(0, color="#595959", linewidth=0.8, linestyle=(0, (1, 2)))
            axis.set_xlabel(wrapped(words, 44))
            axis.grid(axis="y", visible=False)
        names = [wrapped(f"without {m.meaning}", 34) for m in found.mechanisms]
        axes[0].set_yticks(range(len(names)), names)
        axes[0].set_ylim(len(names) - 0.5, -0.5)
        figure.suptitle("What each contributes: from the line (with it) to the end of a bar (without)", x=0.01,
                        ha="left", fontweight="bold")  # fmt: skip
        used = {row.says for row in found.rows}
        looks = {text: look for text, look in _SAYS.items() if text in used}
        marks: list[Artist] = [
            Patch(facecolor=c, hatch=h, edgecolor="#595959", label=text) for text, (c, h) in looks.items()
        ]
        marks.append(Line2D([], [], color="#0B0C0C", linewidth=1.6, label="95 % interval of what it contributes"))
        figure.legend(handles=marks, loc="lower center", bbox_to_anchor=(0.5, 0.045), ncols=5, fontsize=7.5)
        finish(figure)
    opening = f"With everything the own effect is {found.full('own effect').mean or 0.0:+.2f} %, the contrast "
    return figure, f"{opening}{found.full('contrast').mean or 0.0:+.2f} percentage points. " + "; ".join(said) + "."
