"""Compiled acts give the bits of plain ones, whatever runs side by side; and the model does without compiling."""

import os
import secrets
import subprocess
import sys

import numpy as np
import pytest

from modsim import compiling, load_scenario
from modsim.rules import trusting
from modsim.simulation import parallel
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from tests.conftest import SCENARIOS, small_scenario
from tests.simulation.same import outcomes_differ

TINY = "settings.history_weeks=52", *(f"areas.{area}.population=600" for area in ("gorbals", "castlefern", "govan"))


def plainly(monkeypatch, *what):
    """An outcome without compiled loops."""
    with monkeypatch.context() as now:
        now.setattr(compiling, "is_on", lambda: False)
        return run(*what)


@pytest.mark.parametrize(
    "changes",
    [
        ("arms.recoproduce.setup_weeks=3", "programme.course_weeks=4"),
        pytest.param(
            ("settings.spreads=diffusion", "spread.baseline=-1", "policing.displacement=0.5", "settings.weeks=40"),
            marks=pytest.mark.slow(reason="without compiled loops"),
        ),
        pytest.param(
            ("arms.recoproduce.menu=individual", "world.drift_per_year=0.3", "settings.weeks=60"),
            marks=pytest.mark.slow(reason="without compiled loops"),
        ),
        pytest.param(
            ("purse.cliff_week=12", "purse.cliff_keeps=0", "afterwards.destination_weeks=2", "programme.course_weeks=4",
             "settings.weeks=40"),
            marks=pytest.mark.slow(reason="without compiled loops"),
        ),
    ],
    ids=lambda changes: changes[0],
)  # fmt: skip
def test_compiled_acts_give_the_bits_of_plain_ones(monkeypatch, changes):
    seed = secrets.randbelow(2**31)
    usual = ("settings.weeks=10", *TINY, f"settings.seed={seed}")
    scenario = small_scenario(*usual, *changes)
    lanes = [Lane(arm) for arm in ("none", "recoproduce")]
    assert outcomes_differ(plainly(monkeypatch, scenario, lanes, [5]), run(scenario, lanes, [5])) == [], seed


def test_two_hundred_lanes_give_what_each_gives_alone():
    seed = secrets.randbelow(2**31)
    changes = "settings.weeks=16", f"settings.seed={seed}"
    points = [
        small_scenario(
            *changes, f"trust.loss_to_gain={1 + k / 10}", f"peers.pull={k / 1000}", f"order.legitimacy={k / 50}"
        )
        for k in range(50)
    ]
    lanes = [Lane(arm, k) for k in range(50) for arm in points[0].arms][:200]
    together = run(points, lanes, [1])
    assert len(together.lanes) == 200
    for lane in (lanes[3], lanes[101], lanes[199]):
        alone = run(points[lane.point], [Lane(points[0].settings.reference_arm), Lane(lane.arm)], [1])
        assert np.array_equal(alone.only([Lane(lane.arm)]).weekly, together.only([lane]).weekly), seed


@pytest.mark.slow(reason="thousands of lanes")
def test_thousands_of_lanes_have_room_for_all_that_happens():
    places = [f"areas.{area}.population=500" for area in ("gorbals", "castlefern", "govan")]
    scenario = small_scenario("settings.weeks=6", f"settings.seed={secrets.randbelow(2**31)}", *places)
    lanes = [Lane("none", k) for k in range(2500)]  # of the same numbers, so in all of them the same people act at once
    weekly = run([scenario] * 2500, lanes, [0]).only(lanes[1:]).weekly
    alone = run(scenario, [Lane("none")] * 2, [0]).only([Lane("none")]).weekly
    assert alone.any()
    assert np.array_equal(weekly, np.broadcast_to(alone, weekly.shape))


@pytest.mark.parametrize("name", ["three-areas", "spread-on-evidence"])
def test_threads_change_nothing(name):
    seed = secrets.randbelow(2**31)
    usual = "settings.weeks=30", f"settings.seed={seed}", "spread.baseline=-2", "policing.displacement=0.5"
    scenario = load_scenario(SCENARIOS / f"{name}.toml", usual)
    lanes = [Lane(arm) for arm in list(scenario.arms)[:3]]
    one = run(scenario, lanes, [0, 5])
    for threads in (2, 3, 7):
        assert outcomes_differ(one, run(scenario, lanes, [0, 5], threads=threads)) == [], (seed, threads)


