"""Patterns declared before they are run: read from a file, each with its range, its source and how strong that is."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from modsim.inputs.fields import Table
from modsim.inputs.files import read_toml
from modsim.inputs.problems import InputError, told
from modsim.validation.figures import FIGURES

_WHAT = "[[patterns]] with id, title, figure, low or high, unit, strength and source"


class Pattern(Table):
    """A pattern of the world, and the figure of the model that is set beside it; an end left out sets no bound.

    `seen` says whether it had been looked at before it was declared, `implied_by` which targets of the calibration
    nearly settle it, so that it says less than the others.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,19}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    figure: str
    low: float | None = None
    high: float | None = None
    unit: str
    strength: Literal["A", "B", "C", "D"]
    source: Annotated[str, Field(min_length=1)]
    seen: bool = False
    implied_by: list[str] = []

    @property
    def range(self) -> tuple[float, float]:
        """From where to where the figure may lie."""
        low = -float("inf") if self.low is None else self.low
        return low, float("inf") if self.high is None else self.high


class Patterns(Table):
    """The file."""

    format: Literal[1] = 1
    patterns: Annotated[list[Pattern], Field(min_length=1, max_length=200)]


def read_patterns(path: str | Path) -> list[Pattern]:
    """Read a file of patterns.

    Raises
    ------
    InputError
        with every problem found, one line each.
    """
    path = Path(path)
    content, _ = read_toml(path, "file of patterns", _WHAT, "", InputError)
    try:
        found = Patterns.model_validate(content).patterns
    except ValidationError as error:
        problems = [f"{path}: {'.'.join(map(str, one['loc']))}: {told(one, '', Patterns)}" for one in error.errors()]
        raise InputError(list(dict.fromkeys(problems))) from None
    problems = []
    ids = [pattern.id for pattern in found]
    for pattern in found:
        where = f"{path}: pattern {pattern.id}"
        if pattern.figure not in FIGURES:
            problems.append(f"{where}: figure {pattern.figure!r} is none of {', '.join(FIGURES)}")
        if pattern.low is None and pattern.high is None:
            problems.append(f"{where}: has neither low nor high; give at least one")
        elif pattern.range[0] >= pattern.range[1]:
            problems.append(f"{where}: low {pattern.low:g} is not below high {pattern.high:g}")
    problems += [f"{path}: pattern {one} stands there twice" for one in sorted({i for i in ids if ids.count(i) > 1})]
    if problems:
        raise InputError(problems)
    return found
