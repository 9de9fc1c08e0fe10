"""Calibration: wrong files refused, known answers found, and a small one from end to end, stopped and gone on with."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from modsim import load_scenario
from modsim.calibration import calibrating, page
from modsim.calibration.calibrating import (
    Size,
    calibrate,
    confusion,
    evidence_for,
    evidence_of,
    recovered,
    variant_tables,
)  # fmt: skip
from modsim.calibration.cross_check import cross_checked
from modsim.calibration.emulators import Emulators
from modsim.calibration.figures import FIGURES, Watch
from modsim.calibration.posterior import posterior
from modsim.calibration.prior import Parameter, Prior
from modsim.calibration.table import Batch, TableStore, batches_of, place_to_calibrate_in, run_table
from modsim.calibration.targets import Target, read_targets
from modsim.calibration.variants import NULL, SATURATING, VARIANTS
from modsim.calibration.writing import reached_figure
from modsim.findings.measures import by_replicate
from modsim.inputs.problems import InputError
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import LostWorkerError
from modsim.simulation.runs import run
from modsim.studies.documents import table_in
from modsim.studies.study import StudyError
from modsim.world.draws import analyst
from tests.conftest import SCENARIOS, modsim, small_scenario

HERE = SCENARIOS.parent / "experiments" / "calibration"
TINY = (
    "areas.gorbals.population=2000", "settings.weeks=108", "settings.replicates=3", "programme.list_length=30",
    "programme.contacted=20",
)  # fmt: skip
FEW = ("effect.session_effect", "joining.baseline", "attending.dropout_per_week")


def place():
    return place_to_calibrate_in(load_scenario(SCENARIOS / "calibration.toml", TINY))


def few(*keys):
    known = Prior.read(HERE / "prior.csv")
    return Prior(tuple(p for p in known.parameters if p.key in (keys or FEW)))


def targets(*names):
    return [t for t in read_targets(HERE / "targets.csv") if t.figure in names]


SOME = "participants_effect", "take_up", "completion", "match_difference", "friends_each"
SMALL = Size(worlds=6, again=3, points=30, checked=4)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    store = tmp_path_factory.mktemp("store")
    found = calibrate(targets(*SOME), place(), few(), store, size=SMALL, workers=1)
    return found, store


# --- files ---


def test_the_shipped_targets_and_prior_can_be_read():
    aims = read_targets(HERE / "targets.csv")
    assert {t.id for t in aims} >= {f"K{k}" for k in (1, 2, 4, 5, 6, 7, 8, 10, 11)}
    assert all(t.source and t.strength in "ABCD" for t in aims)
    assert not {"K8", "K9a", "K9b", "K10"} & {t.id for t in aims if t.use == "fit"}
    assert len(Prior.read(HERE / "prior.csv").keys) == 49


def test_no_contrast_between_arms_enters_a_calibration():
    found = place_to_calibrate_in(load_scenario(SCENARIOS / "three-areas.toml"))
    assert found.settings.arms == ["transplant"]
    assert found.world.dissimilarity == 0.0
    assert {lane.arm for lane in (Lane("none"), *map(Lane, found.settings.arms))} == {"none", "transplant"}
    assert found.arms["transplant"].menu == "origin"


WRONG_TARGETS = [
    ("id,figure,value,low,high\nA,nothing,1,0,2\n", "figure 'nothing' is none of reported_per"),
    ("id,figure,value,low\nA,take_up,1,0\n", "has no column 'high'"),
    ("id,figure,value,low,high,colour\nA,take_up,1,0,2,red\n", "has an unknown column 'colour'"),
    ("id,figure,value,low,high\nA,friends_each,x,0,2\n", "value 'x' is not a number"),
    ("id,figure,value,low,high\nA,friends_each,inf,0,2\n", "value 'inf' is not a number"),
    ("id,figure,value,low,high\nA,friends_each,3,0,2\n", "value 3 is not between low and high"),
    ("id,figure,value,low,high\nA,friends_each,1,2,2\n", "low 2 is not below high 2"),
    ("id,figure,value,low,high\nA,take_up,,0,2\n", "a target to fit needs a value"),
    ("id,figure,value,low,high\n,take_up,1,0,2\n", "has no id"),
    ("id,figure,value,low,high,use\nA,take_up,1,0,2,guess\n", "use 'guess' is neither fit nor check"),
    ("id,figure,value,low,high,weight\nA,take_up,1,0,2,0\n", "weight 0 must be above 0"),
    ("id,figure,value,low,high\nA,take_up,1,0,2\nA,take_up,1,0,2\n", "'A' stands there twice"),
    ("id,figure,value,low,high,use\nA,friends_each,1,0,2,check\n", "holds no target to fit"),
    ("", "cannot be read"),
    ("id,figure,value,low,high,strength\nA,take_up,.3,.2,.4,Q\n", "strength 'Q' is none of A, B, C, D"),
    ("id,figure,value,low,high\nA,take_up,30,20,40\n", "take_up is a share from 0 to 1; given 30, 20, 40"),
    ("id,figure,value,low,high\nA,friends_each,1,0,2\nB,friends_each,1,0,2\n", "friends_each is fitted twice"),
    ("id,figure,value,low,high,use\nA,take_up,1,,,check\n", "has neither low nor high"),
    ("id,figure,value,low,high\n\n\nA,friends_each,3,0,2\n", "line 4: value 3 is not between"),
    ("id,figure,value,low,high\nA,take_up,1,0,2,3\n", "Expected 5 fields in line 2, saw 6"),
    ("id,figure,value,low,high\nA,take_up,1,0,2\nB,completion,1,000,0,2\n", "Expected 5 fields in line 3, saw 6"),
    ("id,figure,value,low,high,low\nA,take_up,1,0,2,0\n", "names the column 'low' twice"),
    ("id,figure,value,low,high\nA,take_up,1,0\n", "a target to fit needs a high"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_TARGETS)
def test_wrong_targets_are_refused_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        read_targets(path)


WRONG_PRIORS = [
    ("key,low,best,high,scale\nnothing.here,0,1,2,linear\n", "'nothing.here' is no number of a scenario that can vary"),
    ("key,low,best,high,scale\nprogramme.places,6,8,9,linear\n", "'programme.places' is no number"),
    ("key,low,best,high,scale\ntrust.start,0.5,0.2,0.6,linear\n", "and best between the two"),
    ("key,low,best,high,scale\ntrust.start,-1,0.2,0.6,linear\n", "trust.start must have 0.01 <= low"),
    ("key,low,best,high,scale\ntrust.start,a,0.2,0.6,linear\n", "low, best and high must be numbers"),
    ("key,low,best,high,scale\npeers.pull,0,0.1,0.6,log\n", "scale 'log' must be linear, or log where low is above 0"),
    ("key,low,best,high,scale\npeers.pull,0,0.1,0.6,\npeers.pull,0,0.1,0.6,\n", "stands there twice"),
    ("key,low,best,high,scale\nareas.population,500,600,900,linear\n", "'areas.population' is no number"),
    ("key,low,best,high,scale\nsettings.confidence,0.1,0.5,0.9,linear\n", "'settings.confidence' is no number"),
    ("key,low,best,high,scale\nworld.dissimilarity,0,0.5,1,linear\n", "world.dissimilarity is 0 in a calibration"),
    ("key,low,high\npeers.pull,0,0.1\n", "has no column 'best'; it should hold a prior: a CSV file"),
    ("key,low,best,high,scale\n", "holds 0 numbers"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_PRIORS)
def test_wrong_priors_are_refused_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        Prior.read(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("settings.weeks=60", "settings.weeks: 60 is too short"),
        ("settings.verdict_against=recoproduce settings.verdict_arm=transplant", "makes its menu anew"),
        ("settings.replicates=1", "takes two simulated futures"),
        ("settings.spreads=diffusion", "needs programmes that open at a date"),
    ],
)
def test_a_place_that_cannot_be_calibrated_in_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        place_to_calibrate_in(load_scenario(SCENARIOS / "calibration.toml", change.split()))


# --- the parts, where the answer is known ---


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


def test_figures_of_a_run_are_those_of_the_comparison():
    scenario = place()
    lanes, watch, towns = [Lane("none"), Lane("transplant")], Watch(1), []

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

    outcome = run([scenario], [Lane("none"), Lane("transplant")], range(16), look=look)
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
    Batch(0, found, ("peers.pull",), np.array([[0.02]])).points  # noqa: B018  can be made


def test_a_place_of_few_ages_has_no_age_of_peak():
    watch = Watch(1)
    for ages in ({15: 1.0}, {15: 1.0, 16: 1.0}, {12: 1.0, 20: 1.0}):
        watch._by_age = {age: np.array([rate, 10.0]) for age, rate in ages.items()}
        assert np.isnan(watch._age_of_peak())
    watch._by_age = {age: np.array([rate, 1.0]) for age, rate in {14: 1.0, 15: 2.0, 16: 3.0, 17: 2.0, 18: 1.0}.items()}
    assert watch._age_of_peak() == pytest.approx(16.5)


def test_where_nothing_is_wanted_more_than_other_things_match_makes_no_difference():
    scenario = place_to_calibrate_in(
        load_scenario(SCENARIOS / "calibration.toml", [*TINY, "effect.match_counts=false", "settings.replicates=8"])
    )
    table = Batch(0, scenario, ("peers.pull",), np.array([[0.02]])).outcome()
    assert abs(table["match_difference"][0]) < 0.35


# --- from end to end ---


def test_a_small_calibration_finds_something_and_says_what_it_does_not_reach(small):
    found, _ = small
    assert 0.0 < found.room_left <= 1.0
    assert len(found.table) == (SMALL.worlds + SMALL.again) * SMALL.points
    assert list(found.draws.columns) == found.prior.keys
    assert found.numbers["contraction"].max() > found.chance
    inside = found.numbers
    assert ((inside["prior_low"] <= inside["low"]) & (inside["high"] <= inside["prior_high"])).all()
    reached = found.reached.set_index("id")
    assert reached.loc["K9a", "use"] == "check"
    assert set(found.reached["holds"]) <= {True, False}


def test_made_up_truths_are_found_again_in_a_small_calibration(small):
    found, _ = small
    recovery = recovered(found, sets=20)
    assert 0.60 <= recovery["covered"].mean() <= 0.95, recovery
    known = recovery[recovery["identified"]]
    assert known["contraction"].mean() > found.chance  # not the prior, which would hold them as often


def test_nothing_is_run_twice_and_a_stopped_one_goes_on(small, monkeypatch, tmp_path):
    found, store = small
    ran = []
    usual = Batch.outcome

    def counted(self, each_week=None):
        ran.append(self.number)
        if len(ran) == 3:
            raise KeyboardInterrupt
        return usual(self, each_week)

    monkeypatch.setattr(Batch, "outcome", counted)
    again = calibrate(targets(*SOME), place(), few(), store, size=SMALL, workers=1)
    assert ran == []
    pd.testing.assert_frame_equal(again.draws, found.draws)
    with pytest.raises(KeyboardInterrupt):
        calibrate(targets(*SOME), place(), few(), tmp_path, size=SMALL, workers=1)
    assert len(list(tmp_path.rglob("*.parquet"))) == 2
    monkeypatch.setattr(Batch, "outcome", usual)
    shares = few().shares(1, SMALL.worlds, SMALL.points)
    kept = TableStore.of(tmp_path, place(), few(), "seed 1")
    table = run_table(batches_of(place(), few(), shares)[:3], kept, workers=1)
    first = found.table[found.table["wave"] == 1].head(3 * SMALL.points).drop(columns=["wave", "world"])
    pd.testing.assert_frame_equal(table, first)


def test_a_damaged_part_is_run_again(tmp_path):
    batches = batches_of(place(), few(), few().shares(1, 1, 2))
    store = TableStore.of(tmp_path, place(), few(), "x")
    table = run_table(batches, store, workers=1)
    store.path(batches[0]).write_bytes(b"broken")
    pd.testing.assert_frame_equal(run_table(batches, store, workers=1), table)


def test_a_batch_that_fails_is_told_in_one_sentence(tmp_path, monkeypatch):
    def broken(self, each_week=None):
        raise ZeroDivisionError("what happened")

    monkeypatch.setattr(Batch, "outcome", broken)
    with pytest.raises(InputError, match="batch 0 could not be run: ZeroDivisionError: what happened"):
        run_table(batches_of(place(), few(), few().shares(1, 1, 2)), TableStore.of(tmp_path, place(), few(), "x"), 1)


def test_a_process_that_died_is_told_as_that(tmp_path, monkeypatch):
    def died(self, each_week=None):
        raise LostWorkerError("gone")

    monkeypatch.setattr(Batch, "outcome", died)
    with pytest.raises(LostWorkerError, match="gone"):
        run_table(batches_of(place(), few(), few().shares(1, 1, 2)), TableStore.of(tmp_path, place(), few(), "x"), 1)


def test_targets_beyond_the_model_s_reach_are_told(tmp_path):
    (aim,) = targets("take_up")
    far = type(aim)(**{**vars(aim), "value": 40.0, "low": 39.0, "high": 41.0})
    with pytest.raises(InputError, match="nothing in the prior comes near the targets"):
        calibrate([far], place(), few(), tmp_path, size=Size(8, 4, 4, 2), workers=1)


def test_a_rule_that_cannot_give_what_is_seen_has_less_evidence():
    luck = analyst(8, "test")
    shares, worlds = luck.random((400, 2)), np.repeat(np.arange(40), 10)
    noise = 0.05 * luck.normal(size=(400, 2))
    can = Emulators.of(shares, shares + noise, worlds, ["a", "b"])
    cannot = Emulators.of(shares, shares * [1.0, 0.0] + noise, worlds, ["a", "b"])
    sds = np.array([0.1, 0.1])
    seen, unseen = (
        evidence_of({"can": (can, None), "cannot": (cannot, None)}, np.array([0.5, b]), sds, 1) for b in (0.7, 0.0)
    )
    assert seen["can"] - seen["cannot"] > 5.0
    assert unseen["cannot"] > unseen["can"]  # where nothing is seen, the rule that says so is the better one


def test_every_rule_gets_a_table_and_its_evidence(small, monkeypatch):
    found, store = small
    assert {v.name for v in calibrating._TOLD_APART} == {v.name for v in VARIANTS} - {"pooled effect"}
    monkeypatch.setattr(calibrating, "_TOLD_APART", VARIANTS[:1])
    tables = variant_tables(replace(found, size=Size(8, 4, 4, 3)), store, workers=1)
    assert set(tables) == {"as it is", NULL.name, VARIANTS[0].name}
    plain, other = (tables[name][1] for name in ("as it is", VARIANTS[0].name))
    for figure in ("friends_each", "cv_between_areas", "share_of_top_10_percent"):
        assert (plain[figure] == other[figure]).all()  # worlds and their luck are the same; only the rule differs
    assert (plain["take_up"] != other["take_up"]).any()
    evidence = evidence_for(found, tables)
    assert evidence["as it is"] == 0.0
    assert all(np.isfinite(value) for value in evidence.values())
    matrix = confusion(found, tables, sets=4)
    assert matrix.sum(axis=1).to_numpy() == pytest.approx(1.0)


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


def test_what_chance_contracts_is_not_called_known(small):
    found, _ = small
    luck = analyst(10, "test")
    elsewhere = found.table.copy()
    elsewhere[found.prior.keys] = found.prior.values(luck.random((len(elsewhere), len(found.prior.keys))))
    nothing = replace(found, table=elsewhere)  # figures at places that have nothing to do with them
    nothing = replace(
        nothing, found=posterior(nothing.shares, nothing.figures, *calibrating.aims_of(found.fitted), found.seed)
    )
    assert nothing.chance > calibrating.IDENTIFIED  # of so few points
    assert not nothing.numbers["identified"].any()
    assert found.numbers["identified"].any()


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


def test_figures_that_a_place_does_not_have_are_told(tmp_path):
    without = place_to_calibrate_in(
        load_scenario(SCENARIOS / "calibration.toml", [*TINY, "areas.gorbals.core_groups=0"])
    )
    (aim,) = targets("core_group_dispersion")
    to_fit = replace(aim, use="fit", value=1.5, low=1.0, high=2.0, weight=1.0)
    with pytest.raises(InputError, match="target G1: no run of this place has core_group_dispersion; leave it out"):
        calibrate([to_fit], without, few(), tmp_path, size=Size(8, 4, 4, 2), workers=1)
    found = calibrate([aim, *targets("take_up")], without, few(), tmp_path, size=Size(8, 4, 4, 2), workers=1)
    assert [target.id for target in found.absent] == ["G1"]
    assert list(found.reached["figure"]) == ["take_up"]


def test_the_worst_misses_stay_in_the_picture(small):
    found, _ = small
    far = replace(found, checked=found.checked.assign(take_up=9.0))
    figure, said = reached_figure(far)
    assert "K7" in said
    axis = figure.axes[0]
    low, high = axis.get_xlim()
    assert all(low < x < high for line in axis.lines for x in line.get_xdata())


def test_pyabc_is_asked_for_the_numbers_that_are_identified(small, monkeypatch):
    found, _ = small
    monkeypatch.setattr("modsim.calibration.cross_check._PARTICLES", 60)
    monkeypatch.setattr("modsim.calibration.cross_check._GENERATIONS", 3)
    before = np.random.get_state()[1].copy()  # noqa: NPY002  the generator that pyABC draws from
    table = cross_checked(found)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002  must be left as it was
    assert list(table["number"]) == list(found.numbers.loc[found.numbers["identified"], "number"])
    assert table["apart"].max() < 0.35


def test_saturating_match_is_between_nothing_and_all():
    scenario = small_scenario()
    rule = SATURATING.chance_of_attending
    p = scenario.attending
    assert rule(0.0, p) == pytest.approx(p.attends)
    assert rule(1.0, p) == pytest.approx(p.attends + p.attends_match)
    assert rule(0.5, p) > p.attends + 0.5 * p.attends_match


def test_every_variant_changes_the_model():
    scenario = small_scenario("settings.weeks=40")
    lanes = [Lane("none"), Lane("transplant")]
    plain = run(scenario, lanes, [0]).weekly
    for variant in (*VARIANTS, NULL):
        assert not np.array_equal(run(variant.of(scenario), lanes, [0], rules=variant.rules).weekly, plain), (
            variant.name
        )


def test_the_command_runs_from_end_to_end_and_writes_what_it_found(tmp_path, monkeypatch, capsys):
    (tmp_path / "t.csv").write_text("id,figure,value,low,high\nA,take_up,0.5,0.2,0.8\nB,completion,0.5,0.2,0.8\n")
    (tmp_path / "p.csv").write_text(
        "key,low,best,high,scale\njoining.baseline,-3,-2,-1,linear\nattending.dropout_per_week,0.05,0.1,0.2,linear\n"
    )
    monkeypatch.setattr(calibrating.Size, "__init__", lambda self, *given: _sized(self, 8, 4, 4, 3))
    changes = [word for change in TINY for word in ("--set", change)]
    code, out, said = modsim(
        monkeypatch, capsys, "calibrate", tmp_path / "t.csv", "--scenario", SCENARIOS / "calibration.toml", "--prior",
        tmp_path / "p.csv", "--store", tmp_path / "s", "--out", tmp_path / "out", "--workers", "1", *changes,
    )  # fmt: skip
    assert code == 0, said
    assert "The targets tell something" in out
    assert "Made-up truths found again" in out
    about = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert about["schema"] == "modsim-calibration-1"
    assert about["points_run"] == 48
    draws = pd.read_csv(tmp_path / "out" / "posterior.csv")
    assert len(draws) == calibrating.DRAWS
    assert (tmp_path / "out" / "numbers.png").stat().st_size > 10_000


def _sized(size, *numbers):
    for name, number in zip(("worlds", "again", "points", "checked"), numbers, strict=True):
        object.__setattr__(size, name, number)


def test_the_command_refuses_wrong_files(tmp_path, monkeypatch, capsys):
    code, _, said = modsim(monkeypatch, capsys, "calibrate", tmp_path / "none.csv", "--out", tmp_path / "out")
    assert code == 2
    assert "there is no such file; it should hold targets: a CSV file with the columns id, figure" in said


def test_a_calibration_is_published_whole_or_not_at_all(small, tmp_path, monkeypatch):
    found, _ = small
    monkeypatch.setattr(page, "SHIPPED", tmp_path / "shipped")
    (tmp_path / "shipped").mkdir()
    (tmp_path / "pictures").mkdir()
    document = tmp_path / "page.md"
    document.write_text("# Nothing\n")
    with pytest.raises(StudyError, match="has no place for a table; put <!-- rules: made by modsim calibrate -->"):
        page.publish(found, tmp_path / "data", document, "modsim calibrate x", {})
    assert not (tmp_path / "data").exists()
    document.write_text("".join(f"<!-- {n}: made by modsim calibrate --><!-- end of {n} -->\n" for n in page.TABLES))
    names = ["as it is", "null"]
    more = {
        "recovery": recovered(found, sets=3), "cross-check": pd.DataFrame(columns=["number", "apart"]),
        "rules-evidence": pd.DataFrame({"all targets": [0.0, -2.5]}, index=names),
        "rules-told-apart": pd.DataFrame([[0.95, 0.05], [0.3, 0.7]], index=names, columns=names),
    }  # fmt: skip
    page.publish(found, tmp_path / "data", document, "modsim calibrate x", more)
    for name, text in page.TABLES.items():
        assert table_in(document, name, page.BY) == text(tmp_path / "data")
    assert "| null | −2.50 | null 70%, as it is 30% |" in document.read_text()
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "shipped" / "posterior.csv"), found.draws, check_exact=False, rtol=1e-5
    )
    about = json.loads((tmp_path / "shipped" / "posterior.json").read_text())
    assert about["command"] == "modsim calibrate x"
    assert about["numbers_identified"] == found.numbers["identified"].sum()
    first = pd.read_csv(tmp_path / "data" / page.FIRST)
    again = Batch(0, found.scenario, tuple(found.prior.keys), first[found.prior.keys].to_numpy()[:2]).outcome()
    pd.testing.assert_frame_equal(again, first.head(2), check_dtype=False)
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {
        f"calibration-{name}.{kind}" for name in ("numbers", "reached") for kind in ("png", "txt")
    }


def test_the_command_refuses_at_once_what_cannot_succeed(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    for words, told in (
        (("--worlds", "8", "--points", "1"), "--worlds 8 with --points 1: 20 runs or more are needed"),
        (("--store", tmp_path / "file"), "is a file; give a folder"),
    ):
        code, _, said = modsim(
            monkeypatch, capsys, "calibrate", HERE / "targets.csv", "--out", tmp_path / "out", *words
        )
        assert code == 2
        assert told in said
