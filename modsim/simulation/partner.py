"""A partner that leads in one area, as a Mesa agent: a window on the area's programme, with the verbs of the week."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.rules import attending, designing, targeting, trusting
from modsim.simulation.columns import NEVER, Stage, Standing, occasion
from modsim.simulation.window import window
from modsim.simulation.young_person import YoungPerson

if TYPE_CHECKING:
    from modsim.simulation.community import Community


class Partner(mesa.Agent):
    """The service that leads in one area: it keeps the purse, draws up the list, visits, designs and delivers."""

    model: "Community"

    stage = window("stage", "area", "Where the programme stands, a `Stage`.")
    stage_week = window("stage_week", "area", "Weeks of the stage that are behind it.")
    round = window("round", "area", "Rounds finished.")
    places = window("places", "area", "Places of this round.")
    setup_weeks = window("setup_weeks", "area", "Weeks of set-up of this round.")
    design_hours = window("design_hours", "area", "Hours of design work of this round.")
    purse = window("purse", "area", "Hours at hand.")
    arrived = window("arrived", "area", "Hours that have arrived.")
    waited = window("waited", "area", "Weeks in which the purse could not pay and the work waited.")
    moves_on = window("moves_on", "area", "Whether this week's work was done.")
    invited = window("invited", "area", "Invitations made.")
    joined = window("joined", "area", "Young people who took a place.")
    sessions = window("sessions", "area", "Sessions attended.")
    completions = window("completions", "area", "Courses completed.")
    missed_promises = window("missed_promises", "area", "Young people who said yes and got no place.")

    def __init__(self, model: "Community", area: int):
        super().__init__(model)
        self.area = area
        self.place = model.town.world.areas[area]

    def __repr__(self) -> str:
        return f"<Partner {self.type}, leading in {self.place.label}>"

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
        return dict(zip(town.world.activity_ids, town.prior[:, 0].tolist(), strict=True))

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

    def _expected_work(self) -> tuple[int, float, float, Callable[[int], float]]:
        """Weeks of set-up, hours of design and of contacts, and hours of a session by places, of the next round."""
        scenario, levers, a = self.model.scenario, self.model.town.levers, self.area
        p, programme = scenario.designing, scenario.programme
        learned, knowledge = levers.learned_share[a, 0].item(), levers.process_knowledge[a, 0].item()
        effort = p.refresh if self.round else 1.0
        meetings = designing.full_meetings_needed(learned, effort, p)
        shortest = designing.shortest_setup_weeks(levers.setup_weeks[a, 0].item(), effort, knowledge, p)
        setup = max(int(np.ceil(max(shortest, 2.0 * meetings) - 1e-9)), programme.contacts_each, 1)
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
            scenario.trust.bonus(self.place.lead, self.place.anchor), self.power_design, scenario.trust
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
        goes_on = self.stage_week + 1 < scenario.programme.course_weeks  # nobody leaves after the last session
        for n, person in self.those(Standing.IN):
            if person.attend_session():
                town.columns.attended[self.area, n, 0] += 1
                self.sessions += 1
                if person.first_session == NEVER:
                    person.first_session = self.model.week
                    who = np.array([person.row])
                    town.records.first_sessions(town, np.array([self.area]), who, np.array([0]))
            if goes_on and person.consider_leaving():
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
                activity: designing.menu_score(designing.learned_share(number, sum(signals), prior, p), prior, voice)
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
