"""The figures of the model that patterns are set beside: which runs each takes, and how it is worked out.

A figure has one value for each replicate, so that chance in it can be told; NaN where a future has none.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from modsim.findings.measures import by_replicate, measures, recipients
from modsim.inputs.levers import Purse
from modsim.inputs.mechanisms import with_values
from modsim.inputs.reading import with_changes
from modsim.inputs.scenario import Scenario
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS as YEAR
from modsim.simulation.lanes import Lane
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import Outcome, run
from modsim.simulation.town import Town

_WEEKS_TO_A_BREACH = 24  # from opening: set-up, three waves of asking, and a few sessions
_WEEKS_TO_THE_END_OF_IT = 36  # by when courses then under way are broken off

# The runs that figures take: changes of the scenario by name. Where none is named it is the scenario as it is.
RUNS: dict[str, tuple[str, ...]] = {
    "as it is": (),
    "alike": ("world.dissimilarity=0.0",),
    "unlike": ("world.dissimilarity=0.75",),
    "alike, no deviancy": ("world.dissimilarity=0.0", "peers.deviancy=0.0"),
    "alike, one round": ("world.dissimilarity=0.0", "programme.rounds=1", "settings.weeks=208"),
    "breach": (
        f"purse.cliff_week={_WEEKS_TO_A_BREACH}", "purse.cliff_keeps=0.0", "purse.bridge_hours=0.0",
        "programme.rounds=1",
    ),
    "short": ("settings.weeks=39",),
    "thin": ("purse.budget=9",),
    "weak lead": ("commitment.mean=0.4", "listening.honest_without_trust=0.1"),
    "no anchor": (),  # see WITHOUT
}  # fmt: skip
# What a run goes without, beside what the scenario does.
WITHOUT = {"no anchor": "insight-5"}


@dataclass(frozen=True)
class Seen:
    """What came of one run: its scenario and outcome, and what was counted of people without a programme."""

    scenario: Scenario
    outcome: Outcome
    people: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return self.scenario.settings.reference_arm

    @property
    def anew(self) -> str:
        return self.scenario.settings.verdict_arm

    @property
    def carried(self) -> str:
        return self.scenario.settings.verdict_against

    def measure(self, arm: str, name: str) -> np.ndarray:
        """A measure of an arm, one value for each future."""
        return by_replicate(self.scenario, self.outcome, arm, self.reference)[name]

    def occurred(self, arm: str) -> np.ndarray:
        """Incidents of new areas week by week (replicates, weeks)."""
        at = weekly_measures(self.scenario).index(f"{self.scenario.vocabulary.incident}_occurred")
        return self.outcome.weekly[..., recipients(self.scenario), self.outcome.lane(arm), at].sum(axis=2)


Runs = dict[str, Seen]


def place_to_look_at(scenario: Scenario, name: str) -> Scenario:
    """The scenario of one of the runs: all new areas open in week 0, the verdict's pair only."""
    settings = scenario.settings
    pair = [settings.verdict_against, settings.verdict_arm]
    without = dict.fromkeys([*settings.without, WITHOUT[name]] if name in WITHOUT else settings.without)
    areas = [area.model_copy(update={"opens_week": 0}) for area in scenario.areas]
    plain = scenario.model_copy(update={"areas": areas})
    chosen = [f"settings.arms={json.dumps(pair)}", f"settings.without={json.dumps(list(without))}"]
    return with_changes(plain, [*chosen, "settings.break_even_points=[]", *RUNS[name]], "validation")


