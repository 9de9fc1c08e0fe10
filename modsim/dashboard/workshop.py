"""Runs in the background: in processes that keep their worlds, with progress, stopped as soon as nobody waits."""

import hashlib
import math
import multiprocessing
import os
import signal
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from modsim.dashboard.benches import Bench, Turn
from modsim.findings.comparison import Comparison, arms_to_run, break_even_lanes
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import Task, leave_with_parent
from modsim.simulation.runs import Outcome, Pasts

MOST_WORK = 1_500_000_000  # people-lane-weeks, break-even included: some two minutes on two cores
MOST_WORK_AT_ONCE = 80_000_000  # of one replicate of a large scenario: some ten seconds, for which others wait
MOST_PEOPLE = 400_000  # young people times replicates: their world takes seconds to build, in which nothing can stop
MOST_BYTES = 1_500_000_000  # while a process works
MOST_BYTES_OF_RESULTS = 300_000_000
_ROWS_AT_ONCE = 20_000  # people lived side by side; fewer over long horizons, so that others soon have their turn
_WEEKS_AT_ONCE = 260
_WORK_AT_ONCE = 28_000_000  # people-lane-weeks of break-even lanes side by side: some two seconds
_ROWS_KEPT = 100_000  # people of one process whose world is kept between runs
_PERSON_WEEKS_KEPT = _ROWS_KEPT * 208  # some 1 GB in each process
_ANSWERS_KEPT = 48
_BYTES_KEPT = 600_000_000  # of answers
_ESTIMATE_SHARE = 0.5  # of the replicates, for the first picture


class TooLargeError(ValueError):
    """A scenario that would keep the page busy for too long; the message says what to do."""


class _StoppedError(Exception):
    """Nobody waits for this run any more."""


@dataclass(frozen=True)
class Answer:
    """A comparison of the replicates that are there: an estimate from some, then exact, then with its break-even."""

    comparison: Comparison
    state: str  # "estimate" or "exact"
    has_break_even: bool


