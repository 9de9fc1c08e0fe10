"""Files of wrong kinds for every command that takes one, and places for results that are none."""

import os
import random

import pytest

from tests.robustness.throwing import Case

pytestmark = pytest.mark.slow(reason="some hundred command lines, each in a process of its own")

SMALL, STUDY = "scenarios/small.toml", "experiments/study.toml"
ONE = ["--workers", "1"]
HEAD = 'scenario = "../scenarios/small.toml"\nreplicates = 1\n'


def fifo(path):
    """a FIFO that nobody writes to"""
    os.mkfifo(path)


def endless(path):
    """a link to /dev/zero"""
    path.symlink_to("/dev/zero")


def nothing(path):
    """a link to /dev/null"""
    path.symlink_to("/dev/null")


def loop(path):
    """a link to itself"""
    path.symlink_to(path.name)


def dangling(path):
    """a link to nowhere"""
    path.symlink_to("nowhere-at-all")


def folder(path):
    """a folder"""
    path.mkdir()


def locked(path):
    """a file without permissions"""
    path.write_text("format = 1\n")
    path.chmod(0)


def missing(path):
    """nothing"""


GRAPH = (
    '<?xml version="1.0"?>\n{}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<graph edgedefault="undirected">{}</graph></graphml>'
)
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{k} '{f'&a{k - 1};' * 10}'>" for k in range(1, 11)) + "]>\n"
)
KINDS = {
    "missing": missing,
    "folder": folder,
    "fifo": fifo,
    "endless": endless,
    "nothing": nothing,
    "loop": loop,
    "dangling": dangling,
    "locked": locked,
    "empty": b"",
    "blank": b" \n\t\n",
    "one byte": b"\x00",
    "junk": random.Random(1).randbytes(3000),
    "utf-16": 'extends = "small.toml"\na,b,c\n'.encode("utf-16"),
    "latin-1": 'title = "caf\xe9"\na,b,\xe9\n'.encode("latin-1"),
    "nul": b'title = "a\x00b"\nactivity,a\x00,b\nx,1,\x002\n',
    "large": b"# " + b"x" * 5_000_000,
    "large csv": b"a,b,c\n" + b"1,2,3\n" * 800_000,
    "one long line": b"x" * 900_000,
    "commas": b"," * 90_000,
    "many lines": b"\n" * 90_000,
    "quotes": b'"' * 9_999,
    "open quote": b'a,b,c\n"1,2,3\n' * 3,
    "carriage returns": b"a,b,c\r1,2,3\r",
    "marks": b"\xef\xbb\xbf" * 3,
    "semicolons": b"activity;There;Here\nx;1,5;2,5\ny;2;3\n",
    "tabs": b"activity\tThere\tHere\nx\t1\t2\n",
    "ragged": b"a,b,c\n1\n1,2,3,4,5\n",
    "only heads": b"activity,There,Here\n",
    "huge numbers": b"activity,There,Here\nx," + b"9" * 5000 + b",1\ny,1,1\n",
    "json": b'{"a": [1, 2, {}]}',
    "zip": b"PK\x03\x04" + b"\x00" * 500,
    "parquet": b"PAR1" + b"\x00" * 50 + b"PAR1",
    "png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 99,
    "deep xml": ("<a>" * 50_000).encode(),
    "deep toml": b"a = " + b"[" * 3000 + b"]" * 3000,
    "toml": b"a = 1\n",
    "node without id": GRAPH.format("", "<node/><node id='0'/>").encode(),
    "edge without target": GRAPH.format("", "<node id='0'/><edge source='0'/>").encode(),
    "edge to nobody": GRAPH.format("", "<node id='0'/><edge source='0' target='999999'/>").encode(),
    "edge to oneself": GRAPH.format("", "<node id='0'/><edge source='0' target='0'/>").encode(),
    "node twice": GRAPH.format("", "<node id='0'/><node id='0'/>").encode(),
    "node of letters": GRAPH.format("", "<node id='a'/>").encode(),
    "huge node": GRAPH.format("", f"<node id='{'9' * 5000}'/>").encode(),
    "negative node": GRAPH.format("", "<node id='-1'/>").encode(),
    "port": GRAPH.format("", "<port/><hyperedge/>").encode(),
    "data without key": GRAPH.format("", "<node id='0'><data key='x'>1</data></node>").encode(),
    "no graph": b'<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"/>',
    "other xml": b"<html/>",
    "directed": GRAPH.format("", "").replace("undirected", "directed").encode(),
    "laughs": GRAPH.format(LAUGHS, "<node id='&a10;'/>").encode(),
    "outside": GRAPH.format('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n', "<node id='&e;'/>").encode(),
    "edges from afar": b"source,target\n0,999999999\n",
    "edges of letters": b"source,target\na,b\n",
    "edges cut": b"source,target\n0\n",
    "edges of fractions": b"source,target\n0.5,1\n",
    "edges below": b"source,target\n-1,0\n",
    "edges huge": b"source,target\n0," + b"9" * 5000 + b"\n",
}
AS_TIES = [kind for kind in KINDS if kind not in ("large csv",)]
MAY_BE_RIGHT = {
    "ties": {"directed", "node of letters"},
    "cards": set(),
    "calibrate": set(),
    "list": set(),
}

