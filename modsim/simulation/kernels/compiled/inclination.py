"""Inclination, compiled: what changed fades, friends pull, this week's sessions and stops tell."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modsim.compiling.jit import inner, jit
from modsim.compiling.threads import over_spans
from modsim.rules import inclining
from modsim.simulation.kernels.compiled.tiles import (
    NOUGHT,
    ONE,
    four_tiles,
    spread_lanes,
    tiled,
    unless_own_rules,
    unsigned,
)

if TYPE_CHECKING:
    from modsim.simulation.town import Town


class Effect(NamedTuple):
    reversion_per_week: Any


class Order(NamedTuple):
    persistence: Any


class Peers(NamedTuple):
    pull: Any
    strongest_until: Any
    gone_by: Any


@unless_own_rules
def inclination_moves(town: "Town") -> None:
    c, world, numbers = town.columns, town.world, town.numbers
    first_row, start, friends = (unsigned(x) for x in (world.first_row, world.ties.start, world.ties.friends))
    before, after = c.inclination, town.spare
    of_people = (before, c.lasting, c.lasting_target, town.trust_gained, c.benefit, after)
    now, lasting, target, gained, benefit, then = (x.reshape(-1) for x in of_people)
    effect, order = tiled(Effect, numbers.effect, town), tiled(Order, numbers.order, town)
    peers = tiled(Peers, numbers.peers, town)
    columns: Any = (
        first_row, start, friends, world.age, town.mean_start, town.changed, town.touched, now, lasting, target, gained,
        benefit, effect.reversion_per_week, order.persistence, peers, then,
    )  # fmt: skip
    over_spans(world.spans, lambda begin, end: _move_inclination(begin, end, *columns))
    c.inclination, town.spare = after, before


@jit
def _move_inclination(
    begin, stop, first_row, tie_start, friends, age, mean_start, changed, touched, now, lasting, target, gained,
    benefit, reversion, persistence, peers, after,
):  # fmt: skip
    """Inclination after this week into `after`, in areas `begin` to before `stop`; `lasting` is moved where it stands.

    `changed` (rows,) says who is changed for good, or will be; `touched` who was in a session or stopped this week.
    """
    pull, strongest_until, gone_by = peers  # taken out once: to take them out in a loop costs
    lanes, width = np.uint64(mean_start.shape[1]), np.uint64(len(reversion))
    rows_in_tile = width // lanes
    total, number, years, start = four_tiles(width)
    slowed, nothing = np.empty(width), np.zeros(width)
    for area in range(np.uint64(begin), np.uint64(stop)):
        spread_lanes(mean_start[area], start)
        for first in range(first_row[area], first_row[area + ONE], rows_in_tile):
            end = min(first + rows_in_tile, first_row[area + ONE])
            at, cells = first * lanes, (end - first) * lanes
            some_changed, some_touched, j = False, False, NOUGHT
            for r in range(first, end):
                some_changed |= changed[r]
                some_touched |= touched[r]
                tie, last_tie = tie_start[r], tie_start[r + ONE]
                for k in range(lanes):
                    added = 0.0
                    for e in range(tie, last_tie):
                        added += now[np.uint64(friends[e]) * lanes + k]
                    total[j], number[j], years[j] = added, last_tie - tie, age[r]
                    j += ONE
            if some_changed:
                _last(lasting, target, at, cells, reversion)
            _slow(now, gained, at, cells, start, persistence, slowed)
            _draw_near(now, at, cells, total, number, years, pull, strongest_until, gone_by)
            if some_touched:
                _incline(now, at, cells, slowed, total, benefit, at, reversion, after)
            else:
                _incline(now, at, cells, slowed, total, nothing, NOUGHT, reversion, after)


class _Reverting(NamedTuple):
    reversion_per_week: float


class _Persisting(NamedTuple):
    persistence: float


@inner
def _last(lasting, target, at, cells, reversion):
    for i in range(cells):
        lasting[at + i] = inclining.lasting_after(lasting[at + i], target[at + i], _Reverting(reversion[i]))


@inner
def _slow(now, gained, at, cells, start, persistence, slowed):
    for i in range(cells):
        p = _Persisting(persistence[i])
        slowed[i] = inclining.reversion_slowed(now[at + i], gained[at + i], start[i], p)


@inner
def _draw_near(now, at, cells, total, number, years, pull, strongest_until, gone_by):
    """The pull of friends, in place of their total."""
    for i in range(cells):
        p = Peers(pull[i], strongest_until[i], gone_by[i])
        weight = inclining.weight_of_friends(years[i], p)
        total[i] = inclining.pull_of_friends(now[at + i], total[i], number[i], weight, p)


@inner
def _incline(now, at, cells, slowed, pull, benefit, of_benefit, reversion, after):
    for i in range(cells):
        p = _Reverting(reversion[i])
        after[at + i] = inclining.inclination_after(now[at + i], slowed[i], pull[i], benefit[of_benefit + i], p)
