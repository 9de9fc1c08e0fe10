"""Cases whose answer is known in closed form: the model must give it, within four standard errors or exactly."""

import numpy as np
import pytest
from scipy import stats

from modsim import Community, load_scenario
from modsim.rules import trusting
from modsim.simulation.by_columns.programmes import chosen_menu
from modsim.simulation.columns import Stage, Standing
from modsim.simulation.lanes import Lane
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import run
from modsim.world.young_people import World
from tests.conftest import SCENARIOS, small_scenario
from tests.simulation.same import outcomes_differ
from tests.statistics.helper import mean_is, standard_errors_off

# what would move incidents without a programme
NOTHING_MOVES = (
    "excitation.offspring=0", "order.legitimacy=0", "order.efficacy=0", "policing.labelling=0", "policing.deterrence=0",
)  # fmt: skip


def test_case_1_without_a_programme_incidents_are_poisson_given_everybody_s_rate():
    scenario = small_scenario("settings.weeks=52")
    world = World(scenario, 11, range(12))
    expected = np.zeros((52, len(world.areas)))
    for week in range(-52, 52):
        world.turn(week)
        if week >= 0:
            expected[week] = np.add.reduceat(world.background, world.first_row[:-1])
    scenario = small_scenario("settings.weeks=52", "settings.seed=11", *NOTHING_MOVES)
    occurred = run(scenario, [Lane("none")], range(12)).weekly[..., 0, 0]  # replicates, weeks, areas
    found = np.moveaxis(occurred, 1, 0).reshape(52, -1)
    scaled = (found - expected) / np.sqrt(expected)
    assert mean_is(scaled, 0.0, sd=1.0)
    assert abs(scaled.var() - 1.0) < 4 * np.sqrt(2.0 / scaled.size) + 0.05  # Poisson counts are a little long-tailed
    total, level = found.sum(), expected.sum()
    assert abs(total - level) < 4 * np.sqrt(level)


def test_case_3_joins_of_a_wave_are_a_truncated_binomial():
    """Trust frozen, everything wanted, friends and support without weight: a wave of 14 with chance p, 12 places."""
    everything = sorted(a.id for a in small_scenario().activities)
    scenario = small_scenario(
        "settings.rung='M0'", "areas.castlefern.lead=youth_work", f"arms.transplant.menu={everything}",
        "joining.friends_effect=0",
        "joining.support_effect=0", "joining.baseline=-1.6", "settings.weeks=40", "effect.session_effect=0",
    )  # fmt: skip
    joined, expected = [], []
    for seed in range(60):
        model = Community(scenario, arm="transplant", seed=seed)
        model.run_for(9)  # eight weeks of set-up, one wave
        for area, place in ((1, scenario.areas[1]), (2, scenario.areas[2])):
            assert model.programmes[area].stage == Stage.RECRUITING
            joined.append(model.programmes[area].joined)
            odds = -1.6 + 3.0 + 3.0 * (scenario.trust.start_in(place.lead, place.lead == "housing") - 0.3)
            yes = stats.binom(14, 1 / (1 + np.exp(-odds)))
            expected.append(sum(min(k, 12) * yes.pmf(k) for k in range(15)))
    assert standard_errors_off(np.array(joined) - np.array(expected), 0.0) < 4


def test_case_4_trust_settles_at_the_ratio_of_expected_experience():
    p = small_scenario("trust.memory=0.95").trust
    start_good = 0.3 * 8
    chance, luck = 0.7, np.random.default_rng(3)
    good, bad = np.zeros((2, 4000))
    means = []
    for week in range(600):
        event = luck.random(4000) < chance
        good = trusting.good_after(trusting.fading(good, p), event, 0, 0, p)
        bad = trusting.bad_after(trusting.fading(bad, p), ~event, 0, 0, p)
        if week >= 300:
            means.append((start_good + good.mean()) / (8 + good.mean() + bad.mean()))
    pulled = 0.05
    expected = (start_good + chance / pulled) / (8 + (chance + 2.0 * (1 - chance)) / pulled)
    assert np.mean(means) == pytest.approx(expected, abs=0.002)


def test_case_4_one_bad_experience_takes_loss_to_gain_times_the_odds_to_undo():
    p = small_scenario().trust
    good, bad = 30.0, 20.0
    before = trusting.trust(0.3, good, bad, p)
    hurt = trusting.bad_after(bad, 1, 0, 0, p)
    needed = p.loss_to_gain * before / (1 - before)
    assert trusting.trust(0.3, trusting.good_after(good, needed, 0, 0, p), hurt, p) == pytest.approx(before)


def test_case_8_with_endless_honest_signals_and_all_power_the_menu_is_the_true_top():
    model = Community(small_scenario("arms.recoproduce.power_design=1", "settings.rung=M1"), arm="recoproduce")
    town = model.town
    town.columns.signals[:, 2, 0] = np.rint(1e6 * town.world.wishes().pattern[2]).astype(int)
    top = np.argsort(-town.world.wishes().pattern[2])[:3]
    assert set(np.nonzero(chosen_menu(town, 2, 0))[0]) == set(top)


