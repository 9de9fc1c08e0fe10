"""What a study file may say: one scenario, some of its numbers varied by a design."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from modsim.inputs.fields import Table, choice, number
from modsim.inputs.problems import InputError

Value = bool | int | float | str | list[str]
MOST_POINTS = 200_000


class StudyError(InputError):
    """A study that cannot be used."""


class Factor(Table):
    """What one factor takes: a list of values, or a range from `low` to `high`."""

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, content: Any) -> Any:
        return {"values": content} if isinstance(content, list) else content

    values: Annotated[list[Value], Field(max_length=1000)] = choice([], "The values it takes, in order")
    low: float | None = choice(None, "Lower end of its range")
    high: float | None = choice(None, "Upper end of its range")
    steps: int = number(
        5, "Values from low to high in a factorial design", unit="values", allowed=(2, 1000), evidence="D", source="-"
    )
    scale: Literal["linear", "log"] = choice("linear", 'How its range is divided: "linear" or "log"')


class Design(Table):
    """Which points are run."""

    kind: Literal["factorial", "list", "latin-hypercube", "sobol"] = choice(
        "factorial",
        'Which points are run: "factorial" for all combinations, "list" for the rows of a CSV file, '
        '"latin-hypercube" or "sobol" (scrambled) for a sample',
    )
    points: int = number(
        64, "Points of a sample; a power of two for sobol", unit="points", allowed=(1, MOST_POINTS), evidence="D",
        source="-",
    )  # fmt: skip
    seed: int = number(1, "Seed of a sample", unit="seed", allowed=(0, 2**31), evidence="D", source="-")
    file: str = choice("", "The CSV file of a list, beside the study: a column for each factor, by dotted name")


class Study(Table):
    """A study as its file says it. Read one with `modsim.load_study`."""

    format: Literal[1] = choice(1, "Version of the study format")
    title: str = choice("", "The question, in a few words")
    notes: str = choice("", "What to look at")
    scenario: str = choice(..., "The scenario file, by its path from the study file")
    replicates: int | None = choice(None, "Simulated futures of every point and arm; the scenario's if left out")
    arms: Annotated[list[str], Field(max_length=60)] = choice([], "Arms beside the reference; all if empty")
    outcomes: Annotated[list[str], Field(max_length=60)] = choice([], "Measures in the tables, by name; all if empty")
    fixed: Annotated[dict[str, Value], Field(max_length=500)] = choice(
        {}, "Values replaced in the scenario at every point, by dotted name"
    )
    factors: Annotated[dict[str, Factor], Field(max_length=60)] = choice({}, "What varies, by dotted name")
    design: Design = Design()
