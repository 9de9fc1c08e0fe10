"""Approximate Bayesian computation with regression adjustment (Beaumont, Zhang & Balding 2002), from a table of runs.

A target is known with an error; a table of runs is therefore noised by that error before it is compared with the
target, which makes the draws those of a posterior and not of a best fit.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import median_abs_deviation

from modsim.world.draws import analyst

KEPT_SHARE = 0.25  # of the table, by closeness
_NOISED = 4  # times that each run is taken, with errors of its own
_INSIDE = 1e-4  # places are kept so far from the ends of their ranges before their logit is taken
_PENALTY = 1e-2


@dataclass(frozen=True)
class Posterior:
    """Draws from a posterior: places in the ranges (draws, parameters), each with a weight that adds up to 1 in all."""

    shares: np.ndarray
    weights: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return self.weights @ self.shares

    @property
    def contraction(self) -> np.ndarray:
        """One less the variance against that of the prior, by parameter: 0 nothing learned, 1 all."""
        variance = self.weights @ (self.shares - self.mean) ** 2
        return 1.0 - variance * 12.0  # a uniform number has variance 1/12

    def quantile(self, share: float) -> np.ndarray:
        """The places below which this share of the posterior lies, by parameter."""
        found = []
        for column in self.shares.T:
            order = np.argsort(column)
            reached = np.cumsum(self.weights[order])
            found.append(column[order][np.searchsorted(reached, share * reached[-1])])
        return np.array(found)

    def drawn(self, number: int, seed: int) -> np.ndarray:
        """So many draws of equal weight (number, parameters)."""
        u = (np.arange(number) + analyst(seed, "posterior draws").random()) / number
        return self.shares[np.searchsorted(np.cumsum(self.weights), u * self.weights.sum())]


def posterior(shares: np.ndarray, figures: np.ndarray, observed: np.ndarray, sds: np.ndarray, seed: int) -> Posterior:
    """The posterior of the numbers, given what was observed.

    Parameters
    ----------
    shares : places in the ranges (n, parameters)
    figures : figures of the runs there (n, targets)
    observed, sds : what was observed, and the standard deviation with which it is known (targets,)
    """
    luck = analyst(seed, "errors of targets")
    places = np.tile(shares, (_NOISED, 1))
    noised = np.tile(figures, (_NOISED, 1)) + sds * luck.normal(size=(_NOISED * len(figures), len(sds)))
    off = noised - observed
    scale = median_abs_deviation(off, axis=0, scale="normal")  # errors of targets are in it
    distance = np.sqrt(((off / scale) ** 2).sum(axis=1))
    reach = np.quantile(distance, KEPT_SHARE)
    near = distance < reach
    weights = 1.0 - (distance[near] / reach) ** 2  # Epanechnikov
    inside = np.clip(places[near], _INSIDE, 1.0 - _INSIDE)
    logit = np.log(inside / (1.0 - inside))
    terms = np.column_stack([np.ones(near.sum()), off[near] / scale])
    square = terms.T @ (weights[:, None] * terms)
    square[1:, 1:] += _PENALTY * weights.sum() * np.eye(len(scale))
    slopes = np.linalg.solve(square, terms.T @ (weights[:, None] * logit))
    moved = logit - terms[:, 1:] @ slopes[1:]
    return Posterior(1.0 / (1.0 + np.exp(-moved)), weights / weights.sum())
