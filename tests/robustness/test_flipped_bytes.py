"""Bytes flipped, cut off or added in every kind of file that the program keeps, and then the commands that read it."""

import random
import shutil

import pytest

from tests.robustness.throwing import Case

pytestmark = pytest.mark.slow(reason="each case is two or three commands, some of which simulate")

SMALL, STUDY, STORE, ONE = "scenarios/small.toml", "experiments/study.toml", ("--store", "store"), ("--workers", "1")
READING = [
    ["study", "status", STUDY, *STORE],
    ["study", "results", STUDY, *STORE],
    ["study", "run", STUDY, *STORE, *ONE],
    ["study", "resume", STUDY, *STORE, *ONE],
    ["study", "results", STUDY, *STORE, "--table", "runs", "--out", "out.csv"],
]


def damage(luck, pattern):
    """Something done to a file below the folder: bytes flipped, cut off or added, or all of it gone."""
    seed, how = luck.random(), luck.choice(["flip"] * 6 + ["cut", "cut", "add", "empty", "zeros"])

    def make(folder):
        own = random.Random(seed)
        path = own.choice(sorted(path for path in folder.rglob(pattern) if path.is_file()))
        content = bytearray(path.read_bytes())
        if not content:
            content, said = bytearray(own.randbytes(50)), "50 bytes added"
        elif how == "flip":
            places = [(own.randrange(len(content)), 1 << own.randrange(8)) for _ in range(own.randint(1, 8))]
            for place, bit in places:
                content[place] ^= bit
            said = ", ".join(f"byte {place} ^= {bit}" for place, bit in places)
        else:
            at = own.randrange(len(content))
            said = f"{how} at {at} of {len(content)}"
            content = {
                "cut": content[:at],
                "add": content + own.randbytes(50),
                "empty": b"",
                "zeros": content[:at] + bytes(len(content) - at),
            }[how]
        path.write_bytes(content)
        make.__doc__ = f"{path.relative_to(folder)}: {said}"

    return make


def test_a_damaged_store(throw):
    """Slow: three commands each; the last must find everything whole again."""

    def whole(at, end):
        return [] if "Nothing is missing" in end.out else ["what was damaged is not whole after study resume"]

    def case(luck, k):
        pattern = luck.choice(
            ["index.sqlite", "index.sqlite", "*.parquet", "*.parquet", "failed/*.toml", "README.txt", "*"]
        )
        make = {"store": damage(luck, pattern)}
        return [
            Case(luck.choice(READING), make, ("store", "out.csv")),
            Case(["study", "resume", STUDY, *STORE, *ONE], {}, ("store",)),
            Case(["study", "status", STUDY, *STORE], {}, ("store",), codes=frozenset({0}), after=whole),
        ]

    throw("store", case)


def test_a_damaged_index_is_set_aside_and_made_again_from_the_parts(throw):
    """Slow: by process."""

    def make(folder):
        content = bytearray((folder / "index.sqlite").read_bytes())
        content[3713] ^= 128
        (folder / "index.sqlite").write_bytes(content)

    def again(at, end):
        whole = "Nothing is missing" in end.out
        aside = (at / "store" / "index.sqlite.damaged").exists() or "Repaired" not in end.err
        return [] if whole and aside else [f"whole: {whole}, set aside: {aside}"]

    words = ["study", "status", STUDY, *STORE]
    throw("byte 3713", lambda luck, k: Case(words, {"store": make}, ("store",), codes=frozenset({0}), after=again))


def test_every_kind_of_damage_to_an_index(throw):
    """Slow: a sweep over the index, a bit in every so many bytes."""

    def case(luck, k):
        place, bit = luck.randrange(40_000), 1 << luck.randrange(8)

        def make(folder):
            content = bytearray((folder / "index.sqlite").read_bytes())
            content[place % len(content)] ^= bit
            (folder / "index.sqlite").write_bytes(content)
            make.__doc__ = f"index.sqlite: byte {place % len(content)} of {len(content)} ^= {bit}"

        status = Case(["study", "status", STUDY, *STORE], {"store": make}, ("store",), codes=frozenset({0}))
        return [status, Case(["study", "run", STUDY, *STORE, *ONE], {}, ("store",), codes=frozenset({0, 1}))]

    throw("index", case)


def test_damaged_results(throw):
    """Slow: a comparison each; a folder that is no longer known as results is left alone."""

    def case(luck, k):
        words = ["compare", SMALL, "--no-figures", *ONE, "--out", "compared"]
        return Case(words, {"compared": damage(luck, luck.choice(["summary.json", "*"]))}, ("compared",))

    throw("results", case)


def test_damaged_answers(throw):
    """Slow: by process, and now and then what the model says."""

    def case(luck, k):
        words = ["reflect", "pool", "answers.toml", "other.toml"]
        if luck.random() < 0.15:
            words = ["reflect", "--answers", "other.toml", "--replicates", "1", *ONE]
        make = damage(luck, "other.toml")

        def both(path):
            shutil.copy(path.parent / "answers.toml", path)
            make(path.parent)
            both.__doc__ = make.__doc__

        return Case(words, {"other.toml": both}, ("other.toml",))

    throw("answers", case)


def test_damaged_published_numbers(throw):
    """Slow: by process."""
    words = ["reproduce", "fig-1", "--experiments", "experiments", "--out", "out", "--store", "whole", *ONE]
    throw(
        "published",
        lambda luck, k: Case(
            words,
            {"experiments": damage(luck, luck.choice(["published.*", "figures.toml", "study.toml"]))},
            ("out", "whole"),
        ),
    )


def test_a_damaged_store_of_a_calibration(throw):
    """Slow: a calibration each, small as it is."""
    words = [
        "calibrate",
        "experiments/calibration/targets.csv",
        "--scenario",
        SMALL,
        "--prior",
        "experiments/calibration/prior.csv",
        "--set",
        "settings.weeks=110",
        "--set",
        "settings.replicates=2",
        "--worlds",
        "8",
        "--again",
        "4",
        "--points",
        "3",
        "--out",
        "out",
        *STORE,
        *ONE,
    ]

    def case(luck, k):
        return [Case(words, {}, ("out", "store")), Case(words, {"store": damage(luck, "*/*/*")}, ("out", "store"))]

    throw("calibration", case)
