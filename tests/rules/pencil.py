"""Rules worked out with pencil and paper: (rule, arguments, numbers of its table, expected)."""

import math
from types import SimpleNamespace as Table

from modsim.rules import arithmetic, attending, designing, inclining, joining, offending, targeting, trusting

JOINING = Table(
    baseline=-2.0, match_effect=3.0, trust_effect=4.0, reference_trust=0.3, friends_effect=1.5, support_effect=2.0
)
ATTENDING = Table(
    attends=0.6, attends_match=0.3, dropout_per_week=0.1, dropout_match=1.5, dropout_trust=2.0,
    dropout_reference_trust=0.3, completion_share=0.6,
)  # fmt: skip
TRUST = Table(
    memory=0.9, event_weight=2.0, loss_to_gain=3.0, talk_weight=0.25, contact_good=0.6, contact_power=0.1,
    session_good=0.35, session_match=0.5, session_power=0.15,
)  # fmt: skip
LISTENING = Table(
    rapport_weeks=2.0, honest_without_trust=0.4, prior_origin_share=0.6, prior_strength=10.0, knowledge_adds_voice=0.2
)
DESIGNING = Table(
    meetings=6.0, knowledge_saves_hours=0.5, link_hours=1.5, partners=6, meeting_hours=2.0, knowledge_saves_weeks=0.4,
    bespoke_cost=1.2,
)  # fmt: skip
TARGETING = Table(accuracy=0.8)
EFFECT = Table(session_effect=0.07, adult_effect=0.01, reversion_per_week=0.1, course_time_share=0.25)
OFFENDING = Table(peak_age=16.5, age_sd=4.0, spell_keeps_per_week=0.9, spell_shock_sd=0.2)

CASES = [
    (arithmetic.exponential, (1.5,), None, math.exp(1.5)),
    (arithmetic.exponential, (-7.25,), None, math.exp(-7.25)),
    (arithmetic.exponential, (0.0,), None, 1.0),
    (arithmetic.exponential, (19.5,), None, math.exp(19.5)),
    (arithmetic.exponential, (50.0,), None, math.exp(20.0)),
    (arithmetic.exponential, (-50.0,), None, math.exp(-20.0)),
    (arithmetic.logistic, (0.0,), None, 0.5),
    (arithmetic.logistic, (math.log(3.0),), None, 0.75),
    (arithmetic.between, (0.0, 1.4, 1.0), None, 1.0),
    (arithmetic.between, (0.0, -0.4, 1.0), None, 0.0),
    (arithmetic.between, (0.0, 0.4, 1.0), None, 0.4),
    # -2 + 3x0.5 + 4x(0.5-0.3) + 1.5x0.4 + 2x(0.9-0.5) = 1.7
    (joining.chance_of_joining, (0.5, 0.5, 0.4, 0.9), JOINING, 1 / (1 + math.exp(-1.7))),
    # -2 + 3x1 + 4x(0.1-0.3) + 1.5x1 + 2x(0.25-0.5) = 1.2
    (joining.chance_of_joining, (1.0, 0.1, 1.0, 0.25), JOINING, 1 / (1 + math.exp(-1.2))),
    (attending.chance_of_attending, (0.5,), ATTENDING, 0.75),
    (attending.chance_of_attending, (1.0,), ATTENDING, 0.9),
    (attending.chance_of_attending, (3.0,), ATTENDING, 1.0),
    # 0.1 x exp(-1.5x0.2 - 2x0.1)
    (attending.chance_of_dropping_out, (0.7, 0.4), ATTENDING, 0.1 * math.exp(-0.5)),
    (attending.chance_of_dropping_out, (-4.0, 0.3), ATTENDING, 1.0),
    (attending.has_completed, (6, 10), ATTENDING, True),
    (attending.has_completed, (5, 10), ATTENDING, False),
    (attending.has_completed, (9, 10), ATTENDING, True),
    (trusting.trust, (3.0, 9.0), None, 0.25),
    (trusting.fading, (5.0, 2.0), TRUST, 4.7),
    # 4 + 2x3 + 0.25x2x6
    (trusting.good_after, (4.0, 3, 6), TRUST, 13.0),
    # 4 + 6x3 + 0.25x6x6
    (trusting.bad_after, (4.0, 3, 6), TRUST, 31.0),
    (trusting.chance_contact_is_good, (0.15, 0.5), TRUST, 0.8),
    (trusting.chance_contact_is_good, (0.9, 1.0), TRUST, 1.0),
    (trusting.chance_session_is_good, (0.5, 0.4), TRUST, 0.66),
    (trusting.chance_session_is_good, (1.5, 0.4), TRUST, 1.0),
    # 0.4 + 0.6 x 0.5 x (1 - e^-1.5)
    (designing.chance_signal_is_honest, (0.5, 3.0), LISTENING, 0.4 + 0.3 * (1 - math.exp(-1.5))),
    (designing.chance_signal_is_honest, (0.0, 3.0), LISTENING, 0.4),
    (designing.professional_prior, (0.3, 12), LISTENING, 0.6 * 0.3 + 0.4 / 12),
    # (8 + 10x0.1) / (20 + 10)
    (designing.learned_share, (8, 20, 0.1), LISTENING, 0.3),
    (designing.voice, (0.7, 0.3), LISTENING, 0.76),
    (designing.voice, (1.0, 0.3), LISTENING, 1.0),
    (designing.menu_score, (0.3, 0.1, 0.75), None, 0.25),
    (designing.full_meetings_needed, (0.5, 0.8), DESIGNING, 2.4),
    # (1 - 0.5x0.4) x (6x2x3 + 1.5x5x10x0.5x0.6)
    (designing.design_hours, (3.0, 5, 10, 0.5, 0.6, 0.4), DESIGNING, 0.8 * (36 + 22.5)),
    # 17 x (1 - 0.4x0.3) x 0.5
    (designing.shortest_setup_weeks, (17.0, 0.5, 0.3), DESIGNING, 7.48),
    # 12 x 2 x (1 + 0.2x0.5)
    (designing.delivery_hours, (12, 0.5, 2.0), DESIGNING, 26.4),
    (targeting.known_record, (3, 10, 4), None, 5.5),
    (targeting.known_record, (3, 0, 0), None, 3.0),
    # 0.8 x 2 + 0.6 x 0.5
    (targeting.list_score, (2.0, 0.5), TARGETING, 1.9),
    (inclining.benefit_of_session, (0.5,), EFFECT, 0.045),
    (inclining.inclination_after, (-0.5, 0.04), EFFECT, -0.49),
    (offending.log_age_factor, (14.5,), OFFENDING, -0.125),
    (offending.next_spell, (0.5, 1.5), OFFENDING, 0.75),
    (offending.background_rate, (2.0, 0.5, -0.2, 0.1), None, 2 * math.exp(0.4)),
    (offending.incident_rate, (2.0, -0.3, 0), EFFECT, 2.0 * math.exp(-0.3)),
    # 2 x e^-0.3 x 0.75
    (offending.incident_rate, (2.0, -0.3, 1), EFFECT, 1.5 * math.exp(-0.3)),
]


def worked_out(rule, arguments, table):
    """The rule's value for these arguments."""
    return rule(*arguments) if table is None else rule(*arguments, table)
