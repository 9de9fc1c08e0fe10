"""A rule of one's own takes the place of the model's, in both faces and in a comparison."""

import json
import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from modsim import Community, Rules, compare
from modsim.findings.folder import provenance_of
from modsim.rules.arithmetic import logistic
from modsim.simulation import rulebook
from modsim.simulation.rulebook import RuleError
from tests.conftest import small_scenario
from tests.simulation.same import columns_differ


def only_friends_count(who, p):
    return logistic(-1.5 + 6.0 * who.friends_share - p.rival_ground_effect * who.on_rival_ground)


def nobody_joins(who, p):
    return 0.0 * who.match


MINE = replace(Rules(), chance_of_joining=only_friends_count)


@pytest.mark.slow(reason="agent by agent without compiled loops")
def test_both_faces_follow_it():
    scenario = small_scenario()
    agents = Community(scenario, arm="transplant", pace="agent", rules=MINE)
    columns = Community(scenario, arm="transplant", rules=MINE)
    usual = Community(scenario, arm="transplant")
    for model in (agents, columns, usual):
        model.run_for(30)
    assert columns_differ(agents.town, columns.town) == []
    assert "ever_in" in columns_differ(columns.town, usual.town)


@pytest.mark.slow(reason="a comparison without compiled loops")
def test_a_comparison_follows_it():
    rules = replace(Rules(), chance_of_joining=nobody_joins)
    found = compare(small_scenario(), ["transplant", "recoproduce"], replicates=2, workers=1, rules=rules)
    assert not any(found.values[arm]["joined"].any() for arm in found.arms)
    with_two = compare(small_scenario(), ["transplant", "recoproduce"], replicates=2, workers=2, rules=MINE)
    alone = compare(small_scenario(), ["transplant", "recoproduce"], replicates=2, workers=1, rules=MINE)
    assert np.array_equal(with_two.outcome.weekly, alone.outcome.weekly, equal_nan=True)


def test_results_say_which_rules_were_not_the_model_s():
    found = compare(small_scenario("settings.weeks=20"), ["transplant"], replicates=1, workers=1, rules=MINE)
    assert provenance_of(found, "")["own_rules"] == {
        "chance_of_joining": "tests.simulation.test_own_rules.only_friends_count"
    }


@pytest.mark.parametrize(
    ("name", "rule", "says"),
    [
        ("chance_of_joining", lambda *_: float("nan"), "your chance_of_joining gave nan; it must be from 0 to 1"),
        ("chance_of_joining", lambda *_: 2.0, "your chance_of_joining gave 2; it must be from 0 to 1"),
        ("benefit_of_session", lambda who, p: who.match * float("nan"), "your benefit_of_session gave nan"),
        ("incident_rate", lambda *_: -1.0, "your incident_rate gave -1; it must be 0 or more"),
        ("list_score", lambda who, p: who.standard_record * float("inf"), "your list_score gave"),
        ("chance_of_joining", lambda match: match, "your chance_of_joining does not work (TypeError"),
        (
            "chance_of_joining",
            lambda who, p: who.wealth,
            "who has match, trust, friends_share, support, on_rival_ground",
        ),
    ],
)
def test_a_rule_that_gives_nonsense_is_refused_by_name(name, rule, says):
    scenario = small_scenario("settings.weeks=25")
    with pytest.raises(RuleError) as refused:
        compare(scenario, ["transplant"], replicates=1, workers=1, rules=replace(Rules(), **{name: rule}))
    assert says in str(refused.value)


def test_what_are_no_rules_is_refused_before_any_work():
    with pytest.raises(RuleError, match=r"chance_of_joining is 0.5; it must be a function"):
        replace(Rules(), chance_of_joining=0.5)
    with pytest.raises(RuleError, match=r"rules is a dict; give modsim\.Rules"):
        Community(small_scenario(), arm="none", rules={})
    with pytest.raises(RuleError, match="cannot be sent to further processes"):
        compare(small_scenario(), workers=2, rules=replace(Rules(), chance_of_joining=lambda *_: 0.5))
    with pytest.raises(ValueError, match="seed is -5; it must be a whole number from 0"):
        Community(small_scenario(), arm="none", seed=-5)


def test_a_constant_may_stand_for_a_rule_in_both_faces():
    scenario, rules = small_scenario("settings.weeks=12"), replace(Rules(), incident_rate=lambda *_: 0.01)
    agents, columns = (Community(scenario, arm="none", rules=rules, pace=pace) for pace in ("agent", "week"))
    agents.run_for(12)
    columns.run_for(12)
    assert columns_differ(agents.town, columns.town) == []


def half_of_all_in_a_roundabout_way(who, p):
    return float(json.loads("0.5"))


def half_of_all(who, p):
    return 0.5


def test_a_rule_that_numba_cannot_compile_runs_as_it_stands_with_one_notice():
    scenario = small_scenario("settings.weeks=24")
    found = []
    for rule in (half_of_all, half_of_all_in_a_roundabout_way):
        rules = replace(Rules(), chance_of_joining=rule)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            community = Community(scenario, arm="transplant", rules=rules)
            community.run_for(24)
        found.append((community, [str(one.message) for one in said if "Numba" in str(one.message)]))
    (usual, nothing), (roundabout, notices) = found
    assert nothing == []
    assert len(notices) == 1
    assert "chance_of_joining: Numba cannot compile it" in notices[0]
    assert usual.all_programmes.agg("joined", sum) > 0
    assert columns_differ(usual.town, roundabout.town) == []


def test_a_rule_survives_a_new_argument_of_the_model_s(monkeypatch):
    """What it is told of who acts has names, so that one more of them changes nothing for it."""

    def with_one_more(match, trust, friends_share, support, on_rival_ground, weather, p):
        return 0.5

    monkeypatch.setattr(Rules, "chance_of_joining", with_one_more)
    rulebook._who.cache_clear()
    try:
        safe = replace(Rules(), chance_of_joining=only_friends_count).checked().chance_of_joining
        p = small_scenario().joining
        now = safe(0.5, 0.4, 0.2, 0.3, False, "rain", p)
    finally:
        monkeypatch.undo()
        rulebook._who.cache_clear()
    assert now == only_friends_count(SimpleNamespace(friends_share=0.2, on_rival_ground=False), p)
