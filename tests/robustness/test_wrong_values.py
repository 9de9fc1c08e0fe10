"""Values of wrong types, sizes and shapes at every key, by file, by --set and by a study."""

import pytest

from tests.robustness import odd
from tests.robustness.throwing import Case

pytestmark = pytest.mark.slow(reason="hundreds of command lines, each in a process of its own")

SMALL, STORE = "scenarios/small.toml", ("--store", "store")
LOOKS = [["scenario", "check"], ["scenario", "show"], ["scenario", "arms"], ["scenario", "diff", SMALL]]


def of_scenario(luck, path):
    """A command that reads a scenario, most often one that does no more."""
    if luck.random() < 0.85:
        return [*luck.choice(LOOKS), path]
    return luck.choice(
        [
            ["run", path, "--weeks", "1"],
            ["scenario", "ties", path],
            ["compare", path, "--weeks", "4", "--no-figures", "--workers", "1", "--out", "out"],
            ["ablate", path, "--mechanism", "mentoring", "--workers", "1", "--out", "out"],
        ]
    )


def test_odd_values_in_a_scenario_file(throw):
    """Slow: hundreds of files."""

    def case(luck, k):
        text = odd.lines(luck, luck.choice([1, 1, 1, 2, 5]))
        return Case(of_scenario(luck, "scenarios/odd.toml"), {"scenarios/odd.toml": text}, ("out",))

    throw("by file", case)


def test_odd_values_by_set(throw):
    """Slow: hundreds of command lines."""

    def case(luck, k):
        words = of_scenario(luck, SMALL)
        if "diff" in words:
            words = ["scenario", "check", SMALL]
        for _ in range(luck.choice([1, 1, 2])):
            change = f"{odd.key(luck)}={odd.value(luck)}"
            words += ["--set", change[:130_000]]
        return Case(words, {}, ("out",))

    throw("by --set", case)


def study_command(luck, path):
    return luck.choice(
        [
            ["study", "status", path, *STORE],
            ["study", "status", path, *STORE, "--json"],
            ["study", "results", path, *STORE],
            ["study", "run", path, *STORE, "--budget", "0runs", "--workers", "1"],
            ["study", "run", path, *STORE, "--budget", "3runs", "--workers", "1"],
        ]
    )


def test_odd_values_in_a_study(throw):
    """Slow: hundreds of files."""
    base = {"format": "1", "scenario": '"../scenarios/small.toml"', "replicates": "1", "arms": '["transplant"]'}

    def case(luck, k):
        plain, factor = dict(base), ""
        for _ in range(luck.choice([1, 1, 2])):
            at, what = luck.choice(odd.study_keys()), odd.value(luck)
            if luck.random() < 0.4:
                factor = luck.choice(
                    [
                        f'"{odd.key(luck)}" = {what}\n',
                        f'"{odd.key(luck)}".values = [{what}]\n',
                        f'"world.dissimilarity" = {{low = {what}, high = {odd.value(luck)}}}\n',
                        f"{odd.key(luck)} = [{what}]\n",
                    ]
                )
            elif at.startswith("factors."):
                factor = f"{at.removeprefix('factors.')} = {what}\n"
            else:
                plain[at] = what
        text = "".join(f"{at} = {what}\n" for at, what in plain.items())
        text += (
            f"[factors]\n{factor}" if factor else "" if "factors" in plain else '[factors]\n"purse.budget" = [9, 10]\n'
        )
        return Case(study_command(luck, "experiments/odd.toml"), {"experiments/odd.toml": text}, ("store",))

    throw("by study", case)


def test_odd_values_fixed_or_varied_by_a_study(throw):
    """Slow: hundreds of files."""

    def case(luck, k):
        head = 'scenario = "../scenarios/small.toml"\nreplicates = 1\narms = ["transplant"]\n'
        if luck.random() < 0.3:
            list_of = f"{odd.key(luck)},{odd.key(luck)}\n"
            list_of += "".join(f"{odd.value(luck)},{odd.value(luck)}\n" for _ in range(2))
            makes = {
                "experiments/odd.toml": f'{head}[design]\nkind = "list"\nfile = "odd.csv"\n',
                "experiments/odd.csv": list_of,
            }
        else:
            fixed = luck.choice([f'"{odd.key(luck)}" = {odd.value(luck)}\n', f"{odd.key(luck)} = {odd.value(luck)}\n"])
            makes = {"experiments/odd.toml": f'{head}[fixed]\n{fixed}[factors]\n"purse.budget" = [9, 10]\n'}
        return Case(study_command(luck, "experiments/odd.toml"), makes, ("store",))

    throw("by fixed", case)


