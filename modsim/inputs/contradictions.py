"""What cannot be true together in a scenario, though each value by itself is allowed."""

import difflib
import math
from collections.abc import Iterable

from modsim.inputs.mechanisms import NAMED
from modsim.inputs.scenario import Scenario

MOST_YOUNG_PEOPLE = 2_000_000


def contradictions(scenario: Scenario) -> list[tuple[str, str]]:
    """What cannot be true together, as (dotted key, message) pairs; empty when the scenario makes sense."""
    low, high = scenario.world.dissimilarity_low, scenario.world.dissimilarity_high
    crossed = [("world.dissimilarity_high", f"{high:g} is below dissimilarity_low = {low:g}")] if low > high else []
    return [*crossed, *_of_words(scenario), *_of_activities(scenario), *_of_areas(scenario), *_of_arms(scenario)]


def _of_words(scenario: Scenario) -> list[tuple[str, str]]:
    """Characters that cannot be shown or written: control characters and halves of broken text."""

    def walk(value: object, key: str) -> list[tuple[str, str]]:
        if isinstance(value, dict):
            return [found for name, inner in value.items() for found in walk(inner, f"{key}.{name}".lstrip("."))]
        if isinstance(value, list):
            return [found for k, inner in enumerate(value, 1) for found in walk(inner, f"{key}.{k}")]
        if isinstance(value, str):
            odd = [
                c for c in value if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff"
            ]
            return [(key, f"holds a character that cannot be shown: {odd[0]!r}")] if odd else []
        return []

    return walk(scenario.model_dump(), "")


def _of_activities(scenario: Scenario) -> list[tuple[str, str]]:
    found = []
    by_id = {a.id: a for a in scenario.activities}
    if len(by_id) < len(scenario.activities):
        found.append(("activities", "two activities have the same id; give each its own"))
    total = math.fsum(a.origin_share for a in scenario.activities)
    if abs(total - 1.0) > 1e-6:
        found.append(("activities", f"origin_share adds up to {total:.6g}; it must add up to 1"))
    for a in scenario.activities:
        key = f"activities.{a.id}.swaps_with"
        other = by_id.get(a.swaps_with)
        if other is None or other.id == a.id or other.swaps_with != a.id:
            found.append((key, f"{a.swaps_with!r} must be another activity that swaps with {a.id!r} in turn"))
        elif a.id < other.id and a.origin_share > 0 and other.origin_share > 0:
            found.append(
                (key, f"{a.id!r} and {other.id!r} both have an origin_share; of a pair that swaps one must be 0")
            )
    if scenario.programme.menu_size > len(scenario.activities):
        found.append(
            ("programme.menu_size", f"{scenario.programme.menu_size} is more than the {len(by_id)} activities")
        )
    return found


def _unknown_activities(scenario: Scenario, key: str, ids: Iterable[str]) -> list[tuple[str, str]]:
    unknown = sorted(set(ids) - set(scenario.activity_ids))
    return [(key, f"no activity has the id {', '.join(map(repr, unknown))}")] if unknown else []


