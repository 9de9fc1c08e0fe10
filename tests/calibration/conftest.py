"""A small place, a few numbers and a small calibration that the tests of this folder share."""

import pytest

from modsim import load_scenario
from modsim.calibration.calibrating import Size, calibrate
from modsim.calibration.prior import Prior
from modsim.calibration.table import place_to_calibrate_in
from modsim.calibration.targets import read_targets
from tests.conftest import SCENARIOS

HERE = SCENARIOS.parent / "experiments" / "calibration"
TINY = (
    "areas.gorbals.population=2000", "settings.weeks=108", "settings.replicates=3", "programme.list_length=30",
    "programme.contacted=20",
)  # fmt: skip
FEW = ("effect.session_effect", "joining.baseline", "attending.dropout_per_week")


def place():
    return place_to_calibrate_in(load_scenario(SCENARIOS / "calibration.toml", TINY))


def few(*keys):
    known = Prior.read(HERE / "prior.csv")
    return Prior(tuple(p for p in known.parameters if p.key in (keys or FEW)))


def targets(*names):
    return [t for t in read_targets(HERE / "targets.csv") if t.figure in names]


SOME = "participants_effect", "take_up", "completion", "match_difference", "friends_each"
SMALL = Size(worlds=6, again=3, points=30, checked=4)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    store = tmp_path_factory.mktemp("store")
    found = calibrate(targets(*SOME), place(), few(), store, size=SMALL, workers=1)
    return found, store
