"""The page as visitors meet it, in Chromium against `modsim dashboard`."""

import itertools
import json
import re
import socket
import threading
import time
import tomllib
from contextlib import suppress

import psutil
import pytest

from modsim import compare
from modsim.dashboard.levers import LEVERS
from modsim.inputs.reading import scenario_from
from tests.dashboard.conftest import free_port

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_finds(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]]


@pytest.mark.slow(reason="a visit in a real browser")
def test_nothing_leaves_the_machine_and_nothing_complains(visit, site):
    one = visit()
    one.page.get_by_label("Trust in the lead partner", exact=True).check()
    one.page.wait_for_selector("[data-testid^=chart-trust] canvas")
    assert [url for url in one.asked if not url.startswith((site, "data:", "blob:"))] == []
    assert one.complaints == []


def test_language_zoom_headings_and_landmarks(visit):
    page = visit().page
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    viewport = page.locator("meta[name=viewport]").get_attribute("content")
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.locator("main").count() == 1
    assert page.title().startswith("modsim")
    policy = page.request.get(page.url, headers={"accept": "text/html"}).headers["content-security-policy"]
    assert "default-src 'self'" in policy


def test_question_caveats_and_break_even_are_there(visit):
    page = visit().page
    assert page.locator("h1").inner_text().endswith("?")
    assert page.locator(".caveats li").count() == 3
    assert "break" in page.get_by_test_id("break-even").inner_text().lower()


@pytest.mark.slow(reason="a visit in a real browser")
def test_every_control_shows_at_first_what_the_address_says(visit):
    one = visit("?start=three-areas&dissimilarity=0.35&budget=12&weeks=60&trust=0.4&accuracy=0.6&setup=20")
    wanted = {"dissimilarity": 0.35, "budget": 12, "weeks": 60, "trust": 0.4, "accuracy": 0.6, "setup": 20}
    for lever in LEVERS:
        assert float(one.page.get_by_test_id(f"exact-{lever.id}").input_value()) == wanted[lever.id]
        slider = one.page.get_by_label(lever.name, exact=True)
        assert float(slider.input_value()) == pytest.approx(wanted[lever.id], abs=lever.step)


def test_the_keyboard_moves_number_address_and_verdict(visit):
    one = visit()
    before = one.numbers()
    slider = one.page.get_by_test_id("slider-dissimilarity")
    slider.focus()
    length = one.page.evaluate("history.length")
    slider.press("ArrowRight")
    one.page.wait_for_function("location.search.includes('dissimilarity=0.55')")
    one.settled()
    assert one.page.get_by_test_id("exact-dissimilarity").input_value() == "0.55"
    assert one.numbers() != before
    assert one.page.evaluate("history.length") == length + 1
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.tagName") == "SUMMARY"  # the evidence of that lever


@pytest.mark.slow(reason="a visit in a real browser")
def test_tab_reaches_every_control_in_the_order_of_the_page(visit):
    page = visit().page
    page.locator("body").click(position={"x": 2, "y": 2})
    seen = []
    for _ in range(90):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(() => { const e = document.activeElement; const r = e.getBoundingClientRect(); return "
            "[e.dataset.testid || e.getAttribute('href') || e.tagName, getComputedStyle(e).outlineStyle, r.width]; })()"
        )
        if seen and here[0] == seen[0][0]:
            break
        seen.append(here)
    names = [name for name, _, _ in seen]
    wanted = ["#verdict-title", "swap-plans", "copy-link", "download-scenario", "preset-assumed"]
    wanted += [f"{kind}-{lever.id}" for lever in LEVERS for kind in ("exact", "slider")]
    assert [name for name in names if name in wanted] == wanted
    for name, outline, _ in seen:
        if name in wanted:
            assert outline != "none", f"{name}: the focus cannot be seen"


@pytest.mark.slow(reason="a visit in a real browser")
def test_one_drag_is_one_step_back_and_one_run(visit):
    one = visit()
    slider = one.page.get_by_test_id("slider-budget")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    length = one.page.evaluate("history.length")
    one.page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2)
    one.page.mouse.down()
    for share in (0.5, 0.6, 0.7, 0.8):
        one.page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        one.page.wait_for_timeout(80)
    moving = one.page.get_by_test_id("slider-budget").input_value()
    assert "budget=20" in one.page.url or "budget" not in one.page.url
    one.page.mouse.up()
    one.page.wait_for_function(f"location.search.includes('budget={moving}')")
    one.settled()
    assert one.page.evaluate("history.length") == length + 1


