"""`modsim run` and `modsim ablate`: a story of one future, and what each insight carries."""

import csv
from pathlib import Path

import pytest

from modsim import Community
from modsim.inputs.mechanisms import INSIGHTS, MECHANISMS
from modsim.simulation.story import life_of, person_called, story_of
from modsim.studies.ablation import ablate, climb, find_mechanisms, what_it_says
from tests.conftest import SCENARIOS, SMALL, modsim, small_scenario

SETS = [word for change in SMALL for word in ("--set", change)]


def test_a_run_is_told_as_one_simulated_future(monkeypatch, capsys):
    code, out, err = modsim(monkeypatch, capsys, "run", SCENARIOS / "three-areas.toml", "--arm", "recoproduce", *SETS)
    assert (code, err) == (0, "")
    for words in ("one simulated future", "round 1 begins", "the menu is", "the course begins", "To follow somebody"):
        assert words in out
    person = out.split("--person ")[1].strip()
    code, out, err = modsim(
        monkeypatch, capsys, "run", SCENARIOS / "three-areas.toml", *SETS, "--arm", "recoproduce", "--person", person
    )
    assert code == 0
    assert "is invited and joins" in out


@pytest.mark.parametrize("name", ["ties.csv", "ties.graphml"])
def test_friendships_are_written_and_lived_on(name, monkeypatch, capsys, tmp_path):
    scenario, file = str(SCENARIOS / "three-areas.toml"), str(tmp_path / "new" / name)
    code, out, _ = modsim(monkeypatch, capsys, "scenario", "ties", scenario, "--out", file)
    assert code == 0
    assert "Govan" in out
    assert "18,946 ties written" in out
    told = [modsim(monkeypatch, capsys, "run", scenario, "--weeks", "2", *more) for more in ([], ["--ties", file])]
    assert told[0] == told[1]
    Path(file).write_text("nothing")
    code, _, err = modsim(monkeypatch, capsys, "run", scenario, "--weeks", "2", "--ties", file)
    assert code == 2
    assert err.startswith(f"--ties {file}: ")
    code, _, err = modsim(monkeypatch, capsys, "scenario", "ties", scenario, "--out", str(tmp_path / "ties.txt"))
    assert code == 2
    assert "must end in .graphml or .csv" in err


def test_a_story_says_what_the_columns_say():
    community = Community(small_scenario("purse.budget=60"), arm="recoproduce", replicate=2)
    lines = list(story_of(community))
    c = community.town.columns
    for area, programme in enumerate(community.programmes):
        mine = [line.text for line in lines if line.who == programme.place.label]
        assert (
            sum("the course ends" in t or "broken off" in t or "nobody joined" in t for t in mine) == c.rounds[area, 0]
        )
        assert sum("get it" in t or "more weeks" in t for t in mine) == c.granted[area, 0]
        assert sum("partners refuse" in t for t in mine) == c.refused[area, 0]


def test_the_life_of_somebody_who_takes_part_holds_every_session():
    community = Community(small_scenario(), arm="transplant")
    twin = Community(small_scenario(), arm="transplant")
    twin.run_for(48)
    inside = next(p for p in twin.young_people if p.completed and p.place.role == "recipient")
    lines = list(life_of(community, person_called(community, f"{inside.place.id}:{inside.slot}")))
    came = sum("comes to the session" in line.text for line in lines)
    assert came >= 6
    assert any("completes the course" in line.text for line in lines)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--arm", "nobody"], "--arm 'nobody': there is no such arm; the arms are none, enforce"),
        (["--person", "govan:²"], "--person 'govan:²': give an area and a number in it"),
        (["--person", "govan:1", "--area", "govan"], "give an area or a person, not both"),
        (["--arm", ""], "--arm '': there is no such arm"),
        (["--area", "govan", "--network", "/proc/x.png"], "cannot be written"),
        (["--person", "govan:1", "--replicate", str(2**32)], "must be less than or equal to 4294967295"),
        (["--person", "govan"], "--person 'govan': give an area and a number in it"),
        (["--person", "govan:99999"], "govan has young people 0 to"),
        (["--area", "leith"], "there is no such area; the areas are gorbals, castlefern, govan"),
        (["--weeks", "300"], "--weeks 300: the horizon is week 48; set more with --set settings.weeks=300"),
        (["--network", "x.png"], "--network draws one area: say which with --area"),
        (["--area", "govan", "--network", "x.gif"], "the file must end in .png, .svg or .pdf"),
        (["--area", "govan", "--network", "/dev/null/x.png"], "cannot be written"),
        (["--replicate", str(2**32)], "must be less than or equal to 4294967295"),
    ],
)
def test_a_run_refuses_what_is_not_there(words, message, monkeypatch, capsys):
    code, _, err = modsim(monkeypatch, capsys, "run", SCENARIOS / "three-areas.toml", *SETS, *words)
    assert code == 2
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_shorter_telling_is_the_beginning_of_the_whole(monkeypatch, capsys):
    told = []
    for weeks in ([], ["--weeks", 20]):
        code, out, _ = modsim(
            monkeypatch, capsys, "run", SCENARIOS / "three-areas.toml", *SETS, "--arm", "transplant", *weeks
        )
        assert code == 0
        told.append(out.split("\n\nGorbals: rounds finished")[0])
    assert "the course begins" in told[1]
    assert told[0].startswith(told[1])


