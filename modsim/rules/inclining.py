"""How a young person's inclination to cause incidents moves away from where it was, and back."""


def benefit_of_session(match, p):
    """Fall in log-rate from one attended session: what is wanted works more, an adult's time works a little.

    To be calibrated, with the transplant at dissimilarity 0, to a net effect on participants of about -22 %
    (range -10 to -35) (Youth Endowment Fund on mentoring, Koehler et al. 2013, de Vries et al. 2015).
    """
    return p.session_effect * match + p.adult_effect


def inclination_after(inclination, benefit, p):
    """Deviation of the log-rate after one more week: it reverts, and this week's session pulls it down.

    Reversion: effects fade with a half-life of 9-24 months or more (Includem; Heller 2014; Sawyer et al. 2015).
    """
    return inclination - p.reversion_per_week * inclination - benefit
