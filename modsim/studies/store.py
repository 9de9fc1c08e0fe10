"""The run store: every finished run is kept under what it is, and nothing finished is ever lost or run twice.

A run is one arm at one point in one replicate. Its key is a hash of the code that decides numbers, of
everything in the scenario that does, of the arm, the reference arm and the future: the same key, the same numbers,
whoever ran it. Numbers lie in Parquet parts named by a hash of their bytes; an SQLite index says which part holds
which run, and which runs failed and why. A part is whole before the index names it, and the index can be made again
from the parts, so a process may be killed at any moment.
"""

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

if TYPE_CHECKING:
    import pandas as pd

_INDEX = "index.sqlite"
_MARK = "This folder is a run store of modsim. Its files are made and read by `modsim study`.\n"
_MARK_FILE = "README.txt"
_OWN_NAMES = {_MARK_FILE, "parts", "failed", "damaged", _INDEX, f"{_INDEX}-journal", ".lock"}
_RECORD = "# modsim-failed-run "
_SMALL_PARTS = 64  # so many small parts are put together into one
_LARGE_BYTES = 8_000_000
_OLD_SECONDS = 86_400
_AT_ONCE = 500  # keys asked for in one question to the index
_TABLES = """
create table if not exists runs (
  key text primary key, what text not null, code text not null, part text, cause text, record text
);
create index if not exists runs_by_what on runs (what);
create table if not exists parts (name text primary key, bytes integer not null, runs integer not null);
"""
_OUTSIDE = ("locked", "readonly", "unable to open", "full", "disk i/o")  # troubles of an index that is not damaged


class StoreError(OSError):
    """A run store that cannot be used; the message says why and what to do."""


class NotAStoreError(StoreError):
    """A folder that is no run store, or cannot become one."""


@dataclass(frozen=True)
class RunName:
    """What a run is: `what` is a hash of all that decides its numbers but the code, `key` of the code too."""

    key: str
    what: str


def run_name(code: str, content: str, replicate: int) -> RunName:
    """The name of a run, from the code, from all that decides its numbers, and from its replicate."""
    what = _hash(f"{content}\x1f{replicate}".encode())
    return RunName(_hash(f"{code}\x1f{what}".encode()), what)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


@dataclass(frozen=True)
class Failure:
    """A run that failed: the last line of what went wrong, and the file that tells all of it."""

    cause: str
    record: str


