"""What the world decides: one table per social process, each number with unit, range, evidence and source."""

import math

from modsim.inputs.fields import Table, number
from modsim.inputs.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR, kept_per_week, weekly_chance, weekly_fading

LeadType = str
LEAD_TYPES = (
    "police",
    "fire_and_rescue",
    "housing",
    "youth_work",
    "employability",
    "school",
    "health",
    "social_work",
    "third_sector",
)


class World(Table):
    """Where interests come from and how far areas differ."""

    dissimilarity: float = number(
        0.5,
        "How far young people's wishes in each new area differ from those at the origin: the share of wishes that "
        "lies on other activities",
        unit="share, 0 = same wishes, 1 = nothing in common",
        allowed=(0, 1),
        evidence="D",
        source="nobody has measured it; the default is an assumption",
    )
    group_concentration: float = number(
        20.0,
        "How closely the wishes of a peer group follow those of the area (Dirichlet)",
        unit="pseudo-count",
        allowed=(0.5, 10_000),
        plausible=(5, 60),
        evidence="D",
        source="assumption",
    )
    person_concentration: float = number(
        6.0,
        "How closely a young person's wishes follow those of the peer group (Dirichlet); low means individual wishes",
        unit="pseudo-count",
        allowed=(0.5, 10_000),
        plausible=(2, 20),
        evidence="D",
        source="assumption",
    )


class Population(Table):
    """How many young people live in an area, and how they are tied to each other."""

    share_aged_12_to_17: float = number(
        0.057,
        "Share of an area's population aged 12 to 17",
        unit="share",
        allowed=(0.001, 0.5),
        plausible=(0.05, 0.065),
        evidence="B",
        source="Understanding Glasgow profiles: 6 % in a deprived East End area, 5.3-5.5 % in the city",
    )
    share_aged_18_to_24: float = number(
        0.10,
        "Share of an area's population aged 18 to 24 (ages above are taken at the same share a year)",
        unit="share",
        allowed=(0.001, 0.5),
        plausible=(0.08, 0.12),
        evidence="B",
        source="Understanding Glasgow profiles: 9 % in a deprived area, about 12 % in the city",
    )
    peer_group_size: int = number(
        9,
        "Young people in a peer group, all tied to each other before some ties are rewired",
        unit="people",
        allowed=(2, 60),
        plausible=(6, 12),
        evidence="B",
        source="gives about 8 ties each; UK school networks show 7.3-8.6 (Northern Ireland schools, 2023)",
    )
    rewired_share: float = number(
        0.25,
        "Share of peer ties that lead to someone elsewhere in the area",
        unit="share",
        allowed=(0, 1),
        plausible=(0.15, 0.35),
        evidence="B",
        source="leaves transitivity near 0.42, as in UK school networks (0.37-0.45)",
    )
    core_exit_per_year: float = number(
        0.29,
        "Share of a core group's members who leave it within a year, programme or not",
        unit="share a year",
        allowed=(0, 0.99),
        plausible=(0.20, 0.35),
        evidence="B",
        source="Edinburgh Study: gang membership falls from 20 % at 13 to 5 % at 17",
    )

    @property
    def chance_of_leaving_core_per_week(self) -> float:
        return weekly_chance(self.core_exit_per_year)


