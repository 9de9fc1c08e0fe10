"""Golden traces: hashes of the whole state after every week of random scenarios, to see whether any bit has moved.

`uv run python -m tests.simulation.golden` makes the traces again from the scenarios that are kept; say "results change"
in CHANGELOG.md. With `--scenarios` new scenarios are drawn first.
"""

import json
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from modsim.inputs.mechanisms import INSIGHTS, MECHANISMS
from modsim.inputs.problems import ScenarioError, field_at, plausible_ranges
from modsim.simulation.lanes import LANE_TABLES, Lane
from modsim.simulation.runs import run
from modsim.verification.setting import three_towns
from modsim.world.draws import analyst

HERE = Path(__file__).parent
CASES, TRACES = HERE / "golden.json", HERE / "golden.npz"
NUMBER = 96  # cases
# what a stage works out for itself, or what the world can tell again
NOW = {"answered_share", "patrol_bought", "broker_paid", "session_held"}
PASSING = {"support", "territory", "goal", "luck", "mentored", "comes", "score", "votes", "share"}
_KEPT = {"population.share_aged_12_to_17", "population.share_aged_18_to_24", "population.people_per_resident"}


def state_of(town):
    """Everything that a week leaves, by name, in forms that do not depend on how it is kept: arrays with lanes last."""
    state = {}
    for name, column in vars(town.columns).items():
        if name == "records" or name in PASSING:
            continue
        if name == "experience":
            state["good"], state["bad"] = column.of_rows()
        elif name == "sightings":
            state[name] = np.concatenate([np.zeros(0), *(_in_order(week, column[week]) for week in sorted(column))])
        elif name == "year_of_reports":
            state["reported_weeks"] = _in_order_of_weeks(town, column)
        elif name == "years_of_expected":
            diffusion = town.scenario.settings.spreads == "diffusion"
            weeks = _in_order_of_weeks(town, column) if diffusion else np.zeros((1, 6))
            state["expected_weeks"] = weeks[:, :2] if diffusion else np.zeros(0)
            state["expected_weeks_of_listed"] = weeks[:, 2:]
        elif isinstance(column, dict):
            state |= {f"{name}.{key}": values for key, values in column.items()}
        else:
            state[{"rounds": "round"}.get(name, name)] = column
    for name in ("answered_share", "patrol_bought", "broker_paid", "session_held", "reports", "serious", "trust_gained",
                 "trust_sums"):  # fmt: skip
        state[f"town.{name}"] = getattr(town.now, name) if name in NOW else getattr(town, name)
    state |= {f"town.residents.{name}": values for name, values in town.residents_mean.items()}
    state["written down"] = town.records.weekly[town.week]
    return state


def _in_order_of_weeks(town, column):
    """The weeks that a column holds, from the earliest that was lived to the present one."""
    first = max(town.week - len(column) + 1, -town.scenario.settings.history_weeks)
    return column[[week % len(column) for week in range(first, town.week + 1)]]


def _in_order(week, seen):
    """What was seen in a week, as one list of numbers; a week without any is as good as none."""
    if not len(seen.row):
        return np.zeros(0)
    order = np.lexsort((seen.generation, seen.lane, seen.row))
    return np.concatenate([[week], *(x[order] for x in (seen.row, seen.lane, seen.generation, seen.reported)),
                           *seen.seen[:, order]])  # fmt: skip


def hash_of(values) -> int:
    """16 bits of what an array holds, the same however wide its numbers are kept."""
    values = np.asarray(values)
    kind = float if values.dtype.kind == "f" else np.int64
    content = np.ascontiguousarray(values, dtype=kind)
    return int.from_bytes(blake2b(str(values.shape).encode() + content.tobytes(), digest_size=2).digest(), "little")


def points_of(case):
    """The scenario of each point of a case."""
    return [three_towns(*case["world"], *changes) for changes in case["points"]]


def trace_of(case, **how):
    """The hashes of a case week by week, and the names of what they are of: (weeks, columns), columns."""
    points = points_of(case)
    lanes = [Lane(arm, point) for point in range(len(points)) for arm in case["arms"]]
    weeks = []
    run(points, lanes, case["replicates"], look=lambda town: weeks.append(
        {name: hash_of(values) for name, values in state_of(town).items()}
    ), **how)  # fmt: skip
    names = sorted({name for week in weeks for name in week})
    return np.array([[week.get(name, 0) for name in names] for week in weeks], dtype=np.uint16), names


