"""How areas learn from each other, and how a programme spreads, lasts or lapses."""

from modsim.inputs.fields import Table, choice, number


class Learning(Table):
    """What travels between areas, and what it costs both sides."""

    travels: float = number(
        1.0,
        "How much of the know-how of one place is of use in another",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    guide_level: float = number(
        0.3,
        "Process knowledge that a written guide gives",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    gap_share: float = number(
        0.05,
        "Share of the gap to the area that knows most that a visit or a meeting of practitioners closes",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    failed_weight: float = number(
        0.0, "How far professionals discount an activity that is known to have failed, here or elsewhere", unit="share",
        allowed=(0, 1), plausible=(0, 1), evidence="D",
        source="assumption: what did not work travels with what did (insight 7)",
    )  # fmt: skip
    every_weeks: int = number(
        13, "Weeks between visits, and between meetings", unit="weeks", allowed=(1, 520), evidence="D",
        source="assumption",
    )  # fmt: skip
    visit_hours: float = number(
        8.0, "Hours of a visit, for each side", unit="hours", allowed=(0, 1000), evidence="D", source="assumption"
    )
    community_hours: float = number(
        2.0, "Hours of a meeting of practitioners, for each partner", unit="hours", allowed=(0, 1000), evidence="D",
        source="assumption",
    )  # fmt: skip
    shared_worker_hours: float = number(
        4.0, "Hours a week of a worker shared with the area that knows most, for each side", unit="hours a week",
        allowed=(0, 1000), evidence="D", source="assumption",
    )  # fmt: skip
    broker_hours: float = number(
        6.0, "Hours a week of a researcher who brings evidence to all areas", unit="hours a week",
        allowed=(0, 1000), evidence="D", source="assumption",
    )  # fmt: skip
    broker_evidence: float = number(
        0.5, "Strength of evidence that such a broker brings", unit="0-1", allowed=(0, 1), evidence="D",
        source="assumption",
    )  # fmt: skip


class Spread(Table):
    """Who takes a programme up, on what they hear, and how it lapses."""

    baseline: float = number(
        -5.0, "Log of the weekly hazard of adopting in a usual area that hears nothing of it", unit="log-hazard",
        allowed=(-20, 5), evidence="D", source="assumption",
    )  # fmt: skip
    need_effect: float = number(
        0.8, "How strongly more incidents than the city's mean raise adoption", unit="log-hazard per log",
        allowed=(0, 5), evidence="D", source="assumption",
    )  # fmt: skip
    commitment_effect: float = number(
        1.0, "How strongly committed and trusted partners raise adoption", unit="log-hazard", allowed=(0, 10),
        evidence="D", source="assumption",
    )  # fmt: skip
    heard_effect: float = number(
        1.5, "How strongly a report of full success raises adoption", unit="log-hazard", allowed=(0, 20), evidence="D",
        source="assumption",
    )  # fmt: skip
    evidence: float = number(
        0.0, "Strength of evidence ties: 0 areas hear the before–after change, 1 the effect against no programme",
        unit="0-1", allowed=(0, 1), evidence="D", source="a choice; most places hear before–after figures",
    )  # fmt: skip
    evidence_of_participants: bool = choice(
        False,
        "Whether that effect is the participants' against those on the referral list who did not join, pooled "
        "over areas; if not, the area's",
    )
    participants_count: float = number(
        0.3, "What a fall among participants counts for in adoption, against the same fall in a whole area",
        unit="ratio", allowed=(0, 10), plausible=(0.1, 1), evidence="D", source="assumption",
    )  # fmt: skip
    participants_noise: float = number(
        0.3, "Error of the effect on participants that one area's evaluation of a year finds", unit="sd of the share",
        allowed=(0, 2), plausible=(0.1, 0.6), evidence="D",
        source="worked out: a dozen participants with some five known incidents a year each, against as many others",
    )  # fmt: skip
    evidence_noise: float = number(
        0.1, "Error of the estimated effect", unit="sd of the share", allowed=(0, 2), evidence="D", source="assumption"
    )
    evidence_delay: int = number(
        52, "Weeks by which the estimated effect is late", unit="weeks", allowed=(0, 520), evidence="D",
        source="assumption",
    )  # fmt: skip
    lapse_with_anchor: float = number(
        0.001, "Chance per week that an area with an anchor organisation discontinues the programme", unit="per week",
        allowed=(0, 1), evidence="D",
        source="assumption; 11 of 12 coalitions alive 20 months after support ended (Communities That Care)",
    )  # fmt: skip
    lapse_without_anchor: float = number(
        0.006, "Chance per week that an area without an anchor discontinues", unit="per week", allowed=(0, 1),
        evidence="D",
        source="assumption: a Glasgow initiative was gone after 3 years; most sites keep a part (Scheirer 2005)",
    )  # fmt: skip
    lapse_after_loss: float = number(
        2.0, "Rise in the chance of discontinuing in the half year after a cut or the loss of the lead's worker",
        unit="ratio", allowed=(1, 100), evidence="D", source="assumption",
    )  # fmt: skip
    lapse_unseen: float = number(
        1.5, "Rise in the chance of discontinuing after a year in which no fall of incidents is seen",
        unit="ratio", allowed=(1, 100), evidence="D", source="assumption",
    )  # fmt: skip
