"""`modsim scenario ties`: the friendships of a scenario, in figures and as a file."""

from pathlib import Path
from typing import Annotated

import typer

from modsim.cli.common import Changes, ScenarioFile, all_read, plain_table, refuse, terminal

EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim scenario ties scenarios/three-areas.toml\n"
    "  modsim scenario ties scenarios/three-areas.toml --replicate 3 --out results/ties.graphml\n"
    "  modsim run scenarios/three-areas.toml --ties results/ties.graphml"
)


def ties(
    scenario: ScenarioFile,
    replicate: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Number of the simulated future (replicate).")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them, as GraphML (.graphml) or as a list of edges (.csv)."),
    ] = None,
    changes: Changes = None,
) -> None:
    """Describe the network of friendships in one simulated future, beside surveys in schools."""
    import networkx as nx

    from modsim.inputs.reading import load_scenario
    from modsim.inputs.saving import WritingError, check_place, write_whole
    from modsim.world.young_people import World

    (loaded,) = all_read([scenario], lambda path: load_scenario(path, changes or []))
    if out is not None and out.suffix.lower() not in (".graphml", ".csv"):
        refuse([f"--out {out}: the file must end in .graphml or .csv"])
    try:
        if out is not None:
            check_place(out)
    except WritingError as error:
        refuse([f"--out {error}"])
    world = World(loaded, loaded.settings.seed, [replicate])
    table = plain_table(
        [("area", "left"), ("young people", "right"), ("ties", "right"), ("friends each", "right"),
         ("friends who are friends", "right")]
    )  # fmt: skip
    for k, area in enumerate(world.areas):
        rows = world.rows_of(k)
        people = rows.stop - rows.start
        friends = int(world.ties.start[rows.stop] - world.ties.start[rows.start])
        closed = world.ties.transitivity(rows)
        table.add_row(area.label, f"{people:,}", f"{friends // 2:,}", f"{friends / people:.2f}", f"{closed:.2f}")
    terminal().print(table)
    print(
        "Pupils of a school year name 7.3 to 8.6 friends; 0.37 to 0.45 of the pairs of friends are friends themselves."
    )
    if out is None:
        return
    try:
        if out.suffix.lower() == ".csv":
            write_whole(out, world.ties.write_edges)
        else:
            write_whole(out, lambda place: nx.write_graphml(world.friendships(), place))
    except WritingError as error:
        refuse([f"--out {error}"])
    print(f"{out}: {len(world.ties.friends) // 2:,} ties written. `modsim run {scenario} --ties {out}` uses them.")
