"""Plans for each, a menu kept over rounds, places and dose of a course, and ties between services."""

import numpy as np
import pytest

from modsim import Community
from modsim.simulation.acts.looking import match
from modsim.simulation.columns import Stage
from tests.conftest import small_scenario

INDIVIDUAL = ("arms.recoproduce.menu=individual", "arms.recoproduce.places=6", "purse.grant=600")


def lived(*changes, weeks=48, arm="recoproduce"):
    community = Community(small_scenario(f"settings.weeks={weeks}", *changes), arm=arm)
    community.run_for(weeks)
    return community


def until_recruiting(*changes):
    community = Community(small_scenario(*changes), arm="recoproduce")
    while not (community.town.columns.stage == Stage.RECRUITING).any():
        community.step()
    return community, int(np.nonzero(community.town.columns.stage[:, 0] == Stage.RECRUITING)[0][0])


def test_a_plan_of_one_s_own_serves_more_of_one_s_wishes_than_a_shared_menu():
    honest = ("listening.honest_without_trust=1.0", "origin.power_design=0.0", *INDIVIDUAL)
    community, area = until_recruiting(*honest, "areas.gorbals.role=recipient")
    town, c = community.town, community.town.columns
    n = np.arange(town.scenario.programme.contacted)
    own = np.array([match(town.state, area, 0, k) for k in n])
    shared = c.records["wishes"]["share"][area, 0, n] @ c.menu[:, area, 0]
    assert own.mean() > shared.mean() + 0.05
    assert (c.plan[:, area, :, 0].sum(axis=0) == town.scenario.programme.menu_size).all()


def test_a_plan_holds_what_was_named_most():
    community, area = until_recruiting(*INDIVIDUAL, "areas.gorbals.role=recipient")
    c = community.town.columns
    for position in range(community.scenario.programme.contacted):
        named, plan = c.named[:, area, position, 0], c.plan[:, area, position, 0]
        assert named[plan].min() >= named[~plan].max()


def test_without_shared_power_a_plan_is_what_people_here_are_thought_to_want():
    community, area = until_recruiting(
        *INDIVIDUAL, "arms.recoproduce.power_design=0", "arms.recoproduce.process_knowledge=0",
        "areas.gorbals.role=recipient",
    )  # fmt: skip
    c = community.town.columns
    assert (c.plan[:, area, :, 0] == c.menu[:, area, :].astype(bool)).all()


def test_nobody_learns_badly_from_people_who_are_somewhere_else():
    worse = lived(*INDIVIDUAL, "peers.deviancy=0.5")
    assert np.array_equal(worse.town.columns.occurred, lived(*INDIVIDUAL, "peers.deviancy=0").town.columns.occurred)


def test_people_nobody_visited_get_what_people_here_want():
    community, area = until_recruiting(*INDIVIDUAL, "programme.contacted=10", "areas.gorbals.role=recipient")
    c = community.town.columns
    assert np.array_equal(c.plan[:, area, 20, 0], c.menu[:, area, 0].astype(bool))


def test_an_arm_may_have_fewer_places_than_the_programme():
    few, usual = lived(*INDIVIDUAL), lived("arms.recoproduce.menu=individual", "purse.grant=600")
    recipients = few.town.fixed["areas"].is_recipient
    assert few.town.columns.places[recipients, 0].max() == 6
    assert few.town.columns.places[~recipients, 0].max() == 12  # the origin's own course is as it was
    assert 0 < few.town.columns.joined[recipients].sum() < usual.town.columns.joined[recipients].sum()


def test_a_place_on_a_plan_of_one_s_own_takes_twice_the_hours():
    community = lived(*INDIVIDUAL, "settings.rung=M1", "programme.mentor_hours=0")
    c = community.town.columns
    for area in np.nonzero(community.town.fixed["areas"].is_recipient)[0].tolist():
        held = int(c.sessions_in_all[area, 0])
        assert held > 0
        assert c.spent["delivery"][area, 0] == pytest.approx(held * 6 * 2.0 * 2.0)


