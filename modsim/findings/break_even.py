"""The dissimilarity at which two arms do equally well: said before any verdict, because nobody has measured it."""

from dataclasses import dataclass

import numpy as np

from modsim.findings.statistics import CONFIDENCE, FEWEST_TO_RESAMPLE, resampled_means


@dataclass(frozen=True)
class BreakEven:
    """Dissimilarity (0-1) above which the arm does better than the other, with a 95 % bootstrap interval.

    `mean` is None when there is none between 0 and 1, or it was not looked for; `text` says which. An end of the
    interval at 0 or 1 means that it reaches there or beyond.
    """

    mean: float | None
    low: float | None
    high: float | None
    text: str


def break_even(points: list[float], gains: np.ndarray, arm: str, against: str, seed: int) -> BreakEven:
    """Where the mean gain crosses zero, between the dissimilarities tried.

    Gains are taken to rise with dissimilarity (isotonic regression), and to be straight from one point tried to the
    next. `gains` (replicates, points) is how much better the arm does than the other at each dissimilarity, by
    replicate; replicates are resampled whole, and there is no interval from fewer than 8 of them.
    """
    if len(points) < 2 or len(gains) == 0:
        return BreakEven(None, None, None, "The break-even dissimilarity was not looked for.")
    if not gains.any():
        return BreakEven(
            None, None, None, f"No break-even: “{arm}” and “{against}” do exactly the same at any dissimilarity."
        )
    at, means = np.array(points), gains.mean(axis=0)
    where = float(_crossing(at, means[None, :])[0])
    low = high = None
    if len(gains) >= FEWEST_TO_RESAMPLE:
        samples = resampled_means(gains, seed)
        tail = 100 * (1 - CONFIDENCE) / 2
        ends = np.percentile(_crossing(at, samples), [tail, 100 - tail], method="nearest")
        low, high = (float(min(max(x, 0.0), 1.0)) for x in ends)
    tried = ", ".join(f"{point:g}" for point in points)
    if 0.0 <= where <= 1.0:
        span = " (too few replicates for an interval)" if low is None else f" (95 % interval {low:.2f} to {high:.2f})"
        text = (
            f"“{arm}” and “{against}” break even at a dissimilarity of {where:.2f}{span}; "
            f"above it “{arm}” does better on average."
        )
        odd = [point for point, gain in zip(points, means, strict=True) if (point - where) * gain < 0]
        if odd:
            there = ", ".join(f"{x:g}" for x in odd)
            text += f" This assumes that the gain rises with dissimilarity; at {there} it does not."
        return BreakEven(where, low, high, text)
    ahead = [f"{point:g}" for point, gain in zip(points, means, strict=True) if gain > 0]
    if len(ahead) == len(points):
        said = f"“{arm}” does better on average than “{against}” at every dissimilarity tried ({tried})."
    elif not ahead:
        said = f"“{arm}” does no better on average than “{against}” at any dissimilarity tried ({tried})."
    else:
        at_these = ", ".join(ahead)
        said = f"of those tried ({tried}), “{arm}” does better on average than “{against}” at {at_these}."
    return BreakEven(None, low, high, f"No single break-even between 0 and 1: {said}")


def _crossing(points: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Where each row of gains, made to rise, crosses zero from below.

    Minus infinity where it is above zero from the first point on, plus infinity where it never is.
    """
    from scipy.optimize import isotonic_regression  # only here: it takes longer to import than one replicate to run

    found = np.full(len(gains), np.inf)
    for row, gain in enumerate(gains):
        rising = isotonic_regression(gain).x
        above = np.nonzero(rising > 1e-12)[0]
        if above.size == 0:
            continue
        k = above[0]
        if k == 0:
            found[row] = -np.inf
        else:
            share = -rising[k - 1] / (rising[k] - rising[k - 1])
            found[row] = points[k - 1] + share * (points[k] - points[k - 1])
    return found
