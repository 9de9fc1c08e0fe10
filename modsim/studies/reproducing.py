"""The published figures and tables again: run anew, and every number compared with the published one."""

import hashlib
import io
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from modsim.findings.comparison import Comparison, compare
from modsim.findings.figures import SETTINGS, finish
from modsim.findings.figures.outcomes import apparent_and_true
from modsim.findings.figures.spread import how_it_spreads
from modsim.inputs.fields import Table, choice
from modsim.inputs.files import read_bytes, read_toml
from modsim.inputs.problems import InputError
from modsim.inputs.reading import load_scenario
from modsim.inputs.saving import write_text, write_whole
from modsim.studies.ablation import ablate, climb
from modsim.studies.documents import put_table, table_in
from modsim.studies.figures import draw_ablation, draw_study
from modsim.studies.loading import load_study
from modsim.studies.markdown import insights_text, rungs_text, spread_table, spread_text, table_text
from modsim.studies.results import StudyResults, run_study
from modsim.studies.running import Progress, deciding_code
from modsim.studies.study import StudyError
from modsim.studies.writing import write_figure, write_table

_LARGEST_DATA_BYTES = 100_000_000
FAST_REPLICATES = 2
_ONLY_FIRST = f"Only the first {FAST_REPLICATES} simulated futures: a check, not a result."
LIST = "figures.toml"
_PACKAGES = ("numpy", "scipy")
_OF_A_SCENARIO = ("insights", "rungs", "spread")


class Published(Table):
    """One published figure or table: the study or scenario it is of, its data, and where the documents show it."""

    study: str = choice("", "The study file, by its path from the list")
    scenario: str = choice("", "The scenario file instead, for insights, model levels and spread")
    data: str = choice(..., "The published numbers of every run (CSV)")
    picture: str = choice("", "The picture in the documents (PNG)")
    table: str = choice("", "The document that shows its table between two marks")
    draw: Literal["study", "apparent-and-true", "insights", "rungs", "spread"] = choice(
        "study",
        'What is shown: "study" over its factors, "apparent-and-true" at its first point, "insights" what each adds '
        'in a scenario, "rungs" what each model level adds, "spread" who adopted it and where it was discontinued',
    )


@dataclass(frozen=True)
class Made:
    """What came out anew: the numbers of every run, their table in the documents, and the picture, if there is one."""

    runs: pd.DataFrame
    replicates: int
    code: str
    table: str
    drawn: tuple[Figure, str] | None


@dataclass(frozen=True)
class Check:
    """How a figure made again compares with the published one: `differences` is empty where all numbers agree."""

    name: str
    numbers: int
    differences: list[str]
    files: list[Path]
    skipped_table: bool
    rows: int = 0  # made now
    stored: int = 0  # published

    @property
    def passed(self) -> bool:
        return not self.differences


def published(folder: Path) -> dict[str, Published]:
    """The published figures by name, from the list in `experiments/`.

    Raises
    ------
    StudyError
        when the list is not there or cannot be used.
    """
    from pydantic import ValidationError

    path = folder / LIST
    content, _ = read_toml(
        path,
        "list of figures",
        "a table for each",
        "; start in the project's folder, or give --experiments",
        StudyError,
    )
    try:
        found = {name: Published.model_validate(entry) for name, entry in content.items()}
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "a figure"
        raise StudyError([f"{path}: {where}: {error.errors()[0]['msg']}"]) from None
    odd = [name for name, figure in found.items() if bool(figure.scenario) != (figure.draw in _OF_A_SCENARIO)]
    odd += [name for name, figure in found.items() if bool(figure.study) == bool(figure.scenario)]
    if odd:
        those = " or ".join(_OF_A_SCENARIO)
        raise StudyError([f"{path}: {odd[0]}: give a scenario where draw is {those}, and else a study, not both"])
    return found


def reproduce(
    name: str,
    folder: Path,
    out: Path,
    store: Path,
    *,
    fast: bool = False,
    workers: int | None = None,
    accept: bool = False,
    tell: Callable[[Progress], None] | None = None,
) -> Check:
    """Make a published figure again from its study, into `out`, and compare its numbers with the published ones.

    Parameters
    ----------
    name : one of `published(folder)`
    folder : where the list of figures and the studies lie
    fast : run and compare only the first replicates of every point
    accept : make what comes out the published data, picture and table, in place of comparing
    """
    figure = published(folder)[name]
    made = (_by_scenario if figure.scenario else _by_study)(name, figure, folder, store, fast, workers, tell)
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"{name}.csv"]
    write_table(made.runs, files[0], {})
    if made.drawn is not None:
        files += [out / f"{name}{ending}" for ending in (".png", ".svg", ".txt")]
        picture, words = made.drawn
        if fast:
            words = f"{_ONLY_FIRST} {words}"
            picture.text(0.99, 0.008, _ONLY_FIRST, fontsize=7.5, color="#B10E1E", ha="right", va="bottom")
        for path in files[1:3]:
            write_figure(picture, words, path)
    if accept:
        _accept(name, figure, made, folder, files)
        return Check(name, int(made.runs.size), [], files, False)
    data = folder / figure.data
    differences = [*changed_rows(data), *differing(made.runs, data, made.replicates)]
    if figure.table and not fast and table_in(folder / figure.table, name) != made.table:
        differences.append(f"{figure.table}: the table between the marks of {name} is not the one that came out")
    stored = len(_rows(data)) - 1
    return Check(
        name, int(made.runs.size), differences, files, bool(figure.table) and fast, len(made.runs), max(stored, 0)
    )


