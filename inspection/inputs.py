"""The pictures that somebody names in a terminal: files, folders and ZIPs, read one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from inspection.archive import Archive, Entry, Limits, no_pictures, pictures_in
from inspection.errors import ArchiveError, InspectionError, PictureError
from inspection.reading import EXTENSIONS
from inspection.texts import text

MAX_FILE_BYTES = 200 * 2**20
LIMITS = Limits(entries=500_000, total_bytes=500 * 2**30, file_bytes=MAX_FILE_BYTES)
"""Of a ZIP in a terminal: its pictures are read one at a time, so only the table of contents takes memory."""

Input = tuple[str, bytes | InspectionError]
"""A file's name as named, and its bytes or why they cannot be read."""


def count(paths: Iterable[str]) -> int:
    """How many pictures there are, for the time left; reads none of them."""
    total = 0
    for given in paths:
        path = Path(given)
        if path.is_dir():
            total += sum(1 for _ in _files_under(path))
        elif path.suffix.lower() == ".zip" and path.is_file():
            try:
                with Archive(path, given, LIMITS) as archive:
                    total += max(1, len(pictures_in(archive.entries, EXTENSIONS)[0]))
            except (ArchiveError, OSError):
                total += 1
        else:
            total += 1
    return total


def pictures(paths: Iterable[str]) -> Iterator[Input]:
    """The pictures under the paths, sorted in each folder; only one is in memory at a time."""
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for file in _files_under(path):
                yield str(file), _read(file)
        elif not path.exists():
            yield given, PictureError(text("{file} does not exist.", file=given))
        elif path.suffix.lower() == ".zip":
            yield from _zipped(path, given)
        else:
            yield given, _read(path)


def _zipped(path: Path, given: str) -> Iterator[Input]:
    try:
        with Archive(path, given, LIMITS) as archive:
            found, others = pictures_in(archive.entries, EXTENSIONS)
            if not found:
                yield given, ArchiveError(no_pictures(archive.name, others))
            for entry in found:
                yield f"{given}/{entry.name}", _unpacked(archive, entry)
    except ArchiveError as error:
        yield given, error
    except OSError:
        yield given, PictureError(text("{file} cannot be opened.", file=given))


def _unpacked(archive: Archive, entry: Entry) -> bytes | InspectionError:
    try:
        return archive.read(entry)
    except ArchiveError as error:
        return error


def _read(file: Path) -> bytes | InspectionError:
    try:
        if not file.is_file():
            return PictureError(text("{file} is not a file.", file=file))
        if file.stat().st_size > MAX_FILE_BYTES:
            return PictureError(
                text("{file} is larger than {most} MB.", file=file, most=MAX_FILE_BYTES // 2**20)
            )
        return file.read_bytes()
    except OSError:
        return PictureError(text("{file} cannot be opened.", file=file))


def _files_under(folder: Path) -> Iterator[Path]:
    """Pictures in a folder and those below it; links to folders are not followed, so it comes to an end."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if os.path.splitext(name)[1].lower().lstrip(".") in EXTENSIONS:
                yield Path(place, name)
