"""Figures of a run: those of the comparison, of who was where at the time."""

import numpy as np
import pandas as pd
import pytest

from modsim import load_scenario
from modsim.calibration.figures import FIGURES, Watch
from modsim.calibration.table import Batch, place_to_calibrate_in
from modsim.findings.measures import by_replicate
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from tests.calibration.conftest import TINY, place
from tests.conftest import SCENARIOS


def test_figures_of_a_run_are_those_of_the_comparison():
    scenario = place()
    lanes, watch, towns = [Lane(arm) for arm in ("none", "transplant", "referral")], Watch(1), []

    def look(town):
        watch(town)
        towns[:] = [town]

    outcome = run([scenario], lanes, [0, 1, 2], look=look)
    found = watch.figures(towns[0], outcome)
    assert set(found) == set(FIGURES)
    totals = {name: figures.sum(axis=(0, 1)) for name, figures in outcome.totals.items()}
    effect = totals["participants_asb"][1] / totals["participants_asb_reference"][1] - 1.0
    assert found["participants_effect"][0] == pytest.approx(effect)
    assert found["take_up"][0] == totals["joined"][1] / totals["invited"][1]
    assert found["take_up_by_referral"][0] == totals["joined"][2] / totals["invited"][2]
    assert outcome.spent["contacts"][..., 2].sum() == 0.0 < outcome.spent["contacts"][..., 1].sum()
    assert 0.0 < found["share_of_top_10_percent"][0] < found["share_of_top_10_percent_occurred"][0] < 1.0
    assert found["completion_where_met"][0] > found["completion"][0]
    # those who moved away, and rounds still under way, say nothing of completion
    assert totals["completed"][1] / totals["joined"][1] <= found["completion"][0] < 1.0
    measures = by_replicate(scenario, outcome, "transplant", "none")
    assert np.isfinite(measures["take_up_percent"]).all()
    assert 0.3 < found["transitivity"][0] < 0.5
    assert 0.0 < found["share_of_core_group"][0] < found["share_of_top_10_percent"][0] < 1.0


def test_the_core_s_share_is_of_who_is_in_it_week_by_week():
    """Beside incidents that were drawn, over many futures: they come from core members at the time, not later."""
    scenario = place_to_calibrate_in(
        load_scenario(
            SCENARIOS / "calibration.toml", [*TINY, "settings.replicates=16", "population.core_exit_per_year=0.5"]
        )
    )
    watch, towns, seen = Watch(1), [], np.zeros(2)

    def look(town):
        watch(town)
        towns[:] = [town]
        if town.week < 52:
            occurred = town.columns.occurred[:, 0]
            seen[:] += occurred[town.world.in_core].sum(), occurred.sum()

    outcome = run([scenario], [Lane(arm) for arm in ("none", "transplant", "referral")], range(16), look=look)
    found = watch.figures(towns[0], outcome)["share_of_core_group"][0]
    assert found == pytest.approx(seen[0] / seen[1], rel=0.04)


def test_figures_do_not_depend_on_the_words_of_a_place():
    plain = place()
    other = load_scenario(SCENARIOS / "calibration.toml", [*TINY, "vocabulary.incident=tags"])
    one, two = (
        Batch(0, each, ("peers.pull",), np.array([[0.02]])).outcome() for each in (plain, place_to_calibrate_in(other))
    )
    pd.testing.assert_frame_equal(one, two)


def test_what_an_area_says_of_the_origin_goes_with_it():
    scenario = load_scenario(SCENARIOS / "three-areas.toml", ["areas.govan.adjacent=['gorbals', 'castlefern']"])
    origin = next(area.id for area in scenario.areas if area.role == "origin")
    assert origin in next(area for area in scenario.areas if area.id == "govan").adjacent
    found = place_to_calibrate_in(scenario)
    assert origin not in [name for area in found.areas for name in area.adjacent]
    (point,) = Batch(0, found, ("peers.pull",), np.array([[0.02]])).points
    assert point.peers.pull == 0.02


def test_a_place_of_few_ages_has_no_age_of_peak():
    watch = Watch(1)
    for ages in ({15: 1.0}, {15: 1.0, 16: 1.0}, {12: 1.0, 20: 1.0}):
        watch._by_age = {age: np.array([rate, 10.0]) for age, rate in ages.items()}
        assert np.isnan(watch._age_of_peak())
    watch._by_age = {age: np.array([rate, 1.0]) for age, rate in {14: 1.0, 15: 2.0, 16: 3.0, 17: 2.0, 18: 1.0}.items()}
    assert watch._age_of_peak() == pytest.approx(16.5)


def test_where_nothing_is_wanted_more_than_other_things_match_makes_no_difference():
    scenario = place_to_calibrate_in(
        load_scenario(SCENARIOS / "calibration.toml", [*TINY, "effect.match_counts=false", "settings.replicates=48"])
    )
    table = Batch(0, scenario, ("peers.pull",), np.array([[0.02]])).outcome()
    assert abs(table["match_difference"][0]) < 0.2
