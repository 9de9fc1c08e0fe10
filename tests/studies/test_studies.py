"""Studies: designs, the run store that loses nothing, and tables that say what a comparison says."""

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from modsim import compare, load_study, run_study
from modsim.inputs.problems import InputError
from modsim.inputs.reading import scenario_from
from modsim.inputs.saving import WritingError
from modsim.simulation.parallel import Task
from modsim.studies import store as store_module
from modsim.studies.running import Budget, StudyRun
from modsim.studies.store import RunStore, StoreError, opened
from modsim.studies.study import StudyError
from modsim.studies.writing import write_results
from tests.conftest import SCENARIOS, modsim, until

HEAD = f"""
scenario = "{SCENARIOS / "three-areas.toml"}"
arms = ["transplant", "recoproduce"]
replicates = 3

[fixed]
"settings.weeks" = 40
"areas.gorbals.population" = 1600
"areas.castlefern.population" = 2400
"areas.govan.population" = 1500
"""
MORE_FACTORS = pytest.mark.slow(reason="a study and a comparison for each value")
TWO_WORLDS = """
[factors]
"world.dissimilarity" = {low = 0.0, high = 1.0, steps = 3}
"reporting.share" = {values = [0.3, 0.6]}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(HEAD + TWO_WORLDS)
    return path


def written(path, text):
    path.write_text(text)
    return path


def opened_study(path, store, code="code-1"):
    return StudyRun(load_study(path), RunStore(store, code))


# --- what a study file may say -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty; a study needs at least scenario"),
        ("scenario = [", "is not TOML"),
        ("[factors]", "scenario: is missing"),
        ('scenario = "nowhere.toml"', "there is no such file"),
        (HEAD, "factors: nothing varies"),
        (HEAD + "[factors]\n'world.disimilarity' = {values = [0]}", "did you mean 'dissimilarity'"),
        (HEAD + "[factors]\n'world.dissimilarity' = {values = [0, 2]}", "2 is out of range"),
        (HEAD + "[factors]\n'world.dissimilarity' = {low = 0}", "low and high are given together"),
        (HEAD + "[factors]\n'world.dissimilarity' = {low = 1, high = 0}", "low = 1 must be below high = 0"),
        (HEAD + "[factors]\n'world.dissimilarity' = {low = 0, high = 1, scale = 'log'}", "must be above 0 on a log"),
        (HEAD + "[factors]\n'world.dissimilarity' = {}", "give either values"),
        (HEAD + "[factors]\n'world.dissimilarity' = {values = [0.5, 0.5]}", "is there twice"),
        (HEAD + "[factors]\n'settings.weeks' = {values = [20]}", "is fixed and varied at once"),
        (HEAD + "[factors]\n'settings.replicates' = {values = [20]}", "cannot be fixed or varied"),
        (HEAD + "[factors]\n'arms.recoproduce.setup_weeks' = {low = 8, high = 10, steps = 9}", "are the same"),
        (
            HEAD + "[factors]\n'arms.nobody.setup_weeks' = {values = [8]}",
            "there is no 'nobody'; there are none, enforce",
        ),
        (HEAD + TWO_WORLDS + "[design]\nkind = 'sobol'\npoints = 6", "take 4 or 8"),
        (HEAD + TWO_WORLDS + "[design]\nkind = 'saltelli'", "'saltelli' is not allowed"),
        (HEAD + TWO_WORLDS + "[design]\nkind = 'list'\nfile = 'x.csv'", "leave [factors] out"),
        (HEAD + "[design]\nkind = 'list'", "design.file: is missing"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'x.csv'", "there is no such file beside the study"),
        (HEAD + "[design]\nkind = 'list'\nfile = '../x.csv'", "leaves the folder"),
        (
            HEAD + "[design]\nkind = 'list'\nfile = 'empty.csv'",
            "is empty; it should be a CSV file with a line of dotted names",
        ),
        (HEAD + "[design]\nkind = 'list'\nfile = 'long.csv'", "line 2: has 3 cells; the headings are 2"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'twice.csv'", "needs a heading of its own"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'fixed.csv'", "settings.weeks: is fixed and varied at once"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'reads.csv'", "settings.replicates: says how results are read"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'semicolons.csv'", "divided by semicolons"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'headless.csv'", "0.1: unknown key"),
        (
            HEAD + "[design]\nkind = 'list'\nfile = 'a\\u0000.csv'".replace("'a", '"a').replace("csv'", 'csv"'),
            "is not the name of a file",
        ),
        (HEAD + "[factors]\n'areas.govan.id' = ['a', 'b']", "cannot be fixed or varied"),
        (HEAD + "[factors]\n'world.dissimilarity' = {low = 0, high = inf}", "factors.world.dissimilarity.high"),
        (HEAD + "[factors]\n'purse.budget' = {low = -1e308, high = 1e308}", "too far apart"),
        (HEAD + "[factors]\n'purse.budget' = {values = [9], steps = 3}", "steps: says nothing here"),
        (HEAD + TWO_WORLDS + "[design]\nseed = 3", "design.seed: says nothing for a factorial design"),
        (HEAD + "[design]\nkind = 'list'\nfile = 'gap.csv'", "line 3: purse.budget is empty"),
        ("replicate = 3\n" + HEAD + TWO_WORLDS, "did you mean 'replicates'"),
        ('outcomes = ["calm"]\n' + HEAD + TWO_WORLDS, "there is no measure 'calm'"),
        (HEAD.replace('"transplant"', '"unknown"') + TWO_WORLDS, "'unknown'"),
    ],
)
def test_a_wrong_study_is_refused_in_clear_words(tmp_path, text, said):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "gap.csv").write_text("world.dissimilarity,purse.budget\n0.1,10\n0.2,\n")
    for name, lines in (
        ("long", "world.dissimilarity,purse.budget\n0.1,0.9,8"),
        ("twice", "world.dissimilarity, world.dissimilarity\n0.1,0.2"),
        ("fixed", " settings.weeks\n30"),
        ("reads", "settings.replicates\n30"),
        ("semicolons", "world.dissimilarity;purse.budget\n0.1;3"),
        ("headless", "0.1,20\n0.2,20"),
    ):
        (tmp_path / f"{name}.csv").write_text(lines + "\n")
    path = written(tmp_path / "wrong.toml", text)
    with pytest.raises(InputError) as refused:
        opened_study(path, tmp_path / "store")
    assert any(said in line for line in refused.value.problems), refused.value.problems
    assert all("\n" not in line for line in refused.value.problems)


def test_budgets_are_written_as_runs_or_time():
    assert Budget.of("200runs") == Budget(runs=200)
    assert Budget.of("1.5 min") == Budget(seconds=90)
    for wrong in ("", "ten", "10", "-5runs", "3 days"):
        with pytest.raises(StudyError, match="200runs, 90s, 10min or 2h"):
            Budget.of(wrong)


# --- designs -----------------------------------------------------------------------------------------------------


def test_a_factorial_design_holds_every_combination_once(study):
    points = load_study(study).points
    assert len(points) == 6
    assert {tuple(point.values()) for point in points} == {(d, s) for d in (0.0, 0.5, 1.0) for s in (0.3, 0.6)}


def test_samples_fill_the_ranges_and_follow_from_their_seed(tmp_path):
    factors = """
