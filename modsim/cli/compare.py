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
    folder_name,
    progress_line,
    refuse,
)
from modsim.cli.comparison_told import futures, show, show_layers

if TYPE_CHECKING:
    from modsim.calibration.layers import Layers
    from modsim.findings.comparison import Comparison

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
    replicates: Annotated[
        int | None, typer.Option(help="Simulated futures (replicates); without it, until every verdict is settled.")
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            min=0,
            max=1e6,
            help="Time for that, compiling not counted; 0 for the scenario's own number. Further simulated futures "
            "never change the earlier ones.",
        ),
    ] = 30.0,
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
            fixed = replicates is not None or any(change.startswith("settings.replicates") for change in changes or [])
            comparison = _run_with_progress(loaded, workers, scenario.stem, None if fixed or not seconds else seconds)
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
        _print(lambda: show(comparison, all_measures))
        if layers is not None:
            _print(lambda: show_layers(layers))
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


def _run_with_progress(scenario: Any, workers: int | None, name: str, seconds: float | None) -> "Comparison":
    from modsim.findings.comparison import compare as run_comparison

    number = futures(scenario.settings.replicates)
    what = number if seconds is None else f"{number} and more, until the verdicts are settled"
    with progress_line(f"Simulating {what}") as tell:
        return run_comparison(scenario, workers=workers, name=name, progress=tell, seconds=seconds)


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
