"""Three layers of what is not known: each by itself, its own share, and a verdict that says which it survives."""

import json
import re

import jsonschema
import numpy as np
import pandas as pd
import pytest

from modsim import compare
from modsim.calibration import layers as layering
from modsim.calibration import layers_page, shipped
from modsim.calibration.layers import Draws, Layers, layers_of
from modsim.calibration.variants import VARIANTS, Variant
from modsim.studies.documents import table_in
from modsim.studies.study import StudyError
from tests.conftest import SCENARIOS, SMALL, modsim, small_scenario

pytestmark = pytest.mark.slow(reason="runs draws of the calibration in three layers")


@pytest.fixture
def few_draws(monkeypatch):
    """Four draws of two numbers, so that a test does not take minutes."""
    luck = np.linspace(0.2, 0.8, 8)
    table = pd.DataFrame({"effect.session_effect": 0.1 * luck, "offending.core_shift": 3.5 + luck})
    monkeypatch.setattr(shipped, "shipped_draws", lambda: table)
    monkeypatch.setattr(layering, "DRAWS", 4)
    monkeypatch.setattr(layering, "FUTURES_OF_A_DRAW", 2)
    return table


def small_comparison(*changes):
    return compare(small_scenario("settings.break_even_points=[]", *changes), ["transplant", "recoproduce"], workers=1)


def test_each_layer_by_itself(few_draws):
    comparison = small_comparison()
    rules = layers_of(comparison, "rules", workers=1)
    assert rules.numbers is None
    assert set(rules.rules) == {variant.name for variant in VARIANTS}
    numbers = layers_of(comparison, "parameters", workers=1)
    assert numbers.rules is None
    assert len(numbers.numbers.means) == 4
    both = layers_of(comparison, "all", workers=2)
    assert both.rules == rules.rules
    assert both.numbers.means == pytest.approx(numbers.numbers.means)
    assert set(both.variances) == {"chance", "numbers", "dissimilarity", "rules"}
    assert set(both.survives) == {"chance", "numbers", "dissimilarity", "rules"}
    assert all(variance >= 0 for variance in both.variances.values())


def test_chance_alone_is_the_comparison_s_own(few_draws):
    comparison = small_comparison()
    found = layers_of(comparison, "chance")
    verdict = comparison.verdict
    assert (found.base.mean, found.base.low, found.base.high) == (verdict["mean"], verdict["low"], verdict["high"])
    assert found.kind == verdict["kind"]


def test_what_a_scenario_sets_itself_stays(few_draws):
    comparison = small_comparison("effect.session_effect=0.05")
    found = layers_of(comparison, "parameters", workers=1)
    assert found.kept == ["effect.session_effect"]


def test_where_there_is_no_effect_every_layer_says_so(few_draws):
    off = (
        "effect.adult_effect=0", "effect.course_time_share=0", "peers.deviancy=0", "policing.labelling=0",
        "policing.deterrence=0", "order.legitimacy=0", "order.efficacy=0", "afterwards.destination_effect=0",
        "effect.session_effect=0",
    )  # fmt: skip
    del few_draws["effect.session_effect"]
    found = layers_of(small_comparison(*off), "parameters", workers=1)
    assert found.kind == "about the same"
    assert found.numbers.variance == 0.0
    assert found.shares_of(found.numbers)["about the same"] == 1.0
    assert found.survives == {"chance": True, "numbers": True, "dissimilarity": True}


def test_chance_is_taken_out_of_the_spread_of_draws():
    luck = np.random.Generator(np.random.Philox(1))
    errors = np.full(4000, 1.0)
    only_chance = Draws(errors * luck.normal(size=4000), errors)
    assert only_chance.variance < 0.1
    assert np.std(only_chance.values) < 0.35
    more = Draws(3.0 * luck.normal(size=4000) + errors * luck.normal(size=4000), errors)
    assert more.variance == pytest.approx(9.0, rel=0.1)
    assert np.std(more.values) == pytest.approx(3.0, rel=0.06)


def layers(base, numbers=None, rules=None):
    scenario = small_scenario()
    draws = None if numbers is None else Draws(np.array(numbers), np.zeros(len(numbers)))
    return Layers(scenario, base, [], draws, draws, rules)


SURE, OPEN = np.linspace(-2.3, -1.7, 16), np.linspace(-2.0, 0.8, 16)  # contrasts future by future


def test_a_verdict_says_which_layer_it_survives():
    held = layers(SURE, [-2.0] * 10, {"one": SURE})
    assert held.sentence == ("The verdict on chance (“better”) survives chance, numbers, dissimilarity and rules.")
    lost = layers(SURE, [-2.0] * 6 + [1.0] * 4, {"one": SURE, "other": OPEN})
    assert lost.survives == {"chance": True, "numbers": False, "dissimilarity": False, "rules": False}
    assert "it does not survive numbers, dissimilarity and rules" in lost.sentence
    assert (
        layers(OPEN, [-2.0] * 10).sentence
        == "Chance alone leaves the verdict open, so no other source of uncertainty can be tested."
    )


