"""Mechanisms and insights: taking one away changes something somewhere, and leaves exactly its null."""

import numpy as np
import pytest

from modsim import Community
from modsim.inputs.mechanisms import INSIGHTS, MECHANISMS, NAMED, RUNGS, as_it_runs, with_values, without
from modsim.inputs.problems import ScenarioError
from modsim.rules import partnering
from modsim.simulation.acts import areas as between
from modsim.simulation.acts import preparing
from modsim.simulation.columns import Stage, Standing
from modsim.simulation.experience import BAD
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import run
from modsim.world.young_people import FIXED_POINT
from tests.conftest import small_scenario
from tests.simulation.same import outcomes_differ

NONE, TRANSPLANTED, NEW = Lane("none"), Lane("transplant"), Lane("recoproduce")
BUSY = ("settings.weeks=70", "purse.budget=40")

# where a mechanism does nothing at the defaults, settings in which it acts
ACTS_WHERE = {
    "calls": ("partners.hours_others=2", "partners.hours_police=6", "reporting.share=0.9"),
    "peer delivery": ("arms.recoproduce.peer_delivery=0.5",),
    "displacement": (
        "policing.displacement=0.5", "arms.recoproduce.spends_on=patrol", "areas.govan.adjacent=['castlefern']",
    ),
    "fidelity": ("effect.fidelity_loss=1", "world.dissimilarity=1", "effect.session_effect=0.3"),
    "persistence": ("order.persistence=1", "effect.session_effect=0.3", "trust.event_weight=5", "settings.weeks=110"),
    "deterrence": ("arms.recoproduce.spends_on=patrol",),
    "learning": ("arms.recoproduce.learning=['visits', 'community_of_practice']",),
    "insight-7": ("arms.recoproduce.learning=['visits', 'community_of_practice']",),
    "lapse": ("spread.lapse_with_anchor=0.05",),
    "destinations": ("joining.baseline=0", "attending.dropout_per_week=0.02", "settings.weeks=90"),
    "drift": ("world.drift_per_year=0.3", "settings.weeks=110"),
    "turnover": ("turnover.leaving_per_week=0.05",),
    "outreach": ("joining.rapport_effect=2", "joining.heard_effect=1"),
    "out of reach": ("joining.never_share=0.3",),
    "near-abstainers": ("offending.abstaining_share=0.4",),
    "unknown authors": ("reporting.identified=0.3",),
    "not heeded": ("sharing.ignored_chance=1",),
    "let down": ("sharing.breach_effect=1", "purse.cliff_week=15", "purse.grant=0", "purse.budget=30",
                 "joining.baseline=0", "purse.bridge_hours=0"),
    "staying on request": ("attending.dropout_asked_to_stay=1.5", "sharing.negotiation_margin=20",
                           "arms.recoproduce.power_deliver=1", "attending.dropout_per_week=0.2"),
    "committed lead": ("effect.commitment_prevents=4", "commitment.sd=0.25"),
    "slow growth": ("effect.slow_ratio=2", "effect.slow_half_time_weeks=8", "effect.session_effect=0.3"),
    "statutory lead": ("listening.statutory_costs=0.6", "partners.lead_pool=['police']"),
    "knowing how to ask": ("listening.knowledge_adds_honesty=0.5",),
    "shared participants": ("commitment.shared_clients_gain=0.02", "purse.pledged_hours=2"),
    "known failures": ("learning.failed_weight=1", "arms.recoproduce.learning=['visits', 'community_of_practice']",
                       "settings.weeks=110", "arms.recoproduce.power_deliver=1"),
}  # fmt: skip


def lived(scenario, lanes=(NONE, TRANSPLANTED, NEW), replicates=(0,)):
    return run(scenario, list(lanes), list(replicates))


@pytest.mark.slow(reason="a run with and without each of 38 mechanisms")
@pytest.mark.parametrize("mechanism", [*MECHANISMS, *INSIGHTS], ids=lambda m: m.id)
def test_taking_a_mechanism_away_changes_something_somewhere(mechanism):
    scenario = small_scenario(*BUSY, *ACTS_WHERE.get(mechanism.id, ()))
    assert outcomes_differ(lived(scenario), lived(without(scenario, [mechanism]))) != []


@pytest.mark.parametrize("mechanism", [m for m in MECHANISMS if m.rung != "M0"], ids=lambda m: m.id)
def test_a_mechanism_is_off_on_the_rungs_below_its_own(mechanism):
    below = RUNGS[RUNGS.index(mechanism.rung) - 1]
    scenario = as_it_runs(small_scenario(f"settings.rung={below}"))
    assert without(scenario, [mechanism]) == scenario


