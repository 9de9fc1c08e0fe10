"""Estimates, verdicts, break-even and measures: by hand where that can be done."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modsim.findings import statistics
from modsim.findings.break_even import break_even
from modsim.findings.measures import Measure, by_replicate
from modsim.findings.statistics import Estimate, estimate, price_of_averting, resampled_means
from modsim.findings.verdict import contrast, kind_of, sentence
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import Outcome
from tests.conftest import small_scenario
from tests.means import TOLERATED_STANDARD_ERRORS, mean_is

FALL = Measure("occurred_asb_change_percent", "incidents", "% against no programme", "lower", of=len)
RISE = Measure("trust_youth_change_points", "trust", "points of 100", "higher", of=len)


def between(low, high):
    return Estimate((low + high) / 2, low, high, low, high)


@pytest.mark.parametrize(
    ("low", "high", "better", "kind"),
    [
        (-2.0, -0.6, "lower", "better"),
        (0.6, 2.0, "lower", "worse"),
        (-0.4, 0.4, "lower", "about the same"),
        (-0.5, 0.5, "lower", "about the same"),
        (-2.0, -0.4, "lower", "cannot tell"),
        (-2.0, 2.0, "lower", "cannot tell"),
        (0.6, 2.0, "higher", "better"),
        (-2.0, -0.6, "higher", "worse"),
        (-0.7, 0.1, "higher", "cannot tell"),
    ],
)
def test_the_verdict_follows_the_interval_and_the_smallest_difference(low, high, better, kind):
    assert kind_of(between(low, high), better, 0.5) == kind


def test_one_future_can_never_give_a_verdict():
    assert kind_of(estimate(np.array([-50.0])), "lower", 0.5) == "cannot tell"


def test_more_replicates_never_turn_a_trifle_into_a_verdict():
    trifle = np.random.default_rng(1).normal(-0.2, 1.0, 100_000)
    assert kind_of(estimate(trifle), "lower", 0.5) == "about the same"


@given(st.floats(-5, 5), st.floats(0, 5), st.floats(0, 2))
def test_the_verdict_turns_round_with_the_pair(middle, reach, smallest):
    opposite = {"better": "worse", "worse": "better"}
    one = kind_of(between(middle - reach, middle + reach), "lower", smallest)
    other = kind_of(between(-middle - reach, -middle + reach), "lower", smallest)
    assert other == opposite.get(one, one)


def test_an_interval_covers_the_mean_as_often_as_it_says():
    luck = np.random.default_rng(7)
    covered = 0
    for _ in range(2000):
        found = estimate(luck.normal(3.0, 2.0, 10))
        covered += found.low <= 3.0 <= found.high
    assert abs(covered / 2000 - 0.95) < TOLERATED_STANDARD_ERRORS * np.sqrt(0.95 * 0.05 / 2000)


def test_an_estimate_leaves_out_what_is_missing():
    assert estimate(np.array([1.0, np.nan, 3.0])).mean == 2.0
    assert estimate(np.array([np.nan])) == Estimate(None, None, None, None, None)


def test_futures_are_counted_as_better_same_and_worse():
    found = contrast("a", "b", FALL, np.array([-3.0, -0.2, 0.2, 4.0, -1.0]), np.zeros(5), 0.5)
    assert (found.better_in, found.same_in, found.worse_in) == (2, 2, 1)
    found = contrast("a", "b", RISE, np.array([-3.0, -0.2, 0.2, 4.0, -1.0]), np.zeros(5), 0.5)
    assert (found.better_in, found.same_in, found.worse_in) == (1, 2, 2)


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ([-3.0, -3.2, -2.9, -3.1], "“A” does better than “B”"),
        ([3.0, 3.2, 2.9, 3.1], "“B” does better than “A”"),
        ([0.0, 0.1, -0.1, 0.0], "do about the same"),
        ([-3.0, 3.0, -2.0, 2.5], "cannot tell “A” and “B” apart"),
        ([-0.6, -0.5, -0.7, -0.4], "“A” is ahead on incidents, but the model cannot tell whether by more than 0.5"),
        ([0.6, 0.5, 0.7, 0.4], "“B” is ahead on incidents, but the model cannot tell whether by more than 0.5"),
        ([-3.0], "cannot tell “A” and “B” apart on incidents from one simulated future"),
        ([np.nan], "there is nothing to compare"),
    ],
)
def test_the_sentence_says_what_the_rule_found(differences, words):
    found = contrast("a", "b", FALL, np.array(differences), np.zeros(len(differences)), 0.5)
    kind = kind_of(found.difference, FALL.better, 0.5)
    text = sentence(kind, "A", "B", FALL, found, 0.5)
    assert words in text
    assert "prove" not in text
    assert "will" not in text


def test_the_price_of_averting_is_a_ratio_of_means():
    cost, averted = np.full(10, 1000.0), np.array([5.0, 15.0] * 5)
    found = price_of_averting(cost, averted, 1)
    assert found.mean == 100.0
    assert found.low < 100.0 < found.high
    assert (found.range_low, found.range_high) == (pytest.approx(1000 / 15), 200.0)


def test_nothing_averted_is_dominated_and_doubt_has_no_upper_end():
    cost = np.full(10, 1000.0)
    assert price_of_averting(cost, np.full(10, -3.0), 1).mean is None
    doubtful = price_of_averting(cost, np.array([-20.0, 25.0] * 5), 1)
    assert doubtful.mean == 400.0
    assert doubtful.high is None
    assert price_of_averting(cost[:3], np.array([1.0, 2.0, 3.0]), 1).low is None  # too few to resample


@pytest.mark.parametrize(
    ("gains", "mean", "words"),
    [
        ([-1.0, 1.0, 3.0], 0.25, "break even at a dissimilarity of 0.25"),
        ([1.0, 1.5, 2.0], None, "does better on average than “B” at every dissimilarity tried (0, 0.5, 1)"),
        ([-3.0, -2.5, -2.0], None, "does no better on average than “B” at any dissimilarity tried"),
        ([0.0, 0.0, 0.0], None, "exactly the same at any dissimilarity"),
        ([3.0, 2.0, 1.0], None, "does better on average than “B” at every"),
        ([-1.0, -2.0, -3.0], None, "does no better"),
        ([1.0, 0.2, -0.5], None, "does better on average than “B” at 0, 0.5."),
        ([-0.2, -0.2, 1.5], 0.5588, "break even at a dissimilarity of 0.56"),
        ([-1.0, 0.5, -0.2], 0.4348, "at 1 it does not"),
    ],
)
def test_the_break_even_is_where_the_gain_crosses_zero(gains, mean, words):
    table = np.tile(gains, (10, 1)) * np.linspace(0.9, 1.1, 10)[:, None]
    found = break_even([0.0, 0.5, 1.0], table, "A", "B", 1)
    assert found.mean == (None if mean is None else pytest.approx(mean, abs=1e-4))
    assert words in found.text


def test_the_break_even_interval_covers_the_truth_about_as_often_as_it_says():
    luck = np.random.default_rng(5)
    covered = 0
    for k in range(150):
        table = np.array([-1.0, 1.0, 3.0]) + luck.normal(0, 1, (16, 3)) + luck.normal(0, 2, (16, 1))
        found = break_even([0.0, 0.5, 1.0], table, "A", "B", k)
        covered += found.low <= 0.25 <= found.high
    assert covered / 150 > 0.85


def test_resampled_means_do_not_depend_on_how_many_are_drawn_at_once(monkeypatch):
    values = np.random.default_rng(5).normal(1.0, 1.0, (40, 3))
    at_once = resampled_means(values, 11)
    monkeypatch.setattr(statistics, "_DRAWN_AT_ONCE", 130)
    assert (resampled_means(values, 11) == at_once).all()
    assert mean_is(at_once[:, 0] - values[:, 0].mean(), 0.0)


def test_the_break_even_is_not_invented_from_too_little():
    assert break_even([0.5], np.ones((4, 1)), "A", "B", 1).mean is None
    found = break_even([0.0, 1.0], np.array([[-1.0, 1.0]] * 3), "A", "B", 1)
    assert (found.mean, found.low, found.high) == (0.5, None, None)


def test_measures_are_worked_out_over_recipients_only():
    """Two areas, one of them the origin; two replicates; numbers small enough for pencil and paper."""
    scenario = small_scenario()
    scenario = scenario.model_copy(update={"areas": [scenario.areas[0], scenario.areas[2]]})

    def figures(none, arm):  # by replicate; the origin's figures are nonsense that must not matter
        return np.array([[[99.0, 77.0], [n, a]] for n, a in zip(none, arm, strict=True)])

    totals = {
        "asb_occurred": figures([200, 100], [180, 100]), "asb_reported": figures([50, 20], [40, 25]),
        "participants_asb": figures([0, 0], [15, 0]), "participants_asb_reference": figures([0, 0], [20, 0]),
        "listed_asb": figures([40, 40], [30, 44]), "reported_before": figures([0, 0], [10, 0]),
        "reported_after": figures([0, 0], [4, 0]), "weeks_before": figures([0, 0], [100, 0]),
        "weeks_after": figures([0, 0], [50, 0]), "trust_youth": figures([0.30, 0.30], [0.32, 0.29]),
        "trust_youth_reference": figures([0.30, 0.30], [0.30, 0.30]),
        "trust_listed": figures([0.30, 0.30], [0.35, 0.30]),
        "trust_listed_reference": figures([0.30, 0.30], [0.30, 0.30]), "asb_serious": figures([20, 10], [18, 12]),
        "groups_asb": figures([0, 0], [9, 0]), "groups_asb_reference": figures([0, 0], [10, 0]),
        "never_listed_asb": figures([0, 0], [99, 50]), "never_listed_asb_reference": figures([0, 0], [100, 50]),
        "first_time_offenders": figures([50, 40], [49, 40]),
        "trust_residents": figures([0.4, 0.4], [0.41, 0.38]), "fear": figures([0.5, 0.5], [0.48, 0.5]),
        "efficacy": figures([0.5, 0.5], [0.51, 0.5]), "regard": figures([0.5, 0.5], [0.6, 0.5]),
        "joined_minority": figures([0, 0], [1, 0]), "joined_core": figures([0, 0], [2, 1]),
        "slots_young_people_chose": figures([0, 0], [1, 0]), "slots_learned": figures([0, 0], [4, 0]),
        "sessions_by_peers": figures([0, 0], [2, 0]), "sessions_held": figures([0, 0], [8, 0]),
        "listed_still_here": figures([5, 4], [5, 4]),
        "ties_across_sectors": figures([0, 0], [2, 0]), "tie_weeks": figures([0, 0], [36, 10]),
        "hours": figures([0, 0], [10, 20]),
        "hours_left": figures([0, 0], [1, 2]),
        **{
            name: figures([0, 0], [3, 4])
            for name in (
                "invited", "joined", "attended", "completed", "own_goals", "destinations", "wishes_granted",
                "wishes_refused", "tokenism", "ignored", "breaches", "staff_left", "missed_promises", "rounds",
                "weeks_open", "open_at_the_end", "hours_in_kind", "ties_made",
            )
        },
    }  # fmt: skip
    outcome = Outcome([0, 1], [Lane("none"), Lane("recoproduce")], np.zeros((2, 1, 2, 2, 5)), totals, {})
    found = by_replicate(scenario, outcome, "recoproduce", "none")
    expected = {
        "occurred_asb_change_percent": [-10.0, 0.0],
        "reported_asb_change_percent": [-20.0, 25.0],
        "participants_asb_change_percent": [-25.0, np.nan],
        "listed_asb_change_percent": [-25.0, 10.0],
        "apparent_asb_change_percent": [-20.0, np.nan],  # from 0.10 to 0.08 a week
        "trust_youth_change_points": [2.0, -1.0],
        "trust_listed_change_points": [5.0, 0.0],
        "serious_asb_change_percent": [-10.0, 20.0],
        "groups_asb_change_percent": [-10.0, np.nan],
        "never_listed_asb_change_percent": [-1.0, 0.0],
        "first_time_offenders_change_percent": [-2.0, 0.0],
        "trust_residents_change_points": [1.0, -2.0],
        "fear_change_points": [-2.0, 0.0],
        "regard_change_points": [10.0, 0.0],
        "minority_share_percent": [100 / 3, 0.0],
        "core_share_percent": [200 / 3, 25.0],
        "chosen_by_youth_percent": [25.0, np.nan],
        "led_by_youth_percent": [25.0, np.nan],
        "area_gap_percent": [0.0, 0.0],
        "joined": [3.0, 4.0],
        "take_up_percent": [100.0, 100.0],
        "ties_at_the_end": [2.0, 0.0],
        "weeks_a_tie_lasts": [12.0, 2.5],
        "hours": [10.0, 20.0],
        "cost_gbp": [300.0, 600.0],
    }
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, nan_ok=True), name


def test_the_helper_itself_can_fail():
    sample = np.random.default_rng(1).normal(0.3, 1, 400)
    assert mean_is(sample, 0.3)
    assert not mean_is(sample, 0.0)
