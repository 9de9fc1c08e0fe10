"""The rules of behaviour that a researcher may replace by their own."""

import pickle
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import import_module
from inspect import isfunction, signature
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

import numpy as np

from modsim import rules
from modsim.compiling import acts
from modsim.rules import attending, designing, inclining, joining, offending, spreading, targeting, trusting

Rule = Callable[..., Any]


class RuleError(ValueError):
    """A rule of one's own that cannot be used; the message names it and says why."""


@dataclass(frozen=True)
class Rules:
    """The rules of behaviour; `dataclasses.replace(Rules(), chance_of_joining=mine)` gives them with one of your own.

    A rule of one's own is called as `mine(who, p)`: `who` holds the arguments of the rule it replaces by name (see its
    docstring), such as `who.match`, and `p` the table of its numbers. It must work for single values: arithmetic, `if`,
    `np.minimum`, `np.maximum`, and the `exponential` and `logistic` of `modsim.rules.arithmetic` (`list_score` for
    whole columns too). It is compiled if Numba can. It draws nothing and remembers nothing. What it gives is looked at:
    a chance must lie between 0 and 1, a rate must not be negative, and nothing may be missing (NaN) or infinite.

    Raises
    ------
    RuleError
        when one of them is not a function; and while a model runs, for what it gives.
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

    def __post_init__(self) -> None:
        for field in fields(self):
            if not callable(getattr(self, field.name)):
                raise RuleError(f"{field.name} is {getattr(self, field.name)!r}; it must be a function")

    @property
    def own(self) -> dict[str, str]:
        """The rules that are not the model's, by name, and what stands in their place."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        mine = {name: rule for name, rule in found.items() if rule is not getattr(Rules, name)}
        return {
            name: f"{getattr(rule, '__module__', '?')}.{getattr(rule, '__qualname__', repr(rule))}"
            for name, rule in mine.items()
        }

    @property
    def compilable(self) -> dict[str, acts.OwnRule]:
        """The same, each with what `who` is made by, and the lowest and the highest number that it may give."""
        return {name: (getattr(self, name), _who(name), *_limits(name)) for name in self.own}

    def checked(self) -> "Rules":
        """The same, with what rules of one's own give looked at."""
        return replace(self, **{name: _looked_at(name, getattr(self, name)) for name in self.own})


def check_rules(rules: Any, several_processes: bool) -> None:
    """Refuse, before any work, what is not `Rules` or cannot be sent to further processes.

    Raises
    ------
    RuleError
        with what was given and what to do.
    """
    if not isinstance(rules, Rules):
        raise RuleError(f"rules is a {type(rules).__name__}; give modsim.Rules, as in replace(Rules(), ...)")
    if several_processes:
        try:
            pickle.dumps(rules)
        except Exception as error:
            raise RuleError(
                f"{', '.join(rules.own)}: cannot be sent to further processes ({error}); put the function into a "
                "module of its own, or give workers=1"
            ) from None


@cache
def _who(name: str) -> Any:
    """What makes the `who` of a rule: a named tuple of the arguments of the model's, but for the last."""
    named_tuple: Any = namedtuple  # its names are those of the rule, which no type checker knows
    return named_tuple(f"who_of_{name}", list(signature(getattr(Rules, name)).parameters)[:-1])


def _limits(name: str) -> tuple[float, float]:
    """The lowest and the highest number that a rule may give."""
    return 0.0 if name.startswith("chance_") or name == "incident_rate" else -np.inf, (
        1.0 if name.startswith("chance_") else np.inf
    )


def gave_nonsense(name: str, number: float) -> RuleError:
    """What to say where somebody's rule gave a number that it must not give."""
    allowed = {(0.0, 1.0): "from 0 to 1", (0.0, np.inf): "0 or more, and finite"}.get(_limits(name), "finite")
    return RuleError(f"your {name} gave {number:g}; it must be {allowed}")


def _looked_at(name: str, rule: Rule) -> Rule:
    lowest, highest = _limits(name)
    who = _who(name)

    def safe(*arguments):
        numbers = [one for one in arguments if isinstance(one, np.ndarray | np.generic | float | int)]
        shape = np.broadcast_shapes(*(np.shape(one) for one in numbers))
        try:
            found = np.broadcast_to(np.asarray(rule(who(*arguments[:-1]), arguments[-1]), dtype=float), shape)
        except (TypeError, ValueError, AttributeError, NameError, IndexError, KeyError, ArithmeticError) as error:
            raise RuleError(
                f"your {name} does not work ({type(error).__name__}: {error}); it must take who and p, "
                f"and be plain arithmetic; who has {', '.join(who._fields)}"
            ) from error
        wrong = ~(np.isfinite(found) & (found >= lowest) & (found <= highest))
        if wrong.any():
            raise gave_nonsense(name, found[wrong].flat[0])
        return found.copy() if shape else float(found)

    return safe


def _every_rule() -> list[Rule]:
    """All functions of `modsim.rules`, those that cannot be replaced too."""
    modules = [import_module(found.name) for found in iter_modules(rules.__path__, f"{rules.__name__}.")]
    return [rule for module in modules for rule in vars(module).values()
            if isfunction(rule) and rule.__module__ == module.__name__]  # fmt: skip


_RULES = [(import_module(rule.__module__), rule.__name__, rule) for rule in map(acts.act, _every_rule())]


def rules_stand() -> bool:
    """Whether every rule is still the one that stood in its module at first."""
    return all(getattr(module, name) is rule for module, name, rule in _RULES)


def what_all_do(rules: Rules) -> SimpleNamespace:
    """The rules of behaviour and the verbs of young people and partners, by name."""
    return SimpleNamespace(**{field.name: getattr(rules, field.name) for field in fields(rules)}, **acts.VERBS)
