"""Rules worked out with pencil and paper: (rule, arguments, numbers of its table, expected)."""

import math
from types import SimpleNamespace as Table

from modsim.rules import (
    arithmetic,
    attending,
    designing,
    excitement,
    inclining,
    joining,
    neighbouring,
    offending,
    partnering,
    policing,
    sharing,
    spreading,
    targeting,
    trusting,
)

JOINING = Table(
    baseline=-2.0, match_effect=3.0, trust_effect=4.0, reference_trust=0.3, friends_effect=1.5, support_effect=2.0,
    rival_ground_effect=0.75,
)  # fmt: skip
ATTENDING = Table(
    attends=0.6, attends_match=0.3, dropout_per_week=0.1, dropout_match=1.5, dropout_trust=2.0,
    dropout_reference_trust=0.3, dropout_mentor=0.6, dropout_compelled=0.3, completion_share=0.6,
)  # fmt: skip
TRUST = Table(
    prior_strength=8.0, memory=0.9, event_weight=2.0, loss_to_gain=3.0, talk_weight=0.25, spill_over=0.5,
    contact_good=0.6, contact_power=0.1, session_good=0.35, session_match=0.5, session_power=0.15, session_peers=0.1,
    session_compelled=0.2,
)  # fmt: skip
LISTENING = Table(
    rapport_weeks=2.0, honest_without_trust=0.4, prior_origin_share=0.6, prior_strength=10.0, knowledge_adds_voice=0.2
)
DESIGNING = Table(
    meetings=6.0, knowledge_saves_hours=0.5, link_hours=1.5, meeting_hours=2.0, knowledge_saves_weeks=0.4,
    bespoke_cost=1.2, individual_cost=2.0, knowledge_adds_quality=0.5, practice_adds=0.25, time_given=0.8,
)  # fmt: skip
TARGETING = Table(accuracy=0.8)
EFFECT = Table(
    session_effect=0.07, adult_effect=0.01, reversion_per_week=0.1, course_time_share=0.25, mentor_adds=0.5,
    fidelity_loss=0.1, failing_share=0.2, compelled=0.5,
)  # fmt: skip
OFFENDING = Table(peak_age=16.5, age_sd=4.0, spell_keeps_per_week=0.9, spell_shock_sd=0.2)
ORDER = Table(legitimacy=0.3, efficacy=0.4, persistence=0.5)
EXCITATION = Table(offspring=0.25, memory=0.6, serious=0.05, serious_excited=0.1)
PEERS = Table(pull=0.04, strongest_until=16.0, gone_by=20.0, deviancy=0.03)
POLICING = Table(patrol_hours=20.0, stops_per_hour=0.25, stop_floor=0.05, deterrence=0.3, half_hours=80.0)
CALLS = Table(hours_per_incident=2.0)
COMMITMENT = Table(
    reference=0.8, regard_start=0.5, regard_reverts=0.1, regard_step=0.01, together_gain=0.05, together_loss=0.02,
    spanner_adds=2.0,
)  # fmt: skip
TURNOVER = Table(leaving_per_week=0.1, strain_adds=0.5, ties_lost=0.5, ties_lost_with_spanner=0.25)
SHARING = Table(peers_save=0.3)
AFTERWARDS = Table(goal_chance=0.5, destination_chance=0.4, staying_costs=0.2)
RESIDENTS = Table(
    fear_rises=0.02,
    fear_fades=0.03,
    efficacy_fear=0.6,
    efficacy_trust=0.2,
    efficacy_moves=0.1,
    start_trust=0.4,
    event_weight=0.2,
)
REPORTING = Table(log_odds=-1.0, trust_effect=0.5, fear_effect=2.0)
LEARNING = Table(travels=0.5)
SPREAD = Table(
    baseline=-5.0, need_effect=0.8, commitment_effect=2.0, heard_effect=1.5, lapse_after_loss=3.0, lapse_unseen=1.5
)

