"""What follows from promises: shared power, broken promises, and what becomes of those who complete."""

from modsim.inputs.fields import Table, number


class Sharing(Table):
    """Power that was promised, and is used, refused or broken."""

    tokenism_chance: float = number(
        0.2,
        "Chance of losing trust when power was promised and the top interest or a request is refused",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption; tokenism is the documents' own worry",
    )
    ignored_chance: float = number(
        0.0,
        "Chance that somebody who was asked and is offered nothing they named loses trust, whatever was promised",
        unit="chance",
        allowed=(0, 1),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption; to be asked and not heeded is the documents' own worry",
    )
    breach_in_course: int = number(
        3,
        "Bad experiences that a course broken off is worth to those in it",
        unit="events",
        allowed=(0, 100),
        evidence="C",
        source="mentoring that ends early does harm (Grossman & Rhodes 2002); size assumed",
    )
    breach_past: int = number(
        1,
        "Bad experiences that a course broken off is worth to those who were in an earlier one",
        unit="events",
        allowed=(0, 100),
        evidence="D",
        source="assumption",
    )
    cancelled_chance: float = number(
        0.0,
        "Chance that a participant takes it ill when a session that cannot be paid is cancelled",
        unit="chance",
        allowed=(0, 1),
        plausible=(0, 0.4),
        evidence="D",
        source="assumption",
    )
    breaks_after_weeks: int = number(
        1000,
        "Weeks in a row without a session after which a course counts as broken off",
        unit="weeks",
        allowed=(1, 1000),
        evidence="D",
        source="assumption",
    )
    breach_effect: float = number(
        0.0,
        "Rise in the log-rate of those whose course is broken off",
        unit="log-rate",
        allowed=(0, 5),
        plausible=(0, 0.3),
        evidence="D",
        source="assumption: short matches leave some worse off (Grossman & Rhodes 2002); in schools they do not",
    )
    negotiation_margin: int = number(
        2,
        "Lead in votes that a new activity needs before participants request a swap",
        unit="votes",
        allowed=(1, 100),
        evidence="D",
        source="assumption: with ten votes over twelve activities, a lead of one is chance",
    )
    negotiation_hours: float = number(
        24.0,
        "Staff hours to put another activity on in the middle of a course",
        unit="hours",
        allowed=(0, 10_000),
        evidence="D",
        source="assumption",
    )
    further_weeks: int = number(
        4,
        "Weeks that a course goes on when participants ask for more of the same",
        unit="weeks",
        allowed=(1, 52),
        evidence="D",
        source="assumption",
    )
    peers_save: float = number(
        0.3,
        "Share of the hours of a session saved when young people lead all of it",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )


class Afterwards(Table):
    """What completing a course may lead to."""

    goal_chance: float = number(
        0.5,
        "Chance to reach one's own goal when every session attended served it",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    destination_chance: float = number(
        0.5,
        "Chance of a job or training place half a year after completing, when all of the menu was wanted",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption; destinations are reported by programmes themselves",
    )
    destination_effect: float = number(
        0.253,
        "Lasting fall in log-rate that a destination brings, gradually",
        unit="log-rate",
        allowed=(0, 5),
        plausible=(0, 0.8),
        evidence="C",
        source="paid work lowered violent arrests for a year (Heller 2014, elsewhere); size assumed",
        calibrated=False,
    )
    destination_weeks: int = number(
        26,
        "Weeks from completing to a destination",
        unit="weeks",
        allowed=(1, 520),
        evidence="D",
        source="assumption",
    )
    staying_costs: float = number(
        0.2,
        "Share of the chance of a destination lost by those whose course went on with more of the same",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption; the documents' own worry about letting them dictate",
    )
