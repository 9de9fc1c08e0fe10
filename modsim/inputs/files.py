"""The one gate for what comes in: files, uploads and values from outside, each bounded and refused in one clear line.

Whatever a user names or sends passes here first: it must be a regular file of bounded size, text in UTF-8, tables that
are not nested without end, and numbers that a computer can hold.
"""

import csv
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from modsim.inputs.problems import InputError, shortened

LARGEST_FILE_BYTES = 1_000_000
DEEPEST = 20  # tables within tables; a scenario has four
LARGEST_WHOLE_NUMBER = 2**63  # what TOML asks every reader to hold
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def read_bytes(
    path: Path, kind: str, if_missing: str = "", error: type[InputError] = InputError, most: int = LARGEST_FILE_BYTES
) -> bytes:
    """Everything in a file that somebody named.

    Parameters
    ----------
    kind : what the file should be, such as "scenario file (.toml)", for the messages
    if_missing : what to do where there is no such file, put behind the message
    most : bytes that such a file may have

    Raises
    ------
    InputError
        of the kind given, with one line. A folder, a pipe or a device is refused, never waited for.
    """
    try:
        # a pipe that nobody writes to must not be waited for, not even to be opened
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:
            kind_of_file = os.fstat(handle).st_mode
            if stat.S_ISDIR(kind_of_file):
                raise error([f"{_short(path)}: is a folder; give a {kind}"])
            if not stat.S_ISREG(kind_of_file):
                raise error([f"{_short(path)}: is not a regular file; give a {kind}"])
            content = file.read(most + 1)
            size = max(len(content), os.fstat(handle).st_size)
    except FileNotFoundError:
        raise error([f"{_short(path)}: there is no such file{if_missing}"]) from None
    except IsADirectoryError:
        raise error([f"{_short(path)}: is a folder; give a {kind}"]) from None
    except InputError:
        raise
    except (OSError, ValueError) as trouble:
        if "\0" not in str(path) and os.path.isdir(path):  # Windows opens no folder
            raise error([f"{_short(path)}: is a folder; give a {kind}"]) from None
        why = getattr(trouble, "strerror", None) or trouble
        raise error([f"{_short(path)}: cannot be read: {why}"]) from None
    if size > most:
        raise error([f"{_short(path)}: has {size:,} bytes; a {kind.split(' (')[0]} has at most {most:,}"])
    return content


def text_of(content: bytes, where: str, error: type[InputError] = InputError) -> str:
    """The text in these bytes, which must be UTF-8, with or without a mark at its beginning."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise error([f"{where}: is not UTF-8 text (byte {trouble.start}); save it as UTF-8"]) from None


def read_text(
    path: Path, kind: str, if_missing: str = "", error: type[InputError] = InputError, most: int = LARGEST_FILE_BYTES
) -> str:
    """The text of a file that somebody named, as `read_bytes`."""
    return text_of(read_bytes(path, kind, if_missing, error, most), _short(path), error)


def read_toml(
    path: Path, kind: str, needs: str, if_missing: str = "", error: type[InputError] = InputError
) -> tuple[dict[str, Any], str]:
    """Content and text of a TOML file; `needs` is what a file of this kind holds at least, for the messages.

    Raises
    ------
    InputError
        of the kind given, with one line.
    """
    text = read_text(path, f"{kind} file (.toml)", if_missing, error)
    return toml_content(text, _short(path), kind, needs, error), text


def toml_content(text: str, where: str, kind: str, needs: str, error: type[InputError] = InputError) -> dict[str, Any]:
    """Content of a TOML text, as `read_toml`."""
    if not text.strip():
        raise error([f"{where}: is empty; a {kind} needs {needs}"])
    try:
        content = tomllib.loads(text)
    except ValueError as trouble:  # not TOML, or a number too long to read
        raise error([f"{where}: is not TOML: {trouble}"]) from None
    except RecursionError:
        raise error([f"{where}: is nested too deeply to be a {kind}"]) from None
    if wrong := wrong_with(content):
        raise error([f"{where}: {wrong}"])
    return content


def value_of(text: str) -> Any:
    """The value that a text stands for in TOML; where it stands for none, the text itself.

    Raises
    ------
    ValueError
        when the value is nested too deeply or a number too large; the message says which.
    """
    if "\n" in text:
        return text
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except ValueError:
        return text
    if wrong := wrong_with(value):
        raise ValueError(wrong)
    return value


def wrong_with(content: Any) -> str | None:
    """Why content from outside cannot be used whatever it says: depth, or a number that is too large; else None."""
    level, depth = [content], 0
    while level:
        if depth > DEEPEST:
            return f"is nested too deeply: at most {DEEPEST} tables or lists may stand in each other"
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, int) and abs(one) >= LARGEST_WHOLE_NUMBER:
                digits = one.bit_length() * 3 // 10  # to write it out could itself fail
                return f"holds a whole number of about {digits:,} digits; at most 18 can be used"
        level, depth = below, depth + 1
    return None


def read_csv(
    path: Path, kind: str, if_missing: str = "", *, separators: str = ",", most: int = LARGEST_FILE_BYTES,
    error: type[InputError] = InputError,
) -> list[tuple[int, list[str]]]:  # fmt: skip
    """The rows of a CSV file with the line each ends on, rows without any text left out; at least one row.

    Parameters
    ----------
    kind : what the file should be, with its columns, for the messages
    separators : characters that may divide the columns; a spreadsheet of a country that writes 0,5 uses ";"

    Raises
    ------
    InputError
        with one line; where another separator than these was used, the line names it.
    """
    text = read_text(path, kind, if_missing, error, most)
    first = next((line for line in text.splitlines() if line.strip()), "")
    found = max(_SEPARATORS, key=lambda one: (first.count(one), one == ","))
    if not first:
        raise error([f"{_short(path)}: is empty; it should be a {kind}"])
    if found not in separators and first.count(found):
        allowed = " or ".join(_SEPARATORS[one] for one in separators)
        raise error([f"{_short(path)}: is divided by {_SEPARATORS[found]}; a CSV file here is divided by {allowed}"])
    try:
        reader = csv.reader(text.splitlines(keepends=True), delimiter=found, strict=True)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as trouble:
        raise error([f"{_short(path)}: is not CSV: {trouble}"]) from None
    if not rows:
        raise error([f"{_short(path)}: is empty; it should be a {kind}"])
    return rows


def path_from(text: str) -> Path:
    """A path as a file names it: a file written on Windows may use its separators."""
    return Path(text.replace("\\", "/") if os.sep == "/" else text)


def _short(path: Path) -> str:
    return shortened(str(path).replace("\0", "?"), 200)
