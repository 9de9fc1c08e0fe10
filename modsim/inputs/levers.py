"""What people decide: the levers of an arm, the programme, its purse and its list."""

from typing import Annotated, Literal

from pydantic import Field

from modsim.inputs.fields import Table, choice, number

ActivityId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

LearningWay = Literal["guide", "visits", "community_of_practice", "shared_worker", "broker"]


class Levers(Table):
    """One arm: what is done in the areas. Nothing in the program knows an arm's name."""

    label: str = choice("", "Name to show for this arm (its table name if empty)")
    spends_on: Literal["programme", "patrol", "nothing"] = choice(
        "programme", "What the budget is spent on: a programme, police patrol, or nothing (no budget arrives)"
    )
    signals: Literal["none", "all"] | Annotated[int, Field(ge=0, le=100_000)] = choice(
        "all",
        'Outreach contacts of a round in which a young person\'s interest is written down: "none", "all" or a number',
    )
    menu: (
        Literal["origin", "learned", "individual", "none"]
        | Annotated[list[ActivityId], Field(min_length=1, max_length=60)]
    ) = choice(
        "learned",
        'What is offered: "origin" for the original site\'s menu, "learned" for one co-designed from interests, '
        '"individual" for a plan for each person instead of a shared menu, '
        '"none" for adult attention without activities, or a list of activity ids such as ["gym", "music"]',
    )
    redesigns: bool = choice(
        True, "Whether a learned menu is designed again in every round; if not, that of the first round is kept"
    )
    places: Annotated[int, Field(ge=1, le=200)] | None = choice(
        None, "Places in a course of this arm; those of the programme if left out"
    )
    contacts: Annotated[int, Field(ge=0, le=60)] | None = choice(
        None,
        "Outreach contacts with each of those visited in a round of this arm (0: a referral alone); those of the "
        "programme if left out",
    )
    fixed_slots: int = number(
        0,
        "Places of a learned menu that are kept for the original site's top activities",
        unit="places",
        allowed=(0, 60),
        evidence="D",
        source="a choice of the person asking",
    )
    power_design: float = number(
        0.0,
        "Power over the design that is shared with young people",
        unit="0 = none, 1 = all",
        allowed=(0, 1),
        evidence="D",
        source="a choice of the person asking; its size in practice is unknown",
    )
    power_deliver: float = number(
        0.0,
        "Power over the running course that is shared with participants: how readily their requests are granted",
        unit="0 = none, 1 = all",
        allowed=(0, 1),
        evidence="D",
        source="a choice of the person asking; its size in practice is unknown",
    )
    peer_delivery: float = number(
        0.0,
        "Share of sessions that participants and graduates lead",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="a choice of the person asking",
    )
    venue: Literal["default", "learned"] = choice(
        "default",
        "Where an area has two territories: the venue that partners would use, or the one that young people name most",
    )
    keeps_learning: bool = choice(
        False, "Whether what was learned in a round, of the process and of interests, is kept for the next"
    )
    learning: Annotated[list[LearningWay], Field(max_length=5)] = choice(
        [],
        "Ways of learning from other areas, each at its price: guide, visits, community_of_practice, shared_worker, "
        "broker",
    )
    compulsory: bool = choice(False, "Whether young people who are invited must join; no shipped arm says so")
    process_knowledge: float = number(
        0.0,
        "How well the lead knows the process of co-producing when it starts",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="assumption: 0.3 from documents alone, 0.8 at the original site",
    )
    setup_weeks: int = number(
        8,
        "Weeks of set-up (outreach and design) of a first round, before knowledge of the process shortens it; later "
        "rounds take a part of it",
        unit="weeks",
        allowed=(1, 104),
        plausible=(4, 52),
        evidence="D",
        source="assumption: 2 months (8 weeks) for a transplanted programme, 4 (17) for one co-designed with a group",
    )


