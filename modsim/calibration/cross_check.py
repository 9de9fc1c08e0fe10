"""The same posterior by another hand: pyABC's sequential Monte Carlo on the emulators, with chance and errors drawn."""

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modsim.calibration.calibrating import Calibration
from modsim.inputs.problems import InputError
from modsim.world.draws import analyst, everybodys_generator

# With more generations a few particles come to carry all the weight, and the posterior with it.
_PARTICLES, _GENERATIONS = 1000, 5


def cross_checked(calibration: Calibration) -> pd.DataFrame:
    """Every number that the targets identify: mean and spread by the table and by pyABC, in shares of the prior.

    All other numbers are drawn from the prior in each simulation.

    Raises
    ------
    InputError
        where pyABC is not installed, or no number is identified.
    """
    try:
        import pyabc
    except ImportError:
        raise InputError(
            ["a cross-check needs pyABC, which comes with the research extra: pip install 'modsim[research]'"]
        ) from None
    known = np.nonzero(calibration.numbers["identified"].to_numpy())[0]
    if not known.size:
        raise InputError(["the targets identify no number, so there is nothing to cross-check"])
    for name in ("ABC", "ABC.Sampler", "ABC.Distance"):
        logging.getLogger(name).setLevel(logging.ERROR)
    emulators, fitted = calibration.emulators, calibration.fitted
    spread = np.sqrt(emulators.error**2 + np.array([target.sd for target in fitted]) ** 2)
    luck = analyst(calibration.seed, "cross-check")
    names = [f"n{k}" for k in known.tolist()]

    def simulated(numbers: Any) -> dict[str, float]:
        place = luck.random((1, len(calibration.prior.parameters)))
        place[0, known] = [numbers[name] for name in names]
        figures = emulators.predict(place)[0] + spread * luck.normal(size=len(spread))
        return dict(zip(emulators.figures, figures.tolist(), strict=True))

    with everybodys_generator(calibration.seed), tempfile.TemporaryDirectory() as folder:
        smc = pyabc.ABCSMC(
            simulated,
            pyabc.Distribution(**{name: pyabc.RV("uniform", 0.0, 1.0) for name in names}),
            pyabc.PNormDistance(p=2, fixed_weights=dict(zip(emulators.figures, (1.0 / spread).tolist(), strict=True))),
            population_size=_PARTICLES,
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
    return pd.DataFrame(
        {
            "number": [calibration.prior.keys[k] for k in known],
            "mean": own.mean[known], "mean_by_pyabc": mean,
            "sd": mine[known], "sd_by_pyabc": theirs,
            "apart": np.abs(own.mean[known] - mean),
            "effective_particles": round(1.0 / float((weights**2).sum())),
        }
    )  # fmt: skip
