"""Tasks in this process or in several: what is told while they run, and what happens when one of them dies."""

import gc
import os
import signal

import pytest

from modsim import compare
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import LostWorkerError, Task, attempts, outcomes
from modsim.world.young_people import World
from tests.conftest import small_scenario


def _fatal_outcome(self, each_week=None):
    """What a machine short of memory does to a process."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_lost_worker_is_told_in_one_sentence(monkeypatch):
    scenario = small_scenario("settings.weeks=4")
    tasks = [Task([scenario], [Lane("none")], [k]) for k in range(3)]
    monkeypatch.setattr(Task, "outcome", _fatal_outcome)  # the workers import it by this name
    with pytest.raises(LostWorkerError, match="most often because memory ran out"):
        list(outcomes(tasks, workers=2))


def test_progress_starts_at_nothing_never_falls_and_ends_at_all():
    told = []
    compare(small_scenario("settings.weeks=12"), replicates=2, workers=1, progress=lambda *x: told.append(x))
    done = [part for part, _ in told]
    total = told[0][1]
    assert done[0] == 0
    assert done == sorted(done)
    assert done[-1] == total
    assert len(set(done)) > 12


def test_tasks_are_given_out_with_their_outcomes_in_any_number_of_processes():
    scenario = small_scenario("settings.weeks=4")
    tasks = [Task([scenario], [Lane("none")], [k]) for k in range(3)]
    for workers in (1, 2):
        found = {task.replicates[0]: outcome.replicates for task, outcome in outcomes(tasks, workers)}
        assert found == {0: [0], 1: [1], 2: [2]}


def _stopped_in_a_loop(self, each_week=None):
    """What comes of Ctrl-C while a compiled loop gives its result."""
    raise SystemError("a loop returned a result with an exception set") from KeyboardInterrupt()


def test_stopping_within_a_compiled_loop_is_stopping(monkeypatch):
    monkeypatch.setattr(Task, "outcome", _stopped_in_a_loop)
    with pytest.raises(KeyboardInterrupt):
        list(outcomes([Task([small_scenario()], [Lane("none")], [0])], workers=1))


def test_one_failure_does_not_stop_the_others():
    scenario = small_scenario("settings.weeks=4")
    broken = Task([scenario], [Lane("nobody")], [7])  # there is no such arm
    tasks = [Task([scenario], [Lane("none")], [0]), broken, Task([scenario], [Lane("none")], [1])]
    for workers in (1, 2):
        found = {task.replicates[0]: result for task, result in attempts(iter(tasks), workers)}
        assert isinstance(found.pop(7), KeyError)
        assert {k: outcome.replicates for k, outcome in found.items()} == {0: [0], 1: [1]}


def test_a_process_that_dies_costs_only_what_was_under_way(monkeypatch):
    scenario = small_scenario("settings.weeks=4")
    tasks = [Task([scenario], [Lane("none")], [k]) for k in range(5)]
    monkeypatch.setattr(Task, "outcome", _fatal_outcome)
    results = [result for _, result in attempts(iter(tasks), 2)]
    assert [type(result) for result in results] == [LostWorkerError] * 5  # every one was tried, in new processes


def test_a_task_leaves_nothing_behind_that_waits_to_be_collected():
    gc.collect()
    before = {id(found) for found in gc.get_objects() if isinstance(found, World)}
    gc.disable()  # a ring of references would outlive its use until somebody collects
    try:
        scenario = small_scenario("settings.weeks=40", "programme.rounds=1")
        outcome = Task([scenario], [Lane("none"), Lane("recoproduce")], [0]).outcome()
        left = [found for found in gc.get_objects() if isinstance(found, World) and id(found) not in before]
    finally:
        gc.enable()
    assert outcome.totals["invited"].sum() > 0
    assert not left
