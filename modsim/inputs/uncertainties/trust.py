"""Trust in the lead, and what young people say to it."""

from modsim.inputs.fields import PartnerType, Table, number


class Trust(Table):
    """Trust of young people in each service: where it starts and what moves it."""

    start: float = number(
        0.305,
        "Trust of young people in partners at the start",
        unit="0-1",
        allowed=(0.01, 0.99),
        plausible=(0.15, 0.60),
        evidence="D",
        source="below adults' 0.41 in the most deprived areas (Scottish Crime and Justice Survey 2019/20)",
        calibrated=False,
    )
    bonus_youth_work_or_third_sector: float = number(
        0.15,
        "Added starting trust, and chance of a good contact, of youth work and the third sector",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption (accounts of trusted workers)",
    )
    bonus_anchor: float = number(
        0.15,
        "Trust bonus of the anchor organisation: the housing association, in an area with an anchor",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption (accounts of community anchors)",
    )
    bonus_housing_or_fire: float = number(
        0.05,
        "Trust bonus of the fire service, and of a housing association that is no anchor",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption (both led at one Modulus site)",
    )
    bonus_police: float = number(
        -0.05,
        "Trust bonus of the police",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption",
    )
    prior_strength: float = number(
        8.44,
        "How much experience the starting trust is worth",
        unit="events",
        allowed=(0.1, 1000),
        plausible=(2, 30),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    memory: float = number(
        0.985,
        "Share of remembered experience kept from week to week",
        unit="share a week",
        allowed=(0, 1),
        plausible=(0.97, 0.995),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    event_weight: float = number(
        1.0,
        "Weight of one good experience",
        unit="events",
        allowed=(0, 20),
        evidence="D",
        source="the unit in which experience is counted",
    )
    loss_to_gain: float = number(
        2.23,
        "How many good experiences one bad experience weighs",
        unit="ratio",
        allowed=(0.1, 20),
        plausible=(1, 4),
        evidence="B",
        source="contested: Skogan 2006 (4 to 14), Oliveira et al. 2021 (1 for fair treatment)",
        calibrated=False,
    )
    talk_weight: float = number(
        0.157,
        "Weight of an experience told by a friend against one's own",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.4),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    spill_over: float = number(
        0.273,
        "Weight of an experience for trust in every other partner, against that in the partner itself",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.6),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    contact_good: float = number(
        0.626,
        "Chance that an outreach contact is a good experience, before the lead's bonus",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.4, 0.8),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    contact_power: float = number(
        0.1,
        "Added chance of a good contact when all power over the design is shared",
        unit="chance",
        allowed=(-1, 1),
        evidence="D",
        source="assumption",
    )
    session_good: float = number(
        0.376,
        "Chance that an attended session is a good experience when nothing in it is wanted",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.2, 0.6),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    session_match: float = number(
        0.491,
        "Added chance of a good session when all of it is wanted",
        unit="chance",
        allowed=(-1, 1),
        plausible=(0, 0.8),
        evidence="D",
        source="assumption; direction from choice studies (Patall et al. 2008)",
        calibrated=False,
    )
    session_power: float = number(
        0.155,
        "Added chance of a good session when all power over the design is shared",
        unit="chance",
        allowed=(-1, 1),
        plausible=(0, 0.3),
        evidence="D",
        source="assumption",
        calibrated=False,
    )

    session_peers: float = number(
        0.1,
        "Added chance of a good session when young people lead all of it",
        unit="chance",
        allowed=(-1, 1),
        evidence="D",
        source="assumption",
    )
    session_compelled: float = number(
        0.1,
        "Chance of a good session lost where nobody may say no",
        unit="chance",
        allowed=(-1, 1),
        evidence="D",
        source="assumption",
    )

    def bonus(self, lead: PartnerType, is_anchor: bool) -> float:
        """What the type of a service adds to starting trust and to the chance of a good contact."""
        if is_anchor:
            return self.bonus_anchor
        return {
            "youth_work": self.bonus_youth_work_or_third_sector,
            "third_sector": self.bonus_youth_work_or_third_sector,
            "housing": self.bonus_housing_or_fire,
            "fire_and_rescue": self.bonus_housing_or_fire,
            "police": self.bonus_police,
        }.get(lead, 0.0)

    def start_in(self, lead: PartnerType, is_anchor: bool) -> float:
        """Starting trust in a service of this type, held within 0.01 and 0.99."""
        return min(max(self.start + self.bonus(lead, is_anchor), 0.01), 0.99)


class Listening(Table):
    """What young people say when asked, and what professionals make of it."""

    honest_without_trust: float = number(
        0.397,
        "Chance that an interest is named honestly to somebody who is not trusted",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.1, 0.8),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    rapport_weeks: float = number(
        2.0,
        "Weeks of contact after which rapport has reached 63 %",
        unit="weeks",
        allowed=(0.1, 100),
        evidence="D",
        source="assumption",
    )
    prior_strength: float = number(
        8.19,
        "How many stated interests professionals' own expectation weighs",
        unit="stated interests",
        allowed=(0.001, 10_000),
        plausible=(1, 40),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    prior_origin_share: float = number(
        0.5,
        "Share of professionals' expectation that is the original site's pattern; the rest is flat",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    statutory_costs: float = number(
        0.0,
        "Share of honesty lost where the lead has statutory powers over young people (police, social work, school)",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.6),
        evidence="D",
        source="assumption: what is said to them may have consequences; leads from elsewhere are insight 6",
    )
    knowledge_adds_honesty: float = number(
        0.0,
        "Share of missing honesty that fully known co-production makes up for",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption: to ask well is a part of what is learned (insight 7)",
    )
    knowledge_adds_voice: float = number(
        0.2,
        "Added weight of young people's interests when the co-production process is fully known",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
