"""Write the stored results anew (`uv run python -m tests.baseline`); say "results change" in CHANGELOG.md."""

import json
from pathlib import Path

from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from tests.conftest import ARMS, small_scenario

FILE = Path(__file__).parent / "baseline.json"


def results() -> dict[str, list]:
    """Every figure of a short run of all arms, as nested lists (replicates, areas, arms)."""
    outcome = run(small_scenario(), [Lane(arm) for arm in ARMS], [0, 1])
    figures = {**outcome.totals, **{f"hours for {heading}": hours for heading, hours in outcome.spent.items()}}
    return {name: values.tolist() for name, values in figures.items()}


if __name__ == "__main__":
    FILE.write_text(json.dumps(results(), indent=1) + "\n")
