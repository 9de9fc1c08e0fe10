"""The rules of behaviour that a researcher may replace by their own, in both faces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modsim.rules import attending, designing, inclining, joining, offending, spreading, targeting, trusting

Rule = Callable[..., Any]


@dataclass(frozen=True)
class Rules:
    """The rules of behaviour; `dataclasses.replace(Rules(), chance_of_joining=mine)` gives them with one of your own.

    A rule takes the arguments of the one it replaces (see its docstring), the table of its numbers last, and must work
    for single values and for whole columns alike: plain arithmetic, `np.minimum`, `np.maximum`, and the `exponential`
    and `logistic` of `modsim.rules.arithmetic`. It draws nothing and remembers nothing.
    """

    chance_contact_is_good: Rule = trusting.chance_contact_is_good
    chance_signal_is_honest: Rule = designing.chance_signal_is_honest
    chance_of_joining: Rule = joining.chance_of_joining
    chance_of_attending: Rule = attending.chance_of_attending
    chance_session_is_good: Rule = trusting.chance_session_is_good
    chance_of_dropping_out: Rule = attending.chance_of_dropping_out
    benefit_of_session: Rule = inclining.benefit_of_session
    deviancy_of_session: Rule = inclining.deviancy_of_session
    inclination_after: Rule = inclining.inclination_after
    incident_rate: Rule = offending.incident_rate
    list_score: Rule = targeting.list_score
    chance_of_adopting: Rule = spreading.chance_of_adopting