[factors]
"world.dissimilarity" = {low = 0.2, high = 0.8}
"arms.recoproduce.setup_weeks" = {low = 8, high = 40}
"purse.budget" = {low = 1, high = 100, scale = "log"}
"arms.recoproduce.menu" = {values = ["learned", "origin"]}
"""
    for kind in ("sobol", "latin-hypercube"):
        text = f"{HEAD}{factors}[design]\nkind = '{kind}'\npoints = 32\nseed = "
        one, same, other = (load_study(written(tmp_path / "s.toml", text + str(seed))).points for seed in (1, 1, 2))
        assert one == same
        assert one != other
        table = pd.DataFrame(one)
        for key, low, high in (("world.dissimilarity", 0.2, 0.8), ("purse.budget", 1, 100)):
            assert table[key].between(low, high).all()
        eighths = ((table["world.dissimilarity"] - 0.2) / 0.6 * 8).astype(int)
        assert eighths.value_counts().tolist() == [4] * 8  # every part of the range alike
        assert 4 < table["purse.budget"].median() < 25  # the middle of a log scale is 10
        assert all(isinstance(point["arms.recoproduce.setup_weeks"], int) for point in one)
        assert table["arms.recoproduce.menu"].value_counts().to_dict() == {"learned": 16, "origin": 16}


def test_a_list_design_takes_its_points_from_a_csv_file(tmp_path):
    rows = ["world.dissimilarity, arms.recoproduce.menu,arms.recoproduce.setup_weeks", "0.1,learned,8.0"]
    rows += ["", '0.9,"[""gym"", ""music""]",9']
    (tmp_path / "points.csv").write_text("\n".join(rows))
    path = written(tmp_path / "s.toml", HEAD + "[design]\nkind = 'list'\nfile = 'points.csv'")
    run = opened_study(path, tmp_path / "store")
    assert [run.scenarios[k].world.dissimilarity for k in range(2)] == [0.1, 0.9]
    assert [run.scenarios[k].arms["recoproduce"].menu for k in range(2)] == ["learned", ["gym", "music"]]
    assert [run.scenarios[k].arms["recoproduce"].setup_weeks for k in range(2)] == [8, 9]


def test_factors_may_be_plain_lists_and_keys_without_quotes(tmp_path):
    text = HEAD.replace("replicates = 3", "replicates = 1") + "[factors.world]\ndissimilarity = [0.1, 0.2]\n"
    assert load_study(written(tmp_path / "s.toml", text)).points == [
        {"world.dissimilarity": 0.1},
        {"world.dissimilarity": 0.2},
    ]


# --- results -----------------------------------------------------------------------------------------------------


@pytest.mark.slow(reason="runs a study and a comparison at several points")
def test_a_study_says_at_each_point_what_a_comparison_says(study, tmp_path):
    found = run_study(study, tmp_path / "store", workers=1)
    assert found.complete
    assert len(found.runs) == 6 * 2 * 3
    loaded = load_study(study)
    for point in (1, 4):
        comparison = compare(loaded.scenario_at(point), workers=1)
        for arm in comparison.arms:
            rows = found.runs[(found.runs["point"] == point + 1) & (found.runs["arm"] == arm)]
            for measure in comparison.measures:
                assert rows[measure.name].tolist() == pytest.approx(
                    comparison.values[arm][measure.name].tolist(), abs=0, rel=0, nan_ok=True
                )
                row = found.estimates.query(f"point == {point + 1} and arm == '{arm}' and measure == '{measure.name}'")
                mean = comparison.estimates[arm][measure.name].mean
                expected = float("nan") if mean is None else mean
                assert float(row["mean"].item()) == pytest.approx(expected, abs=0, rel=0, nan_ok=True)
        row = found.contrasts[(found.contrasts["point"] == point + 1)].iloc[0]
        assert (row["kind"], row["mean"]) == (comparison.verdict["kind"], comparison.verdict["mean"])


@pytest.mark.parametrize(
    ("factor", "values"),
    [
        ("settings.rung", ["M0", "M1", "M3"]),
        pytest.param("settings.without", [[], ["mentoring"], ["insight-3"]], marks=MORE_FACTORS),
        pytest.param("settings.comparison", ["equal_budget", "equal_start"], marks=MORE_FACTORS),
    ],
)
def test_what_decides_how_the_model_runs_can_be_a_factor(tmp_path, factor, values):
    """Case 37: one value was run, and its numbers were copied to every point."""
    text = HEAD.replace("replicates = 3", "replicates = 2") + f"[factors]\n'{factor}' = {values}\n"
    found = run_study(written(tmp_path / "s.toml", text), tmp_path / "store", workers=1)
    name, means = "occurred_asb_change_percent", []
    for point in range(len(values)):
        comparison = compare(found.study.scenario_at(point), workers=1)
        rows = found.runs[(found.runs["point"] == point + 1) & (found.runs["arm"] == "recoproduce")]
        assert rows[name].tolist() == comparison.values["recoproduce"][name].tolist()
        means.append(rows[name].mean())
    assert len(set(means)) > 1
    other = text.replace(str(values), str(values[:1]))
    alone = run_study(written(tmp_path / "s.toml", other), tmp_path / "store", workers=1)
    assert alone.runs[alone.runs["arm"] == "recoproduce"][name].mean() == means[0]


@pytest.mark.parametrize(
    ("factor", "values"),
    [
        ("purse.gbp_per_incident", [100.0, 200.0]),
        ("settings.spreads", ["scheduled", "diffusion"]),
        pytest.param("settings.areas", [["gorbals", "govan"], ["gorbals", "castlefern", "govan"]], marks=MORE_FACTORS),
        pytest.param("vocabulary.people", ["boys", "girls"], marks=MORE_FACTORS),
    ],
)
def test_what_is_measured_and_where_may_differ_between_points(tmp_path, factor, values):
    """Measures that only some points have, of spread or of money, and areas that only some have, are all there."""
    more = '"vocabulary.incident" = "crime"\n"spread.baseline" = 0.0\n"settings.weeks" = 70\n'
    text = HEAD.replace("replicates = 3", "replicates = 2").replace('"settings.weeks" = 40\n', more)
    found = run_study(
        written(tmp_path / "s.toml", f"{text}[factors]\n'{factor}' = {values}\n"), tmp_path / "store", workers=1
    )
    seen = set()
    for point in range(2):
        comparison = compare(found.study.scenario_at(point), workers=1)
        rows = found.runs[(found.runs["point"] == point + 1) & (found.runs["arm"] == "recoproduce")]
        for measure in found.study.measures:
            mine = comparison.values["recoproduce"].get(measure.name, np.full(2, np.nan))
            assert np.array_equal(rows[measure.name], mine, equal_nan=True), measure.name
            seen |= {measure.name} if np.isfinite(mine).any() else set()
    new = {"settings.spreads": "judged_adoptions", "purse.gbp_per_incident": "value_less_cost_gbp"}
    assert "occurred_crime_change_percent" in seen
    assert new.get(factor, "joined") in seen


def test_whole_numbers_that_may_be_left_out_are_varied_over_a_range(tmp_path):
    text = HEAD + "[factors]\n'arms.recoproduce.places' = {low = 6, high = 12, steps = 3}\n"
    points = load_study(written(tmp_path / "s.toml", text)).points
    assert [p["arms.recoproduce.places"] for p in points] == [6, 9, 12]


def test_a_contradiction_at_a_point_names_the_file_and_the_point(tmp_path):
    text = HEAD + "[factors]\n'activities.gym.origin_share' = [0.16, 0.2]\n"
    with pytest.raises(StudyError, match="point 2: activities: origin_share adds up to 1"):
        run_study(written(tmp_path / "s.toml", text), tmp_path / "store")


@pytest.mark.slow(reason="runs a study twice and a comparison at every point")
def test_runs_that_cannot_differ_are_done_once_and_serve_every_point(tmp_path):
    """Only one arm's lever varies: the other arms' runs are the same at every point."""
    text = HEAD + "[factors]\n'arms.recoproduce.setup_weeks' = [8, 12, 16]\n'arms.attention.setup_weeks' = [5, 6]\n"
    path = written(tmp_path / "s.toml", text.replace("replicates = 3", "replicates = 2"))
    run = opened_study(path, tmp_path / "store")
    progress = run.run(workers=1)
    assert (run.study.runs, progress.finished) == (6 * 3 * 2, (3 + 1 + 1) * 2)
    found = run_study(path, tmp_path / "other", workers=1)
    assert found.complete
    assert not found.runs.isna().all(axis=1).any()
    for point in range(6):
        comparison = compare(found.study.scenario_at(point), workers=1)
        rows = found.runs[(found.runs["point"] == point + 1) & (found.runs["arm"] == "recoproduce")]
        name = "occurred_asb_change_percent"
        assert rows[name].tolist() == comparison.values["recoproduce"][name].tolist()


@pytest.mark.slow(reason="runs one study twice, with processes")
def test_results_are_the_same_for_any_workers_budget_and_order(study, tmp_path):
    whole = run_study(study, tmp_path / "one", workers=1).runs
    for budget in ("7runs", "3runs", "20runs"):
        run_study(study, tmp_path / "two", budget=budget, workers=2)
    parts = run_study(study, tmp_path / "two", workers=2).runs
    pd.testing.assert_frame_equal(whole, parts, check_exact=True)


def test_a_spent_budget_leaves_all_arms_and_points_served_alike(study, tmp_path):
    seen = []
    run = opened_study(study, tmp_path / "store")
    progress = run.run(Budget(runs=20), workers=1, tell=lambda now: seen.append((now.finished, now.work_done)))
    assert progress.stopped
    assert 0 < progress.finished <= 20
    done, _ = run.standing()
    assert len(done) == progress.finished
    by_future = {(p, r) for p, _, r in done}
    assert all((p, arm, r) in done for p, r in by_future for arm in run.study.arms)
    futures = [sum(p == point for p, _ in by_future) for point in range(6)]
    assert max(futures) - min(futures) <= 1
    assert seen == sorted(seen)


def test_a_budget_of_runs_gives_every_point_its_first_replicate_first(tmp_path):
    """Case 39: half of the points had none, others four."""
    text = (
        HEAD.replace("replicates = 3", "replicates = 8") + "[factors]\n'purse.budget' = {low = 8, high = 30, steps = 6}"
    )
    run = opened_study(
        written(tmp_path / "s.toml", text + "\n'reporting.share' = [0.3, 0.5, 0.7]\n"), tmp_path / "store"
    )
    run.run(Budget(runs=3 * 18 + 3 * 5), workers=1)
    done, _ = run.standing()
    futures = [sum((point, arm, r) in done for r in range(8)) for point in range(18) for arm in ("recoproduce",)]
    assert sorted(futures) == [1] * 13 + [2] * 5


def _unwritable(monkeypatch):
    """A disk on which nothing can be written, as root is not kept from writing by a mode."""

    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    for name in ("mkdir", "write_text", "replace", "unlink"):
        monkeypatch.setattr(f"pathlib.Path.{name}", refused)
    monkeypatch.setattr(store_module.tempfile, "mkstemp", refused)
    monkeypatch.setattr(store_module, "FileLock", refused)


@pytest.mark.parametrize("index", ["whole", "gone", "damaged", "behind"])
def test_a_finished_store_is_read_without_writing(study, tmp_path, monkeypatch, capsys, index):
    """Case 40: on a read-only folder or a full disk, `status` and `results` refused to read."""
    store = tmp_path / "store"
    whole = run_study(study, store, workers=1).runs
    place = store / "index.sqlite"
    if index == "damaged":
        place.write_bytes(b"no database" * 500)
    elif index != "whole":
        place.unlink()
    if index == "behind":
        opened_study(study, store, "other code").store.close()
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in store.rglob("*") if path.is_file()}
    with monkeypatch.context() as patch:
        _unwritable(patch)
        code, out, err = modsim(patch, capsys, "study", "status", study, "--store", store)
        assert (code, err) == (0, "")
        assert "Nothing is missing" in out
        code, out, err = modsim(patch, capsys, "study", "results", study, "--store", store, "--table", "runs")
        assert code == 0, err
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in store.rglob("*") if path.is_file()} == before
    pd.testing.assert_frame_equal(run_study(study, store, budget="0runs").runs, whole, check_exact=True)


def test_an_index_flipped_anywhere_is_set_aside_and_made_again(study, tmp_path, monkeypatch, capsys):
    """Case 5: byte 3713, and others: what reading raises is not always an error of SQLite."""
    store = tmp_path / "store"
    run_study(study, store, workers=1)
    place = store / "index.sqlite"
    good = place.read_bytes()
    for at in (16, 100, 3713, len(good) // 2):
        place.write_bytes(good[:at] + bytes([good[at] ^ 128]) + good[at + 1 :])
        code, out, err = modsim(monkeypatch, capsys, "study", "status", study, "--store", store)
        assert code == 0, err
        assert "Nothing is missing" in out
        code, out, err = modsim(monkeypatch, capsys, "study", "run", study, "--store", store)
        assert code == 0, err
        assert "Nothing is missing" in out


def test_replicates_without_a_value_are_counted_apart_and_told(study, tmp_path, monkeypatch, capsys):
    """Case 38: they were dropped without a word."""
    found = run_study(study, tmp_path / "store", workers=1)
    usual = type(found)._by_point

    def with_gaps(self):
        for point, values in usual(self):
            for arm in ("transplant", "recoproduce"):
                values[arm]["participants_asb_change_percent"] = np.array([-1.0, -2.0, -4.0])
            values["recoproduce"]["participants_asb_change_percent"][: 2 if point == 1 else 0] = np.nan
            yield point, values

    monkeypatch.setattr(type(found), "_by_point", with_gaps)
    rows = found.contrasts.query("measure == 'participants_asb_change_percent'").set_index("point")
    assert (rows.loc[2, "replicates"], rows.loc[2, "missing"], rows.loc[2, "kind"]) == (1, 2, "cannot tell")
    assert (rows.loc[1, "replicates"], rows.loc[1, "missing"]) == (3, 0)
    (note,) = [note for note in found.notes if note.startswith("participants_asb_change_percent")]
    assert "has no value in up to 2 of 3 replicates, at 1 of 6 points" in note
    where = ("--store", tmp_path / "store", "--out", tmp_path / "a.csv")
    _, _, err = modsim(monkeypatch, capsys, "study", "results", study, *where)
    assert note in err


def test_more_futures_arms_or_points_run_only_what_is_new(study, tmp_path):
    store = tmp_path / "store"
    small = study.read_text()
    run_study(written(study, small.replace("replicates = 3", "replicates = 2").replace('"transplant", ', "")), store)
    run = opened_study(written(study, small), store, RunStore(store, "x").code)
    run = StudyRun(load_study(study), run.store)
    assert run.standing()[0] == set()  # other code: nothing is taken over
    from modsim.studies.running import deciding_code

    with opened(store, deciding_code()) as kept:
        run = StudyRun(load_study(study), kept)
        done, _ = run.standing()
        assert done == {(p, arm, r) for p in range(6) for arm in ("none", "recoproduce") for r in range(2)}
        assert run.run(workers=1).finished == run.study.runs - len(done)


# --- nothing finished is lost ------------------------------------------------------------------------------------


@pytest.mark.slow(reason="starts a study with two processes, kills and resumes it")
@pytest.mark.parametrize("after", [1, 3])
def test_a_killed_study_goes_on_where_it_stood(study, tmp_path, after):
    """The process group is killed once some parts are there; then the same command finishes the rest."""
    store = tmp_path / "store"
    command = [sys.executable, "-m", "modsim.cli", "study", "run", str(study), "--store", str(store), "--workers", "2"]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: len(list((store / "parts").glob("*.parquet"))) >= after or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    from modsim.studies.running import deciding_code

    with opened(store, deciding_code()) as kept:
        run = StudyRun(load_study(study), kept)
        done, failed = run.standing()
        progress = run.run(workers=1)
    assert not failed
    assert progress.found == len(done) > 0
    assert progress.found + progress.finished == run.study.runs
    broken, whole = run_study(study, store), run_study(study, tmp_path / "whole", workers=1)
    pd.testing.assert_frame_equal(broken.runs, whole.runs, check_exact=True)


def test_a_part_that_the_index_does_not_know_yet_is_taken_in(study, tmp_path):
    run = opened_study(study, tmp_path / "store")
    run.run(workers=1)
    run.store.close()
    (tmp_path / "store" / "index.sqlite").unlink()  # as if the process had died before its first entry
    again = opened_study(study, tmp_path / "store")
    assert len(again.standing()[0]) == run.study.runs


def test_a_damaged_index_is_made_again_from_the_parts(study, tmp_path):
    run = opened_study(study, tmp_path / "store")
    run.run(workers=1)
    run.store.close()
    (tmp_path / "store" / "index.sqlite").write_bytes(b"no database" * 1000)
    again = opened_study(study, tmp_path / "store")
    assert any("was damaged" in line for line in again.store.repaired)
    assert len(again.standing()[0]) == run.study.runs


@pytest.mark.slow(reason="runs one study several times")
@pytest.mark.parametrize("place", [100, 4096, 8300, 12288])
def test_an_index_damaged_in_part_loses_nothing(study, tmp_path, place):
    run = opened_study(study, tmp_path / "store")
    run.run(workers=1)
    run.store.close()
    index = tmp_path / "store" / "index.sqlite"
    content = bytearray(index.read_bytes())
    content[place : place + 400] = b"x" * 400
    index.write_bytes(content)
    assert len(opened_study(study, tmp_path / "store").standing()[0]) == run.study.runs


def test_an_entry_that_is_missing_from_the_index_is_put_back(study, tmp_path):
    run = opened_study(study, tmp_path / "store")
    run.run(workers=1)
    run.store.close()
    with sqlite3.connect(tmp_path / "store" / "index.sqlite") as index:
        index.execute("delete from runs where rowid % 3 = 0")
    assert len(opened_study(study, tmp_path / "store").standing()[0]) == run.study.runs


def test_a_store_that_was_only_begun_is_gone_on_with(study, tmp_path):
    (tmp_path / "store" / "parts").mkdir(parents=True)
    assert opened_study(study, tmp_path / "store").run(Budget(runs=3), workers=1).finished == 3


@pytest.mark.slow(reason="starts processes and waits for their end")
def test_workers_end_with_the_process_that_started_them(study, tmp_path):
    text = study.read_text().replace('"settings.weeks" = 40', '"settings.weeks" = 1000').replace("= 3\n", "= 30\n", 1)
    command = [sys.executable, "-m", "modsim.cli", "study", "run", str(written(study, text)), "--workers", "2"]
    process = subprocess.Popen(
        [*command, "--store", str(tmp_path / "store")], start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def group():
        listed = subprocess.run(["ps", "-eo", "pid,pgid"], capture_output=True, text=True, check=True).stdout
        return [line.split()[0] for line in listed.splitlines() if line.split()[-1] == str(process.pid)]

    try:
        until(lambda: len(group()) >= 4)  # the two workers, and what keeps account of them
        process.kill()  # this one alone
        process.wait()
        until(lambda: not group())
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def test_failures_outlive_a_damaged_index_and_their_records_go_when_they_are_done(study, tmp_path, monkeypatch):
    def always(self, each_week=None):
        raise ArithmeticError("on \x1b[31mfire")

    usual = Task.outcome
    monkeypatch.setattr(Task, "outcome", always)
    run = opened_study(study, tmp_path / "store")
    run.run(Budget(runs=3), workers=1)
    run.store.close()
    (tmp_path / "store" / "index.sqlite").write_bytes(b"no database" * 1000)
    again = opened_study(study, tmp_path / "store")
    assert set(again.standing()[1].values()) == {"ArithmeticError: on ?[31mfire"}
    records = list((tmp_path / "store" / "failed").glob("*.toml"))
    assert len(records) == 3
    assert all(scenario_from(tomllib.loads(path.read_text())) for path in records)  # each can be run again
    monkeypatch.setattr(Task, "outcome", usual)
    again.run(Budget(runs=9), workers=1, retry_failed=True)
    assert len(list((tmp_path / "store" / "failed").glob("*.toml"))) + len(again.standing()[0]) >= 9
    again.run(workers=1, retry_failed=True)
    assert not list((tmp_path / "store" / "failed").iterdir())


@pytest.mark.slow(reason="runs one study several times")
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_part_is_named_set_aside_and_run_again(study, tmp_path, damage):
    store = tmp_path / "store"
    whole = run_study(study, store, workers=1)
    part = max((store / "parts").glob("*.parquet"), key=lambda path: path.stat().st_size)
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "gone":
        part.unlink()
    else:
        part.write_bytes(content[:-7] if damage == "cut" else content)
    if damage == "flipped":  # of the right size, so only reading it can tell
        with pytest.raises(StoreError, match=f"damaged.*{part.name}.*modsim study resume"):
            run_study(study, store, budget="0runs")
    assert not run_study(study, store, budget="0runs").complete
    pd.testing.assert_frame_equal(run_study(study, store, workers=1).runs, whole.runs, check_exact=True)
    assert (store / "damaged" / part.name).exists() == (damage != "gone")


def test_a_full_disk_is_told_and_loses_nothing(study, tmp_path, monkeypatch):
    run = opened_study(study, tmp_path / "store")
    run.run(Budget(runs=6), workers=1)
    usual = store_module.os.fsync

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module.os, "fsync", full)
    with pytest.raises(StoreError, match=r"the disk is full.*give the same command again.*are kept"):
        run.run(workers=1)
    monkeypatch.setattr(store_module.os, "fsync", usual)
    assert run.run(workers=1).found == 6
    assert not list((tmp_path / "store" / "parts").glob(".new-*"))


def test_runs_of_other_code_are_kept_apart_and_named(study, tmp_path):
    old = opened_study(study, tmp_path / "store", "code-1")
    old.run(Budget(runs=9), workers=1)
    new = opened_study(study, tmp_path / "store", "code-2")
    before = new.forecast()
    assert (before.found, before.to_do) == (0, new.study.runs)
    assert before.by_other_code == {"code-1": 9}
    new.run(Budget(runs=9), workers=1)
    assert len(new.standing()[0]) == 9
    assert len(old.standing()[0]) == 9


@pytest.mark.slow(reason="runs one study twice in small parts")
def test_many_small_parts_become_one_and_nothing_changes(study, tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "_SMALL_PARTS", 3)
    monkeypatch.setattr("modsim.studies.planning._ROWS_IN_A_TASK", 1000)
    whole = run_study(study, tmp_path / "store", workers=1)
    assert len(list((tmp_path / "store" / "parts").glob("*.parquet"))) == 1
    monkeypatch.setattr(store_module, "_SMALL_PARTS", 10**6)
    many = run_study(study, tmp_path / "other", workers=1)
    assert len(list((tmp_path / "other" / "parts").glob("*.parquet"))) > 3
    pd.testing.assert_frame_equal(many.runs, whole.runs, check_exact=True)


def test_a_folder_that_is_no_store_is_refused(study, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("not yours")
    with pytest.raises(StoreError, match="holds files that are no run store"):
        RunStore(tmp_path / "mine", "code")
    with pytest.raises(StoreError, match="is a file"):
        RunStore(study, "code")


# --- runs that fail ----------------------------------------------------------------------------------------------


@pytest.mark.slow(reason="runs one study in part and single runs")
def test_a_run_that_fails_is_kept_with_its_cause_and_stops_no_other(study, tmp_path, monkeypatch):
    usual = Task.outcome

    def sometimes(self, each_week=None):
        for lane in self.lanes:
            if lane.arm == "recoproduce" and self.points[lane.point].world.dissimilarity == 0.5:
                raise ArithmeticError("the reactor is on fire")
        return usual(self, each_week)

    monkeypatch.setattr(Task, "outcome", sometimes)
    run = opened_study(study, tmp_path / "store")
    progress = run.run(workers=1)
    done, failed = run.standing()
    assert progress.failed == len(failed) == 2 * 3
    assert len(done) == run.study.runs - 6
    assert set(failed.values()) == {"ArithmeticError: the reactor is on fire"}
    records = [path.read_text() for path in (tmp_path / "store" / "failed").glob("*.toml")]
    assert len(records) == 6
    assert all("Traceback" in text and "seed 1" in text and "dissimilarity = 0.5" in text for text in records)
    assert run.run(workers=1).finished == 0  # the same command does not try them again …
    monkeypatch.setattr(Task, "outcome", usual)
    assert run.run(workers=1, retry_failed=True).finished == 6  # … resume does
    assert run.standing()[1] == {}


@pytest.mark.slow(reason="starts processes that die")
def test_a_run_that_kills_its_process_is_a_failed_run_too(study, tmp_path, monkeypatch):
    text = HEAD.replace("replicates = 3", "replicates = 1") + "[factors]\n'world.dissimilarity' = {values = [0, 1]}"
    monkeypatch.setattr(Task, "outcome", _fatal_outcome)
    run = opened_study(written(study, text.replace('"transplant", ', "")), tmp_path / "store")
    progress = run.run(workers=2)
    assert progress.failed == 4
    assert all("memory ran out" in cause for cause in run.standing()[1].values())


def _fatal_outcome(self, each_week=None):
    os.kill(os.getpid(), signal.SIGKILL)


# --- the command line --------------------------------------------------------------------------------------------


def test_run_status_and_results_from_the_command_line(study, tmp_path, monkeypatch, capsys):
    where = ("--store", tmp_path / "store")
    code, out, err = modsim(monkeypatch, capsys, "study", "results", study, *where)
    assert code == 2
    assert "there is no run store yet" in err
    assert not (tmp_path / "store").exists()
    code, out, err = modsim(monkeypatch, capsys, "study", "run", study, *where, "--budget", "20runs", "--workers", "1")
    assert code == 0
    assert "To do: 54 runs, roughly" in out
    assert "the runs of the budget are spent" in out
    code, out, err = modsim(monkeypatch, capsys, "study", "status", study, *where, "--json")
    told = json.loads(out)
    assert told["finished"] + told["to_do"] == told["runs"] == 54
    code, out, err = modsim(monkeypatch, capsys, "study", "run", study, *where, "--workers", "1")
    assert "54 of 54 in the store, 0 failed" in out
    code, out, err = modsim(monkeypatch, capsys, "study", "results", study, *where)
    assert out.count("\n") == 8
    for name in ("a.csv", "a.parquet", "a.json", "a.svg", "a.png"):
        code, out, err = modsim(monkeypatch, capsys, "study", "results", study, *where, "--out", tmp_path / name)
        assert code == 0
        assert all(line.startswith("Note: ") for line in err.splitlines())
        assert (tmp_path / name).stat().st_size > 500
    csv, parquet = pd.read_csv(tmp_path / "a.csv"), pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(csv, parquet, check_dtype=False)
    assert "does better" in (tmp_path / "a.txt").read_text() or "cannot tell" in (tmp_path / "a.txt").read_text()
    for wrong, said in (("a.doc", "ends in none of"), (".", "ends in none of")):
        code, out, err = modsim(monkeypatch, capsys, "study", "results", study, *where, "--out", tmp_path / wrong)
        assert code == 2
        assert said in err


def test_a_study_stopped_early_can_still_be_drawn_and_written(study, tmp_path, monkeypatch, capsys):
    text = study.read_text().replace("reporting.share", "purse.budget").replace("[0.3, 0.6]", "[8, 20]")
    where = ("--store", tmp_path / "store")
    study = written(study, text)
    modsim(monkeypatch, capsys, "study", "run", study, *where, "--budget", "6runs", "--workers", "1")
    for name in ("a.svg", "a.parquet", "a.json"):
        code, _, err = modsim(monkeypatch, capsys, "study", "results", study, *where, "--out", tmp_path / name)
        assert code == 0
        assert "is not finished" in err
    code, out, _ = modsim(monkeypatch, capsys, "study", "run", study, *where, "--budget", "1runs", "--workers", "1")
    assert "the budget is less than one point with all its arms, 3 runs" in out


def test_factors_of_several_types_can_be_written(tmp_path):
    text = HEAD.replace("replicates = 3", "replicates = 1")
    path = written(tmp_path / "s.toml", text + "[factors]\n'arms.recoproduce.menu' = ['learned', ['gym', 'music']]\n")
    found = run_study(path, tmp_path / "store", workers=1)
    for name in ("a.csv", "a.parquet", "a.json"):
        write_results(found, "runs", tmp_path / name)
    assert pd.read_parquet(tmp_path / "a.parquet")["arms.recoproduce.menu"].nunique() == 2
    with pytest.raises(WritingError, match="one or two factors with numbers"):
        write_results(found, "runs", tmp_path / "a.svg")
    with pytest.raises(WritingError, match="cannot be written"):
        write_results(found, "runs", tmp_path / ("x" * 300 + ".csv"))


def test_the_experiments_that_ship_can_be_run():
    for path in (SCENARIOS.parent / "experiments").glob("*.toml"):
        if path.name == "figures.toml":
            continue  # the list of published figures
        study = load_study(path)
        assert study.runs
        study.scenario_at(len(study.points) - 1)