class Offending(Table):
    """Who causes incidents, how unevenly, and how that changes by itself."""

    area_sd: float = number(
        0.18,
        "Spread between areas of the log-rate of incidents",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0.1, 0.3),
        evidence="B",
        source="with the core group gives areas a coefficient of variation near 0.24 (21 Glasgow wards, 2010/11)",
    )
    group_sd: float = number(
        0.3,
        "Spread between peer groups of the log-rate",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0.1, 0.6),
        evidence="D",
        source="assumption",
    )
    person_sd: float = number(
        0.6,
        "Spread between young people of the log-rate, within their group",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0.3, 0.9),
        evidence="B",
        source="with the core group's shift puts 35-50 % of incidents on the top 5-6 % (Home Office 2003 survey)",
    )
    core_shift: float = number(
        3.8,
        "How much higher the log-rate of the core group's members is",
        unit="log-rate",
        allowed=(0, 6),
        plausible=(3.0, 4.5),
        evidence="B",
        source="a group of 11 then carries about a third of incidents (police counts of a Glasgow gang; surveys)",
    )
    spell_sd: float = number(
        0.4,
        "Size of passing spells of higher or lower activity",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0, 0.8),
        evidence="D",
        source="assumption",
    )
    spell_half_life_weeks: float = number(
        20.0,
        "How long a spell takes to fade by half",
        unit="weeks",
        allowed=(0.5, 520),
        plausible=(8, 40),
        evidence="D",
        source="assumption",
    )
    yearly_change: float = number(
        -0.10,
        "Background trend of incidents with no programme anywhere",
        unit="change a year, -0.10 = 10 % fewer",
        allowed=(-0.5, 0.5),
        plausible=(-0.12, -0.05),
        evidence="B",
        source="Scottish antisocial offences -62 % over 9 years (Recorded Crime 2022-23); Glasgow at 21-25 similar",
    )
    season_swing: float = number(
        0.2,
        "How far the season moves incidents up and down",
        unit="share of the mean",
        allowed=(0, 0.9),
        plausible=(0, 0.3),
        evidence="D",
        source="assumption",
    )
    season_peak_week: float = number(
        26.0,
        "Week of the year, counted from week 0, in which the season peaks",
        unit="week",
        allowed=(0, 52),
        evidence="D",
        source="assumption",
    )
    peak_age: float = number(
        16.5,
        "Age at which incidents peak",
        unit="years",
        allowed=(8, 40),
        plausible=(15, 18),
        evidence="B",
        source="age-crime curves for Scotland (Matthews, AQMeN briefing 4), read for anti-social behaviour",
    )
    age_sd: float = number(
        4.0,
        "Width of the age curve of incidents",
        unit="years",
        allowed=(0.5, 1000),
        plausible=(2.5, 8),
        evidence="D",
        source="assumption",
    )

    @property
    def spell_keeps_per_week(self) -> float:
        return kept_per_week(self.spell_half_life_weeks)

    @property
    def spell_shock_sd(self) -> float:
        return self.spell_sd * math.sqrt(1.0 - self.spell_keeps_per_week**2)

    def trend(self, week: int) -> float:
        """Background level in a week, 1 in week 0."""
        return (1.0 + self.yearly_change) ** (week / WEEKS_PER_YEAR)

    def season(self, week: int) -> float:
        """Seasonal level in a week, 1 on average over a year."""
        return 1.0 + self.season_swing * math.cos(2.0 * math.pi * (week - self.season_peak_week) / WEEKS_PER_YEAR)


