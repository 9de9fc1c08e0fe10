"""Validation: patterns are read and refused, verdicts can be failures, and a small one runs from end to end."""

import numpy as np
import pandas as pd
import pytest

from modsim.findings.statistics import Estimate
from modsim.inputs.problems import InputError
from modsim.validation import figures, validating
from modsim.validation.figures import RUNS, looked_at, place_to_look_at
from modsim.validation.page import count_of, markdown_of
from modsim.validation.patterns import Pattern, read_patterns
from modsim.validation.validating import Validated, table_of, validate
from tests.conftest import SCENARIOS, SMALL, modsim, small_scenario

HERE = SCENARIOS.parent / "experiments" / "validation" / "patterns.toml"


def test_at_least_ten_patterns_are_declared_that_no_target_implies():
    patterns = read_patterns(HERE)
    assert sum(not pattern.implied_by for pattern in patterns) >= 10
    targets = pd.read_csv(SCENARIOS.parent / "experiments" / "calibration" / "targets.csv")
    assert {id for pattern in patterns for id in pattern.implied_by} <= set(targets["id"])
    alone = {pattern.source for pattern in patterns if not pattern.implied_by}
    assert not alone & set(targets["source"])
    assert not [s for s in alone if "Williams et al." in s]  # who stand behind targets K5 and K6
    assert any("apparent" in p.figure for p in patterns)
    assert {p.strength for p in patterns} >= {"A", "B", "C"}


