"""How far interests of two places differ, from interest cards: corrected for chance, and with an interval.

Two samples from the same place differ by chance alone: eleven cards each by about a third. So the plain distance
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
    """What cards say of the dissimilarity: `plain` is the distance of the counts, `by_luck` what chance alone gives.

    `value` is None below 100 cards in either place; `low` and `high` are always there.
    """

    plain: float
    by_luck: float
    corrected: float
    low: float
    high: float
    cards: tuple[int, int]
    on_the_menu: tuple[float, float]  # share of cards in each place on the three activities named most in the first

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
    lines = np.quantile(each, 1.0 - tail, axis=1), each.mean(axis=1), np.quantile(each, tail, axis=1)
    low, corrected = (_where(np.array(tried), line, plain) for line in lines[:2])
    high = _where(np.array(tried), lines[2], plain, last=True)
    top = np.argsort(-cards.there, kind="stable")[:3]
    menu = float(there[top].sum()), float(here[top].sum())
    return Dissimilarity(plain, float(each[0].mean()), corrected, low, high, numbers, menu)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Total variation distance of two patterns of shares: the share of interests that lies elsewhere."""
    return float(np.abs(one - other).sum() / 2.0)


def _apart(one: np.ndarray, other: np.ndarray, numbers: tuple[int, int], step: float) -> tuple[np.ndarray, np.ndarray]:
    """Two patterns between all alike (step 0), apart in the way they were seen to be, and nothing in common (step 1).

    Each activity's difference is first shrunk by what chance alone would give it, or luck would be taken for a way in
    which the places differ.
    """
    pooled = (one * numbers[0] + other * numbers[1]) / sum(numbers)
    seen = other - one
    by_luck = pooled * (1.0 - pooled) * (1.0 / numbers[0] + 1.0 / numbers[1])
    squared = np.where(seen == 0.0, 1.0, seen * seen)
    way = seen * np.maximum(1.0 - by_luck / squared, 0.0)
    more, less = np.maximum(way, 0.0), np.maximum(-way, 0.0)
    if not (more.sum() and less.sum()):
        more, less = np.maximum(seen, 0.0), np.maximum(-seen, 0.0)
    if not more.sum():  # the very same counts: there is no saying in which way they would differ
        half = np.arange(len(one)) % 2
        more, less = pooled * half + 1e-12, pooled * (1 - half) + 1e-12
    more, less = more / more.sum(), less / less.sum()
    share = numbers[1] / sum(numbers)
    gain = np.where(less > 0.0, pooled / np.where(less > 0.0, less, 1.0), np.inf)  # until nothing is left here
    loss = np.where(more > 0.0, pooled / np.where(more > 0.0, more, 1.0), np.inf)  # and there
    furthest = float(min((gain / (1.0 - share)).min(), (loss / share).min()))
    reach = min(2.0 * step, 1.0) * min(furthest, 1.0)
    there = np.maximum(pooled + reach * share * (less - more), 0.0)
    here = np.maximum(pooled + reach * (1.0 - share) * (more - less), 0.0)
    if step <= 0.5:
        return there, here
    further = 2.0 * step - 1.0
    shared = np.minimum(there, here)
    ends = [each / max(each.sum(), 1e-12) for each in (there - shared, here - shared)]
    return (1.0 - further) * there + further * ends[0], (1.0 - further) * here + further * ends[1]


def _distances(one: np.ndarray, other: np.ndarray, numbers: tuple[int, int], seed: int) -> np.ndarray:
    """Distances of pairs of samples drawn from two patterns (samples,), on the same random numbers for every pair."""
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


def _where(tried: np.ndarray, line: np.ndarray, seen: float, last: bool = False) -> float:
    """The first (or last) distance at which a line that rises with it is at what was seen; 0 or 1 where it never is."""
    rising = np.maximum.accumulate(line)
    k = int(np.searchsorted(rising, seen, side="right" if last else "left"))
    if k == 0:
        return 0.0
    if k == len(rising):
        return 1.0
    share = (seen - rising[k - 1]) / max(rising[k] - rising[k - 1], 1e-12)
    return float(tried[k - 1] + share * (tried[k] - tried[k - 1]))
