"""Who is put on the referral list: from what the lead has seen, with the error that lists have."""

import numpy as np


def known_record(own_seen, others_seen, others):
    """Incidents the lead connects with a young person: their own and the mean of the rest of their group."""
    return own_seen + others_seen / np.maximum(others, 1)


def list_score(standard_record, noise, p):
    """Place on the referral list: `accuracy` is the correlation of the score with what is known (both standardised)."""
    return p.accuracy * standard_record + np.sqrt(1.0 - p.accuracy * p.accuracy) * noise
