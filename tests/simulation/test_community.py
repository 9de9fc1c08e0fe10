"""The Mesa model: what somebody who knows Mesa expects to find."""

import pickle

import mesa
import networkx as nx
import pytest

from modsim import Community
from modsim.simulation.agents import Anchor, Partner, Programme, Resident, YoungPerson
from modsim.simulation.columns import Stage
from tests.conftest import small_scenario
from tests.simulation.same import columns_differ


@pytest.fixture(scope="module")
def community():
    model = Community(small_scenario(), arm="recoproduce")
    model.run_for(30)
    return model


def test_it_is_a_mesa_model_with_agents(community):
    assert isinstance(community, mesa.Model)
    assert community.time == 30
    assert community.week == 29
    assert len(community.agents_by_type[Programme]) == 3
    assert len(community.partners) == 20  # two come from a second council
    assert len(community.anchors) == 3
    assert len(community.residents) == 550
    assert isinstance(community.anchors.to_list()[0], Anchor)
    assert isinstance(community.residents[0], Resident)
    assert isinstance(community.partners[0], Partner)
    assert len(community.agents_by_type[YoungPerson]) == community.town.world.rows
    assert isinstance(community.young_people[0], mesa.Agent)


def test_agent_sets_can_be_selected_and_grouped(community):
    core = community.young_people.select(lambda person: person.in_core)
    assert len(core) == 44  # 11 in two areas, two groups of 11 in the third
    by_area = community.young_people.groupby("area")
    assert {area: len(people) for area, people in by_area} == {0: 160, 1: 240, 2: 257}
    assert 0 < community.young_people.agg("trust", lambda values: sum(values) / len(values)) < 1


def test_a_young_person_can_be_asked(community):
    person = community.young_people[0]
    assert 12 <= person.age < 26
    assert sum(person.interests.values()) == pytest.approx(1.0)
    assert 0 <= person.support <= 1
    assert person in person.friends[0].friends
    assert person.lead.area == person.area
    assert person.lead.leads
    assert 0 <= person.match(person.programme.menu) <= 1
    assert person.goal in ("work", "training", "belonging", "health", "safety")


def test_a_programme_s_attributes_are_those_of_its_column(community):
    programme = community.programmes[1]
    assert programme.lead in programme.partners
    assert programme.stage in list(Stage)
    assert sum(programme.menu.values()) == 3
    assert programme.purse == community.town.columns.purse[1, 0]
    assert programme.anchor.partner.type == "housing"


def test_a_partner_and_a_resident_can_be_asked(community):
    partner, resident = community.partners[2], community.residents[4]
    assert 0 < partner.effective_commitment < 1.6
    assert partner.free_hours <= partner.hours
    assert resident in resident.neighbours[0].neighbours
    assert 0 < resident.trust < 1
    assert 0 < resident.fear < 1


def test_agents_write_through_to_their_row(community):
    person = community.young_people[7]
    person.inclination = 0.125
    assert community.town.columns.inclination[person.row, 0] == 0.125
    partner = community.programmes[1].partners[3]
    partner.queue = 7.5
    assert community.town.columns.queue[1, 3, 0] == 7.5


def test_the_data_collector_holds_the_weeks(community):
    frame = community.datacollector.get_model_vars_dataframe()
    assert frame["week"].tolist() == list(range(30))
    recipients = community.town.records.weekly[:30, 1:, 0, 0].sum(axis=1)
    assert frame["asb_occurred"].tolist() == recipients.tolist()


def test_friendships_go_to_networkx_and_a_graph_can_replace_them():
    scenario = small_scenario()
    drawn = Community(scenario, arm="recoproduce")
    graph = drawn.friendships()
    assert graph.nodes[0]["area"] == "gorbals"
    same = Community(scenario, arm="recoproduce", ties=graph)
    lonely = Community(scenario, arm="recoproduce", ties=nx.empty_graph(graph.number_of_nodes()))
    for model in (drawn, same, lonely):
        model.run_for(40)
    assert columns_differ(drawn.town, same.town) == []
    assert "experience" in columns_differ(drawn.town, lonely.town), "cutting all ties must change what is heard"


def test_a_graph_of_the_wrong_size_is_refused():
    with pytest.raises(ValueError, match="the graph has 5 nodes; there are 657 young people"):
        Community(small_scenario(), arm="none", ties=nx.path_graph(5))


def test_newcomers_are_new_agents():
    model = Community(small_scenario("areas.gorbals.oldest=16", "areas.gorbals.eligible_oldest=16"), arm="none")
    before = {person.row: person for person in model.young_people}
    model.run_for(48)
    replaced = [person for person in model.young_people if before[person.row] is not person]
    assert replaced
    assert all(person.generation > before[person.row].generation for person in replaced)
    assert len(model.young_people) == len(before)


def test_the_horizon_stops_the_model_with_a_clear_word():
    model = Community(small_scenario("settings.weeks=1"), arm="none")
    model.step()
    assert not model.running
    with pytest.raises(RuntimeError, match="the horizon is reached"):
        model.step()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"arm": "nobody"}, "there is no arm"),
        ({"arm": "none", "pace": "fast"}, "pace"),
        ({"arm": "none", "replicate": 2**32}, "replicates must lie"),
    ],
)
def test_wrong_arguments_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Community(small_scenario(), **given)


def test_a_model_can_be_pickled_and_goes_on_the_same():
    model = Community(small_scenario(), arm="recoproduce")
    model.run_for(20)
    copy = pickle.loads(pickle.dumps(model))
    model.run_for(10)
    copy.run_for(10)
    assert columns_differ(model.town, copy.town) == []
