"""Tables of results as the documents show them, in Markdown."""

import re

import pandas as pd

from modsim.findings.comparison import Comparison
from modsim.findings.statistics import Estimate
from modsim.inputs.scenario import Scenario
from modsim.studies.ablation import Ablation, Climb
from modsim.studies.documents import markdown_table
from modsim.studies.figures import look_of
from modsim.studies.results import StudyResults


def table_text(found: StudyResults) -> str:
    """The contrasts of a study's main measure as a Markdown table."""
    measure = found.study.main_measure
    table = found.contrasts
    table = table[table["measure"] == measure.name]
    heads = [*found.study.factors, "difference", "95 % interval of the mean", "9 in 10 simulated futures", "verdict"]
    rows = []
    for row in table.to_dict("records"):
        cells = [f"{row[key]:g}" if isinstance(row[key], float) else str(row[key]) for key in found.study.factors]
        cells += [f"{row['mean']:+.2f}", f"{row['low']:+.2f} to {row['high']:+.2f}"]
        said = {"ahead": "ahead, cannot tell whether it matters", "behind": "behind, cannot tell whether it matters"}
        look = look_of(row, measure)
        cells += [f"{row['range_low']:+.2f} to {row['range_high']:+.2f}", said.get(look, look)]
        rows.append(cells)
    return _plain(markdown_table(heads, rows))


def insights_text(found: Ablation) -> str:
    """What each insight adds as a Markdown table: to the arm's own effect and to its contrast."""
    heads = ["without", "own effect", "the insight adds", "contrast", "the insight adds"]
    full = [f"{found.full(figure).mean:+.2f}" for figure in ("own effect", "contrast")]
    rows = [["nothing", full[0], "", full[1], ""]]
    for own, contrast in zip(found.rows[::2], found.rows[1::2], strict=True):
        cells = [f"{own.mechanism.id.replace('-', ' ')}, {own.mechanism.meaning}"]
        for row in (own, contrast):
            cells += [f"{row.without_it.mean:+.2f}", f"{_interval(row.carried)}: {row.says}"]
        rows.append(cells)
    return _plain(markdown_table(heads, rows))


def rungs_text(found: Climb, scenario: Scenario) -> str:
    """What each model level adds as a Markdown table."""
    label = scenario.arm_label
    heads = ["model level", "adds", f"“{label(found.arm)}”", f"“{label(found.against)}”", "difference"]
    rows = []
    for row in found.rows:
        cells = [row.rung, row.adds, *(_interval(each) for each in (row.arm, row.against, row.contrast))]
        rows.append(cells)
    return _plain(markdown_table(heads, rows))


_SPREAD = {
    "taken_up": "adopted", "judged_adoptions": "judged", "mistaken_adoptions": "of these mistaken",
    "lapsed": "discontinued", "open_at_the_end": "open at the end", "weeks_open": "area-weeks open",
}  # fmt: skip


def spread_table(found: Comparison) -> pd.DataFrame:
    """How the programme spread, by arm and replicate."""
    parts = [
        pd.DataFrame(
            {
                "arm": arm,
                "replicate": found.outcome.replicates,
                **{name: found.values[arm][name] for name in _SPREAD},
                "change_percent": found.values[arm][found.measures[0].name],
            }
        )
        for arm in found.arms
    ]
    return pd.concat(parts, ignore_index=True)


def spread_text(found: Comparison) -> str:
    """How the programme spread as a Markdown table: areas, mean over replicates with its interval."""
    heads = ["programme", *_SPREAD.values()]
    rows = []
    for arm in found.arms:
        each = [found.estimates[arm][name] for name in _SPREAD]
        cells = [
            f"{one.mean:.1f}" if one.low is None else f"{one.mean:.1f} ({one.low:.1f} to {one.high:.1f})"
            for one in each
        ]
        rows.append([found.scenario.arm_label(arm), *cells])
    return _plain(markdown_table(heads, rows))


def _interval(found: Estimate) -> str:
    return f"{found.mean:+.2f} ({found.low:+.2f} to {found.high:+.2f})"


def _plain(table: str) -> str:
    """Without the signs of numbers above nothing."""
    return re.sub(r"\+(?=\d)", "", table)
