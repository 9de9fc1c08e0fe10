"""Luck: the only place where random numbers are made.

Each draw is a pure function of its key (seed, process, area id, replicate, occasion, slot, generation, index) and is
evaluated where it is used. Nothing is consumed in order, so another area, arm, process or replicate shifts nobody's
luck, and arms of one replicate share all of it. The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel random
numbers: as easy as 1, 2, 3"): a counter-based generator, here written so that the same lines serve whole columns
(uint64 arrays) and single draws (Python integers).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

import numpy as np
from scipy.special import gammaincinv, ndtri

from modsim import compiling
from modsim.compiling import acts
from modsim.rules.arithmetic import exponential

_LOW_32_BITS = 0xFFFFFFFF
HIGHEST_MEAN = 100.0  # incidents of one person in one week; a higher mean is taken as this
_MOST_INCIDENTS = 200  # the chance of more is below 1e-17


def philox_4x32(counter, key):
    """Four 32-bit words from four counter words and two key words (uint64 arrays or Python integers)."""
    a, b, c, d = counter
    k, m = key
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k, q & _LOW_32_BITS, (p >> 32) ^ d ^ m, p & _LOW_32_BITS
        k, m = (k + 0x9E3779B9) & _LOW_32_BITS, (m + 0xBB67AE85) & _LOW_32_BITS
    return a, b, c, d


@lru_cache(maxsize=100_000)
def _key(seed: int, process: str, area_id: str) -> tuple[int, int]:
    digest = blake2b(f"{seed}\x1f{process}\x1f{area_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


_SLOTS = 4093
_purposes: dict[int, str] = {}


def draw(process: str) -> int:
    """The place of a process among the keys of `Luck.keys_of_draws`, for acts: it follows from the name alone."""
    place = crc32(process.encode()) % _SLOTS
    if _purposes.setdefault(place, process) != process:
        raise RuntimeError(f"the draws {process!r} and {_purposes[place]!r} have one place: give one another name")
    return place


def luck_of(key, other_key, replicate, occasion, slot, generation):
    """`Luck.uniform` of one entity, index 0, by its two key words."""
    counter = int(slot), int(occasion) & _LOW_32_BITS, int(replicate), int(generation) << 16
    return (philox_4x32(counter, (int(key), int(other_key)))[0] + 0.5) * 2.0**-32


@acts.before_compiling
def _compile_luck() -> None:
    from modsim.world import kernels  # noqa: F401  # says how `luck_of` is compiled


def analyst(seed: int, purpose: str) -> np.random.Generator:
    """A generator for work beside the model: parameters tried, resampling, Monte Carlo; never for its luck."""
    first, second = _key(seed, purpose, "analysis")
    return np.random.Generator(np.random.Philox([first, second]))


@contextmanager
def everybodys_generator(seed: int) -> Iterator[None]:
    """NumPy's shared generator, seeded for as long as a library draws from it, and put back as it was.

    A library that draws from it (pyABC does) can be made to repeat itself in no other way; hence the three exemptions.
    """
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


class Luck:
    """The draws of one world: areas stacked over replicates, each with its id and replicate number.

    `areas` in the methods are positions in that stack (an array, or one integer), and everything that goes with
    them is broadcast. A single integer gives a Python float with the same bits as the array form. The
    weekly draws of the processes to `remember` are kept for as long as the object lives.
    """

    def __init__(self, seed: int, area_ids: list[str], replicates: list[int], remember: Sequence[str] = ()):
        self.seed = seed
        self._remember = remember
        self.area_ids = area_ids
        self.replicates = replicates
        if not all(0 <= replicate <= _LOW_32_BITS for replicate in replicates):
            raise ValueError(f"replicates must lie between 0 and {_LOW_32_BITS}; given {replicates}")
        self.replicate_column = np.array(replicates, dtype=np.uint64)
        self._keys: dict[str, np.ndarray] = {}
        self._blocks: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]] = {}

    def uniform(self, process: str, areas, occasion=0, slot=0, generation=0, index: int = 0):
        """A number in (0, 1), one for each entity: `process` says what for, `occasion` when, `index` which."""
        if isinstance(areas, int):
            key = _key(self.seed, process, self.area_ids[areas])
            counter = (
                int(slot),
                int(occasion) & _LOW_32_BITS,
                self.replicates[areas],
                (int(generation) << 16) + index // 4,
            )
            return (philox_4x32(counter, key)[index % 4] + 0.5) * 2.0**-32
        if compiling.is_on():
            return self._compiled(process, areas, occasion, slot, generation, index)
        words = self._words(process, areas, occasion, slot, generation, index // 4)
        return (words[index % 4] + 0.5) * 2.0**-32

    def _compiled(self, process: str, areas, occasion, slot, generation, index: int) -> np.ndarray:
        """`uniform` for columns, by the compiled loop."""
        from modsim.world import kernels  # only here: Numba is not imported where nothing is compiled

        areas = np.asarray(areas)
        columns = [_column(values, areas.shape) for values in (areas, occasion, slot, generation)]
        if areas.ndim != 1 or any(column.shape != areas.shape for column in columns):
            columns = list(np.broadcast_arrays(*columns))
        shape = columns[0].shape
        if len(shape) != 1:
            columns = [np.ascontiguousarray(column).reshape(-1) for column in columns]
        area, when, place, turn = columns
        found = kernels.uniforms(self.keys_of(process), self.replicate_column, area, when, place, turn, index)
        return found if len(shape) == 1 else found.reshape(shape)

    def keys_of(self, process: str) -> np.ndarray:
        """The two key words of a process in each area (areas, 2)."""
        if process not in self._keys:
            words = [_key(self.seed, process, area_id) for area_id in self.area_ids]
            self._keys[process] = np.array(words, dtype=np.uint64)
        return self._keys[process]

    def keys_of_draws(self) -> np.ndarray:
        """The key words of every process that acts draw for (places, areas, 2), by its place (see `draw`)."""
        found = np.zeros((_SLOTS, len(self.area_ids), 2), dtype=np.uint64)
        for place, process in _purposes.items():
            found[place] = self.keys_of(process)
        return found

    def _words(self, process: str, areas, occasion, slot, generation, block: int):
        keys = self.keys_of(process)
        counter = (
            _word(slot),
            _word(occasion),
            self.replicate_column[areas],
            _word((np.asarray(generation, dtype=np.int64) << 16) + block),
        )
        return philox_4x32(counter, (keys[areas, 0], keys[areas, 1]))

    def weekly_uniform(self, process: str, areas, week: int, slot, generation):
        """A number in (0, 1) for each entity in this week: one block of Philox serves four weeks.

        For columns the block is kept, and made again only for entities of a new generation.
        """
        occasion, index = week // 4, week % 4
        if isinstance(areas, int):
            return self.uniform(process, areas, occasion, slot, generation, index)
        if process not in self._remember and (process, occasion) not in self._blocks:
            self._blocks = {name: block for name, block in self._blocks.items() if name[0] != process}
        kept = self._blocks.get((process, occasion))
        if kept is None or kept[0].shape != generation.shape:
            kept = generation.copy(), self._block(process, areas, occasion, slot, generation)
            self._blocks[process, occasion] = kept
        of, block = kept
        if compiling.is_on():
            from modsim.world import kernels

            keys = self.keys_of(process), self.replicate_column
            return kernels.weekly_uniforms(*keys, areas, occasion, slot, generation, of, block, index)
        changed = np.nonzero(of != generation)[0]
        if changed.size:
            block[:, changed] = self._block(process, areas[changed], occasion, slot[changed], generation[changed])
            of[changed] = generation[changed]
        return (block[index] + 0.5) * 2.0**-32

    def _block(self, process: str, areas, occasion: int, slot, generation) -> np.ndarray:
        """The four words of each entity (4, n) that serve four weeks."""
        if compiling.is_on():
            from modsim.world import kernels

            return kernels.blocks(self.keys_of(process), self.replicate_column, areas, occasion, slot, generation)
        words = self._words(process, areas, occasion, slot, generation, 0)
        return np.array([np.broadcast_to(word, np.shape(areas)) for word in words]).astype(np.uint32)

    def normal(self, process: str, areas, occasion=0, slot=0, generation=0):
        """A standard normal number for each entity (inverse of the distribution function)."""
        return normal_at(self.uniform(process, areas, occasion, slot, generation))

    def gammas(self, process: str, names: list[str], shapes, areas, slot, generation):
        """Gamma numbers of unit scale with the given shapes (..., n, names), 0 where a shape is 0.

        Each name has draws of its own, as if each were a process, so that their order is only a label.
        """
        u = np.stack([self.uniform(f"{process}: {name}", areas, 0, slot, generation) for name in names], axis=-1)
        return np.where(shapes > 0.0, gammaincinv(np.maximum(shapes, 1e-9), u), 0.0)


def normal_at(u):
    """The standard normal numbers below which lie these shares."""
    return ndtri(u)


def _column(values, shape: tuple[int, ...]) -> np.ndarray:
    """Whole numbers as a column of a shape: one number again and again, or what is there already."""
    if isinstance(values, np.ndarray):
        return np.ascontiguousarray(values, dtype=np.int64)
    column = np.empty(shape, dtype=np.int64)
    column.fill(values)
    return column


def _word(values):
    return (np.asarray(values, dtype=np.int64) & _LOW_32_BITS).astype(np.uint64)


@acts.act
def _chance_of_none(mean):
    """e to the power -mean for means up to 100, beyond the reach of one `exponential`."""
    root = exponential(-mean / 8.0)
    square = root * root
    fourth = square * square
    return fourth * fourth


@acts.act
def poisson_count(mean: float, u: float) -> int:
    """The count that a Poisson variable with this mean takes at quantile u; a mean above 100 is taken as 100."""
    mean = min(mean, HIGHEST_MEAN)
    if u < 1.0 - mean:
        return 0
    chance = _chance_of_none(mean)
    reached, count = chance, 0
    while u >= reached and count < _MOST_INCIDENTS:
        count += 1
        chance = chance * mean / count
        reached = reached + chance
    return count


@acts.act
def binomial_count(trials: int, chance: float, u: float) -> int:
    """How many of `trials` succeed at quantile u, each with the given chance."""
    if chance >= 1.0:
        return trials
    fail = 1.0 - chance
    mass = 1.0
    for _ in range(trials):
        mass = mass * fail
    reached, count = mass, 0
    while u >= reached and count < trials:
        mass = mass * (trials - count) * chance / ((count + 1) * fail)
        reached = reached + mass
        count += 1
    return count


def binomial_table(trials, chance):
    """Chances of at most 0, 1, 2 ... successes (counts, ...), as `binomial_count` adds them up.

    The count at quantile u is the number of entries that u reaches, for chances below 1.
    """
    fail = 1.0 - chance
    mass = np.ones(trials.shape)
    for k in range(int(trials.max(initial=0))):
        mass = np.where(k < trials, mass * fail, mass)
    reached, table = mass, []
    for k in range(int(trials.max(initial=0))):
        table.append(np.where(k < trials, reached, 2.0))
        mass = mass * np.maximum(trials - k, 0) * chance / ((k + 1) * np.maximum(fail, 1e-300))
        reached = reached + mass
    return table


def binomial_tables(trials: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """`binomial_table` of trials (areas, lanes) and chances (lanes,), as one array (counts, areas, lanes)."""
    if compiling.is_on():
        from modsim.world import kernels

        return kernels.binomial_table(trials, chance)
    return np.array(binomial_table(trials, np.broadcast_to(chance, trials.shape))).reshape(-1, *trials.shape)
