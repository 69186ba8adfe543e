"""JPEGs with far more pixels than a screen or a network takes: decoded at a fraction first.

A JPEG can be decoded at a half, a quarter or an eighth of its sides, which skips most of the work. What is
found is found in that copy and carried to the file's own pixels; all pixels are decoded only when somebody
takes the picture home or measures in it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.thermogram import Thermogram

SMALL_PX = 1280
"""Longest side that the copy keeps at least: the widest picture shown and the largest network input."""

_FLAGS = {
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}


class LargePicture(Thermogram):
    """An ordinary picture, no temperatures, whose pixels are decoded when they are asked for.

    `picture` is decoded anew at each use, since keeping it would cost up to 150 MB.
    """

    def __init__(self, data: bytes, size: tuple[int, int], small: NDArray[np.uint8], note: str = "") -> None:
        """Keep the file's bytes and the copy.

        Args:
            data: a complete JPEG.
            size: (width, height) of the upright picture in pixels.
            small: uint8 (h, w, 3) BGR, the whole picture with fewer pixels.
            note: one sentence for the user, or "".
        """
        vars(self).update(
            celsius=None, source="none", accuracy_kelvin=None, camera={}, embedded=None, note=note,
            _data=data, _size=size, _small=small,
        )  # fmt: skip

    @property
    def picture(self) -> NDArray[np.uint8]:  # type: ignore[override]
        """All pixels, uint8 (H, W, 3) BGR, upright."""
        picture = cv2.imdecode(np.frombuffer(self._data, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:  # damaged where the copy did not show it
            picture = cv2.resize(self._small, self._size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(picture, np.uint8)

    @property
    def small(self) -> NDArray[np.uint8]:
        """The copy with fewer pixels."""
        return self._small

    @property
    def nbytes(self) -> int:
        """Memory that it holds, bytes."""
        return int(self._small.nbytes) + len(self._data)

    @property
    def width(self) -> int:
        """Width of the whole picture in pixels."""
        return self._size[0]

    @property
    def height(self) -> int:
        """Height of the whole picture in pixels."""
        return self._size[1]

    _data: bytes
    _size: tuple[int, int]
    _small: NDArray[np.uint8]


def open_large(data: bytes, width: int, height: int, note: str = "") -> LargePicture | None:
    """The picture of a complete JPEG, or None where decoding it at a fraction does not fit or does not pay.

    Args:
        data: the file's bytes.
        width: as the file's header says, before any turning upright.
        height: likewise.
        note: one sentence for the user, or "".
    """
    factor = max((f for f in _FLAGS if max(width, height) / f >= SMALL_PX), default=None)
    if factor is None:
        return None
    small = cv2.imdecode(np.frombuffer(data, np.uint8), _FLAGS[factor])
    if small is None:
        return None
    for size in ((width, height), (height, width)):  # as stored, or turned upright by its EXIF orientation
        if small.shape[1::-1] == (-(-size[0] // factor), -(-size[1] // factor)):
            return LargePicture(data, size, np.asarray(small, np.uint8), note)
    return None
