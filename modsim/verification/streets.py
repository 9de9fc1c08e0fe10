"""Cases of the streets: incidents, what is reported and seen of them, and who is chosen by what was seen."""

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane
from modsim.simulation.listing import list_of
from modsim.simulation.runs import run
from modsim.simulation.town import Town
from modsim.verification.checks import STANDARD_ERRORS, Dice, Sheet
from modsim.verification.setting import NOTHING, STILL, three_towns
from modsim.world.young_people import World


def _expected_incidents(scenario: Scenario, seed: int, replicates: range) -> np.ndarray:
    """Expected incidents without any programme (weeks, areas of all replicates): our own formula for who is there."""
    world, p = World(scenario, seed, replicates), scenario.offending
    found = np.zeros((scenario.settings.weeks, len(world.areas)))
    level = np.array([scenario.reported_per_week(area) for area in world.areas]) / scenario.reporting.share
    level = np.tile(level[: len(scenario.areas)] / _relative_rates(scenario), len(replicates))
    for week in range(-scenario.settings.history_weeks, scenario.settings.weeks):
        world.turn(week)
        if week < 0:
            continue
        season = 1.0 + p.season_swing * np.cos(2.0 * np.pi * (week - p.season_peak_week) / 52.0)
        lasting = world.area_log_rate[world.area] + world.group_log_rate[world.group] + world.own_log_rate
        log_rate = lasting + p.core_shift * world.in_core + world.spell - ((world.age - p.peak_age) / p.age_sd) ** 2 / 2
        rate = level[world.area] * season * (1.0 + p.yearly_change) ** (week / 52.0) * np.exp(log_rate)
        found[week] = np.bincount(world.area, rate, len(world.areas))
    return found


def _recipients_only(*changes: str) -> Scenario:
    """The towns without the original site, which has a programme of its own in every arm."""
    scenario = three_towns(*changes)
    return scenario.model_copy(update={"areas": scenario.recipients})


def _relative_rates(scenario: Scenario) -> np.ndarray:
    """Expected sum of an area's relative rates over all luck, when the history begins, by averaging over ages."""
    p, people = scenario.offending, scenario.population
    spread = np.exp((p.area_sd**2 + p.group_sd**2 + p.person_sd**2 + p.spell_sd**2) / 2.0)

    def mean_factor(low: float, high: float) -> float:
        ages = low + (high - low) * (np.arange(20_000) + 0.5) / 20_000
        return float(np.exp(-(((ages - p.peak_age) / p.age_sd) ** 2) / 2.0).mean())

    found = []
    for area in scenario.areas:
        core = area.core_groups * area.core_size
        low, high = max(area.youngest, people.core_youngest), min(area.oldest, people.core_oldest_at_start) + 1
        others = (scenario.young_people_in(area) - core) * mean_factor(area.youngest, area.oldest + 1)
        others *= p.abstaining_share * np.exp(-p.abstaining_shift) + 1.0 - p.abstaining_share
        found.append(spread * (others + core * np.exp(p.core_shift) * mean_factor(low, high)))
    return np.array(found)


def _offending(dice: Dice) -> list[str]:
    """How unevenly incidents are spread, drawn afresh."""
    return [
        dice.set("offending.group_sd", 0.1, 0.5), dice.set("offending.person_sd", 0.3, 0.8),
        dice.set("offending.core_shift", 2.5, 4.0), dice.set("offending.spell_sd", 0.1, 0.6),
        dice.set("offending.season_swing", 0.0, 0.4), dice.set("offending.yearly_change", -0.2, 0.1),
        dice.set("reporting.share", 0.15, 0.5), dice.set("offending.abstaining_share", 0.1, 0.7),
        dice.set("offending.abstaining_shift", 1.0, 4.0),
    ]  # fmt: skip


