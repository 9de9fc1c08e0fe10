"""Running tasks in this process or in several: the numbers are the same, only the waiting differs."""

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from multiprocessing import resource_tracker
from typing import Any, Protocol

import numpy as np

from modsim.compiling.interrupts import not_broken_into, was_interrupted
from modsim.inputs.mechanisms import as_it_runs
from modsim.inputs.problems import InputError
from modsim.inputs.scenario import Scenario
from modsim.simulation.ahead import compile_ahead
from modsim.simulation.lanes import what_makes_the_past
from modsim.simulation.records import weekly_measures
from modsim.simulation.rulebook import Rules
from modsim.simulation.runs import Lane, Outcome, Pasts, run

_BYTES_OF_A_PERSON, _BYTES_IN_A_LANE = 600, 350  # 460 and 180 by `python -m benchmarks --only memory`, and room
_BYTES_OF_A_FIGURE = 8
_WORK_A_SECOND = 14_000_000  # people-lane-weeks of one process: a first guess
_SECONDS_A_WEEK = 0.003  # of a task, however small
_WORTH_ANOTHER_THREAD = 50_000  # people-lanes: a stage then takes some milliseconds
_WORTH_ANOTHER_PROCESS = 24_000_000  # people-lane-weeks, some two seconds' work: starting a process takes one


@dataclass(frozen=True)
class Cost:
    """What lanes take: people-lane-weeks lived, weeks one after the other, and bytes while they run and of results."""

    work: int
    weeks: int
    bytes: int
    bytes_of_results: int

    @property
    def seconds(self) -> float:
        """A guess of how long one process takes."""
        return self.work / _WORK_A_SECOND + self.weeks * _SECONDS_A_WEEK

    def times(self, replicates: int) -> "Cost":
        """What so many times the replicates cost."""
        return Cost(self.work * replicates, self.weeks, self.bytes * replicates, self.bytes_of_results * replicates)


def cost_of_one(points: Sequence[Scenario], lanes: Sequence[Lane], lanes_by_week: int | None = None) -> Cost:
    """What a replicate of some lanes costs, side by side: the one measure of whatever is to be run.

    The history is lived once for each past that the points have, then every lane lives its weeks.
    """
    first = points[0]
    settings, people = first.settings, first.young_people
    lived = [as_it_runs(points[place]) for place in dict.fromkeys(lane.point for lane in lanes)]
    pasts = len({json.dumps(what_makes_the_past(point)) for point in lived})
    figures = settings.weeks * len(first.areas) * len(weekly_measures(first)) * _BYTES_OF_A_FIGURE
    return Cost(
        people * (settings.weeks * len(lanes) + settings.history_weeks * pasts),
        settings.history_weeks + settings.weeks,
        people * (_BYTES_OF_A_PERSON + _BYTES_IN_A_LANE * len(lanes)) + figures * len(lanes),
        figures * (len(lanes) if lanes_by_week is None else min(lanes_by_week, len(lanes))),
    )


