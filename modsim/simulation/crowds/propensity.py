"""Young people's propensity: what changed fades, friends pull, this week's sessions and stops tell."""

import numpy as np

from modsim.compiling.acts import act, at_place, driver
from modsim.rules import inclining
from modsim.simulation.crowds.tiles import BEYOND, NOUGHT, ONE, add_over_ties, all_go_through, spread_lanes
from modsim.simulation.town import Town


def inclination_moves(town: Town) -> None:
    """What changed in everybody's log-rate fades, friends pull, this week's sessions and stops tell."""
    c = town.columns
    now, after = town.spare, c.inclination.reshape(-1)
    now[: len(after)] = after  # all feel their friends at the same moment
    all_go_through(town, draw_near, (now, after), "young_people", "settle")


@driver
def draw_near(town, begin, stop, lowest, highest, now, after, do):
    """Propensity `after` this week from that of last week, `now`, in areas `begin` to before `stop`, of some rows."""
    first_row, tie_start, friends, lanes = town.first_row, town.ties, town.tied, np.uint64(town.p.shape[0])
    lasting, target = town.lasting.reshape(-1), town.lasting_target.reshape(-1)
    gained, benefit = town.trust_gained.reshape(-1), town.benefit.reshape(-1)
    effect, order, peers = town.numbers.effect, town.numbers.order, town.numbers.peers
    width = np.uint64(len(effect.reversion_per_week))
    rows_in_tile = width // lanes
    total, number, years, start = np.empty(width + BEYOND), np.empty(width), np.empty(width), np.empty(width)
    slowed, nothing = np.empty(width), np.zeros(width)
    for area in range(np.uint64(begin), np.uint64(stop)):
        spread_lanes(town.mean_start[area], start)
        last = min(first_row[area + ONE], np.uint64(highest))
        for first in range(max(first_row[area], np.uint64(lowest)), last, rows_in_tile):
            end = min(first + rows_in_tile, last)
            at, cells = first * lanes, (end - first) * lanes
            some_changed, some_touched, j = False, False, NOUGHT
            for r in range(first, end):
                some_changed |= town.changed[r]
                some_touched |= town.touched[r]
                add_over_ties(now, friends, tie_start[r], tie_start[r + ONE], lanes, total, j)
                for _ in range(lanes):
                    number[j], years[j] = tie_start[r + ONE] - tie_start[r], town.age[r]
                    j += ONE
            if some_changed:
                _last(lasting, target, at, cells, effect)
            _slow(now, gained, at, cells, start, order, slowed)
            _pull(now, at, cells, total, number, years, peers)
            if some_touched:
                _incline(now, at, cells, slowed, total, benefit, at, effect, after, do)
            else:
                _incline(now, at, cells, slowed, total, nothing, NOUGHT, effect, after, do)


@act
def _last(lasting, target, at, cells, effect):
    for i in range(cells):
        p = at_place(effect, i)
        target[at + i] = inclining.slow_left(target[at + i], p)
        lasting[at + i] = inclining.lasting_after(lasting[at + i], target[at + i], p)


@act
def _slow(now, gained, at, cells, start, order, slowed):
    for i in range(cells):
        slowed[i] = inclining.reversion_slowed(now[at + i], gained[at + i], start[i], at_place(order, i))


@act
def _pull(now, at, cells, total, number, years, peers):
    """The pull of friends, in place of their total."""
    for i in range(cells):
        p = at_place(peers, i)
        weight = inclining.weight_of_friends(years[i], p)
        total[i] = inclining.pull_of_friends(now[at + i], total[i], number[i], weight, p)


@act
def _incline(now, at, cells, slowed, pull, benefit, of_benefit, effect, after, do):
    for i in range(cells):
        p = at_place(effect, i)
        after[at + i] = do.inclination_after(now[at + i], slowed[i], pull[i], benefit[of_benefit + i], p)