# What is read, by the command that reads it: words, and the name of the file in their midst.
READERS = {
    "compare": ["compare", "odd.toml", "--replicates", "1", "--no-figures", "--out", "out", *ONE],
    "run": ["run", "odd.toml"],
    "run ties": ["run", SMALL, "--weeks", "1", "--ties", "odd.graphml"],
    "run ties csv": ["run", SMALL, "--weeks", "1", "--ties", "odd.csv"],
    "check": ["scenario", "check", "odd.toml"],
    "show": ["scenario", "show", "odd.toml"],
    "show key": ["scenario", "show", "odd.toml", "--key", "world.dissimilarity"],
    "arms": ["scenario", "arms", "odd.toml"],
    "diff a": ["scenario", "diff", "odd.toml", SMALL],
    "diff b": ["scenario", "diff", SMALL, "odd.toml"],
    "ties": ["scenario", "ties", "odd.toml", "--out", "out"],
    "cards": ["scenario", "new", "--cards", "odd.csv", "--name", "X", "--yes", "--base", SMALL, "--out", "out"],
    "base": ["scenario", "new", "--name", "X", "--yes", "--base", "odd.toml", "--out", "out"],
    "study run": ["study", "run", "odd.toml", "--store", "out", *ONE],
    "study resume": ["study", "resume", "odd.toml", "--store", "store", *ONE],
    "study status": ["study", "status", "odd.toml", "--store", "store"],
    "study results": ["study", "results", "odd.toml", "--store", "store"],
    "study list": ["study", "status", "experiments/asks.toml", "--store", "store"],
    "study scenario": ["study", "status", "experiments/other.toml", "--store", "store"],
    "extends": ["scenario", "check", "extending.toml"],
    "calibrate": [
        "calibrate",
        "odd.csv",
        "--scenario",
        SMALL,
        "--prior",
        "experiments/calibration/prior.csv",
        "--out",
        "out",
        *ONE,
    ],
    "calibrate prior": [
        "calibrate",
        "experiments/calibration/targets.csv",
        "--scenario",
        SMALL,
        "--prior",
        "odd.csv",
        "--out",
        "out",
        *ONE,
    ],
    "calibrate scenario": [
        "calibrate",
        "experiments/calibration/targets.csv",
        "--scenario",
        "odd.toml",
        "--prior",
        "experiments/calibration/prior.csv",
        "--out",
        "out",
        *ONE,
    ],
    "answers": ["reflect", "--answers", "odd.toml", "--replicates", "1", *ONE],
    "reflect scenario": ["reflect", "--scenario", "odd.toml", "--rest", "true", "--out", "out", *ONE],
    "pool": ["reflect", "pool", "odd.toml"],
    "pool of two": ["reflect", "pool", "answers.toml", "odd.toml"],
    "ablate": ["ablate", "odd.toml", "--replicates", "1", "--out", "out", *ONE],
    "validate": ["validate", "--patterns", "odd.toml", "--scenario", SMALL, "--out", "out", *ONE],
    "validate scenario": [
        "validate",
        "--patterns",
        "experiments/patterns.toml",
        "--scenario",
        "odd.toml",
        "--out",
        "out",
        *ONE,
    ],
    "reproduce": ["reproduce", "fig-1", "--experiments", "list", "--store", "out", "--out", "out", *ONE],
    "reproduce data": ["reproduce", "fig-1", "--experiments", "experiments", "--store", "whole", "--out", "out", *ONE],
    "scenario list": ["scenario", "list", "odd.toml"],
    "store": ["study", "status", STUDY, "--store", "odd.store"],
    "store to write": ["study", "run", STUDY, "--store", "odd.store", *ONE],
}
BESIDE = {
    "study list": {"experiments/asks.toml": f'{HEAD}[design]\nkind = "list"\nfile = "odd.csv"\n'},
    "study scenario": {"experiments/other.toml": 'scenario = "odd.toml"\n[factors]\n"purse.budget" = [1]\n'},
    "extends": {"extending.toml": 'extends = "odd.toml"\n'},
}
WHERE = {
    "study list": "experiments/odd.csv",
    "study scenario": "experiments/odd.toml",
    "extends": "odd.toml",
    "reproduce": "list/figures.toml",
    "reproduce data": "experiments/published.csv",
}
HARMLESS = {
    ("scenario list", "folder"),
    ("store", "folder"),
    ("store to write", "folder"),
    ("store to write", "missing"),
    ("run ties", "directed"),
    ("run ties csv", "edges from afar"),
}


