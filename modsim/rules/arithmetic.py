"""The few functions beyond + - * / that rules may use: the same bits from NumPy, plain Python or a compiler."""

import numpy as np


def exponential(x):
    """e to the power x, for x within ±20 (values beyond are held at ±20); relative error below 1e-12.

    A Taylor polynomial of x/1024, squared ten times. It is made of arithmetic only, so that it gives the same
    bits wherever it is evaluated, which library exponentials do not promise.
    """
    y = np.minimum(np.maximum(x, -20.0), 20.0) / 1024.0
    e = 1.0 + y * (1.0 + y * (1.0 / 2 + y * (1.0 / 6 + y * (1.0 / 24 + y * (1.0 / 120 + y * (1.0 / 720))))))
    e = e * e  # ten squarings, written out: a rule has no loop
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    return e * e


def logarithm(x):
    """The natural logarithm of x, for x between 0.02 and 50, by Halley's method on `exponential`; error below 1e-9."""
    y = 2.0 * (x - 1.0) / (x + 1.0)
    e = exponential(y)
    y = y + 2.0 * (x - e) / (x + e)
    e = exponential(y)
    y = y + 2.0 * (x - e) / (x + e)
    e = exponential(y)
    y = y + 2.0 * (x - e) / (x + e)
    e = exponential(y)
    return y + 2.0 * (x - e) / (x + e)


def logistic(x):
    """The chance whose log-odds are x."""
    return 1.0 / (1.0 + exponential(-x))


def between(low, x, high):
    """x held between low and high."""
    return np.minimum(np.maximum(x, low), high)
