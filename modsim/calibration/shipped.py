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


def shipped_weights() -> dict[str, float]:
    """The weight of each structural variant that has draws, by its id."""
    ids = list(dict.fromkeys(_variants_of(shipped_draws())))
    known = {entry["id"]: entry["weight"] for entry in shipped_provenance().get("variants", [])}
    weights = {name: known.get(name, 1.0) for name in ids}
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


def set_by(scenario: Scenario) -> list[str]:
    """Numbers with draws that the scenario sets itself, away from their defaults: they stay as they are."""
    found = []
    for key in shipped_draws().columns.drop("variant", errors="ignore"):
        table, name = key.split(".")
        if getattr(getattr(scenario, table), name) != field_at((table, name)).default:
            found.append(key)
    return found


def some_draws(number: int, scenario: Scenario, variant: str | None = None) -> list[dict[str, float]]:
    """So many of the draws, by the scenario's seed: values of the numbers that it leaves at their defaults.

    Those of one structural variant, or of all, shared out by weight.
    """
    draws = shipped_draws()
    of = _variants_of(draws)
    counts = weighted_counts(shipped_weights(), number) if variant is None else {variant: number}
    seed = scenario.settings.seed % 2**32
    parts = [draws[of == name].sample(count, random_state=seed) for name, count in counts.items() if count]
    rows = pd.concat(parts).drop(columns=[*set_by(scenario), "variant"], errors="ignore")
    return [row.dropna().to_dict() for _, row in rows.iterrows()]


def _variants_of(draws: pd.DataFrame) -> pd.Series:
    """The variant that each draw is of."""
    return draws["variant"] if "variant" in draws else pd.Series("a", index=draws.index)


def weighted_counts(weights: dict[str, float], number: int) -> dict[str, int]:
    """So many draws shared out by weight (largest remainders)."""
    exact = {name: number * weight / sum(weights.values()) for name, weight in weights.items()}
    found = {name: int(share) for name, share in exact.items()}
    rest = sorted(exact, key=lambda name: found[name] - exact[name])
    for name in rest[: number - sum(found.values())]:
        found[name] += 1
    return found