def reading(reader, kind):
    """One command with one file."""
    words = READERS[reader]
    at = WHERE.get(reader) or next(word for word in words if word.startswith("odd."))

    def make(path):
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        if callable(KINDS[kind]):
            KINDS[kind](path)
        else:
            path.write_bytes(KINDS[kind])

    make.__doc__ = f"{kind}: {getattr(KINDS[kind], '__doc__', '') if callable(KINDS[kind]) else KINDS[kind][:100]!r}"
    may_be_right = (reader, kind) in HARMLESS or (reader.startswith("store") or kind == "locked")
    return Case(
        words,
        {**BESIDE.get(reader, {}), at: make},
        ("out", "store", "whole", *(["odd.store"] if reader.startswith("store") else [])),
        wrong=not may_be_right,
        note=f"{reader}, {kind}",
    )


def test_files_of_wrong_kinds(throw):
    """Slow: a part of all pairs of a command and a wrong kind of file; another seed takes another part."""
    pairs = [(reader, kind) for reader in READERS for kind in KINDS]
    chosen = random.Random("pairs").sample(pairs, len(pairs))
    first = [
        (r, k)
        for r, k in chosen
        if k in ("fifo", "endless", "node without id", "laughs", "semicolons", "utf-16", "large")
        and (r.endswith(("ties", "ties csv")) or k not in ("node without id", "laughs"))
    ]
    order = first + [pair for pair in chosen if pair not in first]
    throw("files", lambda luck, k: reading(*order[k % len(order)]))


def taken(path):
    """a folder full of the user's own files"""
    path.mkdir()
    for name in ("thesis.txt", "summary.json", "index.sqlite", "README.txt", "provenance.json"):
        (path / name).write_text("my own\n")
    (path / "figures").mkdir()
    (path / "figures" / "photo.png").write_text("my own\n")


def below_a_file(path):
    """a file where a folder should be"""
    path.parent.write_text("my own\n")


