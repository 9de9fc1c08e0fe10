"""`modsim scenario`: list, check, show, compare or write scenario files."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from modsim.cli import own_place
from modsim.cli import ties as ties_of_scenario
from modsim.cli.common import Changes, ScenarioFile, all_read, areas_in_words, refuse

app = typer.Typer(no_args_is_help=True, help="List, check, show, write or compare scenario files.")

app.command(epilog=own_place.EXAMPLES)(own_place.new)
app.command(epilog=ties_of_scenario.EXAMPLES)(ties_of_scenario.ties)


@app.command("list", epilog="Example: modsim scenario list")
def list_scenarios(
    folder: Annotated[Path, typer.Argument(help="Folder with scenario files.")] = Path("scenarios"),
) -> None:
    """List the scenario files of a folder with their questions."""
    from modsim.inputs.problems import ScenarioError
    from modsim.inputs.reading import load_scenario

    if not os.path.isdir(folder):
        refuse([f"{folder}: is not a folder; give one that holds scenario files (.toml)"])
    files = sorted(folder.glob("*.toml"))
    if not files:
        refuse([f"{folder}: holds no scenario files (.toml)"])
    wide = max(len(str(path)) for path in files)
    for path in files:
        try:
            print(f"{path!s:<{wide}}  {load_scenario(path).title}")
        except ScenarioError as error:
            wrong = len(error.first) + error.more
            print(f"{path!s:<{wide}}  cannot be used ({wrong:,} wrong): modsim scenario check {path}")


@app.command(epilog="Example: modsim scenario check scenarios/three-areas.toml")
def check(scenario: ScenarioFile, changes: Changes = None) -> None:
    """Check a scenario file and report every problem found."""
    from modsim.inputs.reading import load_scenario

    (loaded,) = all_read([scenario], lambda path: load_scenario(path, changes or []))
    people = loaded.young_people
    origin = next((area.label for area in loaded.areas if area.role == "origin"), "not simulated")
    number = len(loaded.areas)
    print(
        f"{scenario}: fine. {number} area{'' if number == 1 else 's'} with {people:,} young people "
        f"(original site: {origin}; new areas: {areas_in_words(loaded)}), {len(loaded.arms)} arms, "
        f"{loaded.settings.weeks} weeks, {loaded.settings.replicates} simulated futures."
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
        refuse(error)


@app.command(epilog="Example: modsim scenario arms scenarios/three-areas.toml")
def arms(scenario: ScenarioFile, changes: Changes = None) -> None:
    """Describe each arm, and whether it is co-production by the 2014 definition."""
    from modsim.inputs.definition import badge_of
    from modsim.inputs.reading import load_scenario

    (loaded,) = all_read([scenario], lambda path: load_scenario(path, changes or []))
    shown = loaded.settings.arms or list(loaded.arms)
    same: dict[str, list[str]] = {}
    for name in [*shown, *(name for name in loaded.arms if name not in shown)]:
        beside = "" if name in shown or name == loaded.settings.reference_arm else ", in the file and not run"
        same.setdefault(badge_of(loaded.arms[name]).words, []).append(f"{name}: {loaded.arm_label(name)}{beside}")
    for words, names in same.items():
        print("\n".join(names), f"\n  {words}\n", sep="")
    print(
        "By the definition (Slay & Penny 2014) power is shared over design, planning and delivery, and both sides\n"
        "bring in what counts. It names no amount, so any share counts here.\n"
        "The badge judges what is planned, not what happens."
    )


@app.command(epilog="Example: modsim scenario diff scenarios/three-areas.toml scenarios/no-anchor.toml")
def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A scenario file (.toml).")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
) -> None:
    """Show every value in which two scenarios differ, defaults included."""
    from modsim.inputs.differences import differences
    from modsim.inputs.reading import load_scenario

    loaded = all_read([one, other], load_scenario)
    print(f"A  {one}: {loaded[0].title}\nB  {other}: {loaded[1].title}")
    found = differences(*loaded)
    if not found:
        print("\nThe two are the same: every value agrees.")
    for difference in found:
        print(f"\n{difference.key}\n  A  {_written(difference.one)}\n  B  {_written(difference.other)}")


def _written(value: object) -> str:
    """A value as a scenario file would hold it; a whole table by what it says, its defaults left out."""
    if value is None:
        return "(not there)"
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_written(each)}" for key, each in value.items() if each not in (None, "", [], {}))
        return f"{{ {inner} }}"
    return json.dumps(value, ensure_ascii=False)
