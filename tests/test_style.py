"""Style and types are part of the tests: what fails here fails everywhere."""

import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]], ids=lambda words: " ".join(words)
)
def test_style_and_types(command):
    found = subprocess.run([sys.executable, "-m", *command], cwd=HOME, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_duty_is_left_undone_in_the_code():
    for path in [*HOME.glob("modsim/**/*.py"), *HOME.glob("scenarios/*.toml")]:
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            assert word not in path.read_text(), f"{path.name}: {word}"
