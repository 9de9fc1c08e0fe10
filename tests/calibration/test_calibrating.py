"""A small calibration from end to end: stopped and gone on with, told, written, published."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from modsim import load_scenario
from modsim.calibration import calibrating, credibility, page
from modsim.calibration.calibrating import Size, calibrate
from modsim.calibration.credibility import confusion, evidence_for, recovered, variant_tables
from modsim.calibration.cross_check import cross_checked
from modsim.calibration.ensemble import AS_IT_IS, DRAWS_OF_A_VARIANT, Ensemble
from modsim.calibration.posterior import posterior
from modsim.calibration.table import Batch, TableStore, batches_of, place_to_calibrate_in, run_table
from modsim.calibration.targets import aims_of
from modsim.calibration.variants import NULL, VARIANTS
from modsim.calibration.writing import reached_figure
from modsim.inputs.problems import InputError
from modsim.simulation.parallel import LostWorkerError
from modsim.studies.documents import table_in
from modsim.studies.study import StudyError
from modsim.world.draws import analyst
from tests.calibration.conftest import HERE, SMALL, SOME, TINY, few, place, targets
from tests.conftest import SCENARIOS, modsim

pytestmark = pytest.mark.slow(reason="runs small calibrations from end to end")


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


@pytest.mark.parametrize(
    ("happened", "told", "said"),
    [
        (ZeroDivisionError("what happened"), InputError, "batch 0 could not be run: ZeroDivisionError: what happened"),
        (LostWorkerError("gone"), LostWorkerError, "^gone$"),
    ],
)
def test_a_batch_that_fails_is_told_in_one_sentence(happened, told, said, tmp_path, monkeypatch):
    def broken(self, each_week=None):
        raise happened

    monkeypatch.setattr(Batch, "outcome", broken)
    with pytest.raises(told, match=said):
        run_table(batches_of(place(), few(), few().shares(1, 1, 2)), TableStore.of(tmp_path, place(), few(), "x"), 1)


def test_targets_beyond_the_model_s_reach_are_told(tmp_path):
    (aim,) = targets("take_up")
    far = replace(aim, value=40.0, low=39.0, high=41.0)
    with pytest.raises(InputError, match="nothing in the prior comes near the targets"):
        calibrate([far], place(), few(), tmp_path, size=Size(8, 4, 4, 2), workers=1)


def test_every_rule_gets_a_table_and_its_evidence(small, monkeypatch):
    found, store = small
    assert {v.name for v in credibility._TOLD_APART} == {v.name for v in VARIANTS} - {"pooled effect"}
    monkeypatch.setattr(credibility, "_TOLD_APART", VARIANTS[:1])
    tables = variant_tables(replace(found, size=Size(8, 4, 4, 3)), store, workers=1)
    assert set(tables) == {"as it is", NULL.name, VARIANTS[0].name}
    plain, other = (tables[name] for name in ("as it is", VARIANTS[0].name))
    for figure in ("friends_each", "cv_between_areas", "share_of_top_10_percent"):
        assert (plain[figure] == other[figure]).all()  # worlds and their luck are the same; only the rule differs
    assert (plain["take_up"] != other["take_up"]).any()
    evidence = evidence_for(found, tables)
    assert evidence["as it is"] == 0.0
    assert all(np.isfinite(value) for value in evidence.values())
    matrix = confusion(found, tables, sets=4)
    assert matrix.sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_what_chance_contracts_is_not_called_known(small):
    found, _ = small
    luck = analyst(10, "test")
    elsewhere = found.table.copy()
    elsewhere[found.prior.keys] = found.prior.values(luck.random((len(elsewhere), len(found.prior.keys))))
    nothing = replace(found, table=elsewhere)  # figures at places that have nothing to do with them
    nothing = replace(nothing, found=posterior(nothing.shares, nothing.figures, *aims_of(found.fitted), found.seed))
    assert nothing.chance > calibrating.IDENTIFIED  # of so few points
    assert not nothing.numbers["identified"].any()
    assert found.numbers["identified"].any()


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


def test_the_command_runs_from_end_to_end_and_writes_what_it_found(tmp_path, monkeypatch, capsys):
    (tmp_path / "t.csv").write_text("id,figure,value,low,high\nA,take_up,0.5,0.2,0.8\nB,completion,0.5,0.2,0.8\n")
    (tmp_path / "p.csv").write_text(
        "key,low,best,high,scale\njoining.baseline,-3,-2,-1,linear\nattending.dropout_per_week,0.05,0.1,0.2,linear\n"
    )
    monkeypatch.setattr(calibrating.Size, "__init__", lambda self, *given: _sized(self, 8, 4, 4, 3))
    changes = [word for change in TINY for word in ("--set", change)]
    code, out, said = modsim(
        monkeypatch, capsys, "calibrate", tmp_path / "t.csv", "--scenario", SCENARIOS / "calibration.toml", "--prior",
        tmp_path / "p.csv", "--store", tmp_path / "s", "--out", tmp_path / "out", "--workers", "1", "--only", "a",
        "--only", "d", *changes,
    )  # fmt: skip
    assert code == 0, said
    assert "Structural variants, each calibrated to the same targets" in out
    assert "The evidence narrows" in out
    assert "Parameter recovery on synthetic data" in out
    about = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert about["schema"] == "modsim-calibration-2"
    assert [(one["id"], one["points_run"]) for one in about["variants"]] == [("a", 48), ("d", 48)]
    assert sum(one["weight"] for one in about["variants"]) == pytest.approx(1.0)
    draws = pd.read_csv(tmp_path / "out" / "posterior.csv")
    assert draws["variant"].value_counts().to_dict() == {"a": DRAWS_OF_A_VARIANT, "d": DRAWS_OF_A_VARIANT}
    assert (draws.loc[draws["variant"] == "d", "reporting.identified"] == 1.0).all()
    assert draws.loc[draws["variant"] == "a", "reporting.identified"].isna().all()  # not calibrated here
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
    alone = Ensemble(AS_IT_IS, {"a": found})
    monkeypatch.setattr(page, "SHIPPED", tmp_path / "shipped")
    (tmp_path / "shipped").mkdir()
    (tmp_path / "pictures").mkdir()
    document = tmp_path / "page.md"
    document.write_text("# Nothing\n")
    with pytest.raises(StudyError, match="has no place for a table; put <!-- rules: made by modsim calibrate -->"):
        page.publish(alone, tmp_path / "data", document, "modsim calibrate x", {})
    assert not (tmp_path / "data").exists()
    document.write_text("".join(f"<!-- {n}: made by modsim calibrate --><!-- end of {n} -->\n" for n in page.TABLES))
    names = ["as it is", "null"]
    more = {
        "recovery": alone.together(lambda one: recovered(one, sets=3)),
        "cross-check": pd.DataFrame(columns=["number", "apart"]),
        "rules-evidence": pd.DataFrame({"all targets": [0.0, -2.5]}, index=names),
        "rules-told-apart": pd.DataFrame([[0.95, 0.05], [0.3, 0.7]], index=names, columns=names),
    }  # fmt: skip
    page.publish(alone, tmp_path / "data", document, "modsim calibrate x", more)
    for name, text in page.TABLES.items():
        assert table_in(document, name, page.BY) == text(tmp_path / "data")
    assert "| null | −2.50 | null 70%, as it is 30% |" in document.read_text()
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "shipped" / "posterior.csv"), alone.draws, check_exact=False, rtol=1e-5
    )
    about = json.loads((tmp_path / "shipped" / "posterior.json").read_text())
    assert about["command"] == "modsim calibrate x"
    assert about["variants"][0]["numbers_identified"] == found.numbers["identified"].sum()
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
