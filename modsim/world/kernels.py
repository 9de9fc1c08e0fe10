"""Draws, ages and backgrounds, compiled: the same bits as `modsim.world.draws` and `modsim.world.young_people`.

Those are their reference.
"""

from typing import NamedTuple

import numpy as np
from numba.extending import overload

from modsim.compiling.jit import jit, usable, woven_in
from modsim.rules import arithmetic, offending
from modsim.world import draws

rules_stand = usable(arithmetic.exponential, offending.log_age_factor, offending.background_rate)

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLY_A, _MULTIPLY_C = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_ADD_K, _ADD_M = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_TO_ONE = 2.0**-32
_ONE = np.uint64(1)
_WIDTH = 256


@woven_in
def _philox_4x32(a, b, c, d, k, m):
    """`draws.philox_4x32` of single words (uint64)."""
    for _ in range(10):
        p, q = _MULTIPLY_A * a, _MULTIPLY_C * c
        a, b, c, d = (q >> _HALF) ^ b ^ k, q & _LOW, (p >> _HALF) ^ d ^ m, p & _LOW
        k, m = (k + _ADD_K) & _LOW, (m + _ADD_M) & _LOW
    return a, b, c, d


@woven_in
def _word(value):
    return np.uint64(value) & _LOW


@jit
def luck_of(key, other_key, replicate, occasion, slot, generation):
    """`Luck.uniform` of one entity, index 0."""
    a, _, _, _ = _philox_4x32(_word(slot), _word(occasion), replicate, _word(generation << 16), key, other_key)
    return (np.float64(np.uint32(a)) + 0.5) * _TO_ONE


@overload(draws.luck_of)
def _luck_of(key, other_key, replicate, occasion, slot, generation):
    return lambda key, other_key, replicate, occasion, slot, generation: luck_of(
        key, other_key, replicate, occasion, slot, generation
    )


@jit
def _end_of_run(area, first):
    """The end of the entities from `first` on that live in one area."""
    end, all_of_them = first, np.uint64(len(area))
    while end < all_of_them and area[end] == area[first]:
        end += _ONE
    return end


@jit
def uniforms(keys, replicates, area, occasion, slot, generation, index):
    """`Luck.uniform` for columns of one length (int64); `keys` (areas, 2) and `replicates` (areas,) are uint64."""
    found = np.empty(len(area))
    block = index // 4
    first_word, second, third, fourth = [_LOW if word == index % 4 else np.uint64(0) for word in range(4)]
    first = np.uint64(0)
    while first < np.uint64(
        len(area)
    ):  # with one key for all entities of an area in a row, the loop below is vectorised
        end, at = _end_of_run(area, first), area[first]
        key, other_key, replicate = keys[at, 0], keys[at, 1], replicates[at]
        for i in range(first, end):
            a, b, c, d = _philox_4x32(
                _word(slot[i]), _word(occasion[i]), replicate, _word((generation[i] << 16) + block), key, other_key
            )
            word = (a & first_word) | (b & second) | (c & third) | (d & fourth)  # without a branch
            found[i] = (np.float64(np.uint32(word)) + 0.5) * _TO_ONE
        first = end
    return found


@jit
def blocks(keys, replicates, area, occasion, slot, generation):
    """The four words of each entity's block (4, n), for four weeks' draws; `occasion` is one number."""
    found = np.empty((4, len(area)), dtype=np.uint32)
    first = np.uint64(0)
    while first < np.uint64(len(area)):
        end, at = _end_of_run(area, first), area[first]
        key, other_key, replicate = keys[at, 0], keys[at, 1], replicates[at]
        for i in range(first, end):
            a, b, c, d = _philox_4x32(
                _word(slot[i]), _word(occasion), replicate, _word(generation[i] << 16), key, other_key
            )
            found[0, i], found[1, i], found[2, i], found[3, i] = a, b, c, d
        first = end
    return found


@jit
def _draw_again(keys, replicates, area, occasion, slot, generation, of, block):
    """The blocks of those who are newcomers to them; a loop apart, for those beside it to be vectorised."""
    for i in range(len(of)):
        if of[i] != generation[i]:
            at, of[i] = area[i], generation[i]
            block[0, i], block[1, i], block[2, i], block[3, i] = _philox_4x32(
                _word(slot[i]), _word(occasion), replicates[at], _word(of[i] << 16), keys[at, 0], keys[at, 1]
            )


@jit
def weekly_uniforms(keys, replicates, area, occasion, slot, generation, of, block, index):
    """`Luck.weekly_uniform` for columns: word `index` of a block, drawn again where it is not `of` who is here now."""
    newcomers = 0
    for i in range(len(of)):
        newcomers += of[i] != generation[i]
    if newcomers:
        _draw_again(keys, replicates, area, occasion, slot, generation, of, block)
    found, words = np.empty(len(of)), block[index]
    for i in range(len(of)):
        found[i] = (np.float64(words[i]) + 0.5) * _TO_ONE
    return found


@jit
def binomial_table(trials, chance):
    """`draws.binomial_table` of trials (areas, lanes) and chances (lanes,), as one array (counts, areas, lanes)."""
    areas, lanes = trials.shape
    most = 0
    for area in range(areas):
        for k in range(lanes):
            most = max(most, trials[area, k])
    found = np.empty((most, areas, lanes))
    for count in range(most):
        for area in range(areas):
            for k in range(lanes):
                found[count, area, k] = 2.0
    for area in range(areas):
        for k in range(lanes):
            fail, mass, number = 1.0 - chance[k], 1.0, trials[area, k]
            for _ in range(number):
                mass = mass * fail
            reached = mass
            for count in range(number):
                found[count, area, k] = reached
                mass = mass * (number - count) * chance[k] / ((count + 1) * max(fail, 1e-300))
                reached = reached + mass
    return found


@jit
def ages(years_at_start, elapsed, span, youngest):
    """Ages (rows,) and generations of those who hold the rows now, so many years after the start."""
    age, generation = np.empty(len(span)), np.empty(len(span), dtype=np.int64)
    for i in range(len(span)):
        lived = years_at_start[i] + elapsed
        times = np.floor(lived / span[i])
        age[i] = youngest[i] + lived - times * span[i]
        generation[i] = np.int64(times)
    return age, generation


class _Curve(NamedTuple):
    peak_age: float
    age_sd: float


@jit
def backgrounds(begin, stop, level, area, group, log_rates, in_core, core_shift, age, spell, peak_age, age_sd, found):
    """Expected incidents without any programme of the rows from `begin` to before `stop`, into `found`.

    `log_rates` are those of areas, groups and people.
    """
    of_area, of_group, own = log_rates
    lasting, at = np.empty(_WIDTH), np.empty(_WIDTH)
    curve = _Curve(peak_age, age_sd)
    for first in range(begin, stop, _WIDTH):
        rows = min(_WIDTH, stop - first)
        for i in range(rows):
            r = first + i
            lasting[i] = of_area[area[r]] + of_group[group[r]] + own[r] + core_shift * in_core[r]
            at[i] = level[area[r]]
        now = found[first : first + rows]
        years, spells = age[first : first + rows], spell[first : first + rows]
        for i in range(rows):
            now[i] = offending.background_rate(at[i], lasting[i], offending.log_age_factor(years[i], curve), spells[i])
