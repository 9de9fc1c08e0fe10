"""TOML files from anywhere: read whole, bounded in size, and refused in one clear line."""

import tomllib
from pathlib import Path
from typing import Any

from modsim.inputs.problems import InputError

LARGEST_FILE_BYTES = 1_000_000


def read_toml(
    path: Path, kind: str, needs: str, if_missing: str = "", error: type[InputError] = InputError
) -> tuple[dict[str, Any], str]:
    """Content and text of a TOML file.

    Parameters
    ----------
    kind, needs : what the file should be, and what it holds at least, for the messages
    if_missing : what to do where there is no such file

    Raises
    ------
    InputError
        of the kind given, with one line.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise error([f"{path}: is a folder; give a {kind} file (.toml)"])
        if not path.is_file():
            raise error([f"{path}: is not a file; give a {kind} file (.toml)"])
        if size > LARGEST_FILE_BYTES:
            raise error([f"{path}: has {size:,} bytes; a {kind} file has at most {LARGEST_FILE_BYTES:,}"])
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise error([f"{path}: there is no such file{if_missing}"]) from None
    except (OSError, ValueError) as trouble:
        if isinstance(trouble, InputError):
            raise
        if isinstance(trouble, UnicodeDecodeError):
            raise error([f"{path}: is not UTF-8 text (byte {trouble.start}); save it as UTF-8"]) from None
        raise error([f"{path}: cannot be read: {trouble}"]) from None
    return toml_content(text, str(path), kind, needs, error), text


def toml_content(text: str, where: str, kind: str, needs: str, error: type[InputError] = InputError) -> dict[str, Any]:
    """Content of a TOML text, as `read_toml`."""
    if not text.strip():
        raise error([f"{where}: is empty; a {kind} needs {needs}"])
    try:
        return tomllib.loads(text)
    except ValueError as trouble:  # not TOML, or a number too long to read
        raise error([f"{where}: is not TOML: {trouble}"]) from None
    except RecursionError:
        raise error([f"{where}: is nested too deeply to be a {kind}"]) from None
