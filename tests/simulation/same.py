"""Whether two towns or outcomes hold the same bits, naming what differs."""

import numpy as np

from tests.simulation.golden import PASSING


def columns_differ(one, other, lane_of_other=0):
    """Names of columns in which lane 0 of one town differs from a lane of another; empty when all bits agree."""
    different = []
    for name, column in vars(one.columns).items():
        if name == "records" or name in PASSING:
            continue
        twin = getattr(other.columns, name)
        if name == "experience":
            column, twin = column.of_rows(), twin.of_rows()
        if name == "sightings":
            weeks = column.keys() | twin.keys()
            if any(_seen(column.get(week), 0) != _seen(twin.get(week), lane_of_other) for week in weeks):
                different.append(name)
            continue
        pairs = [(column[k], twin[k]) for k in column] if isinstance(column, dict) else [(column, twin)]
        for a, b in pairs:
            lane = lane_of_other if b.shape[-1] > 1 else 0
            if not np.array_equal(a[..., 0], b[..., lane]):
                different.append(name)
    return different


def _seen(sightings, lane):
    """The entries of a week in one lane, in order; an empty week is the same as none."""
    if sightings is None:
        return []
    mine = sightings.lane == lane
    return sorted(
        zip(
            sightings.row[mine].tolist(),
            sightings.generation[mine].tolist(),
            sightings.reported[mine].tolist(),
            sightings.seen[:, mine].T.tolist(),
            strict=True,
        )
    )


def outcomes_differ(one, other):
    """Names of figures in which two outcomes differ."""
    different = [] if np.array_equal(one.weekly, other.weekly, equal_nan=True) else ["weekly"]
    for mine, theirs in ((one.totals, other.totals), (one.spent, other.spent)):
        different += [name for name in mine if not np.array_equal(mine[name], theirs[name], equal_nan=True)]
    return different
