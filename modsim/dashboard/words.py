"""What the page says of a comparison, by rules: plain words, always with the range, and never more than is known."""

import numpy as np

from modsim.dashboard.levers import LEVERS
from modsim.dashboard.view import View
from modsim.findings.comparison import BANNER, MISSING, Comparison
from modsim.findings.measures import incidents_occurred, recipients
from modsim.findings.statistics import Estimate, estimate
from modsim.findings.verdict import Contrast, Kind, kind_of, signed, who_is_ahead
from modsim.inputs.definition import badge_of
from modsim.inputs.scenario import Scenario

QUESTION = "Re-co-produce a community programme in each area, or transplant it unchanged?"
CAVEATS = (
    BANNER,
    "Nobody has measured how different such areas are. Look first at the break-even: how different they must be before "
    "the better plan changes.",
    "Most parameters are assumptions. Every range holds only if the model's rules are right.",
)
CANNOT_TELL = (
    "whether the people of these areas would agree",
    "what any one person will do",
    "anything after the last week that is simulated",
    "who gains and who loses within an area",
    "what is not in it: " + MISSING.removeprefix("Not in the model: ").rstrip("."),
)
BEYOND = "A lever stands outside the range that the evidence leaves open"


def headline(comparison: Comparison) -> str:
    """The finding across the new areas in a few words; it says who is ahead where that is settled."""
    kind: Kind = comparison.verdict["kind"]
    arm, against = (_plan(comparison, name) for name in comparison.verdict_pair)
    if kind == "better":
        return f"“{arm}” does better here"
    if kind == "worse":
        return f"“{against}” does better here"
    if kind == "about the same":
        return "Both plans do about the same here"
    if leader := _leader(comparison):
        return f"“{_plan(comparison, leader)}” is ahead, but the model cannot tell whether that matters"
    return "The model cannot tell which plan does better here"


def _leader(comparison: Comparison) -> str | None:
    """The arm of the verdict's pair that is ahead, where that is settled."""
    mean, low, high = (comparison.verdict[name] for name in ("mean", "low", "high"))
    ahead = who_is_ahead(mean, low, high, comparison.measures[0].better)
    return None if ahead is None else comparison.verdict_pair[0 if ahead == "first" else 1]


def break_even_words(comparison: Comparison) -> str:
    """The break-even in the words of the lever."""
    found, here = comparison.break_even, comparison.scenario.world.dissimilarity
    if found.mean is None:
        return found.text
    arm, against = (_plan(comparison, name) for name in comparison.verdict_pair)
    span = "" if found.low is None else f" (95 % interval {found.low:.2f} to {found.high:.2f})"
    return (
        f"“{arm}” does better than “{against}” where the new areas differ by more than {found.mean:.2f}{span}, on a "
        f"scale from 0 to 1. This page assumes {here:g}."
    )


def plan_words(scenario: Scenario, arm: str) -> str:
    """What a plan is, from its levers."""
    levers = scenario.arms[arm]
    label = scenario.arm_label(arm)
    if levers.spends_on == "nothing":
        return f"“{label}”: nothing is done in the new areas."
    if levers.menu == "individual":
        what = "a plan for each young person, of what they named, and no shared menu"
    elif levers.menu == "learned":
        what = "activities chosen from what young people there say they want"
    elif levers.menu == "origin":
        what = "the original site's activities"
    elif levers.menu == "none":
        what = "adult attention without activities"
    else:
        what = "a fixed list of activities"
    setup = f"after {levers.setup_weeks} weeks of set-up, fewer once the process is known"
    return f"“{label}”: {what}, {setup}; {badge_of(levers).short}."


def verdict_words(comparison: Comparison) -> list[str]:
    """The verdict's sentences: incidents with their range, what was not settled, trust, and areas that fare worse."""
    found = comparison.contrast(*comparison.verdict_pair, comparison.measures[0])
    sentences = [_incident_sentence(comparison, found), _in_numbers(comparison), _count_sentence(comparison, found)]
    sentences += [_unsettled(comparison, found), trust_sentence(comparison), _nobody_came(comparison)]
    return [sentence for sentence in [*sentences, *worse_areas(comparison)] if sentence]


def _incident_sentence(comparison: Comparison, found: Contrast) -> str:
    scenario, d = comparison.scenario, found.difference
    arm, against = (_plan(comparison, name) for name in comparison.verdict_pair)
    incidents = scenario.vocabulary.incidents
    if d.mean is None:
        return f"No {incidents} occurs without a programme, so there is nothing to compare."
    sentence = (
        f"Over {scenario.settings.weeks} weeks, {incidents} in the new areas is {_size(d.mean, 'percentage points')} "
        f"with “{arm}” than with “{against}”"
    )
    if d.low is None or d.high is None:
        return f"{sentence}, in the one simulated future that was run."
    return (
        f"{sentence} (95 % interval of the mean: {_span(d.low, d.high)}; 9 in 10 simulated futures: "
        f"{_span(d.range_low, d.range_high)}). A percentage point is 1 % of what happens with no programme."
    )


