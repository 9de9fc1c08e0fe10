"""The one statistical helper: is a mean what it should be? Four standard errors, about one false alarm in 16,000."""

import numpy as np

TOLERATED_STANDARD_ERRORS = 4.0


def standard_errors_off(sample, expected_mean, sd=None):
    """How many standard errors the mean of a sample lies from what is expected."""
    sample = np.asarray(sample, dtype=float)
    spread = sample.std(ddof=1) if sd is None else sd
    return abs(sample.mean() - expected_mean) / (spread / np.sqrt(sample.size))


def mean_is(sample, expected_mean, sd=None):
    """Whether the mean of a sample is within four standard errors of what is expected."""
    return standard_errors_off(sample, expected_mean, sd) < TOLERATED_STANDARD_ERRORS