def drawn(number: int):
    """A random case: what is the same in all of its lanes, what differs between its points, arms and replicates."""
    dice = analyst(number, "golden traces")

    def one_of(*choices):
        return choices[dice.integers(len(choices))]

    def some_of(choices, most):
        return dice.choice(choices, dice.integers(most + 1), replace=False).tolist()

    def numbers(of, count):
        ranges = plausible_ranges()
        keys = sorted(k for k in ranges if k not in _KEPT and of(k) and not k.endswith("memory_weeks"))
        for key in dice.choice(keys, count, replace=False).tolist():
            low, high = ranges[key]
            whole = field_at(tuple(key.split("."))).annotation is int
            yield f"{key}={dice.integers(round(low), round(high) + 1) if whole else round(dice.uniform(low, high), 4)}"

    def levers(arm):
        found = {
            "menu": one_of("learned", "learned", "individual", "origin", "none", ["ball", "gym", "film"]),
            "signals": one_of("all", "none", 20),
            "redesigns": one_of(True, True, False),
            "fixed_slots": one_of(0, 0, 1, 2),
            "power_design": round(dice.uniform(), 2),
            "power_deliver": one_of(0.0, round(dice.uniform(), 2)),
            "peer_delivery": one_of(0.0, round(dice.uniform(0, 0.6), 2)),
            "venue": one_of("default", "learned"),
            "keeps_learning": one_of(True, False),
            "learning": some_of(["guide", "visits", "community_of_practice", "shared_worker", "broker"], 3),
            "compulsory": one_of(False, False, False, True),
            "contacts": one_of(0, 2, 6),
            "process_knowledge": round(dice.uniform(), 2),
            "setup_weeks": int(dice.integers(2, 20)),
        }
        names = ["menu", *some_of(sorted(found.keys() - {"menu"}), 8)]
        return [f"arms.{arm}.{name}={json.dumps(found[name])}" for name in names]

    spreads = one_of("scheduled", "scheduled", "diffusion")
    world = [
        f"settings.seed={dice.integers(2**40)}",
        f"settings.weeks={dice.integers(26, 56)}",
        f"settings.rung='{one_of('M0', 'M1', 'M2', 'M3', 'M3', 'M3', 'M3')}'",
        f"settings.without={json.dumps(some_of([m.id for m in (*INSIGHTS, *MECHANISMS)], one_of(0, 0, 3)))}",
        f"settings.comparison='{one_of('equal_budget', 'equal_budget', 'equal_activity', 'equal_start')}'",
        f"settings.spreads='{spreads}'",
        f"vocabulary.incident='{one_of('asb', 'calls')}'",
        f"areas.near.opens_week={one_of(0, 0, 5)}",
        f"areas.far.opens_week={one_of(0, 0, 12)}",
        f"areas.far.anchor={one_of('true', 'false')}",
        f"areas.far.lead='{one_of('housing', 'chosen', 'police')}'",
        f"population.core_exit_per_year={round(dice.uniform(0.1, 0.9), 2)}",
        f"world.drift_per_year={one_of(0.0, 0.1)}",
        *numbers(lambda key: key.split(".")[0] not in LANE_TABLES, 5),
        *levers("anew"), *levers("carried"),
        *one_of([], ["arms.adults.spends_on='patrol'"]),
        *one_of([], [], ["partners.hours_per_incident=60"]),
    ]  # fmt: skip
    if spreads == "diffusion":
        world += ["spread.baseline=-2.5", "spread.heard_effect=6", f"spread.evidence={one_of(0.0, 0.5, 1.0)}",
                  f"spread.evidence_delay={one_of(2, 6)}", "spread.lapse_without_anchor=0.03",
                  f"spread.evidence_of_participants={one_of('true', 'false')}"]  # fmt: skip
    purse = [
        [], ["purse.cliff_week=20", f"purse.cliff_keeps={one_of(0.0, 0.5)}", f"purse.bridge_hours={one_of(0, 60, 60)}",
                 f"purse.cliff_is_known={one_of('true', 'false')}"],
        ["purse.charge_inkind=false"], ["purse.pledged_hours=1.5"], ["purse.budget=6", "purse.grant=150"],
    ]  # fmt: skip
    points = [
        [*numbers(lambda key: key.split(".")[0] in LANE_TABLES, 10), f"world.dissimilarity={round(dice.uniform(), 2)}",
         *one_of(*purse), *one_of([], ["designing.hours_are_pooled=false"], ["designing.meetings_are_full=true"]),
         *one_of([], [], ["effect.match_counts=false"]), *one_of([], *[["policing.displacement=0.4"]] * 2),
         *one_of([], ["turnover.leaving_per_week=0.05", "commitment.spanner_adds=1.5"])]
        for _ in range(one_of(1, 1, 2, 3))
    ]  # fmt: skip
    arms = ["nothing", *dice.permutation(["adults", "carried", "anew"])[: one_of(1, 2, 3)].tolist()]
    return {"world": world, "points": points, "arms": arms, "replicates": one_of([0], [1, 0], [3], [0, 1, 2])}


def draw_cases(number: int) -> list[dict]:
    """So many random cases, those left out that contradict themselves."""
    found = []
    for tried in range(10 * number):
        case = drawn(tried)
        with suppress(ScenarioError):
            points_of(case)
            found.append(case)
        if len(found) == number:
            return found
    raise RuntimeError(f"of {10 * number} cases only {len(found)} do not contradict themselves")


def cases() -> list[dict]:
    return json.loads(CASES.read_text())


def traces() -> list[tuple[np.ndarray, list[str]]]:
    """The trace of every case, as `trace_of` gave it when they were made."""
    with np.load(TRACES) as kept:
        return [(kept[f"hashes {k}"], kept[f"names {k}"].tolist()) for k in range(len(kept.files) // 2)]


def main() -> None:
    if "--scenarios" in sys.argv:
        CASES.write_text(json.dumps(draw_cases(NUMBER), indent=0) + "\n")
    content = {}
    for k, case in enumerate(cases()):
        content[f"hashes {k}"], names = trace_of(case)
        content[f"names {k}"] = np.array(names)
    np.savez_compressed(TRACES, **content)


if __name__ == "__main__":
    main()
