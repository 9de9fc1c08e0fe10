"""The finding of a comparison in two plain sentences, and one line on how sure it is: for the terminal and the page."""

from typing import TYPE_CHECKING

from modsim.findings.verdict import Contrast, in_how_many, kind_of, signed, who_is_ahead

if TYPE_CHECKING:
    from modsim.findings.comparison import Comparison


def headline(comparison: "Comparison") -> list[str]:
    """What the comparison found: first for those who took part, then across the new areas.

    Nobody is named as better unless the interval of the mean lies beyond the smallest difference that matters.
    """
    return [sentence for sentence in (_for_participants(comparison), _across_areas(comparison)) if sentence]


def how_sure(comparison: "Comparison") -> str:
    """How far the answer across the new areas can be trusted, in one sentence."""
    found, measure = _contrast(comparison, "occurred")
    d = found.difference
    if d.mean is None:
        return ""
    if d.low is None or d.high is None:
        return "One simulated future settles nothing; run more replicates."
    return (
        f"Across the new areas {_name(comparison, 0)} is {in_how_many(found)}; the mean difference is {signed(d.mean)} "
        f"{measure.unit_of_difference} (95 % interval {signed(d.low)} to {signed(d.high)})."
    )


def _name(comparison: "Comparison", place: int) -> str:
    return f"“{comparison.scenario.arm_label(comparison.verdict_pair[place])}”"


def _contrast(comparison: "Comparison", who: str):
    name = f"{who}_{comparison.scenario.vocabulary.incident}_change_percent"
    measure = next(one for one in comparison.measures if one.name == name)
    return comparison.contrast(*comparison.verdict_pair, measure), measure


def _kind(comparison: "Comparison", found: Contrast, better: str) -> str:
    return kind_of(found.difference, better, comparison.scenario.smallest_difference(found.measure) or 0.0)


def _for_participants(comparison: "Comparison") -> str:
    found, measure = _contrast(comparison, "participants")
    changes = [comparison.estimates.get(arm, {}).get(measure.name) for arm in comparison.verdict_pair]
    if found.difference.mean is None or any(one is None or one.mean is None for one in changes):
        return ""
    sizes = [_change(one.mean) for one in changes if one is not None and one.mean is not None]
    first, second = (_name(comparison, place) for place in (0, 1))
    incidents = comparison.scenario.vocabulary.incidents
    kind = _kind(comparison, found, measure.better)
    if kind == "worse":
        first, second, sizes = second, first, sizes[::-1]
    if kind in ("better", "worse"):
        return f"{first} does better for participants: {sizes[0]} {incidents}, against {sizes[1]} with {second}."
    beside = f"{sizes[0]} {incidents} with {first}, {sizes[1]} with {second}"
    if kind == "about the same":
        return f"Both do about the same for participants: {beside}."
    if leader := _leader(found, measure.better):
        ahead = first if leader == "first" else second
        return f"{ahead} is ahead for participants, but the difference may not matter: {beside}."
    return f"The model cannot tell which does better for participants: {beside}."


def _across_areas(comparison: "Comparison") -> str:
    found, measure = _contrast(comparison, "occurred")
    d = found.difference
    incidents = comparison.scenario.vocabulary.incidents
    if d.mean is None:
        return f"No {incidents} occurs without a programme, so there is nothing to compare."
    first, second = (_name(comparison, place) for place in (0, 1))
    smallest = comparison.scenario.smallest_difference(measure.name) or 0.0
    kind = _kind(comparison, found, measure.better)
    if kind in ("better", "worse"):
        ahead, behind = (first, second) if kind == "better" else (second, first)
        return (
            f"Across the new areas {ahead} does better: {incidents} is {abs(d.mean):.1f} {measure.unit_of_difference} "
            f"lower than with {behind}."
        )
    if kind == "about the same":
        small = f"smaller than the {smallest:g} {measure.unit_of_difference} that would matter"
        if leader := _leader(found, measure.better):
            ahead = first if leader == "first" else second
            return f"Across the new areas {ahead} is ahead by {abs(d.mean):.1f}, {small}."
        return f"Across the new areas the difference is {small}."
    if leader := _leader(found, measure.better):
        ahead = first if leader == "first" else second
        return (
            f"Across the new areas {ahead} is ahead by {abs(d.mean):.1f} {measure.unit_of_difference}. The model "
            f"cannot tell whether that exceeds {smallest:g}, the smallest difference that matters."
        )
    return "Across the new areas the model cannot tell which does better."


def _leader(found: Contrast, better: str) -> str | None:
    return who_is_ahead(found.difference.mean, found.difference.low, found.difference.high, better)


def _change(percent: float) -> str:
    """A change in percent as a person would say it, in whole numbers."""
    whole = round(abs(percent))
    return f"{whole} % {'less' if percent < 0 else 'more'}" if whole else "as much"