@pytest.mark.parametrize("arm", ["none", "recoproduce"])
def test_the_network_of_an_area_is_drawn_as_it_is_at_the_end(arm, monkeypatch, capsys, tmp_path):
    file = tmp_path / "govan.svg"
    code, out, err = modsim(
        monkeypatch, capsys, "run", SCENARIOS / "three-areas.toml", *SETS, "--arm", arm, "--area", "govan",
        "--weeks", 30, "--network", file,
    )  # fmt: skip
    assert (code, err) == (0, "")
    community = Community(small_scenario(), arm=arm)
    community.run_for(30)
    inside = [p for p in community.programmes[2].young_people if p.ever_in]
    assert f"{len(inside)} of them took part" in out
    assert bool(inside) == (arm != "none")
    picture = file.read_text()
    title = "The network of Govan after 30 weeks of one simulated future"
    for words in (title, "A thinking tool", "housing", "anchor"):
        assert words in picture
    assert ("took part, their friends" in picture) == (arm != "none")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rungs", "--all"], "--levels and --all do not go together"),
        (["--arm", "nobody"], "--arm 'nobody': there is no such arm"),
        (["--mechanism", "luck"], "there is no such mechanism; there are insight-1"),
        (["--out", "mine"], "mine: holds files that are not results of modsim (scenario.toml)"),
        (["--out", ""], "is the folder one works in"),
    ],
)
def test_an_ablation_refuses_before_any_work_and_writes_over_nobody_s_files(
    words, message, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scenario.toml").write_text("# my own")
    code, _, err = modsim(monkeypatch, capsys, "ablate", SCENARIOS / "three-areas.toml", *SETS, *words)
    assert code == 2
    assert message in err
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "scenario.toml"]
    assert (tmp_path / "mine" / "scenario.toml").read_text() == "# my own"


def test_one_future_tells_rungs_without_an_interval(monkeypatch, capsys, tmp_path):
    code, out, err = modsim(
        monkeypatch, capsys, "ablate", SCENARIOS / "three-areas.toml", *SETS, "--set", "settings.weeks=20", "--rungs",
        "--replicates", 1, "--workers", 1, "--out", tmp_path / "r",
    )  # fmt: skip
    assert code == 0
    assert "Traceback" not in err
    assert "M3" in out
    assert "…" not in out


@pytest.mark.slow(reason="tells two whole stories agent by agent")
def test_a_course_broken_off_and_a_place_that_is_not_there_are_told_as_such():
    broken = small_scenario(
        "purse.cliff_week=15", "settings.rung=M2", "purse.grant=0", "purse.budget=30", "purse.bridge_hours=0",
        "settings.weeks=40", "joining.baseline=0",
    )  # fmt: skip
    community = Community(broken, arm="transplant")
    community.run_for(15)
    inside = [p for p in community.young_people if p.ever_in and p.place.id == "govan"]
    lives = []
    for person in inside:
        again = Community(broken, arm="transplant")
        lives += [line.text for line in life_of(again, again.person(person.row)) if "broken off" in line.text]
    area = Community(broken, arm="transplant")
    told = [line.text for line in story_of(area) if line.area == "govan" and "broken off" in line.text]
    assert len(lives) == area.programmes[2].breaches > 0
    assert len(told) == 1
    full = small_scenario(
        "programme.places=1", "programme.minimum_places=1", "joining.baseline=10", "joining.match_effect=0",
        "programme.recruitment_waves=1", "settings.weeks=20",
    )  # fmt: skip
    community = Community(full, arm="transplant")
    assert any("said yes, and there was no place" in line.text for line in story_of(community))
    assert community.programmes[2].missed_promises > 0


