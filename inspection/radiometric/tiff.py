"""16-bit grey TIFF and PNG, with the scale from a tag or from the user; float TIFF in °C."""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray

from inspection.radiometric.counts import check_size
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile, plausible
from inspection.radiometric.scale import CountScale, scale_from_tag
from inspection.texts import text

_IMAGE_DESCRIPTION = 270
_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N")
_KINDS = {b"II*\0": "TIFF", b"MM\0*": "TIFF", b"\x89PNG": "PNG"}


def read_grey(data: bytes, name: str, scale: CountScale | None = None) -> RadiometricFile | None:
    """Read a 16-bit grey TIFF or PNG, or a float TIFF that holds temperatures.

    Args:
        data: the file.
        name: for messages.
        scale: the user's choice; None takes the file's tag, and without one the counts stay relative.

    Returns:
        The file, or None when it is another kind of TIFF or PNG (an ordinary picture).

    Raises:
        RadiometricError: 16-bit data that is damaged, too large, or not plausible with this scale.
    """
    kind = _KINDS.get(data[:4])
    if kind is None or (kind == "PNG" and data[24:26] != b"\x10\x00"):
        return None
    pixels, tag = _decode(data, kind, name)
    if pixels is None:
        return None
    camera = {"description": tag[:200]} if tag and scale_from_tag(tag) is None else {}
    if pixels.dtype == np.float32:
        note = text("Values of the float picture taken as °C.")
        return RadiometricFile(
            name, kind, temperatures=plausible(pixels, name, empty=np.isnan(pixels)), camera=camera, note=note
        )
    file = RadiometricFile(name, kind, pixels, scale=scale or scale_from_tag(tag), camera=camera)
    if not file.needs_scale:
        file.celsius()  # refuses what is not plausible while the file is being opened
    return file


def _decode(data: bytes, kind: str, name: str) -> tuple[NDArray | None, str]:
    """Pixels as uint16 or float32 (None for an ordinary picture) and the description tag."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.mode not in (*_SIXTEEN_BIT, "F"):
                return None, ""
            check_size(picture.width, picture.height)
            _check_strips(picture, data)
            tag = _description(picture)
            pixels = np.asarray(picture)
    except RadiometricError:
        raise
    except Exception as error:  # Pillow raises many kinds on damaged data
        if kind == "TIFF" and not _looks_sixteen_bit(data):
            return None, ""  # let the ordinary reader say what is wrong with it
        raise RadiometricError(text("{name} is damaged or cut off.", name=name)) from error
    return pixels.astype(np.float32 if pixels.dtype.kind == "f" else np.uint16), tag


def _check_strips(picture: object, data: bytes) -> None:
    # A damaged strip table must not make the decoder ask for memory that the file does not have.
    tags = getattr(picture, "tag_v2", None)
    if tags is None:
        return
    for name in (279, 325):  # StripByteCounts, TileByteCounts
        counts = tags.get(name, ())
        if any(int(count) > len(data) for count in np.atleast_1d(counts)):
            raise RadiometricError(text("The picture's strips lie outside the file."))
    for name in (322, 323):  # TileWidth, TileLength
        if int(tags.get(name, 0)) > 8192:
            raise RadiometricError(text("The picture's tiles are not plausible."))


def _description(picture: object) -> str:
    tags = getattr(picture, "tag_v2", None)
    info = getattr(picture, "info", {})
    words = tags.get(_IMAGE_DESCRIPTION, "") if tags is not None else None
    words = words or info.get("ImageDescription") or info.get("Description") or ""
    return words if isinstance(words, str) else ""


def _looks_sixteen_bit(data: bytes) -> bool:
    """Whether the first directory of a TIFF states 16 or 32 bits a sample."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        for i in range(min(count, 200)):
            tag, _, number, value = struct.unpack_from(f"{order}HHIH", data, start + 2 + 12 * i)
            if tag == 258:
                return number == 1 and value in (16, 32)
    except struct.error:
        return False
    return False
