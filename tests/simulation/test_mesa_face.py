"""A community as Mesa users expect a model to be: what is set acts, what cannot be done is said, own verbs count."""

import re
import subprocess
import sys
from pathlib import Path

import mesa
import numpy as np
import pytest
from mesa.experimental.scenarios import Scenario as MesaScenario

from modsim import Community, Scenario
from modsim.simulation.agents import Partner, Resident, YoungPerson
from tests.conftest import SCENARIOS, small_scenario

TINY = [f"areas.{area}.population=500" for area in ("gorbals", "castlefern", "govan")]
PACES = pytest.mark.parametrize("pace", ["week", "agent"])


def tiny(**given):
    return Community(small_scenario(*TINY, "settings.weeks=30"), arm="recoproduce", **given)


@PACES
def test_what_is_set_acts_from_the_next_week_alike_at_both_paces(pace):
    usual, changed = tiny(pace=pace), tiny(pace=pace)
    before = usual.young_people.agg("trust", np.mean)
    changed.young_people.set("trust", 0.9)
    changed.residents.set("trust", 0.8)
    changed.person(3).inclination = -0.5
    assert changed.young_people.agg("trust", min) == pytest.approx(0.9)
    assert changed.residents.agg("trust", max) == pytest.approx(0.8)
    for model in (usual, changed):
        model.step()
    assert usual.young_people.agg("trust", np.mean) < before + 0.01
    assert changed.young_people.agg("trust", np.mean) > 0.88
    assert changed.recorded("trust_youth") > usual.recorded("trust_youth") + 0.3
    assert changed.recorded("trust_residents") > usual.recorded("trust_residents") + 0.1
    assert changed.person(3).inclination < -0.4
    assert changed.person(5).trust_gained > usual.person(5).trust_gained + 0.05


def test_setting_gives_the_same_bits_at_both_paces():
    def intervene(model):
        if model.week == 2:
            model.young_people.select(lambda person: person.in_core).set("trust", 0.8)
            model.partners.set("commitment", 0.9)

    both = [tiny(pace=pace, intervene=intervene) for pace in ("week", "agent")]
    for model in both:
        model.run_for(12)
    first, second = (model.town.records.weekly for model in both)
    assert np.array_equal(first, second, equal_nan=True)
    without = tiny()
    without.run_for(12)
    assert np.array_equal(without.town.records.weekly[:3], first[:3], equal_nan=True)
    assert not np.array_equal(without.town.records.weekly[3], first[3], equal_nan=True)


@pytest.mark.parametrize("value", [0, 1, -0.2, 3, float("nan")])
def test_trust_that_there_is_not_is_refused(value):
    with pytest.raises(ValueError, match=f"trust is {value!r}; it must lie between 0 and 1"):
        tiny().person(0).trust = value


@PACES
def test_nobody_can_be_removed_and_it_is_said(pace):
    model = tiny(pace=pace)
    for agent in (model.person(0), model.resident(0), model.table(0)[0], model.programmes[0]):
        with pytest.raises(NotImplementedError, match="nobody can be removed from a Community"):
            agent.remove()
    with pytest.raises(NotImplementedError, match="nobody can be removed"):
        model.young_people.do("remove")
    model.step()


class Sullen(YoungPerson):
    def answer(self, n):
        return 2.0


class Peaceful(YoungPerson):
    def live(self):
        super().live()
        self.occurred = 0


class Absent(Partner):
    def turns_up(self, need):
        return False


class Fearless(Resident):
    def think_again(self):
        super().think_again()
        self.fear = 0.0


def test_verbs_of_one_s_own_count_when_agents_act():
    usual, sullen, peaceful, absent, fearless = (
        tiny(pace="agent", agents=own) for own in ([], [Sullen], [Peaceful], [Absent], [Fearless])
    )
    for model in (usual, sullen, peaceful, absent, fearless):
        model.run_for(25)
    assert usual.all_programmes.agg("invited", sum) > 0
    assert sullen.all_programmes.agg("invited", sum) > 0
    assert usual.all_programmes.agg("joined", sum) > sullen.all_programmes.agg("joined", sum) == 0
    assert usual.town.records.weekly[..., 0].sum() > peaceful.town.records.weekly[..., 0].sum() == 0
    assert absent.table(1)[0].comes is False
    assert absent.partners.agg("worked", sum) < usual.partners.agg("worked", sum)
    assert fearless.residents.agg("fear", max) == 0
    assert all(type(person) is Sullen for person in sullen.young_people)


