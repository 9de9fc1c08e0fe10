"""A calibration on disk: its draws, its tables and its pictures, each file whole or not at all."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.calibration.calibrating import Calibration
from modsim.calibration.ensemble import Ensemble
from modsim.findings.figures.style import put_title
from modsim.inputs.saving import write_text, write_whole
from modsim.studies.running import deciding_code
from modsim.studies.writing import write_picture

NAMES = {
    "calibration.json", "variants.csv", "posterior.csv", "numbers.csv", "reached.csv", "entangled.csv", "recovery.csv",
    "cross-check.csv", "rules-evidence.csv", "rules-told-apart.csv", "numbers.txt", "numbers.svg", "numbers.png",
    "reached.txt", "reached.svg", "reached.png",
}  # fmt: skip
SCHEMA = "modsim-calibration-2"
_KNOWN, _LEARNED, _MISSED = "#B8C4D0", "#12436D", "#F46A25"


def write_tables(ensemble: Ensemble, folder: Path, command: str) -> None:
    """Write the tables of all variants into a folder; first of all the file that says what the folder holds."""
    folder.mkdir(parents=True, exist_ok=True)
    about = json.dumps(provenance(ensemble, command), indent=1, ensure_ascii=False) + "\n"
    write_text(about, folder / "calibration.json")
    write_more(
        {
            "variants": ensemble.summary, "posterior": ensemble.draws,
            "numbers": ensemble.together(lambda one: one.numbers),
            "reached": ensemble.together(lambda one: one.reached),
            "entangled": ensemble.together(lambda one: one.entangled),
        },
        folder,
    )  # fmt: skip


def write_more(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write tables by the name of their file."""
    for name, table in tables.items():
        write_rounded(table, folder / f"{name}.csv")


def write_pictures(
    calibration: Calibration, folder: Path, before: str = "", kinds: Sequence[str] = ("svg", "png")
) -> None:
    """Draw the pictures of a calibration into a folder, their names with `before` before them."""
    for name, draw in (("numbers", numbers_figure), ("reached", reached_figure)):
        write_picture(partial(draw, calibration), folder, f"{before}{name}", kinds)


def provenance(ensemble: Ensemble, command: str) -> dict[str, Any]:
    """Where the draws come from, in a form that can be read again."""
    first = ensemble.first
    scenario = first.scenario
    return {
        "schema": SCHEMA,
        "made": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command,
        "code": deciding_code(),
        "place": scenario.title,
        "areas": [area.label for area in scenario.areas],
        "seed": first.seed,
        "futures_of_each_point": scenario.settings.replicates,
        "not_weighed": list(ensemble.variants.not_weighed),
        "variants": [
            {"id": v.id, "title": v.title, "source": v.source, "values": v.values, "prior": v.prior,
             "weight": ensemble.weights[v.id], "log_evidence": ensemble.log_evidence[v.id],
             **_run_of(ensemble.calibrations[v.id])}
            for v in ensemble.variants.members
        ],
        "targets": [
            {"id": t.id, "figure": t.figure, "use": t.use, "value": None if np.isnan(t.value) else t.value,
             "low": None if np.isnan(t.low) else t.low, "high": None if np.isnan(t.high) else t.high,
             "weight": t.weight, "source": t.source}
            for t in first.targets
        ],
    }  # fmt: skip


def _run_of(one: Calibration) -> dict[str, Any]:
    """What was run of a variant, and what is left open."""
    return {
        "points_run": len(one.table),
        "points_not_ruled_out": int(one.kept.sum()),
        "share_of_the_prior_left": one.room_left,
        "contraction_by_chance": one.chance,
        "identified_from": one.identified_from,
        "numbers_identified": int(one.numbers["identified"].sum()),
    }


def write_rounded(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV with six digits, more than the figures of a run deserve."""
    index = not isinstance(table.index, pd.RangeIndex)
    write_whole(path, lambda place: table.to_csv(place, index=index, float_format="%.6g", lineterminator="\n"))
    return path


def numbers_figure(calibration: Calibration) -> tuple[Figure, str]:
    """How much the targets tell of every number: where its posterior lies in its range, by how much was learned."""
    table = calibration.numbers.sort_values("contraction").reset_index(drop=True)
    height = 0.19 * len(table) + 1.6
    figure = Figure(figsize=(8.6, height), layout=ConstrainedLayoutEngine(rect=(0.03, 0.05, 0.958, 0.94)))
    axis = figure.subplots()
    parameters = {p.key: p for p in calibration.prior.parameters}
    for k, row in table.iterrows():
        p = parameters[row["number"]]
        low, middle, high = (_place(p, row[name]) for name in ("low", "centre", "high"))
        colour = _LEARNED if row["identified"] else _KNOWN
        axis.plot([low, high], [k, k], color=colour, linewidth=4, solid_capstyle="butt")
        axis.plot([middle], [k], "o", color=colour, markeredgecolor="white", markersize=6)
        axis.plot([_place(p, row["prior_best"])], [k], "|", color="#3D3D3D", markersize=9)
    axis.set_yticks(range(len(table)), table["number"])
    axis.set_xlim(-0.01, 1.01)
    axis.set_xticks([0, 0.5, 1], ["lowest", "", "highest"])
    axis.set_xlabel("place in the prior range; the stroke is the first best guess")
    axis.set_ylim(-1, len(table))
    put_title(figure, "Parameters that the evidence narrows (dark), and those it hardly narrows (light)")
    known = table.loc[table["identified"], "number"][::-1]
    return figure, f"The evidence narrows {', '.join(known) or 'no parameter'}; it hardly narrows the others."


def _place(parameter: Any, value: float) -> float:
    if parameter.by_ratio:
        return float(np.log(value / parameter.low) / np.log(parameter.high / parameter.low))
    return float((value - parameter.low) / (parameter.high - parameter.low))


def reached_figure(calibration: Calibration) -> tuple[Figure, str]:
    """Every target beside the model: each range drawn from 0 to 1, and where the model's middle and 9 in 10 lie."""
    table = calibration.reached
    table = (
        table[np.isfinite(table["target_low"]) & np.isfinite(table["target_high"])].iloc[::-1].reset_index(drop=True)
    )
    figure = Figure(
        figsize=(8.6, 0.33 * len(table) + 1.8), layout=ConstrainedLayoutEngine(rect=(0.03, 0.07, 0.958, 0.92))
    )
    axis = figure.subplots()
    axis.axvspan(0.0, 1.0, color="#EDF1F5")
    for k, row in table.iterrows():
        low, wide = row["target_low"], row["target_high"] - row["target_low"]
        at = [np.clip((row[name] - low) / wide, -0.97, 1.97) for name in ("model_low", "model", "model_high")]
        colour = _LEARNED if row["holds"] else _MISSED
        axis.plot([at[0], at[2]], [k, k], color=colour, linewidth=3, linestyle="-" if row["holds"] else ":")
        axis.plot([at[1]], [k], "o" if row["holds"] else "X", color=colour, markersize=7)
    axis.set_yticks(range(len(table)), [f"{row.id}  {row.figure.replace('_', ' ')}" for row in table.itertuples()])
    axis.set_xlim(-1.0, 2.0)
    axis.set_xticks([0, 1], ["low end\nof the target", "high end"])
    put_title(figure, "Figures of the calibrated model in the ranges of their targets (a cross: outside)")
    missed = calibration.reached.loc[~calibration.reached["holds"], "id"]
    return figure, f"Figures of the calibrated model lie in all ranges but those of {', '.join(missed) or 'none'}."
