"""The world that no arm can change: who lives where, their interests and rates, and how they come, age and go.

One `World` holds all areas of one or more replicates, stacked: the areas of replicate 0 first, then those of the
next. To every stage of the week a replicate is nothing but more areas.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from modsim import compiling
from modsim.compiling.threads import over_spans, spans_of
from modsim.inputs.scenario import GOALS, Area, Scenario
from modsim.inputs.units import WEEKS_PER_YEAR
from modsim.rules import offending
from modsim.world.draws import Luck, normal_at
from modsim.world.interests import area_pattern, dirichlet
from modsim.world.networks import group_sizes, peer_ties
from modsim.world.partners import Tables
from modsim.world.residents import Neighbourhoods
from modsim.world.ties import Ties

if TYPE_CHECKING:
    import networkx as nx

_OWN = "first_group", "own_log_rate", "abstains"  # what somebody has from the day they come
FIXED_POINT = 2.0**30  # fractions are added up as whole numbers of this part
_WISHES_KEPT = 12  # dissimilarities, each some 5 MB for 50,000 people


class World:
    """Young people of all stacked areas as columns, moved from week to week by `turn`.

    Columns over people (rows): `area` and `group` (positions in the stack), `slot` (place within the area, core
    groups first), `generation` (0, then one more each time somebody of that slot grows out and another grows in, in
    the week `here_since`), `first_group` (where they were when they came), `in_core`, `abstains` (hardly causes
    incidents), `age` (years), `log_rate`, `spell` and `background` (expected incidents this week without any
    programme). Columns over areas: `area_rate`, `first_row`. What they want follows from the dissimilarity: see
    `interests`. `spans` of areas are worked on by a thread each. What excitation adds to a group falls on its members
    by `excitable`, 1 but for near-abstainers.

    With `remember`, every week is worked out once: to go through the weeks again, from the first or from week 0, only
    puts back what each had changed.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        replicates: Sequence[int],
        ties: Ties | None = None,
        remember: bool = False,
        threads: int = 1,
    ):
        self.scenario = scenario
        self.areas: list[Area] = [area for _ in replicates for area in scenario.areas]
        kept = ("incidents",) if remember else ()
        self.luck = Luck(seed, [a.id for a in self.areas], [r for r in replicates for _ in scenario.areas], kept)
        self._memory: dict[int, _Turn] | None = {} if remember else None
        self._marks: dict[int, dict[str, np.ndarray]] = {}
        self._wishes: dict[tuple[float, float], Wishes] = {}
        self.activity_ids = scenario.activity_ids
        self._first_week = -scenario.settings.history_weeks - 1  # one before the first that is lived
        self.week = self._first_week

        people = [scenario.young_people_in(a) for a in self.areas]
        self.first_row = np.concatenate([[0], np.cumsum(people)])
        self.rows = int(self.first_row[-1])
        self.spans = spans_of(self.first_row, threads)
        self.area = np.repeat(np.arange(len(self.areas)), people)
        self.slot = np.arange(self.rows) - self.first_row[self.area]
        self.generation = np.zeros(self.rows, dtype=np.int64)
        self.here_since = np.full(self.rows, self._first_week - 10_000)  # week in which somebody grew in

        size = scenario.population.peer_group_size
        sizes = [group_sizes(n, a.core_groups, a.core_size, size) for n, a in zip(people, self.areas, strict=True)]
        self.group = np.repeat(np.arange(sum(map(len, sizes))), [n for area in sizes for n in area])
        self.group_area = np.repeat(np.arange(len(self.areas)), [len(area) for area in sizes])
        first_group = np.cumsum([0, *(len(area) for area in sizes[:-1])])
        self.group_number = np.arange(len(self.group_area)) - first_group[self.group_area]
        self.first_group_in = first_group  # of each area
        self.group_size = np.bincount(self.group)  # it stays: who leaves a core group swaps places
        self.core_groups = np.array([a.core_groups for a in self.areas])
        self.rivals = self.core_groups[self.group_area] - 1
        self.has_rivals = (self.group_number <= self.rivals) & (self.rivals > 0)
        self.partners = Tables(scenario, self.areas)
        self.residents = Neighbourhoods(scenario, self.areas, self.luck)
        self.per_replicate = len(scenario.areas)
        self.hears_from = np.tile(_whom_they_hear(scenario), (len(replicates), 1))  # (areas, areas of a replicate)
        self.adjacent = np.tile(_borders(scenario), (len(replicates), 1))
        self._settle_territories()
        if ties is not None and len(ties.start) - 1 != self.rows:
            raise ValueError(f"the graph has {len(ties.start) - 1} nodes; there are {self.rows} young people")
        self.ties = ties or peer_ties(
            self.group, self.area, self.first_row, scenario.population.rewired_share, self.luck
        )

        self._settle_ages()
        self._settle_rates()
        self._set_background()

    def rows_of(self, area: int) -> slice:
        """The rows of one stacked area."""
        return slice(int(self.first_row[area]), int(self.first_row[area + 1]))

    def friendships(self) -> "nx.Graph":
        """The ties between young people as a NetworkX graph; its nodes are rows, with area, group and core."""
        graph = self.ties.to_networkx()
        for row in graph.nodes:
            graph.nodes[row].update(
                area=self.areas[self.area[row]].id, group=int(self.group[row]), in_core=bool(self.in_core[row])
            )
        return graph

    # --- before the first week -----------------------------------------------------------------------------

    def _settle_territories(self) -> None:
        """Each core group has a territory; the other groups of an area are spread over them by chance."""
        self.territories = np.maximum(self.core_groups, 1)
        of_group = self.territories[self.group_area]
        u = self.luck.uniform("territory", self.group_area, 0, self.group_number)
        drawn = np.minimum((u * of_group).astype(np.int64), of_group - 1)
        self._group_territory = np.where(self.group_number < of_group, self.group_number, drawn)
        u = self.luck.uniform("usual venue", np.arange(len(self.areas)))
        self.usual_venue = np.minimum((u * self.territories).astype(np.int64), self.territories - 1)

    def territory_of(self, rows: np.ndarray) -> np.ndarray:
        """The territory in which the people at these rows are at home: that of the group they came to."""
        return self._group_territory[self.first_group[rows]]

    def goal_of(self, rows: np.ndarray) -> np.ndarray:
        """Positions in `GOALS` of what the people at these rows want for themselves."""
        u = self.luck.uniform("own goal", self.area[rows], 0, self.slot[rows], self.generation[rows])
        return np.minimum((u * len(GOALS)).astype(np.int64), len(GOALS) - 1)

    def support_of(self, rows: np.ndarray) -> np.ndarray:
        """Support that the people at these rows have from others, between 0 and 1."""
        shape = self.scenario.population.support_shape
        u = self.luck.uniform("support", self.area[rows], 0, self.slot[rows], self.generation[rows])
        return betaincinv(shape, shape, u)

    def _settle_ages(self) -> None:
        p = self.scenario.population
        youngest = np.array([a.youngest for a in self.areas], dtype=float)[self.area]
        oldest = np.array([a.oldest for a in self.areas], dtype=float)[self.area]
        self.in_core = self.group_number[self.group] < self.core_groups[self.area]
        low = np.where(self.in_core, np.maximum(youngest, p.core_youngest), youngest)
        high = np.where(self.in_core, np.minimum(oldest, p.core_oldest_at_start) + 1.0, oldest + 1.0)
        self._youngest, self._span = youngest, oldest + 1.0 - youngest
        u = self.luck.uniform("age", self.area, 0, self.slot)
        self._years_in_at_start = low + (high - low) * u - youngest
        self.age = youngest + self._years_in_at_start

    def _settle_rates(self) -> None:
        scenario, luck = self.scenario, self.luck
        p = scenario.offending
        self.area_log_rate = p.area_sd * luck.normal("area rate", np.arange(len(self.areas)))
        self.group_log_rate = p.group_sd * luck.normal("group rate", self.group_area, 0, self.group_number)
        self.area_rate = np.array([incidents_per_unit_rate(scenario, a) for a in self.areas])
        self.own_log_rate, self.spell = np.zeros((2, self.rows))
        self.abstains = np.zeros(self.rows, dtype=bool)
        self.first_group = self.group.copy()
        self._greet(np.arange(self.rows))
        self._add_up_log_rates()

    def _greet(self, rows: np.ndarray) -> None:
        """Settle everything personal about the people who now hold these rows."""
        p, luck = self.scenario.offending, self.luck
        key = {"areas": self.area[rows], "slot": self.slot[rows], "generation": self.generation[rows]}
        self.first_group[rows] = self.group[rows]
        self.own_log_rate[rows] = p.person_sd * luck.normal("own rate", **key)
        if p.abstaining_share:
            self.abstains[rows] = (luck.uniform("abstains", **key) < p.abstaining_share) & ~self.in_core[rows]
            self.own_log_rate[rows] -= p.abstaining_shift * self.abstains[rows]
        self.spell[rows] = p.spell_sd * luck.normal("first spell", **key)

    def wishes(self, dissimilarity: float | None = None) -> "Wishes":
        """What everybody wants this year at a dissimilarity, by default the scenario's."""
        p = self.scenario.world
        year = max(self.week, 0) // int(WEEKS_PER_YEAR) if p.drift_per_year else 0
        at = (p.dissimilarity if dissimilarity is None else dissimilarity), year * p.drift_per_year
        wishes = self._wishes.pop(at, None) or Wishes(self, *at)
        self._wishes[at] = wishes  # the one used last stands last
        for old in list(self._wishes)[:-_WISHES_KEPT]:
            del self._wishes[old]
        return wishes

    def wishes_of(self, rows: np.ndarray, dissimilarity: float | None = None) -> np.ndarray:
        """Shares of interests (n, K) of the people who hold these rows now; each row adds up to 1."""
        return self.wishes(dissimilarity).of(self, rows)

    @property
    def log_rate(self) -> np.ndarray:
        """Lasting log-rate: area, group, own, and the shift of the core groups (rows,)."""
        return self.log_rate_of(slice(None))

    def log_rate_of(self, rows: np.ndarray | slice) -> np.ndarray:
        """The same of the people at these rows."""
        lasting = self.area_log_rate[self.area[rows]] + self.group_log_rate[self.group[rows]] + self.own_log_rate[rows]
        return lasting + self.scenario.offending.core_shift * self.in_core[rows]

    def _add_up_log_rates(self) -> None:
        """Log-rates in whole numbers; their sums by area over those who are no near-abstainers; the number of these."""
        self.whole_log_rates = np.rint(self.log_rate * FIXED_POINT).astype(np.int64)
        active = ~self.abstains
        self.log_rate_sums = np.add.reduceat(self.whole_log_rates * active, self.first_row[:-1])
        self.active_people = np.add.reduceat(active.astype(np.int64), self.first_row[:-1])
        self._counted = active
        self._settle_excitable()

    def _log_rates_changed(self, rows: np.ndarray) -> None:
        """Bring the sums over areas up to date with the log-rates of the people at these rows."""
        rows = np.unique(rows)
        whole = np.rint(self.log_rate_of(rows) * FIXED_POINT).astype(np.int64)
        active, before = ~self.abstains[rows], self._counted[rows]
        np.add.at(self.log_rate_sums, self.area[rows], whole * active - self.whole_log_rates[rows] * before)
        np.add.at(self.active_people, self.area[rows], active.astype(np.int64) - before)
        self.whole_log_rates[rows], self._counted[rows] = whole, active
        if self.scenario.offending.abstaining_share and rows.size:
            self._settle_excitable()

    def _settle_excitable(self) -> None:
        """The part that everybody takes in what their group expects from what happened (rows,), and sums by group."""
        self.excitable = np.where(self.abstains, math.exp(-self.scenario.offending.abstaining_shift), 1.0)
        self.group_excitable = np.bincount(self.group, self.excitable, len(self.group_area))

    # --- week by week ----------------------------------------------------------------------------------------

    def turn(self, week: int) -> np.ndarray:
        """Move to the given week, the one after the present; returns the rows that a newcomer now holds."""
        if self._memory is not None and week in (self._first_week + 1, 0):
            self._stand_at_mark(week - 1)
        self.week = week
        generation = self._grow_older((week - self._first_week) / WEEKS_PER_YEAR)
        if self._memory is not None and week in self._memory:
            return self._live_again(self._memory[week], generation)
        grown_out = generation > self.generation
        moved = self._leave_core(week, grown_out)
        newcomers = np.nonzero(grown_out)[0]
        self.generation = generation
        self.here_since[newcomers] = week
        self._go_through_spells(week)
        self._greet(newcomers)
        self._log_rates_changed(np.concatenate([newcomers, moved]))
        self._set_background()
        if self._memory is not None:
            own = {name: getattr(self, name)[newcomers] for name in _OWN}
            self._memory[week] = _Turn(newcomers, own, moved, self.group[moved], self.in_core[moved], self.background)
        return newcomers

    def _stand_at_mark(self, week: int) -> None:
        """Put everything back as it was at the end of a week with a mark, or make that mark now."""
        names = "generation", "here_since", "group", "in_core", *_OWN
        if week not in self._marks:
            self._marks[week] = {name: getattr(self, name).copy() for name in names}
        vars(self).update({name: column.copy() for name, column in self._marks[week].items()})
        self._add_up_log_rates()

    def _live_again(self, turn: "_Turn", generation: np.ndarray) -> np.ndarray:
        self.generation = generation
        self.here_since[turn.newcomers] = self.week
        self.group[turn.moved], self.in_core[turn.moved] = turn.group, turn.in_core
        for name, values in turn.own.items():
            getattr(self, name)[turn.newcomers] = values
        self._log_rates_changed(np.concatenate([turn.newcomers, turn.moved]))
        self.background = turn.background  # spells stay as they are after the last week that was worked out
        return turn.newcomers

    def _leave_core(self, week: int, grown_out: np.ndarray) -> np.ndarray:
        """Core members who leave, or grow out, swap groups with a newcomer; ties stay as they are. Returns the rows."""
        moved: list[int] = []
        p = self.scenario.population
        core = np.nonzero(self.in_core)[0]
        u = self.luck.uniform("leaving the core", self.area[core], week, self.slot[core], self.generation[core])
        leavers = core[(u < p.chance_of_leaving_core_per_week) | grown_out[core]]
        for row in leavers.tolist():
            rows = np.arange(self.first_row[self.area[row]], self.first_row[self.area[row] + 1])
            fit = ~self.in_core[rows] & ~grown_out[rows] & ~self.abstains[rows] & (self.age[rows] >= p.core_youngest)
            candidates = rows[fit & (self.age[rows] < p.core_oldest_newcomer + 1)]
            if not candidates.size:
                continue  # nobody of that age is there: the group keeps its member
            chosen = candidates[
                np.argmax(
                    self.luck.uniform(
                        f"entering the core for {int(self.slot[row])}", self.area[candidates], week,
                        self.slot[candidates], self.generation[candidates],
                    )
                )
            ]  # fmt: skip
            self.group[row], self.group[chosen] = self.group[chosen], self.group[row]
            self.in_core[row], self.in_core[chosen] = False, True
            moved += [row, int(chosen)]
        return np.array(moved, dtype=np.int64)

    def _grow_older(self, years: float) -> np.ndarray:
        """Settle ages so many years after the start; returns whose turn it is at each row, by generation."""
        if (kernels := _kernels()) is not None:
            self.age, generation = kernels.ages(self._years_in_at_start, years, self._span, self._youngest)
            return generation
        years_lived = self._years_in_at_start + years
        generation = np.floor(years_lived / self._span).astype(np.int64)
        self.age = self._youngest + years_lived - generation * self._span
        return generation

    def _rows_between(self, begin: int, end: int) -> tuple[int, int]:
        """The first row of a span of areas, and the one after the last."""
        return int(self.first_row[begin]), int(self.first_row[end])

    def _go_through_spells(self, week: int) -> None:
        """Passing bad and good spells are a week older."""
        u = self.luck.weekly_uniform("spell", self.area, week, self.slot, self.generation)
        before, self.spell = self.spell, np.empty(self.rows)

        def go_on(begin: int, end: int) -> None:
            rows = slice(*self._rows_between(begin, end))
            self.spell[rows] = offending.next_spell(before[rows], normal_at(u[rows]), self.scenario.offending)

        over_spans(self.spans, go_on)

    def _set_background(self) -> None:
        p = self.scenario.offending
        level = self.area_rate * (p.season(self.week) * p.trend(self.week))
        if (kernels := _kernels()) is not None:
            self.background = np.empty(self.rows)
            rates = self.area_log_rate, self.group_log_rate, self.own_log_rate
            columns = (
                level, self.area, self.group, rates, self.in_core, p.core_shift, self.age, self.spell, p.peak_age,
                p.age_sd, self.background,
            )  # fmt: skip
            over_spans(self.spans, lambda begin, end: kernels.backgrounds(*self._rows_between(begin, end), *columns))
            return
        log_age = offending.log_age_factor(self.age, p)
        self.background = offending.background_rate(level[self.area], self.log_rate, log_age, self.spell)


