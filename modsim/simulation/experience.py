"""What young people remember of their experience with services."""

from collections.abc import Sequence

import numpy as np

GOOD, BAD = 0, 1


class Experience:
    """Remembered good and bad experience of everybody with each type of service, beyond what they started with.

    Of services that somebody has neither met nor heard of they remember the same: what spilled over from others. So
    that stands once, in `common` (2, rows, lanes), the good and the bad; what is remembered of a service apart from it
    stands in `own` (2, services, rows, lanes), where `apart` (services, rows) says so.
    """

    def __init__(self, services: int, rows: int, lanes: int):
        self.common = np.zeros((2, rows, lanes))
        self.own = np.zeros((2, services, rows, lanes))
        self.apart = np.zeros((services, rows), dtype=bool)

    def of(self, kind, row, lane):
        """Good and bad experience with a type of service, of people in their lanes, all broadcast to each other."""
        return np.where(self.apart[kind, row], self.own[:, kind, row, lane], self.common[:, row, lane])

    def of_rows(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Good and bad experience of the people at these rows (2, services, people, lanes)."""
        return np.where(self.apart[:, rows, None], self.own[:, :, rows], self.common[:, None, rows])

    def set_apart(self, kind: int, rows) -> None:
        """From now on these people remember a type of service apart from the others."""
        new = ~self.apart[kind, rows]
        self.own[:, kind, rows] = np.where(new[..., None], self.common[:, rows], self.own[:, kind, rows])
        self.apart[kind, rows] = True

    def forget(self, rows: np.ndarray) -> None:
        """Put the rows of people who left at rest."""
        self.common[:, rows] = 0.0
        self.apart[:, rows] = False

    def spread(self, lanes: Sequence[int]) -> "Experience":
        """The same for a new set of lanes, each a copy of the lane named for it."""
        new = Experience(*self.apart.shape, len(lanes))
        new.apart = self.apart.copy()
        new.common = np.take(self.common, lanes, axis=-1)
        for kind, apart in enumerate(self.apart):
            rows = np.nonzero(apart)[0]
            new.own[:, kind, rows] = np.take(self.own[:, kind, rows], lanes, axis=-1)
        return new
