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
    """The verdict in one or two sentences, with the numbers it rests on; the difference is `arm` minus `against`."""
    pair = f"“{arm}” and “{against}”"
    d, unit = found.difference, measure.unit_of_difference
    if d.mean is None:
        return f"The model cannot tell {pair} apart on {measure.label}: there is nothing to compare."
    if d.low is None or d.high is None:
        return (
            f"The model cannot tell {pair} apart on {measure.label} from one simulated future; run more replicates "
            f"(difference {signed(d.mean)} {unit})."
        )
    size = f"{signed(d.mean)} {unit} (95 % interval of the mean {signed(d.low)} to {signed(d.high)})"
    counts = f"“{arm}” is {in_how_many(found)}."
    leader = who_is_ahead(d.mean, d.low, d.high, measure.better)
    if kind == "cannot tell" and leader:
        ahead = arm if leader == "first" else against
        return (
            f"“{ahead}” is ahead on {measure.label}, but the model cannot tell whether by more than {smallest:g}, the "
            f"smallest difference that matters: {size}. {counts}"
        )
    if kind == "cannot tell":
        return f"The model cannot tell {pair} apart on {measure.label}: {size}. {counts}"
    if kind == "about the same":
        return f"{pair} do about the same on {measure.label}, within ±{smallest:g} {unit}: {size}. {counts}"
    first, second = (arm, against) if kind == "better" else (against, arm)
    return f"“{first}” does better than “{second}” on {measure.label}: {size}. {counts}"


def in_how_many(found: Contrast) -> str:
    """In how many replicates the first arm is better, about the same and worse, in words."""
    total = found.better_in + found.same_in + found.worse_in
    futures = f"{total} simulated future{'' if total == 1 else 's'}"
    same = f", about the same in {found.same_in}" if found.same_in else ""
    return f"better in {found.better_in} of {futures}{same}, worse in {found.worse_in}"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, the minus as it is printed; zero has none."""
    text = f"{value:+,.{digits}f}".replace("-", "−")
    return text[1:] if not float(f"{value:.{digits}f}") else text
