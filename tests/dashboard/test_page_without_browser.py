"""The page's rules without a browser: addresses, words, charts, and the work behind them."""

import threading
import time
from urllib.parse import parse_qsl

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modsim import compare, load_scenario
from modsim.dashboard import charts, words
from modsim.dashboard.levers import LEVERS, lever, share_assumed
from modsim.dashboard.view import OWN, PRESETS, View, address, full, preset_of, read_address, scenario_of, taken
from modsim.dashboard.workshop import TooLargeError, Workshop, check_size
from modsim.findings.comparison import Comparison
from modsim.inputs.problems import explained
from modsim.inputs.reading import scenario_from
from modsim.inputs.writing import resolved_toml
from tests.conftest import SCENARIOS, small_scenario, until

THREE = load_scenario(SCENARIOS / "three-areas.toml")
STARTS = {"three-areas": THREE}


@pytest.fixture(scope="module")
def small_comparison():
    return compare(small_scenario("settings.arms=['transplant', 'recoproduce']"), replicates=4, workers=1)


# --- levers and addresses ----------------------------------------------------------------------------------------


def test_every_lever_is_a_field_of_the_scenario_with_its_own_words_range_and_source():
    assert len(LEVERS) <= 6
    for one in LEVERS:
        told = explained(THREE, one.dotted(THREE))
        assert one.source in told
        assert one.meaning.split(" (")[0] in told
        low, high = one.allowed
        assert low <= one.low < one.high <= high
        assert low <= one.value_in(THREE) <= high
    assumed, numbers = share_assumed(THREE)
    assert 0 < assumed < numbers


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_an_address_brings_back_the_same_view(data):
    values = {}
    for one in LEVERS:
        low, high = one.allowed
        number = (
            st.integers(int(low), int(high)) if one.whole else st.floats(low, high).map(lambda x: float(f"{x:.6g}"))
        )
        values[one.id] = data.draw(number)
    view = View("three-areas", values, data.draw(st.booleans()), data.draw(st.sampled_from(["asb", "trust"])))
    again, notices = read_address(address(view), STARTS, "three-areas")
    assert (again, notices) == (view, [])
    assert len(address(view)) < 2000


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("dissimilarity=999", "goes from 0 to 1; it was set to 1"),
        ("dissimilarity=-3", "it was set to 0"),
        ("dissimilarity=abc", "needs a number from 0 to 1; it stays as it was"),
        ("dissimilarity=nan", "needs a number"),
        ("dissimilarity=inf", "needs a number"),
        ("dissimilarity=1,234", "needs a number"),
        ("dissimilarity=%3Cscript%3Ealert(1)%3C/script%3E", "needs a number"),
        ("weeks=52.5", "takes whole numbers; it was set to 52"),
        ("weeks=1e9", "it was set to 520"),
        ("start=%3Cb%3Enowhere", "asks for a scenario that is not here"),
        (f"start={OWN}", "made with a scenario file of its own"),
        ("v=0.0.0", "made with another version"),
        ("show=secrets", "asks for a chart that is not here"),
        ("disimilarity=0.3", "1 word unknown here (dissimilarity?)"),
        ("%ff%fe=&&&===", "unknown here"),
        ("x" * 50_000, "unknown here"),
    ],
)
def test_a_damaged_link_opens_with_a_notice_and_values_in_range(query, says):
    view, notices = read_address("?" + query, STARTS, "three-areas")
    assert any(says in notice for notice in notices), notices
    assert all("<" not in notice and "nowhere" not in notice for notice in notices)
    assert view.start == "three-areas"
    for one in LEVERS:
        low, high = one.allowed
        assert low <= view.values[one.id] <= high
    scenario_of(view, STARTS)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_address_breaks_the_page(query):
    view, _ = read_address(query, STARTS, "three-areas")
    assert dict(parse_qsl(address(view).lstrip("?")))["start"] == "three-areas"


