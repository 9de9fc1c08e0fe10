"""README and documents are true: their commands run, their Python runs, their links lead somewhere."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from modsim import cli

HOME = Path(__file__).parents[2]
README = (HOME / "README.md").read_text()
DOCUMENTS = [HOME / "README.md", HOME / "CHANGELOG.md", HOME / "CONTRIBUTING.md", *(HOME / "docs").glob("*.md")]


def commands():
    return [
        line.split("uv run ")[-1]
        for line in README.splitlines()
        if "uv run modsim" in line and not line.startswith("|")
    ]


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_readme_runs(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(HOME)
    words = shlex.split(command)
    if words[1] == "compare":  # the same command on a shorter question, its results out of the way
        words += ["--replicates", "1", "--weeks", "24", "--no-figures", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    assert capsys.readouterr().out.strip()


def test_the_two_commands_that_do_all_the_set_up_are_there():
    assert "pip install uv && uv run modsim compare scenarios/three-areas.toml" in README
    assert "pip install uv && uv run pytest" in README


def test_the_python_of_the_readme_runs(monkeypatch, capsys):
    monkeypatch.chdir(HOME)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code.replace("replicates=8", "replicates=2"), {})
    assert "cannot tell" in capsys.readouterr().out


def test_every_link_leads_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
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
