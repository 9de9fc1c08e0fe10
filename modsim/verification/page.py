"""A verification as it stands in the documents: its tables, and the file of everything that was found."""

import json
from pathlib import Path
from typing import Any

from modsim.inputs.saving import write_text
from modsim.studies.documents import check_places, markdown_table, put_table
from modsim.studies.running import deciding_code
from modsim.verification.docking import ENOUGH_CELLS, Cell
from modsim.verification.verifying import Verification, told_by

BY = "modsim verify"


def as_dict(found: Verification) -> dict[str, Any]:
    """Everything that was found, as the published file holds it."""
    return {
        "schema": "modsim-verification-1",
        "code": deciding_code(),
        "seed": found.seed,
        "full": found.full,
        "cases": [
            {
                "name": case.name, "title": case.title, "passed": case.passed,
                "checks": [[c.what, c.expected, c.got, c.tolerance, c.at_least] for c in case.checks],
            }
            for case in found.cases
        ],
        "cells": [vars(cell) for cell in found.cells],
    }  # fmt: skip


_FIGURES = {  # as the published file names them, and as they are shown
    "carried": "transplanted", "anew": "re-co-produced", "anew less carried": "re-co-produced minus transplanted",
}  # fmt: skip


def cases_text(published: dict[str, Any]) -> str:
    """The cases as a Markdown table, from the published file."""
    passed = sum(case["passed"] for case in published["cases"])
    form = "the long form" if published["full"] else "the short form"
    said = (
        f"{passed} of {len(published['cases'])} cases pass in {form}, from seed {published['seed']}. The command shows "
        "what each check expected and found."
    )
    rows = [
        (case["name"], case["title"], str(len(case["checks"])), "passes" if case["passed"] else "**fails**")
        for case in published["cases"]
    ]
    return f"{said}\n\n{markdown_table(('case', 'what must hold', 'checks', 'verdict'), rows)}"


def oracle_text(published: dict[str, Any]) -> str:
    """The oracle's grid as a Markdown table, misses marked, from the published file."""
    cells = [Cell(**cell) for cell in published["cells"]]
    met, tell, others = told_by(cells)
    said = (
        f"{met} of {tell} cells are within tolerance ({ENOUGH_CELLS:.0%} must be). {others} more do not count: an "
        "oracle that always says 0 would pass there. Change of incidents in % against no programme; ± is one standard "
        "error of the model's figure."
    )
    heads = "parameters", "figure", "dissimilarity", "model", "oracle", "gap", "tolerance", ""
    rows = []
    for cell in cells:
        missed = "**miss**" if not cell.passed else "" if cell.tells else "not counted"
        figures = f"{cell.oracle:.2f}", f"{cell.gap:.2f}", f"{cell.tolerance:.2f}"
        model = f"{cell.model:.2f} ± {cell.error:.2f}"
        rows.append(
            (cell.numbers, _FIGURES.get(cell.figure, cell.figure), f"{cell.distance:g}", model, *figures, missed)
        )
    return f"{said}\n\n{markdown_table(heads, rows)}"


def publish(found: Verification, data: Path, document: Path) -> None:
    """Make what was found the published file, and put its tables into the document.

    Raises
    ------
    StudyError
        before anything is written, where the document has no place for one of the tables.
    """
    check_places(document, ("verification", "oracle"), BY)
    content = as_dict(found)
    write_text(json.dumps(content, indent=1) + "\n", data)
    put_table(document, "verification", cases_text(content), BY)
    put_table(document, "oracle", oracle_text(content), BY)
