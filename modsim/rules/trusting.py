"""Trust in a service as remembered good and bad experiences (beta reputation: Josang & Ismail 2002)."""

from modsim.rules.arithmetic import between


def trust(start, good, bad, p):
    """Trust on 0-1: the share of experience that was good, where it started (worth so many events) included."""
    weight = p.prior_strength
    return (start * weight + good) / (weight + good + bad)


def fading(memory, p):
    """A remembered count beyond the start after one more week."""
    return memory * p.memory


def good_after(faded, own, in_others, heard, p):
    """Good memory of a service after this week's own events with it, own with other services, and friends' with it."""
    return faded + p.event_weight * (own + p.spill_over * in_others + p.talk_weight * heard)


def bad_after(faded, own, in_others, heard, p):
    """Bad memory after this week: a bad event weighs `loss_to_gain` good ones.

    How much more the bad one weighs is contested: Skogan 2006 found far more, Oliveira et al. 2021 found
    symmetry for fair treatment. Hence a parameter.
    """
    return faded + p.loss_to_gain * p.event_weight * (own + p.spill_over * in_others + p.talk_weight * heard)


def chance_contact_is_good(lead_bonus, power_in_practice, time_given, p):
    """Chance that an outreach contact is a good experience; in a hurry at worst half as often. Assumption."""
    chance = p.contact_good * (0.5 + 0.5 * time_given)
    return between(0.0, chance + lead_bonus + p.contact_power * power_in_practice, 1.0)


def chance_session_is_good(match, power_in_practice, peer_share, compelled, p):
    """Chance that an attended session is a good experience; it is a bad one otherwise."""
    chance = p.session_good + p.session_match * match + p.session_power * power_in_practice
    return between(0.0, chance + p.session_peers * peer_share - p.session_compelled * compelled, 1.0)
