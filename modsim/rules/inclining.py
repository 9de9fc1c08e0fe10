"""How a young person's inclination to cause incidents moves away from where it was, and back."""


def fidelity(bespoke_share, p):
    """How much of a session's benefit is left when a share of the menu is not the origin's. Its sign is disputed."""
    return 1.0 - p.fidelity_loss * bespoke_share


def delivery_quality(fails, p):
    """Quality with which a round is delivered: nothing where delivery fails, more elsewhere, 1 on average.

    Poor delivery undoes programmes (Durlak & DuPre 2008); its form is an assumption.
    """
    return (1.0 - fails) / (1.0 - p.failing_share)


def benefit_of_session(match, fidelity, quality, mentored, compelled, p):
    """Fall in log-rate from one attended session: what is wanted works more, an adult's time works a little.

    To be calibrated, with the transplant at dissimilarity 0, to a net effect on participants of about -22 %
    (range -10 to -35) (Youth Endowment Fund on mentoring, Koehler et al. 2013, de Vries et al. 2015).
    """
    wanted = fidelity * p.session_effect * match * (1.0 + p.mentor_adds * mentored)
    return (1.0 + compelled * (p.compelled - 1.0)) * quality * (wanted + p.adult_effect)


def inclination_after(inclination, benefit, p):
    """Deviation of the log-rate after one more week: it reverts, and this week's session pulls it down.

    Reversion: effects fade with a half-life of 9-24 months or more (Includem; Heller 2014; Sawyer et al. 2015).
    """
    return inclination - p.reversion_per_week * inclination - benefit