def background_is_poisson(dice: Dice, sheet: Sheet, more: int) -> None:
    """Nothing moves: incidents are Poisson around everybody's own rate, and rates have the level that was asked for."""
    changes = _offending(dice)
    seed, replicates = dice.world_seed, range(40 * more)
    scenario = _recipients_only("settings.weeks=52", f"settings.seed={seed}", *changes, *STILL)
    expected = _expected_incidents(scenario, seed, replicates)
    occurred = run(scenario, [Lane(NOTHING)], replicates).weekly[..., 0, 0]  # (replicates, weeks, areas)
    found = np.moveaxis(occurred, 1, 0).reshape(52, -1)
    scaled = (found - expected) / np.sqrt(expected)
    sheet.mean("mean of counts, scaled", scaled, 0.0, sd=1.0)
    # counts of small means have longer tails than normal ones: their fourth moment is 3 + 1 / mean
    tail = np.sqrt((2.0 + (1.0 / expected).mean()) / scaled.size)
    sheet.near("variance of counts, scaled", (scaled**2).mean(), 1.0, STANDARD_ERRORS * tail)
    worlds = World(scenario, seed, range(400 * more))
    level = np.add.reduceat(worlds.background, worlds.first_row[:-1])
    p, week = scenario.offending, worlds.week
    season = 1.0 + p.season_swing * np.cos(2.0 * np.pi * (week - p.season_peak_week) / 52.0)
    asked = np.array([scenario.reported_per_week(area) for area in scenario.areas]) / scenario.reporting.share
    asked = asked * season * (1.0 + p.yearly_change) ** (week / 52.0)
    sheet.mean("level of rates against the one asked for", level.reshape(-1, len(asked)) / asked, 1.0)


def incidents_come_in_bursts(dice: Dice, sheet: Sheet, more: int) -> None:
    """A branching process: the mean stays, and counts of three years vary 1 / (1 - offspring) squared times as much."""
    offspring, seed, replicates = dice.between("excitation.offspring", 0.2, 0.5), dice.world_seed, range(120 * more)
    scenario = _recipients_only(
        "settings.weeks=156", f"settings.seed={seed}", "order.persistence=0", *STILL[1:],
        f"excitation.offspring={offspring}", dice.set("excitation.memory", 0.2, 0.7),
    )  # fmt: skip
    expected = _expected_incidents(scenario, seed, replicates).sum(axis=0)
    occurred = run(scenario, [Lane(NOTHING)], replicates).weekly[..., 0, 0].sum(axis=1).ravel()
    scaled, bursts = (occurred - expected) / np.sqrt(expected), 1.0 / (1.0 - offspring) ** 2
    sheet.mean("mean of counts, scaled", scaled, 0.0, sd=np.sqrt(bursts))
    # the memory at both ends of the window takes a little; counts in bursts have longer tails
    sheet.near(
        "variance of counts", scaled.var(), bursts, bursts * (0.05 + STANDARD_ERRORS * np.sqrt(2.5 / scaled.size))
    )


