"""What is measured. Each part gives the lines of one table."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from inspect import getsource
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import networkx as nx
import numpy as np

from benchmarks.plain_mesa import Town as PlainTown
from benchmarks.timing import Row, Way, in_turns, not_compiled, seconds
from modsim import Community, compare, load_scenario
from modsim.compiling.acts import Driver
from modsim.dashboard.workshop import Workshop
from modsim.inputs.reading import with_changes
from modsim.inputs.scenario import Scenario
from modsim.simulation import drive, week
from modsim.simulation.lanes import Lane
from modsim.simulation.records import Records
from modsim.simulation.runs import Pasts, run
from modsim.world.draws import Luck
from modsim.world.networks import peer_ties

SCENARIOS = Path(__file__).parent.parent / "scenarios"
THREE = SCENARIOS / "three-areas.toml"
CORES = 2
_SETTLED = 10  # weeks after which programmes are at work
_RATE = "person-weeks a second"
_TIMES = "times the first"


def of_size(people: int, weeks: int, *changes: str) -> Scenario:
    """The three areas with about so many young people in all, and so many weeks."""
    scenario = load_scenario(THREE, [f"settings.weeks={weeks}", "settings.break_even_points=[]", *changes])
    share = people / scenario.young_people
    return with_changes(scenario, [f"areas.{a.id}.population={round(a.population * share)}" for a in scenario.areas])


def live(scenario: Scenario, lanes: int, seed: int, replicates: int = 1, threads: int = 1) -> tuple[float, float]:
    """Person-weeks and seconds of the weeks after the first few, in so many lanes that each have other numbers."""
    scenario = with_changes(scenario, [f"settings.seed={seed}"])
    points = [with_changes(scenario, [f"trust.loss_to_gain={1 + k / 100}"]) for k in range(lanes)]
    at: dict[int, float] = {}

    def look(week: int) -> None:
        at[week] = time.perf_counter()

    run(points, [Lane("recoproduce", k) for k in range(lanes)], range(replicates), look, threads=threads)
    weeks = scenario.settings.weeks - 1 - _SETTLED
    return scenario.young_people * lanes * replicates * weeks, at[scenario.settings.weeks - 1] - at[_SETTLED]


def faces(people: int, weeks: int, agent_weeks: int, lanes: int, repeats: int) -> list[Row]:
    """Level M0 and trust: by peers, and by this model at level M1; then the whole model. One run, and many lanes."""
    scenario, core = of_size(people, weeks), of_size(people, weeks, "settings.rung='M1'")

    def plain_mesa(seed: int) -> tuple[float, float]:
        town = PlainTown(people, seed)
        town.step()
        return people * agent_weeks, seconds(lambda: town.run_for(agent_weeks))

    def starsim(seed: int) -> tuple[float, float]:
        from benchmarks.plain_starsim import town

        sim = town(people, weeks, seed)
        return people * (weeks + 1), seconds(sim.run)

    def agents(seed: int) -> tuple[float, float]:
        town = Community(scenario, arm="recoproduce", seed=seed)
        town.run_for(_SETTLED)
        town.pace = "agent"
        return scenario.young_people * agent_weeks, seconds(lambda: town.run_for(agent_weeks))

    def columns(seed: int, of: Scenario = scenario, lanes: int = 1) -> tuple[float, float]:
        return live(of, lanes, seed)

    def not_at_all_compiled(seed: int) -> tuple[float, float]:
        with not_compiled():
            return live(of_size(people, _SETTLED + 3), 1, seed)

    ways: dict[str, Way] = {
        "core: plain Mesa": plain_mesa,
        **({"core: Starsim": starsim} if find_spec("starsim") else {}),
        "core: modsim at level M1, one run": partial(columns, of=core),
        f"core: modsim at level M1, {lanes} lanes": partial(columns, of=core, lanes=lanes),
        "whole: Mesa agents of modsim": agents,
        "whole: modsim, not compiled": not_at_all_compiled,
        "whole: modsim, one run": columns,
        f"whole: modsim, {lanes} lanes": partial(columns, lanes=lanes),
    }
    found = in_turns(ways, repeats)
    return [Row(name, {_RATE: speed, "times plain Mesa": times}) for name, (speed, times) in found.items()]


def lanes(people: int, weeks: int, repeats: int, most: int = 64) -> list[Row]:
    """How speed grows with the lanes that are run side by side."""
    scenario = of_size(people, weeks)
    numbers = [n for n in (1, 2, 4, 8, 16, 32, 64) if n <= most]
    found = in_turns({f"{n} lanes": partial(_lanes, scenario, n) for n in numbers}, repeats)
    return [Row(name, {_RATE: speed, _TIMES: times}) for name, (speed, times) in found.items()]


def _lanes(scenario: Scenario, number: int, seed: int) -> tuple[float, float]:
    return live(scenario, number, seed)


def growth(sizes: list[int], weeks: int, repeats: int) -> list[Row]:
    """Seconds a week with people (in one lane) and with ties, and the power of growth against the first."""
    rows = []
    for what, scenarios in (
        ("young people", {n: of_size(n, weeks) for n in sizes}),
        ("in a group", {n: of_size(sizes[-1], weeks, f"population.peer_group_size={n}") for n in (8, 16, 32)}),
    ):
        found = in_turns({f"{n:,} {what}": partial(_lanes, one, 1) for n, one in scenarios.items()}, repeats)
        first = next(iter(scenarios))
        for (n, one), (name, (speed, _)) in zip(scenarios.items(), found.items(), strict=True):
            a_week = one.young_people / speed
            base = scenarios[first].young_people / found[f"{first:,} {what}"][0]
            power = {} if n == first else {"grows with the power": np.log(a_week / base) / np.log(n / first)}
            rows.append(Row(name, {"seconds a week": a_week, **power}))
    return rows


_CHILD = """
import sys
from benchmarks.parts import highest_memory, live, of_size
people, lanes = map(int, sys.argv[1:3])
live(of_size(people, 14), lanes, 1)
print(highest_memory())
"""


def highest_memory() -> int:
    """The most bytes this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # where the figure below counts what the process before it held, too
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def memory(people: int) -> list[Row]:
    """Bytes at the highest: of a further lane, and of a further young person with all that no arm changes."""

    def highest(*numbers: int) -> int:
        words = [sys.executable, "-c", _CHILD, *map(str, numbers)]
        return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)

    highest(people // 10, 1)  # what is compiled for the first time takes memory too
    one, more_lanes, more_people = highest(people, 1), highest(people, 17), highest(4 * people, 1)
    return [
        Row("a young person in a further lane", {"bytes": (more_lanes - one) / 16 / people}),
        Row("a further young person and residents, in one lane", {"bytes": (more_people - one) / 3 / people}),
        Row("the process with one lane of the smaller town", {"bytes": float(one)}),
    ]


def start_up(repeats: int) -> list[Row]:
    """Seconds until something is seen, of whole processes; the quickest of several."""

    def command(*words: str, **environment: str) -> float:
        start = time.perf_counter()
        whole = [sys.executable, "-m", "modsim.cli", *words]
        environment = os.environ | environment
        with subprocess.Popen(
            whole, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            gone = time.perf_counter() - start
            process.communicate()
        return gone

    with tempfile.TemporaryDirectory() as place:
        small = "compare", str(THREE), "--out", f"{place}/out", "--replicates", "1", "--no-figures"
        few = (*small, "--arms", "transplant", "--set", "settings.break_even_points=[]")
        first_ever = command(*few, MODSIM_CACHE=f"{place}/cache")
        return [
            Row("modsim --help", {"seconds": min(command("--help") for _ in range(repeats))}),
            Row("compare, one simulated future of two arms", {"seconds": min(command(*few) for _ in range(repeats))}),
            Row("compare, one simulated future of all arms", {"seconds": min(command(*small) for _ in range(repeats))}),
            Row("compare, the first ever: two arms", {"seconds": first_ever}, "compiles, and keeps what it compiled"),
        ]


def networks(people: int, repeats: int) -> list[Row]:
    """Ties drawn straight to compressed rows, against a small world by NetworkX."""
    group, area, first = np.arange(people) // 8, np.zeros(people, dtype=np.int64), np.array([0, people])

    def ours(seed: int) -> tuple[float, float]:
        return people, seconds(lambda: peer_ties(group, area, first, 0.25, Luck(seed, ["here"], [0])))

    def theirs(seed: int) -> tuple[float, float]:
        return people, seconds(lambda: nx.watts_strogatz_graph(people, 8, 0.25, seed=seed))

    found = in_turns({"NetworkX, small world": theirs, "peer groups, rewired": ours}, repeats)
    return [Row(name, {"people a second": speed, _TIMES: times}) for name, (speed, times) in found.items()]


# --- where the time goes ---------------------------------------------------------------------------------------------


def stages(replicates: int, lanes: list[int], weeks: int, repeats: int) -> list[Row]:
    """Nanoseconds of each stage of the week for a young person in a lane; the quickest of several runs."""
    scenario = load_scenario(THREE, [f"settings.weeks={weeks}"])
    found: dict[str, dict[str, float]] = {}
    for number in lanes:
        work = scenario.young_people * replicates * number * weeks
        runs = [_stages(scenario, number, replicates) for _ in range(repeats)]
        for stage, _ in runs[0].most_common():
            found.setdefault(stage, {})[f"ns, {number} lanes"] = min(one[stage] for one in runs) / work * 1e9
    return [Row(stage, figures) for stage, figures in found.items()]


def _stages(scenario: Scenario, lanes: int, replicates: int) -> Counter[str]:
    """Seconds by stage of a run whose world and history are kept from one before."""
    spent: Counter[str] = Counter()

    def timed[**P, R](names: tuple[str, ...], stage: Callable[P, R]) -> Callable[P, R]:
        def stage_and_clock(*given: P.args, **named: P.kwargs) -> R:
            start = time.perf_counter()
            result = stage(*given, **named)
            spent.update(dict.fromkeys(names, time.perf_counter() - start))
            return result

        return stage_and_clock

    arms = list(scenario.arms)[1:] + list(scenario.arms)[:1]
    points = (
        [Lane(arms[k % len(arms)]) for k in range(lanes)] if lanes > 2 else [Lane("transplant"), Lane("recoproduce")]
    )
    kept = Pasts()
    run(scenario, points, range(replicates), kept=kept)
    with ExitStack() as put_back:
        for module, names, told in (
            (drive, re.findall(r"stage\.(\w+)\(", getsource(week)), ("all stages",)),
            (Records, ["follow_lists", "write_down"], ("all stages",)),
            (Driver, ["__call__"], ()),
        ):
            for name in names:
                labels = (name, *told) if told else ("of all: compiled acts and loops",)
                put_back.enter_context(patch.object(module, name, timed(labels, getattr(module, name))))
        run(scenario, points, range(replicates), kept=kept)
    return spent


# --- the goals, each once ---------------------------------------------------------------------------------------------

_TWO_ARMS = "settings.arms=['transplant','recoproduce']"
_kept = Pasts()


def _redraw(replicates: list[int]) -> float:
    scenario = load_scenario(THREE)
    return seconds(lambda: run(scenario, [Lane("transplant"), Lane("recoproduce")], replicates, kept=_kept))


def _page(repeats: int) -> dict[str, float]:
    """Seconds from a lever's rest to each answer of the page: the reference, both stages and break-even included."""
    scenario, told = load_scenario(THREE, [_TWO_ARMS]), dict[str, list[float]]()
    workshop = Workshop(CORES)
    try:
        for k in range(repeats + 1):
            moved = with_changes(scenario, [f"joining.trust_effect={2 + k / 100}"])
            start, seen = time.perf_counter(), 0
            job, answer = workshop.ask(moved), None
            while not job.finished:
                seen = job.next_change(seen, 60.0)
                if job.answer is not answer and (answer := job.answer) is not None and k:  # the first makes the worlds
                    stage = "with break-even" if answer.has_break_even else answer.state
                    told.setdefault(stage, []).append(time.perf_counter() - start)
            job.leave()
    finally:
        workshop.close()
    return {stage: min(found) for stage, found in told.items()}


def _small_runs(seed: int) -> float:
    """Two arms at sixteen parameter points side by side, as a sweep has them, each in sixteen replicates."""
    scenario = of_size(1000, 104, f"settings.seed={seed}")
    points = [with_changes(scenario, [f"effect.session_effect={0.05 + k / 500}"]) for k in range(16)]
    arms = "transplant", "recoproduce"
    return seconds(lambda: run(points, [Lane(arm, k) for k in range(16) for arm in arms], range(16)))


def _on_both[T](work: Callable[[T], float], parts: list[T], times: int = 3) -> float:
    """Seconds of the slower of two processes, each with a part of its own that it has done before."""
    with ExitStack() as stack:
        pools = [stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn"))) for _ in parts]
        found = []
        for _ in range(times):
            under_way = [pool.submit(work, part) for pool, part in zip(pools, parts, strict=True)]
            found.append(max(one.result() for one in under_way))
    return min(found[1:])


def goals() -> list[Row]:
    """What the model was built to do in a given time, on two cores, compiled loops cached."""

    def whole(*words: str) -> float:
        with tempfile.TemporaryDirectory() as place:
            command = [sys.executable, "-m", "modsim.cli", "compare", str(THREE), *words, "--out", f"{place}/out"]
            return seconds(lambda: subprocess.run(command, check=True, capture_output=True))

    page = _page(3)
    glasgow = with_changes(
        load_scenario(SCENARIOS / "glasgow.toml"),
        ["settings.weeks=156", "settings.replicates=16", "settings.arms=['transplant']"],
    )
    history, million = _million()
    return [
        Row(
            "compare, 2 arms, 16 simulated futures, all included",
            {"seconds": whole("--set", _TWO_ARMS), "must": 6, "aim": 3},
        ),
        Row("compare, 11 arms, 16 simulated futures, all included", {"seconds": whole(), "must": 10, "aim": 6}),
        *(
            Row(f"page, 2 arms, 16 simulated futures: {stage}", {"seconds": found, "must": 0.5, "aim": 0.2})
            for stage, found in page.items()
        ),
        Row(
            "the same as it was timed before: two lanes, one stage",
            {"seconds": _on_both(_redraw, [list(range(8)), list(range(8, 16))]), "must": 0.5, "aim": 0.2},
        ),
        Row(
            "runs a second of 1,000 people, 104 weeks",
            {"runs a second": CORES * 512 / _on_both(_small_runs, [1, 2]), "must": 500, "aim": 1500},
        ),
        Row(
            "Glasgow, 2 arms, 16 simulated futures, 156 weeks",
            {"seconds": seconds(lambda: compare(glasgow, workers=CORES)), "must": 25, "aim": 15},
        ),
        Row("a million, one lane, 52 weeks", {"seconds": million - history, "aim": 4}),
        Row("the same, with its world and 52 weeks of history", {"seconds": million}),
    ]


def _million() -> tuple[float, float]:
    """Seconds until a million young people have their history behind them, and until 52 weeks later."""
    scenario, start = load_scenario(SCENARIOS / "million.toml"), time.perf_counter()
    at: dict[int, float] = {}

    def look(week: int) -> None:
        at[week] = time.perf_counter() - start

    whole = seconds(lambda: run(scenario, [Lane("recoproduce")], [0], look, threads=CORES))
    return at[-1], whole
