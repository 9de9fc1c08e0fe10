"""Residents: fear, collective efficacy, and whether they report."""

import numpy as np

from modsim.rules.arithmetic import between, logistic


def memory_after(memory, own, heard, p, q):
    """A resident's remembered experience after a week, own and told by neighbours; `q` says how it fades and tells."""
    return memory * q.memory + p.event_weight * (own + q.talk_weight * heard)


def fear_after(fear, seen, usually_seen, p):
    """Fear of one resident after a week: up with what they come to know of, against the usual; else it fades."""
    stir = np.minimum(seen / np.maximum(usually_seen, 1e-9), 3.0)
    return fear + p.fear_rises * stir * (1.0 - fear) - p.fear_fades * fear


def efficacy_after(efficacy, fear, trust, p):
    """Belief that neighbours would step in: fear lowers it, trust raises it, slowly (Sampson et al. 1997)."""
    target = 0.5 - p.efficacy_fear * (fear - 0.5) + p.efficacy_trust * (trust - p.start_trust)
    return between(0.0, efficacy + p.efficacy_moves * (target - efficacy), 1.0)


def chance_reported(trust, fear, start_trust, p):
    """Chance that an incident is reported: more by residents who trust, and by those who are afraid.

    So a programme that wins trust can raise what is reported while what occurs falls.
    """
    return logistic(p.log_odds + p.trust_effect * (trust - start_trust) + p.fear_effect * (fear - 0.5))
