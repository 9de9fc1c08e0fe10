"""`modsim validate`: how far the model resembles the world where it was not fitted to it."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from modsim.cli.common import STOPPED, Changes, Workers, plain_table, progress_line, refuse, terminal

EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim validate\n"
    "  modsim validate --patterns my-patterns.toml --scenario my-place.toml --replicates 32"
)
PUBLISHED, DOCUMENT = Path("experiments/published/validation.json"), Path("docs/credibility.md")
FILES = {"validation.csv", "validation.md", "validation.png", "validation.svg", "validation.json", "validation.txt"}


def validate(
    patterns: Annotated[
        Path, typer.Option(metavar="FILE", help="The patterns, declared before the model is run.")
    ] = Path("experiments/validation/patterns.toml"),
    scenario: Annotated[Path, typer.Option(metavar="FILE", help="The place to simulate.")] = Path(
        "scenarios/three-areas.toml"
    ),
    draws: Annotated[
        int, typer.Option(min=0, help="Draws from the calibration; 0 for the scenario's own parameters.")
    ] = 16,
    replicates: Annotated[
        int | None,
        typer.Option(min=1, help="Simulated futures of each draw; 4 by default. Without draws, the scenario's."),
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="For maintainers: put the table into docs/credibility.md.")
    ] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the page goes.")] = Path("results/validation"),
    changes: Changes = None,
    workers: Workers = None,
) -> None:
    """Compare the calibrated model with patterns it was not fitted to: a verdict on each, failures included.

    A pattern that fails is a finding, so the exit code is 0. Takes some ten minutes on two cores.
    """
    try:
        from modsim.findings.folder import FolderError, check_folder
        from modsim.inputs.problems import InputError
        from modsim.inputs.reading import load_scenario
        from modsim.simulation.parallel import LostWorkerError
        from modsim.studies.documents import check_places
        from modsim.validation import page
        from modsim.validation.patterns import read_patterns
        from modsim.validation.validating import validate as validated

        try:
            if publish:
                check_places(DOCUMENT, [page.NAME], page.BY)
            folder = check_folder(out, FILES, "validation.json")
            known, place = read_patterns(patterns), load_scenario(scenario, changes or [])
            with progress_line("Looking at patterns") as tell:
                found = validated(
                    known, place, draws=draws, replicates=replicates, workers=workers,
                    progress=tell,
                )  # fmt: skip
            _write(found, folder)
            if publish:
                page.publish(found, PUBLISHED, DOCUMENT)
        except InputError as error:
            refuse(error)
        except FolderError as error:
            refuse([str(error)])
        except (LostWorkerError, OSError) as error:
            print(f"No whole page was written: {error}.", file=sys.stderr)
            raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("\nStopped; no whole page was written. The same command begins again.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    _show(found)
    print(f"\nThe page, its table and its picture are in {out}/")


def _write(found: list[Any], folder: Path) -> None:
    import json

    from modsim.calibration.writing import write_rounded
    from modsim.inputs.saving import write_text
    from modsim.studies.running import deciding_code
    from modsim.validation.page import count_of, draw, markdown_of
    from modsim.validation.validating import table_of

    folder.mkdir(parents=True, exist_ok=True)
    about = {"schema": "modsim-validation-1", "code": deciding_code(), "said": count_of(found)}
    write_text(json.dumps(about, indent=1) + "\n", folder / "validation.json")  # says what the folder holds
    write_rounded(table_of(found), folder / "validation.csv")
    write_text(f"{count_of(found)}\n\n{markdown_of(found)}\n", folder / "validation.md")
    draw(found, folder)


def _show(found: list[Any]) -> None:
    from rich.text import Text

    from modsim.studies.documents import range_in_words
    from modsim.validation.page import count_of

    console = terminal()
    table = plain_table(
        [("", "left"), ("pattern", "left"), ("expected range", "right"), ("model", "right"), ("verdict", "left")]
    )
    for one in found:
        p, mean = one.pattern, one.found
        said = "–" if mean.low is None else f"{mean.mean:.3g} ({mean.low:.3g}…{mean.high:.3g})"
        style = "bold" if one.verdict == "fails" else None
        table.add_row(
            p.id, Text(f"{p.title} [{p.strength}]"), range_in_words(p.low, p.high), said, Text(one.verdict), style=style
        )
    console.print(table)
    console.print(count_of(found), style="bold")
    console.print(
        "In brackets: the evidence grade of a pattern (A to D), and 95 % intervals of the mean over draws from the "
        "calibration, or over simulated futures where there are none.",
        style="dim",
        soft_wrap=True,
    )