def test_everybody_is_asked_even_where_the_model_knows_that_nothing_comes_of_it():
    class Lucky(YoungPerson):
        def find_destination(self):
            if not self.completed:
                self.lasting_target = -0.05

    model = tiny(pace="agent", agents=[Lucky])
    model.run_for(30)
    assert model.all_programmes.agg("completions", sum) > 0
    assert np.mean([person.lasting_target == -0.05 for person in model.young_people]) > 0.5


def test_the_pace_can_be_changed_on_the_way():
    usual, changing = tiny(), tiny()
    for pace in ("agent", "week"):
        changing.pace = pace
        assert changing.pace == pace
        assert changing.town.is_compiled == (pace == "week")
        changing.run_for(3)
    usual.run_for(6)
    assert np.array_equal(usual.town.records.weekly, changing.town.records.weekly, equal_nan=True)
    with pytest.raises(ValueError, match="pace is 'slow'"):
        changing.pace = "slow"


def test_agents_have_all_verbs_whatever_is_imported_first():
    code = "from modsim.simulation.agents import Programme, YoungPerson as Y; Programme.move_on, Y.answer, Y.feel_stops"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_agents_that_act_are_not_taken_for_set_by_hand():
    model = tiny(pace="agent")
    model.step()
    assert not model._was_changed


def test_classes_that_would_have_no_effect_are_refused():
    with pytest.raises(ValueError, match=re.escape('Sullen.answer takes effect only with pace="agent"')):
        tiny(agents=[Sullen])
    with pytest.raises(ValueError, match="Sullen and Peaceful; give one class of each kind"):
        tiny(pace="agent", agents=[Sullen, Peaceful])
    with pytest.raises(ValueError, match="must be a subclass of one of YoungPerson, Resident, Partner"):
        tiny(pace="agent", agents=[int])


def test_rng_is_the_seed_by_mesas_name():
    one, same, other = tiny(rng=7), tiny(seed=7), tiny(rng=8)
    for model in (one, same, other):
        model.run_for(3)
    assert np.array_equal(one.town.records.weekly, same.town.records.weekly, equal_nan=True)
    assert not np.array_equal(one.town.records.weekly, other.town.records.weekly, equal_nan=True)
    assert one.scenario.rng == 7
    with pytest.raises(ValueError, match="seed is 1 and rng is 2; give one of them"):
        tiny(seed=1, rng=2)


def test_the_scenario_is_one_that_mesa_knows():
    model = tiny()
    assert isinstance(model.scenario, MesaScenario)
    assert isinstance(model.scenario.content, Scenario)
    assert model.scenario.settings.weeks == 30
    assert model.person(0).scenario is model.scenario
    again = Community(model.scenario, arm="none")
    assert again.scenario.content == model.scenario.content
    with pytest.raises(AttributeError, match="nonsense"):
        _ = model.scenario.nonsense


def test_mesas_batch_runner_runs_communities():
    scenario = SCENARIOS / "gorbals.toml"
    found = mesa.batch_run(
        Community, {"scenario": str(scenario), "arm": ["none", "recoproduce"]}, rng=[1, 2], max_steps=3,
        data_collection_period=-1, number_processes=1, display_progress=False,
    )  # fmt: skip
    assert {(one["arm"], one["week"]) for one in found} == {("none", 2), ("recoproduce", 2)}
    assert len(found) == 4


@PACES
def test_agent_sets_can_be_shuffled_chosen_grouped_and_added_up(pace):
    model = tiny(pace=pace)
    model.step()
    old = model.young_people.select(lambda person: person.age >= 18)
    assert 0 < len(old) < len(model.young_people)
    assert old.shuffle_do("trust_in", 0) is not None
    assert set(model.young_people.groupby("area").agg("trust", np.mean)) == {0, 1, 2}


def test_graphs_carry_what_people_are():
    model = tiny()
    model.run_for(22)
    node = model.friendships().nodes[0]
    assert set(node) == {"area", "group", "in_core", "age", "trust", "inclination", "ever_in"}
    graph = model.network()
    partners = [one for one, said in graph.nodes.items() if said["kind"] == "partner"]
    assert {type(one) for one in partners} == {Partner}
    assert len(graph) == len(model.young_people) + len(model.partners)
    assert all(len(said["pos"]) == 2 for said in graph.nodes.values())
    assert any(graph.degree(one) > len(partners) for one in partners)  # the lead knows those on its list


def test_the_examples_of_the_document_run(monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    text = (Path("docs") / "mesa.md").read_text()
    names = {}
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if "SolaraViz" not in code:
            exec(code, names)
    assert names["community"].week == 10
