"""Reading the CSV files of a calibration: rows of text, and one sentence for everything that is wrong with a file."""

from collections.abc import Sequence
from pathlib import Path

from modsim.inputs.files import read_csv
from modsim.inputs.problems import InputError


def read_rows(
    path: Path, kind: str, needed: Sequence[str], known: Sequence[str], key: str
) -> dict[int, dict[str, str]]:
    """The rows of a CSV file of text by their line, stripped, each with all known columns; blank lines are left out.

    Parameters
    ----------
    kind : what the file holds, for the messages
    needed, known : columns that must be there, and those that may
    key : the column in which nothing may stand twice

    Raises
    ------
    InputError
        with every problem found, one line each.
    """
    more = [name for name in known if name not in needed]
    what = f"{kind}: a CSV file with the columns {', '.join(needed)}"
    if more:
        what += f" (and may have {', '.join(more)})"
    lines = read_csv(path, f"file of {what}", f"; it should hold {what}")
    heads = [head.strip() for head in lines[0][1]]
    said = [f"names the column {name[:40]!r} twice" for name in sorted({n for n in heads if heads.count(n) > 1})]
    said += [f"has no column {name!r}" for name in needed if name not in heads]
    said += [f"has an unknown column {name[:40]!r}" for name in heads[:20] if name not in known]
    if said:
        raise InputError([f"{path}: {', '.join(said)}; it should hold {what}"])
    rows = {}
    for line, cells in lines[1:]:
        if len(cells) > len(heads):
            raise InputError([f"{path}, line {line}: has {len(cells)} cells; the headings are {len(heads)}"])
        row = dict(zip(heads, cells, strict=False))
        rows[line] = {name: row.get(name, "").strip() for name in known}
    names = [row[key] for row in rows.values()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError([f"{path}: {name!r} stands there twice" for name in twice])
    return rows