@pytest.mark.slow(reason="a visit in a real browser")
def test_back_after_a_preset_restores_levers_and_verdict(visit):
    one = visit()
    before = one.numbers()
    one.page.get_by_test_id("preset-thin").check()
    one.page.wait_for_function("document.querySelector('[data-testid=exact-budget]').value === '11'")
    one.settled()
    assert one.numbers() != before
    one.page.go_back()
    one.page.wait_for_function("document.querySelector('[data-testid=exact-budget]').value === '20'")
    one.settled()
    assert one.numbers() == before
    assert one.page.get_by_test_id("preset-assumed").is_checked()


@pytest.mark.slow(reason="a visit in a real browser")
def test_a_shared_link_gives_the_same_page_to_another_visitor(visit, site):
    one = visit().set("trust", 0.5)
    one.page.get_by_test_id("copy-link").click()
    link = one.page.evaluate("navigator.clipboard.readText()")
    other = visit(link.removeprefix(f"{site}/"))
    assert other.numbers() == one.numbers()
    assert other.verdict.inner_text() == one.verdict.inner_text()


@pytest.mark.slow(reason="a visit in a real browser")
def test_two_visitors_never_touch_each_other(visit):
    one, other = visit(), visit()
    before = other.numbers()
    one.set("dissimilarity", 0.9)
    assert other.numbers() == before
    assert other.page.get_by_test_id("exact-dissimilarity").input_value() == "0.5"
    one.page.reload()
    one.settled()
    assert one.page.get_by_test_id("exact-dissimilarity").input_value() == "0.9"


def test_a_damaged_link_opens_with_a_notice_and_values_in_range(visit):
    one = visit("?dissimilarity=999&trust=abc&budget=%3Cscript%3Ealert(1)%3C/script%3E&v=0.0.0")
    text = one.page.get_by_test_id("notices").inner_text()
    assert "it was set to 1" in text
    assert "needs a number" in text
    assert "another version" in text
    assert one.page.get_by_test_id("exact-dissimilarity").input_value() == "1"
    assert one.complaints == []


@pytest.mark.slow(reason="a visit in a real browser")
def test_a_wrong_entry_is_told_beside_its_field_and_changes_nothing(visit):
    one = visit()
    before, address = one.numbers(), one.page.url
    for text in ("7", "", "-1"):
        field = one.page.get_by_test_id("exact-dissimilarity")
        field.fill(text)
        field.press("Enter")
        alert = one.page.locator(".lever [role=alert]")
        alert.wait_for()
        assert "enter a number from 0 to 1" in alert.inner_text()
        assert field.get_attribute("aria-invalid") == "true"
    assert axe_finds(one.page) == []
    assert (one.numbers(), one.page.url) == (before, address)


@pytest.mark.slow(reason="a visit in a real browser")
def test_quick_changes_all_count_and_the_verdict_belongs_to_what_is_shown(visit):
    one = visit()
    wanted = {"dissimilarity": "0.8", "budget": "33", "trust": "0.4", "accuracy": "0.3", "setup": "25"}
    for name, value in wanted.items():
        field = one.page.get_by_test_id(f"exact-{name}")
        field.fill(value)
        field.press("Enter")
        one.page.wait_for_timeout(120)
    for name, value in wanted.items():
        one.page.wait_for_function(f"location.search.includes('{name}={value}')")
    one.settled()
    again = visit(one.page.url.split("/")[-1])
    assert again.numbers() == one.numbers()
    for name, value in wanted.items():
        assert one.page.get_by_test_id(f"exact-{name}").input_value() == value


@pytest.mark.slow(reason="a visit in a real browser")
def test_a_page_that_is_asked_for_packed_comes_all_the_same(visit):
    page = visit().page
    for headers in ({"accept-encoding": "gzip"}, {"accept-encoding": "gzip", "accept": "*/*"}):
        answer = page.request.get(page.url, headers=headers)
        assert answer.status == 200
        assert 'lang="en-GB"' in answer.text()


