"""A whole calibration: a table of prior draws, what it rules out, a second table where that leaves room, a posterior.

Figures of draws from the posterior are then run again and set beside every target: what the model cannot do is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from modsim.calibration.emulators import Emulators, taught
from modsim.calibration.libraries import check_library
from modsim.calibration.posterior import Posterior, posterior
from modsim.calibration.prior import Prior
from modsim.calibration.table import Batch, TableStore, batches_of, place_to_calibrate_in, run_table
from modsim.calibration.targets import Target, aims_of, figures_in
from modsim.inputs.problems import InputError
from modsim.inputs.scenario import Scenario
from modsim.world.draws import analyst

IMPLAUSIBLE = 3.0  # standard deviations beyond which numbers are ruled out
IDENTIFIED = 0.1  # least contraction of a number of which the targets are said to tell something
_SHUFFLED = 40  # tables whose places tell nothing, to see what chance contracts
DRAWS = 300
_TRIED_AT_ONCE = 20_000
_MOST_TRIES = 100
_FIRST_OF_SECOND_WAVE, _FIRST_OF_CHECK = 100_000, 200_000

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Size:
    """How much a calibration runs: worlds of the first and second wave, and points in each."""

    worlds: int = 200
    again: int = 80
    points: int = 10
    checked: int = 60  # draws from the posterior that are run again


@dataclass(frozen=True)
class Calibration:
    """What a calibration found.

    `table` has a row for each point that is run: its `wave` and `world`, its numbers and its figures; `kept` says which
    rows are not ruled out. `ruling_out` are the emulators of the first wave, which say what is ruled out, `room_left`
    the share of the prior that they leave; `emulators` are sharper ones, of what is left.
    """

    scenario: Scenario
    targets: list[Target]
    prior: Prior
    table: pd.DataFrame
    ruling_out: Emulators
    emulators: Emulators
    kept: np.ndarray
    room_left: float
    found: Posterior
    checked: pd.DataFrame
    size: Size
    seed: int

    @property
    def fitted(self) -> list[Target]:
        return [target for target in self.targets if target.use == "fit"]

    @property
    def shares(self) -> np.ndarray:
        """Places in the prior of all points kept (n, parameters)."""
        return self.prior.shares_of(self.table.loc[self.kept, self.prior.keys].to_numpy())

    @property
    def figures(self) -> np.ndarray:
        """Figures of all points kept, in the order of the fitted targets (n, targets)."""
        return figures_in(self.table[self.kept], self.fitted)

    @property
    def worlds(self) -> np.ndarray:
        """The world of every point kept (n,)."""
        return self.table.loc[self.kept, "world"].to_numpy()

    @cached_property
    def chance(self) -> float:
        """The largest contraction of any number that chance gives: in one of twenty tables whose places tell nothing.

        Places are drawn afresh from the prior: those that were kept have been narrowed by what the figures tell.
        """
        luck, of_world = analyst(self.seed, "places that tell nothing"), self.prior.of_the_world
        shares, figures, aims, largest = self.shares, self.figures, aims_of(self.fitted), []
        worlds, world = np.unique(self.worlds, return_inverse=True)
        for again in range(_SHUFFLED):
            places = luck.random(shares.shape)
            places[:, :of_world] = luck.random((len(worlds), of_world))[world]  # points of a world share its numbers
            found = posterior(places, figures, *aims, self.seed + again)
            largest.append(found.contraction.max())
        return float(np.quantile(largest, 0.95))

    @property
    def identified_from(self) -> float:
        """The contraction from which the targets are said to tell something of a number."""
        return max(IDENTIFIED, self.chance)

    @property
    def draws(self) -> pd.DataFrame:
        """Draws from the posterior, a column for each number."""
        values = self.prior.values(self.found.drawn(DRAWS, self.seed))
        return pd.DataFrame(values, columns=self.prior.keys)

    @property
    def numbers(self) -> pd.DataFrame:
        """Every number: prior and posterior, what was learned of it, and whether the targets identify it."""
        prior, found = self.prior, self.found
        ends = [prior.values(found.quantile(share)[None])[0] for share in (0.5, 0.05, 0.95)]
        contraction = found.contraction
        return pd.DataFrame(
            {
                "number": prior.keys,
                "prior_low": [p.low for p in prior.parameters],
                "prior_best": [p.best for p in prior.parameters],
                "prior_high": [p.high for p in prior.parameters],
                "centre": ends[0],
                "low": ends[1],
                "high": ends[2],
                "contraction": contraction,
                "identified": contraction >= self.identified_from,
            }
        )

    @property
    def reached(self) -> pd.DataFrame:
        """Every target beside what the model gives over draws from the posterior, and whether it holds.

        Those of which the place has no such figure (see `absent`) are left out.
        """
        rows, absent = [], self.absent
        for target in self.targets:
            if target in absent:
                continue
            values = self.checked[target.figure].to_numpy(dtype=float)
            low, middle, high = np.nanpercentile(values, [5, 50, 95])
            emulated = self.emulators.figures.index(target.figure) if target.figure in self.emulators.figures else None
            rows.append(
                {
                    "id": target.id, "figure": target.figure, "use": target.use, "strength": target.strength,
                    "target": target.value, "target_low": target.low, "target_high": target.high,
                    "model": middle, "model_low": low, "model_high": high,
                    "in_range": float(np.mean([target.holds(value) for value in values])),
                    "holds": target.holds(float(middle)),
                    "emulator_explains": np.nan if emulated is None else float(self.emulators.explained[emulated]),
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def absent(self) -> list[Target]:
        """Targets to check whose figure no run of this place has, as that of core groups where there are none."""
        return [target for target in self.targets if self.checked[target.figure].isna().all()]

    @property
    def entangled(self) -> pd.DataFrame:
        """Pairs of numbers that the posterior ties to each other: their correlation, the strongest first."""
        centred = self.found.shares - self.found.mean
        covariance = (centred * self.found.weights[:, None]).T @ centred
        sd = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(sd, sd)
        one, other = np.triu_indices(len(sd), 1)
        order = np.argsort(-np.abs(correlation[one, other]))[:10]
        keys = np.array(self.prior.keys)
        return pd.DataFrame(
            {"one": keys[one[order]], "other": keys[other[order]], "correlation": correlation[one, other][order]}
        )


def calibrate(
    targets: list[Target],
    scenario: Scenario,
    prior: Prior,
    store: Path,
    *,
    size: Size | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Find which numbers agree with the targets.

    Parameters
    ----------
    scenario : a place; its new areas are used, with the original site's interests (see `place_to_calibrate_in`)
    prior : the numbers and where they may lie
    store : folder in which finished runs are kept; the same calibration goes on from there
    progress : called with what is under way, the parts done, and of how many

    Raises
    ------
    InputError
        when the place cannot be calibrated in, a library is missing, or nothing in the prior agrees with the targets.
    """
    check_library("sklearn", "scikit-learn", "a calibration")
    size, place, fitted = size or Size(), place_to_calibrate_in(scenario), [t for t in targets if t.use == "fit"]
    kept = TableStore.of(store, place, prior, f"seed {seed}")

    def run(what: str, batches: list[Batch]) -> pd.DataFrame:
        tell = None if progress is None else lambda done, total: progress(what, done, total)
        return run_table(batches, kept, workers, tell)

    shares = prior.shares(seed, size.worlds, size.points)
    first = numbered(run("prior draws", batches_of(place, prior, shares)), 1, shares)
    _check_figures(first, fitted)
    emulators = taught(first, prior, fitted)
    again, room_left = _second_wave(emulators, fitted, prior, size, seed)
    batches = batches_of(place, prior, again, _FIRST_OF_SECOND_WAVE)
    second = numbered(run("draws where the first leave room", batches), 2, again)
    table = pd.concat([first, second], ignore_index=True)
    places, figures = prior.shares_of(table[prior.keys].to_numpy()), figures_in(table, fitted)
    plausible = emulators.implausibility(places, fitted).max(axis=1)
    inside = (plausible < IMPLAUSIBLE) & np.isfinite(figures).all(axis=1)
    sharper = taught(table[inside], prior, fitted, "are not ruled out")
    found = posterior(places[inside], figures[inside], *aims_of(fitted), seed)
    some = found.drawn(size.checked, seed + 1)
    checked = run("draws from the posterior", batches_of(place, prior, some[:, None, :], _FIRST_OF_CHECK))
    return Calibration(place, targets, prior, table, emulators, sharper, inside, room_left, found, checked, size, seed)


