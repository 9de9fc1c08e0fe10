"""What each mechanism adds to an arm's own effect, and to its contrast with another: with it and without it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from modsim.findings.comparison import ROWS_IN_A_TASK
from modsim.findings.measures import by_replicate, measures
from modsim.findings.statistics import Estimate, estimate
from modsim.inputs.mechanisms import INSIGHTS, MECHANISMS, NAMED, RUNGS, Mechanism, as_it_runs, with_values
from modsim.inputs.problems import ScenarioError
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane, what_makes_the_world
from modsim.simulation.parallel import Task, outcomes
from modsim.simulation.runs import Outcome

Says = Literal[
    "raises", "raises, may not matter", "lowers", "lowers, may not matter", "no difference",
    "no difference that matters", "cannot tell",
]  # fmt: skip
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Carried:
    """What one mechanism does to one figure: with everything, without it, and the difference, paired by replicate."""

    mechanism: Mechanism
    figure: Literal["own effect", "contrast"]
    with_it: Estimate
    without_it: Estimate
    carried: Estimate  # with minus without: what the mechanism adds to the figure
    says: Says


@dataclass(frozen=True)
class Ablation:
    """An arm with everything, and without each of some mechanisms.

    `effects` holds by mechanism (the empty string: with everything) the arm's and the other arm's change of incidents
    against the reference arm of the same variant, one value for each replicate.
    """

    scenario: Scenario
    arm: str
    against: str
    mechanisms: list[Mechanism]
    effects: dict[str, tuple[np.ndarray, np.ndarray]]

    @property
    def smallest(self) -> float:
        """The difference below which a change counts as nothing that matters."""
        return self.scenario.smallest_difference(measures(self.scenario)[0].name) or 0.0

    @cached_property
    def rows(self) -> list[Carried]:
        """Own effect and contrast for every mechanism, in the order they were given."""
        found = []
        for mechanism in self.mechanisms:
            for figure in ("own effect", "contrast"):
                full, less = self._figure("", figure), self._figure(mechanism.id, figure)
                carried = estimate(full - less)
                says = what_it_says(full - less, carried, self.smallest)
                found.append(Carried(mechanism, figure, estimate(full), estimate(less), carried, says))
        return found

    @property
    def runs(self) -> pd.DataFrame:
        """The change of incidents in both arms, by what is taken away (nothing: empty) and replicate."""
        return _runs("without", self.effects)

    def _figure(self, without_it: str, figure: str) -> np.ndarray:
        arm, against = self.effects[without_it]
        return arm if figure == "own effect" else arm - against

    def full(self, figure: str) -> Estimate:
        """The figure with every mechanism at work."""
        return estimate(self._figure("", figure))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each mechanism and figure: with, without, and what it adds, with 95 % intervals."""
        rows = []
        for row in self.rows:
            cells: dict[str, object] = {"mechanism": row.mechanism.id, "meaning": row.mechanism.meaning}
            cells |= {"figure": row.figure, "arm": self.arm, "against": self.against}
            for name, found in (("with", row.with_it), ("without", row.without_it), ("carried", row.carried)):
                known = asdict(found)
                cells |= {f"{name}_{key}": known[key] for key in ("mean", "low", "high")}
            rows.append(cells | {"says": row.says})
        return pd.DataFrame(rows)


@dataclass(frozen=True)
class Step:
    """One model level: what it adds, the change of incidents in both arms on it, and their contrast."""

    rung: str
    adds: str
    arm: Estimate
    against: Estimate
    contrast: Estimate


@dataclass(frozen=True)
class Climb:
    """Two arms on the model levels of the model; `effects` as in `Ablation`, by model level."""

    arm: str
    against: str
    effects: dict[str, tuple[np.ndarray, np.ndarray]]

    @property
    def runs(self) -> pd.DataFrame:
        """The change of incidents in both arms, by model level and replicate."""
        return _runs("rung", self.effects)

    @cached_property
    def rows(self) -> list[Step]:
        """What each model level adds, in the order of the model levels."""
        adds = {rung: ", ".join(m.id for m in MECHANISMS if m.rung == rung) for rung in self.effects}
        return [
            Step(rung, adds[rung] or "interests, menus, joining, sessions, the budget",
                 estimate(mine), estimate(theirs), estimate(mine - theirs))
            for rung, (mine, theirs) in self.effects.items()
        ]  # fmt: skip

    @property
    def table(self) -> pd.DataFrame:
        """One row for each model level: what it adds, both arms' effects and their contrast, with 95 % intervals."""
        rows = []
        for row in self.rows:
            cells: dict[str, object] = {"rung": row.rung, "adds": row.adds, "arm": self.arm, "against": self.against}
            for name, found in (("arm", row.arm), ("against", row.against), ("contrast", row.contrast)):
                cells |= {f"{name}_mean": found.mean, f"{name}_low": found.low, f"{name}_high": found.high}
            rows.append(cells)
        return pd.DataFrame(rows)


