"""Where a camera may have drawn into the picture: a proposal of places to leave out, for the user to edit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.pseudocolour.bar import find_colour_bar
from inspection.pseudocolour.convert import Rectangle
from inspection.pseudocolour.nearest import INVALID, palette_index

_JOIN = 9  # px: letters of one box are closer than this
_FEWEST = 12
_MARGIN = 3


def propose_overlays(picture: NDArray[np.uint8], palette: str | NDArray[np.uint8]) -> list[Rectangle]:
    """Rectangles around colours that are not of the palette, and around the colour bar.

    Colour alone finds about half of what cameras draw (next to nothing on white hot), so the rectangles join
    what is close together and the user adds what is missing.

    Args:
        picture: uint8 (H, W, 3) BGR.
        palette: name or table.

    Returns:
        (left, top, right, bottom) in px.
    """
    height, width = picture.shape[:2]
    foreign = (palette_index(palette).by_table(picture) == INVALID).astype(np.uint8)
    joined = cv2.dilate(foreign, np.ones((_JOIN, _JOIN), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
    pixels = np.bincount(labels[foreign > 0], minlength=count)
    found: list[Rectangle] = []
    shrink = _JOIN // 2 - _MARGIN
    for left, top, w, h, _ in boxes[1:][pixels[1:] >= _FEWEST]:
        found.append(_clip(left + shrink, top + shrink, left + w - shrink, top + h - shrink, width, height))
    bar = find_colour_bar(picture)
    if bar is not None:
        found.append(
            _clip(bar[0] - _MARGIN, bar[1] - _MARGIN, bar[2] + _MARGIN, bar[3] + _MARGIN, width, height)
        )
    return found


def _clip(left: int, top: int, right: int, bottom: int, width: int, height: int) -> Rectangle:
    return max(int(left), 0), max(int(top), 0), min(int(right), width), min(int(bottom), height)
