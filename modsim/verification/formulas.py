"""Every rule a second time, as its formula stands in the documents: one entity, plain Python and the C library.

The rules themselves are written for columns, with an exponential of their own; here are `math.exp` and `if`. Arguments
and numbers are drawn over ranges that reach beyond every bound of a rule, so that each bound is met from both sides.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

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
from modsim.verification.checks import Dice, Sheet

Range = tuple[float, float] | list[float]  # from low to high, or one of these
Ranges = dict[str, Range]

_TRIES = 400
_CLOSE = 1e-10  # the rules' own exponential is good to 1e-12
_LOGARITHM = 1e-8  # and their logarithm to 1e-9

YES_OR_NO: Range = [0, 1]
SHARE: Range = (0, 1)
BEYOND: Range = (-0.5, 1.5)  # a share, and what lies outside


@dataclass(frozen=True)
class Formula:
    """A rule, what it takes, the numbers of its tables, and its formula; `again(a, p)` reads both by name."""

    rule: Callable[..., Any]
    takes: Ranges
    numbers: Ranges
    again: Callable[[Any, Any], float]
    tables: int = 1  # how many tables the rule takes; all are given the same numbers
    within: float = _CLOSE


def _clip(low: float, x: float, high: float) -> float:
    return low if x < low else high if x > high else x


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def _discount(x: float) -> float:
    return x if x > 0.0 else 0.0


def _adopting(a: Any, p: Any) -> float:
    need = math.log(_clip(0.05, a.need, 20.0))
    log_hazard = (
        p.baseline + p.need_effect * need + p.commitment_effect * (a.readiness - 0.5) + p.heard_effect * a.heard
    )
    return 1.0 - math.exp(-math.exp(log_hazard))


FORMULAS: Sequence[Formula] = (
    # --- arithmetic
    Formula(arithmetic.exponential, {"x": (-25, 25)}, {}, lambda a, p: math.exp(_clip(-20.0, a.x, 20.0)), 0),
    Formula(arithmetic.logarithm, {"x": [0.02, 0.3, 1.0, 7.0, 50.0]}, {}, lambda a, p: math.log(a.x), 0, _LOGARITHM),
    Formula(arithmetic.logistic, {"x": (-15, 15)}, {}, lambda a, p: _logistic(a.x), 0),
    Formula(
        arithmetic.between, {"low": (-1, 0.2), "x": (-2, 2), "high": (0.3, 1)}, {},
        lambda a, p: _clip(a.low, a.x, a.high), 0,
    ),
    # --- joining, coming, staying
    Formula(
        joining.chance_of_joining,
        {"match": SHARE, "trust": SHARE, "friends": SHARE, "support": SHARE, "rival_ground": YES_OR_NO,
         "rapport": SHARE, "heard": YES_OR_NO, "let_down": YES_OR_NO},
        {"baseline": (-4, 2), "match_effect": (0, 5), "trust_effect": (0, 5), "reference_trust": SHARE,
         "friends_effect": (0, 3), "support_effect": (0, 2), "rival_ground_effect": (0, 3), "rapport_effect": (0.1, 4),
         "heard_effect": (0.1, 3), "let_down_effect": (0.1, 3)},
        lambda a, p: _logistic(
            p.baseline + p.match_effect * a.match + p.trust_effect * (a.trust - p.reference_trust)
            + p.friends_effect * a.friends + p.support_effect * (a.support - 0.5)
            - (p.rival_ground_effect if a.rival_ground else 0.0) + p.rapport_effect * a.rapport
            + (p.heard_effect if a.heard else 0.0) - (p.let_down_effect if a.let_down else 0.0)
        ),
    ),
    Formula(
        attending.chance_of_attending, {"match": (-2, 3)}, {"attends": SHARE, "attends_match": (0.1, 1)},
        lambda a, p: _clip(0.0, p.attends + p.attends_match * a.match, 1.0),
    ),
    Formula(
        attending.chance_of_dropping_out,
        {"match": (-2, 1), "trust": SHARE, "mentored": YES_OR_NO, "compelled": YES_OR_NO, "asked": YES_OR_NO},
        {"dropout_per_week": (0.02, 0.5), "dropout_match": (0, 3), "dropout_trust": (0, 3),
         "dropout_reference_trust": SHARE, "dropout_mentor": (0, 1), "dropout_compelled": (0, 2),
         "dropout_asked_to_stay": (0.1, 1)},
        lambda a, p: min(
            1.0,
            p.dropout_per_week / math.exp(
                p.dropout_match * (a.match - 0.5) + p.dropout_trust * (a.trust - p.dropout_reference_trust)
                + (p.dropout_mentor if a.mentored else 0.0) + (p.dropout_asked_to_stay if a.asked else 0.0)
            ) * (p.dropout_compelled if a.compelled else 1.0),
        ),
    ),
    Formula(
        attending.has_completed, {"attended": list(range(13)), "held": [0, 2, 4, 6, 8, 10, 12]},
        {"completion_share": [0.25, 0.5, 0.75, 1.0]},
        lambda a, p: float(a.attended >= p.completion_share * a.held),
    ),
    # --- trust
    Formula(
        trusting.trust, {"start": SHARE, "good": (0, 40), "bad": (0, 40)}, {"prior_strength": (0.5, 30)},
        lambda a, p: (a.start * p.prior_strength + a.good) / (p.prior_strength + a.good + a.bad),
    ),
    Formula(trusting.fading, {"memory": (0, 50)}, {"memory": SHARE}, lambda a, p: p.memory * a.memory),
    Formula(
        trusting.good_after, {"faded": (0, 9), "own": (0, 5), "in_others": (0, 5), "heard": (0, 20)},
        {"event_weight": (0.1, 3), "spill_over": SHARE, "talk_weight": SHARE},
        lambda a, p: a.faded + p.event_weight * a.own + p.event_weight * p.spill_over * a.in_others
        + p.event_weight * p.talk_weight * a.heard,
    ),
    Formula(
        trusting.bad_after, {"faded": (0, 9), "own": (0, 5), "in_others": (0, 5), "heard": (0, 20)},
        {"event_weight": (0.1, 3), "spill_over": SHARE, "talk_weight": SHARE, "loss_to_gain": (0.5, 4)},
        lambda a, p: a.faded
        + (a.own + p.spill_over * a.in_others + p.talk_weight * a.heard) * p.event_weight * p.loss_to_gain,
    ),
    Formula(
        trusting.chance_contact_is_good, {"bonus": (-0.9, 0.6), "power": SHARE, "time": SHARE},
        {"contact_good": SHARE, "contact_power": SHARE},
        lambda a, p: _clip(0.0, p.contact_good * (1.0 + a.time) / 2.0 + a.bonus + p.contact_power * a.power, 1.0),
    ),
    Formula(
        trusting.chance_session_is_good, {"match": (-1, 2), "power": SHARE, "peers": SHARE, "compelled": YES_OR_NO},
        {"session_good": SHARE, "session_match": SHARE, "session_power": SHARE, "session_peers": SHARE,
         "session_compelled": SHARE},
        lambda a, p: _clip(
            0.0,
            p.session_good + p.session_match * a.match + p.session_power * a.power + p.session_peers * a.peers
            - (p.session_compelled if a.compelled else 0.0), 1.0,
        ),
    ),
    # --- listening and designing
    Formula(
        designing.rapport, {"weeks": (0, 12)}, {"rapport_weeks": (1, 6)},
        lambda a, p: -math.expm1(-a.weeks / p.rapport_weeks),
    ),
    Formula(
        designing.chance_signal_is_honest,
        {"trust": SHARE, "weeks": (0, 12), "statutory": YES_OR_NO, "knowledge": SHARE},
        {"rapport_weeks": (1, 6), "honest_without_trust": SHARE, "statutory_costs": (0.1, 0.9),
         "knowledge_adds_honesty": (0.1, 0.9)},
        lambda a, p: 1.0 - (1.0 - p.knowledge_adds_honesty * a.knowledge) * (
            1.0 - (1.0 - (1.0 - p.honest_without_trust) * (1.0 - a.trust * -math.expm1(-a.weeks / p.rapport_weeks)))
            * ((1.0 - p.statutory_costs) if a.statutory else 1.0)
        ),
    ),
    Formula(
        designing.failure, {"wanted": SHARE, "expected": (0.05, 0.6)}, {},
        lambda a, p: (a.expected - a.wanted) / a.expected if a.wanted < a.expected else 0.0, 0,
    ),
    Formula(
        designing.prior_after_failure, {"prior": SHARE, "failed": SHARE}, {"failed_weight": (0.1, 1)},
        lambda a, p: a.prior - a.prior * a.failed * p.failed_weight,
    ),
    Formula(
        designing.professional_prior, {"origin": SHARE, "activities": (2, 20)}, {"prior_origin_share": SHARE},
        lambda a, p: p.prior_origin_share * a.origin + (1.0 - p.prior_origin_share) / a.activities,
    ),
    Formula(
        designing.learned_share, {"signals": (0, 40), "all": (40, 120), "prior": SHARE}, {"prior_strength": (0.1, 40)},
        lambda a, p: (a.signals + p.prior_strength * a.prior) / (a.all + p.prior_strength),
    ),
    Formula(
        designing.voice, {"power": (0, 1.2), "knowledge": SHARE}, {"knowledge_adds_voice": SHARE},
        lambda a, p: min(1.0, a.power + p.knowledge_adds_voice * a.knowledge),
    ),
    Formula(
        designing.menu_score, {"learned": SHARE, "prior": SHARE, "voice": SHARE}, {},
        lambda a, p: a.prior + a.voice * (a.learned - a.prior), 0,
    ),
    Formula(
        designing.full_meetings_needed, {"share": SHARE, "effort": SHARE}, {"meetings": (1, 12)},
        lambda a, p: p.meetings * a.share * a.effort,
    ),
    Formula(
        designing.hours_saved, {"hours": (0, 90), "knowledge": SHARE}, {"knowledge_saves_hours": SHARE},
        lambda a, p: a.hours - a.hours * p.knowledge_saves_hours * a.knowledge,
    ),
    Formula(
        designing.linking_hours, {"links": (1, 20), "share": SHARE, "effort": SHARE}, {"link_hours": (0.3, 3)},
        lambda a, p: a.links * p.link_hours * a.share * a.effort,
    ),
    Formula(
        designing.shortest_setup_weeks, {"weeks": (1, 50), "effort": SHARE, "knowledge": SHARE},
        {"knowledge_saves_weeks": SHARE},
        lambda a, p: a.weeks * a.effort - a.weeks * a.effort * p.knowledge_saves_weeks * a.knowledge,
    ),
    Formula(
        designing.own_plan_score, {"named": (0, 4), "wanted": SHARE, "voice": SHARE}, {},
        lambda a, p: a.wanted + a.named * a.voice, 0,
    ),
    Formula(
        designing.hours_of_own_plans, {"places": (1, 30), "each": (0.5, 5)}, {"individual_cost": (1, 4)},
        lambda a, p: a.places * a.each * p.individual_cost,
    ),
    Formula(
        designing.delivery_hours, {"places": (1, 30), "bespoke": SHARE, "each": (0.5, 5)}, {"bespoke_cost": (1, 2)},
        lambda a, p: a.places * a.each * ((1.0 - a.bespoke) + p.bespoke_cost * a.bespoke),
    ),
    # --- services
    Formula(
        partnering.reactive_hours, {"seen": (0, 30), "queue": (0, 50)}, {"hours_per_incident": (0.5, 5)},
        lambda a, p: a.queue + a.seen * p.hours_per_incident,
    ),
    Formula(
        partnering.effective_commitment, {"commitment": SHARE, "regard": SHARE}, {"regard_start": (0.2, 0.8)},
        lambda a, p: min(1.0, a.commitment * (p.regard_start + a.regard) / (2.0 * p.regard_start)),
    ),
    Formula(
        partnering.power_in_practice, {"power": SHARE, "lead": SHARE, "mean": SHARE}, {"reference": (0.3, 0.9)},
        lambda a, p: min(1.0, a.power * (a.lead + a.mean) / 2.0 / p.reference),
    ),
    Formula(
        partnering.lead_score, {"commitment": SHARE, "trust": SHARE}, {},
        lambda a, p: a.commitment * (1.0 + a.trust) / 2.0, 0,
    ),
    Formula(
        partnering.hours_pledged, {"commitment": SHARE, "together": SHARE, "pledge": (0, 20)}, {},
        lambda a, p: a.pledge * a.commitment * (1.0 + a.together) / 2.0, 0,
    ),
    Formula(
        partnering.chance_of_turning_up, {"commitment": (-0.5, 1.5), "free": (0, 1.5)}, {},
        lambda a, p: _clip(0.0, a.commitment * a.free, 1.0), 0,
    ),
    Formula(
        partnering.meeting_quality, {"present": SHARE, "knowledge": SHARE},
        {"time_given": SHARE, "knowledge_adds_quality": SHARE},
        lambda a, p: p.time_given
        * (1.0 - (1.0 - a.present) * (1.0 - p.knowledge_adds_quality * a.knowledge)),
    ),
    Formula(
        partnering.regard_after, {"regard": SHARE, "good": (0, 40), "seen": (0, 40), "usually": [0, 0.5, 2, 7]},
        {"regard_reverts": (0, 0.2), "regard_start": SHARE, "regard_step": (0.001, 0.05)},
        lambda a, p: _clip(
            0.0,
            (1.0 - p.regard_reverts) * a.regard + p.regard_reverts * p.regard_start
            + p.regard_step * (a.good + (a.usually - a.seen) / (a.usually if a.usually > 1.0 else 1.0)), 1.0,
        ),
    ),
    Formula(
        partnering.trust_between_after, {"between": SHARE, "both": YES_OR_NO, "brought": YES_OR_NO},
        {"together_gain": (0.01, 0.6), "spanner_adds": (0, 3), "together_loss": (0.01, 0.1)},
        lambda a, p: a.between + (1.0 - a.between) * min(1.0, p.together_gain * (1.0 + p.spanner_adds * a.brought))
        if a.both else a.between * (1.0 - p.together_loss),
    ),
    Formula(
        partnering.trust_between_shared, {"between": SHARE}, {"shared_clients_gain": (0.01, 0.2)},
        lambda a, p: 1.0 - (1.0 - a.between) * (1.0 - p.shared_clients_gain),
    ),
    Formula(
        partnering.trust_between_left, {"between": SHARE, "own": YES_OR_NO, "spanner": YES_OR_NO},
        {"ties_lost": SHARE, "ties_lost_with_spanner": SHARE},
        lambda a, p: a.between
        * (1.0 - max(p.ties_lost if a.own else 0.0, p.ties_lost_with_spanner if a.spanner else 0.0)),
    ),
    Formula(
        partnering.chance_of_worker_leaving, {"strained": YES_OR_NO},
        {"leaving_per_week": SHARE, "strain_adds": (0, 2)},
        lambda a, p: min(1.0, p.leaving_per_week + (p.leaving_per_week * p.strain_adds if a.strained else 0.0)),
    ),
    Formula(
        partnering.knowledge_after_leaving, {"knowledge": SHARE, "lost": SHARE}, {},
        lambda a, p: a.knowledge - a.knowledge * a.lost, 0,
    ),
    Formula(
        partnering.knowledge_after_practice, {"knowledge": SHARE}, {"practice_adds": SHARE},
        lambda a, p: 1.0 - (1.0 - a.knowledge) * (1.0 - p.practice_adds),
    ),
    # --- sharing, and afterwards
    Formula(
        sharing.chance_wish_is_granted, {"power": SHARE, "at_hand": (0, 60), "needed": [0, 12, 24, 48]}, {},
        lambda a, p: a.power * (a.at_hand / a.needed if a.at_hand < a.needed else 1.0), 0,
    ),
    Formula(
        sharing.hours_with_peers, {"hours": (0, 60), "peers": SHARE}, {"peers_save": SHARE},
        lambda a, p: a.hours - a.hours * p.peers_save * a.peers,
    ),
    Formula(
        sharing.share_serving_goal, {"serving": (0, 3), "slots": [0, 1, 2, 3]}, {},
        lambda a, p: a.serving / (a.slots if a.slots else 1), 0,
    ),
    Formula(
        sharing.chance_goal_is_reached, {"serving": (0, 10), "attended": [0, 1, 5, 10]}, {"goal_chance": SHARE},
        lambda a, p: p.goal_chance * a.serving / (a.attended if a.attended else 1),
    ),
    Formula(
        sharing.chance_of_destination, {"match": SHARE, "stayed": YES_OR_NO},
        {"destination_chance": SHARE, "staying_costs": SHARE},
        lambda a, p: p.destination_chance * a.match * ((1.0 - p.staying_costs) if a.stayed else 1.0),
    ),
    # --- lists
    Formula(
        targeting.known_record, {"own": (0, 9), "others_seen": (0, 40), "others": [0, 1, 4, 10]}, {},
        lambda a, p: a.own + (a.others_seen / a.others if a.others else a.others_seen), 0,
    ),
    Formula(
        targeting.list_score, {"record": (-2, 4), "noise": (-3, 3)}, {"accuracy": SHARE},
        lambda a, p: p.accuracy * a.record + math.sqrt(1.0 - p.accuracy**2) * a.noise,
    ),
    # --- propensity
    Formula(
        inclining.fidelity, {"bespoke": SHARE}, {"fidelity_loss": (-1, 1)},
        lambda a, p: 1.0 - a.bespoke * p.fidelity_loss,
    ),
    Formula(
        inclining.chance_of_failing, {"commitment": SHARE},
        {"failing_share": (0.1, 0.9), "commitment_prevents": (0.5, 4), "reference": (0.3, 0.9)},
        lambda a, p: min(1.0, p.failing_share / math.exp(p.commitment_prevents * (a.commitment - p.reference))), 2,
    ),
    Formula(
        inclining.delivery_quality, {"fails": YES_OR_NO}, {"failing_share": (0, 0.9)},
        lambda a, p: 0.0 if a.fails else 1.0 / (1.0 - p.failing_share),
    ),
    Formula(
        inclining.match_that_counts, {"match": SHARE}, {"match_weight": SHARE, "match_reference": SHARE},
        lambda a, p: p.match_reference + p.match_weight * (a.match - p.match_reference),
    ),
    Formula(
        inclining.benefit_of_session,
        {"match": SHARE, "fidelity": SHARE, "quality": (0, 2), "mentored": YES_OR_NO, "compelled": YES_OR_NO},
        {"session_effect": (0.01, 0.2), "mentor_adds": SHARE, "adult_effect": (0.001, 0.05), "compelled": (0, 2)},
        lambda a, p: (p.compelled if a.compelled else 1.0) * a.quality * (
            p.adult_effect
            + a.fidelity * p.session_effect * a.match * ((1.0 + p.mentor_adds) if a.mentored else 1.0)
        ),
    ),
    Formula(
        inclining.deviancy_of_session, {"excess": (-2, 4), "match": SHARE, "mentored": YES_OR_NO, "peers": SHARE},
        {"deviancy": (0.01, 0.1)},
        lambda a, p: _discount(a.excess) * p.deviancy * (1.0 + a.peers) * (2.0 - a.match - a.mentored) / 2.0,
    ),
    Formula(
        inclining.weight_of_friends, {"age": (8, 30)}, {"strongest_until": (10, 16), "gone_by": [16, 18, 24]},
        lambda a, p: 1.0 if a.age <= p.strongest_until
        else 0.0 if a.age >= p.gone_by else (p.gone_by - a.age) / (p.gone_by - p.strongest_until),
    ),
    Formula(
        inclining.weight_of_friends, {"age": [15.0, 16.0, 16.000001, 17.0]}, {"strongest_until": [16], "gone_by": [16]},
        lambda a, p: 1.0 if a.age < 16.0 else 0.0,  # where friends cease to matter from one day to the next
    ),
    Formula(
        inclining.pull_of_friends,
        {"inclination": (-1, 1), "total": (-4, 4), "friends": [0, 1, 3, 8], "weight": SHARE}, {"pull": (0.01, 0.2)},
        lambda a, p: p.pull * a.weight * (a.total / a.friends - a.inclination if a.friends else a.total),
    ),
    Formula(
        inclining.reversion_slowed, {"inclination": [-0.5, 0.0, 0.5], "gained": (-2, 2), "start": (0, 0.8)},
        {"persistence": SHARE},
        lambda a, p: _clip(
            0.3, 1.0 + (1.0 if a.inclination > 0 else -1.0) * p.persistence * a.gained / (1.0 - a.start), 1.7
        ),
    ),
    Formula(
        inclining.lasting_after, {"lasting": (-1, 0), "target": (-1, 0)},
        {"slow_comes_per_week": (0.005, 0.2)},
        lambda a, p: (1.0 - p.slow_comes_per_week) * a.lasting + p.slow_comes_per_week * a.target,
    ),
    Formula(
        inclining.built_up, {"target": (-1, 0), "benefit": (0, 0.2)}, {"slow_ratio": (0.1, 2)},
        lambda a, p: -(p.slow_ratio * a.benefit - a.target),
    ),
    Formula(
        inclining.slow_left, {"target": (-1, 0)}, {"slow_kept_per_week": (0.9, 0.999)},
        lambda a, p: p.slow_kept_per_week * a.target,
    ),
    Formula(
        inclining.inclination_after,
        {"inclination": (-1, 1), "slowed": (0.3, 1.7), "pull": (-0.1, 0.1), "benefit": (-0.1, 0.1)},
        {"reversion_per_week": (0.005, 0.2)},
        lambda a, p: (1.0 - p.reversion_per_week * a.slowed) * a.inclination + a.pull - a.benefit,
    ),
    # --- incidents
    Formula(
        offending.log_age_factor, {"age": (10, 30)}, {"peak_age": (14, 19), "age_sd": (2, 8)},
        lambda a, p: -((a.age - p.peak_age) ** 2) / (2.0 * p.age_sd**2),
    ),
    Formula(
        offending.next_spell, {"spell": (-1, 1), "shock": (-3, 3)},
        {"spell_keeps_per_week": SHARE, "spell_shock_sd": SHARE},
        lambda a, p: a.spell * p.spell_keeps_per_week + a.shock * p.spell_shock_sd,
    ),
    Formula(
        offending.background_rate, {"area": (0, 0.2), "log_rate": (-2, 4), "log_age": (-2, 0), "spell": (-1, 1)}, {},
        lambda a, p: a.area * math.exp(a.log_rate) * math.exp(a.log_age) * math.exp(a.spell), 0,
    ),
    Formula(
        offending.restraint, {"gained": (-0.5, 0.5), "efficacy": SHARE, "deterred": (0, 0.3)},
        {"legitimacy": SHARE, "efficacy": SHARE},
        lambda a, p: a.deterred + p.legitimacy * a.gained - p.efficacy * (0.5 - a.efficacy),
    ),
    Formula(
        offending.incident_rate,
        {"background": (0, 3), "inclination": (-1, 1), "restraint": (-1, 1), "in_course": YES_OR_NO, "excited": (0, 1)},
        {"offspring": (0, 0.8), "course_time_share": SHARE},
        lambda a, p: a.excited + (1.0 - p.offspring) * a.background * math.exp(a.inclination) / math.exp(a.restraint)
        * ((1.0 - p.course_time_share) if a.in_course else 1.0), 2,
    ),
    Formula(
        excitement.excitement_after, {"excited": (0, 5), "own": (0, 9), "rival": (0, 9), "rival_share": SHARE},
        {"memory": SHARE, "offspring": SHARE},
        lambda a, p: p.memory * a.excited
        + (1.0 - p.memory) * p.offspring * (a.own + a.rival_share * (a.rival - a.own)),
    ),
    Formula(
        excitement.chance_serious, {"excited": [0.0, 1e-13, 0.1, 0.4], "whole": [0.0, 0.5, 2.0]},
        {"serious": SHARE, "serious_excited": SHARE},
        lambda a, p: p.serious + p.serious_excited * a.excited / (a.whole if a.whole > 1e-12 else 1e-12),
    ),
    # --- police
    Formula(
        policing.stops_expected, {"known": (0, 9), "all_known": (9, 90), "people": (20, 900), "hours": (0, 90)},
        {"stops_per_hour": (0.01, 2), "stop_floor": (0.01, 0.5)},
        lambda a, p: p.stops_per_hour * a.hours * (a.known + p.stop_floor) / (a.all_known + a.people * p.stop_floor),
    ),
    Formula(
        policing.deterred, {"hours": (0, 200)},
        {"patrol_hours": (1, 60), "half_hours": (20, 200), "deterrence": (0.05, 0.5)},
        lambda a, p: p.deterrence * a.hours / (a.hours + p.half_hours)
        - p.deterrence * p.patrol_hours / (p.patrol_hours + p.half_hours),
    ),
    Formula(policing.undone, {"deterred": (-0.5, 0.5)}, {}, lambda a, p: math.exp(a.deterred), 0),
    # --- residents
    Formula(
        neighbouring.memory_after, {"memory": (0, 9), "own": (0, 5), "heard": (0, 20)},
        {"memory": SHARE, "event_weight": (0.1, 3), "talk_weight": SHARE},
        lambda a, p: p.memory * a.memory + p.event_weight * a.own + p.event_weight * p.talk_weight * a.heard, 2,
    ),
    Formula(
        neighbouring.fear_after, {"fear": SHARE, "seen": (0, 9), "usually": [0.0, 1.0, 2.0, 4.0]},
        {"fear_rises": (0.01, 0.2), "fear_fades": (0.01, 0.2)},
        lambda a, p: a.fear * (1.0 - p.fear_fades)
        + p.fear_rises * (1.0 - a.fear) * (a.seen / a.usually if a.seen < 3.0 * a.usually else 3.0),
    ),
    Formula(
        neighbouring.fear_after, {"fear": [0.4], "seen": [0.0, 1e-9], "usually": [0.0]},
        {"fear_rises": [0.02], "fear_fades": [0.03]},
        lambda a, p: 0.4 - 0.012 + (0.012 if a.seen else 0.0),  # where nothing is usually seen
    ),
    Formula(
        neighbouring.efficacy_after, {"efficacy": BEYOND, "fear": SHARE, "trust": SHARE},
        {"efficacy_fear": SHARE, "efficacy_trust": SHARE, "efficacy_moves": (0.01, 0.5), "start_trust": SHARE},
        lambda a, p: _clip(
            0.0,
            (1.0 - p.efficacy_moves) * a.efficacy + p.efficacy_moves
            * (0.5 + p.efficacy_fear * (0.5 - a.fear) + p.efficacy_trust * (a.trust - p.start_trust)),
            1.0,
        ),
    ),
    Formula(
        neighbouring.chance_reported, {"trust": SHARE, "fear": SHARE, "start": SHARE},
        {"log_odds": (-3, 2), "trust_effect": (0, 3), "fear_effect": (0, 3)},
        lambda a, p: _logistic(p.log_odds + p.trust_effect * (a.trust - a.start) + p.fear_effect * (a.fear - 0.5)),
    ),
    # --- from area to area
    Formula(
        spreading.knowledge_after_exchange, {"knowledge": SHARE, "best": SHARE, "gap": SHARE}, {"travels": SHARE},
        lambda a, p: a.knowledge + _discount(a.best - a.knowledge) * p.travels * a.gap,
    ),
    Formula(
        spreading.failure_after_exchange, {"failed": SHARE, "there": SHARE}, {"travels": SHARE},
        lambda a, p: a.failed if a.failed > p.travels * a.there else p.travels * a.there,
    ),
    Formula(
        spreading.fall, {"before": (1, 20), "after": (-30, 50), "worst": [0.0, -1.0]}, {},
        lambda a, p: _clip(a.worst, 1.0 - a.after / a.before, 1.0), 0,
    ),
    Formula(
        spreading.fall, {"before": [0.0], "after": [-5e-10], "worst": [0.0]}, {},
        lambda a, p: 0.5, 0,  # nothing before
    ),
    Formula(
        spreading.heard, {"apparent": SHARE, "true": SHARE, "evidence": SHARE}, {},
        lambda a, p: a.apparent + a.evidence * (a.true - a.apparent), 0,
    ),
    Formula(
        spreading.chance_of_adopting, {"need": [0.001, 0.3, 1.0, 4.0, 900.0], "readiness": SHARE, "heard": SHARE},
        {"baseline": (-5, -1), "need_effect": (0.2, 1.5), "commitment_effect": (0, 2), "heard_effect": (0, 2)},
        _adopting, 1, _LOGARITHM,
    ),
    Formula(
        spreading.chance_of_lapsing, {"usual": (0, 0.6), "loss": YES_OR_NO, "unseen": YES_OR_NO},
        {"lapse_after_loss": (1, 3), "lapse_unseen": (1, 3)},
        lambda a, p: min(
            1.0, a.usual * (p.lapse_after_loss if a.loss else 1.0) * (p.lapse_unseen if a.unseen else 1.0)
        ),
    ),
)  # fmt: skip


def worst_difference(formula: Formula, rule: Callable[..., Any], luck: np.random.Generator) -> float:
    """The largest relative difference of a rule from its formula over numbers drawn afresh; infinite where it fails.

    Half of the draws are given one by one, half as columns.
    """
    worst = 0.0
    with np.errstate(all="ignore"):
        for _ in range(_TRIES // 8):
            numbers = SimpleNamespace(**{name: one_of(where, luck) for name, where in formula.numbers.items()})
            tables = (numbers,) * formula.tables
            draws = [{name: one_of(where, luck) for name, where in formula.takes.items()} for _ in range(8)]
            expected = np.array([formula.again(SimpleNamespace(**draw), numbers) for draw in draws], dtype=float)
            try:
                singly = [rule(*draw.values(), *tables) for draw in draws[:4]]
                columns = [np.array([draw[name] for draw in draws[4:]], dtype=float) for name in formula.takes]
                found = np.array([*singly, *rule(*columns, *tables)], dtype=float)
            except (ArithmeticError, ValueError, TypeError):
                return np.inf
            apart = np.abs(found - expected) / np.maximum(np.abs(expected), 0.1)
            worst = max(worst, float(np.max(np.where(np.isfinite(apart), apart, np.inf))))
    return worst


def one_of(where: Range, luck: np.random.Generator) -> float:
    """One number of a range."""
    if isinstance(where, tuple):
        return float(luck.uniform(*where))
    return where[int(luck.integers(len(where)))]


def rules_are_their_formulas(dice: Dice, sheet: Sheet, more: int) -> None:
    """Every rule beside its formula, with arguments and numbers drawn afresh."""
    for formula in FORMULAS:
        name = f"{formula.rule.__module__.rpartition('.')[2]}.{formula.rule.__name__}"
        sheet.near(name, worst_difference(formula, formula.rule, dice.generator()), 0.0, formula.within)
