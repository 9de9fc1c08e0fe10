"""An ensemble of structural variants: each calibrated to the same targets, and weighed by how well it foresees them.

What is contested or unknown in how the model works is a variant: numbers that are held fixed, and ranges of others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.special import softmax

from modsim.calibration.calibrating import Calibration, Progress, Size, calibrate
from modsim.calibration.credibility import evidence_of
from modsim.calibration.emulators import taught
from modsim.calibration.prior import Parameter, Prior
from modsim.calibration.targets import Target, aims_of
from modsim.inputs.files import read_toml
from modsim.inputs.mechanisms import with_values
from modsim.inputs.problems import InputError, field_at, plausible_ranges
from modsim.inputs.scenario import Scenario

DRAWS_OF_A_VARIANT = 100
_KEYS = {"id", "title", "source", "values", "prior"}


@dataclass(frozen=True)
class StructuralVariant:
    """One way in which the model may work: `values` are held fixed by dotted key, `prior` are other ranges."""

    id: str
    title: str
    source: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    prior: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario under it."""
        return with_values(scenario, self.values)

    def prior_of(self, prior: Prior) -> Prior:
        """The prior under it: without what it holds fixed, and with its own ranges."""
        kept = [p for p in prior.parameters if p.key not in self.values]
        return Prior(tuple(self._with_range(p) for p in kept))

    def _with_range(self, parameter: Parameter) -> Parameter:
        low, best, high = self.prior.get(parameter.key, (parameter.low, parameter.best, parameter.high))
        return replace(parameter, low=low, best=best, high=high)


@dataclass(frozen=True)
class Variants:
    """The variants of an ensemble, the first the whole model, and the targets that do not count in their weights."""

    members: tuple[StructuralVariant, ...]
    not_weighed: tuple[str, ...] = ()

    def only(self, names: Sequence[str]) -> "Variants":
        """Some of them.

        Raises
        ------
        InputError
            when there is none of such a name.
        """
        known = [variant.id for variant in self.members]
        wrong = [name for name in names if name not in known]
        if wrong:
            raise InputError(
                [f"--only {name}: there is no such variant; there are {', '.join(known)}" for name in wrong]
            )
        return replace(self, members=tuple(variant for variant in self.members if variant.id in names))


AS_IT_IS = Variants((StructuralVariant("a", "The model as it is"),))


