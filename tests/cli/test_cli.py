"""The command line as its users meet it: exit codes, messages, help, speed of help, and stopping."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from modsim import cli
from modsim.inputs.writing import resolved_toml
from tests.conftest import SCENARIOS, SMALL, small_scenario

HOME = Path(__file__).parents[2]
THREE = str(SCENARIOS / "three-areas.toml")
SET_SMALL = [part for change in SMALL for part in ("--set", change)]


@pytest.fixture
def modsim(capfd, monkeypatch):
    """Run a command in this process: exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["modsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        said = capfd.readouterr()
        return stop.value.code, said.out, said.err

    return run


def test_compare_prints_table_break_even_and_verdict_and_writes_a_folder(modsim, tmp_path):
    code, out, err = modsim("compare", THREE, *SET_SMALL, "--out", tmp_path / "out", "--workers", 1)
    assert code == 0, err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    places = [out.index(words) for words in ("Across the new areas", "How sure:", "Break-even:", "participants, %")]
    assert places == sorted(places)
    for words in ("Transplanted unchanged", "Re-co-produced", "cost per incident averted", "not a forecast"):
        assert words in out
    assert set(summary["arms"]) == {"transplant", "recoproduce"}
    assert summary["scenario"] == "three-areas"


def test_ten_rows_are_shown_the_most_important_first_and_all_when_asked(modsim, tmp_path):
    given = [*SET_SMALL, "--replicates", 2, "--weeks", 30, "--no-figures", "--out", tmp_path / "out"]
    _, short, _ = modsim("compare", THREE, *given)
    _, whole, _ = modsim("compare", THREE, *given, "--all-measures", "--arms", "all")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert len(summary["arms"]) == 10
    table = short.split("──")[-1].split("Changes are against")[0]
    rows = [line for line in table.splitlines() if re.search(r"\d|–|none averted", line[60:])]
    assert len(rows) == 10
    assert "first targeted" in rows[0]
    assert "participants" in rows[1]
    joined = next(line for line in rows if line.strip().startswith("joined"))
    assert "." not in joined  # people are counted in whole numbers
    assert "work or training found" not in short
    assert "work or training found" in whole


def test_arms_weeks_replicates_and_seed_can_be_given(modsim, tmp_path):
    given = ["--arms", "transplant,recoproduce", "--weeks", 30, "--replicates", 1, "--seed", 7, "--no-figures"]
    code, _, err = modsim("compare", THREE, *SET_SMALL, *given, "--out", tmp_path / "out")
    assert code == 0, err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["weeks"], summary["replicates"], summary["seed"]) == (30, 1, 7)
    assert set(summary["arms"]) == {"transplant", "recoproduce"}
    assert not (tmp_path / "out" / "figures").exists()