WRONG = [
    ("format = 1\n", "patterns: is missing"),
    ('[[patterns]]\nid = "A"\n', "title: is missing"),
    ('[[patterns]]\nid = "A"\ntitle = "x"\nfigure = "nothing"\nlow = 1.0\nunit = "u"\nstrength = "A"\nsource = "s"\n',
     "figure 'nothing' is none of take_up_made_anew"),
    ('[[patterns]]\nid = "A"\ntitle = "x"\nfigure = "anchor_adds"\nunit = "u"\nstrength = "A"\nsource = "s"\n',
     "has neither low nor high"),
    ('[[patterns]]\nid = "A"\ntitle = "x"\nfigure = "anchor_adds"\nlow = 2.0\nhigh = 1.0\nunit = "u"\nstrength = "A"\n'
     'source = "s"\n', "low 2 is not below high 1"),
    ('[[patterns]]\nid = "A"\ntitle = "x"\nfigure = "anchor_adds"\nlow = 2.0\nunit = "u"\nstrength = "E"\n'
     'source = "s"\n', "strength"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_wrong_files_of_patterns_are_refused_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_patterns(path)


def pattern(low=None, high=None):
    return Pattern(
        id="A", title="x", figure="anchor_adds", low=low, high=high, unit="u", strength="B", source="s", seen=False
    )


@pytest.mark.parametrize(
    ("low", "high", "interval", "verdict"),
    [
        (0.0, 1.0, (0.2, 0.8), "holds"),
        (0.0, 1.0, (1.2, 1.8), "fails"),
        (0.0, 1.0, (-0.8, -0.1), "fails"),
        (0.0, 1.0, (0.8, 1.2), "cannot tell"),
        (None, 0.0, (-9.0, -1.0), "holds"),
        (0.0, None, (-9.0, -1.0), "fails"),
        (0.0, 1.0, (None, None), "cannot tell"),
    ],
)
def test_a_verdict_can_be_a_failure(low, high, interval, verdict):
    mean = None if interval[0] is None else sum(interval) / 2
    assert Validated(pattern(low, high), Estimate(mean, *interval, None, None)).verdict == verdict


def test_the_page_shows_failures():
    found = [
        Validated(pattern(0.0, 1.0), Estimate(0.5, 0.4, 0.6, None, None)),
        Validated(pattern(0.0, 1.0), Estimate(2.5, 2.4, 2.6, None, None)),
    ]
    assert count_of(found) == "1 of 2 patterns hold, 1 fail, and the model cannot tell in 0."
    assert "**fails**" in markdown_of(found)
    spread = Validated(pattern(0.0, 1.0), found[0].found, np.array([0.5, 0.7, 1.2, np.nan]))
    assert spread.share_within == pytest.approx(2 / 3)
    assert "| 67% | holds |" in markdown_of([spread])
    assert list(table_of(found)["verdict"]) == ["holds", "fails"]


def test_patterns_that_targets_imply_are_counted_apart():
    implied = pattern(0.0, 1.0).model_copy(update={"id": "B", "implied_by": ["K5"]})
    found = [Validated(each, Estimate(0.5, 0.4, 0.6, None, None)) for each in (pattern(0.6, 1.0), implied)]
    assert count_of(found) == (
        "0 of 1 patterns hold, 0 fail, and the model cannot tell in 1. Not counted: B, which nearly follow from fitted "
        "targets; 1 of these 1 hold."
    )
    assert "B, nearly implied by K5 |" in markdown_of(found)


def test_every_run_is_the_scenario_with_its_changes_and_nothing_else():
    scenario = small_scenario()
    for name in RUNS:
        place = place_to_look_at(scenario, name)
        assert place.settings.arms == ["transplant", "recoproduce"]
        assert all(area.opens_week == 0 for area in place.areas)
    assert place_to_look_at(scenario, "alike").world.dissimilarity == 0.0
    assert place_to_look_at(scenario, "thin").purse.budget == 9.0
    assert place_to_look_at(scenario, "no anchor").settings.without == ["insight-5"]
    less = small_scenario("settings.without=['peer delivery']")
    assert place_to_look_at(less, "no anchor").settings.without == ["peer delivery", "insight-5"]
    assert place_to_look_at(less, "thin").settings.without == ["peer delivery"]


def test_what_a_run_changes_goes_before_what_is_drawn(monkeypatch):
    looked = []

    def seen(scenario, replicates):
        looked.append(scenario)
        return looked_at(scenario, replicates)

    monkeypatch.setattr(validating, "looked_at", seen)
    patterns = [p for p in read_patterns(HERE) if p.figure == "area_difference_weak_lead"]
    validate(patterns, small_scenario("settings.weeks=30"), draws=2, replicates=1, workers=1)
    assert [place.commitment.mean for place in looked] == [0.4, 0.4]
    first, second = (place.joining.baseline for place in looked)
    assert first != second


@pytest.mark.slow(reason="runs every pattern again")
def test_other_words_of_a_place_change_no_verdict():
    patterns = read_patterns(HERE)
    plain, other = (
        validate(patterns, small_scenario("settings.weeks=110", *words), draws=0, replicates=2, workers=1)
        for words in ((), ("vocabulary.incident=tags",))
    )
    assert [v.found for v in plain] == [v.found for v in other]


@pytest.mark.parametrize(
    ("changes", "given", "said"),
    [
        ("settings.weeks=60", {}, "pattern V19: recorded_again takes 104 weeks; settings.weeks is 60"),
        ("settings.weeks=110", {"draws": 1}, "one draw cannot tell chance from a pattern"),
        ("settings.weeks=110", {"draws": 0, "replicates": 1}, "one simulated future cannot tell chance"),
        ("settings.weeks=110", {"draws": 9999}, "9999 draws were asked for; 300 come with modsim"),
    ],
)
def test_too_little_is_refused_before_any_work(changes, given, said):
    patterns = [p for p in read_patterns(HERE) if p.id == "V19"]
    with pytest.raises(InputError, match=said):
        validate(patterns, small_scenario(changes), workers=1, **given)


def test_nobody_recorded_is_no_figure():
    shares = figures._shares(np.array([1, 0, 0]), np.array([2, 4, 0]))
    assert shares[:2].tolist() == [0.5, 0.0]
    assert np.isnan(shares[2])


def test_what_is_counted_of_people_is_what_the_records_hold():
    scenario = place_to_look_at(small_scenario("settings.weeks=110", "population.core_exit_per_year=0"), "as it is")
    one, two = looked_at(scenario, [0]), looked_at(scenario, [0, 1])
    for name, values in two.people.items():
        assert values[0] == pytest.approx(one.people[name][0]), name  # futures beside do not matter
    reported = one.outcome.totals["asb_reported"][0, 1:, 0].sum()
    assert 0 < one.people["recorded_of_core_member"][0] < reported
    assert 0 < one.people["share_of_top_2_percent"][0] <= 1
    assert 0 <= one.people["recorded_again"][0] <= 1


def test_a_ratio_of_means_is_that_with_its_error():
    luck = np.random.Generator(np.random.Philox(3))
    whole = np.exp(luck.normal(size=60)) * 10.0  # very unequal: the mean of ratios is something else
    part = 0.3 * whole + luck.normal(size=60) + 1.0
    found = figures._ratio(part, whole)
    assert found.mean() == pytest.approx(part.sum() / whole.sum(), rel=0.01)
    assert (part / whole).mean() > 1.1 * found.mean()
    again = luck.integers(60, size=(4000, 60))
    bootstrap = part[again].sum(axis=1) / whole[again].sum(axis=1)
    assert found.std(ddof=1) / np.sqrt(60) == pytest.approx(bootstrap.std(), rel=0.25)


def test_what_is_left_in_the_third_year_is_of_all_futures_together():
    scenario = place_to_look_at(small_scenario(), "alike, one round")
    seen = looked_at(scenario, range(6))
    averted = seen.occurred("none") - seen.occurred("transplant")
    left = figures._left(seen)
    whole = averted[:, 104:156].sum() / averted[:, :52].sum()
    others = averted[1:, 104:156].sum() / averted[1:, :52].sum()
    assert left[0] == pytest.approx(6 * whole - 5 * others)


@pytest.mark.slow(reason="runs every pattern twice")
def test_a_small_validation_gives_a_verdict_on_every_pattern_and_does_not_depend_on_workers():
    patterns = [p for p in read_patterns(HERE) if p.id in ("V1", "V6", "V9", "V16", "V19")]
    scenario = small_scenario("settings.weeks=110")
    one, two = (validate(patterns, scenario, draws=2, replicates=2, workers=number) for number in (1, 2))
    assert [v.found for v in one] == [v.found for v in two]
    assert [v.pattern.id for v in one] == [p.id for p in patterns]
    assert {v.verdict for v in one} <= {"holds", "fails", "cannot tell"}


def test_the_command_writes_a_page(tmp_path, monkeypatch, capsys):
    (tmp_path / "p.toml").write_text(
        '[[patterns]]\nid = "A"\ntitle = "x"\nfigure = "take_up_made_anew"\nlow = 2.0\nunit = "u"\nstrength = "A"\n'
        'source = "s"\n'
    )
    changes = [word for change in (*SMALL, "settings.weeks=60") for word in ("--set", change)]
    code, out, said = modsim(
        monkeypatch, capsys, "validate", "--patterns", tmp_path / "p.toml",
        "--scenario", SCENARIOS / "three-areas.toml", "--out", tmp_path / "out", "--workers", "1", "--replicates", "4",
        "--draws", "2",
        *changes,
    )  # fmt: skip
    assert code == 0, said
    assert "0 of 1 patterns hold, 1 fail" in out
    assert "**fails**" in (tmp_path / "out" / "validation.md").read_text()
    assert (tmp_path / "out" / "validation.png").stat().st_size > 5000


def test_the_command_refuses_a_missing_file(tmp_path, monkeypatch, capsys):
    code, _, said = modsim(monkeypatch, capsys, "validate", "--patterns", tmp_path / "none.toml")
    assert code == 2
    assert "none.toml" in said
