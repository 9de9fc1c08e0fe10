"""What the program is made of: a hash of its own source files."""

import hashlib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path


def code_hash(floors: Sequence[str] = (), packages: Sequence[str] = ()) -> str:
    """A hash of the program's own source files, all or those of some floors, and of the versions of some packages."""
    home = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    files = [path for floor in floors for path in (home / floor).rglob("*.py")] if floors else home.rglob("*.py")
    for path in sorted(files):
        digest.update(path.relative_to(home).as_posix().encode())
        digest.update(path.read_bytes())
    for name in packages:
        digest.update(f"{name} {metadata.version(name)}".encode())
    return digest.hexdigest()[:16]