def test_exact_entry_moves_into_range_and_says_so():
    assert taken(lever("budget"), "20") == (20, "")
    assert taken(lever("weeks"), "20") == (20, "")
    value, notice = taken(lever("trust"), "7")
    assert value == 0.99
    assert "goes from 0.01 to 0.99" in notice


def test_presets_are_in_alphabetical_order_and_known_again():
    assert [one.name for one in PRESETS] == sorted(one.name for one in PRESETS)
    for preset in PRESETS:
        view = full(View(preset.start, preset.values), STARTS)
        assert preset_of(view, STARTS) == preset
        assert preset_of(view.with_value("budget", 33), STARTS) is None


@pytest.mark.slow(reason="runs whole stories of the page")
@pytest.mark.parametrize(("preset", "kind"), [("assumed", "cannot tell"), ("slow", "worse"), ("different", "better")])
def test_among_the_presets_each_plan_wins_once_and_once_the_model_cannot_tell(preset, kind):
    chosen = next(one for one in PRESETS if one.id == preset)
    scenario = scenario_of(full(View(chosen.start, chosen.values), STARTS), STARTS)
    comparison = compare(scenario.model_copy(update={"settings": scenario.settings.model_copy(
        update={"break_even_points": []})}))  # fmt: skip
    assert comparison.verdict["kind"] == kind
    assert {
        "worse": "Transplanted unchanged” does",
        "better": "Re-co-produced locally” does",
        "cannot tell": "cannot tell",
    }[kind] in words.headline(comparison)


# --- words -------------------------------------------------------------------------------------------------------


def invented(gains, trust=0.0, weeks=20, label=""):
    """A comparison whose paired gains in points are those given: outcomes are set, not simulated."""
    scenario = small_scenario(f"settings.weeks={weeks}", "settings.arms=['transplant', 'recoproduce']")
    comparison = compare(scenario, replicates=2, workers=1)
    outcome = comparison.outcome
    number = len(gains)
    outcome = outcome.__class__(
        list(range(number)),
        outcome.lanes,
        np.repeat(outcome.weekly[:1], number, axis=0),
        {name: np.repeat(values[:1], number, axis=0).astype(float) for name, values in outcome.totals.items()},
        {name: np.repeat(values[:1], number, axis=0) for name, values in outcome.spent.items()},
    )
    occurred, lane = outcome.totals["asb_occurred"], outcome.lane
    occurred[:, 1:, :] = 1000.0
    occurred[:, 1:, lane("transplant")] = 990.0
    occurred[:, 1:, lane("recoproduce")] = 990.0 - 10.0 * np.array(gains)[:, None]
    outcome.totals["trust_youth"][:, :, lane("recoproduce")] += trust / 100.0
    return Comparison(scenario, "invented", outcome, [0.5])


@pytest.mark.parametrize(
    ("gains", "head", "says"),
    [
        ([2.0, 2.1, 1.9, 2.0], "“Re-co-produced locally” does better here", "2.00 percentage points lower"),
        ([-2.0, -2.1, -1.9, -2.0], "“Transplanted unchanged” does better here", "2.00 percentage points higher"),
        ([0.1, -0.1, 0.05, 0.0], "Both plans do about the same here", "within that in 4"),
        (
            [0.6, 0.4, 0.9, 0.5],
            "“Re-co-produced locally” is ahead, but the model cannot tell",
            "is ahead. The model cannot tell whether by more than 0.5 percentage points",
        ),
        ([3.0, -3.0, 2.0, -1.0], "The model cannot tell", "does not show which of the two is ahead"),
        ([1.0], "The model cannot tell", "One simulated future settles nothing"),
    ],
)
def test_the_verdict_in_words_follows_its_rules(gains, head, says):
    comparison = invented(gains)
    assert words.headline(comparison).startswith(head)
    text = " ".join(words.verdict_words(comparison))
    assert says in text
    assert "will" not in text.split()
    assert not {"proves", "optimal"} & set(text.split())