def _of_areas(scenario: Scenario) -> list[tuple[str, str]]:
    found = []
    if len({a.id for a in scenario.areas}) < len(scenario.areas):
        found.append(("areas", "two areas have the same id; give each its own"))
    if sum(a.role == "origin" for a in scenario.areas) > 1:
        found.append(
            ("areas", "more than one area has role 'origin'; one at most, none if the original site is not simulated")
        )
    if not scenario.recipients:
        found.append(("areas", "no area has role 'recipient'; there must be at least one"))
    weeks, dates = scenario.settings.weeks, [a.opens_week for a in scenario.recipients]
    if dates and min(dates) >= weeks:
        first = min(scenario.recipients, key=lambda a: a.opens_week)
        found.append(
            (
                f"areas.{first.id}.opens_week",
                f"{first.opens_week} is not before the horizon, settings.weeks = {weeks}; no new area opens earlier",
            )
        )
    missing = sorted(set(scenario.settings.areas) - {a.id for a in scenario.areas})
    if missing:
        known = ", ".join(a.id for a in scenario.areas)
        found.append(("settings.areas", f"no area has the id {', '.join(map(repr, missing))}; there are {known}"))
    total = 0
    p = scenario.commitment
    if p.sd * p.sd >= p.mean * (1.0 - p.mean) and p.sd > 0.0:
        most = math.sqrt(p.mean * (1.0 - p.mean))
        found.append(
            ("commitment.sd", f"{p.sd:g} is too wide for a mean of {p.mean:g}; it must be below {most:.2g}, or 0")
        )
    if scenario.population.core_oldest_at_start < scenario.population.core_youngest:
        found.append(("population.core_oldest_at_start", "must not be below population.core_youngest"))
    for a in scenario.areas:
        key = f"areas.{a.id}"
        people = scenario.young_people_in(a)
        total += people
        if a.youngest >= a.oldest:
            found.append((f"{key}.youngest", f"{a.youngest} must be below oldest, {a.oldest}"))
        if not a.youngest <= a.eligible_youngest <= a.eligible_oldest <= a.oldest:
            found.append(
                (
                    f"{key}.eligible_youngest",
                    f"eligible ages {a.eligible_youngest}-{a.eligible_oldest} must lie within {a.youngest}-{a.oldest}",
                )
            )
        ages = scenario.population
        if a.core_groups and not a.youngest <= ages.core_youngest <= ages.core_oldest_newcomer <= a.oldest:
            found.append(
                (
                    f"{key}.core_groups",
                    f"core groups take people of {ages.core_youngest} to {ages.core_oldest_newcomer} "
                    f"(population.core_youngest, core_oldest_newcomer), which {a.youngest}-{a.oldest} does not hold; "
                    "set core_groups = 0",
                )
            )
        if people > a.population:
            found.append(
                (f"{key}.population", f"{a.population} people cannot hold the {people} of {a.youngest}-{a.oldest}")
            )
        if people < a.core_groups * a.core_size + scenario.population.peer_group_size:
            found.append(
                (
                    f"{key}.population",
                    f"{a.population} people give {people} young people, too few for the core group and one peer group",
                )
            )
        table = a.partners[: scenario.partners.at_the_table]
        for field in ("partners", "second_council"):
            if len(set(getattr(a, field))) < len(getattr(a, field)):
                found.append((f"{key}.{field}", "a type of partner is named twice"))
        if a.anchor and not {"housing", "third_sector"} & set(table):
            found.append((f"{key}.anchor", "no housing or third_sector partner is at the table; set anchor = false"))
        if a.lead != "chosen" and a.lead not in [*table, *a.second_council]:
            found.append((f"{key}.lead", f"{a.lead!r} is not at the table, which holds {', '.join(table)}"))
        ids = {other.id for other in scenario.areas}
        for field in ("adjacent", "hears_from"):
            unknown = sorted(set(getattr(a, field) or ()) - (ids - {a.id}))
            if unknown:
                found.append((f"{key}.{field}", f"no other area has the id {', '.join(map(repr, unknown))}"))
        if a.interests is not None:
            share = math.fsum(a.interests.values())
            found += _unknown_activities(scenario, f"{key}.interests", a.interests)
            if abs(share - 1.0) > 1e-6:
                found.append((f"{key}.interests", f"shares add up to {share:.6g}; they must add up to 1"))
    if total > MOST_YOUNG_PEOPLE:
        found.append(("areas", f"{total:,} young people in all; at most {MOST_YOUNG_PEOPLE:,} can be held"))
    return found


def _of_arms(scenario: Scenario) -> list[tuple[str, str]]:
    found = []
    settings = scenario.settings
    known = ", ".join(scenario.arms)
    for name in settings.arms:
        if name not in scenario.arms:
            found.append(("settings.arms", f"there is no arm {name!r}; the arms are {known}"))
    if not set(settings.arms or scenario.arms) - {settings.reference_arm}:
        found.append(("settings.arms", f"name at least one arm beside the reference; the arms are {known}"))
    for name in settings.without:
        if name not in NAMED:
            found.append(("settings.without", f"there is no mechanism {name!r}; there are {', '.join(NAMED)}"))
    judged = scenario.judged_measures
    for name in settings.smallest_difference:
        if name not in judged:
            found.append((f"settings.smallest_difference.{name}", f"no such measure; there are {', '.join(judged)}"))
    for name in settings.show:
        if name not in scenario.measure_names:
            near = difflib.get_close_matches(name, scenario.measure_names, 3, 0.3) or scenario.measure_names[:3]
            found.append(
                (
                    "settings.show",
                    f"there is no measure {name!r}; near it are {', '.join(near)} (docs/contract.md has all)",
                )
            )
    for field in ("reference_arm", "verdict_arm", "verdict_against"):
        name = getattr(settings, field)
        if name not in scenario.arms:
            found.append((f"settings.{field}", f"there is no arm {name!r}; the arms are {known}"))
    if len({settings.reference_arm, settings.verdict_arm, settings.verdict_against}) < 3:
        found.append(("settings.verdict_arm", "reference_arm, verdict_arm and verdict_against must be three arms"))
    reference = scenario.arms.get(settings.reference_arm)
    if reference is not None and reference.spends_on != "nothing":
        found.append((f"arms.{settings.reference_arm}.spends_on", "the reference arm must spend on 'nothing'"))
    for name, arm in scenario.arms.items():
        if arm.fixed_slots > scenario.programme.menu_size:
            found.append(
                (
                    f"arms.{name}.fixed_slots",
                    f"{arm.fixed_slots} is more than programme.menu_size, {scenario.programme.menu_size}",
                )
            )
        if arm.menu == "individual" and arm.fixed_slots:
            found.append((f"arms.{name}.fixed_slots", "a plan for each has no fixed part; set fixed_slots = 0"))
        if arm.menu == "individual" and not arm.redesigns:
            found.append((f"arms.{name}.redesigns", "a plan for each is made in every round; set redesigns = true"))
        if isinstance(arm.menu, list):
            found += _unknown_activities(scenario, f"arms.{name}.menu", arm.menu)
            if len(set(arm.menu)) < len(arm.menu):
                found.append((f"arms.{name}.menu", "an activity is listed twice"))
    if scenario.programme.minimum_places > scenario.programme.places:
        found.append(
            (
                "programme.minimum_places",
                f"{scenario.programme.minimum_places} is more than places, {scenario.programme.places}",
            )
        )
    return found
