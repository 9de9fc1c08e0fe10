"""Numba, set up once: import this only where loops are compiled."""

import sys
from collections.abc import Callable
from typing import Any

import numba
from numba.extending import register_jitable

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
