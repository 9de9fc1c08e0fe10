"""Services as Mesa agents: windows on the partners' columns, with the verbs of the week."""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.inputs.fields import PartnerType
from modsim.inputs.uncertainties.services import commitment_at
from modsim.rules import designing, partnering
from modsim.simulation.agents.window import window
from modsim.simulation.town import ENOUGH, occasion

if TYPE_CHECKING:
    from modsim.inputs.scenario import Area
    from modsim.simulation.agents.programme import Programme
    from modsim.simulation.community import Community


class Partner(mesa.Agent):
    """A public service at the table of one area, stood for by one programme worker."""

    model: "Community"

    worker = window("worker", "seat", "How many programme workers it has had before this one.")
    commitment = window("commitment", "seat", "Commitment of its worker, 0-1.")
    regard = window("regard", "seat", "How highly it thinks of young people, 0-1.")
    queue = window("queue", "seat", "Hours of calls that wait.")
    free_hours = window("free_hours", "seat", "Hours of this week that calls leave free.")
    strained = window("strained", "seat", "Whether more than a week's calls wait.")
    seen = window("seen", "seat", "Incidents it saw in the week behind it.")
    worked = window("worked", "seat", "Hours it has worked for the programme.")

    def __init__(self, model: "Community", area: int, position: int):
        super().__init__(model)
        self.area, self.position = area, position
        self.seat = area, position
        partners = model.town.world.partners
        self.kind = int(partners.kind[self.seat])
        self.number = int(partners.number[self.seat])
        self.worker_left = False  # this week
        self.waiting = self.answered = 0.0  # hours of calls at the start of this week, and those answered

    def __repr__(self) -> str:
        return f"<Partner {self.type} of {self.place.label}, commitment {self.commitment:.2f}>"

    @property
    def place(self) -> "Area":
        """The area, as the scenario describes it."""
        return self.model.town.world.areas[self.area]

    @property
    def type(self) -> PartnerType:
        """Kind of service, such as "housing"."""
        return self.model.town.world.partners.kinds[self.kind]

    @property
    def programme(self) -> "Programme":
        """The programme of the area."""
        return self.model.programmes[self.area]

    @property
    def leads(self) -> bool:
        """Whether it leads the programme."""
        return self.programme.lead is self

    @property
    def hours(self) -> float:
        """Its hours a week for the area's young people."""
        return self.model.town.hours[self.area, self.position, 0].item()

    @property
    def effective_commitment(self) -> float:
        """Commitment as regard lets it work out."""
        return float(partnering.effective_commitment(self.commitment, self.regard, self.model.scenario.commitment))

    def _luck(self, what_for: str, when: int, generation: int = 0) -> float:
        return self.model.town.world.luck.uniform(what_for, self.area, when, self.number, generation)

    # --- what it does --------------------------------------------------------------------------------------

    def may_lose_worker(self) -> None:
        """Perhaps see the worker leave; ties of mentors break, and what the lead's worker knew is lost in part."""
        p, programme = self.model.scenario.turnover, self.programme
        chance = partnering.chance_of_worker_leaving(self.strained, p)
        self.worker_left = bool(self._luck("worker leaves", self.model.week) < chance)
        if not self.worker_left:
            return
        self.worker += 1
        scale = self.model.scenario.commitment
        self.commitment = float(commitment_at(self._luck("commitment", 0, self.worker), scale.mean, scale.sd))
        programme.staff_left += 1
        programme.lose_mentors_of(self)
        if self.leads:
            programme.lose_knowledge()
            programme.lose_rapport()
            programme.lead_lost_week = self.model.week

    def answer_calls(self) -> None:
        """Answer the incidents seen last week first; what hours are left are free."""
        waiting = partnering.reactive_hours(self.seen, self.queue, self.model.scenario.partners)
        answered = min(waiting, self.hours)
        self.waiting, self.answered = waiting, answered
        self.queue = waiting - answered
        self.free_hours = self.hours - answered
        self.strained = self.queue > self.hours

    def patrol(self) -> None:
        """The police stop young people, those more often of whom they know more."""
        town, people = self.model.town, self.programme.young_people
        known = [person.seen_by(self.kind) for person in people]
        hours = town.usual_patrol[self.area].item() + self.programme.patrol_bought
        for person, of_them in zip(people, known, strict=True):
            person.be_stopped(self.kind, of_them, sum(known), len(people), hours)

    def hours_to_pledge(self) -> float:
        """Hours it puts in this week beside the purse."""
        pledge = self.model.scenario.purse.pledged_hours
        effort = partnering.hours_pledged(self.effective_commitment, self.programme.together, pledge)
        return min(effort, self.free_hours)

    def turn_up(self, free_share: float) -> bool:
        """Whether it comes to this week's design meeting, its free hours being such a share of what that takes."""
        when = occasion(self.programme.round, self.programme.stage_week)
        comes = self._luck("meeting", when) < partnering.chance_of_turning_up(self.effective_commitment, free_share)
        return bool(comes) or self.model.scenario.designing.meetings_are_full

    def work(self, hours: float) -> None:
        """Put hours into the programme."""
        self.worked = self.worked + hours

    def work_on_design(self, hours: float) -> None:
        """Put hours into the design, out of what this week leaves free."""
        self.work(hours)
        self.free_hours = max(self.free_hours - hours, 0.0)

    def has_time_for(self, mentees: int) -> bool:
        """Whether its staff can see so many mentees this week."""
        return self.free_hours + ENOUGH >= mentees * self.model.scenario.programme.mentor_hours

    def rethink(self, good_contacts: int) -> None:
        """Think better or worse of young people after a week's contacts and incidents."""
        usual = self.model.town.usually_seen()[self.area, self.position, 0].item()
        contacts = good_contacts if self.leads else 0
        p = self.model.scenario.commitment
        self.regard = float(partnering.regard_after(self.regard, contacts, self.seen, usual, p))


