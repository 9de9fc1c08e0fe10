"""The points of a study: all combinations, the rows of a file, or a sample."""

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path

from modsim.studies.study import MOST_POINTS, Factor, Study, StudyError, Value


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
        points = _listed(path, study.design.file)
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


def _listed(path: Path, name: str) -> list[dict[str, Value]]:
    """The rows of a CSV file beside the study."""
    import pandas as pd

    home = path.parent.resolve()
    file = (home / name).resolve()
    if not file.is_relative_to(home):
        raise StudyError([f"{path}: design.file: {name!r} leaves the folder of the study; put the file beside it"])
    try:
        if file.stat().st_size > 100_000_000:
            raise StudyError([f"{file}: has over 100 MB; a list of points is smaller"])
        table = pd.read_csv(file)
    except FileNotFoundError:
        raise StudyError([f"{path}: design.file: there is no file {file}"]) from None
    except (OSError, ValueError) as error:
        if isinstance(error, StudyError):
            raise
        reason = " ".join(str(error).split())
        raise StudyError([f"{file}: is not a CSV file with a heading for each column: {reason}"]) from None
    unnamed = [str(column) for column in table.columns if str(column).startswith("Unnamed:")]
    if unnamed or not len(table.columns):
        raise StudyError([f"{file}: every column needs a heading, the dotted name of a factor"])
    if not len(table) or len(table) > MOST_POINTS:
        raise StudyError([f"{file}: holds {len(table):,} points; a list holds 1 to {MOST_POINTS:,}"])
    for column in table.columns:
        empty = table[column].isna()
        if empty.any():
            raise StudyError([f"{file}, line {int(empty.idxmax()) + 2}: {column} is empty"])
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
