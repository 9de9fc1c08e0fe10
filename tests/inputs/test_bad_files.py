"""Wrong scenario files: one clear line for each problem, with file and key, and never a traceback.

Each file in `wrong/` says in its first line what must be said about it. They extend `base.toml`, a copy of the
three-areas scenario made for the test.
"""

import os
import shutil
from pathlib import Path

import pytest

from modsim import ScenarioError, load_scenario
from tests.conftest import SCENARIOS

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.toml"))


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(Path(__file__).parent / "wrong", tmp_path / "wrong")
    shutil.copy(SCENARIOS / "three-areas.toml", tmp_path / "wrong" / "base.toml")
    return tmp_path / "wrong"


def problems_of(path, *changes):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, changes)
    assert caught.value.problems
    for line in caught.value.problems:
        assert "\n" not in line
        assert len(line) < 700
    return caught.value.problems


@pytest.mark.parametrize("path", WRONG, ids=lambda p: p.stem)
def test_a_wrong_file_is_refused_with_the_expected_words(path, folder):
    lines = path.read_text().splitlines() or ["# expect: is empty; a scenario needs at least"]
    expected = lines[0].removeprefix("# expect: ")
    problems = problems_of(folder / path.name)
    assert any(expected in line for line in problems), problems
    assert all(path.stem in line or "base.toml" in line or "nowhere" in line for line in problems), problems


def test_all_problems_are_told_at_once_with_file_and_line(folder):
    path = folder / "several.toml"
    path.write_text('extends = "base.toml"\n[world]\ndissimilarity = 7\n[purse]\nbudget = "x"\ngrnt = 3\n')
    problems = problems_of(path)
    assert len(problems) == 3
    assert [line.split(":")[0] for line in sorted(problems)] == [
        "several.toml, line 3",
        "several.toml, line 5",
        "several.toml, line 6",
    ]


def test_contradictions_are_told_beside_single_wrong_values(folder):
    path = folder / "both.toml"
    path.write_text(
        'extends = "base.toml"\n[settings]\nverdict_arm = "nobody"\nreplicates = 0\n[world]\ndisimilarity = 1\n'
        '[arms.transplant]\nmenu = ["judo"]\nsignals = -1\n[[areas]]\nid = "govan"\nopens_week = 900\nlead = "army"\n'
        '[[areas]]\nid = "castlefern"\nopens_week = 901\n'
    )
    told = "\n".join(problems_of(path))
    for words in (
        "no arm 'nobody'",
        "replicates: 0 is",
        "disimilarity: unknown",
        "'judo'",
        "signals: -1",
        "900",
        "'army'",
    ):
        assert words in told, words
    assert len(told.splitlines()) == 7


def test_a_file_that_is_not_utf8_is_refused(folder):
    (folder / "latin.toml").write_bytes('title = "Größe"'.encode("latin-1"))
    assert "is not UTF-8 text" in problems_of(folder / "latin.toml")[0]


def test_a_huge_file_is_refused_before_it_is_read(folder):
    path = folder / "huge.toml"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    assert "2,000,000,000 bytes; a scenario file has at most 1,000,000" in problems_of(path)[0]


def test_a_number_too_long_to_read_is_refused(folder):
    (folder / "long.toml").write_text("format = " + "9" * 5000)
    assert "is not TOML" in problems_of(folder / "long.toml")[0]


def test_a_parent_that_is_no_file_name_is_refused(folder):
    (folder / "nul.toml").write_text('extends = "a\\u0000b"\n')
    assert "is not the name of a file" in problems_of(folder / "nul.toml")[0]


@pytest.mark.parametrize("odd", ["[1]", "{}", "3", '"a b"'])
def test_odd_ids_are_refused(odd, folder):
    (folder / "odd.toml").write_text(f'extends = "base.toml"\n[[areas]]\nid = {odd}\n[[areas]]\nid = {odd}\n')
    assert any("id" in line for line in problems_of(folder / "odd.toml"))


def test_a_table_set_from_outside_replaces_only_what_it_names(folder):
    scenario = load_scenario(folder / "base.toml", ["world={person_concentration = 3.0}", "arms.none={}"])
    assert (scenario.world.person_concentration, scenario.world.dissimilarity) == (3.0, 0.5)


def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "pipe.toml")
    assert "is not a regular file" in problems_of(folder / "pipe.toml")[0]


def test_a_deeply_nested_file_is_refused(folder):
    (folder / "deep.toml").write_text("x = " + "[" * 5000 + "]" * 5000)
    assert "deep.toml" in problems_of(folder / "deep.toml")[0]


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(folder):
    assert "there is no such file" in problems_of(folder / "nothing.toml")[0]
    assert "is a folder" in problems_of(folder)[0]


def test_a_link_that_leads_out_of_the_folder_is_refused(folder, tmp_path):
    outside = tmp_path / "outside.toml"
    shutil.copy(folder / "base.toml", outside)
    os.symlink(outside, folder / "link.toml")
    (folder / "child.toml").write_text('extends = "link.toml"\n')
    assert "leaves the folder" in problems_of(folder / "child.toml")[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("nothing", "write it as dotted.key=value"),
        ("=3", "write it as dotted.key=value"),
        ("world..dissimilarity=3", "write it as dotted.key=value"),
        ("world.dissimilarty=0.3", "unknown key; did you mean 'dissimilarity'?"),
        ("purse.budget.hours=3", "purse.budget is a single value"),
        ("arms.nobody.menu=origin", "there is no arm 'nobody'"),
        ("areas.nowhere.population=3000", "areas has no entry 'nowhere'; it has gorbals, castlefern, govan"),
        ("areas.govan=3", "name a field of 'govan' too"),
        ("world.dissimilarity=nan", "world.dissimilarity: nan is"),
        ("world.dissimilarity=", "'' must be a number"),
        ("settings.smallest_difference.x=-1", "settings.smallest_difference.x: -1 is"),
    ],
)
def test_a_wrong_change_is_refused(change, expected, folder):
    problems = problems_of(folder / "base.toml", change)
    assert any(expected in line for line in problems), problems
