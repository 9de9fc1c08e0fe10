"""What may be said: one arm against another by a rule that can also say that the model cannot tell."""

from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from modsim.findings.measures import Measure
from modsim.findings.statistics import Estimate, estimate

Kind = Literal["better", "worse", "about the same", "cannot tell"]


@dataclass(frozen=True)
class Contrast:
    """One arm minus another on one measure, paired by replicate."""

    arm: str
    against: str
    measure: str
    difference: Estimate
    better_in: int
    same_in: int
    worse_in: int

    def as_dict(self) -> dict[str, object]:
        return {
            "arm": self.arm, "against": self.against, "measure": self.measure, **asdict(self.difference),
            "better_in": self.better_in, "same_in": self.same_in, "worse_in": self.worse_in,
        }  # fmt: skip


def contrast(arm: str, against: str, measure: Measure, mine, theirs, smallest: float | None) -> Contrast:
    """Compare two arms replicate by replicate; differences up to the smallest that matters count as the same."""
    difference = np.asarray(mine, dtype=float) - np.asarray(theirs, dtype=float)
    known = difference[np.isfinite(difference)]
    gain = -known if measure.better == "lower" else known
    margin = smallest or 0.0
    better, worse = int((gain > margin).sum()), int((gain < -margin).sum())
    return Contrast(arm, against, measure.name, estimate(difference), better, len(known) - better - worse, worse)


def kind_of(difference: Estimate, better: str, smallest: float) -> Kind:
    """The verdict: from the 95 % interval of the mean difference against plus and minus the smallest that matters.

    Wholly beyond it: better or worse. Wholly inside: about the same. Anything else, or no interval: cannot tell.
    """
    if difference.low is None or difference.high is None:
        return "cannot tell"
    low, high = (difference.low, difference.high) if better == "higher" else (-difference.high, -difference.low)
    if low > smallest:
        return "better"
    if high < -smallest:
        return "worse"
    if low >= -smallest and high <= smallest:
        return "about the same"
    return "cannot tell"


def who_is_ahead(
    mean: float | None, low: float | None, high: float | None, better: str
) -> Literal["first", "second"] | None:
    """Which arm of a difference, first minus second, is ahead; None where its interval leaves that open."""
    if mean is None or low is None or high is None or low * high <= 0:
        return None
    return "first" if (mean < 0) == (better == "lower") else "second"


def sentence(kind: Kind, arm: str, against: str, measure: Measure, found: Contrast, smallest: float) -> str:
    """The verdict as one sentence, with the numbers it rests on."""
    pair = f"“{arm}” and “{against}”"
    d = found.difference
    futures = found.better_in + found.same_in + found.worse_in
    counts = (
        f"the first is better in {found.better_in}, about the same in {found.same_in} and worse in {found.worse_in} "
        f"of {futures} simulated futures"
    )
    if d.mean is None:
        return f"The model cannot tell {pair} apart on {measure.label}: there is nothing to compare."
    points = measure.unit_of_difference
    if d.low is None or d.high is None:
        return (
            f"The model cannot tell {pair} apart on {measure.label} from one simulated future; run more replicates "
            f"(difference {d.mean:+.2f} {points})."
        )
    size = f"{d.mean:+.2f} {points} (95 % interval of the mean {d.low:+.2f} to {d.high:+.2f}); {counts}"
    difference = f"the difference, first minus second, is {size}."
    if kind == "cannot tell" and (leader := who_is_ahead(d.mean, d.low, d.high, measure.better)):
        ahead = arm if leader == "first" else against
        return (
            f"The model cannot tell whether the difference between {pair} on {measure.label} matters: “{ahead}” is "
            f"ahead, but whether by more than {smallest:g} is not settled; {difference}"
        )
    if kind == "cannot tell":
        return (
            f"The model cannot tell {pair} apart on {measure.label}: {difference} "
            f"The interval does not settle its direction."
        )
    if kind == "about the same":
        return f"{pair} do about the same on {measure.label}, within ±{smallest:g} {points}: {difference}"
    return f"“{arm}” does {kind} than “{against}” on {measure.label}: {difference}"
