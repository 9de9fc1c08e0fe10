"""Mesa agents: windows on the columns of one lane, with the verbs of the week.

A `YoungPerson` is one row, a `Partner` one area's lead with its programme. Their attributes are properties that read
and write through `self.model`. With `Community(..., pace="agent")` the week is lived by these verbs, one agent after
another; they use the rules and the draws directly, and give the same numbers as the columns, bit for bit.
"""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.rules import attending, designing, inclining, joining, offending, targeting, trusting
from modsim.simulation.columns import NEVER, PARTICIPANT_WINDOW_WEEKS, Stage, Standing, occasion
from modsim.world.draws import binomial_count, poisson_count

if TYPE_CHECKING:
    from modsim.simulation.community import Community


def _personal(name: str, meaning: str) -> property:
    """An attribute kept in the column of that name, at this person's row."""

    def read(self):
        return getattr(self.model.town.columns, name)[self.row, 0].item()

    def write(self, value):
        getattr(self.model.town.columns, name)[self.row, 0] = value

    return property(read, write, doc=meaning)


def _of_programme(name: str, meaning: str) -> property:
    """An attribute kept in the column of that name, at this area's programme."""

    def read(self):
        return getattr(self.model.town.columns, name)[self.area, 0].item()

    def write(self, value):
        getattr(self.model.town.columns, name)[self.area, 0] = value

    return property(read, write, doc=meaning)