def test_what_a_scenario_goes_without_is_taken_away_in_both_faces():
    scenario = small_scenario("settings.without=['insight-5', 'mentoring']")
    by_hand = without(small_scenario(), [NAMED["insight-5"], NAMED["mentoring"]])
    assert as_it_runs(scenario).model_copy(update={"settings": by_hand.settings}) == by_hand
    assert outcomes_differ(lived(scenario), lived(by_hand)) == []
    for pace in ("week", "agent"):
        community = Community(scenario, arm="recoproduce", pace=pace)
        assert len(community.anchors) == 0


def test_a_former_name_of_a_mechanism_is_read_with_a_notice(caplog):
    scenario = small_scenario("settings.without=['excitement', 'friends']")
    assert scenario.settings.without == ["excitation", "friends"]
    assert "'excitement' is now called 'excitation'" in caplog.text


def test_it_cannot_go_without_what_is_not_there():
    with pytest.raises(ScenarioError, match=r"settings.without: there is no mechanism 'insight-8'; there are"):
        small_scenario("settings.without=['insight-8']")


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_runs_and_holds_what_those_below_hold(rung):
    outcome = lived(small_scenario(f"settings.rung={rung}", "settings.weeks=40"))
    assert outcome.totals["joined"][:, 1:, 2].min() > 0
    trust, staff = outcome.weekly[..., 1:, 2, 3], outcome.totals["staff_left"]
    assert (rung == "M0") == bool((trust == trust[:, :1]).all())
    assert (staff.sum() > 0) == (rung in ("M2", "M3"))
    fear = outcome.weekly[..., 7]
    assert np.ptp(fear) > 0.0


# --- what exactly becomes equal to its null ------------------------------------------------------------------


def taken_away(number, *changes, arm="recoproduce", weeks=60):
    scenario = without(small_scenario(*BUSY, *changes), [INSIGHTS[number - 1]])
    community = Community(scenario, arm=arm)
    community.run_for(weeks)
    return community


def test_without_insight_1_participants_are_not_heard_and_contacts_and_meetings_are_hurried():
    community = taken_away(1)
    c = community.town.columns
    assert c.joined[1:].sum() > 0
    assert (c.granted + c.refused).sum() == 0
    assert community.scenario.designing.time_given == pytest.approx(1 / 3)
    for arm in ("transplant", "recoproduce"):  # hurried contacts are worse in every arm
        unhurried = Community(small_scenario(*BUSY), arm=arm)
        unhurried.run_for(8)
        assert taken_away(1, arm=arm, weeks=8).town.columns.good.sum() < unhurried.town.columns.good.sum()
    meetings = partnering.meeting_quality(1.0, 0.0, community.scenario.designing)
    assert meetings == pytest.approx(1 / 3)


@pytest.mark.slow(reason="lives long enough for workers to change")
def test_without_insight_2_everybody_is_as_committed_as_the_lowest_quarter():
    drawn = Community(small_scenario(), arm="recoproduce").town
    scenario = without(small_scenario(), [INSIGHTS[1]])
    alike = Community(scenario, arm="recoproduce").town
    present = drawn.world.partners.present
    level = alike.columns.commitment[present]
    assert (level == level[0]).all()
    many = np.concatenate(
        [Community(small_scenario(), arm="none", seed=s).town.columns.commitment[present] for s in range(40)]
    )
    assert 0.18 < (many < level[0]).mean() < 0.32


def test_without_insight_3_any_menu_does_as_well_as_any_other():
    changes = ("designing.bespoke_cost=1", "effect.fidelity_loss=0", "afterwards.goal_chance=0")
    scenario = without(small_scenario(*BUSY, *changes), [INSIGHTS[2]])
    other = with_values(scenario, {"arms.transplant.menu": ["film", "dance", "gaming"]})
    assert outcomes_differ(lived(scenario), lived(other)) == []
    assert outcomes_differ(lived(small_scenario(*BUSY, *changes)), lived(scenario)) != []


def test_without_insight_4_trust_in_every_service_stays_where_it_starts():
    community = taken_away(4)
    town = community.town
    assert not town.columns.good.any()
    assert not town.columns.bad.any()
    assert not town.trust_gained.any()
    assert town.columns.resident_bad.any(), "residents' trust is another matter"


