"""The folder that every case begins in, and what throws cases at it. All of it is slow, and only run when asked for."""

import shutil

import pytest

from modsim.studies.loading import load_study
from modsim.studies.running import StudyRun, deciding_code
from modsim.studies.store import opened
from tests.robustness.throwing import HOME, Case, Server, Thrower

_SMALL = """extends = "three-areas.toml"
title = "Small"
[settings]
weeks = 8
replicates = 1
arms = ["transplant", "recoproduce"]
break_even_points = []
[[areas]]
id = "gorbals"
population = 1600
[[areas]]
id = "castlefern"
population = 2400
[[areas]]
id = "govan"
population = 1500
opens_week = 0
"""
_STUDY = """format = 1
title = "Small"
scenario = "../scenarios/small.toml"
arms = ["transplant", "recoproduce"]
replicates = 1
[factors]
"world.dissimilarity" = [0.2, 0.6]
"""
_LIST = _STUDY.split("[factors]")[0] + '[design]\nkind = "list"\nfile = "points.csv"\n'
_CARDS = "activity,There,Here\nfootball,40,20\njoinery,30,30\nmusic,20,40\n"
_EXPERIENCE = 'format = 1\nabout = "here"\nscenario = "scenarios/small.toml"\n' + "".join(
    f'[replies.insight-{k}]\nanswer = "{("true", "partly", "not")[k % 3]}"\nwhy = "so"\n' for k in range(1, 8)
)
_FIGURES = '[fig-1]\nstudy = "study.toml"\ndata = "published.csv"\npicture = "../fig-1.png"\n'


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    found = Server(tmp_path_factory.mktemp("said"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def template(server, tmp_path_factory):
    """A folder as a user may have it: files of every kind, a run store, results, and things of one's own."""
    at = tmp_path_factory.mktemp("template") / "work"
    for name in ("scenarios", "experiments", "mine"):
        (at / name).mkdir(parents=True)
    shutil.copy(HOME / "scenarios" / "three-areas.toml", at / "scenarios")
    shutil.copytree(HOME / "experiments" / "calibration", at / "experiments" / "calibration")
    shutil.copy(HOME / "experiments" / "validation" / "patterns.toml", at / "experiments")
    for path, text in {
        "scenarios/small.toml": _SMALL,
        "experiments/study.toml": _STUDY,
        "experiments/list.toml": _LIST,
        "experiments/points.csv": "world.dissimilarity\n0.2\n0.6\n",
        "experiments/figures.toml": _FIGURES,
        "cards.csv": _CARDS,
        "answers.toml": _EXPERIENCE,
        "notes.txt": "my own\n",
        "mine/photo.png": "my own\n",
    }.items():
        (at / path).write_text(text)
    end = server.run(Case(["study", "run", "experiments/study.toml", "--store", "store", "--budget", "3runs"]), at)
    assert end.code == 0, end.err
    _fail_one(at / "experiments" / "study.toml", at / "store")
    for words in (
        ["study", "run", "experiments/study.toml", "--store", "store"],
        ["study", "resume", "experiments/study.toml", "--store", "whole"],
        [
            "study",
            "results",
            "experiments/study.toml",
            "--store",
            "whole",
            "--table",
            "runs",
            "--out",
            "experiments/published.csv",
        ],
        ["compare", "scenarios/small.toml", "--no-figures", "--out", "compared"],
        ["scenario", "ties", "scenarios/small.toml", "--out", "ties.graphml"],
        ["scenario", "ties", "scenarios/small.toml", "--out", "ties.csv"],
    ):
        end = server.run(Case(words), at)
        assert end.code == (1 if words[1] == "run" else 0), (words, end.err)
    return at


def _fail_one(study, folder):
    """Keep one of the runs that are missing as failed."""
    with opened(folder, deciding_code()) as store:
        found = StudyRun(load_study(study), store)
        missing = next(
            run for run, name in found.names.items() if name in found.different and run not in found.standing()[0]
        )
        store.fail(found.names[missing], "ValueError: made up", "# made up\n")


@pytest.fixture
def throw(server, template, tmp_path):
    return Thrower(server, template, tmp_path).throw
