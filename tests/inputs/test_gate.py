"""The one gate for what comes in: whatever a user names is read in bounds, and refused in a few clear lines."""

import os
import re

import pytest

from modsim import Community, ScenarioError, load_scenario, load_study
from modsim.inputs.cards import read_cards
from modsim.inputs.files import read_bytes, read_csv, text_of, value_of, wrong_with
from modsim.inputs.problems import InputError
from modsim.inputs.reading import scenario_from
from modsim.inputs.saving import WritingError, write_text
from modsim.world.ties import Ties
from tests.conftest import SCENARIOS, modsim

THREE = SCENARIOS / "three-areas.toml"
GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">'


def refused(read, *given):
    with pytest.raises((InputError, ValueError)) as caught:
        read(*given)
    lines = str(caught.value).splitlines()
    assert lines
    assert all(len(line) < 1000 for line in lines)
    return lines


# --- depth and size of numbers (cases 6 and 7) ---------------------------------------------------------------------


@pytest.mark.parametrize("where", ["file", "--set", "factors", "fixed"])
def test_a_key_of_five_hundred_parts_is_refused_in_one_line(where, tmp_path):
    key = ".".join("a" * 500)
    file = tmp_path / "deep.toml"
    if where == "--set":
        lines = refused(load_scenario, THREE, [f"{key}=1"])
    elif where == "file":
        file.write_text(f"{key} = 1")
        lines = refused(load_scenario, file)
    else:
        file.write_text(f'scenario = "{THREE}"\n[{where}]\n{key} = 1\n')
        lines = refused(load_study, file)
    assert len(lines) == 1
    assert "nested too deeply" in lines[0] or "has 500 parts" in lines[0]


def test_a_chain_of_files_without_end_is_refused(tmp_path):
    for n in range(1500):
        (tmp_path / f"{n}.toml").write_text(f'extends = "{n + 1}.toml"\n')
    assert "more than 20 files extend each other" in refused(load_scenario, tmp_path / "0.toml")[0]


def test_a_number_of_four_thousand_digits_is_refused_and_can_be_told(tmp_path, monkeypatch, capsys):
    huge = "0x" + "f" * 4000
    (line,) = refused(load_scenario, THREE, [f"settings.seed={huge}"])
    assert "settings.seed: holds a whole number of about 4,800 digits" in line
    (tmp_path / "x.toml").write_text(f"seed = [[{huge}]]")
    assert "about 4,800 digits" in refused(load_scenario, tmp_path / "x.toml")[0]
    assert "about 4,800 digits" in refused(scenario_from, {"settings": {"seed": int(huge, 16)}})[0]


def test_values_are_taken_as_toml_or_as_text():
    assert [value_of(text) for text in ("3", "0.5", "true", "[1, 2]", "gym", "a = 3")] == [
        3, 0.5, True, [1, 2], "gym", "a = 3",
    ]  # fmt: skip
    assert wrong_with({"a": [{"b": [1, 2.5, "x" * 10_000]}]}) is None


# --- how much is said (cases 10 and 11) -----------------------------------------------------------------------------


def test_sixty_thousand_unknown_keys_give_twenty_lines_and_a_count(tmp_path, monkeypatch, capsys):
    file = tmp_path / "many.toml"
    file.write_text(f'extends = "{THREE.name}"\n[settings]\n' + "\n".join(f"k{n}=1" for n in range(60_000)))
    (tmp_path / THREE.name).write_text(THREE.read_text())
    lines = refused(load_scenario, file)
    assert len(lines) == 21
    assert lines[-1] == "… and 59,980 more problems"
    assert sum("known here are" in line for line in lines) == 1
    code, _, err = modsim(monkeypatch, capsys, "scenario", "check", file)
    assert (code, err.splitlines()) == (2, lines)
    study = tmp_path / "study.toml"
    study.write_text(f'scenario = "{file.name}"\n[factors]\n"purse.budget" = [1, 2]\n')
    assert refused(load_study, study)[-1] == lines[-1]


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        ("{values = [nan]}", "nan is not a number that can be used; allowed is 0 to 10,000 (hours a week)"),
        ("[3, inf]", "inf is not a number that can be used; allowed is 0 to 10,000 (hours a week)"),
        ("{low = -inf, high = 3}", "-inf is not a number that can be used; allowed is 0 to 10,000 (hours a week)"),
    ],
)
def test_a_factor_that_is_no_number_is_told_the_range_of_what_it_varies(factor, said, tmp_path):
    (tmp_path / "s.toml").write_text(f'scenario = "{THREE}"\n[factors]\n"purse.budget" = {factor}\n')
    (line,) = refused(load_study, tmp_path / "s.toml")
    assert said in line
    assert "true or false" not in line


