"""Running a study: what is missing is run, interleaved over all points, and kept as it finishes."""

import json
import math
import re
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from modsim.findings.folder import code_hash
from modsim.inputs.problems import ScenarioError
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml
from modsim.simulation.lanes import LANE_TABLES, Lane, what_makes_the_world
from modsim.simulation.parallel import LostWorkerError, Task, attempts, worthwhile_workers
from modsim.simulation.runs import Outcome
from modsim.studies.store import RunName, RunStore, run_name
from modsim.studies.study import LoadedStudy, StudyError

_ROWS_IN_A_TASK = 160_000  # people-lanes side by side, as in a comparison
_WORK_A_SECOND = 6_000_000  # people-lane-weeks of one process, a first guess that the run itself corrects
_DECIDING_FLOORS = ("rules", "inputs", "world", "simulation")  # the code that decides numbers

Run = tuple[int, str, int]  # point, arm, replicate


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
        match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(runs?|s|min|h)\s*", text)
        if not match:
            raise StudyError([f"--budget {text!r}: write a number of runs or a time: 200runs, 90s, 10min or 2h"])
        amount, unit = float(match[1]), match[2]
        if unit.startswith("run"):
            return cls(runs=math.floor(amount))
        return cls(seconds=amount * {"s": 1, "min": 60, "h": 3600}[unit])


@dataclass
class Progress:
    """Where a study stands while it runs. Work is in people-lane-weeks."""

    runs: int
    found: int
    finished: int = 0
    failed: int = 0
    work: int = 0
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
    work: int
    seconds: float
    megabytes: float
    by_other_code: dict[str, int]


