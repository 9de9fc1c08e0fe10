"""The benchmarks run; what they measure is nobody's test."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.__main__ import _remember
from benchmarks.timing import Row

HOME = Path(__file__).parent.parent


def _benchmarks(*words: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(whole, cwd=HOME, capture_output=True, text=True, env=os.environ | {"COLUMNS": "160"})


@pytest.mark.slow(reason="times every part once")
def test_every_quick_part_gives_figures(tmp_path):
    done = _benchmarks("--quick", "--out", str(tmp_path / "made" / "found.json"))
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "made" / "found.json").read_text())
    assert found.pop("machine")["numba"]
    assert set(found) == {"faces", "lanes", "stages", "growth", "networks"}
    for rows in found.values():
        assert len({row["name"] for row in rows}) == len(rows) > 1
        figures = [value for row in rows for name, value in row.items() if name != "name"]
        assert all(math.isfinite(value) for value in figures)
    speeds = {row["name"]: row["times plain Mesa"] for row in found["faces"]}
    assert speeds["whole: modsim, one run"] > speeds["whole: Mesa agents of modsim"]  # by two orders of magnitude
    assert "whole: modsim, one run" in done.stdout
    assert not list(tmp_path.rglob("history.csv"))  # such figures are not worth remembering


def test_a_figure_a_tenth_worse_than_last_time_is_told(tmp_path):
    history, told = tmp_path / "history.csv", Console(record=True, width=160)

    def measured(processor: str, seconds: float, speed: float) -> str:
        rows = [Row("page", {"seconds": seconds, "must": 1.0}), Row("small", {"runs a second": speed})]
        _remember(told, history, {"made": "today", "processor": processor}, rows)
        return told.export_text()

    assert "slower" not in measured("this one", 1.0, 100.0)
    assert "slower" not in measured("this one", 1.05, 95.0)
    found = measured("this one", 1.2, 80.0)
    assert "slower than last time, 1.14 times: page" in found
    assert "slower than last time, 1.19 times: small" in found
    assert "slower" not in measured("another", 9.0, 1.0)
    assert len(history.read_text().splitlines()) == 1 + 4 * 2


@pytest.mark.slow(reason="starts the benchmarks in a process of their own")
def test_a_part_that_there_is_not_is_refused_by_name():
    done = _benchmarks("--only", "speed")
    assert done.returncode == 2
    assert "speed: there is no such part; there are" in done.stderr
    assert "Traceback" not in done.stderr
