"""Running a study: what is missing is run, interleaved over all points, and kept as it finishes."""

import math
import re
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from modsim.compiling.sources import code_hash
from modsim.findings.spreading import ADOPTION_CHANGE, adoption_change
from modsim.inputs.problems import ScenarioError
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml
from modsim.simulation.lanes import Lane
from modsim.simulation.naming import what_decides
from modsim.simulation.parallel import LostWorkerError, Task, attempts, check_memory, worthwhile_workers
from modsim.simulation.runs import Outcome
from modsim.studies.loading import LoadedStudy
from modsim.studies.planning import Part, Plan, Run
from modsim.studies.store import RunName, RunStore, run_name
from modsim.studies.study import StudyError

_SECONDS_TO_START = 3  # for worker processes
_BYTES_A_ROW = 150
_DECIDING_FLOORS = ("compiling", "rules", "inputs", "world", "simulation")  # the code that decides numbers
STOPPED_BY_HAND = "stopped by hand"


@dataclass(frozen=True)
class Budget:
    """What may be spent: runs, or seconds; None is no limit."""

    runs: int | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, text: str) -> "Budget":
        """From words such as 200runs, 90s, 10min or 2h.

        Raises
        ------
        StudyError
            when it is none of these.
        """
        match = re.fullmatch(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(runs?|s|min|h)\s*", str(text))
        if not match:
            raise StudyError(
                [f"--budget {str(text)[:40]!r}: write a number of runs or a time: 200runs, 90s, 10min or 2h"]
            )
        amount, unit = float(match[1]), match[2]
        if unit.startswith("run"):
            return cls(runs=math.floor(amount))
        return cls(seconds=amount * {"s": 1, "min": 60, "h": 3600}[unit])


@dataclass
class Progress:
    """Where a study stands: runs in all, found in the store, done now, failed; work in seconds, as first guessed."""

    runs: int
    found: int
    finished: int = 0
    failed: int = 0
    work: float = 0.0
    work_done: float = 0.0
    failures: list[str] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True)
class Forecast:
    """What is before one: runs in all, found in the store, failed before, and to do; seconds are a guess."""

    runs: int
    found: int
    failed: int
    to_do: int
    work: float
    seconds: float
    megabytes: float
    by_other_code: dict[str, int]


