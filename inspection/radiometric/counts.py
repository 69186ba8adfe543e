"""The raw record: sensor counts as plain words, as PNG or as JPEG-LS."""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray

from inspection.radiometric.container import record_order
from inspection.radiometric.errors import RadiometricError
from inspection.texts import text

LARGEST_SIDE = 8192
MOST_PIXELS = 4_000_000
"""Four times the largest thermal sensor sold today; keeps a damaged size field from filling the memory."""

_DATA = 0x20
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


def read_counts(record: memoryview) -> NDArray[np.uint16]:
    """Decode a raw record.

    Args:
        record: header of 32 bytes (width and height are its 2nd and 3rd word), then the data.

    Returns:
        uint16 (H, W), in the order of the sensor as the camera's own picture shows it.

    Raises:
        RadiometricError: damaged, cut off, too large or of an unknown kind.
    """
    if len(record) <= _DATA:
        raise RadiometricError(text("The record of the raw counts is cut off."))
    order = record_order(record)
    width, height = struct.unpack_from(f"{order}HH", record, 2)
    check_size(width, height)
    data = record[_DATA:]
    if data[:8] == _PNG:
        counts = decode_png(bytes(data), width, height)
        return _in_camera_order(counts, swapped_by_rule=order == "<")
    if data[:3] == _JPEG:
        counts = decode_jpeg_ls(bytes(data), width, height)
        return _in_camera_order(counts, swapped_by_rule=False)
    if len(data) < width * height * 2:
        raise RadiometricError(text("The raw counts are cut off."))
    words = np.frombuffer(data, f"{order}u2", width * height).reshape(height, width)
    return words.astype(np.uint16)


def check_size(width: int, height: int) -> None:
    """Refuse sizes that no thermal camera has.

    Raises:
        RadiometricError: a side or the number of pixels is out of bounds.
    """
    if not (2 <= width <= LARGEST_SIDE and 2 <= height <= LARGEST_SIDE and width * height <= MOST_PIXELS):
        raise RadiometricError(
            text(
                "The file claims a size of {width} x {height} pixels, which is not plausible.",
                width=width,
                height=height,
            )
        )


def decode_png(data: bytes, width: int, height: int) -> NDArray[np.uint16]:
    """Decode a 16-bit grey PNG whose size is known beforehand.

    Raises:
        RadiometricError: damaged, or not of this size and kind.
    """
    if data[12:16] != b"IHDR" or data[24:26] != b"\x10\x00":
        raise RadiometricError(text("The raw counts are not a 16-bit grey PNG."))
    if struct.unpack(">II", data[16:24]) != (width, height):
        raise RadiometricError(text("The size of the raw counts does not agree with the file's header."))
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            counts = np.asarray(picture)
    except Exception as error:  # Pillow raises many kinds on damaged data
        raise RadiometricError(text("The raw counts are damaged or cut off.")) from error
    if counts.shape != (height, width):
        raise RadiometricError(text("The raw counts are damaged."))
    return counts.astype(np.uint16)


def decode_jpeg_ls(data: bytes, width: int, height: int) -> NDArray[np.uint16]:
    """Decode a 16-bit grey JPEG-LS picture with PyAV.

    Raises:
        RadiometricError: damaged, not of this size and kind, or PyAV is not installed.
    """
    frame = data.find(b"\xff\xf7", 2, 4096)  # SOF55, the start of a JPEG-LS frame
    if frame < 0 or len(data) < frame + 10:
        raise RadiometricError(text("The raw counts are not JPEG-LS."))
    precision, rows, columns, components = struct.unpack_from(">BHHB", data, frame + 4)
    if (columns, rows) != (width, height) or components != 1 or not 8 < precision <= 16:
        raise RadiometricError(text("The size of the raw counts does not agree with the file's header."))
    try:
        import av
    except ImportError as error:
        raise RadiometricError(text("Reading this file's compressed counts needs the package av.")) from error
    try:
        decoder = av.CodecContext.create("jpegls", "r")
        pictures = decoder.decode(av.Packet(data)) or decoder.decode(None)
        counts = pictures[0].to_ndarray()
    except Exception as error:  # FFmpeg raises many kinds on damaged data
        raise RadiometricError(text("The raw counts are damaged or cut off.")) from error
    if counts.dtype != np.uint16 or counts.shape != (height, width):
        raise RadiometricError(text("The raw counts are damaged."))
    # FFmpeg scales fewer than 16 bits up to 16; the counts are the unscaled ones.
    return (counts >> (16 - precision)).astype(np.uint16)


def _in_camera_order(counts: NDArray[np.uint16], swapped_by_rule: bool) -> NDArray[np.uint16]:
    """Swap the bytes of each count where the camera wrote them the wrong way round.

    PNG asks for the high byte first, most cameras write the low one first. Neighbouring counts of a scene
    differ little: in the wrong order the noisy low byte counts 256-fold. The rule (cameras copy their own
    byte order) decides where both orders are equally smooth.
    """
    other = counts.byteswap()
    rough, rough_other = _roughness(counts), _roughness(other)
    swap = swapped_by_rule if rough == rough_other else rough_other < rough
    return other if swap else counts


def _roughness(counts: NDArray[np.uint16]) -> float:
    # Every fourth row is enough to tell.
    rows = counts[::4].astype(np.int32)
    return float(np.abs(np.diff(rows, axis=1)).mean())
