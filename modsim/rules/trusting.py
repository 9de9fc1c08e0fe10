"""Trust in a service as remembered good and bad experiences (beta reputation: Josang & Ismail 2002)."""

from modsim.rules.arithmetic import between


def trust(good, bad):
    """Trust on 0-1: the share of remembered experience that was good."""
    return good / (good + bad)


def fading(count, start, p):
    """A remembered count after one more week: it drifts back to where it started."""
    return p.memory * count + (1.0 - p.memory) * start


def good_after(faded, good_events, good_heard, p):
    """Good experience after this week's own good events and those told by friends."""
    return faded + p.event_weight * good_events + p.talk_weight * p.event_weight * good_heard


def bad_after(faded, bad_events, bad_heard, p):
    """Bad experience after this week: a bad event weighs `loss_to_gain` good ones.

    How much more the bad one weighs is contested: Skogan 2006 found far more, Oliveira et al. 2021 found
    symmetry for fair treatment. Hence a parameter.
    """
    weight = p.loss_to_gain * p.event_weight
    return faded + weight * bad_events + p.talk_weight * weight * bad_heard


def chance_contact_is_good(lead_bonus, power_design, p):
    """Chance that an outreach contact is a good experience."""
    return between(0.0, p.contact_good + lead_bonus + p.contact_power * power_design, 1.0)


def chance_session_is_good(match, power_design, p):
    """Chance that an attended session is a good experience; it is a bad one otherwise."""
    return between(0.0, p.session_good + p.session_match * match + p.session_power * power_design, 1.0)
