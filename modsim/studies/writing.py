"""Writing what a study found: tables and figures, each file whole or not at all, with where it came from."""

import json
import os
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from modsim.inputs.saving import WritingError, check_place, write_text, write_whole
from modsim.studies.loading import LoadedStudy
from modsim.studies.results import StudyResults

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TABLES = (".csv", ".parquet", ".json")
_FIGURES = (".svg", ".png")
_MOST_TILES = 40


def check_target(path: Path, study: LoadedStudy) -> None:
    """Refuse, before any work, a file that cannot be written or a figure that cannot be drawn."""
    if path.suffix not in _TABLES + _FIGURES:
        raise WritingError(f"{path}: ends in none of {', '.join(_TABLES + _FIGURES)}")
    if path.suffix in _FIGURES:
        ranged = all(isinstance(value, int | float) for point in study.points for value in point.values())
        if not 1 <= len(study.factors) <= 2 or not ranged:
            raise WritingError(f"{path}: a figure is drawn for one or two factors with numbers; write a table instead")
        levels = [len({point[key] for point in study.points}) for key in study.factors]
        if len(levels) == 2 and (len(study.points) < levels[0] * levels[1] or max(levels) > _MOST_TILES):
            raise WritingError(
                f"{path}: a figure of two factors needs all combinations of at most {_MOST_TILES} values each; write a "
                "table instead"
            )
        words = path.with_suffix(".txt")  # the figure's description stands beside it
        if os.path.exists(words) and not any(os.path.exists(path.with_suffix(kind)) for kind in _FIGURES):
            raise WritingError(f"{words}: is there already and would be replaced; give another file")
    check_place(path)


def write_results(found: StudyResults, table: str, path: Path) -> None:
    """Write a table of the results, or their figure, by how the name of the file ends."""
    check_target(path, found.study)
    if path.suffix in _FIGURES:
        from modsim.studies.figures import draw_study

        figure, description = draw_study(found)
        write_figure(figure, description, path)
        return
    write_table(found.table(table), path, provenance_of(found))


def write_figure(figure: "Figure", description: str, path: Path) -> None:
    """A figure as SVG or PNG, with its description in it and beside it."""
    note = {"Description": description} | ({"Date": None} if path.suffix == ".svg" else {})
    write_whole(path, lambda place: figure.savefig(place, format=path.suffix[1:], dpi=110, metadata=note))
    write_text(description + "\n", path.with_suffix(".txt"))


def write_picture(
    draw: Callable[[], "tuple[Figure, str]"], folder: Path, name: str, kinds: Sequence[str] = ("svg", "png")
) -> None:
    """Draw a figure in the style of the house into a folder, with what it shows in words in it and beside it."""
    from matplotlib import rc_context

    from modsim.findings.figures.style import SETTINGS, finish

    with rc_context(SETTINGS):
        figure, description = draw()
        finish(figure)
        for kind in kinds:
            write_figure(figure, description, folder / f"{name}.{kind}")


def write_table(table: pd.DataFrame, path: Path, provenance: dict[str, Any]) -> None:
    """A table as CSV, JSON (records, with where they came from) or Parquet (the same as metadata)."""
    if path.suffix == ".csv":
        write_whole(path, lambda place: table.to_csv(place, index=False))
    elif path.suffix == ".json":
        content = {"provenance": provenance, "rows": json.loads(table.to_json(orient="records", double_precision=15))}
        write_text(json.dumps(content, indent=1) + "\n", path)
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        mixed = [name for name in table.columns if len({type(value) for value in table[name]}) > 1]
        of_text = {name: table[name].map(json.dumps) for name in mixed if table[name].dtype == object}
        columns = pa.Table.from_pandas(table.assign(**of_text), preserve_index=False)
        note = {**(columns.schema.metadata or {}), b"modsim": json.dumps(provenance).encode()}
        write_whole(path, lambda place: pq.write_table(columns.replace_schema_metadata(note), place))


def provenance_of(found: StudyResults) -> dict[str, Any]:
    """What the results of a study were made from."""
    study = found.study
    return {
        "modsim": metadata.version("modsim"), "code": found.code, "study": study.name,
        "scenario": study.study.scenario, "seed": study.scenario.settings.seed, "complete": found.complete,
    }  # fmt: skip