class StudyRun:
    """A study beside its store: what is done, what is missing, and the running of it."""

    def __init__(self, study: LoadedStudy, store: RunStore):
        self.study, self.store = study, store
        self._points: dict[int, Scenario] = {}
        self._check_points()

    def _check_points(self) -> None:
        """Every point is a scenario that can be run, or the study is refused before anything starts."""
        problems: list[str] = []
        for point in range(len(self.study.points)):
            try:
                self._points[point] = self.study.scenario_at(point)
            except ScenarioError as error:
                problems += error.problems
        if problems:
            more = [f"… and {len(problems) - 5} more problems at other points"] if len(problems) > 5 else []
            raise StudyError(problems[:5] + more)

    def scenario(self, point: int) -> Scenario:
        """The whole scenario at a point."""
        return self._points[point]

    @cached_property
    def names(self) -> dict[Run, RunName]:
        """The name of every run of the study in the store, in the order of the design."""
        found = {}
        for point, scenario in self._points.items():
            where = json.dumps(deciding_content(scenario), sort_keys=True)
            reference = scenario.arms[self.study.reference].model_dump(exclude={"label"})
            for arm in self.study.arms:
                levers = json.dumps([scenario.arms[arm].model_dump(exclude={"label"}), reference], sort_keys=True)
                for replicate in range(self.study.replicates):
                    found[point, arm, replicate] = run_name(self.store.code, where, levers, replicate)
        return found

    def standing(self) -> tuple[set[Run], dict[Run, str]]:
        """The runs that are finished, and those that failed with the cause of each."""
        finished, failed = self.store.known(list(self.names.values()))
        done = {run for run, name in self.names.items() if name.key in finished}
        causes = {run: failed[name.key].cause for run, name in self.names.items() if name.key in failed}
        return done, causes

    def forecast(self, retry_failed: bool = False, workers: int | None = None) -> Forecast:
        """What a run of the study would have to do."""
        done, failed = self.standing()
        missing = self._missing(done, failed, retry_failed)
        work = sum(task.work for task in self._tasks(missing))
        processes = max(1, workers or worthwhile_workers(work))
        rows = len(missing) * len(self.study.scenario.areas)
        return Forecast(
            len(self.names), len(done), len(failed), len(missing), work, work / _WORK_A_SECOND / processes,
            rows * 150 / 1e6, self.store.by_other_code(list(self.names.values())),
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
        missing = self._missing(done, failed, retry_failed)
        tasks = self._tasks(missing)
        progress = Progress(len(self.names), len(done), work=sum(task.work for task in tasks))
        if not retry_failed:
            progress.failed, progress.failures = len(failed), []
        tell(progress)
        workers = workers or worthwhile_workers(progress.work)
        start = progress.work_done

        def partly(task: Task, share: float) -> None:
            progress.work_done = start + task.work * share
            tell(progress)

        try:
            for task, result in attempts(self._affordable(tasks, budget, progress), workers, partly):
                assert isinstance(task, StudyTask)
                if isinstance(result, Outcome):
                    self._keep(task, result, progress)
                else:
                    self._try_singly(task, result, progress)
                start += task.work
                progress.work_done = start
                tell(progress)
        except KeyboardInterrupt:
            progress.stopped = "stopped by hand"
        self.store.gather()
        return progress

    def _missing(self, done: set[Run], failed: Iterable[Run], retry_failed: bool) -> list[Run]:
        skip = done if retry_failed else done | set(failed)
        return [run for run in self.names if run not in skip]

    def _tasks(self, missing: list[Run]) -> list["StudyTask"]:
        """What is missing in parts, in an order in which an early stop leaves all points served alike.

        A part holds points that share a world, with all arms that one of its futures lacks; points of a part are
        taken from all over the design.
        """
        worlds: dict[str, list[int]] = {}
        for point in sorted({point for point, _, _ in missing}, key=_scattered):
            worlds.setdefault(json.dumps(what_makes_the_world(self._points[point])), []).append(point)
        lacks: dict[tuple[int, int], tuple[str, ...]] = {}
        for point, arm, replicate in missing:
            lacks[point, replicate] = (*lacks.get((point, replicate), ()), arm)
        parts = []
        for points in worlds.values():
            scenario = self._points[points[0]]
            people = sum(scenario.young_people_in(area) for area in scenario.areas)
            lanes = max(1, _ROWS_IN_A_TASK // people)
            together = max(1, lanes // len(self.study.arms))
            for place in range(0, len(points), together):
                chunk = points[place : place + together]
                abreast = max(1, min(lanes // (len(chunk) * len(self.study.arms)), -(-self.study.replicates // 4)))
                for block in range(0, self.study.replicates, abreast):
                    numbers = range(block, min(block + abreast, self.study.replicates))
                    alike: dict[tuple[tuple[str, ...], ...], list[int]] = {}  # futures that lack the same
                    for replicate in numbers:
                        alike.setdefault(tuple(lacks.get((p, replicate), ()) for p in chunk), []).append(replicate)
                    for arms, replicates in alike.items():
                        wanted = [(p, arm) for p, names in zip(chunk, arms, strict=True) for arm in names]
                        if wanted:
                            parts.append((block / self.study.replicates, place, self._task(wanted, replicates)))
        return [task for _, _, task in sorted(parts, key=lambda part: part[:2])]

    def _task(self, wanted: list[tuple[int, str]], replicates: list[int]) -> "StudyTask":
        """The wanted arms at their points, and the reference beside them: some figures are taken against it."""
        points = list(dict.fromkeys(point for point, _ in wanted))
        lanes = [Lane(arm, points.index(point)) for point, arm in wanted]
        lanes += [lane for k in range(len(points)) if (lane := Lane(self.study.reference, k)) not in lanes]
        return StudyTask([self._points[p] for p in points], lanes, replicates, points, set(wanted))

    def _affordable(self, tasks: list["StudyTask"], budget: Budget, progress: Progress) -> Iterator["StudyTask"]:
        """Tasks as long as there is budget left for them; the last may be cut to what is left, all arms of a point."""
        until = None if budget.seconds is None else time.monotonic() + budget.seconds
        left = budget.runs
        for whole in tasks:
            task = whole
            if until is not None and time.monotonic() >= until:
                progress.stopped = "the time of the budget is over"
                return
            if left is not None:
                cut = self._cut(task, left)
                if cut is None:
                    progress.stopped = "the runs of the budget are spent"
                    return
                left = left - cut.runs if cut is task else 0
                task = cut
            yield task

    def _cut(self, task: "StudyTask", runs: int) -> "StudyTask | None":
        """The part of a task that so many runs allow: whole points in some of its futures, or nothing."""
        if task.runs <= runs:
            return task
        a_future = task.runs // len(task.replicates)
        if runs >= a_future:
            return self._task(sorted(task.wanted), task.replicates[: runs // a_future])
        wanted: list[tuple[int, str]] = []
        for point in task.numbers:
            more = [(p, arm) for p, arm in sorted(task.wanted) if p == point]
            if len(wanted) + len(more) > runs:
                break
            wanted += more
        return self._task(wanted, task.replicates[:1]) if wanted else None

    def _keep(self, task: "StudyTask", outcome: Outcome, progress: Progress) -> None:
        areas = [area.id for area in self.study.scenario.areas]
        wanted = [k for k, lane in enumerate(task.lanes) if (task.numbers[lane.point], lane.arm) in task.wanted]
        runs = [
            (r, k, self.names[task.numbers[task.lanes[k].point], task.lanes[k].arm, number])
            for r, number in enumerate(task.replicates)
            for k in wanted
        ]
        at = np.array([r for r, _, _ in runs]), np.array([k for _, k, _ in runs])
        figures = {**outcome.totals, **{f"spent_{heading}": hours for heading, hours in outcome.spent.items()}}
        self.store.add(
            pd.DataFrame(
                {
                    "key": np.repeat([name.key for _, _, name in runs], len(areas)),
                    "what": np.repeat([name.what for _, _, name in runs], len(areas)),
                    "area": np.tile(areas, len(runs)),
                    **{name: values[at[0], :, at[1]].astype(float).ravel() for name, values in figures.items()},
                }
            )
        )
        progress.finished += len(runs)

    def _try_singly(self, task: "StudyTask", error: Exception, progress: Progress) -> None:
        """A task that failed is done again run by run, each alone, so that only what must fails."""
        lost = isinstance(error, LostWorkerError)
        if lost:  # perhaps another task brought the process down
            ((_, again),) = _alone(task)
            if isinstance(again, Outcome):
                self._keep(task, again, progress)
                return
            error = again
        runs = [(point, arm, replicate) for replicate in task.replicates for point, arm in sorted(task.wanted)]
        for point, arm, replicate in runs:
            single = self._task([(point, arm)], [replicate])
            result: Outcome | Exception = error
            if len(runs) > 1:
                ((_, result),) = _alone(single) if lost else attempts([single], 1)
            if isinstance(result, Outcome):
                self._keep(single, result, progress)
            else:
                self._fail(single, result, progress)

    def _fail(self, task: "StudyTask", error: Exception, progress: Progress) -> None:
        ((point, arm),), (replicate,) = task.wanted, task.replicates
        lines = traceback.format_exception(error)
        cause = f"{type(error).__name__}: {error}".splitlines()[0]
        scenario = self._points[point]
        said = ", ".join(f"{key} = {value}" for key, value in self.study.points[point].items())
        head = [
            f"A run that failed. Study {self.study.name}, point {point + 1} ({said}), arm {arm}, future {replicate},",
            f"seed {scenario.settings.seed}, code {self.store.code}. The scenario below runs it again.",
            *"".join(lines).splitlines(),
        ]
        record = "".join(f"# {line}\n" for line in head) + "\n" + resolved_toml(scenario)
        path = self.store.fail(self.names[point, arm, replicate], cause, record)
        progress.failed += 1
        progress.failures.append(f"point {point + 1} ({said}), arm {arm}, future {replicate}: {cause}; see {path}")


@dataclass(frozen=True)
class StudyTask(Task):
    """A task of a study: `numbers` are its points' places in the study, `wanted` the arms to keep, with their point."""

    numbers: list[int]
    wanted: set[tuple[int, str]]

    @property
    def runs(self) -> int:
        return len(self.wanted) * len(self.replicates)


def _alone(task: StudyTask) -> Iterator[tuple[Task, Outcome | Exception]]:
    """A task in a process of its own, which it may bring down with it."""
    return attempts([task], 2)


def deciding_content(scenario: Scenario) -> dict[str, object]:
    """Everything of a scenario that decides the numbers of a run, but its arms."""
    tables = scenario.model_dump(include=set(LANE_TABLES), mode="json")
    return {**what_makes_the_world(scenario), **tables, "dissimilarity": scenario.world.dissimilarity}


def deciding_code() -> str:
    """A hash of the code that decides numbers, the libraries that compute them included."""
    return code_hash(_DECIDING_FLOORS, ("numpy", "scipy"))


def _scattered(point: int) -> float:
    """A place in the order of running such that the first points taken lie all over the design (van der Corput)."""
    share, step = 0.0, 0.5
    while point:
        share, point, step = share + step * (point & 1), point >> 1, step / 2
    return share
