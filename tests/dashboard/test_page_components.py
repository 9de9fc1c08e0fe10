"""The page's components rendered without a browser: what they show, and what a click or a value changes."""

import time

import ipyvuetify
import pytest
import solara

from modsim.dashboard import answers, page
from modsim.dashboard.workshop import Workshop
from modsim.inputs.writing import resolved_toml
from tests.conftest import small_scenario, until

SMALL = small_scenario("settings.replicates=4", "settings.weeks=30")


class Drawn:
    """A rendered page, and its elements by their test id."""

    def __init__(self):
        self.box, self.rc = solara.render(page.Page(), handle_error=False)

    def widgets(self, inside=None):
        """Every widget of the page, in its order."""
        for widget in (inside or self.box).children:
            if not isinstance(widget, str):
                yield widget
                if hasattr(widget, "children"):
                    yield from self.widgets(widget)

    def elements(self, name):
        return [w for w in self.widgets() if (getattr(w, "attributes", None) or {}).get("data-testid") == name]

    def controls(self):
        return [widget for widget in self.widgets() if isinstance(widget, ipyvuetify.VuetifyTemplate)]

    def control(self, name):
        return next(widget for widget in self.controls() if getattr(widget, "name", None) == name)

    def verdict(self):
        return self.elements("verdict")[0].attributes

    def words(self, name):
        def of(element):
            if isinstance(element, str):
                return element
            return " ".join(of(child) for child in getattr(element, "children", []))

        return " ".join(of(element) for element in self.elements(name))

    def wait(self, what, seconds=30):
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, "it did not come"
            time.sleep(0.05)
        return self

    def settled(self):
        return self.wait(
            lambda: self.verdict()["data-state"] == "exact" and "worked out" not in self.words("break-even")
        )


@pytest.fixture
def drawn(monkeypatch):
    workshop = Workshop(0)
    monkeypatch.setattr(page, "shipped_scenarios", lambda: {"three-areas": SMALL})
    monkeypatch.setattr(page, "too_large", lambda: ())
    monkeypatch.setattr(answers, "_workshop", workshop)
    one = Drawn()
    yield one
    one.rc.close()
    workshop.close()


