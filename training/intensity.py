"""From a picture in some palette back to intensity, fast enough for every training picture.

An estimate for augmentation only: which palette it was is guessed from the colours, through 6-bit tables.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.palettes import palette_table

GRAY_SPREAD = 6.0
"""Mean difference between the colour channels below which a picture counts as gray."""
LARGEST_DISTANCE = 38.0
"""Mean colour distance above which no known palette explains a picture. Makers' palettes lie 10 to 36
from ours and still come out in the right order."""
_TABLES = ("ironbow", "rainbow", "hot metal", "arctic", "lava", "inferno", "plasma", "turbo")
_BITS = 6


@lru_cache(maxsize=16)
def _cube(name: str) -> NDArray[np.uint8]:
    """Level for every colour of 6 bits a channel, uint8 (2**18,)."""
    side = np.arange(1 << _BITS, dtype=np.float32) * 4 + 2
    colours = np.stack(np.meshgrid(side, side, side, indexing="ij"), -1).reshape(-1, 3)
    table = palette_table(name).astype(np.float32)
    own = (table**2).sum(1)
    # The squared distance without the colour's own square, which is the same for every entry.
    chunks = np.array_split(colours, 64)
    return np.concatenate([(own - 2 * chunk @ table.T).argmin(1) for chunk in chunks]).astype(np.uint8)


def _look_up(bgr: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    index = bgr.astype(np.int32) >> (8 - _BITS)
    return _cube(name)[(index[..., 0] << 2 * _BITS) | (index[..., 1] << _BITS) | index[..., 2]]


def is_gray(bgr: NDArray[np.uint8]) -> bool:
    """Whether a picture, uint8 (H, W, 3), has no colour to speak of."""
    sample = bgr[::7, ::7].astype(np.int16)
    return float(np.ptp(sample, axis=-1).mean()) < GRAY_SPREAD


def guess_palette(bgr: NDArray[np.uint8]) -> tuple[str, float]:
    """The known palette that explains a coloured picture best.

    Args:
        bgr: uint8 (H, W, 3).

    Returns:
        Its name and the mean distance in BGR units over a sample of pixels.
    """
    sample = bgr[::9, ::9].reshape(-1, 3)
    best = ("", np.inf)
    for name in _TABLES:
        nearest = palette_table(name)[_look_up(sample, name)].astype(np.float32)
        distance = float(np.linalg.norm(nearest - sample, axis=1).mean())
        if distance < best[1]:
            best = (name, distance)
    return best


def to_intensity(bgr: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Intensity of a thermal picture, cold to hot, as far as its colours tell.

    Args:
        bgr: uint8 (H, W, 3).

    Returns:
        float32 (H, W), 0..1; None when the palette is not known (colours are then best left alone).
    """
    if is_gray(bgr):
        return cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.float32) / np.float32(255)
    name, distance = guess_palette(bgr)
    if distance > LARGEST_DISTANCE:
        return None
    return cv2.GaussianBlur(_look_up(bgr, name), (3, 3), 0).astype(np.float32) / np.float32(255)
