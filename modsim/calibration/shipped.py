"""The draws from the posterior that come with modsim, and where they come from."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from modsim.inputs.problems import field_at
from modsim.inputs.scenario import Scenario


@cache
def shipped_draws() -> pd.DataFrame:
    """The draws: a row for each, a column for each number by its dotted key."""
    with (files("modsim.calibration") / "posterior.csv").open("rb") as file:
        return pd.read_csv(file)


@cache
def shipped_provenance() -> dict[str, Any]:
    """Where the draws come from: command, targets, code, and what was found (`calibration.json` of the calibration)."""
    return json.loads((files("modsim.calibration") / "posterior.json").read_text(encoding="utf-8"))


def default_of(key: str) -> float:
    """The default of a number of the scenario."""
    return field_at(tuple(key.split("."))).default


def open_numbers(scenario: Scenario) -> list[str]:
    """Numbers with draws that the scenario leaves at their defaults; what a scenario sets itself stays as it is."""
    found = []
    for key in shipped_draws().columns:
        table, name = key.split(".")
        if getattr(getattr(scenario, table), name) == default_of(key):
            found.append(key)
    return found
