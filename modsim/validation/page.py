"""A validation as a page and a picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.figures.style import put_title
from modsim.findings.statistics import RANGE_OF_FUTURES, Estimate
from modsim.inputs.saving import write_text
from modsim.studies.documents import check_places, markdown_table, put_table, range_in_words
from modsim.studies.running import deciding_code
from modsim.studies.writing import write_picture
from modsim.validation.figures import FIGURES
from modsim.validation.patterns import Pattern
from modsim.validation.validating import Validated, Verdict

_LOOKS: dict[Verdict, tuple[str, str]] = {
    "holds": ("#12436D", "o"), "cannot tell": ("#7A7A7A", "s"), "fails": ("#F46A25", "X"),
}  # fmt: skip
_SHOWN_BEYOND = 1.2  # widths of the range, on either side


NAME, BY = "validation", "modsim validate"


def as_dict(validated: list[Validated]) -> dict[str, Any]:
    """Everything that was found, as the published file holds it: the values of every future too."""
    return {
        "schema": "modsim-validation-1",
        "code": deciding_code(),
        "patterns": [
            {"pattern": one.pattern.model_dump(), "found": vars(one.found), "values": one.values.tolist()}
            for one in validated
        ],
    }


def from_dict(published: dict[str, Any]) -> list[Validated]:
    """What was found, from the published file."""
    return [
        Validated(Pattern(**one["pattern"]), Estimate(**one["found"]), np.array(one["values"]))
        for one in published["patterns"]
    ]


def publish(validated: list[Validated], data: Path, document: Path) -> None:
    """Make a validation the published one, and put its table and picture into the documents.

    Raises
    ------
    StudyError
        before anything is written, where the document has no place for the table.
    """
    check_places(document, [NAME], BY)
    write_text(json.dumps(as_dict(validated), indent=1) + "\n", data)
    draw(validated, document.parent / "pictures", kinds=("png",))
    put_table(document, NAME, f"{count_of(validated)}\n\n{markdown_of(validated)}", BY)


def draw(validated: list[Validated], folder: Path, kinds: Sequence[str] = ("svg", "png")) -> None:
    """Draw the picture into a folder, with what it shows in words beside it."""
    write_picture(lambda: (picture_of(validated), count_of(validated)), folder, NAME, kinds)


def count_of(validated: list[Validated]) -> str:
    """How many patterns hold, fail and are left open, in words."""
    alone = [one.verdict for one in validated if not one.pattern.implied_by]
    said = (
        f"{alone.count('holds')} of {len(alone)} patterns hold, {alone.count('fails')} fail, and the model cannot tell "
        f"in {alone.count('cannot tell')}."
    )
    rest = [one for one in validated if one.pattern.implied_by]
    if rest:
        held = sum(one.verdict == "holds" for one in rest)
        said += (
            f" Not counted: {', '.join(one.pattern.id for one in rest)}, which nearly follow from fitted targets; "
            f"{held} of these {len(rest)} hold."
        )
    return said


def markdown_of(validated: list[Validated]) -> str:
    """The table of a validation, failures included."""
    heads = "", "pattern", "expected range", "model", "draws within", "verdict", "evidence grade", "source"
    rows = []
    for one in validated:
        p = one.pattern
        e = one.found
        found = "–" if e.mean is None else f"{e.mean:.3g} ({_number(e.low)} to {_number(e.high)})"
        within = "–" if np.isnan(one.share_within) else f"{one.share_within:.0%}"
        verdict = one.verdict if one.verdict == "holds" else f"**{one.verdict}**"
        notes = [p.strength] + ["seen before"] * p.seen
        notes += [f"nearly implied by {', '.join(p.implied_by)}"] * bool(p.implied_by)
        said = p.id, f"{p.title} ({p.unit})", range_in_words(p.low, p.high), found, within, verdict
        rows.append((*said, ", ".join(notes), p.source))
    return markdown_table(heads, rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def picture_of(validated: list[Validated]) -> Figure:
    """Every pattern on a line of its own: its range as a band, the model's figure with its interval on it."""
    figure = Figure(
        figsize=(9.4, 0.36 * len(validated) + 1.6), layout=ConstrainedLayoutEngine(rect=(0.045, 0.07, 0.943, 0.92))
    )
    axis = figure.subplots()
    for k, one in enumerate(reversed(validated)):
        low, high = one.pattern.range
        colour, mark = _LOOKS[one.verdict]
        if one.found.mean is None or one.found.low is None or one.found.high is None:
            continue
        known = [end for end in (low, high) if np.isfinite(end)]
        wide = (high - low) if len(known) == 2 else max(abs(one.found.mean - known[0]), abs(known[0]), 1e-9) * 2.0
        start = low if np.isfinite(low) else high - wide
        at = [np.clip((x - start) / wide, -_SHOWN_BEYOND, 1 + _SHOWN_BEYOND)
              for x in (one.found.low, one.found.mean, one.found.high)]  # fmt: skip
        spread = [np.clip((x - start) / wide, -_SHOWN_BEYOND, 1 + _SHOWN_BEYOND)
                  for x in np.nanpercentile(one.values, RANGE_OF_FUTURES)]  # fmt: skip
        band = (0.0 if np.isfinite(low) else -_SHOWN_BEYOND, 1.0 if np.isfinite(high) else 1 + _SHOWN_BEYOND)
        axis.plot(band, [k, k], color="#D5DEE7", linewidth=11, solid_capstyle="butt")
        if not FIGURES[one.pattern.figure].is_ratio:  # whose values by draw are made for its mean and error only
            axis.plot(spread, [k, k], color=colour, linewidth=0.8)
        axis.plot([at[0], at[2]], [k, k], color=colour, linewidth=3)
        axis.plot([at[1]], [k], mark, color=colour, markersize=7)
    names = [f"{one.pattern.id}  {one.pattern.title}" for one in reversed(validated)]
    axis.set_yticks(range(len(validated)), names)
    axis.set_xticks([])
    axis.set_xlim(-_SHOWN_BEYOND - 0.05, 1 + _SHOWN_BEYOND + 0.05)
    axis.grid(False)
    put_title(figure, "Patterns that the model was not fitted to: in the range (dot), outside (cross), open (square)")
    return figure
