"""Running tasks in this process or in several: the numbers are the same, only the waiting differs."""

import multiprocessing
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

from modsim.inputs.scenario import Scenario
from modsim.simulation.runs import Lane, Outcome, run

_WORTH_ANOTHER_PROCESS = 12_000_000  # people-lane-weeks, some two seconds' work: starting a process takes one


@dataclass(frozen=True)
class Task:
    """Some replicates of some lanes, to be run side by side."""

    scenario: Scenario
    lanes: list[Lane]
    replicates: list[int]

    @property
    def work(self) -> int:
        """People-lane-weeks, the history counted once."""
        people = sum(self.scenario.young_people_in(area) for area in self.scenario.areas) * len(self.replicates)
        return people * (self.scenario.settings.weeks * len(self.lanes) + self.scenario.settings.history_weeks)

    def outcome(self) -> Outcome:
        return run(self.scenario, self.lanes, self.replicates)


def outcomes(tasks: Sequence[Task], workers: int | None = None) -> Iterator[tuple[Task, Outcome]]:
    """Each task with its outcome, as they finish.

    `workers` is the number of processes; by default as many as there are processors, fewer for small jobs. Stopping
    the iteration, by Ctrl-C or otherwise, ends the processes at once.
    """
    if workers is None:
        work = sum(task.work for task in tasks)
        workers = min(multiprocessing.cpu_count(), 1 + work // _WORTH_ANOTHER_PROCESS)
    if workers <= 1 or len(tasks) == 1:
        for task in tasks:
            yield task, task.outcome()
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context)
    try:
        with _children_leave_stopping_to_parent():
            pending = {pool.submit(Task.outcome, task): task for task in tasks}
        for future in as_completed(pending):
            yield pending[future], future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
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
