"""Whether a calibration can be trusted: parameter recovery on synthetic data, and rules compared on the targets."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from modsim.calibration.calibrating import Calibration, Progress, numbered
from modsim.calibration.emulators import Emulators, taught
from modsim.calibration.posterior import posterior
from modsim.calibration.table import TableStore, batches_of, run_table
from modsim.calibration.targets import aims_of, figures_in
from modsim.calibration.variants import NULL, VARIANTS, Variant
from modsim.world.draws import analyst

AS_IT_IS = "as it is"
SETS = 20  # made-up data sets
INTERVAL = 0.80  # of which the coverage is looked at
_TOLD_APART: tuple[Variant, ...] = tuple(v for v in VARIANTS if v.name != "pooled effect")  # the same at distance 0
_HELD_OUT = 4  # parts of the worlds, each held out once
_PLACES = 20_000  # over which evidence is the mean


def recovered(calibration: Calibration, sets: int = SETS) -> pd.DataFrame:
    """Parameter recovery on synthetic data: for each parameter, how many 80 % intervals hold the true value.

    Of a number that the targets do not identify the prior alone gives such coverage: look at `identified` first.

    Each set takes the figures of one point, with the errors with which targets are known, for those of the world, and
    calibrates with all other points.
    """
    shares, fitted = calibration.shares, calibration.fitted
    figures, (_, sds) = calibration.figures, aims_of(fitted)
    luck = analyst(calibration.seed, "made-up truths")  # the name of a stream: to change it changes the draws
    worlds = calibration.worlds
    inside, contraction = [], []
    for place in luck.choice(len(shares), sets, replace=False):
        observed = figures[place] + sds * luck.normal(size=len(sds))
        others = worlds != worlds[place]
        found = posterior(shares[others], figures[others], observed, sds, calibration.seed)
        low, high = (found.quantile(share) for share in ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2))
        inside.append((low <= shares[place]) & (shares[place] <= high))
        contraction.append(found.contraction)
    return pd.DataFrame(
        {
            "number": calibration.prior.keys,
            "identified": calibration.numbers["identified"],
            "covered": np.mean(inside, axis=0),
            "contraction": np.mean(contraction, axis=0),
            "sets": sets,
        }
    )


def variant_tables(
    calibration: Calibration, store: Path, workers: int | None = None, progress: Progress | None = None
) -> dict[str, pd.DataFrame]:
    """A small table of runs for the model as it is, under each contested rule, and under the null model."""
    place, prior, size = calibration.scenario, calibration.prior, calibration.size
    shares = prior.shares(calibration.seed, max(8, size.worlds // 5), size.points)
    found = {}
    for k, variant in enumerate((None, *_TOLD_APART, NULL)):
        name = AS_IT_IS if variant is None else variant.name
        changes = [] if variant is None else list(variant.values(place).items())
        rules = None if variant is None else variant.rules
        batches = batches_of(place, prior, shares, 0, changes, rules)  # the same random numbers as the model as it is
        kept = TableStore.of(store, place, prior, f"seed {calibration.seed}" + (f", {name}" if k else ""))
        tell = None if progress is None else lambda done, total, name=name: progress(f"rules: {name}", done, total)
        found[name] = numbered(run_table(batches, kept, workers, tell), 1, shares)
    return found


def evidence_of(variants: dict[str, Emulators], observed: np.ndarray, sds: np.ndarray, seed: int) -> dict[str, float]:
    """Log evidence of every variant for what was observed."""
    numbers = next(iter(variants.values())).numbers
    places = analyst(seed, "evidence").random((_PLACES, numbers))
    return {name: emulators.log_evidence(places, observed, sds) for name, emulators in variants.items()}


def confusion(calibration: Calibration, tables: dict[str, pd.DataFrame], sets: int = SETS) -> pd.DataFrame:
    """Made-up data of every variant (rows), and which of them is taken for its source (columns), in shares of sets.

    The worlds that made-up data are taken from are held out of what they are told apart by.
    """
    fitted, names = calibration.fitted, list(tables)
    (_, sds), luck = aims_of(fitted), analyst(calibration.seed, "told apart")
    taken = pd.DataFrame(0.0, index=names, columns=names)
    worlds = np.unique(np.concatenate([table["world"] for table in tables.values()]))
    parts = np.array_split(luck.permutation(worlds), _HELD_OUT)
    for k, part in enumerate(parts):
        known = {
            name: taught(table[~table["world"].isin(part)], calibration.prior, fitted) for name, table in tables.items()
        }
        of_part = len(range(k, sets, len(parts)))
        for name, table in tables.items():
            figures = figures_in(table[table["world"].isin(part)], fitted)
            figures = figures[np.isfinite(figures).all(axis=1)]
            for place in luck.integers(len(figures), size=of_part):
                observed = figures[place] + sds * luck.normal(size=len(sds))
                evidence = evidence_of(known, observed, sds, calibration.seed)
                taken.loc[name, max(evidence, key=lambda other: evidence[other])] += 1.0 / sets
    return taken


def evidence_for(
    calibration: Calibration, tables: dict[str, pd.DataFrame], without: Sequence[str] = ()
) -> dict[str, float]:
    """Log evidence of every variant for the targets, less that of the model as it is; some targets may be left out."""
    kept = [target for target in calibration.fitted if target.id not in without]
    variants = {name: taught(table, calibration.prior, kept) for name, table in tables.items()}
    found = evidence_of(variants, *aims_of(kept), calibration.seed)
    return {name: value - found[AS_IT_IS] for name, value in found.items()}
