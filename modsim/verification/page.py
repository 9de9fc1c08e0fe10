"""A verification as it stands in the documents: its tables, and the file of everything that was found."""

import json
from pathlib import Path
from typing import Any

from modsim.studies.documents import put_table, typeset
from modsim.studies.running import deciding_code
from modsim.studies.writing import write_whole
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


def cases_text(published: dict[str, Any]) -> str:
    """The cases as a Markdown table, from the published file."""
    passed = sum(case["passed"] for case in published["cases"])
    form = "the long form" if published["full"] else "the short form"
    lines = [
        f"{passed} of {len(published['cases'])} pass in {form} from seed {published['seed']}; the command shows what "
        "was expected and found in every check.",
        "",
        "| case | what must hold | checks | verdict |",
        "|---|---|---|---|",
    ]
    for case in published["cases"]:
        verdict = "passes" if case["passed"] else "**fails**"
        lines.append(f"| {case['name']} | {case['title']} | {len(case['checks'])} | {verdict} |")
    return "\n".join(lines)


def oracle_text(published: dict[str, Any]) -> str:
    """The oracle's grid as a Markdown table, misses marked, from the published file."""
    cells = [Cell(**cell) for cell in published["cells"]]
    met, tell, others = told_by(cells)
    lines = [
        f"{met} of {tell} cells are within tolerance ({ENOUGH_CELLS:.0%} must be); {others} more do not count, for "
        "there an oracle that always says 0 would be near enough. Change of incidents in % of doing nothing; ± is one "
        "standard error of the model's figure.",
        "",
        "| numbers | figure | dissimilarity | model | oracle | gap | tolerance | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for cell in cells:
        figures = f"{cell.model:.2f} ± {cell.error:.2f} | {cell.oracle:.2f} | {cell.gap:.2f} | {cell.tolerance:.2f}"
        missed = "**miss**" if not cell.passed else "" if cell.tells else "not counted"
        lines.append(f"| {cell.numbers} | {cell.figure} | {cell.distance:g} | {figures} | {missed} |")
    return typeset("\n".join(lines))


def publish(found: Verification, data: Path, document: Path) -> None:
    """Make what was found the published file, and put its tables into the document."""
    content = as_dict(found)
    text = json.dumps(content, indent=1) + "\n"
    write_whole(data, lambda place: place.write_text(text, encoding="utf-8"))
    put_table(document, "verification", cases_text(content), BY)
    put_table(document, "oracle", oracle_text(content), BY)
