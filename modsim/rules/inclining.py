"""How a young person's propensity to cause incidents moves away from where it was, and back."""

import numpy as np

from modsim.rules.arithmetic import between, exponential


def fidelity(bespoke_share, p):
    """Share of a session's benefit left when part of the menu is not the original site's. Its sign is disputed."""
    return 1.0 - p.fidelity_loss * bespoke_share


def chance_of_failing(commitment, p, q):
    """Chance that the delivery of a round fails: lower where who leads is more committed than the reference.

    `p` is the table of effects, `q` that of commitment. Leadership shapes implementation (Durlak & DuPre 2008).
    """
    return np.minimum(p.failing_share * exponential(-p.commitment_prevents * (commitment - q.reference)), 1.0)


def delivery_quality(fails, p):
    """Quality with which a round is delivered: nothing where delivery fails, more elsewhere.

    It is 1 on average where who leads is as committed as the reference (`chance_of_failing`).

    Poor delivery undoes programmes (Durlak & DuPre 2008); its form is an assumption.
    """
    return (1.0 - fails) / (1.0 - p.failing_share)


def match_that_counts(match, p):
    """The match as it counts for what a course does: as far as that matters (disputed), else a fixed share."""
    return p.match_weight * match + (1.0 - p.match_weight) * p.match_reference


def benefit_of_session(match, fidelity, quality, mentored, compelled, p):
    """Fall in log-rate from one attended session: what is wanted works more, an adult's time works a little.

    `match` is that which counts (`match_that_counts`).

    To be calibrated, with the transplant at dissimilarity 0, to a net effect on participants of about -22 %
    (range -10 to -35) (Youth Endowment Fund on mentoring, Koehler et al. 2013, de Vries et al. 2015).
    """
    wanted = fidelity * p.session_effect * match * (1.0 + p.mentor_adds * mentored)
    return (1.0 + compelled * (p.compelled - 1.0)) * quality * (wanted + p.adult_effect)


def deviancy_of_session(excess, match, mentored, peer_share, p):
    """Rise in log-rate from a session among more active peers; less where it is wanted, and with a mentor.

    `excess` is by how much the lasting log-rate of those who came lies above the area's mean. Deviancy training:
    Dishion, McCord & Poulin 1999.
    """
    watched = 1.0 - 0.5 * match - 0.5 * mentored
    return p.deviancy * np.maximum(excess, 0.0) * watched * (1.0 + peer_share)


def weight_of_friends(age, p):
    """How much friends matter at an age: fully until one age, not at all from another, evenly less between."""
    return between(0.0, (p.gone_by - age) / np.maximum(p.gone_by - p.strongest_until, 1e-9), 1.0)


def pull_of_friends(inclination, friends_total, friends, weight, p):
    """Change of the log-rate towards the mean of one's friends this week; none for those without friends."""
    return p.pull * weight * (friends_total - friends * inclination) / np.maximum(friends, 1)


def reversion_slowed(inclination, trust_gained, start_trust, p):
    """How fast a change fades, against the usual: trust in services gained keeps what is better, mends what is worse.

    Trust lost does the opposite.
    """
    better = np.copysign(1.0, 0.0 - inclination)  # without a comparison: compilers then take many at once
    return between(0.3, 1.0 - better * p.persistence * trust_gained / (1.0 - start_trust), 1.7)


def built_up(target, benefit, p):
    """What will have changed slowly in the log-rate, after one more session that at once lowers it by `benefit`.

    A relationship with an adult, skill, an own goal: effects of paid work and of mentoring came mostly after the
    programme and grew over a year (Heller 2014; Grossman & Rhodes 2002). Assumption in form.
    """
    return target - p.slow_ratio * benefit


def slow_left(target, p):
    """What is left of what was built up, or of what work or training changes, after a week: it is lost over years."""
    return target * p.slow_kept_per_week


def lasting_after(lasting, target, p):
    """What was built up, or what work or training changes, so far in the log-rate: it comes over months."""
    return lasting + p.slow_comes_per_week * (target - lasting)


def inclination_after(inclination, slowed, pull, benefit, p):
    """Deviation of the log-rate after one more week: it reverts, friends pull, and this week lowers or raises it.

    Reversion: effects fade with a half-life of 9-24 months or more (Includem; Heller 2014; Sawyer et al. 2015).
    """
    return inclination - p.reversion_per_week * slowed * inclination + pull - benefit
