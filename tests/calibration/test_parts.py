"""The parts of a calibration, where the answer is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from modsim.calibration.credibility import evidence_of
from modsim.calibration.cross_check import cross_checked
from modsim.calibration.emulators import Emulators
from modsim.calibration.posterior import posterior
from modsim.calibration.prior import Parameter
from modsim.calibration.targets import Target
from modsim.calibration.variants import NULL, SATURATING, VARIANTS
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from modsim.world.draws import analyst
from tests.calibration.conftest import FEW, few
from tests.conftest import small_scenario


def test_a_number_is_most_likely_near_its_best_guess_and_never_beyond_its_ends():
    p = Parameter("trust.start", 0.1, 0.3, 0.9, False)
    u = (np.arange(10_000) + 0.5) / 10_000
    values = p.at(u)
    assert 0.1 <= values.min() < values.max() <= 0.9
    assert values.mean() == pytest.approx((0.1 + 4 * 0.3 + 0.9) / 6, abs=1e-3)  # of a PERT distribution
    assert p.share_of(values) == pytest.approx(u, abs=1e-9)
    ratio = Parameter("effect.half_life_weeks", 10.0, 40.0, 160.0, True)
    assert ratio.at(0.5) == pytest.approx(40.0)  # the middle in ratios


def test_points_of_a_world_share_its_numbers_and_no_others():
    prior = few(*FEW, "offending.core_shift")
    assert prior.of_the_world == 1
    shares = prior.shares(3, 4, 5)
    assert np.ptp(shares[:, :, 0], axis=1).max() == 0.0
    assert (np.ptp(shares[:, :, 1:], axis=1) > 0).all()
    assert (prior.shares(3, 4, 5) == shares).all()


def linear_runs(number=4000, noise=0.1):
    """A number that tells in a figure, one that tells in nothing: places, figures."""
    luck = analyst(5, "test")
    shares = luck.random((number, 2))
    return shares, (shares[:, [0]] + noise * luck.normal(size=(number, 1)))


def test_the_posterior_is_the_exact_one_where_that_is_known():
    shares, figures = linear_runs()
    found = posterior(shares, figures, np.array([0.5]), np.array([0.1]), 1)
    assert found.mean[0] == pytest.approx(0.5, abs=0.02)
    sd = np.sqrt(found.weights @ (found.shares[:, 0] - found.mean[0]) ** 2)
    assert sd == pytest.approx(np.sqrt(0.1**2 + 0.1**2), rel=0.15)  # chance and the error of the target together
    assert found.contraction[0] > 0.7
    assert abs(found.contraction[1]) < 0.15  # nothing is learned of the other
    assert found.drawn(200, 1)[:, 0].mean() == pytest.approx(found.mean[0], abs=0.02)


def test_intervals_hold_the_truth_as_often_as_they_say():
    shares, figures = linear_runs()
    luck, held = analyst(6, "test"), []
    for place_ in range(150):
        observed = figures[place_] + 0.1 * luck.normal(size=1)
        found = posterior(shares[150:], figures[150:], observed, np.array([0.1]), 1)
        low, high = found.quantile(0.1), found.quantile(0.9)
        held.append((low <= shares[place_]) & (shares[place_] <= high))
    assert np.mean(held, axis=0).min() > 0.68
    assert np.mean(held, axis=0).max() < 0.92


def test_emulators_say_what_they_do_not_know():
    luck = analyst(7, "test")
    shares, worlds = luck.random((1000, 3)), np.repeat(np.arange(50), 20)
    values = np.column_stack([shares[:, 0] ** 2 + 0.1 * luck.normal(size=1000), luck.normal(size=1000)])
    found = Emulators.of(shares, values, worlds, ["known", "chance"])
    assert found.error[0] == pytest.approx(0.1, rel=0.15)
    assert found.explained[0] > 0.8
    assert found.explained[1] < 0.05
    assert found.predict(np.array([[0.9, 0.5, 0.5]]))[0, 0] == pytest.approx(0.81, abs=0.06)


def test_figures_that_miss_together_are_not_counted_twice():
    luck = analyst(9, "test")
    shares, worlds = luck.random((600, 2)), np.repeat(np.arange(60), 10)
    miss = 0.2 * luck.normal(size=(600, 1))
    twice = shares[:, [0, 0]] + miss + 0.001 * luck.normal(size=(600, 2))
    one = Emulators.of(shares, twice[:, :1], worlds, ["a"])
    both = Emulators.of(shares, twice, worlds, ["a", "b"])
    assert both.left[0, 1] == pytest.approx(0.04, rel=0.2)
    off, sds = np.array([1.6, 1.6]), np.array([0.001, 0.001])
    lost_by_one = one.log_evidence(shares, off[:1], sds[:1]) - one.log_evidence(shares, np.array([0.5]), sds[:1])
    lost_by_both = both.log_evidence(shares, off, sds) - both.log_evidence(shares, np.array([0.5, 0.5]), sds)
    assert lost_by_both == pytest.approx(lost_by_one, rel=0.1)


def test_a_rule_that_cannot_give_what_is_seen_has_less_evidence():
    luck = analyst(8, "test")
    shares, worlds = luck.random((400, 2)), np.repeat(np.arange(40), 10)
    noise = 0.05 * luck.normal(size=(400, 2))
    can = Emulators.of(shares, shares + noise, worlds, ["a", "b"])
    cannot = Emulators.of(shares, shares * [1.0, 0.0] + noise, worlds, ["a", "b"])
    sds = np.array([0.1, 0.1])
    seen, unseen = (evidence_of({"can": can, "cannot": cannot}, np.array([0.5, b]), sds, 1) for b in (0.7, 0.0))
    assert seen["can"] - seen["cannot"] > 5.0
    assert unseen["cannot"] > unseen["can"]  # where nothing is seen, the rule that says so is the better one


@pytest.mark.slow(reason="pyABC by itself takes some ten seconds")
def test_pyabc_finds_a_known_posterior_where_most_of_the_prior_is_ruled_out(monkeypatch):
    luck = analyst(11, "test")
    shares, worlds = luck.random((3000, 2)), np.repeat(np.arange(100), 30)
    emulators = Emulators.of(shares, shares[:, [0]] + 0.05 * luck.normal(size=(3000, 1)), worlds, ["a"])
    far = SimpleNamespace(implausibility=lambda place, fitted: np.where(place[:, :1] < 0.7, 9.0, 0.0))
    aim = Target("A", "a", 0.8, 0.72, 0.88, 1.0, "fit", "", "", "")
    exact = posterior(shares, shares[:, [0]], np.array([0.8]), np.array([aim.sd]), 1)
    stub = SimpleNamespace(
        numbers=pd.DataFrame({"identified": [True, False]}), emulators=emulators, ruling_out=far, fitted=[aim], seed=1,
        found=exact, prior=SimpleNamespace(parameters=[0, 1], keys=["one", "other"]),
    )  # fmt: skip
    monkeypatch.setattr("modsim.calibration.cross_check._PARTICLES", 200)
    row = cross_checked(stub).iloc[0]
    assert row["mean_by_pyabc"] == pytest.approx(0.81, abs=0.04)
    assert row["sd_by_pyabc"] < 0.12


def test_saturating_match_is_between_nothing_and_all():
    scenario = small_scenario()
    p = scenario.attending

    def rule(match, p):
        return SATURATING.chance_of_attending(SimpleNamespace(match=match), p)

    assert rule(0.0, p) == pytest.approx(p.attends)
    assert rule(1.0, p) == pytest.approx(p.attends + p.attends_match)
    assert rule(0.5, p) > p.attends + 0.5 * p.attends_match


def test_every_variant_changes_the_model():
    scenario = small_scenario("settings.weeks=40")
    lanes = [Lane("none"), Lane("transplant")]
    plain = run(scenario, lanes, range(8)).weekly
    for variant in (*VARIANTS, NULL):
        changed = run(variant.of(scenario), lanes, range(8), rules=variant.rules).weekly
        assert not np.array_equal(changed, plain), variant.name
