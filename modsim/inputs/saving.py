"""Writing files for a user: each whole or not at all, and refused in one line where it cannot be written."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class WritingError(OSError):
    """A file that cannot be written; the message says why and what to do."""


def check_place(path: Path) -> None:
    """Refuse, before any work, a file that cannot be written; its folder is made if there is none."""
    try:
        if path.is_dir():
            raise WritingError(f"{path}: is a folder; give a file")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, place = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        Path(place).unlink()
    except (OSError, ValueError) as error:
        if isinstance(error, WritingError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise WritingError(f"{str(path)[:200]}: cannot be written ({reason}); give another file") from None


def write_text(text: str, path: Path) -> None:
    """Write a text, whole or not at all."""
    write_whole(path, lambda place: place.write_text(text, encoding="utf-8"))


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file beside its place and move it there when it is whole.

    Raises
    ------
    WritingError
        when it cannot be written; nothing is left behind, and an earlier file stays as it was.
    """
    partial = None
    try:
        handle, place = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        partial = Path(place)
        write(partial)
        partial.chmod(0o644)
        partial.replace(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WritingError(f"{str(path)[:200]}: could not be written ({reason}); give another file") from None
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)
