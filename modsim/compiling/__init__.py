"""Whether the hot loops are compiled, and where what was compiled is kept.

`MODSIM_KERNELS=off` does without: the same numbers, slower, and Numba is not even imported.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from modsim.compiling.sources import code_hash

SWITCH = "MODSIM_KERNELS"
PLACE = "MODSIM_CACHE"  # a folder of one's own for what was compiled
_COMPILED = "compiling", "rules", "world", "simulation/kernels"  # all that a compiled loop may be made from


class SwitchError(ValueError):
    """The environment asks for something that there is not; the message says what there is."""


@cache
def is_on() -> bool:
    """Whether the hot loops are to be compiled.

    Raises
    ------
    SwitchError
        when the environment variable says neither on nor off.
    """
    said = os.environ.get(SWITCH, "on").strip().lower()
    if said not in ("on", "off", ""):
        raise SwitchError(f"{SWITCH} is {said!r}; it must be on (the default) or off")
    return said != "off"


@cache
def folder() -> Path:
    """Where compiled loops are kept: one folder for each state of the code they are made from.

    Numba looks only at the file a loop stands in; a rule changed elsewhere would be missed. Hence the sources' hash.
    """
    home = os.environ.get(PLACE) or _usual_place()
    return Path(home) / "kernels" / code_hash(_COMPILED)


@cache
def is_kept() -> bool:
    """Whether what was compiled can be kept; where it cannot, each process compiles anew."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        return os.access(folder(), os.W_OK)
    except OSError:
        return False


def still_to_do() -> str | None:
    """What to tell somebody who waits, if the loops must be compiled before the first week; None if they need not."""
    if not is_on() or (is_kept() and any(folder().rglob("*.nbi"))):
        return None
    what = "The first run compiles the model's loops, which takes a quarter of a minute or so"
    if is_kept():
        return f"{what}; they are kept in {folder()} for later ones."
    return (
        f"{what}, and so will every run: they cannot be kept in {folder()}. Give a folder that can be written to in "
        f"{PLACE}, or do without compiling by {SWITCH}=off."
    )


def _usual_place() -> str:
    """The user's folder for what can be made again; a temporary one where there is none to write to."""
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    place = Path(base) / "modsim"
    try:
        place.mkdir(parents=True, exist_ok=True)
        writable = os.access(place, os.W_OK)
    except OSError:
        writable = False
    return str(place) if writable else os.path.join(tempfile.gettempdir(), f"modsim-{os.environ.get('USER', 'cache')}")
