"""Small pictures: the cut-out of a finding and the thumbnail of a whole picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.finding import Finding


def crop(
    picture: NDArray[np.uint8], finding: Finding, margin: float = 0.25, longest: int = 240
) -> NDArray[np.uint8]:
    """The finding with some of its surroundings.

    Args:
        picture: uint8 (H, W, 3) BGR.
        finding: in the picture's pixels.
        margin: share of the box's sides added all round, at least 4 pixels.
        longest: longest side of the cut-out in pixels; larger ones are reduced.

    Returns:
        uint8 (h, w, 3) BGR.
    """
    x1, y1, x2, y2 = finding.xyxy
    extra = max(4.0, margin * max(x2 - x1, y2 - y1))
    height, width = picture.shape[:2]
    left, top = max(int(x1 - extra), 0), max(int(y1 - extra), 0)
    right, bottom = min(int(x2 + extra) + 1, width), min(int(y2 + extra) + 1, height)
    return thumbnail(picture[min(top, height - 1) : bottom, min(left, width - 1) : right], longest)


def thumbnail(picture: NDArray[np.uint8], longest: int = 120) -> NDArray[np.uint8]:
    """The picture reduced so that its longest side is at most `longest` pixels; never enlarged."""
    height, width = picture.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
