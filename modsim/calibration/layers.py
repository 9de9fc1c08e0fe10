"""Layers of what is not known, never mixed: chance, numbers, structure and rules; each told as its own share.

Chance is what more replicates settle. Numbers are those that the calibration leaves open, and how far interests
differ; only evidence settles them. Structure is which variant of the model holds, each calibrated by itself. Rules are
those that the field contests.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from modsim.calibration import Uncertainty
from modsim.calibration.prior import Parameter
from modsim.calibration.shipped import set_by, shipped_weights, some_draws
from modsim.calibration.variants import VARIANTS
from modsim.findings.comparison import ROWS_IN_A_TASK, Comparison
from modsim.findings.headline import listed
from modsim.findings.measures import by_replicate, measures
from modsim.findings.statistics import Estimate, estimate
from modsim.findings.verdict import Kind, kind_of
from modsim.inputs.mechanisms import with_values
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import Task, outcomes
from modsim.simulation.runs import Outcome

DRAWS, FUTURES_OF_A_DRAW = 40, 6  # draws of all variants together
SURVIVES = 0.90  # share of draws that must agree with the verdict

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Draws:
    """The contrast over draws of what is open, one mean for each, with the chance in them taken out of their spread.

    `variants` names the structural variant that each draw is of (all the same if empty), `weight_of` gives the weight
    of each variant; draws of one variant share it evenly.
    """

    means: np.ndarray
    errors: np.ndarray  # standard error of each mean
    variants: tuple[str, ...] = ()
    weight_of: dict[str, float] = field(default_factory=dict)

    @cached_property
    def by_variant(self) -> dict[str, np.ndarray]:
        """The places of each variant's draws."""
        names = np.array(self.variants or ("",) * len(self.means))
        return {name: np.nonzero(names == name)[0] for name in dict.fromkeys(names.tolist())}

    @cached_property
    def weights(self) -> np.ndarray:
        """The weight of every draw; they add up to 1."""
        found = np.zeros(len(self.means))
        for name, at in self.by_variant.items():
            found[at] = self.weight_of.get(name, 1.0) / len(at)
        return found / found.sum()

    @property
    def mean(self) -> float:
        return float(self.weights @ self.means)

    @property
    def mean_of(self) -> dict[str, float]:
        """The mean contrast of each variant."""
        return {name: float(self.means[at].mean()) for name, at in self.by_variant.items()}

    @property
    def within(self) -> float:
        """Variance over draws of one variant, less what chance adds to it; not below 0."""
        return self._of_variants(lambda at: max(_spread(self.means[at]) - float((self.errors[at] ** 2).mean()), 0.0))

    @property
    def between(self) -> float:
        """Variance between the means of variants, less what their few draws add to it; not below 0."""
        apart = self._of_variants(lambda at: (float(self.means[at].mean()) - self.mean) ** 2)
        if len(self.by_variant) < 2:
            return 0.0
        noise = self._of_variants(lambda at: (1.0 - float(self.weights[at].sum())) * _spread(self.means[at]) / len(at))
        return max(apart - noise, 0.0)

    def _of_variants(self, of: Callable[[np.ndarray], float]) -> float:
        """The mean over variants, by weight, of something of their draws."""
        return sum(float(self.weights[at].sum()) * of(at) for at in self.by_variant.values())

    @property
    def variance(self) -> float:
        """Variance of the contrast over all draws, less what chance adds to it."""
        return self.within + self.between

    @cached_property
    def values(self) -> np.ndarray:
        """The contrast of each draw, drawn in towards their mean by what chance adds."""
        total = float(self.weights @ (self.means - self.mean) ** 2)
        share = min(np.sqrt(self.variance / total), 1.0) if total > 0 else 0.0
        return self.mean + (self.means - self.mean) * share

    @property
    def range(self) -> tuple[float, float]:
        """From and to where nine in ten of the draws lie, by weight."""
        order = np.argsort(self.values)
        reached = np.cumsum(self.weights[order]) - self.weights[order] / 2.0
        low, high = np.interp([0.05, 0.95], reached, self.values[order])
        return float(low), float(high)