def _by_study(name: str, figure: Published, folder: Path, store: Path, fast: bool, workers: int | None, tell) -> Made:
    study = load_study(folder / figure.study, FAST_REPLICATES if fast else None)
    found = run_study(study, store, workers=workers, tell=tell)
    if not found.complete:
        raise StudyError([f"{name}: some of its runs failed; `modsim study status {folder / figure.study}` says why"])
    table = table_text(found) if figure.table else ""
    return Made(found.runs, found.study.replicates, found.code, table, _drawn(found, figure.draw))


def _by_scenario(
    name: str, figure: Published, folder: Path, store: Path, fast: bool, workers: int | None, tell
) -> Made:
    """Insights, model levels and spread are quick, so they are run each time and not kept in the store."""
    changes = [f"settings.replicates={FAST_REPLICATES}"] if fast else []
    scenario = load_scenario(folder / figure.scenario, changes)

    def progress(done: int, total: int) -> None:
        if tell is not None:
            tell(Progress(0, 0, work=total, work_done=done))

    replicates, code = scenario.settings.replicates, deciding_code()
    if figure.draw == "spread":
        comparison = compare(scenario, workers=workers, progress=progress)
        table = spread_table(comparison)
        return Made(table, replicates, code, spread_text(comparison), _in_style(how_it_spreads, comparison))
    if figure.draw == "rungs":
        climbed = climb(scenario, workers=workers, progress=progress)
        return Made(climbed.runs, replicates, code, rungs_text(climbed, scenario), None)
    found = ablate(scenario, workers=workers, progress=progress)
    return Made(found.runs, replicates, code, insights_text(found), draw_ablation(found))


def changed_rows(path: Path) -> list[str]:
    """Which stored rows are not the published ones, by the hash of each: also those that are not made again."""
    try:
        published = json.loads(read_bytes(path.with_suffix(".json"), "JSON file").decode())["rows"]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{path.with_suffix('.json')}: does not hold the hashes of the published rows; `--accept` writes them"]
    rows = _hashes(path)
    wrong = [line for line, (row, hashed) in enumerate(zip(rows, published, strict=False), 1) if row != hashed]
    found = [f"{path}, line {line}: is not the published row" for line in wrong[:5]]
    if len(wrong) > 5:
        found.append(f"{path}: {len(wrong) - 5} more rows are not the published ones")
    if len(rows) != len(published):
        found.append(f"{path}: holds {len(rows)} lines; {len(published)} were published")
    return found


def _rows(path: Path) -> list[bytes]:
    try:
        return read_bytes(path, "CSV file of published runs", most=_LARGEST_DATA_BYTES).splitlines()
    except InputError:
        return []


def _hashes(path: Path) -> list[str]:
    """A short hash of each line, whatever ends it."""
    return [hashlib.sha256(row).hexdigest()[:12] for row in _rows(path)]


def differing(runs: pd.DataFrame, path: Path, replicates: int) -> list[str]:
    """What differs between the runs made now and the published ones of the same replicates; every digit counts."""
    if not path.exists():
        return [f"{path}: the published numbers are not there"]
    try:
        content = read_bytes(path, "CSV file of published runs", most=_LARGEST_DATA_BYTES)
        before = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        return [f"{path}: cannot be read: {error}"]
    missing = [column for column in runs.columns if column not in before.columns]
    if missing:
        return [f"{path}: has no column {missing[0]}"]
    # as text, in which every number is written out to its last digit
    now = pd.read_csv(io.StringIO(runs.to_csv(index=False)), dtype=str, keep_default_na=False)
    asked_for = {str(number) for number in range(replicates)}
    before = before[before["replicate"].isin(asked_for)]
    if len(before) != len(now):
        return [f"{path}: holds {len(before)} runs of these simulated futures; {len(now)} were made"]
    found = []
    for column in now.columns:
        unlike = now[column].to_numpy() != before[column].to_numpy()
        if unlike.any():
            row = int(unlike.argmax())
            found.append(
                f"{column}: {int(unlike.sum())} of {len(now)} numbers differ; first in line {before.index[row] + 2} of "
                f"{path.name}: {before[column].iloc[row]} published, {now[column].iloc[row]} now"
            )
    return found + ([_environment(path)] if found else [])


def _environment(path: Path) -> str:
    """With what the published numbers were made, and with what these."""
    here = {"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}}
    try:
        there = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["made_with"]
    except (OSError, ValueError, KeyError):
        there = {}
    told = ", ".join(f"{name} {there.get(name, '?')} published and {version} now" for name, version in here.items())
    return f"made with: {told}"


def _drawn(found: StudyResults, kind: str) -> tuple[Figure, str]:
    if kind == "study":
        return draw_study(found)
    return _in_style(apparent_and_true, found.comparison(0))


def _in_style(draw: Callable[[Comparison], tuple[Figure, str]], comparison: Comparison) -> tuple[Figure, str]:
    with matplotlib.rc_context(SETTINGS):
        figure, description = draw(comparison)
        finish(figure)
    return figure, description


def _accept(name: str, figure: Published, made: Made, folder: Path, files: list[Path]) -> None:
    data = folder / figure.data
    data.parent.mkdir(parents=True, exist_ok=True)
    with_what = {"python": platform.python_version(), **{one: metadata.version(one) for one in _PACKAGES}}
    write_table(made.runs, data, {})
    content = json.dumps({"code": made.code, "made_with": with_what, "rows": _hashes(data)}, indent=2) + "\n"
    write_text(content, data.with_suffix(".json"))
    if figure.picture and made.drawn is not None:
        picture = folder / figure.picture
        write_whole(picture, lambda place: place.write_bytes(files[1].read_bytes()))
        write_whole(picture.with_suffix(".txt"), lambda place: place.write_bytes(files[3].read_bytes()))
    if figure.table:
        put_table(folder / figure.table, name, made.table)
