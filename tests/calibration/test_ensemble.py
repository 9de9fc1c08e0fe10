"""Structural variants: read from their file, each calibrated to the same targets, and weighed."""

import numpy as np
import pandas as pd
import pytest

from modsim.calibration import shipped
from modsim.calibration.ensemble import DRAWS_OF_A_VARIANT, Ensemble, calibrate_all, read_variants
from modsim.calibration.layers import Draws
from modsim.calibration.prior import Prior
from modsim.calibration.shipped import shipped_weights, some_draws, weighted_counts
from modsim.inputs.problems import InputError
from tests.calibration.conftest import HERE, SMALL, SOME, few, place, targets
from tests.conftest import small_scenario

TWO = """
format = 1
not_weighed = ["M1"]
[[variants]]
id = "whole"
title = "the whole"
[[variants]]
id = "weak"
title = "sessions do nothing, and more leave"
[variants.values]
"effect.session_effect" = 0.0
"effect.match_weight" = 0.0
[variants.prior]
"attending.dropout_per_week" = [0.1, 0.15, 0.2]
"""


def read(tmp_path, text):
    path = tmp_path / "variants.toml"
    path.write_text(text)
    return read_variants(path)


def test_what_a_variant_fixes_leaves_its_prior_and_other_ranges_take_its_place(tmp_path):
    whole, weak = read(tmp_path, TWO).members
    prior = few()
    assert whole.prior_of(prior) == prior
    assert weak.prior_of(prior).keys == ["joining.baseline", "attending.dropout_per_week"]
    last = weak.prior_of(prior).parameters[-1]
    assert (last.low, last.best, last.high) == (0.1, 0.15, 0.2)
    assert weak.of(place()).effect.session_effect == 0.0
    assert whole.of(place()) == place()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("format = 1", "format = 3"), "format must be 1; given 3"),
        (('id = "weak"', 'id = "whole"'), "variant 'whole' stands twice"),
        (('id = "weak"', "id = 5"), "variant 2: id must be a short word; given 5"),
        (('"effect.match_weight" = 0.0', '"effect.match_weight" = 7'), "values.effect.match_weight is 7; allowed is 0"),
        (
            ('"effect.match_weight" = 0.0', '"effect.nothing" = 1'),
            "values.effect.nothing must be a number of a scenario",
        ),
        (("[0.1, 0.15, 0.2]", "[0.3, 0.15, 0.2]"), "must be [low, best, high]; given [0.3, 0.15, 0.2]"),
        (('title = "the whole"', 'name = "the whole"'), "unknown key 'name'; allowed are id, prior, source, title"),
        (("[[variants]]", "[[others]]"), "holds no variant"),
    ],
)
def test_wrong_files_are_refused_with_every_problem(tmp_path, change, said):
    with pytest.raises(InputError) as refused:
        read(tmp_path, TWO.replace(*change))
    assert said in str(refused.value)


def test_only_variants_that_there_are_can_be_asked_for(tmp_path):
    variants = read(tmp_path, TWO)
    assert [one.id for one in variants.only(["weak"]).members] == ["weak"]
    with pytest.raises(InputError, match="--only strong: there is no such variant; there are whole, weak"):
        variants.only(["strong"])


def test_the_shipped_variants_can_be_read_and_the_first_is_the_whole_model():
    variants, prior = read_variants(HERE / "variants.toml"), Prior.read(HERE / "prior.csv")
    assert len(variants.members) >= 5
    assert not variants.members[0].values
    assert not variants.members[0].prior
    assert variants.members[0].prior_of(prior) == prior
    assert all(one.source for one in variants.members)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("variants")
    told = []
    found = calibrate_all(
        read(folder, TWO), targets(*SOME), place(), few(), folder, size=SMALL, workers=1,
        progress=lambda what, done, total: told.append(what),
    )  # fmt: skip
    return found, set(told)


