"""How far wishes of two places differ, from interest cards: corrected for luck, and with an interval.

Two samples from one and the same place differ by luck alone: eleven cards each by about a third. So the plain distance
between the two counts is too large, and the more so the fewer cards there are. The estimate is the distance at which as
much as was seen is to be expected; the interval holds the distances at which what was seen would not be surprising
(a parametric bootstrap, inverted). Cards are taken to be independent: those of one group of friends tell less.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from modsim.findings.statistics import CONFIDENCE
from modsim.inputs.cards import Cards
from modsim.world.draws import Luck

FEWEST_CARDS = 100  # in each place, below which no single value is given
_SAMPLES = 400
_STEPS = 41


@dataclass(frozen=True)
class Dissimilarity:
    """What cards say of the dissimilarity: `plain` is the distance of the counts, `by_luck` what luck alone gives.

    `value` is None below 100 cards in either place; `low` and `high` are always there.
    """

    plain: float
    by_luck: float
    corrected: float
    low: float
    high: float
    cards: tuple[int, int]

    @property
    def value(self) -> float | None:
        """The single value to work with, None where there are too few cards for one."""
        return self.corrected if min(self.cards) >= FEWEST_CARDS else None


def dissimilarity_of(cards: Cards, seed: int = 1) -> Dissimilarity:
    """The dissimilarity of two places from cards (total variation distance, 0 to 1)."""
    there, here = cards.there / cards.there.sum(), cards.here / cards.here.sum()
    numbers = int(cards.there.sum()), int(cards.here.sum())
    plain = distance(there, here)
    tried, seen = [], []
    for step in range(_STEPS):
        one, other = _apart(there, here, numbers, step / (_STEPS - 1))
        tried.append(distance(one, other))
        seen.append(_distances(one, other, numbers, seed))
    each = np.array(seen)  # (steps, samples)
    tail = (1.0 - CONFIDENCE) / 2.0
    low, corrected, high = (
        _where(np.array(tried), line, plain)
        for line in (np.quantile(each, 1.0 - tail, axis=1), each.mean(axis=1), np.quantile(each, tail, axis=1))
    )
    return Dissimilarity(plain, float(each[0].mean()), corrected, low, high, numbers)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Total variation distance of two patterns of shares: the share of wishes that lies elsewhere."""
    return float(np.abs(one - other).sum() / 2.0)


def _apart(one: np.ndarray, other: np.ndarray, numbers: tuple[int, int], step: float) -> tuple[np.ndarray, np.ndarray]:
    """Two patterns between all alike (step 0), as they were seen (one half), and nothing in common (1)."""
    pooled = (one * numbers[0] + other * numbers[1]) / sum(numbers)
    if step <= 0.5:
        return pooled + 2.0 * step * (one - pooled), pooled + 2.0 * step * (other - pooled)
    more = 2.0 * step - 1.0
    shared = np.minimum(one, other)
    apart = one - shared, other - shared
    if not apart[0].sum():  # the very same counts: there is no saying in which way they would differ
        half = np.arange(len(one)) % 2
        apart = one * half, one * (1 - half)
    ends = [each / max(each.sum(), 1e-12) for each in apart]
    return (1.0 - more) * one + more * ends[0], (1.0 - more) * other + more * ends[1]


def _distances(one: np.ndarray, other: np.ndarray, numbers: tuple[int, int], seed: int) -> np.ndarray:
    """Distances of pairs of samples drawn from two patterns (samples,); the same luck for every pair of patterns."""
    first, second = (
        _sampled(shares, number, seed, place)
        for place, (shares, number) in enumerate(zip((one, other), numbers, strict=True))
    )
    return np.abs(first / numbers[0] - second / numbers[1]).sum(axis=0) / 2.0


def _sampled(shares: np.ndarray, number: int, seed: int, place: int) -> np.ndarray:
    """Counts of samples (activities, samples), one activity after the other from what is left."""
    luck = Luck(seed, ["cards"], [0])
    left, rest = np.full(_SAMPLES, number), 1.0
    counts = np.zeros((len(shares), _SAMPLES))
    samples = np.arange(_SAMPLES)
    for k, share in enumerate(shares.tolist()):
        u = luck.uniform("cards", np.zeros(_SAMPLES, dtype=np.int64), samples, np.full(_SAMPLES, 2 * k + place))
        chance = min(share / rest, 1.0) if rest > 1e-12 else 0.0
        counts[k] = left if k == len(shares) - 1 else binom.ppf(u, left, chance)
        left, rest = left - counts[k].astype(np.int64), rest - share
    return counts


def _where(tried: np.ndarray, line: np.ndarray, seen: float) -> float:
    """The distance at which a line that rises with it reaches what was seen: 0 or 1 where it lies beyond."""
    rising = np.maximum.accumulate(line)
    if seen <= rising[0]:
        return 0.0
    if seen >= rising[-1]:
        return 1.0
    k = int(np.searchsorted(rising, seen))
    share = (seen - rising[k - 1]) / max(rising[k] - rising[k - 1], 1e-12)
    return float(tried[k - 1] + share * (tried[k] - tried[k - 1]))
