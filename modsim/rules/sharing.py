"""What sharing power asks of services once the course runs, and what becomes of it."""

import numpy as np


def chance_wish_is_granted(power_deliver, hours_at_hand, hours_needed):
    """Chance that services do what participants ask for: as far as power was shared and hours are there."""
    return power_deliver * np.minimum(hours_at_hand / np.maximum(hours_needed, 1e-9), 1.0)


def hours_with_peers(hours, peer_share, p):
    """Hours of a session when young people lead a share of it."""
    return hours * (1.0 - p.peers_save * peer_share)


def share_serving_goal(slots_serving, slots):
    """Share of a session that serves one's own goal."""
    return slots_serving / np.maximum(slots, 1)


def chance_goal_is_reached(sessions_serving, sessions_attended, p):
    """Chance that somebody who completes reaches the goal they came with. Assumption."""
    return p.goal_chance * sessions_serving / np.maximum(sessions_attended, 1)


def chance_of_destination(match, stayed_on, p):
    """Chance of a job, training place or the like half a year on; staying on in the group lowers it.

    The worry about staying on is the sources' own; its size is an assumption.
    """
    return p.destination_chance * match * (1.0 - p.staying_costs * stayed_on)
