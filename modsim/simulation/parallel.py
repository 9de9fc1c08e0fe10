"""Running tasks in this process or in several: the numbers are the same, only the waiting differs."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass

from modsim.inputs.scenario import Scenario
from modsim.simulation.runs import Lane, Outcome, run

_WORTH_ANOTHER_PROCESS = 12_000_000  # people-lane-weeks, some two seconds' work: starting a process takes one


@dataclass(frozen=True)
class Task:
    """Some replicates of some lanes at some parameter points, to be run side by side."""

    points: list[Scenario]
    lanes: list[Lane]
    replicates: list[int]

    @property
    def work(self) -> int:
        """People-lane-weeks, the history counted once."""
        scenario = self.points[0]
        people = sum(scenario.young_people_in(area) for area in scenario.areas) * len(self.replicates)
        return people * (scenario.settings.weeks * len(self.lanes) + scenario.settings.history_weeks)

    def outcome(self, each_week: Callable[[int], None] | None = None) -> Outcome:
        return run(self.points, self.lanes, self.replicates, each_week)


class LostWorkerError(RuntimeError):
    """A process that worked on a task ended without a word, most often because memory ran out."""


def outcomes(
    tasks: Sequence[Task], workers: int | None = None, partly: Callable[[Task, float], None] | None = None
) -> Iterator[tuple[Task, Outcome]]:
    """Each task with its outcome, as they finish.

    `workers` is the number of processes; by default as many as there are processors, fewer for small jobs. `partly`
    is told which share of a task is done while it runs, as far as it runs in this process. Stopping the iteration,
    by Ctrl-C or otherwise, ends the processes at once.

    Raises
    ------
    LostWorkerError
        when a process died; tasks that had finished before were given out already.
    """
    if workers is None:
        work = sum(task.work for task in tasks)
        workers = min(multiprocessing.cpu_count(), 1 + work // _WORTH_ANOTHER_PROCESS)
    if workers <= 1 or len(tasks) == 1:
        for task in tasks:
            weeks = task.points[0].settings.weeks
            yield task, task.outcome(partly and (lambda week, of=task, all=weeks: partly(of, (week + 1) / all)))
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context)
    try:
        with _children_leave_stopping_to_parent():
            pending = {pool.submit(Task.outcome, task): task for task in tasks}
        for future in as_completed(pending):
            yield pending[future], future.result()
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        if isinstance(error, BrokenProcessPool):
            raise LostWorkerError(
                "a worker process ended without a word, most often because memory ran out; try fewer --workers, or "
                "close other programs"
            ) from None
        raise
    pool.shutdown()


@contextmanager
def _children_leave_stopping_to_parent() -> Iterator[None]:
    """Processes started meanwhile inherit a deaf ear for Ctrl-C; only the main thread may and need set it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
