"""Ctrl-C and SIGTERM at any moment: a word, the right code, nothing left behind, and what was finished is kept."""

import json
import signal

import pytest

from tests.robustness.throwing import Case

pytestmark = pytest.mark.slow(reason="each case simulates until it is stopped")

LONG = ["--set", "settings.weeks=60"]


def stopping(luck, words, of, most, longest, after=None):
    """A case that is stopped at random: after so many weeks or tasks and a moment more, by Ctrl-C or SIGTERM."""
    number = luck.choice([signal.SIGINT, signal.SIGINT, signal.SIGTERM])
    stop = {
        "of": of,
        "after": luck.randint(0, most),
        "delay": luck.random() * longest,
        "signal": number,
        "group": luck.random() < 0.5,
    }
    whom = ", to all of the group" * stop["group"]
    note = f"{number.name} {stop['delay'] * 1000:.1f} ms after {of} {stop['after']}{whom}"
    code = {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    return Case(words, {}, ("out", "store2"), stop=stop, codes=frozenset({code}), after=after, note=note)


def kept(at, end):
    """What a comparison left is whole, or there is nothing."""
    leftovers = [path.name for path in at.iterdir() if path.name.startswith(".")]
    if (at / "out").exists():
        summary = json.loads((at / "out" / "summary.json").read_text())
        if not summary["interrupted"] or not summary["replicates"]:
            leftovers.append("a summary that does not say that it was interrupted")
    return [f"left behind: {one.split('.')[0] or '.…'}" for one in leftovers]


def test_a_comparison(throw):
    """Slow: simulates until it is stopped."""
    words = [
        "compare",
        "scenarios/small.toml",
        "--replicates",
        "16",
        *LONG,
        "--no-figures",
        "--out",
        "out",
        "--workers",
        "1",
    ]
    throw("compare", lambda luck, k: stopping(luck, words, "weeks", 100, 0.05, kept))


def test_a_comparison_in_two_processes(throw):
    """Slow: processes are started, and simulate until they are stopped."""
    words = [
        "compare",
        "scenarios/small.toml",
        "--replicates",
        "4000",
        *LONG,
        "--no-figures",
        "--out",
        "out",
        "--workers",
        "2",
    ]
    throw("compare, two workers", lambda luck, k: stopping(luck, words, "tasks", 2, 6.0, kept))


STUDY = (
    'scenario = "../scenarios/small.toml"\nreplicates = 8\narms = ["transplant"]\n[fixed]\n"settings.weeks" = 400\n'
    '[factors]\n"world.dissimilarity" = {low = 0, high = 1, steps = 8}\n'
)


def studies(workers, of, most, longest):
    def case(luck, k):
        words = ["study", "run", "experiments/long.toml", "--store", "store2", "--workers", workers]
        first = stopping(luck, words, of, most, longest)
        first.makes = {"experiments/long.toml": STUDY}
        status = ["study", "status", "experiments/long.toml", "--store", "store2", "--json"]

        def told(at, end):
            """What the command said it had done is in the store."""
            return [] if json.loads(end.out)["failed"] == 0 else ["runs failed because they were stopped"]

        made = first.stop["signal"] == signal.SIGINT
        return [
            first,
            Case(status, {}, ("store2",), codes=frozenset({0} if made else {0, 2}), after=told if made else None),
        ]

    return case


def test_a_study(throw):
    """Slow: simulates until it is stopped; what was finished is in the store."""
    throw("study", studies("1", "weeks", 30, 0.03))


def test_a_study_in_two_processes(throw):
    """Slow: processes are started, and simulate until they are stopped."""
    throw("study, two workers", studies("2", "tasks", 2, 6.0))


def test_a_run(throw):
    """Slow: simulates until it is stopped."""
    words = ["run", "scenarios/small.toml", "--set", "settings.weeks=500", "--set", "areas.govan.population=9000"]
    throw("run", lambda luck, k: stopping(luck, words, "weeks", 70, 0.05))


def test_other_commands(throw):
    """Slow: simulates until it is stopped."""
    long = ["--set", "settings.weeks=120", "--set", "settings.replicates=4", "--workers", "1", "--out", "out"]
    all_words = [
        ["ablate", "scenarios/small.toml", *long],
        [
            "validate",
            "--patterns",
            "experiments/patterns.toml",
            "--scenario",
            "scenarios/small.toml",
            "--draws",
            "0",
            *long,
        ],
        [
            "calibrate",
            "experiments/calibration/targets.csv",
            "--scenario",
            "scenarios/small.toml",
            "--prior",
            "experiments/calibration/prior.csv",
            "--store",
            "store2",
            *long,
        ],
        [
            "reflect",
            "--scenario",
            "scenarios/small.toml",
            "--rest",
            "true",
            "--replicates",
            "30",
            "--out",
            "out",
            "--workers",
            "1",
        ],
    ]
    throw("others", lambda luck, k: stopping(luck, luck.choice(all_words), "weeks", 100, 0.02))