def test_results_go_to_a_folder_of_the_scenario_s_name(modsim, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").write_text(resolved_toml(small_scenario("settings.weeks=25", "settings.replicates=1")))
    code, out, _ = modsim("compare", "own.toml", "--no-figures")
    assert code == 0
    assert "results/own/" in out
    code, other, _ = modsim("compare", "own.toml", "--no-figures", "--seed", 2)
    assert code == 0
    assert other != out, "another question gets another folder"
    folders = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert len(folders) == 2
    assert folders[0] == "own"
    assert folders[1].startswith("own-")


BAD = [
    (["compare"], "Missing argument 'SCENARIO'"),
    (["compare", "nowhere.toml"], "there is no such file"),
    (["compare", "."], "is a folder"),
    (["compare", THREE, "--arms", "nobody"], "settings.arms: there is no arm 'nobody'; the arms are none"),
    (["compare", THREE, "--arms", "none"], "name at least one arm beside the reference"),
    (["compare", THREE, "--replicates", "0"], "settings.replicates: 0 is out of range; allowed is 1 to"),
    (
        ["compare", THREE, "--replicates", "many"],
        "'--replicates': 'many' must be a valid integer (`modsim compare --help`",
    ),
    (["compare", THREE, "--weeks", "-3"], "settings.weeks: -3 is out of range"),
    (["compare", THREE, "--seed", "-1"], "settings.seed: -1 is out of range"),
    (["compare", THREE, "--workers", "0"], "Invalid value for '--workers': '0' must be greater than or equal to 1 ("),
    (["compare", THREE, "--uncertainty", "much"], "'--uncertainty': 'much' is not one of 'chance', 'parameters'"),
    (["compare", THREE, "--set", "world.dissimilarity"], "write it as dotted.key=value"),
    (["compare", THREE, "--set", "nothing.at.all=3"], "nothing: unknown key"),
    (["compare", THREE, "--out", "/dev/null"], "is a file"),
    (["compare", THREE, "--out", "/dev/null/deeper"], "cannot be written"),
    (["compare", THREE, "--out", "/proc/modsim"], "cannot be written"),
    (["compare", THREE, "--out", "."], "is the folder one works in"),
    (["compare", THREE, "--out", "x" * 300], "cannot be written"),
    (["compare", THREE, "--arms", ""], "settings.arms.1: '' is not a plain id"),
    (["compare", THREE, "--set", "extends=other.toml"], "a file extends another only inside the file"),
    (["compare", THREE, "--set", "settings.weeks=10\nx=3"], "give one value on one line"),
    (["compare", THREE, "--set", "settings.weeks=" + "9" * 5000], "must be a whole number"),
    (["compare", THREE, "--set", "world.dissimilarity=" + "[" * 3000], "is nested too deeply"),
    (["compare", THREE, "--set", 'title="a\\u0001b"'], "title: holds a character that cannot be shown"),
    (
        ["compare", THREE, "--set", "settings.smallest_difference.occured_asb=3"],
        "no such measure; there are occurred_asb",
    ),
    (["compare", "/dev/zero"], "is not a regular file"),
    (["scenario", "show", THREE, "--key", "settings.break_even_points.0"], "unknown key"),
    (["compare", THREE, "--out", str(SCENARIOS)], "holds files that are not results of modsim"),
    (["compare", THREE, "--colour"], "(`modsim compare --help` shows what there is)"),
    (["compair", THREE], "No such command 'compair'"),
    (["scenario", "check", "nowhere.toml"], "there is no such file"),
    (["scenario", "show", THREE, "--key", "arms.mine.menu"], "there is no 'mine'; there are none, enforce"),
    (["compare", THREE, "--set", "dissimilarity=0.1"], "did you mean 'world.dissimilarity'?"),
    (["scenario", "list", "nowhere"], "is not a folder"),
    (["scenario", "list", "/proc/self/task"], "holds no scenario files"),
    (["scenario", "show", THREE, "--key", "world.dissimilarty"], "did you mean 'dissimilarity'?"),
]


@pytest.mark.parametrize(("arguments", "expected"), BAD, ids=lambda x: " ".join(x)[-40:] if isinstance(x, list) else "")
def test_bad_input_gets_one_clear_line_and_exit_code_2(arguments, expected, modsim, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = modsim(*arguments)
    assert code == 2, err
    assert expected in err
    assert "Traceback" not in out + err
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_all_problems_are_told_at_once(modsim):
    code, _, err = modsim("compare", THREE, "--set", "world.dissimilarity=3", "--set", "purse.budget=x", "--weeks", 0)
    assert code == 2
    assert len(err.strip().splitlines()) == 3


def test_scenarios_are_listed_checked_and_shown(modsim):
    code, out, _ = modsim("scenario", "list", SCENARIOS)
    assert code == 0
    for path in SCENARIOS.glob("*.toml"):
        assert path.name in out
    code, out, _ = modsim("scenario", "check", THREE)
    assert code == 0
    assert "3 areas with 4,724 young people (original site: Gorbals; new areas: Castlefern, Govan), 11 arms" in out
    code, out, _ = modsim("scenario", "show", THREE, "--set", "purse.budget=11")
    assert code == 0
    assert "budget = 11" in out
    code, out, _ = modsim("scenario", "show", THREE, "--key", "arms.transplant.setup_weeks")
    assert code == 0
    assert "arms.transplant.setup_weeks = 8" in out


def test_a_broken_scenario_is_listed_as_such(modsim, tmp_path):
    (tmp_path / "broken.toml").write_text("x = 1\n")
    code, out, _ = modsim("scenario", "list", tmp_path)
    assert code == 0
    assert "cannot be used" in out


@pytest.mark.parametrize("command", [[], ["compare"], ["scenario"], ["scenario", "show"]])
def test_every_command_has_help(command, modsim):
    code, out, _ = modsim(*command, "--help")
    assert code == 0
    assert "Usage: modsim" in out
    if command and command != ["scenario"]:
        assert "Example" in out


@pytest.mark.parametrize("command", ["compare", "ablate"])
def test_what_does_not_fit_into_memory_is_refused_before_it_starts(command, modsim, monkeypatch, tmp_path):
    free = psutil.virtual_memory()._replace(available=10_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    code, out, err = modsim(command, THREE, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert re.search(r"would take about \d+\.\d GB of memory .* and 0\.0 GB are free; take fewer arms", err)
    assert not (tmp_path / "out").exists()


def test_help_does_not_import_what_it_does_not_need():
    code = (
        "import sys, modsim.cli;"
        "print([m for m in ('mesa', 'numpy', 'numba', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_workers_do_not_import_mesa_pandas_or_matplotlib():
    code = (
        "import sys, modsim.simulation.parallel;"
        "print([m for m in ('mesa', 'networkx', 'matplotlib', 'pandas', 'rich') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def start(tmp_path, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "modsim.cli", "compare", THREE, "--out", str(tmp_path / "out"), *arguments],
        cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"FORCE_COLOR": "1"},  # the bar is drawn as in a terminal
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell may have had it ignored
    )  # fmt: skip


def interrupted(process, share):
    """Press Ctrl-C once the bar shows so many per cent; returns what was said until it stopped."""
    shown = ""
    while not ((figure := re.search(r"(\d+)%$", shown)) and int(figure[1]) >= share):
        shown = (shown + process.stderr.read(1))[-2000:]
        assert process.poll() is None, shown
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=600)  # far below what the whole run would take


def test_ctrl_c_before_anything_is_finished_says_so_and_leaves_nothing(tmp_path):
    process = start(tmp_path, "--replicates", "2000", "--weeks", "1040", "--workers", "2")
    _, err = interrupted(process, 0)
    assert process.returncode == 130
    assert "nothing was finished" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_keeps_the_futures_that_were_finished(tmp_path):
    process = start(tmp_path, *SET_SMALL, "--replicates", "5000", "--weeks", "8", "--workers", "1", "--no-figures")
    out, err = interrupted(process, 2)  # a hundred replicates, in tasks of 33
    assert process.returncode == 130, err
    assert "Traceback" not in err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["interrupted"]
    assert 0 < summary["replicates"] < 5000
    assert f"{summary['replicates']} of 5000 simulated futures were finished" in out


@pytest.mark.slow(reason="a whole comparison in a process of its own")
def test_a_reader_who_leaves_early_does_not_cost_the_results(tmp_path):
    arguments = [*SET_SMALL, "--replicates", "1", "--no-figures"]
    process = start(tmp_path, *arguments)
    process.stdout.close()
    process.wait(timeout=600)
    assert "Traceback" not in process.stderr.read()
    assert (tmp_path / "out" / "summary.json").exists()


ODD_WORDS = ['title="Why [/i] now [red]x[/red]"', 'arms.transplant.label="a $^$ b"', 'areas.govan.name="$x_{$"']


@pytest.mark.slow(reason="a comparison with its figures")
def test_brackets_and_dollars_in_names_are_only_letters(modsim, tmp_path):
    odd = [part for change in ODD_WORDS for part in ("--set", change)]
    given = [*SET_SMALL, *odd, "--replicates", 1, "--weeks", 30, "--out", tmp_path / "out"]
    code, out, err = modsim("compare", THREE, *given)
    assert code == 0, err
    assert "Why [/i] now [red]x[/red]" in out
    assert len(list((tmp_path / "out" / "figures").iterdir())) == 27


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_every_row_keeps_its_label_in_any_terminal(columns, modsim, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    given = [*SET_SMALL, "--replicates", 1, "--weeks", 30, "--no-figures", "--out", tmp_path / "out"]
    code, out, _ = modsim("compare", THREE, *given)
    assert code == 0
    assert out.count("trust of residents") == out.count("cost per incident") >= 1  # a label may take two lines
    assert "Transplanted unchanged" in out


@pytest.mark.slow(reason="whole comparisons in processes of their own")
@pytest.mark.parametrize("shell", [">&-", "> /dev/full"])
def test_results_are_kept_when_nothing_can_be_printed(shell, tmp_path):
    sets = " ".join(f"--set '{change}'" for change in SMALL)
    command = f"{sys.executable} -m modsim.cli compare {THREE} {sets} --replicates 1 --no-figures --out {tmp_path}/out"
    done = subprocess.run(f"{command} {shell}", shell=True, cwd=HOME, stderr=subprocess.PIPE, text=True)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out" / "summary.json").exists()


@pytest.mark.slow(reason="a whole comparison in a process of its own")
def test_a_terminal_without_the_characters_still_shows_the_results(tmp_path):
    arguments = [*SET_SMALL, "--replicates", "1", "--no-figures", "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "modsim.cli", "compare", THREE, *arguments],
        env=os.environ | {"PYTHONIOENCODING": "ascii"}, cwd=HOME, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Transplanted unchanged" in done.stdout


def test_bytes_that_are_not_utf8_are_refused(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "modsim.cli", "compare", THREE, "--out", b"o\xff3"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 2
    assert b"not UTF-8" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_two_arms_stand_side_by_side_in_eighty_columns(modsim, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    code, out, _ = modsim(
        "compare", THREE, *SET_SMALL, "--arms", "transplant recoproduce", "--replicates", 3, "--weeks", 30,
        "--no-figures", "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0
    (head,) = [
        line
        for line in out.splitlines()
        if line.count("Transplanted unchanged") and "Re-co-produced locally" in line and "“" not in line
    ]
    assert len(re.sub(r"\x1b\[[0-9;]*m", "", head)) <= 80


@pytest.mark.slow(reason="a comparison run twice, once stopped")
def test_results_that_were_stopped_never_replace_more(modsim, tmp_path, monkeypatch):
    from modsim.findings import comparison

    place = tmp_path / "out"
    given = [*SET_SMALL, "--replicates", 4, "--weeks", 30, "--no-figures", "--workers", 1, "--out", place]
    assert modsim("compare", THREE, *given)[0] == 0
    whole, real = (place / "summary.json").read_bytes(), comparison.outcomes

    def stopped(*args):
        yield next(iter(real(*args)))
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison, "outcomes", stopped)
    code, out, _ = modsim("compare", THREE, *given)
    assert code == 130
    assert (place / "summary.json").read_bytes() == whole
    assert json.loads((tmp_path / "out-stopped" / "summary.json").read_text())["interrupted"]
    assert "1 of 4 simulated futures were finished" in out
    assert "Earlier results with more stay in out/." in out
