"""A practitioner's answers: kept, run beside the model, and pooled as a range."""

import numpy as np
import pytest

from modsim.inputs.experience import (
    STATEMENTS,
    Experience,
    ModelSaid,
    experience_from,
    read_experience,
    text_of_experience,
)
from modsim.inputs.mechanisms import INSIGHTS
from modsim.inputs.problems import InputError
from modsim.studies.ablation import ablate
from modsim.studies.reflecting import pool, reflect
from tests.conftest import SCENARIOS, SMALL, modsim, small_scenario

THREE_AREAS = SCENARIOS / "three-areas.toml"


def experience(*answers, **more):
    replies = {name: {"answer": answer} for name, answer in zip(STATEMENTS, answers, strict=True)}
    return experience_from({"replies": replies, **more}, "answers")


def test_every_insight_has_a_statement_of_its_own():
    assert list(STATEMENTS) == [mechanism.id for mechanism in INSIGHTS]


def test_answers_set_the_switches_and_leave_a_width():
    scenario = small_scenario("settings.replicates=3")
    found = reflect(scenario, experience("true", "true", "not", "true", "not", "unknown", "partly"), workers=1)
    assert found.answered.scenario.settings.without == ["insight-3", "insight-5"]
    by_hand = ablate(small_scenario("settings.replicates=3", "settings.without=['insight-3', 'insight-5']"), workers=1)
    for name in ("", "insight-6", "insight-7"):
        for mine, theirs in zip(found.answered.effects[name], by_hand.effects[name], strict=True):
            assert np.array_equal(mine, theirs), name

    def contrast(name):
        arm, against = by_hand.effects[name]
        return float(np.mean(arm - against))

    base = contrast("")
    ends = [[share * (contrast(name) - base) for share in shares]
            for name, shares in (("insight-6", (0.0, 1.0)), ("insight-7", (0.25, 0.75)))]  # fmt: skip
    assert found.range[0] == pytest.approx(base + sum(min(each) for each in ends))
    assert found.range[1] == pytest.approx(base + sum(max(each) for each in ends))


def test_with_every_answer_true_the_model_says_what_it_always_says():
    scenario = small_scenario("settings.replicates=2")
    found = reflect(scenario, experience(*["true"] * 7), workers=1)
    assert found.contrast == ablate(scenario, workers=1).full("contrast")
    assert found.range == (found.contrast.mean, found.contrast.mean)


def test_where_the_two_disagree_it_is_said():
    scenario = small_scenario("settings.replicates=3")
    yes = reflect(scenario, experience(*["true"] * 7), workers=1)
    no = reflect(scenario, experience(*["not"] * 7), workers=1)
    agreed = {"it helps": ("agree", "it would have helped, says the model"), "cannot tell": ("open", "open"),
              "it hinders": ("differ", "it would have hindered, says the model")}  # fmt: skip
    for one, other in zip(yes.beside, no.beside, strict=True):
        assert one.model_says == other.model_says
        expected = agreed.get(one.model_says, ("differ", "not missed, says the model"))
        expected = ("open", "open") if "may not" in one.model_says else expected
        assert (one.agreement, other.agreement) == expected


@pytest.mark.slow(reason="runs the model with and without each insight")
def test_what_is_left_open_counts_in_the_verdict():
    scenario = small_scenario(
        "settings.replicates=4", "settings.smallest_difference={occurred_asb_change_percent=50.0}"
    )
    sure = reflect(scenario, experience(*["true"] * 7), workers=1)
    assert sure.kind == "about the same"
    open_ = reflect(scenario, experience(*["unknown"] * 7), workers=1)
    assert open_.range[0] < open_.contrast.mean < open_.range[1]
    mean = open_.contrast
    ends = open_.range[0] - (mean.mean - mean.low), open_.range[1] + (mean.high - mean.mean)
    assert (open_.kind == "about the same") == (ends[0] >= -50.0 and ends[1] <= 50.0)


