"""The same posterior by another hand: pyABC's sequential Monte Carlo on the emulators, with chance and errors drawn."""

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modsim.calibration.calibrating import IMPLAUSIBLE, Calibration
from modsim.calibration.libraries import check_library
from modsim.calibration.targets import aims_of
from modsim.world.draws import analyst, everybodys_generator

# With more generations a few particles come to carry all the weight, and the posterior with it.
_PARTICLES, _GENERATIONS = 1000, 5
_FAR = 1e6  # a figure that comes near to nothing
_COLUMNS = "number", "mean", "mean_by_pyabc", "sd", "sd_by_pyabc", "apart", "effective_particles"


def cross_checked(calibration: Calibration) -> pd.DataFrame:
    """Every number that the targets identify: mean and spread by the table and by pyABC, in shares of the prior.

    All other numbers are drawn from the prior in each simulation; what the first wave rules out is ruled out here too,
    where emulators were taught nothing. No rows where no number is identified.

    Raises
    ------
    InputError
        where pyABC is not installed.
    """
    check_library("pyabc", "pyABC", "a cross-check")
    import pyabc

    known = np.nonzero(calibration.numbers["identified"].to_numpy())[0]
    if not known.size:
        return pd.DataFrame(columns=list(_COLUMNS))
    for name in ("ABC", "ABC.Sampler", "ABC.Distance"):
        logging.getLogger(name).setLevel(logging.ERROR)
    emulators, fitted = calibration.emulators, calibration.fitted
    covariance = emulators.left + np.diag(aims_of(fitted)[1] ** 2)
    spread, mixed = np.sqrt(np.diag(covariance)), np.linalg.cholesky(covariance)
    luck = analyst(calibration.seed, "cross-check")
    names = [f"n{k}" for k in known.tolist()]

    def simulated(numbers: Any) -> dict[str, float]:
        place = luck.random((1, len(calibration.prior.parameters)))
        place[0, known] = [numbers[name] for name in names]
        figures = emulators.predict(place)[0] + mixed @ luck.normal(size=len(spread))
        if calibration.ruling_out.implausibility(place, fitted).max() >= IMPLAUSIBLE:
            figures[:] = _FAR
        return dict(zip(emulators.figures, figures.tolist(), strict=True))

    with everybodys_generator(calibration.seed), tempfile.TemporaryDirectory() as folder:
        smc = pyabc.ABCSMC(
            simulated,
            pyabc.Distribution(**{name: pyabc.RV("uniform", 0.0, 1.0) for name in names}),
            pyabc.PNormDistance(p=2, fixed_weights=dict(zip(emulators.figures, (1.0 / spread).tolist(), strict=True))),
            population_size=_PARTICLES,
            # what is ruled out is never near enough, however much of the prior it is
            eps=pyabc.MedianEpsilon(initial_epsilon=_FAR / (2.0 * float(spread.max()))),
            sampler=pyabc.SingleCoreSampler(),
        )
        smc.new(f"sqlite:///{Path(folder) / 'abc.db'}", {target.figure: target.value for target in fitted})
        history = smc.run(max_nr_populations=_GENERATIONS)
        particles, weights = history.get_distribution(m=0, t=history.max_t)
    places = particles[names].to_numpy()
    mean = weights @ places
    theirs = np.sqrt(weights @ (places - mean) ** 2)
    own = calibration.found
    mine = np.sqrt(own.weights @ (own.shares - own.mean) ** 2)
    keys = [calibration.prior.keys[k] for k in known]
    apart = np.abs(own.mean[known] - mean)
    particles_left = np.full(len(known), round(1.0 / float((weights**2).sum())))
    columns = keys, own.mean[known], mean, mine[known], theirs, apart, particles_left
    return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))
