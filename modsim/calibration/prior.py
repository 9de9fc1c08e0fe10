"""Which numbers of the model are calibrated, and where each may lie before anything is known: read from a CSV file.

A number lies between two ends, most likely near its best guess (a PERT distribution, of differences or of ratios). The
file is fixed before the first run, so that what a calibration finds never becomes its own prior.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import betainc, betaincinv
from scipy.stats import qmc

from modsim.calibration.csv_files import read_rows
from modsim.inputs.problems import InputError, field_at, plausible_ranges
from modsim.simulation.lanes import LANE_TABLES
from modsim.world.draws import analyst

_COLUMNS = ("key", "low", "best", "high", "scale")
_WEIGHT_OF_BEST = 4.0  # the usual one of a PERT distribution
_MOST_PARAMETERS = 200


@dataclass(frozen=True)
class Parameter:
    """A number that is calibrated: its ends, its best guess, and whether ratios or differences count in it."""

    key: str
    low: float
    best: float
    high: float
    by_ratio: bool

    @property
    def makes_a_world(self) -> bool:
        """Whether another value makes another world, which no other point can share."""
        return self.key.split(".")[0] not in LANE_TABLES or self.key == "targeting.memory_weeks"

    def at(self, share):
        """The number below which this share of the prior lies."""
        return self._out(betaincinv(*self._shape, share))

    def share_of(self, value):
        """The share of the prior that lies below a number."""
        return betainc(*self._shape, np.clip(self._into(value), 0.0, 1.0))

    @property
    def _shape(self) -> tuple[float, float]:
        peak = float(self._into(self.best))
        return 1.0 + _WEIGHT_OF_BEST * peak, 1.0 + _WEIGHT_OF_BEST * (1.0 - peak)

    def _into(self, value):
        if self.by_ratio:
            return np.log(np.asarray(value) / self.low) / math.log(self.high / self.low)
        return (np.asarray(value) - self.low) / (self.high - self.low)

    def _out(self, place):
        if self.by_ratio:
            return self.low * (self.high / self.low) ** place
        return self.low + (self.high - self.low) * place


@dataclass(frozen=True)
class Prior:
    """The parameters of a calibration, those of the world first."""

    parameters: tuple[Parameter, ...]

    @classmethod
    def read(cls, path: str | Path) -> "Prior":
        """Read a CSV file with the columns key, low, best, high, scale ("linear" or "log").

        Raises
        ------
        InputError
            with every problem found, one line each.
        """
        path = Path(path)
        rows = read_rows(path, "a prior", _COLUMNS, _COLUMNS, "key")
        problems: list[str] = []
        found = [_parameter(row, f"{path}, line {k}", problems) for k, row in rows.items()]
        if not 1 <= len(rows) <= _MOST_PARAMETERS:
            problems.append(f"{path}: holds {len(rows)} parameters; between 1 and {_MOST_PARAMETERS} can be calibrated")
        if problems:
            raise InputError(problems)
        known = [parameter for parameter in found if parameter is not None]
        return cls(tuple(sorted(known, key=lambda parameter: not parameter.makes_a_world)))

    @property
    def keys(self) -> list[str]:
        return [parameter.key for parameter in self.parameters]

    @property
    def of_the_world(self) -> int:
        """How many of them make a world of their own; they stand first."""
        return sum(parameter.makes_a_world for parameter in self.parameters)

    @property
    def name(self) -> str:
        """What tells two priors apart."""
        return json.dumps([[p.key, p.low, p.best, p.high, p.by_ratio] for p in self.parameters])

    def shares(self, seed: int, worlds: int, points: int) -> np.ndarray:
        """Places in the prior (worlds, points, parameters), as shares: Sobol sequences for worlds and for the rest.

        Points of one world share its numbers.
        """
        world = self.of_the_world
        of_worlds = _sobol(worlds, world, seed, "prior: worlds")
        of_points = _sobol(worlds * points, len(self.parameters) - world, seed, "prior: behaviour")
        repeated = np.repeat(of_worlds[:, None], points, axis=1)
        return np.concatenate([repeated, of_points.reshape(worlds, points, -1)], axis=2)

    def values(self, shares: np.ndarray) -> np.ndarray:
        """Numbers at places in the prior (..., parameters), of six digits, as they are run."""
        columns = [p.at(shares[..., k]) for k, p in enumerate(self.parameters)]
        return _six_digits(np.stack(columns, axis=-1))

    def shares_of(self, values: np.ndarray) -> np.ndarray:
        """The way back: places in the prior of numbers (..., parameters)."""
        return np.stack([p.share_of(values[..., k]) for k, p in enumerate(self.parameters)], axis=-1)


def _sobol(points: int, numbers: int, seed: int, purpose: str) -> np.ndarray:
    """So many points of a scrambled Sobol sequence (points, numbers)."""
    if not numbers:
        return np.zeros((points, 0))
    even = 1 << max(points - 1, 0).bit_length()  # it is even for powers of two
    return qmc.Sobol(numbers, rng=analyst(seed, purpose)).random(even)[:points]


def _six_digits(values: np.ndarray) -> np.ndarray:
    scale = 10.0 ** (5 - np.floor(np.log10(np.maximum(np.abs(values), 1e-12))))
    return np.round(values * scale) / scale


def _parameter(row: dict[str, str], where: str, problems: list[str]) -> Parameter | None:
    key, scale = row["key"], row["scale"] or "linear"
    field = field_at(tuple(key.split(".")))
    if key not in plausible_ranges() or field is None or field.annotation is not float:
        problems.append(
            f"{where}: {key!r} is no parameter of a scenario that can vary (`modsim scenario show` names them)"
        )
        return None
    if key == "world.dissimilarity":
        problems.append(
            f"{where}: {key} is 0 in a calibration, whose programme is transplanted to where interests are alike"
        )
        return None
    try:
        low, best, high = (float(row[name]) for name in ("low", "best", "high"))
    except ValueError:
        problems.append(
            f"{where}: low, best and high must be numbers; given {row['low']}, {row['best']}, {row['high']}"
        )
        return None
    least = next(m.ge for m in field.metadata if getattr(m, "ge", None) is not None)
    most = next(m.le for m in field.metadata if getattr(m, "le", None) is not None)
    if not least <= low < high <= most or not low <= best <= high:
        problems.append(f"{where}: {key} must have {least:g} <= low < high <= {most:g}, and best between the two")
    elif scale not in ("linear", "log") or (scale == "log" and low <= 0):
        problems.append(f"{where}: scale {scale!r} must be linear, or log where low is above 0")
    else:
        return Parameter(key, low, best, high, scale == "log")
    return None
