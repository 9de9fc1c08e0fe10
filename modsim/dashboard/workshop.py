"""Runs in the background: in processes that keep their worlds, with progress, stopped as soon as nobody waits."""

import hashlib
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from modsim.findings.comparison import Comparison, arms_to_run, break_even_lanes
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import leave_with_parent
from modsim.simulation.runs import Outcome, Pasts, run

MOST_WORK = 1_500_000_000  # people-lane-weeks: some three minutes on two cores
MOST_PEOPLE = 400_000  # young people times futures: their world takes seconds to build, in which nothing can stop
_ROWS_KEPT = 100_000  # people of one process whose world is kept between runs
_ANSWERS_KEPT = 48
_ESTIMATE_SHARE = 0.5  # of the futures, for the first picture
_SLOTS = 256


class TooLargeError(ValueError):
    """A scenario that would keep the page busy for too long; the message says what to do."""


class _StoppedError(Exception):
    """Nobody waits for this run any more."""


@dataclass(frozen=True)
class Answer:
    """A comparison of the futures that are there: an estimate from some, then exact, then with its break-even."""

    comparison: Comparison
    state: str  # "estimate" or "exact"
    has_break_even: bool


class Job:
    """One scenario being worked out. Those who wait for it come with `join` and go with `leave`."""

    def __init__(self, scenario: Scenario, name: str):
        self.scenario, self.name = scenario, name
        self.answer: Answer | None = None
        self.share = 0.0
        self.error: str | None = None
        self.finished = False
        self._changed = threading.Condition()
        self._waiting = 0
        self._version = 0

    def join(self) -> None:
        with self._changed:
            self._waiting += 1

    def leave(self) -> None:
        """Wait no longer; when nobody does, the work stops."""
        with self._changed:
            self._waiting -= 1

    @property
    def is_wanted(self) -> bool:
        return self._waiting > 0

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


