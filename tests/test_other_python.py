"""What somebody sees who installs this with an older Python."""

import re
import tomllib
from pathlib import Path

HOME = Path(__file__).parents[1]


def test_a_python_that_is_too_old_is_told_so_and_not_that_a_package_cannot_be_found():
    """Case 19: pip looks for dependencies first, so the one that itself needs a newer Python is marked."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.12"
    (mesa,) = [one for one in project["dependencies"] if re.match(r"mesa\b", one)]
    assert "python_version >= '3.12'" in mesa