@pytest.mark.slow(reason="a visit in a real browser")
def test_back_between_two_files_of_ones_own_brings_each(visit, small_place, tmp_path):
    one = visit()
    one.page.get_by_text("Other places to start from").click()
    text = (small_place / "scenarios" / "three-areas.toml").read_text()
    shown = []
    for seed in (77, 88):
        mine = tmp_path / f"mine-{seed}.toml"
        mine.write_text(text.replace("seed = 1", f"seed = {seed}", 1))
        one.page.get_by_test_id("open-scenario").set_input_files(mine)
        one.page.get_by_text(f"seed {seed}").wait_for()
        shown.append(one.settled().numbers())
    assert shown[0] != shown[1]
    one.page.go_back()
    one.page.get_by_text("seed 77").wait_for()
    assert one.settled().numbers() == shown[0]
    assert not one.page.get_by_test_id("preset-assumed").is_checked()


@pytest.mark.slow(reason="a visit in a real browser")
def test_what_stands_in_an_opened_file_is_shown_as_text(visit, small_place, tmp_path):
    one = visit()
    nasty = "<img src=x onerror=window.hurt=1>" + "x" * 300
    text = (small_place / "scenarios" / "three-areas.toml").read_text()
    for name in ("Castlefern", "Re-co-produced locally", "Football coaching"):
        text = text.replace(f'"{name}"', f"'{nasty}'")
    mine = tmp_path / "nasty.toml"
    mine.write_text(text)
    one.page.get_by_text("Other places to start from").click()
    one.page.get_by_test_id("open-scenario").set_input_files(mine)
    one.page.wait_for_function("location.search.includes('start=own')")
    one.settled()
    for summary in one.page.locator("summary").all():
        summary.click()
    one.page.locator("canvas").first.hover()
    one.page.locator("figure div[style*='z-index: 9999999']").first.wait_for()  # the tip beside the pointer
    assert one.page.evaluate("window.hurt") is None
    assert one.page.evaluate("document.documentElement.scrollWidth") == 1280


@pytest.mark.slow(reason="a visit in a real browser")
def test_the_plans_can_be_swapped(visit):
    one = visit()
    before = one.numbers()
    one.page.get_by_test_id("swap-plans").click()
    one.page.wait_for_function("location.search.includes('swap=1')")
    one.settled()
    after = one.numbers()
    assert (after["arm"], after["against"]) == (before["against"], before["arm"])
    assert float(after["mean"]) == -float(before["mean"])


@pytest.mark.slow(reason="a visit in a real browser")
def test_the_downloaded_scenario_gives_the_page_s_numbers(visit):
    one = visit().set("setup", 12)
    with one.page.expect_download() as started:
        one.page.get_by_test_id("download-scenario").click()
    text = started.value.path().read_text()
    assert "not a forecast" in text
    verdict = compare(scenario_from(tomllib.loads(text)), workers=1).verdict
    shown = one.numbers()
    assert [float(shown[name]) for name in ("mean", "low", "high")] == [verdict[n] for n in ("mean", "low", "high")]
    assert [shown[name] for name in ("arm", "against", "measure")] == [
        verdict[n] for n in ("arm", "against", "measure")
    ]


@pytest.mark.slow(reason="a visit in a real browser")
def test_the_saved_table_holds_what_the_page_shows(visit):
    one = visit()
    panel = one.page.get_by_test_id("chart-hours")
    panel.locator("summary").click()
    shown = panel.locator("tbody tr").first.inner_text()
    with one.page.expect_download() as started:
        panel.get_by_text("Save these numbers").click()
    line = started.value.path().read_text().splitlines()[1]
    assert re.sub(r"[\s\",]", "", shown) == re.sub(r"[\s\",]", "", line)


