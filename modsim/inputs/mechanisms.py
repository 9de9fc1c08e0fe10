"""The mechanisms of the model: what each is, from which rung on it runs, and what takes it away.

A mechanism is switched off by giving its numbers the values at which it does nothing. So there are no hidden switches:
`modsim ablate`, the rungs and a user's own `--set` all do the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from modsim.inputs.scenario import Scenario

RUNGS = ("M0", "M1", "M2", "M3")
Values = dict[str, Any]


@dataclass(frozen=True)
class Mechanism:
    """One mechanism: what it is in the world, the rung that adds it, and the values at which it does nothing."""

    id: str
    meaning: str
    rung: str
    off: Callable[[Scenario], Values]


def _values(**values: Any) -> Callable[[Scenario], Values]:
    """The same values in every scenario; two underscores stand for the dot of a key."""
    return lambda scenario: {name.replace("__", "."): value for name, value in values.items()}


def _in_arms(lever: str, value: Any, *of_origin: str) -> Callable[[Scenario], Values]:
    """A lever with the same value in every arm, and at the origin."""
    return lambda scenario: {
        **{f"arms.{arm}.{lever}": value for arm in scenario.arms},
        **{f"origin.{lever}": value for lever in of_origin},
    }


MECHANISMS = (
    Mechanism("trust", "trust moves with experience, one's own and friends'", "M1", _values(trust__event_weight=0.0)),
    Mechanism("spill-over", "experience with one service tells on trust in the others", "M2", _values(trust__spill_over=0.0)),
    Mechanism(
        "calls", "services answer incidents first", "M2", _values(partners__hours_per_incident=0.0)
    ),
    Mechanism(
        "commitment", "partners differ in commitment, and come to meetings or not", "M2",
        _values(commitment__mean=1.0, commitment__sd=0.0, commitment__reference=1.0, commitment__regard_step=0.0),
    ),
    Mechanism("regard", "what professionals think of young people moves", "M2", _values(commitment__regard_step=0.0)),
    Mechanism("turnover", "workers leave, and ties and knowledge with them", "M2", _values(turnover__leaving_per_week=0.0)),
    Mechanism("tokenism", "power that was promised and not given is taken ill", "M2", _values(sharing__tokenism_chance=0.0)),
    Mechanism(
        "mentoring", "partners' staff are mentors of participants", "M2", _values(programme__mentor_hours=0.0)
    ),
    Mechanism("delivery quality", "some rounds are delivered in vain", "M2", _values(effect__failing_share=0.0)),
    Mechanism("fidelity", "what is not the origin's does a little less", "M2", _values(effect__fidelity_loss=0.0)),
    Mechanism(
        "renegotiation", "participants ask for something else, or for more", "M2",
        _in_arms("power_deliver", 0.0, "power_deliver"),
    ),
    Mechanism("peer delivery", "young people lead a share of sessions", "M2", _in_arms("peer_delivery", 0.0)),
    Mechanism("territory", "a venue on rival ground keeps some away", "M2", _values(joining__rival_ground_effect=0.0)),
    Mechanism("destinations", "work and training change people for good", "M2", _values(afterwards__destination_effect=0.0)),
    Mechanism("friends", "friends pull on each other's inclination", "M3", _values(peers__pull=0.0)),
    Mechanism("deviancy", "grouping the most active can teach them", "M3", _values(peers__deviancy=0.0)),
    Mechanism("excitement", "one incident sets off others", "M3", _values(excitation__offspring=0.0)),
    Mechanism("stops", "police stop young people", "M3", _values(policing__stops_per_hour=0.0)),
    Mechanism("labelling", "a stop felt to be unfair leaves a mark", "M3", _values(policing__labelling=0.0)),
    Mechanism("deterrence", "patrol deters", "M3", _values(policing__deterrence=0.0)),
    Mechanism("displacement", "what patrol suppresses turns up next door", "M3", _values(policing__displacement=0.0)),
    Mechanism("legitimacy", "who trusts services causes fewer incidents", "M3", _values(order__legitimacy=0.0)),
    Mechanism("persistence", "trust keeps what sessions changed", "M3", _values(order__persistence=0.0)),
    Mechanism("collective efficacy", "neighbours who would step in hold incidents down", "M3", _values(order__efficacy=0.0)),
    Mechanism(
        "reporting", "what is reported moves with residents' trust and fear", "M3",
        _values(reporting__trust_effect=0.0, reporting__fear_effect=0.0),
    ),
    Mechanism("learning", "know-how travels between areas", "M3", _in_arms("learning", [])),
    Mechanism(
        "lapse", "programmes lapse", "M3", _values(spread__lapse_with_anchor=0.0, spread__lapse_without_anchor=0.0)
    ),
    Mechanism("drift", "what young people want moves on", "M3", _values(world__drift_per_year=0.0)),
    Mechanism("practice", "services learn the process by doing it", "M2", _values(designing__practice_adds=0.0)),
)  # fmt: skip


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
    return old.model_copy(update={key: _replaced(getattr(old, key), value) for key, value in new.items()})


def without(scenario: Scenario, mechanisms: Iterable[Mechanism]) -> Scenario:
    """The scenario with these mechanisms switched off."""
    values: Values = {}
    for mechanism in mechanisms:
        values |= mechanism.off(scenario)
    return with_values(scenario, values) if values else scenario


def on_its_rung(scenario: Scenario) -> Scenario:
    """The scenario with everything switched off that its rung does not hold."""
    rung = RUNGS.index(scenario.settings.rung)
    return without(scenario, [m for m in MECHANISMS if RUNGS.index(m.rung) > rung])
