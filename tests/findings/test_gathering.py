"""Outcomes gathered as they come in: the same in memory and in a file, in any order, whole or not."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from modsim import compare
from modsim.findings import comparison as comparison_module
from modsim.findings import folder, gathering
from modsim.findings.gathering import Gathered, NoRoomError
from modsim.simulation.lanes import Lane
from modsim.simulation.parallel import DoesNotFitError, LostWorkerError, Task
from modsim.simulation.runs import Outcome
from tests.conftest import small_scenario


def test_what_is_finished_is_kept_when_the_disk_is_full_or_a_process_dies(parts, monkeypatch):
    scenario = small_scenario("settings.weeks=6", "settings.replicates=8", "settings.break_even_points=[]")
    whole = compare(scenario, workers=1)
    real = comparison_module.outcomes

    def dying(*given):
        for k, found in enumerate(real(*given)):
            if k == 2:
                raise LostWorkerError("a worker process ended")
            yield found

    class Full(Gathered):
        def add(self, outcome):
            if outcome.replicates[0] >= 4:
                raise NoRoomError("no room")
            super().add(outcome)

    for name, stand_in, why in (("outcomes", dying, "a worker process ended"), ("Gathered", Full, "no room")):
        with monkeypatch.context() as patch:
            patch.setattr(comparison_module, name, stand_in)
            found = compare(scenario, workers=1)
        assert (found.interrupted, found.cut_short_by, found.replicates) == (True, why, 4)
        assert np.array_equal(found.outcome.weekly, whole.outcome.weekly[:4])


def test_a_temporary_folder_that_cannot_be_written_is_told(parts, monkeypatch, tmp_path):
    monkeypatch.setattr(gathering, "_IN_MEMORY", 0)
    monkeypatch.setattr(gathering.tempfile, "TemporaryFile", lambda **_: tmp_path.read_bytes())  # a folder
    with pytest.raises(NoRoomError, match="make room, or name another folder in TMPDIR"):
        gathered(parts, 5)


def test_weekly_figures_that_would_not_fit_on_the_disk_are_refused_before_any_work(monkeypatch):
    def no_work(*_):
        raise AssertionError("work was begun")

    monkeypatch.setattr(comparison_module, "outcomes", no_work)
    with pytest.raises(DoesNotFitError, match=r"would write about [\d.,]+ GB of weekly figures .* TMPDIR"):
        compare(small_scenario("settings.weeks=1040", "settings.replicates=1000000"), workers=1)


@pytest.fixture(scope="module")
def parts():
    scenario = small_scenario("settings.weeks=6")
    lanes = [Lane("none"), Lane("recoproduce")]
    return [Task([scenario], lanes, numbers).outcome() for numbers in ([0, 1], [2], [3, 4])]


def gathered(parts, replicates):
    found = Gathered(replicates)
    for part in parts:
        found.add(part)
    return found.whole()


@pytest.mark.parametrize("in_memory", [0, 10**9])
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [2, 0], [0], [1]])
def test_outcomes_are_gathered_in_the_order_of_replicates(parts, in_memory, order, monkeypatch):
    monkeypatch.setattr(gathering, "_IN_MEMORY", in_memory)
    came = [parts[k] for k in order]
    found, joined = gathered(came, 5), Outcome.joined(came)
    assert found.replicates == joined.replicates
    assert np.array_equal(found.weekly, joined.weekly)
    assert all(np.array_equal(found.totals[name], joined.totals[name]) for name in joined.totals)


def test_tables_written_in_parts_are_the_whole_tables(tmp_path, monkeypatch):
    comparison = compare(small_scenario("settings.weeks=6"), replicates=5, workers=1)
    monkeypatch.setattr(folder, "_ROWS_AT_ONCE", comparison.outcome.weekly[:2].size)
    folder.write_folder(comparison, tmp_path / "out")
    assert pq.ParquetFile(tmp_path / "out" / "weekly.parquet").num_row_groups == 3
    for name, table in (("comparison", comparison.table), ("weekly", comparison.weekly), ("ledger", comparison.ledger)):
        written = pq.read_table(tmp_path / "out" / f"{name}.parquet").to_pandas()
        keys = [column for column in table if column not in ("value", "hours", "gbp")]
        one, other = (frame.sort_values(keys, ignore_index=True) for frame in (written, table))
        assert one.equals(other), name


def test_weekly_figures_of_other_points_are_not_kept():
    comparison = compare(small_scenario("settings.weeks=6"), replicates=1, workers=1)
    arms = len(comparison.arms) + 1
    assert comparison.outcome.weekly.shape[3] == arms < len(comparison.outcome.lanes)
