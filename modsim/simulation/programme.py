"""The programme of one area as a Mesa agent: what its lead, workers and participants do with it week by week."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.rules import attending, designing, inclining, partnering, sharing, spreading, targeting
from modsim.simulation.columns import NEVER, PARTICIPANT_WINDOW_WEEKS, ROUND_HEADINGS, Stage, Standing
from modsim.simulation.partner import Anchor, Partner, free_shares, hours_of_meeting
from modsim.simulation.planning import mean_trust
from modsim.simulation.town import ENOUGH, occasion
from modsim.simulation.window import window
from modsim.simulation.young_person import YoungPerson
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
    together = window("together", "area", "Trust between partners, 0-1.")
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
        scenario = self.model.scenario
        share = self.mean_commitment() / scenario.commitment.reference
        promised = self.power_design if self.learns else 0.0
        return float(partnering.power_in_practice(promised, share, scenario.designing.time_given))

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
        return self._bespoke_share(list(self.menu.values()))

    def _bespoke_share(self, menu: list[float]) -> float:
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
        return self.model.scenario.settings.comparison == "equal_activity"

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

    def _in_purse(self, hours: float) -> float:
        return hours if self.model.scenario.purse.charge_inkind else 0.0

    def give(self, heading: str, hours: float) -> None:
        """Enter hours that partners put in: paid from the purse, or given."""
        self.pay(heading, self._in_purse(hours))
        self.model.town.columns.in_kind[heading][self.area, 0] += hours - self._in_purse(hours)

    def _mark(self, position: int, standing: Standing) -> None:
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

    # --- planning ------------------------------------------------------------------------------------------

    def plan_round(self) -> None:
        """Start a round if its whole cost is in sight and it ends before the horizon."""
        scenario, week = self.model.scenario, self.model.week
        programme = scenario.programme
        ready = self.runs and self.stage == Stage.IDLE and self.is_open
        if not ready or self.round >= programme.rounds:
            return
        plan = _Plan(self)
        weeks_left = self._weeks_left()
        if self.draws_as_needed:
            affordable, full = [programme.places], week + plan.weeks_to_course >= self._course_date()
        else:
            in_sight = self.purse + (self.budget() + self.pledged()) * (plan.weeks - 1) + ENOUGH
            possible = range(programme.minimum_places, programme.places + 1)
            affordable = [n for n in possible if plan.cost(n) <= in_sight]
            full = programme.places in affordable
        if plan.weeks > weeks_left or not affordable or not (full or (plan.weeks == weeks_left and affordable)):
            return
        if self.draws_as_needed and not full:
            return
        self.stage, self.stage_week = Stage.SETUP, 0
        self.places, self.setup_weeks = affordable[-1], plan.setup_weeks
        self.effort, self.meetings_needed, self.meetings_held = plan.effort, plan.meetings, 0.0
        self.round_hours, self.round_ends = plan.cost(self.places), week + plan.weeks
        self.course_weeks, self.sessions_held, self.knowledge = programme.course_weeks, 0, plan.knowledge
        fails = self.model.town.world.luck.uniform("delivery fails", self.area, self.round)
        self.quality = inclining.delivery_quality(fails < scenario.effect.failing_share, scenario.effect)
        self._agree_on_lead()
        c = self.model.town.columns
        if not self.keeps_learning:
            c.signals[:, self.area, 0] = c.venue_votes[:, self.area, 0] = 0
        self.draw_up_list()

    def _weeks_left(self) -> int:
        """Weeks in which a round must end: before the horizon, and before a cut that services know of."""
        p, horizon = self.model.scenario.purse, self.model.scenario.settings.weeks
        ahead = p.cliff_is_known and p.cliff_week > self.model.week
        return (min(p.cliff_week, horizon) if ahead else horizon) - self.model.week

    def _course_date(self) -> float:
        programme = self.model.scenario.programme
        first = float(np.ceil(self.model.town.levers.longest_setup)) + programme.recruitment_waves
        return self.opens + first + self.round * (first + programme.course_weeks)

    def _agree_on_lead(self) -> None:
        """The most committed and trusted of the partners who may lead does."""
        c, may_lead = self.model.town.columns, self.model.town.may_lead[self.area]
        best, standing = -1, -1.0
        for partner in self.partners:
            if may_lead[partner.position]:
                trust = mean_trust(np.array([person.trust_in(partner.kind) for person in self.young_people]))
                score = partnering.lead_score(partner.effective_commitment, trust)
                if score > standing:
                    best, standing = partner.position, score
        if best != c.lead[self.area, 0]:
            c.lead[self.area, 0] = best
            self.lose_rapport()
            if self.round:
                self.lose_knowledge()  # with who led it goes a part of what was known

    def draw_up_list(self) -> None:
        """List the young people of the area by what the lead has seen of them, with the error that lists have."""
        scenario, town, week = self.model.scenario, self.model.town, self.model.week
        everyone, kind = self.young_people, self.lead.kind
        seen_in_group: dict[int, int] = {}
        members: dict[int, int] = {}
        for person in everyone:
            seen_in_group[person.group] = seen_in_group.get(person.group, 0) + person.seen_by(kind)
            members[person.group] = members.get(person.group, 0) + 1
        eligible = [
            person
            for person in everyone
            if self.place.eligible_youngest <= person.age < self.place.eligible_oldest + 1
            and not person.completed
            and week - person.dropped_week >= scenario.programme.retry_after_weeks
        ]
        whole = []
        for person in eligible:
            others = seen_in_group[person.group] - person.seen_by(kind)
            record = targeting.known_record(person.seen_by(kind), others, members[person.group] - 1)
            whole.append(int(np.rint(np.sqrt(record) * 2.0**16)))
        number = max(len(whole), 1)
        mean = float(sum(whole)) / number
        variance = float(sum(k * k for k in whole)) / number - mean * mean
        ranked = []
        for person, k in zip(eligible, whole, strict=True):
            standard = (k - mean) / np.sqrt(variance) if variance > 1e-6 else 0.0
            key = self.area, self.round, person.slot, person.generation
            score = self.model.town.rules.list_score(standard, town.world.luck.normal("list", *key), scenario.targeting)
            ranked.append((-score, town.world.luck.uniform("list tie", *key), person.row))
        rows = [row for _, _, row in sorted(ranked)][: scenario.programme.list_length]
        c = town.columns
        c.listed[self.area, :, 0] = rows + [-1] * (scenario.programme.list_length - len(rows))
        c.ever_listed[rows, 0] = True
        c.standing[self.area, :, 0] = Standing.NOT_ASKED
        c.attended[self.area, :, 0] = 0
        c.serving[self.area, :, 0] = 0.0
        c.mentor[self.area, :, 0] = -1

    # --- set-up --------------------------------------------------------------------------------------------

    def visit_young_people(self) -> None:
        """A week of set-up: visit those who are due, write wishes down; or wait for hours."""
        self.moves_on = False
        if self.stage != Stage.SETUP:
            return
        scenario, town = self.model.scenario, self.model.town
        programme = scenario.programme
        visits = []
        for position, person in self.on_list():
            if position >= programme.contacted:
                continue
            for ordinal in range(programme.contacts_each):
                number = position + programme.contacted * ordinal
                week = number * self.setup_weeks // (programme.contacted * programme.contacts_each)
                if week == self.stage_week:
                    visits.append((person, ordinal, number))
                    break
        hours = len(visits) * programme.contact_hours
        if not self.can_pay(hours):
            self.waited += 1
            return
        self.pay("contacts", hours)
        self.lead.work(hours)
        self.moves_on = True
        bonus = town.trust_bonus[self.lead.kind, self.area, 0].item()
        chance = self.model.town.rules.chance_contact_is_good(bonus, self.power_in_practice(), scenario.trust)
        contacts = max(programme.contacted * programme.contacts_each, 1)
        of_all = min(int(town.levers.signals[self.area, 0]), contacts)
        for person, ordinal, number in visits:
            written = (number + 1) * of_all // contacts > number * of_all // contacts
            good, wish, venue = person.meet_worker(ordinal, chance, written)
            self.model.good_contacts[self.area] += int(good)
            if wish is not None:
                town.columns.signals[town.world.activity_ids.index(wish), self.area, 0] += 1
                town.columns.venue_votes[venue, self.area, 0] += 1

    def meet(self) -> None:
        """Where a menu is designed, keep the links warm, and meet each fortnight with those who come."""
        if self.stage != Stage.SETUP or self.meetings_held + ENOUGH >= self.meetings_needed:
            return
        p, partners = self.model.scenario.designing, self.partners
        each = hours_of_meeting(self)
        links = int(self.model.town.world.partners.links[self.area])
        linking = designing.linking_hours(links, self.learned_share, self.effort, p)
        linking = designing.hours_saved(linking, self.knowledge, p)
        meets = self.stage_week % 2 == 1
        present = self._gather(partners, each) if meets else []
        meeting = len(present) * each
        if not self.can_pay(self._in_purse(linking + meeting)):
            self.waited += int(meets)
            return
        self.give("links", linking)
        self.give("meetings", meeting)
        for partner in partners:
            came = partner in present
            partner.work_on_design(linking / len(partners) + (each if came else 0.0))
        if meets:
            quality = partnering.meeting_quality(len(present) / len(partners), self.knowledge, p)
            self.meetings_held = self.meetings_held + quality
            scale = self.model.scenario.commitment
            self.together = partnering.trust_between_after(self.together, quality, scale)

    def _gather(self, partners: list[Partner], hours_each: float) -> list[Partner]:
        shares = free_shares(partners, hours_each, self.model.scenario.designing.hours_are_pooled)
        if self.anchor is not None:
            return self.anchor.convene(partners, shares)
        return [partner for partner, share in zip(partners, shares, strict=True) if partner.turn_up(share)]

    def learned_shares(self) -> dict[str, float]:
        """What services believe young people want after hearing them."""
        p = self.model.scenario.listening
        signals = self.model.town.columns.signals[:, self.area, 0].tolist()
        return {
            activity: designing.learned_share(number, sum(signals), prior, p)
            for (activity, prior), number in zip(self.expectation.items(), signals, strict=True)
        }

    def choose_menu(self) -> None:
        """Settle the menu and the venue: given, or completed by what young people said."""
        scenario, levers, a = self.model.scenario, self.model.town.levers, self.area
        c = self.model.town.columns
        given = levers.given_menu[:, a, 0].tolist()
        if not self.learns:
            c.menu[:, a, 0] = given
        else:
            voice = designing.voice(self.power_in_practice(), self.knowledge, scenario.listening)
            score = {
                activity: designing.menu_score(learned, self.expectation[activity], voice)
                for activity, learned in self.learned_shares().items()
            }
            menu, without = self._filled(given, score), self._filled(given, self.expectation)
            c.menu[:, a, 0] = list(menu.values())
            self.designs += 1
            self.slots_chosen += scenario.programme.menu_size - int(levers.fixed_slots[a, 0])
            self.slots_wished += sum(bool(menu[i]) and not without[i] for i in menu)
            if self.keeps_learning:
                self.knowledge = partnering.knowledge_after_practice(self.knowledge, scenario.designing)
        votes = c.venue_votes[:, a, 0]
        self.venue = int(np.argmax(votes)) if levers.learns_venue[a, 0] and votes.sum() else self.usual_venue

    def _filled(self, given: list[float], score: dict[str, float]) -> dict[str, float]:
        menu = dict(zip(score, given, strict=True))
        free = sorted((i for i in menu if not menu[i]), key=lambda i: (-score[i], i))
        fixed = int(self.model.town.levers.fixed_slots[self.area, 0])
        for activity in free[: self.model.scenario.programme.menu_size - fixed]:
            menu[activity] = 1.0
        return menu

    # --- invitations ---------------------------------------------------------------------------------------

    def tell_menu(self) -> None:
        """Tell those who were visited what the menu is: some feel unheard if what was named most is not on it."""
        if self.stage != Stage.RECRUITING or self.stage_week != 0 or self.power_design <= 0.0:
            return
        shares = self.learned_shares()
        first = max(shares, key=lambda i: shares[i])
        if not self.menu[first]:
            for position, person in self.on_list():
                if position < self.model.scenario.programme.contacted:
                    person.may_take_ill("left out", 0)

    def ask_young_people(self) -> None:
        """One wave of invitations; places go to those who say yes, in keyed order."""
        if self.stage != Stage.RECRUITING:
            return
        self.moves_on = True
        self.tell_menu()
        already = len(self.those(Standing.IN))
        left = self.places - already
        c = self.model.town.columns
        on_list = int((c.listed[self.area, :, 0] >= 0).sum())
        asked = self.those(Standing.NOT_ASKED)[: max(min(-(-on_list // 3), 2 * left), 0)]
        when = occasion(self.round, self.stage_week)
        willing = [(n, person) for n, person in asked if person.consider_joining()]
        willing.sort(key=lambda pair: pair[1].luck("order of joining", when))
        for n, _ in asked:
            self._mark(n, Standing.DECLINED)
        self.invited += len(asked)
        for turn, (n, person) in enumerate(willing[:left], already):
            self._mark(n, Standing.IN)
            person.ever_in = True
            self.joined += 1
            at = np.array([self.area]), np.array([person.row]), np.array([0])
            self.model.town.records.joined(self.model.town, *at)
            if self.model.scenario.programme.mentor_hours > 0.0:
                c.mentor[self.area, n, 0] = turn % len(self.partners)  # partners take turns in finding a mentor
        for _, person in willing[left:]:
            person.experience(self.lead.kind, 0, 1)
            self.missed_promises += 1

    # --- the course ----------------------------------------------------------------------------------------

    def session_hours(self) -> float:
        """Staff hours of this week's session, mentors not counted."""
        scenario = self.model.scenario
        each = scenario.programme.hours_per_place
        hours = designing.delivery_hours(self.places, self.bespoke_share, each, scenario.designing)
        return sharing.hours_with_peers(hours, self.peer_delivery, scenario.sharing)

    def hear_participants(self) -> None:
        """After a third and two thirds of the course: something else, or more of the same?"""
        self.negotiates = False
        scenario = self.model.scenario
        weeks = scenario.programme.course_weeks
        due = self.stage == Stage.COURSE and self.stage_week in (-(-weeks // 3), -(-2 * weeks // 3))
        if not due or self.power_deliver <= 0.0 or self.heard_in_week == self.stage_week:
            return
        self.heard_in_week = self.stage_week
        when, participants = occasion(self.round, self.stage_week), self.those(Standing.IN)
        votes = dict.fromkeys(self.menu, 0)
        for _, person in participants:
            wish_named, honest = person.say_what_i_want("wish in the course", when)
            votes[wish_named] += int(honest)  # the others say what they think is expected
        p = scenario.sharing
        longer = self.course_weeks - self.stage_week + p.further_weeks
        may_stay = self.course_weeks == weeks and longer <= scenario.settings.weeks - self.model.week
        wish = self._wish_of_the_group(votes, may_stay)
        if wish is None:
            return
        hours_a_week = self.session_hours() + self._in_purse(scenario.programme.mentor_hours * len(participants))
        need = p.negotiation_hours if wish[0] == "swap" else p.further_weeks * hours_a_week
        at_hand = need if self.draws_as_needed else self.purse
        chance = sharing.chance_wish_is_granted(self.power_deliver, at_hand, need)
        if self.model.town.world.luck.uniform("negotiation", self.area, when) >= chance:
            self.refused += 1
            for _, person in participants:
                person.may_take_ill("refused", self.stage_week)
            return
        self.granted += 1
        if wish[0] == "stay":
            self.course_weeks += p.further_weeks
            self.round_ends += p.further_weeks
            self.round_hours += need
            return
        hours = min(need, at_hand)
        self.pay("negotiation", hours)
        self.lead.work(hours)
        menu = self.menu
        menu[wish[1]], menu[wish[2]] = 1.0, 0.0
        self.model.town.columns.menu[:, self.area, 0] = list(menu.values())
        self.negotiates = True

    def _wish_of_the_group(self, votes: dict[str, int], may_stay: bool) -> tuple[str, str, str] | None:
        """Swap one activity in and another out, stay with the same for longer, or nothing."""
        offered = [i for i, on_it in self.menu.items() if on_it]
        given = dict(zip(votes, self.model.town.levers.given_menu[:, self.area, 0].tolist(), strict=True))
        open_ = [i for i in offered if not (self.learns and given[i])]  # what is fixed cannot be swapped
        outside = [i for i in votes if i not in offered]
        if open_ and outside:
            wanted, unwanted = max(outside, key=lambda i: votes[i]), min(open_, key=lambda i: votes[i])
            if votes[wanted] >= votes[unwanted] + self.model.scenario.sharing.negotiation_margin:
                return "swap", wanted, unwanted
        named = sum(votes.values())
        if may_stay and named and 2 * sum(votes[i] for i in offered) >= named:
            return "stay", "", ""
        return None

    def hold_session(self) -> None:
        """One week of the course, if it can be paid and is not given to what participants asked for."""
        self.session_held = False
        if self.stage != Stage.COURSE:
            return
        if self.negotiates:
            self.moves_on = True
            return
        town = self.model.town
        mentored, hours = self._mentors_at_work(), self.session_hours()
        mentoring = len(mentored) * self.model.scenario.programme.mentor_hours
        needed = hours + self._in_purse(mentoring)
        if not self.can_pay(needed) and self.anchor is not None:
            self.anchor.bridge()
        if not self.can_pay(needed):
            no_more = self.model.week >= self.model.scenario.purse.cliff_week and self.budget() + self.pledged() <= 0.0
            if no_more:
                self.break_off()
            else:
                self.waited += 1
            return
        self.pay("delivery", hours)
        self.lead.work(hours)
        self.give("mentoring", mentoring)
        self.moves_on = True
        self.session_held = True
        self.sessions_held += 1
        self.sessions_in_all += 1
        self.sessions_by_peers += self.peer_delivery
        goes_on = self.stage_week + 1 < self.course_weeks  # nobody leaves after the last session
        offered = [i for i, on_it in self.menu.items() if on_it]
        serves = {a.id: a.serves for a in self.model.scenario.activities}
        participants = self.those(Standing.IN)
        came = {n for n, person in participants if person.attend_session(n in mentored)}
        excess = self._how_much_more_active([person for n, person in participants if n in came])
        for n, person in participants:
            leaves = person.consider_leaving(n in mentored)
            mentor = self.mentor_of(n)
            if mentor is not None and n in mentored:
                mentor.work(self.model.scenario.programme.mentor_hours)
            if n in came:
                person.learn_badly(excess, n in mentored)
                town.columns.attended[self.area, n, 0] += 1
                serving = sum(person.goal in serves[i] for i in offered)
                town.columns.serving[self.area, n, 0] += sharing.share_serving_goal(serving, len(offered))
                self.sessions += 1
                if person.first_session == NEVER:
                    person.first_session = self.model.week
                    who = np.array([person.row])
                    town.records.first_sessions(town, np.array([self.area]), who, np.array([0]))
            if goes_on and leaves:
                self._mark(n, Standing.DROPPED)
                person.dropped_week = self.model.week

    def _how_much_more_active(self, came: list[YoungPerson]) -> float:
        """How far the mean lasting log-rate of those who came lies above the area's."""
        world, total = self.model.town.world, 0
        for person in came:
            total += int(np.rint(person.log_rate * FIXED_POINT))
        return total / (max(len(came), 1) * FIXED_POINT) - world.mean_log_rate[self.area].item()

    def _mentors_at_work(self) -> set[int]:
        """Positions of participants whose mentor has the time this week."""
        with_mentor = [(n, self.mentor_of(n)) for n, _ in self.those(Standing.IN)]
        mentees: dict[Partner, int] = {}
        for _, mentor in with_mentor:
            if mentor is not None:
                mentees[mentor] = mentees.get(mentor, 0) + 1
        return {n for n, mentor in with_mentor if mentor is not None and mentor.has_time_for(mentees[mentor])}

    def break_off(self) -> None:
        """End a course that nobody will pay for: a broken promise to those in it and to those who were before."""
        p, inside = self.model.scenario.sharing, self.those(Standing.IN)
        in_it = {person.row for _, person in inside}
        for n, person in inside:
            person.experience(self.lead.kind, 0, p.breach_in_course)
            person.dropped_week = self.model.week
            self._mark(n, Standing.DROPPED)
        for person in self.young_people:
            if person.ever_in and person.row not in in_it:
                person.experience(self.lead.kind, 0, p.breach_past)
        self.breaches += len(inside)
        self._end_round()

    def move_on(self) -> None:
        """End the week: the next week of the stage, or the next stage."""
        scenario, c = self.model.scenario, self.model.town.columns
        self.stage_week += int(self.moves_on)
        participants = self.those(Standing.IN)
        if self.stage == Stage.SETUP:
            if self.stage_week >= self.setup_weeks and self.meetings_held + ENOUGH >= self.meetings_needed:
                self.choose_menu()
                self.stage, self.stage_week = Stage.RECRUITING, 0
        elif self.stage == Stage.RECRUITING and self.stage_week >= scenario.programme.recruitment_waves:
            self.stage, self.stage_week, self.heard_in_week = Stage.COURSE, 0, -1
            if not participants:
                self._end_round()
        elif self.stage == Stage.COURSE and (self.stage_week >= self.course_weeks or not participants):
            for n, person in participants:
                attended = int(c.attended[self.area, n, 0])
                if attending.has_completed(attended, self.sessions_held, scenario.attending):
                    self._mark(n, Standing.COMPLETED)
                    person.complete(attended, c.serving[self.area, n, 0].item())
                else:
                    self._mark(n, Standing.DROPPED)
                    person.dropped_week = self.model.week
            self._end_round()

    def _end_round(self) -> None:
        self.stage, self.stage_week = Stage.IDLE, 0
        self.round += 1

    # --- other areas ---------------------------------------------------------------------------------------

    def spare_hours(self) -> float:
        """Hours in the purse that no round under way needs."""
        due = self.budget() * max(self.round_ends - self.model.week - 1, 0)
        needed = 0.0 if self.stage == Stage.IDLE else max(self.round_hours - due, 0.0)
        return max(self.purse - needed, 0.0)

    def exchange(self, best: float, gap_share: float) -> None:
        """Learn part of what those know who know most."""
        p = self.model.scenario.learning
        self.knowledge = float(spreading.knowledge_after_exchange(self.knowledge, best, gap_share, p))

    def count_reports(self) -> None:
        """Keep the year's reported incidents up to date."""
        now = sum(person.reported for person in self.young_people)
        weeks = self.model.town.columns.reported_weeks
        weeks.setdefault(self.model.week, np.zeros((len(self.model.programmes), 1), dtype=np.int64))[self.area, 0] = now
        old = weeks.get(self.model.week - PARTICIPANT_WINDOW_WEEKS)
        self.reported_last_year += now - (0 if old is None else int(old[self.area, 0]))

    @property
    def apparent_fall(self) -> float:
        """Fall of reported incidents in the last year against that before the opening; 0 in the first year."""
        if not self.is_open or self.model.week - self.opens + 1 < PARTICIPANT_WINDOW_WEEKS:
            return 0.0
        return float(spreading.fall(self.reported_before, self.reported_last_year, 0.0))

    def may_lapse(self) -> None:
        """Perhaps come to an end: more often after a loss, and where no fall was seen in a year."""
        if not self.is_open or not self.is_recipient:
            return
        p, week, cut = self.model.scenario.spread, self.model.week, self.model.scenario.purse.cliff_week
        usual = p.lapse_with_anchor if self.anchor else p.lapse_without_anchor
        after_loss = week - self.lead_lost_week < 26 or 0 <= week - cut < 26
        unseen = week - self.opens >= PARTICIPANT_WINDOW_WEEKS and self.apparent_fall <= 0.0
        u = self.model.town.world.luck.uniform("lapse", self.area, week)
        if u < spreading.chance_of_lapsing(usual, after_loss, unseen, p):
            if self.stage == Stage.COURSE:
                self.break_off()
            self.stage, self.stage_week = Stage.IDLE, 0
            self.lapsed_week = week

    def consider_adopting(self, need: float, heard_of: float) -> None:
        """Perhaps take the programme up next week, on need, readiness and what is heard of others."""
        total = 0.0
        for partner in self.partners:
            trust = mean_trust(np.array([person.trust_in(partner.kind) for person in self.young_people]))
            total = total + partnering.lead_score(partner.effective_commitment, trust)
        rule, readiness = self.model.town.rules.chance_of_adopting, total / len(self.partners)
        chance = rule(need, readiness, heard_of, self.model.scenario.spread)
        if self.model.town.world.luck.uniform("adoption", self.area, self.model.week) < chance:
            self.opens = self.model.week + 1


def added_up(values: Iterable[float]) -> float:
    """A sum as whole numbers of a small part, so that no order matters."""
    return sum(int(np.rint(value * FIXED_POINT)) for value in values) / FIXED_POINT


class _Plan:
    """What the next round of a programme would take."""

    def __init__(self, programme: Programme):
        scenario, levers, a = programme.model.scenario, programme.model.town.levers, programme.area
        p, shape = scenario.designing, scenario.programme
        equal_start = scenario.settings.comparison == "equal_start"
        first, keeps = programme.round == 0, programme.keeps_learning
        starts_with = programme.first_knowledge
        self.effort = 1.0 if first or not (keeps or not programme.learns) else p.refresh
        self.knowledge = programme.knowledge if keeps else starts_with
        self.meetings = designing.full_meetings_needed(programme.learned_share, self.effort, p)
        weeks = levers.longest_setup if equal_start else levers.setup_weeks[a, 0].item()
        known = 0.0 if equal_start else self.knowledge
        learned, given_effort = programme.learned_share, 1.0 if first else p.refresh
        effort = learned * self.effort + (1.0 - learned) * given_effort
        shortest = designing.shortest_setup_weeks(weeks, effort, known, p)
        self.setup_weeks = max(int(np.ceil(shortest - 1e-9)), shape.contacts_each, 1)
        present = 1.0 if p.meetings_are_full else min(programme.mean_commitment(), 1.0)
        quality = partnering.meeting_quality(present, self.knowledge, p)
        meetings = int(np.ceil(self.meetings / max(quality, 0.05) - 1e-9))
        likely = max(self.setup_weeks, 2 * meetings)
        self.weeks = likely + shape.recruitment_waves + shape.course_weeks
        self.weeks_to_course = likely + shape.recruitment_waves
        size = len(programme.partners)
        links = int(programme.model.town.world.partners.links[a])
        linking = likely * designing.linking_hours(links, programme.learned_share, self.effort, p)
        charged = scenario.purse.charge_inkind
        in_meetings = size * p.meeting_hours * self.meetings
        self._design = charged * designing.hours_saved(in_meetings + linking, self.knowledge, p)
        self._contacts = shape.contacted * shape.contacts_each * shape.contact_hours
        given = levers.given_menu[:, a, 0].tolist()
        self._bespoke = programme.learned_share if programme.learns else programme._bespoke_share(given)
        self._mentoring = charged * shape.mentor_hours
        self._scenario, self._peers = scenario, programme.peer_delivery

    def cost(self, places: int) -> float:
        """Hours of the whole round, if every learned activity turned out to be a new one."""
        shape, p = self._scenario.programme, self._scenario.designing
        hours = designing.delivery_hours(places, self._bespoke, shape.hours_per_place, p)
        session = sharing.hours_with_peers(hours, self._peers, self._scenario.sharing) + places * self._mentoring
        return self._contacts + self._design + shape.course_weeks * session
