"""README and documents are true: their commands run, their Python runs, their links lead somewhere."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from modsim import cli, load_study
from tests.acceptance import notebooks

HOME = Path(__file__).parents[2]
README = (HOME / "README.md").read_text()
DOCUMENTS = [HOME / "README.md", HOME / "CHANGELOG.md", HOME / "CONTRIBUTING.md", *(HOME / "docs").glob("*.md")]


def commands():
    found = [command for line in README.splitlines() for command in re.findall(r"uv run (modsim [^`\n]*)", line)]
    elsewhere = "modsim dashboard", "modsim reproduce"  # served in tests/dashboard, made again in tests/studies
    return [command for command in found if not command.startswith(elsewhere)]


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_readme_runs(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(HOME)
    words = shlex.split(command.split("`")[0])
    if words[1] == "compare":  # the same command on a shorter question, its results out of the way
        words += ["--replicates", "1", "--weeks", "24", "--no-figures", "--out", str(tmp_path / "out")]
    if words[1:3] == ["study", "run"]:
        words += ["--budget", "9runs", "--store", str(tmp_path / "store"), "--workers", "1"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    assert capsys.readouterr().out.strip()


def test_the_two_commands_that_do_all_the_set_up_are_there():
    assert "pip install uv && uv run modsim compare scenarios/three-areas.toml" in README
    assert "pip install uv && uv run pytest" in README


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(HOME)
    first, second = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(first.replace("replicates=8", "replicates=2"), {})
    assert "cannot tell" in capsys.readouterr().out
    exec(second.replace("workers=1", f"store={str(tmp_path)!r}, workers=1, budget='8runs'"), {})
    assert "occurred_asb_change_percent" in capsys.readouterr().out


def test_every_link_leads_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if target.startswith("https://"):
                continue
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_scenario_is_in_the_readme():
    for path in (HOME / "scenarios").glob("*.toml"):
        assert f"`{path.stem}`" in README


def test_the_contract_names_every_measure_and_field():
    contract = (HOME / "docs" / "contract.md").read_text()
    schema = json.loads((HOME / "modsim" / "findings" / "summary.schema.json").read_text())
    from modsim import load_scenario
    from modsim.findings.measures import measures

    for measure in measures(load_scenario(HOME / "scenarios" / "three-areas.toml")):
        assert measure.name in contract, measure.name
    for field in schema["required"]:
        assert field in contract, field


def test_no_document_states_an_outcome_of_a_real_site():
    for document in DOCUMENTS:
        text = document.read_text()
        for name in ("Gorbals", "Castlefern", "Govan"):
            for sentence in re.findall(rf"[^.\n]*{name}[^.\n]*", text):
                assert "%" not in sentence, f"{document.name}: {sentence}"


def test_the_first_sweep_of_the_first_hour_runs_and_goes_on(tmp_path, monkeypatch, capsys):
    text = (HOME / "docs" / "first-hour.md").read_text()
    (study,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "experiments").mkdir()
    (tmp_path / "scenarios").symlink_to(HOME / "scenarios")
    path = tmp_path / "experiments" / "my-first.toml"
    path.write_text(study.replace("replicates = 8", "replicates = 1"))
    monkeypatch.chdir(tmp_path)
    lines = [line.removeprefix("uv run ") for line in text.splitlines() if line.startswith("uv run modsim study")]
    assert len(lines) == 3
    for line in lines:
        monkeypatch.setattr(sys, "argv", shlex.split(line))
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 0
    assert (tmp_path / "results" / "my-first.png").exists()
    path.write_text(study.replace("replicates = 8", "replicates = 2"))
    monkeypatch.setattr(sys, "argv", shlex.split(lines[0]))
    with pytest.raises(SystemExit):
        cli.main()
    out = capsys.readouterr().out
    assert "9 of 18 runs are in the store already" in out  # only the new futures are run


def test_the_study_of_its_document_can_be_run(tmp_path):
    (study,) = re.findall(r"```toml\n(.*?)```", (HOME / "docs" / "studies.md").read_text(), re.DOTALL)
    path = tmp_path / "s.toml"
    path.write_text(study.replace("../scenarios", str(HOME / "scenarios")))
    loaded = load_study(path)
    assert len(loaded.points) == 6 * 4 * 2
    for point in range(len(loaded.points)):
        loaded.scenario_at(point)


@pytest.mark.parametrize("path", sorted(notebooks.FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_says_what_it_says_when_it_is_run_again(path):
    import nbformat

    assert notebooks.said(notebooks.run(path)) == notebooks.said(nbformat.read(path, as_version=4))