class YoungPerson(mesa.Agent):
    """One young person: interests, trust in the lead, inclination, and what they do in a week."""

    model: "Community"

    good = _personal("good", "Remembered good experience with the lead, in events.")
    bad = _personal("bad", "Remembered bad experience with the lead, in good events' worth.")
    inclination = _personal("inclination", "Deviation from the lasting log-rate; below 0 is calmer.")
    contact_weeks = _personal("contact_weeks", "Weeks in which they were visited.")
    ever_in = _personal("ever_in", "Whether they are or were in the programme.")
    completed = _personal("completed", "Whether they completed a course.")
    dropped_week = _personal("dropped_week", "Week in which they last left a course early.")
    first_session = _personal("first_session", "Week of their first session.")
    good_events = _personal("good_events", "Good experiences this week.")
    bad_events = _personal("bad_events", "Bad experiences this week.")
    benefit = _personal("benefit", "How far this week's session lowers the log-rate.")
    in_course = _personal("in_course", "Whether they are in a course this week.")
    occurred = _personal("occurred", "Incidents they caused this week.")
    reported = _personal("reported", "Those of them that were reported.")
    seen = _personal("seen", "Those of them that the lead saw.")
    seen_in_memory = _personal("seen_in_memory", "Incidents the lead remembers of them.")
    reported_in_window = _personal("reported_in_window", "Reported incidents of the last 52 weeks.")

    def __init__(self, model: "Community", row: int):
        super().__init__(model)
        self.row = row
        world = model.town.world
        self.area = int(world.area[row])
        self.slot = int(world.slot[row])
        self.generation = int(world.generation[row])

    # --- what can be asked ---------------------------------------------------------------------------------

    @property
    def age(self) -> float:
        """Age in years."""
        return self.model.town.world.age[self.row].item()

    @property
    def interests(self) -> dict[str, float]:
        """Share of their wishes by activity id; adds up to 1."""
        world = self.model.town.world
        return dict(zip(world.activity_ids, world.interests[0, self.row].tolist(), strict=True))

    @property
    def support(self) -> float:
        """What they have behind them, 0-1."""
        return self.model.town.world.support[self.row].item()

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
    def lead(self) -> "Partner":
        """The service that leads in their area."""
        return self.model.leads[self.area]

    @property
    def trust(self) -> float:
        """Trust in the lead, 0-1."""
        return trusting.trust(self.good, self.bad)

    def match(self, menu: dict[str, float]) -> float:
        """Share of their wishes that a menu (1 for each activity on it) serves."""
        mine = self.interests
        total = 0.0
        for activity, on_it in menu.items():
            total = total + mine[activity] * on_it
        return total

    def luck(self, what_for: str, when: int) -> float:
        """Their own draw in (0, 1) for one purpose and occasion."""
        return self.model.town.world.luck.uniform(what_for, self.area, when, self.slot, self.generation)

    def _weekly_luck(self, what_for: str) -> float:
        town = self.model.town
        return town.world.luck.weekly_uniform(what_for, self.area, town.week, self.slot, self.generation)

    # --- what they do --------------------------------------------------------------------------------------

    def experience(self, was_good: bool) -> None:
        """Have one good or bad experience with the lead; it counts at the end of the week."""
        if was_good:
            self.good_events += 1
        else:
            self.bad_events += 1

    def meet_worker(self, ordinal: int, chance_good: float, is_written_down: bool) -> str | None:
        """Be visited; returns the wish that is written down, honest or not, if one is."""
        when = occasion(self.lead.round, ordinal)
        self.experience(self.luck("contact", when) < chance_good)
        wish = self._say_what_i_want(when) if is_written_down else None
        self.contact_weeks += 1
        return wish

    def _say_what_i_want(self, when: int) -> str:
        p = self.model.scenario.listening
        chance = designing.chance_signal_is_honest(self.trust, float(self.contact_weeks), p)
        honest = self.luck("honesty", when) < chance
        shares = self.interests if honest else self.lead.expectation
        u, reached = self.luck("wish", when), 0.0
        activities = list(shares)
        for activity in activities[:-1]:
            reached = reached + shares[activity]
            if u < reached:
                return activity
        return activities[-1]

    def consider_joining(self) -> bool:
        """Whether they say yes to this week's invitation."""
        friends = self.friends
        inside = sum(self.model.was_in_last_week(friend) for friend in friends)
        chance = joining.chance_of_joining(
            self.match(self.lead.menu),
            self.trust,
            inside / max(len(friends), 1),
            self.support,
            self.model.scenario.joining,
        )
        return bool(self.luck("joining", occasion(self.lead.round, self.lead.stage_week)) < chance)

    def attend_session(self) -> bool:
        """Come to this week's session or not, and like it or not; returns whether they came."""
        scenario, when = self.model.scenario, occasion(self.lead.round, self.lead.stage_week)
        q = self.match(self.lead.menu)
        self.in_course = True
        comes = bool(self.luck("attending", when) < attending.chance_of_attending(q, scenario.attending))
        if comes:
            chance = trusting.chance_session_is_good(q, self.lead.power_design, scenario.trust)
            self.experience(self.luck("session", when) < chance)
            self.benefit = inclining.benefit_of_session(q, scenario.effect)
        return comes

    def consider_leaving(self) -> bool:
        """Whether they leave the course for good this week."""
        chance = attending.chance_of_dropping_out(
            self.match(self.lead.menu), self.trust, self.model.scenario.attending
        )
        return bool(self.luck("dropping out", occasion(self.lead.round, self.lead.stage_week)) < chance)

    def move_trust(self) -> None:
        """Let old experience fade, and add this week's own and what friends tell of theirs."""
        p, c = self.model.scenario.trust, self.model.town.columns
        heard_good = sum(friend.good_events for friend in self.friends)
        heard_bad = sum(friend.bad_events for friend in self.friends)
        good = trusting.fading(self.good, c.start_good[self.row, 0].item(), p)
        bad = trusting.fading(self.bad, c.start_bad[self.row, 0].item(), p)
        self.good = trusting.good_after(good, self.good_events, heard_good, p)
        self.bad = trusting.bad_after(bad, self.bad_events, heard_bad, p)

    def settle(self) -> None:
        """Drift back towards who they were; a session this week pulls the other way."""
        self.inclination = inclining.inclination_after(self.inclination, self.benefit, self.model.scenario.effect)

    def live(self) -> None:
        """Cause this week's incidents, mostly none."""
        background = self.model.town.world.background[self.row].item()
        mean = offending.incident_rate(background, self.inclination, self.in_course, self.model.scenario.effect)
        self.occurred = poisson_count(mean, self._weekly_luck("incidents"))

    def be_seen(self) -> None:
        """Some of the incidents are reported, and the lead sees some of those."""
        p, c, week = self.model.scenario.reporting, self.model.town.columns, self.model.week
        self.reported = self.seen = 0
        if self.occurred:
            self.reported = binomial_count(self.occurred, p.share, self.luck("reporting", week))
            self.seen = binomial_count(self.reported, p.seen_by(self.lead.type), self.luck("seeing", week))
        at = week % len(c.seen_weeks), self.row, 0
        self.seen_in_memory += self.seen - int(c.seen_weeks[at])
        c.seen_weeks[at] = self.seen
        at = week % PARTICIPANT_WINDOW_WEEKS, self.row, 0
        self.reported_in_window += self.reported - int(c.reported_weeks[at])
        c.reported_weeks[at] = self.reported

    def step(self) -> None:
        """One week of a young person on whom no programme acts (in Mesa's idiom; the model calls the verbs)."""
        self.move_trust()
        self.settle()
        self.live()
        self.be_seen()


