"""Odd values as TOML text, odd words for a command line, and the keys they are put at."""

import random
from functools import cache

from modsim.inputs.scenario import Activity, Area, Scenario
from modsim.studies.study import Design, Factor, Study

VALUES = [
    "nan",
    "-nan",
    "inf",
    "-inf",
    "-0.0",
    "0",
    "-1",
    "1",
    "2",
    "0.5",
    "1e308",
    "-1e308",
    "5e-324",
    "1_000",
    "0o17",
    f"0x{'f' * 4000}",
    f"-{'9' * 4000}",
    "9" * 5000,
    "9223372036854775808",
    "-9223372036854775809",
    f"1{'0' * 300}",
    f"1e{'9' * 30}",
    f"0.{'0' * 3000}1",
    "true",
    "false",
    "1979-05-27",
    "1979-05-27T07:32:00Z",
    "07:32:00",
    "1979-05-27T00:32:00.999999-07:00",
    '""',
    '" "',
    '"\\u0000"',
    '"\\u001b[31mred\\u0007"',
    '"a\\nb\\r\\tc"',
    "'''a\nb'''",
    '"\U0001f600"',
    '"\\u202eabc"',
    '"\\ud800"',
    '"\\U0010ffff"',
    f'"{"x" * 5000}"',
    f'"{"é" * 300_000}"',
    f'"{"a b " * 5000}"',
    '"[/red]"',
    '"%s %n {0}"',
    '"$x_{$"',
    '"../../etc/passwd"',
    '"/dev/zero"',
    '"nan"',
    '"=1+1"',
    '"none"',
    '"all"',
    '"origin"',
    '"football"',
    '"govan"',
    '"insight-5"',
    '"M0"',
    '"recoproduce"',
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "[[[]]]",
    "{a = 1}",
    "{a.b.c = 1}",
    '{"" = 1}',
    "[1, 2.5, 'a', true, 1979-05-27, []]",
    '["a", "a"]',
    "[nan]",
    "[nan, nan]",
    "[inf, 1]",
    "[0, -0.0]",
    "[1, 1.0, true]",
    '[""]',
    '["football", "gym"]',
    f"{'[' * 1500}{']' * 1500}",
    f"{'[' * 300}{']' * 300}",
    f"{'{a=' * 400}1{'}' * 400}",
    f"[{'0,' * 60_000}]",
    f"[{','.join(f'{chr(34)}x{k}{chr(34)}' for k in range(5000))}]",
    f"{{{', '.join(f'k{k} = {k}' for k in range(5000))}}}",
    "",
    "=",
    "]",
    "'",
    "x",
    "1 2",
    "1 # note",
    "\\",
    "\u00a0",
]

WORDS = [
    "",
    " ",
    "-",
    "--",
    "---",
    "-1",
    "0",
    "1",
    "2",
    "8",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "9" * 30,
    "9" * 5000,
    "-" + "9" * 30,
    "0x10",
    "1_0",
    "٣",
    "１",
    "1.5",
    "1,5",
    "true",
    "none",
    "all",
    "a=b",
    "=",
    "==",
    "a=",
    "=b",
    "1=true",
    "8=true",
    "1=",
    "\n",
    "a\nb",
    "\t",
    "\x1b[31m",
    "\x00"[:0] + "\x01",
    "\U0001f600",
    "\u202e",
    "\udcff",
    "é" * 5000,
    "x" * 100_000,
    "[/red]",
    "{0}",
    "%s",
    "$HOME",
    "~",
    "*",
    "..",
    ".",
    "/",
    "//",
    "/dev/null",
    "/proc/self/mem",
    "notes.txt",
    "scenarios/small.toml",
    "experiments/study.toml",
    "cards.csv",
    "ties.graphml",
    "store",
    "compared",
    "mine",
    "govan",
    "govan:1",
    "govan:-1",
    "govan:99999999999999999999",
    "nowhere:1",
    ":",
    "govan:",
    "transplant",
    "M0",
    "M9",
    "a,b",
    ",",
    ",,,",
    "transplant,transplant",
    "transplant,recoproduce",
    "14-20",
    "20-14",
    "1-",
    "-",
    "police,police",
    "world.dissimilarity=0.3",
    "world.dissimilarity=nan",
    "settings.weeks=2",
    "areas=1",
    "areas.govan=3",
    "arms.x.y=1",
    f"{'a.' * 499}b=1",
    f"world.{'a.' * 499}b=1",
    f"arms.{'a.' * 499}b=1",
    f"areas.govan.{'a.' * 499}b=1",
    f"title={'[' * 2000}",
    "100runs",
    "0runs",
    "1e9h",
    "999999999999h",
    "-1s",
    "0s",
    "1run",
]


@cache
def scenario_keys() -> list[str]:
    """Every dotted key of the small scenario's schema, with names of its own arms, areas and activities."""
    found = []
    for name, field in Scenario.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        found += [name] + [f"{name}.{one}" for one in inner or ()]
    arms = next(each for each in Scenario.model_fields["arms"].annotation.__args__ if hasattr(each, "model_fields"))
    found += [f"arms.recoproduce.{one}" for one in arms.model_fields]
    found += [f"areas.govan.{one}" for one in Area.model_fields] + ["areas.govan"]
    found += [f"activities.football.{one}" for one in Activity.model_fields] + ["activities.football", "extends"]
    return [
        *found,
        "areas.govan.hears_from.castlefern",
        "areas.govan.interests.football",
        "settings.nothing",
        "x",
        "x.y",
    ]


@cache
def study_keys() -> list[str]:
    """Every dotted key of a study file, and what may stand in its open tables."""
    found = [*Study.model_fields, "nothing"]
    found += [f"design.{one}" for one in Design.model_fields]
    return found + [f'factors."world.dissimilarity".{one}' for one in Factor.model_fields]


def key(luck: random.Random) -> str:
    """A key that there is, now and then one that there is not."""
    known = luck.choice(scenario_keys())
    if luck.random() < 0.05:
        return luck.choice([f"{'a.' * 499}b", f"{known}.{'b.' * 499}c", f"{known}x", '""', f'"{known}"', "é", "a..b"])
    return known


def value(luck: random.Random) -> str:
    """An odd value, or a list or table of some."""
    if luck.random() < 0.15:
        some = [luck.choice(VALUES) for _ in range(luck.randint(1, 3))]
        return f"[{', '.join(some)}]"
    return luck.choice(VALUES)


def lines(luck: random.Random, number: int) -> str:
    """So many odd values at keys of a scenario, as lines of a file that extends the small one."""
    text, later = "", ""
    for _ in range(number):
        at, what = key(luck), value(luck)
        table, _, name = at.partition(".")
        if table in ("areas", "activities") and name.count("."):
            later += f'[[{table}]]\nid = "{name.partition(".")[0]}"\n{name.partition(".")[2]} = {what}\n'
        else:
            text += f"{at} = {what}\n"
    return f'extends = "small.toml"\n{text}{later}' if luck.random() < 0.95 else text + later
