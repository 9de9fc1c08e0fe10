"""The benchmarks run; what they measure is nobody's test."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    compiled = next(row for row in found["faces"] if row["name"] == "compiled, one run")
    assert compiled["times agent face"] > 1  # by two orders of magnitude, but this machine may be busy
    assert "compiled, one run" in done.stdout


@pytest.mark.slow(reason="starts the benchmarks in a process of their own")
def test_a_part_that_there_is_not_is_refused_by_name():
    done = _benchmarks("--only", "speed")
    assert done.returncode == 2
    assert "speed: there is no such part; there are" in done.stderr
    assert "Traceback" not in done.stderr
