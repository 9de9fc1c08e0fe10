"""The points of a study: all combinations, the rows of a file, or a sample."""

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path

from modsim.inputs.files import path_from, read_csv, value_of
from modsim.studies.study import MOST_POINTS, Factor, Study, StudyError, Value

_LARGEST_LIST_BYTES = 100_000_000


def points_of(path: Path, study: Study, is_whole: Callable[[str], bool]) -> list[dict[str, Value]]:
    """The values of the factors at every point, in the order of the design.

    `is_whole` tells of a dotted key whether it takes whole numbers: then values of a range are rounded.

    Raises
    ------
    StudyError
        when there are too many points, two are the same, or the CSV file cannot be used.
    """
    kind = study.design.kind
    if kind == "list":
        points = _listed(path, study.design.file, is_whole)
    else:
        whole = {key: is_whole(key) for key in study.factors}
        shares = _combinations(path, study.factors) if kind == "factorial" else _sample(study)
        points = [
            {
                key: _value(factor, share, whole[key])
                for (key, factor), share in zip(study.factors.items(), row, strict=True)
            }
            for row in shares
        ]
    seen: dict[str, int] = {}
    for number, point in enumerate(points, 1):
        twin = seen.setdefault(repr(point), number)
        if twin != number:
            raise StudyError([f"{path}: points {twin} and {number} are the same ({_said(point)}); take fewer points"])
    return points


def _said(point: dict[str, Value]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in point.items())


def _combinations(path: Path, factors: dict[str, Factor]) -> Iterator[tuple[float, ...]]:
    """Every combination of the factors' levels, each level as the middle of its part of the range 0 to 1."""
    levels = [len(factor.values) or factor.steps for factor in factors.values()]
    total = math.prod(levels)
    if total > MOST_POINTS:
        counts = " x ".join(map(str, levels))
        raise StudyError([f"{path}: factors: {counts} = {total:,} points; at most {MOST_POINTS:,} are allowed"])
    grid = [
        [(k + 0.5) / count for k in range(count)] if factor.values else [k / (count - 1) for k in range(count)]
        for factor, count in zip(factors.values(), levels, strict=True)
    ]
    return itertools.product(*grid)


def _sample(study: Study) -> list[list[float]]:
    """A sample of the unit cube, a column for each factor."""
    from scipy.stats import qmc

    design, dimensions = study.design, len(study.factors)
    if design.kind == "sobol":
        engine = qmc.Sobol(dimensions, scramble=True, rng=design.seed)
        return engine.random_base2(int(math.log2(design.points))).tolist()
    return qmc.LatinHypercube(dimensions, rng=design.seed).random(design.points).tolist()


def _value(factor: Factor, share: float, whole: bool) -> Value:
    """What a factor takes at a share of its range."""
    if factor.values:
        return factor.values[min(int(share * len(factor.values)), len(factor.values) - 1)]
    assert factor.low is not None
    assert factor.high is not None
    if factor.scale == "log":
        value = math.exp(math.log(factor.low) + share * (math.log(factor.high) - math.log(factor.low)))
    else:
        value = factor.low + share * (factor.high - factor.low)
    return round(value) if whole else float(f"{value:.12g}")  # 0.30000000000000004 is meant as 0.3


def _listed(path: Path, name: str, is_whole: Callable[[str], bool]) -> list[dict[str, Value]]:
    """The rows of a CSV file beside the study; a cell is a TOML value, or else text."""
    home = path.parent.resolve()
    try:
        file = (home / path_from(name)).resolve()
        if not file.is_relative_to(home):
            raise StudyError([f"{path}: design.file: {name!r} leaves the folder of the study; put the file beside it"])
    except (OSError, ValueError) as error:
        if isinstance(error, StudyError):
            raise
        raise StudyError([f"{path}: design.file: {name[:80]!r} is not the name of a file: {error}"]) from None
    kind = "CSV file with a line of dotted names and a line for each point"
    rows = read_csv(file, kind, " beside the study", most=_LARGEST_LIST_BYTES, error=StudyError)
    heads = [head.strip() for head in rows[0][1]]
    if not all(heads) or len(set(heads)) < len(heads):
        raise StudyError([f"{file}, line 1: every column needs a heading of its own, the dotted name of a factor"])
    if not 1 < len(rows) <= MOST_POINTS + 1:
        raise StudyError([f"{file}: holds {len(rows) - 1:,} points; a list holds 1 to {MOST_POINTS:,}"])
    points = []
    for line, row in rows[1:]:
        if len(row) != len(heads):
            raise StudyError([f"{file}, line {line}: has {len(row)} cells; the headings are {len(heads)}"])
        for head, cell in zip(heads, row, strict=True):
            if not cell.strip():
                raise StudyError([f"{file}, line {line}: {head} is empty"])
        try:
            points.append({head: _cell(cell.strip(), is_whole(head)) for head, cell in zip(heads, row, strict=True)})
        except ValueError as error:
            raise StudyError([f"{file}, line {line}: a cell {error}"]) from None
    return points


def _cell(text: str, whole: bool) -> Value:
    value: Value = value_of(text)
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value