class Workshop:
    """Processes that work out comparisons, one answer for each content, however many wait for it.

    Every process has its share of the futures, always the same, so that it finds their worlds again. With no
    processes all is done in a thread of this one.
    """

    def __init__(self, processes: int | None = None):
        self._processes = min(os.cpu_count() or 1, 4) if processes is None else processes
        self._benches: list[Executor] | None = None
        self._context = multiprocessing.get_context("spawn")
        self._board = self._context.Array("q", 2 * _SLOTS, lock=False)  # for each slot: who must stop, weeks lived
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._tickets = 0

    def ask(self, scenario: Scenario, name: str = "scenario") -> Job:
        """The job of a scenario, new or under way or finished; call its `leave` when you wait no longer.

        Raises
        ------
        TooLargeError
            when it would take too long for a page.
        """
        check_size(scenario)
        key = hashlib.sha256(resolved_toml(scenario).encode()).hexdigest()
        with self._lock:
            job = self._jobs.get(key)
            if job is None or (job.error and not job.is_wanted):
                job = self._jobs[key] = Job(scenario, name)
                threading.Thread(target=self._work, args=(job, key), daemon=True).start()
            job.join()
            self._jobs.move_to_end(key)
            for old in [k for k, one in self._jobs.items() if one.finished][: max(0, len(self._jobs) - _ANSWERS_KEPT)]:
                del self._jobs[old]
            return job

    def close(self) -> None:
        """Stop everything at once."""
        with self._lock:
            benches, self._benches = self._benches or [], None
        for bench in benches:
            bench.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        for bench in benches:
            bench.shutdown(wait=bool(self._processes))

    # --- one job -------------------------------------------------------------------------------------------------

    def _work(self, job: Job, key: str) -> None:
        try:
            self._answer(job)
            job.tell(finished=True, share=1.0)
        except _StoppedError:
            job.tell(error="stopped")
        except BrokenProcessPool:
            with self._lock:
                broken, self._benches = self._benches or [], None  # new processes for whoever asks next
            for bench in broken:
                bench.shutdown(wait=False, cancel_futures=True)
            self._forget(job, key)
            job.tell(error="A process that worked on this ended without a word, most often because memory ran out.")
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
        """First some of the futures, then all, then the break-even."""
        scenario = job.scenario
        arms = arms_to_run(scenario)
        lanes = [Lane(arm) for arm in arms]
        points, further = break_even_lanes(scenario, arms)
        numbers = list(range(scenario.settings.replicates))
        shares = [numbers[k :: max(self._processes, 1)] for k in range(max(self._processes, 1))]
        first = [share[: max(1, round(len(share) * _ESTIMATE_SHARE))] if len(share) > 2 else share for share in shares]
        rest = [share[len(some) :] for share, some in zip(shares, first, strict=True)]
        stages = [stage for stage in (first, rest) if any(stage)]
        parts: list[Outcome] = []
        for place, stage in enumerate(stages):
            begun = place / len(stages)

            def tell(share: float, begun: float = begun) -> None:
                job.tell(share=begun + share / len(stages))

            parts += self._done(job, [scenario], lanes, stage, tell)
            state = "exact" if place == len(stages) - 1 else "estimate"
            comparison = Comparison(scenario, job.name, Outcome.joined(parts), [scenario.world.dissimilarity])
            _ = comparison.verdict, comparison.estimates  # worked out here, not while the page is drawn
            job.tell(answer=Answer(comparison, state, has_break_even=not further))
        if further:
            beyond: list[Outcome] = []
            for stage in stages:
                beyond += self._done(job, points, further, stage, lambda x: None)
            outcome = Outcome.joined(parts).beside(Outcome.joined(beyond))
            whole = Comparison(scenario, job.name, outcome, [point.world.dissimilarity for point in points])
            _ = whole.verdict, whole.estimates, whole.break_even
            job.tell(answer=Answer(whole, "exact", has_break_even=True))

    def _done(
        self, job: Job, points: list[Scenario], lanes: list[Lane], stage: list[list[int]], tell: Callable[[float], None]
    ) -> list[Outcome]:
        """The outcomes of one stage: every bench runs its futures of it."""
        benches = self._ready_benches()
        settings = points[0].settings
        weeks = settings.history_weeks + settings.weeks
        running: list[Future[Outcome]] = []
        tickets = []
        for bench, replicates in zip(benches, stage, strict=True):
            if replicates:
                with self._lock:
                    self._tickets += 1
                    ticket = self._tickets
                slot = ticket % _SLOTS
                self._board[2 * slot], self._board[2 * slot + 1] = 0, 0
                tickets.append((ticket, slot))
                board = None if self._processes else self._board
                running.append(bench.submit(_live, points, lanes, replicates, ticket, board))
        pending = set(running)
        while pending:
            _, pending = wait(pending, timeout=0.1, return_when=FIRST_COMPLETED)
            if self._is_left(job):
                for ticket, slot in tickets:
                    self._board[2 * slot] = ticket
                for future in pending:
                    future.cancel()
                raise _StoppedError
            tell(sum(min(self._board[2 * slot + 1] / weeks, 1.0) for _, slot in tickets) / len(tickets))
        return [future.result() for future in running]

    def _ready_benches(self) -> list[Executor]:
        with self._lock:
            if self._benches is None:
                self._benches = (
                    [
                        ProcessPoolExecutor(1, mp_context=self._context, initializer=_begin, initargs=(self._board,))
                        for _ in range(self._processes)
                    ]
                    if self._processes
                    else [ThreadPoolExecutor(1)]
                )
            return self._benches


def check_size(scenario: Scenario) -> None:
    """Refuse what would take too long for a page.

    Raises
    ------
    TooLargeError
        with what to do instead.
    """
    people = scenario.young_people
    weeks = scenario.settings.history_weeks + scenario.settings.weeks
    work = people * scenario.settings.replicates * weeks * 3
    if work > MOST_WORK or people * scenario.settings.replicates > MOST_PEOPLE:
        raise TooLargeError(
            f"This scenario is too large for the page ({people:,} young people, {scenario.settings.replicates:,} "
            "futures). Run it with `modsim compare`, or lower settings.replicates or the populations in the file."
        )


# --- in the processes -------------------------------------------------------------------------------------------------

_kept = Pasts()
_shared_board: Any = None


def _begin(board: Any) -> None:
    global _shared_board
    leave_with_parent()
    _shared_board = board


def _live(points: Sequence[Scenario], lanes: Sequence[Lane], replicates: list[int], ticket: int, board: Any) -> Outcome:
    """One bench's part; looks every week whether it is still wanted."""
    board = _shared_board if board is None else board
    slot = ticket % _SLOTS
    first = points[0]

    def each_week(week: int) -> None:
        if board[2 * slot] == ticket:
            raise _StoppedError
        board[2 * slot + 1] = first.settings.history_weeks + week + 1

    people = first.young_people * len(replicates)
    return run(points, lanes, replicates, each_week, _kept if people <= _ROWS_KEPT else None)
