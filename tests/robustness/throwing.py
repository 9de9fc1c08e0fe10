"""A case is a command line in a folder of files; what is promised of every case is written here, once."""

import hashlib
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[2]
SEED = os.environ.get("MODSIM_HOSTILE_SEED", "1")  # another one throws other things
ONLY = os.environ.get("MODSIM_HOSTILE_ONLY")  # the number of one case, to throw it again
MOST_LINES, MOST_LETTERS = 25, 1000
# How many cases of each part; of a part that is not named, one. MODSIM_HOSTILE_TIMES=10 throws ten times as many.
CASES = {
    "by file": 110,
    "by --set": 110,
    "by study": 80,
    "by fixed": 60,
    "words": 150,
    "files": 200,
    "places": 80,
    "store": 14,
    "index": 30,
    "results": 6,
    "answers": 16,
    "published": 8,
    "calibration": 1,
    "compare": 8,
    "compare, two workers": 3,
    "study": 16,
    "study, two workers": 2,
    "run": 12,
    "others": 6,
}
TIMES = int(os.environ.get("MODSIM_HOSTILE_TIMES", "1"))
PATIENCE = float(os.environ.get("MODSIM_HOSTILE_PATIENCE", "120"))  # seconds after which a command hangs
ENOUGH = 20  # seconds after which one that simply has much to do is asked to stop
CODES = {0, 1, 2, 130, 143}
_READ = 200_000  # bytes of a message that are looked at
_OUR_DEFAULTS = ("results", "experience.toml")  # where commands write if they are not told where

Make = bytes | str | Callable[[Path], Any]


@dataclass
class Case:
    """One command. `makes` is what is put into the folder before, `may_change` what the command may write there.

    `wrong` says that it must not end well. `stop` is when to send it a signal, as in `server.tell_when`.
    """

    words: list[str]
    makes: dict[str, Make] = field(default_factory=dict)
    may_change: tuple[str, ...] = ()
    wrong: bool = False
    env: dict[str, str] = field(default_factory=dict)
    stop: dict[str, Any] | None = None
    enough: float | None = ENOUGH
    codes: frozenset[int] | None = None
    after: Callable[[Path, "End"], list[str]] | None = None  # what more is promised
    note: str = ""


@dataclass
class End:
    """How a command ended."""

    code: int
    seconds: float
    hung: bool
    signalled: bool
    left_behind: bool
    out: str
    err: str


