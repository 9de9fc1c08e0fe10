"""One future of one arm as a Mesa model, with young people, partners, anchor organisations and programmes as agents."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from inspect import signature
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import mesa
import networkx as nx
import numpy as np
from mesa.experimental.scenarios import Scenario as MesaScenario

from modsim.compiling.acts import VERBS, about_whom
from modsim.inputs.mechanisms import as_it_runs
from modsim.inputs.reading import load_scenario
from modsim.inputs.scenario import Scenario
from modsim.simulation import drive
from modsim.simulation.agents import Anchor, Partner, Programme, Resident, YoungPerson
from modsim.simulation.records import Records, is_counted, weekly_measures
from modsim.simulation.rulebook import Rules, check_rules, what_all_do
from modsim.simulation.town import Town
from modsim.simulation.week import live_one_week
from modsim.world.ties import Ties
from modsim.world.young_people import World

_KINDS = YoungPerson, Resident, Partner, Anchor, Programme
_PLAIN = {"__init__", "__repr__"}  # what is no verb


class GivenScenario(MesaScenario):
    """A scenario as Mesa's tools know them, with every table as an attribute; `content` is the scenario itself."""

    content: Scenario

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "content" not in vars(self):
            raise AttributeError(f"a scenario has no {name!r}")
        return getattr(self.content, name)


