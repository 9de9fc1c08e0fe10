"""What is written down of a run: weekly figures by area, and counts over people who are followed.

All sums over people are whole numbers, so they do not depend on the order or on how lanes are batched.
"""

from collections.abc import Sequence

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.rules import trusting
from modsim.simulation.columns import HEADINGS, NEVER, PARTICIPANT_WINDOW_WEEKS, Stage
from modsim.simulation.listing import list_of
from modsim.simulation.planning import mean_trust
from modsim.simulation.town import Town
from modsim.world.young_people import FIXED_POINT


def weekly_measures(scenario: Scenario) -> tuple[str, ...]:
    """Names of the weekly measures, in the scenario's vocabulary."""
    incident = scenario.vocabulary.incident
    return (f"{incident}_occurred", f"{incident}_reported", f"{incident}_seen", "trust_youth", "programme_running")


class Records:
    """The figures of one town, for every area and lane, from week 0.

    `weekly` is (weeks, areas, lanes, measures) in the order of `weekly_measures`. `references` names for each lane
    the one in which nothing is done at the same parameter point; without them the figures that need one are missing.
    """

    def __init__(self, scenario: Scenario, areas: int, lanes: int, references: Sequence[int] | None = None):
        self.weekly = np.zeros((scenario.settings.weeks, areas, lanes, len(weekly_measures(scenario))))
        self.references = None if references is None else np.array(references)
        self.weeks_written = 0
        names = (
            "participants_asb", "participants_asb_reference", "participants", "reported_before", "reported_after",
            "weeks_before", "weeks_after", "listed_asb",
        )  # fmt: skip
        self.people = {name: np.zeros((areas, lanes), dtype=np.int64) for name in names}
        self._listed: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = []  # area, lanes, rows, generations

    def follow_lists(self, town: Town) -> None:
        """Where an area opens this week, follow those its lead would list now: the same in every lane of a point."""
        references = np.zeros(town.lanes, dtype=np.int64) if self.references is None else self.references
        for area in np.nonzero(town.listed_in == town.week)[0].tolist():
            for reference in np.unique(references).tolist():
                rows = list_of(town, area, reference, 0)
                lanes = np.nonzero(references == reference)[0]
                self._listed.append((area, lanes, rows, town.world.generation[rows].copy()))

    def first_sessions(self, town: Town, area, row, lane) -> None:
        """Count the reported incidents of those who come for the first time, in the 52 weeks before."""
        weeks = np.minimum(PARTICIPANT_WINDOW_WEEKS, town.week - town.world.here_since[row])
        np.add.at(self.people["participants"], (area, lane), 1)
        np.add.at(self.people["reported_before"], (area, lane), town.columns.reported_in_window[row, lane])
        np.add.at(self.people["weeks_before"], (area, lane), weeks)

    def write_down(self, town: Town) -> None:
        """Add this week; weeks of the history before week 0 leave no record."""
        if town.week < 0:
            return
        world, c = town.world, town.columns
        starts = world.first_row[:-1]
        sums = [np.add.reduceat(column, starts, axis=0, dtype=np.int64) for column in (c.occurred, c.reported)]
        seen = np.take_along_axis(c.seen, c.lead[:, None, :], axis=1)[:, 0]
        trust = mean_trust_in_lead(town, np.arange(town.lanes))
        self.weekly[town.week] = np.stack([*sums, seen, trust, c.stage != Stage.IDLE], axis=-1)
        self.weeks_written = town.week + 1
        self._follow_participants(town)
        self._follow_listed(town)

    def _follow_participants(self, town: Town) -> None:
        c = town.columns
        row, lane = np.nonzero(c.first_session != NEVER)
        inside = town.week - c.first_session[row, lane].astype(np.int64) < PARTICIPANT_WINDOW_WEEKS
        row, lane = row[inside], lane[inside]
        key = town.world.area[row], lane
        np.add.at(self.people["participants_asb"], key, c.occurred[row, lane])
        np.add.at(self.people["reported_after"], key, c.reported[row, lane])
        np.add.at(self.people["weeks_after"], key, 1)
        if self.references is not None:
            np.add.at(self.people["participants_asb_reference"], key, c.occurred[row, self.references[lane]])

    def _follow_listed(self, town: Town) -> None:
        world, c = town.world, town.columns
        for area, lanes, rows, generations in self._listed:
            same = rows[world.generation[rows] == generations]
            self.people["listed_asb"][area, lanes] += c.occurred[np.ix_(same, lanes)].sum(axis=0)

    def totals(self, town: Town) -> dict[str, np.ndarray]:
        """Every figure of the run by (areas, lanes); needs the town at its end."""
        c, scenario = town.columns, town.scenario
        incident = scenario.vocabulary.incident
        written = self.weekly[: self.weeks_written]
        totals: dict[str, np.ndarray] = {
            name: written[..., k].sum(axis=0) for k, name in enumerate(weekly_measures(scenario)[:3])
        }
        lanes = np.arange(town.lanes)
        references = lanes if self.references is None else self.references
        for name, of in (("", lanes), ("_reference", references)):
            totals[f"trust_youth{name}"] = mean_trust_in_lead(town, of)
            totals[f"trust_listed{name}"], totals["listed_still_here"] = self._listed_at_the_end(town, of)
        totals |= {name.replace("asb", incident): values for name, values in self.people.items()}
        totals |= {
            "invited": c.invited, "joined": c.joined, "attended": c.sessions, "completed": c.completions,
            "missed_promises": c.missed_promises, "rounds": c.round, "weeks_waited": c.waited,
            "hours": np.sum([c.spent[heading] for heading in HEADINGS], axis=0),
            "hours_arrived": c.arrived, "hours_left": c.purse,
        }  # fmt: skip
        return totals

    def _listed_at_the_end(self, town: Town, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean trust, in the lane named by `of`, of those first listed in the service that leads in each lane.

        NaN where none of them lives there any more; and how many do.
        """
        c, world = town.columns, town.world
        mean, still_here = np.full(c.purse.shape, np.nan), np.zeros(c.purse.shape, dtype=np.int64)
        for area, lanes, rows, generations in self._listed:
            same = rows[world.generation[rows] == generations]
            still_here[area, lanes] = same.size
            if same.size:
                for lane in lanes.tolist():
                    kind = town.lead_kind[area, lane]
                    mean[area, lane] = mean_trust(town.trust(kind, same, np.full(same.size, of[lane])))
        return mean, still_here


def mean_trust_in_lead(town: Town, of: np.ndarray) -> np.ndarray:
    """Mean trust of an area's young people in the service that leads in each lane, in the lane named by `of`."""
    c, world = town.columns, town.world
    mean = np.zeros(c.purse.shape)
    for area, kinds in enumerate(town.lead_kind):
        span = world.rows_of(area)
        for kind in np.unique(kinds).tolist():
            lanes = np.nonzero(kinds == kind)[0]
            at = of[lanes] if len(lanes) < len(kinds) or (of != np.arange(len(of))).any() else slice(None)
            start, p = town.trust_start[kind, area, at], town.numbers.trust.at(at)
            trust = trusting.trust(start, c.good[kind][span, at], c.bad[kind][span, at], p)
            mean[area, lanes] = np.rint(trust * FIXED_POINT).astype(np.int64).sum(axis=0)
    return mean / (np.diff(world.first_row)[:, None] * FIXED_POINT)
