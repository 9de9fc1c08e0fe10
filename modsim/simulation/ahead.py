"""Compiling all drivers before the first week, in two processes at once.

What they compile is kept, so that the process that wants the numbers only loads it: while it waits it can be stopped at
any moment, which nobody can within Numba. Each helper lives a week of a small town; a driver that no other helper has
taken it compiles, the others it runs as they stand.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from modsim import compiling
from modsim.compiling import acts
from modsim.compiling.interrupts import listening

_HELPERS = 2
_LOOK_EVERY = 0.1  # seconds
_was_tried = False
_SMALL = {
    "arms": {"none": {"spends_on": "nothing"}, "some": {}},
    "activities": [
        {"id": "one", "origin_share": 1.0, "swaps_with": "other"},
        {"id": "other", "swaps_with": "one"},
    ],
    "areas": [{"id": "here", "role": "recipient", "population": 500, "opens_week": 0}],
}


def compile_ahead(tell: Callable[[int, int], None] | None = None) -> None:
    """See that everything is compiled and kept, if it is not yet and can be kept.

    `tell` is told how many drivers have been begun, and of how many. Where it does not work, each driver is compiled
    when it is first called.
    """
    global _was_tried
    is_helper = acts.taken_by_another is not None
    if _was_tried or is_helper or not compiling.is_on() or not compiling.is_kept() or compiling.is_complete():
        return
    _was_tried = True
    with tempfile.TemporaryDirectory() as claims:
        helpers: list[subprocess.Popen[bytes]] = []
        try:
            for _ in range(_HELPERS):
                command = [sys.executable, "-m", __name__, claims]
                helpers.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                                stderr=subprocess.DEVNULL))  # fmt: skip
            with listening():
                while any(helper.poll() is None for helper in helpers):
                    if tell:
                        tell(len(list(Path(claims).iterdir())), len(acts.DRIVERS))
                    time.sleep(_LOOK_EVERY)
        except OSError:
            return
        finally:
            for helper in helpers:
                helper.kill()
                helper.wait()
    if all(helper.returncode == 0 for helper in helpers):
        compiling.set_complete()


def _help(claims: Path) -> None:
    """Compile every driver that no other helper has taken."""
    import numpy as np

    from modsim.inputs.scenario import Scenario
    from modsim.simulation import drive
    from modsim.simulation.records import Records
    from modsim.simulation.town import Town
    from modsim.simulation.week import live_one_week
    from modsim.world.young_people import World

    def taken(name: str) -> bool:
        try:
            (claims / name).touch(exist_ok=False)
        except FileExistsError:
            return True
        return False

    acts.taken_by_another = taken
    scenario = Scenario.model_validate(_SMALL)
    arms = list(scenario.arms.values())
    world = World(scenario, 0, [0])
    town = drive.settled(Town(world, arms, [scenario] * 2, Records(scenario, 1, 2)))
    for week in (-scenario.settings.history_weeks, 0):  # the first, and one that is written down
        live_one_week(town, week)
    drive.draw_up_lists(town, np.array([0]), np.array([1]))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _help(Path(sys.argv[1]))
