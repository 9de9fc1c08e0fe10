"""Cases a practitioner can read: what somebody who knows the work would expect to hold."""

import numpy as np
import pytest

from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from tests.conftest import small_scenario

NEW, TRANSPLANTED, NOTHING = Lane("recoproduce"), Lane("transplant"), Lane("none")


def totals(*changes, lanes=(NOTHING, TRANSPLANTED, NEW), replicates=(0, 1)):
    """Figures summed over recipients and replicates, by name and lane."""
    outcome = run(small_scenario(*changes), list(lanes), list(replicates))
    return {
        name: dict(zip(lanes, figures[:, 1:].sum(axis=(0, 1)).tolist(), strict=True))
        for name, figures in outcome.totals.items()
    }


@pytest.mark.slow(reason="enough replicates to see every round")
def test_a_purse_too_thin_for_co_design_still_pays_for_transplanting_the_programme():
    found = totals("purse.budget=8", "purse.grant=380", "settings.weeks=40", "programme.minimum_places=12")
    assert found["rounds"][NEW] == 0
    assert found["rounds"][TRANSPLANTED] > 0


def test_longer_set_up_means_fewer_rounds():
    found = totals("settings.weeks=150")
    assert found["rounds"][NEW] < found["rounds"][TRANSPLANTED]
    slower = totals("settings.weeks=150", "arms.recoproduce.setup_weeks=40")
    assert slower["rounds"][NEW] < found["rounds"][NEW]


def test_the_more_unlike_the_areas_the_fewer_join_what_was_transplanted():
    joined = [totals(f"world.dissimilarity={d}")["joined"][TRANSPLANTED] for d in (0.0, 0.5, 1.0)]
    assert joined[0] > joined[1] > joined[2]


def test_transplanting_and_re_co_producing_are_heard_of_in_the_same_number_of_contacts():
    young = ("areas.castlefern.eligible_oldest=19", "areas.govan.eligible_oldest=19")  # nobody listed grows out
    outcome = run(small_scenario("settings.weeks=40", "programme.rounds=1", *young), [TRANSPLANTED, NEW], [0])
    contacts = outcome.spent["contacts"][0, 1:]
    assert (contacts == 120 * 1.5).all()


def test_bad_contacts_cost_trust():
    good, bad = (totals(f"trust.contact_good={chance}", "settings.weeks=32")["trust_youth"] for chance in (0.95, 0.05))
    assert bad[NEW] < bad[NOTHING] < good[NEW]


def test_trust_stays_where_it_starts_on_the_lower_rung():
    frozen = run(small_scenario("settings.rung=M0"), [NOTHING, NEW], [0])
    assert np.array_equal(frozen.weekly[..., 0, 3], frozen.weekly[..., 1, 3])


def test_a_stronger_session_calms_participants_more():
    weak, strong = (totals(f"effect.session_effect={effect}")["participants_asb"] for effect in (0.02, 0.3))
    assert strong[NEW] < weak[NEW]


def test_an_anchor_makes_co_design_cheaper():
    lone = ("areas.castlefern.anchor=false", "areas.govan.anchor=false")
    star, mesh = (run(small_scenario("purse.budget=60", *changes), [NEW], [0]) for changes in ((), lone))
    each = [o.spent["links"][:, 1:] / o.totals["designs"][:, 1:] for o in (star, mesh)]
    assert (each[1] > 1.5 * each[0]).all()


def test_knowing_the_process_saves_hours_and_weeks():
    once = ("purse.budget=60", "programme.rounds=1", "settings.rung=M1")
    novice = run(small_scenario("arms.recoproduce.process_knowledge=0", *once), [NEW], [0])
    expert = run(small_scenario("arms.recoproduce.process_knowledge=1", *once), [NEW], [0])
    for heading in ("links", "meetings"):
        assert (expert.spent[heading][:, 1:] < novice.spent[heading][:, 1:]).all()
    weeks = [o.weekly[0, :, 1:, 0, 4].sum(axis=0) for o in (novice, expert)]  # of the round, from first to last
    assert (weeks[1] < weeks[0]).all()


def test_lists_find_the_core_group_better_when_the_lead_sees_more():
    from modsim import Community

    def core_on_list(*changes):
        found = 0
        for seed in range(4):
            model = Community(small_scenario(*changes), arm="transplant", seed=seed)
            model.step()
            found += sum(person.in_core for lead in model.programmes[1:] for _, person in lead.on_list())
        return found

    assert core_on_list("reporting.share=1", "targeting.accuracy=1") > core_on_list("targeting.accuracy=0")


@pytest.mark.parametrize("opens", [0, 10])
def test_nothing_is_spent_before_an_area_opens(opens):
    outcome = run(small_scenario(f"areas.govan.opens_week={opens}", "purse.budget=60"), [NEW], [0])
    running = outcome.weekly[0, :, 2, 0, 4]
    assert running[:opens].sum() == 0
    assert running[opens] == 1
    assert outcome.totals["hours_arrived"][0, 2, 0] == 120 + 60 * (48 - opens)