class Programme(Table):
    """The course itself and the outreach before it: the same in every arm."""

    places: int = number(
        12,
        "Places in a course",
        unit="places",
        allowed=(1, 200),
        plausible=(8, 15),
        evidence="D",
        source="assumption; the groups at Gorbals and at Govan had 11 (Glasgow City Council 2016)",
    )
    minimum_places: int = number(
        6, "Places below which no round is started", unit="places", allowed=(1, 200), evidence="D", source="assumption"
    )
    course_weeks: int = number(
        10,
        "Weeks of a course, one session a week",
        unit="weeks",
        allowed=(1, 104),
        plausible=(6, 20),
        evidence="B",
        source="8 weeks in Govan (Glasgow City Council 2016), 5-12 in comparable programmes",
    )
    dose: float = number(
        1.0,
        "What a week of the course does to those who come, against one session of two staff hours a place",
        unit="ratio",
        allowed=(0, 10),
        plausible=(0.5, 2.5),
        evidence="D",
        source="1 by definition; assumed where a week of the course is more, as four days of work and one of training",
    )
    rounds: int = number(
        1000,
        "Rounds held at most, as far as the budget reaches",
        unit="rounds",
        allowed=(1, 1000),
        evidence="D",
        source="a choice",
    )
    menu_size: int = number(
        3,
        "Activities on a menu",
        unit="activities",
        allowed=(1, 60),
        plausible=(2, 5),
        evidence="D",
        source="assumption; choice helps most with 2-4 options (Patall et al. 2008)",
    )
    list_length: int = number(
        40,
        "Young people put on the referral list of a round",
        unit="people",
        allowed=(1, 2000),
        evidence="D",
        source="assumption",
    )
    contacted: int = number(
        30,
        "First people on the referral list who are visited during set-up",
        unit="people",
        allowed=(0, 2000),
        evidence="D",
        source="assumption",
    )
    contacts_each: int = number(
        4,
        "Outreach contacts with each of them in a round, at most one a week",
        unit="contacts",
        allowed=(0, 60),
        evidence="D",
        source="assumption",
    )
    contact_hours: float = number(
        1.5, "Staff hours for one outreach contact", unit="hours", allowed=(0, 40), evidence="D", source="assumption"
    )
    recruitment_waves: int = number(
        3,
        "Weekly waves of invitations before a course",
        unit="weeks",
        allowed=(1, 20),
        evidence="D",
        source="assumption",
    )
    hours_per_place: float = number(
        2.0,
        "Staff hours to deliver one place for one week",
        unit="hours",
        allowed=(0.01, 60),
        plausible=(1, 5),
        evidence="D",
        source="assumption",
    )
    mentor_hours: float = number(
        1.0,
        "Staff hours a week that a partner's mentor gives each participant",
        unit="hours a week",
        allowed=(0, 40),
        plausible=(0.5, 2),
        evidence="D",
        source="assumption",
    )
    retry_after_weeks: int = number(
        26,
        "Weeks before somebody who dropped out is invited again",
        unit="weeks",
        allowed=(0, 520),
        evidence="D",
        source="assumption",
    )


class Purse(Table):
    """Hours that arrive in every area with a programme, from its opening week, the same in every arm."""

    charge_inkind: bool = choice(
        True, "Whether the hours that partners give, in meetings and as mentors, are paid from the budget"
    )
    pledged_hours: float = number(
        0.0,
        "Hours a week that each partner pledges from what calls leave free, beside the budget",
        unit="hours a week",
        allowed=(0, 1000),
        plausible=(0, 10),
        evidence="D",
        source="a choice of the person asking; existing resources only: this with a budget and a grant of 0",
    )
    cliff_week: int = number(
        10_000,
        "Week from which the budget is cut (10000: never)",
        unit="week",
        allowed=(1, 10_000),
        evidence="D",
        source="a choice of the person asking",
    )
    cliff_keeps: float = number(
        0.0,
        "Share of the weekly budget that is left after the cut",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="a choice of the person asking",
    )
    cliff_is_known: bool = choice(False, "Whether partners know of the cut when they plan a round")
    bridge_hours: float = number(
        120.0,
        "Hours with which an anchor organisation bridges a shortage after the cut, once",
        unit="hours",
        allowed=(0, 100_000),
        evidence="D",
        source="assumption",
    )
    budget: float = number(
        20.0,
        "Staff hours a week that arrive in each area",
        unit="hours a week",
        allowed=(0, 10_000),
        plausible=(6, 40),
        evidence="D",
        source="assumption",
    )
    grant: float = number(
        120.0,
        "Staff hours that arrive in each area once, when it opens",
        unit="hours",
        allowed=(0, 100_000),
        evidence="D",
        source="assumption",
    )
    price_per_hour: float = number(
        30.0,
        "Cost of a staff hour",
        unit="GBP an hour",
        allowed=(0, 1000),
        plausible=(20, 45),
        evidence="D",
        source="assumption, prices of the price year",
    )
    gbp_per_incident: Annotated[float, Field(gt=0, le=1_000_000)] | None = choice(
        None,
        "Value of an incident averted, in GBP of the price year; without it no money benefit is shown, since none is "
        "agreed",
    )
    price_year: int = number(
        2024, "Year of the prices", unit="year", allowed=(1990, 2100), evidence="D", source="a label"
    )


class Targeting(Table):
    """How the list is drawn up from what the lead has seen."""

    accuracy: float = number(
        0.76,
        "How closely the referral list follows what the lead partner has seen of each young person",
        unit="correlation, 0-1",
        allowed=(0, 1),
        plausible=(0.3, 1),
        evidence="D",
        source="assumption",
        calibrated=False,
    )
    memory_weeks: int = number(
        26,
        "How far back the lead remembers incidents",
        unit="weeks",
        allowed=(1, 52),
        evidence="D",
        source="assumption",
    )
