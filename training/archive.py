"""Unpack a ZIP of training data: bounded in size, and nothing lands outside the folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from inspection.archive import Archive, Entry, Limits
from inspection.errors import ArchiveError
from training.errors import DataError

MAX_FILES = 200_000
MAX_BYTES = 20 * 2**30
_WANTED = {
    ".jpg",
    ".jpeg",
    ".png",
    ".bmp",
    ".tif",
    ".tiff",
    ".webp",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".names",
}
_MOST_EXPANSION = 2000.0


def unpack(archive: Path, folder: Path, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES) -> Path:
    """Unpack pictures, labels, YAML and JSON files of a ZIP.

    Args:
        archive: the ZIP.
        folder: where to; made when missing.
        max_bytes: most that may come out, counted while unpacking (a header can lie).
        max_files: most entries.

    Returns:
        The folder that holds the data: `folder`, or the only folder in it.

    Raises:
        DataError: no ZIP, damaged, encrypted, too large, or with a path that leads outside.
    """
    limits = Limits(max_files, max_bytes, max_bytes, _MOST_EXPANSION)
    try:
        with Archive(archive, archive.name, limits) as source:
            for entry in source.entries:
                if entry.outside:
                    raise DataError(
                        f"{archive.name} holds a path that leads outside its folder "
                        f"({entry.info.filename[:80]!r}) and was refused."
                    )
                if entry.suffix in _WANTED and not entry.link:
                    _copy(source, entry, folder / entry.name)
    except ArchiveError as error:
        raise DataError(str(error)) from error
    inside = [p for p in folder.iterdir() if p.name != "__MACOSX"] if folder.is_dir() else []
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name != "images" else folder


def _copy(source: Archive, entry: Entry, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("wb") as write:
            for chunk in source.chunks(entry):
                write.write(chunk)
    except ArchiveError:
        shutil.rmtree(target.parent, ignore_errors=True)
        raise
