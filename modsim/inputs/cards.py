"""Interest cards: how many people in two places named each activity, read from a CSV file of counts."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from modsim.inputs.files import read_csv
from modsim.inputs.problems import InputError

MOST_ACTIVITIES = 200
MOST_CARDS = 100_000
LARGEST_FILE_BYTES = 100_000
_NEEDS = (
    "three columns: activity, the place the programme comes from, the place it may go to; one line for each activity"
)


@dataclass(frozen=True)
class Cards:
    """Counts of interests by activity in the place the programme comes from, and in the one it may go to."""

    activities: list[str]
    places: tuple[str, str]
    there: np.ndarray
    here: np.ndarray


def read_cards(path: str | Path) -> Cards:
    """Read a CSV file of counts: a header, then `activity,count,count` on each line.

    Raises
    ------
    InputError
        with every problem found, one line each.
    """
    path = Path(path)
    missing = f"; interest cards are a CSV file with {_NEEDS}"
    lines = read_csv(path, f"CSV file with {_NEEDS}", missing, separators=",;\t", most=LARGEST_FILE_BYTES)
    if len(lines[0][1]) != 3:
        raise InputError([f"{path}: needs {_NEEDS}"])
    if any(cell.strip().isdigit() for cell in lines[0][1][1:]):
        raise InputError(
            [f"{path}, line 1: holds numbers where the names of the two places should stand; put a header first"]
        )
    return _checked(path, lines)


def _checked(path: Path, lines: list[tuple[int, list[str]]]) -> Cards:
    problems, names, counts = [], [], []
    for number, row in lines[1:]:
        where = f"{path}, line {number}"
        if len(row) != 3:
            problems.append(f"{where}: has {len(row)} cells; {_NEEDS}")
            continue
        name = row[0].strip()
        if not name:
            problems.append(f"{where}: names no activity")
        elif name in names:
            problems.append(f"{where}: {name!r} stands there twice; add its counts up on one line")
        names.append(name)
        found = []
        for cell in row[1:]:
            count = re.fullmatch(r"(\d{1,9})([.,]0+)?", cell.strip(), re.ASCII)  # a spreadsheet may write 12 as 12,0
            if not count:
                problems.append(f"{where}: {cell.strip()!r} is not a count; give whole numbers of cards, not shares")
            found.append(int(count[1]) if count else 0)
        counts.append(found)
    if len(names) > MOST_ACTIVITIES:
        problems.append(f"{path}: names {len(names)} activities; at most {MOST_ACTIVITIES}")
    if not problems:
        if len(names) < 2:
            problems.append(f"{path}: names {len(names)} activities; at least 2 are needed")
        for place, total in zip(
            lines[0][1][1:], np.sum(counts, axis=0, dtype=np.int64).tolist() if counts else [], strict=False
        ):
            if not 1 <= total <= MOST_CARDS:
                problems.append(
                    f"{path}: {total:,} cards in {place.strip()!r}; between 1 and {MOST_CARDS:,} are needed"
                )
    if problems:
        raise InputError(problems)
    table = np.array(counts, dtype=np.int64)
    there, here = (cell.strip() or "?" for cell in lines[0][1][1:])
    return Cards(names, (there, here), table[:, 0], table[:, 1])
