"""A scenario of one's own place, interest cards, and what tells two scenarios apart."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modsim import load_scenario
from modsim.inputs.cards import read_cards
from modsim.inputs.differences import differences
from modsim.inputs.own_place import id_of
from modsim.inputs.problems import InputError
from tests.conftest import SCENARIOS, modsim

BASE = SCENARIOS / "three-areas.toml"


@pytest.fixture
def base(tmp_path):
    path = tmp_path / "three-areas.toml"
    path.write_text(BASE.read_text())
    return path


def new(monkeypatch, capsys, base, *words):
    return modsim(monkeypatch, capsys, "scenario", "new", "--base", base, *words)


def test_a_place_of_one_s_own_holds_what_was_given_and_marks_what_was_not(base, monkeypatch, capsys):
    code, out, err = new(
        monkeypatch, capsys, base, "--name", "Northtown", "--population", 13000, "--young-percent", 6.5,
        "--adult-percent", 9, "--ages", "14-22", "--asb", 11.5, "--partners", "police, youth work, third-sector",
        "--budget", 12, "--months", 24, "--yes",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "Usual values, marked as assumed: anchor." in out
    path = base.parent / "northtown.toml"
    scenario = load_scenario(path)
    (area,) = scenario.areas
    assert (area.id, area.name, area.population, area.youngest, area.oldest) == (
        "northtown",
        "Northtown",
        13000,
        12,
        22,
    )
    assert (area.eligible_youngest, area.eligible_oldest, area.core_groups) == (14, 22, 1)
    assert (area.partners, area.anchor) == (["police", "youth_work", "third_sector"], True)
    assert area.reported_per_10000_per_month == 11.5
    assert scenario.partners.at_the_table == 3
    assert (scenario.purse.budget, scenario.settings.weeks) == (12.0, 104)
    assert scenario.population.share_aged_12_to_17 == 0.065
    assert scenario.population.share_aged_18_to_24 == 0.09
    text = path.read_text()
    assert all(words in text for words in ("# Known", "# Assumed", "# Look at"))
    assert "population = 13000   # given" in text
    assert "anchor = true   # assumed" in text


def test_a_place_can_be_asked_for_step_by_step(base, monkeypatch, capsys):
    said = iter(["Southtown", "nine", "9500", "", "", "", "", "", "", "6", ""])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    def answer(question, default=None, **_):
        given = next(said)
        return given or default

    monkeypatch.setattr("typer.prompt", answer)
    code, _, err = new(monkeypatch, capsys, base)
    assert code == 0
    assert "--population 'nine': must be a whole number from 100 to 5,000,000" in err  # and it was asked again
    scenario = load_scenario(base.parent / "southtown.toml")
    assert (scenario.areas[0].population, scenario.purse.budget) == (9500, 6.0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--yes",), "--name: is needed"),
        (("--name", "77"), "must begin with a letter"),
        (("--name", "A", "--ages", "young"), "give the youngest and the oldest, as in 14-20, between 8 and 80"),
        (("--name", "A", "--ages", "20-12"), "give the youngest and the oldest, as in 14-20"),
        (("--name", "Castlefern"), "has an area of that id already"),
        (("--name", "A\x07"), "holds a character that cannot be shown"),
        (("--name", "A", "--ages", "8-80", "--adult-percent", 50), "people cannot hold the"),
        (("--name", "Three areas", "--replace"), "is what it would build on"),
        (("--name", "A", "--cards", "/dev/zero"), "is not a regular file; give a CSV file with three columns"),
        (
            ("--name", "A", "--population", "9,500"),
            "'9,500': must be a whole number from 100 to 5,000,000; 9,500 can mean",
        ),
        (("--name", "A", "--population", 5), "must be from 100 to 5,000,000"),
        (("--name", "A", "--partners", "police,gp"), "'gp': there is no such type; there are police,"),
        (("--name", "A", "--partners", "police,police"), "named twice"),
        (("--name", "A", "--partners", "police", "--anchor"), "takes a housing or third_sector partner"),
        (("--name", "three-areas"), "is there already; give another --out, or --replace"),
        (("--name", "A", "--out", "/elsewhere/a.toml"), "must lie beside"),
        (("--name", "A", "--cards", "none.csv"), "there is no such file; interest cards are a CSV file with three"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(base, words, expected, monkeypatch, capsys):
    code, _, err = new(monkeypatch, capsys, base, *words, "--yes")
    assert code == 2
    assert expected in err
    assert "Traceback" not in err
    assert [path.name for path in base.parent.iterdir()] == ["three-areas.toml"]


def test_a_decimal_comma_is_a_decimal_comma(base, monkeypatch, capsys):
    """Case 26: 12,5 hours were taken for 125."""
    code, _, err = new(monkeypatch, capsys, base, "--name", "Comma", "--budget", "12,5", "--yes")
    assert code == 0, err
    assert load_scenario(base.parent / "comma.toml").purse.budget == 12.5


@given(st.text(max_size=60))
def test_an_id_made_from_a_name_is_one_that_scenarios_allow(name):
    try:
        found = id_of(name)
    except InputError:
        return
    assert found[0].isalpha()
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(found) <= 40


def cards_file(tmp_path, text):
    path = tmp_path / "cards.csv"
    path.write_text(text)
    return path


def test_few_cards_give_an_interval_and_no_single_value(base, monkeypatch, capsys, tmp_path):
    cards = cards_file(tmp_path, "activity,Gorbals,Mine\nfootball,12,3\ngym,9,2\nmusic,2,11\ndance,1,5\n")
    code, out, _ = new(monkeypatch, capsys, base, "--name", "Few", "--cards", cards, "--yes")
    assert code == 0
    assert "Fewer than 100 cards in a place give no single value" in out
    assert load_scenario(base.parent / "few.toml").world.dissimilarity == 0.5  # as assumed before


def test_many_cards_give_a_value_and_its_interval(base, monkeypatch, capsys, tmp_path):
    cards = cards_file(tmp_path, "activity,Gorbals,Mine\nfootball,120,30\ngym,90,20\nmusic,20,110\ndance,10,50\n")
    code, out, _ = new(monkeypatch, capsys, base, "--name", "Many", "--cards", cards, "--yes")
    assert code == 0
    assert "Corrected for that, the dissimilarity is" in out
    assert 0.5 < load_scenario(base.parent / "many.toml").world.dissimilarity < 0.7
    assert "95 % interval" in (base.parent / "many.toml").read_text()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty; it should be a CSV file with three columns"),
        ("activity,here\nfootball,2\n", "needs three columns"),
        ("activity,a,b\nfootball,0.3,0.7\ngym,1,2\n", "line 2: '0.3' is not a count; give whole numbers of cards"),
        ("activity,a,b\nfootball,1,2\nfootball,1,2\n", "'football' stands there twice"),
        ("activity,a,b\nfootball,1\n", "line 2: has 2 cells"),
        ("activity,a,b\n,1,2\ngym,2,1\n", "names no activity"),
        ("activity,a,b\ngym,2,1\n", "at least 2 are needed"),
        ("activity,a,b\ngym,0,1\nmusic,0,4\n", "0 cards in 'a'"),
        ("gym,3,4\nmusic,0,4\n", "line 1: holds numbers where the names of the two places should stand"),
        ("activity,a,b\ngym,-1,1\nmusic,3,4\n", "'-1' is not a count"),
        ("activity,a,b\ngym,999999999,1\nmusic,3,4\n", "between 1 and 100,000 are needed"),
    ],
)
def test_wrong_cards_are_refused_in_one_clear_line_each(text, expected, tmp_path):
    with pytest.raises(InputError) as caught:
        read_cards(cards_file(tmp_path, text))
    assert expected in "\n".join(caught.value.problems)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_no_file_of_cards_ends_in_a_traceback(content):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.csv"
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            assert read_cards(path).activities


def test_two_scenarios_are_told_apart_by_every_value_that_differs(monkeypatch, capsys):
    one, other = load_scenario(BASE), load_scenario(SCENARIOS / "no-anchor.toml")
    found = {each.key: (each.one, each.other) for each in differences(one, other)}
    assert found == {
        "areas.castlefern.anchor": (True, False), "areas.govan.anchor": (True, False),
        "areas.govan.lead": ("housing", "chosen"),
    }  # fmt: skip
    assert differences(one, one) == []
    code, out, _ = modsim(monkeypatch, capsys, "scenario", "diff", BASE, SCENARIOS / "no-anchor.toml")
    assert code == 0
    assert all(key in out for key in found)
    code, _, err = modsim(monkeypatch, capsys, "scenario", "diff", BASE, "nothing.toml")
    assert code == 2
    assert "there is no such file" in err


def test_the_order_of_areas_is_no_difference():
    one = load_scenario(BASE)
    assert differences(one, one.model_copy(update={"areas": one.areas[::-1]})) == []


def test_only_the_areas_that_are_named_are_looked_at():
    scenario = load_scenario(SCENARIOS / "glasgow.toml", ["settings.areas=['gorbals', 'n01', 'n02']"])
    assert [area.id for area in scenario.areas] == ["gorbals", "n01", "n02"]
    assert [area.adjacent for area in scenario.areas] == [[], ["n02"], ["n01"]]
    assert scenario.areas[1].hears_from == {"n02": 1.0, "gorbals": 0.5}