class Reporting(Table):
    """From incidents that occur, through those reported, to those a service sees."""

    share: float = number(
        0.25,
        "Share of incidents that somebody reports",
        unit="share",
        allowed=(0.01, 1),
        plausible=(0.10, 0.50),
        evidence="D",
        source="assumption",
    )
    seen_by_police: float = number(
        1.0,
        "Share of reported incidents that the police connect with the young person",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    seen_by_housing: float = number(
        0.4,
        "Share of reported incidents that a housing association sees",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    seen_by_youth_work: float = number(
        0.3,
        "Share of reported incidents that youth work sees",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    seen_by_others: float = number(
        0.1,
        "Share of reported incidents that any other service sees",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )

    def seen_by(self, lead: LeadType) -> float:
        """Share of reported incidents that a service of this type sees."""
        return {
            "police": self.seen_by_police,
            "housing": self.seen_by_housing,
            "youth_work": self.seen_by_youth_work,
        }.get(lead, self.seen_by_others)


class Trust(Table):
    """Trust of young people in the service that leads: where it starts and what moves it."""

    start: float = number(
        0.30,
        "Trust of young people in services at the start",
        unit="0-1",
        allowed=(0.01, 0.99),
        plausible=(0.15, 0.60),
        evidence="D",
        source="below adults' 0.41 in the most deprived areas (Scottish Crime and Justice Survey 2019/20)",
    )
    bonus_youth_work_or_third_sector: float = number(
        0.15,
        "Added starting trust, and chance of a good contact, when youth work or the third sector leads",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption (accounts of trusted workers)",
    )
    bonus_housing_or_fire: float = number(
        0.05,
        "The same when a housing association or the fire service leads",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption (both led at one Modulus site)",
    )
    bonus_police: float = number(
        -0.05,
        "The same when the police lead",
        unit="0-1",
        allowed=(-0.3, 0.3),
        evidence="D",
        source="assumption",
    )
    prior_strength: float = number(
        8.0,
        "How much experience the starting trust is worth",
        unit="events",
        allowed=(0.1, 1000),
        plausible=(2, 30),
        evidence="D",
        source="assumption",
    )
    memory: float = number(
        0.985,
        "Share of remembered experience kept from week to week",
        unit="share a week",
        allowed=(0, 1),
        plausible=(0.97, 0.995),
        evidence="D",
        source="assumption",
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
        2.0,
        "How many good experiences one bad experience weighs",
        unit="ratio",
        allowed=(0.1, 20),
        plausible=(1, 4),
        evidence="B",
        source="contested: Skogan 2006 (4 to 14), Oliveira et al. 2021 (1 for fair treatment)",
    )
    talk_weight: float = number(
        0.15,
        "Weight of an experience told by a friend against one's own",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.4),
        evidence="D",
        source="assumption",
    )
    contact_good: float = number(
        0.65,
        "Chance that an outreach contact is a good experience, before the lead's bonus",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
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
        0.35,
        "Chance that an attended session is a good experience when nothing in it is wanted",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    session_match: float = number(
        0.5,
        "Added chance of a good session when all of it is wanted",
        unit="chance",
        allowed=(-1, 1),
        evidence="D",
        source="assumption; direction from choice studies (Patall et al. 2008)",
    )
    session_power: float = number(
        0.15,
        "Added chance of a good session when all power over the design is shared",
        unit="chance",
        allowed=(-1, 1),
        evidence="D",
        source="assumption",
    )

    def bonus(self, lead: LeadType) -> float:
        """What the type of the lead adds to starting trust and to the chance of a good contact."""
        return {
            "youth_work": self.bonus_youth_work_or_third_sector,
            "third_sector": self.bonus_youth_work_or_third_sector,
            "housing": self.bonus_housing_or_fire,
            "fire_and_rescue": self.bonus_housing_or_fire,
            "police": self.bonus_police,
        }.get(lead, 0.0)

    def start_in(self, lead: LeadType) -> float:
        """Starting trust in a lead of this type, held within 0.01 and 0.99."""
        return min(max(self.start + self.bonus(lead), 0.01), 0.99)


class Listening(Table):
    """What young people say when asked, and what professionals make of it."""

    honest_without_trust: float = number(
        0.35,
        "Chance that a wish is spoken honestly to somebody who is not trusted",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.1, 0.8),
        evidence="D",
        source="assumption",
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
        10.0,
        "How many wishes professionals' own expectation weighs",
        unit="wishes",
        allowed=(0, 10_000),
        plausible=(0, 40),
        evidence="D",
        source="assumption",
    )
    prior_origin_share: float = number(
        0.5,
        "Share of professionals' expectation that is the origin's pattern; the rest is flat",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    knowledge_adds_voice: float = number(
        0.2,
        "Added weight of young people's wishes when the co-production process is fully known",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )


class Joining(Table):
    """What makes a young person who is asked say yes (log-odds)."""

    baseline: float = number(
        -2.0,
        "Log-odds of joining with no match, no friends in it, middling support and reference trust",
        unit="log-odds",
        allowed=(-10, 10),
        evidence="D",
        source="set so that take-up of a standard offer falls near 0.22-0.42 (ChoiceWorks Glasgow)",
    )
    match_effect: float = number(
        3.0,
        "Added log-odds when all of the menu is wanted",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 5),
        evidence="D",
        source="assumption; direction from choice studies (Patall et al. 2008)",
    )
    trust_effect: float = number(
        3.0,
        "Added log-odds per unit of trust in the lead",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 5),
        evidence="D",
        source="assumption",
    )
    reference_trust: float = number(
        0.30,
        "Trust at which the trust term is zero",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="the default starting trust, fixed",
    )
    friends_effect: float = number(
        1.0,
        "Added log-odds when all friends are or were in the programme",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 3),
        evidence="C",
        source="peers recruit peers (Cincinnati-style call-ins in Glasgow); size assumed",
    )
    support_effect: float = number(
        1.0,
        "Added log-odds per unit of support a young person has behind them",
        unit="log-odds",
        allowed=(-10, 10),
        evidence="D",
        source="assumption",
    )


