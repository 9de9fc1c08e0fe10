"""The world before anything is done: head counts, exact dissimilarity, ties, ages, rates, and luck by id."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modsim import load_scenario
from modsim.world.draws import Luck
from modsim.world.interests import area_pattern, match
from modsim.world.networks import group_sizes
from modsim.world.young_people import World
from tests.conftest import SCENARIOS, small_scenario
from tests.means import mean_is

ORIGIN_SHARES = [0.30, 0.22, 0.16, 0.13, 0.11, 0.08]


@pytest.fixture(scope="module")
def world():
    return World(load_scenario(SCENARIOS / "three-areas.toml"), 1, [0, 1])


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 50))
def test_areas_are_exactly_as_dissimilar_as_asked(delta, seed, replicate):
    scenario = load_scenario(SCENARIOS / "three-areas.toml")
    luck = Luck(seed, ["origin", "govan"], [replicate, replicate])
    origin = area_pattern(scenario, scenario.areas[0], delta, luck, 0)
    there = area_pattern(scenario, scenario.areas[2], delta, luck, 1)
    assert there.sum() == pytest.approx(1.0)
    assert abs(there - origin).sum() / 2 == pytest.approx(delta, abs=1e-12)


def everybody(world):
    """What everybody wants at the scenario's dissimilarity (rows, K)."""
    return world.wishes_of(np.arange(world.rows))


def test_expected_match_of_the_origin_s_menu_falls_in_proportion_to_dissimilarity():
    scenario = load_scenario(SCENARIOS / "three-areas.toml", ["world.dissimilarity=0.4"])
    world = World(scenario, 3, range(60))
    menu = np.array([float(i in scenario.origin_menu) for i in world.activity_ids])
    served = match(everybody(world).T, menu[:, None])
    by_area = [served[world.rows_of(a)].mean() for a in range(len(world.areas))]
    recipients = [m for m, area in zip(by_area, world.areas, strict=True) if area.role == "recipient"]
    assert mean_is(recipients, 0.6 * 0.68)  # (1 - dissimilarity) x share of the origin's top three


def test_interests_add_up_to_one_and_centre_on_the_pattern(world):
    assert everybody(world).sum(axis=1) == pytest.approx(np.ones(world.rows))
    wide = World(small_scenario("world.group_concentration=10000"), 2, range(3))
    for area in range(3):
        rows = wide.rows_of(area)
        for k in range(12):
            assert mean_is(everybody(wide)[rows, k], wide.wishes().pattern[area, k], 0.5)


def test_own_interests_replace_the_pattern():
    scenario = small_scenario("areas.govan.interests={gym = 0.75, film = 0.25}")
    world = World(scenario, 1, [0])
    pattern = dict(zip(world.activity_ids, world.wishes().pattern[2].tolist(), strict=True))
    assert {k: v for k, v in pattern.items() if v} == {"gym": 0.75, "film": 0.25}


@given(st.integers(20, 500), st.integers(0, 2), st.integers(2, 11), st.integers(2, 12))
def test_groups_hold_everybody_once(people, cores, core_size, size):
    people += cores * core_size
    sizes = group_sizes(people, cores, core_size, size)
    assert sum(sizes) == people
    assert sizes[:cores] == [core_size] * cores
    assert min(sizes) >= 1


def test_core_groups_keep_their_size_and_ages_stay_in_bounds():
    scenario = small_scenario("settings.weeks=200")
    world = World(scenario, 5, [0, 1])
    moved = 0
    for week in range(-52, 200):
        before = world.in_core.copy()
        world.turn(week)
        moved += int((before & ~world.in_core).sum())
        for area in range(len(world.areas)):
            rows, place = world.rows_of(area), world.areas[area]
            assert world.in_core[rows].sum() == place.core_groups * place.core_size
            assert world.age[rows].min() >= place.youngest - 1e-9
            assert world.age[rows].max() < place.oldest + 1
    assert moved > 20


def test_members_leave_the_core_at_the_yearly_rate():
    scenario = load_scenario(SCENARIOS / "three-areas.toml")
    world = World(scenario, 8, range(6))
    stayed = world.in_core.copy()
    young = world.age < 17.0  # none of these grows out within the year
    members = stayed & young
    for week in range(-52, 0):
        world.turn(week)
        stayed &= world.in_core
    share = (members & ~stayed).sum() / members.sum()
    assert abs(share - 0.29) < 4 * np.sqrt(0.29 * 0.71 / members.sum())


