"""`modsim ablate`: what each insight or mechanism adds."""

import json
import shlex
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modsim.cli.common import STOPPED, Changes, ScenarioFile, Workers, folder_name, progress_line, refuse, terminal

if TYPE_CHECKING:
    from modsim.findings.statistics import Estimate
    from modsim.inputs.scenario import Scenario
    from modsim.studies.ablation import Ablation, Climb

_FILES = {
    "provenance.json", "table.csv", "table.json", "scenario.toml", "ablation.svg", "ablation.png", "ablation.txt",
}  # fmt: skip
EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim ablate scenarios/three-areas.toml\n"
    "  modsim ablate scenarios/three-areas.toml --mechanism mentoring --mechanism tokenism\n"
    "  modsim ablate scenarios/three-areas.toml --levels"
)


def ablate(
    scenario: ScenarioFile,
    arm: Annotated[str | None, typer.Option(help="The arm to look at; by default that of the verdict.")] = None,
    against: Annotated[str | None, typer.Option(help="The arm it is compared with.")] = None,
    mechanism: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A mechanism to switch off; may be repeated. The seven insights by default."),
    ] = None,
    all_mechanisms: Annotated[bool, typer.Option("--all", help="Every mechanism of the model, one at a time.")] = False,
    rungs: Annotated[
        bool, typer.Option("--levels", "--rungs", help="Show what each model level adds, instead.")
    ] = False,
    replicates: Annotated[int | None, typer.Option(help="Simulated futures (replicates).")] = None,
    changes: Changes = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for table and figure; results/NAME-ablation by default.")
    ] = None,
) -> None:
    """Show what each insight contributes to an arm's own effect and to its contrast with another arm."""
    from modsim.compiling.sources import code_hash
    from modsim.findings.folder import FolderError, check_folder
    from modsim.inputs.mechanisms import MECHANISMS
    from modsim.inputs.problems import InputError
    from modsim.inputs.reading import load_scenario
    from modsim.inputs.saving import WritingError, write_text
    from modsim.simulation.parallel import LostWorkerError
    from modsim.studies.ablation import ablate as take_away
    from modsim.studies.ablation import climb, find_mechanisms
    from modsim.studies.writing import write_table

    given = [f"settings.replicates={replicates}"] if replicates is not None else []
    by_option = [("--replicates", change) for change in given]
    asked = [*(changes or []), *given]
    asked += [f"{option}={value}" for option, value in (("arm", arm), ("against", against)) if value]
    asked += ["all"] if all_mechanisms else (mechanism or [])
    folder = out or Path("results") / folder_name(f"{scenario.stem}-{'rungs' if rungs else 'ablation'}", asked)
    try:
        loaded = load_scenario(scenario, [*(changes or []), *by_option])
        wanted = list(MECHANISMS) if all_mechanisms else find_mechanisms(mechanism or [])
        clash = [name for name, given in (("--mechanism", mechanism), ("--all", all_mechanisms)) if given]
        if rungs and clash:
            refuse([f"--levels and {clash[0]} do not go together: ask for model levels or for mechanisms"])
        folder = check_folder(folder, _FILES, "provenance.json")
        with progress_line("Simulating with and without") as tell:
            if rungs:
                climbed = climb(loaded, arm, against, workers=workers, progress=tell)
            else:
                found = take_away(loaded, arm, against, wanted, workers=workers, progress=tell)
        table = climbed.table if rungs else found.table
        folder.mkdir(parents=True, exist_ok=True)
        note = {
            "schema": "modsim-ablation-1", "modsim": metadata.version("modsim"), "code": code_hash(),
            "scenario": scenario.name, "seed": loaded.settings.seed, "replicates": loaded.settings.replicates,
            "command": shlex.join(["modsim", *sys.argv[1:]]),
        }  # fmt: skip
        write_text(json.dumps(note, indent=2) + "\n", folder / "provenance.json")
        write_table(table, folder / "table.csv", note)
        write_table(table, folder / "table.json", note)
        from modsim.inputs.writing import resolved_toml

        write_text(resolved_toml(loaded), folder / "scenario.toml")
    except InputError as error:
        refuse(error)
    except (WritingError, FolderError) as error:
        refuse([str(error)])
    except OSError as error:
        refuse([f"{folder}: cannot be written ({error.strerror or error}); give another with --out"])
    except LostWorkerError as error:
        print(f"Nothing was written: {error}.", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("\nStopped; nothing was finished, so nothing was written.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    if rungs:
        _show_rungs(climbed, loaded)
    else:
        from modsim.studies.figures import draw_ablation
        from modsim.studies.writing import write_figure

        figure, description = draw_ablation(found)
        for kind in ("svg", "png"):
            write_figure(figure, description, folder / f"ablation.{kind}")
        _show(found)
    print(f"\nTable{'' if rungs else ', figure'} and the resolved scenario are in {folder}/")


def _interval(found: "Estimate") -> str:
    if found.mean is None:
        return "–"
    return f"{found.mean:+.2f}" if found.low is None else f"{found.mean:+.2f} ({found.low:+.2f}…{found.high:+.2f})"


def _show(found: "Ablation") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from modsim.findings.comparison import BANNER

    console = terminal()
    label = found.scenario.arm_label
    replicates = found.scenario.settings.replicates
    for figure, words in (
        ("own effect", f"Change of incidents under “{label(found.arm)}”, %"),
        ("contrast", f"“{label(found.arm)}” minus “{label(found.against)}”, percentage points"),
    ):
        console.print(
            f"{words}: {_interval(found.full(figure))} with everything; {replicates} simulated futures", style="bold"
        )
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("without", "the figure is", "difference it makes", "verdict"):
            table.add_column(name, justify="left" if name in ("without", "verdict") else "right")
        for row in found.rows:
            if row.figure == figure:
                name = f"{row.mechanism.id}: {row.mechanism.meaning}"
                says = _says(row.says, found, figure)
                table.add_row(Text(name), _interval(row.without_it), _interval(row.carried), Text(says))
        console.print(table)
    console.print(
        "Paired simulated futures with 95 % intervals of the mean; below 0 is fewer incidents. “May not matter”: the "
        f"interval excludes 0, not {found.smallest:g}. “No difference that matters”: it lies within "
        f"±{found.smallest:g}. Each is taken away alone, so the parts do not add up.",
        style="dim", soft_wrap=True,
    )  # fmt: skip
    console.print(BANNER, style="dim", soft_wrap=True)


def _says(says: str, found: "Ablation", figure: str) -> str:
    """What is said of a mechanism, in the words of the figure at hand: of one arm, or of the two."""
    what, _, unsure = says.partition(", ")
    if figure == "own effect":
        words = {"lowers": f"helps {found.arm}", "raises": f"hinders {found.arm}"}
    else:
        words = {"lowers": f"speaks for {found.arm}", "raises": f"speaks for {found.against}"}
    return words.get(what, what) + (f", {unsure}" if unsure else "")


def _show_rungs(found: "Climb", scenario: "Scenario") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console, table = terminal(), Table(box=box.SIMPLE_HEAD, pad_edge=False)
    arms = [f"“{scenario.arm_label(arm)}”, %" for arm in (found.arm, found.against)]
    for k, head in enumerate(("model level", "adds", *arms, "difference")):
        table.add_column(Text(head), justify="left" if k < 2 else "right")
    for row in found.rows:
        table.add_row(row.rung, Text(row.adds), *(_interval(each) for each in (row.arm, row.against, row.contrast)))
    console.print("What each model level adds: change of incidents against no programme", style="bold")
    console.print(table)