def _runs(variant: str, effects: dict[str, tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({variant: name, "replicate": range(len(mine)), "arm": mine, "against": theirs})
        for name, (mine, theirs) in effects.items()
    ]
    return pd.concat(parts, ignore_index=True)


def what_it_says(difference: np.ndarray, carried: Estimate, smallest: float) -> Says:
    """What may be said of a difference with minus without a mechanism, by its 95 % interval.

    Exactly 0 in every replicate: no difference. Wholly within the smallest difference that matters: no difference that
    matters. Wholly beyond it: it raises or lowers the figure. Wholly on one side of 0 only: it does, and that may not
    matter. Anything else: cannot tell. More replicates never make a small difference one that matters.
    """
    if len(difference) > 1 and not np.any(difference):
        return "no difference"
    if carried.low is None or carried.high is None:
        return "cannot tell"
    if -smallest <= carried.low and carried.high <= smallest:
        return "no difference that matters"
    if carried.low > 0.0:
        return "raises" if carried.low > smallest else "raises, may not matter"
    if carried.high < 0.0:
        return "lowers" if carried.high < -smallest else "lowers, may not matter"
    return "cannot tell"


def find_mechanisms(names: Sequence[str]) -> list[Mechanism]:
    """Mechanisms by name: those of the model, the insights as insight-1 to insight-7, or all insights by default.

    Raises
    ------
    ScenarioError
        for a name that is none of them.
    """
    if not names:
        return list(INSIGHTS)
    known = {_hyphened(mechanism.id): mechanism for mechanism in NAMED.values()}
    unknown = [name for name in names if _hyphened(name) not in known]
    if unknown:
        raise ScenarioError(
            [f"--mechanism {name!r}: there is no such mechanism; there are {', '.join(NAMED)}" for name in unknown]
        )
    return list(dict.fromkeys(known[_hyphened(name)] for name in names))


def _hyphened(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def ablate(
    scenario: Scenario,
    arm: str | None = None,
    against: str | None = None,
    mechanisms: Sequence[Mechanism] = INSIGHTS,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Ablation:
    """Run two arms and the reference with everything and without each mechanism, on the same random numbers.

    Parameters
    ----------
    arm, against : names of arms; by default those of the scenario's verdict
    mechanisms : what is taken away, one at a time (see `find_mechanisms`)
    workers, progress : as in `modsim.compare`
    """
    arm, against = _the_two(scenario, arm, against)
    gone = scenario.settings.without
    variants = {"": scenario, **{m.id: with_values(scenario, {"settings.without": [*gone, m.id]}) for m in mechanisms}}
    return Ablation(scenario, arm, against, list(mechanisms), _effects(variants, arm, against, workers, progress))


def climb(
    scenario: Scenario,
    arm: str | None = None,
    against: str | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Climb:
    """What each model level adds: both arms' effects and their contrast, from M0 to the level of the scenario."""
    arm, against = _the_two(scenario, arm, against)
    rungs = RUNGS[: RUNGS.index(scenario.settings.rung) + 1]
    variants = {rung: with_values(scenario, {"settings.rung": rung}) for rung in rungs}
    return Climb(arm, against, _effects(variants, arm, against, workers, progress))


def _the_two(scenario: Scenario, arm: str | None, against: str | None) -> tuple[str, str]:
    """The arms asked for, or those of the verdict; a ScenarioError unless they are three with the reference."""
    arm = scenario.settings.verdict_arm if arm is None else arm
    against = scenario.settings.verdict_against if against is None else against
    reference = scenario.settings.reference_arm
    problems = [
        f"{option} {name!r}: there is no such arm; the arms are {', '.join(scenario.arms)}"
        for option, name in (("--arm", arm), ("--against", against))
        if name not in scenario.arms
    ]
    if not problems and len({arm, against, reference}) < 3:
        problems = [f"--arm {arm!r}, --against {against!r} and the reference arm {reference!r} must be three arms"]
    if problems:
        raise ScenarioError(problems)
    return arm, against


def _effects(
    variants: dict[str, Scenario], arm: str, against: str, workers: int | None, progress: Progress | None
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The change of incidents in both arms, by variant of the scenario; variants that share a world run in lanes."""
    arms = (next(iter(variants.values())).settings.reference_arm, arm, against)
    tasks: list[tuple[list[str], Task]] = []
    for names in _sharing_a_world(variants):
        points = [variants[name] for name in names]
        lanes = [Lane(each, k) for k in range(len(points)) for each in arms]
        people = points[0].young_people
        size = max(1, ROWS_IN_A_TASK // (people * len(lanes)))
        numbers = range(points[0].settings.replicates)
        tasks += [(names, Task(points, lanes, list(numbers[k : k + size]))) for k in numbers[::size]]
    done, total = 0, sum(task.work for _, task in tasks)
    parts: dict[str, list[Outcome]] = {name: [] for name in variants}
    names_of = {id(task): names for names, task in tasks}
    for task, outcome in outcomes([task for _, task in tasks], workers):
        for name in names_of[id(task)]:
            parts[name].append(outcome)
        done += task.work
        if progress is not None:
            progress(done, total)
    effects = {}
    for names in _sharing_a_world(variants):
        joined = Outcome.joined(parts[names[0]])
        for k, name in enumerate(names):
            own = joined.only([Lane(each, k) for each in arms])
            own = Outcome(own.replicates, [Lane(each) for each in arms], own.weekly, own.totals, own.spent)
            measure = measures(variants[name])[0].name
            changes = [by_replicate(variants[name], own, each, arms[0])[measure] for each in arms[1:]]
            effects[name] = changes[0], changes[1]
    return effects


def _sharing_a_world(variants: dict[str, Scenario]) -> list[list[str]]:
    """Names of variants in groups that can run side by side."""
    groups: list[tuple[object, list[str]]] = []
    for name, variant in variants.items():
        world = what_makes_the_world(as_it_runs(variant))
        group = next((names for other, names in groups if other == world), None)
        if group is None:
            groups.append((world, [name]))
        else:
            group.append(name)
    return [names for _, names in groups]
