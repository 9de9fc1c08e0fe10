"""Shared luck: arms differ only by what they do, and order, names and company shift nobody's luck."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from modsim import Community, compare
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from tests.conftest import ARMS, small_scenario
from tests.simulation.same import columns_differ, outcomes_differ


def lanes(*arms):
    return [Lane(arm) for arm in arms]


def test_the_same_twice():
    scenario = small_scenario()
    assert outcomes_differ(run(scenario, lanes(*ARMS), [0, 1]), run(scenario, lanes(*ARMS), [0, 1])) == []


def test_another_seed_or_replicate_is_another_future():
    scenario = small_scenario()
    one = run(scenario, lanes("none"), [0, 1])
    other = run(small_scenario("settings.seed=2"), lanes("none"), [0])
    assert not np.array_equal(one.weekly[0], one.weekly[1])
    assert not np.array_equal(one.weekly[0], other.weekly[0])


@pytest.mark.parametrize("batches", [[[0], [1], [2]], [[2, 0], [1]], [[0, 1, 2]]])
def test_batches_of_replicates_do_not_matter(batches):
    from modsim.simulation.runs import Outcome

    scenario = small_scenario()
    together = run(scenario, lanes(*ARMS), [0, 1, 2])
    parts = Outcome.joined([run(scenario, lanes(*ARMS), batch) for batch in batches])
    assert outcomes_differ(together, parts) == []
    assert parts.replicates == [0, 1, 2]


def test_arms_are_identical_until_one_of_them_acts():
    scenario = small_scenario("areas.castlefern.opens_week=15", "areas.govan.opens_week=15")
    models = [Community(scenario, arm=arm) for arm in ARMS]
    for week in range(15):
        for model in models:
            model.step()
        for model in models[1:]:
            assert columns_differ(models[0].town, model.town) == [], f"{model.arm}, week {week}"
    for model in models:
        model.run_for(5)
    assert columns_differ(models[0].town, models[3].town)


def test_what_occurs_is_the_same_until_the_first_session():
    scenario = small_scenario("settings.rung=M0")  # from M1 on, hours spent on a programme are missing in the streets
    outcome = run(scenario, lanes(*ARMS), range(6))
    first_session = 1 + 8 + 3  # the earliest course starts after set-up and recruitment of the transplant
    occurred = outcome.weekly[..., 0]
    for lane in range(1, 4):
        assert np.array_equal(occurred[:, : first_session - 1, :, 0], occurred[:, : first_session - 1, :, lane])
    assert not np.array_equal(occurred[..., 0], occurred[..., 2])


def test_the_origin_s_own_programme_is_the_same_in_every_arm():
    outcome = run(small_scenario(), lanes(*ARMS), [0, 1])
    for figures in outcome.totals.values():
        assert all(np.array_equal(figures[:, 0, 0], figures[:, 0, lane]) for lane in range(4))
    assert outcome.totals["joined"][:, 0].sum() > 0


@pytest.mark.parametrize("rung", ["M0", "M1"])
def test_with_all_effects_off_what_occurs_is_bit_identical_while_programmes_differ(rung):
    scenario = small_scenario(
        "effect.session_effect=0", "effect.adult_effect=0", "effect.course_time_share=0", f"settings.rung={rung}"
    )
    outcome = run(scenario, lanes(*ARMS), [0, 1])
    for k in range(2):  # occurred and reported
        weekly = outcome.weekly[..., k]
        assert all(np.array_equal(weekly[..., 0], weekly[..., lane]) for lane in range(1, 4))
    for name in ("invited", "joined", "hours"):
        by_arm = {outcome.totals[name][:, 1:, lane].tobytes() for lane in range(4)}
        assert len(by_arm) == 4, name


def reordered(scenario):
    """The same scenario with areas, activities and arms in reverse order, and everything shown under other names."""
    return scenario.model_copy(
        update={
            "areas": [a.model_copy(update={"name": f"Place {k}"}) for k, a in enumerate(reversed(scenario.areas))],
            "activities": [a.model_copy(update={"name": a.id[::-1]}) for a in reversed(scenario.activities)],
            "arms": {
                name: arm.model_copy(update={"label": name.upper()}) for name, arm in reversed(scenario.arms.items())
            },
        }
    )


def test_order_and_names_of_areas_activities_and_arms_only_permute():
    scenario = small_scenario()
    one = run(scenario, lanes(*ARMS), [0, 1])
    other = run(reordered(scenario), lanes(*reversed(ARMS)), [0, 1])
    assert np.array_equal(one.weekly, other.weekly[:, :, ::-1, ::-1])
    for name, figures in one.totals.items():
        assert np.array_equal(figures, other.totals[name][:, ::-1, ::-1], equal_nan=True), name


def test_an_arm_does_the_same_under_another_name():
    scenario = small_scenario()
    copied = scenario.model_copy(update={"arms": {**scenario.arms, "mine": scenario.arms["recoproduce"]}})
    outcome = run(copied, lanes("none", "recoproduce", "mine"), [0])
    assert np.array_equal(outcome.weekly[..., 1, :], outcome.weekly[..., 2, :])


def test_one_more_area_shifts_nobody_s_luck():
    scenario = small_scenario()
    fewer = scenario.model_copy(update={"areas": scenario.areas[:2]})
    all_three, two = run(scenario, lanes(*ARMS), [0]), run(fewer, lanes(*ARMS), [0])
    assert np.array_equal(all_three.weekly[:, :, :2], two.weekly)


def test_one_more_process_shifts_nobody_s_luck():
    scenario = small_scenario()
    plain, busy = Community(scenario, arm="recoproduce"), Community(scenario, arm="recoproduce")
    for _ in range(30):
        plain.step()
        world = busy.town.world
        world.luck.uniform("something new", world.area, busy.week, world.slot, world.generation)
        world.luck.weekly_uniform("something else", world.area, busy.week, world.slot, world.generation)
        busy.random.random()
        busy.rng.random()
        busy.step()
    assert columns_differ(plain.town, busy.town) == []


@pytest.mark.slow(reason="starts worker processes")
def test_one_and_two_processes_give_the_same_tables():
    scenario = small_scenario("settings.replicates=5")
    one, two = compare(scenario, workers=1), compare(scenario, workers=2)
    assert outcomes_differ(one.outcome, two.outcome) == []
    assert one.summary == two.summary


@pytest.mark.slow(reason="starts Python several times")
def test_python_s_hash_seed_does_not_matter():
    code = (
        "from tests.conftest import small_scenario; from modsim.simulation.lanes import Lane;"
        "from modsim.simulation.runs import run;"
        "o = run(small_scenario('settings.weeks=30'), [Lane('none'), Lane('recoproduce')], [0]);"
        "print(o.weekly.sum(), [float(v.sum()) for v in o.totals.values()])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[2],
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "4242")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert said[0].strip()
