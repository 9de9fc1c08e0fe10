"""Outcomes as they come in, gathered into one; what is too much for memory stands in a file."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

import numpy as np

from modsim.simulation.parallel import DoesNotFitError, Task
from modsim.simulation.runs import Outcome

_IN_MEMORY = 50_000_000  # bytes of weekly figures


class NoRoomError(OSError):
    """Weekly figures cannot be kept; the message says where and what to do."""


def check_disk(tasks: Sequence[Task]) -> None:
    """Refuse, before any work, a comparison whose weekly figures would not fit on the disk.

    Raises
    ------
    DoesNotFitError
        saying how much it would take and what to change.
    """
    needed = sum(task.cost.bytes_of_results for task in tasks)
    where = tempfile.gettempdir()
    free = shutil.disk_usage(where).free
    if needed > _IN_MEMORY and needed > free:
        raise DoesNotFitError(
            [
                f"this would write about {needed / 1e9:.1f} GB of weekly figures to the temporary folder {where}, "
                f"where {free / 1e9:.1f} GB are free; take fewer replicates, weeks or arms, or name another folder in "
                "TMPDIR"
            ]
        )


class Gathered:
    """The outcomes of tasks with the same lanes, of replicates from 0 on, in whatever order they finish.

    `before` is what was gathered earlier, of the first of them.

    Weekly figures are most of it, and grow with the replicates: beyond some size they are written to a temporary file
    and read from there as they are wanted.
    """

    def __init__(self, replicates: int, before: Outcome | None = None):
        self._replicates = replicates
        self._parts: list[Outcome] = []
        self._file: IO[bytes] | None = None
        self._shape: tuple[int, ...] = ()
        if before is not None:
            self.add(before)

    def add(self, outcome: Outcome) -> None:
        """Take in some replicates, whose numbers follow each other."""
        self._shape, each = outcome.weekly.shape, outcome.weekly[:1].nbytes
        try:
            if self._file is None and each * self._replicates > _IN_MEMORY:
                self._file = tempfile.TemporaryFile(prefix="modsim-weekly-")  # noqa: SIM115  # as long as this lives
            if self._file is not None:
                self._file.seek(each * outcome.replicates[0])
                self._file.write(np.ascontiguousarray(outcome.weekly).data)
                self._file.flush()
                outcome = replace(outcome, weekly=outcome.weekly[:, :0])
        except OSError as trouble:
            where, why = tempfile.gettempdir(), trouble.strerror or trouble
            raise NoRoomError(
                f"weekly figures could not be written to the temporary folder {where} ({why}); make room, or name "
                "another folder in TMPDIR"
            ) from None
        self._parts.append(outcome)

    def whole(self) -> Outcome:
        """All that was taken in, in the order of replicates."""
        joined = Outcome.joined(self._parts)
        if self._file is None:
            return joined
        self._file.flush()
        shape = joined.replicates[-1] + 1, *self._shape[1:]  # the file ends with the last that came in
        weekly: np.ndarray = np.memmap(self._file, dtype=float, mode="r", shape=shape)
        if len(joined.replicates) < len(weekly):
            weekly = weekly[joined.replicates]
        return replace(joined, weekly=weekly)
