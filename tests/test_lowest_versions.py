"""The lowest versions that pyproject.toml allows are enough: nobody else would run them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS

HOME = Path(__file__).parents[1]


@pytest.mark.slow(reason="installs another environment")
def test_the_lowest_declared_versions_run(tmp_path):
    if shutil.which("uv") is None:
        pytest.skip("uv is not on the PATH: it was started in another way than the README says")
    place = tmp_path / "env"
    clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}

    def done(*words, **more):
        return subprocess.run(words, capture_output=True, text=True, timeout=900, check=False, env=clean | more)

    assert done("uv", "venv", "--python", "3.13", str(place)).returncode == 0
    program = place / ("Scripts" if os.name == "nt" else "bin")
    installed = done(
        "uv", "pip", "install", "--python", str(program / "python"), "--resolution", "lowest-direct",
        "--directory", str(HOME), f"{HOME}[research]",
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    small = [
        "--set",
        "settings.break_even_points=[]",
        "--replicates",
        "2",
        "--weeks",
        "20",
        "--out",
        str(tmp_path / "r"),
    ]
    for words in (
        ["--help"],
        ["scenario", "check", str(SCENARIOS / "three-areas.toml")],
        ["compare", str(SCENARIOS / "three-areas.toml"), *small],
    ):
        run = done(str(program / "modsim"), *words, MODSIM_CACHE=str(tmp_path / "cache"))
        assert run.returncode == 0, run.stderr
