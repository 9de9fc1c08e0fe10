"""A young person as a Mesa agent: a window on one row of the columns, with the verbs of the week.

The attributes are properties that read and write through `self.model`. With `Community(..., pace="agent")` the week is
lived by these verbs, one agent after another; they use the rules and the draws directly, and give the same numbers as
the columns, bit for bit.
"""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from modsim.rules import attending, designing, inclining, joining, offending, trusting
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS, occasion
from modsim.simulation.window import window
from modsim.world.draws import binomial_count, poisson_count

if TYPE_CHECKING:
    from modsim.inputs.scenario import Area
    from modsim.simulation.community import Community
    from modsim.simulation.partner import Partner


class YoungPerson(mesa.Agent):
    """One young person: interests, trust in the lead, inclination, and what they do in a week."""

    model: "Community"

    good = window("good", "row", "Remembered good experience with the lead, in events.")
    bad = window("bad", "row", "Remembered bad experience with the lead, in good events' worth.")
    inclination = window("inclination", "row", "Deviation from the lasting log-rate; below 0 is calmer.")
    contact_weeks = window("contact_weeks", "row", "Weeks in which they were visited.")
    ever_in = window("ever_in", "row", "Whether they are or were in the programme.")
    completed = window("completed", "row", "Whether they completed a course.")
    dropped_week = window("dropped_week", "row", "Week in which they last left a course early.")
    first_session = window("first_session", "row", "Week of their first session.")
    good_events = window("good_events", "row", "Good experiences this week.")
    bad_events = window("bad_events", "row", "Bad experiences this week.")
    benefit = window("benefit", "row", "How far this week's session lowers the log-rate.")
    in_course = window("in_course", "row", "Whether they are in a course this week.")
    occurred = window("occurred", "row", "Incidents they caused this week.")
    reported = window("reported", "row", "Those of them that were reported.")
    seen = window("seen", "row", "Those of them that the lead saw.")
    seen_in_memory = window("seen_in_memory", "row", "Incidents the lead remembers of them.")
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
        return dict(zip(world.activity_ids, world.wishes().of(np.array([self.row]))[0].tolist(), strict=True))

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
        chance = attending.chance_of_dropping_out(self.match(self.lead.menu), self.trust, self.model.scenario.attending)
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
            self.seen = binomial_count(self.reported, p.seen_by(self.lead.place.lead), self.luck("seeing", week))
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