@pytest.mark.slow(reason="a visit in a real browser")
def test_a_scenario_file_can_be_opened_and_a_wrong_one_is_refused(visit, small_place, tmp_path):
    one = visit()
    one.page.get_by_text("Other places to start from").click()
    field = one.page.get_by_test_id("open-scenario")
    for text, says in (
        ("nonsense [", "is not TOML"),
        ("", "is empty"),
        ('extends = "three-areas.toml"', "extends another file"),
        ("[settings]\nweeks = 12", "is missing"),
    ):
        wrong = tmp_path / "wrong.toml"
        wrong.write_text(text)
        field.set_input_files(wrong)
        one.page.wait_for_function(
            f"document.querySelector('[data-testid=file-problems]')?.innerText.includes({json.dumps(says)})"
        )
    assert axe_finds(one.page) == []
    mine = tmp_path / "mine.toml"
    text = (small_place / "scenarios" / "three-areas.toml").read_text()
    mine.write_text(text.replace("seed = 1", "seed = 77", 1))
    field.set_input_files(mine)
    one.page.wait_for_function("location.search.includes('start=own')")
    one.settled()
    one.page.get_by_test_id("file-problems").wait_for(state="detached")
    assert "seed 77" in one.page.locator("footer").inner_text()
    other = visit(one.page.url.split("/")[-1])  # the link alone cannot bring the file
    assert "scenario file of its own" in other.page.get_by_test_id("notices").inner_text()


@pytest.mark.slow(reason="a visit in a real browser")
def test_work_can_be_stopped_and_gone_on_with(visit):
    one = visit()
    field = one.page.get_by_test_id("exact-weeks")
    field.fill("520")
    field.press("Enter")
    one.page.get_by_test_id("stop").click()
    one.page.get_by_text("Stopped.").wait_for()
    assert axe_finds(one.page) == []  # the old picture stands there, paler
    assert one.verdict.get_attribute("data-state") == "estimate"
    one.page.get_by_test_id("go-on").click()
    one.settled()


@pytest.mark.slow(reason="a visit in a real browser")
@pytest.mark.parametrize("size", [(1280, 900), (390, 844), (320, 640)])
def test_axe_finds_nothing_and_nothing_sticks_out(visit, size):
    one = visit(size=size)
    assert axe_finds(one.page) == []  # results
    for summary in one.page.locator("summary").all():
        summary.click()
    one.page.wait_for_function("document.querySelector('details:not([open])') === null")
    assert axe_finds(one.page) == []  # every table and every evidence open
    assert one.page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.slow(reason="a visit in a real browser")
def test_axe_finds_nothing_before_the_first_answer(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/?weeks=520&budget=33&trust=0.61")
    page.get_by_test_id("verdict").wait_for()
    assert page.get_by_test_id("verdict").get_attribute("data-state") == "estimate"
    assert axe_finds(page) == []
    context.close()


@pytest.mark.slow(reason="a visit in a real browser")
def test_levers_beyond_the_evidence_are_named(visit):
    one = visit("?trust=0.9")
    assert "Trust in partners at the start" in one.page.get_by_test_id("notices").inner_text()


@pytest.mark.slow(reason="a visit in a real browser")
def test_text_spacing_and_zoom_lose_nothing(visit):
    one = visit(size=(640, 450))  # 1280 x 900 at 200 %
    one.page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
    )
    assert one.page.evaluate("document.documentElement.scrollWidth") == 640
    assert one.page.get_by_test_id("exact-trust").is_visible()


# --- the address, the levers and the verdict agree -------------------------------------------------------------------

AGREE = """() => {
  const told = new URLSearchParams(location.search).get('dissimilarity') ?? '0.5';
  const field = document.querySelector('[data-testid=exact-dissimilarity]').value;
  const slider = document.querySelector('[data-testid=slider-dissimilarity]').getAttribute('aria-valuetext');
  const scale = document.querySelector('.scale .here')?.innerText;
  const settled = document.body.innerText.includes('All simulated futures are in.');
  return settled && told === field && told === slider && scale === 'here ' + told;
}"""