def looked_at(scenario: Scenario, replicates: Sequence[int]) -> Seen:
    """Run some replicates of one of the runs, counting people of whom nothing but their incidents is asked.

    Where the budget is cut, the verdict's arm runs without the cut too, on the same random numbers.
    """
    settings, points = scenario.settings, [scenario]
    lanes = [Lane(arm) for arm in dict.fromkeys((settings.reference_arm, *settings.arms))]
    count, after = _Count(len(replicates)), None
    plain = lanes
    if scenario.purse.cliff_week < settings.weeks:
        points = [scenario, with_values(scenario, {"purse.cliff_week": Purse().cliff_week})]
        lanes = [*plain, Lane(settings.verdict_arm, 1)]
        broken = [lane.arm for lane in plain].index(settings.verdict_arm)
        after = _AfterBreach(len(replicates), broken, len(plain))

    def look(town: Town) -> None:
        count(town)
        if after:
            after(town)

    outcome = run(points, lanes, replicates, look=look)
    return Seen(scenario, outcome.only(plain), count.found | (after.found if after else {}))


class _Count:
    """Counts in the lane in which nothing is done, over new areas: one value for each future."""

    def __init__(self, futures: int):
        self.futures = futures
        self.found: dict[str, np.ndarray] = {}

    def __call__(self, town: Town) -> None:
        world, c, week = town.world, town.columns, town.week
        if week == 0:
            self._occurred, self._reported = np.zeros((2, 2, world.rows), dtype=np.int64)  # by year
            self._who = world.generation.copy()
            self._core_months = np.zeros(self.futures)
            self._core_reports = np.zeros(self.futures)
            recipient = np.array([area.role == "recipient" for area in world.areas])
            self._recipient = recipient[world.area]
            self._future = world.area // world.per_replicate
        if week < 2 * YEAR:
            self._occurred[week // YEAR] += c.occurred[:, 0]
            self._reported[week // YEAR] += c.reported[:, 0]
        if week < YEAR:
            core = world.in_core & self._recipient
            self._core_months += np.bincount(self._future[core], minlength=self.futures) / (52 / 12)
            self._core_reports += np.bincount(self._future[core], c.reported[core, 0], self.futures)
        if week == YEAR - 1:
            self._settle_first_year(town)
        if week == 2 * YEAR - 1:
            self._settle_second_year(town)

    def _by_future(self, rows: np.ndarray, of: Callable[[np.ndarray], float]) -> np.ndarray:
        return np.array([of(np.nonzero(rows & (self._future == k))[0]) for k in range(self.futures)])

    def _settle_first_year(self, town: Town) -> None:
        world = town.world
        stayed = self._recipient & (world.generation == self._who)
        occurred, reported = self._occurred[0], self._reported[0]
        teens = stayed & (world.age >= 14.5) & (world.age < 18.5)  # in the middle of the year 14 to 17
        minors = stayed & (world.age < 18.5)

        def top(rows: np.ndarray) -> float:
            counts = np.sort(occurred[rows])[::-1]
            return _share(counts[: round(0.02 * len(counts))].sum(), counts.sum())

        self.found |= {
            "share_of_top_2_percent": self._by_future(stayed, top),
            "active_at_14_to_17": self._by_future(teens, lambda rows: _share((occurred[rows] > 0).sum(), len(rows))),
            "known_in_a_year": self._by_future(
                minors, lambda rows: 1000.0 * _share((reported[rows] > 0).sum(), len(rows))
            ),
            "recorded_of_core_member": _shares(self._core_reports, self._core_months),
        }

    def _settle_second_year(self, town: Town) -> None:
        stayed = self._recipient & (town.world.generation == self._who)
        first, second = self._reported[:, stayed]
        future = self._future[stayed]
        known = np.bincount(future[first > 0], minlength=self.futures)
        again = np.bincount(future[(first > 0) & (second > 0)], minlength=self.futures)
        self.found["recorded_again"] = _shares(again, known)


class _AfterBreach:
    """Trust in the lead partner of those whose course was broken off, against the same people had it gone on.

    In points (0-100), some weeks after the break, in new areas: one value for each future, NaN where no course was
    broken off. `lane` is that in which the budget is cut, `whole` that in which it is not.
    """

    WEEKS = (13, 26)

    def __init__(self, futures: int, lane: int, whole: int):
        self.futures, self.lane, self.whole = futures, lane, whole
        self._known: np.ndarray | None = None
        self._those: list[tuple[int, np.ndarray, np.ndarray]] = []  # week of the break, rows, who they are
        self._found = {weeks: np.zeros((2, futures)) for weeks in self.WEEKS}  # their points, how many

    def __call__(self, town: Town) -> None:
        world = town.world
        if self._known is None:
            recipient = np.array([area.role == "recipient" for area in world.areas])
            self._here, self._known = recipient[world.area], np.zeros(world.rows, dtype=bool)
        let_down = town.columns.let_down[:, self.lane] & self._here
        new = np.nonzero(let_down & ~self._known)[0]
        self._known = let_down.copy()
        if new.size:
            self._those.append((town.week, new, world.generation[new].copy()))
        for week, rows, who in self._those:
            if town.week - week in self._found:
                same = rows[world.generation[rows] == who]
                area = world.area[same]
                kind = town.lead_kind[area, self.lane]
                points = 100.0 * (town.trust(kind, same, self.lane) - town.trust(kind, same, self.whole))
                future = area // world.per_replicate
                for k, each in enumerate((points, np.ones(len(same)))):
                    self._found[town.week - week][k] += np.bincount(future, each, self.futures)

    @property
    def found(self) -> dict[str, np.ndarray]:
        """By name of the figure: (replicates,)."""
        return {
            f"trust_{weeks}_weeks_after_a_breach": _shares(points, number)
            for weeks, (points, number) in self._found.items()
        }


def _share(part: float, whole: float) -> float:
    """A part of a whole; NaN where there is nothing."""
    return float(part / whole) if whole else np.nan


def _shares(parts: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    return np.array([_share(float(part), float(whole)) for part, whole in zip(parts, wholes, strict=True)])


def _first(scenario: Scenario) -> str:
    return measures(scenario)[0].name


def _participants(seen: Seen, arm: str) -> np.ndarray:
    return seen.measure(arm, f"participants_{seen.scenario.vocabulary.incident}_change_percent")


def _groups(seen: Seen, arm: str) -> np.ndarray:
    return seen.measure(arm, f"groups_{seen.scenario.vocabulary.incident}_change_percent")


def _area_difference(seen: Seen) -> np.ndarray:
    name = _first(seen.scenario)
    return seen.measure(seen.anew, name) - seen.measure(seen.carried, name)


def _apparent(seen: Seen) -> np.ndarray:
    return seen.measure(seen.carried, f"apparent_{seen.scenario.vocabulary.incident}_change_percent")


def _completion(seen: Seen, arm: str) -> np.ndarray:
    joined = seen.measure(arm, "joined")
    return np.divide(seen.measure(arm, "completed"), joined, out=np.full(len(joined), np.nan), where=joined > 0)


def _left(seen: Seen) -> np.ndarray:
    """Incidents averted in the third year over those averted in the first."""
    averted = seen.occurred(seen.reference) - seen.occurred(seen.carried)
    first, third = (averted[:, start : start + YEAR].sum(axis=1) for start in (0, 2 * YEAR))
    return _ratio(third, first)


@dataclass(frozen=True)
class Figure:
    """A figure: the runs it takes, by name, how it is worked out from what came of them, and the weeks it needs."""

    runs: tuple[str, ...]
    of: Callable[[Runs], np.ndarray]
    weeks: int = 1
    is_ratio: bool = False  # of means over all replicates: see `_ratio`


COUNTED = (
    "recorded_of_core_member", "known_in_a_year", "share_of_top_2_percent", "active_at_14_to_17",
)  # fmt: skip


def _counted(name: str) -> Callable[[Runs], np.ndarray]:
    return lambda runs: runs["as it is"].people[name]


def _after_breach(weeks: int) -> Callable[[Runs], np.ndarray]:
    return lambda runs: runs["breach"].people[f"trust_{weeks}_weeks_after_a_breach"]


FIGURES: dict[str, Figure] = {
    "take_up_made_anew": Figure(
        ("as it is",), lambda runs: runs["as it is"].measure(runs["as it is"].anew, "take_up_percent") / 100.0
    ),
    "completion_made_anew_less_carried": Figure(
        ("as it is",),
        lambda runs: _completion(runs["as it is"], runs["as it is"].anew)
        - _completion(runs["as it is"], runs["as it is"].carried),
    ),
    "participants_difference_alike": Figure(
        ("alike",), lambda runs: _participants(runs["alike"], runs["alike"].anew)
        - _participants(runs["alike"], runs["alike"].carried),
    ),
    "participants_difference_unlike": Figure(
        ("unlike",), lambda runs: _participants(runs["unlike"], runs["unlike"].anew)
        - _participants(runs["unlike"], runs["unlike"].carried),
    ),
    "apparent_effect_carried": Figure(("alike",), lambda runs: _apparent(runs["alike"])),
    "apparent_less_true_carried": Figure(
        ("alike",), lambda runs: _apparent(runs["alike"]) - _participants(runs["alike"], runs["alike"].carried)
    ),
    "benefit_lost_to_deviancy": Figure(
        ("alike", "alike, no deviancy"),
        lambda runs: _ratio_less_one(
            _participants(runs["alike"], runs["alike"].carried),
            _participants(runs["alike, no deviancy"], runs["alike, no deviancy"].carried),
        ),
        is_ratio=True,
    ),
    "friends_to_participants_ratio": Figure(
        ("alike",),
        lambda runs: _ratio(
            _groups(runs["alike"], runs["alike"].carried),
            _participants(runs["alike"], runs["alike"].carried),
        ),
        is_ratio=True,
    ),
    "left_in_the_third_year": Figure(
        ("alike, one round",), lambda runs: _left(runs["alike, one round"]), weeks=3 * YEAR, is_ratio=True
    ),
    "trust_after_a_breach": Figure(
        ("breach",), lambda runs: runs["breach"].measure(runs["breach"].anew, "trust_listed_change_points")
    ),
    **{
        f"trust_{weeks}_weeks_after_a_breach": Figure(
            ("breach",), _after_breach(weeks), weeks=_WEEKS_TO_THE_END_OF_IT + weeks
        )
        for weeks in _AfterBreach.WEEKS
    },
    "area_difference_short": Figure(("short",), lambda runs: _area_difference(runs["short"])),
    "area_difference_thin": Figure(("thin",), lambda runs: _area_difference(runs["thin"])),
    "area_difference_weak_lead": Figure(("weak lead",), lambda runs: _area_difference(runs["weak lead"])),
    "anchor_adds": Figure(
        ("as it is", "no anchor"),
        lambda runs: runs["as it is"].measure(runs["as it is"].anew, _first(runs["as it is"].scenario))
        - runs["no anchor"].measure(runs["no anchor"].anew, _first(runs["no anchor"].scenario)),
    ),
    **{name: Figure(("as it is",), _counted(name), weeks=YEAR) for name in COUNTED},
    "recorded_again": Figure(("as it is",), _counted("recorded_again"), weeks=2 * YEAR),
}  # fmt: skip


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A ratio of means over all replicates together, with one value for each future.

    Counts of single replicates are too uncertain to be divided. So one replicate is left out at a time; its value is
    the one whose mean and standard error are those of the ratio (jackknife).
    """
    known = np.isfinite(part) & np.isfinite(whole)
    part, whole = np.where(known, part, 0.0), np.where(known, whole, 0.0)
    number = known.sum()
    without = (part.sum() - part) / (whole.sum() - whole)
    return np.where(known, number * part.sum() / whole.sum() - (number - 1) * without, np.nan)


def _ratio_less_one(with_it: np.ndarray, without_it: np.ndarray) -> np.ndarray:
    """The share of an effect that is lost where something is at work, one value for each future."""
    return 1.0 - _ratio(with_it, without_it)
