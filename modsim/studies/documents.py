"""Tables that commands write into the documents, each between two marks that say which command made it."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from modsim.inputs.saving import write_text
from modsim.studies.study import StudyError


def table_in(path: Path, name: str, by: str = "modsim reproduce") -> str | None:
    """What stands between the marks of a table in a document; None where there are no such marks."""
    begin, end = _marks(name, by)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text.split(begin)[1].split(end)[0].strip() if begin in text and end in text else None


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, with true minus signs before numbers."""
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, *rows)]
    return typeset("\n".join([lines[0], f"|{'---|' * len(heads)}", *lines[1:]]))


def range_in_words(low: float | None, high: float | None) -> str:
    """From where to where; an end that is None or NaN sets no bound."""
    if low is None or low != low:
        return f"{high:g} or less"
    return f"{low:g} or more" if high is None or high != high else f"{low:g} to {high:g}"


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
    write_text(new, path)


def _marks(name: str, by: str) -> tuple[str, str]:
    return f"<!-- {name}: made by {by} -->", f"<!-- end of {name} -->"
