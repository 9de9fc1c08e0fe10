"""The small made-up towns in which cases are looked at; no scenario file is needed for them."""

from collections.abc import Iterable
from typing import Any

from modsim.inputs.reading import scenario_from, with_changes
from modsim.inputs.scenario import Scenario

NOTHING, TRANSPLANTED, RECOPRODUCED, ADULTS = "nothing", "carried", "anew", "adults"
_WISHES = {"ball": 0.30, "wood": 0.22, "gym": 0.16, "fire": 0.13, "drive": 0.11, "aid": 0.08}
_IN_THEIR_PLACE = {"ball": "dance", "wood": "cook", "gym": "sing", "fire": "grow", "drive": "game", "aid": "film"}
_GOALS = ("work", "training", "belonging", "health", "safety")

# What moves incidents without any programme.
STILL = (
    "excitation.offspring=0", "order.legitimacy=0", "order.efficacy=0", "policing.labelling=0", "policing.deterrence=0",
)  # fmt: skip


def _activities() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for k, (one, share) in enumerate(_WISHES.items()):
        other = _IN_THEIR_PLACE[one]
        goals = [_GOALS[k % 5], _GOALS[(k + 2) % 5]]
        found.append({"id": one, "name": one, "origin_share": share, "swaps_with": other, "serves": goals})
        found.append({"id": other, "name": other, "swaps_with": one, "serves": goals[:1]})
    return found


def _arms() -> dict[str, Any]:
    learned = {
        "signals": "all", "menu": "learned", "power_design": 0.7, "power_deliver": 0.5, "process_knowledge": 0.3,
        "keeps_learning": True, "venue": "learned", "setup_weeks": 17,
    }  # fmt: skip
    return {
        NOTHING: {"spends_on": "nothing"},
        ADULTS: {"signals": "none", "menu": "none", "setup_weeks": 8},
        TRANSPLANTED: {"signals": "none", "menu": "origin", "setup_weeks": 8},
        RECOPRODUCED: learned,
    }


def _settings(weeks: int) -> dict[str, Any]:
    return {
        "weeks": weeks, "replicates": 2, "reference_arm": NOTHING, "verdict_arm": RECOPRODUCED,
        "verdict_against": TRANSPLANTED, "break_even_points": [],
    }  # fmt: skip


def three_towns(*changes: str) -> Scenario:
    """An origin and two towns that take its programme up, 160 to 260 young people each, 48 weeks; with changes."""
    content = {
        "settings": _settings(48),
        "arms": _arms(),
        "activities": _activities(),
        "areas": [
            {"id": "source", "role": "origin", "population": 1600, "eligible_youngest": 15, "eligible_oldest": 18,
             "lead": "fire_and_rescue"},
            {"id": "near", "population": 2400, "core_groups": 2, "second_council": ["youth_work", "social_work"]},
            {"id": "far", "population": 1500, "oldest": 25, "eligible_youngest": 16, "eligible_oldest": 25,
             "lead": "housing"},
        ],
    }  # fmt: skip
    return _changed(content, changes)


def one_town(population: int, *changes: str) -> Scenario:
    """One town with one core group, led by its landlord, three years; the programme's origin is somewhere else."""
    content = {
        "settings": _settings(156),
        "arms": _arms(),
        "activities": _activities(),
        "areas": [{"id": "town", "population": population, "lead": "housing"}],
    }
    return _changed(content, changes)


def _changed(content: dict[str, Any], changes: Iterable[str]) -> Scenario:
    return with_changes(scenario_from(content, "verification"), changes, "verification")
