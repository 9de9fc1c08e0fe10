"""A scenario of a user's own place: the few things they know, written out with what is assumed beside them."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from modsim.inputs.fields import PartnerType
from modsim.inputs.files import path_from, read_toml
from modsim.inputs.problems import InputError
from modsim.inputs.reading import load_scenario, scenario_in
from modsim.inputs.saving import WritingError, write_text
from modsim.inputs.scenario import Scenario
from modsim.inputs.units import WEEKS_PER_MONTH

USUAL_PARTNERS = "police, fire_and_rescue, housing, youth_work, employability, social_work"
_ANCHORS = {"housing", "third_sector"}


@dataclass(frozen=True)
class OwnPlace:
    """What is asked about a place; `assumed` names those that were left at what is usual."""

    name: str
    population: int
    young_percent: float
    adult_percent: float
    ages: tuple[int, int]
    asb: float
    partners: tuple[str, ...]
    anchor: bool
    budget: float
    months: int
    dissimilarity: float | None
    dissimilarity_note: str
    dissimilarity_range: tuple[float, float] | None
    assumed: frozenset[str]


def id_of(name: str) -> str:
    """A stable id from a name, in small letters; an InputError if nothing is left of it."""
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in name):
        raise InputError([f"--name {name!r}: holds a character that cannot be shown"])
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    if not found or not found[0].isalpha():
        raise InputError([f"--name {name!r}: must begin with a letter and hold letters or digits"])
    return found


def ages_of(text: str) -> tuple[int, int]:
    """Youngest and oldest age from `12-20`."""
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*(?:-|–|to)\s*([0-9]{1,2})\s*", text)
    if match is None or not 8 <= int(match[1]) < int(match[2]) <= 80:
        raise InputError([f"--ages {text!r}: give the youngest and the oldest, as in 14-20, between 8 and 80"])
    return int(match[1]), int(match[2])


def partners_of(text: str) -> tuple[str, ...]:
    """Types of service from a list with commas."""
    given = tuple(part.strip().lower().replace(" ", "_").replace("-", "_") for part in text.split(",") if part.strip())
    known = get_args(PartnerType)
    problems = [
        f"--partners {one!r}: there is no such type; there are {', '.join(known)}" for one in given if one not in known
    ]
    if not given:
        problems.append(f"--partners: name at least one; there are {', '.join(known)}")
    if len(set(given)) < len(given):
        problems.append("--partners: a type of partner is named twice")
    if problems:
        raise InputError(problems)
    return given


def may_be_anchor(partners: tuple[str, ...]) -> bool:
    """Whether one of these can be an anchor organisation."""
    return bool(_ANCHORS & set(partners))


def text_of(place: OwnPlace, base: str, arms: list[str]) -> str:
    """The scenario file, with what was given and what is assumed said on each line."""
    ident, weeks = id_of(place.name), max(round(place.months * WEEKS_PER_MONTH), 1)
    youngest, oldest = place.ages

    def said(option: str, given: str = "given", assumed: str = "assumed: the usual value") -> str:
        return f"   # {assumed if option in place.assumed else given}"

    quoted = place.name.replace("\\", "\\\\").replace('"', '\\"')
    known = [
        name.replace("_", " ")
        for name in (
            "population",
            "young_percent",
            "adult_percent",
            "ages",
            "asb",
            "partners",
            "anchor",
            "budget",
            "months",
        )
        if name not in place.assumed
    ]
    wishes = (
        f"dissimilarity = {place.dissimilarity:.2f}   # {place.dissimilarity_note}"
        if place.dissimilarity is not None
        else f"# dissimilarity stays as in {base}, an assumption. {place.dissimilarity_note}"
    )
    if place.dissimilarity_range is not None:
        low, high = place.dissimilarity_range
        wishes += f"\ndissimilarity_low = {low:.2f}    # the interval: `modsim compare --uncertainty all` counts it in"
        wishes += f"\ndissimilarity_high = {high:.2f}"
    one_line = " ".join(place.name.split())
    lines = [
        f"# {one_line}: re-co-produce a programme there, or transplant it unchanged?",
        "#",
        f"# Known (from the author): {', '.join(known) or 'only the name'}.",
        f"# Assumed: all else, as in {base}. Interests, ties, trust and effects were not measured here.",
        "# Look at: the break-even dissimilarity first, then the verdict, then the cost. Change a line, run it again.",
        "",
        f'extends = "{base}"',
        f'title = "{quoted}: re-co-produce a programme there, or transplant it unchanged?"',
        "",
        "[settings]",
        f'areas = ["{ident}"]   # only this one; the programme transplanted comes from elsewhere',
        f"arms = [{', '.join(f'{chr(34)}{arm}{chr(34)}' for arm in arms)}]   # more may stand in the file above",
        f"weeks = {weeks}{said('months', f'{place.months} months', f'assumed: {place.months} months')}",
        "",
        "[purse]",
        f"budget = {place.budget:g}{said('budget', 'staff hours a week', 'assumed: staff hours a week')}",
        "",
        "[partners]",
        f"at_the_table = {len(place.partners)}   # all of those named below",
        "",
        "[population]",
        f"share_aged_12_to_17 = {place.young_percent / 100:g}{said('young_percent')}",
        f"share_aged_18_to_24 = {place.adult_percent / 100:g}{said('adult_percent')}",
        "",
        "[world]",
        wishes,
        "",
        "[[areas]]",
        f'id = "{ident}"   # the key of its random numbers: change the name, not this',
        f'name = "{quoted}"',
        f"population = {place.population}{said('population')}",
        f"youngest = {min(youngest, 12)}   # all young people who are counted, a core group of eleven among them",
        f"oldest = {max(oldest, 20)}",
        f"eligible_youngest = {youngest}{said('ages', 'given: ages of those who may be invited')}",
        f"eligible_oldest = {oldest}",
        f"reported_per_10000_per_month = {place.asb:g}{said('asb', 'given: reported youth incidents')}",
        f"partners = [{', '.join(f'{chr(34)}{one}{chr(34)}' for one in place.partners)}]{said('partners')}",
        f"anchor = {str(place.anchor).lower()}{said('anchor', 'given: whether there is a hub')}",
        'lead = "chosen"   # the most committed and trusted partner; or name a type of partner',
        "",
    ]
    return "\n".join(lines)


def extended_by(path: Path) -> list[Path]:
    """A scenario file and all that it extends, the nearest first."""
    found = [path.resolve()]
    while isinstance(parent := read_toml(found[-1], "scenario", "at least areas")[0].get("extends"), str):
        found.append((found[-1].parent / path_from(parent)).resolve())
    return found


def write_own_place(place: OwnPlace, base: Path, out: Path) -> Scenario:
    """Write the file, if it can be used; the scenario it holds.

    Raises
    ------
    InputError
        with what is wrong, and nothing is written.
    """
    if place.anchor and not may_be_anchor(place.partners):
        raise InputError(
            ["--anchor: takes a housing or third_sector partner; name one with --partners, or give --no-anchor"]
        )
    if out.suffix != ".toml":
        raise InputError([f"{out}: a scenario file ends in .toml"])
    if out.resolve().parent != base.resolve().parent:
        raise InputError([f"{out}: must lie beside {base}, which it extends; give another --out, or another --base"])
    if any(path == out.resolve() for path in extended_by(base)):
        raise InputError([f"{out}: is what it would build on; give another --name or --out"])
    if id_of(place.name) in {area.id for area in load_scenario(base).areas}:
        raise InputError([f"--name {place.name!r}: {base} has an area of that id already; give another name"])
    builds_on = load_scenario(base)
    pair = [builds_on.settings.verdict_against, builds_on.settings.verdict_arm]
    arms = [pair[0], *(arm for arm in ("core_flex",) if arm in builds_on.arms), pair[1]]
    text = text_of(place, base.name, arms)
    scenario = scenario_in(text, out)
    try:
        write_text(text, out)
    except WritingError as trouble:
        raise InputError([str(trouble)]) from None
    return scenario
