"""The page's levers: each a dotted field of the scenario, with its range, evidence and source from the schema."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modsim.inputs.fields import EVIDENCE_MEANING
from modsim.inputs.problems import field_at
from modsim.inputs.scenario import Scenario


@dataclass(frozen=True)
class Lever:
    """One lever: its short name in a link, its dotted key, its plain words, and where its slider begins and ends.

    `{arm}` in a key stands for the arm the verdict is about.
    """

    id: str
    key: str
    name: str
    unit: str
    hint: str
    low: float
    high: float
    step: float
    highest: float | None = None  # where the page allows less than the scenario does

    def dotted(self, scenario: Scenario) -> str:
        """Its key in a scenario."""
        return self.key.format(arm=scenario.settings.verdict_arm)

    def value_in(self, scenario: Scenario) -> float:
        """What the scenario says."""
        value: Any = scenario
        for part in self.dotted(scenario).split("."):
            value = value[part] if isinstance(value, dict) else getattr(value, part)
        return value

    @cached_property
    def _field(self) -> Any:
        return field_at(tuple(self.key.split(".")))

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return self._field.annotation is int

    @property
    def allowed(self) -> tuple[float, float]:
        """The least and the most that can be entered."""
        low = next(m.ge for m in self._field.metadata if getattr(m, "ge", None) is not None)
        high = next(m.le for m in self._field.metadata if getattr(m, "le", None) is not None)
        return low, high if self.highest is None else min(high, self.highest)

    @property
    def plausible(self) -> tuple[float, float]:
        """The range that the evidence leaves open."""
        low, high = self._field.json_schema_extra["plausible"]
        return low, high

    @property
    def evidence(self) -> str:
        """Where the number comes from, as words after its letter."""
        letter = self._field.json_schema_extra["evidence"]
        return f"{letter}: {EVIDENCE_MEANING[letter]}"

    @property
    def meaning(self) -> str:
        """Meaning and unit as the scenario has them."""
        return f"{self._field.description} ({self._field.json_schema_extra['unit']})"

    @property
    def source(self) -> str:
        return self._field.json_schema_extra["source"]

    def said(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:g} {self.unit}".strip()


LEVERS = (
    Lever(
        "dissimilarity", "world.dissimilarity", "How different the new areas are", "",
        "0: young people there want the same things as at the original site. 1: they have no interest in common.",
        0.0, 1.0, 0.05,
    ),
    Lever(
        "budget", "purse.budget", "Staff hours for each area", "hours a week",
        "The same in both plans. About 37 hours are one full-time worker.",
        4, 40, 1,
    ),
    Lever(
        "weeks", "settings.weeks", "How far ahead we look", "weeks",
        "Both plans start in week 0. 52 weeks are a year.",
        26, 260, 13, highest=520,
    ),
    Lever(
        "trust", "trust.start", "Trust in partners at the start", "",
        "0: no young person trusts them. 1: all do, fully.",
        0.1, 0.7, 0.05,
    ),
    Lever(
        "accuracy", "targeting.accuracy", "How well the referral list finds those most involved", "",
        "0: the list is drawn at random. 1: it follows exactly what partners have seen.",
        0.0, 1.0, 0.1,
    ),
    Lever(
        "setup", "arms.{arm}.setup_weeks", "Weeks it takes to re-co-produce the programme", "weeks",
        "Outreach and design before the first re-co-produced course. Meetings with all partners take about 12 weeks, "
        "so less changes nothing.",
        12, 40, 1,
    ),
)  # fmt: skip


def lever(name: str) -> Lever:
    """The lever of a short name."""
    return next(one for one in LEVERS if one.id == name)


def share_assumed(scenario: Scenario) -> tuple[int, int]:
    """How many numbers of the scenario's tables are assumed by the modellers, and how many there are."""
    letters = [
        field.json_schema_extra["evidence"]
        for table in type(scenario).model_fields
        for field in getattr(type(getattr(scenario, table)), "model_fields", {}).values()
        if "unit" in (field.json_schema_extra or {}) and table != "settings"
    ]
    return letters.count("D"), len(letters)