def _in_numbers(comparison: Comparison) -> str:
    """The difference as a number of incidents, beside how many there are without a programme."""
    scenario, outcome = comparison.scenario, comparison.outcome

    def mean(name: str) -> float:
        return float(incidents_occurred(scenario, outcome, outcome.lane(name)).mean())

    arm, against = comparison.verdict_pair
    gap, all_of_them = mean(arm) - mean(against), mean(comparison.reference)
    fewer = "fewer" if gap < 0 else "more"
    return f"That is about {abs(gap):,.0f} incidents {fewer}, of some {all_of_them:,.0f} with no programme."


def _count_sentence(comparison: Comparison, found: Contrast) -> str:
    futures = found.better_in + found.same_in + found.worse_in
    if futures < 2:
        return ""
    smallest = comparison.scenario.smallest_difference(found.measure) or 0.0
    arm, against = (_plan(comparison, name) for name in comparison.verdict_pair)
    margin = f"by more than {smallest:g} percentage points " if smallest else ""
    same = f", and the two are within that in {found.same_in}" if smallest else ""
    return (
        f"“{arm}” does better {margin}in {found.better_in} of {futures} simulated futures, “{against}” in "
        f"{found.worse_in}{same}."
    )


def _unsettled(comparison: Comparison, found: Contrast) -> str:
    """Why the model cannot tell, where it cannot."""
    d = found.difference
    if comparison.verdict["kind"] != "cannot tell" or d.mean is None:
        return ""
    if d.low is None or d.high is None:
        return "One simulated future settles nothing. Run more."
    smallest = comparison.scenario.smallest_difference(found.measure) or 0.0
    if leader := _leader(comparison):
        return (
            f"“{_plan(comparison, leader)}” is ahead. The model cannot tell whether by more than {smallest:g} "
            "percentage points, the smallest difference that matters."
        )
    return "The interval does not show which of the two is ahead."


def trust_sentence(comparison: Comparison) -> str:
    """Trust in the same form; where the interval leaves the direction open, it says so."""
    measure = next(m for m in comparison.measures if m.name == "trust_youth_change_points")
    found = comparison.contrast(*comparison.verdict_pair, measure)
    d, people = found.difference, comparison.scenario.vocabulary.people
    arm, against = (_plan(comparison, name) for name in comparison.verdict_pair)
    if d.mean is None:
        return ""
    if d.low is None or d.high is None:
        size = _size(d.mean, "points", "higher", "lower")
        return f"Trust of {people} in the lead partner is {size} with “{arm}”, on a scale from 0 to 100."
    kind = kind_of(d, "higher", comparison.scenario.smallest_difference(measure.name) or 0.0)
    span = _span(d.low, d.high, "higher", "lower")
    if kind == "about the same":
        return f"Trust of {people} in the lead partner ends about the same ({span}, on a scale from 0 to 100)."
    if d.low * d.high <= 0:
        more = "The model cannot tell which plan leaves more trust in the lead partner"
        return f"{more} ({span}, on a scale from 0 to 100)."
    return (
        f"Trust of {people} in the lead partner ends {_size(d.mean, 'points', 'higher', 'lower')} with “{arm}” than "
        f"with “{against}” ({span}, on a scale from 0 to 100)."
    )


def worse_areas(comparison: Comparison) -> list[str]:
    """Areas in which a plan leaves more incidents than no programme would, each named."""
    found = []
    for place in recipients(comparison.scenario):
        for arm in comparison.verdict_pair:
            change = area_change(comparison, arm, place)
            if change.low is not None and change.low > 0:
                incidents = comparison.scenario.vocabulary.incidents
                found.append(
                    f"In {comparison.scenario.areas[place].label}, “{_plan(comparison, arm)}” leaves more {incidents} "
                    f"than no programme at all ({signed(change.low, 1)} to {signed(change.high or 0.0, 1)} %)."
                )
    return found


def _nobody_came(comparison: Comparison) -> str:
    for arm in comparison.verdict_pair:
        if not comparison.values[arm]["attended"].any():
            return f"“{_plan(comparison, arm)}” holds no session within these weeks."
    return ""


