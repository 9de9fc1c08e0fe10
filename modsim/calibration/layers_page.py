"""The layers of what is not known, of one scenario, as they stand in the documents."""

import json
from pathlib import Path
from typing import Any

from modsim.calibration.layers import Layers
from modsim.calibration.layers_figure import draw_layers
from modsim.calibration.variants import VARIANTS
from modsim.findings.comparison import Comparison
from modsim.inputs.saving import write_text
from modsim.studies.documents import check_places, markdown_table, put_table, typeset
from modsim.studies.running import deciding_code

NAME, BY = "layers", "modsim compare"
WORDS = {
    "chance": "chance: more simulated futures settle it",
    "numbers": "parameters that the evidence leaves open",
    "structure": "structural variants of the model",
    "dissimilarity": "dissimilarity of interests, alone and with the parameters",
    "rules": "rules that the field contests",
}


_OF_VARIANTS = (
    "structural variant", "re-co-produced minus transplanted, percentage points", "with the dissimilarity drawn too",
    "weight",
)  # fmt: skip


def as_dict(comparison: Comparison, layers: Layers, command: str) -> dict[str, Any]:
    """Everything that was found, as the published file holds it; with the contrast of every future, chance alone."""
    return {
        "schema": "modsim-layers-1", "command": command, "code": deciding_code(),
        "verdict": comparison.verdict["text"], "futures": layers.chance.tolist(), "layers": layers.as_dict(),
    }  # fmt: skip


def layers_text(published: dict[str, Any]) -> str:
    """The layers as Markdown tables, from the published file."""
    layers = published["layers"]
    total = sum(layers["variances"].values())
    shares = []
    for name, variance in layers["variances"].items():
        open_ = name != "chance" and not layers["survives"]["chance"]  # nothing is there that could survive it
        survives = "not tested" if open_ else "yes" if layers["survives"][name] else "no"
        share = f"{variance / total:.0%}" if total else "–"
        shares.append((WORDS[name], f"{variance**0.5:.2f}", share, survives))
    draws = []
    for name, words in (("numbers", "open parameters"), ("numbers_and_dissimilarity", "these and the dissimilarity")):
        found = layers[name]
        kinds = ", ".join(f"{kind} in {found[kind]:.0%}" for kind in ("better", "about the same", "worse"))
        span = f"{found['low']:+.2f} to {found['high']:+.2f}"
        draws.append(f"Over {len(found['each'])} draws of {words}: {kinds}; 9 in 10 lie from {span} percentage points.")
    weights = layers["numbers"].get("weights", {})
    means = [
        (name, f"{mean:+.2f}", f"{layers['numbers_and_dissimilarity']['mean_of_variants'][name]:+.2f}",
         f"{weights[name]:.2f}")
        for name, mean in layers["numbers"].get("mean_of_variants", {}).items()
    ]  # fmt: skip
    rules = []
    for variant in VARIANTS:
        cells = (_estimate(layers[key][variant.name]) for key in ("rules", "rules_less_the_model"))
        rules.append((variant.meaning, *cells))
    heads = (
        "source of uncertainty",
        "standard deviation, percentage points",
        "share of variance",
        "the verdict survives it",
    )
    return "\n\n".join(
        (
            f"{published['verdict']} {layers['sentence']}",
            markdown_table(heads, shares),
            typeset("\n".join(draws)),
            *([markdown_table(_OF_VARIANTS, means)] if means else []),
            markdown_table(
                ("if", "re-co-produced minus transplanted, percentage points", "minus the model as it is"), rules
            ),
        )
    )


def _estimate(found: dict[str, Any]) -> str:
    return f"{found['mean']:+.2f} ({found['low']:+.2f} to {found['high']:+.2f})"


def publish(comparison: Comparison, layers: Layers, command: str, data: Path, document: Path) -> None:
    """Make these layers the published ones, and put their table and picture into the documents.

    Raises
    ------
    StudyError
        before anything is written, where the document has no place for the table.
    """
    check_places(document, [NAME], BY)
    found = as_dict(comparison, layers, command)
    write_text(json.dumps(found, indent=1) + "\n", data)
    draw_layers(comparison, layers, document.parent / "pictures", kinds=("png",))
    put_table(document, NAME, layers_text(found), BY)
