"""What interest cards say: corrected for luck, with an interval that covers the truth."""

import numpy as np
import pytest

from modsim.findings.dissimilarity import dissimilarity_of, distance
from modsim.inputs.cards import Cards

ORIGIN = np.array([0.30, 0.22, 0.16, 0.13, 0.11, 0.08, 0, 0, 0, 0, 0, 0])


def other(dissimilarity):
    return (1.0 - dissimilarity) * ORIGIN + dissimilarity * np.roll(ORIGIN, 6)


def cards(rng, dissimilarity, number):
    drawn = rng.multinomial(number, ORIGIN), rng.multinomial(number, other(dissimilarity))
    return Cards([str(k) for k in range(12)], ("there", "here"), *drawn)


def test_eleven_cards_of_one_place_lie_a_third_apart_by_luck():
    drawn = [np.random.default_rng(seed).multinomial(11, ORIGIN, 2) / 11 for seed in range(200)]
    assert np.mean([distance(*pair) for pair in drawn]) == pytest.approx(0.36, abs=0.02)
    found = [dissimilarity_of(cards(np.random.default_rng(seed), 0.0, 11)) for seed in range(8)]
    assert all(one.low == 0.0 and one.value is None for one in found)
    assert np.mean([one.by_luck for one in found]) == pytest.approx(0.36, abs=0.05)


@pytest.mark.slow(reason="thousands of surveys are drawn and estimated")
@pytest.mark.parametrize(
    ("dissimilarity", "number"), [(0.0, 120), (0.1, 120), (0.2, 100), (0.3, 120), (0.6, 120), (0.3, 400), (0.9, 400)]
)
def test_the_estimate_is_less_biased_than_the_counts_and_the_interval_covers(dissimilarity, number):
    found = [dissimilarity_of(cards(np.random.default_rng(seed), dissimilarity, number)) for seed in range(24)]
    assert distance(ORIGIN, other(dissimilarity)) == pytest.approx(dissimilarity)
    plain = abs(np.mean([one.plain for one in found]) - dissimilarity)
    corrected = abs(np.mean([one.corrected for one in found]) - dissimilarity)
    assert corrected < 0.05
    if dissimilarity <= 0.2:  # where luck is most of what is seen
        assert corrected < 0.6 * plain
    assert sum(one.low <= dissimilarity <= one.high for one in found) >= 20  # of 24; 95 % are 22.8
    assert sum(one.low > dissimilarity for one in found) <= 3  # and does not read high
    assert all(one.value == one.corrected for one in found)


def test_the_same_counts_give_no_distance_and_nothing_in_common_gives_one():
    same = Cards(["a", "b"], ("x", "y"), np.array([200, 100]), np.array([200, 100]))
    assert dissimilarity_of(same).corrected == 0.0
    apart = Cards(["a", "b"], ("x", "y"), np.array([200, 0]), np.array([0, 200]))
    assert dissimilarity_of(apart).corrected == pytest.approx(1.0)
    assert dissimilarity_of(apart).high == 1.0