class Job:
    """One scenario being worked out. Those who wait for it come with `join` and go with `leave`."""

    def __init__(self, scenario: Scenario, name: str, plan: "Plan"):
        self.scenario, self.name, self.plan = scenario, name, plan
        self.answer: Answer | None = None
        self.share = 0.0
        self.error: str | None = None
        self.finished = False
        self._changed = threading.Condition()
        self._waiting: Counter[str] = Counter()
        self._version = 0

    def join(self, visitor: str = "") -> None:
        with self._changed:
            self._waiting[visitor] += 1

    def leave(self, visitor: str = "") -> None:
        """Wait no longer; when nobody does, the work stops."""
        with self._changed:
            self._waiting[visitor] -= 1
            self._waiting = +self._waiting

    @property
    def is_wanted(self) -> bool:
        return bool(self._waiting)

    def visitors(self) -> list[str]:
        """Who waits for it."""
        with self._changed:
            return list(self._waiting)

    def next_change(self, seen: int, seconds: float) -> int:
        """Wait until something has changed since `seen`, or the seconds are over; returns the present version."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen, seconds)
            return self._version

    def tell(self, **news: Any) -> None:
        with self._changed:
            for name, value in news.items():
                setattr(self, name, value)
            self._version += 1
            self._changed.notify_all()


Batch = tuple[int, Task]  # the place of a bench, and what it lives through side by side


@dataclass(frozen=True)
class Plan:
    """What there is to do for an answer: stages of the arms, an estimate first, and then the break-even lanes.

    Every bench has its share of the replicates in batches that stay the same while levers move, so that it finds their
    worlds again.
    """

    stages: list[list[Batch]]
    break_even: list[Batch]
    tried: list[float]

    @property
    def tasks(self) -> list[Task]:
        return [task for stage in (*self.stages, self.break_even) for _, task in stage]

    @property
    def work(self) -> int:
        return sum(task.work for task in self.tasks)

    @property
    def bytes_of_results(self) -> int:
        return sum(task.cost.bytes_of_results for task in self.tasks)


def planned(scenario: Scenario, benches: int) -> Plan:
    """A comparison in batches of bounded work."""
    arms, settings = arms_to_run(scenario), scenario.settings
    points, further = break_even_lanes(scenario, arms)
    rows = _ROWS_AT_ONCE // math.ceil(settings.weeks / _WEEKS_AT_ONCE)
    size = max(1, rows // scenario.young_people)
    stages: tuple[list[Batch], list[Batch]] = ([], [])
    for place in range(benches):
        share = list(range(settings.replicates))[place::benches]
        first = max(1, round(len(share) * _ESTIMATE_SHARE)) if len(share) > 2 else len(share)
        for stage, numbers in zip(stages, (share[:first], share[first:]), strict=True):
            for start in range(0, len(numbers), size):
                lanes = [Lane(arm) for arm in arms]
                stage.append((place, Task([scenario], lanes, numbers[start : start + size])))
    beyond = []
    for place, task in [batch for stage in stages for batch in stage]:
        people = scenario.young_people * len(task.replicates)
        abreast = max(1, _WORK_AT_ONCE // (people * settings.weeks * 2)) * 2  # the two plans at one point, or several
        for start in range(0, len(further), abreast):
            lanes = further[start : start + abreast]
            beyond.append((place, Task(points, lanes, task.replicates, lanes_by_week=0)))
    return Plan([stage for stage in stages if stage], beyond, [point.world.dissimilarity for point in points])


def check_size(scenario: Scenario, benches: int = 1) -> Plan:
    """The plan of a scenario; what would keep the page busy for too long is refused.

    Raises
    ------
    TooLargeError
        with what to do instead.
    """
    settings, people = scenario.settings, scenario.young_people
    if people * settings.replicates <= MOST_PEOPLE:
        plan = planned(scenario, benches)
        if (
            plan.work <= MOST_WORK
            and max(task.work for task in plan.tasks) <= MOST_WORK_AT_ONCE
            and max(task.bytes for task in plan.tasks) <= MOST_BYTES
            and plan.bytes_of_results <= MOST_BYTES_OF_RESULTS
        ):
            return plan
    raise TooLargeError(
        f"This scenario is too large for the page ({people:,} young people, {settings.replicates:,} simulated futures, "
        f"{settings.weeks:,} weeks, {len(settings.break_even_points)} break-even points). Run it with "
        "`modsim compare`, or lower settings.replicates, settings.weeks, settings.break_even_points or the populations "
        "in the file."
    )


class Workshop:
    """Processes that work out comparisons, one answer for each content, however many wait for it.

    Visitors take turns, batch by batch. With no processes all is done in a thread of this one.
    """

    def __init__(self, processes: int | None = None):
        self._processes = min(os.cpu_count() or 1, 4) if processes is None else processes
        self._context = multiprocessing.get_context("spawn")
        places = max(self._processes, 1)
        self._board = self._context.Array("q", 2 * places, lock=False)
        self._benches = [Bench(self._process, self._board, place) for place in range(places)]
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._kept: set[str] = set()

    def ask(self, scenario: Scenario, name: str = "scenario", visitor: str = "") -> Job:
        """The job of a scenario, new or under way or finished; call its `leave` when you wait no longer.

        Raises
        ------
        TooLargeError
            when it would take too long for a page.
        """
        key = _key(scenario)
        plan = check_size(scenario, len(self._benches))
        with self._lock:
            job = self._jobs.get(key)
            if job is None or (job.error and not job.is_wanted):
                job = self._jobs[key] = Job(scenario, name, plan)
                threading.Thread(target=self._work, args=(job, key), daemon=True).start()
            job.join(visitor)
            self._jobs.move_to_end(key)
            self._make_room()
            return job

    def keep(self, scenarios: Iterable[Scenario]) -> None:
        """Never forget the answers of these, once they are there."""
        self._kept |= {_key(scenario) for scenario in scenarios}

    def close(self) -> None:
        """Stop everything at once."""
        executors = [bench.close() for bench in self._benches]
        for process in multiprocessing.active_children():
            process.terminate()
        for executor in executors:
            if executor is not None:
                executor.shutdown(wait=bool(self._processes))

    def _make_room(self) -> None:
        """Forget the answers asked for longest ago, those to keep apart."""
        passing = {key: job for key, job in self._jobs.items() if job.finished and key not in self._kept}
        held = sum(job.plan.bytes_of_results for job in passing.values())
        for key, job in list(passing.items()):
            if len(passing) <= _ANSWERS_KEPT and held <= _BYTES_KEPT:
                return
            held -= job.plan.bytes_of_results
            del self._jobs[key], passing[key]

    # --- one job -------------------------------------------------------------------------------------------------

    def _work(self, job: Job, key: str) -> None:
        try:
            self._answer(job)
            job.tell(finished=True, share=1.0)
        except _StoppedError:
            job.tell(error="stopped")
        except BrokenProcessPool:
            self._forget(job, key)
            job.tell(error="A worker process stopped, most often because memory ran out.")
        except Exception as error:  # the page must tell it, and go on
            self._forget(job, key)
            job.tell(error=f"This could not be worked out ({type(error).__name__}: {error}).")

    def _forget(self, job: Job, key: str) -> None:
        with self._lock:
            if self._jobs.get(key) is job:
                del self._jobs[key]

    def _is_left(self, job: Job) -> bool:
        """Whether nobody waits for a job any more; if so nobody can come to wait for it either."""
        with self._lock:
            if job.is_wanted:
                return False
            for key in [key for key, one in self._jobs.items() if one is job]:
                del self._jobs[key]
            return True

    def _answer(self, job: Job) -> None:
        """First some of the replicates, then all, then the break-even."""
        scenario, stages = job.scenario, job.plan.stages
        parts: list[Outcome] = []
        for place, stage in enumerate(stages):
            begun = place / len(stages)

            def tell(share: float, begun: float = begun) -> None:
                job.tell(share=begun + share / len(stages))

            parts += self._done(job, stage, tell)
            state = "exact" if place == len(stages) - 1 else "estimate"
            comparison = Comparison(scenario, job.name, Outcome.joined(parts), [scenario.world.dissimilarity])
            _ = comparison.verdict, comparison.estimates  # worked out here, not while the page is drawn
            job.tell(answer=Answer(comparison, state, has_break_even=not job.plan.break_even))
        if job.plan.break_even:
            outcome = Outcome.joined(parts)
            by_lanes: dict[tuple[Lane, ...], list[Outcome]] = {}
            for part in self._done(job, job.plan.break_even, lambda share: None):
                by_lanes.setdefault(tuple(part.lanes), []).append(part)
            for beyond in by_lanes.values():
                outcome = outcome.beside(Outcome.joined(beyond))
            whole = Comparison(scenario, job.name, outcome, job.plan.tried)
            _ = whole.verdict, whole.estimates, whole.break_even
            job.tell(answer=Answer(whole, "exact", has_break_even=True))

    def _done(self, job: Job, batches: list[Batch], tell: Callable[[float], None]) -> list[Outcome]:
        """The outcomes of these batches; every bench does its own, in turn with those of others."""
        board = None if self._processes else self._board
        keeps = job.scenario.young_people * job.scenario.settings.replicates <= _ROWS_KEPT * len(self._benches)
        turns = [
            (self._benches[place], self._benches[place].put(job.visitors, _live, task, keeps, board), task)
            for place, task in batches
        ]
        pending = {turn.future for _, turn, _ in turns}
        total = sum(task.work for _, _, task in turns)
        while pending:
            done, pending = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
            failed = [future for future in done if future.cancelled() or future.exception()]
            if failed or self._is_left(job):
                for bench, turn, _ in turns:
                    bench.stop(turn)
                for future in failed:
                    future.result()
                raise _StoppedError
            tell(sum(task.work * _share(bench, turn, task) for bench, turn, task in turns) / total)
        return [turn.future.result() for _, turn, _ in turns]

    def _process(self) -> Executor:
        if not self._processes:
            return ThreadPoolExecutor(1)
        return ProcessPoolExecutor(1, mp_context=self._context, initializer=_begin, initargs=(self._board,))


def _key(scenario: Scenario) -> str:
    return hashlib.sha256(resolved_toml(scenario).encode()).hexdigest()


def _share(bench: Bench, turn: Turn, task: Task) -> float:
    """How much of a batch is done."""
    return 1.0 if turn.future.done() else min(bench.weeks(turn) / task.cost.weeks, 1.0)


# --- in the processes -------------------------------------------------------------------------------------------------

_kept = Pasts(most=100, person_weeks=_PERSON_WEEKS_KEPT)
_shared_board: Any = None


def _begin(board: Any) -> None:
    global _shared_board
    leave_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    _shared_board = board


def _live(task: Task, keeps: bool, board: Any, number: int, place: int) -> Outcome:
    """One turn at a bench; looks every week whether it is still wanted."""
    board = _shared_board if board is None else board
    history = task.points[0].settings.history_weeks

    def each_week(week: int) -> None:
        if board[2 * place] == number:
            raise _StoppedError
        board[2 * place + 1] = history + week + 1

    return task.outcome(each_week, _kept if keeps else None)