@pytest.mark.slow(reason="two small calibrations")
def test_each_is_calibrated_by_itself_and_weighed_without_what_is_in_dispute(two):
    found, told = two
    assert {what.split(":")[0] for what in told} == {"variant whole", "variant weak"}
    assert [t.id for t in found.weighed] == [t.id for t in found.first.fitted if t.id != "M1"]
    assert sum(found.weights.values()) == pytest.approx(1.0)
    assert found.weights["whole"] > found.weights["weak"], "sessions that do nothing foresee no effect on participants"
    assert found.summary["log_evidence_less_best"].max() == 0.0
    assert list(found.summary["variant"]) == ["whole", "weak"]
    numbers = found.together(lambda one: one.numbers)
    assert numbers.groupby("variant").size().to_dict() == {"whole": 3, "weak": 2}


@pytest.mark.slow(reason="two small calibrations")
def test_draws_hold_what_a_variant_fixes_and_leave_empty_what_it_does_not_know(two):
    draws = two[0].draws
    assert draws["variant"].value_counts().to_dict() == {"whole": DRAWS_OF_A_VARIANT, "weak": DRAWS_OF_A_VARIANT}
    weak, whole = (draws[draws["variant"] == name] for name in ("weak", "whole"))
    assert (weak["effect.session_effect"] == 0.0).all()
    assert whole["effect.match_weight"].isna().all()
    assert weak["attending.dropout_per_week"].between(0.1, 0.2).all()


@pytest.mark.slow(reason="two small calibrations")
def test_a_calibration_of_one_variant_is_that_of_calibrate_itself(two, small):
    pd.testing.assert_frame_equal(two[0].first.numbers, small[0].numbers)
    assert isinstance(two[0], Ensemble)


def test_draws_are_shared_out_by_weight(monkeypatch):
    assert weighted_counts({"a": 0.5, "b": 0.3, "c": 0.2}, 10) == {"a": 5, "b": 3, "c": 2}
    assert weighted_counts({"a": 1.0, "b": 1.0, "c": 1.0}, 4) == {"a": 2, "b": 1, "c": 1}
    table = pd.DataFrame({
        "variant": ["a"] * 6 + ["b"] * 6, "effect.session_effect": np.linspace(0.01, 0.06, 12),
        "effect.match_weight": [np.nan] * 6 + [0.0] * 6,
    })  # fmt: skip
    monkeypatch.setattr(shipped, "shipped_draws", lambda: table)
    about = {"variants": [{"id": "a", "weight": 0.75}, {"id": "b", "weight": 0.25}]}
    monkeypatch.setattr(shipped, "shipped_provenance", lambda: about)
    assert shipped_weights() == {"a": 0.75, "b": 0.25}
    rows = some_draws(4, small_scenario())
    assert [set(row) for row in rows] == [{"effect.session_effect"}] * 3 + [
        {"effect.session_effect", "effect.match_weight"}
    ]
    assert all("effect.match_weight" in row for row in some_draws(5, small_scenario(), "b"))


def test_draws_of_several_variants_part_numbers_from_structure():
    luck = np.random.Generator(np.random.Philox(8))
    of, names = {"a": -1.0, "b": 2.0}, ("a",) * 500 + ("b",) * 500
    means = np.array([of[name] for name in names]) + 0.5 * luck.normal(size=1000) + 0.3 * luck.normal(size=1000)
    draws = Draws(means, np.full(1000, 0.3), names, {"a": 0.75, "b": 0.25})
    assert draws.mean == pytest.approx(-0.25, abs=0.1)
    assert draws.within == pytest.approx(0.25, rel=0.2)
    assert draws.between == pytest.approx(0.75 * 0.25 * 9.0, rel=0.1)
    assert draws.mean_of == pytest.approx(of, abs=0.1)
    assert Draws(means, np.full(1000, 0.3)).between == 0.0
    few_of_each = Draws(luck.normal(size=16), np.full(16, 0.01), ("a",) * 8 + ("b",) * 8)
    assert few_of_each.between < 0.3, "what few draws leave to chance is no structure"
