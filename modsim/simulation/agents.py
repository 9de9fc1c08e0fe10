"""The Mesa agents: windows on the columns of one town, whose verbs are the acts of the week.

An agent holds no state of its own: its attributes are those declared for its entity in `state`, in its row and in the
one lane of a `Community`. With `pace="agent"` the week is lived by these verbs, one agent after another; an agent of
one's own may do one of them otherwise.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from modsim.inputs.fields import PartnerType
from modsim.inputs.scenario import GOALS, Goal
from modsim.rules import trusting
from modsim.simulation.acts import looking, preparing
from modsim.simulation.crowds.propensity import draw_near
from modsim.simulation.crowds.residents import react
from modsim.simulation.crowds.streets import happen
from modsim.simulation.crowds.tiles import goes_through
from modsim.simulation.crowds.trust import hear
from modsim.simulation.state import (
    PARTNER,
    PARTNER_WEEKLY,
    PROGRAMME,
    PROGRAMME_WEEKLY,
    RESIDENT,
    YOUNG_PERSON,
    YOUNG_PERSON_WEEKLY,
    Standing,
)
from modsim.simulation.windows import Agent, does, experience_for, windows

if TYPE_CHECKING:
    from modsim.simulation.community import Community


@does("n", "row")
@windows(YOUNG_PERSON, YOUNG_PERSON_WEEKLY)
class YoungPerson(Agent):
    """One young person: interests, trust in services, propensity, and what they do in a week."""

    def __init__(self, model: "Community", row: int):
        super().__init__(model)
        world = model.town.world
        self.row, self.area, self.at = row, int(world.area[row]), (row,)
        self.slot, self.generation = int(world.slot[row]), int(world.generation[row])

    def __repr__(self) -> str:
        return f"<YoungPerson {self.slot} of {self.place.label}, aged {int(self.age)}, trust {self.trust:.2f}>"

    @property
    def age(self) -> float:
        """Age in years."""
        return self.model.town.world.age[self.row].item()

    @property
    def interests(self) -> dict[str, float]:
        """Share of their interests by activity id; adds up to 1."""
        world = self.model.town.world
        return dict(zip(world.activity_ids, world.wishes_of(np.array([self.row]))[0].tolist(), strict=True))

    @property
    def support(self) -> float:
        """What they have behind them, 0-1."""
        return self.model.town.world.support_of(np.array([self.row])).item()

    @property
    def log_rate(self) -> float:
        """Lasting log-rate of incidents."""
        return self.model.town.world.log_rate[self.row].item()

    @property
    def in_core(self) -> bool:
        """Whether they belong to a core group."""
        return bool(self.model.town.world.in_core[self.row])

    @property
    def group(self) -> int:
        """Number of their peer group."""
        return int(self.model.town.world.group[self.row])

    @property
    def friends(self) -> list["YoungPerson"]:
        """The young people they are tied to."""
        return [self.model.person(row) for row in self.model.town.world.ties.of(self.row).tolist()]

    @property
    def goal(self) -> Goal:
        """What they want for themselves."""
        return GOALS[int(self.model.town.world.goal_of(np.array([self.row]))[0])]

    @property
    def territory(self) -> int:
        """The territory of the area in which they are at home."""
        return int(self.model.town.world.territory_of(np.array([self.row]))[0])

    @property
    def lead(self) -> "Partner":
        """The service that leads in their area."""
        return self.programme.lead

    @property
    def trust(self) -> float:
        """Trust in the lead, 0-1."""
        return self.trust_in(self.lead.kind)

    @trust.setter
    def trust(self, value: float) -> None:
        self.set_trust_in(self.lead.kind, value)

    def trust_in(self, kind: int) -> float:
        """Trust in a type of service, by its position among those at the tables, 0-1."""
        return float(looking.trust_in(self._state, kind, self.row, self.area, 0))

    def set_trust_in(self, kind: int, value: float) -> None:
        """Let them remember as much good or bad experience with a service as makes their trust in it this, 0-1."""
        town = self.model.town
        good, bad = experience_for(value, town.trust_start[kind, self.area, 0].item(), self.model.scenario.trust)
        town.columns.experience.set_apart(kind, np.array([self.row]))
        town.columns.experience.own[:, kind, self.row, 0] = good, bad
        self.model.was_changed(self)

    def match(self, menu: dict[str, float]) -> float:
        """Share of their interests that a menu (1 for each activity on it) serves, unless that is not to count."""
        p, mine = self.model.scenario.effect, self.interests
        return sum(mine[i] * on_it for i, on_it in menu.items()) if p.match_counts else p.match_reference

    @property
    def trust_gained(self) -> float:
        """How far their mean trust in the services of the area lies above where it started, as last worked out."""
        return self.model.town.trust_gained[self.row, 0].item()

    def move_trust(self) -> None:
        """Let old experience fade, and add this week's own and what friends tell of theirs."""
        goes_through(self, hear)

    def settle(self) -> None:
        """Drift back towards who they were; friends, sessions and stops tell."""
        goes_through(self, draw_near)

    def live(self) -> None:
        """Cause this week's incidents, mostly none."""
        _, _, number, _ = goes_through(self, happen)
        self.column("occurred")[self.row, 0] = number.sum()  # not set by hand, after which all would be settled again


