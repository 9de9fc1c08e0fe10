"""Reading the CSV files of a calibration: rows of text, and one sentence for everything that is wrong with a file."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from modsim.inputs.problems import InputError

_MOST_BYTES = 1_000_000


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
    try:
        if path.is_file() and path.stat().st_size > _MOST_BYTES:
            raise InputError([f"{path}: has {path.stat().st_size:,} bytes; at most {_MOST_BYTES:,} are read"])
        # without a header to pandas, so that a row with a comma too many is an error and not an index
        cells = pd.read_csv(
            path, header=None, dtype=str, keep_default_na=False, skip_blank_lines=False, encoding="utf-8-sig"
        ).fillna("")
    except FileNotFoundError:
        raise InputError([f"{path}: there is no such file; it should hold {what}"]) from None
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError([f"{path}: cannot be read ({error}); it should hold {what}"]) from None
    table = cells.iloc[1:].set_axis(cells.iloc[0].str.strip(), axis="columns")
    heads = list(table.columns)
    for other, sign in ((";", "semicolons"), ("\t", "tabs")):
        if len(heads) == 1 and other in heads[0]:
            raise InputError(
                [f"{path}: has {sign} between its columns; it should hold {what}, with commas between them"]
            )
    said = [f"names the column {name!r} twice" for name in sorted({n for n in heads if heads.count(n) > 1})]
    said += [f"has no column {name!r}" for name in needed if name not in table.columns]
    said += [f"has an unknown column {name!r}" for name in table.columns if name not in known]
    if said:
        raise InputError([f"{path}: {', '.join(said)}; it should hold {what}"])
    rows = {
        line: {name: str(row.get(name, "")).strip() for name in known}
        for line, row in enumerate(table.to_dict("records"), 2)
    }
    rows = {line: row for line, row in rows.items() if any(row.values())}
    names = [row[key] for row in rows.values()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError([f"{path}: {name!r} stands there twice" for name in twice])
    return rows