class Community(mesa.Model):
    """The areas of a scenario under one arm: `step()` lives one week, `run_for(weeks)` several.

    Parameters
    ----------
    scenario : the scenario, from `modsim.load_scenario`
    arm : name of one of its arms
    replicate : number of the replicate; the same number has the same random numbers in every arm
    seed : replaces the scenario's seed
    pace : "week" moves all columns at once; "agent" lets every agent act by its own verbs. Both give the same
        numbers, bit for bit; "agent" is some hundred times slower and can be followed with a debugger.
    ties : friendships in place of the drawn ones: a NetworkX graph whose nodes are 0 ... n-1, one for each person, or
        a file of GraphML or of edges (see `modsim scenario ties`)
    rules : rules of behaviour of your own in place of the model's (see `Rules`)
    rng : the same as `seed`, as Mesa calls it
    agents : classes of your own, each a subclass of `YoungPerson`, `Resident`, `Partner`, `Anchor` or `Programme`, in
        whose place it stands; verbs of theirs take effect with the pace "agent"
    intervene : called with the model before each week from week 0; what it sets acts from that week

    Attributes
    ----------
    scenario : what was given, as Mesa knows scenarios: every table is an attribute, and the whole is its `content`
    week : the week lived last; the model starts with its history behind it, in week -1
    young_people, residents, partners, anchors, all_programmes : Mesa agent sets
    programmes : the programme of every area, in the order of the scenario
    datacollector : a Mesa `DataCollector` of the weekly measures, summed or averaged over new areas

    Raises
    ------
    ValueError
        when the scenario has no such arm, there is no such pace, the graph does not fit, or a class of agents of your
        own is none of these or would have no effect.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        arm: str,
        replicate: int = 0,
        seed: int | None = None,
        pace: Literal["week", "agent"] = "week",
        ties: nx.Graph | Path | None = None,
        rules: Rules | None = None,
        rng: int | None = None,
        agents: Sequence[type[mesa.Agent]] = (),
        intervene: Callable[["Community"], object] | None = None,
    ):
        if isinstance(scenario, str | Path):
            scenario = load_scenario(scenario)
        if isinstance(scenario, GivenScenario):
            scenario = scenario.content
        if arm not in scenario.arms:
            raise ValueError(f"there is no arm {arm!r}; the arms are {', '.join(scenario.arms)}")
        _check_pace(pace)
        if rules is not None:
            check_rules(rules, several_processes=False)
        if seed is not None and rng is not None:
            raise ValueError(f"seed is {seed!r} and rng is {rng!r}; give one of them, they mean the same")
        seed = rng if seed is None else seed
        if seed is not None and (not isinstance(seed, int | np.integer) or seed < 0):
            raise ValueError(f"seed is {seed!r}; it must be a whole number from 0")
        self._agent_classes = _classes(agents, pace)
        luck_seed = scenario.settings.seed if seed is None else int(seed)
        scenario = as_it_runs(scenario)
        # Mesa's own generator; the model's luck is keyed and never uses it
        super().__init__(scenario=GivenScenario(rng=luck_seed, content=scenario))
        self._intervene, self._was_changed = intervene, False
        self.arm, self.replicate = arm, replicate
        world = World(scenario, luck_seed, [replicate], _given_ties(ties, scenario.young_people))
        records = Records(scenario, len(scenario.areas), 1)
        self.town = drive.settled(Town(world, [scenario.arms[arm]], [scenario], records, rules=rules))
        for week in range(-scenario.settings.history_weeks, 0):
            live_one_week(self.town, week)  # agents are made when it is over
        areas, partners = range(len(scenario.areas)), self.town.world.partners
        person, resident, partner, anchor, programme = (self._agent_classes[kind] for kind in _KINDS)
        self._tables = [[partner(self, area, seat) for seat in range(partners.size[area])] for area in areas]
        self._anchors = [anchor(self, area) if partners.anchor[area] >= 0 else None for area in areas]
        self.programmes = [programme(self, area) for area in areas]
        self._people = [person(self, row) for row in range(self.town.world.rows)]
        self._residents = [resident(self, row) for row in range(self.town.world.residents.rows)]
        self.town.model = self
        self.pace = pace
        known = [name for name in weekly_measures(scenario) if not name.endswith("_reference")]  # one lane has no other
        reporters = {name: [self.recorded, [name]] for name in known}
        self.datacollector = mesa.DataCollector(model_reporters={"week": "week", **reporters})

    @property
    def pace(self) -> str:
        """Who acts: "week" for all columns at once, "agent" for every agent by its own verbs; may be set on the way."""
        return "agent" if self.town.by_agents else "week"

    @pace.setter
    def pace(self, pace: str) -> None:
        _check_pace(pace)
        if pace != self.pace:
            self.town.go_by_agents(pace == "agent")

    @property
    def week(self) -> int:
        """The week lived last."""
        return self.town.week

    @property
    def young_people(self) -> mesa.agent.AgentSet:
        """All young people, as a Mesa agent set."""
        return self.agents_by_type[self._agent_classes[YoungPerson]]

    @property
    def partners(self) -> mesa.agent.AgentSet:
        """The services at the tables of all areas, as a Mesa agent set."""
        return self.agents_by_type[self._agent_classes[Partner]]

    @property
    def residents(self) -> mesa.agent.AgentSet:
        """The residents of all areas, as a Mesa agent set."""
        return self.agents_by_type[self._agent_classes[Resident]]

    def resident(self, row: int) -> Resident:
        """The resident at a row."""
        return self._residents[row]

    @property
    def anchors(self) -> mesa.agent.AgentSet:
        """The anchor organisations, as a Mesa agent set; empty where no area has one."""
        return self.agents.select(agent_type=Anchor)

    @property
    def all_programmes(self) -> mesa.agent.AgentSet:
        """The programme of every area, as a Mesa agent set."""
        return self.agents_by_type[self._agent_classes[Programme]]

    def table(self, area: int) -> list[Partner]:
        """The services at the table of an area."""
        return self._tables[area]

    def anchor_of(self, area: int) -> Anchor | None:
        """The anchor organisation of an area, where there is one."""
        return self._anchors[area]

    def person(self, row: int) -> YoungPerson:
        """The young person at a row."""
        return self._people[row]

    def friendships(self) -> nx.Graph:
        """The ties between young people as a NetworkX graph; its nodes are rows.

        Each has its area, group, whether it is of a core group (`in_core`), age, trust and inclination, and whether
        somebody is or was in the programme (`ever_in`).
        """
        graph = self.town.world.friendships()
        for row, node in graph.nodes.items():
            person = self.person(row)
            node.update({name: getattr(person, name) for name in ("age", "trust", "inclination", "ever_in")})
        return graph

    def network(self) -> nx.Graph:
        """The same with the partners of each area, tied to each other and, if they lead, to those on the list.

        Every node has a `kind` ("young person" or "partner") and a place to be drawn at, `pos`: groups of an area in
        a ring, partners within.
        """
        graph = self.friendships()
        for programme in self.programmes:
            centre = np.array([3.0 * programme.area, 0.0])
            groups = defaultdict(list)
            for person in programme.young_people:
                groups[person.group].append(person.row)
            for k, members in enumerate(groups.values()):
                around = centre + _on_a_ring(k, len(groups))
                for j, row in enumerate(members):
                    pos = tuple(around + 0.15 * _on_a_ring(j, len(members)))
                    graph.nodes[row].update(kind="young person", pos=pos)
            for k, partner in enumerate(programme.partners):
                pos = tuple(centre + 0.3 * _on_a_ring(k, len(programme.partners)))
                graph.add_node(partner, kind="partner", pos=pos, area=programme.place.id)
            graph.add_edges_from(combinations(programme.partners, 2))
            graph.add_edges_from((programme.lead, person.row) for _, person in programme.on_list())
        return graph

    def step(self) -> None:
        """Live one week."""
        if self.week + 1 >= self.scenario.settings.weeks:
            horizon = self.scenario.settings.weeks
            raise RuntimeError(f"the horizon is reached: settings.weeks = {horizon}; set more there to go on")
        if self._intervene is not None:
            self._intervene(self)
        if self._was_changed:
            self._was_changed = False
            drive.settled(self.town)
        live_one_week(self.town, self.week + 1)
        self.running = self.week + 1 < self.scenario.settings.weeks
        self.datacollector.collect(self)

    def welcome(self, rows: list[int]) -> None:
        """Replace the agents of rows that newcomers now hold."""
        for row in rows:
            self._people[row].leave()
            self._people[row] = self._agent_classes[YoungPerson](self, row)

    def was_changed(self, agent: mesa.Agent) -> None:
        """Something about an agent was set by hand: means are worked out again before the next week."""
        self._was_changed = True
        if isinstance(agent, YoungPerson):
            town = self.town
            town.changed[agent.row] = town.touched[agent.row] = town.completers[agent.row] = True

    @cached_property
    def do(self) -> SimpleNamespace:
        """The rules of behaviour, and verbs that ask the agents to do what they do."""
        found = what_all_do(self.town.rules)
        for name, act in VERBS.items():
            setattr(found, name, self._ask(name, act))
        return found

    def _ask(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """A verb that asks the agent whom it is about; agents know by themselves how everybody behaves."""
        whom, last = about_whom(act), -1 if "do" in signature(act).parameters else None

        def ask(town: Any, area: int, lane: int, *given: Any) -> Any:
            given = given[:last]
            if whom == "n":  # somebody on the referral list
                return getattr(self.person(town.listing[area, lane, given[0]].listed), name)(*given)
            if whom == "row":
                return getattr(self.person(given[0]), name)(*given[1:])
            if whom == "seat":
                return getattr(self.table(area)[given[0]], name)(*given[1:])
            agent = self.anchor_of(area) if whom == "anchor" else self.programmes[area]
            return agent and getattr(agent, name)(*given[1 if whom else 0 :])

        return ask

    def recorded(self, measure: str) -> float:
        """A weekly measure over all new areas in the week lived last: a sum, or a mean over areas."""
        recipients = self.town.fixed["areas"].is_recipient
        place = weekly_measures(self.scenario).index(measure)
        values = self.town.records.weekly[self.week, recipients, 0, place]
        return float(values.sum() if is_counted(measure, self.scenario) else values.mean())


def _given_ties(given: nx.Graph | Path | None, people: int) -> Ties | None:
    return Ties.read(given, people) if isinstance(given, Path) else None if given is None else Ties.from_networkx(given)


def _check_pace(pace: str) -> None:
    if pace not in ("week", "agent"):
        raise ValueError(f"pace is {pace!r}; it must be 'week' or 'agent'")


def _on_a_ring(k: int, number: int) -> np.ndarray:
    angle = 2.0 * np.pi * k / number
    return np.array([np.cos(angle), np.sin(angle)])


def _classes(given: Sequence[type[mesa.Agent]], pace: str) -> dict[type[mesa.Agent], Any]:
    """The class of agents for each kind: the model's, or somebody's own."""
    found: dict[type[mesa.Agent], Any] = {kind: kind for kind in _KINDS}
    for own in given:
        kinds = [kind for kind in _KINDS if isinstance(own, type) and issubclass(own, kind)]
        if not kinds:
            names = ", ".join(kind.__name__ for kind in _KINDS)
            raise ValueError(f"agents holds {own!r}; each must be a subclass of one of {names}")
        if found[kinds[0]] is not kinds[0]:
            raise ValueError(f"agents holds {found[kinds[0]].__name__} and {own.__name__}; give one class of each kind")
        verbs = sorted(set(vars(own)) & {name for name, there in vars(kinds[0]).items() if callable(there)} - _PLAIN)
        if pace != "agent" and verbs:
            raise ValueError(f'{own.__name__}.{verbs[0]} takes effect only with pace="agent"; give that')
        found[kinds[0]] = own
    return found
