"""Read a ZIP that somebody else made: bounded in number and size, and no name in it leads anywhere."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from inspection.errors import ArchiveError, EntryError
from inspection.names import short_name
from inspection.texts import text, text_n

_CHUNK = 1 << 18
_RATIO_FROM = 4 * 2**20
_DIRECTORY_BYTES = 320
"""Of the table of contents an entry, generously; more entries than that many bytes are never read."""
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked without a bound by zipfile
_DAMAGED = (zipfile.BadZipFile, EOFError, zlib.error, struct.error, NotImplementedError, ValueError, OSError)


@dataclass(frozen=True)
class Limits:
    """How much may come out of one archive.

    Attributes:
        entries: most entries it may have.
        total_bytes: most bytes that may be unpacked, counted as they come (a header can lie).
        file_bytes: most bytes of one entry.
        ratio: most bytes a packed byte may become, once an entry is beyond 4 MiB.
    """

    entries: int = 20_000
    total_bytes: int = 200 * 2**20
    file_bytes: int = 200 * 2**20
    ratio: float = 250.0


@dataclass(frozen=True)
class Entry:
    """One file in an archive.

    Attributes:
        name: its path in the archive with forward slashes: plain text, never a place to write to as it is.
        size: unpacked size in bytes as the header says it.
        trouble: one sentence why it is not read, or "".
        outside: the name tries to lead out of the archive's folder.
        link: it is a symbolic link.
        info: zipfile's own record.
    """

    name: str
    size: int
    trouble: str
    outside: bool
    link: bool
    info: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        """The extension in lower case, with its dot."""
        return os.path.splitext(self.name)[1].lower()


class Archive:
    """An open ZIP; use as a context manager."""

    def __init__(self, source: Path | BinaryIO, name: str, limits: Limits | None = None) -> None:
        """Read the table of contents.

        Args:
            source: the file, or where it lies.
            name: for the sentences.
            limits: how much may come out.

        Raises:
            ArchiveError: it is no ZIP, incomplete, or has too many entries.
            OSError: the file cannot be opened.
        """
        self.limits = limits or Limits()
        self.name = short_name(name)
        self.unpacked = 0
        file = source.open("rb") if isinstance(source, Path) else source
        self._own = file if isinstance(source, Path) else None
        try:
            self._zip = zipfile.ZipFile(_Bounded(file, _DIRECTORY_BYTES * self.limits.entries + 66_000))
            found = [info for info in self._zip.infolist() if not info.is_dir()]
            if len(found) > self.limits.entries:
                raise ArchiveError(
                    text(
                        "{file} holds {n} files; {most} is the most.",
                        file=self.name, n=len(found), most=self.limits.entries,
                    )
                )  # fmt: skip
        except _DAMAGED as error:
            self._close()
            sentence = text("{file} is no ZIP file or is damaged; export or copy it again.", file=self.name)
            raise ArchiveError(sentence) from error
        except ArchiveError:
            self._close()
            raise
        self.entries = [_entry(info) for info in found]

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._close()

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """An entry's bytes in pieces of at most 256 KiB.

        Raises:
            EntryError: this entry cannot be read; the others can.
            ArchiveError: the archive has unpacked to more than its limit; nothing more of it is read.
        """
        if entry.trouble:
            raise EntryError(entry.trouble)
        done = 0
        shown = short_name(entry.name)
        try:
            with self._zip.open(entry.info) as read:
                while chunk := read.read(_CHUNK):
                    done += len(chunk)
                    self._count(len(chunk), done, entry)
                    yield chunk
        except RuntimeError as error:
            raise EntryError(
                text("{file} is protected by a password; unpack it first.", file=shown)
            ) from error
        except _DAMAGED as error:
            raise EntryError(text("{file} is damaged in the archive.", file=shown)) from error

    def read(self, entry: Entry) -> bytes:
        """All bytes of an entry; errors as in `chunks`."""
        return b"".join(self.chunks(entry))

    def _count(self, more: int, done: int, entry: Entry) -> None:
        self.unpacked += more
        if self.unpacked > self.limits.total_bytes:
            most = self.limits.total_bytes // 2**20
            raise ArchiveError(
                text("{file} unpacks to more than the limit of {most} MB.", file=self.name, most=most)
            )
        too_dense = done > _RATIO_FROM and done > self.limits.ratio * max(entry.info.compress_size, 1)
        if done > self.limits.file_bytes or too_dense:
            name = short_name(entry.name)
            raise EntryError(text("{file} unpacks to far more than a picture has.", file=name))

    def _close(self) -> None:
        if self._own is not None:
            self._own.close()


class _Bounded:
    """A file that refuses one huge read: zipfile takes the whole table of contents at once."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, most

    def read(self, size: int = -1) -> bytes:
        """As of a file.

        Raises:
            ArchiveError: more is asked for than a table of contents may hold.
        """
        if size > self._most:
            raise ArchiveError(text("The archive's table of contents is too large."))
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of a file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of a file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """As of a file."""
        return True

    def close(self) -> None:
        """Left to whoever opened the file."""


def _entry(info: zipfile.ZipInfo) -> Entry:
    raw = info.orig_filename
    name = _decoded(raw, info.flag_bits).replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    outside = name.startswith("/") or ".." in parts or "\0" in name or bool(re.match(r"[A-Za-z]:", name))
    safe = "/".join(part for part in parts if part != "..").replace("\0", "")
    shown = short_name(safe)
    link = stat.S_ISLNK(info.external_attr >> 16)
    trouble: str = ""
    if outside:
        trouble = text("{file} has a path that leads outside the archive.", file=shown)
    elif link:
        trouble = text("{file} is a link, not a file.", file=shown)
    elif info.flag_bits & 0x1:
        trouble = text("{file} is protected by a password; unpack it first.", file=shown)
    elif safe.lower().endswith(_ARCHIVES):
        trouble = text("{file} is an archive inside the archive; unpack it first.", file=shown)
    elif info.compress_type not in _PLAIN:
        trouble = text(
            "{file} is packed in an unusual way; make the ZIP again with normal compression.", file=shown
        )
    return Entry(safe or "file", info.file_size, trouble, outside, link, info)


def _decoded(name: str, flags: int) -> str:
    """A name as its maker typed it: UTF-8 without the flag, then Chinese Windows, else as ZIP says."""
    if flags & 0x800 or name.isascii():
        return name
    raw = name.encode("cp437", "replace")
    for encoding in ("utf-8", "gb2312"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def pictures_in(entries: Iterable[Entry], extensions: Collection[str]) -> tuple[list[Entry], int]:
    """What in an archive is of use.

    Args:
        entries: of an archive.
        extensions: of pictures, without the dot.

    Returns:
        The pictures and what may hold some but cannot be read (see `Entry.trouble`), in their order, and the
        number of other files. Links and what operating systems leave behind count among those.
    """
    kept, others = [], 0
    for entry in entries:
        parts = entry.name.split("/")
        left_behind = "__MACOSX" in parts or parts[-1].startswith("._")
        wanted = entry.suffix.lstrip(".") in extensions or entry.suffix in _ARCHIVES
        if wanted and not left_behind and not entry.link:
            kept.append(entry)
        else:
            others += 1
    return kept, others


def no_pictures(archive: str, others: int) -> str:
    """The sentence about an archive that holds no pictures."""
    return text_n(
        "{file} holds no pictures, only {n} other file.",
        "{file} holds no pictures, only {n} other files.",
        others,
        file=archive,
    )
