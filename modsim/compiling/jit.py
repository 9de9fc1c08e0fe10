"""Numba, set up once: import this only where loops are compiled."""

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import cgutils, imputils
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, register_jitable

from modsim.compiling import folder, is_kept

if is_kept():
    numba.config.CACHE_DIR = str(folder())  # type: ignore[attr-defined]  # made at import: no type knows it

# No fastmath: the same bits as NumPy. Division by zero gives what NumPy gives, for a check would stop vectorisation.
jit = numba.njit(cache=is_kept(), error_model="numpy", nogil=True)

# Called by other loops only, so compiled without a way in from Python; it makes no arrays, so no references to those
# it is given are counted, which took longer than what many a short loop does.
_WITHOUT: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
inner = numba.njit(error_model="numpy", nogil=True, **_WITHOUT)

# Put into each loop that calls it before that is optimised: a function of its own would be vectorised within, not
# over the loop.
woven_in = numba.njit(cache=is_kept(), error_model="numpy", nogil=True, inline="always")


def usable(*rules: Callable[..., Any]) -> Callable[[], bool]:
    """Let compiled loops call these functions of plain arithmetic.

    What comes back says whether they are still the ones that were compiled, or somebody put one of their own in place.
    """
    for rule in rules:
        register_jitable(rule)
    places = [(sys.modules[rule.__module__], rule.__name__, rule) for rule in rules]
    return lambda: all(getattr(module, name) is rule for module, name, rule in places)


def let_compiled_call(act: Callable[..., Any]) -> None:
    """Let compiled loops call a function, which stays what it is for Python."""
    register_jitable(error_model="numpy", nogil=True, **_WITHOUT)(act)


class _Reference(types.Type):
    """Columns (a named tuple) where they lie: acts that are handed a hundred columns are slower than what they do."""

    def __init__(self, of: Any):
        self.of = of
        super().__init__(name=f"Reference({of.name})")

    @property
    def mangling_args(self) -> tuple[str, tuple[Any, ...]]:
        return "Reference", (self._code,)  # type: ignore[attr-defined]  # the name in full would be thousands of letters long


@register_default(_Reference)
class _ReferenceModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Reference):
        super().__init__(manager, kind, manager.lookup(kind.of).get_value_type().as_pointer())


@infer_getattr
class _ColumnOfReference(AttributeTemplate):
    key = _Reference

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.of.types[kind.of.fields.index(name)] if name in kind.of.fields else None


@lower_getattr_generic(_Reference)
def _column_of_reference(context: Any, builder: Any, kind: _Reference, value: Any, name: str) -> Any:
    place = kind.of.fields.index(name)
    column = builder.load(cgutils.gep_inbounds(builder, value, 0, place))
    return imputils.impl_ret_borrowed(context, builder, kind.of.types[place], column)


@intrinsic
def _lay_down(_: Any, columns: types.NamedTuple, place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        to = context.make_array(signature.args[1])(context, builder, given[1]).data
        builder.store(given[0], builder.bitcast(to, given[0].type.as_pointer()))
        return context.get_dummy_value()

    return types.none(columns, place), generate


@jit
def _lay(columns, place):
    _lay_down(columns, place)  # type: ignore[call-arg]


def laid_down(columns: Any) -> Any:
    """Where drivers find columns (a named tuple of arrays), which must be kept alive meanwhile.

    So the way from Python into a driver is a short one; to take a hundred columns out of Python takes longer than what
    many a driver does, and so does compiling it.
    """
    place = np.empty(sum(5 + 2 * column.ndim for column in columns), dtype=np.int64)
    _lay(columns, place)
    if len(_lay.signatures) > 1:
        raise TypeError("columns of a town are laid out otherwise than in the one before")  # drivers are built for one
    return place


class _Conduct(types.Opaque):
    """The rules of behaviour and the verbs, built into what is compiled with them."""

    def __init__(self, doing: dict[str, Callable[..., Any]]):
        self._compiled = {name: inner(rule) for name, rule in doing.items()}  # types do not keep them alive
        self.rules = {name: numba.typeof(rule) for name, rule in self._compiled.items()}
        super().__init__(name=f"Conduct({', '.join(str(id(rule)) for rule in doing.values())})")

    @property
    def mangling_args(self) -> tuple[str, tuple[Any, ...]]:
        return "Conduct", (self._code,)  # type: ignore[attr-defined]


register_default(_Conduct)(models.OpaqueModel)


@infer_getattr
class _Rule(AttributeTemplate):
    key = _Conduct

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.rules.get(name)


@lower_getattr_generic(_Conduct)
def _rule(context: Any, builder: Any, kind: _Conduct, value: Any, name: str) -> Any:
    return context.get_dummy_value()  # which function is called follows from its type


def entry(function: Callable[..., Any], doing: dict[str, Callable[..., Any]] | None) -> Callable[..., Any]:
    """The way from Python into a compiled driver: from where columns were laid down; what all do is built in."""
    columns, conduct = _Reference(_lay.signatures[0][0]), _Conduct(doing or {})

    @intrinsic
    def at(_: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, given[0]).data
            return builder.bitcast(data, context.get_value_type(columns))

        return columns(place), generate

    @intrinsic
    def built_in(_: Any) -> Any:
        return conduct(), lambda context, builder, signature, given: context.get_dummy_value()

    template = _without_doing if doing is None else _with_doing
    names = {"function": function, "built_in": built_in, "at": at}
    way = FunctionType(template.__code__, names, function.__name__)
    way.__module__, way.__qualname__ = function.__module__, function.__qualname__  # the name under which it is kept
    return jit(way)


def _with_doing(place, *given):
    return function(at(place), *given, built_in())  # type: ignore[name-defined,call-arg]  # noqa: F821


def _without_doing(place, *given):
    return function(at(place), *given)  # type: ignore[name-defined]  # noqa: F821