def test_the_page_draws_itself_and_fills_in(drawn):
    assert drawn.verdict()["data-state"] == "estimate"  # nothing is there yet
    drawn.settled()
    assert (
        float(drawn.verdict()["data-low"]) <= float(drawn.verdict()["data-mean"]) <= float(drawn.verdict()["data-high"])
    )
    assert "3 simulated futures" not in drawn.words("verdict")
    assert "4 simulated futures" in drawn.words("verdict")
    assert len(drawn.controls()) > 6


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_a_lever_changes_the_verdict_and_the_old_one_stays_until_then(drawn):
    drawn.settled()
    before = dict(drawn.verdict())
    drawn.control("dissimilarity").vue_set(0.9)
    drawn.wait(lambda: drawn.verdict()["data-state"] == "estimate")
    while drawn.verdict()["data-state"] == "estimate" and "old" in drawn.elements("verdict")[0].class_:
        assert drawn.verdict()["aria-busy"] == "true"
        time.sleep(0.01)
    drawn.settled()
    assert drawn.verdict()["data-mean"] != before["data-mean"]
    assert drawn.control("dissimilarity").value == 0.9


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_a_preset_sets_all_its_levers_at_once(drawn):
    drawn.settled()
    drawn.control("preset").vue_choose("slow")
    for name, value in {"dissimilarity": 0.0, "setup": 40, "weeks": 30, "budget": 20}.items():
        drawn.wait(lambda name=name, value=value: drawn.control(name).value == value)
    assert drawn.control("preset").value == "slow"
    drawn.settled()


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_a_file_that_cannot_be_used_is_told_and_one_that_can_takes_over(drawn):
    drawn.settled()
    opener = next(widget for widget in drawn.controls() if hasattr(widget, "vue_opened"))
    opener.vue_opened({"name": "<b>big</b>.toml", "size": 3_000_000, "text": ""})
    drawn.wait(lambda: "has 3,000,000 bytes" in " ".join(opener.wrong))
    opener.vue_opened({"name": "x.toml", "size": 10, "text": "[settings]\nweeks = 0"})
    drawn.wait(lambda: "out of range" in " ".join(opener.wrong))
    other_arm = resolved_toml(SMALL).replace('verdict_arm = "recoproduce"', 'verdict_arm = "elsewhere"')
    opener.vue_opened({"name": "x.toml", "size": 10, "text": other_arm})
    drawn.wait(lambda: "there is no arm 'elsewhere'" in " ".join(opener.wrong))
    assert opener.refusals == 3  # each takes the focus
    mine = small_scenario("settings.replicates=3", "settings.weeks=20", "world.dissimilarity=0.05")
    opener.vue_opened({"name": "mine.toml", "size": 10, "text": resolved_toml(mine)})
    drawn.wait(lambda: not opener.wrong and drawn.control("dissimilarity").value == 0.05)
    drawn.wait(lambda: "3 simulated futures" in drawn.words("verdict"))


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_quick_changes_of_several_levers_all_count(drawn):
    """Each event comes before the page has been drawn for the one before it, or in the middle of the work on it."""
    drawn.settled()
    wanted = {"dissimilarity": 0.8, "budget": 33, "trust": 0.4, "accuracy": 0.3, "setup": 25}
    for pause in (0.0, 0.15, 0.4):
        start = dict.fromkeys(wanted)
        for name, value in wanted.items():
            start[name] = drawn.control(name).value
            drawn.control(name).vue_set(value)
            time.sleep(pause)
        for name, value in wanted.items():
            drawn.wait(lambda name=name, value=value: drawn.control(name).value == value)
        drawn.settled()
        for name, value in start.items():
            drawn.control(name).vue_set(value)
        for name, value in start.items():
            drawn.wait(lambda name=name, value=value: drawn.control(name).value == value)


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_levers_that_contradict_each_other_leave_the_last_answer_marked_as_old(drawn):
    late = small_scenario(
        "settings.replicates=3", "settings.weeks=48", "areas.govan.opens_week=40", "areas.castlefern.opens_week=40"
    )
    opener = next(widget for widget in drawn.controls() if hasattr(widget, "vue_opened"))
    opener.vue_opened({"name": "late.toml", "size": 10, "text": resolved_toml(late)})
    drawn.wait(lambda: "48 weeks" in drawn.words("verdict"))
    drawn.settled()
    drawn.control("budget").vue_set(25)
    drawn.wait(lambda: drawn.control("budget").value == 25)
    drawn.settled()
    before = drawn.verdict()["data-mean"]
    drawn.control("weeks").vue_set(26)
    drawn.wait(lambda: "opens_week" in drawn.words("problems"))
    assert drawn.verdict()["data-state"] == "estimate"
    assert drawn.verdict()["data-mean"] == before  # not the start's own values
    drawn.control("weeks").vue_set(50)
    drawn.wait(lambda: "50 weeks" in drawn.words("verdict"))
    assert drawn.control("budget").value == 25
    drawn.settled()


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_what_fails_says_so_and_can_be_tried_again(drawn, monkeypatch):
    drawn.settled()

    def broken(*_):
        raise ArithmeticError("no luck today")

    monkeypatch.setattr("modsim.dashboard.workshop._live", broken)
    drawn.control("budget").vue_set(7)
    drawn.wait(lambda: "no luck today" in drawn.words("problems"))
    assert drawn.verdict()["data-state"] == "estimate"
    monkeypatch.undo()
    monkeypatch.setattr(page, "shipped_scenarios", lambda: {"three-areas": SMALL})
    drawn.wait(lambda: drawn.elements("try-again"))
    (again,) = drawn.elements("try-again")
    again.click()
    drawn.wait(lambda: drawn.words("problems") == "")
    drawn.settled()


@pytest.mark.slow(reason="draws the page and waits for its answers")
def test_a_page_that_is_left_stops_its_work():
    workshop = Workshop(0)
    long = small_scenario("settings.replicates=40", "settings.weeks=900")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "shipped_scenarios", lambda: {"three-areas": long})
        patch.setattr(answers, "_workshop", workshop)
        one = Drawn()
        until(lambda: workshop._jobs)
        (job,) = workshop._jobs.values()
        until(lambda: job.is_wanted)
        one.rc.close()
        until(lambda: job.error)
    assert job.error == "stopped"
    workshop.close()
