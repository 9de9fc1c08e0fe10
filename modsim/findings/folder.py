"""The results folder: tables, summary, resolved scenario, provenance and figures, written whole or not at all."""

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modsim.compiling.sources import code_hash
from modsim.findings.comparison import Comparison
from modsim.inputs.writing import resolved_toml

if TYPE_CHECKING:
    import pandas as pd

_ROWS_AT_ONCE = 1_000_000  # of the weekly table
_FILES = {
    "summary.json", "comparison.parquet", "weekly.parquet", "ledger.parquet", "scenario.toml", "provenance.json",
    "figures",
}  # fmt: skip
_OF_A_FIGURE = (".svg", ".png", ".txt")
_PACKAGES = ("mesa", "numpy", "scipy", "networkx", "matplotlib", "pydantic", "pandas", "pyarrow")


class FolderError(OSError):
    """A results folder that cannot be written; the message says why and what to do."""


def check_folder(folder: Path, names: Iterable[str] = _FILES, marker: str = "summary.json") -> Path:
    """The folder, resolved; refused before any work if it could not be written or holds something else.

    `names` are the files that results of this kind have, `marker` the one of them that says in its schema that it is
    of modsim.
    """
    try:
        folder = folder.resolve()
        if folder == Path.cwd() or folder in Path.cwd().parents:
            raise FolderError(f"{folder}: is the folder one works in, or above it; give a new one with --out")
        if folder.exists() and not folder.is_dir():
            raise FolderError(f"{folder}: is a file; give a folder that does not exist yet, or one of earlier results")
        if folder.exists() and (others := _not_ours(folder, set(names), marker)):
            raise FolderError(
                f"{folder}: holds files that are not results of modsim ({', '.join(others[:3])}); give another folder"
            )
        nearest = next(place for place in folder.parents if place.exists())
        os.rmdir(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=nearest))
    except OSError as error:
        if isinstance(error, FolderError):
            raise
        raise FolderError(
            f"{str(folder)[:200]}: cannot be written ({error.strerror or error}); give another with --out"
        ) from None
    return folder


def _not_ours(folder: Path, allowed: set[str], marker: str) -> list[str]:
    """Names in a folder that no results of ours would have; all of them where there is no marker of ours."""
    names = sorted(path.name for path in folder.iterdir())
    try:
        ours = str(json.loads((folder / marker).read_text(encoding="utf-8"))["schema"]).startswith("modsim-")
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    figures = [path for path in (folder / "figures").glob("*") if not _is_a_figure_of_ours(path)]
    return [name for name in names if not ours or name not in allowed] + [f"figures/{path.name}" for path in figures]


def _is_a_figure_of_ours(path: Path) -> bool:
    """Whether a file belongs to a figure that this program drew: each stands there as SVG, PNG and in words."""
    return path.suffix in _OF_A_FIGURE and all(path.with_suffix(kind).is_file() for kind in _OF_A_FIGURE)


def place_for(comparison: Comparison, folder: Path) -> Path:
    """Where results go: beside the folder, named `…-stopped`, where these are cut short and more stand there."""
    try:
        kept = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["replicates"]
    except (OSError, ValueError, KeyError, TypeError):
        return folder
    shorter = comparison.interrupted and isinstance(kept, int) and kept > comparison.replicates
    return folder.with_name(f"{folder.name}-stopped") if shorter else folder


def write_folder(
    comparison: Comparison,
    folder: Path,
    command: str = "",
    draw: Callable[..., Any] | None = None,
    layers: dict[str, Any] | None = None,
) -> str | None:
    """Write all results of a comparison into a folder, replacing earlier results there.

    Everything is written beside it first and moved into place at the end. `layers` goes into the summary beside the
    rest. Figures are then added with `draw`, as by `add_figures`; without it there are none.
    """
    folder = check_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise FolderError(f"{folder}: cannot be written: {error.strerror or error}; give another with --out") from None
    try:
        partial.chmod(0o755)
        _fill(comparison, partial, command, layers)
        _put_in_place(partial, folder)
    except OSError as error:
        raise FolderError(
            f"{folder}: could not be written: {error.strerror or error}; nothing was left there"
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return None if draw is None else add_figures(comparison, folder, draw)


def add_figures(comparison: Comparison, folder: Path, draw: Callable[..., Any]) -> str | None:
    """Draw the figures of results that were written into this folder, by `draw(comparison, folder)`.

    Whatever goes wrong with them, or stops them, must not cost the tables: it is returned in a few words, and there
    are none.
    """
    partial = None
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        draw(comparison, partial)
        partial.chmod(0o755)
        partial.rename(folder / "figures")
    except KeyboardInterrupt:
        return "they were stopped"
    except Exception as error:  # any failure of the drawing library is told
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no more is known'}"
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return None


def _fill(comparison: Comparison, folder: Path, command: str, layers: dict[str, Any] | None) -> None:
    provenance = provenance_of(comparison, command)
    _write_json(folder / "summary.json", comparison.summary | ({} if layers is None else {"layers": layers}))
    _write_json(folder / "provenance.json", provenance)
    (folder / "scenario.toml").write_text(resolved_toml(comparison.scenario), encoding="utf-8")
    for name, table in (("comparison", "table"), ("weekly", "weekly"), ("ledger", "ledger")):
        parts = (getattr(part, table) for part in comparison.in_parts(_ROWS_AT_ONCE))
        _write_parquet(folder / f"{name}.parquet", parts, provenance)


def _put_in_place(partial: Path, folder: Path) -> None:
    old = None
    try:
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
            folder.rename(old / "results")
        partial.rename(folder)
    except OSError:
        if old is not None and (old / "results").exists():
            (old / "results").rename(folder)
        raise
    finally:
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _write_parquet(path: Path, parts: "Iterable[pd.DataFrame]", provenance: dict[str, Any]) -> None:
    """Write a table that comes in parts, at least one, so that it need not be in memory whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    note = {b"modsim": json.dumps({key: provenance[key] for key in ("modsim", "code", "scenario_sha256")}).encode()}
    writer = None
    try:
        for part in parts:
            columns = pa.Table.from_pandas(part, preserve_index=False)
            if writer is None:
                schema = columns.schema.with_metadata({**(columns.schema.metadata or {}), **note})
                writer = pq.ParquetWriter(path, schema)
            writer.write_table(columns.cast(schema))
    finally:
        if writer is not None:
            writer.close()


def provenance_of(comparison: Comparison, command: str) -> dict[str, Any]:
    """What the results were made from and with."""
    return {
        "modsim": metadata.version("modsim"),
        "code": code_hash(),
        "scenario": comparison.name,
        "scenario_sha256": hashlib.sha256(resolved_toml(comparison.scenario).encode()).hexdigest(),
        "seed": comparison.scenario.settings.seed,
        "replicates": comparison.outcome.replicates,
        "own_rules": comparison.own_rules,
        "command": command,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }
