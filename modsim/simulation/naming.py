"""What a run is: everything of a scenario that can move one of its numbers. Runs that agree in it are one run.

This stands beside the code that lives the weeks, so that the hash of the deciding code changes with it: a store whose
runs were named otherwise counts as a store of other code.
"""

import json
from collections.abc import Iterable

from modsim.inputs.mechanisms import as_it_runs
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import LANE_TABLES, what_makes_the_world


def what_decides(scenario: Scenario, arms: Iterable[str]) -> dict[str, str]:
    """What decides the numbers of each of these arms, as JSON: two runs with the same text give the same numbers.

    It is taken from the scenario as it really runs, with everything switched off that its model level does not hold or
    that it says to go without. The reference arm is part of it, since some figures are taken against that arm.
    """
    scenario = as_it_runs(scenario)
    place = {
        **what_makes_the_world(scenario),
        **scenario.model_dump(include=set(LANE_TABLES), mode="json"),
        "dissimilarity": scenario.world.dissimilarity,
        "reference": _levers(scenario, scenario.settings.reference_arm),
    }
    return {arm: json.dumps({**place, "arm": _levers(scenario, arm)}, sort_keys=True) for arm in arms}


def _levers(scenario: Scenario, arm: str) -> dict[str, object]:
    return scenario.arms[arm].model_dump(exclude={"label"})
