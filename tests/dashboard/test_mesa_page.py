"""The example of `docs/mesa.md`: Mesa's own page over a community, in a browser."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS
from tests.dashboard.conftest import free_port, wait_for

DOCUMENT = (Path(__file__).parents[2] / "docs" / "mesa.md").read_text()


@pytest.fixture
def watched(tmp_path):
    """The address of the page that the example makes."""
    (code,) = [code for code in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL) if "SolaraViz" in code]
    (tmp_path / "watch.py").write_text(code)
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    port = free_port()
    command = [sys.executable, "-m", "solara", "run", "watch.py", "--port", str(port), "--host", "127.0.0.1",
               "--no-open", "--production"]  # fmt: skip
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow(reason="a server and a browser")
def test_mesas_own_page_plays_steps_and_resets(watched, browser, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(watched)
    page.get_by_text("Hours a week").wait_for(timeout=120_000)
    page.get_by_text("Dissimilarity").first.wait_for()
    page.get_by_text("Time: 0.0").wait_for()
    page.get_by_role("button", name="Step").click()
    page.get_by_text("Time: 1.0").wait_for(timeout=60_000)
    assert page.locator("img").count() >= 1  # the drawn network
    page.get_by_role("button", name="▶").click()
    page.get_by_text(re.compile("Time: ([3-9]|[1-9][0-9])")).wait_for(timeout=120_000)
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("Time: 0.0").wait_for(timeout=60_000)
    page.screenshot(path=tmp_path / "mesa.png")
    page.close()