@pytest.mark.slow(reason="a visit in a real browser")
@pytest.mark.parametrize("pause", [0, 20, 60, 150, 400, 900])
def test_back_right_after_quick_moves_leaves_address_levers_and_verdict_agreed(visit, site, pause):
    one = visit().set("dissimilarity", 0.3).set("dissimilarity", 0.35)  # Back stays on the page
    for value in ("0.41", "0.81"):
        field = one.page.get_by_test_id("exact-dissimilarity")
        field.fill(value)
        field.press("Enter")
    one.page.wait_for_timeout(pause)  # how quick the visitor is
    one.page.evaluate("history.back()")
    for _ in range(4):  # a slow page may take the steps only now
        one.page.wait_for_function(AGREE, timeout=90_000)
        other = visit(one.page.url.removeprefix(f"{site}/"))
        one.page.wait_for_function(AGREE, timeout=90_000)
        if one.page.url == other.page.url:
            break
    assert one.page.url == other.page.url
    assert one.numbers() == other.numbers()


@pytest.mark.slow(reason="a visit in a real browser")
@pytest.mark.parametrize("pause", [0, 50, 300])
def test_back_and_forward_in_a_hurry_end_where_the_address_says(visit, site, pause):
    one = visit().set("dissimilarity", 0.3).set("dissimilarity", 0.7)
    for way in ("back", "back", "forward", "back", "forward"):
        one.page.evaluate(f"history.{way}()")
        one.page.wait_for_timeout(pause)
    one.page.wait_for_function("location.search.includes('dissimilarity=0.3')")
    one.page.wait_for_function(AGREE, timeout=90_000)
    other = visit(one.page.url.removeprefix(f"{site}/"))
    one.page.wait_for_function(AGREE, timeout=90_000)
    assert one.numbers() == other.numbers()


@pytest.mark.slow(reason="a visit in a real browser")
def test_a_move_and_the_way_back_to_the_same_value_leave_no_lever_behind(visit):
    one = visit().set("dissimilarity", 0.3)
    one.page.evaluate(
        """() => {
          const slider = document.querySelector('[data-testid=slider-dissimilarity]');
          for (const value of ['0.9', '0.3']) {
            slider.value = value;
            slider.dispatchEvent(new Event('input'));
            slider.dispatchEvent(new Event('change'));
          }
        }"""
    )
    one.page.wait_for_function("location.search.includes('dissimilarity=0.3')")
    one.page.wait_for_function(AGREE, timeout=90_000)


# --- what is typed ----------------------------------------------------------------------------------------------------


@pytest.mark.slow(reason="a visit in a real browser")
@pytest.mark.parametrize(("keys", "query"), [("12,5", "budget=12.5"), ("13.25", "budget=13.25"), ("11,", "")])
def test_a_comma_before_decimals_is_never_left_out(visit, keys, query):
    one = visit()
    field = one.page.get_by_test_id("exact-budget")
    field.click()
    field.press("ControlOrMeta+a")
    one.page.keyboard.type(keys)
    one.page.keyboard.press("Enter")
    if query:
        one.page.wait_for_function(f"location.search.includes('{query}')")
        one.page.wait_for_function(f"document.querySelector('[data-testid=exact-budget]').value === '{query[7:]}'")
    else:
        one.page.locator(".lever [role=alert]").wait_for()
        assert "budget=11" not in one.page.url


@pytest.mark.slow(reason="a visit in a real browser")
def test_a_number_with_two_readings_is_refused_with_both(visit):
    one = visit()
    field = one.page.get_by_test_id("exact-budget")
    field.fill("1,234")
    field.press("Enter")
    alert = one.page.locator(".lever [role=alert]")
    alert.wait_for()
    assert "1234 or 1.234" in alert.inner_text()
    assert field.input_value() == "1,234"
    field.fill("21")
    field.press("Enter")
    one.page.wait_for_function("location.search.includes('budget=21')")
    alert.wait_for(state="detached")
    one.page.wait_for_function("document.querySelector('[data-testid=exact-budget]').value === '21'")


# --- messages and starts ----------------------------------------------------------------------------------------------


BESIDE = """() => {
  const box = (name) => document.querySelector(`[data-testid=${name}]`).getBoundingClientRect();
  return Math.abs(box('open-scenario').top - box('file-problems').bottom) < 100;
}"""


