"""Whom the lead of an area puts on the list of a round, from what it has seen."""

import numpy as np

from modsim.rules import targeting
from modsim.simulation.town import Town

_FIXED_POINT = 2.0**16


def list_of(town: Town, area: int, lane: int, round_number: int, lead: int | None = None) -> np.ndarray:
    """Rows of the young people whom the lead of an area (or another partner) would list for a round, in order."""
    c, world, scenario = town.columns, town.world, town.scenario
    place, span = world.areas[area], world.rows_of(area)
    age, dropped = world.age[span], c.dropped_week[span, lane]
    rested = town.week - dropped.astype(np.int64) >= scenario.programme.retry_after_weeks
    old_enough = (age >= place.eligible_youngest) & (age < place.eligible_oldest + 1)
    eligible = np.nonzero(old_enough & ~c.completed[span, lane] & rested)[0]
    kind = town.lead_kind[area, lane] if lead is None else town.world.partners.kind[area, lead]
    seen = c.seen_in_memory[kind, span, lane].astype(np.int64)
    group = world.group[span] - world.first_group_in[area]
    seen_in_group = np.bincount(group, seen).astype(np.int64)[group]
    others = np.bincount(group)[group] - 1
    record = np.sqrt(targeting.known_record(seen, seen_in_group - seen, others))[eligible]
    standard = _standardised(record)
    rows = eligible + span.start
    luck = world.luck.normal("list", np.full(len(rows), area), round_number, world.slot[rows], world.generation[rows])
    score = town.rules.list_score(standard, luck, town.p[lane].targeting)
    last = len(rows) - min(scenario.programme.list_length, len(rows))
    likely = score >= np.partition(score, last)[last] if last else np.full(len(rows), True)  # those on it, and ties
    rows, score = rows[likely], score[likely]
    tie = world.luck.uniform(
        "list tie", np.full(len(rows), area), round_number, world.slot[rows], world.generation[rows]
    )
    return rows[np.lexsort((tie, -score))[: scenario.programme.list_length]]


def _standardised(record: np.ndarray) -> np.ndarray:
    """A column with mean 0 and standard deviation 1, by sums of whole numbers so that no order matters."""
    whole = np.rint(record * _FIXED_POINT).astype(np.int64)
    number = max(len(whole), 1)
    mean = float(int(whole.sum())) / number
    variance = float(int((whole * whole).sum())) / number - mean * mean
    return (whole - mean) / np.sqrt(variance) if variance > 1e-6 else np.zeros(len(record))
