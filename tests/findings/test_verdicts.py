"""The verdicts in their order, when they are settled, the headline's rule, and replicates run until all is settled."""

import json
from itertools import product

import jsonschema
import numpy as np
import pytest

from modsim import compare
from modsim.findings import comparison as comparing
from modsim.findings.headline import headline, how_far, rule
from modsim.findings.verdict import contrast
from modsim.findings.verdicts import ABOUT, Verdict
from modsim.inputs.measures import measures
from tests.conftest import SCENARIOS, SMALL, modsim, small_scenario

PAIR = ["transplant", "recoproduce"]


def verdict(values, about="targeted", smallest=3.0):
    scenario = small_scenario()
    measure = next(m for m in measures(scenario) if m.name == ABOUT[about].format("asb"))
    theirs = np.zeros(len(values))
    return Verdict(about, measure, contrast("recoproduce", "transplant", measure, values, theirs, smallest), smallest)


def spread(mean, reach, number=16):
    """Values whose mean has about this 95 % interval."""
    values = np.linspace(-1.0, 1.0, number)
    scale = reach / (2.13 * values.std(ddof=1) / np.sqrt(number))
    return mean + values * scale


@pytest.mark.parametrize(
    ("mean", "reach", "kind", "settled"),
    [
        (-8.0, 2.0, "better", True),
        (-5.0, 1.8, "better", False),  # half as wide again it reaches what is too small to matter
        (0.0, 1.0, "about the same", True),
        (1.8, 1.0, "about the same", False),
        (2.9, 0.4, "cannot tell", True),  # narrower than a third of what matters: it lies at the limit
        (2.9, 2.0, "cannot tell", False),
        (9.0, 2.0, "worse", True),
    ],
)
def test_a_verdict_is_settled_where_more_replicates_would_hardly_change_it(mean, reach, kind, settled):
    found = verdict(spread(mean, reach))
    assert (found.kind, found.is_settled) == (kind, settled)


def test_a_settled_verdict_is_seldom_overturned_by_more_replicates():
    """Looking again after every doubling, until it is settled: the kind then is nearly always that of the true mean."""
    luck, wrong = np.random.Generator(np.random.Philox(5)), 0
    truths = luck.uniform(-6.0, 6.0, 150)
    for truth in truths:
        values = truth + 4.0 * luck.normal(size=4096)
        number = 16
        while number < 4096 and not verdict(values[:number]).is_settled:
            number *= 2
        found = verdict(values[:number])
        sure = "better" if truth < -3.0 else "worse" if truth > 3.0 else "about the same"
        wrong += found.kind not in (sure, "cannot tell")
    assert wrong <= 6  # four in a hundred


def test_the_rule_names_who_does_better_for_whom_and_never_says_both():
    kinds = ("better", "worse", "about the same", "cannot tell")
    for of in product(kinds, repeat=3):
        said = rule(dict(zip(("targeted", "trust", "area"), of, strict=True)), "“A”", "“B”")
        for about, kind in zip(("those first targeted", "their trust", "the whole area"), of, strict=True):
            part = next(part for part in said.split("; ") if about in part)
            expected = {
                "better": "“A” does better for", "worse": "“B” does better for", "about the same": "about the same for",
                "cannot tell": "annot tell",
            }[kind]  # fmt: skip
            assert expected in part, (of, said)
        assert said.count("does better") == ("better" in of) + ("worse" in of) + said.count("cannot tell which plan")
        decided = [part for part in said.split("; ") if part.startswith("“") and "does better" in part]
        assert said.split("; ")[: len(decided)] == decided, "what is decided comes first"


def test_participants_do_not_enter_the_one_line():
    said = rule({"targeted": "better", "participants": "worse", "trust": "better", "area": "better"}, "“A”", "“B”")
    assert said == "“A” does better for those first targeted, their trust and the whole area"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), "where interests differ by 0.5 (0 to 1) and there is an anchor organisation."),
        (("world.dissimilarity=0.1", "areas.govan.anchor=false", "areas.castlefern.anchor=false"),
         "where interests differ by 0.1 (0 to 1) and there is no anchor organisation."),
        (("areas.govan.anchor=false",), "1 of 2 new areas have an anchor organisation."),
    ],
)  # fmt: skip
def test_the_headline_names_dissimilarity_and_anchor(changes, words):
    found = compare(small_scenario("settings.break_even_points=[]", *changes), PAIR, replicates=2, workers=1)
    assert headline(found)[0].endswith(words)


