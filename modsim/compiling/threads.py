"""Threads within one process, for a town so large that one run is to fill all processors.

Areas are handed out whole: inside a stage each is worked on alone, and sums are whole numbers by area, so that the
numbers do not depend on how many threads there are.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np

Span = tuple[int, int]  # from, and up to but not including


def spans_of(first: np.ndarray, threads: int) -> list[Span]:
    """Areas, each beginning at a row of `first` (areas + 1,), in as many spans of about equal rows."""
    ends = np.searchsorted(first, first[-1] * np.arange(1, threads) / threads)
    limits = [0, *ends.tolist(), len(first) - 1]
    return [(start, end) for start, end in pairwise(limits) if start < end]


def over_spans[T](spans: Sequence[Span], work: Callable[[int, int], T]) -> list[T]:
    """What work gives for each span, in order; each in a thread of its own where there are several."""
    if len(spans) == 1:
        return [work(*spans[0])]
    others = [_pool(len(spans) - 1).submit(work, *span) for span in spans[1:]]
    return [work(*spans[0]), *(other.result() for other in others)]


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="modsim")
