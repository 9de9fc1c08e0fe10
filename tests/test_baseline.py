"""Results change only when we say so: a stored table guards them."""

import json

import numpy as np
import pytest

from tests.baseline import FILE, results


def test_results_are_those_stored():
    stored, now = json.loads(FILE.read_text()), results()
    assert set(stored) == set(now)
    for name, values in stored.items():
        # counts are exact; figures with fractions may differ in the last digits on another processor
        assert np.array(now[name]) == pytest.approx(np.array(values), rel=1e-9, nan_ok=True), name
