"""The sources the numbers and statements rest on, how much of each was read, and what cites them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modsim.inputs.fields import Table
from modsim.inputs.levers import Levers
from modsim.inputs.scenario import Activity, Area, Scenario

READ = {
    "whole": "read in full",
    "part": "an opening, an abstract or a summary read",
    "not": "not read: known by an announcement or a quotation only",
}


@dataclass(frozen=True)
class Source:
    """One source: `named` are the words by which fields and scenario files cite it."""

    id: str
    title: str
    where: str
    read: str
    named: tuple[str, ...]
    supports: str

    def is_cited_in(self, text: str) -> bool:
        """Whether a text cites it."""
        return any(name in text for name in self.named)

    @property
    def keys(self) -> list[str]:
        """Dotted keys of scenarios whose values cite it; `*` stands for any arm, area or activity."""
        return [key for key, text, _ in cited_fields() if self.is_cited_in(text)]


def sources() -> list[Source]:
    """Every source, in the order of the file."""
    content = tomllib.loads((Path(__file__).parent / "sources.toml").read_text(encoding="utf-8"))
    return [Source(**{**entry, "named": tuple(entry["named"])}) for entry in content["sources"]]


def cited_fields() -> Iterator[tuple[str, str, str]]:
    """Dotted key, text of the source and evidence letter of every field of a scenario."""
    tables: tuple[tuple[type[Table], str], ...] = (
        (Scenario, ""), (Levers, "arms.*."), (Area, "areas.*."), (Activity, "activities.*."),
    )  # fmt: skip
    for table, prefix in tables:
        yield from _fields(table, prefix)


def _fields(table: type[Table], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in table.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            yield from _fields(field.annotation, f"{prefix}{name}.")
        else:
            extra: Any = field.json_schema_extra
            yield f"{prefix}{name}", extra["source"], extra["evidence"]
