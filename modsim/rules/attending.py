"""Coming, staying and completing once in the course."""

import numpy as np

from modsim.rules.arithmetic import between, exponential


def chance_of_attending(match, p):
    """Chance that a participant comes to this week's session. Assumption: linear in match."""
    return between(0.0, p.attends + p.attends_match * match, 1.0)


def chance_of_dropping_out(match, trust, mentored, compelled, asked_to_stay, p):
    """Chance that a participant leaves the course for good this week.

    Assumption: falls with match, with trust in the lead, with a mentor, and where the course goes on because they
    asked for more. Programmes that keep young people report leadership roles and staff who know their lives
    (Public/Private Ventures, Engaging Older Youth).
    """
    usual = p.dropout_per_week * exponential(
        -p.dropout_match * (match - 0.5)
        - p.dropout_trust * (trust - p.dropout_reference_trust)
        - p.dropout_mentor * mentored
        - p.dropout_asked_to_stay * asked_to_stay
    )
    return np.minimum(usual * (1.0 + compelled * (p.dropout_compelled - 1.0)), 1.0)


def has_completed(sessions_attended, sessions_held, p):
    """Whether a participant still in at the end attended enough to count as having completed."""
    return sessions_attended >= p.completion_share * sessions_held
