"""`modsim sources`: what the numbers and statements rest on, and how much of it was read."""

from typing import Annotated

import typer

from modsim.cli.common import refuse

EXAMPLES = "\b\nExamples:\n  modsim sources\n  modsim sources --key trust.loss_to_gain\n  modsim sources --about peers"


def sources(
    key: Annotated[str | None, typer.Option(help="Only the sources of one dotted key of a scenario.")] = None,
    about: Annotated[str | None, typer.Option(metavar="WORD", help="Only sources that contain this word.")] = None,
) -> None:
    """Print every source: what it supports, which values cite it, and whether it was read in full."""
    import textwrap

    from modsim.inputs.sources import READ, cited_fields
    from modsim.inputs.sources import sources as all_sources

    found = all_sources()
    if key is not None:
        texts = {name: (text, evidence) for name, text, evidence in cited_fields()}
        name = key if key in texts else _general(key)
        if name not in texts:
            refuse([f"--key {key}: unknown key; `modsim scenario show FILE` lists every key of a scenario"])
        text, evidence = texts[name]
        print(f"{key}: {text} (evidence {evidence})\n")
        found = [source for source in found if source.is_cited_in(text)]
        if not found:
            print("No source behind it: it is an assumption or a choice.")
    if about is not None:
        found = [s for s in found if about.lower() in f"{s.title} {s.supports} {' '.join(s.keys)}".lower()]
        if not found:
            print(f"No source says anything of {about!r}.")
    for source in found:
        print(f"{source.title}\n  {source.where} · {READ[source.read]}")
        for line in textwrap.wrap(f"supports: {source.supports}", 110):
            print(f"  {line}")
        if source.keys:
            for line in textwrap.wrap(f"cited by: {', '.join(source.keys)}", 110):
                print(f"  {line}")
        print()
    whole = sum(source.read == "whole" for source in found)
    if key is None and about is None:
        print(
            f"{len(found)} sources, {whole} read in full. The two primary reports on Operation Modulus were not:\n"
            "read them before you put a number on Gorbals, Castlefern or Govan."
        )


def _general(key: str) -> str:
    """A key with `*` for the name of an arm, area or activity."""
    head, _, rest = key.partition(".")
    return f"{head}.*.{rest.partition('.')[2]}" if head in ("arms", "areas", "activities") else key
