"""The user's cache folder: converted models and compiled networks, limited in size, never relied on.

A read-only or full disk only costs time: everything here logs and goes on without a cache.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

from inspection.folders import user_folder

LIMIT_BYTES = 500 * 2**20
"""What converted models and compiled networks may occupy together; the oldest go first."""

_STALE_SECONDS = 3600

log = logging.getLogger(__name__)


def folder() -> Path | None:
    """Where this user's programs keep what they can make again; OVERHEAT_CACHE names another place.

    Returns:
        The folder, which may not exist yet; None where OVERHEAT_CACHE is empty or the user has no home.
    """
    chosen = os.environ.get("OVERHEAT_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    return user_folder("cache")


def models() -> Path | None:
    """Where converted models lie, one folder each, named by the checkpoint's sha256."""
    root = folder()
    return root / "models" if root else None


def read_blob(name: str) -> bytes | None:
    """The bytes kept under a name, None when there are none or they are damaged.

    OpenVINO's own cache notices truncated files but runs with altered weights; hence the sha256 in front.
    """
    root = folder()
    if root is None:
        return None
    path = root / "compiled" / name
    try:
        data = path.read_bytes()
        touch(path)
    except OSError:
        return None
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        log.warning("%s is damaged and is ignored", path)
        return None
    return data[32:]


def write_blob(name: str, data: bytes) -> None:
    """Keep bytes under a name; nothing happens where that is not possible."""
    root = folder()
    if root is None:
        return
    path = root / "compiled" / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(part, path)
        except OSError:
            os.unlink(part)
            raise
    except OSError as error:
        log.info("no compiled network kept: %s", error)
        return
    prune()


def touch(path: Path) -> None:
    """Mark an entry as used now, where the disk allows it."""
    try:
        os.utime(path)
    except OSError as error:
        log.debug("%s keeps its age: %s", path, error)


def prune(limit_bytes: int = LIMIT_BYTES) -> None:
    """Remove the entries used longest ago until the rest fits, and what killed processes left half made."""
    root = folder()
    if root is None:
        return
    entries = sorted((_entry(path) for path in root.glob("*/*")), reverse=True)
    total = 0
    for used, size, path in entries:
        if path.name.endswith(".part"):
            if time.time() - used > _STALE_SECONDS:
                _remove(path)
            continue
        total += size
        # The newest always stays: it has just been made and is in use.
        if total > limit_bytes and total > size:
            log.info("%s is removed from the cache", path)
            _remove(path)


def _entry(path: Path) -> tuple[float, int, Path]:
    """When an entry was last used (seconds since the epoch), its bytes, and the entry."""
    try:
        files = [path, *path.iterdir()] if path.is_dir() else [path]
        sizes = [file.stat().st_size for file in files]
        return path.stat().st_mtime, sum(sizes), path
    except OSError:  # removed meanwhile by another process
        return 0.0, 0, path


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.info("%s stays: %s", path, error)
