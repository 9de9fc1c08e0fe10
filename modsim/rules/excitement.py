"""One incident sets off others: in the same group, and among rivals."""

import numpy as np


def excitement_after(excitement, own_incidents, rival_incidents, rival_share, p):
    """Incidents a group expects next week from what happened before: each sets off `offspring`, spread over weeks.

    A self-exciting (Hawkes) process in weeks; `rival_share` is 0 for a group without rivals.
    """
    stirred = (1.0 - rival_share) * own_incidents + rival_share * rival_incidents
    return p.memory * excitement + p.offspring * (1.0 - p.memory) * stirred


def chance_serious(excited_rate, whole_rate, p):
    """Chance that an incident is serious: higher where excitation is behind it. Assumption."""
    return p.serious + p.serious_excited * excited_rate / np.maximum(whole_rate, 1e-12)