class Attending(Table):
    """Coming, staying and completing."""

    attends: float = number(
        0.6,
        "Chance of coming to a session when nothing in it is wanted",
        unit="chance",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    attends_match: float = number(
        0.35,
        "Added chance of coming when all of it is wanted",
        unit="chance",
        allowed=(-1, 1),
        evidence="D",
        source="assumption",
    )
    dropout_per_week: float = number(
        0.10,
        "Hazard of leaving the course per week at match one half and reference trust",
        unit="per week",
        allowed=(0, 1),
        evidence="D",
        source="set so that 40-70 % of joiners complete; no figure for this setting was found",
    )
    dropout_match: float = number(
        1.5,
        "How strongly match lowers the dropout hazard",
        unit="log-hazard",
        allowed=(-10, 10),
        evidence="D",
        source="assumption",
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
        source="the default starting trust, fixed",
    )
    completion_share: float = number(
        0.6,
        "Share of sessions a participant must have attended to have completed",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )


class Effect(Table):
    """What a session does to the inclination to cause incidents, and how long it lasts."""

    session_effect: float = number(
        0.07,
        "Fall in log-rate from one attended session in which everything is wanted",
        unit="log-rate a session",
        allowed=(0, 1),
        plausible=(0, 0.12),
        evidence="B",
        source="to give participants about -22 % (-10 to -35): Youth Endowment Fund, Koehler et al. 2013, de Vries 2015",
    )
    adult_effect: float = number(
        0.01,
        "Fall in log-rate from one attended session whatever is in it: an adult's time",
        unit="log-rate a session",
        allowed=(0, 1),
        plausible=(0, 0.03),
        evidence="B",
        source="small effects of contact alone; size assumed",
    )
    half_life_weeks: float = number(
        39.0,
        "How long it takes for half of the change to fade",
        unit="weeks",
        allowed=(1, 1000),
        plausible=(12, 100),
        evidence="B",
        source="cautious reading: Includem's figures suggest 15 months; jobs programmes show no further gain in year 2",
    )
    course_time_share: float = number(
        0.25,
        "Share of incidents that do not happen because time is taken up while in the course",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption",
    )

    @property
    def reversion_per_week(self) -> float:
        return weekly_fading(self.half_life_weeks)


class Designing(Table):
    """What it takes partners to design a menu together, and to put it on."""

    partners: int = number(
        6,
        "Services around the design table",
        unit="partners",
        allowed=(1, 30),
        plausible=(3, 10),
        evidence="C",
        source="partners named for Gorbals and Govan (Glasgow City Council, 2016)",
    )
    meeting_hours: float = number(
        2.0, "Hours of one partner for one design meeting", unit="hours", allowed=(0, 40), evidence="D", source="assumption"
    )
    meetings: float = number(
        6.0,
        "Full meetings needed to design a whole menu; one is held each fortnight",
        unit="meetings",
        allowed=(0, 60),
        evidence="D",
        source="assumption",
    )
    link_hours: float = number(
        1.0,
        "Hours a week to keep one link between two partners warm while they design",
        unit="hours",
        allowed=(0, 20),
        plausible=(0.3, 3),
        evidence="D",
        source="assumption",
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
    refresh: float = number(
        0.5,
        "Design effort and set-up time of a later round against the first",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    bespoke_cost: float = number(
        1.25,
        "Cost of delivering an activity that is not the origin's, against one that is",
        unit="ratio",
        allowed=(1, 5),
        plausible=(1, 1.5),
        evidence="D",
        source="assumption",
    )

    def links(self, has_anchor: bool) -> int:
        """Links to keep warm: a star round an anchor organisation, or every pair without one."""
        return self.partners - 1 if has_anchor else self.partners * (self.partners - 1) // 2


__all__ = [
    "LEAD_TYPES",
    "WEEKS_PER_MONTH",
    "Attending",
    "Designing",
    "Effect",
    "Joining",
    "Listening",
    "Offending",
    "Population",
    "Reporting",
    "Trust",
    "World",
]
