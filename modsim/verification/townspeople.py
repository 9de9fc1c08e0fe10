"""Who lives in the oracle's towns and what they want: drawn a second time, by the documents alone."""

import math
from dataclasses import dataclass

import numpy as np

from modsim.inputs.scenario import Scenario

HISTORY = 52


@dataclass
class Townspeople:
    """Who lives in `towns` like towns, week by week from the first of the history: the same whatever is done there.

    Columns are (towns, people); lists hold one for each week.
    """

    group: np.ndarray
    support: np.ndarray
    weekly_rate: list[np.ndarray]
    lasting: list[np.ndarray]
    h_group: list[np.ndarray]
    quiet: list[np.ndarray]  # who hardly causes incidents
    age: list[np.ndarray]
    newcomer: list[np.ndarray]
    group_size: np.ndarray

    @classmethod
    def drawn(cls, scenario: Scenario, towns: int, luck: np.random.Generator) -> "Townspeople":
        (area,), p, pop = scenario.areas, scenario.offending, scenario.population
        people, core = scenario.young_people_in(area), area.core_size
        of_others = max(1, round((people - core) / pop.peer_group_size))
        group = np.concatenate([np.zeros(core, dtype=int), 1 + np.arange(people - core) * of_others // (people - core)])
        size = np.bincount(group)
        shape, span = (towns, people), area.oldest + 1 - area.youngest
        in_core = np.broadcast_to(group == 0, shape).copy()
        young, old = max(area.youngest, pop.core_youngest), min(area.oldest, pop.core_oldest_at_start) + 1
        start = np.where(in_core, luck.uniform(young, old, shape), luck.uniform(area.youngest, area.oldest + 1, shape))
        x_town = p.area_sd * luck.normal(size=(towns, 1))
        x_group = p.group_sd * luck.normal(size=(towns, len(size)))
        own, spell = p.person_sd * luck.normal(size=shape), p.spell_sd * luck.normal(size=shape)
        quiet = (luck.random(shape) < p.abstaining_share) & ~in_core
        h_group = np.broadcast_to(group, shape).copy()
        each_age = np.linspace(area.youngest, area.oldest + 1, 400)
        core_age = np.linspace(young, old, 400)
        factor = [np.exp(-(((a - p.peak_age) / p.age_sd) ** 2) / 2).mean() for a in (each_age, core_age)]
        spread = math.exp((p.area_sd**2 + p.group_sd**2 + p.person_sd**2 + p.spell_sd**2) / 2)
        level = area.reported_per_10000_per_month * area.population / 10_000 / (52 / 12) / scenario.reporting.share
        louder = 1 - p.abstaining_share + p.abstaining_share * math.exp(-p.abstaining_shift)
        level /= spread * ((people - core) * louder * factor[0] + core * math.exp(p.core_shift) * factor[1])
        keep = 0.5 ** (1 / p.spell_half_life_weeks)
        leave = 1 - (1 - pop.core_exit_per_year) ** (1 / 52)
        found = cls(group, luck.beta(pop.support_shape, pop.support_shape, shape), [], [], [], [], [], [], size)
        generation = np.zeros(shape, dtype=int)
        for week in range(-HISTORY, scenario.settings.weeks):
            lived = start - area.youngest + (week + HISTORY + 1) / 52
            now = np.floor(lived / span).astype(int)
            new, generation = now > generation, now
            age = area.youngest + lived - span * now
            for town, row in np.argwhere(in_core & ((luck.random(shape) < leave) | new)):
                fit = ~in_core[town] & ~new[town] & ~quiet[town] & (age[town] >= pop.core_youngest)
                fit &= age[town] < pop.core_oldest_newcomer + 1
                if fit.any():
                    other = luck.choice(np.nonzero(fit)[0])
                    h_group[town, row], h_group[town, other] = h_group[town, other], h_group[town, row]
                    in_core[town, row], in_core[town, other] = False, True
            own = np.where(new, p.person_sd * luck.normal(size=shape), own)
            quiet = np.where(new, (luck.random(shape) < p.abstaining_share) & ~in_core, quiet)
            spell = keep * spell + p.spell_sd * math.sqrt(1 - keep**2) * luck.normal(size=shape)
            spell = np.where(new, p.spell_sd * luck.normal(size=shape), spell)
            lasting = x_town + np.take_along_axis(x_group, h_group, 1) + own + p.core_shift * in_core
            lasting -= p.abstaining_shift * quiet
            season = 1 + p.season_swing * math.cos(2 * math.pi * (week - p.season_peak_week) / 52)
            time = level * season * (1 + p.yearly_change) ** (week / 52)
            rate = time * np.exp(lasting + spell - ((age - p.peak_age) / p.age_sd) ** 2 / 2)
            for column, value in (
                (found.weekly_rate, rate), (found.lasting, lasting), (found.h_group, h_group.copy()),
                (found.quiet, quiet), (found.age, age), (found.newcomer, new),
            ):  # fmt: skip
                column.append(value)
        return found


def patterns(scenario: Scenario, towns: int, distance: float, luck: np.random.Generator) -> np.ndarray:
    """Shares of interests (towns, K) at a distance from the original site: an arc of pairs changes sides."""
    ids = scenario.activity_ids
    share = {a.id: a.origin_share for a in scenario.activities}
    other = {a.id: a.swaps_with for a in scenario.activities}
    found = np.zeros((towns, len(ids)))
    for town in range(towns):
        order = [i for i in luck.permutation(ids) if share[i] > 0]
        ends = np.cumsum([share[i] for i in order])
        arc = luck.random()
        for i, end in zip(order, ends, strict=True):
            points = (np.arange(2000) + 0.5) / 2000 * share[i] + end - share[i]
            moved = share[i] * float((((points - arc) % 1.0) < distance).mean())
            found[town, ids.index(i)] += share[i] - moved
            found[town, ids.index(str(other[i]))] += moved
    return found
