"""Random options of random commands with odd values."""

import pytest
import typer

from modsim.cli import app
from tests.robustness import odd
from tests.robustness.throwing import Case

pytestmark = pytest.mark.slow(reason="hundreds of command lines, each in a process of its own")

GIVEN = {
    "scenario": "scenarios/small.toml",
    "study": "experiments/study.toml",
    "targets": "experiments/calibration/targets.csv",
    "files": "answers.toml",
    "one": "scenarios/small.toml",
    "other": "scenarios/three-areas.toml",
    "name": "fig-1",
    "folder": "scenarios",
}
# What keeps a command that is right from taking long, and its hands off what is not its own.
SMALL = {
    "validate": ["--patterns", "experiments/patterns.toml", "--scenario", "scenarios/small.toml", "--draws", "0"],
    "reflect": ["--scenario", "scenarios/small.toml", "--rest", "true"],
    "calibrate": [
        "--scenario",
        "scenarios/small.toml",
        "--prior",
        "experiments/calibration/prior.csv",
        "--worlds",
        "8",
    ],
    "new": ["--base", "scenarios/small.toml"],
    "reproduce": ["--experiments", "experiments"],
    "status": ["--store", "store"],
    "results": ["--store", "store"],
    "resume": ["--store", "store"],
}
WRITE = ("out", "store", "network", "cards")  # options that name a place
LEFT_OUT = {"dashboard", "verify"}  # a page that stays, and what takes minutes


def commands(group, before=()):
    """Every command with the words that call it."""
    for name, command in group.commands.items():
        if name in LEFT_OUT:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
            if command.invoke_without_command:
                yield (*before, name), command
        else:
            yield (*before, name), command


COMMANDS = list(commands(typer.main.get_command(app)))


def case_of(luck, k):
    words, command = luck.choice(COMMANDS)
    line, may = list(words), ["out"]
    if luck.random() < 0.75:
        line += SMALL.get(words[-1], [])
    for parameter in command.params:
        is_option = parameter.param_type_name == "option"
        if not is_option:
            if luck.random() < 0.1:
                continue
            line.append(GIVEN[parameter.name] if luck.random() < 0.75 else luck.choice(odd.WORDS))
            continue
        if luck.random() > 0.25 or parameter.name in ("help", "publish", "accept", "replace", "rules", "cross_check"):
            continue
        line.append(luck.choice([*parameter.opts, *parameter.secondary_opts]))
        if parameter.is_flag:
            continue
        if luck.random() < 0.05:
            continue  # without its value
        word = luck.choice(odd.WORDS)
        if parameter.name in WRITE and luck.random() < 0.5:
            word = "out"
        line.append(word)
        if parameter.name in WRITE:
            may.append(word.removeprefix("./").strip("/").split("/")[0] or "out")
    if luck.random() < 0.1:
        line.insert(luck.randint(0, len(line)), luck.choice([*odd.WORDS, "--help", "--version", "--nothing", "-x"]))
    guarded = {"notes.txt", "mine", "cards.csv", "ties.graphml", "experiments", "..", ".", "~"}
    named = {"notes.txt", "cards.csv", "ties.graphml"} & set(line) if "--out" in line or "--network" in line else set()
    return Case(line, {}, (*(set(may) - guarded), *named, "store", "scenarios"), enough=8)


def test_random_command_lines(throw):
    """Slow: hundreds of command lines, of which some are right and simulate for a moment."""
    throw("words", case_of)