CASES = [
    (arithmetic.exponential, (1.5,), None, math.exp(1.5)),
    (arithmetic.exponential, (-7.25,), None, math.exp(-7.25)),
    (arithmetic.exponential, (0.0,), None, 1.0),
    (arithmetic.exponential, (19.5,), None, math.exp(19.5)),
    (arithmetic.exponential, (50.0,), None, math.exp(20.0)),
    (arithmetic.exponential, (-50.0,), None, math.exp(-20.0)),
    (arithmetic.logarithm, (1.0,), None, 0.0),
    (arithmetic.logarithm, (50.0,), None, math.log(50.0)),
    (arithmetic.logarithm, (0.02,), None, math.log(0.02)),
    (arithmetic.logarithm, (7.0,), None, math.log(7.0)),
    (arithmetic.logistic, (0.0,), None, 0.5),
    (arithmetic.logistic, (math.log(3.0),), None, 0.75),
    (arithmetic.between, (0.0, 1.4, 1.0), None, 1.0),
    (arithmetic.between, (0.0, -0.4, 1.0), None, 0.0),
    (arithmetic.between, (0.0, 0.4, 1.0), None, 0.4),
    # -2 + 3x0.5 + 4x(0.5-0.3) + 1.5x0.4 + 2x(0.9-0.5) = 1.7
    (joining.chance_of_joining, (0.5, 0.5, 0.4, 0.9, 0), JOINING, 1 / (1 + math.exp(-1.7))),
    # -2 + 3x1 + 4x(0.1-0.3) + 1.5x1 + 2x(0.25-0.5) - 0.75 = 0.45
    (joining.chance_of_joining, (1.0, 0.1, 1.0, 0.25, 1), JOINING, 1 / (1 + math.exp(-0.45))),
    (attending.chance_of_attending, (0.5,), ATTENDING, 0.75),
    (attending.chance_of_attending, (1.0,), ATTENDING, 0.9),
    (attending.chance_of_attending, (3.0,), ATTENDING, 1.0),
    # 0.1 x exp(-1.5x0.2 - 2x0.1)
    (attending.chance_of_dropping_out, (0.7, 0.4, 0, 0), ATTENDING, 0.1 * math.exp(-0.5)),
    (attending.chance_of_dropping_out, (0.7, 0.4, 1, 0), ATTENDING, 0.1 * math.exp(-1.1)),
    (attending.chance_of_dropping_out, (0.7, 0.4, 0, 1), ATTENDING, 0.03 * math.exp(-0.5)),
    (attending.chance_of_dropping_out, (-4.0, 0.3, 0, 0), ATTENDING, 1.0),
    (attending.has_completed, (6, 10), ATTENDING, True),
    (attending.has_completed, (5, 10), ATTENDING, False),
    (attending.has_completed, (9, 10), ATTENDING, True),
    # (0.3x8 + 3) / (8 + 3 + 9)
    (trusting.trust, (0.3, 3.0, 9.0), TRUST, 0.27),
    (trusting.fading, (5.0,), TRUST, 4.5),
    # 4 + 2 x (3 + 0.5x2 + 0.25x6)
    (trusting.good_after, (4.0, 3, 2, 6), TRUST, 15.0),
    # 4 + 6 x (3 + 0.5x2 + 0.25x6)
    (trusting.bad_after, (4.0, 3, 2, 6), TRUST, 37.0),
    (trusting.chance_contact_is_good, (0.15, 0.5, 1.0), TRUST, 0.8),
    (trusting.chance_contact_is_good, (0.9, 1.0, 1.0), TRUST, 1.0),
    # 0.6 x (0.5 + 0.5 x 0.4) + 0.15 + 0.1 x 0.5
    (trusting.chance_contact_is_good, (0.15, 0.5, 0.4), TRUST, 0.62),
    # 0.35 + 0.5x0.5 + 0.15x0.4 + 0.1x0.3 - 0.2
    (trusting.chance_session_is_good, (0.5, 0.4, 0.3, 1), TRUST, 0.49),
    (trusting.chance_session_is_good, (0.5, 0.4, 0.0, 0), TRUST, 0.66),
    (trusting.chance_session_is_good, (1.5, 0.4, 0.0, 0), TRUST, 1.0),
    # 0.4 + 0.6 x 0.5 x (1 - e^-1.5)
    (designing.chance_signal_is_honest, (0.5, 3.0), LISTENING, 0.4 + 0.3 * (1 - math.exp(-1.5))),
    (designing.chance_signal_is_honest, (0.0, 3.0), LISTENING, 0.4),
    (designing.professional_prior, (0.3, 12), LISTENING, 0.6 * 0.3 + 0.4 / 12),
    # (8 + 10x0.1) / (20 + 10)
    (designing.learned_share, (8, 20, 0.1), LISTENING, 0.3),
    # 0.35 + 0.2 x 0.3
    (designing.voice, (0.35, 0.3), LISTENING, 0.41),
    (designing.voice, (1.0, 0.3), LISTENING, 1.0),
    (designing.menu_score, (0.3, 0.1, 0.75), None, 0.25),
    (designing.full_meetings_needed, (0.5, 0.8), DESIGNING, 2.4),
    # 30 x (1 - 0.5x0.4)
    (designing.hours_saved, (30.0, 0.4), DESIGNING, 24.0),
    # 1.5 x 5 x 0.5 x 0.6
    (designing.linking_hours, (5, 0.5, 0.6), DESIGNING, 2.25),
    # 17 x (1 - 0.4x0.3) x 0.5
    (designing.shortest_setup_weeks, (17.0, 0.5, 0.3), DESIGNING, 7.48),
    # 12 x 2 x (1 + 0.2x0.5)
    (designing.delivery_hours, (12, 0.5, 2.0), DESIGNING, 26.4),
    (partnering.reactive_hours, (3, 5.0), CALLS, 11.0),
    # 0.8 x (0.5 + 0.5 x 0.6/0.5)
    (partnering.effective_commitment, (0.8, 0.6), COMMITMENT, 0.88),
    (partnering.effective_commitment, (0.8, 0.9), COMMITMENT, 1.0),
    # 0.8 x (0.5 + 0.5 x 0.3)
    (partnering.lead_score, (0.8, 0.3), None, 0.52),
    # 0.8 x (0.5 + 0.5 x 0.4) x 10
    (partnering.hours_pledged, (0.8, 0.4, 10.0), None, 5.6),
    (partnering.chance_of_turning_up, (0.8, 0.5), None, 0.4),
    (partnering.chance_of_turning_up, (1.2, 1.0), None, 1.0),
    (partnering.chance_of_turning_up, (-0.2, 1.0), None, 0.0),
    # 0.8 x (0.6 + 0.4 x 0.5 x 0.3)
    (partnering.meeting_quality, (0.6, 0.3), DESIGNING, 0.528),
    # 0.7 + 0.1 x (0.5-0.7) + 0.01 x (4 + (4-1)/4)
    (partnering.regard_after, (0.7, 4, 1, 4.0), COMMITMENT, 0.7275),
    (partnering.regard_after, (0.7, 4, 1, 0.5), COMMITMENT, 0.715),
    (partnering.regard_after, (0.99, 40, 1, 3.0), COMMITMENT, 1.0),
    (partnering.regard_after, (0.01, 0, 90, 3.0), COMMITMENT, 0.0),
    # 0.6 x (0.5x0.9 + 0.5x0.7) / 0.8
    (partnering.power_in_practice, (0.6, 0.9, 0.7), COMMITMENT, 0.6),
    (partnering.power_in_practice, (0.6, 0.5, 0.1), COMMITMENT, 0.225),
    (partnering.power_in_practice, (0.9, 1.0, 0.9), COMMITMENT, 1.0),
    # 0.5 + 0.05x0.5x0.6 - 0.02x0.5x0.4
    (partnering.trust_between_after, (0.5, 0.0, 0.0), COMMITMENT, 0.49),
    (partnering.trust_between_after, (0.8, 1.0, 0.0), COMMITMENT, 0.81),
    (partnering.trust_between_after, (0.8, 1.0, 1.0), COMMITMENT, 0.83),
    (partnering.trust_between_left, (0.6, 1.0, 0.0), TURNOVER, 0.3),
    (partnering.trust_between_left, (0.6, 0.0, 1.0), TURNOVER, 0.45),
    (partnering.trust_between_left, (0.6, 0.0, 0.0), TURNOVER, 0.6),
    (designing.own_plan_score, (2, 0.25, 0.5), None, 1.25),
    (designing.hours_of_own_plans, (6, 2.0), DESIGNING, 24.0),
    (partnering.chance_of_worker_leaving, (1,), TURNOVER, 0.15),
    (partnering.chance_of_worker_leaving, (90.0,), TURNOVER, 1.0),
    (partnering.knowledge_after_leaving, (0.8, 0.25), None, 0.6),
    # 0.4 + 0.25 x 0.6
    (partnering.knowledge_after_practice, (0.4,), DESIGNING, 0.55),
    (sharing.chance_wish_is_granted, (0.5, 12.0, 24.0), None, 0.25),
    (sharing.chance_wish_is_granted, (0.5, 48.0, 24.0), None, 0.5),
    (sharing.chance_wish_is_granted, (0.5, 1.0, 0.0), None, 0.5),
    # 26 x (1 - 0.3x0.5)
    (sharing.hours_with_peers, (26.0, 0.5), SHARING, 22.1),
    (sharing.share_serving_goal, (2, 4), None, 0.5),
    (sharing.share_serving_goal, (0.5, 0), None, 0.5),
    # 0.5 x 3/6
    (sharing.chance_goal_is_reached, (3.0, 6), AFTERWARDS, 0.25),
    (sharing.chance_goal_is_reached, (0.5, 0), AFTERWARDS, 0.25),
    # 0.4 x 0.5 x (1 - 0.2)
    (sharing.chance_of_destination, (0.5, 1), AFTERWARDS, 0.16),
    (sharing.chance_of_destination, (0.5, 0), AFTERWARDS, 0.2),
    (targeting.known_record, (3, 10, 4), None, 5.5),
    (targeting.known_record, (3, 0, 0), None, 3.0),
    # 0.8 x 2 + 0.6 x 0.5
    (targeting.list_score, (2.0, 0.5), TARGETING, 1.9),
    (inclining.fidelity, (0.5,), EFFECT, 0.95),
    (inclining.delivery_quality, (0,), EFFECT, 1.25),
    (inclining.delivery_quality, (1,), EFFECT, 0.0),
    # 1.2 x (0.9 x 0.07 x 0.5 x 1.5 + 0.01)
    (inclining.benefit_of_session, (0.5, 0.9, 1.2, 1, 0), EFFECT, 1.2 * (0.04725 + 0.01)),
    # 0.5 x 1 x (1 x 0.07 x 0.5 + 0.01)
    (inclining.benefit_of_session, (0.5, 1.0, 1.0, 0, 1), EFFECT, 0.0225),
    # 0.03 x 2 x (1 - 0.25 - 0.25) x 1.4
    (inclining.deviancy_of_session, (2.0, 0.5, 0.5, 0.4), PEERS, 0.042),
    (inclining.deviancy_of_session, (-2.0, 0.5, 0.5, 0.4), PEERS, 0.0),
    (inclining.weight_of_friends, (17.0,), PEERS, 0.75),
    (inclining.weight_of_friends, (14.0,), PEERS, 1.0),
    (inclining.weight_of_friends, (23.0,), PEERS, 0.0),
    (inclining.weight_of_friends, (20.0,), Table(strongest_until=20.0, gone_by=20.0), 0.0),
    # 0.04 x 0.75 x (1.2 - 4x0.5) / 4
    (inclining.pull_of_friends, (0.5, 1.2, 4, 0.75), PEERS, -0.006),
    (inclining.pull_of_friends, (0.5, 0.0, 0, 0.75), PEERS, 0.0),
    (inclining.pull_of_friends, (0.5, 0.2, 0, 0.75), PEERS, 0.006),
    # 1 - 0.5 x 0.2 / 0.8
    (inclining.reversion_slowed, (-0.1, 0.2, 0.2), ORDER, 0.875),
    (inclining.reversion_slowed, (0.0, 0.2, 0.2), ORDER, 0.875),
    (inclining.reversion_slowed, (0.1, 0.2, 0.2), ORDER, 1.125),
    (inclining.reversion_slowed, (-0.1, 9.0, 0.2), ORDER, 0.3),
    (inclining.reversion_slowed, (-0.1, -9.0, 0.2), ORDER, 1.7),
    # -0.1 + 0.1 x (-0.4 + 0.1)
    (inclining.lasting_after, (-0.1, -0.4), EFFECT, -0.13),
    # -0.5 - 0.1 x 0.8 x -0.5 + 0.02 - 0.04
    (inclining.inclination_after, (-0.5, 0.8, 0.02, 0.04), EFFECT, -0.48),
    (offending.log_age_factor, (14.5,), OFFENDING, -0.125),
    (offending.next_spell, (0.5, 1.5), OFFENDING, 0.75),
    (offending.background_rate, (2.0, 0.5, -0.2, 0.1), None, 2 * math.exp(0.4)),
    # 0.3 x 0.1 + 0.4 x (0.7-0.5) + 0.05
    (offending.restraint, (0.1, 0.7, 0.05), ORDER, 0.16),
    # 2 x 0.75 x e^(-0.3-0.1) + 0.2
    (offending.incident_rate, (2.0, -0.3, 0.1, 0, 0.2), (EFFECT, EXCITATION), 1.5 * math.exp(-0.4) + 0.2),
    # 2 x 0.75 x e^-0.4 x 0.75 + 0.2
    (offending.incident_rate, (2.0, -0.3, 0.1, 1, 0.2), (EFFECT, EXCITATION), 1.125 * math.exp(-0.4) + 0.2),
    # 0.6 x 2 + 0.25 x 0.4 x (0.8 x 3 + 0.2 x 5)
    (excitement.excitement_after, (2.0, 3, 5, 0.2), EXCITATION, 1.54),
    # 0.05 + 0.1 x 0.2/0.8
    (excitement.chance_serious, (0.2, 0.8), EXCITATION, 0.075),
    (excitement.chance_serious, (1e-13, 0.0), EXCITATION, 0.06),
    # 0.25 x 40 x 2.05 / (20 + 0.05x100)
    (policing.stops_expected, (2, 20, 100, 40.0), POLICING, 0.82),
    # 0.3 x (80/160 - 20/100)
    (policing.deterred, (80.0,), POLICING, 0.09),
    (policing.deterred, (20.0,), POLICING, 0.0),
    (policing.undone, (0.25,), None, math.exp(0.25)),
    # 0.9 x 5 + 0.2 x (3 + 0.25 x 6)
    (neighbouring.memory_after, (5.0, 3, 6), (RESIDENTS, TRUST), 5.4),
    # 0.4 + 0.02 x 2 x 0.6 - 0.03 x 0.4
    (neighbouring.fear_after, (0.4, 4, 2.0), RESIDENTS, 0.412),
    (neighbouring.fear_after, (0.4, 90, 2.0), RESIDENTS, 0.424),
    (neighbouring.fear_after, (0.4, 1e-9, 0.0), RESIDENTS, 0.4),
    # 0.5 - 0.6x0.1 + 0.2x0.2 = 0.48; 0.6 + 0.1 x (0.48-0.6)
    (neighbouring.efficacy_after, (0.6, 0.6, 0.6), RESIDENTS, 0.588),
    (neighbouring.efficacy_after, (0.99, -5.0, 0.6), RESIDENTS, 1.0),
    (neighbouring.efficacy_after, (0.01, 9.0, 0.6), RESIDENTS, 0.0),
    # -1 + 0.5 x 0.2 + 2 x 0.1
    (neighbouring.chance_reported, (0.6, 0.6, 0.4), REPORTING, 1 / (1 + math.exp(0.7))),
    # 0.2 + 0.4 x 0.5 x 0.6
    (spreading.knowledge_after_exchange, (0.2, 0.8, 0.4), LEARNING, 0.32),
    (spreading.knowledge_after_exchange, (0.9, 0.8, 0.4), LEARNING, 0.9),
    (spreading.fall, (10.0, 8.0, 0.0), None, 0.2),
    (spreading.fall, (10.0, 12.0, 0.0), None, 0.0),
    (spreading.fall, (10.0, 12.0, -1.0), None, -0.2),
    (spreading.fall, (10.0, -12.0, 0.0), None, 1.0),
    (spreading.fall, (0.0, -5e-10, 0.0), None, 0.5),
    # 0.75 x 0.4 + 0.25 x 0.8
    (spreading.heard, (0.4, 0.8, 0.25), None, 0.5),
    # -5 + 0.8 ln 2 + 2 x 0.2 + 1.5 x 0.4
    (
        spreading.chance_of_adopting, (2.0, 0.7, 0.4), SPREAD,
        1 - math.exp(-math.exp(-4.0 + 0.8 * math.log(2.0))),
    ),
    (
        spreading.chance_of_adopting, (900.0, 0.7, 0.4), SPREAD,
        1 - math.exp(-math.exp(-4.0 + 0.8 * math.log(20.0))),
    ),
    (
        spreading.chance_of_adopting, (0.001, 0.7, 0.4), SPREAD,
        1 - math.exp(-math.exp(-4.0 + 0.8 * math.log(0.05))),
    ),
    (spreading.chance_of_lapsing, (0.1, 1, 0), SPREAD, 0.3),
    (spreading.chance_of_lapsing, (0.1, 0, 1), SPREAD, 0.15),
    (spreading.chance_of_lapsing, (0.6, 1, 1), SPREAD, 1.0),
]  # fmt: skip


def worked_out(rule, arguments, table):
    """The rule's value for these arguments."""
    tables = () if table is None else table if isinstance(table, tuple) else (table,)
    return rule(*arguments, *tables)
