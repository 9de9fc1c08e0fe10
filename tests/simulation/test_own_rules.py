"""A rule of one's own takes the place of the model's, in both faces and in a comparison."""

from dataclasses import replace

import numpy as np

from modsim import Community, Rules, compare
from modsim.rules.arithmetic import logistic
from tests.conftest import small_scenario
from tests.simulation.same import columns_differ


def only_friends_count(match, trust, friends_share, support, on_rival_ground, p):
    return logistic(-1.5 + 6.0 * friends_share - p.rival_ground_effect * on_rival_ground)


def nobody_joins(match, trust, friends_share, support, on_rival_ground, p):
    return 0.0 * match


MINE = replace(Rules(), chance_of_joining=only_friends_count)


def test_both_faces_follow_it():
    scenario = small_scenario()
    agents = Community(scenario, arm="transplant", pace="agent", rules=MINE)
    columns = Community(scenario, arm="transplant", rules=MINE)
    usual = Community(scenario, arm="transplant")
    for model in (agents, columns, usual):
        model.run_for(30)
    assert columns_differ(agents.town, columns.town) == []
    assert "ever_in" in columns_differ(columns.town, usual.town)


def test_a_comparison_follows_it():
    rules = replace(Rules(), chance_of_joining=nobody_joins)
    found = compare(small_scenario(), ["transplant", "recoproduce"], replicates=2, workers=1, rules=rules)
    assert not any(found.values[arm]["joined"].any() for arm in found.arms)
    with_two = compare(small_scenario(), ["transplant", "recoproduce"], replicates=2, workers=2, rules=MINE)
    alone = compare(small_scenario(), ["transplant", "recoproduce"], replicates=2, workers=1, rules=MINE)
    assert np.array_equal(with_two.outcome.weekly, alone.outcome.weekly, equal_nan=True)
