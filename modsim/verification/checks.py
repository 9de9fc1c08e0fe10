"""What a verification finds: cases, each a handful of checks: what was expected, and what came out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from modsim.world.draws import analyst

STANDARD_ERRORS = 4.5  # a right model fails one such check in 150,000


@dataclass(frozen=True)
class Check:
    """One figure beside what it should be: it passes within the tolerance, or, where it is a bound, from there on."""

    what: str
    expected: float
    got: float
    tolerance: float
    at_least: bool = False

    @property
    def passed(self) -> bool:
        off = self.expected - self.got if self.at_least else abs(self.got - self.expected)
        return bool(off <= self.tolerance)  # never for a missing number


class Dice:
    """Parameters of a case, drawn afresh from the seed of a verification; `drawn` keeps them to be told."""

    def __init__(self, seed: int, case: str):
        self.seed = seed
        self.drawn: dict[str, float] = {}
        self._generator = analyst(seed, f"verification: {case}")

    def between(self, name: str, low: float, high: float) -> float:
        """A number from low to high, each alike, of three digits."""
        self.drawn[name] = float(f"{self._generator.uniform(low, high):.3g}")
        return self.drawn[name]

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        self.drawn[name] = int(self._generator.integers(low, high + 1))
        return int(self.drawn[name])

    def set(self, key: str, low: float, high: float) -> str:
        """The same as `between`, as a change of a scenario: key=value."""
        return f"{key}={self.between(key, low, high)!r}"

    @property
    def world_seed(self) -> int:
        """A seed for the simulated luck of the case."""
        return int(self._generator.integers(2**40))

    def generator(self) -> np.random.Generator:
        """For what is drawn by the thousand, and not told."""
        return self._generator


@dataclass
class Sheet:
    """The checks of one case, in the making."""

    checks: list[Check] = field(default_factory=list)

    def near(self, what: str, got: float, expected: float, tolerance: float) -> None:
        """A figure within so much of what it should be."""
        self.checks.append(Check(what, float(expected), float(got), float(tolerance)))

    def mean(self, what: str, sample, expected: float, sd: float | None = None) -> None:
        """The mean of a sample within `STANDARD_ERRORS` of what it should be; `sd` where it is known."""
        values = np.asarray(sample, dtype=float).ravel()
        spread = values.std(ddof=1) if sd is None else sd
        self.near(what, values.mean(), expected, STANDARD_ERRORS * spread / np.sqrt(values.size))

    def same(self, what: str, one, other) -> None:
        """Two arrays that must agree in every number: counts those that differ."""
        a, b = np.asarray(one), np.asarray(other)
        alike = a.shape == b.shape and a.size > 0  # nothing beside nothing shows nothing
        unlike = np.sum((a != b) & ~((a != a) & (b != b))) if alike else max(a.size, b.size, 1)
        self.none(f"{what}: numbers that differ", unlike)

    def none(self, what: str, count: Any) -> None:
        """A count that must be 0."""
        self.near(what, count, 0.0, 0.0)

    def least(self, what: str, got: float, expected: float) -> None:
        """A figure that must be so much or more."""
        self.checks.append(Check(what, float(expected), float(got), 0.0, at_least=True))

    def some(self, what: str, count: Any) -> None:
        """A count that must not be 0: what shows that a case looked at anything at all."""
        self.least(what, count, 1.0)


@dataclass(frozen=True)
class Case:
    """A case of the verification: `look` fills a sheet from fresh numbers; `more` multiplies what is drawn."""

    name: str
    title: str
    look: Callable[[Dice, Sheet, int], None]

    def verified(self, seed: int, more: int = 1) -> "Verified":
        """The case with numbers that follow from the seed."""
        dice, sheet = Dice(seed, self.name), Sheet()
        self.look(dice, sheet, more)
        return Verified(self.name, self.title, dice.drawn, sheet.checks)


@dataclass(frozen=True)
class Verified:
    """A case that was looked at: the numbers drawn for it, and its checks."""

    name: str
    title: str
    drawn: dict[str, float]
    checks: list[Check]

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)