@does("seat")
@windows(PARTNER, PARTNER_WEEKLY)
class Partner(Agent):
    """A public service at the table of one area, stood for by one programme worker."""

    def __init__(self, model: "Community", area: int, position: int):
        super().__init__(model)
        self.area, self.seat, self.at = area, position, (area, position)
        self.kind = int(model.town.world.partners.kind[self.at])
        self.number = int(model.town.world.partners.number[self.at])

    def __repr__(self) -> str:
        return f"<Partner {self.type} of {self.place.label}, commitment {self.commitment:.2f}>"

    def column(self, name: str) -> Any:
        """The column behind one of its attributes, lanes last."""
        if name in PARTNER_WEEKLY.attributes:
            return np.moveaxis(self._state.partners_now[name], 1, -1)
        return super().column(name)

    @property
    def type(self) -> PartnerType:
        """Kind of service, such as "housing"."""
        return self.model.town.world.partners.kinds[self.kind]

    @property
    def leads(self) -> bool:
        """Whether it leads the programme."""
        return self.programme.lead is self

    @property
    def hours(self) -> float:
        """Its hours a week for the area's young people."""
        return self._state.seats[self.at].hours.item()

    @property
    def effective_commitment(self) -> float:
        """Commitment as regard lets it work out."""
        return float(looking.effective_commitment(self._state, self.area, 0, self.seat))


class _OfArea(Agent):
    """An agent of which an area has one."""

    def __init__(self, model: "Community", area: int):
        super().__init__(model)
        self.area, self.at = area, (area,)


@does("anchor")
class Anchor(_OfArea):
    """A community anchor organisation: the partner round which the others of its area work together."""

    def __repr__(self) -> str:
        return f"<Anchor {self.partner.type} of {self.place.label}>"

    @property
    def anchor(self) -> int:
        """Its position at the table."""
        return int(self.model.town.world.partners.anchor[self.area])

    @property
    def partner(self) -> Partner:
        """The partner that is the anchor."""
        return self.model.table(self.area)[self.anchor]


