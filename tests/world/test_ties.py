"""Networks: their statistics, the same ties whatever else is drawn, and the way to NetworkX and files and back."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modsim import load_scenario
from modsim.world.ties import Ties
from modsim.world.young_people import World
from tests.conftest import SCENARIOS, small_scenario


@pytest.fixture(scope="module")
def world():
    return World(load_scenario(SCENARIOS / "three-areas.toml"), 1, [0, 1])


def same(one: Ties, other: Ties) -> bool:
    return one.start.tolist() == other.start.tolist() and one.friends.tolist() == other.friends.tolist()


def test_ties_have_the_degree_and_transitivity_of_school_networks(world):
    graph = world.ties.to_networkx()
    castlefern = graph.subgraph(range(899, 899 + 1598))
    degree = 2 * castlefern.number_of_edges() / castlefern.number_of_nodes()
    assert 7.3 < degree < 8.6  # evidence K9: UK year groups
    assert 0.37 < nx.transitivity(castlefern) < 0.45
    assert world.ties.transitivity(slice(899, 899 + 1598)) == pytest.approx(nx.transitivity(castlefern), abs=1e-12)
    areas = world.area
    assert all(areas[a] == areas[b] for a, b in graph.edges)


def test_a_quarter_of_ties_leads_out_of_the_group(world):
    one, other = world.ties.edges().T
    outside = (world.group[one] != world.group[other]).mean()
    ties, share = len(one), world.scenario.population.rewired_share
    assert abs(outside - share) < 4 * np.sqrt(share * (1 - share) / ties) + 0.005  # a few are named twice


def test_strangers_are_drawn_from_the_whole_area(world):
    rows = world.rows_of(2)
    one, other = world.ties.edges().T
    inside = (one >= rows.start) & (one < rows.stop) & (world.group[one] != world.group[other])
    ends = np.concatenate([one[inside], other[inside]]) - rows.start
    tenth = np.bincount(ends * 10 // (rows.stop - rows.start), minlength=10)
    expected = len(ends) / 10
    assert (abs(tenth - expected) < 5 * np.sqrt(expected)).all()


def test_residents_know_their_neighbours_on_a_ring(world):
    people, p = world.residents, world.scenario.population
    ties = people.ties.edges()
    assert abs(2 * len(ties) / people.rows - p.neighbours) < 0.05
    size = np.diff(people.first_row)[people.area[ties[:, 0]]]
    apart = np.diff(ties, axis=1)[:, 0]
    near = np.minimum(apart, size - apart) <= p.neighbours // 2
    assert 0.0 <= p.rewired_neighbours - (~near).mean() < 0.02  # a few strangers are neighbours
    assert (people.area[ties[:, 0]] == people.area[ties[:, 1]]).all()


def test_a_replicate_has_the_same_ties_whatever_is_drawn_beside_it(world):
    alone = World(world.scenario, 1, [1])
    rows = world.rows // 2
    edges = world.ties.edges()
    assert (edges[edges[:, 0] >= rows] - rows == alone.ties.edges()).all()


def test_ties_go_to_networkx_and_back(world):
    assert same(Ties.from_networkx(world.ties.to_networkx()), world.ties)
    friends, owner = world.ties.of_each(np.array([5, 900]))
    assert friends[owner == 0].tolist() == world.ties.of(5).tolist()
    assert friends[owner == 1].tolist() == world.ties.of(900).tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_ties_are_those_of_the_graph_with_these_edges(drawn):
    rows, ends = drawn
    graph = nx.empty_graph(rows)
    graph.add_edges_from((a, b) for a, b in ends if a != b)
    one, other = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    ties = Ties.between(one, other, rows)
    assert [ties.of(row).tolist() for row in range(rows)] == [sorted(graph[row]) for row in range(rows)]
    closed = ties.transitivity()
    assert closed == pytest.approx(nx.transitivity(graph)) or (np.isnan(closed) and nx.transitivity(graph) == 0)


def test_ties_go_to_files_and_back(tmp_path):
    small = World(small_scenario(), 1, [0])
    small.ties.write_edges(tmp_path / "ties.csv")
    nx.write_graphml(small.friendships(), tmp_path / "ties.graphml")
    for name in ("ties.csv", "ties.graphml"):
        assert same(Ties.read(tmp_path / name, small.rows), small.ties), name
    (tmp_path / "none.csv").write_text("one,other\n")
    assert Ties.read(tmp_path / "none.csv", 5).start.tolist() == [0] * 6


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("ties.csv", "one,other\n1,x\n", "ties.csv: must hold heads, then two whole numbers a line"),
        ("ties.csv", "0,1\n1,2\n", "line 1 must be two heads"),
        ("ties.csv", "", "line 1 must be two heads"),
        ("ties.csv", "one,other\n0,1\n1,9\n", "ties.csv: tie 2 is 1,9; young people are numbered 0 to 4"),
        ("ties.csv", "one,other\n0,-1\n", "tie 1 is 0,-1"),
        ("ties.graphml", "1,2", "is not a graph in GraphML"),
        ("ties.graphml", '<?xml version="1.0"?><x/>', "is not a graph in GraphML"),
        ("ties.gml", "", "must end in .graphml or .csv"),
    ],
)
def test_a_file_that_holds_no_ties_is_refused(name, text, message, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        Ties.read(tmp_path / name, 5)


def test_a_graph_of_another_size_is_refused(tmp_path):
    nx.write_graphml(nx.path_graph(3), tmp_path / "ties.graphml")
    with pytest.raises(ValueError, match="the graph has 3 nodes; there are 5 young people"):
        Ties.read(tmp_path / "ties.graphml", 5)


def test_a_graph_with_other_nodes_is_refused():
    with pytest.raises(ValueError, match="whole numbers 0 to 1"):
        Ties.from_networkx(nx.Graph([("a", "b")]))
