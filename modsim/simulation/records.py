"""What is written down of a run: weekly figures by area, and counts over people who are followed.

All sums over people are whole numbers, so they do not depend on the order or on how lanes are batched.
"""

from collections.abc import Callable, Sequence

import numpy as np

from modsim.compiling.acts import driver
from modsim.inputs.scenario import Scenario
from modsim.simulation.acts.planning import chosen_lead
from modsim.simulation.columns import HEADINGS, NEVER, PARTICIPANT_WINDOW_WEEKS, Stage, entries
from modsim.simulation.listing import list_of
from modsim.simulation.town import Town, summed
from modsim.world.interests import match
from modsim.world.young_people import FIXED_POINT

GROUPS = ("minority", "core", "under_16", "16_to_17", "18_and_over")  # of those who join, for equity
_SAMPLED_FOR_TASTE = 120  # people of an area from whom it is worked out whose interests are a minority's


def weekly_measures(scenario: Scenario) -> tuple[str, ...]:
    """Names of the weekly measures, in the scenario's vocabulary.

    Where the programme spreads by itself, expected incidents come last: what luck then scatters.
    """
    incident, diffusion = scenario.vocabulary.incident, scenario.settings.spreads == "diffusion"
    return tuple(name.format(incident=incident) for name in (*_WEEKLY, *(_WEEKLY_OF_DIFFUSION if diffusion else ())))