class StudyRun:
    """A study beside its store: what is done, what is missing, and the running of it.

    Runs that cannot differ (an arm whose levers do not vary with the point, in the same world) have one name, are
    done once and serve every point.
    """

    def __init__(self, study: LoadedStudy, store: RunStore):
        self.study, self.store = study, store
        self.scenarios = self._checked_points()
        self._plan = Plan(self.scenarios, study.arms, study.replicates)

    def _checked_points(self) -> list[Scenario]:
        """The scenario of every point; the study is refused before anything starts if one cannot be run."""
        scenarios, problems = [], []
        for point in range(len(self.study.points)):
            try:
                scenarios.append(self.study.scenario_at(point))
            except ScenarioError as error:
                problems += error.problems
        if problems:
            different = list(dict.fromkeys(problems))
            more = [f"… and {len(different) - 5} more problems at other points"] if len(different) > 5 else []
            raise StudyError(different[:5] + more)
        return scenarios

    @cached_property
    def names(self) -> dict[Run, RunName]:
        """The name of every run of the study in the store, in the order of the design."""
        found = {}
        for point, scenario in enumerate(self.scenarios):
            for arm, content in what_decides(scenario, self.study.arms).items():
                for replicate in range(self.study.replicates):
                    found[point, arm, replicate] = run_name(self.store.code, content, replicate)
        return found

    @cached_property
    def different(self) -> dict[RunName, Run]:
        """The first run of each name: what is done."""
        found: dict[RunName, Run] = {}
        for run, name in self.names.items():
            found.setdefault(name, run)
        return found

    def standing(self) -> tuple[set[Run], dict[Run, str]]:
        """The runs that are finished, and those that failed with the cause of each."""
        finished, failed = self.store.known(list(self.different))
        done = {run for run, name in self.names.items() if name.key in finished}
        causes = {run: failed[name.key].cause for name, run in self.different.items() if name.key in failed}
        return done, causes

    def _found(self, done: set[Run]) -> int:
        return sum(run in done for run in self.different.values())

    def forecast(self, retry_failed: bool = False, workers: int | None = None) -> Forecast:
        """What a run of the study would have to do."""
        done, failed = self.standing()
        missing = self._missing(done, failed, retry_failed)
        parts = self._plan.parts(missing)
        work = sum(part.task.cost.seconds for part in parts)
        processes = max(1, workers or worthwhile_workers(sum(part.task.work for part in parts)))
        return Forecast(
            len(self.different), self._found(done), len(failed), len(missing), work,
            work / processes + (_SECONDS_TO_START if processes > 1 else 0),
            len(missing) * len(self.study.scenario.areas) * _BYTES_A_ROW / 1e6,
            self.store.by_other_code(list(self.different)),
        )  # fmt: skip

    def run(
        self,
        budget: Budget | None = None,
        workers: int | None = None,
        retry_failed: bool = False,
        tell: Callable[[Progress], None] | None = None,
    ) -> Progress:
        """Run what is missing, as far as the budget reaches, and keep each part as it finishes.

        Ctrl-C stops it, as does the budget; `stopped` of what is returned then says so. Runs that fail are kept with
        their cause and do not stop the others.
        """
        tell, budget = tell or (lambda progress: None), budget or Budget()
        done, failed = self.standing()
        parts = self._plan.parts(self._missing(done, failed, retry_failed), evenly=budget != Budget())
        progress = Progress(len(self.different), self._found(done), work=sum(part.task.cost.seconds for part in parts))
        progress.failed = 0 if retry_failed else len(failed)
        tell(progress)
        workers = workers or worthwhile_workers(sum(part.task.work for part in parts))
        under_way: dict[int, Part] = {}
        start = 0.0

        def tasks() -> Iterator[Task]:
            for part in self._affordable(parts, budget, progress):
                under_way[id(part.task)] = part
                yield part.task

        def partly(task: Task, share: float) -> None:
            progress.work_done = start + task.cost.seconds * share
            tell(progress)

        check_memory([part.task for part in parts], workers)
        try:
            for task, result in attempts(tasks(), workers, partly):
                part = under_way.pop(id(task))
                if isinstance(result, Outcome):
                    self._keep(part, result, progress)
                else:
                    self._try_singly(part, result, progress)
                start += task.cost.seconds
                progress.work_done = start
                tell(progress)
        except KeyboardInterrupt:
            progress.stopped = STOPPED_BY_HAND
        if progress.finished:
            self.store.gather()
        return progress

    def _missing(self, done: set[Run], failed: Iterable[Run], retry_failed: bool) -> list[Run]:
        skip = done if retry_failed else done | set(failed)
        return [run for run in self.different.values() if run not in skip]

    def _affordable(self, parts: list[Part], budget: Budget, progress: Progress) -> Iterator[Part]:
        """Parts as long as there is budget left for them; the last may be cut to what is left, all arms of a point."""
        until = None if budget.seconds is None else time.monotonic() + budget.seconds
        left, begun = budget.runs, False
        for whole in parts:
            part: Part | None = whole
            if until is not None and time.monotonic() >= until:
                progress.stopped = "the time of the budget is over"
                return
            if left is not None:
                part = self._plan.cut(whole, left)
                if part is None:
                    progress.stopped = "the runs of the budget are spent"
                    if left and not begun:
                        needed = len([one for one in whole.wanted if one[0] == whole.points[0]])
                        progress.stopped = f"the budget is less than one point with all its arms, {needed} runs"
                    return
                left = left - len(part.runs) if part is whole else 0
            assert part is not None
            begun = True
            yield part

    def _keep(self, part: Part, outcome: Outcome, progress: Progress) -> None:
        areas = [area.id for area in part.task.points[0].areas]
        names = [self.names[run] for run in part.runs]
        at = (
            np.array([part.replicates.index(replicate) for _, _, replicate in part.runs]),
            np.array([part.lane(point, arm) for point, arm, _ in part.runs]),
        )
        figures = {**outcome.totals, **{f"spent_{heading}": hours for heading, hours in outcome.spent.items()}}
        if part.task.points[0].settings.spreads == "diffusion":
            figures[ADOPTION_CHANGE] = _adoption_changes(part, outcome)
        self.store.add(
            pd.DataFrame(
                {
                    "key": np.repeat([name.key for name in names], len(areas)),
                    "what": np.repeat([name.what for name in names], len(areas)),
                    "area": np.tile(areas, len(names)),
                    **{name: values[at[0], :, at[1]].astype(float).ravel() for name, values in figures.items()},
                }
            )
        )
        progress.finished += len(names)

    def _try_singly(self, part: Part, error: Exception, progress: Progress) -> None:
        """A part that failed is done again run by run, each alone, so that only what must fails."""
        lost = isinstance(error, LostWorkerError)
        if lost:  # perhaps another part brought the process down
            ((_, again),) = _alone(part.task)
            if isinstance(again, Outcome):
                self._keep(part, again, progress)
                return
            error = again
        for point, arm, replicate in part.runs:
            single = self._plan.part([(point, arm)], [replicate])
            result: Outcome | Exception = error
            if len(part.runs) > 1:
                ((_, result),) = _alone(single.task) if lost else attempts([single.task], 1)
            if isinstance(result, Outcome):
                self._keep(single, result, progress)
            else:
                self._fail(single, result, progress)

    def _fail(self, part: Part, error: Exception, progress: Progress) -> None:
        ((point, arm, replicate),) = part.runs
        scenario = self.scenarios[point]
        cause = _printable(f"{type(error).__name__}: {error}".splitlines()[0])
        said = self.study.said(point)
        head = [
            f"A run that failed. Study {self.study.name}, point {point + 1} ({said}), arm {arm},",
            f"replicate {replicate}, seed {scenario.settings.seed}, code {self.store.code}.",
            "The scenario below runs it again.",
            *"".join(traceback.format_exception(error)).splitlines(),
        ]
        record = "".join(f"# {_printable(line)}\n" for line in head) + "\n" + resolved_toml(scenario)
        path = self.store.fail(self.names[point, arm, replicate], cause, record)
        progress.failed += 1
        progress.failures.append(f"point {point + 1} ({said}), arm {arm}, replicate {replicate}: {cause}; see {path}")


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _alone(task: Task) -> Iterator[tuple[Task, Outcome | Exception]]:
    """A task in a process of its own, which it may bring down with it."""
    return attempts([task], 2)


def deciding_code() -> str:
    """A hash of the code that decides numbers, the libraries that compute them included."""
    return code_hash(_DECIDING_FLOORS, ("numpy", "scipy"))


def _adoption_changes(part: Part, outcome: Outcome) -> np.ndarray:
    """What the measures of spread need of the weekly figures, which are not kept (replicates, areas, lanes)."""
    lanes, points = part.task.lanes, part.task.points
    found = np.full(outcome.totals["opened_week"].shape, np.nan)
    for at, lane in enumerate(lanes):
        scenario = points[lane.point]
        reference = Lane(scenario.settings.reference_arm, lane.point)
        base = lanes.index(reference if reference in lanes else Lane(scenario.settings.reference_arm))
        found[..., at] = adoption_change(scenario, outcome, at, base)
    return found
