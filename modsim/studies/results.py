"""Tables over all points of a study, from its finished runs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modsim.findings.comparison import Comparison
from modsim.findings.measures import by_replicate
from modsim.findings.statistics import estimate
from modsim.findings.verdict import contrast, kind_of
from modsim.simulation.columns import HEADINGS
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import Outcome
from modsim.studies.loading import LoadedStudy, load_study
from modsim.studies.running import STOPPED_BY_HAND, Budget, Progress, StudyRun, deciding_code
from modsim.studies.store import opened
from modsim.studies.study import StudyError

DEFAULT_STORE = "results/store"

TABLES = {
    "runs": "every run: one row for each point, arm and replicate",
    "estimates": "one row for each point, arm and measure: mean, 95 % interval, range of simulated futures",
    "contrasts": "one row for each point and measure: the verdict's arm against the other, paired, and the verdict",
}


def run_study(
    study: str | Path | LoadedStudy,
    store: str | Path = DEFAULT_STORE,
    *,
    budget: str | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    tell: Callable[[Progress], None] | None = None,
) -> "StudyResults":
    """Run what is missing of a study, as far as the budget reaches, and read the results of all of it.

    Parameters
    ----------
    study : a study file, or a study read with `modsim.load_study`
    store : folder of the run store; what it holds already is not run again
    budget : such as "200runs", "90s", "10min" or "2h"; "0runs" only reads
    workers : processes; the numbers do not depend on it
    retry_failed : whether runs that failed before are tried again
    tell : called with the progress as it goes on

    Raises
    ------
    StudyError, StoreError
        for a study, budget or store that cannot be used.
    KeyboardInterrupt
        after Ctrl-C, with all that was finished kept.
    """
    loaded = study if isinstance(study, LoadedStudy) else load_study(study)
    spend = None if budget is None else Budget.of(budget)
    if workers is not None and workers < 1:
        raise StudyError([f"workers: {workers} is not a number of processes; give 1 or more"])
    with opened(Path(store), deciding_code()) as kept:
        run = StudyRun(loaded, kept)
        progress = run.run(spend, workers, retry_failed, tell)
        if progress.stopped == STOPPED_BY_HAND:
            raise KeyboardInterrupt
        return StudyResults(run)


class StudyResults:
    """What the finished runs of a study say, as data frames with the columns `point` and the factors in front.

    A future counts at a point once all arms have finished it there, so that every comparison is paired.
    """

    def __init__(self, run: StudyRun):
        self.study = run.study
        self.code = run.store.code
        self._run = run
        done, _ = run.standing()
        arms = self.study.arms
        self._replicates = {
            point: [r for r in range(self.study.replicates) if all((point, arm, r) in done for arm in arms)]
            for point in range(len(self.study.points))
        }
        runs = [(p, r, arm) for p, numbers in self._replicates.items() for r in numbers for arm in arms]
        keys = [run.names[p, arm, r].key for p, r, arm in runs]
        figures = run.store.figures(keys).set_index(["key", "area"])
        areas = list(dict.fromkeys(area.id for scenario in run.scenarios for area in scenario.areas))
        self._areas = {name: k for k, name in enumerate(areas)}
        self._names = list(figures.columns)
        if not keys:
            self._figures = np.empty((0, len(areas), 0))
            return
        # (runs, areas, figures), runs by point, future and arm: one name may serve several points
        order = pd.MultiIndex.from_product([list(dict.fromkeys(keys)), areas])
        of_name = figures.reindex(order).to_numpy(dtype=float).reshape(-1, len(areas), len(self._names))
        place = {key: k for k, key in enumerate(dict.fromkeys(keys))}
        self._figures = of_name[[place[key] for key in keys]]

    def replicates_at(self, point: int) -> list[int]:
        """Numbers of the replicates that all arms have finished at a point."""
        return self._replicates[point]

    @property
    def complete(self) -> bool:
        """Whether every run of the study is there."""
        return all(len(numbers) == self.study.replicates for numbers in self._replicates.values())

    @property
    def runs(self) -> pd.DataFrame:
        """Every measure of the study: columns point, factors, arm, replicate, measures."""
        columns = [m.name for m in self.study.measures]
        rows = []
        for point, values in self._by_point():
            for arm, found in values.items():
                rows += [
                    self._headed(point, {"arm": arm, "replicate": number, **{name: found[name][k] for name in columns}})
                    for k, number in enumerate(self._replicates[point])
                ]
        return self._together(rows, ["arm", "replicate", *columns])

    @property
    def estimates(self) -> pd.DataFrame:
        """Mean, interval and range of replicates of every measure by point and arm.

        `replicates` counts those with a value, `missing` those without one: a ratio with nothing to divide by. An
        interval of a measure with missing values says something only of the replicates that have one.
        """
        rows = []
        for point, values in self._by_point():
            for arm, found in values.items():
                for measure in self.study.measures:
                    table = {"arm": arm, "measure": measure.name, **_counted(found[measure.name])}
                    rows.append(self._headed(point, table | vars(estimate(found[measure.name]))))
        names = ["arm", "measure", "replicates", "missing", "mean", "low", "high", "range_low", "range_high"]
        return self._together(rows, names)

    @property
    def contrasts(self) -> pd.DataFrame:
        """The verdict's arm minus the other on every measure with a better side, with the kind of verdict."""
        arm, against = self.study.verdict_pair
        scenario = self.study.scenario
        rows = []
        for point, values in self._by_point():
            for measure in self.study.measures:
                if measure.better == "neither":
                    continue
                smallest = scenario.smallest_difference(measure.name)
                zero = np.zeros(len(self._replicates[point]))  # changes are against the reference already
                theirs = values[against][measure.name] if against in values else zero
                found = contrast(arm, against, measure, values[arm][measure.name], theirs, smallest)
                table: dict[str, Any] = found.as_dict() | _counted(values[arm][measure.name] - theirs)
                table["kind"] = kind_of(found.difference, measure.better, smallest or 0.0)
                rows.append(self._headed(point, table))
        names = [
            "measure", "arm", "against", "replicates", "missing", "mean", "low", "high", "range_low", "range_high",
            "better_in", "same_in", "worse_in", "kind",
        ]  # fmt: skip
        return self._together(rows, names)

    @property
    def notes(self) -> list[str]:
        """A sentence on each measure that has no value in some finished replicates, in the study's contrasts."""
        table = self.contrasts
        found = []
        for name, rows in table[table["missing"] > 0].groupby("measure", sort=False):
            most = rows.loc[rows["missing"].idxmax()]
            found.append(
                f"{name} has no value in up to {most['missing']} of {most['missing'] + most['replicates']} replicates, "
                f"at {len(rows)} of {len(self.study.points)} points; its intervals rest on the others only"
            )
        return found

    def comparison(self, point: int) -> Comparison:
        """The comparison at a point, without weekly figures and without a break-even."""
        scenario = self._run.scenarios[point]
        start = sum(len(self._replicates[before]) for before in range(point)) * len(self.study.arms)
        numbers = self._replicates[point]
        outcome = self._outcome(point, self._figures[start : start + len(numbers) * len(self.study.arms)])
        return Comparison(scenario, self.study.name, outcome, [scenario.world.dissimilarity])

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables by its name in `TABLES`."""
        if name not in TABLES:
            raise ValueError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
        return getattr(self, name)

    def _by_point(self) -> Iterator[tuple[int, dict[str, dict[str, np.ndarray]]]]:
        """Points with at least one whole future, each with its measures by arm (without the reference).

        A measure that the scenario of a point does not have, such as one of spread, has no value there.
        """
        reference, arms = self.study.reference, self.study.arms
        start = 0
        for point, numbers in self._replicates.items():
            end = start + len(numbers) * len(arms)
            if numbers:
                scenario, outcome = self._run.scenarios[point], self._outcome(point, self._figures[start:end])
                none = {measure.name: np.full(len(numbers), np.nan) for measure in self.study.measures}
                yield point, {a: none | by_replicate(scenario, outcome, a, reference) for a in arms if a != reference}
            start = end

    def _outcome(self, point: int, figures: np.ndarray) -> Outcome:
        """The stored figures of a point (runs, areas, figures) as an outcome, without the weekly ones."""
        arms, numbers = self.study.arms, self._replicates[point]
        figures = figures[:, [self._areas[area.id] for area in self._run.scenarios[point].areas]]
        table = figures.reshape(len(numbers), len(arms), *figures.shape[1:]).swapaxes(1, 2)
        totals = {name: table[..., k] for k, name in enumerate(self._names)}
        spent = {heading: totals.pop(f"spent_{heading}") for heading in HEADINGS}
        weekly = np.zeros((len(numbers), 0, table.shape[1], len(arms), 0))
        return Outcome(numbers, [Lane(arm) for arm in arms], weekly, totals, spent)

    def _headed(self, point: int, row: dict[str, Any]) -> dict[str, Any]:
        return {"point": point + 1, **self.study.points[point], **row}

    def _together(self, rows: list[dict[str, Any]], names: list[str]) -> pd.DataFrame:
        return pd.DataFrame(rows, columns=["point", *self.study.factors, *names])


def _counted(values: np.ndarray) -> dict[str, int]:
    """How many replicates have a value, and how many have none."""
    known = int(np.isfinite(values).sum())
    return {"replicates": known, "missing": len(values) - known}