PLACES = {
    "taken": ("odd", taken),
    "fifo": ("odd", fifo),
    "loop": ("odd", loop),
    "dangling": ("odd", dangling),
    "endless": ("odd", endless),
    "file": ("odd", b"my own\n"),
    "below a file": ("odd/in", below_a_file),
    "unwritable": ("/proc/odd", missing),
    "unwritable, deep": ("/proc/odd/a/b", missing),
    "device": ("/dev/full", missing),
    "here": (".", missing),
    "above": ("..", missing),
    "root": ("/", missing),
    "empty": ("", missing),
    "long": ("x" * 300, missing),
    "very long": ("x/" * 3000, missing),
    "nul": ("a\x00b", missing),
    "lines": ("a\nb", missing),
    "home": ("~", missing),
    "store": ("store", missing),
    "mine": ("mine", missing),
    "notes": ("notes.txt", missing),
    "photo": ("mine/photo.png", missing),
    "option": ("--out", missing),
    "surrogate": ("a\udcffb", missing),
}
# What is written, by the command that writes it, and how its name must end.
WRITERS = {
    "compare": (["compare", SMALL, "--no-figures", *ONE, "--out"], ""),
    "network": (["run", SMALL, "--weeks", "1", "--area", "govan", "--network"], ".png"),
    "ties": (["scenario", "ties", SMALL, "--out"], ".graphml"),
    "ties csv": (["scenario", "ties", SMALL, "--out"], ".csv"),
    "new": (["scenario", "new", "--name", "X", "--yes", "--base", SMALL, "--out"], ".toml"),
    "results": (["study", "results", STUDY, "--store", "store", "--out"], ".csv"),
    "results parquet": (["study", "results", STUDY, "--store", "store", "--out"], ".parquet"),
    "results figure": (["study", "results", STUDY, "--store", "store", "--out"], ".svg"),
    "reflect": (["reflect", "--scenario", SMALL, "--rest", "true", *ONE, "--out"], ".toml"),
    "ablate": (["ablate", SMALL, "--mechanism", "mentoring", *ONE, "--out"], ""),
    "validate": (
        ["validate", "--patterns", "experiments/patterns.toml", "--scenario", SMALL, "--draws", "0", *ONE, "--out"],
        "",
    ),
    "calibrate": (
        [
            "calibrate",
            "experiments/calibration/targets.csv",
            "--scenario",
            SMALL,
            "--prior",
            "experiments/calibration/prior.csv",
            *ONE,
            "--store",
            "out",
            "--out",
        ],
        "",
    ),
    "reproduce": (["reproduce", "fig-1", "--experiments", "experiments", "--store", "whole", *ONE, "--out"], ""),
    "store": (["study", "run", STUDY, *ONE, "--store"], ""),
    "store of a calibration": (
        [
            "calibrate",
            "experiments/calibration/targets.csv",
            "--scenario",
            SMALL,
            "--prior",
            "experiments/calibration/prior.csv",
            *ONE,
            "--out",
            "out",
            "--store",
        ],
        "",
    ),
    "base beside": (["scenario", "new", "--yes", "--base", SMALL, "--name"], ""),
}


def writing(writer, place, luck):
    """One command that is to write to one place; an own file that the place names is left alone unless it ends well."""
    words, ends = WRITERS[writer]
    where, make = PLACES[place]
    if ends and luck.random() < 0.8 and where not in ("", ".", "..", "/"):
        where += ends
        place = {"mine": "beside", "notes": "beside", "store": "beside"}.get(place, place)
    makes = {} if make is missing else {where.removesuffix("/in" + ends).removesuffix("/in"): make}
    if make is below_a_file:
        makes = {"odd": b"my own\n"}
    own = place in ("taken", "mine", "file", "below a file")
    may = (
        ()
        if own or where in ("", ".", "..", "/", "mine/photo.png", "notes.txt")
        else (where.removeprefix("./").split("/")[0],)
    )
    if ends in (".svg", ".png"):
        may = (*may, where.removesuffix(ends) + ".txt")  # the description beside a picture
    if place == "file" and ends:
        may = (where,)  # it was named, and there is no --replace
    may = tuple(one for one in may if one != "notes.txt")  # nobody named that
    return Case(
        [*words, where],
        makes,
        (*may, "out", "store", "whole", "nowhere-at-all", "scenarios"),
        note=f"{writer}, {place}",
    )


def test_places_that_cannot_be_written(throw):
    """Slow: a part of all pairs of a command and a place; another seed takes another part."""
    pairs = [(writer, place) for writer in WRITERS for place in PLACES]
    order = random.Random("places").sample(pairs, len(pairs))
    throw("places", lambda luck, k: writing(*order[k % len(order)], luck))


@pytest.mark.parametrize("writer", ["network", "results figure"])
def test_a_picture_does_not_cost_a_text_of_ones_own(writer, throw):
    """Slow: by process."""
    words, ends = WRITERS[writer]
    throw("text", lambda luck, k: Case([*words, f"notes{ends}"], {}, (f"notes{ends}",)))
