"""A server of the page over small scenarios, and a browser to look at it with."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modsim.inputs.writing import resolved_toml
from tests.conftest import small_scenario

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

SETTLED = """() => document.querySelector('.page')?.dataset.query === location.search.slice(1)
  && document.querySelector('[data-testid=verdict][data-state=exact]') !== null
  && document.body.innerText.includes('All simulated futures are in.')"""


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def wait_for(address, process, seconds=90):
    from urllib.request import urlopen

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended by itself"
        try:
            with urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer in time")


@pytest.fixture(scope="session")
def small_place(tmp_path_factory):
    """A folder whose scenarios are small enough to answer at once."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "scenarios").mkdir()
    for name, changes in (
        ("three-areas", ()),
        ("similar-areas", ("world.dissimilarity=0.1",)),
        ("long", ("settings.replicates=60", "settings.weeks=1000")),
        ("huge", ("areas.govan.population=5000000",)),
    ):
        scenario = small_scenario("settings.replicates=8", *changes)
        (folder / "scenarios" / f"{name}.toml").write_text(resolved_toml(scenario))
    return folder


class Site(str):
    """The address of a running page, with the process that serves it."""

    process: subprocess.Popen


@pytest.fixture(scope="session")
def site(small_place):
    """The address of a running page, as `modsim dashboard` serves it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "modsim.cli", "dashboard", "--port", str(port)], cwd=small_place,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    address = Site(f"http://127.0.0.1:{port}")
    address.process = process
    try:
        wait_for(f"{address}/readyz", process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("no browser here: browser tests need Chromium (on Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield started
        started.close()


class Visit:
    """One visitor: a page, and everything it asked for or complained about."""

    def __init__(self, browser, site, query="", size=(1280, 900)):
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        self.page = self.context.new_page()
        self.asked, self.complaints = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on(
            "response", lambda response: self._hear(response.status >= 400, f"{response.status} {response.url}")
        )
        self.page.on("console", lambda message: self._hear(message.type == "error", message.text))
        self.page.on("pageerror", lambda error: self._hear(True, str(error)))
        self.page.goto(f"{site}/{query}")
        self.settled()

    def _hear(self, wrong, text):
        if wrong:
            self.complaints.append(text)

    @property
    def verdict(self):
        return self.page.get_by_test_id("verdict")

    def settled(self):
        """Wait until the page shows what its address says, with all futures in, the break-even too."""
        self.page.wait_for_function(SETTLED, timeout=90_000)
        return self

    def numbers(self):
        names = ("mean", "low", "high", "arm", "against", "measure", "kind")
        return {name: self.verdict.get_attribute(f"data-{name}") for name in names}

    def set(self, lever, value):
        """Type a value into a lever's exact field, and wait for the page to answer it."""
        field = self.page.get_by_test_id(f"exact-{lever}")
        field.fill(str(value))
        field.press("Enter")
        self.page.wait_for_function(f"location.search.includes('{lever}={value:g}')", timeout=20_000)
        return self.settled()

    def close(self):
        self.context.close()


@pytest.fixture
def visit(browser, site):
    visits = []

    def start(query="", size=(1280, 900)):
        visits.append(Visit(browser, site, query, size))
        return visits[-1]

    yield start
    for one in visits:
        one.close()
