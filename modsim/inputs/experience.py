"""What a practitioner says of the seven insights, from their own experience: answers, and the file that keeps them."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modsim.inputs.files import read_toml
from modsim.inputs.problems import InputError

Answer = Literal["true", "partly", "not", "unknown"]
ANSWERS: dict[Answer, str] = {
    "true": "true here", "partly": "partly", "not": "not here", "unknown": "don't know",
}  # fmt: skip
# How far an insight is taken to hold, from and to, by the answer: what the answer leaves open is a width.
HOLDS: dict[Answer, tuple[float, float]] = {
    "true": (1.0, 1.0), "partly": (0.25, 0.75), "not": (0.0, 0.0), "unknown": (0.0, 1.0),
}  # fmt: skip
STATEMENTS = {
    "insight-1": "It took time, focus and flexibility, and partners pooled the resources they had.",
    "insight-2": "Committed individuals made sure that young people were treated as asset-holders.",
    "insight-3": "The programme offered what young people wanted and found meaningful, and so it worked.",
    "insight-4": "Co-producing built trust, and trust can lay the groundwork for prevention.",
    "insight-5": "An anchor organisation was at its centre and made it achieve more.",
    "insight-6": "Somebody from outside traditional public services could lead, and that worked.",
    "insight-7": "Communities had a mechanism to share what they learned, and needed it.",
}


class Reply(BaseModel):
    """One answer, and a line why."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    answer: Answer
    why: Annotated[str, Field(max_length=500)] = ""


class ModelSaid(BaseModel):
    """What the model said under these answers, and what they were then: no answer by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    answers: str
    replicates: int
    contrast: float
    low: float
    high: float
    verdict: str


class Experience(BaseModel):
    """All seven answers of one practitioner, about a place or programme they name if they like."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal[1] = 1
    about: Annotated[str, Field(max_length=200)] = ""
    scenario: Annotated[str, Field(max_length=200)] = ""
    replies: dict[str, Reply]
    model_said: ModelSaid | None = None

    @property
    def without(self) -> list[str]:
        """Insights that do not hold here, to be taken away."""
        return [name for name in STATEMENTS if self.replies[name].answer == "not"]

    @property
    def in_short(self) -> str:
        """The seven answers in a row, by which it is known what the model's words were said of."""
        return " ".join(self.replies[name].answer for name in STATEMENTS)

    @property
    def left_open(self) -> list[str]:
        """Insights that the answers leave open to some width."""
        return [name for name in STATEMENTS if self.replies[name].answer in ("partly", "unknown")]


def read_experience(path: Path) -> Experience:
    """Read answers from a file written by `modsim reflect`.

    Raises
    ------
    InputError
        with every problem found, one line each.
    """
    content, _ = read_toml(path, "reflect", "[replies.insight-1] to [replies.insight-7]")
    return experience_from(content, str(path))


def experience_from(content: dict[str, Any], where: str) -> Experience:
    """Check answers, as `read_experience`."""
    try:
        found = Experience.model_validate(content)
    except ValidationError as error:
        raise InputError([f"{where}: {_told(one)}" for one in error.errors()]) from None
    problems = [
        f"{where}: replies.{name}: there is no such insight" for name in found.replies if name not in STATEMENTS
    ]
    problems += [
        f"{where}: replies.{name}: is missing; each of the seven takes an answer"
        for name in STATEMENTS
        if name not in found.replies
    ]
    if problems:
        raise InputError(problems)
    return found


def _told(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "literal_error" and key.endswith("answer"):
        return f"{key}: {error['input']!r} is no answer; give one of {', '.join(get_args(Answer))}"
    return f"{key}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def text_of_experience(found: Experience) -> str:
    """The file that keeps the answers, with the statements beside them."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment(
            "Answers to the seven insights, written by `modsim reflect`. Answer: true, partly, not or unknown."
        )
    )
    document.add("format", found.format)
    document.add("about", found.about)
    document.add("scenario", found.scenario)
    replies = tomlkit.table(is_super_table=True)
    for name, statement in STATEMENTS.items():
        reply = tomlkit.table()
        reply.add(tomlkit.comment(statement))
        reply.add("answer", found.replies[name].answer)
        reply.add("why", found.replies[name].why)
        replies.add(name, reply)
    document.add("replies", replies)
    if found.model_said is not None:
        said = tomlkit.table()
        said.add(
            tomlkit.comment("What the model said; not an answer. It is worked out again by `modsim reflect --answers`.")
        )
        for key, value in found.model_said.model_dump().items():
            said.add(key, value)
        document.add("model_said", said)
    return tomlkit.dumps(document)
