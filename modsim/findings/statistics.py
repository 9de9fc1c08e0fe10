"""Estimates from paired replicates: the mean with its interval, and, apart from it, the range of replicates."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from modsim.world.draws import Luck

CONFIDENCE = 0.95
RANGE_OF_FUTURES = (5.0, 95.0)
SMOOTHING_WEEKS = 13  # of weekly incidents, in figures and on the page
_BOOTSTRAP_SAMPLES = 2000
_DRAWN_AT_ONCE = 100_000
FEWEST_TO_RESAMPLE = 8  # replicates below which a bootstrap interval would be far too narrow to be shown


@dataclass(frozen=True)
class Estimate:
    """A mean over replicates, the 95 % interval of that mean, and the 5th and 95th percentile of replicates.

    None stands for what cannot be said: an interval from one replicate, a ratio without a finite value.
    """

    mean: float | None
    low: float | None
    high: float | None
    range_low: float | None
    range_high: float | None


def estimate(values: np.ndarray) -> Estimate:
    """The estimate from one value for each replicate (Student's t interval); missing values are left out."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return Estimate(None, None, None, None, None)
    mean = float(known.mean())
    low_future, high_future = (float(x) for x in np.percentile(known, RANGE_OF_FUTURES))
    if known.size == 1:
        return Estimate(mean, None, None, low_future, high_future)
    reach = float(stdtrit(known.size - 1, 0.5 + CONFIDENCE / 2) * known.std(ddof=1) / np.sqrt(known.size))
    return Estimate(mean, mean - reach, mean + reach, low_future, high_future)


def resampled_means(values: np.ndarray, seed: int) -> np.ndarray:
    """Means (samples, ...) of bootstrap samples of replicates (replicates, ...): whole, so that pairs stay together.

    Some samples at a time, so that memory does not grow with the replicates.
    """
    luck, replicates = Luck(seed, ["bootstrap"], [0]), len(values)
    at_once = max(_DRAWN_AT_ONCE // replicates, 1)
    means = []
    for first in range(0, _BOOTSTRAP_SAMPLES, at_once):
        samples = np.arange(first, min(first + at_once, _BOOTSTRAP_SAMPLES))
        sample, place = (x.ravel() for x in np.meshgrid(samples, np.arange(replicates), indexing="ij"))
        u = luck.uniform("bootstrap", np.zeros(len(place), dtype=np.int64), sample, place)
        drawn = np.minimum((u * replicates).astype(np.int64), replicates - 1).reshape(len(samples), replicates)
        means.append(values[drawn].mean(axis=1))
    return np.concatenate(means)


def trailing_mean(values: np.ndarray, weeks: int = SMOOTHING_WEEKS) -> np.ndarray:
    """Trailing mean over some weeks along axis 1, shorter at the start."""
    weeks = min(weeks, values.shape[1])
    total = np.cumsum(values, axis=1)
    total[:, weeks:] = total[:, weeks:] - total[:, :-weeks]
    return total / np.minimum(np.arange(values.shape[1]) + 1, weeks)[None, :]


def price_of_averting(cost: np.ndarray, averted: np.ndarray, seed: int) -> Estimate:
    """Cost per incident averted: ratio of means over replicates, with a bootstrap interval.

    The mean is None ("dominated") when on average nothing is averted; the upper end is None when the data leave open
    that nothing is. There is no interval from fewer than 8 replicates. The range of replicates holds single
    replicates, None where nothing was averted in them.
    """

    def ratio(spent, saved):
        return np.where(saved > 0, spent / np.where(saved > 0, saved, 1.0), np.inf)

    def finite(x):
        return float(x) if np.isfinite(x) else None

    if averted.mean() <= 0:
        return Estimate(None, None, None, None, None)
    low = high = None
    if len(cost) >= FEWEST_TO_RESAMPLE:
        ratios = ratio(*(resampled_means(values, seed) for values in (cost, averted)))
        tail = 100 * (1 - CONFIDENCE) / 2
        low, high = (finite(x) for x in np.percentile(ratios, [tail, 100 - tail], method="nearest"))
    futures = np.percentile(ratio(cost, averted), RANGE_OF_FUTURES, method="nearest")
    return Estimate(float(cost.mean() / averted.mean()), low, high, finite(futures[0]), finite(futures[1]))
