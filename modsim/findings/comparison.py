"""A whole comparison: arms run on common random numbers, and what can be said of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from modsim.findings.break_even import BreakEven, break_even
from modsim.findings.gathering import Gathered, NoRoomError, check_disk
from modsim.findings.measures import Measure, by_replicate, incidents_occurred, measures
from modsim.findings.statistics import Estimate, estimate, price_of_averting
from modsim.findings.verdict import Contrast, contrast
from modsim.findings.verdicts import Verdict, verdicts_of
from modsim.inputs.definition import badge_of
from modsim.inputs.reading import with_changes
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import LostWorkerError, Task, cost_of_one, outcomes
from modsim.simulation.records import weekly_measures
from modsim.simulation.rulebook import Rules, check_rules
from modsim.simulation.runs import Outcome

if TYPE_CHECKING:
    import pandas as pd

BANNER = (
    "A thinking tool, not a forecast. Synthetic people in synthetic areas; no outcome of a real site is known or used."
)
MISSING = (
    "Not in the model: schools, families, the job market, money beyond the budget, and other changes in a place over "
    "the years."
)
MOST_REPLICATES = 4096  # where verdicts are to be settled
ROWS_IN_A_TASK = 240_000  # people-lanes side by side: large enough for speed, small enough to stop soon

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Comparison:
    """What came of a comparison: one lane for each arm, and the verdict's pair at other dissimilarities.

    `tried` holds the dissimilarity of each parameter point of the outcome's lanes, the scenario's own first.
    """

    scenario: Scenario
    name: str
    outcome: Outcome
    tried: list[float]
    interrupted: bool = False
    cut_short_by: str = ""  # what ended it early, if nobody did by hand
    own_rules: dict[str, str] = field(default_factory=dict)  # in place of the model's, by name
    ended: str = ""  # why no more replicates were run, where they were run until the verdicts were settled

    @property
    def reference(self) -> str:
        return self.scenario.settings.reference_arm

    @property
    def arms(self) -> list[str]:
        """The arms compared, without the reference."""
        return [arm for arm in self._all_arms if arm != self.reference]

    @property
    def _all_arms(self) -> list[str]:
        return [lane.arm for lane in self.outcome.lanes if lane.point == 0]

    @property
    def replicates(self) -> int:
        return len(self.outcome.replicates)

    @property
    def verdict_pair(self) -> tuple[str, str]:
        """The arm the verdict is about, and the one it is compared with."""
        return verdict_pair(self.scenario, self.arms)

    @cached_property
    def measures(self) -> list[Measure]:
        return measures(self.scenario)

    @cached_property
    def values(self) -> dict[str, dict[str, np.ndarray]]:
        """Every measure by arm, one value for each replicate."""
        return {arm: by_replicate(self.scenario, self.outcome, arm, self.reference) for arm in self._all_arms}

    @cached_property
    def estimates(self) -> dict[str, dict[str, Estimate]]:
        """Mean, interval and range of replicates of every measure by arm, the cost per incident averted included."""
        found = {}
        for arm in self.arms:
            mine = {name: estimate(values) for name, values in self.values[arm].items()}
            averted = self._occurred(self.reference) - self._occurred(arm)
            seed = self.scenario.settings.seed
            mine["gbp_per_incident_averted"] = price_of_averting(self.values[arm]["cost_gbp"], averted, seed)
            found[arm] = mine
        return found

    def contrast(self, arm: str, against: str, measure: Measure) -> Contrast:
        """One arm minus another on one measure, paired by replicate."""
        mine, theirs = self.values[arm][measure.name], self.values[against][measure.name]
        return contrast(arm, against, measure, mine, theirs, self.scenario.smallest_difference(measure.name))

    @cached_property
    def contrasts(self) -> list[Contrast]:
        """Every pair of arms on every measure with a better side; the verdict's pair in its own direction."""
        pairs = [(b, a) for i, a in enumerate(self.arms) for b in self.arms[i + 1 :]]
        pair = self.verdict_pair
        pairs = [pair, *(p for p in pairs if set(p) != set(pair))]
        directed = [m for m in self.measures if m.better != "neither"]
        return [self.contrast(arm, against, m) for arm, against in pairs for m in directed]

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """The verdict on the area, by itself: kind, the numbers it rests on, and one sentence."""
        found = self.verdicts[-1].as_dict(self)
        if not any(self.values[name]["attended"].any() for name in self.verdict_pair):
            found["text"] += " No session was held in either within these weeks."
        return {key: found[key] for key in ("kind", "measure", "arm", "against", "mean", "low", "high", "text")}

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The verdicts on those first targeted, those who took part, trust and the area, in that order."""
        return verdicts_of(self)

    @property
    def is_settled(self) -> bool:
        """Whether more replicates would hardly change any of the verdicts."""
        return all(verdict.is_settled for verdict in self.verdicts)

    @cached_property
    def break_even(self) -> BreakEven:
        """The dissimilarity above which the verdict's arm does better, from the runs at other dissimilarities."""
        arm, against = self.verdict_pair
        label = self.scenario.arm_label
        measure = self.measures[0].name
        if len(self.tried) < 2:
            text = (
                "No break-even dissimilarity was looked for; it takes two arms beside the reference and points to try."
            )
            if any(area.interests is not None for area in self.scenario.recipients):
                text = "No break-even dissimilarity: areas with interests of their own do not follow it."
            return BreakEven(None, None, None, text)
        base = self._occurred(self.reference)
        gains = {self.scenario.world.dissimilarity: self.values[against][measure] - self.values[arm][measure]}
        for point in range(1, len(self.tried)):
            gain = self._occurred(against, point) - self._occurred(arm, point)
            gains[self.tried[point]] = 100.0 * gain / np.where(base > 0, base, np.nan)
        table = np.stack([gains[point] for point in sorted(gains)], axis=1)
        table = table[np.isfinite(table).all(axis=1)]
        return break_even(sorted(gains), table, label(arm), label(against), self.scenario.settings.seed)

    def _occurred(self, arm: str, point: int = 0) -> np.ndarray:
        return incidents_occurred(self.scenario, self.outcome, self.outcome.lane(arm, point))

    @cached_property
    def _by_arm(self) -> Outcome:
        return self.outcome.only([Lane(arm) for arm in self._all_arms])

    def in_parts(self, rows: int) -> "Iterator[Comparison]":
        """The same in parts of some replicates, whose weekly table has about so many rows: for writing long tables."""
        weekly = self.outcome.weekly
        size = max(1, rows // max(int(np.prod(weekly.shape[1:])), 1))
        for start in range(0, self.replicates, size):
            yield replace(self, outcome=self.outcome.part(start, start + size))

    # --- tables and summary ----------------------------------------------------------------------------------

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every figure by replicate, arm and area: columns replicate, arm, area, measure, value."""
        totals = self._by_arm.totals
        figures = {**totals, "cost_gbp": totals["hours"] * self.scenario.purse.price_per_hour}
        return _long(self._index("replicate", "area", "arm"), figures)[["replicate", "arm", "area", "measure", "value"]]

    @cached_property
    def weekly(self) -> "pd.DataFrame":
        """Weekly figures: columns replicate, arm, area, week, measure, value."""
        columns = self._by_arm.weekly
        figures = {name: columns[..., k] for k, name in enumerate(weekly_measures(self.scenario))}
        index = self._index("replicate", "week", "area", "arm")
        return _long(index, figures)[["replicate", "arm", "area", "week", "measure", "value"]]

    @cached_property
    def ledger(self) -> "pd.DataFrame":
        """Hours and pounds by heading: columns replicate, arm, area, heading, hours, gbp."""
        hours = {**self._by_arm.spent, "left": self._by_arm.totals["hours_left"]}
        long = _long(self._index("replicate", "area", "arm"), hours)
        long = long.rename(columns={"measure": "heading", "value": "hours"})
        long["gbp"] = long["hours"] * self.scenario.purse.price_per_hour
        return long[["replicate", "arm", "area", "heading", "hours", "gbp"]]

    def _index(self, *names: str) -> "pd.DataFrame":
        import pandas as pd  # here and below: worker processes and `--help` must not wait for it

        levels: dict[str, list[Any]] = {
            "replicate": self.outcome.replicates,
            "week": list(range(self.outcome.weekly.shape[1])),
            "area": [area.id for area in self.scenario.areas],
            "arm": self._all_arms,
        }
        return pd.MultiIndex.from_product([levels[name] for name in names], names=names).to_frame(index=False)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Everything in short, in the shape of `summary.json` (see docs/contract.md)."""
        settings = self.scenario.settings
        occurred = f"{self.scenario.vocabulary.incident}_occurred"
        return {
            "schema": "modsim-summary-3",
            "scenario": self.name,
            "title": self.scenario.title,
            "weeks": settings.weeks,
            "replicates": self.replicates,
            "interrupted": self.interrupted,
            "seed": settings.seed,
            "rung": settings.rung,
            "without": settings.without,
            "recipients": [area.id for area in self.scenario.recipients],
            "banner": BANNER,
            "dissimilarity": self.scenario.world.dissimilarity,
            "break_even": asdict(self.break_even),
            "reference": {
                "arm": self.reference,
                occurred: asdict(estimate(self._occurred(self.reference))),
            },
            "arms": {arm: {name: asdict(found) for name, found in self.estimates[arm].items()} for arm in self.arms},
            "co_production": {
                arm: {"is": badge.is_coproduction, "why": badge.words}
                for arm, badge in ((arm, badge_of(self.scenario.arms[arm])) for arm in self.arms)
            },
            "contrasts": [c.as_dict() for c in self.contrasts],
            "verdict": self.verdict,
            "verdicts": [verdict.as_dict(self) for verdict in self.verdicts],
            "settled": self.is_settled,
            "ended": self.ended,
        }


def _long(index: "pd.DataFrame", figures: dict[str, np.ndarray]) -> "pd.DataFrame":
    """One row for each entry of the index and each figure, whose arrays have the shape of the index's levels."""
    import pandas as pd

    parts = [index.assign(measure=name, value=np.asarray(v, dtype=float).ravel()) for name, v in figures.items()]
    return pd.concat(parts, ignore_index=True)


def compare(
    scenario: Scenario,
    arms: Sequence[str] | None = None,
    *,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    name: str = "scenario",
    progress: Progress | None = None,
    rules: Rules | None = None,
    seconds: float | None = None,
) -> Comparison:
    """Run the arms of a scenario on common random numbers and compare them.

    Parameters
    ----------
    arms : names of arms to compare, all by default; the reference arm is always run
    replicates, weeks, seed : replace the scenario's settings
    workers : processes; by default as many as there are processors, fewer for small jobs. The numbers are the same
        for any number.
    progress : called with (people-lane-weeks done, people-lane-weeks in all), at the start and as the work goes on
    rules : rules of behaviour of your own in place of the model's (see `Rules`); with several workers they must be
        functions of a module that can be imported
    seconds : where given, more replicates than the settings' are run until every verdict is settled
        (`modsim.findings.verdicts.Verdict.is_settled`) or so much time is spent, not counting compiling. Further
        replicates never change the earlier ones; `ended` of the result says why no more were run.

    Returns
    -------
    Comparison
        of fewer replicates, marked `interrupted`, if Ctrl-C came, a process died or the disk was full after at least
        one part had finished; `cut_short_by` says which, but for Ctrl-C.

    Raises
    ------
    ScenarioError
        for an unknown arm or settings that contradict each other.
    LostWorkerError
        when a process died before anything was finished, most often because memory ran out.
    NoRoomError
        when nothing was finished before the temporary folder was full.
    RuleError
        when a rule of one's own cannot be used.
    """
    changes = {"replicates": replicates, "weeks": weeks, "seed": seed, "arms": None if arms is None else list(arms)}
    given = [f"settings.{key}={value}" for key, value in changes.items() if value is not None]
    scenario = with_changes(scenario, given) if given else scenario
    if rules is not None:
        check_rules(rules, workers is None or workers > 1)
    running = _Running(scenario, rules, workers, name, progress)
    if seconds is None:
        return running.further(scenario.settings.replicates)
    return _until_settled(running, seconds)


class _Running:
    """A comparison that goes on: replicates are run in steps, each beginning where the one before it ended."""

    def __init__(
        self, scenario: Scenario, rules: Rules | None, workers: int | None, name: str, progress: Progress | None
    ):
        self.scenario, self.name = scenario, name
        self._rules, self._workers, self._progress = rules, workers, progress
        self._outcome: Outcome | None = None
        self._done = 0  # people-lane-weeks
        self._began = perf_counter()
        self._first: tuple[float, int] | None = None  # when the first part was finished, of how many replicates

    @property
    def replicates(self) -> int:
        return 0 if self._outcome is None else len(self._outcome.replicates)

    @property
    def seconds(self) -> float:
        """How long the replicates took, compiling not counted: it lies before the first part that was finished.

        That part is taken to have been as quick as the others.
        """
        now = perf_counter()
        if self._first is None or self._first[1] >= self.replicates:
            return now - self._began
        at, number = self._first
        return (now - at) * self.replicates / (self.replicates - number)

    def further(self, replicates: int) -> Comparison:
        """Run up to so many replicates in all, and compare."""
        numbers = range(self.replicates, replicates)
        tasks = comparison_tasks(self.scenario, arms_to_run(self.scenario), self._rules, numbers)
        total = self._done + sum(task.work for task in tasks)
        check_disk(tasks)
        finished = 0
        gathered = Gathered(replicates, self._outcome)
        interrupted, cut_short_by = False, ""

        def tell(task: Task | None, share: float) -> None:
            if self._progress is not None:
                self._progress(self._done + (0 if task is None else int(task.work * share)), total)

        tell(None, 0.0)
        try:
            for task, outcome in outcomes(tasks, self._workers, tell):
                self._first = self._first or (perf_counter(), len(outcome.replicates))
                gathered.add(outcome)
                finished, self._done = finished + 1, self._done + task.work
                tell(None, 0.0)
        except KeyboardInterrupt:
            if not finished and not self.replicates:
                raise
            interrupted = finished < len(tasks)
        except (LostWorkerError, NoRoomError) as trouble:
            if not finished and not self.replicates:
                raise
            interrupted, cut_short_by = True, str(trouble)
        self._outcome = gathered.whole()
        tried = [point.world.dissimilarity for point in tasks[0].points]
        own = self._rules.own if self._rules else {}
        return Comparison(self.scenario, self.name, self._outcome, tried, interrupted, cut_short_by, own)


def _until_settled(running: _Running, seconds: float) -> Comparison:
    """Run the replicates of the settings, then as many again and again, until all is settled or the time is spent."""
    found = running.further(running.scenario.settings.replicates)
    while not found.interrupted:
        if found.is_settled:
            return replace(found, ended="every verdict is settled")
        number, spent = running.replicates, running.seconds
        affordable = int(number * (seconds - spent) / max(spent, 1e-6))  # further ones, at the speed so far
        more = min(number, affordable, MOST_REPLICATES - number)
        if more < max(number // 8, 1):
            why = f"{seconds:g} seconds are spent" if number < MOST_REPLICATES else f"{MOST_REPLICATES:,} are the most"
            return replace(found, ended=why)
        found = running.further(number + more)
    if running.replicates >= running.scenario.settings.replicates and not found.cut_short_by:
        return replace(found, interrupted=False, ended="it was stopped")
    return found


def verdict_pair(scenario: Scenario, arms: list[str]) -> tuple[str, str]:
    """The arm a verdict on these arms is about and the one it is compared with: the settings', or the first two."""
    settings = scenario.settings
    if settings.verdict_arm in arms and settings.verdict_against in arms:
        return settings.verdict_arm, settings.verdict_against
    return (arms[0], arms[1]) if len(arms) > 1 else (arms[0], settings.reference_arm)


def arms_to_run(scenario: Scenario) -> list[str]:
    """The arms of the comparison, the reference first."""
    reference = scenario.settings.reference_arm
    return [reference, *(arm for arm in dict.fromkeys(scenario.settings.arms or scenario.arms) if arm != reference)]


def break_even_lanes(scenario: Scenario, arms: list[str]) -> tuple[list[Scenario], list[Lane]]:
    """The scenario and its likes at the break-even points, with the lanes of the verdict's pair at those."""
    settings, points, lanes = scenario.settings, [scenario], []
    pair = verdict_pair(scenario, arms[1:])
    if settings.reference_arm not in pair and all(area.interests is None for area in scenario.recipients):
        for dissimilarity in sorted(set(settings.break_even_points) - {scenario.world.dissimilarity}):
            lanes += [Lane(arm, len(points)) for arm in pair]
            points.append(with_changes(scenario, [f"world.dissimilarity={dissimilarity!r}"]))
    return points, lanes


def comparison_tasks(
    scenario: Scenario, arms: list[str], rules: Rules | None = None, numbers: range | None = None
) -> list[Task]:
    """The comparison in parts of some replicates; the verdict's pair is also run at the break-even points.

    `numbers` are those of the replicates, by default the settings'.
    """
    numbers = range(scenario.settings.replicates) if numbers is None else numbers
    points, further = break_even_lanes(scenario, arms)
    lanes = [*(Lane(arm) for arm in arms), *further]
    people = scenario.young_people
    size = max(1, min(ROWS_IN_A_TASK // (people * len(lanes)), -(-len(numbers) // 4)))
    of_one = cost_of_one(points, lanes, len(arms))
    return [
        Task(points, lanes, list(numbers[start : start + size]), rules, lanes_by_week=len(arms), of_one=of_one)
        for start in range(0, len(numbers), size)
    ]
