"""What is published of a calibration, its layers and a validation is what the present code and data files give."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from modsim import compare, load_scenario
from modsim.calibration import layers_page, page
from modsim.calibration.prior import Prior
from modsim.calibration.shipped import shipped_draws, shipped_provenance, some_draws
from modsim.calibration.table import Batch, place_to_calibrate_in
from modsim.calibration.targets import read_targets
from modsim.inputs.mechanisms import with_values
from modsim.inputs.problems import field_at
from modsim.studies.documents import table_in
from modsim.validation import page as validation_page
from modsim.validation.figures import FIGURES, looked_at, place_to_look_at
from modsim.validation.patterns import read_patterns
from modsim.validation.validating import FUTURES_OF_A_DRAW
from tests.conftest import SCENARIOS

HOME = Path(__file__).parents[2]
DOCUMENT, PUBLISHED = HOME / "docs" / "credibility.md", HOME / "experiments" / "published"
CALIBRATION = PUBLISHED / "calibration"
CALIBRATING = HOME / "experiments" / "calibration"


def place():
    return place_to_calibrate_in(load_scenario(SCENARIOS / "calibration.toml"))


def of_the_whole_model(name):
    """A published table of the first variant."""
    table = pd.read_csv(CALIBRATION / f"{name}.csv")
    return table[table["variant"] == "a"].drop(columns="variant")


def default_of(key):
    return field_at(tuple(key.split("."))).default


# --- the calibration ---


def test_the_page_holds_the_calibration_that_is_published():
    for name, text in page.TABLES.items():
        assert table_in(DOCUMENT, name, page.BY) == text(CALIBRATION)


def test_the_shipped_draws_are_those_of_the_published_calibration():
    pd.testing.assert_frame_equal(shipped_draws(), pd.read_csv(CALIBRATION / "posterior.csv"))
    assert shipped_provenance() == json.loads((CALIBRATION / "calibration.json").read_text())
    assert 200 <= len(shipped_draws()) <= 1000


def test_it_was_made_from_the_targets_and_the_prior_that_are_there():
    about, aims = shipped_provenance(), read_targets(CALIBRATING / "targets.csv")
    assert [(t["id"], t["figure"], t["weight"]) for t in about["targets"]] == [(t.id, t.figure, t.weight) for t in aims]
    assert list(shipped_draws().columns[1:]) == Prior.read(CALIBRATING / "prior.csv").keys


def test_the_code_still_gives_the_figures_of_the_reference_table():
    first = pd.read_csv(CALIBRATION / page.FIRST)
    keys = Prior.read(CALIBRATING / "prior.csv").keys
    now = Batch(0, place(), tuple(keys), first[keys].to_numpy()[:2]).outcome()
    now = now[first.columns]  # figures that came later were not published yet
    pd.testing.assert_frame_equal(now, first.head(2), check_dtype=False)  # else: `modsim calibrate … --publish`


def test_defaults_are_the_centre_of_the_posterior():
    numbers = of_the_whole_model("numbers").set_index("number")
    for key, row in numbers.iterrows():
        assert default_of(key) == float(f"{row['centre']:.3g}"), key
        assert field_at(tuple(key.split("."))).json_schema_extra["calibrated"] == row["identified"], key


def test_the_defaults_reach_what_the_calibration_reaches():
    aims = {target.figure: target for target in read_targets(CALIBRATING / "targets.csv")}
    reached = of_the_whole_model("reached").query("holds")["figure"]
    keys = Prior.read(CALIBRATING / "prior.csv").keys
    now = Batch(0, place(), tuple(keys), np.array([[default_of(key) for key in keys]])).outcome()
    missed = {figure: now[figure][0] for figure in reached if not aims[figure].holds(now[figure][0])}
    assert list(missed) == ["match_difference"]  # as the page says
    assert f"M1 is {missed['match_difference']:.2f}" in DOCUMENT.read_text(encoding="utf-8")


def test_the_null_model_scores_worse_by_as_little_as_the_page_says():
    evidence = pd.read_csv(CALIBRATION / "rules-evidence.csv", index_col=0, keep_default_na=False)
    assert -1.0 < evidence.loc["null", "all targets"] < 0.0 < evidence.loc["null", "without M1"] < 1.0


def test_made_up_truths_are_found_again():
    recovery = pd.read_csv(CALIBRATION / "recovery.csv")
    assert recovery["sets"].min() >= 20
    assert 0.60 <= recovery["covered"].mean() <= 0.95
    assert 0.60 <= recovery.loc[recovery["identified"], "covered"].mean() <= 0.95


# --- its layers ---


def test_the_page_holds_the_layers_that_are_published_and_the_code_gives_them():
    published = json.loads((PUBLISHED / "layers.json").read_text())
    assert table_in(DOCUMENT, layers_page.NAME, layers_page.BY) == layers_page.layers_text(published)
    now = compare(load_scenario(SCENARIOS / "three-areas.toml", ["settings.break_even_points=[]"]),
                  ["transplant", "recoproduce"], replicates=2, workers=1)  # fmt: skip
    arm, against = now.verdict_pair
    name = now.measures[0].name
    found = now.values[arm][name] - now.values[against][name]
    assert found.tolist() == pytest.approx(published["futures"][:2])


# --- the validation ---


def test_the_page_holds_the_validation_that_is_published_and_the_code_gives_it():
    published = json.loads((PUBLISHED / "validation.json").read_text())
    found = validation_page.from_dict(published)
    text = f"{validation_page.count_of(found)}\n\n{validation_page.markdown_of(found)}"
    assert table_in(DOCUMENT, validation_page.NAME, validation_page.BY) == text
    assert [one.pattern for one in found] == read_patterns(HOME / "experiments" / "validation" / "patterns.toml")
    scenario = load_scenario(SCENARIOS / "three-areas.toml")
    draws = len(found[0].values)
    drawn = with_values(scenario, some_draws(draws, scenario)[0])
    seen = {"as it is": looked_at(place_to_look_at(drawn, "as it is"), range(FUTURES_OF_A_DRAW))}
    for one in found:
        figure = FIGURES[one.pattern.figure]
        if figure.runs == ("as it is",):
            assert np.nanmean(figure.of(seen)) == pytest.approx(one.values[0], nan_ok=True), one.pattern.id