class RunStore:
    """A folder of finished runs. Open it with the hash of the code; `repaired` tells what had to be mended.

    With `reading` nothing is written: what is missing from the index is looked up in the parts, in memory only.
    """

    def __init__(self, folder: Path, code: str, reading: bool = False):
        self.folder, self.code, self._reading = folder.resolve(), code, reading
        self.repaired: list[str] = []
        self._parts = self.folder / "parts"
        self._lock: AbstractContextManager[Any] = nullcontext()
        with _told(self.folder):
            self._claim()
            if not reading:
                self._lock = FileLock(self.folder / ".lock")  # one process at a time changes the store
            with self._lock:
                self._index = self._copied() if reading else self._opened()
                self._tidy()

    def close(self) -> None:
        self._index.close()

    def _claim(self) -> None:
        """Make the folder, or refuse one that holds something else."""
        mark = self.folder / _MARK_FILE
        if self.folder.exists() and not self.folder.is_dir():
            raise NotAStoreError(f"{self.folder}: is a file; give a folder with --store")
        others = {path.name for path in self.folder.iterdir()} - _OWN_NAMES if self.folder.exists() else set()
        if others and not mark.exists():
            raise NotAStoreError(
                f"{self.folder}: holds files that are no run store ({', '.join(sorted(others)[:3])}); give another "
                "folder with --store"
            )
        if self._reading:
            return
        for name in ("parts", "failed"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        if not mark.exists():
            mark.write_text(_MARK, encoding="utf-8")

    def _opened(self) -> sqlite3.Connection:
        """The index, made again from parts and records if it is damaged."""
        try:
            return self._connected()
        except OSError:
            raise
        except Exception as error:  # damage shows in many ways: even the text of an error may be damaged
            if isinstance(error, sqlite3.Error) and any(word in str(error).lower() for word in _OUTSIDE):
                raise
        for name in (_INDEX, f"{_INDEX}-journal"):
            if (self.folder / name).exists():
                (self.folder / name).replace(self.folder / f"{name}.damaged")
        self.repaired.append(f"the index of {self.folder} was damaged; it was made again from the parts")
        self._index = self._connected()
        for record in sorted((self.folder / "failed").glob("*.toml")):
            self._enter_failure(record)
        return self._index

    def _copied(self) -> sqlite3.Connection:
        """A copy of the index in memory; an empty one, with what failed, if it cannot be read."""
        copy = sqlite3.connect(":memory:")
        try:
            where = (self.folder / _INDEX).as_uri() + "?mode=ro"
            with closing(sqlite3.connect(where, uri=True, timeout=60)) as index:
                index.backup(copy)
            return self._sound(copy)
        except Exception:  # whatever is wrong with it: the parts hold all that is needed
            self._index = self._sound(sqlite3.connect(":memory:"))
        for record in sorted((self.folder / "failed").glob("*.toml")):
            self._enter_failure(record)
        return self._index

    def _connected(self) -> sqlite3.Connection:
        return self._sound(sqlite3.connect(self.folder / _INDEX, timeout=60))

    @staticmethod
    def _sound(index: sqlite3.Connection) -> sqlite3.Connection:
        """The index with its tables; whatever reading it raises is damage."""
        try:
            index.executescript(_TABLES)
            if index.execute("pragma quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check found damage")
            index.execute("select key, what, code, part, cause, record from runs limit 1").fetchone()
            index.execute("select name, bytes, runs from parts limit 1").fetchone()
        except Exception:
            index.close()
            raise
        return index

    def _tidy(self) -> None:
        """Take in parts that no index entry names yet, and let go of entries whose part is missing or cut short."""
        for left_behind in (
            [] if self._reading else [*self._parts.glob(".new-*"), *(self.folder / "failed").glob(".new-*")]
        ):
            if time.time() - left_behind.stat().st_mtime > _OLD_SECONDS:  # no process still writes it
                left_behind.unlink(missing_ok=True)
        known = dict(self._index.execute("select name, bytes from parts"))
        there = {path.name: path.stat().st_size for path in self._parts.glob("*.parquet")}
        for name in [name for name, size in known.items() if there.get(name) != size]:
            self._set_aside(name, "was cut short" if name in there else "is missing")
            there.pop(name, None)
        counts = dict(self._index.execute("select part, count(*) from runs where part is not null group by part"))
        short = [n for n, runs in self._index.execute("select name, runs from parts") if counts.get(n, 0) < runs]
        for name in sorted((set(there) - set(known)) | (set(there) & set(short))):
            try:
                runs = self._read(name, ["key", "what", "code"]).drop_duplicates()
            except StoreError:
                self._set_aside(name, "cannot be read")
                continue
            self._enter(name, runs.itertuples(index=False, name=None))

    # --- what is there -----------------------------------------------------------------------------------------

    def known(self, names: Sequence[RunName]) -> tuple[set[str], dict[str, Failure]]:
        """Keys of the runs among these that are finished, and those that failed."""
        finished, failed = set(), {}
        for key, part, cause, record in self._rows("key, part, cause, record", "key", [name.key for name in names]):
            if part is not None:
                finished.add(key)
            else:
                failed[key] = Failure(cause, record)
        return finished, failed

    def by_other_code(self, names: Sequence[RunName]) -> dict[str, int]:
        """How many of these runs other versions of the code have finished, by version."""
        counts: dict[str, int] = {}
        for code, part in self._rows("code, part", "what", [name.what for name in names]):
            if code != self.code and part is not None:
                counts[code] = counts.get(code, 0) + 1
        return counts

    def _rows(self, columns: str, by: str, values: list[str]) -> Iterator[tuple[Any, ...]]:
        with _told(self.folder):
            for start in range(0, len(values), _AT_ONCE):
                some = values[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                yield from self._index.execute(f"select {columns} from runs where {by} in ({marks})", some).fetchall()

    def figures(self, keys: Iterable[str]) -> "pd.DataFrame":
        """The figures of finished runs, a row for each run and area: columns key, area and the figures.

        Raises
        ------
        StoreError
            when parts are damaged: they are set aside first, so that the runs can be done again.
        """
        wanted = list(dict.fromkeys(keys))
        with _told(self.folder), self._lock:
            return self._figures(wanted)

    def _figures(self, wanted: list[str]) -> "pd.DataFrame":
        import pandas as pd

        tables, damaged = [], []
        for name in sorted({part for (part,) in self._rows("part", "key", wanted) if part is not None}):
            try:
                if not self._is_sound(name):
                    raise StoreError("its bytes are not those that were written")
                tables.append(self._read(name))
            except (OSError, ValueError):
                damaged.append(name)
        if damaged:
            lost = sum(self._set_aside(name, "is damaged") for name in damaged)
            aside = "" if self._reading else " and now in damaged/"
            raise StoreError(
                f"{self.folder}: {len(damaged)} part{'s are' if len(damaged) > 1 else ' is'} damaged "
                f"({', '.join(damaged[:3])}){aside}; {lost} runs are to be done again: `modsim study resume`"
            )
        if not tables:
            return pd.DataFrame({"key": [], "area": []}, dtype=object)
        table = pd.concat(tables, ignore_index=True)
        return table[table["key"].isin(set(wanted))].drop(columns=["what", "code"]).drop_duplicates(["key", "area"])

    # --- what is added -------------------------------------------------------------------------------------------

    def add(self, runs: "pd.DataFrame") -> None:
        """Keep finished runs: a row for each run and area, with columns key, what, area and the figures."""
        with _told(self.folder), self._lock:
            self._put(runs.assign(code=self.code))

    def _put(self, runs: "pd.DataFrame") -> str:
        names = runs[["key", "what", "code"]].drop_duplicates()
        name = self._write(lambda place: runs.to_parquet(place, index=False))
        self._enter(name, names.itertuples(index=False, name=None))
        return name

    def fail(self, name: RunName, cause: str, record: str) -> Path:
        """Keep a failed run with its cause; `record` is the text of the file that tells all of it."""
        with _told(self.folder), self._lock:
            path = self.folder / "failed" / f"{name.key}.toml"
            first = json.dumps({"key": name.key, "what": name.what, "code": self.code, "cause": cause})
            _write_whole(path, f"{_RECORD}{first}\n{record}".encode())
            self._enter_failure(path)
            return path

    def _enter_failure(self, record: Path) -> None:
        """Put a failed run into the index from its record; one that was done since stays done."""
        try:
            told = json.loads(record.read_text(encoding="utf-8").splitlines()[0].removeprefix(_RECORD))
            row = told["key"], told["what"], told["code"], told["cause"], f"failed/{record.name}"
        except (ValueError, KeyError, IndexError):
            return  # not one of ours: it is left where it lies
        with self._index:
            self._index.execute(
                "insert into runs values (?, ?, ?, null, ?, ?) on conflict (key) do update "
                "set cause = excluded.cause, record = excluded.record where part is null",
                row,
            )

    def gather(self) -> None:
        """Put many small parts together into large ones; nothing is lost if this is stopped half-way."""
        import pandas as pd

        with _told(self.folder), self._lock:
            mine = "select name, bytes from parts where name in (select part from runs where code = ?) order by name"
            sizes = dict(self._index.execute(mine, (self.code,)))
            small = [name for name, size in sizes.items() if size < _LARGE_BYTES and self._is_sound(name)]
            while len(small) >= _SMALL_PARTS:
                some: list[str] = []
                while small and sum(sizes[name] for name in some) < 2 * _LARGE_BYTES:
                    some.append(small.pop())
                tables = [self._read(name) for name in some]
                new = self._put(pd.concat(tables, ignore_index=True).drop_duplicates(["key", "area"]))
                for name in set(some) - {new}:
                    with self._index:
                        self._index.execute("delete from parts where name = ?", (name,))
                    (self._parts / name).unlink(missing_ok=True)

    def _is_sound(self, name: str) -> bool:
        path = self._parts / name
        return path.exists() and _hash(path.read_bytes()) == path.stem

    def _write(self, write: Callable[[Path], Any]) -> str:
        """A new part, whole, named by its bytes."""
        handle, place = tempfile.mkstemp(prefix=".new-", dir=self._parts)
        os.close(handle)
        new = Path(place)
        try:
            write(new)
            content = new.read_bytes()
            with new.open("rb") as written:
                os.fsync(written.fileno())
            name = f"{_hash(content)}.parquet"
            new.chmod(0o644)
            new.replace(self._parts / name)
        finally:
            new.unlink(missing_ok=True)
        return name

    def _enter(self, part: str, runs: Iterable[tuple[str, str, str]]) -> None:
        rows = [(key, what, code, part) for key, what, code in runs]
        with self._index:
            self._index.execute(
                "insert or replace into parts values (?, ?, ?)",
                (part, (self._parts / part).stat().st_size, len(rows)),
            )
            self._index.executemany(
                "insert into runs values (?, ?, ?, ?, null, null) on conflict (key) do update "
                "set part = excluded.part, cause = null, record = null",
                rows,
            )
        if not self._reading and any((self.folder / "failed").iterdir()):
            for key, *_ in rows:  # what has failed before has now been done
                (self.folder / "failed" / f"{key}.toml").unlink(missing_ok=True)

    def _set_aside(self, name: str, why: str) -> int:
        """Let go of a part that cannot be used; returns how many runs go with it."""
        with self._index:
            lost = self._index.execute("delete from runs where part = ?", (name,)).rowcount
            self._index.execute("delete from parts where name = ?", (name,))
        if self._reading:
            self.repaired.append(f"{self.folder}: part {name} {why}; `modsim study run` does its {lost} runs again")
            return lost
        if (self._parts / name).exists():
            (self.folder / "damaged").mkdir(exist_ok=True)
            (self._parts / name).replace(self.folder / "damaged" / name)
        self.repaired.append(f"{self.folder}: part {name} {why}; {lost} runs are to be done again")
        return lost

    def _read(self, name: str, columns: list[str] | None = None) -> "pd.DataFrame":
        import pandas as pd
        import pyarrow

        try:
            return pd.read_parquet(self._parts / name, columns=columns)
        except (OSError, ValueError, pyarrow.ArrowException) as error:
            raise StoreError(f"{self._parts / name}: cannot be read: {error}") from None


def _write_whole(path: Path, content: bytes) -> None:
    handle, place = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(place).replace(path)
    finally:
        Path(place).unlink(missing_ok=True)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Whatever the disk or the index refuses, in one sentence that says what to do."""
    try:
        yield
    except StoreError:
        raise
    except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error)
        if full:
            free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
            message = f"the disk is full ({free // 1_000_000:,} MB free); make room and give the same command again"
        elif isinstance(error, UnicodeDecodeError) or "malformed" in str(error) or "not a database" in str(error):
            message = "the index is damaged; give the same command again, and it is made again from the parts"
        elif "locked" in str(error):
            message = "another process holds the index; wait for it, or give another folder with --store"
        else:
            reason = getattr(error, "strerror", None) or error
            message = f"cannot be used ({reason}); give another folder with --store"
        raise StoreError(f"{folder}: {message}. All runs finished before are kept.") from None


def opened(folder: Path, code: str, reading: bool = False) -> AbstractContextManager[RunStore]:
    """A store that is closed at the end of a `with` block; with `reading` nothing is written."""
    return closing(RunStore(folder, code, reading))
