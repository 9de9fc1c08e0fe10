"""Published figures can be made again, and one changed digit is noticed."""

import re

import pytest

from tests.conftest import SCENARIOS, modsim
from tests.studies.test_studies import HEAD

HOME = SCENARIOS.parent


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with one small published figure and the document that shows its table."""
    monkeypatch.chdir(tmp_path)
    experiments = tmp_path / "experiments"
    experiments.mkdir()
    (experiments / "s.toml").write_text(HEAD + "[factors]\n'world.dissimilarity' = [0.0, 1.0]\n")
    (experiments / "figures.toml").write_text(
        '[fig-9]\nstudy = "s.toml"\ndata = "published/s.csv"\npicture = "../fig-9.png"\ntable = "../doc.md"\n'
    )
    (tmp_path / "doc.md").write_text("Before\n<!-- fig-9: made by modsim reproduce -->\n<!-- end of fig-9 -->\nAfter\n")
    return tmp_path


def test_what_was_accepted_passes_and_one_changed_digit_fails(place, monkeypatch, capsys):
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "fig-9", "--accept", "--workers", "1")
    assert (code, "accepted" in out) == (0, True)
    document = (place / "doc.md").read_text()
    assert document.startswith("Before\n")
    assert document.endswith("After\n")
    assert document.count("| 0 |") == 1
    assert (place / "fig-9.png").stat().st_size > 5000
    for words in ((), ("--fast",)):
        code, out, _ = modsim(monkeypatch, capsys, "reproduce", "all", *words)
        assert code == 0
        assert "fig-9: PASS" in out
    data = place / "experiments" / "published" / "s.csv"
    text = data.read_text()
    numbers = list(re.finditer(r"\d\.\d{12,}", text))
    last = numbers[len(numbers) // 3].end() - 1
    data.write_text(text[:last] + str((int(text[last]) + 5) % 10) + text[last + 1 :])
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "fig-9")
    assert code == 1
    assert "DIFFERS" in out
    assert "1 of 12 numbers differ; first in line" in out
    assert "numpy" in out
    rows = text.splitlines()
    at = next(
        n for n, row in enumerate(rows) if row.split(",")[3] == "2"
    )  # a replicate that --fast does not make again
    data.write_text("\n".join([*rows[:at], rows[at].replace(".", ".9", 1), *rows[at + 1 :]]) + "\n")
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "fig-9", "--fast")
    assert code == 1  # case 20: it passed
    assert f"s.csv, line {at + 1}: is not the published row" in out
    data.write_text(text)
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "fig-9", "--fast")
    assert "PASS" in out
    assert "8 of 12 rows were made again, and every stored row has its published hash" in out
    (place / "doc.md").write_text(document.replace("| 0 |", "| 7 |"))
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "fig-9")
    assert code == 1
    assert "the table between the marks of fig-9" in out


SMALL_SCENARIO = """
extends = "small-home.toml"
[settings]
weeks = 30
replicates = 3
"""


@pytest.mark.slow(reason="runs the ablations behind two published tables")
@pytest.mark.parametrize("what", ["insights", "rungs"])
def test_what_insights_carry_and_rungs_add_is_made_again_digit_by_digit(what, place, monkeypatch, capsys):
    home = (SCENARIOS / "three-areas.toml").read_text()
    for large, few in (("9000", "1600"), ("16000", "2400"), ("13000", "1500")):
        home = home.replace(f"population = {large}", f"population = {few}")
    (place / "experiments" / "small-home.toml").write_text(home)
    (place / "experiments" / "small.toml").write_text(SMALL_SCENARIO)
    (place / "experiments" / "figures.toml").write_text(
        f'[it]\nscenario = "small.toml"\ndata = "published/it.csv"\npicture = "../it.png"\ntable = "../doc.md"\n'
        f'draw = "{what}"\n'
    )
    (place / "doc.md").write_text("<!-- it: made by modsim reproduce -->\n<!-- end of it -->\n")
    code, out, err = modsim(monkeypatch, capsys, "reproduce", "it", "--accept", "--workers", "1")
    assert (code, "accepted" in out) == (0, True), err
    rows = {"insights": "| insight 3, ", "rungs": "| M3 | friends"}[what]
    assert (place / "doc.md").read_text().count(rows) == 1
    assert (place / "it.png").exists() == (what == "insights")
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "it", "--fast", "--workers", "1")
    assert (code, "PASS" in out) == (0, True)
    data = place / "experiments" / "published" / "it.csv"
    lines = data.read_text().splitlines()
    lines[1] = lines[1][:-1] + str((int(lines[1][-1]) + 5) % 10)
    data.write_text("\n".join(lines))
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "it", "--fast", "--workers", "1")
    assert (code, "1 of" in out) == (1, True)


def test_a_published_figure_is_of_a_study_or_of_a_scenario(place, monkeypatch, capsys):
    (place / "experiments" / "figures.toml").write_text('[it]\nstudy = "s.toml"\ndata = "a.csv"\ndraw = "rungs"\n')
    code, _, err = modsim(monkeypatch, capsys, "reproduce", "it")
    assert code == 2
    assert "figures.toml: it: give a scenario where draw is" in err


@pytest.mark.parametrize(
    ("change", "words", "code", "says"),
    [
        (None, ("fig-7",), 2, "there is no such figure; there are fig-9, and all"),
        (None, ("fig-9", "--fast", "--accept"), 2, "do not go together"),
        (None, ("fig-9", "--experiments", "nowhere"), 2, "start in the project's folder"),
        (("figures.toml", "data", "date"), ("fig-9",), 2, "figures.toml"),
        (("s.toml", "world.dissimilarity", "world.distance"), ("fig-9",), 2, "unknown key"),
    ],
)
def test_what_cannot_be_made_again_is_told_in_a_line(place, monkeypatch, capsys, change, words, code, says):
    if change:
        path = place / "experiments" / change[0]
        path.write_text(path.read_text().replace(change[1], change[2]))
    found, out, err = modsim(monkeypatch, capsys, "reproduce", *words)
    assert found == code
    assert says in err + out
    assert "Traceback" not in err


def test_without_published_numbers_nothing_passes(place, monkeypatch, capsys):
    code, out, _ = modsim(monkeypatch, capsys, "reproduce", "fig-9", "--workers", "1")
    assert code == 1
    assert "the published numbers are not there" in out


@pytest.mark.slow(reason="runs the studies behind every published figure")
def test_the_figures_of_the_documents_are_what_the_model_gives_now(tmp_path, monkeypatch, capsys):
    """Two futures of every point; the whole is `modsim reproduce all`."""
    monkeypatch.chdir(HOME)
    code, out, _ = modsim(
        monkeypatch, capsys, "reproduce", "all", "--fast", "--store", tmp_path / "store", "--out", tmp_path / "out"
    )
    assert code == 0, out
    assert out.count("PASS") == 6
