"""Unpack a ZIP that somebody else made: bounded in size, and nothing lands outside the folder."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from training.errors import DataError

MAX_FILES = 200_000
MAX_BYTES = 20 * 2**30
_WANTED = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".txt", ".yaml", ".yml"}
_CHUNK = 1 << 20


def unpack(archive: Path, folder: Path, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES) -> Path:
    """Unpack pictures, labels and YAML files of a ZIP.

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
    try:
        with zipfile.ZipFile(archive) as source:
            entries = [e for e in source.infolist() if not e.is_dir()]
            if len(entries) > max_files:
                raise DataError(f"{archive.name} holds {len(entries)} files; {max_files} is the most.")
            left = max_bytes
            for entry in entries:
                target = folder / _safe(entry.filename, archive.name)
                if target.suffix.lower() in _WANTED:
                    left = _copy(source, entry, target, left, archive.name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise DataError(f"{archive.name} is no ZIP file or is damaged; export or copy it again.") from error
    except RuntimeError as error:
        raise DataError(f"{archive.name} is protected by a password; unpack it first.") from error
    inside = [p for p in folder.iterdir() if p.name != "__MACOSX"] if folder.is_dir() else []
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name != "images" else folder


def _safe(name: str, archive: str) -> Path:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise DataError(
            f"{archive} holds a path that leads outside its folder ({name[:80]!r}) and was refused."
        )
    return Path(*path.parts)


def _copy(source: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int, archive: str) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open(entry) as read, target.open("wb") as write:
        while chunk := read.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                write.close()
                shutil.rmtree(target.parent, ignore_errors=True)
                raise DataError(f"{archive} unpacks to more than the limit and was refused.")
            write.write(chunk)
    return left