def area_change(comparison: Comparison, arm: str, place: int, against: str | None = None) -> Estimate:
    """Change of incidents in one area, in percent of the reference arm's, against it or against another arm."""
    occurred = comparison.outcome.totals[f"{comparison.scenario.vocabulary.incident}_occurred"][:, place]
    lane = comparison.outcome.lane
    base = occurred[:, lane(comparison.reference)].astype(float)
    then = base if against is None else occurred[:, lane(against)]
    gap = occurred[:, lane(arm)] - then
    return estimate(100.0 * np.divide(gap, base, out=np.full(len(base), np.nan), where=base > 0))


def beyond_evidence(view: View) -> list[str]:
    """A sentence for each lever that stands where nothing has been measured or argued."""
    sentences = []
    for one in LEVERS:
        low, high = one.plausible
        value = view.values[one.id]
        if not low <= value <= high:
            sentences.append(f"{BEYOND}: “{one.name}” is {one.said(value)}, the range is {low:g} to {high:g}.")
    return sentences


def cost_notice(comparison: Comparison) -> str:
    """A sentence where the two plans spend clearly different sums."""
    one, other = (comparison.estimates[arm]["cost_gbp"].mean or 0.0 for arm in comparison.verdict_pair)
    if max(one, other) > 0 and abs(one - other) > 0.05 * max(one, other):
        arm, against = (_plan(comparison, name) for name in comparison.verdict_pair)
        return f"The plans spend different sums from the same budget: “{arm}” £{one:,.0f}, “{against}” £{other:,.0f}."
    return ""


def apparent_sentence(comparison: Comparison) -> str:
    """What a before-and-after comparison would show beside what the programme does."""
    incident = comparison.scenario.vocabulary.incident
    arm = comparison.verdict_pair[0]
    apparent = comparison.estimates[arm][f"apparent_{incident}_change_percent"].mean
    true = comparison.estimates[arm][f"participants_{incident}_change_percent"].mean
    if apparent is None or true is None:
        return "Nobody took part long enough to compare before with after."
    return (
        f"With “{_plan(comparison, arm)}”, participants' reported incidents change by {signed(apparent, 0)} % from the "
        f"year before to the year after. The programme causes {signed(true, 0)} %. Most of the rest would have "
        "happened anyway."
    )


def hours_sentence(comparison: Comparison) -> str:
    """Hours and cost of the two plans."""
    parts = []
    for arm in comparison.verdict_pair:
        found = comparison.estimates[arm]
        hours, cost, price = found["hours"].mean, found["cost_gbp"].mean, found["gbp_per_incident_averted"]
        averted = "no incident averted" if price.mean is None else f"£{price.mean:,.0f} for each incident averted"
        parts.append(f"“{_plan(comparison, arm)}”: {hours:,.0f} staff hours, £{cost:,.0f}, {averted}")
    return "; ".join(parts) + "."


def over_time_sentence(comparison: Comparison, topic: str, place: int) -> str:
    """What the chart of one area shows."""
    area = comparison.scenario.areas[place].label
    parts = []
    for arm in comparison.verdict_pair:
        if topic == "trust":
            lane, totals = comparison.outcome.lane(arm), comparison.outcome.totals
            mine, theirs = (totals[name][:, place, lane] for name in ("trust_youth", "trust_youth_reference"))
            found, unit = estimate(100.0 * (mine - theirs)), "points (0–100)"
        else:
            found, unit = area_change(comparison, arm, place), "%"
        if found.mean is None:
            continue
        known = found.low is not None and found.high is not None
        span = f" ({signed(found.low or 0.0, 1)} to {signed(found.high or 0.0, 1)})" if known else ""
        parts.append(f"“{_plan(comparison, arm)}” {signed(found.mean, 1)} {unit}{span}")
    what = "trust in the last week" if topic == "trust" else "all weeks together"
    return f"{area}, {what}, against no programme: {' and '.join(parts) or 'nothing to compare'}."


def _plan(comparison: Comparison, arm: str) -> str:
    return comparison.scenario.arm_label(arm)


def plan_phrase(scenario: Scenario, arm: str) -> str:
    """The name of a plan in quotes."""
    return f"“{scenario.arm_label(arm)}”"


def _size(value: float, unit: str, up: str = "higher", down: str = "lower") -> str:
    return f"{abs(value):.2f} {unit} {up if value > 0 else down}"


def _span(low: float | None, high: float | None, up: str = "higher", down: str = "lower") -> str:
    """A range in words: 0.1 to 0.8 lower, or 0.2 lower to 0.4 higher."""
    if low is None or high is None:
        return "not known"
    if low * high > 0:
        near, far = sorted((abs(low), abs(high)))
        return f"{near:.2f} to {far:.2f} {up if low > 0 else down}"
    return f"{abs(low):.2f} {down} to {abs(high):.2f} {up}"
