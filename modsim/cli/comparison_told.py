"""What `modsim compare` says in the terminal: the finding, how sure it is, the break-even, the table, the layers."""

from typing import TYPE_CHECKING, Any

from modsim.cli.common import areas_in_words, terminal

if TYPE_CHECKING:
    from modsim.calibration.layers import Layers
    from modsim.findings.comparison import Comparison

# the short table, most important first; what a scenario has `settings.show` ask for comes behind
_SHORT = (
    "listed_{}_change_percent", "participants_{}_change_percent", "occurred_{}_change_percent",
    "reported_{}_change_percent", "trust_youth_change_points", "trust_residents_change_points", "joined", "completed",
    "cost_gbp", "gbp_per_incident_averted",
)  # fmt: skip
_OF_SPREAD = ("taken_up", "lapsed", "judged_adoptions", "mistaken_adoptions")
_MOST_ROWS = 10
_NARROWEST = 22  # characters for the labels of the table


def futures(number: int) -> str:
    return f"{number} simulated future{'' if number == 1 else 's'}"


def show(comparison: "Comparison", all_measures: bool) -> None:
    """The finding, how sure it is, the break-even and the table."""
    from modsim.findings.comparison import BANNER
    from modsim.findings.headline import headline, how_far, how_sure

    console = terminal()
    scenario = comparison.scenario

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, soft_wrap=True)

    say(scenario.title or comparison.name, "bold")
    say(
        f"{areas_in_words(scenario)} over {scenario.settings.weeks} weeks; {futures(comparison.replicates)}, each "
        "with and without the programme on the same random numbers.\n"
    )
    if reduced := _reduced(scenario):
        say(reduced)
    first, *sizes = headline(comparison)
    say(first, "bold")
    say(" ".join(sizes))
    say(f"How sure: {how_sure(comparison)} {how_far(comparison)}{_few(comparison)}")
    say(f"Break-even: {_break_even(comparison)}\n")
    columns = {arm: _column(comparison, arm, all_measures) for arm in comparison.arms}
    widest = max(len(cell) for column in columns.values() for cell in column.values())
    each = widest + 3  # with what rich puts between columns
    abreast = max(1, min(len(columns), (console.width - 2 - _NARROWEST) // each))
    left = console.width - 2 - abreast * each  # for the labels
    for start in range(0, len(columns), abreast):
        console.print(_table(comparison, dict(list(columns.items())[start : start + abreast]), widest, left))
    reference = scenario.arm_label(comparison.reference)
    say(f"Changes are against “{reference}”; in brackets the 95 % interval of the mean.", "dim")
    if len(comparison.arms) > 2:
        say(_badges(comparison), "dim")
    say(BANNER, "dim")


def _few(comparison: "Comparison") -> str:
    return " Few simulated futures: the intervals are rough." if comparison.replicates < 8 else ""


def _break_even(comparison: "Comparison") -> str:
    """The dissimilarity above which the verdict's arm does better, beside the one assumed here."""
    found, here = comparison.break_even, comparison.scenario.world.dissimilarity
    assumed = f"This scenario assumes {here:g}; nobody has measured it."
    if found.mean is None:
        return f"{found.text} {assumed}"
    label = comparison.scenario.arm_label(comparison.verdict_pair[0])
    span = "" if found.low is None else f" (95 % interval {found.low:.2f} to {found.high:.2f})"
    return (
        f"“{label}” does better where the interests of {comparison.scenario.vocabulary.people} differ by more than "
        f"{found.mean:.2f}{span}, on a scale from 0 to 1. {assumed}"
    )


def _reduced(scenario: Any) -> str | None:
    """What of the model, or in which areas the programme, does not run, if anything."""
    parts = [f"model level {scenario.settings.rung} only"] if scenario.settings.rung != "M3" else []
    parts += [f"without {', '.join(scenario.settings.without)}"] if scenario.settings.without else []
    said = [f"This is not the whole model: {', '.join(parts)}."] if parts else []
    weeks = scenario.settings.weeks
    late = [a for a in scenario.recipients if a.opens_week >= weeks and scenario.settings.spreads == "scheduled"]
    said += [f"No programme runs in {a.label}: it opens in week {a.opens_week}, after the end." for a in late]
    return "\n".join([*said, ""]) if said else None


def _badges(comparison: "Comparison") -> str:
    """Which of the arms are co-production by the definition, and which are not."""
    from modsim.inputs.definition import badge_of

    scenario = comparison.scenario
    by_kind: dict[bool, list[str]] = {True: [], False: []}
    for arm in comparison.arms:
        by_kind[badge_of(scenario.arms[arm]).is_coproduction].append(f"“{scenario.arm_label(arm)}”")
    are, are_not = (", ".join(by_kind[kind]) for kind in (True, False))
    parts = [f"is {are}"] * bool(are) + [f"is not {are_not}"] * bool(are_not)
    return f"Co-production by the 2014 definition {'; '.join(parts)}. `modsim scenario arms FILE` says why."


def _unit(unit: str) -> str:
    """The unit of a measure, as short as the table needs it."""
    short = {"%": "%", "GBP": "GBP", "in the new areas": ""}
    return next((words for begins, words in short.items() if unit.startswith(begins)), unit)


def _column(comparison: "Comparison", arm: str, all_measures: bool) -> dict[str, str]:
    """The cells of one arm, by the label of the row: at most ten, most important first, or all."""
    found, scenario = comparison.estimates[arm], comparison.scenario
    by_name = {measure.name: measure for measure in comparison.measures}
    names = list(by_name)
    if not all_measures:
        short = [name.format(scenario.vocabulary.incident) for name in _SHORT]
        asked = [*scenario.settings.show, *(name for name in _OF_SPREAD if name in by_name)]
        asked = [name for name in dict.fromkeys(asked) if name not in short]
        names = [*short[: max(_MOST_ROWS - len(asked), 3)], *asked][:_MOST_ROWS]
    cells = {}
    for name in names:
        if name == "gbp_per_incident_averted":
            cells["cost per incident averted, GBP"] = _averted_cell(found[name])
        else:
            measure = by_name[name]
            label = f"{measure.label}, {_unit(measure.unit)}".rstrip(", ")
            cells[label] = _cell(found[name], whole=measure.unit in ("in the new areas", "areas"))
    if all_measures:
        cells["cost per incident averted, GBP"] = _averted_cell(found["gbp_per_incident_averted"])
    return cells


def _table(comparison: "Comparison", columns: dict[str, dict[str, str]], width: int, left: int) -> Any:
    """The short table of some arms."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    if left < _NARROWEST:  # nothing fits: the labels stay whole
        table.add_column("", min_width=30)
    else:
        table.add_column("", max_width=left)
    for arm in columns:
        table.add_column(Text(comparison.scenario.arm_label(arm)), justify="right", min_width=width, max_width=width)
    for label in next(iter(columns.values())):
        table.add_row(Text(label), *(column[label] for column in columns.values()))
    return table


def _number(value: float, whole: bool = False) -> str:
    digits = 0 if whole or abs(value) >= 20 else 1 if abs(value) >= 10 else 2
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")  # no minus before a nought


def _cell(found: Any, whole: bool = False) -> str:
    """A mean with its interval; whole numbers where people or things are counted."""
    if found.mean is None:
        return "–"
    if found.low is None or found.high is None:
        return _number(found.mean, whole)
    return f"{_number(found.mean, whole)} ({_number(found.low, whole)} to {_number(found.high, whole)})"


def _averted_cell(found: Any) -> str:
    if found.mean is None:
        return "none averted"
    if found.low is None:
        return _number(found.mean)
    high = "no limit" if found.high is None else _number(found.high)
    return f"{_number(found.mean)} ({_number(found.low)} to {high})"


def show_layers(layers: "Layers") -> None:
    """The three layers, each by itself, and which of them the verdict survives."""
    from modsim.calibration.layers_page import WORDS

    console = terminal()

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, soft_wrap=True)

    say("\nHow uncertain, source by source", "bold")
    total = sum(layers.variances.values())
    for name, variance in layers.variances.items():
        share = "" if len(layers.variances) == 1 or not total else f", {variance / total:.0%} of all"
        say(f"  {WORDS[name]}: standard deviation {variance**0.5:.2f} percentage points{share}")
    for words, draws in (
        ("parameters that the evidence leaves open", layers.numbers),
        ("these and the dissimilarity", layers.numbers_and_distance),
    ):
        if draws is not None:
            low, high = draws.range
            shares = ", ".join(f"{kind} in {share:.0%}" for kind, share in layers.shares_of(draws).items())
            say(f"  Over {len(draws.means)} draws of {words}: {shares}; 9 in 10 lie from {low:+.2f} to {high:+.2f}.")
    if layers.numbers is not None and len(layers.numbers.by_variant) > 1:
        means, weights = layers.numbers.mean_of, layers.numbers.weight_of
        each = ", ".join(f"{name} {mean:+.2f} (weight {weights[name]:.2f})" for name, mean in means.items())
        say(
            f"  By structural variant: {each}; all by weight {layers.numbers.mean:+.2f}, all alike "
            f"{sum(means.values()) / len(means):+.2f}."
        )
    for name, found in (layers.rules or {}).items():
        say(f"  If {_meaning(name)}: {_cell(found)}")
    if layers.kept and layers.numbers is not None:
        say(f"  Kept as the scenario sets them: {', '.join(layers.kept)}.", "dim")
    say(f"{layers.sentence}", "bold")


def _meaning(rule: str) -> str:
    from modsim.calibration.variants import VARIANTS

    return next(variant.meaning for variant in VARIANTS if variant.name == rule)
