"""Residents, compiled: what they come to know of, fear and think."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import inner, jit
from modsim.compiling.threads import over_spans
from modsim.rules import neighbouring
from modsim.simulation.kernels.compiled.tiles import (
    NOUGHT,
    ONE,
    add_whole,
    four_tiles,
    spread_lanes,
    tiled,
    trust_of,
    unless_own_rules,
    unsigned,
)
from modsim.world.kernels import binomial_table
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.simulation.town import Town


class Residents(NamedTuple):
    sees: Any
    start_trust: Any
    event_weight: Any
    fear_rises: Any
    fear_fades: Any
    efficacy_fear: Any
    efficacy_trust: Any
    efficacy_moves: Any


class Remembered(NamedTuple):
    prior_strength: Any
    memory: Any
    loss_to_gain: Any
    talk_weight: Any


@unless_own_rules
def residents_react(town: "Town", reported: np.ndarray, hears: np.ndarray, sees: np.ndarray) -> None:
    c, people, p = town.columns, town.world.residents, town.numbers.residents
    numbers = tiled(Residents, p, town)
    table = binomial_table(reported, numbers.sees[: town.lanes])
    sums = np.zeros((3, *reported.shape), dtype=np.int64)
    first_row, start, friends = (unsigned(x) for x in (people.first_row, people.ties.start, people.ties.friends))
    fear, efficacy, good, bad = (x.reshape(-1) for x in (c.fear, c.efficacy, c.resident_good, c.resident_bad))
    columns: Any = (
        first_row, start, friends, hears, sees, table, np.ascontiguousarray(town.now.session_held),
        town.usually_known, np.ascontiguousarray(town.now.answered_share), fear,
        efficacy, good, bad,
        numbers, tiled(Remembered, town.numbers.trust, town), sums,
    )  # fmt: skip
    over_spans(town.world.spans, lambda begin, end: _react(begin, end, *columns))
    number = np.diff(people.first_row)[:, None] * FIXED_POINT
    town.residents_mean = {name: each / number for name, each in zip(("trust", "fear", "efficacy"), sums, strict=True)}


_SEEING = 2.0**26  # what sets sessions seen apart from incidents known of, where both are added as one number


@jit
def _react(
    begin, stop, first_row, tie_start, friends, hears, sees, table, session_held, usually, answered, fear, efficacy,
    good, bad, p, q, sums,
):  # fmt: skip
    """Residents of areas `begin` to before `stop` after a week, where they stand.

    `sums` (3, areas, lanes) become those of trust, fear and efficacy by area.
    `table` (counts, areas, lanes) holds the quantiles of what a resident comes to know of; columns are flat.
    """
    share, start_trust, event_weight, fear_rises, fear_fades, efficacy_fear, efficacy_trust, efficacy_moves = p
    prior_strength, memory, loss_to_gain, talk_weight = q  # taken out once: to take them out in a loop costs
    lanes, width = np.uint64(answered.shape[1]), np.uint64(len(memory))
    rows_in_tile = width // lanes
    usual, answers, held, reached = four_tiles(width)
    own, visible, told, seen = four_tiles(width)
    luck, other_luck, now, _ = four_tiles(width)
    of_trust, of_fear, of_efficacy, _ = four_tiles(width)
    for area in range(np.uint64(begin), np.uint64(stop)):
        start, end = first_row[area], first_row[area + ONE]
        spread_lanes(usually[area], usual)
        spread_lanes(answered[area], answers)
        for i in range(width):
            held[i] = share[i] if session_held[area, i % lanes] else 0.0
        known = np.empty((end - start) * lanes)  # and sessions seen, added as one number
        for first in range(start, end, rows_in_tile):
            rows = min(rows_in_tile, end - first)
            highest = 0.0
            for j in range(rows):
                highest = max(highest, hears[first + j])
                for k in range(lanes):
                    luck[j * lanes + k], other_luck[j * lanes + k] = hears[first + j], sees[first + j]
            _see(other_luck, held, rows * lanes, known, (first - start) * lanes)
            for count in range(np.uint64(len(table))):
                least = 2.0
                for k in range(lanes):
                    least = min(least, table[count, area, k])
                if highest < least:
                    break
                spread_lanes(table[count, area], reached)
                _know(luck, reached, rows * lanes, known, (first - start) * lanes)
        for i in range(width):
            of_trust[i] = of_fear[i] = of_efficacy[i] = 0.0
        for first in range(start, end, rows_in_tile):
            rows = min(rows_in_tile, end - first)
            at, cells = first * lanes, rows * lanes
            for j in range(rows):
                r = first + j
                tie, last_tie = tie_start[r], tie_start[r + ONE]
                for k in range(lanes):
                    added = 0.0
                    for e in range(tie, last_tie):
                        added += known[(np.uint64(friends[e]) - start) * lanes + k]
                    told[j * lanes + k] = added
            _part(known, (first - start) * lanes, cells, answers, own, visible)
            _part(told, NOUGHT, cells, answers, told, seen)
            _fear(fear, at, cells, own, usual, fear_rises, fear_fades, now)
            add_whole(now, NOUGHT, cells, of_fear, NOUGHT)
            _remember(good, at, cells, visible, seen, event_weight, memory, talk_weight)
            for i in range(cells):
                own[i] = loss_to_gain[i] * own[i]
                told[i] = loss_to_gain[i] * told[i]
            _remember(bad, at, cells, own, told, event_weight, memory, talk_weight)
            trust_of(good, bad, at, cells, start_trust, NOUGHT, prior_strength, told,
                      NOUGHT)  # fmt: skip
            add_whole(told, NOUGHT, cells, of_trust, NOUGHT)
            _believe(efficacy, at, cells, now, told, efficacy_fear, efficacy_trust, start_trust, efficacy_moves,
                     own)  # fmt: skip
            add_whole(own, NOUGHT, cells, of_efficacy, NOUGHT)
        for i in range(width):
            sums[0, area, i % lanes] += np.int64(of_trust[i])
            sums[1, area, i % lanes] += np.int64(of_fear[i])
            sums[2, area, i % lanes] += np.int64(of_efficacy[i])


@inner
def _see(luck, share, cells, known, at):
    for i in range(cells):
        known[at + i] = _SEEING * (luck[i] < share[i])


@inner
def _know(luck, reached, cells, known, at):
    for i in range(cells):
        known[at + i] += luck[i] >= reached[i]


@inner
def _part(both, at, cells, answered, incidents, well):
    """Part incidents known of from sessions seen: the incidents, and what is well, answered ones and sessions."""
    for i in range(cells):
        sessions = np.floor(both[at + i] / _SEEING)
        number = both[at + i] - _SEEING * sessions
        incidents[i] = number
        well[i] = number * answered[i] + sessions


class _Fearing(NamedTuple):
    fear_rises: float
    fear_fades: float


class _Weighing(NamedTuple):
    event_weight: float


class _Recalling(NamedTuple):
    memory: float
    talk_weight: float


class _Believing(NamedTuple):
    efficacy_fear: float
    efficacy_trust: float
    start_trust: float
    efficacy_moves: float


@inner
def _fear(fear, at, cells, known, usually, rises, fades, now):
    for i in range(cells):
        now[i] = neighbouring.fear_after(fear[at + i], known[i], usually[i], _Fearing(rises[i], fades[i]))
        fear[at + i] = now[i]


@inner
def _remember(memory, at, cells, own, heard, weight, keeps, talk):
    for i in range(cells):
        p, q = _Weighing(weight[i]), _Recalling(keeps[i], talk[i])
        memory[at + i] = neighbouring.memory_after(memory[at + i], own[i], heard[i], p, q)


@inner
def _believe(efficacy, at, cells, fear, trust, of_fear, of_trust, start, moves, now):
    for i in range(cells):
        p = _Believing(of_fear[i], of_trust[i], start[i], moves[i])
        now[i] = neighbouring.efficacy_after(efficacy[at + i], fear[i], trust[i], p)
        efficacy[at + i] = now[i]