def _kernels() -> ModuleType | None:
    """The compiled loops; None where nothing is compiled, or a rule is somebody's own."""
    if not compiling.is_on():
        return None
    from modsim.world import kernels  # only here: Numba is not imported where nothing is compiled

    return kernels if kernels.rules_stand() else None


@dataclass(frozen=True)
class _Turn:
    """What one week changed in a world."""

    newcomers: np.ndarray
    own: dict[str, np.ndarray]
    moved: np.ndarray
    group: np.ndarray
    in_core: np.ndarray
    background: np.ndarray


class Wishes:
    """What everybody in a world wants at one dissimilarity: worked out for those who are asked, when they are.

    `pattern` (areas, K) holds the shares of interests by area.
    """

    def __init__(self, world: World, dissimilarity: float, moved_on: float = 0.0):
        scenario, luck = world.scenario, world.luck
        self.pattern = np.array(
            [area_pattern(scenario, a, dissimilarity, luck, i, moved_on) for i, a in enumerate(world.areas)]
        )
        self._of_group = np.empty((len(world.group_area), len(world.activity_ids)))
        self._group_is_known = np.zeros(len(world.group_area), dtype=bool)
        self._shares = np.empty((world.rows, len(world.activity_ids)))
        self._generation = np.full(world.rows, -1)  # whose shares a row holds; -1 nobody's yet

    def of(self, world: World, rows: np.ndarray) -> np.ndarray:
        """See `World.wishes_of`. (The world is not kept: with a ring of references it would outlive its use.)"""
        unknown = np.unique(rows[self._generation[rows] != world.generation[rows]])
        if unknown.size:
            generation = world.generation[unknown]
            self._shares[unknown] = dirichlet(
                "wishes", world.scenario.world.person_concentration, self._groups(world, world.first_group[unknown]),
                world.activity_ids, world.luck, areas=world.area[unknown], slot=world.slot[unknown],
                generation=generation,
            )  # fmt: skip
            self._generation[unknown] = generation
        return self._shares[rows]

    def _groups(self, world: World, groups: np.ndarray) -> np.ndarray:
        """Shares that the interests of a peer group's members centre on (n, K)."""
        unknown = np.unique(groups[~self._group_is_known[groups]])
        if unknown.size:
            area = world.group_area[unknown]
            self._of_group[unknown] = dirichlet(
                "group wishes", world.scenario.world.group_concentration, self.pattern[area], world.activity_ids,
                world.luck, areas=area, slot=world.group_number[unknown], generation=np.zeros_like(unknown),
            )  # fmt: skip
            self._group_is_known[unknown] = True
        return self._of_group[groups]


