"""Acts: functions of one entity in plain Python, which drivers run over everybody, compiled where that is on.

An act is an ordinary function; Python calls it as such, to read it or to step through it. A driver is a function that
runs acts over areas and lanes; where loops are compiled, it is compiled with all acts it calls. The bits are the same.
"""

import warnings
from collections.abc import Callable
from functools import cached_property
from inspect import signature
from types import FunctionType
from typing import Any, Protocol

from modsim.compiling.interrupts import hear_what_arrived

_EVERY_ACT: list[Any] = []
_ACTS: list[Any] = []  # those that compiled code cannot call yet
_to_make_ready: list[Callable[[], object]] = []
DRIVERS: list["Driver"] = []
taken_by_another: Callable[[str], bool] | None = None  # set where several processes share the drivers to be compiled


def act[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Let compiled drivers call this function; it stays what it is."""
    _EVERY_ACT.append(function)
    _ACTS.append(function)
    return function


VERBS: dict[str, Callable[..., Any]] = {}


def verb[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """An act that others call by its name in `do`, so that an agent of one's own can do it in another way."""
    VERBS[function.__name__] = function
    return act(function)


def about_whom(act: Callable[..., Any]) -> str:
    """What says, after a town, an area and a lane, whom an act is about: "" if that is the area's programme."""
    fourth = list(signature(act).parameters)[3:4]
    return fourth[0] if fourth and fourth[0] in ("n", "row", "seat", "anchor") else ""


def at_place(columns, place):
    """What stands at a place in each column of a named tuple, as one of the same names."""
    return type(columns)(*(column[place] for column in columns))


def before_compiling(make_ready: Callable[[], object]) -> None:
    """Call this once before any driver is compiled: it says how something is compiled otherwise than as it stands."""
    _to_make_ready.append(make_ready)


# what it is told of who acts is made of the arguments; and the lowest and highest number that it may give
OwnRule = tuple[Callable[..., Any], Callable[..., Any], float, float]


class NonsenseError(ValueError):
    """A rule of somebody's own gave a number that it must not give: its name, and the number."""


class Town(Protocol):
    """What a driver is called with: its columns, and how everybody behaves: the rules and verbs by name."""

    @property
    def state(self) -> Any: ...
    @property
    def place_of_state(self) -> Any: ...
    @property
    def do(self) -> Any: ...
    @property
    def own_rules(self) -> dict[str, OwnRule]: ...
    @property
    def is_compiled(self) -> bool: ...


class Driver:
    """A function that runs acts over areas and lanes: compiled when first called, where that is on.

    It is written as taking the columns of a town, perhaps more, and perhaps what all `do` last; it is called with the
    town and what is more.
    """

    def __init__(self, function: FunctionType):
        self._function = function
        self._takes_doing = "do" in signature(function).parameters
        self._compiled: dict[tuple[OwnRule, ...], Callable[..., Any] | None] = {}  # None where that was not possible
        self.__doc__, self.__name__, self.__module__ = function.__doc__, function.__name__, function.__module__
        self.name = f"{function.__module__}.{function.__qualname__}"
        DRIVERS.append(self)

    def __call__(self, town: Town, *given: Any) -> Any:
        if town.is_compiled:
            place = town.place_of_state
            mine = {name: rule for name, rule in town.own_rules.items() if name in self._names}
            key = tuple(mine.values())
            first = key not in self._compiled
            if first:
                self._compiled[key] = self._compile(town.do, mine, place, given)
            compiled = self._compiled[key]
            if compiled is not None:
                found = compiled(place, *given)
                if first:
                    hear_what_arrived()  # compiling may have taken seconds
                return found
        return self._function(town.state, *given, *([town.do] if self._takes_doing else []))

    @cached_property
    def _names(self) -> set[str]:
        """All names in this function and in the acts that it calls."""
        found: set[str] = set()
        to_look_at: list[Any] = [self._function]
        while to_look_at:
            function = to_look_at.pop()
            for name in set(function.__code__.co_names) - found:
                found.add(name)
                to_look_at += [one for one in _EVERY_ACT if one.__name__ == name]
        return found

    def _compile(self, do: Any, own: dict[str, OwnRule], place: Any, given: Any) -> Callable[..., Any] | None:
        if taken_by_another is not None and taken_by_another(self.name):
            return None
        from modsim.compiling import jit  # only here: Numba is not imported where nothing is compiled

        while _to_make_ready:
            _to_make_ready.pop(0)()
        while _ACTS:
            jit.let_compiled_call(_ACTS.pop())
        jit.let_compiled_call(self._function, makes_columns=True)
        compiled = jit.entry(self._function, vars(do) if self._takes_doing else None, own)
        if own and not jit.can_be_compiled(compiled, place, *given):
            warnings.warn(f"{', '.join(own)}: Numba cannot compile it; the same numbers take some ten times as long",
                          stacklevel=2)  # fmt: skip
            return None
        return compiled


def driver(function: Callable[..., Any]) -> Driver:
    """Make a driver of a function whose first argument is a named tuple of columns."""
    assert isinstance(function, FunctionType)
    return Driver(function)