def test_the_numbers_in_the_sentence_are_those_of_the_verdict():
    comparison = invented([0.6, 0.4, 0.9, 0.5])
    verdict, text = comparison.verdict, words.verdict_words(comparison)[0]
    for number in (verdict["mean"], verdict["low"], verdict["high"]):
        assert f"{abs(number):.2f}" in text


def test_trust_is_said_with_its_direction_only_where_it_is_settled():
    assert "ends about the same" in words.trust_sentence(invented([1, 1, 1, 1], trust=0.5))
    assert "higher with “Re-co-produced" in words.trust_sentence(invented([1, 1, 1, 1], trust=5.0))
    assert "lower with “Re-co-produced" in words.trust_sentence(invented([1, 1, 1, 1], trust=-5.0))


def test_an_area_that_fares_worse_than_with_no_programme_is_named():
    comparison = invented([1.0, 1.1, 0.9, 1.0])
    assert words.worse_areas(comparison) == []
    lane = comparison.outcome.lane("transplant")
    comparison.outcome.totals["asb_occurred"][:, 2, lane] = [1020, 1030, 1025, 1030]
    (sentence,) = words.worse_areas(comparison)
    assert sentence.startswith("In Govan, “Transplanted unchanged” leaves more")


def test_a_lever_outside_the_evidence_is_named():
    view = full(View("three-areas"), STARTS)
    assert words.beyond_evidence(view) == []
    (sentence,) = words.beyond_evidence(view.with_value("trust", 0.9))
    assert "Trust in partners at the start" in sentence
    assert "0.15 to 0.6" in sentence


# --- charts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["asb", "trust"])
@pytest.mark.parametrize("levels", [False, True])
def test_bands_hold_the_means_and_every_area_has_the_same_axis_with_zero_on_it(small_comparison, topic, levels):
    axis = charts.axis_of(small_comparison, topic, levels)
    assert axis[0] <= 0 <= axis[1]
    for place in (1, 2):
        option = charts.over_time(small_comparison, topic, place, levels, axis)
        assert (option["yAxis"]["min"], option["yAxis"]["max"]) == axis
        bands = [s for s in option["series"] if "stack" in s]
        assert len(bands) == 4
        lows, highs = (
            [s["data"] for s in bands[::2]],
            [np.add(a["data"], b["data"]) for a, b in zip(bands[::2], bands[1::2], strict=True)],
        )
        for low, high in zip(lows, highs, strict=True):
            assert axis[0] - 1e-3 <= min(low)
            assert max(high) <= axis[1] + 1e-3
        lines = [s for s in option["series"] if "stack" not in s]
        assert len(lines) == (3 if levels else 2)
        table = charts.over_time_table(small_comparison, topic, place, levels)
        assert len(table.headings) == len(lines) + 1
        assert table.csv.count("\n") == len(table.rows) + 1


def test_the_last_row_of_a_table_is_the_last_week_of_its_chart(small_comparison):
    axis = charts.axis_of(small_comparison, "trust", False)
    option = charts.over_time(small_comparison, "trust", 1, False, axis)
    table = charts.over_time_table(small_comparison, "trust", 1, False)
    line = next(s for s in option["series"] if s.get("name") == table.headings[1])
    assert table.rows[-1][1].startswith(f"{line['data'][-1]:.2f}")


def test_a_plan_keeps_its_colour_when_the_plans_are_swapped():
    view = full(View("three-areas"), STARTS)
    found = []
    for swapped in (False, True):
        scenario = scenario_of(View(view.start, {**view.values, "weeks": 4}, swapped), STARTS)
        found.append(charts.plan_styles(compare(scenario, replicates=1, workers=1)))
    assert found[0] == found[1]


# --- the work behind the page ------------------------------------------------------------------------------------