@pytest.mark.slow(reason="a visit in a real browser")
def test_what_is_wrong_with_a_file_stands_beside_its_field_with_the_focus(visit, small_place, tmp_path):
    one = visit()
    one.page.get_by_text("Other places to start from").click()
    field = one.page.get_by_test_id("open-scenario")
    costly = tmp_path / "costly.toml"
    text = (small_place / "scenarios" / "long.toml").read_text()
    points = ", ".join(str(k / 20) for k in range(21))
    costly.write_text(re.sub(r"break_even_points = \[[^]]*\]", f"break_even_points = [{points}]", text))
    bad = tmp_path / "bad.toml"
    bad.write_text("nonsense [")
    for file, says in ((bad, "is not TOML"), (costly, "too large for the page"), (bad, "is not TOML")):
        one.page.get_by_test_id("slider-budget").focus()
        field.set_input_files(file)
        one.page.wait_for_function(
            f"document.activeElement.dataset.testid === 'file-problems' && "
            f"document.activeElement.innerText.includes({json.dumps(says)})"
        )
        one.page.wait_for_function(
            "[document.activeElement.getBoundingClientRect()].every(r => r.top >= 0 && r.top < innerHeight)"
        )
        one.page.wait_for_function(BESIDE)  # both places at one moment, once the page has come to rest
    assert axe_finds(one.page) == []
    assert one.verdict.get_attribute("data-state") == "exact"  # what was shown goes on


@pytest.mark.slow(reason="a visit in a real browser")
def test_only_starts_that_can_run_are_offered_and_the_others_named(visit):
    one = visit()
    one.page.get_by_text("Other places to start from").click()
    assert one.page.get_by_test_id("start-similar-areas").is_visible()
    assert one.page.get_by_test_id("start-huge").count() == 0
    assert "modsim compare scenarios/huge.toml" in one.page.get_by_test_id("too-large").inner_text()


@pytest.mark.slow(reason="a visit in a real browser")
def test_the_verdict_that_stays_in_sight_on_a_phone_is_marked_as_old_while_it_is(visit):
    one = visit(size=(390, 844))
    sticky = one.page.get_by_test_id("sticky")
    assert sticky.is_visible()
    assert "old" not in sticky.get_attribute("class").split()
    one.page.evaluate(
        "new MutationObserver(() => { if (document.querySelector('.sticky.old')) window.was_old = true; })"
        ".observe(document.body, { subtree: true, childList: true, attributes: true })"
    )
    one.set("weeks", 300)
    assert one.page.evaluate("window.was_old")
    assert "old" not in sticky.get_attribute("class").split()


# --- a visitor whose network is gone ----------------------------------------------------------------------------------


class Wire:
    """Passes bytes between a visitor and the page until it is cut; it can be joined again at the same port."""

    def __init__(self, site):
        self.target = int(site.rsplit(":", 1)[1])
        self.port = free_port()
        self.ends = []
        self.join()

    def join(self):
        self.door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._let_in, args=(self.door,), daemon=True).start()

    def _let_in(self, door):
        while True:
            try:
                visitor, _ = door.accept()
            except OSError:
                return
            page = socket.create_connection(("127.0.0.1", self.target))
            self.ends += [visitor, page]
            for source, sink in ((visitor, page), (page, visitor)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass(source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def cut(self):
        with suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()


def seconds_worked(site):
    """The time that the processors have given to the processes that work for the page."""
    found = 0.0
    for process in psutil.Process(site.process.pid).children(recursive=True):
        with suppress(psutil.Error):
            times = process.cpu_times()
            found += times.user + times.system
    return found


def until(site, works):
    """Wait until the processes work, or rest."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        before = seconds_worked(site)
        time.sleep(1)
        if (seconds_worked(site) - before > 0.2) == works:
            return
    raise AssertionError("the work goes on" if not works else "no work began")


@pytest.mark.slow(reason="a visit in a real browser")
def test_work_ends_when_the_network_of_the_last_who_waits_is_gone_and_goes_on_when_it_is_back(browser, site):
    until(site, works=False)
    wire = Wire(site)
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{wire.port}/?start=long")
        page.get_by_test_id("stop").wait_for()
        until(site, works=True)
        wire.cut()
        until(site, works=False)
        wire.join()
        until(site, works=True)
    finally:
        wire.cut()
        context.close()
    until(site, works=False)
