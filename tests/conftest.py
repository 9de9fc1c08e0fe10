"""Scenarios small enough for tests, and what is shared between them."""

import sys
import time
from pathlib import Path

import pytest

from modsim import Scenario, cli, load_scenario
from modsim.simulation.ahead import compile_ahead

SCENARIOS = Path(__file__).parents[1] / "scenarios"
ARMS = ["none", "attention", "transplant", "recoproduce"]

SMALL = (
    "settings.weeks=48",
    "settings.replicates=2",
    "areas.gorbals.population=1600",
    "areas.castlefern.population=2400",
    "areas.govan.population=1500",
    "areas.govan.opens_week=0",
)


def pytest_collection_modifyitems(items):
    """Every slow test says why it is slow."""
    for item in items:
        for mark in item.iter_markers("slow"):
            if not mark.kwargs.get("reason"):
                raise pytest.UsageError(f"{item.nodeid}: is marked slow and does not say why; give a reason")


def pytest_sessionstart(session):
    """Compile the model's loops before the tests, which look at messages and at the clock: once, for all workers."""
    if not hasattr(session.config, "workerinput"):
        compile_ahead()


def until(holds, seconds=600):
    """Wait until something holds; the bound only ends a test that hangs."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def small_scenario(*changes: str) -> Scenario:
    """Three areas of 160 to 260 young people over 48 weeks, with changes."""
    return load_scenario(SCENARIOS / "three-areas.toml", [*SMALL, *changes])


def modsim(monkeypatch, capsys, *words):
    """The exit code, output and messages of a command."""
    monkeypatch.setattr(sys, "argv", ["modsim", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    said = capsys.readouterr()
    return stop.value.code, said.out, said.err


@pytest.fixture(scope="session")
def small() -> Scenario:
    return small_scenario()
