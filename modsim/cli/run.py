"""`modsim run`: one simulated future of one arm, told as a story."""

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modsim.cli.common import Changes, ScenarioFile, compile_first, refuse

if TYPE_CHECKING:
    from modsim.simulation.community import Community

EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim run scenarios/three-areas.toml --arm recoproduce\n"
    "  modsim run scenarios/three-areas.toml --arm transplant --replicate 3 --area govan\n"
    "  modsim run scenarios/three-areas.toml --arm recoproduce --person govan:17\n"
    "  modsim run scenarios/three-areas.toml --area govan --weeks 30 --network govan.png"
)


def run(
    scenario: ScenarioFile,
    arm: Annotated[str | None, typer.Option(help="The arm to simulate; by default that of the verdict.")] = None,
    replicate: Annotated[
        int,
        typer.Option(
            min=0,
            max=2**32 - 1,
            help="Number of the simulated future (replicate); the same random numbers in every arm.",
        ),
    ] = 0,
    person: Annotated[
        str | None, typer.Option(metavar="AREA:NUMBER", help="Follow one young person, as in govan:17.")
    ] = None,
    area: Annotated[str | None, typer.Option(metavar="ID", help="Show one area only.")] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw the network of one area as it is at the end (png, svg or pdf); needs --area."
        ),
    ] = None,
    ties: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Friendships from a file, as `modsim scenario ties` writes them."),
    ] = None,
    weeks: Annotated[
        int | None,
        typer.Option(min=1, help="Weeks to show; partners still plan to the horizon."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers.")] = None,
    changes: Changes = None,
) -> None:
    """Tell one simulated future of one arm as a story: who chose the menus, courses, promises, people who leave."""
    from modsim.inputs.problems import ScenarioError
    from modsim.inputs.reading import load_scenario
    from modsim.simulation.community import Community
    from modsim.simulation.story import ONE_OF_MANY, area_and_number, life_of, person_called, story_of

    given = [("--seed", f"settings.seed={seed}")] if seed is not None else []
    try:
        loaded = load_scenario(scenario, [*(changes or []), *given])
    except ScenarioError as error:
        refuse(error)
    arm = loaded.settings.verdict_arm if arm is None else arm
    problems = []
    if arm not in loaded.arms:
        problems.append(f"--arm {arm!r}: there is no such arm; the arms are {', '.join(loaded.arms)}")
    ids = [one.id for one in loaded.areas]
    if area is not None and area not in ids:
        problems.append(f"--area {area!r}: there is no such area; the areas are {', '.join(ids)}")
    if weeks is not None and weeks > loaded.settings.weeks:
        more = f"set more with --set settings.weeks={weeks}"
        problems.append(f"--weeks {weeks}: the horizon is week {loaded.settings.weeks}; {more}")
    if person is not None and area is not None:
        problems.append(f"--area {area!r} and --person {person!r}: give an area or a person, not both")
    try:
        if person is not None:
            area_and_number(loaded, person)
    except ValueError as error:
        problems.append(f"--person {error}")
    if network is not None:
        problems += _wrong_with(network, area)
    if ties is not None and not ties.is_file():
        problems.append(
            f"--ties {ties}: there is no such file; `modsim scenario ties {scenario} --out FILE` writes one"
        )
    if problems:
        refuse(problems)
    compile_first()
    try:
        community = Community(loaded, arm=arm, replicate=replicate, ties=ties)
    except (ValueError, OSError) as error:
        refuse([f"--ties {error}" if ties else str(error)])
    who = person_called(community, person) if person is not None else None
    print(f"{loaded.title or scenario.stem}\n“{loaded.arm_label(arm)}”, simulated future {replicate}. {ONE_OF_MANY}\n")
    lines = story_of(community, weeks) if who is None else life_of(community, who, weeks)
    if area is not None and who is None:
        lines = (line for line in lines if line.area == area)
    for week, of_week in groupby(lines, key=lambda line: line.week):
        for n, line in enumerate(of_week):
            when = f"week {week:>3}" if n == 0 and week >= 0 else " " * 8
            print(f"{when}  {line.who}: {line.text}.", flush=True)
    if who is None:
        _sum_up(community, area)
    if network is not None:
        from modsim.findings.figures.network import draw_network

        try:
            said = draw_network(community.programmes[ids.index(str(area))], network)
        except OSError as error:
            print(f"{network}: cannot be written ({error.strerror or error}); give another file", file=sys.stderr)
            raise typer.Exit(1) from None
        print(f"\n{network}: {said}.")


def _wrong_with(network: Path, area: str | None) -> list[str]:
    """What stands against drawing a network into this file."""
    from modsim.inputs.saving import WritingError, check_place

    problems = []
    if area is None:
        problems.append("--network draws one area: say which with --area")
    if network.suffix.lower() not in (".png", ".svg", ".pdf"):
        problems.append(f"--network {network}: the file must end in .png, .svg or .pdf")
    try:
        check_place(network)
    except WritingError as error:
        problems.append(f"--network {error}")
    return problems


def _sum_up(community: "Community", area: str | None) -> None:
    """How it stands at the end, and whom one could follow."""
    print()
    incidents = community.scenario.vocabulary.incidents
    for one in community.programmes:
        if area not in (None, one.place.id):
            continue
        weekly = community.town.records.weekly[: community.week + 1, one.area, 0, 0]
        print(
            f"{one.place.label}: rounds finished {one.rounds}, {one.joined} joined, {one.completions} completed, "
            f"{one.destinations} found work or training; {int(weekly.sum()):,} incidents ({incidents})"
        )
    took_part = [
        person
        for person in community.young_people
        if person.ever_in and (person.place.id == area if area else person.place.role == "recipient")
    ]
    if took_part:
        print(f"\nTo follow somebody who took part: --person {took_part[0].place.id}:{took_part[0].slot}")
