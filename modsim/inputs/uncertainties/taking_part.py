"""Joining, coming, staying and completing."""

from modsim.inputs.fields import Table, number


class Joining(Table):
    """What makes a young person who is asked say yes (log-odds)."""

    baseline: float = number(
        -3.08,
        "Log-odds of joining with no match, no friends in it, middling support and reference trust",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(-5, -0.5),
        evidence="D",
        source="what gives an uptake of 0.22-0.42 (ChoiceWorks Glasgow) at dissimilarity 0",
        calibrated=True,
    )
    match_effect: float = number(
        2.49,
        "Added log-odds when all of the menu is wanted",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 5),
        evidence="D",
        source="assumption; direction from choice studies (Patall et al. 2008)",
        calibrated=True,
    )
    trust_effect: float = number(
        2.71,
        "Added log-odds per unit of trust in the lead",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 5),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    reference_trust: float = number(
        0.30,
        "Trust at which the trust term is zero",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="the first guess of the starting trust, fixed",
    )
    friends_effect: float = number(
        1.09,
        "Added log-odds when all friends are or were in the programme",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 3),
        evidence="C",
        source="peers recruit peers (Cincinnati-style call-ins in Glasgow); size assumed",
        calibrated=False,
    )
    support_effect: float = number(
        1.0,
        "Added log-odds per unit of support a young person has behind them",
        unit="log-odds",
        allowed=(-10, 10),
        evidence="D",
        source="assumption",
    )
    rival_ground_effect: float = number(
        1.0,
        "Log-odds lost when the venue lies in a rival group's territory",
        unit="log-odds",
        allowed=(0, 10),
        plausible=(0, 3),
        evidence="C",
        source="territory keeps young people from venues (Bannister et al. 2010); size assumed",
    )
    rapport_effect: float = number(
        0.0,
        "Added log-odds when the lead's worker is fully known from earlier contacts",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(-1, 4),
        evidence="D",
        source="assumption; named outreach reached 82 % of those sought (Youth Inclusion Programme), referral 22-42 %",
    )
    heard_effect: float = number(
        0.0,
        "Added log-odds when an interest that they named, and meant, is on offer",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(-0.5, 2),
        evidence="D",
        source="assumption",
    )
    never_share: float = number(
        0.0,
        "Share of young people who never join, whoever asks and whatever is offered",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.3),
        evidence="D",
        source="assumption; named outreach left 18 % of those sought unreached (Youth Inclusion Programme)",
    )
    let_down_effect: float = number(
        0.0,
        "Log-odds lost by those whose course was once broken off",
        unit="log-odds",
        allowed=(0, 10),
        plausible=(0, 3),
        evidence="D",
        source="assumption; mentoring that ends early does harm (Grossman & Rhodes 2002)",
    )


class Attending(Table):
    """Coming, staying and completing."""

    attends: float = number(
        0.604,
        "Chance of coming to a session when nothing in it is wanted",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.4, 0.8),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    attends_match: float = number(
        0.29,
        "Added chance of coming when all of it is wanted",
        unit="chance",
        allowed=(-1, 1),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    dropout_per_week: float = number(
        0.12,
        "Hazard of leaving the course per week at match one half and reference trust",
        unit="per week",
        allowed=(0, 1),
        plausible=(0.02, 0.2),
        evidence="D",
        source="what gives 40-70 % completing; no figure for this setting was found",
        calibrated=True,
    )
    dropout_match: float = number(
        1.2,
        "How strongly match lowers the dropout hazard",
        unit="log-hazard",
        allowed=(-10, 10),
        plausible=(0, 3),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    dropout_trust: float = number(
        1.0,
        "How strongly trust in the lead lowers the dropout hazard",
        unit="log-hazard",
        allowed=(-10, 10),
        evidence="D",
        source="assumption",
    )
    dropout_reference_trust: float = number(
        0.30,
        "Trust at which the trust term of dropout is zero",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="the first guess of the starting trust, fixed",
    )
    dropout_mentor: float = number(
        0.5,
        "How strongly a mentor lowers the dropout hazard",
        unit="log-hazard",
        allowed=(-10, 10),
        evidence="D",
        source="assumption",
    )
    dropout_compelled: float = number(
        0.3,
        "Dropout hazard where nobody may say no, against one that is voluntary",
        unit="ratio",
        allowed=(0, 10),
        evidence="D",
        source="assumption",
    )
    dropout_asked_to_stay: float = number(
        0.0,
        "How strongly it lowers the dropout hazard that the course goes on because one asked for more of the same",
        unit="log-hazard",
        allowed=(-10, 10),
        plausible=(0, 1.5),
        evidence="C",
        source="a preferred treatment loses fewer: dropout ratio 0.62, log 0.48 (Windle et al. 2020); size assumed",
    )
    completion_share: float = number(
        0.6,
        "Share of sessions a participant must have attended to have completed",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
