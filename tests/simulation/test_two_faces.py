"""The week agent by agent and the week of columns give the same numbers, bit for bit."""

import numpy as np
import pytest

from modsim import Community
from modsim.simulation.lanes import Lane
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import run
from tests.conftest import ARMS, small_scenario
from tests.simulation.same import columns_differ

SLOW = pytest.mark.slow(reason="agent by agent, some ten seconds each")


def both_faces(scenario, arm, replicate=0, seed=None):
    agents = Community(scenario, arm=arm, replicate=replicate, seed=seed, pace="agent")
    columns = Community(scenario, arm=arm, replicate=replicate, seed=seed)
    return agents, columns


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("seed", [1, pytest.param(20261122, marks=SLOW)])
def test_agents_and_columns_agree_bit_for_bit_in_every_arm_and_area(arm, seed):
    scenario = small_scenario()
    agents, columns = both_faces(scenario, arm, replicate=seed % 3, seed=seed)
    for _ in range(scenario.settings.weeks):
        agents.step()
        columns.step()
        assert columns_differ(agents.town, columns.town) == [], f"week {agents.week}"
    assert np.array_equal(agents.town.records.weekly, columns.town.records.weekly, equal_nan=True)
    for name, figures in agents.town.records.totals(agents.town).items():
        assert np.array_equal(figures, columns.town.records.totals(columns.town)[name], equal_nan=True), name


FIRST_CORNERS = [
    ("settings.rung='M0'",),
    ("arms.recoproduce.menu=individual", "arms.recoproduce.places=5", "programme.minimum_places=2"),
    ("turnover.leaving_per_week=0.1", "commitment.spanner_adds=2", "turnover.ties_lost_with_spanner=0.4"),
    ("settings.spreads=diffusion", "spread.baseline=-2", "spread.heard_effect=9", "spread.evidence_delay=2"),
]
FURTHER_CORNERS = [
    ("programme.places=2", "programme.minimum_places=1"),  # places run out: promises are missed
    ("purse.budget=6", "purse.grant=200", "programme.minimum_places=1"),  # work waits, the last round is small
    ("arms.recoproduce.fixed_slots=1", "arms.recoproduce.signals=20", "designing.refresh=0"),
    ("arms.recoproduce.menu=['film', 'gym']", "population.rewired_share=1.0"),
    ("programme.contacted=0", "trust.talk_weight=0.9"),
    ("programme.contacts_each=20", "arms.recoproduce.setup_weeks=2", "designing.refresh=0.1"),
    ("programme.list_length=5", "programme.places=30"),
    ("targeting.accuracy=1.0", "reporting.share=1.0", "arms.recoproduce.setup_weeks=2"),
    ("areas.govan.opens_week=20", "areas.govan.anchor=false", "areas.castlefern.lead=police"),
    ("programme.rounds=1", "attending.dropout_per_week=0.9"),
    ("arms.recoproduce.redesigns=false", "arms.recoproduce.setup_weeks=4", "programme.course_weeks=4"),
    ("programme.dose=1.7", "settings.areas=['castlefern']", "purse.gbp_per_incident=100.0"),
    ("population.core_exit_per_year=0.9", "areas.castlefern.oldest=16", "areas.castlefern.eligible_oldest=16"),
]


@pytest.mark.parametrize(
    "changes",
    [*FIRST_CORNERS, *(pytest.param(one, marks=SLOW) for one in FURTHER_CORNERS)],
    ids=lambda changes: changes[0],
)
def test_agents_and_columns_agree_in_corners(changes):
    scenario = small_scenario("settings.weeks=40", *changes)
    agents, columns = both_faces(scenario, "recoproduce", replicate=1)
    agents.run_for(40)
    columns.run_for(40)
    assert columns_differ(agents.town, columns.town) == []
    assert agents.town.columns.joined.sum() > 0 or "programme.contacted=0" not in changes


@pytest.mark.parametrize("arm", ARMS)
def test_one_lane_is_the_same_alone_and_among_many(arm):
    scenario = small_scenario()
    points = [scenario, small_scenario("world.dissimilarity=0", "trust.start=0.5"), small_scenario("purse.budget=60")]
    lanes = [Lane(name) for name in ARMS] + [Lane("transplant", 1), Lane("recoproduce", 2)]
    many = run(points, lanes, [0, 1, 2])
    alone = Community(scenario, arm=arm, replicate=1)
    alone.run_for(scenario.settings.weeks)
    at = ARMS.index(arm)
    weekly, beside = alone.town.records.weekly[:, :, 0], weekly_measures(scenario).index("trust_youth_reference")
    assert np.isnan(weekly[..., beside]).all()  # needs the reference lane beside it
    assert np.array_equal(np.delete(many.weekly[1, :, :, at], beside, -1), np.delete(weekly, beside, -1))
    for name, figures in alone.town.records.totals(alone.town).items():
        if not name.endswith("_reference"):  # needs the reference lane beside it
            assert np.array_equal(many.totals[name][1, :, at], figures[:, 0], equal_nan=True), name


def test_windows_before_the_first_session_start_when_somebody_grew_in():
    """A newcomer of the history year counts from arrival, alone and among many."""
    scenario = small_scenario("areas.castlefern.eligible_youngest=12", "targeting.accuracy=0")
    many = run(scenario, [Lane("none"), Lane("transplant")], [0, 1, 2, 3])
    for replicate in range(4):
        alone = Community(scenario, arm="transplant", replicate=replicate)
        alone.run_for(scenario.settings.weeks)
        totals = alone.town.records.totals(alone.town)
        assert np.array_equal(many.totals["weeks_before"][replicate, :, 1], totals["weeks_before"][:, 0])


def test_two_live_models_do_not_share_their_columns():
    scenario = small_scenario()
    one, other = Community(scenario, arm="none"), Community(scenario, arm="none")
    before = other.young_people[3].inclination
    one.young_people[3].inclination = -5.0
    assert one.young_people[3].inclination == -5.0
    assert other.young_people[3].inclination == before
