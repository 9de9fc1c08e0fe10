"""The verdicts of a comparison: those first targeted, those who took part, trust, and the area, in that order.

Twelve places cannot move an area of a thousand, so the area comes last. Each has a smallest difference that matters.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modsim.findings.measures import Measure
from modsim.findings.statistics import Estimate
from modsim.findings.verdict import Contrast, Kind, kind_of, sentence

if TYPE_CHECKING:
    from modsim.findings.comparison import Comparison

# whom or what each verdict is about, by the name of its measure
ABOUT = {
    "targeted": "listed_{}_change_percent",
    "participants": "participants_{}_change_percent",
    "trust": "trust_listed_change_points",
    "area": "occurred_{}_change_percent",
}
_WIDER = 1.5  # of its interval, beyond which a verdict counts as settled: who looks often finds chance
_NARROW = 1.0 / 3.0  # of the smallest difference: an interval narrower than this says all that is asked


@dataclass(frozen=True)
class Verdict:
    """One arm against another on one measure: `about` says for whom."""

    about: str
    measure: Measure
    contrast: Contrast
    smallest: float

    @property
    def kind(self) -> Kind:
        return kind_of(self.contrast.difference, self.measure.better, self.smallest)

    @property
    def is_settled(self) -> bool:
        """Whether more replicates would hardly change it.

        Its interval lies clear of every limit even if half as wide again, or is narrower than a third of the smallest
        difference that matters; or there is nothing to compare.
        """
        d = self.contrast.difference
        if d.mean is None:
            return True
        if d.low is None or d.high is None:
            return False
        if d.high - d.low < _NARROW * self.smallest:
            return True
        reach = _WIDER * (d.high - d.low) / 2.0
        wider = Estimate(d.mean, d.mean - reach, d.mean + reach, None, None)
        return kind_of(wider, self.measure.better, self.smallest) != "cannot tell"

    def as_dict(self, comparison: "Comparison") -> dict[str, Any]:
        """The verdict as `summary.json` holds it."""
        d, label = self.contrast.difference, comparison.scenario.arm_label
        text = sentence(
            self.kind,
            label(self.contrast.arm),
            label(self.contrast.against),
            self.measure,
            self.contrast,
            self.smallest,
        )
        return {
            "about": self.about, "measure": self.measure.name, "kind": self.kind, "settled": self.is_settled,
            "arm": self.contrast.arm, "against": self.contrast.against, "mean": d.mean, "low": d.low, "high": d.high,
            "smallest": self.smallest, "text": text,
        }  # fmt: skip


def verdicts_of(comparison: "Comparison") -> list[Verdict]:
    """The verdicts on the pair of a comparison, most important first."""
    by_name = {measure.name: measure for measure in comparison.measures}
    incident, pair = comparison.scenario.vocabulary.incident, comparison.verdict_pair
    found = []
    for about, name in ABOUT.items():
        measure = by_name[name.format(incident)]
        smallest = comparison.scenario.smallest_difference(measure.name) or 0.0
        found.append(Verdict(about, measure, comparison.contrast(*pair, measure), smallest))
    return found
