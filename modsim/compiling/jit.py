"""Numba, set up once: import this only where loops are compiled."""

import os
from collections.abc import Callable
from typing import Any

import numba
from numba.extending import register_jitable

from modsim.compiling import folder

try:
    folder().mkdir(parents=True, exist_ok=True)
    _KEEP = os.access(folder(), os.W_OK)
except OSError:
    _KEEP = False
if _KEEP:
    numba.config.CACHE_DIR = str(folder())  # type: ignore[attr-defined]

# No fastmath: the same bits as NumPy. Division by zero gives what NumPy gives, for a check would stop vectorisation.
jit = numba.njit(cache=_KEEP, error_model="numpy", nogil=True)


def usable(*functions: Callable[..., Any]) -> None:
    """Let compiled loops call these functions of plain arithmetic: rules, as they stand."""
    for function in functions:
        register_jitable(function)
