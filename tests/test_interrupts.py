"""Ctrl-C, the order to end, unforeseen errors, and folders that others can write to."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from modsim import compiling
from modsim.compiling.interrupts import listening, not_broken_into, was_interrupted
from tests.conftest import SCENARIOS, modsim

THREE = SCENARIOS / "three-areas.toml"


@pytest.fixture
def usual_handler():
    """Python's own handler, which a test runner may have replaced."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_press_is_heard_when_the_block_is_over(usual_handler):
    done = []

    def work():
        with not_broken_into():
            os.kill(os.getpid(), signal.SIGINT)
            with not_broken_into():
                done.append("within")
            done.append("after")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["within", "after"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_press_is_heard_at_once(usual_handler):
    done = []

    def work():
        with not_broken_into():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            done.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert not done


def test_a_press_is_heard_where_the_block_listens(usual_handler):
    done = []

    def before_listening():
        with not_broken_into():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("held back")
            with listening():
                done.append("never")

    def while_listening():
        with not_broken_into():
            with listening():
                done.append("listens")
                os.kill(os.getpid(), signal.SIGINT)
            done.append("never")

    for work in (before_listening, while_listening):
        with pytest.raises(KeyboardInterrupt):
            work()
    assert done == ["held back", "listens"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_threads_and_own_handlers_are_left_alone(usual_handler):
    heard = []
    with not_broken_into():
        pass
    signal.signal(signal.SIGINT, lambda *_: heard.append("own"))
    with not_broken_into():
        os.kill(os.getpid(), signal.SIGINT)
        assert not heard
    assert heard == ["own"]
    thread = threading.Thread(target=lambda: heard.append(_in_a_thread()))
    thread.start()
    thread.join()
    assert heard == ["own", "fine"]


def _in_a_thread():
    with not_broken_into():
        return "fine"


def test_what_became_of_a_press_in_compiled_code_is_known():
    error = SystemError("returned a result with an exception set")
    error.__cause__ = KeyboardInterrupt()
    assert was_interrupted(error)
    assert not was_interrupted(ValueError())


STOPPING = """
import os, signal, sys
from modsim import cli
from modsim.findings import comparison
from modsim.simulation import runs, week

number, after, count = getattr(signal, sys.argv.pop(1)), int(sys.argv.pop(1)), 0
usual = week._live

def live(*given):
    global count
    usual(*given)
    count += 1
    if count == after:
        os.kill(os.getpid(), number)

week._live = live
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
comparison.ROWS_IN_A_TASK = 1  # a task for each replicate
sys.argv = ["modsim", *sys.argv[1:]]
cli.main()
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("after", [7, pytest.param(160, marks=pytest.mark.slow(reason="a whole comparison, twice"))])
def test_a_comparison_that_is_stopped_keeps_what_is_finished(name, code, after, tmp_path):
    """Cases 4 and 14: the exit code says what stopped it, nothing else is said, and whole replicates are kept."""
    small = [f"--set=areas.{area}.population=1600" for area in ("gorbals", "castlefern", "govan")]
    words = [
        "compare",
        str(THREE),
        "--weeks",
        "60",
        "--replicates",
        "4",
        "--workers",
        "1",
        "--out",
        "r",
        "--no-figures",
    ]
    words += ["--set", "settings.break_even_points=[]", "--set", "areas.govan.opens_week=0"]
    command = [sys.executable, "-c", STOPPING, name, str(after), *words, *small]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "leaked" not in done.stderr
    if name == "SIGTERM":
        assert done.stderr == ""
    assert (tmp_path / "r" / "summary.json").exists() == (after == 160)


def test_an_error_that_nobody_foresaw_is_one_line_and_a_report(monkeypatch, capsys, tmp_path):
    def broken(*_, **__):
        raise RecursionError("too deep\nfor words")

    monkeypatch.setattr("modsim.inputs.reading.load_scenario", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, _, err = modsim(monkeypatch, capsys, "scenario", "check", THREE)
    assert code == 1
    (line,) = err.strip().splitlines()
    assert "RecursionError: too deep" in line
    (report,) = tmp_path.glob("modsim-report-*.txt")
    assert str(report) in line
    assert "Traceback" in report.read_text()
    assert f"modsim scenario check {THREE}" in report.read_text()


# --- where compiled code is kept (case 3) ----------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch):
    for one in (compiling.folder, compiling.is_kept):
        one.cache_clear()
    yield monkeypatch
    for one in (compiling.folder, compiling.is_kept):
        one.cache_clear()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows keeps profiles apart by itself")
def test_compiled_code_is_never_kept_where_others_can_write(fresh, tmp_path):
    fresh.setenv(compiling.PLACE, str(tmp_path))
    tmp_path.chmod(0o755)
    assert compiling.is_kept()
    assert (tmp_path / "kernels").stat().st_mode & 0o777 == 0o700
    for place, mode in ((tmp_path, 0o777), (tmp_path / "kernels", 0o722), (compiling.folder(), 0o702)):
        usual = place.stat().st_mode
        place.chmod(mode)
        compiling.is_kept.cache_clear()
        assert not compiling.is_kept(), place
        assert "cannot be kept" in compiling.still_to_do()
        place.chmod(usual)
    compiling.is_kept.cache_clear()
    fresh.setattr(os, "getuid", lambda: 12345)  # the folder belongs to somebody else
    assert not compiling.is_kept()


def test_only_the_latest_states_of_the_code_are_kept(fresh, tmp_path):
    fresh.setenv(compiling.PLACE, str(tmp_path))
    assert compiling.is_kept()
    assert compiling.still_to_do()
    older = [tmp_path / "kernels" / f"state {k}" for k in range(6)]
    for k, state in enumerate(older):
        state.mkdir()
        os.utime(state, (k, k))
    compiling.set_complete()
    assert compiling.still_to_do() is None
    assert {state.name for state in (tmp_path / "kernels").iterdir()} == {
        compiling.folder().name, *(state.name for state in older[3:]),
    }  # fmt: skip


def test_without_a_home_the_folder_is_one_s_own(fresh, tmp_path):
    fresh.delenv(compiling.PLACE, raising=False)
    for name in ("USER", "LOCALAPPDATA"):
        fresh.delenv(name, raising=False)
    (tmp_path / "home").write_text("no folder")
    fresh.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    fresh.setattr("tempfile.tempdir", str(tmp_path))
    place = compiling.folder().parents[1]
    assert place == tmp_path / f"modsim-{os.getuid()}"
    assert place.stat().st_mode & 0o777 == 0o700
