"""Cases whose answer is known in closed form: the model must give it, within four standard errors or exactly.

Three of the seventeen stand elsewhere: 5 in `tests/world/test_world.py` (expected match), 12 also in
`tests/simulation/test_conservation.py` (the purse) and 14 in `tests/simulation/test_luck.py` (labels).
"""

import numpy as np
import pytest
from scipy import stats

from modsim import Community, load_scenario
from modsim.rules import trusting
from modsim.simulation.by_columns.preparing import chosen_menu
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
    recipients = np.tile([area.role == "recipient" for area in scenario.areas], 12)  # the origin has its programme
    found, expected = found[:, recipients], expected[:, recipients]
    scaled = (found - expected) / np.sqrt(expected)
    assert mean_is(scaled, 0.0, sd=1.0)
    assert abs(scaled.var() - 1.0) < 4 * np.sqrt(2.0 / scaled.size) + 0.05  # Poisson counts are a little long-tailed
    total, level = found.sum(), expected.sum()
    assert abs(total - level) < 4 * np.sqrt(level)


def test_case_2_an_incident_sets_off_others_as_often_as_it_says_and_counts_come_in_bursts():
    """A branching process: the mean stays, and long counts vary 1 / (1 - offspring) squared times as much."""
    offspring, replicates = 0.5, range(60)
    still = [change for change in NOTHING_MOVES if "offspring" not in change]
    scenario = small_scenario(
        "settings.weeks=156", "settings.seed=3", f"excitation.offspring={offspring}", "order.persistence=0", *still
    )
    world = World(scenario, 3, replicates)
    expected = np.zeros(len(world.areas))
    for week in range(-52, 156):
        world.turn(week)
        if week >= 0:
            expected += np.add.reduceat(world.background, world.first_row[:-1])
    occurred = run(scenario, [Lane("none")], replicates).weekly[:, :, 1:, 0, 0].sum(axis=1)
    expected = expected.reshape(-1, 3)[:, 1:]
    scaled = (occurred - expected) / np.sqrt(expected)
    bursts = 1.0 / (1.0 - offspring) ** 2
    assert mean_is(scaled, 0.0, sd=np.sqrt(bursts))
    assert abs(scaled.var() / bursts - 1.0) < 4 * np.sqrt(2.0 / scaled.size)
    assert scaled.var() > 2.0  # without bursts it would be about 1


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


def test_case_6_a_design_takes_the_meetings_that_its_renewal_law_says():
    """Each of n partners comes with chance 0.5: after m meetings n m chances were had, and 6 n presences are needed."""
    scenario = small_scenario(
        "commitment.sd=0", "commitment.mean=0.5", "commitment.regard_step=0", "partners.hours_per_incident=0",
        "turnover.leaving_per_week=0", "designing.knowledge_adds_quality=0", "purse.grant=2000", "programme.rounds=1",
        "arms.recoproduce.process_knowledge=0", "arms.recoproduce.setup_weeks=6", "settings.weeks=90",
        "spread.lapse_with_anchor=0", "spread.lapse_without_anchor=0",
    )  # fmt: skip
    outcome = run(scenario, [Lane("none"), Lane("recoproduce")], range(60))
    known = weekly_measures(scenario).index("process_knowledge")  # rises in the week in which the menu is settled
    settled = np.argmax(outcome.weekly[..., 1, known] > 0, axis=1)[:, 1:]
    assert (settled % 2 == 1).all()  # partners meet each fortnight
    taken = (settled + 1) // 2
    for place, area in enumerate(scenario.areas[1:]):
        size = int(World(scenario, 3, [0]).partners.size[place + 1])
        meetings = np.arange(1, 60)
        not_yet = stats.binom.cdf(6 * size - 1, meetings * size, 0.5)
        chance = -np.diff(np.concatenate([[1.0], not_yet]))
        mean = (meetings * chance).sum()
        spread = np.sqrt(((meetings - mean) ** 2 * chance).sum())
        assert mean_is(taken[:, place], mean, sd=spread), area.label
        assert 0.4 < taken[:, place].var() / spread**2 < 2.0


