"""Numba, set up once: import this only where loops are compiled."""

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import cgutils, imputils
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, overload, register_jitable

from modsim.compiling import folder, is_kept
from modsim.compiling.acts import NonsenseError, OwnRule, at_place

if is_kept():
    numba.config.CACHE_DIR = str(folder())  # type: ignore[attr-defined]  # made at import: no type knows it

# No fastmath: the same bits as NumPy. Division by zero gives what NumPy gives, for a check would stop vectorisation.
_USUAL: dict[str, Any] = {"error_model": "numpy", "nogil": True}
jit = numba.njit(cache=is_kept(), **_USUAL)

# Called by other loops only, so compiled without a way in from Python; it makes no arrays, so no references to those
# it is given are counted, which took longer than what many a short loop does.
_WITHOUT: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
inner = numba.njit(**_USUAL, **_WITHOUT)

# Put into each loop that calls it before that is optimised: a function of its own would be vectorised within, not
# over the loop.
woven_in = numba.njit(cache=is_kept(), **_USUAL, inline="always")


def usable(*rules: Callable[..., Any]) -> Callable[[], bool]:
    """Let compiled loops call these functions of plain arithmetic.

    What comes back says whether they are still the ones that were compiled, or somebody put one of their own in place.
    """
    for rule in rules:
        register_jitable(rule)
    places = [(sys.modules[rule.__module__], rule.__name__, rule) for rule in rules]
    return lambda: all(getattr(module, name) is rule for module, name, rule in places)


def let_compiled_call(act: Callable[..., Any], makes_columns: bool = False) -> None:
    """Let compiled loops call a function, which stays what it is for Python; only some may make columns."""
    register_jitable(**_USUAL, **({} if makes_columns else _WITHOUT))(act)


@intrinsic
def _at_place(_: Any, columns: types.NamedTuple, place: Any) -> Any:
    found = types.NamedTuple([column.dtype for column in columns.types], columns.instance_class)

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        at = context.cast(builder, given[1], place, types.intp)
        values = []
        for n, kind in enumerate(columns.types):
            column = context.make_array(kind)(context, builder, builder.extract_value(given[0], n))
            pointer = cgutils.get_item_pointer(context, builder, kind, column, [at], wraparound=False)
            values.append(context.unpack_value(builder, kind.dtype, pointer))
        return context.make_tuple(builder, found, values)

    return found(columns, place), generate


@overload(at_place, jit_options=_USUAL | _WITHOUT)  # type: ignore[arg-type]  # its type knows fewer options
def _found_at_place(columns, place):
    return lambda columns, place: _at_place(columns, place)  # type: ignore[call-arg]  # Numba gives the first


class _Reference(types.Type):
    """Columns (a named tuple) where they lie: acts that are handed a hundred columns are slower than what they do."""

    def __init__(self, of: Any):
        self.of = of
        super().__init__(name=f"Reference({of.name})")

    @property
    def mangling_args(self) -> tuple[str, tuple[Any, ...]]:
        # the name in full would be thousands of letters long; the number is given by Numba's class of types
        return "Reference", (self._code,)  # type: ignore[attr-defined]


@register_default(_Reference)
class _ReferenceModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Reference):
        super().__init__(manager, kind, manager.lookup(kind.of).get_value_type().as_pointer())


@infer_getattr
class _ColumnOfReference(AttributeTemplate):
    key = _Reference

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]  # typed as not there
        return kind.of.types[kind.of.fields.index(name)] if name in kind.of.fields else None


@lower_getattr_generic(_Reference)
def _column_of_reference(context: Any, builder: Any, kind: _Reference, value: Any, name: str) -> Any:
    place = kind.of.fields.index(name)
    column = builder.load(cgutils.gep_inbounds(builder, value, 0, place))
    return imputils.impl_ret_borrowed(context, builder, kind.of.types[place], column)


def _unowned(builder: Any, kind: Any, value: Any) -> Any:
    """Columns as they are but for who owns them: whoever laid them down keeps them alive."""
    for n, part in enumerate(kind.types):
        inner_value = builder.extract_value(value, n)
        if isinstance(part, types.BaseTuple):
            inner_value = _unowned(builder, part, inner_value)
        else:  # first in an array stand its memory's owner and its Python object
            for place in (0, 1):
                owner = builder.extract_value(inner_value, place)
                inner_value = builder.insert_value(inner_value, cgutils.get_null_value(owner.type), place)
        value = builder.insert_value(value, inner_value, n)
    return value


