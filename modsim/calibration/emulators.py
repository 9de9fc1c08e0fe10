"""Emulators: each figure as a smooth function of the numbers, learned from the reference table, with its error.

Ridge regression of scikit-learn on places in the prior and their squares; products of two numbers foresaw held-out
worlds worse. The error is what is left on worlds that were held out: chance in the runs and what the emulator does not
see, together.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from modsim.calibration.targets import Target
from modsim.inputs.problems import InputError

_PENALTIES = np.logspace(-1, 5, 13)
_FOLDS = 5


def check_scikit_learn() -> None:
    """Refuse, before any work, where the library is missing.

    Raises
    ------
    InputError
        where it is not installed.
    """
    if find_spec("sklearn") is None:
        raise InputError(
            ["a calibration needs scikit-learn, which comes with the research extra: pip install 'modsim[research]'"]
        )


def _terms(shares: np.ndarray) -> np.ndarray:
    """What figures are linear in: places, from the middle, and their squares."""
    return np.hstack([shares - 0.5, (shares - 0.5) ** 2])


@dataclass(frozen=True)
class Emulators:
    """One emulator for each figure: `predict` takes places in the ranges (n, parameters) and gives (n, figures).

    `error` (figures,) is the standard deviation of what is left on held-out worlds, `explained` the share of the
    figure's variance that is not.
    """

    figures: list[str]
    numbers: int
    fitted: Any
    error: np.ndarray
    explained: np.ndarray

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
        left = values - held_out
        error = left.std(axis=0)
        explained = 1.0 - left.var(axis=0) / np.maximum(values.var(axis=0), 1e-30)
        return cls(figures, shares.shape[1], machine().fit(terms, values), error, explained)

    def predict(self, shares: np.ndarray) -> np.ndarray:
        found = self.fitted.predict(_terms(np.atleast_2d(shares)))
        return found.reshape(len(np.atleast_2d(shares)), -1)

    def implausibility(self, shares: np.ndarray, targets: list[Target]) -> np.ndarray:
        """How many standard deviations each figure lies from its target (n, targets): range and error together."""
        off = self.predict(shares) - np.array([target.value for target in targets])
        return np.abs(off) / np.sqrt(self.error**2 + np.array([target.sd for target in targets]) ** 2)

    def log_evidence(self, shares: np.ndarray, observed: np.ndarray, sds: np.ndarray) -> float:
        """Log of how well all places together foresee what was observed: the mean of their likelihoods."""
        spread = np.sqrt(self.error**2 + sds**2)
        off = (self.predict(shares) - observed) / spread
        log_likelihood = -0.5 * (off**2).sum(axis=1) - np.log(spread).sum()
        top = log_likelihood.max()
        return float(top + np.log(np.exp(log_likelihood - top).mean()))
