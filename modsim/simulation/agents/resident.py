"""A resident as a Mesa agent: a window on one row of the residents' columns, with the verbs of the week."""

from typing import TYPE_CHECKING

import mesa

from modsim.rules import neighbouring, trusting
from modsim.simulation.agents.window import window
from modsim.world.draws import binomial_count

if TYPE_CHECKING:
    from modsim.inputs.scenario import Area
    from modsim.simulation.community import Community


class Resident(mesa.Agent):
    """An adult of an area, standing for several: hears of incidents, fears, trusts, would step in or not."""

    model: "Community"

    fear = window("fear", "row", "Fear of young people's incidents, 0-1; one half is usual.")
    efficacy = window("efficacy", "row", "Belief that neighbours would step in, 0-1.")
    good = window("resident_good", "row", "Remembered good experience with services.")
    bad = window("resident_bad", "row", "Remembered bad experience with services.")

    def __init__(self, model: "Community", row: int):
        super().__init__(model)
        self.row = row
        people = model.town.world.residents
        self.area, self.slot = int(people.area[row]), int(people.slot[row])
        self.known = 0  # incidents heard of this week
        self.saw_session = 0  # whether a session was seen this week

    def __repr__(self) -> str:
        return f"<Resident {self.slot} of {self.place.label}, fear {self.fear:.2f}>"

    @property
    def place(self) -> "Area":
        """The area, as the scenario describes it."""
        return self.model.town.world.areas[self.area]

    @property
    def neighbours(self) -> list["Resident"]:
        """The residents they talk to."""
        return [self.model.resident(row) for row in self.model.town.world.residents.ties.of(self.row).tolist()]

    @property
    def trust(self) -> float:
        """Trust in services, 0-1."""
        scenario = self.model.scenario
        return trusting.trust(scenario.residents.start_trust, self.good, self.bad, scenario.trust)

    # --- what they do --------------------------------------------------------------------------------------

    def look_around(self, reported: int, session_held: bool) -> None:
        """Come to know of some of the week's reported incidents, and perhaps of a session; fear more or less."""
        town, p = self.model.town, self.model.scenario.residents
        u = town.world.luck.weekly_uniform("hearing of it", self.area, town.week, self.slot, 0)
        self.known = binomial_count(reported, p.sees, u)
        u = town.world.luck.weekly_uniform("seeing sessions", self.area, town.week, self.slot, 0)
        self.saw_session = int(session_held and u < p.sees)
        self.fear = float(neighbouring.fear_after(self.fear, self.known, town.usually_known[self.area].item(), p))

    def think_again(self, answered_share: float) -> None:
        """Trust services more or less by what was heard and seen, and by what neighbours tell; efficacy follows."""
        scenario = self.model.scenario
        p, q = scenario.residents, scenario.trust
        neighbours = self.neighbours
        told = sum(neighbour.known for neighbour in neighbours)
        told_of_sessions = sum(neighbour.saw_session for neighbour in neighbours)
        good, good_heard = self.known * answered_share + self.saw_session, told * answered_share + told_of_sessions
        self.good = neighbouring.memory_after(self.good, good, good_heard, p, q)
        weight = q.loss_to_gain
        self.bad = neighbouring.memory_after(self.bad, weight * self.known, weight * told, p, q)
        self.efficacy = neighbouring.efficacy_after(self.efficacy, self.fear, self.trust, p)
