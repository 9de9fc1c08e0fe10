"""Emulators: each figure as a smooth function of the numbers, learned from the reference table, with its error.

Ridge regression of scikit-learn on places in the prior and their squares; products of two numbers foresaw held-out
worlds worse. The error is what is left on worlds that were held out: chance in the runs and what the emulator does not
see, together.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from modsim.calibration.prior import Prior
from modsim.calibration.targets import Target, aims_of, figures_in
from modsim.inputs.problems import InputError

_PENALTIES = np.logspace(-1, 5, 13)
_FOLDS = 5
FEWEST_RUNS, _FEWEST_WORLDS = 20, 4


def _terms(shares: np.ndarray) -> np.ndarray:
    """What figures are linear in: places, from the middle, and their squares."""
    return np.hstack([shares - 0.5, (shares - 0.5) ** 2])


@dataclass(frozen=True)
class Emulators:
    """One emulator for each figure: `predict` takes places in the ranges (n, parameters) and gives (n, figures).

    `left` (figures, figures) is the covariance of what is left on held-out worlds: figures that say nearly the same
    miss together. `explained` (figures,) is the share of each figure's variance that is not left.
    """

    figures: list[str]
    numbers: int
    fitted: Any
    left: np.ndarray
    explained: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """Standard deviation of what is left of each figure (figures,)."""
        return np.sqrt(np.diag(self.left))

    @classmethod
    def of(cls, shares: np.ndarray, values: np.ndarray, worlds: np.ndarray, figures: list[str]) -> "Emulators":
        """From places (n, parameters), figures (n, figures) and the world of each point (n,)."""
        from sklearn.linear_model import RidgeCV
        from sklearn.model_selection import GroupKFold, cross_val_predict
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        def machine() -> Any:
            return make_pipeline(StandardScaler(), RidgeCV(_PENALTIES, alpha_per_target=True))

        folds = GroupKFold(min(_FOLDS, len(np.unique(worlds))))
        terms = _terms(shares)
        held_out = cross_val_predict(machine(), terms, values, groups=worlds, cv=folds)
        left = values - held_out.reshape(values.shape)
        explained = 1.0 - left.var(axis=0) / np.maximum(values.var(axis=0), 1e-30)
        covariance = np.cov(left.T).reshape(len(figures), len(figures))
        return cls(figures, shares.shape[1], machine().fit(terms, values), covariance, explained)

    def predict(self, shares: np.ndarray) -> np.ndarray:
        found = self.fitted.predict(_terms(np.atleast_2d(shares)))
        return found.reshape(len(np.atleast_2d(shares)), -1)

    def implausibility(self, shares: np.ndarray, targets: list[Target]) -> np.ndarray:
        """How many standard deviations each figure lies from its target (n, targets): range and error together."""
        values, sds = aims_of(targets)
        return np.abs(self.predict(shares) - values) / np.sqrt(self.error**2 + sds**2)

    def log_evidence(self, shares: np.ndarray, observed: np.ndarray, sds: np.ndarray) -> float:
        """Log of how well all places together foresee what was observed: the mean of their likelihoods."""
        misses = multivariate_normal(np.zeros(len(sds)), self.left + np.diag(sds**2))
        log_likelihood = misses.logpdf(self.predict(shares) - observed)
        return float(logsumexp(log_likelihood) - np.log(len(shares)))


def taught(table: pd.DataFrame, prior: Prior, targets: list[Target], what: str = "have all figures") -> Emulators:
    """Emulators of the runs of a table that have all figures.

    Raises
    ------
    InputError
        where too few do; `what` says in it what these do.
    """
    rows = table[np.isfinite(figures_in(table, targets)).all(axis=1)]
    worlds = rows["world"].nunique()
    if len(rows) < FEWEST_RUNS or worlds < _FEWEST_WORLDS:
        raise InputError(
            [
                f"only {len(rows)} runs, in {worlds} worlds, {what}; {FEWEST_RUNS} in {_FEWEST_WORLDS} or more are "
                "needed: give more --worlds, --again or --points"
            ]
        )
    shares = prior.shares_of(rows[prior.keys].to_numpy())
    names = [target.figure for target in targets]
    return Emulators.of(shares, figures_in(rows, targets), rows["world"].to_numpy(), names)