def test_case_9_with_neither_honesty_nor_trust_the_menu_is_what_professionals_expected():
    """All signals then come from the professionals' own expectation, and 400 of them tell no more than it."""
    model = Community(
        small_scenario(
            "listening.honest_without_trust=0", "trust.start=0.01", "trust.bonus_anchor=-0.29",
            "trust.contact_good=0", "trust.contact_power=0", "listening.prior_strength=1000",
            "arms.recoproduce.power_design=1", "world.dissimilarity=1", "settings.rung=M1",
        ),
        arm="recoproduce",
    )  # fmt: skip
    model.run_for(18)
    lead = model.programmes[2]
    assert lead.stage != Stage.SETUP
    assert {i for i, on_it in lead.menu.items() if on_it} == set(model.scenario.origin_menu)


def test_case_11_is_the_no_effect_scenario_itself():
    scenario = load_scenario(SCENARIOS / "no-effect.toml", ["settings.weeks=60"])
    outcome = run(scenario, [Lane(arm) for arm in scenario.arms], [0])
    occurred = outcome.weekly[..., 0]
    assert all(np.array_equal(occurred[..., 0], occurred[..., lane]) for lane in range(len(scenario.arms)))
    assert outcome.totals["joined"][:, 1:, 2:].min() > 0


def test_case_13_without_voice_cost_or_delay_making_anew_is_carrying_unchanged():
    scenario = small_scenario(
        "world.dissimilarity=0", "arms.recoproduce.power_design=0", "arms.recoproduce.process_knowledge=0",
        "arms.recoproduce.setup_weeks=8", "arms.recoproduce.power_deliver=0", "designing.practice_adds=0",
        "arms.recoproduce.venue=default", "designing.refresh=1", "designing.bespoke_cost=1", "designing.meetings=0",
        "designing.link_hours=0",
    )  # fmt: skip
    one = run(scenario, [Lane("none"), Lane("transplant")], [0, 1])
    other = run(scenario, [Lane("none"), Lane("recoproduce")], [0, 1])
    assert outcomes_differ(one, other) == ["designs", "slots_learned"]  # the design itself, which changes nothing


def test_case_15_without_trend_nothing_drifts_when_nothing_is_done():
    scenario = small_scenario(
        "offending.yearly_change=0", "offending.season_swing=0", "offending.age_sd=1000", "settings.weeks=208",
        "population.core_exit_per_year=0",
    )  # fmt: skip
    world = World(scenario, 5, range(24))
    by_year = np.zeros((4, len(world.areas)))
    for week in range(-52, 208):
        world.turn(week)
        if week >= 0:
            by_year[week // 52] += np.add.reduceat(world.background, world.first_row[:-1]) / 52
    change = by_year[3] / by_year[0] - 1
    assert mean_is(change, 0.0, sd=change.std())


def test_case_16_reporting_is_binomial_thinning():
    scenario = small_scenario(
        "settings.weeks=100", "reporting.share=0.3", "areas.castlefern.lead=police", "reporting.trust_effect=0",
        "reporting.fear_effect=0",
    )  # fmt: skip
    totals = run(scenario, [Lane("none")], range(10)).totals
    occurred, reported = totals["asb_occurred"][..., 0], totals["asb_reported"][..., 0]
    scaled = (reported - 0.3 * occurred) / np.sqrt(0.3 * 0.7 * occurred)
    assert mean_is(scaled, 0.0, sd=1.0)
    assert 0.5 < scaled.var() < 1.8
    assert np.array_equal(totals["asb_seen"][:, 1], totals["asb_reported"][:, 1])  # the police see all that is reported
    share = totals["asb_seen"][:, 2].sum() / reported[:, 2].sum()
    assert abs(share - 0.4) < 4 * np.sqrt(0.24 / reported[:, 2].sum())


def test_case_17_an_area_whose_programme_never_starts_is_as_if_nothing_were_done():
    scenario = small_scenario("areas.govan.opens_week=47")
    outcome = run(scenario, [Lane("none"), Lane("recoproduce")], [0, 1])
    known = weekly_measures(scenario).index("process_knowledge")  # what services know, and that the area is open
    assert np.array_equal(outcome.weekly[:, :, 2, 0, :known], outcome.weekly[:, :, 2, 1, :known])
    assert not np.array_equal(outcome.weekly[:, :, 1, 0], outcome.weekly[:, :, 1, 1])


def test_selected_people_fall_back_by_themselves():
    """Regression to the mean must come from choosing on what was seen; nothing in the model codes it."""
    changes = ["offending.yearly_change=0", "offending.season_swing=0", "settings.weeks=80"]
    scenario = load_scenario(SCENARIOS / "no-effect.toml", changes)
    totals = run(scenario, [Lane("none"), Lane("transplant")], range(5)).totals
    before = totals["reported_before"][:, 1:, 1].sum() / totals["weeks_before"][:, 1:, 1].sum()
    after = totals["reported_after"][:, 1:, 1].sum() / totals["weeks_after"][:, 1:, 1].sum()
    assert after < 0.9 * before


def test_nobody_joins_when_nobody_can_be_listed():
    scenario = small_scenario("arms.transplant.setup_weeks=1", "programme.contacted=0", "joining.baseline=-10")
    model = Community(scenario, arm="transplant")
    model.run_for(20)
    assert model.programmes[1].invited > 0
    assert model.programmes[1].joined == 0
    assert (model.town.columns.standing != Standing.IN).all()
