"""The comparison as other programs read it: summary, tables, folder, figures, provenance."""

import json
from importlib import resources

import jsonschema
import numpy as np
import pandas as pd
import pytest

from modsim import ScenarioError, compare, load_scenario
from modsim.findings.comparison import BANNER
from modsim.findings.figures import draw_figures
from modsim.findings.folder import FolderError, check_folder, write_folder
from tests.conftest import SCENARIOS, small_scenario

SCHEMA = json.loads(resources.files("modsim.findings").joinpath("summary.schema.json").read_text())


@pytest.fixture(scope="module")
def comparison():
    return compare(small_scenario("settings.replicates=9"), name="small", workers=1)


@pytest.fixture(scope="module")
def folder(comparison, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "small"
    write_folder(comparison, folder, "modsim compare small.toml", draw_figures)
    return folder


def test_the_summary_follows_its_schema(folder):
    summary = json.loads((folder / "summary.json").read_text())
    jsonschema.validate(summary, SCHEMA)
    assert summary["banner"] == BANNER
    assert summary["recipients"] == ["castlefern", "govan"]
    assert set(summary["arms"]) == set(small_scenario().arms) - {"none"}
    promised = (
        "occurred_asb_change_percent", "reported_asb_change_percent", "apparent_asb_change_percent",
        "participants_asb_change_percent", "listed_asb_change_percent", "trust_youth_change_points", "invited",
        "joined", "completed", "hours", "cost_gbp", "gbp_per_incident_averted",
    )  # fmt: skip
    for name in promised:
        for arm in summary["arms"].values():
            assert set(arm[name]) == {"mean", "low", "high", "range_low", "range_high"}


def test_a_benefit_in_money_is_shown_only_where_somebody_says_what_an_incident_is_worth(comparison):
    assert "value_less_cost_gbp" not in comparison.estimates["transplant"]
    valued = compare(small_scenario("purse.gbp_per_incident=600"), ["transplant"], replicates=2, workers=1)
    mine, cost = valued.values["transplant"]["value_less_cost_gbp"], valued.values["transplant"]["cost_gbp"]
    occurred = valued.outcome.totals["asb_occurred"][:, 1:].sum(axis=1)
    none, arm = valued.outcome.lane("none"), valued.outcome.lane("transplant")
    assert np.allclose(mine, 600 * (occurred[:, none] - occurred[:, arm]) - cost)
    with pytest.raises(ScenarioError, match="gbp_per_incident"):
        small_scenario("purse.gbp_per_incident=-3")


def test_the_schema_can_refuse(folder):
    summary = json.loads((folder / "summary.json").read_text())
    summary["verdict"]["kind"] = "proved"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(summary, SCHEMA)


def test_the_summary_can_be_worked_out_again_from_the_tables(folder):
    summary = json.loads((folder / "summary.json").read_text())
    table = pd.read_parquet(folder / "comparison.parquet")
    weekly = pd.read_parquet(folder / "weekly.parquet")
    there = table[table.area.isin(summary["recipients"])]
    occurred = there[there.measure == "asb_occurred"].groupby(["arm", "replicate"]).value.sum()
    for arm, figures in summary["arms"].items():
        change = 100 * (occurred[arm] - occurred["none"]) / occurred["none"]
        assert change.mean() == pytest.approx(figures["occurred_asb_change_percent"]["mean"])
    by_week = weekly[weekly.measure == "asb_occurred"].groupby(["arm", "area", "replicate"]).value.sum()
    in_all = table[table.measure == "asb_occurred"].set_index(["arm", "area", "replicate"]).value
    assert (by_week.sort_index() == in_all.sort_index()).all()


def test_the_tables_have_the_columns_of_the_contract(folder):
    columns = {
        "comparison": ["replicate", "arm", "area", "measure", "value"],
        "weekly": ["replicate", "arm", "area", "week", "measure", "value"],
        "ledger": ["replicate", "arm", "area", "heading", "hours", "gbp"],
    }
    for name, expected in columns.items():
        assert list(pd.read_parquet(folder / f"{name}.parquet").columns) == expected
    weekly = pd.read_parquet(folder / "weekly.parquet")
    assert {"asb_occurred", "asb_reported", "trust_youth", "trust_residents", "fear", "regard"} < set(weekly.measure)
    assert len(weekly) == 9 * 11 * 3 * 48 * 16


def test_the_ledger_adds_up(folder):
    ledger = pd.read_parquet(folder / "ledger.parquet")
    hours = ledger.groupby(["replicate", "arm", "area"]).hours.sum()
    recipients = hours[hours.index.get_level_values("area") != "gorbals"]
    paid = recipients[recipients.index.get_level_values("arm") != "none"]
    assert np.allclose(paid, 120 + 48 * 20)
    assert (recipients.xs("none", level="arm") == 0).all()
    assert np.allclose(ledger.gbp, 30 * ledger.hours)


def test_the_resolved_scenario_gives_the_same_tables(comparison, folder):
    again = compare(load_scenario(folder / "scenario.toml"), workers=1)
    pd.testing.assert_frame_equal(again.table, pd.read_parquet(folder / "comparison.parquet"), check_dtype=False)


def test_provenance_says_what_it_was_made_from(folder):
    provenance = json.loads((folder / "provenance.json").read_text())
    assert provenance["command"] == "modsim compare small.toml"
    assert provenance["seed"] == 1
    assert provenance["replicates"] == list(range(9))
    assert {"mesa", "numpy", "scipy"} <= set(provenance["packages"])
    assert len(provenance["code"]) == 16


FIGURES = {
    "trust-over-time", "asb-over-time", "differences-by-area", "apparent-and-true-effect", "both-outcomes", "ledger",
    "hours-by-service", "regard-and-trust", "where-it-runs",
}  # fmt: skip


def test_every_figure_comes_as_svg_and_png_with_words_and_banner(folder):
    files = {path.name for path in (folder / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in FIGURES for kind in ("svg", "png", "txt")}
    for name in FIGURES:
        svg = (folder / "figures" / f"{name}.svg").read_text()
        words = (folder / "figures" / f"{name}.txt").read_text().strip()
        assert BANNER in svg
        assert len(words) > 60
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_numbers_in_the_words_are_those_of_the_summary(comparison, folder):
    words = (folder / "figures" / "apparent-and-true-effect.txt").read_text()
    for arm in comparison.arms:
        for measure in ("apparent_asb_change_percent", "occurred_asb_change_percent"):
            mean = comparison.estimates[arm][measure].mean
            assert mean is None or f"{mean:+.2f}" in words


def test_arms_in_figures_differ_in_lightness():
    from modsim.findings.figures.style import REFERENCE, STYLES

    def lightness(colour):
        red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    first, second = lightness(STYLES[0][0]), lightness(STYLES[1][0])
    assert (max(first, second) + 0.05) / (min(first, second) + 0.05) > 3
    assert len({str(style[1]) for style in STYLES}) == len(STYLES)
    assert REFERENCE[1] not in [style[1] for style in STYLES]


def test_a_folder_is_replaced_whole_and_nothing_is_left_beside_it(comparison, folder):
    (folder / "weekly.parquet").write_text("from an earlier run")
    write_folder(comparison, folder)
    assert not (folder / "figures").exists()
    assert (folder / "weekly.parquet").read_bytes().startswith(b"PAR1")
    assert [path.name for path in folder.parent.iterdir()] == ["small"]
    write_folder(comparison, folder, "modsim compare small.toml", draw_figures)


def test_files_of_one_s_own_in_a_results_folder_are_never_touched(comparison, tmp_path):
    write_folder(comparison, tmp_path / "out")
    (tmp_path / "out" / "notes.md").write_text("mine")
    with pytest.raises(FolderError, match=r"not results of modsim \(notes.md\)"):
        check_folder(tmp_path / "out")
    assert (tmp_path / "out" / "notes.md").read_text() == "mine"


def test_a_picture_of_ones_own_among_the_figures_is_never_touched(comparison, tmp_path):
    """Case 18a: it was deleted with exit code 0."""
    write_folder(comparison, tmp_path / "out")
    figures = tmp_path / "out" / "figures"
    figures.mkdir()
    for kind in (".svg", ".png", ".txt"):
        (figures / f"trust{kind}").write_text("ours")
    assert check_folder(tmp_path / "out")
    (figures / "my.png").write_text("mine")
    with pytest.raises(FolderError, match=r"not results of modsim \(figures/my.png\)"):
        write_folder(comparison, tmp_path / "out")
    assert (figures / "my.png").read_text() == "mine"


@pytest.mark.parametrize("trouble", [RuntimeError("no font\nat all"), KeyboardInterrupt()])
def test_figures_that_fail_or_are_stopped_do_not_cost_the_tables(comparison, tmp_path, trouble):
    def broken(comparison, folder):
        (folder / "half.svg").write_text("<svg")
        raise trouble

    said = write_folder(comparison, tmp_path / "out", "", broken)
    assert said == ("they were stopped" if isinstance(trouble, KeyboardInterrupt) else "RuntimeError: no font")
    assert (tmp_path / "out" / "weekly.parquet").exists()
    assert not (tmp_path / "out" / "figures").exists()


def test_a_full_disk_leaves_the_earlier_results_alone(comparison, tmp_path, monkeypatch):
    write_folder(comparison, tmp_path / "out")
    before = (tmp_path / "out" / "summary.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("modsim.findings.folder._write_parquet", full)
    with pytest.raises(FolderError, match="No space left on device; nothing was left there"):
        write_folder(comparison, tmp_path / "out")
    assert (tmp_path / "out" / "summary.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_results_of_chosen_arms_can_be_made_again_from_their_scenario(tmp_path):
    chosen = compare(small_scenario("settings.weeks=30"), ["attention"], replicates=1, workers=1)
    write_folder(chosen, tmp_path / "out")
    again = compare(load_scenario(tmp_path / "out" / "scenario.toml"), workers=1)
    pd.testing.assert_frame_equal(again.table, chosen.table)


def test_trust_of_those_listed_weighs_people_and_not_populations():
    scenario = small_scenario("areas.govan.population=9000", "areas.govan.opens_week=45")
    found = compare(scenario, ["transplant"], replicates=2, workers=1)
    table = found.table.pivot_table(index=["replicate", "arm"], columns=["area", "measure"], values="value")
    by_hand = []
    for replicate in (0, 1):
        means = []
        for measure in ("trust_listed", "trust_listed_reference"):  # the same service, with and without
            row = table.loc[(replicate, "transplant")]
            count = [row[(a, "listed_still_here")] for a in ("castlefern", "govan")]
            trust = [row[(a, measure)] for a in ("castlefern", "govan")]
            means.append(sum(n * t for n, t in zip(count, trust, strict=True)) / sum(count))
        by_hand.append(100 * (means[0] - means[1]))
    assert found.values["transplant"]["trust_listed_change_points"] == pytest.approx(by_hand)


def test_when_no_session_was_held_the_verdict_says_so():
    short = compare(small_scenario("settings.weeks=5"), replicates=2, workers=1)
    assert "No session was held in either" in short.verdict["text"]


def test_other_arms_than_the_verdict_s_have_a_break_even_too():
    found = compare(small_scenario(), ["transplant", "attention"], replicates=2, workers=1)
    assert (found.verdict["arm"], found.verdict["against"]) == ("transplant", "attention")
    assert "looked for" not in found.break_even.text


def test_the_judged_measures_are_those_with_a_better_side(comparison):
    assert comparison.scenario.judged_measures == [m.name for m in comparison.measures if m.better != "neither"]


def test_folders_that_are_not_ours_are_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("x")
    with pytest.raises(FolderError, match="is a file"):
        check_folder(tmp_path / "file")
    with pytest.raises(FolderError, match="holds files that are not results"):
        check_folder(tmp_path / "mine")
    with pytest.raises(FolderError, match="cannot be written"):
        check_folder(tmp_path / "file" / "inside")
    check_folder(tmp_path / "new" / "deeper")


def test_arms_are_chosen_and_unknown_ones_refused():
    scenario = small_scenario("settings.weeks=30")
    only = compare(scenario, ["transplant"], replicates=1, workers=1)
    assert only.arms == ["transplant"]
    assert only.verdict["against"] == "none"
    assert only.break_even.mean is None
    with pytest.raises(ScenarioError, match="there is no arm 'nobody'"):
        compare(scenario, ["nobody"])
    with pytest.raises(ScenarioError, match="at least one arm beside"):
        compare(scenario, ["none"])


def test_one_replicate_gives_numbers_but_no_interval_and_no_verdict():
    one = compare(small_scenario(), replicates=1, workers=1)
    jsonschema.validate(one.summary, SCHEMA)
    assert one.verdict["kind"] == "cannot tell"
    assert one.estimates["transplant"]["occurred_asb_change_percent"].low is None


def test_areas_with_interests_of_their_own_have_no_break_even():
    own = compare(small_scenario("areas.govan.interests={gym = 1.0}"), replicates=1, workers=1)
    assert own.break_even.mean is None
    assert "interests of their own" in own.break_even.text


def test_the_vocabulary_names_the_measures():
    renamed = compare(small_scenario("vocabulary.incident=need"), replicates=1, workers=1)
    assert "occurred_need_change_percent" in renamed.summary["arms"]["transplant"]
    assert "need_occurred" in set(renamed.weekly.measure)
    jsonschema.validate(renamed.summary, SCHEMA)


@pytest.mark.slow(reason="enough replicates to settle a verdict")
def test_the_transplant_can_win():
    """In areas just like the origin, with a thin purse and dear co-design, carrying the programme unchanged wins."""
    scenario = load_scenario(
        SCENARIOS / "three-areas.toml",
        ["world.dissimilarity=0", "settings.weeks=80", "designing.link_hours=3", "arms.recoproduce.setup_weeks=35"],
    )
    found = compare(scenario, ["transplant", "recoproduce"], replicates=12)
    assert found.verdict["kind"] == "worse"
    assert found.verdict["text"].startswith("“Transplanted unchanged” does better than “Re-co-produced locally”")


@pytest.mark.slow(reason="enough replicates to settle a verdict")
def test_making_anew_can_win():
    scenario = load_scenario(SCENARIOS / "different-areas.toml")
    assert compare(scenario, ["transplant", "recoproduce"], replicates=16).verdict["kind"] == "better"