def test_answers_are_kept_and_read_back_to_the_same(tmp_path):
    found = experience(
        "true", "partly", "not", "unknown", "true", "true", "not", about='A "place"\n', scenario="s.toml"
    )
    said = ModelSaid(answers=found.in_short, replicates=3, contrast=-0.5, low=-1.0, high=0.25, verdict="cannot tell")
    found = found.model_copy(update={"model_said": said})
    path = tmp_path / "experience.toml"
    path.write_text(text_of_experience(found))
    assert read_experience(path) == found
    assert all(statement in path.read_text() for statement in STATEMENTS.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("format = 1\n[replies.insight-1]\nanswer = 'yes'\n", "'yes' is no answer; give one of true, partly, not"),
        ("format = 1\n[replies.insight-1]\nanswer = 'true'\n", "replies.insight-2: is missing"),
        ("format = 2\n", "format"),
        ("format = 1\nmore = 1\nreplies = {}\n", "more"),
    ],
)
def test_wrong_files_of_answers_are_refused(text, expected, tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_experience(path)
    assert expected in "\n".join(caught.value.problems)


def test_pooled_answers_are_counts_and_a_range_and_never_a_mean():
    found = {
        row.name: row
        for row in pool(
            [
                experience("true", "partly", "true", "unknown", "true", "unknown", "not"),
                experience("not", "partly", "true", "unknown", "partly", "true", "not"),
            ]
        )
    }
    assert found["insight-1"].is_contested
    assert (found["insight-1"].low, found["insight-1"].high) == (0.0, 1.0)
    assert (found["insight-2"].low, found["insight-2"].high) == (0.25, 0.75)
    assert (found["insight-3"].low, found["insight-3"].high) == (1.0, 1.0)
    assert (found["insight-4"].low, found["insight-4"].high) == (0.0, 1.0)  # nobody knows
    assert (found["insight-5"].low, found["insight-5"].high) == (0.25, 1.0)
    assert (found["insight-6"].low, found["insight-6"].high) == (1.0, 1.0)  # "don't know" widens nobody else's answer
    assert found["insight-7"].counts == {"true": 0, "partly": 0, "not": 2, "unknown": 0}
    assert not found["insight-7"].is_contested


@pytest.fixture
def small_file(tmp_path):
    (tmp_path / "three-areas.toml").write_text(THREE_AREAS.read_text())
    path = tmp_path / "small.toml"
    populations = [change.split("=") for change in SMALL if change.split("=")[0].endswith(".population")]
    areas = "".join(f'[[areas]]\nid = "{key.split(".")[1]}"\npopulation = {value}\n' for key, value in populations)
    path.write_text(f'extends = "three-areas.toml"\n[settings]\nweeks = 48\nreplicates = 2\n{areas}')
    return path


@pytest.mark.slow(reason="runs the model with and without each insight")
def test_the_command_keeps_the_answers_and_says_what_the_model_says(small_file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ("--scenario", small_file, "--workers", 1)
    code, out, err = modsim(
        monkeypatch, capsys, "reflect", *words, "--answer", "5=not", "--rest", "true", "--why", "5=no such body"
    )
    assert (code, err.strip()) == (0, "")
    assert "With insight 5 taken away, the first minus the second is" in out
    kept = read_experience(tmp_path / "experience.toml")
    assert (kept.replies["insight-5"].answer, kept.replies["insight-5"].why) == ("not", "no such body")
    assert kept.model_said.answers == "true true true true not true true"
    code, _, err = modsim(monkeypatch, capsys, "reflect", *words, "--rest", "true")
    assert code == 2
    assert "is there already" in err
    code, out, _ = modsim(
        monkeypatch, capsys, "reflect", "--answers", "experience.toml", *words, "--answer", "5=unknown"
    )
    assert code == 0
    assert "what you leave open wholly at work (insight 5)" in out
    assert read_experience(tmp_path / "experience.toml").replies["insight-5"].why == ""  # it was why of another answer
    code, out, _ = modsim(monkeypatch, capsys, "reflect", "--answers", "experience.toml", *words, "--rest", "not")
    assert read_experience(tmp_path / "experience.toml").replies["insight-1"].answer == "true"  # it was given
    text = (tmp_path / "experience.toml").read_text()
    (tmp_path / "edited.toml").write_text(text.replace('answer = "unknown"', 'answer = "partly"'))
    _, out, _ = modsim(monkeypatch, capsys, "reflect", "pool", "edited.toml")
    assert "For 1 the model has not run with the present answers" in out
    code, out, _ = modsim(monkeypatch, capsys, "reflect", "pool", "experience.toml", "experience.toml")
    assert code == 0
    assert "2 practitioners" in out
    assert "Under their answers the model's difference" in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "--answer: none for insight 1, 2, 3, 4, 5, 6, 7"),
        (("--answer", "8=true"), "N from 1 to 7"),
        (("--answer", "1=yes"), "'yes' is no answer"),
        (("--rest", "perhaps"), "--rest 'perhaps': is no answer"),
        (("--rest", "true", "--scenario", "none.toml"), "there is no such file"),
        (("--answers", "none.toml"), "there is no such file"),
    ],
)
def test_wrong_answers_are_refused_before_anything_is_run(words, expected, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scenario = () if "--scenario" in words else ("--scenario", THREE_AREAS)
    code, _, err = modsim(monkeypatch, capsys, "reflect", *scenario, *words)
    assert code == 2
    assert expected in err
    assert not list(tmp_path.iterdir())


def test_seven_questions_can_be_answered_one_by_one(tmp_path, monkeypatch, capsys):
    said = iter(["Here", *["true", "because", "maybe", "partly", ""], *["unknown", ""] * 5])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, default=None, **__: next(said) or default)
    from modsim.cli.reflect import _asked

    found = _asked(None, {}, None, "", "s.toml")
    assert isinstance(found, Experience)
    assert (found.about, found.replies["insight-1"].why) == ("Here", "because")
    assert found.left_open == [f"insight-{k}" for k in range(2, 8)]
    assert "'maybe' is no answer" in capsys.readouterr().err