def _chain(number):
    def make(path):
        for k in range(number):
            text = f'extends = "c{k + 1}.toml"\n' if k + 1 < number else 'extends = "small.toml"\n'
            (path.parent / f"c{k}.toml").write_text(text)

    make.__doc__ = f"{number} files c0.toml, c1.toml, …, each extending the next, the last small.toml"
    return make


DEEP = "a." * 499 + "b"
EXTENDS = 'extends = "small.toml"\n'
SHAPES = {
    "a deep key": f"{EXTENDS}{DEEP} = 1\n",
    "a deep key of a table": f"{EXTENDS}world.{DEEP} = 1\n",
    "a deep key of an arm": f"{EXTENDS}arms.{DEEP} = 1\n",
    "a deep table": f"{EXTENDS}[{DEEP}]\nx = 1\n",
    "a deep list of tables": f"{EXTENDS}[[{DEEP}]]\nx = 1\n",
    "a deep key as the file allows it": f"{EXTENDS}{'a.' * 10_000}b = 1\n",
    "a deep list": f"{EXTENDS}title = {'[' * 1500}{']' * 1500}\n",
    "a less deep list": f"{EXTENDS}title = {'[' * 200}{']' * 200}\n",
    "a deep inline table": f"{EXTENDS}title = {'{a=' * 300}1{'}' * 300}\n",
    "many unknown keys": EXTENDS + "".join(f"k{k}=1\n" for k in range(60_000)),
    "many unknown keys of a table": f"{EXTENDS}[world]\n" + "".join(f"k{k}=1\n" for k in range(60_000)),
    "many arms": EXTENDS + "".join(f"[arms.a{k}]\n" for k in range(30_000)),
    "many areas": EXTENDS + "".join(f'[[areas]]\nid="a{k}"\n' for k in range(40_000)),
    "many areas without an id": EXTENDS + "[[areas]]\n" * 60_000,
    "many activities": EXTENDS + "".join(f'[[activities]]\nid="a{k}"\n' for k in range(20_000)),
    "a long key": f"{EXTENDS}{'k' * 500_000} = 1\n",
    "a long value": f'{EXTENDS}title = 1\nnotes = "{"x" * 900_000}"\n',
    "a long arm": f'{EXTENDS}[arms.{"x" * 900_000}]\nlabel = "x"\n',
    "a long text where a number should stand": f'{EXTENDS}world.dissimilarity = "{"x" * 900_000}"\n',
    "a windows separator": 'extends = "..\\\\scenarios\\\\small.toml"\n',
    "a windows separator raw": "extends = '.\\small.toml'\n",
    "a drive": "extends = 'C:\\small.toml'\n",
    "a long name to extend": f'extends = "{"x" * 5000}.toml"\n',
    "nul in the name to extend": 'extends = "a\\u0000b"\n',
    "a folder to extend": 'extends = "."\n',
    "an empty name to extend": 'extends = ""\n',
    "itself": 'extends = "odd.toml"\n',
    "a huge number": f"{EXTENDS}world.dissimilarity = 0x{'f' * 4000}\n",
    "a huge number as a whole one": f"{EXTENDS}settings.weeks = 0x{'f' * 4000}\n",
    "a huge number as a list": f"{EXTENDS}settings.arms = [0x{'f' * 4000}]\n",
    "a huge number as an id": f"{EXTENDS}[[areas]]\nid = 0x{'f' * 4000}\n",
    "control characters as a key": f'{EXTENDS}"\\u001b[31m\\u0007" = 1\n',
    "lines in a key": f'{EXTENDS}"a\\nb\\nc" = 1\n',
    "an empty key": f'{EXTENDS}"" = 1\n',
    "a surrogate": f'{EXTENDS}title = "\\ud800"\n',
    "a mark at the start": "\ufeff" + EXTENDS,
    "carriage returns": EXTENDS.replace("\n", "\r"),
}
HARMLESS = {"a mark at the start", "carriage returns", "a windows separator", "a windows separator raw"}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_of_an_odd_shape(shape, throw):
    """Slow: files as large as they may be."""
    makes = {"scenarios/odd.toml": SHAPES[shape]}
    throw(shape, lambda luck, k: Case(["scenario", "check", "scenarios/odd.toml"], makes, wrong=shape not in HARMLESS))


