"""How know-how and a programme travel from area to area."""

import numpy as np

from modsim.rules.arithmetic import between, exponential, logarithm


def knowledge_after_exchange(knowledge, best, gap_share, p):
    """Process knowledge after a visit, a meeting or the like: part of the gap to those who know most closes."""
    return knowledge + gap_share * p.travels * np.maximum(best - knowledge, 0.0)


def failure_after_exchange(failed, failed_there, p):
    """How far an activity is known to have failed, after hearing from an area that knows most of the process."""
    return np.maximum(failed, p.travels * failed_there)


def fall(before, after, worst):
    """Fall from one level to another as a share of the first, held between `worst` (0 or -1) and 1."""
    return between(worst, (before - after) / np.maximum(before, 1e-9), 1.0)


def heard(apparent, true, evidence):
    """What is heard of an area: mostly its apparent success, unless evidence ties carry the true one."""
    return (1.0 - evidence) * apparent + evidence * true


def chance_of_adopting(need, readiness, heard_of, p):
    """Chance per week that an area takes the programme up.

    `need` is its incidents against the city's mean, `readiness` commitment weighed by trust (0-1), `heard_of` the
    success heard of elsewhere (0-1). Assumption in form: a hazard.
    """
    log_need = logarithm(between(0.05, need, 20.0))
    hazard = exponential(
        p.baseline + p.need_effect * log_need + p.commitment_effect * (readiness - 0.5) + p.heard_effect * heard_of
    )
    return 1.0 - exponential(-hazard)


def chance_of_lapsing(usual, after_loss, unseen, p):
    """Chance per week that a running programme lapses; more after a loss, and where no fall was seen in a year."""
    risen = (1.0 + after_loss * (p.lapse_after_loss - 1.0)) * (1.0 + unseen * (p.lapse_unseen - 1.0))
    return np.minimum(usual * risen, 1.0)
