"""A whole scenario: levers, uncertainties, settings, areas and activities, checked and frozen."""

import logging
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator

from modsim.inputs.fields import PartnerType, Table, choice, number
from modsim.inputs.levers import ActivityId, Levers, Programme, Purse, Targeting
from modsim.inputs.measures import measures
from modsim.inputs.uncertainties import (
    Afterwards,
    Attending,
    Commitment,
    Designing,
    Effect,
    Excitation,
    Joining,
    Learning,
    Listening,
    Offending,
    Order,
    Partners,
    Peers,
    Policing,
    Population,
    Reporting,
    Residents,
    Sharing,
    Spread,
    Trust,
    Turnover,
    World,
)
from modsim.inputs.units import WEEKS_PER_MONTH

SCENARIO_FORMAT = 1
log = logging.getLogger("modsim")

AreaId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Goal = Literal["work", "training", "belonging", "health", "safety"]
GOALS: tuple[Goal, ...] = get_args(Goal)
ArmName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]


class Activity(Table):
    """One thing young people may want to do. The id is the key of its random numbers; the name is only shown."""

    id: ActivityId = choice(..., "Stable id")
    name: str = choice("", "Name to show (the id if empty)")
    origin_share: float = number(
        0.0,
        "Share of young people's interests at the original site",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    swaps_with: ActivityId = choice(
        ..., "The activity that interests move to or from where an area differs from the original site"
    )
    serves: Annotated[list[Goal], Field(max_length=5)] = choice(
        [], "Which of young people's own goals it serves: work, training, belonging, health, safety"
    )


class Area(Table):
    """A neighbourhood. Named places label synthetic areas; nothing here is a record of a real one."""

    id: AreaId = choice(..., "Stable id, the key of its random numbers")
    name: str = choice("", "Name to show (the id if empty)")
    role: Literal["origin", "recipient"] = choice("recipient", "Where the programme came from, or where it spreads to")
    population: int = number(
        9000,
        "People of all ages",
        unit="people",
        allowed=(100, 5_000_000),
        evidence="D",
        source="set in the scenario file, whose header says where it comes from",
    )
    youngest: int = number(
        12, "Age from which young people are counted", unit="years", allowed=(8, 79), evidence="D", source="a choice"
    )
    oldest: int = number(
        20, "Last year of age counted", unit="years", allowed=(12, 80), evidence="D", source="a choice"
    )
    eligible_youngest: int = number(
        14,
        "Youngest age that can be on the referral list",
        unit="years",
        allowed=(8, 80),
        evidence="D",
        source="a choice",
    )
    eligible_oldest: int = number(
        20,
        "Oldest age that can be on the referral list",
        unit="years",
        allowed=(8, 80),
        evidence="D",
        source="a choice",
    )
    core_groups: int = number(
        1,
        "Core groups, one in each territory",
        unit="groups",
        allowed=(0, 4),
        evidence="D",
        source="set in the scenario file, whose header says where it comes from",
    )
    core_size: int = number(
        11,
        "Members of a core group",
        unit="people",
        allowed=(2, 60),
        plausible=(8, 15),
        evidence="A",
        source="the group at Gorbals (Participedia 5736)",
    )
    reported_per_10000_per_month: float = number(
        14.0,
        "Reported youth incidents at the level of week 0, apart from the season and before any programme",
        unit="incidents per 10,000 people a month",
        allowed=(0.01, 200),
        plausible=(8, 20),
        evidence="B",
        source="Glasgow totals x youth share x ward spread (Understanding Glasgow; police figures 2017-19)",
    )
    partners: Annotated[list[PartnerType], Field(min_length=1, max_length=30)] = choice(
        [
            "police", "fire_and_rescue", "housing", "youth_work", "employability", "social_work", "school", "health",
            "third_sector",
        ],
        "Types of partner here, each once; the first ones, as many as partners.at_the_table says, sit at the table",
    )  # fmt: skip
    second_council: Annotated[list[PartnerType], Field(max_length=9)] = choice(
        [], "Further partners here, from a second council; links across the boundary take twice the hours"
    )
    lead: PartnerType | Literal["chosen"] = choice(
        "chosen",
        'The type of partner that leads here, or "chosen" for the partner who is most committed and trusted',
    )
    anchor: bool = choice(
        True, "Whether the housing association here is an anchor organisation, the hub of the partners"
    )
    opens_week: int = number(
        0, "Week in which the budget opens here", unit="week", allowed=(0, 1040), evidence="D", source="a choice"
    )
    adjacent: Annotated[list[AreaId], Field(max_length=500)] = choice([], "Areas that border on this one, by id")
    hears_from: dict[AreaId, Annotated[float, Field(ge=0, le=1000)]] | None = choice(
        None, "Which areas partners here hear from, as weights by area id; from all others alike if left out"
    )
    interests: dict[ActivityId, Annotated[float, Field(ge=0, le=1)]] | None = choice(
        None, "Share of interests by activity, in place of the original site's pattern moved by the dissimilarity"
    )

    @property
    def label(self) -> str:
        return self.name or self.id


class Origin(Table):
    """The place the programme comes from: its programme runs there in every arm, outside the ledger compared."""

    process_knowledge: float = number(
        0.8,
        "How well the original site knows the process",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    power_deliver: float = number(
        0.5, "Power over the running course shared at the original site", unit="0-1", allowed=(0, 1), evidence="D",
        source="assumption",
    )  # fmt: skip
    power_design: float = number(
        0.7,
        "Power over the design shared at the original site",
        unit="0-1",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    setup_weeks: int = number(
        17, "Weeks of set-up at the original site", unit="weeks", allowed=(1, 104), evidence="D", source="assumption"
    )

    @property
    def levers(self) -> Levers:
        """The original site's own, co-produced programme."""
        return Levers(
            power_design=self.power_design, power_deliver=self.power_deliver, setup_weeks=self.setup_weeks,
            process_knowledge=self.process_knowledge, keeps_learning=True,
        )  # fmt: skip


class Vocabulary(Table):
    """Words: measures take their names from here, so that the same rules can serve another programme."""

    incident: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$")] = choice(
        "asb", "Short word for an incident, used in names"
    )
    incidents: str = choice("anti-social behaviour", "What incidents are, in a sentence")
    people: str = choice("young people", "Who takes part, in a sentence")


_FORMER_MECHANISMS = {"excitement": "excitation"}  # still read, with a notice


class Settings(Table):
    """What is compared: the horizon, the number of replicates, and what is compared with what."""

    weeks: int = number(
        156,
        "Weeks simulated from week 0",
        unit="weeks",
        allowed=(1, 1040),
        plausible=(52, 260),
        evidence="D",
        source="a choice",
    )
    history_weeks: int = number(
        52,
        "Weeks simulated before week 0, identical in every arm",
        unit="weeks",
        allowed=(52, 520),
        evidence="D",
        source="a choice",
    )
    replicates: int = number(
        16, "Simulated futures", unit="futures", allowed=(1, 1_000_000), evidence="D", source="a choice"
    )
    seed: int = number(
        1,
        "Number from which all random numbers follow",
        unit="seed",
        allowed=(0, 2**53),
        evidence="D",
        source="a choice",
    )
    rung: Literal["M0", "M1", "M2", "M3"] = choice(
        "M3",
        "How much of the model runs: M0 interests and the budget, M1 with changing trust, M2 with partners at work, "
        "M3 with peers, police, residents and other areas",
    )
    without: Annotated[list[str], Field(max_length=60)] = choice(
        [],
        "Mechanisms or insights to go without, by name, such as insight-5 or mentoring (the tables of `docs/model.md`)",
    )

    @field_validator("without", mode="before")
    @classmethod
    def _with_present_names(cls, given: Any) -> Any:
        """The list with names of mechanisms that have changed since."""
        if not isinstance(given, list):
            return given
        for old in [name for name in given if isinstance(name, str) and name in _FORMER_MECHANISMS]:
            log.warning("settings.without: %r is now called %r; change it in the file", old, _FORMER_MECHANISMS[old])
        return [_FORMER_MECHANISMS.get(name, name) if isinstance(name, str) else name for name in given]

    spreads: Literal["scheduled", "diffusion"] = choice(
        "scheduled",
        "How new areas come to the programme: each at its date, or when it adopts it on what it hears from others",
    )
    comparison: Literal["equal_budget", "equal_activity", "equal_start"] = choice(
        "equal_budget",
        "What the arms have in common: the hours that arrive, the dates of courses (hours are then drawn as needed), "
        "or the hours and the weeks of set-up",
    )
    arms: Annotated[list[ArmName], Field(max_length=60)] = choice(
        [], "Arms to run beside the reference, by name; all of them if empty"
    )
    areas: Annotated[list[AreaId], Field(max_length=500)] = choice(
        [],
        "Areas to look at, by id; all of them if empty. Without an area of role origin, the original site is not "
        "simulated",
    )
    reference_arm: ArmName = choice("none", "The arm every other arm is measured against; it spends nothing")
    verdict_arm: ArmName = choice("recoproduce", "The arm the verdict is about")
    verdict_against: ArmName = choice("transplant", "The arm it is compared with")
    break_even_points: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(max_length=21)] = choice(
        [0.0, 0.25, 0.5, 0.75, 1.0],
        "Dissimilarities at which the two arms are also run, to find where they break even; [] for none",
    )
    show: Annotated[list[str], Field(max_length=40)] = choice(
        [], "Measures to show in the short table beside the usual ones, by name"
    )
    smallest_difference: dict[str, Annotated[float, Field(ge=0, le=1000)]] = choice(
        {}, "Difference of a measure below which it counts as about the same, by name of measure"
    )


class Scenario(Table):
    """Everything one comparison needs. Read one with `modsim.load_scenario`."""

    format: Literal[1] = choice(SCENARIO_FORMAT, "Version of the scenario format")
    title: str = choice("", "The question, in a few words")
    notes: str = choice("", "What is known, what is assumed, what to look at")
    settings: Settings = Settings()
    arms: Annotated[dict[ArmName, Levers], Field(min_length=1, max_length=60)] = choice(..., "The arms, by name")
    programme: Programme = Programme()
    purse: Purse = Purse()
    partners: Partners = Partners()
    commitment: Commitment = Commitment()
    turnover: Turnover = Turnover()
    sharing: Sharing = Sharing()
    afterwards: Afterwards = Afterwards()
    peers: Peers = Peers()
    excitation: Excitation = Excitation()
    policing: Policing = Policing()
    order: Order = Order()
    residents: Residents = Residents()
    learning: Learning = Learning()
    spread: Spread = Spread()
    targeting: Targeting = Targeting()
    origin: Origin = Origin()
    world: World = World()
    population: Population = Population()
    offending: Offending = Offending()
    reporting: Reporting = Reporting()
    trust: Trust = Trust()
    listening: Listening = Listening()
    joining: Joining = Joining()
    attending: Attending = Attending()
    effect: Effect = Effect()
    designing: Designing = Designing()
    vocabulary: Vocabulary = Vocabulary()
    activities: Annotated[list[Activity], Field(min_length=2, max_length=60)] = choice(..., "What may be wanted")
    areas: Annotated[list[Area], Field(min_length=1, max_length=500)] = choice(..., "The neighbourhoods")

    def young_people_in(self, area: Area) -> int:
        """Young people of an area: population times the shares of its years of age."""
        minors = sum(area.youngest <= age <= min(area.oldest, 17) for age in range(8, 18))
        adults = area.oldest - area.youngest + 1 - minors
        a_year = self.population.share_aged_12_to_17 / 6.0, self.population.share_aged_18_to_24 / 7.0
        return round(area.population * (minors * a_year[0] + adults * a_year[1]))

    @property
    def young_people(self) -> int:
        """Young people of all areas."""
        return sum(self.young_people_in(area) for area in self.areas)

    def reported_per_week(self, area: Area) -> float:
        """Expected reported incidents a week at the level of week 0, apart from the season."""
        return area.reported_per_10000_per_month * area.population / 10_000.0 / WEEKS_PER_MONTH

    def of_its_areas(self) -> "Scenario":
        """The same with only the areas that `settings.areas` names, if it names any."""
        chosen = set(self.settings.areas)
        kept = [area for area in self.areas if area.id in chosen]
        known = {area.id for area in self.areas}
        if not kept or chosen - known:  # the latter is told
            return self

        def among_them(area: Area) -> Area:
            """The area without what it says of those that are not looked at; ids nobody knows stay, to be told."""
            adjacent = [other for other in area.adjacent if other in chosen or other not in known]
            heard = area.hears_from
            heard = heard and {o: w for o, w in heard.items() if o in chosen or o not in known}
            return area.model_copy(update={"adjacent": adjacent, "hears_from": heard})

        return self.model_copy(update={"areas": [among_them(area) for area in kept]})

    @property
    def recipients(self) -> list[Area]:
        return [area for area in self.areas if area.role == "recipient"]

    @property
    def activity_ids(self) -> list[str]:
        """Ids in the order the model uses: sorted, so that the order in the file is only a label."""
        return sorted(activity.id for activity in self.activities)

    @property
    def origin_menu(self) -> list[str]:
        """The activities most wanted at the original site."""
        ranked = sorted(self.activities, key=lambda a: (-a.origin_share, a.id))
        return [a.id for a in ranked[: self.programme.menu_size]]

    @property
    def longest_setup_weeks(self) -> int:
        """The longest first set-up of all arms with a programme, run or not; 1 where there is none."""
        return max((arm.setup_weeks for arm in self.arms.values() if arm.spends_on == "programme"), default=1)

    def arm_label(self, name: str) -> str:
        return self.arms[name].label or name

    @property
    def judged_measures(self) -> list[str]:
        """Names of the measures that have a better side, and so a smallest difference that matters."""
        return [measure.name for measure in measures(self) if measure.better != "neither"]

    @property
    def measure_names(self) -> list[str]:
        """Names of all measures, those of which neither more nor less is better included."""
        return [measure.name for measure in measures(self)]

    def smallest_difference(self, measure: str) -> float | None:
        """The difference below which a measure counts as about the same; None where nobody has set one."""
        return self.settings.smallest_difference.get(measure)

    @property
    def usual_smallest_differences(self) -> dict[str, float]:
        """The usual smallest difference that matters of each measure that has one."""
        return {one.name: one.smallest for one in measures(self) if one.smallest is not None}

    def with_smallest_differences(self) -> "Scenario":
        """The same with the usual smallest differences of measures written out where none is set."""
        usual = self.usual_smallest_differences
        settings = self.settings.model_copy(update={"smallest_difference": usual | self.settings.smallest_difference})
        return self.model_copy(update={"settings": settings})
