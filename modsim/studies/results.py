"""Tables over all points of a study, from its finished runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modsim.findings.measures import by_replicate
from modsim.findings.statistics import estimate
from modsim.findings.verdict import contrast, kind_of
from modsim.inputs.scenario import Scenario
from modsim.simulation.columns import HEADINGS
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import Outcome
from modsim.studies.running import Budget, Progress, StudyRun, deciding_code
from modsim.studies.store import opened
from modsim.studies.study import LoadedStudy, load_study

DEFAULT_STORE = "results/store"

TABLES = {
    "runs": "every run: one row for each point, arm and future",
    "estimates": "one row for each point, arm and measure: mean, 95 % interval, range of futures",
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
    """
    loaded = study if isinstance(study, LoadedStudy) else load_study(study)
    spend = None if budget is None else Budget.of(budget)
    with opened(Path(store), deciding_code()) as kept:
        run = StudyRun(loaded, kept)
        run.run(spend, workers, retry_failed, tell)
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
        complete = [(p, arm, r) for p, numbers in self._replicates.items() for arm in arms for r in numbers]
        keys = {run.names[one].key: one for one in complete}
        figures = run.store.figures(keys)
        places = pd.DataFrame(
            [(key, *one) for key, one in keys.items()], columns=["key", "_point", "_arm", "_replicate"]
        )
        self._figures = figures.merge(places, on="key")

    def replicates_at(self, point: int) -> list[int]:
        """Numbers of the futures that all arms have finished at a point."""
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
                table = pd.DataFrame({name: found[name] for name in columns})
                table.insert(0, "replicate", self._replicates[point])
                table.insert(0, "arm", arm)
                rows.append(self._headed(point, table))
        return self._together(rows, ["arm", "replicate", *columns])

    @property
    def estimates(self) -> pd.DataFrame:
        """Mean, interval and range of futures of every measure by point and arm."""
        rows = []
        for point, values in self._by_point():
            for arm, found in values.items():
                for measure in self.study.measures:
                    table = {"arm": arm, "measure": measure.name, "replicates": len(self._replicates[point])}
                    rows.append(self._headed(point, pd.DataFrame([table | vars(estimate(found[measure.name]))])))
        names = ["arm", "measure", "replicates", "mean", "low", "high", "range_low", "range_high"]
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
                table: dict[str, Any] = found.as_dict() | {"replicates": len(self._replicates[point])}
                table["kind"] = kind_of(found.difference, measure.better, smallest or 0.0)
                rows.append(self._headed(point, pd.DataFrame([table])))
        names = [
            "measure", "arm", "against", "replicates", "mean", "low", "high", "range_low", "range_high", "better_in",
            "same_in", "worse_in", "kind",
        ]  # fmt: skip
        return self._together(rows, names)

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables by its name in `TABLES`."""
        return getattr(self, name)

    def _by_point(self) -> list[tuple[int, dict[str, dict[str, np.ndarray]]]]:
        """Points with at least one whole future, each with its measures by arm (without the reference)."""
        groups = dict(list(self._figures.groupby("_point")))
        reference = self.study.reference
        found = []
        for point in sorted(groups):
            scenario, outcome = self._run.scenario(point), self._outcome(point, groups[point])
            arms = [arm for arm in self.study.arms if arm != reference]
            found.append((point, {arm: by_replicate(scenario, outcome, arm, reference) for arm in arms}))
        return found

    def _outcome(self, point: int, figures: pd.DataFrame) -> Outcome:
        """The stored figures of a point as an outcome, without the weekly ones."""
        scenario: Scenario = self._run.scenario(point)
        arms, areas = self.study.arms, [area.id for area in scenario.areas]
        numbers = self._replicates[point]
        index = pd.MultiIndex.from_product([numbers, areas, arms])
        table = figures.set_index(["_replicate", "area", "_arm"]).reindex(index)
        shape = len(numbers), len(areas), len(arms)
        columns = {
            name: table[name].to_numpy().reshape(shape) for name in table.columns if name not in ("key", "_point")
        }
        spent = {heading: columns.pop(f"spent_{heading}") for heading in HEADINGS}
        weekly = np.zeros((len(numbers), 0, len(areas), len(arms), 0))
        return Outcome(numbers, [Lane(arm) for arm in arms], weekly, columns, spent)

    def _headed(self, point: int, table: pd.DataFrame) -> pd.DataFrame:
        values = {key: [value] * len(table) for key, value in self.study.points[point].items()}
        return pd.concat([pd.DataFrame({"point": [point + 1] * len(table), **values}), table], axis=1)

    def _together(self, rows: list[pd.DataFrame], names: list[str]) -> pd.DataFrame:
        columns = ["point", *self.study.factors, *names]
        if not rows:
            return pd.DataFrame({name: [] for name in columns})
        return pd.concat(rows, ignore_index=True)[columns]
