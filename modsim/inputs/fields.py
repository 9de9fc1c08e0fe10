"""How a field of a scenario is declared: meaning, unit, allowed range, evidence and source, each said once.

Sliders, help texts, the JSON schema, the tables of the documentation and the error messages are all made from
these declarations.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Evidence = Literal["A", "B", "C", "D"]
PartnerType = Literal[
    "police",
    "fire_and_rescue",
    "housing",
    "youth_work",
    "employability",
    "school",
    "health",
    "social_work",
    "third_sector",
    "gp_practice",
    "job_centre",
    "advice_agency",
]

STATUTORY = ["police", "social_work", "school"]  # those with powers over young people

EVIDENCE_MEANING = {
    "A": "measured here",
    "B": "measured elsewhere (meta-analysis or comparable study)",
    "C": "theory or accounts",
    "D": "assumed by the modellers",
}


CALIBRATED_MEANING = {
    True: "the centre of the calibrated range; the evidence narrows it",
    False: "the centre of the calibrated range; the evidence hardly narrows it",
}


class Table(BaseModel):
    """A table of a scenario file: frozen, typed, and without room for unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


def number(
    default: float,
    meaning: str,
    *,
    unit: str,
    allowed: tuple[float, float],
    evidence: Evidence,
    source: str,
    plausible: tuple[float, float] | None = None,
    calibrated: bool | None = None,
) -> Any:
    """A number: `allowed` is what the schema accepts, `plausible` what the evidence leaves open.

    Where it was `calibrated` its default is the centre of the posterior, and this says whether the targets tell
    something of it.
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "evidence": evidence,
        "source": source,
        "plausible": list(plausible or allowed),
    }
    if calibrated is not None:
        extra["calibrated"] = calibrated
    return Field(default=default, description=meaning, ge=allowed[0], le=allowed[1], json_schema_extra=extra)


def choice(
    default: Any, meaning: str, *, evidence: Evidence = "D", source: str = "a choice of the person asking"
) -> Any:
    """A word, a switch or a list: `meaning` says what the values mean."""
    return Field(default=default, description=meaning, json_schema_extra={"evidence": evidence, "source": source})
