"""Rules that are contested, each in the form that others would give it: what the model would be under it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from modsim.compiling.acts import act
from modsim.inputs.mechanisms import with_values
from modsim.inputs.scenario import Scenario
from modsim.rules import attending, inclining, joining, trusting
from modsim.simulation.rulebook import Rules


@act
def _saturating(match):
    """The more is wanted already, the less more of it adds; nothing and all stay what they are."""
    return match * (2.0 - match)


def joining_saturates(who, p):
    return joining.chance_of_joining(
        _saturating(who.match), who.trust, who.friends_share, who.support, who.on_rival_ground, who.rapport, who.heard,
        who.let_down, p,
    )  # fmt: skip


def attending_saturates(who, p):
    return attending.chance_of_attending(_saturating(who.match), p)


def dropping_out_saturates(who, p):
    return attending.chance_of_dropping_out(
        _saturating(who.match), who.trust, who.mentored, who.compelled, who.asked_to_stay, p
    )


def enjoying_saturates(who, p):
    return trusting.chance_session_is_good(
        _saturating(who.match), who.power_in_practice, who.peer_share, who.compelled, p
    )


def benefit_saturates(who, p):
    return inclining.benefit_of_session(
        _saturating(who.match), who.fidelity, who.quality, who.mentored, who.compelled, p
    )


def deviancy_saturates(who, p):
    return inclining.deviancy_of_session(who.excess, _saturating(who.match), who.mentored, who.peer_share, p)


SATURATING = replace(
    Rules(), chance_of_joining=joining_saturates, chance_of_attending=attending_saturates,
    chance_of_dropping_out=dropping_out_saturates, chance_session_is_good=enjoying_saturates,
    benefit_of_session=benefit_saturates, deviancy_of_session=deviancy_saturates,
)  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """A contested rule in another form: values that give it, or rules that replace the model's."""

    name: str
    meaning: str
    values: Callable[[Scenario], dict[str, Any]]
    rules: Rules | None = None

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario under it."""
        return with_values(scenario, self.values(scenario))


def _at(**values: Any) -> Callable[[Scenario], dict[str, Any]]:
    return lambda scenario: {key.replace("__", "."): value for key, value in values.items()}


def _pooled(scenario: Scenario) -> dict[str, Any]:
    """If the effect on participants was measured half on transplanted and half on re-co-produced programmes.

    What is carried is wanted (1 - distance) of what it was, so a session in which all is wanted must then do more.
    """
    return {"effect.session_effect": scenario.effect.session_effect / (1.0 - scenario.world.dissimilarity / 2.0)}


VARIANTS = (
    Variant("trust even", "a bad experience weighs as much as a good one", _at(trust__loss_to_gain=1.0)),
    Variant("trust four", "a bad experience weighs four good ones", _at(trust__loss_to_gain=4.0)),
    Variant("trust fourteen", "a bad experience weighs fourteen good ones", _at(trust__loss_to_gain=14.0)),
    Variant("no excitation", "incidents do not trigger others: people only differ", _at(excitation__offspring=0.0)),
    Variant("match saturates", "match has diminishing returns", _at(), SATURATING),
    Variant(
        "trust calms nobody", "trust neither lowers incidents nor makes effects last",
        _at(order__legitimacy=0.0, order__persistence=0.0),
    ),
    Variant("no deviancy", "groups of active young people do no harm", _at(peers__deviancy=0.0)),
    Variant("pooled effect", "the effect was measured on programmes of both kinds", _pooled),
)  # fmt: skip

NULL = Variant("null", "the menu does not matter: every menu matches alike", _at(effect__match_counts=False))
