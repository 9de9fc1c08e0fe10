"""How a programme spread: taken up, lapsed, mistaken and missed, by hand and in a small city."""

import numpy as np
import pytest

from modsim import compare, load_scenario
from modsim.findings.figures import draw_figures
from modsim.findings.spreading import spread_by_replicate, spread_of
from modsim.simulation.lanes import Lane
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import Outcome
from tests.conftest import SCENARIOS

CITY = (
    "settings.areas=['gorbals', 'n01', 'n02', 'n03', 'n09', 'n10']", "settings.weeks=130", "settings.replicates=2",
    "settings.arms=['transplant', 'recoproduce_evidence']", "spread.baseline=-3.5", "spread.lapse_without_anchor=0.02",
    "settings.verdict_arm=recoproduce_evidence",
    *(f"areas.{area}.population=1500" for area in ("gorbals", "n01", "n02", "n03", "n09", "n10")),
)  # fmt: skip


@pytest.fixture(scope="module")
def city():
    return compare(load_scenario(SCENARIOS / "glasgow.toml", CITY), workers=1)


def by_hand(opened, weeks_open, share_left, weeks=130):
    """Outcome of one replicate: each recipient has 10 expected incidents a week, less while it is open in the arm."""
    scenario = load_scenario(SCENARIOS / "glasgow.toml", CITY)
    areas, names = len(scenario.areas), weekly_measures(scenario)
    weekly = np.zeros((1, weeks, areas, 2, len(names)))
    weekly[..., names.index("asb_expected")] = 10.0
    totals = {name: np.zeros((1, areas, 2)) for name in ("trust_youth", "trust_youth_reference")}
    totals["opened_week"] = np.full((1, areas, 2), weeks)
    totals["open_at_the_end"] = np.zeros((1, areas, 2))
    for k, (week, number, share) in enumerate(zip(opened, weeks_open, share_left, strict=True), 1):
        weekly[0, week : week + number, k, 1, names.index("asb_expected")] *= share
        weekly[0, week : week + number, k, 1, names.index("area_open")] = 1.0
        totals["opened_week"][0, k, 1], totals["open_at_the_end"][0, k, 1] = week, number and week + number >= weeks
    totals["trust_youth"][0, :, 1] = 0.4
    totals["trust_youth_reference"][0, :, 1] = 0.3
    return scenario, Outcome([0], [Lane("none"), Lane("transplant")], weekly, totals, {})


def test_an_adoption_is_mistaken_where_incidents_do_not_come_down_by_as_much_as_matters():
    # open to the end and far lower; lapsed after 40 weeks; too little lower; too late to judge; never
    scenario, outcome = by_hand((10, 20, 30, 100, 130), (200, 40, 200, 200, 0), (0.9, 0.96, 0.997, 1.0, 1.0))
    found = spread_of(scenario, outcome, "transplant", "none")
    assert found.taken_up.tolist() == [[True, True, True, True, False]]
    assert found.lapsed.tolist() == [[False, True, False, False, False]]
    assert found.judged.tolist() == [[True, True, True, False, False]]
    assert found.mistaken.tolist() == [[False, False, True, False, False]]
    assert found.change_percent[0, 0] == pytest.approx(-10.0)
    assert found.change_percent[0, 1] == pytest.approx(-4.0 * 40 / 66)  # its 40 weeks and half a year after
    assert found.change_percent[0, 2] == pytest.approx(-0.3)
    measures = spread_by_replicate(scenario, outcome, "transplant", "none")
    assert {name: values[0] for name, values in measures.items()} == pytest.approx(
        {"taken_up": 4, "lapsed": 1, "judged_adoptions": 3, "mistaken_adoptions": 1, "trust_left_behind_points": 10.0}
    )


def test_who_lapses_soon_is_judged_over_a_year():
    scenario, outcome = by_hand((10, 20, 130, 130, 130), (5, 0, 0, 0, 0), (0.5, 1.0, 1.0, 1.0, 1.0))
    found = spread_of(scenario, outcome, "transplant", "none")
    assert found.change_percent[0, 0] == pytest.approx(-50.0 * 5 / 52)
    assert found.mistaken.tolist() == [[False, True, False, False, False]]


def test_areas_add_up(city):
    assert any(city.values[arm]["taken_up"].any() for arm in city.arms)
    for arm in city.arms:
        values = city.values[arm]
        assert np.array_equal(values["taken_up"], values["lapsed"] + values["open_at_the_end"])
        assert (values["mistaken_adoptions"] <= values["judged_adoptions"]).all()
        assert (values["judged_adoptions"] <= values["taken_up"]).all()


def test_expected_incidents_are_those_that_luck_scatters(city):
    names = weekly_measures(city.scenario)
    occurred = city.outcome.weekly[..., names.index("asb_occurred")].sum()
    expected = city.outcome.weekly[..., names.index("asb_expected")].sum()
    assert occurred == pytest.approx(expected, rel=4.0 / np.sqrt(expected))


@pytest.mark.slow(reason="draws figures of a scenario with many areas")
def test_pictures_of_spread_say_what_they_show(city, tmp_path):
    draw_figures(city, tmp_path)
    said = (tmp_path / "how-it-spreads.txt").read_text()
    assert "“Transplanted unchanged” open at the end, and incidents came down" in said
    assert "anchor organisation" in (tmp_path / "where-it-lapses.txt").read_text()
    assert (tmp_path / "how-it-spreads.png").stat().st_size > 10_000


def test_a_scheduled_programme_has_no_measures_of_spread():
    scenario = load_scenario(SCENARIOS / "three-areas.toml")
    assert "mistaken_adoptions" not in scenario.measure_names
    assert "asb_expected" not in weekly_measures(scenario)