class Server:
    """The process that all commands are forked from."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.server"],
            cwd=HOME,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        assert self._process.stdout.readline() == "ready\n"

    def run(self, case: Case, cwd: Path) -> End:
        out, err = self.folder / "out.txt", self.folder / "err.txt"
        request = {
            "words": case.words,
            "cwd": str(cwd),
            "out": str(out),
            "err": str(err),
            "env": case.env,
            "stop": case.stop,
            "enough": None if case.stop or case.wrong else case.enough,
            "patience": PATIENCE,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        return End(**said, out=_start_of(out), err=_start_of(err))

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=20)


def _start_of(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_READ).decode("utf-8", "replace")


def what_is_there(folder: Path) -> dict[str, str]:
    """Everything below a folder, each with what would tell that it was changed."""
    found = {}
    for home, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(home, name)
            known = os.lstat(path)
            kind = oct(known.st_mode)
            if os.path.islink(path):
                kind += os.readlink(path)
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    kind += hashlib.sha256(file.read()).hexdigest()
            found[os.path.relpath(path, folder)] = kind
    return found


def broken(case: Case, end: End, before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    """The promises that a command did not keep."""
    lines = end.err.splitlines()
    if end.hung and case.stop and not end.signalled:
        yield "was not yet as far as to be stopped"  # the case asks for too much
        return
    if end.hung:
        yield f"hung for {end.seconds:.0f} s: {_where(end.err)}"
        return
    for name, text in (("stderr", end.err), ("stdout", end.out)):
        if "Traceback (most recent call last)" in text or "Exception ignored" in text:
            yield f"traceback on {name}: {_where(text)}"
            return
        if re.search(r"leaked semaphore|resource_tracker|leaked shared", text):
            yield f"warning of leaked semaphores on {name}"
        elif warning := re.search(r"^.*\b(\w*Warning): .*$", text, re.MULTILINE):
            yield f"warning on {name}: {warning[0][:200]}"
    code = 143 if end.code == -15 else end.code
    codes = case.codes or ({1, 2} if case.wrong else CODES)
    if case.enough and end.signalled and not case.stop:
        codes = codes | {130}
    if code not in codes:
        yield f"exit code {end.code}, not one of {sorted(codes)}"
    if code == 130:
        if "topped" not in end.out + end.err:
            yield "exit code 130 without saying that it was stopped"
    elif code not in (0, 143) and end.code > 0 and not end.err.strip() and not (code == 1 and end.out.strip()):
        # what differs is told as a result, with code 1; who is ordered to end ends without a word, with 143
        yield f"exit code {end.code} without a word on stderr"
    if len(lines) > MOST_LINES:
        yield f"more than {MOST_LINES} lines on stderr: {_kind(lines[-1])}"
    if lines and max(map(len, lines)) > MOST_LETTERS:
        yield f"a line of more than {MOST_LETTERS} letters on stderr: {_kind(max(lines, key=len))}"
    if end.left_behind:
        yield "processes were left behind"
    may_change = (*case.may_change, *_OUR_DEFAULTS)
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) == after.get(path):
            continue
        if any(path == one or path.startswith(f"{one}/") or one.startswith(f"{path}/") for one in may_change):
            continue
        how = "is gone" if path not in after else "was changed" if path in before else "appeared"
        yield f"{re.sub(r'[0-9a-f]{6,}|[a-z0-9_]{8}$', '…', path)} {how}"


def _kind(line: str) -> str:
    """A message without what it is about."""
    return re.sub(r"['\"‘“].*?['\"’”]|\S*[/.\d]\S*", "…", line[:2000])[:100]


def _where(text: str) -> str:
    """The last line of a traceback, and the place in the program that it came from."""
    places = re.findall(r'File "([^"]+)"[:,] line (\d+)(?:,)? in (.*)', text)
    ours = [place for place in places if "/modsim/" in place[0]]
    last = [line for line in text.splitlines() if line and not line.startswith((" ", "During", "The above"))]
    said = last[-1][:160] if last else "?"
    chosen = (ours or places or [("?", "?", "?")])[0 if "most recent call first" in text else -1]
    return f"{said} at {chosen[0].split('site-packages/')[-1].removeprefix(f'{HOME}/')}:{chosen[1]} in {chosen[2]}"


class Thrower:
    """Throws cases, each at a fresh copy of a folder of files, and gathers what was broken."""

    def __init__(self, server: Server, template: Path, folder: Path):
        self.server, self.template, self.folder = server, template, folder

    def end_of(self, case: Case, at: Path) -> tuple[End, list[str]]:
        """How a case ends in this folder, and which promises it breaks."""
        for path, make in case.makes.items():
            put(at / path, make)
        before = what_is_there(at)
        end = self.server.run(case, at)
        found = list(broken(case, end, before, what_is_there(at)))
        return end, found + (case.after(at, end) if case.after is not None and not found else [])

    def throw(self, part: str, make: Callable[[random.Random, int], Case | list[Case]]) -> None:
        """All cases of a part; afterwards, fail with all that was broken, the same trouble told once.

        Several cases at once are commands given one after the other in one folder.
        """
        number = TIMES * CASES[part] if part in CASES else 1
        found: dict[str, list[str]] = {}
        for k in [int(ONLY)] if ONLY else range(number):
            made = make(random.Random(f"{SEED} {part} {k}"), k)
            at = self.folder / "case"
            shutil.copytree(self.template, at, symlinks=True)
            try:
                for case in made if isinstance(made, list) else [made]:
                    end, lost = self.end_of(case, at)
                    for one in lost:
                        found.setdefault(one, []).append(told(part, k, case, end))
                    if ONLY:
                        print(told(part, k, case, end), end.out, end.err, sep="\n")
            finally:
                shutil.rmtree(at)
        text = "".join(f"\n=== {one} ({len(cases)} times)\n{cases[0]}\n" for one, cases in found.items())
        assert not found, f"{len(found)} promises broken, of {number} cases:\n{text}"


def told(part: str, k: int, case: Case, end: End) -> str:
    """A case as one would throw it again."""
    shown = [f"    {path}: {_shown(make)}" for path, make in case.makes.items()]
    said = "\n".join(f"    | {line[:200]}" for line in end.err.splitlines()[-4:])
    words = " ".join(shlex.quote(w) if len(w) < 200 else f"{w[:80]!a}…({len(w):,} letters)" for w in case.words)
    return (
        "\n".join(
            [
                f"  MODSIM_HOSTILE_SEED={SEED} MODSIM_HOSTILE_ONLY={k} of {part!r}: modsim {words}",
                *shown,
                f"    exit code {end.code} after {end.seconds:.1f} s; {case.note}",
                said,
            ]
        )
        .encode("utf-8", "backslashreplace")
        .decode()
    )


def _shown(make: Make) -> str:
    if callable(make):
        return getattr(make, "__doc__", None) or make.__name__
    return ascii(make) if len(make) < 300 else f"{make[:150]!a} … {make[-60:]!a} ({len(make):,} long)"


def put(path: Path, make: Make) -> None:
    """Put a file, or whatever it is, into its place."""
    if callable(make):
        make(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.exists():
        path.unlink()
    path.write_bytes(make.encode("utf-8", "surrogatepass") if isinstance(make, str) else make)
