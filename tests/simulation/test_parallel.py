"""Tasks in this process or in several: what is told while they run, and what happens when one of them dies."""

import gc
import os
import signal

import pytest

from modsim import compare
from modsim.dashboard.workshop import planned
from modsim.findings.comparison import arms_to_run, comparison_tasks
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import LostWorkerError, Task, attempts, outcomes
from modsim.simulation.records import weekly_measures
from modsim.simulation.week import live_one_week
from modsim.world.young_people import World
from tests.conftest import small_scenario


def _fatal_outcome(self, each_week=None):
    """What a machine short of memory does to a process."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow(reason="starts worker processes that die")
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


@pytest.mark.slow(reason="starts worker processes")
def test_one_failure_does_not_stop_the_others():
    scenario = small_scenario("settings.weeks=4")
    broken = Task([scenario], [Lane("nobody")], [7])  # there is no such arm
    tasks = [Task([scenario], [Lane("none")], [0]), broken, Task([scenario], [Lane("none")], [1])]
    for workers in (1, 2):
        found = {task.replicates[0]: result for task, result in attempts(iter(tasks), workers)}
        assert isinstance(found.pop(7), KeyError)
        assert {k: outcome.replicates for k, outcome in found.items()} == {0: [0], 1: [1]}


@pytest.mark.slow(reason="starts worker processes that die")
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


TINY = ("areas.gorbals.population=400", "areas.castlefern.population=500", "areas.govan.population=400",
        "settings.weeks=20", "settings.break_even_points=[0.2]", "settings.replicates=2")  # fmt: skip


def really_lived(monkeypatch, work):
    """People-lane-weeks that some work lives through, counted week by week."""
    lived = 0

    def counted(town, week):
        nonlocal lived
        lived += town.world.rows * town.lanes
        live_one_week(town, week)

    with monkeypatch.context() as patch:
        patch.setattr("modsim.simulation.runs.live_one_week", counted)
        work()
    return lived


@pytest.mark.parametrize(
    "more",
    [
        "settings.replicates=3",
        "settings.weeks=30",
        "settings.history_weeks=70",
        "settings.break_even_points=[0.0, 0.1, 0.2, 0.3, 0.9, 1.0]",
        "settings.break_even_points=[]",
        "settings.arms=['transplant', 'recoproduce']",
        "settings.areas=['gorbals', 'govan']",
        "areas.govan.population=900",
    ],
)
def test_the_cost_is_what_the_tasks_really_live(monkeypatch, more):
    scenario = small_scenario(*TINY, more)
    tasks = comparison_tasks(scenario, arms_to_run(scenario))
    assert sum(task.cost.work for task in tasks) == really_lived(
        monkeypatch, lambda: [task.outcome() for task in tasks]
    )
    batches = planned(scenario, 2)
    page = really_lived(monkeypatch, lambda: [task.outcome() for task in batches.tasks])
    assert batches.work == page


def test_points_whose_pasts_differ_cost_a_history_each(monkeypatch):
    points = [small_scenario(*TINY, f"effect.session_effect={effect}") for effect in (0.1, 0.2)]
    points.append(small_scenario(*TINY, "effect.session_effect=0.2", "world.dissimilarity=0.9"))
    task = Task(points, [Lane("none", place) for place in range(3)], [0, 1])
    assert task.cost.work == really_lived(monkeypatch, task.outcome)
    one = Task(points[:1], [Lane("none")] * 3, [0, 1])
    assert task.cost.work > one.cost.work


@pytest.mark.parametrize("more", ["settings.weeks=900", "settings.replicates=50", "settings.break_even_points=[0, 1]"])
def test_memory_counts_the_figures_of_every_week(more):
    scenario = small_scenario(*TINY, more)
    for task in comparison_tasks(scenario, arms_to_run(scenario)):
        lanes = len(task.lanes)
        figures = scenario.settings.weeks * len(scenario.areas) * len(task.replicates) * lanes * 8
        assert task.cost.bytes > figures * len(weekly_measures(scenario))


def test_results_take_the_memory_that_is_told():
    task = Task([small_scenario(*TINY)], [Lane("none"), Lane("transplant")], [0, 1], lanes_by_week=1)
    assert task.cost.bytes_of_results == task.outcome().weekly.nbytes
