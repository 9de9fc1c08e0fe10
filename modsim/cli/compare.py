"""`modsim compare`: the arms of a scenario on common random numbers."""

import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modsim.calibration import Uncertainty
from modsim.cli.common import (
    STOPPED,
    Changes,
    ScenarioFile,
    Workers,
    areas_in_words,
    folder_name,
    progress_line,
    refuse,
    terminal,
)

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

PUBLISHED, DOCUMENT = Path("experiments/published/layers.json"), Path("docs/credibility.md")
EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim compare scenarios/three-areas.toml\n"
    "  modsim compare scenarios/three-areas.toml --set world.dissimilarity=0.1 --replicates 32\n"
    "  modsim compare scenarios/three-areas.toml --arms all --all-measures\n"
    "  modsim compare scenarios/three-areas.toml --uncertainty all"
)


def compare(
    scenario: ScenarioFile,
    arms: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Arms to compare, by name, or all. By default those that the scenario names, or else the two of its "
            "verdict. The reference arm always runs.",
        ),
    ] = None,
    all_measures: Annotated[
        bool, typer.Option("--all-measures", help="Show every measure, not only the ten most important.")
    ] = False,
    replicates: Annotated[int | None, typer.Option(help="Simulated futures (replicates).")] = None,
    weeks: Annotated[int | None, typer.Option(help="Weeks simulated from week 0.")] = None,
    rung: Annotated[
        str | None, typer.Option("--level", "--rung", metavar="M0…M3", help="Model level; M3 is the whole model.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers.")] = None,
    changes: Changes = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Results folder; by default in results/, by scenario and changes."),
    ] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures too.")] = True,
    uncertainty: Annotated[
        Uncertainty,
        typer.Option(
            help="Sources of uncertainty to look at: chance only, also parameters that the evidence leaves open, or "
            "contested rules, or all. Each is shown as its own share; takes longer."
        ),
    ] = "chance",
    publish: Annotated[
        bool, typer.Option("--publish", help="For maintainers: put the layers into docs/credibility.md.")
    ] = False,
) -> None:
    """Compare the arms of a scenario on common random numbers: finding, break-even and table, all kept in a folder."""
    try:
        from modsim.findings.folder import FolderError, check_folder, place_for
        from modsim.findings.gathering import NoRoomError
        from modsim.inputs.problems import InputError
        from modsim.inputs.reading import load_scenario
        from modsim.simulation.parallel import LostWorkerError

        settings: dict[str, Any] = {"replicates": replicates, "weeks": weeks, "seed": seed, "rung": rung}
        if arms is not None and arms.strip() != "all":
            settings["arms"] = re.split(r"[,\s]+", arms.strip(", ")) or [""]
        given = {key: f"settings.{key}={value}" for key, value in settings.items() if value is not None}
        asked = [*(changes or []), *given.values()]
        mark = [*asked, *(["--arms all"] if arms is not None and arms.strip() == "all" else [])]
        try:
            if publish:
                _check_publishing(uncertainty)
            by_option = [("--level" if key == "rung" else f"--{key}", change) for key, change in given.items()]
            loaded = _with_arms(load_scenario(scenario, [*(changes or []), *by_option]), arms)
            folder = check_folder(out or Path("results") / folder_name(scenario.stem, mark))
            comparison = _run_with_progress(loaded, workers, scenario.stem)
            layers = _layers(comparison, uncertainty, workers)
        except InputError as error:
            refuse(error)
        except FolderError as error:
            refuse([str(error)])
        except (LostWorkerError, NoRoomError) as error:
            print(f"Nothing was written: {error}.", file=sys.stderr)
            raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("\nStopped; nothing was finished, so nothing was written.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    try:
        _print(lambda: _show(comparison, all_measures))
        if layers is not None:
            _print(lambda: _show_layers(layers))
    finally:  # what is finished is kept, however the showing ends
        whole, folder = folder, place_for(comparison, folder)
        _keep(comparison, folder, layers)
    if publish and layers is not None:
        from modsim.calibration import layers_page

        layers_page.publish(comparison, layers, shlex.join(["modsim", *sys.argv[1:]]), PUBLISHED, DOCUMENT)
    with_figures = figures and not comparison.interrupted
    trouble = _draw(comparison, folder, layers) if with_figures else None
    drawn = ", figures" if with_figures and not trouble else ""
    place = (out or folder.relative_to(Path.cwd())).with_name(folder.name)
    _print(lambda: print(f"\nTables{drawn} and how to make them again are in {place}/"))
    if trouble:
        print(f"The figures could not be drawn: {trouble}. The tables are complete.", file=sys.stderr)
        raise typer.Exit(STOPPED if trouble == "they were stopped" else 1)
    if comparison.interrupted:
        wanted, lost = loaded.settings.replicates, comparison.cut_short_by
        print(
            f"Stopped{f' ({lost})' if lost else ''}: {comparison.replicates} of {wanted} simulated futures were "
            f"finished. The results hold those, without figures."
            f"{f' Earlier results with more stay in {whole.name}/.' if whole != folder else ''}"
        )
        raise typer.Exit(1 if lost else STOPPED)


def _with_arms(scenario: Any, arms: str | None) -> Any:
    """The scenario with the arms to run written out: all, those it names, or the two of its verdict."""
    from modsim.inputs.reading import with_changes

    settings = scenario.settings
    if arms is not None and arms.strip() == "all":
        names = [name for name in scenario.arms if name != settings.reference_arm]
    elif settings.arms:
        return scenario
    else:
        names = [name for name in (settings.verdict_against, settings.verdict_arm) if name in scenario.arms]
    return with_changes(scenario, [f"settings.arms={names}"])


def _print(say: Callable[[], None]) -> None:
    """Say it; where nobody reads on (rich then exits), whatever is said later goes nowhere."""
    try:
        say()
        sys.stdout.flush()
    except (OSError, SystemExit):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check_publishing(uncertainty: Uncertainty) -> None:
    """Refuse, before any work, what could not be published."""
    from modsim.calibration import layers_page
    from modsim.studies.documents import check_places

    if uncertainty != "all":
        refuse([f"--publish goes with --uncertainty all, not {uncertainty}: what is published holds every layer"])
    check_places(DOCUMENT, [layers_page.NAME], layers_page.BY)


def _run_with_progress(scenario: Any, workers: int | None, name: str) -> "Comparison":
    from modsim.findings.comparison import compare as run_comparison

    with progress_line(f"Simulating {_futures(scenario.settings.replicates)}") as tell:
        return run_comparison(
            scenario,
            workers=workers,
            name=name,
            progress=tell,
        )


def _layers(comparison: "Comparison", uncertainty: Uncertainty, workers: int | None) -> "Layers | None":
    """The further layers of what is not known, where they were asked for and all simulated futures were finished.

    If they cannot be had it says why: what was compared before is finished and must not be lost.
    """
    if uncertainty == "chance" or comparison.interrupted:
        return None
    from modsim.calibration.layers import layers_of
    from modsim.simulation.parallel import LostWorkerError

    try:
        with progress_line("Sources of uncertainty") as tell:
            return layers_of(
                comparison,
                uncertainty,
                workers=workers,
                progress=tell,
            )
    except KeyboardInterrupt:
        why = "it was stopped"
    except LostWorkerError as error:
        why = str(error)
    print(f"The sources of uncertainty could not be looked at: {why}. The comparison is complete.", file=sys.stderr)
    return None


def _show_layers(layers: "Layers") -> None:
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
    for name, found in (layers.rules or {}).items():
        say(f"  If {_meaning(name)}: {_cell(found)}")
    if layers.kept and layers.numbers is not None:
        say(f"  Kept as the scenario sets them: {', '.join(layers.kept)}.", "dim")
    say(f"{layers.sentence}", "bold")


def _meaning(rule: str) -> str:
    from modsim.calibration.variants import VARIANTS

    return next(variant.meaning for variant in VARIANTS if variant.name == rule)


def _futures(number: int) -> str:
    return f"{number} simulated future{'' if number == 1 else 's'}"


def _show(comparison: "Comparison", all_measures: bool) -> None:
    """The finding, how sure it is, the break-even and the table."""
    from modsim.findings.comparison import BANNER
    from modsim.findings.headline import headline, how_sure

    console = terminal()
    scenario = comparison.scenario

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, soft_wrap=True)

    say(scenario.title or comparison.name, "bold")
    say(
        f"{areas_in_words(scenario)} over {scenario.settings.weeks} weeks; {_futures(comparison.replicates)}, each "
        "with and without the programme on the same random numbers.\n"
    )
    if reduced := _reduced(scenario):
        say(reduced)
    say(" ".join(headline(comparison)), "bold")
    say(f"How sure: {how_sure(comparison)}{_few(comparison)}")
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


def _keep(comparison: "Comparison", folder: Path, layers: "Layers | None") -> None:
    """Write the results folder, but for the figures."""
    from modsim.findings.folder import FolderError, write_folder

    try:
        command = shlex.join(["modsim", *sys.argv[1:]])
        write_folder(comparison, folder, command, layers=None if layers is None else layers.as_dict())
    except FolderError as error:
        refuse([str(error)])


def _draw(comparison: "Comparison", folder: Path, layers: "Layers | None") -> str | None:
    """Add the figures to the results folder; returns what went wrong with them, if anything did."""
    from modsim.findings.folder import add_figures

    def drawn(found: "Comparison", place: Path) -> None:
        from modsim.findings.figures import draw_figures

        with progress_line("Drawing figures") as tell:
            draw_figures(found, place, tell)
        if layers is not None:
            from modsim.calibration.layers_figure import draw_layers

            draw_layers(found, layers, place)

    return add_figures(comparison, folder, drawn)
