"""The model gives the bits it gave when the golden traces were made: every column, after every week."""

import numpy as np
import pytest

from tests.simulation.golden import cases, trace_of, traces

CASES = list(zip(cases(), traces(), strict=True))
SLOW = pytest.mark.slow(reason="a second or two each, in every column and week")


@pytest.mark.parametrize(
    ("case", "trace"),
    [pytest.param(*found, id=str(k), marks=() if k % 12 == 0 else SLOW) for k, found in enumerate(CASES)],
)
def test_no_bit_has_moved_in_any_column_after_any_week(case, trace):
    hashes, names = trace
    found, of = trace_of(case)
    assert of == names
    assert found.shape == hashes.shape
    weeks, columns = np.nonzero(found != hashes)
    first = weeks.min(initial=len(found))
    moved = sorted({names[k] for week, k in zip(weeks, columns, strict=True) if week == first})
    assert not moved, f"first in week {first}: {', '.join(moved)}"


def test_the_traces_look_at_what_there_is():
    """Programmes of all kinds run in them, at every model level, and columns move in most of them."""
    worlds = " ".join(change for case, _ in CASES for change in case["world"])
    for wanted in ("'M0'", "'M1'", "'M2'", "'M3'", "'diffusion'", "'equal_start'", "'equal_activity'", "'calls'",
                   '"individual"', '"broker"', "'patrol'"):  # fmt: skip
        assert wanted in worlds, wanted
    assert len({len(case["points"]) for case, _ in CASES}) == 3
    moving = {}
    for _, (hashes, names) in CASES:
        for k, name in enumerate(names):
            moving[name] = moving.get(name, 0) + (len(np.unique(hashes[:, k])) > 1)
    never = {f"in_kind.{heading}" for heading in ("contacts", "delivery", "learning", "negotiation", "patrol")}  # paid
    never |= {"evaluations", "effects_found"}  # these towns live less than two years; a test of mechanisms follows them
    never.add("displaced")  # these towns do not border on each other; tests of kernels and mechanisms follow it
    assert {name for name, number in moving.items() if not number} == never
