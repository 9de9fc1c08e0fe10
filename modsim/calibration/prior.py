"""Which numbers of the model are calibrated, and from where to where each may lie before anything is known.

Every number is as likely anywhere in its plausible range, those of `_BY_RATIO` in their logarithm. The ranges are those
that the scenario's fields declare, with their sources.
"""

import json
import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from modsim.inputs.problems import plausible_ranges
from modsim.world.draws import analyst

# Numbers that make a world of their own; those of one world are shared by several points.
OF_THE_WORLD = (
    "offending.area_sd", "offending.group_sd", "offending.person_sd", "offending.core_shift", "offending.spell_sd",
    "offending.yearly_change", "offending.peak_age", "reporting.share", "population.core_exit_per_year",
)  # fmt: skip
OF_BEHAVIOUR = (
    "effect.session_effect", "effect.adult_effect", "effect.half_life_weeks", "effect.course_time_share",
    "effect.failing_share", "effect.fidelity_loss", "peers.pull", "peers.deviancy", "excitation.offspring",
    "policing.labelling", "policing.deterrence", "order.legitimacy", "order.persistence", "order.efficacy",
    "afterwards.destination_effect", "trust.start", "trust.prior_strength", "trust.memory", "trust.loss_to_gain",
    "trust.talk_weight", "trust.spill_over", "trust.contact_good", "trust.session_good", "trust.session_match",
    "trust.session_power", "joining.baseline", "joining.match_effect", "joining.trust_effect", "joining.friends_effect",
    "attending.attends", "attending.attends_match", "attending.dropout_per_week", "attending.dropout_match",
    "targeting.accuracy", "commitment.mean", "turnover.leaving_per_week", "listening.honest_without_trust",
    "listening.prior_strength", "designing.link_hours", "designing.bespoke_cost",
)  # fmt: skip
_BY_RATIO = ("effect.half_life_weeks", "trust.prior_strength", "listening.prior_strength", "reporting.share")
_HIGHEST_START = 0.99


@dataclass(frozen=True)
class Parameter:
    """A number that is calibrated: where its range begins and ends, and whether ratios or differences count in it."""

    key: str
    low: float
    high: float
    by_ratio: bool

    def at(self, share):
        """The number at this share of the way through the range."""
        if self.by_ratio:
            return self.low * (self.high / self.low) ** share
        return self.low + (self.high - self.low) * share

    def share_of(self, value):
        """How far through the range a number lies."""
        if self.by_ratio:
            return np.log(np.asarray(value) / self.low) / math.log(self.high / self.low)
        return (np.asarray(value) - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Prior:
    """The parameters of a calibration, those of the world first."""

    parameters: tuple[Parameter, ...]

    @classmethod
    def usual(cls) -> "Prior":
        """All numbers of this module over the ranges their fields declare."""
        ranges = plausible_ranges()
        found = []
        for key in (*OF_THE_WORLD, *OF_BEHAVIOUR):
            low, high = ranges[key]
            found.append(Parameter(key, low, high, key in _BY_RATIO))
        return cls(tuple(found))

    @property
    def keys(self) -> list[str]:
        return [parameter.key for parameter in self.parameters]

    @property
    def of_the_world(self) -> int:
        """How many of them make a world of their own; they stand first."""
        return sum(key in OF_THE_WORLD for key in self.keys)

    @property
    def name(self) -> str:
        """What tells two priors apart."""
        return json.dumps([[p.key, p.low, p.high, p.by_ratio] for p in self.parameters])

    def shares(self, seed: int, worlds: int, points: int) -> np.ndarray:
        """Places in all ranges (worlds, points, parameters): scrambled Sobol sequences for worlds and for the rest.

        Points of one world share its numbers.
        """
        world = self.of_the_world
        of_worlds = qmc.Sobol(world, rng=analyst(seed, "prior: worlds")).random(_power(worlds))[:worlds]
        rest = qmc.Sobol(len(self.parameters) - world, rng=analyst(seed, "prior: behaviour"))
        of_points = rest.random(_power(worlds * points))[: worlds * points].reshape(worlds, points, -1)
        return np.concatenate([np.repeat(of_worlds[:, None], points, axis=1), of_points], axis=2)

    def values(self, shares: np.ndarray) -> np.ndarray:
        """Numbers at places in the ranges (..., parameters), of six digits, as they are run."""
        columns = [p.at(shares[..., k]) for k, p in enumerate(self.parameters)]
        return _six_digits(np.stack(columns, axis=-1))

    def shares_of(self, values: np.ndarray) -> np.ndarray:
        """The way back: places in the ranges of numbers (..., parameters)."""
        return np.stack([p.share_of(values[..., k]) for k, p in enumerate(self.parameters)], axis=-1)


def _power(number: int) -> int:
    """The least power of two from a number on: Sobol sequences are even there."""
    return 1 << max(number - 1, 0).bit_length()


def _six_digits(values: np.ndarray) -> np.ndarray:
    scale = 10.0 ** (5 - np.floor(np.log10(np.maximum(np.abs(values), 1e-12))))
    return np.round(values * scale) / scale