def is_counted(measure: str, scenario: Scenario) -> bool:
    """Whether a weekly measure counts incidents, so that areas and weeks add up; else it is a state."""
    return measure.startswith(f"{scenario.vocabulary.incident}_")


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
            "weeks_before", "weeks_after", "listed_asb", "groups_asb", "groups_asb_reference", "never_listed_asb",
            "never_listed_asb_reference", "first_time_offenders", *(f"joined_{group}" for group in GROUPS),
        )  # fmt: skip
        self.people = {name: np.zeros((areas, lanes), dtype=np.int64) for name in names}
        self._usual_taste = np.full((areas, lanes), np.nan)
        self._participants: tuple[np.ndarray, np.ndarray] | None = None  # rows and lanes of those followed
        self._listed: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = []  # area, lanes, rows, generations
        self._listed_flat: list[np.ndarray] | None = None  # rows, lanes and generations of them; None if out of date

    def follow_lists(self, town: Town) -> None:
        """Where an area opens this week, follow those its lead would list now: the same in every lane of a point."""
        references = np.zeros(town.lanes, dtype=np.int64) if self.references is None else self.references
        for area in np.nonzero(town.listed_in == town.week)[0].tolist():
            self._settle_taste(town, area)
            for reference in np.unique(references).tolist():
                rows = list_of(town, area, reference, 0, chosen_lead(town.state, area, reference))
                lanes = np.nonzero(references == reference)[0]
                self._listed.append((area, lanes, rows, town.world.generation[rows].copy()))
                self._listed_flat = None

    def joined(self, town: Town, area, row, lane) -> None:
        """Count who they are who take a place: with a minority's interests, of a core group, and of which ages."""
        age = town.world.age[row]
        who = (
            self._is_minority(town, area, row, lane),
            town.world.in_core[row],
            age < 16,
            (age >= 16) & (age < 18),
            age >= 18,
        )
        for group, inside in zip(GROUPS, who, strict=True):
            np.add.at(self.people[f"joined_{group}"], (area, lane), inside)

    def _is_minority(self, town: Town, area, row, lane) -> np.ndarray:
        """Whose interests agree less with the area's than those of three in four did when the area opened."""
        return self._agreement(town, area, row, lane) < self._usual_taste[area, lane]

    def _settle_taste(self, town: Town, area: int) -> None:
        """How far interests agree with those of an area as a whole for all but a quarter of people, in every lane."""
        span = town.world.rows_of(area)
        rows = np.arange(span.start, span.stop, max((span.stop - span.start) // _SAMPLED_FOR_TASTE, 1))
        for lanes in town.lanes_by_dissimilarity:
            agreement = self._agreement(town, np.full(len(rows), area), rows, np.full(len(rows), lanes[0]))
            self._usual_taste[area, lanes] = np.sort(agreement)[len(rows) // 4]

    @staticmethod
    def _agreement(town: Town, area, row, lane) -> np.ndarray:
        if not len(row):
            return np.zeros(0)
        return match(town.interests(row, lane).T, town.patterns(area, lane).T)

    def first_sessions(self, town: Town, area, row, lane) -> None:
        """Count the reported incidents of those who come for the first time, in the 52 weeks before."""
        weeks = np.minimum(PARTICIPANT_WINDOW_WEEKS, town.week - town.world.here_since[row])
        np.add.at(self.people["participants"], (area, lane), 1)
        np.add.at(self.people["reported_before"], (area, lane), town.columns.reported_in_window[row, lane])
        np.add.at(self.people["weeks_before"], (area, lane), weeks)
        if self._participants is not None:
            rows, lanes = self._participants
            self._participants = np.concatenate([rows, row]), np.concatenate([lanes, lane])
        town.columns.group_followed_until[town.world.group[row], lane] = town.week + PARTICIPANT_WINDOW_WEEKS

    def write_down(self, town: Town) -> None:
        """Add this week; weeks of the history before week 0 leave no record."""
        c = town.columns
        row, lane, *_ = town.caused
        first = ~c.has_offended[row, lane]
        c.has_offended[row, lane] = True
        if town.week < 0:
            return
        self._add("first_time_offenders", town, row[first], lane[first])
        diffusion = town.scenario.settings.spreads == "diffusion"
        for k, of in enumerate([*_WEEKLY.values(), *(_WEEKLY_OF_DIFFUSION.values() if diffusion else ())]):
            self.weekly[town.week, ..., k] = of(self, town)
        self.weeks_written = town.week + 1
        self._follow_participants(town)
        self._follow_listed(town)
        self._follow_others(town)

    def _follow_participants(self, town: Town) -> None:
        """The incidents of those who came for the first time in the last 52 weeks, and are still the same people."""
        c = town.columns
        if self._participants is None:
            self._participants = entries(c.first_session != NEVER)
        row, lane = self._participants
        since = c.first_session[row, lane].astype(np.int64)
        inside = town.week - since < PARTICIPANT_WINDOW_WEEKS
        row, lane = self._participants = row[inside], lane[inside]
        self._add("participants_asb", town, row, lane, c.occurred[row, lane])
        self._add("reported_after", town, row, lane, c.reported[row, lane])
        self._add("weeks_after", town, row, lane)
        if self.references is not None:
            self._add("participants_asb_reference", town, row, lane, c.occurred[row, self.references[lane]])

    def _add(self, name: str, town: Town, row: np.ndarray, lane: np.ndarray, number: np.ndarray | None = None) -> None:
        """Add to a figure about people (n,), each in a lane, by the areas they live in: a number of each, or one."""
        self.people[name] += town.sum_by_area(row, lane, number)

    def _follow_others(self, town: Town) -> None:
        """Incidents of people nobody ever listed, and of participants' groups, here and in the reference lane."""
        row, lane, number, *_ = town.caused
        own = np.arange(town.lanes)
        of = np.stack([own, np.full(town.lanes, -1) if self.references is None else self.references])
        found = np.zeros((4, *town.reports.shape), dtype=np.int64)
        until = town.columns.group_followed_until
        _count_others(town, row, lane, number.astype(np.int64), of, town.world.group, until, found)
        names = "never_listed_asb", "never_listed_asb_reference", "groups_asb", "groups_asb_reference"
        for name, counts in zip(names, found, strict=True):
            self.people[name] += counts

    def _follow_listed(self, town: Town) -> None:
        """The incidents of the young people first targeted who are still here: entries that ascend by area and lane."""
        if self._listed_flat is None:
            parts = [(np.repeat(rows, len(lanes)), np.tile(lanes, len(rows)), np.repeat(generations, len(lanes)))
                     for _, lanes, rows, generations in self._listed]  # fmt: skip
            self._listed_flat = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else []
        if self._listed_flat:
            row, lane, generation = self._listed_flat
            same = town.world.generation[row] == generation
            if not same.all():
                self._listed_flat = [column[same] for column in self._listed_flat]
                row, lane, _ = self._listed_flat
            self._add("listed_asb", town, row, lane, town.columns.occurred[row, lane])

    def totals(self, town: Town) -> dict[str, np.ndarray]:
        """Every figure of the run by (areas, lanes); needs the town at its end."""
        c, scenario = town.columns, town.scenario
        incident = scenario.vocabulary.incident
        names = weekly_measures(scenario)
        written = {name: self.weekly[: self.weeks_written, ..., k] for k, name in enumerate(names)}
        added = {name: weeks.sum(axis=0) for name, weeks in written.items()}
        counted = "occurred", "reported", "seen"
        totals: dict[str, np.ndarray] = {f"{incident}_{kind}": added[f"{incident}_{kind}"] for kind in counted}
        lanes = np.arange(town.lanes)
        references = lanes if self.references is None else self.references
        for name, of in (("", lanes), ("_reference", references)):
            totals[f"trust_youth{name}"] = mean_trust_in_lead(town, of)
            totals[f"trust_listed{name}"], totals["listed_still_here"] = self._listed_at_the_end(town, of)
        totals |= {name.replace("asb", incident): values for name, values in self.people.items()}
        totals |= {
            "invited": c.invited, "joined": c.joined, "attended": c.sessions, "completed": c.completions,
            "missed_promises": c.missed_promises, "rounds": c.rounds, "weeks_waited": c.waited,
            "own_goals": c.goals, "destinations": c.destinations, "tokenism": c.tokenism, "ignored": c.ignored,
            "breaches": c.breaches, "wishes_granted": c.granted, "wishes_refused": c.refused,
            "staff_left": c.staff_left, "designs": c.designs,
            "slots_learned": c.slots_chosen, "slots_young_people_chose": c.slots_wished,
            "ties_made": c.ties_made, "tie_weeks": added["ties_across_sectors"],
            "sessions_by_peers": c.sessions_by_peers, "sessions_held": c.sessions_in_all,
            f"{incident}_serious": added[f"{incident}_serious"], "weeks_open": added["area_open"],
            "open_at_the_end": town.is_open, "opened_week": np.minimum(c.opens, scenario.settings.weeks),
            **{name: weeks[-1] if len(weeks) else added[name] for name, weeks in written.items() if name in _LAST},
            "calls_waiting": added["calls_waiting"] / max(self.weeks_written, 1), **self._by_service(town),
            "hours_in_kind": np.sum([c.in_kind[heading] for heading in HEADINGS], axis=0),
            "hours": np.sum([c.spent[heading] for heading in HEADINGS], axis=0),
            "hours_arrived": c.arrived, "hours_left": c.purse,
        }  # fmt: skip
        return totals

    def _by_service(self, town: Town) -> dict[str, np.ndarray]:
        """Trust of young people in each type of service at the end, and hours its partners worked (0 without one)."""
        c, partners = town.columns, town.world.partners
        found = {}
        for kind, name in enumerate(partners.kinds):
            found[f"trust_in_{name}"] = town.mean_trust_in(np.full(c.lead.shape, kind), np.arange(town.lanes))
            of_kind = (partners.kind == kind) & partners.present
            found[f"hours_of_{name}"] = summed(c.worked * of_kind[..., None])
        return found

    def _listed_at_the_end(self, town: Town, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean trust of the young people first targeted in the partner that leads, in the lane named by `of`.

        NaN where none of them lives there any more; and how many do.
        """
        mean, still_here = np.full(town.is_open.shape, np.nan), np.zeros(town.is_open.shape, dtype=np.int64)
        kind = town.lead_kind
        for area, lanes, rows, generations in self._listed:
            same = rows[town.world.generation[rows] == generations]
            still_here[area, lanes] = same.size
            if same.size:
                trust = town.trust(kind[area, lanes], same[:, None], of[lanes])
                whole = np.rint(trust * FIXED_POINT).astype(np.int64).sum(axis=0)  # so that no order matters
                mean[area, lanes] = whole / (same.size * FIXED_POINT)
        return mean, still_here


@driver
def _count_others(town, row, lane, number, of, group, followed_until, found):
    """Incidents of people whom a lane never listed, and of groups followed in it: `of` (2, lanes), it and another."""
    for e in range(len(row)):
        r, area = row[e], town.area[row[e]]
        for k in range(of.shape[1]):
            for there in range(2):
                if lane[e] == of[there, k]:
                    if not town.people[r, k].ever_listed:
                        found[there, area, k] += number[e]
                    if followed_until[group[r], k] > town.scene[0].week and town.people[r, k].first_session == NEVER:
                        found[2 + there, area, k] += number[e]


def mean_trust_in_lead(town: Town, of: np.ndarray) -> np.ndarray:
    """Mean trust of an area's young people in the service that leads in each lane, in the lane named by `of`."""
    return town.mean_trust_in(town.lead_kind, of)


def _occurred(_: Records, town: Town) -> np.ndarray:
    row, lane, number, *_expected = town.caused
    return town.sum_by_area(row, lane, number)


def _beside(records: Records, town: Town) -> np.ndarray:
    """Trust in the reference lane, in the service that leads in each lane."""
    of = records.references
    return np.full(town.columns.purse.shape, np.nan) if of is None else mean_trust_in_lead(town, of)


# what is written down each week, by areas and lanes: a measure and how it is worked out
_WEEKLY: dict[str, Callable[[Records, Town], np.ndarray]] = {
    "{incident}_occurred": _occurred,
    "{incident}_reported": lambda _, town: town.reports,
    "{incident}_seen": lambda _, town: town.of_lead(town.columns.seen),
    "trust_youth": lambda _, town: mean_trust_in_lead(town, np.arange(town.lanes)),
    "programme_running": lambda _, town: town.columns.stage != Stage.IDLE,
    "{incident}_serious": lambda _, town: town.serious,
    "trust_residents": lambda _, town: town.residents_mean["trust"],
    "fear": lambda _, town: town.residents_mean["fear"],
    "efficacy": lambda _, town: town.residents_mean["efficacy"],
    "regard": lambda _, town: town.mean_of_partners(town.columns.regard * town.world.partners.present[..., None]),
    "trust_between_partners": lambda _, town: town.together,
    "process_knowledge": lambda _, town: town.columns.knowledge,
    "calls_waiting": lambda _, town: summed(town.columns.queue),
    "area_open": lambda _, town: town.is_open,
    "trust_youth_reference": _beside,
    "ties_across_sectors": lambda _, town: town.ties_across_sectors().sum(axis=1),
}
_WEEKLY_OF_DIFFUSION: dict[str, Callable[[Records, Town], np.ndarray]] = {
    "{incident}_expected": lambda _, town: town.columns.years_of_expected[
        town.week % len(town.columns.years_of_expected), 0
    ],
}
# those of which the last week is kept with the totals
_LAST = ("trust_residents", "fear", "efficacy", "regard", "trust_between_partners", "process_knowledge",
         "ties_across_sectors")  # fmt: skip
