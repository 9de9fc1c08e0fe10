"""Parameter points as lanes: side by side in one world they give what each gives alone."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modsim.simulation.lanes import LANE_TABLES, Lane, numbers_of
from modsim.simulation.runs import Pasts, run
from tests.conftest import ARMS, small_scenario
from tests.simulation.same import outcomes_differ
from tests.simulation.test_conservation import VALID

POINTS = [
    (),
    ("world.dissimilarity=0.1", "purse.budget=9", "purse.grant=400"),
    ("trust.start=0.6", "trust.memory=0.9", "trust.loss_to_gain=1", "trust.contact_good=0.2", "trust.prior_strength=3"),
    ("joining.baseline=-1", "attending.dropout_per_week=0.4", "attending.completion_share=0.2"),
    ("effect.session_effect=0.3", "effect.half_life_weeks=5", "effect.course_time_share=0.9"),
    ("commitment.sd=0.2", "designing.link_hours=0.2", "designing.refresh=1", "designing.bespoke_cost=2"),
    ("targeting.accuracy=0.1", "listening.prior_origin_share=0.9", "listening.prior_strength=1", "trust.start=0.6"),
    ("arms.recoproduce.power_design=0.1", "arms.recoproduce.setup_weeks=9", "world.dissimilarity=0.1"),
]


def together_and_alone(points, replicates):
    lanes = [Lane(arm, k) for k in range(len(points)) for arm in ARMS]
    together = run(points, lanes, replicates)
    for k, point in enumerate(points):
        alone = run(point, [Lane(arm) for arm in ARMS], replicates)
        mine = together.only([Lane(arm, k) for arm in ARMS])
        assert outcomes_differ(alone, mine) == [], f"point {k}"


def test_points_side_by_side_give_what_each_gives_alone():
    together_and_alone([small_scenario(*changes) for changes in POINTS], [0, 1])


FREE = sorted(
    key
    for key in VALID
    if (key.split(".")[0] in LANE_TABLES and key != "targeting.memory_weeks")
    or key in ("world.dissimilarity", "arms.recoproduce.power_design", "arms.recoproduce.setup_weeks")
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.sampled_from(FREE), min_size=1, max_size=5, unique=True).flatmap(
            lambda keys: st.fixed_dictionaries({key: VALID[key] for key in keys})
        ),
        min_size=2,
        max_size=3,
    )
)
def test_random_points_side_by_side_give_what_each_gives_alone(choices):
    points = [
        small_scenario("settings.weeks=30", *(f"{key}={json.dumps(value)}" for key, value in choice.items()))
        for choice in choices
    ]
    together_and_alone(points, [0])


OTHER_WORLDS = [
    "offending.core_shift=3", "reporting.share=0.5", "programme.places=8", "settings.weeks=40", "settings.rung=M0",
    "targeting.memory_weeks=8",
]  # fmt: skip


@pytest.mark.parametrize("change", OTHER_WORLDS)
def test_points_that_make_another_world_are_refused(change):
    with pytest.raises(ValueError, match=r"points may differ only in world.dissimilarity, arms and trust"):
        run([small_scenario(), small_scenario(change)], [Lane("none"), Lane("none", 1)], [0])


def test_every_lane_reads_its_own_numbers_by_name():
    p, usual = numbers_of([small_scenario(*changes) for changes in POINTS]), small_scenario()
    assert p[3].joining.baseline == -1.0
    assert p[0].joining.baseline == usual.joining.baseline
    assert (p.joining.match_effect == usual.joining.match_effect).all()
    assert p[0].effect.reversion_per_week == usual.effect.reversion_per_week  # derived from a half-life
    assert set(LANE_TABLES) <= set(p.dtype.names)


def test_kept_worlds_and_histories_change_no_number():
    kept = Pasts(most=2)
    lanes = [Lane(arm) for arm in ARMS]
    for change in (
        "settings.weeks=60", "settings.weeks=90", "purse.budget=9", "world.dissimilarity=0.1", "settings.weeks=30",
        "trust.prior_strength=12", "settings.seed=5", "targeting.accuracy=0.2", "settings.weeks=60",
    ):  # fmt: skip
        scenario = small_scenario(change)
        plain = run(scenario, lanes, [0, 3])
        assert outcomes_differ(run(scenario, lanes, [0, 3], kept=kept), plain) == [], change


def test_three_histories_of_a_world_are_kept_the_one_used_longest_ago_goes_first():
    kept, lived = Pasts(), []

    def lives_history(value: float) -> bool:
        lived.clear()
        scenario = small_scenario(f"trust.prior_strength={value}", "settings.weeks=2")
        found = run(scenario, [Lane("none")], [0], lived.append, kept)
        assert outcomes_differ(found, run(scenario, [Lane("none")], [0])) == []
        return min(lived) < 0

    assert [lives_history(value) for value in (4, 5, 6)] == [True, True, True]
    assert [lives_history(value) for value in (5, 4, 6, 4)] == [False, False, False, False]
    assert lives_history(7)  # in the place of the one at 5
    assert not lives_history(6)
    assert lives_history(5)


def test_a_run_with_a_history_for_each_lane_goes_on_with_its_columns_and_changes_no_number():
    points = [small_scenario(f"trust.prior_strength={value}") for value in (4, 5, 6)]
    together = run(points, [Lane("recoproduce", k) for k in range(3)], [0, 3])
    for k in range(3):
        alone = run(points[k], [Lane("recoproduce")], [0, 3])
        for name, values in alone.totals.items():
            np.testing.assert_array_equal(together.totals[name][..., k], values[..., 0], err_msg=name)
