"""FLIR's container: JPEG APP1 segments hold an FFF block, whose directory lists typed records.

FFF files are such a block alone, SEQ and CSQ files many of them in a row. The directory is big- or
little-endian (some drone cameras write the latter); each record has its own byte order, told by its first
word.
Field offsets: exiftool's public FLIR tag tables.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from inspection.radiometric.errors import RadiometricError
from inspection.texts import text

RAW_DATA, CAMERA_INFO, PALETTE_INFO = 0x01, 0x20, 0x22

_MAGICS = (b"FFF\0", b"AFF\0")
_HEADER = 64
_ENTRY = 32
_MOST_ENTRIES = 512
_MOST_SEGMENTS = 4096
_LARGEST_BLOCK = 64 * 1024 * 1024
_APP1, _SOS, _EOI = 0xE1, 0xDA, 0xD9


@dataclass(frozen=True)
class Block:
    """One FFF block: its records by type, and where it ends in the data it was read from."""

    records: dict[int, memoryview]
    end: int


def is_block(data: bytes | memoryview, start: int = 0) -> bool:
    """Whether an FFF block starts here."""
    return bytes(data[start : start + 4]) in _MAGICS


def read_block(data: memoryview, start: int = 0) -> Block:
    """Read the directory of the block that starts here.

    Raises:
        RadiometricError: the directory is damaged or a record lies outside the data.
    """
    header = data[start : start + _HEADER]
    if len(header) < _HEADER or not is_block(header):
        raise RadiometricError(text("The file's radiometric header is damaged."))
    for order in "><":
        version, offset, count = struct.unpack_from(f"{order}III", header, 0x14)
        if 100 <= version < 200:
            break
    else:
        raise RadiometricError(text("The file's radiometric header has an unknown version."))
    if not (0 < count <= _MOST_ENTRIES and _HEADER <= offset <= len(data) - start - count * _ENTRY):
        raise RadiometricError(text("The file's list of radiometric records is damaged or cut off."))
    records: dict[int, memoryview] = {}
    end = start + offset + count * _ENTRY
    for i in range(count):
        at = start + offset + i * _ENTRY
        kind, _, _, _, position, length = struct.unpack_from(f"{order}HHIIII", data, at)
        if kind == 0 or length == 0:
            continue
        if length > _LARGEST_BLOCK or start + position + length > len(data):
            if kind in (RAW_DATA, CAMERA_INFO):
                raise RadiometricError(text("A radiometric record is damaged or cut off."))
            continue  # the photograph or the text may be gone: temperatures do not need them
        records.setdefault(kind, data[start + position : start + position + length])
        end = max(end, start + position + length)
    return Block(records, end)


def record_order(record: memoryview) -> str:
    """Byte order of a record for struct: its first word is a small number in its own order."""
    if len(record) < 2:
        raise RadiometricError(text("A radiometric record is empty."))
    return "<" if struct.unpack_from("<H", record)[0] < 0x100 else ">"


def jpeg_segments(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Marker and content of each segment before a JPEG's picture data; ends early where it is damaged."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        length = (data[at + 2] << 8) | data[at + 3]
        if marker in (_SOS, _EOI) or length < 2:
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def jpeg_block(data: memoryview) -> bytes | None:
    """The FFF block that a JPEG carries in its "FLIR" segments.

    Returns:
        The joined segments, or None when the JPEG has none.

    Raises:
        RadiometricError: segments are missing or doubled.
    """
    parts: dict[int, memoryview] = {}
    last = None
    for marker, body in jpeg_segments(data):
        if marker != _APP1 or len(body) <= 8 or body[:5] != b"FLIR\0":
            continue
        number, total = body[6], body[7]
        if number in parts or (last is not None and total != last):
            raise RadiometricError(text("The JPEG's radiometric segments do not belong together."))
        parts[number], last = body[8:], total
    if last is None:
        return None
    if sorted(parts) != list(range(last + 1)):
        raise RadiometricError(text("Radiometric segments of the JPEG are missing."))
    return b"".join(parts[i] for i in range(last + 1))
