"""The figures of the model that can be set beside figures of the world, and how each is taken from a run.

All come from the arm without a programme, or from one in which a programme is transplanted unchanged to a place with
the original site's interests, with outreach or by referral alone. None compares the effects of two programmes; one
compares participants with themselves without a programme.
"""

import numpy as np

from modsim.inputs.units import WEEKS_PER_MONTH
from modsim.simulation.columns import NEVER, Standing
from modsim.simulation.listing import list_of
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import Outcome
from modsim.simulation.town import Town
from modsim.world.interests import match
from modsim.world.young_people import World

YEAR, HALF = 52, 26
FOUR_WEEKS = 4
LANES = 3  # of a point
FEWEST_WEEKS = 2 * YEAR + FOUR_WEEKS  # a run must last two years from week 0, and a little

FIGURES = {
    "reported_per_10000_per_month": "reported incidents per 10,000 people a month, first year, nothing done",
    "cv_between_areas": "coefficient of variation between areas of expected incidents a head in a year",
    "share_of_top_5_5_percent": "share of a year's expected incidents that the most active 5.5 % of young people cause",
    "share_of_top_10_percent": "the same of the most active 10 %",
    "share_of_top_10_percent_occurred": "share of a year's incidents, as they occurred, of the 10 % who caused most, "
    "nothing done",
    "share_of_core_group": "the same of the core groups' members",
    "age_of_peak": "age at which young people cause most incidents, in years",
    "yearly_change": "incidents of the second year against the first, less one, nothing done",
    "change_of_those_selected": "reported incidents of those targeted for their record, next two years against the "
    "year before, less one, nothing done",
    "participants_effect": "incidents of participants in the year from their first session, against the same people "
    "had nothing been done, less one",
    "late_less_early_effect": "that effect in the second half of the year less that in the first; negative if it grows",
    "take_up": "share of those invited who join, transplanted unchanged, interests as at the original site",
    "take_up_by_referral": "the same where nobody is visited before the invitation: a standard referral",
    "completion": "share of those who join and stay in the area who complete",
    "completion_where_met": "the same of those whose interests are served above the median",
    "match_difference": "share of sessions attended by those whose interests are served above the median, less the "
    "others', in standard deviations",
    "core_group_dispersion": "variance over mean of a core group's incidents in four weeks, nothing done",
    "core_group_autocorrelation": "correlation of a core group's incidents with those of the four weeks before",
    "core_exit_per_year": "share of core members who leave within a year",
    "friends_each": "friends that a young person has on average",
    "transitivity": "share of pairs of friends who are friends of each other",
    "residents_trust": "residents' trust in partners at the start",
}