def answered(workshop, scenario, seconds=600):
    job = workshop.ask(scenario)
    states, seen, end = [], -1, time.monotonic() + seconds
    while not (job.finished or job.error):
        seen = job.next_change(seen, 1)
        assert time.monotonic() < end
        if job.answer and (not states or states[-1] is not job.answer):
            states.append(job.answer)
    job.leave()
    assert job.error is None
    return job, states


@pytest.mark.slow(reason="runs the page's processes and a comparison")
@pytest.mark.parametrize("processes", [0, 2])
def test_the_page_s_numbers_are_those_of_a_comparison_of_its_downloaded_scenario(processes):
    start = {"small": small_scenario("settings.replicates=6")}
    view = full(View("small", {"dissimilarity": 0.2, "setup": 12}, swapped=True), start)
    scenario = scenario_of(view, start)
    workshop = Workshop(processes)
    try:
        job, states = answered(workshop, scenario)
    finally:
        workshop.close()
    import tomllib

    again = compare(scenario_from(tomllib.loads(resolved_toml(scenario))), workers=1)
    found = job.answer.comparison
    assert found.summary == {**again.summary, "scenario": found.name}
    assert found.verdict["arm"] == "transplant"
    assert [state.state for state in states][-1] == "exact"
    assert found.break_even.mean == again.break_even.mean
    for place in (1, 2):
        mine = charts.weekly_series(found, "asb", place, True)
        theirs = charts.weekly_series(again, "asb", place, True)
        assert all((mine[arm] == theirs[arm]).all() for arm in mine)


def test_the_same_question_is_worked_out_once_and_a_question_nobody_waits_for_stops():
    workshop = Workshop(0)
    scenario = small_scenario("settings.replicates=4", "settings.weeks=200")
    first, second = workshop.ask(scenario), workshop.ask(scenario)
    assert first is second
    first.leave()
    until(lambda: first.share > 0)
    assert first.error is None  # somebody still waits
    second.leave()
    until(lambda: first.error)
    assert first.error == "stopped"
    job, _ = answered(workshop, scenario)  # asked again, it is worked out
    assert job is not first
    assert answered(workshop, scenario)[0] is job  # and kept
    workshop.close()


def test_a_superseded_question_makes_room_at_once():
    """Long work is left behind while it is in its history; the next answer must not wait for its end."""
    workshop = Workshop(0)
    long = workshop.ask(small_scenario("settings.replicates=60", "settings.weeks=1000"))
    until(lambda: long.share > 0)
    long.leave()
    answered(workshop, small_scenario("settings.replicates=1", "settings.weeks=4"))
    assert long.error == "stopped"
    assert long.share < 0.5  # it was not worked to its end
    workshop.close()


def test_a_scenario_too_large_for_a_page_is_refused_with_what_to_do():
    for change in ("settings.replicates=100000", "areas.govan.population=5000000"):
        with pytest.raises(TooLargeError, match="modsim compare"):
            check_size(small_scenario(change))
    check_size(THREE)


def test_what_goes_wrong_in_the_work_reaches_the_page(monkeypatch):
    workshop = Workshop(0)

    def broken(*_):
        raise ArithmeticError("no luck today")

    monkeypatch.setattr("modsim.dashboard.workshop._live", broken)
    job = workshop.ask(small_scenario("settings.weeks=8"))
    until(lambda: job.error)
    assert "no luck today" in job.error
    job.leave()
    monkeypatch.undo()
    answered(workshop, small_scenario("settings.weeks=8"))  # the next one works
    workshop.close()


def test_many_visitors_at_once_all_get_their_own_answers():
    workshop = Workshop(0)
    scenarios = [small_scenario("settings.weeks=8", f"settings.seed={k}") for k in range(5)]
    found = {}

    def visit(k):
        job, _ = answered(workshop, scenarios[k])
        found[k] = job.answer.comparison.scenario.settings.seed

    threads = [threading.Thread(target=visit, args=(k,)) for k in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: k for k in range(5)}
    workshop.close()
