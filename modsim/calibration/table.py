"""The reference table: parameter points drawn from the prior, each run once, with its figures; kept as it grows."""

import hashlib
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modsim.calibration import figures, variants
from modsim.calibration.figures import FEWEST_WEEKS, FIGURES, LANES, Watch
from modsim.calibration.prior import Prior
from modsim.inputs.mechanisms import with_values
from modsim.inputs.problems import InputError, ScenarioError
from modsim.inputs.saving import write_whole
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import LostWorkerError, attempts, worthwhile_workers
from modsim.simulation.rulebook import Rules
from modsim.simulation.runs import run
from modsim.simulation.town import Town
from modsim.studies.running import deciding_code

POINTS_OF_A_WORLD = 10

Progress = Callable[[int, int], None]


def place_to_calibrate_in(scenario: Scenario) -> Scenario:
    """The new areas of a scenario, open from week 0, with the original site's interests and three arms.

    Beside the reference these are the programme transplanted unchanged, and the same by referral alone: an arm like it
    in which nobody is visited, made here where the scenario has none.

    Raises
    ------
    ScenarioError
        when the scenario cannot be calibrated in.
    """
    given = scenario.settings
    against = given.verdict_against
    problems = []
    if against == given.reference_arm or against not in scenario.arms:
        problems.append(
            "settings.verdict_against: a calibration needs an arm beside the reference: the programme transplanted"
        )
    elif scenario.arms[against].menu == "learned":
        problems.append(
            f"settings.verdict_against: {against!r} learns its menu locally; a calibration needs one transplanted"
        )
    if given.spreads != "scheduled":
        problems.append(f"settings.spreads: {given.spreads!r}; a calibration needs programmes that open at a date")
    if given.weeks < FEWEST_WEEKS:
        problems.append(f"settings.weeks: {given.weeks} is too short; figures of two years take {FEWEST_WEEKS} weeks")
    if given.replicates < 2:
        problems.append("settings.replicates: 1; how far areas differ takes two replicates or more")
    if any(area.interests is not None for area in scenario.recipients):
        problems.append(
            "areas: interests of their own differ from the original site's; a calibration leaves `interests` out"
        )
    if problems:
        raise ScenarioError(problems)
    looked_at = [area.id for area in scenario.recipients]
    arms = dict(scenario.arms)
    alone = arms[against].model_copy(update={"contacts": 0})
    referral = next(
        (name for name, arm in arms.items() if arm.model_copy(update={"label": alone.label}) == alone), None
    )
    if referral is None:
        referral = next(name for name in ("referral", "referral_alone", "_referral") if name not in arms)
        arms[referral] = alone
    settings = given.model_copy(update={"arms": [against, referral], "break_even_points": [], "areas": looked_at})
    areas = [area.model_copy(update={"opens_week": 0}) for area in scenario.areas]
    world = scenario.world.model_copy(update={"dissimilarity": 0.0})
    found = {"areas": areas, "settings": settings, "world": world, "arms": arms}
    return scenario.model_copy(update=found).of_its_areas()


@dataclass(frozen=True)
class Batch:
    """Points of one world, run side by side in all replicates; `values` is (points, parameters)."""

    number: int
    scenario: Scenario
    keys: tuple[str, ...]
    values: np.ndarray
    changes: tuple[tuple[str, Any], ...] = ()  # of a rule variant
    rules: Rules | None = None

    @property
    def points(self) -> list[Scenario]:
        """The scenario of every point."""
        found = []
        for row in self.values.tolist():
            found.append(with_values(self.scenario, {**dict(zip(self.keys, row, strict=True)), **dict(self.changes)}))
        return found

    def outcome(self, each_week: Callable[[int], None] | None = None) -> pd.DataFrame:
        """A row for each point: its numbers and its figures."""
        points, settings = self.points, self.scenario.settings
        three = settings.reference_arm, *settings.arms
        lanes = [Lane(arm, k) for k in range(len(points)) for arm in three]
        # luck of its own for every batch, so that chance does not lean all points the same way
        replicates = [self.number * settings.replicates + k for k in range(settings.replicates)]
        watch = Watch(len(points))
        towns: list[Town] = []

        def look(town: Town) -> None:
            watch(town)
            towns[:] = [town]

        outcome = run(points, lanes, replicates, each_week, rules=self.rules, look=look)
        values = pd.DataFrame(self.values, columns=list(self.keys))
        return pd.concat([values, pd.DataFrame(watch.figures(towns[0], outcome))], axis=1)


class TableStore:
    """A folder of finished batches, one file each; a run that was killed goes on where it stood."""

    def __init__(self, folder: Path, name: str):
        self.folder = folder / "calibration" / name
        self.folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def of(cls, folder: Path, scenario: Scenario, prior: Prior, about: str) -> "TableStore":
        """The store of one question: the code that decides figures, the place, the prior, and what it is about."""
        own = [inspect.getsource(module) for module in (figures, variants, sys.modules[__name__])]
        content = json.dumps([deciding_code(), own, resolved_toml(scenario), prior.name, about])
        return cls(folder, hashlib.sha256(content.encode()).hexdigest()[:16])

    def path(self, batch: Batch) -> Path:
        mark = hashlib.sha256(batch.values.tobytes()).hexdigest()[:8]
        return self.folder / f"{batch.number:06d}-{mark}.parquet"

    def read(self, batch: Batch) -> pd.DataFrame | None:
        """A finished batch, if it is there and whole."""
        try:
            table = pd.read_parquet(self.path(batch))
        except (OSError, ValueError):
            return None
        return table if len(table) == len(batch.values) and set(FIGURES) <= set(table.columns) else None

    def write(self, batch: Batch, table: pd.DataFrame) -> None:
        """Keep a batch, whole or not at all."""
        write_whole(self.path(batch), lambda place: table.to_parquet(place, index=False))


def run_table(
    batches: Sequence[Batch], store: TableStore, workers: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """The figures of all batches: those in the store are read, the others run and kept as they finish.

    `progress` is told the batches done, and of how many.

    Raises
    ------
    InputError
        when a batch could not be run; those finished before are kept.
    LostWorkerError
        when a process died; the same.
    """
    tables = {batch.number: store.read(batch) for batch in batches}
    missing = [batch for batch in batches if tables[batch.number] is None]

    def tell() -> None:
        if progress:
            progress(sum(table is not None for table in tables.values()), len(batches))

    tell()
    trying = attempts(missing, min(workers or _processes(missing), max(len(missing), 1)))
    try:
        for batch, result in trying:
            if isinstance(result, LostWorkerError):
                raise result
            if isinstance(result, Exception):
                raise InputError(
                    [f"batch {batch.number} could not be run: {type(result).__name__}: {result}"]
                ) from result
            store.write(batch, result)
            tables[batch.number] = result
            tell()
    finally:
        trying.close()
    return pd.concat([tables[batch.number] for batch in batches], ignore_index=True)


def _processes(batches: Sequence[Batch]) -> int:
    work = 0
    for batch in batches:
        people = batch.scenario.young_people
        settings = batch.scenario.settings
        work += people * settings.replicates * settings.weeks * LANES * len(batch.values)
    return worthwhile_workers(work)


def batches_of(
    scenario: Scenario, prior: Prior, shares: np.ndarray, first: int = 0, changes: Iterable[tuple[str, Any]] = (),
    rules: Rules | None = None,
) -> list[Batch]:  # fmt: skip
    """Batches for places in the prior (worlds, points, parameters)."""
    values = prior.values(shares)
    return [Batch(first + k, scenario, tuple(prior.keys), values[k], tuple(changes), rules) for k in range(len(values))]