def test_a_lone_large_task_is_given_threads(monkeypatch):
    scenario = small_scenario("settings.weeks=3")
    seen = []
    monkeypatch.setattr(parallel, "run", lambda *_, threads, **__: seen.append(threads))
    monkeypatch.setattr(parallel, "_WORTH_ANOTHER_THREAD", scenario.young_people)
    task = parallel.Task([scenario], [Lane("none")] * 2, [0])
    assert [given is task for given, _ in parallel.outcomes([task], workers=8)] == [True]
    assert seen == [3]
    list(parallel.outcomes([task], workers=1))
    assert seen == [3, 1]


def test_where_a_rule_is_replaced_the_replacement_counts(monkeypatch):
    short = "settings.weeks=4", *TINY
    scenario, lanes = small_scenario(*short), [Lane("none"), Lane("recoproduce")]
    usual = run(scenario, lanes, [0])
    monkeypatch.setattr(trusting, "fading", lambda memory, p: 0.5 * memory * p.memory)
    changed = run(scenario, lanes, [0])
    assert "weekly" in outcomes_differ(usual, changed)
    assert outcomes_differ(plainly(monkeypatch, scenario, lanes, [0]), changed) == []


def elsewhere(code, **environment):
    """What another process says that runs a piece of Python in another environment."""
    environment = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)


SHORT_RUN = """
import sys
from modsim import load_scenario
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
scenario = load_scenario("scenarios/three-areas.toml", ["settings.weeks=2"])
print(run(scenario, [Lane("none"), Lane("transplant")], [0]).weekly[..., 3].sum().hex(), "numba" in sys.modules)
"""


def test_without_compiled_loops_numba_is_not_even_imported():
    off = elsewhere(SHORT_RUN, MODSIM_KERNELS="off").stdout.split()
    on = elsewhere(SHORT_RUN).stdout.split()
    assert off[1:] == ["False"]
    assert on[1:] == ["True"]
    assert off[0] == on[0]


@pytest.mark.slow(reason="compiles every loop again")
@pytest.mark.parametrize("place", ["/proc/nowhere", "/dev/null/below"])
def test_a_cache_that_cannot_be_written_is_done_without(place):
    said = elsewhere(SHORT_RUN, MODSIM_CACHE=place)
    assert said.returncode == 0, said.stderr
    assert said.stdout.split()[1:] == ["True"]


SAID = "from modsim import compiling; print(compiling.still_to_do())"


@pytest.mark.slow(reason="compiles every loop again")
def test_the_first_run_ever_says_that_it_compiles_and_where_it_is_kept(tmp_path):
    command = ["run", "scenarios/no-effect.toml", "--weeks", "1"]
    code = f"import sys; sys.argv = ['modsim', *{command}]; from modsim.cli import main; main()"
    first, later = (elsewhere(code, MODSIM_CACHE=str(tmp_path)) for _ in range(2))
    assert "compiles the model's loops" in first.stderr
    assert f"kept in {tmp_path}" in first.stderr
    assert any(tmp_path.rglob("*.nbi"))
    assert "compiles" not in later.stderr
    assert first.stdout == later.stdout


def test_what_cannot_be_kept_is_said_with_what_to_do():
    assert "cannot be kept in /dev/null/below" in elsewhere(SAID, MODSIM_CACHE="/dev/null/below").stdout
    assert elsewhere(SAID, MODSIM_KERNELS="off").stdout.strip() == "None"


def test_a_switch_that_there_is_not_is_refused_in_one_message():
    said = elsewhere(
        "import sys; sys.argv = ['modsim', 'run', 'scenarios/three-areas.toml']; from modsim.cli import main; main()",
        MODSIM_KERNELS="perhaps",
    )
    assert said.returncode == 2
    assert "MODSIM_KERNELS is 'perhaps'; it must be on (the default) or off" in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr
