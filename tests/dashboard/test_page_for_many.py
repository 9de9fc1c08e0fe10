"""Many visitors at once: turns, what is kept, who is let in, and a budget that bounds what one of them can ask for."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from modsim import load_scenario
from modsim.dashboard import page, workshop
from modsim.dashboard.benches import Bench
from modsim.dashboard.server import WholePage
from modsim.dashboard.view import PRESETS, View, full, scenario_of
from modsim.dashboard.workshop import TooLargeError, Workshop, check_size, planned
from tests.conftest import SCENARIOS, small_scenario
from tests.dashboard.test_page_without_browser import answered

THREE = load_scenario(SCENARIOS / "three-areas.toml")
PAIR = "settings.arms=['transplant', 'recoproduce']"
LARGE = small_scenario("settings.replicates=60", "settings.weeks=1000", PAIR)
POINTS = [k / 20 for k in range(21)]


def wait_until(what, seconds=90):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


# --- one budget -------------------------------------------------------------------------------------------------------


def test_break_even_points_count_towards_what_the_page_can_run():
    long = ("settings.replicates=60", "settings.weeks=1000", "settings.history_weeks=300")
    check_size(small_scenario(*long, "settings.break_even_points=[]"))
    with pytest.raises(TooLargeError, match="modsim compare"):
        check_size(small_scenario(*long, f"settings.break_even_points={POINTS}"))


@pytest.mark.parametrize(
    "more",
    [
        "settings.weeks=1000",
        "settings.replicates=60",
        f"settings.break_even_points={POINTS}",
        "settings.history_weeks=520",
    ],
)
def test_whatever_adds_work_brings_a_scenario_nearer_to_the_bound(monkeypatch, more):
    plain = small_scenario()
    monkeypatch.setattr(workshop, "MOST_WORK", planned(plain, 1).work)
    check_size(plain)
    with pytest.raises(TooLargeError):
        check_size(small_scenario(more))


@pytest.mark.parametrize("bound", ["MOST_WORK_AT_ONCE", "MOST_BYTES", "MOST_BYTES_OF_RESULTS", "MOST_PEOPLE"])
def test_every_bound_refuses(monkeypatch, bound):
    monkeypatch.setattr(workshop, bound, 1)
    with pytest.raises(TooLargeError):
        check_size(small_scenario())


def test_no_batch_of_what_is_accepted_takes_long():
    for weeks in (26, 156, 520):
        scenario = small_scenario(
            f"settings.weeks={weeks}", "settings.replicates=60", "areas.govan.population=9000",
            "settings.arms=['transplant', 'recoproduce']",
        )  # fmt: skip
        assert max(task.work for task in check_size(scenario, 2).tasks) < 30_000_000


def test_a_plan_brings_every_future_and_every_lane_once():
    for changes in ((), ("settings.replicates=1",), ("settings.replicates=33", "settings.weeks=900")):
        scenario = small_scenario(*changes, "areas.govan.population=90000", f"settings.break_even_points={POINTS}")
        plan = planned(scenario, 2)
        for batches in ([one for stage in plan.stages for one in stage], plan.break_even):
            lived = [(r, lane) for _, task in batches for r in task.replicates for lane in task.lanes]
            assert len(lived) == len(set(lived))
            assert {r for r, _ in lived} == set(range(scenario.settings.replicates))
        lanes = {lane for _, task in plan.break_even for lane in task.lanes}
        assert len(lanes) == 2 * 20


def test_the_worlds_of_batches_stay_the_same_while_levers_move():
    def worlds(*changes):
        return [(place, task.replicates) for place, task in planned(small_scenario(*changes), 2).stages[0]]

    assert worlds() == worlds("settings.weeks=200", "world.dissimilarity=0.1", "purse.budget=30")


# --- turns ------------------------------------------------------------------------------------------------------------


def test_the_visitor_served_least_recently_comes_first():
    gate, order = threading.Event(), []

    def work(name, *_):
        gate.wait(60)
        order.append(name)

    bench = Bench(lambda: ThreadPoolExecutor(1), [0, 0], 0)
    turns = [bench.put(lambda: ["heavy"], work, f"heavy {k}") for k in range(4)]
    turns += [bench.put(lambda: ["light"], work, "light"), bench.put(lambda: ["other"], work, "other")]
    turns[3].future.cancel()
    gate.set()
    wait_until(lambda: all(turn.future.done() for turn in turns))
    assert order == ["heavy 0", "light", "other", "heavy 1", "heavy 2"]
    bench.close()


@pytest.mark.slow(reason="a large scenario and a small one in the page's processes")
def test_a_large_scenario_of_one_visitor_does_not_keep_another_waiting():
    one = Workshop(0)
    heavy = one.ask(LARGE, "large", "heavy")
    wait_until(lambda: heavy.share > 0)
    job = one.ask(small_scenario("settings.weeks=8"), "small", "light")
    wait_until(lambda: job.finished)
    assert not heavy.finished
    heavy.leave("heavy")
    job.leave("light")
    one.close()


@pytest.mark.slow(reason="the page's processes, one of which dies")
def test_a_process_that_dies_costs_only_the_work_under_way():
    one = Workshop(1)
    try:
        answered(one, small_scenario("settings.weeks=8"))
        heavy = one.ask(LARGE, "large", "heavy")
        wait_until(lambda: heavy.share > 0)
        other = one.ask(small_scenario("settings.weeks=9"), "small", "light")
        (process,) = one._benches[0]._executor._processes.values()
        process.kill()
        wait_until(lambda: heavy.error or other.error)
        answered(one, small_scenario("settings.weeks=9"))
    finally:
        one.close()


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_answers_to_keep_stay_whatever_others_ask_for(monkeypatch):
    monkeypatch.setattr(workshop, "_ANSWERS_KEPT", 2)
    one = Workshop(0)
    first = small_scenario("settings.weeks=8")
    one.keep([first])
    kept, _ = answered(one, first)
    passing = [answered(one, small_scenario("settings.weeks=8", f"settings.seed={k}"))[0] for k in range(2, 7)]
    assert answered(one, first)[0] is kept
    assert answered(one, passing[-1].scenario)[0] is passing[-1]
    assert answered(one, passing[0].scenario)[0] is not passing[0]
    one.close()


def test_answers_are_kept_by_how_much_memory_they_take(monkeypatch):
    one = Workshop(0)
    first, _ = answered(one, small_scenario("settings.weeks=8"))
    monkeypatch.setattr(workshop, "_BYTES_KEPT", first.plan.bytes_of_results)
    answered(one, small_scenario("settings.weeks=8", "settings.seed=2"))
    answered(one, small_scenario("settings.weeks=8", "settings.seed=3"))
    assert len(one._jobs) <= 2
    one.close()


def test_the_answers_kept_are_those_of_the_first_page_and_the_presets(monkeypatch):
    monkeypatch.setattr(page, "shipped_scenarios", lambda: {"three-areas": THREE})
    shown = [scenario_of(full(View(p.start, p.values), page.shipped_scenarios()), {p.start: THREE}) for p in PRESETS]
    assert page.preset_scenarios() == shown
    assert page.full_usual() in shown


def test_starts_that_cannot_run_are_told_apart(monkeypatch):
    large = small_scenario("areas.govan.population=5000000")
    monkeypatch.setattr(page, "shipped_scenarios", lambda: {"three-areas": THREE, "large": large})
    page.too_large.cache_clear()
    try:
        assert page.too_large() == ("large",)
    finally:
        page.too_large.cache_clear()


def test_shipped_starts_run_on_the_page_or_are_named():
    page.too_large.cache_clear()
    large = page.too_large()
    assert {"glasgow", "million"} <= set(large)
    for name, scenario in page.shipped_scenarios().items():
        if name not in large:
            check_size(scenario_of(full(View(name), {name: scenario}), {name: scenario}), 2)


# --- who is let in ----------------------------------------------------------------------------------------------------


def let_in(scope):
    """Whether a request reaches the page, and what was sent otherwise."""
    reached, sent = [], []

    async def app(scope, receive, send):
        reached.append(scope)

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    asyncio.run(WholePage(app)({"path": "/jupyter/", **scope}, receive, send))
    return bool(reached), sent


HERE = (b"host", b"127.0.0.1:8765")


@pytest.mark.parametrize("origin", [b"https://elsewhere.example", b"null", b"http://[", b"http://127.0.0.1:9999", b""])
def test_sockets_and_acts_of_other_sites_are_refused(origin):
    headers = [HERE, (b"origin", origin)]
    reached, sent = let_in({"type": "websocket", "headers": headers})
    assert (reached, sent) == (False, [{"type": "websocket.close", "code": 1008}])
    reached, sent = let_in({"type": "http", "method": "POST", "headers": headers})
    assert not reached
    assert sent[0]["status"] == 403


@pytest.mark.parametrize("headers", [[HERE], [HERE, (b"origin", b"http://127.0.0.1:8765")]])
def test_the_page_itself_and_programs_are_let_in(headers):
    assert let_in({"type": "websocket", "headers": headers})[0]
    assert let_in({"type": "http", "method": "POST", "headers": headers})[0]


def test_reading_from_elsewhere_and_the_server_s_own_events_go_through():
    headers = [HERE, (b"origin", b"https://elsewhere.example")]
    assert let_in({"type": "http", "method": "GET", "headers": headers})[0]
    assert let_in({"type": "lifespan"})[0]


@pytest.mark.slow(reason="starts a server")
def test_a_running_page_refuses_the_sockets_of_other_sites(site):
    socket = f"ws{site.removeprefix('http')}/jupyter/api/kernels/some-kernel/channels?session_id=some-page"
    with urlopen(site) as answer:
        cookie = answer.headers["set-cookie"].split(";")[0]
    with pytest.raises(InvalidStatus):
        connect(socket, origin="https://elsewhere.example", additional_headers={"cookie": cookie})
    for origin in (str(site), None):
        with connect(socket, origin=origin, additional_headers={"cookie": cookie}) as opened:
            try:
                opened.recv(timeout=0.2)
            except TimeoutError:
                pass
            except ConnectionClosed:
                pytest.fail("the page closed the socket of its own visitor")
    with pytest.raises(HTTPError, match="403"):
        urlopen(Request(f"{site}/_solara/api/close/x", b"", {"origin": "https://elsewhere.example"}))


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ({"type": "websocket"}, {"type": "websocket.close", "code": 1011}),
        ({"type": "http", "method": "GET"}, 500),
    ],
)
def test_junk_of_one_visitor_is_one_line_and_ends_their_connection(scope, said, capsys):
    async def app(scope, receive, send):
        raise ExceptionGroup("several", [KeyError("session_id")])

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(WholePage(app)({"path": "/jupyter/api/x", "headers": [HERE], **scope}, None, send))
    assert said in (sent[0], sent[0].get("status"))
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "'/jupyter/api/x' could not be answered" in line