def read_variants(path: str | Path) -> Variants:
    """Read a file of structural variants. Ranges of numbers that a prior does not hold are of no effect with it.

    Raises
    ------
    InputError
        with every problem found, one line each.
    """
    path = Path(path)
    content, _ = read_toml(path, "structural variants", "[[variants]] with id and title")
    problems: list[str] = []
    unknown = content.keys() - {"format", "not_weighed", "variants"}
    problems += [f"{path}: unknown key {key!r}; allowed are format, not_weighed, variants" for key in sorted(unknown)]
    if content.get("format") != 1:
        problems.append(f"{path}: format must be 1; given {content.get('format')!r}")
    entries = content.get("variants")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise InputError([*problems, f"{path}: holds no variant; give [[variants]] with id and title"])
    found = [_variant(entry, f"{path}, variant {k + 1}", problems) for k, entry in enumerate(entries)]
    ids = [variant.id for variant in found]
    problems += [f"{path}: variant {name!r} stands twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    if problems:
        raise InputError(problems)
    return Variants(tuple(found), tuple(map(str, content.get("not_weighed", []))))


def _variant(entry: dict[str, Any], where: str, problems: list[str]) -> StructuralVariant:
    for key in sorted(entry.keys() - _KEYS):
        problems.append(f"{where}: unknown key {key!r}; allowed are {', '.join(sorted(_KEYS))}")
    name, title, source = (entry.get(key, "") for key in ("id", "title", "source"))
    if not (isinstance(name, str) and name.isidentifier()):
        problems.append(f"{where}: id must be a short word; given {name!r}")
    values, ranges = entry.get("values", {}), entry.get("prior", {})
    for key, value in values.items():
        declared = field_at(tuple(key.split(".")))
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if key not in plausible_ranges() or declared is None or not number:
            problems.append(f"{where}: values.{key} must be a number of a scenario; given {value!r}")
            continue
        least, most = (
            next((getattr(m, end) for m in declared.metadata if hasattr(m, end)), None) for end in ("ge", "le")
        )
        if (least is not None and value < least) or (most is not None and value > most):
            problems.append(f"{where}: values.{key} is {value}; allowed is {least} to {most}")
    for key, ends in ranges.items():
        if key not in plausible_ranges() or key in values:
            problems.append(f"{where}: prior.{key} is no parameter that this variant leaves open")
        elif not (isinstance(ends, list) and len(ends) == 3 and ends[0] < ends[2] and ends[0] <= ends[1] <= ends[2]):
            problems.append(f"{where}: prior.{key} must be [low, best, high]; given {ends!r}")
    return StructuralVariant(str(name), str(title), str(source), dict(values), {k: tuple(v) for k, v in ranges.items()})


@dataclass(frozen=True)
class Ensemble:
    """Calibrations of structural variants to the same targets, by the variant's id."""

    variants: Variants
    calibrations: dict[str, Calibration]

    @property
    def first(self) -> Calibration:
        """That of the first variant, the whole model."""
        return next(iter(self.calibrations.values()))

    @property
    def weighed(self) -> list[Target]:
        """The targets that count in the weights."""
        return [target for target in self.first.fitted if target.id not in self.variants.not_weighed]

    @cached_property
    def log_evidence(self) -> dict[str, float]:
        """How well each variant, over its whole prior, foresees the targets: the log of the mean likelihood.

        By emulators of the first wave, with what they miss on worlds held out counted as error.
        """
        found: dict[str, float] = {}
        for name, one in self.calibrations.items():
            known = taught(one.table[one.table["wave"] == 1], one.prior, self.weighed)
            found |= evidence_of({name: known}, *aims_of(self.weighed), one.seed)
        return found

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each variant: its share of the evidence."""
        shares = softmax(list(self.log_evidence.values()))
        return {name: float(share) for name, share in zip(self.log_evidence, shares, strict=True)}

    @property
    def summary(self) -> pd.DataFrame:
        """One row for each variant: evidence, weight, equal weight, targets reached."""
        best = max(self.log_evidence.values())
        return pd.DataFrame(
            [
                {
                    "variant": variant.id, "title": variant.title,
                    "log_evidence_less_best": self.log_evidence[variant.id] - best,
                    "weight": self.weights[variant.id], "equal_weight": 1.0 / len(self.calibrations),
                    "targets_reached": int(_fitted(self.calibrations[variant.id])["holds"].sum()),
                    "targets": len(_fitted(self.calibrations[variant.id])), "source": variant.source,
                }
                for variant in self.variants.members
            ]
        )  # fmt: skip

    @property
    def draws(self) -> pd.DataFrame:
        """Draws from every posterior: the `variant`, and a column for each number.

        A number is empty where a variant neither calibrates nor fixes it: there the scenario's own stands.
        """
        parts = []
        for variant in self.variants.members:
            one = self.calibrations[variant.id]
            values = one.prior.values(one.found.drawn(DRAWS_OF_A_VARIANT, one.seed))
            part = pd.DataFrame(values, columns=one.prior.keys).assign(**variant.values)
            part.insert(0, "variant", variant.id)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def together(self, table: Callable[[Calibration], pd.DataFrame]) -> pd.DataFrame:
        """A table of every calibration, one below the other, with a column that names the variant."""
        parts = []
        for name, one in self.calibrations.items():
            part = table(one).copy()
            part.insert(0, "variant", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)


def _fitted(one: Calibration) -> pd.DataFrame:
    return one.reached[one.reached["use"] == "fit"]


def calibrate_all(
    variants: Variants,
    targets: list[Target],
    scenario: Scenario,
    prior: Prior,
    store: Path,
    *,
    size: Size | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Calibrate every variant (see `modsim.calibration.calibrating.calibrate`); finished parts are kept in the store.

    Raises
    ------
    InputError
        as `calibrate` does, naming the variant.
    """
    found, many = {}, len(variants.members) > 1

    def told(name: str) -> Progress | None:
        if progress is None or not many:
            return progress
        return lambda what, done, total: progress(f"variant {name}: {what}", done, total)

    for variant in variants.members:
        try:
            found[variant.id] = calibrate(
                targets, variant.of(scenario), variant.prior_of(prior), store, size=size, seed=seed, workers=workers,
                progress=told(variant.id),
            )  # fmt: skip
        except InputError as error:
            raise InputError([f"variant {variant.id}: {line}" if many else line for line in error.problems]) from None
    return Ensemble(variants, found)
