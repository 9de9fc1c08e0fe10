"""Who causes incidents, who sees them, and what a session changes."""

import math

from modsim.inputs.fields import PartnerType, Table, choice, number
from modsim.inputs.units import WEEKS_PER_YEAR, kept_per_week, weekly_fading


class Offending(Table):
    """Who causes incidents, how unevenly, and how that changes by itself."""

    area_sd: float = number(
        0.188,
        "Spread between areas of the log-rate of incidents",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0.1, 0.3),
        evidence="B",
        source="with the core group gives areas a coefficient of variation near 0.24 (21 Glasgow wards, 2010/11)",
        calibrated=False,
    )
    group_sd: float = number(
        0.32,
        "Spread between peer groups of the log-rate",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0.1, 0.6),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    person_sd: float = number(
        0.601,
        "Spread between young people of the log-rate, within their group",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0.3, 0.9),
        evidence="D",
        source="assumption: puts 35-50 % of incidents on the top 5-6 %; a 2003 survey found 82 % on 2 %",
        calibrated=False,
    )
    abstaining_share: float = number(
        0.0,
        "Share of young people outside core groups who hardly cause incidents (near-abstainers)",
        unit="share",
        allowed=(0, 0.95),
        plausible=(0, 0.6),
        evidence="D",
        source="assumption; 74 % of those aged 10-25 had not offended in a year (2004 survey)",
    )
    abstaining_shift: float = number(
        3.0,
        "How much lower their log-rate is",
        unit="log-rate",
        allowed=(0, 10),
        plausible=(2, 5),
        evidence="D",
        source="assumption: a twentieth of what others cause",
    )
    core_shift: float = number(
        3.75,
        "How much higher the log-rate of the core group's members is",
        unit="log-rate",
        allowed=(0, 6),
        plausible=(3.0, 4.5),
        evidence="C",
        source="assumed from police counts of a Glasgow gang and surveys: 11 people then cause 25-40 %",
        calibrated=True,
    )
    spell_sd: float = number(
        0.421,
        "Size of passing spells of higher or lower activity",
        unit="sd of log-rate",
        allowed=(0, 2),
        plausible=(0, 0.8),
        evidence="D",
        source="assumption",
        calibrated=False,
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
        -0.0997,
        "Background trend of incidents with no programme anywhere",
        unit="change a year, -0.10 = 10 % fewer",
        allowed=(-0.5, 0.5),
        plausible=(-0.12, -0.05),
        evidence="B",
        source="Scottish antisocial offences -62 % in 9 years (Recorded Crime 2022-23); under-16s rose 2015-19",
        calibrated=False,
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
        evidence="D",
        source="assumption; convictions in Scotland peaked at 18 in 1989 and 23 in 2011 (Matthews)",
        calibrated=False,
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
    """From incidents that occur, through those reported and those whose author is known, to those a service sees."""

    share: float = number(
        0.254,
        "Share of incidents that somebody reports",
        unit="share",
        allowed=(0.01, 1),
        plausible=(0.10, 0.50),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    identified: float = number(
        1.0,
        "Chance that whoever caused a reported incident is identified",
        unit="chance",
        allowed=(0, 1),
        plausible=(0.15, 1),
        evidence="D",
        source="assumption: clear-up rates in Scotland are 25 % for vandalism, 71 % for assault (2011-12)",
    )
    trust_effect: float = number(
        0.5,
        "Added log-odds of reporting per unit of residents' trust above where it started",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 3),
        evidence="D",
        source="assumption",
    )
    fear_effect: float = number(
        0.5,
        "Added log-odds of reporting per unit of residents' fear above one half",
        unit="log-odds",
        allowed=(-10, 10),
        plausible=(0, 2),
        evidence="D",
        source="assumption",
    )
    seen_by_police: float = number(
        1.0,
        "Share of reported incidents that the police see",
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
        "Share of reported incidents that any other partner sees",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )

    @property
    def log_odds(self) -> float:
        """Log-odds of the share that is reported, where trust and fear are as usual."""
        return math.log(self.share / (1.0 - self.share)) if self.share < 1.0 else 20.0

    def seen_by(self, lead: PartnerType) -> float:
        """Share of reported incidents that a service of this type sees."""
        return {
            "police": self.seen_by_police,
            "housing": self.seen_by_housing,
            "youth_work": self.seen_by_youth_work,
        }.get(lead, self.seen_by_others)


class Effect(Table):
    """What a session does to the propensity to cause incidents, and how long it lasts."""

    match_counts: bool = choice(
        True, "Whether it matters that what is offered is wanted; if not, every menu counts as wanted to the same share"
    )
    match_reference: float = number(
        0.5, "That share, where it does not matter", unit="share", allowed=(0, 1), evidence="D", source="a choice"
    )
    session_effect: float = number(
        0.0716,
        "Fall in log-rate from one attended session in which everything is wanted",
        unit="log-rate a session",
        allowed=(0, 1),
        plausible=(0, 0.12),
        evidence="D",
        source="what gives about -22 % (-10 to -35) on participants: Koehler et al. 2013, de Vries 2015",
        calibrated=False,
    )
    adult_effect: float = number(
        0.0108,
        "Fall in log-rate from one attended session, from adult attention alone",
        unit="log-rate a session",
        allowed=(0, 1),
        plausible=(0, 0.03),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    match_weight: float = number(
        1.0,
        "How far it matters for what a session does that what is offered is wanted; at 0 every menu counts as wanted "
        "to the share match_reference",
        unit="0-1",
        allowed=(0, 1),
        evidence="C",
        source="disputed: no association with outcome (Windle et al. 2020), or d 0.31 (Swift, Callahan & Vollmer 2011)",
    )
    slow_ratio: float = number(
        0.0,
        "What a session builds up slowly (a relationship with an adult, skill, an own goal), against what it does at "
        "once",
        unit="ratio",
        allowed=(0, 10),
        plausible=(0, 2),
        evidence="C",
        source="43 % fewer violent arrests over 16 months, mostly after the eight weeks (Heller 2014); form assumed",
    )
    slow_half_time_weeks: float = number(
        0.0,
        "How long it takes for half of what is built up, or of what work found changes, to tell (0: as long as other "
        "changes take to fade by half)",
        unit="weeks",
        allowed=(0, 520),
        plausible=(0, 52),
        evidence="C",
        source="benefits of mentoring rise up to a year (Grossman & Rhodes 2002); size assumed",
    )
    slow_lost_per_year: float = number(
        0.0,
        "Share of what was built up, or of what work found has changed, that is lost in a year",
        unit="share a year",
        allowed=(0, 0.99),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption; at a year or more after the end a third or more is left (Sawyer, Borduin & Dopp 2015)",
    )
    mentor_adds: float = number(
        0.3,
        "By how much a mentor raises what a wanted session does",
        unit="share",
        allowed=(0, 5),
        evidence="D",
        source="assumption; a multi-site mentoring trial found no change of behaviour (CEI Global)",
    )
    fidelity_loss: float = number(
        0.109,
        "Share of what a wanted session does that is lost when no activity of the menu is the original site's",
        unit="share",
        allowed=(-1, 1),
        plausible=(-0.3, 0.6),
        evidence="D",
        source="assumption, disputed in sign: dropping tested parts can harm, adapting can help (Hall et al. 2016)",
        calibrated=False,
    )
    failing_share: float = number(
        0.303,
        "Share of rounds whose delivery fails: sessions are held and change nothing; the others do more, 1 on average",
        unit="share",
        allowed=(0, 0.95),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption: a quarter to a third of studies in the field find nothing, not only for poor delivery",
        calibrated=False,
    )
    commitment_prevents: float = number(
        0.0,
        "How strongly the lead's commitment, above that of reference, lowers the chance that delivery fails",
        unit="log-chance",
        allowed=(0, 20),
        plausible=(0, 4),
        evidence="C",
        source="leadership and a champion shape implementation (Durlak & DuPre 2008; Scheirer 2005); size assumed",
    )
    compelled: float = number(
        1.0,
        "What a session does where nobody may say no, against one that is voluntary",
        unit="ratio",
        allowed=(0, 2),
        plausible=(0, 1.2),
        evidence="D",
        source="assumption; the range holds no loss and some gain",
    )
    half_life_weeks: float = number(
        43.7,
        "How long it takes for half of the change to fade",
        unit="weeks",
        allowed=(1, 1000),
        plausible=(12, 100),
        evidence="C",
        source="cautious: one follow-up of 9 people: 15 months; paid work gained no more in year 2 (Heller 2014)",
        calibrated=False,
    )
    course_time_share: float = number(
        0.205,
        "Share of incidents that do not happen because participants are busy while in the course",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.5),
        evidence="D",
        source="assumption",
        calibrated=False,
    )

    @property
    def reversion_per_week(self) -> float:
        return weekly_fading(self.half_life_weeks)

    @property
    def slow_comes_per_week(self) -> float:
        half_time = self.slow_half_time_weeks
        return weekly_fading(half_time) if half_time else self.reversion_per_week

    @property
    def slow_kept_per_week(self) -> float:
        return (1.0 - self.slow_lost_per_year) ** (1.0 / WEEKS_PER_YEAR)
