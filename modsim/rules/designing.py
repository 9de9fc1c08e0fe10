"""Finding out what young people want, choosing a menu from it, and what that costs in hours and weeks."""

import numpy as np

from modsim.rules.arithmetic import exponential


def rapport(earlier_contact_weeks, p):
    """How well a young person knows the lead's worker, 0-1, from earlier weeks of contact with them. Assumption."""
    return 1.0 - exponential(-earlier_contact_weeks / p.rapport_weeks)


def chance_signal_is_honest(trust, earlier_contact_weeks, statutory, process_knowledge, p):
    """Chance that a young person says what they want, rather than what professionals expect to hear.

    Grows with trust in the lead, with rapport (earlier weeks of contact with the same worker) and where the lead knows
    how to co-produce; less where it has statutory powers over young people. Assumption.
    """
    known = rapport(earlier_contact_weeks, p)
    usual = p.honest_without_trust + (1.0 - p.honest_without_trust) * trust * known
    said = usual * (1.0 - p.statutory_costs * statutory)
    return said + (1.0 - said) * p.knowledge_adds_honesty * process_knowledge


def professional_prior(origin_share, activities, p):
    """What professionals expect of one activity: part what worked at the original site, part no idea at all."""
    return p.prior_origin_share * origin_share + (1.0 - p.prior_origin_share) / activities


def failure(wanted, expected):
    """How far an activity failed, 0-1: by how much less it is wanted, once it is on, than professionals expected."""
    return np.maximum(1.0 - wanted / expected, 0.0)


def prior_after_failure(prior, failed, p):
    """What professionals expect of an activity, once they know how far it `failed` (0-1); `p` is that of learning."""
    return prior * (1.0 - p.failed_weight * failed)


def learned_share(signals_for_it, all_signals, prior, p):
    """Believed share of an activity after hearing signals (Dirichlet posterior mean)."""
    return (signals_for_it + p.prior_strength * prior) / (all_signals + p.prior_strength)


def voice(power_in_practice, process_knowledge, p):
    """Weight of young people's interests against professionals' expectations when the menu is chosen, 0-1."""
    return np.minimum(power_in_practice + p.knowledge_adds_voice * process_knowledge, 1.0)


def menu_score(learned, prior, voice):
    """How strongly an activity is wanted for the menu by the people around the design table."""
    return voice * learned + (1.0 - voice) * prior


def full_meetings_needed(learned_slots_share, effort_share, p):
    """Full design meetings needed for the learned part of a menu; `effort_share` is 1 at first, `refresh` later."""
    return p.meetings * effort_share * learned_slots_share


def hours_saved(hours, process_knowledge, p):
    """Design hours left when the process is known in part."""
    return hours * (1.0 - p.knowledge_saves_hours * process_knowledge)


def linking_hours(links, learned_slots_share, effort_share, p):
    """Hours a week to keep the links between partners warm while they design the learned part of a menu."""
    return p.link_hours * links * effort_share * learned_slots_share


def shortest_setup_weeks(setup_weeks, effort_share, process_knowledge, p):
    """Set-up time below which a round does not start, before rounding to whole weeks."""
    return setup_weeks * (1.0 - p.knowledge_saves_weeks * process_knowledge) * effort_share


def own_plan_score(named, wanted_here, voice):
    """How strongly an activity belongs on somebody's own plan: what they named, as far as it has weight, else what
    people here want.
    """
    return voice * named + wanted_here


def hours_of_own_plans(places, hours_per_place, p):
    """Staff hours for one week where everybody has a plan of their own."""
    return places * hours_per_place * p.individual_cost


def delivery_hours(places, bespoke_share, hours_per_place, p):
    """Staff hours for one week's session: activities that are not the original site's cost more to put on."""
    return places * hours_per_place * (1.0 + (p.bespoke_cost - 1.0) * bespoke_share)