def test_the_verdicts_come_in_their_order_and_stand_in_the_summary():
    found = compare(small_scenario("settings.break_even_points=[]"), PAIR, replicates=3, workers=1)
    summary = found.summary
    assert [one["about"] for one in summary["verdicts"]] == ["targeted", "participants", "trust", "area"]
    assert [one["smallest"] for one in summary["verdicts"]] == [3.0, 3.0, 2.0, 0.5]
    assert summary["verdicts"][3]["kind"] == summary["verdict"]["kind"]
    assert summary["verdicts"][3]["mean"] == summary["verdict"]["mean"]
    schema = json.loads((SCENARIOS.parent / "modsim" / "findings" / "summary.schema.json").read_text())
    jsonschema.validate(summary, schema)


def test_those_first_targeted_are_the_same_people_in_every_arm():
    found = compare(small_scenario("settings.break_even_points=[]"), PAIR, replicates=2, workers=1)
    still_here = found.outcome.totals["listed_still_here"][:, 1:]
    assert (still_here == still_here[..., :1]).all()
    assert still_here.min() > 0


# --- until settled ---


def test_replicates_are_added_until_all_is_settled_and_the_earlier_ones_stay(monkeypatch):
    scenario = small_scenario("settings.break_even_points=[]", "settings.replicates=2")
    asked = []

    def settled(self):
        asked.append(self.replicates)
        return self.replicates >= 8

    monkeypatch.setattr(comparing.Comparison, "is_settled", property(settled))
    found = compare(scenario, PAIR, seconds=1e6, workers=1)
    assert asked == [2, 4, 8]
    assert (found.replicates, found.ended) == (8, "every verdict is settled")
    fixed = compare(scenario, PAIR, replicates=8, workers=1)
    assert (found.outcome.weekly == fixed.outcome.weekly).all()
    assert found.outcome.replicates == fixed.outcome.replicates


def test_it_ends_when_the_time_is_spent_or_the_most_are_run(monkeypatch):
    monkeypatch.setattr(comparing.Comparison, "is_settled", property(lambda self: False))
    scenario = small_scenario("settings.break_even_points=[]", "settings.replicates=2")
    found = compare(scenario, PAIR, seconds=1e-6, workers=1)
    assert found.replicates == 2
    assert found.ended == "1e-06 seconds are spent"
    assert how_far(found).startswith("Not settled for")
    assert "1e-06 seconds are spent" in how_far(found)
    monkeypatch.setattr(comparing, "MOST_REPLICATES", 5)
    found = compare(scenario, PAIR, seconds=1e6, workers=1)
    assert (found.replicates, found.ended) == (5, "5 are the most")


def test_compiling_is_not_counted(monkeypatch):
    """The clock jumps by an hour before the first part is finished, as if compiling took so long."""
    now, before = [0.0], comparing.outcomes

    def slow_to_start(tasks, workers, tell):
        for k, found in enumerate(before(tasks, workers, tell)):
            now[0] += 3600.0 if not k and not tasks[0].replicates[0] else 1.0
            yield found

    monkeypatch.setattr(comparing, "outcomes", slow_to_start)
    monkeypatch.setattr(comparing, "perf_counter", lambda: now[0])
    monkeypatch.setattr(comparing.Comparison, "is_settled", property(lambda self: False))
    scenario = small_scenario("settings.break_even_points=[]", "settings.replicates=4", "settings.weeks=20")
    found = compare(scenario, PAIR, seconds=16, workers=1)
    assert found.replicates >= 12  # four parts of a replicate, a second each but for the first


def test_who_stops_it_keeps_what_is_finished(monkeypatch):
    monkeypatch.setattr(comparing.Comparison, "is_settled", property(lambda self: False))
    before = comparing.outcomes

    def stopped(tasks, workers, tell):
        if tasks[0].replicates[0] >= 4:
            raise KeyboardInterrupt
        yield from before(tasks, workers, tell)

    monkeypatch.setattr(comparing, "outcomes", stopped)
    scenario = small_scenario("settings.break_even_points=[]", "settings.replicates=2")
    found = compare(scenario, PAIR, seconds=1e6, workers=1)
    assert (found.replicates, found.interrupted, found.ended) == (4, False, "it was stopped")


def test_the_command_runs_until_settled_unless_a_number_is_given(tmp_path, monkeypatch, capsys):
    asked = []

    def noted(*given, seconds=None, **named):
        asked.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(comparing, "compare", noted)
    small = [word for change in SMALL if not change.startswith("settings.replicates") for word in ("--set", change)]
    for words in (
        [],
        ["--seconds", "7"],
        ["--seconds", "0"],
        ["--replicates", "4"],
        ["--set", "settings.replicates=4"],
    ):
        modsim(
            monkeypatch, capsys, "compare", SCENARIOS / "three-areas.toml", "--out", tmp_path / "out", *small, *words
        )
    assert asked == [30.0, 7.0, None, None, None]