def test_without_insight_5_there_is_no_hub():
    community = taken_away(5, weeks=2)
    partners = community.town.world.partners
    assert (partners.anchor == -1).all()
    assert len(community.anchors) == 0
    sizes = partners.size
    assert (partners.links >= sizes * (sizes - 1) // 2).all()


def test_without_insight_6_only_traditional_services_lead():
    community = taken_away(6)
    assert {programme.lead.type for programme in community.programmes} <= {"police", "social_work", "school"}


def test_without_insight_7_nothing_is_learned_from_elsewhere():
    changes = ("arms.recoproduce.learning=['visits', 'community_of_practice', 'guide']",)
    scenario = without(small_scenario(*BUSY, *changes), [INSIGHTS[6]])
    community = Community(scenario, arm="recoproduce")
    community.run_for(1)
    assert (community.town.columns.knowledge[1:] == 0.0).all()
    community.run_for(59)
    assert community.town.columns.spent["learning"].sum() == 0.0


def test_spill_over_reaches_services_that_did_nothing():
    def housing_and_employability(*changes):
        community = Community(small_scenario("policing.stops_per_hour=0", *changes), arm="transplant")
        community.run_for(40)
        kinds = community.town.world.partners.kinds
        lead = community.programmes[2].lead.kind
        of_govan = community.town.world.rows_of(2)
        return community.town.columns.good[[lead, kinds.index("employability")], of_govan].sum(axis=(1, 2))

    lead, other = housing_and_employability()
    assert 0 < other < lead
    assert housing_and_employability("trust.spill_over=0")[1] == 0.0


def test_a_course_broken_off_is_a_broken_promise_and_an_anchor_may_prevent_it():
    changes = ("purse.cliff_week=15", "settings.rung=M2", "purse.grant=0", "purse.budget=30", "joining.baseline=0")
    cut, bridged = (
        Community(small_scenario(*changes, f"purse.bridge_hours={hours}"), arm="transplant") for hours in (0, 2000)
    )
    while not cut.town.columns.breaches[2, 0]:
        cut.step()
        bridged.step()
    assert not bridged.town.columns.breaches[1:].any()
    programme = cut.programmes[2]
    assert programme.stage == Stage.IDLE
    who = [person.row for _, person in programme.those(Standing.DROPPED) if person.dropped_week == cut.week]
    assert len(who) == programme.breaches
    bad = [model.town.columns.bad[programme.lead.kind, who, 0].mean() for model in (cut, bridged)]
    assert bad[0] > bad[1] + 3  # three bad experiences, each worth two good ones


def test_a_course_broken_off_raises_propensity_and_who_was_let_down_may_never_join_again():
    changes = ("purse.cliff_week=15", "settings.rung=M2", "purse.grant=0", "purse.budget=30", "joining.baseline=0",
               "purse.bridge_hours=0", "purse.cliff_keeps=0")  # fmt: skip
    usual, worse = (
        Community(small_scenario(*changes, f"sharing.breach_effect={rise}"), arm="transplant") for rise in (0.0, 0.4)
    )
    while not worse.town.columns.breaches[2, 0]:
        usual.step()
        worse.step()
    let_down = worse.town.columns.let_down[:, 0]
    assert let_down.sum() == worse.town.columns.breaches[:, 0].sum()
    rise = (worse.town.columns.inclination - usual.town.columns.inclination)[let_down, 0]
    p = worse.scenario.effect  # it fades from this week on; friends pull nobody on this level
    assert rise == pytest.approx(np.full(let_down.sum(), 0.4 * (1.0 - p.reversion_per_week)), rel=1e-9)
    who = {person for person in np.nonzero(let_down)[0] if worse.town.world.here_since[person] < 0}
    again = {
        "purse.cliff_keeps=1",
        "joining.let_down_effect=10",
        "joining.baseline=-1",
        "programme.retry_after_weeks=0",
    }
    model = Community(small_scenario("settings.weeks=100", "purse.budget=40", *again), arm="transplant")
    model.town.columns.let_down[:] = True
    model.run_for(60)
    assert who
    assert model.town.columns.invited[1:].sum() > 20
    assert model.town.columns.joined[1:].sum() <= 1  # log-odds of -11 or so


def test_a_session_that_cannot_be_paid_is_taken_ill_and_a_course_that_waits_too_long_counts_as_broken_off():
    changes = ("purse.cliff_week=15", "purse.cliff_keeps=0.05", "purse.grant=0", "purse.budget=30", "settings.rung=M2",
               "purse.bridge_hours=0", "joining.baseline=0", "settings.weeks=80")  # fmt: skip
    waits, minds, breaks = (
        Community(small_scenario(*changes, *more), arm="transplant")
        for more in ((), ("sharing.cancelled_chance=1",), ("sharing.breaks_after_weeks=3",))
    )
    while not waits.town.columns.idle_weeks[1:].any():
        for model in (waits, minds, breaks):
            model.step()
    area = int(np.argmax(waits.town.columns.idle_weeks[:, 0]))
    inside = (waits.town.columns.standing[area, :, 0] == Standing.IN).sum()
    kind = minds.programmes[area].lead.kind
    bad = [
        model.town.columns.experience.of_rows()[BAD][kind, minds.town.world.rows_of(area), 0].sum()
        for model in (waits, minds)
    ]
    assert inside > 0
    assert bad[1] > bad[0] + 0.9 * inside
    for _ in range(3):
        waits.step()
        breaks.step()
    assert breaks.town.columns.breaches[area, 0] > 0
    assert waits.town.columns.breaches[area, 0] == 0


def test_near_abstainers_neither_count_as_company_nor_are_stirred():
    changes = ("offending.abstaining_share=0.5", "offending.abstaining_shift=6")
    town = Community(small_scenario(*changes), arm="none").town
    world = town.world
    for area in range(3):
        rows = world.rows_of(area)
        active = ~world.abstains[rows]
        assert world.active_people[area] == active.sum()
        mean = world.log_rate_sums[area] / (world.active_people[area] * FIXED_POINT)
        assert mean == pytest.approx(world.log_rate[rows][active].mean(), abs=1e-6)
    total = np.bincount(world.group, world.excitable)
    assert total == pytest.approx(world.group_excitable)
    assert world.excitable[world.abstains].max() == pytest.approx(np.exp(-6.0))
    assert world.excitable[~world.abstains].min() == 1.0
    assert not world.abstains[world.in_core].any()


def test_match_that_does_not_count_for_what_a_course_does_still_tells_on_joining():
    scenario = small_scenario("effect.match_weight=0", "world.dissimilarity=1", "trust.session_match=0", *BUSY)
    plain = small_scenario("effect.match_counts=false", "world.dissimilarity=1", "trust.session_match=0", *BUSY)
    unlike, alike = (
        lived(each, [NONE, TRANSPLANTED], range(4)).totals["joined"][:, 1:, 1].sum() for each in (scenario, plain)
    )
    assert unlike < 0.7 * alike
    model = Community(small_scenario("effect.match_weight=0", *BUSY, "joining.baseline=1"), arm="recoproduce")
    model.run_for(60)
    c = model.town.columns
    done = c.completed[:, 0]
    assert done.sum() > 3
    assert (c.completed_match[done, 0] == model.scenario.effect.match_reference).all()


def test_a_referral_alone_visits_nobody_and_outreach_brings_more():
    model = Community(small_scenario(*BUSY, "arms.transplant.contacts=0"), arm="transplant")
    model.run_for(40)
    c = model.town.columns
    assert c.spent["contacts"][1:].sum() == 0
    assert not c.contact_weeks[model.town.world.area > 0].any()
    assert c.invited[1:].min() > 0
    changes = (*BUSY, "joining.rapport_effect=3")
    visited, referred = (
        lived(small_scenario(*changes, *more), [NONE, TRANSPLANTED], range(4)).totals["joined"]
        for more in ((), ("arms.transplant.contacts=0",))
    )
    assert visited[:, 1:, 1].sum() > 1.2 * referred[:, 1:, 1].sum()


def test_nobody_joins_who_never_joins():
    found = lived(small_scenario(*BUSY, "joining.never_share=1", "joining.baseline=5"))
    assert found.totals["invited"][:, 1:, 1:].min() > 0
    assert found.totals["joined"][:, 1:, 1:].max() == 0


def test_exactly_those_who_were_asked_and_are_offered_nothing_of_it_take_it_ill():
    changes = ("sharing.ignored_chance=1", "sharing.tokenism_chance=0", "world.dissimilarity=0.8",
               "arms.transplant.signals=all", "spread.lapse_with_anchor=0")  # fmt: skip
    model = Community(small_scenario(*changes), arm="transplant")
    c = model.town.columns
    while not (c.stage[2, 0] == Stage.RECRUITING and c.stage_week[2, 0] == 1):
        model.step()
    most = model.scenario.programme.contacted
    here = (c.listed[2, :most, 0] >= 0) & (c.standing[2, :most, 0] != Standing.GONE)
    meant, menu = c.meant[:, 2, :most, 0] > 0, c.menu[:, 2, 0] > 0
    spoken, heard = meant.any(axis=0), (meant & menu[:, None]).any(axis=0)
    assert c.ignored[2, 0] == (here & spoken & ~heard).sum() > 0
    nobody_asked = lived(small_scenario("sharing.ignored_chance=1"))
    assert nobody_asked.totals["ignored"][:, 1:, 1].max() == 0


def test_nobody_knows_the_author_of_what_is_reported_where_none_is_identified():
    changes = ("policing.stops_per_hour=0", "settings.weeks=40")
    known, unknown = (
        run(small_scenario(*changes, f"reporting.identified={share}"), [NONE], [0, 1]) for share in (1.0, 0.0)
    )
    reported, of_nobody_known = (found.totals["asb_reported"][:, 1:] for found in (known, unknown))
    assert (reported == of_nobody_known).all()
    model = Community(small_scenario(*changes, "reporting.identified=0"), arm="none")
    model.run_for(20)
    c = model.town.columns
    assert not c.reported_in_window.any()
    assert not c.seen_in_memory.any()
    assert c.seen.sum() > 0  # of nobody known, but seen


def test_what_failed_elsewhere_is_offered_less_where_know_how_travels():
    changes = ("learning.failed_weight=1", "arms.recoproduce.learning=['community_of_practice']",
               "learning.community_hours=0", "turnover.leaving_per_week=0")  # fmt: skip
    model = Community(small_scenario(*changes), arm="recoproduce")
    model.run_for(3)
    c = model.town.columns
    c.knowledge[1, 0] = 0.9  # the area that knows most
    c.failed[4, 1, 0] = 1.0
    model.run_for(12)  # they meet each quarter
    assert c.failed[4, 2, 0] == model.scenario.learning.travels == 1.0
    assert not c.tried[4, 2, 0]
    town, prior = model.town.state, model.town.state.prior[0]
    assert [preparing.expected_share(town, 2, 0, k) for k in range(len(prior))] == [
        0.0 if k == 4 else prior[k] for k in range(len(prior))
    ]


@pytest.mark.slow(reason="lives three towns for four years")
def test_evaluations_of_participants_find_what_they_gained_and_err_less_the_more_there_are():
    changes = ("settings.spreads=diffusion", "spread.baseline=2", "settings.weeks=230", "spread.evidence=1",
               "spread.evidence_of_participants=true", "spread.evidence_delay=0", "spread.lapse_with_anchor=0",
               "joining.baseline=1", "effect.failing_share=0", "purse.budget=40")  # fmt: skip
    exact, idle, noisy = (
        Community(small_scenario(*changes, *more), arm="recoproduce")
        for more in (
            ("spread.participants_noise=0",),
            ("spread.participants_noise=0", "effect.session_effect=0", "effect.adult_effect=0", "peers.deviancy=0",
             "effect.course_time_share=0", "afterwards.destination_effect=0", "order.legitimacy=0", "peers.pull=0",
             "policing.labelling=0", "excitation.offspring=0"),
            ("spread.participants_noise=0.3",),
        )
    )  # fmt: skip
    errors = []
    for _ in range(220):
        before = noisy.town.columns.evaluations.sum(axis=1)
        for model in (exact, idle, noisy):
            model.step()
        new = noisy.town.columns.evaluations.sum(axis=1) > before
        errors += noisy.town.state.error_of_evaluation[new].tolist()
    found = between.effect_found(exact.town.state, 0, 0)
    assert 0.02 < found < 0.6
    assert between.effect_found(idle.town.state, 0, 0) == pytest.approx(0.0, abs=0.02)
    of_new = noisy.town.columns.evaluations[1:].sum()
    assert of_new >= 4  # two areas, several years
    assert len(errors) >= of_new


def test_a_granted_request_to_stay_keeps_those_who_made_it():
    changes = (*BUSY, "attending.dropout_per_week=0.5", "attending.dropout_asked_to_stay=10",
               "arms.recoproduce.power_deliver=1", "sharing.negotiation_margin=50", "joining.baseline=2")  # fmt: skip
    model = Community(small_scenario(*changes), arm="recoproduce")
    c, stayed = model.town.columns, 0
    for _ in range(60):
        extended = c.course_weeks[1:, 0] > model.scenario.programme.course_weeks
        asked = c.wants_more[1:, :, 0] & (c.standing[1:, :, 0] == Standing.IN) & extended[:, None]
        model.step()
        still = asked & (c.stage[1:, 0] == Stage.COURSE)[:, None] & c.wants_more[1:, :, 0]
        stayed += still.sum()
        assert not (c.standing[1:, :, 0][still] == Standing.DROPPED).any()
    assert stayed > 5


@pytest.mark.slow(reason="24 towns")
def test_a_committed_lead_lets_delivery_fail_less_often():
    qualities = []
    for mean in (0.5, 0.95):
        changes = (f"commitment.mean={mean}", "commitment.sd=0", "effect.commitment_prevents=4", "purse.grant=900")
        for seed in range(12):
            model = Community(small_scenario(*changes, f"settings.seed={seed}"), arm="transplant")
            model.run_for(3)
            qualities.append(model.town.columns.quality[1:, 0].mean())
    assert np.mean(qualities[12:]) > np.mean(qualities[:12]) + 0.3


def test_those_compelled_all_join_and_enjoy_it_less():
    free, compelled = (
        lived(small_scenario(*BUSY, f"arms.transplant.compulsory={value}"), [NONE, TRANSPLANTED]).totals
        for value in ("false", "true")
    )
    joined = [t["joined"][:, 1:, 1].sum() / t["invited"][:, 1:, 1].sum() for t in (free, compelled)]
    assert joined[1] > joined[0]
    assert compelled["invited"][:, 1:, 1].sum() == (
        compelled["joined"][:, 1:, 1].sum() + compelled["missed_promises"][:, 1:, 1].sum()
    )


@pytest.mark.parametrize("comparison", ["equal_activity", "equal_start"])
def test_other_things_can_be_held_equal(comparison):
    changes = (f"settings.comparison={comparison}", "settings.weeks=60", "settings.rung=M1", "purse.budget=40")
    courses = []
    for arm in ("transplant", "recoproduce"):
        community = Community(small_scenario(*changes), arm=arm)
        running = []
        for _ in range(60):
            community.step()
            running.append(community.town.now.session_held[1:, 0].copy())
        courses.append(np.argmax(running, axis=0))
        purse = community.town.columns
        assert purse.arrived[1:] == pytest.approx(sum(purse.spent.values())[1:] + purse.purse[1:])
    assert courses[0].min() > 0
    assert (abs(courses[0] - courses[1]) <= 1).all(), "the first courses begin together"


def test_hours_in_kind_are_written_down_whether_they_are_charged_or_not():
    charged, given = (lived(small_scenario(*BUSY, f"purse.charge_inkind={value}")) for value in ("true", "false"))
    assert charged.totals["hours_in_kind"].sum() == 0
    assert given.totals["hours_in_kind"][:, 1:, 2].min() > 0
    assert given.spent["mentoring"].sum() == given.spent["meetings"].sum() == 0
    worked = sum(v for name, v in given.totals.items() if name.startswith("hours_of_"))
    assert worked == pytest.approx(given.totals["hours"] + given.totals["hours_in_kind"])


def test_existing_resources_alone_run_a_programme():
    changes = ("purse.budget=0", "purse.grant=0", "purse.pledged_hours=12", "settings.weeks=100")
    found = lived(small_scenario(*changes), [NONE, TRANSPLANTED])
    assert found.totals["rounds"][:, 1:, 1].min() > 0
    assert found.totals["hours_arrived"][:, 1:, 1].max() < 100 * 12 * 9


def test_a_programme_spreads_on_what_areas_hear_and_an_area_that_hears_nothing_of_it_waits():
    changes = ("settings.spreads=diffusion", "settings.weeks=200", "spread.baseline=-6", "spread.need_effect=0")
    heard, deaf = (
        lived(small_scenario(*changes, f"spread.heard_effect={effect}"), [NEW], range(6)).totals for effect in (20, 0)
    )
    opened = [(t["opened_week"][:, 1:] < 200).sum() for t in (heard, deaf)]
    assert opened[0] > opened[1]
    assert heard["hours_arrived"][:, 1:][heard["opened_week"][:, 1:] == 200].sum() == 0


def test_no_area_that_does_nothing_takes_the_programme_up():
    found = lived(small_scenario("settings.spreads=diffusion", "spread.baseline=2"), [NONE, NEW])
    assert (found.totals["opened_week"][:, 1:, 0] == 48).all()
    assert (found.totals["opened_week"][:, 1:, 1] < 48).all()
