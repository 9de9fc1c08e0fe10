"""`modsim scenario new`: a scenario of one's own place, asked for step by step or given as options."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modsim.cli.common import refuse

if TYPE_CHECKING:
    from modsim.findings.dissimilarity import Dissimilarity

EXAMPLES = (
    "\b\nExamples:\n"
    "  modsim scenario new\n"
    '  modsim scenario new --name "Drumchapel" --population 13000 --budget 12 --yes\n'
    "  modsim scenario new --name Northtown --cards cards.csv --yes\n"
    "Interest cards are a CSV file of counts: activity, the place the programme comes from, yours."
)


def new(
    name: Annotated[str | None, typer.Option(help="Name of the place.")] = None,
    population: Annotated[str | None, typer.Option(metavar="NUMBER", help="People of all ages.")] = None,
    young_percent: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Of them aged 12 to 17, in percent.")
    ] = None,
    adult_percent: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Of them aged 18 to 24, in percent.")
    ] = None,
    ages: Annotated[str | None, typer.Option(metavar="14-20", help="Ages of those who may be invited.")] = None,
    asb: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Reported youth incidents per 10,000 people a month (usual: 14)."),
    ] = None,
    partners: Annotated[
        str | None, typer.Option(metavar="A,B", help="Types of partner round the table; a wrong one lists all.")
    ] = None,
    anchor: Annotated[
        bool | None, typer.Option(help="Whether an anchor organisation is the hub of the partners.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Staff hours a week for the programme (usual: 20).")
    ] = None,
    months: Annotated[str | None, typer.Option(metavar="NUMBER", help="Months to look ahead.")] = None,
    cards: Annotated[Path | None, typer.Option(metavar="CSV", help="Interest cards: counts by activity.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take the usual value of everything you do not give.")
    ] = False,
    base: Annotated[Path, typer.Option(help="The scenario it builds on.")] = Path("scenarios/three-areas.toml"),
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file; by the name, beside the base.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file of that name.")] = False,
) -> None:
    """Write a scenario of your own place: it asks for what you do not give, and marks what is assumed."""
    from modsim.findings.dissimilarity import dissimilarity_of
    from modsim.inputs.cards import read_cards
    from modsim.inputs.own_place import (
        USUAL_PARTNERS,
        OwnPlace,
        ages_of,
        id_of,
        may_be_anchor,
        partners_of,
        write_own_place,
    )
    from modsim.inputs.problems import InputError
    from modsim.inputs.reading import load_scenario

    assumed: set[str] = set()
    asks = sys.stdin.isatty() and not yes

    def settle(option: str, given: Any, question: str, usual: Any, read: Callable[[str], Any]) -> Any:
        """What was given, else what is answered, else what is usual; a wrong answer is asked for again."""
        if given is not None:
            return read(str(given))
        while asks:
            answer = typer.prompt(question, default=None if usual is None else str(usual), type=str)
            try:
                value = read(str(answer))
            except InputError as error:
                print("\n".join(error.problems), file=sys.stderr)
                continue
            if str(answer) == str(usual):
                assumed.add(option)
            return value
        if usual is None:
            refuse([f"--{option}: is needed; give it, or run `modsim scenario new` in a terminal and be asked"])
        assumed.add(option)
        return read(str(usual))

    try:
        load_scenario(base)
        found = dissimilarity_of(read_cards(cards)) if cards is not None else None
        called = settle("name", name, "Name of the place", None, _named(id_of))
        place = OwnPlace(
            name=called,
            population=settle(
                "population", population, "People of all ages", 9000, _number("population", int, 100, 5_000_000)
            ),
            young_percent=settle(
                "young_percent", young_percent, "Percent aged 12 to 17", 5.7, _number("young-percent", float, 0.1, 50)
            ),
            adult_percent=settle(
                "adult_percent", adult_percent, "Percent aged 18 to 24", 10.0, _number("adult-percent", float, 0.1, 50)
            ),
            ages=settle("ages", ages, "Ages of those who may be invited", "14-20", ages_of),
            asb=settle(
                "asb", asb, "Reported youth incidents per 10,000 people a month", 14.0, _number("asb", float, 0.01, 200)
            ),
            partners=(table := settle("partners", partners, "Partners round the table", USUAL_PARTNERS, partners_of)),
            anchor=settle(
                "anchor",
                anchor,
                "Is there an anchor organisation (yes/no)",
                "yes" if may_be_anchor(table) else "no",
                _yes_or_no,
            ),
            budget=settle("budget", budget, "Staff hours a week", 20.0, _number("budget", float, 0, 10_000)),
            months=settle("months", months, "Months to look ahead", 36, _number("months", int, 1, 240)),
            dissimilarity=None if found is None else found.value,
            dissimilarity_note=_said_of_cards(found),
            dissimilarity_range=None if found is None else (found.low, found.high),
            assumed=frozenset(assumed),
        )
        path = out or base.parent / f"{id_of(called)}.toml"
        if os.path.exists(path) and not replace:
            refuse([f"{path}: is there already; give another --out, or --replace to write over it"])
        scenario = write_own_place(place, base, path)
    except InputError as error:
        refuse(error)
    if found is not None:
        print(_said_at_length(found))
    people = scenario.young_people
    print(f"{path}: written, with {people:,} young people. Next:\n  modsim compare {path}")
    if assumed:
        print(f"Usual values, marked as assumed: {', '.join(sorted(o.replace('_', ' ') for o in assumed))}.")


def _named(id_of: Callable[[str], str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        id_of(text)
        return " ".join(text.split())

    return read


def _number(option: str, kind: type, low: float, high: float) -> Callable[[str], Any]:
    from modsim.inputs.numbers import NotANumberError, a_number
    from modsim.inputs.problems import InputError

    def read(text: str) -> Any:
        whole = "a whole number" if kind is int else "a number"
        try:
            value = a_number(text)
        except NotANumberError as error:
            reason = f"; {error}" if "can mean" in str(error) else ""
            raise InputError([f"--{option} {text!r}: must be {whole} from {low:,} to {high:,}{reason}"]) from None
        if kind is int and value != int(value):
            raise InputError([f"--{option} {text!r}: must be {whole} from {low:,} to {high:,}"])
        value = kind(value)
        if not low <= value <= high:
            raise InputError([f"--{option} {text}: must be from {low:,} to {high:,}"])
        return value

    return read


def _yes_or_no(text: str) -> bool:
    from modsim.inputs.problems import InputError

    if text.strip().lower() in ("yes", "y", "true"):
        return True
    if text.strip().lower() in ("no", "n", "false"):
        return False
    raise InputError([f"{text!r}: answer yes or no"])


def _said_of_cards(found: "Dissimilarity | None") -> str:
    """What the file says beside the dissimilarity, on one line."""
    if found is None:
        return "Interest cards of both places would narrow it down."
    span = f"{found.low:.2f} to {found.high:.2f}"
    if found.value is None:
        return f"Cards ({found.cards[0]} and {found.cards[1]}) leave {span} open: too few for one value."
    return f"from {found.cards[0]} and {found.cards[1]} cards, corrected for chance; 95 % interval {span}"


def _said_at_length(found: "Dissimilarity") -> str:
    from modsim.findings.dissimilarity import FEWEST_CARDS

    text = (
        f"Cards: {found.cards[0]} there and {found.cards[1]} here lie {found.plain:.2f} apart; chance alone would put "
        f"two such samples of one place {found.by_luck:.2f} apart.\n"
        f"The three activities named most there hold {found.on_the_menu[0]:.0%} of the cards there and "
        f"{found.on_the_menu[1]:.0%} of yours:\nthe "
        "interests that a menu transplanted unchanged would serve. The scenario uses only the dissimilarity, spread "
        "over all activities.\n"
    )
    span = f"95 % interval {found.low:.2f} to {found.high:.2f}"
    if found.value is not None:
        return f"{text}Corrected for that, the dissimilarity is {found.value:.2f} ({span})."
    return (
        f"{text}Fewer than {FEWEST_CARDS} cards in a place give no single value, only the {span}. The file keeps the "
        f"assumed one; try both ends:\n  --set world.dissimilarity={found.low:.2f}   and   "
        f"--set world.dissimilarity={found.high:.2f}"
    )
