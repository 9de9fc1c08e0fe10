"""The mechanisms of the model and the seven insights: what each is, and what takes it away.

A mechanism is switched off by giving its numbers the values at which it does nothing. So there are no hidden switches:
`modsim ablate`, the model levels and a user's own `--set` all do the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from modsim.inputs.fields import STATUTORY
from modsim.inputs.scenario import Scenario
from modsim.inputs.uncertainties.services import commitment_at

RUNGS = ("M0", "M1", "M2", "M3")
Values = dict[str, Any]


@dataclass(frozen=True)
class Mechanism:
    """One mechanism: its name and meaning, the model level that adds it, and the values that switch it off."""

    id: str
    meaning: str
    rung: str
    off: Callable[[Scenario], Values]


def _at(**values: Any) -> Callable[[Scenario], Values]:
    """The same values in every scenario; two underscores stand for the dot of a key."""
    return lambda scenario: {name.replace("__", "."): value for name, value in values.items()}


def _in_arms(lever: str, value: Any, *of_origin: str) -> Callable[[Scenario], Values]:
    """A lever with the same value in every arm, and at the original site."""
    return lambda scenario: {
        **{f"arms.{arm}.{lever}": value for arm in scenario.arms},
        **{f"origin.{lever}": value for lever in of_origin},
    }


def _in_areas(field: str, value: Any) -> Callable[[Scenario], Values]:
    """A field with the same value in every area."""
    return lambda scenario: {f"areas.{area.id}.{field}": value for area in scenario.areas}


def _all(*parts: Callable[[Scenario], Values]) -> Callable[[Scenario], Values]:
    """Several at once."""
    return lambda scenario: {key: value for part in parts for key, value in part(scenario).items()}


_everybody_alike = _at(commitment__sd=0.0, commitment__regard_step=0.0)
_all_fears_usual = _at(reporting__trust_effect=0.0, reporting__fear_effect=0.0)
_nothing_lapses = _at(spread__lapse_with_anchor=0.0, spread__lapse_without_anchor=0.0)
_nobody_asks_again = _in_arms("power_deliver", 0.0, "power_deliver")

MECHANISMS = tuple(
    Mechanism(id, meaning, rung, off)
    for id, rung, meaning, off in (
        ("trust", "M1", "trust follows one's own and friends' experience", _at(trust__event_weight=0.0)),
        (
            "felt power",
            "M1",
            "shared power alone makes contacts and sessions better",
            _at(trust__contact_power=0.0, trust__session_power=0.0),
        ),
        (
            "outreach",
            "M1",
            "those who know the lead's worker, or are offered what they named, join more often",
            _at(joining__rapport_effect=0.0, joining__heard_effect=0.0),
        ),
        ("out of reach", "M0", "some young people never join", _at(joining__never_share=0.0)),
        ("near-abstainers", "M0", "some young people hardly cause incidents", _at(offending__abstaining_share=0.0)),
        ("unknown authors", "M0", "nobody knows who caused some reported incidents", _at(reporting__identified=1.0)),
        ("spill-over", "M2", "experience with one partner changes trust in the others", _at(trust__spill_over=0.0)),
        ("calls", "M2", "partners answer incidents first", _at(partners__hours_per_incident=0.0)),
        ("commitment", "M2", "partners' workers differ in commitment", _everybody_alike),
        ("absence", "M2", "some partners stay away from meetings", _at(designing__meetings_are_full=True)),
        ("regard", "M2", "professionals' regard for young people changes", _at(commitment__regard_step=0.0)),
        ("turnover", "M2", "workers leave, and ties and knowledge with them", _at(turnover__leaving_per_week=0.0)),
        ("tokenism", "M2", "power that is promised and not given costs trust", _at(sharing__tokenism_chance=0.0)),
        (
            "not heeded",
            "M2",
            "to be asked and then offered nothing of it costs trust, in every arm",
            _at(sharing__ignored_chance=0.0),
        ),
        (
            "let down",
            "M2",
            "cancelled sessions cost trust; a broken-off course raises propensity and keeps people from joining again",
            _at(
                sharing__breach_effect=0.0,
                joining__let_down_effect=0.0,
                sharing__cancelled_chance=0.0,
                sharing__breaks_after_weeks=1000,
            ),
        ),
        (
            "staying on request",
            "M2",
            "those whose request to stay was granted drop out less",
            _at(attending__dropout_asked_to_stay=0.0),
        ),
        ("mentoring", "M2", "partners' staff mentor participants", _at(programme__mentor_hours=0.0)),
        ("delivery quality", "M2", "some rounds are delivered badly", _at(effect__failing_share=0.0)),
        (
            "committed lead",
            "M2",
            "delivery fails less often where the lead is committed",
            _at(effect__commitment_prevents=0.0),
        ),
        (
            "slow growth",
            "M2",
            "sessions also build up what tells over months and lasts for years",
            _at(effect__slow_ratio=0.0, effect__slow_half_time_weeks=0.0, effect__slow_lost_per_year=0.0),
        ),
        ("statutory lead", "M2", "leads with statutory powers hear less", _at(listening__statutory_costs=0.0)),
        (
            "knowing how to ask",
            "M2",
            "who knows the process hears more honest answers",
            _at(listening__knowledge_adds_honesty=0.0),
        ),
        (
            "shared participants",
            "M2",
            "partners who serve the same participants come to trust each other",
            _at(commitment__shared_clients_gain=0.0),
        ),
        ("fidelity", "M2", "activities new to the programme work a little less well", _at(effect__fidelity_loss=0.0)),
        ("renegotiation", "M2", "participants ask for something else, or for more of the same", _nobody_asks_again),
        ("peer delivery", "M2", "young people lead a share of sessions", _in_arms("peer_delivery", 0.0)),
        ("territory", "M2", "a venue on rival ground keeps some away", _at(joining__rival_ground_effect=0.0)),
        ("destinations", "M2", "work and training have a lasting effect", _at(afterwards__destination_effect=0.0)),
        ("practice", "M2", "partners learn the process by doing it", _at(designing__practice_adds=0.0)),
        ("friends", "M3", "friends influence each other's propensity to offend", _at(peers__pull=0.0)),
        (
            "deviancy",
            "M3",
            "grouping the most active young people can do harm (deviancy training)",
            _at(peers__deviancy=0.0),
        ),
        ("excitation", "M3", "one incident triggers others", _at(excitation__offspring=0.0)),
        ("stops", "M3", "police stop young people", _at(policing__stops_per_hour=0.0)),
        ("labelling", "M3", "an unfair stop has a lasting effect", _at(policing__labelling=0.0)),
        ("deterrence", "M3", "patrol deters", _at(policing__deterrence=0.0)),
        ("displacement", "M3", "incidents that patrol suppresses move next door", _at(policing__displacement=0.0)),
        ("legitimacy", "M3", "young people who trust partners cause fewer incidents", _at(order__legitimacy=0.0)),
        ("persistence", "M3", "trust makes the effect of sessions last", _at(order__persistence=0.0)),
        ("collective efficacy", "M3", "neighbours who would step in prevent incidents", _at(order__efficacy=0.0)),
        ("reporting", "M3", "reporting follows residents' trust and fear", _all_fears_usual),
        ("learning", "M3", "areas share what they learn", _in_arms("learning", [])),
        ("known failures", "M3", "what failed is offered less, here and elsewhere", _at(learning__failed_weight=0.0)),
        ("lapse", "M3", "areas discontinue programmes", _nothing_lapses),
        ("drift", "M3", "young people's interests change over time", _at(world__drift_per_year=0.0)),
    )
)


def _lowest_quartile(scenario: Scenario) -> Values:
    """Every worker as committed as one in four at most is."""
    p = scenario.commitment
    return {"commitment.mean": float(commitment_at(0.25, p.mean, p.sd)), "commitment.sd": 0.0}


_rushed = _at(designing__time_given=1.0 / 3.0, designing__hours_are_pooled=False)

INSIGHTS = tuple(
    Mechanism(f"insight-{number}", meaning, "M0", off)
    for number, (meaning, off) in enumerate(
        (
            ("time, focus, flexibility and pooled hours", _all(_rushed, _nobody_asks_again)),
            ("individual leadership and commitment", _lowest_quartile),
            ("desired, meaningful opportunities", _at(effect__match_counts=False)),
            ("trust as groundwork for prevention", _at(trust__event_weight=0.0)),
            ("an anchor organisation", _in_areas("anchor", False)),
            ("a lead from outside traditional services", _at(partners__lead_pool=STATUTORY)),
            ("mechanisms to share learning", _all(_in_arms("learning", []), _in_arms("process_knowledge", 0.0))),
        ),
        1,
    )
)


NAMED = {mechanism.id: mechanism for mechanism in (*INSIGHTS, *MECHANISMS)}  # all that can be taken away


def with_values(scenario: Scenario, values: Values) -> Scenario:
    """A copy of a scenario with these values, by dotted key; they are not checked again."""
    nested: dict[str, Any] = {}
    for key, value in values.items():
        spot = nested
        *path, last = key.split(".")
        for part in path:
            spot = spot.setdefault(part, {})
        spot[last] = value
    return _replaced(scenario, nested)


def _replaced(old: Any, new: Any) -> Any:
    if not isinstance(new, dict):
        return new
    if isinstance(old, dict):
        return {**old, **{key: _replaced(old[key], value) for key, value in new.items()}}
    if isinstance(old, list):
        return [_replaced(entry, new[entry.id]) if entry.id in new else entry for entry in old]
    return old.model_copy(update={key: _replaced(getattr(old, key), value) for key, value in new.items()})


def without(scenario: Scenario, mechanisms: Iterable[Mechanism]) -> Scenario:
    """The scenario with these mechanisms switched off."""
    values: Values = {}
    for mechanism in mechanisms:
        values |= mechanism.off(scenario)
    return with_values(scenario, values) if values else scenario


def as_it_runs(scenario: Scenario) -> Scenario:
    """The scenario with everything switched off that its model level does not hold, or that it says to go without."""
    rung = RUNGS.index(scenario.settings.rung)
    named = [NAMED[name] for name in scenario.settings.without]
    return without(scenario, [*(m for m in MECHANISMS if RUNGS.index(m.rung) > rung), *named])