@pytest.mark.parametrize("number", [30, 1500])
def test_a_chain_of_files(number, throw):
    """Slow: fifteen hundred files."""
    makes = {"scenarios/c": _chain(number)}
    throw("chain", lambda luck, k: Case(["scenario", "check", "scenarios/c0.toml"], makes, wrong=number > 1000))


SET = [
    f"{DEEP}=1",
    f"world.{DEEP}=1",
    f"arms.{DEEP}=1",
    f"arms.recoproduce.{DEEP}=1",
    f"areas.govan.{DEEP}=1",
    f"areas.{DEEP}=1",
    f"{'a.' * 30_000}b=1",
    f"world.dissimilarity=0x{'f' * 4000}",
    f"title={'[' * 1500}{']' * 1500}",
    f"settings.weeks={'9' * 4000}",
    f"settings.weeks={'9' * 5000}",
    "extends=1",
    f"{'k' * 100_000}=1",
    f"title={'x' * 100_000}",
    "=1",
    "a",
    ".=1",
    "a..b=1",
    "\udcff=1",
    "settings.arms=['a\\u0000b']",
    "world.dissimilarity=0.3\nworld.x=1",
]


@pytest.mark.parametrize("k", range(len(SET)))
def test_an_odd_change(k, throw):
    """Slow: by process."""
    wrong = not SET[k].startswith("title=")  # what is no value is text
    throw("change", lambda luck, _: Case(["scenario", "check", SMALL, "--set", SET[k]], wrong=wrong))


def _names(number):
    return ",".join(f'"x{k}"' for k in range(number))


STUDIES = {
    "values of nan": '[factors]\n"world.dissimilarity".values = [nan]\n',
    "values of nan twice": '[factors]\n"world.dissimilarity".values = [nan, nan]\n',
    "a deep factor": f"[factors]\n{DEEP}.values = [1]\n",
    "a deep factor in quotes": f'[factors]\n"{DEEP}" = [1]\n',
    "a deep fixed key": f'[fixed]\n{DEEP} = 1\n[factors]\n"purse.budget" = [1]\n',
    "a deep fixed key in quotes": f'[fixed]\n"{DEEP}" = 1\n[factors]\n"purse.budget" = [1]\n',
    "a huge value": f'[factors]\n"world.dissimilarity" = [0x{"f" * 4000}]\n',
    "a huge fixed value": f'[fixed]\n"purse.budget" = 0x{"f" * 4000}\n[factors]\n"world.dissimilarity" = [0.1]\n',
    "a huge end": f'[factors]\n"world.dissimilarity" = {{low = 0, high = 0x{"f" * 4000}}}\n',
    "huge steps": f'[factors]\n"world.dissimilarity" = {{low = 0, high = 1, steps = 0x{"f" * 4000}}}\n',
    "many factors": "[factors]\n" + "".join(f'"k{k}" = [1]\n' for k in range(30_000)),
    "many fixed": "[fixed]\n" + "".join(f'"k{k}" = 1\n' for k in range(30_000)) + '[factors]\n"purse.budget" = [1]\n',
    "many outcomes": f"outcomes = [0, {_names(50)}]\n",
    "many unknown outcomes": f'outcomes = [{_names(50)}]\n[factors]\n"purse.budget" = [1]\n',
    "many rungs not there": f'[factors]\n"settings.rung" = [{_names(900)}]\n',
    "many unknown keys": "".join(f"k{k}=1\n" for k in range(60_000)),
    "a date": '[factors]\n"world.dissimilarity" = [1979-05-27]\n',
    "a control character": '[factors]\n"\\u001b[31m" = [1]\n',
    "an empty factor": '[factors]\n"" = [1]\n',
    "dots": '[factors]\n"..." = [1]\n',
}


@pytest.mark.parametrize("shape", STUDIES)
def test_a_study_of_an_odd_shape(shape, throw):
    """Slow: by process."""
    text = f'scenario = "../scenarios/small.toml"\nreplicates = 1\n{STUDIES[shape]}'
    words = ["study", "run", "experiments/odd.toml", *STORE]
    throw(shape, lambda luck, k: Case(words, {"experiments/odd.toml": text}, ("store",), wrong=True))
