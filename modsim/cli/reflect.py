"""`modsim reflect`: the seven insights as questions, and what the model says under a practitioner's answers."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modsim.cli.common import STOPPED, Workers, all_read, progress_line, refuse, terminal

if TYPE_CHECKING:
    from modsim.inputs.experience import Experience
    from modsim.studies.reflecting import Reflection

DEFAULT = "scenarios/three-areas.toml"

app = typer.Typer(
    invoke_without_command=True,
    epilog="\b\nExamples:\n"
    "  modsim reflect\n"
    '  modsim reflect --answer 1=true --answer 2=partly --answer 5=not --rest unknown --why "5=no such body here"\n'
    "  modsim reflect --answers experience.toml\n"
    "  modsim reflect pool first.toml second.toml",
    help="Answer the seven insights from your own experience, and see where the model agrees and disagrees.",
)


@app.callback()
def reflect(
    context: typer.Context,
    scenario: Annotated[
        Path | None, typer.Option(help="The scenario to run; by default that of the answers, or three-areas.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="N=ANSWER", help="true, partly, not or unknown for insight N (1-7); may be repeated."),
    ] = None,
    why: Annotated[list[str] | None, typer.Option(metavar="N=TEXT", help="A short reason; may be repeated.")] = None,
    rest: Annotated[str | None, typer.Option(metavar="ANSWER", help="The answer to all others.")] = None,
    answers: Annotated[Path | None, typer.Option(metavar="FILE", help="Answers saved before.")] = None,
    about: Annotated[str, typer.Option(help="The place or programme they are about, if you like.")] = "",
    replicates: Annotated[int | None, typer.Option(help="Simulated futures.")] = None,
    workers: Workers = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the answers are kept.")] = Path("experience.toml"),
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file of that name.")] = False,
) -> None:
    """Answer the seven insights, and see what the model then says and where it disagrees."""
    if context.invoked_subcommand is not None:
        return
    from modsim.inputs.experience import ModelSaid, read_experience, text_of_experience
    from modsim.inputs.problems import InputError
    from modsim.inputs.reading import load_scenario
    from modsim.inputs.saving import WritingError, write_text
    from modsim.simulation.parallel import LostWorkerError
    from modsim.studies.reflecting import reflect as set_beside

    def keep(found: "Experience") -> None:
        write_text(text_of_experience(found), place)

    source = context.get_parameter_source("out")
    place = out if answers is None or (source is not None and source.name == "COMMANDLINE") else answers
    try:
        given = _given(answer or [], why or [], rest)
        saved = None if answers is None else read_experience(answers)
        path = scenario or Path(saved.scenario if saved is not None and saved.scenario else DEFAULT)
        loaded = load_scenario(path, [] if replicates is None else [f"settings.replicates={replicates}"])
        if os.path.exists(place) and place != answers and not replace:
            refuse([f"{place}: is there already; give another --out, --replace, or --answers to look again"])
        _check_place(place)
        experience = _asked(saved, given, rest, about, str(path))
        if saved is None or experience.in_short != saved.in_short or place != answers:
            keep(experience)
        with progress_line("Simulating with and without each insight") as tell:
            found = set_beside(
                loaded,
                experience,
                workers=workers,
                progress=tell,
            )
        low, high = found.range
        said = ModelSaid(
            answers=experience.in_short, replicates=loaded.settings.replicates, verdict=found.kind,
            contrast=round(found.contrast.mean or 0.0, 4), low=round(low, 4), high=round(high, 4),
        )  # fmt: skip
        keep(experience.model_copy(update={"model_said": said}))
    except InputError as error:
        refuse(error)
    except (WritingError, OSError) as error:
        refuse([str(error)])
    except LostWorkerError as error:
        print(f"The answers are kept in {place}; the model was not run to its end: {error}.", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        kept = f"the answers are kept in {place}" if os.path.exists(place) else "nothing was kept"
        print(f"\nStopped; {kept}.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
    _show(found)
    print(f"\nThe answers are in {place}; `modsim reflect pool` puts several people's beside each other.")


def _check_place(place: Path) -> None:
    """Refuse, before any question, a file that could not be written."""
    from modsim.inputs.saving import WritingError, check_place

    try:
        check_place(place)
    except WritingError as error:
        refuse([f"--out {error}"])


def _given(answers: list[str], whys: list[str], rest: str | None) -> dict[str, dict[str, str]]:
    """Answers given as options, by insight; a refusal of all that are wrong."""
    from modsim.inputs.experience import ANSWERS, STATEMENTS

    problems: list[str] = []
    given: dict[str, dict[str, str]] = {}
    for option, texts in (("answer", answers), ("why", whys)):
        for text in texts:
            number, equals, value = text.partition("=")
            name = f"insight-{number.strip()}"
            if not equals or name not in STATEMENTS:
                problems.append(
                    f"--{option} {text!r}: write it as N={'ANSWER' if option == 'answer' else 'TEXT'}, N from 1 to 7"
                )
            elif option == "answer" and value.strip() not in ANSWERS:
                problems.append(f"--answer {text!r}: {value.strip()!r} is no answer; give one of {', '.join(ANSWERS)}")
            else:
                given.setdefault(name, {})[option] = value.strip()
    if rest is not None and rest not in ANSWERS:
        problems.append(f"--rest {rest!r}: is no answer; give one of {', '.join(ANSWERS)}")
    if problems:
        refuse(problems)
    return given


def _asked(
    saved: "Experience | None", given: dict[str, dict[str, str]], rest: str | None, about: str, scenario: str
) -> "Experience":
    """All seven answers: those saved, those given, and the others asked for where there is somebody to ask."""
    from modsim.inputs.experience import ANSWERS, STATEMENTS, experience_from

    replies: dict[str, dict[str, Any]] = {}
    if saved is not None:
        replies = {name: reply.model_dump() for name, reply in saved.replies.items()}
    for name, reply in given.items():
        replies[name] = replies.get(name, {}) | reply
        if reply.get("answer") and "why" not in reply:
            replies[name].pop("why", None)  # it was why another answer was given
    missing = [name for name in STATEMENTS if "answer" not in replies.get(name, {})]
    for name in missing if rest is not None else []:
        replies.setdefault(name, {})["answer"] = rest
    missing = [] if rest is not None else missing
    if missing and not sys.stdin.isatty():
        numbers = ", ".join(name.removeprefix("insight-") for name in missing)
        refuse([f"--answer: none for insight {numbers}; give them, or --rest, or run it in a terminal and be asked"])
    if missing:
        choices = ", ".join(f"{key} ({words})" if key != words else key for key, words in ANSWERS.items())
        print(f"From your own experience: is it true? Answer with {choices}.\n")
        which = "Which place or programme is it about (may stay empty)"
        about = about or typer.prompt(which, default="", show_default=False)[:200]
    for name in missing:
        print(f"\n{name.removeprefix('insight-')}. {STATEMENTS[name]}")
        said = ""
        while said not in ANSWERS:
            said = typer.prompt("  true here", default="unknown").strip().lower()
            said = next((key for key, words in ANSWERS.items() if said == words), said)
            if said not in ANSWERS:
                print(f"  {said!r} is no answer; give one of {', '.join(ANSWERS)}", file=sys.stderr)
        replies[name] = {
            "answer": said,
            "why": typer.prompt("  why (may stay empty)", default="", show_default=False)[:500],
        }
    content = {
        "format": 1,
        "about": about or (saved.about if saved is not None else ""),
        "scenario": scenario,
        "replies": replies,
    }
    return experience_from(content, "the answers")


def _show(found: "Reflection") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from modsim.findings.comparison import BANNER
    from modsim.inputs.experience import ANSWERS, STATEMENTS

    console = terminal()
    label = found.scenario.arm_label
    arm, against = label(found.full.arm), label(found.full.against)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("insight", "you say", "without it", "the model says", "you and it"):
        table.add_column(Text(head))
    for row in found.beside:
        carried = row.carried.carried
        span = "–" if carried.mean is None else f"{0.0 - carried.mean:+.2f}"
        if carried.low is not None and carried.high is not None:
            span += f" ({-carried.high:+.2f}…{-carried.low:+.2f})"
        number = f"{row.name.removeprefix('insight-')}. {STATEMENTS[row.name]}"
        table.add_row(Text(number), ANSWERS[row.answer], span, Text(row.model_says), Text(row.agreement))

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, soft_wrap=True)

    say(f"What happens to “{arm}” without each insight, one at a time", "bold")
    console.print(table)
    smallest = found.full.smallest
    say(
        f"“Without it”: how many more incidents there would be, in percentage points (below 0: fewer), with a 95 % "
        f"interval. The smallest difference that matters is {smallest:g}.",
        "dim",
    )
    gone, open_ = found.experience.without, found.experience.left_open
    say(f"\nAnother question: does “{arm}” do better than “{against}” under your answers?", "bold")
    mean, (low, high) = found.contrast, found.range
    interval = "" if mean.low is None else f" (95 % interval of the mean {mean.low:+.2f} to {mean.high:+.2f})"
    reduced = bool(found.scenario.settings.without) or found.scenario.settings.rung != "M3"
    taken = f"with {_numbers(gone)} taken away" if gone else "with all seven at work"
    taken += " (the scenario is not the whole model)" if reduced else ""
    wholly = f", and what you leave open wholly at work ({_numbers(open_)})" if open_ else ""
    say(
        f"{taken[:1].upper()}{taken[1:]}{wholly}, the first minus the second is "
        f"{mean.mean or 0.0:+.2f} percentage points{interval}; below 0 the first has fewer incidents."
    )
    if open_:
        say(
            f"Given what your answers leave open, it lies between {low:+.2f} and {high:+.2f}. “Partly” is taken as a "
            "quarter to three quarters, “don't know” as nothing to all; effects are taken to add up."
        )
    say(f"By the rule of the verdict, on all of that: {_verdict(found.kind, arm, against)}.", "bold")
    few = " Few simulated futures: the intervals are rough." if found.scenario.settings.replicates < 8 else ""
    say(
        f"An answer is experience of one place, and the model assumptions: where they differ, either may err.{few}",
        "dim",
    )
    say(BANNER, "dim")


def _numbers(names: list[str]) -> str:
    return f"insight{'' if len(names) == 1 else 's'} {', '.join(name.removeprefix('insight-') for name in names)}"


def _verdict(kind: str, arm: str, against: str) -> str:
    return {
        "better": f"“{arm}” does better",
        "worse": f"“{against}” does better",
        "about the same": "the two do about the same",
    }.get(kind, "the model cannot tell")


@app.command("pool", epilog="Example: modsim reflect pool answers/*.toml")
def pool_answers(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of answers written by modsim reflect.")],
) -> None:
    """Put several practitioners' answers beside each other: how far they differ, as a range, never a mean."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from modsim.inputs.experience import ANSWERS, STATEMENTS, read_experience
    from modsim.studies.reflecting import pool

    read = all_read(files, read_experience)
    console, table = terminal(), Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("insight", *ANSWERS.values(), "holds, from … to"):
        table.add_column(Text(head), justify="left" if head == "insight" else "right")
    for row in pool(read):
        words = f"{row.name.removeprefix('insight-')}. {STATEMENTS[row.name]}"
        counts = [str(row.counts[answer]) for answer in ANSWERS]
        contested = ", contested" if row.is_contested else ""
        table.add_row(Text(words), *counts, f"{row.low:g}…{row.high:g}{contested}")
    console.print(f"{len(read)} practitioner{'' if len(read) == 1 else 's'}", style="bold")
    console.print(table)
    kept = [each for each in read if each.model_said is not None and each.model_said.answers == each.in_short]
    if len(kept) < len(read):
        old = len(read) - len(kept)
        console.print(
            f"For {old} the model has not run with the present answers; `modsim reflect --answers FILE` does it.",
            soft_wrap=True,
        )
    if kept:
        said = [each.model_said for each in kept if each.model_said is not None]
        values, ends = [one.contrast for one in said], [end for one in said for end in (one.low, one.high)]
        console.print(
            f"Under their answers the model's difference between the two plans runs from {min(values):+.2f} to "
            f"{max(values):+.2f} percentage points, and from {min(ends):+.2f} to {max(ends):+.2f} with what they "
            "leave open.",
            soft_wrap=True,
        )
        if len({each.scenario for each in kept}) > 1:
            console.print("They used different scenarios, so this range mixes questions.", soft_wrap=True)
    console.print(
        "0 is not at all, 1 is wholly. “Don't know” does not widen anybody else's answer.", style="dim", soft_wrap=True
    )
