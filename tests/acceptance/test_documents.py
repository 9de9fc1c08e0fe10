"""README and documents are true: their commands run, their Python runs, their links lead somewhere."""

import json
import re
import shlex
import shutil
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
    found = [command for command in found if command.strip() != "modsim"]
    return [command for command in found if not command.startswith(elsewhere)]


@pytest.mark.slow(reason="runs every command of the README")
@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_readme_runs(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(HOME)
    words = shlex.split(command.split("`")[0])
    if words[1] == "compare":  # the same command on a shorter question, its results out of the way
        words += ["--replicates", "1", "--weeks", "24", "--no-figures", "--out", str(tmp_path / "out")]
    if words[1:3] == ["scenario", "ties"]:
        words[-1] = str(tmp_path / "ties.graphml")
    if words[1] == "verify":
        words += ["--only", "rules", "--only", "7", "--workers", "1"]
    if words[1:3] == ["study", "run"]:
        words += ["--budget", "9runs", "--store", str(tmp_path / "store"), "--workers", "1"]
    if words[1:3] == ["scenario", "new"]:  # what it asks for, and out of the way
        shutil.copy(HOME / "scenarios" / "three-areas.toml", tmp_path)
        words += ["--name", "Northtown", "--yes", "--base", str(tmp_path / "three-areas.toml")]
    if words[1] == "reflect" and len(words) == 2:
        words += ["--rest", "unknown", "--replicates", "1", "--out", str(tmp_path / "experience.toml")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    assert capsys.readouterr().out.strip()


def test_the_two_commands_that_do_all_the_set_up_are_there():
    assert "pip install uv && uv run modsim compare scenarios/three-areas.toml" in README
    assert "pip install uv && uv run pytest" in README


@pytest.mark.slow(reason="runs the README's Python")
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(HOME)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    code = code.replace("replicates=8", "replicates=2")
    exec(code.replace('toml", workers=1', f'toml", store={str(tmp_path)!r}, workers=1, budget="8runs"'), {})
    out = capsys.readouterr().out
    assert "cannot tell" in out
    assert "occurred_asb_change_percent" in out


def test_every_link_leads_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if target.startswith("https://"):
                continue
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_figure_to_calibrate_to_is_explained():
    from modsim.calibration.figures import FIGURES

    page = (HOME / "docs" / "calibration.md").read_text()
    for name, meaning in FIGURES.items():
        assert f"| `{name}` | {meaning} |" in page


def test_the_files_in_the_calibration_page_can_be_used(tmp_path):
    from modsim.calibration.targets import read_targets
    from modsim.validation.patterns import read_patterns

    page = (HOME / "docs" / "calibration.md").read_text()
    (tmp_path / "t.csv").write_text(re.search(r"```\n(id,figure.*?)```", page, re.DOTALL)[1])
    (tmp_path / "p.toml").write_text(re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1])
    assert [target.id for target in read_targets(tmp_path / "t.csv")] == ["T1", "T2"]
    assert [pattern.id for pattern in read_patterns(tmp_path / "p.toml")] == ["P1"]


def test_every_scenario_is_described_and_the_readme_leads_there():
    listed = (HOME / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert "docs/scenarios.md" in README
    mine = "# Known (from the author)"  # as `modsim scenario new` writes a scenario of one's own
    for path in (HOME / "scenarios").glob("*.toml"):
        assert f"`{path.stem}`" in listed or mine in path.read_text(encoding="utf-8")


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


def named_in_the_documents_table():
    """Kind and name of everything that stands for something the two documents say."""
    kinds = "scenario|key|mechanism|measure|command|figure|arm"
    for line in (HOME / "docs" / "documents.md").read_text().splitlines():
        if not line.startswith("| ") or line.startswith("| statement |"):
            continue
        answer = line.strip("| ").split(" | ")[1]
        found = [
            (kind, name)
            for kind, names in re.findall(rf"({kinds})s? ((?:`[^`]+`(?:, )?)+)", answer)
            for name in re.findall(r"`([^`]+)`", names)
        ]
        yield line, found


def test_everything_the_two_documents_say_has_something_that_stands_for_it_or_a_reason_why_not():
    from modsim import load_scenario
    from modsim.inputs.mechanisms import NAMED
    from modsim.inputs.sources import cited_fields

    keys = {key for key, _, _ in cited_fields()}
    main = load_scenario(HOME / "scenarios" / "three-areas.toml")
    measures = set(main.measure_names) | {"gbp_per_incident_averted"}
    measures |= set(load_scenario(HOME / "scenarios" / "spread-on-evidence.toml").measure_names)
    figures = (HOME / "modsim" / "findings" / "figures" / "__init__.py").read_text()
    exists = {
        "scenario": lambda name: (HOME / "scenarios" / f"{name}.toml").exists(),
        "key": lambda name: name in keys,
        "mechanism": lambda name: name in NAMED,
        "measure": lambda name: name in measures,
        "command": lambda name: runs_help(name),
        "figure": lambda name: f'"{name}"' in figures,
        "arm": lambda name: name in main.arms,
    }
    rows = list(named_in_the_documents_table())
    assert len(rows) >= 40
    for line, found in rows:
        assert found or "](" in line or "nothing is needed: " in line, line
        marked = set(re.findall(r"`([^`]+)`", line.strip("| ").split(" | ")[1]))
        assert marked == {name for _, name in found}, f"not told what it is: {line}"
        for kind, name in found:
            assert exists[kind](name), f"there is no {kind} {name!r}: {line}"


def runs_help(command):
    """Whether a command is there: `--help` of it ends well."""
    from typer.testing import CliRunner

    return CliRunner().invoke(cli.app, [*command.split()[1:], "--help"]).exit_code == 0


def test_the_table_of_documents_can_refuse():
    assert not runs_help("modsim scenario nothing")


def test_the_seven_insights_and_both_questions_are_in_the_table():
    text = (HOME / "docs" / "documents.md").read_text()
    for words in (*(f"insight {number}: " for number in range(1, 8)), "question: do the seven", "question: how do res"):
        assert words in text, words
    for words in ("Gorbals", "Castlefern", "Govan", "Building Connections", "a definition of 2014"):
        assert words in text, words


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


@pytest.mark.slow(reason="runs a notebook in its own kernel")
@pytest.mark.parametrize("path", sorted(notebooks.FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_says_what_it_says_when_it_is_run_again(path):
    import nbformat

    assert notebooks.said(notebooks.run(path)) == notebooks.said(nbformat.read(path, as_version=4))