@dataclass(frozen=True)
class Task:
    """Some replicates of some lanes at some parameter points, to be run side by side, in one process.

    A large one takes so many `threads` as it is given. Weekly figures are kept of all lanes, or of so many first ones.
    Where there are many alike, they may be told what one replicate costs, which takes a while to work out.
    """

    points: list[Scenario]
    lanes: list[Lane]
    replicates: list[int]
    rules: Rules | None = None
    threads: int = 1
    lanes_by_week: int | None = None
    of_one: Cost | None = None

    @cached_property
    def cost(self) -> Cost:
        of_one = self.of_one or cost_of_one(self.points, self.lanes, self.lanes_by_week)
        return of_one.times(len(self.replicates))

    @property
    def work(self) -> int:
        """People-lane-weeks, the history of each past counted once."""
        return self.cost.work

    @property
    def bytes(self) -> int:
        """About how much memory it takes while it runs."""
        return self.cost.bytes

    def outcome(self, each_week: Callable[[int], None] | None = None, kept: Pasts | None = None) -> Outcome:
        rows = self.points[0].young_people * len(self.replicates) * len(self.lanes)
        threads = min(self.threads, 1 + rows // _WORTH_ANOTHER_THREAD)
        found = run(self.points, self.lanes, self.replicates, each_week, kept, self.rules, threads=threads)
        if self.lanes_by_week is None:
            return found
        return replace(found, weekly=np.ascontiguousarray(found.weekly[..., : self.lanes_by_week, :]))


class Work(Protocol):
    """What a process can be given to do."""

    def outcome(self, each_week: Callable[[int], None] | None = None) -> Any: ...


class DoesNotFitError(InputError):
    """What is to run would not fit into the memory that is free."""


class LostWorkerError(RuntimeError):
    """A process that worked on a task ended without a word, most often because memory ran out."""


def outcomes(
    tasks: Sequence[Task], workers: int | None = None, partly: Callable[[Task, float], None] | None = None
) -> Iterator[tuple[Task, Outcome]]:
    """Each task with its outcome, as they finish; the first failure of one is raised.

    `workers` is the number of processes; by default as many as there are processors, fewer for small jobs. Where there
    are fewer tasks than that, large ones take several threads instead. `partly`
    is told which share of a task is done while it runs, as far as it runs in this process. Stopping the iteration,
    by Ctrl-C or otherwise, ends the processes at once.

    Raises
    ------
    DoesNotFitError
        when they would not fit into memory; nothing was begun.
    LostWorkerError
        when a process died; tasks that had finished before were given out already.
    """
    if workers is None:
        workers = worthwhile_workers(sum(task.work for task in tasks))
    processes = max(min(workers, len(tasks)), 1)
    check_memory(tasks, processes)
    to_run = [replace(task, threads=workers // processes) for task in tasks]
    given = {id(run): task for run, task in zip(to_run, tasks, strict=True)}
    trying = attempts(to_run, processes, partly)
    try:
        for task, result in trying:
            if isinstance(result, Exception):
                raise result
            yield given[id(task)], result
    finally:
        trying.close()


def check_memory(tasks: Sequence[Task], processes: int) -> None:
    """Refuse tasks that would not fit into the memory that is free, so many at once.

    Raises
    ------
    DoesNotFitError
        saying how much it would take and what to change.
    """
    import psutil  # only here: processes that work do not need it

    needed = sum(sorted((task.bytes for task in tasks), reverse=True)[:processes])
    free = psutil.virtual_memory().available
    if needed <= free:
        return
    largest = max(tasks, key=lambda task: task.bytes)
    people, lanes = largest.points[0].young_people * len(largest.replicates), len(largest.lanes)
    raise DoesNotFitError(
        [
            f"this would take about {needed / 1e9:.1f} GB of memory ({people:,} young people in {lanes} lanes, in "
            f"{processes} process{'' if processes == 1 else 'es'} at once), and {free / 1e9:.1f} GB are free; take "
            "fewer arms (settings.arms), fewer settings.break_even_points, fewer processes (--workers 1) or smaller "
            "populations"
        ]
    )


def worthwhile_workers(work: int) -> int:
    """Processes for so many people-lane-weeks: as many as there are processors, fewer for small jobs."""
    return min(multiprocessing.cpu_count(), 1 + work // _WORTH_ANOTHER_PROCESS)


def attempts[T: Work](
    tasks: Iterable[T], workers: int, partly: Callable[[T, float], None] | None = None
) -> Generator[tuple[T, Any]]:
    """Each task with its outcome or with what went wrong, as they finish; one failure does not stop the others.

    Tasks are taken from the iterable as processes come free. A process that dies costs the tasks that were under way,
    which come back with a `LostWorkerError`. `partly` and stopping are as in `outcomes`.
    """
    if workers <= 1:
        for task in tasks:
            try:
                yield task, task.outcome(_telling(task, partly) if partly else None)
            except Exception as trouble:
                if was_interrupted(trouble):
                    raise KeyboardInterrupt from None
                yield task, trouble
        return
    compile_ahead()  # once, not in each of them
    context = multiprocessing.get_context("spawn")
    waiting = iter(tasks)
    while True:
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=leave_with_parent)
        under_way: dict[Future[Any], T] = {}
        lost = False
        try:
            while not lost:
                # held back twice: another thread, such as that of a progress bar, hears a signal this one is deaf to
                with not_broken_into(), children_leave_stopping_to_parent():
                    for task in islice(waiting, workers + 1 - len(under_way)):  # one in hand, so that nobody waits
                        under_way[_submitted(pool, task)] = task
                if not under_way:
                    break
                finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in finished:
                    lost = lost or isinstance(future.exception(), BrokenProcessPool)
                for future in list(under_way) if lost else finished:
                    error = future.exception()
                    if isinstance(error, BrokenProcessPool):
                        error = LostWorkerError(
                            "a worker process ended without a word, most often because memory ran out (try fewer "
                            "--workers, or close other programs); a script of your own must call it under "
                            "`if __name__ == '__main__':`"
                        )
                    if error is not None and not isinstance(error, Exception):
                        raise error
                    yield under_way.pop(future), future.result() if error is None else error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        pool.shutdown()
        if not lost:
            return


def leave_with_parent() -> None:
    """Called in a worker process: it ends when the process that started it does, however that ends."""

    def wait_for_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait_for_parent, daemon=True).start()


def _telling(task: Any, partly: Callable[[Any, float], None]) -> Callable[[int], None]:
    """What to call after each week of a task, so that `partly` hears which share of the weeks is done."""
    settings = task.points[0].settings
    weeks = settings.history_weeks + settings.weeks
    return lambda week: partly(task, (week + settings.history_weeks + 1) / weeks)


def _submitted(pool: ProcessPoolExecutor, task: Work) -> Future[Any]:
    try:
        return pool.submit(task.outcome)
    except BrokenProcessPool as error:  # a process died while it had nothing to do
        future: Future[Any] = Future()
        future.set_exception(error)
        return future


@contextmanager
def children_leave_stopping_to_parent() -> Iterator[None]:
    """Processes started meanwhile inherit a deaf ear for Ctrl-C; one that is pressed meanwhile is heard afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where nothing of the kind is inherited
        yield
        return
    resource_tracker.ensure_running()  # which would open the ear again if it were started below
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
