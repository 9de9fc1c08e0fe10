"""Acts: functions of one entity in plain Python, which drivers run over everybody, compiled where that is on.

An act is an ordinary function; Python calls it as such, to read it or to step through it. A driver is a function that
runs acts over areas and lanes; where loops are compiled, it is compiled with all acts it calls, and gives the same bits.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from modsim import compiling

_ACTS: list[Callable[..., Any]] = []
_registered: set[Callable[..., Any]] = set()


def act[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Let compiled drivers call this function; it stays what it is."""
    _ACTS.append(function)
    return function


def in_place[T](columns: T) -> T:
    """What a driver says of its first argument, so that acts are handed a reference and not a hundred columns."""
    return columns


class Driver:
    """A function that runs acts over areas and lanes: compiled when first called, where that is on."""

    def __init__(self, function: FunctionType):
        self._function = function
        self._compiled: Callable[..., Any] | None = None
        self.__doc__, self.__name__, self.__module__ = function.__doc__, function.__name__, function.__module__

    def __call__(self, columns: Any, *given: Any) -> Any:
        if not compiling.is_on():
            return self._function(columns, *given)
        if self._compiled is None:
            self._compiled = _compiled(self._function)
        return self._compiled(columns, *given)


def driver(function: Callable[..., Any]) -> Driver:
    """Make a driver of a function whose first argument is a named tuple of columns."""
    assert isinstance(function, FunctionType)
    return Driver(function)


def _compiled(function: FunctionType) -> Callable[..., Any]:
    from modsim.compiling import jit  # only here: Numba is not imported where nothing is compiled

    for one in _ACTS:
        if one not in _registered:
            jit.let_compiled_call(one)
            _registered.add(one)
    return jit.jit(function)
