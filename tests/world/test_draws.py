"""Luck: the published test vectors, the same bits one by one and in columns, and the shapes of the distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modsim.world.draws import Luck, binomial_count, philox_4x32, poisson_count
from tests.means import mean_is

ONES = 0xFFFFFFFF


@pytest.fixture(scope="module", autouse=True)
def _compiled_before():
    """Loops are compiled when they are first called: not while Hypothesis looks at the clock."""
    Luck(1, ["a"], [0]).weekly_uniform("x", np.zeros(1, dtype=int), 0, np.arange(1), np.zeros(1, dtype=int))
    Luck(1, ["a"], [0]).uniform("x", np.zeros(1, dtype=int))


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0,) * 4, (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((ONES,) * 4, (ONES, ONES), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_published_numbers(counter, key, expected):
    assert " ".join(f"{word:08x}" for word in philox_4x32(counter, key)) == expected
    columns = philox_4x32(
        [np.array([w], dtype=np.uint64) for w in counter], [np.array([w], dtype=np.uint64) for w in key]
    )
    assert " ".join(f"{int(word[0]):08x}" for word in columns) == expected


@given(
    st.integers(0, 2**53), st.integers(-600, 1100), st.integers(0, 100_000), st.integers(0, 30), st.integers(0, 9)
)  # fmt: skip
def test_a_single_draw_has_the_bits_of_the_column(seed, occasion, slot, generation, index):
    luck = Luck(seed, ["here", "there"], [0, 7])
    columns = luck.uniform("x", np.array([1, 0]), occasion, np.array([slot, 3]), np.array([generation, 0]), index)
    assert columns[0] == luck.uniform("x", 1, occasion, slot, generation, index)
    weekly = luck.weekly_uniform("x", np.array([1, 0]), occasion, np.array([slot, 3]), np.array([generation, 0]))
    assert weekly[0] == luck.weekly_uniform("x", 1, occasion, slot, generation)


def test_weekly_draws_follow_a_change_of_generation():
    luck = Luck(1, ["a"], [0])
    area, slot = np.zeros(5, dtype=int), np.arange(5)
    generation = np.zeros(5, dtype=int)
    luck.weekly_uniform("x", area, 8, slot, generation)
    generation[2] = 1
    after = luck.weekly_uniform("x", area, 9, slot, generation)
    assert after.tolist() == [luck.weekly_uniform("x", 0, 9, k, int(g)) for k, g in enumerate(generation)]


def test_every_part_of_the_key_matters():
    base = {
        "seed": 1, "area": "a", "replicate": 0, "process": "x", "occasion": 0, "slot": 0, "generation": 0, "index": 0
    }  # fmt: skip
    changed = [
        {}, {"seed": 2}, {"area": "b"}, {"replicate": 1}, {"process": "y"}, {"occasion": 1}, {"occasion": -1},
        {"slot": 1}, {"generation": 1}, {"index": 1}, {"index": 4},
    ]  # fmt: skip
    seen = set()
    for change in changed:
        k = base | change
        luck = Luck(k["seed"], [k["area"]], [k["replicate"]])
        seen.add(luck.uniform(k["process"], 0, k["occasion"], k["slot"], k["generation"], k["index"]))
    assert len(seen) == len(changed)


def test_uniform_draws_are_uniform_and_neighbours_independent():
    luck = Luck(4, ["a"], [0])
    u = luck.uniform("x", np.zeros(40_000, dtype=int), 3, np.arange(40_000))
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4 / np.sqrt(40_000)


def test_normal_and_gamma_draws_have_their_distributions():
    luck = Luck(4, ["a"], [0])
    area, slot = np.zeros(20_000, dtype=int), np.arange(20_000)
    assert stats.kstest(luck.normal("n", area, 0, slot), "norm").pvalue > 1e-4
    shapes = np.full((20_000, 2), [0.4, 3.0])
    gammas = luck.gammas("g", ["one", "two"], shapes, area, slot, np.zeros_like(slot))
    assert stats.kstest(gammas[:, 0], stats.gamma(0.4).cdf).pvalue > 1e-4
    assert stats.kstest(gammas[:, 1], stats.gamma(3.0).cdf).pvalue > 1e-4


def test_the_order_of_names_is_only_a_label():
    luck = Luck(4, ["a"], [0])
    area, slot = np.zeros(10, dtype=int), np.arange(10)
    one = luck.gammas("g", ["p", "q"], np.ones((10, 2)), area, slot, np.zeros_like(slot))
    other = luck.gammas("g", ["q", "p"], np.ones((10, 2)), area, slot, np.zeros_like(slot))
    assert (one == other[:, ::-1]).all()


@given(st.floats(0, 100), st.floats(0.0001, 0.9999))
def test_poisson_counts_are_the_quantiles(mean, u):
    count = poisson_count(mean, u)
    assert stats.poisson.cdf(count, mean) >= u - 1e-9
    assert count == 0 or stats.poisson.cdf(count - 1, mean) <= u + 1e-9


@given(st.integers(0, 30), st.floats(0, 1), st.floats(0.0001, 0.9999))
def test_binomial_counts_are_the_quantiles(trials, chance, u):
    count = binomial_count(trials, chance, u)
    assert stats.binom.cdf(count, trials, chance) >= u - 1e-9
    assert count == 0 or stats.binom.cdf(count - 1, trials, chance) <= u + 1e-9


def test_more_is_never_fewer_under_the_same_luck():
    u = np.random.default_rng(1).random(5000)
    low, high = (np.array([poisson_count(mean, one) for one in u.tolist()]) for mean in (0.4, 0.6))
    assert (low <= high).all()
    assert mean_is(low, 0.4)
    assert mean_is(high, 0.6)