def test_lines_are_counted_as_editors_count_them(tmp_path):
    """Neither a mark of Unicode that some take for the end of a line, nor a text of several lines, moves the count."""
    file = tmp_path / "s.toml"
    text = f'# one\u2028line\nextends = "{THREE.name}"\ntitle = """\nweeks = 7\n"""\n[settings]\nweeks = -1\n'
    file.write_text(text, encoding="utf-8")
    (tmp_path / THREE.name).write_text(THREE.read_text())
    (line,) = refused(load_scenario, file)
    assert line.startswith("s.toml, line 7: settings.weeks: -1")


def test_files_are_read_as_utf_8_wherever_modsim_runs():
    home = SCENARIOS.parent / "modsim"
    for path in home.rglob("*.py"):
        for call in re.findall(r"(?:read_text|write_text)\(\)", path.read_text()):
            raise AssertionError(f"{path}: {call} reads as the machine happens to be set; say encoding='utf-8'")


# --- kinds of files (cases 8, 9, 17 and 18) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "{}"),
        ("scenario", "new", "--name", "A", "--yes", "--cards", "{}"),
        ("scenario", "diff", "{}", "{}"),
        ("run", THREE, "--ties", "{}"),
        ("study", "status", "{}"),
        ("calibrate", "{}"),
        ("calibrate", "experiments/calibration/targets.csv", "--prior", "{}"),
        ("validate", "--patterns", "{}"),
        ("reflect", "--answers", "{}"),
        ("reflect", "pool", "{}"),
    ],
    ids=lambda words: " ".join(map(str, words)).replace(str(THREE), "FILE"),
)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "junk", "other text", "nothing"])
def test_every_path_is_read_by_one_reader(words, kind, tmp_path, monkeypatch, capsys):
    """A pipe that nobody writes to is not waited for, a device is not read without end."""
    path = tmp_path / "given.csv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "junk":
        path.write_bytes(bytes(range(256)))
    elif kind == "other text":
        path.write_text("a,b\n'1',\"\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    (tmp_path / "experiments").symlink_to(SCENARIOS.parent / "experiments")
    code, out, err = modsim(monkeypatch, capsys, *(str(word).format(path) for word in words))
    assert code == 2, (out, err)
    assert 1 <= len(err.strip().splitlines()) <= 2
    assert str(path.resolve()) in err or str(path) in err
    assert "Traceback" not in err


def test_the_points_of_a_study_may_not_come_from_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "points.csv")
    (tmp_path / "s.toml").write_text(f'scenario = "{THREE}"\n[design]\nkind = "list"\nfile = "points.csv"\n')
    assert "is not a regular file" in refused(load_study, tmp_path / "s.toml")[0]


@pytest.mark.parametrize(
    "text",
    [
        "<graphml><graph><node/></graph></graphml>",
        f"{GRAPHML}<node/></graph></graphml>",
        f'{GRAPHML}<node id="0"/><edge source="0"/></graph></graphml>',
        "<graphml>" * 3000,
        "not XML",
        "",
    ],
)
def test_graphml_that_says_too_little_is_refused_in_one_line(text, tmp_path):
    path = tmp_path / "x.graphml"
    path.write_text(text)
    (line,) = refused(Ties.read, path, 1)
    assert "is not a graph in GraphML" in line or "the graph has 0 nodes" in line


