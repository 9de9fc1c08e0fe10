"""Acts: functions of one entity in plain Python, which drivers run over everybody, compiled where that is on.

An act is an ordinary function; Python calls it as such, to read it or to step through it. A driver is a function that
runs acts over areas and lanes; where loops are compiled, it is compiled with all acts it calls. The bits are the same.
"""

from collections.abc import Callable
from inspect import signature
from types import FunctionType
from typing import Any, Protocol

from modsim import compiling

_ACTS: list[Callable[..., Any]] = []
_to_make_ready: list[Callable[[], object]] = []


def act[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Let compiled drivers call this function; it stays what it is."""
    _ACTS.append(function)
    return function


VERBS: dict[str, Callable[..., Any]] = {}


def verb[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """An act that others call by its name in `do`, so that an agent of one's own can do it in another way."""
    VERBS[function.__name__] = function
    return act(function)


def before_compiling(make_ready: Callable[[], object]) -> None:
    """Call this once before any driver is compiled: it says how something is compiled otherwise than as it stands."""
    _to_make_ready.append(make_ready)


class Town(Protocol):
    """What a driver is called with: its columns, and how everybody behaves: the rules and verbs by name.

    `is_usual` says that those are the model's own, as they stand in the sources.
    """

    @property
    def state(self) -> Any: ...
    @property
    def place_of_state(self) -> Any: ...
    @property
    def do(self) -> Any: ...
    @property
    def is_usual(self) -> bool: ...


class Driver:
    """A function that runs acts over areas and lanes: compiled when first called, where that is on.

    It is written as taking the columns of a town, perhaps more, and perhaps what all `do` last; it is called with the
    town and what is more.
    """

    def __init__(self, function: FunctionType):
        self._function = act(function)
        self._takes_doing = "do" in signature(function).parameters
        self._compiled: Callable[..., Any] | None = None
        self.__doc__, self.__name__, self.__module__ = function.__doc__, function.__name__, function.__module__

    def __call__(self, town: Town, *given: Any) -> Any:
        if not compiling.is_on() or not town.is_usual:
            return self._function(town.state, *given, *([town.do] if self._takes_doing else []))
        place = town.place_of_state
        if self._compiled is None:
            self._compiled = self._compile(vars(town.do) if self._takes_doing else None)
        return self._compiled(place, *given)

    def _compile(self, doing: dict[str, Callable[..., Any]] | None) -> Callable[..., Any]:
        from modsim.compiling import jit  # only here: Numba is not imported where nothing is compiled

        while _to_make_ready:
            _to_make_ready.pop()()
        while _ACTS:
            jit.let_compiled_call(_ACTS.pop())
        return jit.entry(self._function, doing)


def driver(function: Callable[..., Any]) -> Driver:
    """Make a driver of a function whose first argument is a named tuple of columns."""
    assert isinstance(function, FunctionType)
    return Driver(function)
