"""A practitioner's answers beside the model: what it says once their switches are set, and where the two disagree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from modsim.findings.measures import measures
from modsim.findings.statistics import Estimate
from modsim.findings.verdict import Kind, kind_of
from modsim.inputs.experience import HOLDS, STATEMENTS, Answer, Experience
from modsim.inputs.mechanisms import INSIGHTS, with_values
from modsim.inputs.scenario import Scenario
from modsim.studies.ablation import Ablation, Carried, Says, ablate

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Beside:
    """One insight: the answer, what the model says it does for the arm's own effect, and whether the two agree."""

    name: str
    answer: Answer
    carried: Carried
    model_says: str
    agreement: str


@dataclass(frozen=True)
class Reflection:
    """What the model says under a practitioner's answers.

    `full` is the ablation of all seven with everything at work; `answered` the same with what does not hold here taken
    away, and each of those left open taken away in turn.
    """

    scenario: Scenario
    experience: Experience
    full: Ablation
    answered: Ablation

    @cached_property
    def beside(self) -> list[Beside]:
        """The seven, in order."""
        found = []
        for row in self.full.rows:
            if row.figure == "own effect":
                answer = self.experience.replies[row.mechanism.id].answer
                found.append(Beside(row.mechanism.id, answer, row, _IN_WORDS[row.says], _agreement(answer, row.says)))
        return found

    @property
    def contrast(self) -> Estimate:
        """The arm minus the other with what does not hold here taken away, and all else at work."""
        return self.answered.full("contrast")

    @cached_property
    def range(self) -> tuple[float, float]:
        """From and to where the answers leave the contrast: every width at its one end or the other.

        Effects of those left open are taken to add up.
        """
        mine, theirs = self.answered.effects[""]
        base = float(np.mean(mine - theirs))
        low = high = base
        for name in self.experience.left_open:
            arm, against = self.answered.effects[name]
            taken_away = float(np.mean(arm - against)) - base
            ends = [(1.0 - share) * taken_away for share in HOLDS[self.experience.replies[name].answer]]
            low, high = low + min(ends), high + max(ends)
        return low, high

    @property
    def kind(self) -> Kind:
        """The verdict under the answers: on all that they leave open, with the interval of the mean on either side."""
        measure, mean, (low, high) = measures(self.scenario)[0], self.contrast, self.range
        if mean.mean is None or mean.low is None or mean.high is None:
            return "cannot tell"
        wide = replace(mean, low=low - (mean.mean - mean.low), high=high + (mean.high - mean.mean))
        return kind_of(wide, measure.better, self.scenario.smallest_difference(measure.name) or 0.0)


def reflect(
    scenario: Scenario, experience: Experience, *, workers: int | None = None, progress: Progress | None = None
) -> Reflection:
    """Set the seven switches as a practitioner answers, and run the verdict's two arms with and without each.

    `workers` and `progress` are as in `modsim.compare`; both sets of runs are counted together.
    """
    open_ = [m for m in INSIGHTS if m.id in experience.left_open]
    share = len(INSIGHTS) / (len(INSIGHTS) + len(open_) + 1.0)

    def part(start: float, width: float) -> Progress | None:
        if progress is None:
            return None
        return lambda done, total: progress(int(1000 * (start + width * done / max(total, 1))), 1000)

    full = ablate(scenario, mechanisms=INSIGHTS, workers=workers, progress=part(0.0, share))
    gone = [*scenario.settings.without, *(n for n in experience.without if n not in scenario.settings.without)]
    answered = with_values(scenario, {"settings.without": gone})
    found = ablate(answered, mechanisms=open_, workers=workers, progress=part(share, 1.0 - share))
    return Reflection(scenario, experience, full, found)


_IN_WORDS: dict[Says, str] = {
    "lowers": "it helps", "lowers, may not matter": "it helps, but may not matter",
    "raises": "it hinders", "raises, may not matter": "it hinders, but may not matter",
    "no difference": "it makes no difference", "no difference that matters": "it makes no difference that matters",
    "cannot tell": "cannot tell",
}  # fmt: skip


def _agreement(answer: Answer, says: Says) -> str:
    """Whether an answer and the model agree; open where either of them does not say."""
    if answer == "unknown" or says == "cannot tell" or "may not" in says:
        return "open"
    if answer == "not":
        would = {"lowers": "it would have helped, says the model", "raises": "it would have hindered, says the model"}
        return would.get(says, "not missed, says the model")
    return "agree" if says == "lowers" else "differ"


@dataclass(frozen=True)
class Pooled:
    """One insight over several practitioners: how many gave each answer, and from and to where it is taken to hold."""

    name: str
    counts: dict[Answer, int]
    low: float
    high: float

    @property
    def is_contested(self) -> bool:
        """Whether some say it is true here and others that it is not."""
        return self.counts["true"] > 0 and self.counts["not"] > 0


def pool(experiences: Sequence[Experience]) -> list[Pooled]:
    """How far practitioners differ, insight by insight: counts, and the range over their answers; never a mean."""
    found = []
    for name in STATEMENTS:
        answers = [each.replies[name].answer for each in experiences]
        known = [HOLDS[answer] for answer in answers if answer != "unknown"] or [HOLDS["unknown"]]
        counts: dict[Answer, int] = {answer: answers.count(answer) for answer in HOLDS}
        found.append(Pooled(name, counts, min(low for low, _ in known), max(high for _, high in known)))
    return found