@pytest.mark.parametrize("separator", [";", "\t"])
def test_cards_from_a_spreadsheet_of_another_country_are_read(separator, tmp_path):
    rows = [("activity", "Gorbals", "Mine"), ("football", "12,0", "3"), ("music, loud", "2", "11,00")]
    (tmp_path / "cards.csv").write_text("\r\n".join(separator.join(row) for row in rows), encoding="utf-8-sig")
    cards = read_cards(tmp_path / "cards.csv")
    assert (cards.activities, cards.there.tolist(), cards.here.tolist()) == (
        ["football", "music, loud"], [12, 2], [3, 11],
    )  # fmt: skip
    with pytest.raises(InputError, match=r"is divided by (semicolons|tabs); a CSV file here is divided by commas"):
        read_csv(tmp_path / "cards.csv", "CSV file")


def test_a_parent_named_on_windows_is_found(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "base.toml").write_text(THREE.read_text())
    (tmp_path / "child.toml").write_text('extends = "own\\\\base.toml"\n')
    assert load_scenario(tmp_path / "child.toml").areas
    (tmp_path / "own" / "out.toml").write_text('extends = "..\\\\child.toml"\n')
    assert "leaves the folder" in refused(load_scenario, tmp_path / "own" / "out.toml")[0]
    (tmp_path / "s.toml").write_text('scenario = "own\\\\base.toml"\n[factors]\n"purse.budget" = [8, 20]\n')
    assert len(load_study(tmp_path / "s.toml").points) == 2


def test_uploads_pass_the_same_gate(tmp_path):
    assert text_of(b"\xef\xbb\xbfa", "upload") == "a"
    assert "byte 1" in refused(text_of, b"a\xff", "upload")[0]
    (tmp_path / "x").write_bytes(b"12345")
    assert read_bytes(tmp_path / "x", "file", most=5) == b"12345"
    assert "has 5 bytes; a file has at most 4" in refused(lambda: read_bytes(tmp_path / "x", "file", most=4))[0]


# --- writing, and a scenario by its path (cases 15 and 16) -----------------------------------------------------------


def test_a_file_that_cannot_be_written_is_told_and_the_earlier_one_stays(tmp_path, monkeypatch, capsys):
    base = tmp_path / "three-areas.toml"
    base.write_text(THREE.read_text())

    def readonly(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("modsim.inputs.saving.tempfile.mkstemp", readonly)
    code, _, err = modsim(monkeypatch, capsys, "scenario", "new", "--base", base, "--name", "Northtown", "--yes")
    assert code == 2
    assert "could not be written (Permission denied)" in err
    with pytest.raises(WritingError, match="could not be written"):
        write_text("x", base)
    assert base.read_text() == THREE.read_text()


def test_a_community_can_be_made_from_the_path_of_a_scenario():
    small = "scenarios/one-round.toml"
    community = Community(SCENARIOS.parent / small, arm="none")
    assert community.week == -1
    assert Community(str(SCENARIOS.parent / small), arm="none").scenario.content == community.scenario.content
    with pytest.raises(ScenarioError, match="there is no such file"):
        Community("nowhere.toml", arm="none")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "three-areas"), "there is no such file; did you mean scenarios/three-areas.toml?"),
        (("compare", "experiments/apparent-effect.toml"), "is a study and no scenario; `modsim study run"),
        (("study", "run", "scenarios/three-areas.toml"), "is a scenario and no study; `modsim compare"),
        (("compare", THREE, "--arms", "transplant,recoprduce"), "--arms: settings.arms: there is no arm 'recoprduce'"),
        (("compare", THREE, "--replicates", 0), "--replicates: settings.replicates: 0 is out of range"),
        (("compare", THREE, "--set", "world.dissimilarity=0,5"), "'0,5' must be written with a point: 0.5"),
        (("compare", THREE, "--set", "settings.without=[insight-3]"), "must be a list in [ ], each text in quotes"),
    ],
)
def test_what_newcomers_get_wrong_is_told_where_they_wrote_it(words, said, tmp_path, monkeypatch, capsys):
    for name in ("scenarios", "experiments"):
        (tmp_path / name).symlink_to(SCENARIOS.parent / name)
    monkeypatch.chdir(tmp_path)
    code, _, err = modsim(monkeypatch, capsys, *words)
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