class Watch:
    """Reads a town week by week, for parameter points of three lanes each.

    Lane 3 k of point k is that in which nothing is done, the next that in which a programme is transplanted unchanged,
    the last the same by referral alone. `figures` gives every figure by point, after the run.
    """

    def __init__(self, points: int):
        self.points = points
        self._half = np.zeros((2, 2, points))  # incidents of participants: half of the year, nothing done or something
        self._by_age: dict[int, np.ndarray] = {}
        self._pairs: list[list[np.ndarray]] = [
            [] for _ in range(points)
        ]  # of those who joined: match, attendance, completed
        self._ended = np.zeros((2, points))  # of rounds that ended: those who joined, those who completed
        self._groups: list[np.ndarray] = []

    def __call__(self, town: Town) -> None:
        """After a week."""
        week, world = town.week, town.world
        if week == 0:
            self._begin(town)
        if week < YEAR:
            self._background += world.background
            self._occurred += town.columns.occurred[:, ::LANES]
            self._follow_core(town)
            age = np.floor(world.age).astype(np.int64)
            ages = np.bincount(age, world.background), np.bincount(age)
            for year, (rate, people) in enumerate(zip(*ages, strict=True)):
                if people:
                    self._by_age[year] = self._by_age.get(year, np.zeros(2)) + np.array([rate, people])
        if week == YEAR - 1:
            self._settle_shares(town)
        if week < 2 * YEAR:
            self._follow_selected(town)
            of_core = world.group_number[world.group] < world.core_groups[world.area]
            core = np.zeros((len(world.group_area), self.points), dtype=np.int64)
            np.add.at(core, world.group[of_core], town.columns.occurred[of_core][:, ::LANES])
            self._groups.append(core[world.group_number < world.core_groups[world.group_area]])
        self._follow_participants(town)
        self._follow_rounds(town)

    def _begin(self, town: Town) -> None:
        world, c = town.world, town.columns
        self._background = np.zeros(world.rows)
        self._occurred = np.zeros((world.rows, self.points), dtype=np.int64)
        self._of_core = np.zeros((2, len(world.areas)))  # a year's expected incidents: their own, set off in groups
        self._first = world.generation.copy()
        self._round = c.rounds.copy()
        self._selected, self._before, self._after = [], np.zeros((2, self.points)), np.zeros((2, self.points))
        for area in range(len(world.areas)):
            for point in range(self.points):
                rows = list_of(town, area, LANES * point, 0)
                weeks = np.minimum(YEAR, town.week - world.here_since[rows])
                self._before[0, point] += c.reported_in_window[rows, LANES * point].sum()
                self._before[1, point] += weeks.sum()
                self._selected.append((point, rows, world.generation[rows].copy()))

    def _follow_selected(self, town: Town) -> None:
        if town.week == 0:
            return  # the week of the list itself is part of the record
        for point, rows, who in self._selected:
            here = rows[town.world.generation[rows] == who]
            self._after[0, point] += town.columns.reported[here, LANES * point].sum()
            self._after[1, point] += len(here)

    def _follow_core(self, town: Town) -> None:
        """What core members are expected to cause, week by week: they come and go within a year."""
        world = town.world
        core = np.nonzero(world.in_core)[0]
        for k, expected in enumerate((world.background, _mean_of_group(town, world.background))):
            self._of_core[k] += np.bincount(world.area[core], expected[core], len(world.areas))

    def _settle_shares(self, town: Town) -> None:
        """How unevenly the year's expected incidents lie on people and areas, with what excitation evens out."""
        world = town.world
        stayed = world.generation == self._first
        of_group = _mean_of_group(town, self._background)
        all_of_area = np.add.reduceat(self._background, world.first_row[:-1])
        people, areas = np.diff(world.first_row), len(world.areas)
        self._shares = np.zeros((3, self.points))
        for point in range(self.points):
            offspring = town.p.excitation.offspring[LANES * point]
            expected = (1.0 - offspring) * self._background + offspring * of_group
            found = []
            for area in range(areas):
                span = slice(world.first_row[area], world.first_row[area + 1])
                mine = np.sort(expected[span][stayed[span]])[::-1]
                top = [mine[: round(share * len(mine))].sum() / mine.sum() for share in (0.055, 0.10)]
                own, set_off = self._of_core[:, area] / all_of_area[area]
                found.append([*top, (1.0 - offspring) * own + offspring * set_off])
            self._shares[:, point] = np.mean(found, axis=0)
        self._of_top = np.nanmean([self._top_of(world, area, stayed) for area in range(areas)], axis=0)
        # areas of a scenario may be asked for different rates: each is set beside its own mean over replicates
        a_head = (all_of_area / people).reshape(-1, world.per_replicate)
        within = (a_head / a_head.mean(axis=0)).var(axis=0, ddof=1) if len(a_head) > 1 else np.full(1, np.nan)
        self._cv = float(np.sqrt(within.mean()))

    def _top_of(self, world: World, area: int, stayed: np.ndarray) -> np.ndarray:
        """Share of an area's incidents that the tenth caused who caused most, by point; NaN where there were none."""
        span = slice(world.first_row[area], world.first_row[area + 1])
        counts = np.sort(self._occurred[span][stayed[span]], axis=0)[::-1]
        all_of_them = counts.sum(axis=0)
        top = counts[: round(0.10 * len(counts))].sum(axis=0)
        return np.divide(top, all_of_them, out=np.full(self.points, np.nan), where=all_of_them > 0)

    def _follow_participants(self, town: Town) -> None:
        c = town.columns
        for point in range(self.points):
            since = town.week - c.first_session[:, LANES * point + 1].astype(np.int64)
            joined = c.first_session[:, LANES * point + 1] != NEVER
            for half, (low, high) in enumerate(((0, HALF), (HALF, YEAR))):
                rows = np.nonzero(joined & (since >= low) & (since < high))[0]
                for lane in (0, 1):
                    self._half[half, lane, point] += c.occurred[rows, LANES * point + lane].sum()

    def _follow_rounds(self, town: Town) -> None:
        """Match and attendance of those who joined, and how many completed, as a round ends."""
        c = town.columns
        ended = (c.rounds > self._round) & (c.sessions_held > 0)
        for area, lane in np.argwhere(ended).tolist():
            if lane % LANES == 1:
                n = np.nonzero(np.isin(c.standing[area, :, lane], [Standing.COMPLETED, Standing.DROPPED]))[0]
                completed = c.standing[area, n, lane] == Standing.COMPLETED
                self._ended[:, lane // LANES] += len(n), completed.sum()
                wishes = c.records["wishes"][area, lane, n]
                own = town.levers.individual[area, lane]
                menu = wishes.plan.T if own else c.menu[:, area, [lane]]
                served = match(wishes.share.T, menu)  # what is wanted, whether it counts or not
                share = c.attended[area, n, lane] / c.sessions_held[area, lane]
                self._pairs[lane // LANES].append(np.stack([served, share, completed]))
        self._round = c.rounds.copy()

    def figures(self, town: Town, outcome: Outcome) -> dict[str, np.ndarray]:
        """Every figure (points,), over all areas and replicates of the run."""
        scenario, lanes = town.scenario, np.arange(self.points)
        incident = scenario.vocabulary.incident
        names = weekly_measures(scenario)
        occurred, reported = (names.index(f"{incident}_{what}") for what in ("occurred", "reported"))
        weekly = outcome.weekly[..., ::LANES, :].sum(axis=(0, 2))  # weeks, points, measures
        people = len(outcome.replicates) * sum(area.population for area in scenario.areas)
        months = YEAR / WEEKS_PER_MONTH
        per_year = [weekly[start : start + YEAR, :, occurred].sum(axis=0) for start in (0, YEAR)]
        invited, joined = (
            outcome.totals[name].sum(axis=(0, 1)).reshape(self.points, LANES) for name in ("invited", "joined")
        )
        uptake = np.divide(joined, invited, out=np.full(joined.shape, np.nan), where=invited > 0)
        early, late = (self._half[half, 1] / self._half[half, 0] - 1.0 for half in (0, 1))
        both = self._half.sum(axis=0)
        before, after = self._before[0] / self._before[1], self._after[0] / self._after[1]
        fixed = self._inputs(town)
        groups = np.array(self._groups)  # weeks, groups, points
        return {
            "reported_per_10000_per_month": weekly[:YEAR, :, reported].sum(axis=0) / people * 10_000 / months,
            "cv_between_areas": np.full(self.points, self._cv),
            "share_of_top_5_5_percent": self._shares[0],
            "share_of_top_10_percent": self._shares[1],
            "share_of_top_10_percent_occurred": self._of_top,
            "share_of_core_group": self._shares[2],
            "age_of_peak": np.full(self.points, self._age_of_peak()),
            "yearly_change": per_year[1] / per_year[0] - 1.0,
            "change_of_those_selected": after / before - 1.0,
            "participants_effect": both[1] / both[0] - 1.0,
            "late_less_early_effect": late - early,
            "take_up": uptake[:, 1],
            "take_up_by_referral": uptake[:, 2],
            "completion": np.divide(
                self._ended[1], self._ended[0], out=np.full(self.points, np.nan), where=self._ended[0] > 0
            ),
            "completion_where_met": np.array([_completed_where_met(pairs) for pairs in self._pairs]),
            "match_difference": np.array([_difference(pairs) for pairs in self._pairs]),
            "core_group_dispersion": np.array([_dispersion(groups[..., k]) for k in lanes]),
            "core_group_autocorrelation": np.array([_autocorrelation(groups[..., k]) for k in lanes]),
            **{name: np.broadcast_to(value, self.points) for name, value in fixed.items()},
        }

    def _age_of_peak(self) -> float:
        """Of rates over three ages each; NaN where people are of too few ages."""
        nobody = np.zeros(2)
        ages = range(min(self._by_age) + 1, max(self._by_age))
        three = [sum((self._by_age.get(age + k, nobody) for k in (-1, 0, 1)), nobody) for age in ages]
        if not three or any(people == 0 for _, people in three):
            return np.nan
        rate = [incidents / people for incidents, people in three]
        at = int(np.argmax(rate))
        if not 0 < at < len(ages) - 1:
            return ages[at] + 0.5
        left, here, right = rate[at - 1 : at + 2]  # the top of the parabola through the three
        return float(ages[at] + 0.5 + 0.5 * (left - right) / (left - 2.0 * here + right))

    @staticmethod
    def _inputs(town: Town) -> dict[str, float | np.ndarray]:
        world, ties = town.world, town.world.ties.matrix
        degree = np.diff(world.ties.start)
        pairs = float((degree * (degree - 1)).sum())
        return {
            "core_exit_per_year": town.scenario.population.core_exit_per_year,
            "friends_each": float(degree.mean()),
            "transitivity": float((ties @ ties).multiply(ties).sum()) / max(pairs, 1.0),
            "residents_trust": town.p.residents.start_trust[::LANES],
        }


def _mean_of_group(town: Town, values: np.ndarray) -> np.ndarray:
    """What each person (people,) has of what their group has in all, where it falls on them as excitation does."""
    world = town.world
    return (np.bincount(world.group, values) / world.group_excitable)[world.group] * world.excitable


def _difference(pairs: list[np.ndarray]) -> float:
    """Mean attendance of the better served half less that of the other, in standard deviations within the halves."""
    if not pairs:
        return np.nan
    served, share, _ = np.concatenate(pairs, axis=1)
    high = served > np.median(served)
    if high.sum() < 2 or (~high).sum() < 2:
        return np.nan
    within = np.sqrt((share[high].var(ddof=1) + share[~high].var(ddof=1)) / 2.0)
    return float((share[high].mean() - share[~high].mean()) / within) if within > 0 else np.nan


def _completed_where_met(pairs: list[np.ndarray]) -> float:
    """Share who completed of those whose interests were served above the median."""
    if not pairs:
        return np.nan
    served, _, completed = np.concatenate(pairs, axis=1)
    high = served > np.median(served)
    return float(completed[high].mean()) if high.any() else np.nan


def _in_four_weeks(weekly: np.ndarray) -> np.ndarray:
    """Counts (weeks, groups) in spans of four weeks (spans, groups)."""
    spans = len(weekly) // FOUR_WEEKS
    return weekly[: spans * FOUR_WEEKS].reshape(spans, FOUR_WEEKS, -1).sum(axis=1)


def _dispersion(weekly: np.ndarray) -> float:
    counts = _in_four_weeks(weekly)
    return float(counts.var(axis=0, ddof=1).mean() / counts.mean()) if counts.size and counts.any() else np.nan


def _autocorrelation(weekly: np.ndarray) -> float:
    counts = _in_four_weeks(weekly)
    apart = counts - counts.mean(axis=0) if counts.size else counts
    return float((apart[1:] * apart[:-1]).sum() / (apart**2).sum()) if counts.size and apart.any() else np.nan
