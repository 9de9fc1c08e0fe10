"""How the measures are worked out from the runs: one value for each replicate, over all new areas."""

from functools import cached_property

import numpy as np

from modsim.findings.spreading import recipients, spread_by_replicate
from modsim.inputs.measures import Better, Measure, measures
from modsim.inputs.scenario import Scenario
from modsim.simulation.runs import Outcome

__all__ = ["Better", "Measure", "by_replicate", "incidents_occurred", "measures", "recipients"]


def by_replicate(scenario: Scenario, outcome: Outcome, arm: str, reference: str) -> dict[str, np.ndarray]:
    """Every measure of an arm against the reference arm: one value for each replicate, over all new areas.

    Participants are those with a session in that arm, followed for 52 weeks from their first one, against the same
    people and weeks in the reference. The before–after change sets the same people's reported incidents a week in the
    52 weeks before beside those after. Missing (NaN) where there is nothing to divide by.
    """
    figures = ArmFigures(scenario, outcome, arm, reference)
    return {measure.name: measure.of(figures) for measure in measures(scenario)}


class ArmFigures:
    """The figures of one arm beside the reference arm, as `modsim.inputs.measures.Figures` says them."""

    def __init__(self, scenario: Scenario, outcome: Outcome, arm: str, reference: str):
        self._scenario, self._outcome, self._arm, self._reference = scenario, outcome, arm, reference
        self._recipient = recipients(scenario)
        self._at, self._base = outcome.lane(arm), outcome.lane(reference)
        self._people = np.array([scenario.young_people_in(area) for area in scenario.areas])[self._recipient]
        self._residents = np.array([area.population for area in scenario.areas])[self._recipient]

    def _by_area(self, name: str, lane: int | None = None) -> np.ndarray:
        """A raw figure of a lane, the arm's by default (replicates, new areas)."""
        return self._outcome.totals[name][:, self._recipient, self._at if lane is None else lane].astype(float)

    def total(self, name: str) -> np.ndarray:
        return self._by_area(name).sum(axis=1)

    def change(self, name: str) -> np.ndarray:
        return _percent(self.total(name), self._by_area(name, self._base).sum(axis=1))

    def change_of_same_people(self, name: str) -> np.ndarray:
        return _percent(self.total(name), self.total(f"{name}_reference"))

    def before_after_change(self) -> np.ndarray:
        before = self.mean("reported_before", "weeks_before")
        return _percent(self.mean("reported_after", "weeks_after"), before)

    def points_of_youth(self, name: str) -> np.ndarray:
        gained = self._by_area(name) - self._by_area(f"{name}_reference")
        return 100.0 * (gained * self._people).sum(axis=1) / self._people.sum()

    def points_of_listed(self, name: str) -> np.ndarray:
        still_here = self._by_area("listed_still_here")

        def mean(of: str) -> np.ndarray:
            return _ratio(np.nansum(self._by_area(of) * still_here, axis=1), still_here.sum(axis=1))

        return 100.0 * (mean(name) - mean(f"{name}_reference"))

    def points_of_residents(self, name: str) -> np.ndarray:
        gained = self._by_area(name) - self._by_area(name, self._base)
        return 100.0 * (gained * self._residents).sum(axis=1) / self._residents.sum()

    def share(self, part: str, whole: str) -> np.ndarray:
        return 100.0 * self.mean(part, whole)

    def mean(self, part: str, whole: str) -> np.ndarray:
        return _ratio(self.total(part), self.total(whole))

    def gap_between_areas(self, name: str) -> np.ndarray:
        per_head = self._by_area(name) / self._people
        return 100.0 * _ratio(per_head.max(axis=1) - per_head.min(axis=1), per_head.mean(axis=1))

    def cost(self) -> np.ndarray:
        return self.total("hours") * self._scenario.purse.price_per_hour

    def value_less_cost(self) -> np.ndarray:
        worth = self._scenario.purse.gbp_per_incident
        assert worth is not None  # the measure is there only where it is given
        occurred = [incidents_occurred(self._scenario, self._outcome, lane) for lane in (self._base, self._at)]
        return (occurred[0] - occurred[1]) * worth - self.cost()

    def spread(self, name: str) -> np.ndarray:
        return self._spread[name]

    @cached_property
    def _spread(self) -> dict[str, np.ndarray]:
        return spread_by_replicate(self._scenario, self._outcome, self._arm, self._reference)


def incidents_occurred(scenario: Scenario, outcome: Outcome, lane: int) -> np.ndarray:
    """Incidents that occurred in a lane, over new areas, by replicate."""
    occurred = outcome.totals[f"{scenario.vocabulary.incident}_occurred"]
    return occurred[:, recipients(scenario), lane].sum(axis=1).astype(float)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def _percent(now: np.ndarray, then: np.ndarray) -> np.ndarray:
    return 100.0 * _ratio(now - then, then)