@intrinsic
def _lay_down(_: Any, columns: types.NamedTuple, place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        to = context.make_array(signature.args[1])(context, builder, given[1]).data
        unowned = _unowned(builder, columns, given[0])
        builder.store(unowned, builder.bitcast(to, unowned.type.as_pointer()))
        return context.get_dummy_value()

    return types.none(columns, place), generate


@jit
def _lay(columns, place):
    _lay_down(columns, place)  # type: ignore[call-arg]  # Numba gives the first


@cache
def _way_to_lay() -> Callable[..., None]:
    return next(iter(_lay.overloads.values())).entry_point


def _words(columns: Any) -> int:
    """Words of memory that columns take to describe."""
    return sum(_words(column) if isinstance(column, tuple) else 5 + 2 * column.ndim for column in columns)


def laid_down(columns: Any, before: Any = None) -> Any:
    """Where drivers find columns (a named tuple of arrays), which must be kept alive meanwhile.

    So the way from Python into a driver is a short one; to take a hundred columns out of Python takes longer than what
    many a driver does, and so does compiling it. `before` is where columns of the very same types were laid down: they
    are laid down there again.
    """
    if before is not None:  # past the dispatcher, which would look at every type
        _way_to_lay()(columns, before)
        return before
    place = np.empty(_words(columns), dtype=np.int64)
    _lay(columns, place)
    if len(_lay.signatures) > 1:
        raise TypeError("columns of a town are laid out otherwise than in the one before")  # drivers are built for one
    return place


class _Conduct(types.Opaque):
    """The rules of behaviour and the verbs, built into what is compiled with them."""

    def __init__(self, doing: dict[str, Callable[..., Any]], own: dict[str, OwnRule]):
        self._compiled = {name: inner(rule) for name, rule in doing.items() if name not in own}
        self._compiled |= {name: _checked(name, *rule) for name, rule in own.items()}  # types do not keep them alive
        self.rules = {name: numba.typeof(rule) for name, rule in self._compiled.items()}
        super().__init__(name=f"Conduct({', '.join(str(id(rule)) for rule in self._compiled.values())})")

    @property
    def mangling_args(self) -> tuple[str, tuple[Any, ...]]:
        return "Conduct", (self._code,)  # type: ignore[attr-defined]  # given by Numba's class of types


register_default(_Conduct)(models.OpaqueModel)


@infer_getattr
class _Rule(AttributeTemplate):
    key = _Conduct

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]  # typed as not there
        return kind.rules.get(name)


@lower_getattr_generic(_Conduct)
def _rule(context: Any, builder: Any, kind: _Conduct, value: Any, name: str) -> Any:
    return context.get_dummy_value()  # which function is called follows from its type


_WITH: dict[str, Any] = {"_nrt": True}  # an error that says something needs it; else a caller's word would hold


def _checked(
    name: str, rule: Callable[..., Any], who: Callable[..., Any], lowest: float, highest: float
) -> Callable[..., Any]:
    """A rule of somebody's own, compiled, with what it gives looked at."""
    theirs = numba.njit(**_USUAL, **_WITH)(rule)

    @numba.njit(**_USUAL, **_WITH)
    def safe(*given):
        found = np.float64(theirs(who(*given[:-1]), given[-1]))
        if not (lowest <= found <= highest and abs(found) < np.inf):
            raise NonsenseError(name, found)
        return found

    return safe


def can_be_compiled(function: Any, place: Any, *given: Any) -> bool:
    """Whether Numba can compile what `entry` gave for such arguments."""
    try:
        function.compile((numba.typeof(place), types.StarArgTuple(tuple(map(numba.typeof, given)))))
    except numba.core.errors.NumbaError:
        return False
    return True


def entry(
    function: Callable[..., Any], doing: dict[str, Callable[..., Any]] | None, own: dict[str, OwnRule]
) -> Callable[..., Any]:
    """The way from Python into a compiled driver: from where columns were laid down; what all do is built in."""
    columns, conduct = _Reference(_lay.signatures[0][0]), _Conduct(doing or {}, own)

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
    return numba.njit(**_USUAL)(way) if own else jit(way)


def _with_doing(place, *given):
    return function(at(place), *given, built_in())  # type: ignore[name-defined,call-arg]  # noqa: F821


def _without_doing(place, *given):
    return function(at(place), *given)  # type: ignore[name-defined]  # noqa: F821
