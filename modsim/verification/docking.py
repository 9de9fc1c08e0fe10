"""The oracle beside the model: the same small town at several distances and numbers, cell by cell.

The grid and the tolerances stand here as they were declared before anything was run on it. Misses are shown and stay.
"""

from dataclasses import dataclass
from itertools import batched

import numpy as np

from modsim.inputs.mechanisms import with_values
from modsim.inputs.scenario import Scenario
from modsim.simulation.lanes import Lane
from modsim.simulation.runs import Outcome, run
from modsim.verification.checks import Dice
from modsim.verification.oracle import Oracle
from modsim.verification.setting import NOTHING, RECOPRODUCED, TRANSPLANTED, one_town
from modsim.verification.townspeople import Townspeople
from modsim.world.draws import analyst

DISTANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
POINTS, SHARE = 1.5, 0.20  # a cell is met within so many points, or within this share of the model's figure
SHARE_AT_REAL_HEADS = 0.25
ENOUGH_CELLS = 0.80
# What the oracle does not know of: the model goes without it too.
WITHOUT = ("turnover", "lapse", "renegotiation", "calls")
SMALL, REAL = 2403, 9000  # people of all ages: 240 and 899 young people
DRAWN = {
    "effect.session_effect": (0.02, 0.12), "effect.adult_effect": (0.0, 0.03), "effect.half_life_weeks": (12, 100),
    "effect.course_time_share": (0.0, 0.5), "effect.failing_share": (0.0, 0.5), "effect.fidelity_loss": (-0.3, 0.6),
    "joining.baseline": (-3.0, -1.0), "joining.match_effect": (1.0, 5.0), "joining.trust_effect": (0.0, 5.0),
    "joining.friends_effect": (0.0, 3.0), "attending.dropout_per_week": (0.03, 0.15), "trust.start": (0.15, 0.6),
    "trust.loss_to_gain": (1.0, 4.0), "trust.talk_weight": (0.0, 0.4), "trust.spill_over": (0.0, 0.6),
    "listening.honest_without_trust": (0.1, 0.8), "listening.prior_strength": (1.0, 40.0),
    "commitment.mean": (0.6, 0.9), "peers.deviancy": (0.0, 0.08), "peers.pull": (0.0, 0.06),
    "excitation.offspring": (0.0, 0.5), "policing.labelling": (0.0, 0.03), "order.legitimacy": (0.0, 0.8),
    "order.persistence": (0.0, 1.0), "order.efficacy": (0.0, 0.8), "afterwards.destination_effect": (0.0, 0.8),
    "targeting.accuracy": (0.3, 1.0), "purse.budget": (12.0, 40.0), "offending.core_shift": (3.0, 4.5),
    "offending.person_sd": (0.3, 0.9), "offending.spell_sd": (0.0, 0.8), "offending.abstaining_share": (0.0, 0.6),
    "reporting.identified": (0.2, 1.0), "joining.rapport_effect": (0.0, 3.0), "joining.heard_effect": (0.0, 2.0),
    "joining.never_share": (0.0, 0.3), "sharing.ignored_chance": (0.0, 0.5), "effect.match_weight": (0.0, 1.0),
    "effect.slow_ratio": (0.0, 1.5), "effect.slow_half_time_weeks": (8, 60), "effect.slow_lost_per_year": (0.05, 0.5),
    "effect.commitment_prevents": (0.0, 4.0), "listening.knowledge_adds_honesty": (0.0, 0.5),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One figure of the grid: change of incidents in percent of doing nothing, by the model and by the oracle."""

    numbers: str  # which set of parameter values
    distance: float
    figure: str  # an arm's own effect, or one arm less another
    model: float
    error: float  # standard error of the model's figure
    oracle: float
    tolerance: float

    @property
    def gap(self) -> float:
        return self.oracle - self.model

    @property
    def tells(self) -> bool:
        """Whether the model's figure is large enough that an oracle that always says 0 would miss it."""
        return abs(self.model) > self.tolerance

    @property
    def passed(self) -> bool:
        opposite = "less" in self.figure and abs(self.model) > POINTS and self.model * self.oracle < 0
        return abs(self.gap) <= self.tolerance and not opposite


@dataclass(frozen=True)
class Dock:
    """A set of numbers at which the two are put beside each other."""

    name: str
    scenario: Scenario
    distances: tuple[float, ...]
    replicates: int
    towns: int
    share: float
    points: float

    def cells(self, seed: int) -> list[Cell]:
        """Both run on these numbers, and every figure of one beside the other's."""
        scenarios = [with_values(self.scenario, {"world.dissimilarity": d}) for d in self.distances]
        lanes = [Lane(NOTHING), *(Lane(arm, k) for k in range(len(scenarios)) for arm in (TRANSPLANTED, RECOPRODUCED))]
        parts = [run(scenarios, lanes, part) for part in batched(range(self.replicates), 36)]
        return _cells(self, Outcome.joined(parts), scenarios, seed)


def docks(seed: int, more: int) -> list[Dock]:
    """The sets of numbers of a verification: the defaults, sets drawn from the seed, and the defaults at real heads."""
    without = f"settings.without={list(WITHOUT)}".replace("'", '"')
    dice = Dice(seed, "docking")
    given = f"settings.seed={dice.world_seed}"
    replicates, towns = 72 * more, 48 * more
    found = [Dock("defaults", one_town(SMALL, without, given), DISTANCES, replicates, towns, SHARE, POINTS)]
    for number in range(2 * more):
        changes = [dice.set(key, low, high) for key, (low, high) in DRAWN.items()]
        scenario = one_town(SMALL, without, given, *changes)
        found.append(Dock(f"drawn {number + 1}", scenario, DISTANCES, replicates, towns, SHARE, POINTS))
    real = one_town(REAL, without, given)
    return [*found, Dock("real heads", real, (0.25, 0.75), 50 * more, 40 * more, SHARE_AT_REAL_HEADS, 0.0)]


def _cells(dock: Dock, outcome: Outcome, scenarios: list[Scenario], seed: int) -> list[Cell]:
    occurred = outcome.totals["asb_occurred"][:, 0]
    base = occurred[:, outcome.lane(NOTHING)]
    luck = analyst(seed, f"oracle: {dock.name}")
    people = Townspeople.drawn(dock.scenario, dock.towns, luck)
    nothing = Oracle(dock.scenario, dock.scenario.arms[NOTHING], people, luck).incidents
    cells = []
    for k, (distance, scenario) in enumerate(zip(dock.distances, scenarios, strict=True)):
        mine, theirs = {}, {}
        arms = TRANSPLANTED, RECOPRODUCED
        for arm in arms:
            mine[arm] = 100.0 * (occurred[:, outcome.lane(arm, k)] - base) / base
            incidents = Oracle(scenario, scenario.arms[arm], people, luck).incidents
            theirs[arm] = 100.0 * (incidents - nothing) / nothing
        difference = f"{RECOPRODUCED} less {TRANSPLANTED}"
        for found in (mine, theirs):
            found[difference] = found[RECOPRODUCED] - found[TRANSPLANTED]
        for figure in (*arms, difference):
            model, oracle = mine[figure], theirs[figure]
            if dock.points == 0.0 and "less" in figure:
                continue  # at real heads the effects themselves are what is asked for
            tolerance = max(dock.points, dock.share * abs(float(model.mean())))
            error = float(model.std(ddof=1) / np.sqrt(len(model)))
            cells.append(Cell(dock.name, distance, figure, float(model.mean()), error, float(oracle.mean()), tolerance))
    return cells
