"""What makes an agent a window on the columns of a town: its attributes and verbs come from the declarations."""

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any

import mesa

from modsim.compiling.acts import VERBS, about_whom
from modsim.simulation.state import PROGRAMME_WEEKLY, Entity, State

if TYPE_CHECKING:
    from modsim.inputs.scenario import Area
    from modsim.simulation.agents import Programme
    from modsim.simulation.community import Community


def windows(*entities: Entity) -> Callable[[type], type]:
    """Give agents the attributes that are declared for their entities."""

    def with_windows(agents: type) -> type:
        for entity in entities:
            for name, said in entity.attributes.items():
                if not hasattr(agents, name):
                    setattr(agents, name, _window(name, said.meaning))
        return agents

    return with_windows


def _window(name: str, meaning: str) -> property:
    def read(agent: Any) -> Any:
        return agent.column(name)[(*agent.at, 0)].item()

    def write(agent: Any, value: Any) -> None:
        agent.column(name)[(*agent.at, 0)] = value
        agent.model.was_changed(agent)

    return property(read, write, doc=meaning)


def does(*whom: str) -> Callable[[type], type]:
    """Give agents the verbs that are about them, as `about_whom` says."""

    def with_verbs(agents: type) -> type:
        for name, act in VERBS.items():
            if about_whom(act) in whom and not hasattr(agents, name):
                setattr(agents, name, _verb(act))
        return agents

    return with_verbs


def _verb(act: Callable[..., Any]) -> Any:
    """An act as a method: it is told who acts, and how everybody behaves where it needs that."""
    whom, needs_do = about_whom(act), "do" in signature(act).parameters

    def method(agent: Any, *given: Any) -> Any:
        who = () if whom in ("", "n") else (getattr(agent, whom),)
        return act(agent.model.town.state, agent.area, 0, *who, *given, *([agent.model.do] if needs_do else []))

    method.__doc__, method.__name__ = act.__doc__, act.__name__
    return method


def experience_for(value: float, start: float, p: Any) -> tuple[float, float]:
    """The good and bad experience that make trust what it is to be: only good, or only bad one, beyond the start."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"trust is {value!r}; it must lie between 0 and 1, both excluded")
    weight = p.prior_strength
    if value >= start:
        return weight * (value - start) / (1.0 - value), 0.0
    return 0.0, weight * (start - value) / value


class Agent(mesa.Agent):
    """What all agents have in common: the area they belong to, and where they stand in the columns."""

    model: "Community"
    area: int
    at: tuple[int, ...]  # in the columns

    def column(self, name: str) -> Any:
        """The column behind one of its attributes, lanes last."""
        town = self.model.town
        return town.now[name] if name in PROGRAMME_WEEKLY.attributes else getattr(town.columns, name)

    if TYPE_CHECKING:  # windows and verbs are given when the class is made

        def __getattr__(self, name: str) -> Any: ...

    def remove(self) -> None:
        """Refused: nobody can be taken out of a community.

        Raises
        ------
        NotImplementedError
            always, saying what to do instead.
        """
        raise NotImplementedError(
            "nobody can be removed from a Community: areas keep their number of people and partners, who leave only by "
            "growing out; change the area's population or the partners in the scenario"
        )

    def leave(self) -> None:
        """Be replaced by another agent; only the calendar does that."""
        super().remove()

    @property
    def place(self) -> "Area":
        """The area, as the scenario describes it."""
        return self.model.town.world.areas[self.area]

    @property
    def programme(self) -> "Programme":
        """The programme of the area."""
        return self.model.programmes[self.area]

    @property
    def _state(self) -> State:
        return self.model.town.state