class Partner(mesa.Agent):
    """The service that leads in one area: it keeps the purse, draws up the list, visits, designs and delivers."""

    model: "Community"

    stage = _of_programme("stage", "Where the programme stands, a `Stage`.")
    stage_week = _of_programme("stage_week", "Weeks of the stage that are behind it.")
    round = _of_programme("round", "Rounds finished.")
    places = _of_programme("places", "Places of this round.")
    setup_weeks = _of_programme("setup_weeks", "Weeks of set-up of this round.")
    design_hours = _of_programme("design_hours", "Hours of design work of this round.")
    purse = _of_programme("purse", "Hours at hand.")
    arrived = _of_programme("arrived", "Hours that have arrived.")
    waited = _of_programme("waited", "Weeks in which the purse could not pay and the work waited.")
    moves_on = _of_programme("moves_on", "Whether this week's work was done.")
    invited = _of_programme("invited", "Invitations made.")
    joined = _of_programme("joined", "Young people who took a place.")
    sessions = _of_programme("sessions", "Sessions attended.")
    completions = _of_programme("completions", "Courses completed.")
    missed_promises = _of_programme("missed_promises", "Young people who said yes and got no place.")

    def __init__(self, model: "Community", area: int):
        super().__init__(model)
        self.area = area
        self.place = model.town.world.areas[area]

    # --- what can be asked ---------------------------------------------------------------------------------

    @property
    def type(self) -> str:
        """Kind of service, such as "housing"."""
        return self.place.lead

    @property
    def runs(self) -> bool:
        """Whether there is a programme in this area in this arm."""
        return bool(self.model.town.levers.runs[self.area, 0])

    @property
    def power_design(self) -> float:
        """Power over the design shared with young people."""
        return self.model.town.levers.power_design[self.area, 0].item()

    @property
    def menu(self) -> dict[str, float]:
        """1 for each activity on the menu, 0 for the others."""
        town = self.model.town
        return dict(zip(town.world.activity_ids, town.columns.menu[:, self.area, 0].tolist(), strict=True))

    @property
    def expectation(self) -> dict[str, float]:
        """What professionals expect young people to want."""
        town = self.model.town
        return dict(zip(town.world.activity_ids, town.prior.tolist(), strict=True))

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

    def _mark(self, position: int, standing: Standing) -> None:
        self.model.town.columns.standing[self.area, position, 0] = standing

    def pay(self, heading: str, hours: float) -> None:
        """Take hours from the purse and enter them in the ledger."""
        self.purse = self.purse - hours
        self.model.town.columns.spent[heading][self.area, 0] += hours

    def can_pay(self, hours: float) -> bool:
        """Whether the purse covers these hours."""
        return self.purse + 1e-9 >= hours

    # --- what it does --------------------------------------------------------------------------------------

    def receive_hours(self) -> None:
        """The purse of the area fills: a grant in the opening week, then every week's budget."""
        purse, week = self.model.scenario.purse, self.model.week
        if self.runs and week >= self.place.opens_week:
            hours = purse.budget + (purse.grant if week == self.place.opens_week else 0.0)
            self.purse = self.purse + hours
            self.arrived = self.arrived + hours

    def plan_round(self) -> None:
        """Start a round if its whole cost is in sight and it ends before the horizon."""
        scenario, week = self.model.scenario, self.model.week
        programme = scenario.programme
        ready = self.runs and self.stage == Stage.IDLE and week >= self.place.opens_week
        if not ready or self.round >= programme.rounds:
            return
        setup, design, contacts, course = self._expected_work()
        weeks = setup + programme.recruitment_waves + programme.course_weeks
        weeks_left = scenario.settings.weeks - week
        in_sight = self.purse + scenario.purse.budget * (weeks - 1)
        affordable = [
            n
            for n in range(programme.minimum_places, programme.places + 1)
            if contacts + design + programme.course_weeks * course(n) <= in_sight + 1e-9
        ]
        full = programme.places in affordable
        if weeks > weeks_left or not affordable or not (full or weeks == weeks_left):
            return
        self.stage, self.stage_week = Stage.SETUP, 0
        self.places, self.setup_weeks, self.design_hours = affordable[-1], setup, design
        self.draw_up_list()

    def _expected_work(self):
        """Weeks of set-up, hours of design and of contacts, and hours of a session by places, of the next round."""
        scenario, levers, a = self.model.scenario, self.model.town.levers, self.area
        p, programme = scenario.designing, scenario.programme
        learned, knowledge = levers.learned_share[a, 0].item(), levers.process_knowledge[a, 0].item()
        effort = p.refresh if self.round else 1.0
        meetings = designing.full_meetings_needed(learned, effort, p)
        shortest = designing.shortest_setup_weeks(levers.setup_weeks[a, 0].item(), effort, knowledge, p)
        setup = max(int(np.ceil(max(shortest, 2.0 * meetings) - 1e-9)), 1)
        links = p.links(self.place.anchor)
        design = designing.design_hours(meetings, links, setup, learned, effort, knowledge, p)
        contacts = programme.contacted * programme.contacts_each * programme.contact_hours
        given = levers.given_menu[:, a, 0].tolist()
        bespoke = learned if levers.learns[a, 0] else self._bespoke_share(given)

        def course(places: int) -> float:
            return designing.delivery_hours(places, bespoke, programme.hours_per_place, p)

        return setup, design, contacts, course

    def _bespoke_share(self, menu: list[float]) -> float:
        origin = self.model.scenario.origin_menu
        ids = self.model.town.world.activity_ids
        offered = [i for i, on_it in zip(ids, menu, strict=True) if on_it]
        return sum(i not in origin for i in offered) / max(len(offered), 1)

    def draw_up_list(self) -> None:
        """List the young people of the area by what has been seen of them, with the error that lists have."""
        scenario, town, week = self.model.scenario, self.model.town, self.model.week
        everyone = self.young_people
        seen_in_group: dict[int, int] = {}
        members: dict[int, int] = {}
        for person in everyone:
            seen_in_group[person.group] = seen_in_group.get(person.group, 0) + person.seen_in_memory
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
            others = seen_in_group[person.group] - person.seen_in_memory
            record = targeting.known_record(person.seen_in_memory, others, members[person.group] - 1)
            whole.append(int(np.rint(np.sqrt(record) * 2.0**16)))
        number = max(len(whole), 1)
        mean = float(sum(whole)) / number
        variance = float(sum(k * k for k in whole)) / number - mean * mean
        ranked = []
        for person, k in zip(eligible, whole, strict=True):
            standard = (k - mean) / np.sqrt(variance) if variance > 1e-6 else 0.0
            key = self.area, self.round, person.slot, person.generation
            score = targeting.list_score(standard, town.world.luck.normal("list", *key), scenario.targeting)
            ranked.append((-score, town.world.luck.uniform("list tie", *key), person.row))
        rows = [row for _, _, row in sorted(ranked)][: scenario.programme.list_length]
        c = town.columns
        c.listed[self.area, :, 0] = rows + [-1] * (scenario.programme.list_length - len(rows))
        c.standing[self.area, :, 0] = Standing.NOT_ASKED
        c.attended[self.area, :, 0] = 0

    def visit_young_people(self) -> None:
        """A week of set-up: visit those who are due, write wishes down, work on the design; or wait for hours."""
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
        contact_hours, design_hours = len(visits) * programme.contact_hours, self.design_hours / self.setup_weeks
        if not self.can_pay(contact_hours + design_hours):
            self.waited += 1
            return
        self.pay("contacts", contact_hours)
        self.pay("design", design_hours)
        self.moves_on = True
        chance = trusting.chance_contact_is_good(
            scenario.trust.bonus(self.type), self.power_design, scenario.trust
        )
        limit = int(town.levers.signals[self.area, 0])
        for person, ordinal, number in visits:
            wish = person.meet_worker(ordinal, chance, number < limit)
            if wish is not None:
                town.columns.signals[town.world.activity_ids.index(wish), self.area, 0] += 1

    def ask_young_people(self) -> None:
        """One wave of invitations; places go to those who say yes, in keyed order."""
        if self.stage != Stage.RECRUITING:
            return
        self.moves_on = True
        left = self.places - len(self.those(Standing.IN))
        on_list = int((self.model.town.columns.listed[self.area, :, 0] >= 0).sum())
        asked = self.those(Standing.NOT_ASKED)[: max(min(-(-on_list // 3), 2 * left), 0)]
        when = occasion(self.round, self.stage_week)
        willing = [(n, person) for n, person in asked if person.consider_joining()]
        willing.sort(key=lambda pair: pair[1].luck("order of joining", when))
        for n, _ in asked:
            self._mark(n, Standing.DECLINED)
        self.invited += len(asked)
        for n, person in willing[:left]:
            self._mark(n, Standing.IN)
            person.ever_in = True
            self.joined += 1
        for _, person in willing[left:]:
            person.experience(False)
            self.missed_promises += 1

    def hold_session(self) -> None:
        """One week of the course, if it can be paid."""
        if self.stage != Stage.COURSE:
            return
        scenario, town = self.model.scenario, self.model.town
        hours = designing.delivery_hours(
            self.places, self._bespoke_share(list(self.menu.values())), scenario.programme.hours_per_place,
            scenario.designing,
        )  # fmt: skip
        if not self.can_pay(hours):
            self.waited += 1
            return
        self.pay("delivery", hours)
        self.moves_on = True
        for n, person in self.those(Standing.IN):
            if person.attend_session():
                town.columns.attended[self.area, n, 0] += 1
                self.sessions += 1
                if person.first_session == NEVER:
                    person.first_session = self.model.week
                    who = np.array([person.row])
                    town.records.first_sessions(town, np.array([self.area]), who, np.array([0]))
            if person.consider_leaving():
                self._mark(n, Standing.DROPPED)
                person.dropped_week = self.model.week

    def choose_menu(self) -> None:
        """Settle the menu: given, or completed by what young people said."""
        town, a = self.model.town, self.area
        levers, p = town.levers, self.model.scenario.listening
        menu = dict(zip(town.world.activity_ids, levers.given_menu[:, a, 0].tolist(), strict=True))
        if levers.learns[a, 0]:
            signals = town.columns.signals[:, a, 0].tolist()
            voice = designing.voice(self.power_design, levers.process_knowledge[a, 0].item(), p)
            score = {
                activity: designing.menu_score(
                    designing.learned_share(number, sum(signals), prior, p), prior, voice
                )
                for (activity, prior), number in zip(self.expectation.items(), signals, strict=True)
            }
            free = sorted((i for i in menu if not menu[i]), key=lambda i: (-score[i], i))
            for activity in free[: self.model.scenario.programme.menu_size - int(levers.fixed_slots[a, 0])]:
                menu[activity] = 1.0
        town.columns.menu[:, a, 0] = list(menu.values())

    def move_on(self) -> None:
        """End the week: the next week of the stage, or the next stage."""
        scenario, town = self.model.scenario, self.model.town
        programme = scenario.programme
        self.stage_week += int(self.moves_on)
        participants = self.those(Standing.IN)
        if self.stage == Stage.SETUP and self.stage_week >= self.setup_weeks:
            self.choose_menu()
            self.stage, self.stage_week = Stage.RECRUITING, 0
        elif self.stage == Stage.RECRUITING and self.stage_week >= programme.recruitment_waves:
            self.stage, self.stage_week = Stage.COURSE, 0
            if not participants:
                self._end_round()
        elif self.stage == Stage.COURSE and (self.stage_week >= programme.course_weeks or not participants):
            for n, person in participants:
                attended = int(town.columns.attended[self.area, n, 0])
                if attending.has_completed(attended, programme.course_weeks, scenario.attending):
                    self._mark(n, Standing.COMPLETED)
                    person.completed = True
                    self.completions += 1
                else:
                    self._mark(n, Standing.DROPPED)
                    person.dropped_week = self.model.week
            self._end_round()

    def _end_round(self) -> None:
        self.stage, self.stage_week = Stage.IDLE, 0
        self.round += 1
