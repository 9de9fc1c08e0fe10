"""How services work: reactive calls first, then what commitment and trust between them leave for the programme."""

import numpy as np

from modsim.rules.arithmetic import between


def reactive_hours(incidents_seen, queue, p):
    """Hours of calls that wait at the start of a week: last week's incidents, and what was left undone before."""
    return queue + p.hours_per_incident * incidents_seen


def effective_commitment(commitment, regard, p):
    """Commitment as it works out: professionals who think well of young people put more of it to use. Assumption."""
    return np.minimum(commitment * (0.5 + 0.5 * regard / p.regard_start), 1.0)


def power_in_practice(power_design, commitment_of_lead, mean_commitment, p):
    """Power over the design as it works out, 0-1: what an arm says, as far as the lead and the table share it.

    What an arm says is what partners of the reference commitment share. That the lead counts half is an assumption.
    """
    return np.minimum(power_design * (0.5 * commitment_of_lead + 0.5 * mean_commitment) / p.reference, 1.0)


def lead_score(commitment, mean_trust):
    """Standing among partners when they agree on who leads: commitment, weighed by young people's trust."""
    return commitment * (0.5 + 0.5 * mean_trust)


def hours_pledged(commitment, trust_between, pledge):
    """Hours a week a partner puts in beside the budget: what was pledged, as far as it is committed and trusts."""
    return commitment * (0.5 + 0.5 * trust_between) * pledge


def chance_of_turning_up(commitment, free_share):
    """Chance that a partner comes to a design meeting: committed, and with the hours to do so."""
    return between(0.0, commitment * free_share, 1.0)


def meeting_quality(present_share, process_knowledge, p):
    """How much of a full meeting one is: the share of partners present, made up for in part by knowing how.

    A meeting that is given less than its time is so much less of one.
    """
    return p.time_given * (present_share + (1.0 - present_share) * p.knowledge_adds_quality * process_knowledge)


def regard_after(regard, good_contacts, seen, usually_seen, p):
    """Regard for young people after a week: good contacts raise it, more incidents than usual lower it, it reverts.

    `usually_seen` is what was seen a week over the last year.
    Assumption; the reversion is as slow as young people's forgetting.
    """
    moved = regard + p.regard_reverts * (p.regard_start - regard)
    fewer = (usually_seen - seen) / np.maximum(usually_seen, 1.0)
    return between(0.0, moved + p.regard_step * (good_contacts + fewer), 1.0)


def trust_between_after(trust_between, both_there, brought_together, p):
    """Trust between two partners after a meeting: it grows where both were there, else it shrinks.

    It grows more where somebody else, who spans the boundaries between services, brought them together. Assumption.
    """
    gain = np.minimum(p.together_gain * (1.0 + p.spanner_adds * brought_together), 1.0)
    return (
        trust_between + gain * (1.0 - trust_between) * both_there - p.together_loss * trust_between * (1.0 - both_there)
    )


def trust_between_shared(trust_between, p):
    """Trust between two partners after a week in which they served the same participants or shared premises."""
    return trust_between + p.shared_clients_gain * (1.0 - trust_between)


def trust_between_left(trust_between, own_worker_left, spanner_left, p):
    """Trust between two partners after the worker of one of them, or whoever brought them together, has left."""
    lost = np.maximum(own_worker_left * p.ties_lost, spanner_left * p.ties_lost_with_spanner)
    return trust_between * (1.0 - lost)


def chance_of_worker_leaving(strained, p):
    """Chance that a partner's programme worker leaves this week; higher when calls have piled up."""
    return np.minimum(p.leaving_per_week * (1.0 + p.strain_adds * strained), 1.0)


def knowledge_after_leaving(knowledge, lost_share):
    """Process knowledge left when the worker who held it goes."""
    return knowledge * (1.0 - lost_share)


def knowledge_after_practice(knowledge, p):
    """Process knowledge after one more design was finished."""
    return knowledge + p.practice_adds * (1.0 - knowledge)
