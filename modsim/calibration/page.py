"""A calibration as it stands in the documents: its tables, pictures and the files it ships."""

import json
from pathlib import Path

import pandas as pd

from modsim.calibration.ensemble import Ensemble
from modsim.calibration.writing import write_more, write_pictures, write_rounded, write_tables
from modsim.inputs.saving import write_text
from modsim.studies.documents import check_places, markdown_table, put_table, range_in_words

BY = "modsim calibrate"
SHIPPED = Path(__file__).parent
FIRST = "first-points.csv"  # of the table, by which a test sees whether the code still gives these figures


def reached_text(folder: Path) -> str:
    """Every target beside the calibrated model, from the published files."""
    rows = []
    for row in _of_first(folder, "reached").to_dict("records"):
        use = "" if row["use"] == "fit" else " (an input, or checked only)"
        verdict = "" if row["holds"] else "**not reached**"
        model = f"{row['model']:.3g} ({row['model_low']:.3g} to {row['model_high']:.3g})"
        aim = range_in_words(row["target_low"], row["target_high"])
        rows.append((row["id"], row["figure"].replace("_", " ") + use, aim, model, f"{row['in_range']:.0%}", verdict))
    return markdown_table(("", "figure", "target", "model, 9 in 10 draws", "draws in range", ""), rows)


def numbers_text(folder: Path) -> str:
    """What the targets tell of every number, from the published files."""
    table = _of_first(folder, "numbers").sort_values("contraction", ascending=False)
    known, rest = table[table["identified"]], table[~table["identified"]]
    whole = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    about = whole | whole["variants"][0]
    recovery, apart = _of_first(folder, "recovery"), pd.read_csv(folder / "cross-check.csv")
    said = (
        f"Of variant {about['id']} we ran {about['points_run']:,} points, {about['futures_of_each_point']} replicates "
        f"each. The first wave left "
        f"{about['share_of_the_prior_left']:.0%} of the prior. The evidence narrows "
        f"{len(known)} of {len(table)} parameters (contraction {about['identified_from']:.2g} or more; chance gives "
        f"{about['contraction_by_chance']:.2g} to one parameter of one table in twenty):"
    )
    by_other = apart.set_index("number")["apart"]
    rows = []
    for row in known.to_dict("records"):
        span = f"{row['prior_low']:g} to {row['prior_high']:g}"
        left = f"{row['low']:.3g} to {row['high']:.3g}"
        other = f"{by_other[row['number']]:.2f} apart" if row["number"] in by_other else ""
        centre = f"{row['prior_best']:g}", f"{row['centre']:.3g}"
        rows.append((f"`{row['number']}`", span, *centre, left, f"{row['contraction']:.2f}", other))
    heads = "parameter", "prior range", "prior best guess", "centre now", "9 in 10", "contraction", "by pyABC"
    others = f"It hardly narrows the others: {', '.join(f'`{name}`' for name in rest['number'])}."
    truths = (
        f"Parameter recovery on synthetic data: {coverage_of(recovery)}. “Apart” is the distance of pyABC's mean from "
        "ours, as a share of the prior."
    )
    return "\n\n".join((said, markdown_table(heads, rows), others, truths))


def _of_first(folder: Path, name: str) -> pd.DataFrame:
    """A published table of the first variant."""
    table = pd.read_csv(folder / f"{name}.csv")
    return table[table["variant"] == table["variant"].iloc[0]].drop(columns="variant")


def variants_text(folder: Path) -> str:
    """The structural variants with their weights, from the published files."""
    rows = [
        (row["variant"], row["title"], f"{row['targets_reached']} of {row['targets']}",
         f"{row['log_evidence_less_best']:+.2f}", f"{row['weight']:.2f}", f"{row['equal_weight']:.2f}")
        for row in pd.read_csv(folder / "variants.csv").to_dict("records")
    ]  # fmt: skip
    heads = "", "structural variant", "targets reached", "log evidence less the best", "weight", "equal weight"
    return markdown_table(heads, rows)


def coverage_of(recovery: pd.DataFrame) -> str:
    """Parameter recovery in words: for parameters that are identified, and for the others."""
    sets = int(recovery["sets"].iloc[0])
    of = {known: recovery.loc[recovery["identified"] == known, "covered"] for known in (True, False)}
    parts = [
        f"{covered.mean():.0%} of the {len(covered)} parameters that the evidence {words}"
        for covered, words in ((of[True], "narrows"), (of[False], "does not narrow (there the prior alone gives it)"))
        if len(covered)
    ]
    return f"over {sets} synthetic data sets, 80 % intervals hold the true value for {' and '.join(parts)}"


def rules_text(folder: Path) -> str:
    """What the targets say of contested rules, from the published files."""
    # a rule is called “null”: no cell is a missing one
    evidence = pd.read_csv(folder / "rules-evidence.csv", index_col=0, keep_default_na=False)
    confusion = pd.read_csv(folder / "rules-told-apart.csv", index_col=0, keep_default_na=False)
    rows = []
    for name, row in evidence.iterrows():
        taken = confusion.loc[name].sort_values(ascending=False)
        said = ", ".join(f"{other} {share:.0%}" for other, share in taken.items() if share >= 0.1)
        rows.append((name, *(f"{value:+.2f}" for value in row), said))
    heads = "rule", *(f"log evidence, {name}" for name in evidence.columns), "synthetic data from it is taken for"
    return markdown_table(heads, rows)


TABLES = {"calibration": reached_text, "numbers": numbers_text, "variants": variants_text, "rules": rules_text}


def publish(ensemble: Ensemble, folder: Path, document: Path, command: str, more: dict[str, pd.DataFrame]) -> None:
    """Make a calibration the published and shipped one, and put its tables and pictures into the documents.

    Raises
    ------
    StudyError
        before anything is written, where the document has no place for one of the tables.
    """
    check_places(document, TABLES, BY)
    calibration = ensemble.first
    write_tables(ensemble, folder, command)
    write_more(more, folder)
    first = calibration.table[calibration.table["world"] == calibration.table["world"].iloc[0]]
    first.drop(columns=["wave", "world"]).to_csv(folder / FIRST, index=False)
    write_rounded(ensemble.draws, SHIPPED / "posterior.csv")
    write_text((folder / "calibration.json").read_text(encoding="utf-8"), SHIPPED / "posterior.json")
    write_pictures(calibration, document.parent / "pictures", "calibration-", kinds=("png",))
    for name, text in TABLES.items():
        put_table(document, name, text(folder), BY)
