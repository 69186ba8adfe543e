"""Folders of files that appear and disappear whole.

A folder is written aside under a name that nobody reads, forced to disk, and renamed when it is complete; one
that goes is renamed first. Every name is made here: nothing typed or uploaded becomes part of a path.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

Content = bytes | Path
"""What goes into a file: its bytes, or another file of which it becomes a copy."""

STALE_SECONDS = 600.0
"""After this long without a change, a half-written folder belongs to a process that was killed."""

KEPT_FREE_BYTES = 64 * 2**20
"""Saving stops before the disk is full, so that nothing else on the machine suffers."""

_PART, _GONE = ".part-", ".gone-"


def size_of(files: Mapping[str, Content]) -> int:
    """Bytes that these files take."""
    return sum(len(c) if isinstance(c, bytes) else c.stat().st_size for c in files.values())


def check_room(root: Path, needed: int) -> None:
    """Refuse before writing what would fill the disk.

    Raises:
        OSError: there is less room than needed (errno ENOSPC).
    """
    if shutil.disk_usage(root).free < needed + KEPT_FREE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_aside(root: Path, files: Mapping[str, Content]) -> Path:
    """Write a folder aside, complete and on disk; `publish` gives it its place.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    part = root / f"{_PART}{secrets.token_hex(16)}"
    part.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            _write(part / name, content)
        sync_folder(part)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return part


def _write(path: Path, content: Content) -> None:
    if isinstance(content, Path):
        try:
            os.link(content, path)  # nothing in here is ever changed in place, so two names may share it
        except OSError:
            shutil.copyfile(content, path)
    else:
        path.write_bytes(content)
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole."""
    part = path.with_name(f"{_PART}{secrets.token_hex(8)}")
    try:
        _write(part, content)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def publish(part: Path) -> Path:
    """Give a folder its place; returns it."""
    place = part.with_name(secrets.token_hex(16))
    os.rename(part, place)
    sync_folder(part.parent)
    return place


def set_aside(root: Path, name: str) -> None:
    """Take a folder out of sight; `bring_back` undoes it and `remove_aside` ends it."""
    with suppress(FileNotFoundError):
        os.rename(root / name, root / f"{_GONE}{name}")


def bring_back(root: Path, name: str) -> None:
    """Undo `set_aside`."""
    with suppress(FileNotFoundError):
        os.rename(root / f"{_GONE}{name}", root / name)


def remove_aside(root: Path, name: str) -> None:
    """Remove a folder that was set aside; what cannot be removed now goes at the next start."""
    shutil.rmtree(root / f"{_GONE}{name}", ignore_errors=True)


def published(root: Path) -> Iterator[str]:
    """Names of the folders in their places."""
    return (entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith("."))


def set_aside_names(root: Path) -> list[str]:
    """Names of the folders that were being removed when a process was killed."""
    return [entry.name[len(_GONE) :] for entry in os.scandir(root) if entry.name.startswith(_GONE)]


def remove_stale(root: Path, stale_seconds: float = STALE_SECONDS) -> None:
    """Remove what killed processes left half written."""
    for entry in os.scandir(root):
        if entry.name.startswith(_PART):
            with suppress(OSError):
                inner = [file.stat().st_mtime for file in os.scandir(entry.path)]
                if time.time() - max([entry.stat().st_mtime, *inner]) >= stale_seconds:
                    shutil.rmtree(entry.path, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Force a folder's names to disk, where the platform can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_folder(folder: Path) -> None:
    """Remove a folder that belongs to no run."""
    shutil.rmtree(folder, ignore_errors=True)
