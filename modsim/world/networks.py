"""Networks drawn by chance, straight to compressed rows: peer groups of young people, rings of residents.

Every tie has draws of its own, keyed by the places of its two ends, so the ties of an area are the same whatever
other areas and replicates are drawn with it.
"""

from collections.abc import Sequence

import numpy as np

from modsim.world.draws import Luck
from modsim.world.ties import Ties

_TRIES = range(2, 8)  # draws for a stranger; if all are of the same group, the tie stays as it is


def group_sizes(young_people: int, core_groups: int, core_size: int, group_size: int) -> list[int]:
    """Sizes of the groups of an area: core groups first, then peer groups, the last two evened out."""
    rest = young_people - core_groups * core_size
    full, left = divmod(rest, group_size)
    sizes = [group_size] * full
    if left:
        if full and left < group_size // 2:
            sizes[-1] += left
        else:
            sizes.append(left)
    return [core_size] * core_groups + sizes


def peer_ties(group: np.ndarray, area: np.ndarray, first_row: np.ndarray, rewired_share: float, luck: Luck) -> Ties:
    """Ties between young people: complete groups, of which a share is rewired.

    A rewired tie keeps one end, drawn, and gets another drawn from the whole area outside the group. `group` and
    `area` (rows,) ascend, with the rows of a group and of an area beside each other; `first_row` is of each area.
    """
    rows = len(group)
    last = np.searchsorted(group, group, side="right")  # the row after the group
    later = last - np.arange(rows) - 1  # members of the group after each
    one = np.repeat(np.arange(rows), later)
    other = np.arange(len(one)) - np.repeat(np.cumsum(later) - later, later) + one + 1

    def draw(tie: np.ndarray, index: int) -> np.ndarray:
        at = area[one[tie]]
        return luck.uniform("rewiring", at, other[tie] - first_row[at], one[tie] - first_row[at], index=index)

    left = np.nonzero(draw(np.arange(len(one)), 0) < rewired_share)[0]  # ties that are to be rewired
    kept = np.where(draw(left, 1) < 0.5, one[left], other[left])
    for index in _TRIES:
        at = area[kept]
        people = first_row[at + 1] - first_row[at]
        drawn = np.minimum((draw(left, index) * people).astype(np.int64), people - 1) + first_row[at]
        fits = group[drawn] != group[kept]
        one[left[fits]], other[left[fits]] = kept[fits], drawn[fits]
        left, kept = left[~fits], kept[~fits]
    return Ties.between(one, other, rows)


def ring_ties(numbers: Sequence[int], neighbours: int, rewired_share: float, luck: Luck) -> Ties:
    """Ties between residents of each area, so many of them: to the next few on either side, a share of them rewired."""
    steps = max(neighbours // 2, 1)
    people, first = np.asarray(numbers), np.cumsum(numbers) - numbers
    area = np.repeat(np.arange(len(people)), people * steps)
    within = np.arange(len(area)) - np.repeat(first * steps, people * steps)
    step, slot = np.divmod(within, people[area])
    key = area, step + 1, slot
    moved = luck.uniform("neighbours move", *key) < rewired_share
    stranger = np.minimum((luck.uniform("neighbours", *key) * people[area]).astype(np.int64), people[area] - 1)
    other = np.where(moved, stranger, (slot + step + 1) % people[area])
    return Ties.between(slot + first[area], other + first[area], int(people.sum()))
