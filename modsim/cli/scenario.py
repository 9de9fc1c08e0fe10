"""`modsim scenario`: list, check or show scenario files."""

from pathlib import Path
from typing import Annotated

import typer

from modsim.cli.common import Changes, ScenarioFile, refuse

app = typer.Typer(no_args_is_help=True, help="List, check or show scenario files.")


@app.command("list", epilog="Example: modsim scenario list")
def list_scenarios(
    folder: Annotated[Path, typer.Argument(help="Folder with scenario files.")] = Path("scenarios"),
) -> None:
    """List the scenario files of a folder with their questions."""
    from modsim.inputs.problems import ScenarioError
    from modsim.inputs.reading import load_scenario

    if not folder.is_dir():
        refuse([f"{folder}: is not a folder; give one that holds scenario files (.toml)"])
    files = sorted(folder.glob("*.toml"))
    if not files:
        refuse([f"{folder}: holds no scenario files (.toml)"])
    wide = max(len(str(path)) for path in files)
    for path in files:
        try:
            print(f"{path!s:<{wide}}  {load_scenario(path).title}")
        except ScenarioError as error:
            print(f"{path!s:<{wide}}  cannot be used ({len(error.problems)} wrong): modsim scenario check {path}")


@app.command(epilog="Example: modsim scenario check scenarios/three-areas.toml")
def check(scenario: ScenarioFile, changes: Changes = None) -> None:
    """Check a scenario file and report every problem found."""
    from modsim.inputs.problems import ScenarioError
    from modsim.inputs.reading import load_scenario

    try:
        loaded = load_scenario(scenario, changes or [])
    except ScenarioError as error:
        refuse(error.problems)
    people = sum(loaded.young_people_in(area) for area in loaded.areas)
    origin = next((area.label for area in loaded.areas if area.role == "origin"), "offstage")
    spread = ", ".join(area.label for area in loaded.recipients)
    print(
        f"{scenario}: fine. {len(loaded.areas)} areas with {people:,} young people "
        f"(origin: {origin}; recipients: {spread}), {len(loaded.arms)} arms, "
        f"{loaded.settings.weeks} weeks, {loaded.settings.replicates} futures."
    )


@app.command(
    epilog="\b\nExamples:\n"
    "  modsim scenario show scenarios/three-areas.toml\n"
    "  modsim scenario show scenarios/three-areas.toml --key world.dissimilarity"
)
def show(
    scenario: ScenarioFile,
    changes: Changes = None,
    key: Annotated[str | None, typer.Option(help="Explain one dotted key: meaning, unit, range, evidence.")] = None,
) -> None:
    """Print a scenario with every value written out, or explain one of its keys."""
    from modsim.inputs.problems import ScenarioError, explained
    from modsim.inputs.reading import load_scenario
    from modsim.inputs.writing import resolved_toml

    try:
        loaded = load_scenario(scenario, changes or [])
        print(explained(loaded, key) if key else resolved_toml(loaded), end="" if not key else "\n")
    except ScenarioError as error:
        refuse(error.problems)
