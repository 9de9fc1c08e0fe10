"""The finding of a comparison: one line by a rule over the verdicts, its sizes in plain words, and how sure it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modsim.findings.verdict import Kind, in_how_many, signed, who_is_ahead
from modsim.findings.verdicts import Verdict

if TYPE_CHECKING:
    from modsim.findings.comparison import Comparison

IN_THE_LINE = ("targeted", "trust", "area")  # the verdicts that the one line is a rule over
_FOR = {"targeted": "those first targeted", "trust": "their trust", "area": "the whole area"}


def headline(comparison: "Comparison") -> list[str]:
    """What the comparison found: one line, then its sizes, most important first.

    Nobody is named as better unless the interval of the mean lies beyond the smallest difference that matters.
    """
    sizes = (_size(comparison, verdict) for verdict in comparison.verdicts)
    return [in_one_line(comparison), *(sentence for sentence in sizes if sentence)]


def in_one_line(comparison: "Comparison") -> str:
    """The headline: which plan does better for whom, and under which dissimilarity and anchor organisations."""
    kinds = {one.about: one.kind for one in comparison.verdicts if one.contrast.difference.mean is not None}
    first, second = (_name(comparison, place) for place in (0, 1))
    if not kinds:
        return f"There is nothing to compare between {first} and {second}."
    said = rule(kinds, first, second)
    return f"{said}, {_where(comparison)}."


def rule(kinds: dict[str, Kind], first: str, second: str) -> str:
    """Which of two plans does better for whom, from the kinds of the verdicts that count.

    Decided ones come first, then those about the same, then those that the model cannot tell.
    """
    by_kind = {
        kind: [_FOR[about] for about in IN_THE_LINE if kinds.get(about) == kind]
        for kind in ("better", "worse", "about the same", "cannot tell")
    }
    parts = [
        f"{name} does better for {listed(by_kind[kind])}"
        for name, kind in ((first, "better"), (second, "worse")) if by_kind[kind]
    ]  # fmt: skip
    if by_kind["about the same"]:
        words = "both do about the same for " if parts else f"{first} and {second} do about the same for "
        parts.append(words + listed(by_kind["about the same"]))
    if by_kind["cannot tell"]:
        words = "the model cannot tell for " if parts else "The model cannot tell which plan does better for "
        parts.append(words + listed(by_kind["cannot tell"]))
    return "; ".join(parts)


def _where(comparison: "Comparison") -> str:
    """The two conditions on which the answer depends most."""
    scenario = comparison.scenario
    areas = scenario.recipients
    with_anchor = sum(area.anchor for area in areas)
    if with_anchor == len(areas):
        anchors = "there is an anchor organisation"
    elif not with_anchor:
        anchors = "there is no anchor organisation"
    else:
        anchors = f"{with_anchor} of {len(areas)} new areas have an anchor organisation"
    if any(area.interests is not None for area in areas):
        return f"where interests are those given for each area and {anchors}"
    return f"where interests differ by {scenario.world.dissimilarity:g} (0 to 1) and {anchors}"


def how_sure(comparison: "Comparison") -> str:
    """How far the verdict on those first targeted can be trusted, and why no more was run, in one sentence."""
    found = comparison.verdicts[0]
    d = found.contrast.difference
    if d.mean is None:
        return ""
    if d.low is None or d.high is None:
        return "One simulated future settles nothing; run more replicates."
    return (
        f"For those first targeted {_name(comparison, 0)} is {in_how_many(found.contrast)}; the mean difference is "
        f"{signed(d.mean)} {found.measure.unit_of_difference} (95 % interval {signed(d.low)} to {signed(d.high)})."
    )


def how_far(comparison: "Comparison") -> str:
    """Whether more simulated futures would change a verdict, and why no more were run."""
    left = [_FOR.get(one.about, "participants") for one in comparison.verdicts if not one.is_settled]
    because = f" ({comparison.ended})" if comparison.ended and left else ""
    if left:
        return f"Not settled for {listed(left)}{because}: more simulated futures may change it."
    return "More simulated futures would hardly change any verdict."


def _name(comparison: "Comparison", place: int) -> str:
    return f"“{comparison.scenario.arm_label(comparison.verdict_pair[place])}”"


def _size(comparison: "Comparison", verdict: Verdict) -> str:
    """The size of a verdict, in numbers that a person can picture."""
    d = verdict.contrast.difference
    if d.mean is None:
        return ""
    if verdict.about == "area":
        return _across_areas(comparison, verdict)
    if verdict.about == "trust":
        return _of_trust(comparison, verdict)
    changes = [comparison.estimates.get(arm, {}).get(verdict.measure.name) for arm in comparison.verdict_pair]
    if any(one is None or one.mean is None for one in changes):
        return ""
    sizes = [_change(one.mean) for one in changes if one is not None and one.mean is not None]
    vocabulary = comparison.scenario.vocabulary
    who = f"{vocabulary.people} first targeted" if verdict.about == "targeted" else "participants"
    first, second = (_name(comparison, place) for place in (0, 1))
    return f"For {who}: {sizes[0]} {vocabulary.incidents} with {first}, {sizes[1]} with {second}."


def _of_trust(comparison: "Comparison", verdict: Verdict) -> str:
    d, kind = verdict.contrast.difference, verdict.kind
    assert d.mean is not None
    if kind == "cannot tell" and _leader(verdict) is None:
        return "The model cannot tell in which plan they trust the lead partner more."
    ahead = _name(comparison, 0 if d.mean > 0 else 1)
    if not round(abs(d.mean), 1):
        return "Their trust in the lead partner ends the same."
    return f"Their trust in the lead partner ends {abs(d.mean):.1f} points (0–100) higher with {ahead}."


def _across_areas(comparison: "Comparison", verdict: Verdict) -> str:
    d, measure = verdict.contrast.difference, verdict.measure
    assert d.mean is not None
    incidents = comparison.scenario.vocabulary.incidents
    first, second = (_name(comparison, place) for place in (0, 1))
    smallest, kind = verdict.smallest, verdict.kind
    if kind in ("better", "worse"):
        ahead, behind = (first, second) if kind == "better" else (second, first)
        return (
            f"Across the new areas {incidents} is {abs(d.mean):.1f} {measure.unit_of_difference} lower with {ahead} "
            f"than with {behind}."
        )
    leader = _leader(verdict)
    ahead = first if leader == "first" else second
    if kind == "about the same":
        small = f"smaller than the {smallest:g} {measure.unit_of_difference} that would matter"
        if leader and round(abs(d.mean), 1):
            return f"Across the new areas {ahead} is ahead by {abs(d.mean):.1f}, {small}."
        return f"Across the new areas the difference is {small}."
    if leader:
        return (
            f"Across the new areas {ahead} is ahead by {abs(d.mean):.1f} {measure.unit_of_difference}. The model "
            f"cannot tell whether that exceeds {smallest:g}, the smallest difference that matters."
        )
    return "Across the new areas the model cannot tell which does better."


def _leader(verdict: Verdict) -> str | None:
    d = verdict.contrast.difference
    return who_is_ahead(d.mean, d.low, d.high, verdict.measure.better)


def _change(percent: float) -> str:
    """A change in percent as a person would say it, in whole numbers."""
    whole = round(abs(percent))
    return f"{whole} % {'less' if percent < 0 else 'more'}" if whole else "as much"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
