"""The picture that a camera stored beside its data, and which way up it is."""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray

MOST_PIXELS = 30_000_000
_ORIENTATION = 0x0112


def decode_jpeg(data: bytes) -> NDArray[np.uint8] | None:
    """Decode a JPEG, turned upright as its EXIF orientation says.

    Returns:
        uint8 (H, W, 3) BGR, or None when it is damaged or larger than MOST_PIXELS.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "MPO"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            rgb = np.asarray(picture.convert("RGB"))
    except Exception:  # only for looking at: temperatures do not depend on it
        return None
    return np.ascontiguousarray(turn_upright(rgb[:, :, ::-1], exif_orientation(data)))


def exif_orientation(data: bytes | memoryview) -> int:
    """EXIF orientation of a JPEG, 1 (upright) to 8; 1 when it says nothing or nonsense."""
    at = bytes(data[:4096]).find(b"Exif\0\0")
    tiff = bytes(data[at + 6 : at + 6 + 4096]) if at > 0 else b""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    (start,) = struct.unpack_from(f"{order}I", tiff, 4) if len(tiff) >= 8 else (0,)
    if not 8 <= start <= len(tiff) - 2:
        return 1
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for entry in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
            return int(value)
    return 1


def turn_upright(picture: NDArray, orientation: int) -> NDArray:
    """Turn or mirror an array (H, W, ...) as the EXIF orientation (1..8) asks."""
    if orientation in (5, 6, 7, 8):
        picture = picture.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return picture