class Anchor(mesa.Agent):
    """A community anchor organisation: the partner round which the others of its area work together."""

    model: "Community"

    def __init__(self, model: "Community", area: int):
        super().__init__(model)
        self.area = area

    def __repr__(self) -> str:
        return f"<Anchor {self.partner.type} of {self.partner.place.label}>"

    @property
    def partner(self) -> Partner:
        """The partner that is the anchor."""
        return self.model.table(self.area)[int(self.model.town.world.partners.anchor[self.area])]

    @property
    def programme(self) -> "Programme":
        """The programme of the area."""
        return self.model.programmes[self.area]

    def convene(self, partners: list[Partner], free_shares: list[float]) -> list[Partner]:
        """Call the partners together; returns those who come."""
        return [partner for partner, share in zip(partners, free_shares, strict=True) if partner.turn_up(share)]

    def bridge(self) -> None:
        """Make up for a shortage after a cut in funding, once."""
        p, programme = self.model.scenario.purse, self.programme
        if not programme.bridged and self.model.week >= p.cliff_week:
            programme.purse = programme.purse + p.bridge_hours
            programme.arrived = programme.arrived + p.bridge_hours
            programme.bridged = True


def free_shares(partners: list[Partner], need: float, pooled: bool) -> list[float]:
    """What share of the hours that a meeting takes each partner has free; pooled, each has what all have."""
    if pooled:
        total = 0.0
        for partner in partners:
            total = total + partner.free_hours
        share = float(np.minimum(total / max(need * len(partners), ENOUGH), 1.0))
        return [share] * len(partners)
    return [min(partner.free_hours / max(need, ENOUGH), 1.0) for partner in partners]


def hours_of_meeting(programme: "Programme") -> float:
    """Hours that one design meeting takes each partner who comes."""
    p = programme.model.scenario.designing
    return designing.hours_saved(p.meeting_hours, programme.knowledge, p)