def _whom_they_hear(scenario: Scenario) -> np.ndarray:
    """Weights of the areas (columns) from which each area (row) hears, adding up to 1; 0 for a lone area."""
    ids = [area.id for area in scenario.areas]
    weights = np.zeros((len(ids), len(ids)))
    for k, area in enumerate(scenario.areas):
        named = dict.fromkeys(ids, 1.0) if area.hears_from is None else area.hears_from
        for other, weight in named.items():
            if other != area.id:
                weights[k, ids.index(other)] = weight
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)


def _borders(scenario: Scenario) -> np.ndarray:
    """Share of what is displaced from each area (row) that goes to each adjacent one (column); borders are mutual."""
    ids = [area.id for area in scenario.areas]
    borders = np.zeros((len(ids), len(ids)))
    for k, area in enumerate(scenario.areas):
        for other in area.adjacent:
            borders[k, ids.index(other)] = borders[ids.index(other), k] = 1.0
    return borders / np.maximum(borders.sum(axis=1, keepdims=True), 1.0)


def incidents_per_unit_rate(scenario: Scenario, area: Area) -> float:
    """Weekly incidents of a young person with log-rate 0 at peak age, from the reported rate, in closed form.

    The reported rate of the scenario is the expected one at week 0 over all luck, before the season; dividing by the
    reporting share and by the expected sum of exp(log-rate + log age factor + spell) over the area's people, with the
    core's ages as they were when the history began, gives the level.
    """
    p = scenario.offending
    people = scenario.young_people_in(area)
    core = area.core_groups * area.core_size
    variance = p.area_sd**2 + p.group_sd**2 + p.person_sd**2 + p.spell_sd**2
    ages = scenario.population
    low, high = max(area.youngest, ages.core_youngest), min(area.oldest, ages.core_oldest_at_start) + 1.0
    everyone = (people - core) * _mean_age_factor(area.youngest, area.oldest + 1.0, p.peak_age, p.age_sd)
    everyone *= 1.0 - p.abstaining_share * (1.0 - math.exp(-p.abstaining_shift))
    members = core * math.exp(p.core_shift) * _mean_age_factor(low, high, p.peak_age, p.age_sd) if core else 0.0
    expected = math.exp(variance / 2.0) * (everyone + members)
    return scenario.reported_per_week(area) / scenario.reporting.share / expected


def _mean_age_factor(low: float, high: float, peak: float, sd: float) -> float:
    """Mean of the age curve over ages spread evenly from low to high."""

    def below(age: float) -> float:
        return 0.5 * (1.0 + math.erf((age - peak) / (sd * math.sqrt(2.0))))

    return sd * math.sqrt(2.0 * math.pi) * (below(high) - below(low)) / (high - low)