def test_case_7_friends_alone_conserve_a_group_s_sum_and_close_the_gaps_within_it():
    """Closed groups, the same weight at every age: each gap to the mean shrinks by 1 - fading - pull n / (n - 1)."""
    scenario = small_scenario(
        "population.rewired_share=0", "peers.pull=0.05", "peers.strongest_until=39", "peers.gone_by=60",
        "order.persistence=0", "policing.labelling=0", "population.core_exit_per_year=0",
    )  # fmt: skip
    model = Community(scenario, arm="none")
    model.run_for(1)
    world, c = model.town.world, model.town.columns
    area = world.area > 0
    c.inclination[:, 0] = np.where(area, np.random.default_rng(7).normal(size=world.rows), 0.0)
    before, who = c.inclination[:, 0].copy(), world.generation.copy()
    weeks, fading = 6, scenario.effect.reversion_per_week
    model.run_for(weeks)
    checked = 0
    for group in np.unique(world.group[area]):
        members = np.nonzero(world.group == group)[0]
        closed = (np.diff(world.ties.start)[members] == len(members) - 1).all()  # old ties stay where cores change
        if not closed or (world.generation[members] != who[members]).any():
            continue  # somebody grew out and took the sum along
        first, last, n = before[members], c.inclination[members, 0], len(members)
        assert last.sum() == pytest.approx(first.sum() * (1 - fading) ** weeks, abs=1e-9)
        gap = (1 - fading - 0.05 * n / (n - 1)) ** weeks
        assert last - last.mean() == pytest.approx((first - first.mean()) * gap, abs=1e-9)
        checked += 1
    assert checked > 20


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


def test_case_10_in_closed_groups_joining_is_a_chain_in_which_each_friend_inside_counts():
    """Only friends matter: who is asked says yes with a chance that depends on how many of the group were in before."""
    scenario = small_scenario(
        "population.rewired_share=0", "joining.match_effect=0", "joining.trust_effect=0", "joining.support_effect=0",
        "joining.rival_ground_effect=0", "joining.friends_effect=3", "joining.baseline=-1.5", "programme.places=40",
        "purse.grant=5000", "settings.weeks=24",
    )  # fmt: skip
    surprise, variance, inside = [], [], []
    for replicate in range(16):
        model = Community(scenario, arm="transplant", replicate=replicate)
        world, c = model.town.world, model.town.columns
        model.run_for(8)
        for _ in range(scenario.programme.recruitment_waves):
            was_in, waiting = c.ever_in[:, 0].copy(), c.standing[:, :, 0] == Standing.NOT_ASKED
            model.step()
            area, n = np.nonzero(waiting & (c.standing[:, :, 0] != Standing.NOT_ASKED) & (c.listed[:, :, 0] >= 0))
            of_mine = area > 0
            for row, standing in zip(c.listed[area, n, 0][of_mine], c.standing[area, n, 0][of_mine], strict=True):
                if standing == Standing.GONE:
                    continue
                group = world.group == world.group[row]
                share = was_in[group].sum() / (group.sum() - 1)
                chance = 1.0 / (1.0 + np.exp(1.5 - 3.0 * share))
                surprise.append((standing == Standing.IN) - chance)
                variance.append(chance * (1.0 - chance))
                inside.append(share)
    assert max(inside) > 0.2  # the chain moved
    assert abs(sum(surprise)) < 4 * np.sqrt(sum(variance))
    pulled = np.array(surprise)[np.array(inside) > 0.0]
    assert abs(pulled.sum()) < 4 * np.sqrt(np.array(variance)[np.array(inside) > 0.0].sum())


def test_case_11_is_the_no_effect_scenario_itself():
    scenario = load_scenario(SCENARIOS / "no-effect.toml", ["settings.weeks=60", "areas.govan.opens_week=0"])
    outcome = run(scenario, [Lane(arm) for arm in scenario.arms], [0])
    occurred = outcome.weekly[..., 0]
    assert all(np.array_equal(occurred[..., 0], occurred[..., lane]) for lane in range(len(scenario.arms)))
    assert outcome.totals["joined"][:, 1:, 2:].min() > 0


@pytest.mark.parametrize("charged", [True, False])
def test_case_12_what_services_work_is_what_the_ledger_says(charged):
    """Hours worked, by service, are those of the headings under which services work: paid from the purse or given."""
    scenario = small_scenario(f"purse.charge_inkind={str(charged).lower()}")
    outcome = run(scenario, [Lane("none"), Lane("transplant"), Lane("recoproduce")], [0, 1])
    paid = sum(outcome.spent[heading] for heading in ("contacts", "delivery", "negotiation"))
    shared = sum(outcome.spent[heading] for heading in ("meetings", "links", "mentoring"))
    in_kind = outcome.totals["hours_in_kind"]
    worked = sum(hours for name, hours in outcome.totals.items() if name.startswith("hours_of_"))
    assert np.allclose(worked, paid + shared + in_kind, rtol=0, atol=1e-6)
    assert (in_kind[:, 1:, 1:].max() == 0) == charged
    assert (shared[:, 1:, 1:].max() > 0) == charged


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