def test_the_command_tells_the_layers_and_keeps_them(tmp_path, monkeypatch, capsys, few_draws):
    changes = [word for change in (*SMALL, "settings.break_even_points=[]") for word in ("--set", change)]
    code, out, said = modsim(
        monkeypatch, capsys, "compare", SCENARIOS / "three-areas.toml", "--arms", "transplant,recoproduce",
        "--uncertainty", "all", "--out", tmp_path / "out", "--workers", "1", *changes,
    )  # fmt: skip
    assert code == 0, said
    assert "How uncertain, source by source" in out
    assert "If a bad experience weighs as much as a good one" in out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert set(summary["layers"]["variances"]) == {"chance", "numbers", "dissimilarity", "rules"}
    schema = json.loads((SCENARIOS.parent / "modsim" / "findings" / "summary.schema.json").read_text())
    jsonschema.validate(summary, schema)
    assert (tmp_path / "out" / "figures" / "layers.png").stat().st_size > 5000


def test_another_layer_is_refused(tmp_path, monkeypatch, capsys):
    code, _, said = modsim(monkeypatch, capsys, "compare", SCENARIOS / "three-areas.toml", "--uncertainty", "guess")
    assert code == 2
    assert "chance" in said


def test_what_was_compared_is_kept_when_the_layers_are_stopped(tmp_path, monkeypatch, capsys):
    def stopped(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(layering, "layers_of", stopped)
    changes = [word for change in (*SMALL, "settings.break_even_points=[]") for word in ("--set", change)]
    code, _, said = modsim(
        monkeypatch, capsys, "compare", SCENARIOS / "three-areas.toml", "--arms", "transplant,recoproduce",
        "--uncertainty", "rules", "--out", tmp_path / "out", "--workers", "1", "--no-figures", *changes,
    )  # fmt: skip
    assert code == 0
    assert "The sources of uncertainty could not be looked at: it was stopped. The comparison is complete." in said
    assert (tmp_path / "out" / "summary.json").exists()


def test_chance_is_taken_out_of_what_contested_rules_move():
    luck, futures = np.random.Generator(np.random.Philox(2)), 16
    nothing = {f"rule {k}": SURE + luck.normal(size=futures) for k in range(400)}
    assert layers(SURE, rules=nothing).variances["rules"] < 0.01  # chance alone has 1/16 in each
    moved = {name: each + 2.0 for name, each in nothing.items()}
    assert layers(SURE, rules=moved).variances["rules"] == pytest.approx(4.0, rel=0.05)


def test_futures_in_which_nothing_happens_are_left_out():
    gaps = np.where(np.arange(16) < 2, np.nan, SURE)
    assert layers(gaps).variances["chance"] == pytest.approx(SURE[2:].var(ddof=1) / 14)
    one = layers(SURE[:1], rules={"one": SURE[:1] + 1.0})
    assert one.variances == {}  # of a single future nothing can be said
    assert one.survives == {}


def test_a_place_in_which_nothing_happens_has_no_layers(few_draws):
    quiet = [f"areas.{area}.reported_per_10000_per_month=0.01" for area in ("gorbals", "castlefern", "govan")]
    comparison = small_comparison(*quiet, "settings.weeks=8")
    found = layers_of(comparison, "parameters", workers=1)
    assert found.numbers is None
    assert found.sentence == "Chance alone leaves the verdict open, so no other source of uncertainty can be tested."
    assert json.dumps(found.as_dict(), allow_nan=False)


def test_rules_are_set_beside_the_model_in_the_same_futures(monkeypatch):
    same = Variant("as it is", "nothing is another", lambda scenario: {})
    monkeypatch.setattr(layering, "VARIANTS", (same, VARIANTS[0]))
    comparison = small_comparison()
    found = layers_of(comparison, "rules", workers=1)
    assert found.rules["as it is"] == found.base
    assert found.rules_apart["as it is"].mean == 0.0
    assert found.rules_apart[VARIANTS[0].name].mean != 0.0


def test_the_share_of_chance_is_the_square_of_its_standard_error():
    values = np.array([1.0, 2.0, 4.0, 3.0])
    assert layers(values).variances["chance"] == pytest.approx(values.var(ddof=1) / 4)


def test_layers_are_published_with_what_makes_them_stale(tmp_path, few_draws):
    comparison = small_comparison()
    found = layers_of(comparison, "all", workers=1)
    (tmp_path / "pictures").mkdir()
    document, data = tmp_path / "page.md", tmp_path / "layers.json"
    document.write_text("nothing")
    with pytest.raises(StudyError, match="has no place for a table"):
        layers_page.publish(comparison, found, "modsim compare x", data, document)
    assert not data.exists()
    document.write_text("<!-- layers: made by modsim compare --><!-- end of layers -->")
    layers_page.publish(comparison, found, "modsim compare x", data, document)
    published = json.loads(data.read_text())
    assert table_in(document, layers_page.NAME, layers_page.BY) == layers_page.layers_text(published)
    assert "| a bad experience weighs as much as a good one |" in document.read_text()
    shares = [float(share) for share in re.findall(r"\| (\d+)% \|", document.read_text())]
    assert sum(shares) == pytest.approx(100, abs=2)
    assert np.mean(published["futures"]) == pytest.approx(comparison.verdict["mean"])
    assert (tmp_path / "pictures" / "layers.png").stat().st_size > 5000


def test_only_all_layers_are_published(monkeypatch, capsys):
    code, _, said = modsim(monkeypatch, capsys, "compare", SCENARIOS / "three-areas.toml", "--publish")
    assert code == 2
    assert "--publish goes with --uncertainty all, not chance" in said
