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


def set_by(scenario: Scenario) -> list[str]:
    """Numbers with draws that the scenario sets itself, away from their defaults: they stay as they are."""
    found = []
    for key in shipped_draws().columns:
        table, name = key.split(".")
        if getattr(getattr(scenario, table), name) != field_at((table, name)).default:
            found.append(key)
    return found


def some_draws(number: int, scenario: Scenario) -> list[dict[str, float]]:
    """So many of the draws, by the scenario's seed: values of the numbers that it leaves at their defaults."""
    rows = shipped_draws().sample(number, random_state=scenario.settings.seed % 2**32)
    return rows.drop(columns=set_by(scenario)).to_dict("records")
