"""What happens between young people, police and residents: peers, excitation, stops, order and fear."""

from modsim.inputs.fields import Table, number


class Peers(Table):
    """How friends pull on each other, and what grouping active young people does."""

    pull: float = number(
        0.0192,
        "Share of the gap to one's friends' propensity that closes in a week, at the ages when friends matter most",
        unit="share a week",
        allowed=(0, 1),
        plausible=(0, 0.06),
        evidence="C",
        source="well shown, most often for drinking (Ivaniushina & Titkova 2021); size assumed",
        calibrated=False,
    )
    strongest_until: float = number(
        16.0,
        "Age until which friends matter most",
        unit="years",
        allowed=(8, 40),
        evidence="B",
        source="susceptibility peaks at 14-16 (Monahan, Steinberg & Cauffman 2009)",
    )
    gone_by: float = number(
        20.0,
        "Age from which friends no longer change one's propensity",
        unit="years",
        allowed=(9, 60),
        evidence="B",
        source="no influence found from 20 on (Monahan, Steinberg & Cauffman 2009)",
    )
    deviancy: float = number(
        0.0311,
        "Rise in log-rate per session and per unit by which a course is more active than its area, when nothing in it "
        "is wanted and nobody has a mentor",
        unit="log-rate a session",
        allowed=(0, 1),
        plausible=(0, 0.08),
        evidence="C",
        source="deviancy training in groups (Dishion, McCord & Poulin 1999); size assumed, later reviews find less",
        calibrated=False,
    )


class Excitation(Table):
    """One incident makes the next more likely, in the same group and among its rivals."""

    offspring: float = number(
        0.279,
        "Incidents that one incident sets off",
        unit="incidents",
        allowed=(0, 0.9),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption; co-offending and retaliation make incidents come in bursts",
        calibrated=False,
    )
    memory: float = number(
        0.5,
        "Share of the excitation kept from week to week",
        unit="share a week",
        allowed=(0, 0.99),
        evidence="D",
        source="assumption",
    )
    rival_share: float = number(
        0.2,
        "Share of what an incident sets off that comes from the rival group, where there is one",
        unit="share",
        allowed=(0, 1),
        evidence="C",
        source="fewer opponents, less violence (Braga, Apel & Welsh 2013) gives the sign; size assumed",
    )
    serious: float = number(
        0.05, "Share of incidents that are serious, without excitation", unit="share", allowed=(0, 1), evidence="D",
        source="assumption",
    )  # fmt: skip
    serious_excited: float = number(
        0.10, "Added share when an incident was triggered by others", unit="share", allowed=(0, 1),
        evidence="D", source="assumption",
    )  # fmt: skip


class Policing(Table):
    """Patrol and stops: what they deter, and what they do to trust."""

    patrol_hours: float = number(
        20.0,
        "Hours a week on patrol for each 1,000 young people, in every arm",
        unit="hours a week",
        allowed=(0, 10_000),
        evidence="D",
        source="assumption",
    )
    stops_per_hour: float = number(
        0.25,
        "Young people stopped in an hour of patrol",
        unit="stops an hour",
        allowed=(0, 20),
        evidence="D",
        source="assumption",
    )
    stop_floor: float = number(
        0.05,
        "Incidents assumed of a person without a record when police choose whom to stop",
        unit="incidents",
        allowed=(0.0001, 100),
        evidence="D",
        source="assumption",
    )
    stop_good: float = number(
        0.35,
        "Chance that the person stopped finds the stop fair",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.2, 0.7),
        evidence="D",
        source="assumption; a Scottish trial of fair stops lowered trust (MacQueen & Bradford 2015)",
    )
    labelling: float = number(
        0.0111,
        "Rise in log-rate from one stop felt to be unfair",
        unit="log-rate",
        allowed=(0, 1),
        plausible=(0, 0.03),
        evidence="C",
        source="early contact with the system labels (McAra & McVie 2010); size assumed",
        calibrated=False,
    )
    deterrence: float = number(
        0.249,
        "Fall in log-rate that endless patrol would bring",
        unit="log-rate",
        allowed=(0, 5),
        plausible=(0, 0.5),
        evidence="C",
        source="focused deterrence works (Braga, Weisburd & Turchan 2019); for hours of patrol the size is assumed",
        calibrated=False,
    )
    half_hours: float = number(
        83.0,
        "Patrol hours a week for each 1,000 young people at which half the deterrence is reached",
        unit="hours a week",
        allowed=(1, 100_000),
        evidence="D",
        source="assumption",
    )
    displacement: float = number(
        0.0,
        "Share of what extra patrol suppresses that turns up in adjacent areas the week after; below 0 they gain too",
        unit="share",
        allowed=(-1, 1),
        plausible=(-0.3, 0.2),
        evidence="B",
        source="no significant displacement (Bowers et al. 2011)",
    )


class Order(Table):
    """What trust and neighbours do to incidents."""

    legitimacy: float = number(
        0.338,
        "Fall in log-rate per unit of trust in partners above where it started",
        unit="log-rate",
        allowed=(0, 5),
        plausible=(0, 0.8),
        evidence="C",
        source="procedural justice theory; trust and crime are loosely tied (Gill et al. 2014)",
        calibrated=False,
    )
    persistence: float = number(
        0.481,
        "How much trust in partners slows the fading of what sessions changed",
        unit="share",
        allowed=(0, 1),
        evidence="C",
        source="relationships sustain change (Grossman & Rhodes 2002); size assumed",
        calibrated=False,
    )
    efficacy: float = number(
        0.407,
        "Fall in log-rate per unit of collective efficacy above one half",
        unit="log-rate",
        allowed=(0, 5),
        plausible=(0, 0.8),
        evidence="C",
        source="Sampson, Raudenbush & Earls 1997 give the sign; size assumed",
        calibrated=False,
    )


class Residents(Table):
    """Adults of an area: what they see, fear and report, and whether they step in."""

    start_trust: float = number(
        0.41,
        "Trust of residents in partners at the start",
        unit="0-1",
        allowed=(0.01, 0.99),
        evidence="B",
        source="confidence in the most deprived areas (Scottish Crime and Justice Survey 2019/20)",
    )
    sees: float = number(
        0.2,
        "Chance that a resident comes to know of a reported incident of the area",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    event_weight: float = number(
        0.2,
        "Weight, for residents' trust, of an incident they come to know of, or of a week of a visible programme",
        unit="events",
        allowed=(0, 20),
        evidence="D",
        source="assumption",
    )
    fear_rises: float = number(
        0.02,
        "Share of the way to full fear that a usual week of incidents goes",
        unit="share a week",
        allowed=(0, 0.3),
        evidence="D",
        source="assumption",
    )
    fear_fades: float = number(
        0.02, "Share of fear that fades in a week", unit="share a week", allowed=(0, 1), evidence="D",
        source="assumption; with the rise it rests at one half",
    )  # fmt: skip
    efficacy_fear: float = number(
        0.6,
        "How much fear above one half lowers collective efficacy",
        unit="share",
        allowed=(0, 2),
        evidence="D",
        source="assumption",
    )
    efficacy_trust: float = number(
        0.2,
        "How much trust above where it started raises collective efficacy",
        unit="share",
        allowed=(0, 2),
        evidence="D",
        source="assumption",
    )
    efficacy_moves: float = number(
        0.02,
        "Share of its gap that collective efficacy closes in a week",
        unit="share a week",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
