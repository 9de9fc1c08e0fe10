"""The programme of one area as a Mesa agent: where it stands, its purse, its staff, and how it comes and goes.

How a round is prepared and held stands in `preparing` and `course`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.rules import partnering
from modsim.simulation.agents.partner import Anchor, Partner
from modsim.simulation.agents.window import window
from modsim.simulation.agents.young_person import YoungPerson
from modsim.simulation.columns import ROUND_HEADINGS, Stage, Standing
from modsim.simulation.town import ENOUGH
from modsim.world.young_people import FIXED_POINT

if TYPE_CHECKING:
    from modsim.inputs.scenario import Area
    from modsim.simulation.community import Community


class Programme(mesa.Agent):
    """The programme of one area: its lead keeps the purse, draws up the list, has it designed, offers and delivers."""

    model: "Community"

    stage = window("stage", "area", "Where the programme stands, a `Stage`.")
    stage_week = window("stage_week", "area", "Weeks of the stage that are behind it.")
    round = window("round", "area", "Rounds finished.")
    places = window("places", "area", "Places of this round.")
    setup_weeks = window("setup_weeks", "area", "Weeks of set-up of this round at least.")
    course_weeks = window("course_weeks", "area", "Weeks of this round's course.")
    sessions_held = window("sessions_held", "area", "Sessions of this round's course held so far.")
    effort = window("effort", "area", "Design effort of this round against a first one.")
    meetings_needed = window("meetings_needed", "area", "Full design meetings this round takes.")
    meetings_held = window("meetings_held", "area", "Design meetings held, counted as full ones.")
    quality = window("quality", "area", "Quality with which this round is delivered, 1 on average.")
    knowledge = window("knowledge", "area", "How well the process of co-producing is known here, 0-1.")
    venue = window("venue", "area", "Territory in which the sessions are held.")
    negotiates = window("negotiates", "area", "Whether this week's session is given to what participants asked for.")
    heard_in_week = window("heard_in_week", "area", "Week of the course in which participants were last heard.")
    round_hours = window("round_hours", "area", "Hours that the round under way still takes, as planned.")
    round_ends = window("round_ends", "area", "Week in which it ends, as planned.")
    opens = window("opens", "area", "Week in which the area takes the programme up.")
    lapsed_week = window("lapsed_week", "area", "Week in which the programme lapsed.")
    lead_lost_week = window("lead_lost_week", "area", "Week in which the lead last lost its worker.")
    reported_last_year = window("reported_last_year", "area", "Incidents reported in the last 52 weeks.")
    reported_before = window("reported_before", "area", "Those reported in the year before it opened.")
    purse = window("purse", "area", "Hours at hand.")
    arrived = window("arrived", "area", "Hours that have arrived.")
    bridged = window("bridged", "area", "Whether the anchor organisation has bridged a shortage.")
    waited = window("waited", "area", "Weeks in which the purse could not pay and work waited.")
    moves_on = window("moves_on", "area", "Whether this week's work was done.")
    invited = window("invited", "area", "Invitations made.")
    joined = window("joined", "area", "Young people who took a place.")
    sessions = window("sessions", "area", "Sessions attended.")
    sessions_by_peers = window("sessions_by_peers", "area", "Sessions led by young people.")
    sessions_in_all = window("sessions_in_all", "area", "Sessions held in all rounds.")
    completions = window("completions", "area", "Courses completed.")
    missed_promises = window("missed_promises", "area", "Young people who said yes and got no place.")
    tokenism = window("tokenism", "area", "Times that power promised and not given was taken ill.")
    breaches = window("breaches", "area", "Participants whose course was broken off.")
    granted = window("granted", "area", "Wishes of participants that were granted.")
    refused = window("refused", "area", "Wishes of participants that were refused.")
    goals = window("goals", "area", "Own goals reached.")
    destinations = window("destinations", "area", "Work or training found.")
    staff_left = window("staff_left", "area", "Programme workers who left.")
    designs = window("designs", "area", "Menus designed.")
    slots_chosen = window("slots_chosen", "area", "Places of menus that were learned.")
    slots_wished = window("slots_wished", "area", "Those that went to what services alone would not have chosen.")

    def __init__(self, model: "Community", area: int):
        super().__init__(model)
        self.area = area
        self.place: Area = model.town.world.areas[area]
        self.session_held = False  # this week
        self.patrol_bought = 0.0  # hours of this week

    def __repr__(self) -> str:
        return f"<Programme of {self.place.label}, led by {self.lead.type}>"

    # --- what can be asked ---------------------------------------------------------------------------------

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
    def spends(self) -> bool:
        """Whether anything is done in this area in this arm."""
        return bool(self.model.town.levers.spends[self.area, 0])

    @property
    def is_open(self) -> bool:
        """Whether it has been taken up and has not lapsed."""
        return self.spends and self.opens <= self.model.week < self.lapsed_week

    @property
    def is_recipient(self) -> bool:
        """Whether the programme came here from elsewhere."""
        return self.place.role == "recipient"

    def learns_by(self, way: str) -> bool:
        """Whether services here learn from other areas in this way."""
        return bool(self.model.town.levers.learning[way][self.area, 0])

    @property
    def runs(self) -> bool:
        """Whether there is a programme in this area in this arm."""
        return bool(self.model.town.levers.runs[self.area, 0])

    @property
    def power_design(self) -> float:
        """Power over the design shared with young people."""
        return self.model.town.levers.power_design[self.area, 0].item()

    def power_in_practice(self) -> float:
        """Power over the design as it works out; none where nothing is left to decide."""
        said, p = self.power_design if self.designs_menu else 0.0, self.model.scenario.commitment
        return float(partnering.power_in_practice(said, self.lead.effective_commitment, self.mean_commitment(), p))

    @property
    def power_deliver(self) -> float:
        """Power over the running course shared with participants."""
        return self.model.town.levers.power_deliver[self.area, 0].item()

    @property
    def peer_delivery(self) -> float:
        """Share of sessions that young people lead."""
        return self.model.town.levers.peer_delivery[self.area, 0].item()

    @property
    def is_compulsory(self) -> bool:
        """Whether those who are asked may not say no."""
        return bool(self.model.town.levers.compulsory[self.area, 0])

    @property
    def keeps_learning(self) -> bool:
        """Whether what was learned in a round is kept for the next."""
        return bool(self.model.town.levers.keeps_learning[self.area, 0])

    @property
    def learns(self) -> bool:
        """Whether a menu is made from what young people say."""
        return bool(self.model.town.levers.learns[self.area, 0])

    @property
    def designs_menu(self) -> bool:
        """Whether the menu of the present round is made from what young people say."""
        return self.learns and (bool(self.model.town.levers.redesigns[self.area, 0]) or self.round == 0)

    @property
    def is_individual(self) -> bool:
        """Whether there is no shared menu but a plan for each."""
        return bool(self.model.town.levers.individual[self.area, 0])

    @property
    def usual_places(self) -> int:
        """Places of a full round."""
        return int(self.model.town.levers.places[self.area, 0])

    @property
    def together(self) -> float:
        """Mean trust between the partners, 0-1."""
        world, total = self.model.town.world, 0.0
        number = int(world.partners.pair_present[self.area].sum())
        for pair in range(world.partners.pairs.shape[1]):
            total = total + self.model.town.columns.between[self.area, pair, 0].item() * bool(
                world.partners.pair_present[self.area, pair]
            )
        return total / number if number else self.model.scenario.commitment.together_start

    @property
    def learned_share(self) -> float:
        """Share of the menu that is made from what young people say."""
        return self.model.town.levers.learned_share[self.area, 0].item()

    @property
    def usual_venue(self) -> int:
        """The territory in which services would hold the sessions."""
        return int(self.model.town.world.usual_venue[self.area])

    @property
    def menu(self) -> dict[str, float]:
        """1 for each activity on the menu, 0 for the others."""
        town = self.model.town
        return dict(zip(town.world.activity_ids, town.columns.menu[:, self.area, 0].tolist(), strict=True))

    @property
    def expectation(self) -> dict[str, float]:
        """What professionals expect young people to want."""
        town = self.model.town
        return dict(zip(town.world.activity_ids, town.prior[:, 0].tolist(), strict=True))

    @property
    def bespoke_share(self) -> float:
        """Share of the menu that is not the origin's."""
        return self.bespoke_share_of(list(self.menu.values()))

    def bespoke_share_of(self, menu: list[float]) -> float:
        """Share of such a menu, a 1 or 0 for each activity, that is not the origin's."""
        ids = self.model.town.world.activity_ids
        offered = [i for i, on_it in zip(ids, menu, strict=True) if on_it]
        return sum(i not in self.model.scenario.origin_menu for i in offered) / max(len(offered), 1)

    @property
    def young_people(self) -> list[YoungPerson]:
        """The young people of the area."""
        span = self.model.town.world.rows_of(self.area)
        return [self.model.person(row) for row in range(span.start, span.stop)]

    def on_list(self) -> list[tuple[int, YoungPerson]]:
        """Those on the list of this round who still live here, with their position."""
        c = self.model.town.columns
        rows = c.listed[self.area, :, 0].tolist()
        return [
            (n, self.model.person(row))
            for n, row in enumerate(rows)
            if row >= 0 and c.standing[self.area, n, 0] != Standing.GONE
        ]

    def those(self, standing: Standing) -> list[tuple[int, YoungPerson]]:
        """Those on the list who stand like this, with their position."""
        c = self.model.town.columns
        return [(n, person) for n, person in self.on_list() if c.standing[self.area, n, 0] == standing]

    def mentor_of(self, position: int) -> Partner | None:
        """The service whose staff mentor the person at a position of the list."""
        seat = int(self.model.town.columns.mentor[self.area, position, 0])
        return self.partners[seat] if seat >= 0 else None

    @property
    def answered_share(self) -> float:
        """Share of the hours of calls that waited this week which partners answered."""
        total = done = 0.0
        for partner in self.partners:
            total, done = total + partner.waiting, done + partner.answered
        return done / max(total, ENOUGH) if total > 0.0 else 1.0

    def expected_incidents(self) -> tuple[float, float]:
        """Expected incidents of this week, and their background."""
        background = self.model.town.world.background
        people = self.young_people
        return added_up(p.expected for p in people), added_up(background[p.row].item() for p in people)

    def mean_commitment(self) -> float:
        """Mean effective commitment of the partners."""
        total = 0.0
        for partner in self.partners:
            total = total + partner.effective_commitment
        return total / len(self.partners)

    def budget(self) -> float:
        """Hours a week that arrive from now on, without pledges."""
        p = self.model.scenario.purse
        return p.budget * (p.cliff_keeps if self.model.week >= p.cliff_week else 1.0)

    def pledged(self) -> float:
        """Hours that partners put in this week beside the purse."""
        total = 0.0
        for partner in self.partners:
            total = total + partner.hours_to_pledge()
        return total

    @property
    def draws_as_needed(self) -> bool:
        """Whether courses have fixed dates, and hours arrive as they are needed."""
        return self.model.town.draws_as_needed

    def can_pay(self, hours: float) -> bool:
        """Whether the purse covers these hours."""
        return self.draws_as_needed or self.purse + ENOUGH >= hours

    def pay(self, heading: str, hours: float) -> None:
        """Take hours from the purse and enter them in the ledger."""
        if self.draws_as_needed:
            missing = max(hours - self.purse, 0.0)
            self.purse = self.purse + missing
            self.arrived = self.arrived + missing
        self.purse = self.purse - hours
        self.model.town.columns.spent[heading][self.area, 0] += hours
        if heading in ROUND_HEADINGS:
            self.round_hours = self.round_hours - hours

    def in_purse(self, hours: float) -> float:
        """The part of hours given by partners that the purse pays."""
        return hours if self.model.scenario.purse.charge_inkind else 0.0

    def give(self, heading: str, hours: float) -> None:
        """Enter hours that partners put in: paid from the purse, or given."""
        self.pay(heading, self.in_purse(hours))
        self.model.town.columns.in_kind[heading][self.area, 0] += hours - self.in_purse(hours)

    def mark(self, position: int, standing: Standing) -> None:
        """Write down how somebody on the list stands now."""
        self.model.town.columns.standing[self.area, position, 0] = standing

    # --- staff and hours -----------------------------------------------------------------------------------

    @property
    def first_knowledge(self) -> float:
        """How well the process is known where the programme begins: what the arm says, or what a guide gives."""
        p = self.model.scenario.learning
        said = self.model.town.levers.process_knowledge[self.area, 0].item()
        return max(said, self.learns_by("guide") * p.guide_level) * p.travels if self.is_recipient else said

    def lose_mentors_of(self, partner: Partner) -> None:
        """The worker of a service has left: whoever had a mentor from it has none any more."""
        mentor = self.model.town.columns.mentor[self.area, :, 0]
        mentor[mentor == partner.position] = -1

    def lose_trust_between(self) -> None:
        """Where workers have left this week, trust between services goes in part, as may what they spanned."""
        tables, p = self.model.town.world.partners, self.model.scenario.turnover
        between = self.model.town.columns.between
        left = {partner.position for partner in self.partners if partner.worker_left}
        spanner = int(tables.anchor[self.area]) in left
        for pair, (one, other) in enumerate(tables.pairs.T.tolist()):
            own = one in left or other in left
            now = between[self.area, pair, 0].item()
            between[self.area, pair, 0] = partnering.trust_between_left(now, own, spanner, p)

    def lose_knowledge(self) -> None:
        """A part of what was known of the process goes with who led."""
        p = self.model.scenario.turnover
        lost = p.knowledge_lost_with_anchor if self.anchor else p.knowledge_lost_without_anchor
        self.knowledge = partnering.knowledge_after_leaving(self.knowledge, lost)

    def lose_rapport(self) -> None:
        """Nobody knows the lead's worker any more."""
        for person in self.young_people:
            person.contact_weeks = 0

    def receive_hours(self) -> None:
        """The purse of the area fills: a grant in the opening week, then every week's budget and what is pledged."""
        purse, opening = self.model.scenario.purse, self.model.week == self.opens
        if opening:
            self.reported_before = self.reported_last_year
        self.patrol_bought = 0.0
        if not self.is_open:
            return
        if opening:
            self.knowledge = self.first_knowledge
        hours = self.budget() + self.pledged() + (purse.grant if opening else 0.0)
        self.purse = self.purse + hours
        self.arrived = self.arrived + hours
        if self.model.town.levers.patrols[self.area, 0]:
            self.patrol_bought = self.purse
            self.pay("patrol", self.purse)

    def break_off(self) -> None:
        """End a course that nobody will pay for: a broken promise to those in it and to those who were before."""
        p, inside = self.model.scenario.sharing, self.those(Standing.IN)
        in_it = {person.row for _, person in inside}
        for n, person in inside:
            person.experience(self.lead.kind, 0, p.breach_in_course)
            person.dropped_week = self.model.week
            self.mark(n, Standing.DROPPED)
        for person in self.young_people:
            if person.ever_in and person.row not in in_it:
                person.experience(self.lead.kind, 0, p.breach_past)
        self.breaches += len(inside)
        self.end_round()

    def end_round(self) -> None:
        """The round is over."""
        self.stage, self.stage_week = Stage.IDLE, 0
        self.round += 1

    # --- other areas ---------------------------------------------------------------------------------------

    def spare_hours(self) -> float:
        """Hours in the purse that no round under way needs."""
        due = self.budget() * max(self.round_ends - self.model.week - 1, 0)
        needed = 0.0 if self.stage == Stage.IDLE else max(self.round_hours - due, 0.0)
        return max(self.purse - needed, 0.0)


def added_up(values: Iterable[float]) -> float:
    """A sum as whole numbers of a small part, so that no order matters."""
    return sum(int(np.rint(value * FIXED_POINT)) for value in values) / FIXED_POINT
