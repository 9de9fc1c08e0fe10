"""What it takes to design a menu together and to put it on."""

from modsim.inputs.fields import Table, choice, number


class Designing(Table):
    """What it takes partners to design a menu together, and to put it on."""

    meeting_hours: float = number(
        2.0,
        "Hours of one partner for one design meeting",
        unit="hours",
        allowed=(0, 40),
        evidence="D",
        source="assumption",
    )
    meetings: float = number(
        6.0,
        "Full meetings needed to design a whole menu; one is held each fortnight, full or not",
        unit="meetings",
        allowed=(0, 60),
        evidence="D",
        source="assumption",
    )
    link_hours: float = number(
        1.15,
        "Hours a week to keep one link between two partners warm while they design",
        unit="hours",
        allowed=(0, 20),
        plausible=(0.3, 3),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    knowledge_saves_hours: float = number(
        0.5,
        "Share of design hours saved when the co-production process is fully known",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    knowledge_saves_weeks: float = number(
        0.4,
        "Share of set-up weeks saved when the co-production process is fully known",
        unit="share",
        allowed=(0, 0.95),
        evidence="D",
        source="assumption",
    )
    knowledge_adds_quality: float = number(
        0.2,
        "Share of what absent partners would have brought to a meeting that full knowledge of the process makes up for",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    practice_adds: float = number(
        0.25,
        "Share of what is not yet known of the process that is learned from one finished design",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    hours_are_pooled: bool = choice(
        True, "Whether partners make up for each other's missing hours when they meet to design"
    )
    meetings_are_full: bool = choice(False, "Whether every partner comes to every meeting, committed or not")
    time_given: float = number(
        1.0,
        "Share of the time and attention that contacts and meetings take which they are given; 1/3 is rushed",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="a choice of the person asking",
    )
    refresh: float = number(
        0.5,
        "Design effort and set-up time of a later round against the first",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    individual_cost: float = number(
        2.0,
        "Cost of delivering a place on an individual plan, against a place in the original site's shared course",
        unit="ratio",
        allowed=(1, 10),
        plausible=(1.5, 4),
        evidence="D",
        source="assumption: there is no group to lead",
    )
    bespoke_cost: float = number(
        1.25,
        "Cost of delivering an activity that is not the original site's, against one that is",
        unit="ratio",
        allowed=(1, 5),
        plausible=(1, 1.5),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
