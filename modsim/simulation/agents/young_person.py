"""A young person as a Mesa agent: a window on one row of the columns, with the verbs of the week.

The attributes are properties that read and write through `self.model`. With `Community(..., pace="agent")` the week is
lived by these verbs, one agent after another; they use the rules and the draws directly, and give the same numbers as
the columns, bit for bit.
"""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.inputs.scenario import GOALS, Goal
from modsim.rules import excitement, inclining, offending, policing, sharing, trusting
from modsim.simulation.agents.window import window
from modsim.simulation.experience import BAD, GOOD
from modsim.simulation.town import occasion
from modsim.world.draws import HIGHEST_MEAN, binomial_count, poisson_count

if TYPE_CHECKING:
    from modsim.inputs.scenario import Area
    from modsim.simulation.agents.partner import Partner
    from modsim.simulation.agents.programme import Programme
    from modsim.simulation.community import Community


class YoungPerson(mesa.Agent):
    """One young person: interests, trust in services, inclination, and what they do in a week."""

    model: "Community"

    inclination = window("inclination", "row", "Deviation from the lasting log-rate; below 0 is calmer.")
    lasting = window("lasting", "row", "What work or training has changed for good in the log-rate, so far.")
    lasting_target = window("lasting_target", "row", "And what it will have changed.")
    contact_weeks = window("contact_weeks", "row", "Weeks in which the lead's worker visited them.")
    ever_in = window("ever_in", "row", "Whether they are or were in the programme.")
    completed = window("completed", "row", "Whether they completed a course.")
    completed_week = window("completed_week", "row", "Week in which they completed it.")
    completed_match = window("completed_match", "row", "Share of their wishes that its last menu served.")
    stayed_on = window("stayed_on", "row", "Whether that course went on with more of the same.")
    dropped_week = window("dropped_week", "row", "Week in which they last left a course early.")
    first_session = window("first_session", "row", "Week of their first session.")
    benefit = window("benefit", "row", "How far this week's session lowers the log-rate.")
    in_course = window("in_course", "row", "Whether they are in a course this week.")
    occurred = window("occurred", "row", "Incidents they caused this week.")
    reported = window("reported", "row", "Those of them that were reported.")
    reported_in_window = window("reported_in_window", "row", "Reported incidents of the last 52 weeks.")

    def __init__(self, model: "Community", row: int):
        super().__init__(model)
        self.row = row
        world = model.town.world
        self.area = int(world.area[row])
        self.slot = int(world.slot[row])
        self.generation = int(world.generation[row])

    def __repr__(self) -> str:
        return f"<YoungPerson {self.slot} of {self.place.label}, aged {int(self.age)}, trust {self.trust:.2f}>"

    # --- what can be asked ---------------------------------------------------------------------------------

    @property
    def place(self) -> "Area":
        """The area they live in, as the scenario describes it."""
        return self.model.town.world.areas[self.area]

    @property
    def age(self) -> float:
        """Age in years."""
        return self.model.town.world.age[self.row].item()

    @property
    def interests(self) -> dict[str, float]:
        """Share of their wishes by activity id; adds up to 1."""
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
    def programme(self) -> "Programme":
        """The programme of their area."""
        return self.model.programmes[self.area]

    @property
    def lead(self) -> "Partner":
        """The service that leads in their area."""
        return self.programme.lead

    @property
    def trust(self) -> float:
        """Trust in the lead, 0-1."""
        return self.trust_in(self.lead.kind)

    def trust_in(self, kind: int) -> float:
        """Trust in a type of service, by its position among those at the tables, 0-1."""
        town = self.model.town
        good, bad = town.columns.experience.of(kind, self.row, 0).tolist()
        return trusting.trust(town.trust_start[kind, self.area, 0].item(), good, bad, self.model.scenario.trust)

    def seen_by(self, kind: int) -> int:
        """Incidents that a type of service remembers of them."""
        return int(self.model.town.columns.seen_in_memory[kind, self.row, 0])

    @property
    def offer(self) -> dict[str, float]:
        """1 for each activity they are offered, 0 for the others: the shared menu, or a plan of their own."""
        programme, c = self.programme, self.model.town.columns
        if not programme.is_individual:
            return programme.menu
        position = int(np.argmax(c.listed[self.area, :, 0] == self.row))
        plan = c.plan[:, self.area, position, 0].astype(float).tolist()
        return dict(zip(self.model.town.world.activity_ids, plan, strict=True))

    def match(self, menu: dict[str, float]) -> float:
        """Share of their wishes that a menu (1 for each activity on it) serves, unless that is not to count."""
        p = self.model.scenario.effect
        if not p.match_counts:
            return p.match_reference
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

    def experience(self, kind: int, good: int, bad: int) -> None:
        """Have good and bad experiences with a type of service; they count at the end of the week."""
        mine = self.model.experiences.setdefault(self.row, {})
        so_far = mine.get(kind, (0, 0))
        mine[kind] = so_far[0] + good, so_far[1] + bad

    def meet_worker(self, ordinal: int, chance_good: float, is_written_down: bool) -> tuple[bool, str | None, int]:
        """Be visited; whether it went well, the wish that is written down, honest or not, and the venue named."""
        when = occasion(self.programme.round, ordinal)
        good = bool(self.luck("contact", when) < chance_good)
        self.experience(self.lead.kind, int(good), int(not good))
        wish, venue = None, self.programme.usual_venue
        if is_written_down:
            wish, honest = self.say_what_i_want("wish", when)
            venue = self.territory if honest else venue
        self.contact_weeks += 1
        return good, wish, venue

    def say_what_i_want(self, what_for: str, when: int) -> tuple[str, bool]:
        """An activity they say they want, and whether they say so honestly."""
        scenario = self.model.scenario
        earlier = scenario.designing.time_given * self.contact_weeks
        chance = self.model.town.rules.chance_signal_is_honest(self.trust, earlier, scenario.listening)
        honest = bool(self.luck(f"{what_for}: honest", when) < chance)
        shares = self.interests if honest else self.programme.expectation
        u, reached = self.luck(what_for, when), 0.0
        activities = list(shares)
        for activity in activities[:-1]:
            reached = reached + shares[activity]
            if u < reached:
                return activity, honest
        return activities[-1], honest

    def may_take_ill(self, what: str, ordinal: int) -> None:
        """Perhaps take it ill that power was promised and not given."""
        chance = self.model.scenario.sharing.tokenism_chance
        if self.luck(what, occasion(self.programme.round, ordinal)) < chance:
            self.experience(self.lead.kind, 0, 1)
            self.programme.tokenism += 1

    def consider_joining(self) -> bool:
        """Whether they say yes to this week's invitation."""
        friends = self.friends
        inside = sum(self.model.was_in_last_week(friend) for friend in friends)
        chance = self.model.town.rules.chance_of_joining(
            self.match(self.offer),
            self.trust,
            inside / max(len(friends), 1),
            self.support,
            self.territory != self.programme.venue,
            self.model.scenario.joining,
        )
        when = occasion(self.programme.round, self.programme.stage_week)
        return bool(self.luck("joining", when) < chance) or self.programme.is_compulsory

    def attend_session(self, mentored: bool) -> bool:
        """Come to this week's session or not, and like it or not; returns whether they came."""
        scenario, programme = self.model.scenario, self.programme
        when = occasion(programme.round, programme.stage_week)
        q, compelled = self.match(self.offer), programme.is_compulsory
        self.in_course = True
        comes = bool(self.luck("attending", when) < self.model.town.rules.chance_of_attending(q, scenario.attending))
        if comes:
            chance = self.model.town.rules.chance_session_is_good(
                q, programme.power_in_practice(), programme.peer_delivery, compelled, scenario.trust
            )
            good = bool(self.luck("session", when) < chance)
            self.experience(self.lead.kind, int(good), int(not good))
            faithful = inclining.fidelity(programme.bespoke_share_of(list(self.offer.values())), scenario.effect)
            self.benefit = self.model.town.rules.benefit_of_session(
                q, faithful, programme.quality, mentored, compelled, scenario.effect
            )
            self.benefit *= scenario.programme.dose
        return comes

    def consider_leaving(self, mentored: bool) -> bool:
        """Whether they leave the course for good this week."""
        programme = self.programme
        chance = self.model.town.rules.chance_of_dropping_out(
            self.match(self.offer), self.trust, mentored, programme.is_compulsory, self.model.scenario.attending
        )
        return bool(self.luck("dropping out", occasion(programme.round, programme.stage_week)) < chance)

    def learn_badly(self, excess: float, mentored: bool) -> None:
        """Pick up what more active peers do, the less the session is wanted and watched."""
        programme, p = self.programme, self.model.scenario.peers
        q = self.match(self.offer)
        rule = self.model.town.rules.deviancy_of_session
        self.benefit -= (
            float(rule(excess, q, mentored, programme.peer_delivery, p)) * self.model.scenario.programme.dose
        )

    def complete(self, attended: int, serving: float) -> None:
        """Be among those who completed, perhaps with one's own goal reached."""
        scenario, programme = self.model.scenario, self.programme
        self.completed = True
        self.completed_week = self.model.week
        self.completed_match = self.match(self.offer)
        self.stayed_on = programme.course_weeks > scenario.programme.course_weeks
        programme.completions += 1
        chance = sharing.chance_goal_is_reached(serving, attended, scenario.afterwards)
        programme.goals += int(self.luck("own goal reached", occasion(programme.round, 0)) < chance)

    def find_destination(self) -> None:
        """Perhaps find work or training half a year after completing; it changes them for good, bit by bit."""
        p = self.model.scenario.afterwards
        if self.completed_week != self.model.week - p.destination_weeks:
            return
        if self.luck("destination", 0) < sharing.chance_of_destination(self.completed_match, self.stayed_on, p):
            self.lasting_target -= p.destination_effect
            self.programme.destinations += 1

    def move_trust(self) -> None:
        """Let old experience fade, and add this week's own and what friends tell of theirs."""
        p, none = self.model.scenario.trust, (0, 0)
        memory = self.model.town.columns.experience
        for kind in range(len(memory.apart)):
            memory.set_apart(kind, self.row)
        own = self.model.experiences.get(self.row, {})
        told = [self.model.experiences[friend.row] for friend in self.friends if friend.row in self.model.experiences]
        for side, after in ((GOOD, trusting.good_after), (BAD, trusting.bad_after)):
            total = sum(events[side] for events in own.values())
            for kind in range(len(memory.apart)):
                mine = own.get(kind, none)[side]
                heard = sum(events.get(kind, none)[side] for events in told)
                faded = trusting.fading(memory.own[side, kind, self.row, 0].item(), p)
                if own or told:
                    faded = after(faded, mine, total - mine, heard, p)
                memory.own[side, kind, self.row, 0] = faded

    def be_stopped(self, police: int, known: int, all_known: int, youths: int, patrol_hours: float) -> None:
        """Perhaps be stopped by the police; what is felt to be unfair leaves a mark."""
        p = self.model.scenario.policing
        mean = policing.stops_expected(known, all_known, youths, patrol_hours, p)
        stops = poisson_count(mean, self._weekly_luck("stops"))
        if stops:
            fair = binomial_count(stops, p.stop_good, self.luck("fair stop", self.model.week))
            self.experience(police, fair, stops - fair)
            self.benefit -= p.labelling * (stops - fair)

    @property
    def trust_gained(self) -> float:
        """How far their mean trust in the services of the area lies above where it started."""
        town, total = self.model.town, 0.0
        for kind, present in enumerate(town.world.partners.has_kind[self.area].tolist()):
            total = total + self.trust_in(kind) * present
        return total / int(town.services_present[self.area, 0]) - town.mean_start[self.area, 0].item()

    def settle(self) -> None:
        """Drift back towards who they were; friends pull, and this week's sessions and stops tell."""
        scenario, friends, total = self.model.scenario, self.friends, 0.0
        for friend in friends:
            total = total + self.model.inclination_last_week(friend)
        weight = inclining.weight_of_friends(self.age, scenario.peers)
        pull = inclining.pull_of_friends(self.inclination, total, len(friends), weight, scenario.peers)
        start = self.model.town.mean_start[self.area, 0].item()
        self.lasting = inclining.lasting_after(self.lasting, self.lasting_target, scenario.effect)
        slowed = inclining.reversion_slowed(self.inclination, self.trust_gained, start, scenario.order)
        self.inclination = float(
            self.model.town.rules.inclination_after(self.inclination, slowed, pull, self.benefit, scenario.effect)
        )

    def live(self, efficacy: float, deterred: float, excited: float) -> None:
        """Cause this week's incidents, mostly none; some are serious."""
        scenario, town = self.model.scenario, self.model.town
        background = town.world.background[self.row].item() * (1.0 + town.columns.displaced[self.area, 0].item())
        moved = self.inclination + self.lasting
        held = offending.restraint(self.trust_gained, efficacy, deterred, scenario.order)
        mean = self.model.town.rules.incident_rate(
            background, moved, held, self.in_course, excited, scenario.effect, scenario.excitation
        )
        mean = min(float(mean), HIGHEST_MEAN)
        self.expected = mean
        self.occurred = poisson_count(mean, self._weekly_luck("incidents"))
        if self.occurred:
            chance = excitement.chance_serious(excited, mean, scenario.excitation)
            serious = binomial_count(self.occurred, chance, self.luck("serious", self.model.week))
            town.serious[self.area, 0] += serious

    def be_seen(self, chance_reported: float) -> list[int]:
        """Some of the incidents are reported; returns how many of those each type of service sees."""
        town, week = self.model.town, self.model.week
        self.reported = 0
        if self.occurred:
            self.reported = binomial_count(self.occurred, chance_reported, self.luck("reporting", week))
        return [
            binomial_count(self.reported, share, self.luck(f"seeing: {kind}", week)) if self.reported else 0
            for kind, share in zip(town.world.partners.kinds, town.seen_share.tolist(), strict=True)
        ]