@does("")
@windows(PROGRAMME, PROGRAMME_WEEKLY)
class Programme(_OfArea):
    """The programme of one area: its lead keeps the purse, draws up the list, has it designed, offers and delivers."""

    def __repr__(self) -> str:
        return f"<Programme of {self.place.label}, led by {self.lead.type}>"

    @property
    def partners(self) -> list[Partner]:
        """The services at the table."""
        return self.model.table(self.area)

    @property
    def anchor(self) -> Anchor | None:
        """The anchor organisation, where there is one."""
        return self.model.anchor_of(self.area)

    @property
    def lead(self) -> Partner:
        """The partner who leads."""
        return self.partners[int(self.model.town.columns.lead[self.area, 0])]

    @property
    def levers(self) -> Any:
        """What the arm does in this area: a record of the levers."""
        return self._state.levers[self.area, 0]

    @property
    def is_open(self) -> bool:
        """Whether it has been taken up and has not lapsed."""
        return bool(looking.is_open(self._state, self.area, 0))

    @property
    def designs_menu(self) -> bool:
        """Whether the menu of the present round is made from what young people say."""
        return bool(looking.designs_menu(self._state, self.area, 0))

    @property
    def power_in_practice(self) -> float:
        """Power over the design as it works out."""
        return float(looking.power_in_practice(self._state, self.area, 0))

    @property
    def draws_as_needed(self) -> bool:
        """Whether courses have fixed dates, and hours arrive as they are needed."""
        return bool(self._state.scene[0].equal_activity)

    @property
    def menu(self) -> dict[str, float]:
        """1 for each activity on the menu, 0 for the others."""
        return self._by_activity(self.model.town.columns.menu[:, self.area, 0])

    @property
    def expectation(self) -> dict[str, float]:
        """What professionals expect young people to want."""
        return self._by_activity(self._state.prior[0])

    @property
    def learned_shares(self) -> dict[str, float]:
        """What services believe young people want after hearing them."""
        activities = range(len(self.model.town.world.activity_ids))
        return self._by_activity(
            np.array([preparing.learned_share(self._state, self.area, 0, activity) for activity in activities])
        )

    def _by_activity(self, values: np.ndarray) -> dict[str, float]:
        return dict(zip(self.model.town.world.activity_ids, values.tolist(), strict=True))

    @property
    def young_people(self) -> list[YoungPerson]:
        """The young people of the area."""
        span = self.model.town.world.rows_of(self.area)
        return [self.model.person(row) for row in range(span.start, span.stop)]

    def on_list(self) -> list[tuple[int, YoungPerson]]:
        """Those on the list of this round who still live here, with their place on it."""
        entries = enumerate(self._state.listing[self.area, 0])
        return [(n, self.model.person(e.listed)) for n, e in entries if e.listed >= 0 and e.standing != Standing.GONE]

    def those(self, standing: Standing) -> list[tuple[int, YoungPerson]]:
        """Those on the list who stand like this, with their place on it."""
        return [
            (n, person) for n, person in self.on_list() if self._state.listing[self.area, 0][n].standing == standing
        ]

    def mentor_of(self, n: int) -> Partner | None:
        """The service whose staff mentor the person at a place on the list."""
        seat = int(self._state.listing[self.area, 0][n].mentor)
        return self.partners[seat] if seat >= 0 else None


@windows(RESIDENT)
class Resident(Agent):
    """An adult of an area, standing for several: hears of incidents, fears, trusts, would step in or not."""

    def __init__(self, model: "Community", row: int):
        super().__init__(model)
        people = model.town.world.residents
        self.row, self.area, self.slot, self.at = row, int(people.area[row]), int(people.slot[row]), (row,)

    def __repr__(self) -> str:
        return f"<Resident {self.slot} of {self.place.label}, fear {self.fear:.2f}>"

    @property
    def neighbours(self) -> list["Resident"]:
        """The residents they talk to."""
        return [self.model.resident(row) for row in self.model.town.world.residents.ties.of(self.row).tolist()]

    @property
    def trust(self) -> float:
        """Trust in services, 0-1."""
        scenario = self.model.scenario
        good, bad = self.resident_good, self.resident_bad
        return trusting.trust(scenario.residents.start_trust, good, bad, scenario.trust)

    @trust.setter
    def trust(self, value: float) -> None:
        scenario = self.model.scenario
        self.resident_good, self.resident_bad = experience_for(value, scenario.residents.start_trust, scenario.trust)

    def look_around(self) -> None:
        """Come to know of some of the week's reported incidents, and perhaps of a session."""
        goes_through(self, react, True, False)

    def think_again(self) -> None:
        """Fear and trust more or less by what was heard and seen, and by what neighbours tell; efficacy follows."""
        goes_through(self, react, False, True)
