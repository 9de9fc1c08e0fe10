"""Tables that commands write into the documents, each between two marks that say which command made it."""

import re
from collections.abc import Iterable
from pathlib import Path

from modsim.studies.study import StudyError
from modsim.studies.writing import write_whole


def table_in(path: Path, name: str, by: str = "modsim reproduce") -> str | None:
    """What stands between the marks of a table in a document; None where there are no such marks."""
    begin, end = _marks(name, by)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text.split(begin)[1].split(end)[0].strip() if begin in text and end in text else None


def typeset(text: str) -> str:
    """The same with true minus signs before numbers."""
    return re.sub(r"(?<=[ (|])-(?=\d)", "−", text)


def check_places(path: Path, names: Iterable[str], by: str = "modsim reproduce") -> None:
    """Refuse, before anything is written, a document that has no place for one of these tables.

    Raises
    ------
    StudyError
        with every place that is missing.
    """
    missing = [_marks(name, by) for name in names if table_in(path, name, by) is None]
    if missing:
        raise StudyError([f"{path}: has no place for a table; put {begin} and {end} there" for begin, end in missing])


def put_table(path: Path, name: str, table: str, by: str = "modsim reproduce") -> None:
    """Put a table between its marks in a document.

    Raises
    ------
    StudyError
        where the document has no such marks.
    """
    check_places(path, [name], by)
    begin, end = _marks(name, by)
    head, rest = path.read_text(encoding="utf-8").split(begin)
    new = f"{head}{begin}\n\n{table}\n\n{end}{rest.split(end)[1]}"
    write_whole(path, lambda place: place.write_text(new, encoding="utf-8"))


def _marks(name: str, by: str) -> tuple[str, str]:
    return f"<!-- {name}: made by {by} -->", f"<!-- end of {name} -->"