def _spread(values: np.ndarray) -> float:
    """The variance of some draws; 0 of a single one."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


@dataclass(frozen=True)
class Layers:
    """The verdict's contrast under each layer; a layer that was not asked for, or has nothing to tell, is None.

    `chance` (replicates,) holds the contrast by replicate. `numbers` holds the draws of parameters at the scenario's
    dissimilarity, `numbers_and_distance` the same draws with the dissimilarity drawn too. `by_rule` holds the contrast
    (replicates,) by contested rule, in the same replicates.
    """

    scenario: Scenario
    chance: np.ndarray
    kept: list[str]  # numbers that the scenario sets itself
    numbers: Draws | None
    numbers_and_distance: Draws | None
    by_rule: dict[str, np.ndarray] | None

    @property
    def base(self) -> Estimate:
        """The contrast as the scenario gives it."""
        return estimate(self.chance)

    @property
    def rules(self) -> dict[str, Estimate] | None:
        """The contrast under each contested rule."""
        return None if self.by_rule is None else {name: estimate(each) for name, each in self.by_rule.items()}

    @property
    def rules_apart(self) -> dict[str, Estimate] | None:
        """How far each contested rule moves the contrast, in the same replicates."""
        return None if self.by_rule is None else {name: estimate(each) for name, each in self._moved.items()}

    @property
    def _moved(self) -> dict[str, np.ndarray]:
        return {name: each - self.chance for name, each in (self.by_rule or {}).items()}

    @property
    def smallest(self) -> float:
        return self.scenario.smallest_difference(self._measure.name) or 0.0

    @property
    def _measure(self):
        return measures(self.scenario)[0]

    @property
    def kind(self) -> Kind:
        """The verdict on chance alone."""
        return kind_of(self.base, self._measure.better, self.smallest)

    def kind_at(self, contrast: float) -> Kind:
        """What a contrast known without error would be called."""
        sure = Estimate(contrast, contrast, contrast, None, None)
        return kind_of(sure, self._measure.better, self.smallest)

    def shares_of(self, draws: Draws) -> dict[str, float]:
        """How many of the draws are better, about the same and worse, as shares by weight."""
        kinds = np.array([self.kind_at(value) for value in draws.values])
        found = {kind: float(draws.weights[kinds == kind].sum()) for kind in ("better", "about the same", "worse")}
        return {kind: round(share, 9) for kind, share in found.items()}

    @property
    def variances(self) -> dict[str, float]:
        """Variance of the contrast that each layer adds by itself; of a single future nothing can be said.

        That of the dissimilarity is what drawing it adds to the variance of the numbers, interplay with them included;
        that of the rules is the mean square of how far each contested rule moves the contrast, less what chance adds.
        """
        found = {}
        if np.isfinite(self.chance).sum() > 1:
            found["chance"] = _variance_of_mean(self.chance)
        if self.numbers is not None and self.numbers_and_distance is not None:
            found["numbers"] = self.numbers.within
            if len(self.numbers.by_variant) > 1:
                found["structure"] = self.numbers.between
            found["dissimilarity"] = max(self.numbers_and_distance.variance - self.numbers.variance, 0.0)
        moved = self._moved.values()
        squares = [np.nanmean(each) ** 2 - _variance_of_mean(each) for each in moved if np.isfinite(each).sum() > 1]
        if squares:
            found["rules"] = max(float(np.mean(squares)), 0.0)
        return found

    @property
    def survives(self) -> dict[str, bool]:
        """Whether the verdict, if chance leaves one, holds in each of the layers that were asked for."""
        kind = self.kind
        found = {"chance": kind != "cannot tell"}
        if self.numbers is not None and self.numbers_and_distance is not None:
            found["numbers"] = self.shares_of(self.numbers).get(kind, 0.0) >= SURVIVES
            if len(self.numbers.by_variant) > 1:
                found["structure"] = {self.kind_at(mean) for mean in self.numbers.mean_of.values()} == {kind}
            found["dissimilarity"] = self.shares_of(self.numbers_and_distance).get(kind, 0.0) >= SURVIVES
        if self.rules is not None:
            kinds = {kind_of(each, self._measure.better, self.smallest) for each in self.rules.values()}
            found["rules"] = kinds == {kind} and kind != "cannot tell"
        return {layer: well for layer, well in found.items() if layer in self.variances}

    @property
    def sentence(self) -> str:
        """Which layers the verdict survives."""
        held = [layer for layer, well in self.survives.items() if well]
        lost = [layer for layer, well in self.survives.items() if not well]
        if self.kind == "cannot tell":
            return "Chance alone leaves the verdict open, so no other source of uncertainty can be tested."
        said = f"The verdict on chance (“{self.kind}”) survives {listed(held)}"
        return f"{said}." if not lost else f"{said}; it does not survive {listed(lost)}."

    def as_dict(self) -> dict[str, Any]:
        """The layers as `summary.json` holds them."""
        found: dict[str, Any] = {
            "sentence": self.sentence, "survives": self.survives, "variances": self.variances,
            "set_by_the_scenario": self.kept,
        }  # fmt: skip
        for name, draws in (("numbers", self.numbers), ("numbers_and_dissimilarity", self.numbers_and_distance)):
            if draws is not None:
                low, high = draws.range
                found[name] = {"low": low, "high": high, **self.shares_of(draws), "each": draws.values.tolist()}
                if len(draws.by_variant) > 1:
                    found[name] |= {"mean": draws.mean, "mean_of_variants": draws.mean_of, "weights": draws.weight_of}
        if self.rules is not None:
            found["rules"] = {name: asdict(each) for name, each in self.rules.items()}
        if self.rules_apart is not None:
            found["rules_less_the_model"] = {name: asdict(each) for name, each in self.rules_apart.items()}
        return found


def layers_of(
    comparison: Comparison, which: Uncertainty, *, workers: int | None = None, progress: Progress | None = None
) -> Layers:
    """Run the verdict's pair under draws of what is open and under contested rules, beside a comparison.

    Parameters
    ----------
    comparison : what the scenario says by itself; its replicates are the layer of chance
    which : the layers to look at, beside chance
    progress : called with the work done, and in all
    """
    scenario, (arm, against) = comparison.scenario, comparison.verdict_pair
    reference = comparison.reference
    pair = list(dict.fromkeys([reference, arm, against]))
    tasks: dict[int, tuple[str, int | str, Task]] = {}

    def add(task: Task, layer: str, what: int | str) -> None:
        tasks[id(task)] = layer, what, task

    if which in ("parameters", "all"):
        named = _draws_by_variant(scenario)
        for k, ((_, row), distance) in enumerate(zip(named, _distances(scenario, len(named)), strict=True)):
            drawn = with_values(scenario, row)
            points = [drawn, with_values(drawn, {"world.dissimilarity": float(distance)})]
            lanes = [Lane(reference), *(Lane(name, p) for p in (0, 1) for name in pair if name != reference)]
            first = 10_000 + k * FUTURES_OF_A_DRAW  # luck of its own for every draw
            for start in _spans(scenario, len(lanes), FUTURES_OF_A_DRAW):
                add(Task(points, lanes, [first + r for r in start]), "numbers", k)
    if which in ("rules", "all"):
        for variant in VARIANTS:
            lanes = [Lane(name) for name in pair]
            for start in _spans(scenario, len(lanes), comparison.replicates):
                numbers = [comparison.outcome.replicates[r] for r in start]
                add(Task([variant.of(scenario)], lanes, numbers, variant.rules), "rules", variant.name)
    parts = _run(tasks, workers, progress)
    name = measures(scenario)[0].name

    def contrast(outcome: Outcome, point: int = 0) -> np.ndarray:
        only = outcome.only([Lane(reference), *(Lane(each, point) for each in pair if each != reference)])
        plain = Outcome(only.replicates, [Lane(lane.arm) for lane in only.lanes], only.weekly, only.totals, only.spent)
        mine, theirs = (by_replicate(scenario, plain, each, reference)[name] for each in (arm, against))
        return mine - theirs if against != reference else mine

    alone = both = None
    if which in ("parameters", "all"):
        names = [name for name, _ in named]
        alone = _draws([contrast(parts["numbers", k]) for k in range(len(names))], names)
        if alone is not None:
            both = _draws([contrast(parts["numbers", k], 1) for k in range(len(names))], names)
    by_rule = None
    if which in ("rules", "all"):
        by_rule = {variant.name: contrast(parts["rules", variant.name]) for variant in VARIANTS}
    return Layers(scenario, contrast(comparison.outcome), set_by(scenario), alone, both, by_rule)


def _draws_by_variant(scenario: Scenario) -> list[tuple[str, dict[str, float]]]:
    """Draws of every structural variant, as many of each: its name, and the numbers."""
    names = list(shipped_weights())
    each = max(DRAWS // len(names), 2)
    return [(name, row) for name in names for row in some_draws(each, scenario, name)]


def _distances(scenario: Scenario, number: int) -> np.ndarray:
    """Dissimilarities of the draws: spread over what is known of it, most likely near what the scenario assumes."""
    p = scenario.world
    if p.dissimilarity_low >= p.dissimilarity_high:
        return np.full(number, p.dissimilarity_low)
    best = min(max(p.dissimilarity, p.dissimilarity_low), p.dissimilarity_high)
    known = Parameter("world.dissimilarity", p.dissimilarity_low, best, p.dissimilarity_high, False)
    order = np.argsort(np.modf((np.arange(number) + 1) * 0.6180339887)[0])  # even, and in no order of its own
    return known.at((order + 0.5) / number)


def _spans(scenario: Scenario, lanes: int, futures: int) -> list[range]:
    abreast = max(1, ROWS_IN_A_TASK // (scenario.young_people * lanes))
    return [range(start, min(start + abreast, futures)) for start in range(0, futures, abreast)]


def _run(
    tasks: dict[int, tuple[str, int | str, Task]], workers: int | None, progress: Progress | None
) -> dict[tuple[str, int | str], Outcome]:
    total = sum(task.work for _, _, task in tasks.values())
    found: dict[tuple[str, int | str], list[Outcome]] = {}
    done = 0
    if progress and tasks:
        progress(0, total)
    for task, outcome in outcomes([task for _, _, task in tasks.values()], workers) if tasks else ():
        layer, what, _ = tasks[id(task)]
        found.setdefault((layer, what), []).append(outcome)
        done += task.work
        if progress:
            progress(done, total)
    return {key: Outcome.joined(parts) for key, parts in found.items()}


def _draws(contrasts: list[np.ndarray], names: list[str]) -> Draws | None:
    """The draws in which anything happens; None where there are fewer than two."""
    known = [(name, each[np.isfinite(each)]) for name, each in zip(names, contrasts, strict=True)]
    known = [(name, each) for name, each in known if len(each) > 1]
    if len(known) < 2:
        return None
    means = np.array([each.mean() for _, each in known])
    errors = np.array([each.std(ddof=1) / np.sqrt(len(each)) for _, each in known])
    return Draws(means, errors, tuple(name for name, _ in known), shipped_weights())


def _variance_of_mean(values: np.ndarray) -> float:
    """Square of the standard error of a mean; missing values are left out."""
    known = values[np.isfinite(values)]
    return float(known.var(ddof=1) / len(known))