def test_top_few_carry_the_share_of_incidents_that_surveys_find():
    scenario = load_scenario(SCENARIOS / "three-areas.toml")
    world = World(scenario, 2, range(8))
    expected = np.zeros(world.rows)
    for week in range(-52, 0):
        world.turn(week)
        expected += world.background
    shares = []
    for area in range(len(world.areas)):
        ranked = np.sort(expected[world.rows_of(area)])[::-1]
        shares.append(ranked[: round(0.055 * len(ranked))].sum() / ranked.sum())
    assert 0.35 <= np.mean(shares) <= 0.50  # evidence K3


def test_the_reported_rate_at_week_0_is_the_scenario_s_on_average():
    scenario = load_scenario(
        SCENARIOS / "three-areas.toml",
        ["offending.season_swing=0", "offending.yearly_change=0", "population.core_exit_per_year=0"],
    )
    world = World(scenario, 6, range(60))
    rates = [
        world.background[world.rows_of(a)].sum() * scenario.reporting.share / scenario.reported_per_week(place)
        for a, place in enumerate(world.areas)
    ]
    assert mean_is(rates, 1.0)
    assert 0.15 < np.std(rates) < 0.40  # evidence K2: areas differ by about 0.24, luck of the core included


def test_one_more_area_or_replicate_shifts_nobody_s_luck():
    scenario = small_scenario()
    both, second = World(scenario, 1, [0, 1]), World(scenario, 1, [1])
    alone = World(scenario.model_copy(update={"areas": scenario.areas[1:]}), 1, [1])
    for week in range(-52, 10):
        for world in (both, second, alone):
            world.turn(week)
    assert (both.background[-second.rows :] == second.background).all()
    assert (second.background[-alone.rows :] == alone.background).all()
    assert (everybody(second)[-alone.rows :] == everybody(alone)).all()


def test_wishes_do_not_depend_on_who_was_asked_before():
    scenario = small_scenario()
    world, asked = World(scenario, 1, [0]), World(scenario, 1, [0])
    some = np.arange(0, asked.rows, 7)
    for week in range(-52, 60):
        world.turn(week)
        asked.turn(week)
        asked.wishes_of(some)
        asked.wishes_of(some, 0.1)
    assert world.generation.max() > 0
    assert (everybody(asked) == everybody(world)).all()
    assert (asked.wishes_of(np.arange(asked.rows), 0.1) == world.wishes_of(np.arange(asked.rows), 0.1)).all()


def test_a_remembered_world_is_the_same_when_it_is_lived_again():
    scenario = small_scenario()
    plain, remembered = World(scenario, 1, [0, 1]), World(scenario, 1, [0, 1], remember=True)
    columns = "generation", "here_since", "group", "first_group", "in_core", "age", "background", "log_rate"
    lived = {}
    for week in range(-52, 30):
        newcomers = plain.turn(week)
        lived[week] = newcomers, {name: getattr(plain, name).copy() for name in columns}
        assert (remembered.turn(week) == newcomers).all()
    draws = {w: plain.luck.weekly_uniform("incidents", plain.area, w, plain.slot, plain.generation) for w in range(30)}
    for week in [*range(-52, 10), *range(30), *range(-52, 3), *range(30)]:
        assert (remembered.turn(week) == lived[week][0]).all()
        assert all((getattr(remembered, name) == column).all() for name, column in lived[week][1].items())
    for week in (3, 29, 3, 12):
        u = remembered.luck.weekly_uniform("incidents", plain.area, week, plain.slot, plain.generation)
        assert (u == draws[week]).all()
    assert (remembered.turn(30) == plain.turn(30)).all()
    assert (remembered.background == plain.background).all()


def test_a_world_without_area_effects_is_the_same_for_another_name():
    scenario = small_scenario()
    renamed = scenario.model_copy(
        update={"areas": [a.model_copy(update={"name": "Elsewhere"}) for a in scenario.areas]}
    )
    assert (World(scenario, 1, [0]).background == World(renamed, 1, [0]).background).all()
