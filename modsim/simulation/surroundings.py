"""What no week changes: areas and their tables, the levers of every lane, what is expected and trusted at the start."""

from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np

from modsim.inputs.fields import STATUTORY, PartnerType
from modsim.inputs.levers import LearningWay, Levers
from modsim.inputs.scenario import GOALS, Scenario
from modsim.rules import designing
from modsim.simulation.crowds.tiles import laid_out
from modsim.simulation.lanes import numbers_of
from modsim.simulation.state import AREA, LEVER, PAIR, SCENE, SEAT
from modsim.world.young_people import World


def surroundings(world: World, scenarios: Sequence[Scenario], arms: Sequence[Levers]) -> dict[str, Any]:
    """The parts of a `State` that stay as they are, by name, for lanes that follow these scenarios and arms."""
    scenario, kinds = scenarios[0], world.partners.kinds
    by_id = {a.id: a for a in scenario.activities}
    share = np.array([by_id[i].origin_share for i in world.activity_ids])
    anchor = world.partners.anchor_kind.tolist()
    levers, p = _in_each(world, scenario, arms), numbers_of(scenarios)

    def by_service(value: Callable[[Scenario, PartnerType, bool], float]) -> np.ndarray:
        return np.array(
            [[[value(s, kind, k == at) for s in scenarios] for at in anchor] for k, kind in enumerate(kinds)]
        )

    return {
        "scene": _scene(scenario),
        "areas": _areas(world, scenario),
        "seats": _seats(world, scenario),
        "pairs": _pairs(world),
        "levers": _levers(scenario, levers),
        "p": p,
        "numbers": laid_out(p),
        "given_menu": np.array([[given_menu(scenario, one) for one in row] for row in levers]),
        "bespoke": np.array([float(i not in scenario.origin_menu) for i in world.activity_ids]),
        "serves": np.array([[float(goal in by_id[i].serves) for i in world.activity_ids] for goal in GOALS]),
        "prior": np.array([designing.professional_prior(share, len(share), s.listening) for s in scenarios]),
        "keys": world.luck.keys_of_draws(),
        "replicate": world.luck.replicate_column,
        "hears_from": world.hears_from,
        "has_kind": world.partners.has_kind,
        "trust_start": by_service(lambda s, kind, is_anchor: s.trust.start_in(kind, is_anchor)),
        "trust_bonus": by_service(lambda s, kind, is_anchor: s.trust.bonus(kind, is_anchor)),
        "area": world.area,
        "slot": world.slot,
        "tie_start": world.ties.start,
        "friends": world.ties.friends,
        "error_of_evaluation": np.zeros(len(world.areas)),
    }


def _scene(scenario: Scenario) -> Any:
    found, settings = SCENE.records(1), scenario.settings
    found.history_weeks, found.weeks = settings.history_weeks, settings.weeks
    found.equal_activity = settings.comparison == "equal_activity"
    found.equal_start = settings.comparison == "equal_start"
    found.diffusion, found.longest_setup = settings.spreads == "diffusion", scenario.longest_setup_weeks
    return found


def _areas(world: World, scenario: Scenario) -> Any:
    found, partners = AREA.records(len(world.areas)), world.partners
    found.first, found.end, found.youths = world.first_row[:-1], world.first_row[1:], np.diff(world.first_row)
    found.first_area = np.arange(len(world.areas)) // world.per_replicate * world.per_replicate
    found.table, found.anchor, found.links = partners.size, partners.anchor, partners.links
    found.usual_venue, found.is_recipient = world.usual_venue, [area.role == "recipient" for area in world.areas]
    found.expected_reports = [scenario.reported_per_week(area) for area in world.areas]
    return found


def _seats(world: World, scenario: Scenario) -> Any:
    partners = world.partners
    found = SEAT.records(*partners.number.shape)
    hours = np.array([scenario.partners.hours_of(kind) for kind in partners.kinds])
    found.present, found.number, found.kind = partners.present, np.maximum(partners.number, 0), partners.kind
    found.hours = hours[partners.kind] * partners.present
    found.statutory = np.isin(partners.kinds, STATUTORY)[partners.kind] & partners.present
    found.seen_share = np.array([scenario.reporting.seen_by(kind) for kind in partners.kinds])[partners.kind]
    pool = scenario.partners.lead_pool or partners.kinds
    in_pool = np.array([kind in pool for kind in partners.kinds])[partners.kind] & partners.present
    in_pool[~in_pool.any(axis=1)] = partners.present[~in_pool.any(axis=1)]
    named = np.array([[kind == area.lead for kind in partners.kinds] for area in world.areas])
    named = np.take_along_axis(named, partners.kind, axis=1) & in_pool
    found.may_lead = np.where(named.any(axis=1)[:, None], named, in_pool)
    return found


def _pairs(world: World) -> Any:
    partners = world.partners
    found = PAIR.records(*partners.pair_present.shape)
    found.one, found.other = partners.pairs
    found.present, found.across_sectors = partners.pair_present, partners.across_sectors
    found.with_anchor = partners.with_anchor
    return found


def _in_each(world: World, scenario: Scenario, arms: Sequence[Levers]) -> list[list[Levers]]:
    """The levers of every area and lane: the original site has its own in every lane."""
    origin = scenario.origin.levers
    return [[origin if area.role == "origin" else arm for arm in arms] for area in world.areas]


def _levers(scenario: Scenario, levers: list[list[Levers]]) -> Any:
    each = {id(x): x for row in levers for x in row}  # replicates have them in common
    records, programme = LEVER.records(len(each)), scenario.programme
    for one, x in zip(records, each.values(), strict=True):
        learns = x.menu in ("learned", "individual")
        for name in LEVER.attributes:
            if name in Levers.model_fields and name not in ("signals", "places", "contacts"):
                setattr(one, name, getattr(x, name))
        one.spends, one.runs = x.spends_on != "nothing", x.spends_on == "programme"
        one.patrols, one.individual, one.learns = x.spends_on == "patrol", x.menu == "individual", learns
        one.signals = {"none": 0, "all": 10**9}.get(str(x.signals), x.signals)
        one.places = programme.places if x.places is None else x.places
        one.contacts = programme.contacts_each if x.contacts is None else x.contacts
        one.minimum_places = min(one.places, programme.minimum_places)
        one.learns_venue = x.venue == "learned"
        one.learned_share = (programme.menu_size - x.fixed_slots) / programme.menu_size if learns else 0.0
        for way in get_args(LearningWay):
            setattr(one, way, way in x.learning)
    place = {name: k for k, name in enumerate(each)}
    return records[np.array([[place[id(x)] for x in row] for row in levers])]


def given_menu(scenario: Scenario, levers: Levers) -> list[float]:
    """The menu known before anybody is asked, as zeros and ones by activity id: all of it, or the fixed slots."""
    if isinstance(levers.menu, list):
        chosen = levers.menu
    else:
        slots = {"origin": None, "learned": levers.fixed_slots, "individual": 0, "none": 0}
        chosen = scenario.origin_menu[: slots[levers.menu]]
    return [1.0 if i in chosen else 0.0 for i in scenario.activity_ids]
