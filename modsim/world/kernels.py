"""The draws, compiled: the same bits as `modsim.world.draws`, which is their reference."""

import numpy as np

from modsim.compiling.jit import jit, usable
from modsim.rules.arithmetic import exponential
from modsim.world import draws

usable(exponential, draws._chance_of_none)

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLY_A, _MULTIPLY_C = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_ADD_K, _ADD_M = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_TO_ONE = 2.0**-32

poisson_count = jit(draws.poisson_count)  # of one number; the loops of the streets call them
binomial_count = jit(draws.binomial_count)


@jit
def _philox_4x32(a, b, c, d, k, m):
    """`draws.philox_4x32` of single words (uint64)."""
    for _ in range(10):
        p, q = _MULTIPLY_A * a, _MULTIPLY_C * c
        a, b, c, d = (q >> _HALF) ^ b ^ k, q & _LOW, (p >> _HALF) ^ d ^ m, p & _LOW
        k, m = (k + _ADD_K) & _LOW, (m + _ADD_M) & _LOW
    return a, b, c, d


@jit
def _word(value):
    return np.uint64(value) & _LOW


@jit
def uniforms(keys, replicates, area, occasion, slot, generation, index):
    """`Luck.uniform` for columns of one length (int64); `keys` (areas, 2) and `replicates` (areas,) are uint64."""
    found = np.empty(len(area))
    for i in range(len(area)):
        at = area[i]
        words = _philox_4x32(
            _word(slot[i]), _word(occasion[i]), replicates[at], _word((generation[i] << 16) + index // 4),
            keys[at, 0], keys[at, 1],
        )  # fmt: skip
        word = words[index % 4]
        found[i] = (np.float64(word) + 0.5) * _TO_ONE
    return found


@jit
def blocks(keys, replicates, area, occasion, slot, generation):
    """The four words of each entity's block (4, n), for four weeks' draws; `occasion` is one number."""
    found = np.empty((4, len(area)), dtype=np.uint32)
    for i in range(len(area)):
        at = area[i]
        a, b, c, d = _philox_4x32(
            _word(slot[i]), _word(occasion), replicates[at], _word(generation[i] << 16), keys[at, 0], keys[at, 1]
        )
        found[0, i], found[1, i], found[2, i], found[3, i] = a, b, c, d
    return found


@jit
def binomial_counts(trials, chance, u):
    """`draws.binomial_counts` for columns of one length."""
    found = np.empty(len(trials), dtype=np.int16)
    for i in range(len(trials)):
        found[i] = binomial_count(trials[i], chance[i], u[i])
    return found