def numbered(table: pd.DataFrame, wave: int, shares: np.ndarray) -> pd.DataFrame:
    """The runs of a wave, at places (worlds, points, parameters), with the wave and the world that each is of."""
    table.insert(0, "world", np.repeat(np.arange(len(shares)), shares.shape[1]) + 1_000_000 * wave)
    table.insert(0, "wave", wave)
    return table


def _check_figures(table: pd.DataFrame, targets: list[Target]) -> None:
    """Refuse targets to fit whose figure no run has."""
    absent = [target for target in targets if table[target.figure].isna().all()]
    if absent:
        raise InputError(
            [
                f"target {t.id}: no run of this place has {t.figure}; leave it out, or give it `use` check"
                for t in absent
            ]
        )


def _second_wave(
    emulators: Emulators, targets: list[Target], prior: Prior, size: Size, seed: int
) -> tuple[np.ndarray, float]:
    """Places (worlds, points, parameters) drawn evenly from what is not ruled out, and the share of the prior it is.

    A world is taken from a place that is not ruled out, and filled up with further ones that have its numbers; so every
    such place is as likely as any other.
    """
    luck, world = analyst(seed, "second wave"), prior.of_the_world
    chosen: list[np.ndarray] = []
    tried = left = 0
    for _ in range(_MOST_TRIES):
        some = luck.random((_TRIED_AT_ONCE, len(prior.parameters)))
        fit = some[emulators.implausibility(some, targets).max(axis=1) < IMPLAUSIBLE]
        tried, left = tried + len(some), left + len(fit)
        for place in fit[: size.again - len(chosen)]:
            points = [place]
            for _ in range(_MOST_TRIES):
                if len(points) >= size.points:
                    break
                like = luck.random((_TRIED_AT_ONCE // 10, len(prior.parameters)))
                like[:, :world] = place[:world]
                points += list(like[emulators.implausibility(like, targets).max(axis=1) < IMPLAUSIBLE])
            if len(points) >= size.points:
                chosen.append(np.array(points[: size.points]))
        if len(chosen) >= size.again:
            return np.array(chosen), left / tried
    if left:
        said = (
            f"only {left} of {tried:,} places in the prior come near the targets, too few for a second wave of "
            f"{size.again} worlds; give fewer with --again, or more --worlds"
        )
    else:
        said = (
            "nothing in the prior comes near the targets: the model cannot reach them together; widen the prior, or "
            "say which target does not belong to this place"
        )
    raise InputError([said])