def nothing_drifts(dice: Dice, sheet: Sheet, more: int) -> None:
    """Without trend, season and age curve, years without a programme are alike."""
    scenario = three_towns(
        "offending.yearly_change=0", "offending.season_swing=0", "offending.age_sd=1000", "settings.weeks=208",
        "population.core_exit_per_year=0", dice.set("offending.core_shift", 2.5, 4.0),
        dice.set("offending.spell_sd", 0.1, 0.6),
    )  # fmt: skip
    world = World(scenario, dice.world_seed, range(150 * more))
    by_year = np.zeros((4, len(world.areas)))
    for week in range(-52, 208):
        world.turn(week)
        if week >= 0:
            by_year[week // 52] += np.add.reduceat(world.background, world.first_row[:-1]) / 52
    sheet.mean("log of the fourth year against the first", np.log(by_year[3] / by_year[0]), 0.0)


def reporting_is_binomial(dice: Dice, sheet: Sheet, more: int) -> None:
    """Each incident is reported with one chance, its author known with another, and seen by a service with its own."""
    identified, known = dice.between("reporting.identified", 0.15, 0.8), []
    share, seen = dice.between("reporting.share", 0.15, 0.6), dice.between("reporting.seen_by_housing", 0.2, 0.7)
    scenario = three_towns(
        "settings.weeks=100", f"reporting.share={share}", "areas.near.lead=police", "reporting.trust_effect=0",
        f"reporting.seen_by_housing={seen}", "reporting.fear_effect=0", f"settings.seed={dice.world_seed}",
        f"reporting.identified={identified}",
    )  # fmt: skip

    def look(town: Town) -> None:
        if town.week >= 0:
            known.append(np.add.reduceat(town.columns.reported[:, 0].astype(np.int64), town.world.first_row[:-1]))

    totals = run(scenario, [Lane(NOTHING)], range(60 * more), look=look).totals
    occurred, reported = (totals[f"asb_{what}"][..., 0] for what in ("occurred", "reported"))
    scaled = (reported - share * occurred) / np.sqrt(share * (1 - share) * occurred)
    sheet.mean("reported, scaled", scaled, 0.0, sd=1.0)
    sheet.near("variance of reported, scaled", (scaled**2).mean(), 1.0, STANDARD_ERRORS * np.sqrt(2.0 / scaled.size))
    found = np.sum(known, axis=0).reshape(-1, reported.shape[1])
    scaled = (found - identified * reported) / np.sqrt(identified * (1 - identified) * reported)
    sheet.mean("authors known, scaled", scaled, 0.0, sd=1.0)
    sheet.near("variance of authors known", (scaled**2).mean(), 1.0, STANDARD_ERRORS * np.sqrt(2.0 / scaled.size))
    sheet.same("the police see all that is reported", totals["asb_seen"][:, 1], totals["asb_reported"][:, 1])
    theirs = seen * reported[:, 2]
    scaled = (totals["asb_seen"][:, 2, 0] - theirs) / np.sqrt(theirs * (1 - seen))
    sheet.mean("seen by the landlord, scaled", scaled, 0.0, sd=1.0)


def those_chosen_fall_back(dice: Dice, sheet: Sheet, more: int) -> None:
    """Nothing moves: those listed were seen more often before than their rates say, and not after."""
    share, weeks = dice.between("reporting.share", 0.15, 0.5), 26
    scenario = _recipients_only(
        "settings.weeks=104", f"reporting.share={share}", "reporting.trust_effect=0", "reporting.fear_effect=0",
        dice.set("targeting.accuracy", 0.6, 1.0), dice.set("offending.spell_sd", 0.1, 0.6),
        "areas.near.lead=police", "areas.far.lead=police",
        f"settings.seed={dice.world_seed}", *STILL,
    )  # fmt: skip
    seen: list[np.ndarray] = []
    rates: list[np.ndarray] = []
    chosen: list[tuple[np.ndarray, np.ndarray]] = []  # rows, and who they were

    def look(town: Town) -> None:
        if 52 - weeks <= town.week < 52 + weeks:
            seen.append(town.columns.reported[:, 0].astype(float))
            rates.append(share * town.world.background)
        if town.week == 51:
            rows = np.concatenate([list_of(town, area, 0, 0) for area in range(len(town.world.areas))])
            chosen.append((rows, town.world.generation[rows].copy()))
        if town.week == 51 + weeks:
            rows, who = chosen.pop()
            stay = (town.world.generation[rows] == who) & (town.world.here_since[rows] <= 52 - weeks)
            chosen.append((rows[stay], who[stay]))

    run(scenario, [Lane(NOTHING)], range(60 * more), look=look)
    rows = chosen[0][0]
    counts, expected = np.array(seen)[:, rows], np.array(rates)[:, rows]
    for when, part in (("before", slice(weeks)), ("after", slice(weeks, None))):
        mean = expected[part].sum()
        beyond = (counts[part].sum() - mean) / np.sqrt(mean)
        if when == "before":
            sheet.least("seen before the list, standard errors above their rates", beyond, STANDARD_ERRORS)
        else:
            sheet.near("seen after the list, standard errors from their rates", beyond, 0.0, STANDARD_ERRORS)