def test_a_menu_that_is_kept_is_designed_once():
    rounds = ("arms.recoproduce.setup_weeks=4", "programme.course_weeks=5", "purse.budget=80", "origin.power_deliver=0")
    changes = (*rounds, "arms.recoproduce.power_deliver=0", "settings.rung=M1", "world.drift_per_year=0.5")
    community = Community(
        small_scenario("settings.weeks=60", *changes, "arms.recoproduce.redesigns=false"), arm="recoproduce"
    )
    c, seen, spent = community.town.columns, {}, {}
    while community.week < 59:
        community.step()
        for area in (1, 2):
            if c.stage[area, 0] == Stage.RECRUITING:
                seen.setdefault(area, {})[int(c.rounds[area, 0])] = c.menu[:, area, 0].copy()
                spent.setdefault(area, []).append(c.spent["meetings"][area, 0])
    for area in (1, 2):
        menus = list(seen[area].values())
        assert len(menus) >= 2
        assert all(np.array_equal(menu, menus[0]) for menu in menus)
        assert c.designs[area, 0] == 1
        assert spent[area][0] == spent[area][-1] > 0.0  # no meeting after the first round
    anew = lived(*changes, weeks=60)
    assert (anew.town.columns.designs[1:, 0] >= 2).all()


def test_a_course_without_a_dose_does_what_sessions_without_effect_do():
    nothing = ("effect.session_effect=0", "effect.adult_effect=0", "peers.deviancy=0")
    none, effectless = lived("programme.dose=0"), lived(*nothing)
    assert np.array_equal(none.town.columns.occurred, effectless.town.columns.occurred)
    assert np.array_equal(none.town.columns.inclination, effectless.town.columns.inclination)


def test_a_stronger_dose_does_more():
    weak, strong = lived("programme.dose=0.5"), lived("programme.dose=3")
    assert strong.town.columns.inclination.mean() < weak.town.columns.inclination.mean()


def test_trust_between_services_follows_its_closed_form_where_everybody_comes():
    always = ("designing.meetings_are_full=true", "turnover.leaving_per_week=0", "settings.rung=M3")
    for spanner in (0.0, 2.0):
        community = lived(*always, f"commitment.spanner_adds={spanner}")
        town, c = community.town, community.town.columns
        gain, start = 0.05, 0.5
        for area in range(3):
            tables = town.world.partners
            meetings = c.spent["meetings"][area, 0] > 0
            assert meetings
            values = c.between[area, :, 0]
            with_hub, others = tables.with_anchor[area], tables.pair_present[area] & ~tables.with_anchor[area]
            held = np.log((1 - values[with_hub]) / (1 - start)) / np.log(1 - gain)
            number = held.mean()
            assert held == pytest.approx(number)
            assert number == pytest.approx(round(number))
            assert values[others] == pytest.approx(1 - (1 - start) * (1 - gain * (1 + spanner)) ** number)


def test_ties_across_sectors_are_made_by_meeting_and_lost_with_workers():
    steady = lived("designing.meetings_are_full=true", "turnover.leaving_per_week=0")
    leaving = lived("designing.meetings_are_full=true", "turnover.leaving_per_week=0.2", "turnover.ties_lost=1")
    assert (steady.town.columns.ties_made > 0).all()
    assert steady.town.ties_across_sectors().sum() == steady.town.columns.ties_made.sum()  # none was lost
    assert leaving.town.ties_across_sectors().sum() < steady.town.ties_across_sectors().sum()
    sector = {"employability": "work", "social_work": "council", "youth_work": "council"}
    tables = steady.town.world.partners
    for pair, (one, other) in enumerate(tables.pairs.T.tolist()):
        kinds = [tables.kind_of(1, seat) for seat in (one, other)]
        if all(kind in sector for kind in kinds):
            assert tables.across_sectors[1, pair] == (sector[kinds[0]] != sector[kinds[1]])
