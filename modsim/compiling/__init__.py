"""Whether the hot loops are compiled, and where what was compiled is kept.

`MODSIM_KERNELS=off` does without: the same numbers, slower, and Numba is not even imported.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from modsim.compiling.sources import code_hash

SWITCH = "MODSIM_KERNELS"
PLACE = "MODSIM_CACHE"  # a folder of one's own for what was compiled
_COMPLETE = "complete"
_KEPT_STATES = 4
_COMPILED = "compiling", "rules", "world", "inputs", "simulation"  # all that a compiled loop may be made from


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
    return said != "off" and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")  # Numba's own switch


@cache
def folder() -> Path:
    """Where compiled loops are kept: one folder for each state of the code they are made from.

    Numba looks only at the file a loop stands in; a rule changed elsewhere would be missed. Hence the sources' hash.
    """
    home = os.environ.get(PLACE) or _usual_place()
    return Path(home) / "kernels" / code_hash(_COMPILED)


@cache
def is_kept() -> bool:
    """Whether what was compiled can be kept; where it cannot, each process compiles anew.

    What is kept is code that will be run, so it is neither read from nor written to a folder that belongs to somebody
    else or that others can write to.
    """
    try:
        for place in (folder().parent, folder()):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.access(folder(), os.W_OK) and all(map(_is_own, (folder(), folder().parent, folder().parents[1])))
    except OSError:
        return False


def _is_own(place: Path) -> bool:
    """Whether nobody but this user can put files into a folder (on Windows the user's profile sees to that)."""
    if not hasattr(os, "getuid"):
        return True
    found = place.stat()
    return found.st_uid == os.getuid() and not found.st_mode & 0o022


def is_complete() -> bool:
    """Whether everything was compiled once, and kept."""
    return (folder() / _COMPLETE).exists()


def set_complete() -> None:
    """Say so, and throw away what was kept of all but the latest states of the code."""
    (folder() / _COMPLETE).touch()
    with suppress(FileNotFoundError):  # another process tidies at the same time
        states = sorted(folder().parent.iterdir(), key=lambda state: state.stat().st_mtime)
        for state in set(states[:-_KEPT_STATES]) - {folder()}:
            shutil.rmtree(state, ignore_errors=True)


def still_to_do() -> str | None:
    """What to tell somebody who waits, if the loops must be compiled before the first week; None if they need not."""
    if not is_on() or (is_kept() and is_complete()):
        return None
    what = "The first run compiles the model's loops, which takes about half a minute"
    if is_kept():
        return f"{what}; they are kept in {folder()} for later ones."
    return (
        f"{what}, and so will every run: they cannot be kept in {folder()}, which you cannot write to or others can. "
        f"Give a folder of your own in {PLACE}, or do without compiling by {SWITCH}=off."
    )


def _usual_place() -> str:
    """The user's folder for what can be made again; a temporary one where there is none to write to."""
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    place = Path(base) / "modsim"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(place, os.W_OK)
    except OSError:
        writable = False
    if writable:
        return str(place)
    mine = Path(tempfile.gettempdir()) / f"modsim-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    with suppress(OSError):
        mine.mkdir(mode=0o700, exist_ok=True)
    return str(mine)