@pytest.fixture(scope="module")
def found():
    wanted = [*find_mechanisms(["insight-3", "insight-7", "displacement"])]
    return ablate(small_scenario("settings.replicates=4", "purse.budget=60"), mechanisms=wanted, workers=1)


def test_an_ablation_holds_own_effect_and_contrast_of_each_paired(found):
    assert [(row.mechanism.id, row.figure) for row in found.rows] == [
        (name, figure) for name in ("insight-3", "insight-7", "displacement") for figure in ("own effect", "contrast")
    ]
    for row in found.rows:
        assert row.carried.mean == pytest.approx(row.with_it.mean - row.without_it.mean)
    by = {(row.mechanism.id, row.figure): row for row in found.rows}
    assert by["displacement", "own effect"].says == "no difference"
    assert by["insight-3", "contrast"].carried.mean != 0.0


def test_an_ablation_does_not_depend_on_what_is_run_beside():
    scenario = small_scenario("settings.replicates=2")
    alone = ablate(scenario, mechanisms=find_mechanisms(["friends"]), workers=1)
    among = ablate(scenario, mechanisms=find_mechanisms(["turnover", "friends", "mentoring"]), workers=1)
    for one, other in zip(alone.effects["friends"], among.effects["friends"], strict=True):
        assert one.tolist() == other.tolist()


def test_what_may_be_said_of_a_difference():
    import numpy as np

    from modsim.findings.statistics import estimate

    def says(*values):
        return what_it_says(np.array(values), estimate(np.array(values)), 0.5)

    assert says(0.0, 0.0, 0.0) == "no difference"
    assert says(0.1, 0.12, 0.09) == "no difference that matters"
    assert says(-2.0, -2.1, -1.9) == "lowers"
    assert says(2.0, 2.1, 1.9) == "raises"
    assert says(0.7, 0.4, 0.6, 0.5) == "raises, may not matter"
    assert says(-0.7, -0.4, -0.6, -0.5) == "lowers, may not matter"
    assert says(-2.0, 2.0, 0.1) == "cannot tell"
    assert says(0.0) == "cannot tell"  # one future


def test_the_rungs_are_climbed_one_by_one():
    table = climb(small_scenario("settings.replicates=2", "settings.weeks=30"), workers=1).table
    assert table["rung"].tolist() == ["M0", "M1", "M2", "M3"]
    named = ", ".join(table["adds"])
    assert all(mechanism.id in named for mechanism in MECHANISMS)


def test_ablate_prints_and_writes_table_and_figure(monkeypatch, capsys, tmp_path):
    code, out, err = modsim(
        monkeypatch, capsys, "ablate", SCENARIOS / "three-areas.toml", *SETS, "--replicates", 2, "--workers", 1,
        "--mechanism", "mentoring", "--mechanism", "insight-7", "--out", tmp_path / "a",
    )  # fmt: skip
    assert code == 0, err
    assert "mentoring" in out
    assert "insight-7" in out
    assert {p.name for p in (tmp_path / "a").iterdir()} == {
        "provenance.json", "table.csv", "table.json", "scenario.toml", "ablation.svg", "ablation.png", "ablation.txt",
    }  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "a" / "table.csv").open()))
    assert len(rows) == 4
    assert {row["says"] for row in rows} <= {
        "raises", "raises, may not matter", "lowers", "lowers, may not matter", "no difference",
        "no difference that matters", "cannot tell",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--mechanism", "magic"], "there is no such mechanism; there are insight-1"),
        (["--arm", "nobody"], "--arm 'nobody': there is no such arm"),
        (["--arm", "transplant"], "must be three arms"),
    ],
)
def test_ablate_refuses_what_is_not_there(words, message, monkeypatch, capsys, tmp_path):
    given = ["ablate", SCENARIOS / "three-areas.toml", *SETS, *words, "--out", tmp_path / "a"]
    code, _, err = modsim(monkeypatch, capsys, *given)
    assert code == 2
    assert message in err


def test_all_insights_are_there_by_default():
    assert find_mechanisms([]) == list(INSIGHTS)
    assert len(INSIGHTS) == 7
