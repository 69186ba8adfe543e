"""Split frames: a USB thermal camera's picture above, its 16-bit counts below, sent as if it were a webcam.

Cameras of the 256 x 192 kind send 256 x 384 YUYV frames. In the lower half every two bytes are one count:
the luma byte is its low byte, the chroma byte its high byte. A count is 1/64 K. Browsers turn YUYV into
I420, which keeps one row of chroma for two rows, and then compress it; what that costs is measured in
tests/camera/test_split.py.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

COUNTS_PER_KELVIN = 64.0
ZERO_CELSIUS = 273.15
SPLIT_SIZES: tuple[tuple[int, int], ...] = ((256, 384), (160, 240), (384, 576))
"""Width and height of whole frames whose two halves are pictures of 4:3."""

ACCURACY_KELVIN = 8.0
"""Such cameras state ±2 K; a high byte that the browser rounded is worth 4 K. On a good connection nearly all
is within that; on a busy machine the hottest pixel of a thing that moves was two of them off."""


def is_split(width: int, height: int) -> bool:
    """Whether a frame has the size of a split one."""
    return (width, height) in SPLIT_SIZES


def celsius_from_counts(counts: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Temperatures of the camera's counts.

    Args:
        counts: uint16 (H, W), 1/64 K each.

    Returns:
        float32 (H, W), °C.
    """
    return (counts.astype(np.float32) / COUNTS_PER_KELVIN - ZERO_CELSIUS).astype(np.float32)


def counts_from_i420(i420: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The counts in the lower half of a split frame.

    One chroma row holds the average of the high bytes of two rows, rounded up. Where the low bytes of the two
    differ by more than half their range, a multiple of 256 lies between the rows: the row with the larger low
    byte then has the smaller high byte. That is exact wherever two rows differ by less than 2 K; at sharper
    edges the two rows come out between both temperatures, within 4 K beyond them.

    Args:
        i420: uint8 (3/2 H, W): the luma plane, then both chroma planes, H and W even, H/2 even.

    Returns:
        uint16 (H/2, W).
    """
    rows, width = i420.shape
    height = rows * 2 // 3
    half = height // 2
    low = i420[half:height].astype(np.int32)
    chroma = i420[height:].reshape(2, half, width // 2)[:, half // 2 :]
    high = np.empty((half // 2, width), np.int32)
    high[:, 0::2], high[:, 1::2] = chroma[0], chroma[1]
    upper, lower = low[0::2], low[1::2]
    step = upper - lower
    counts = np.empty((half, width), np.int32)
    counts[0::2] = 256 * (high - (step > 128)) + upper
    counts[1::2] = 256 * (high - (step < -128)) + lower
    return np.clip(counts, 0, 65535).astype(np.uint16)


def steadied(counts: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Counts with high bytes made good where compression changed them by one, which is worth 4 K.

    A pixel that lies 2 to 6 K off the median of its 5 x 5 neighbours is moved towards it by one high byte;
    its low byte stays. Larger steps are left alone: they may be small hot things. Three passes, as changed
    pixels come in blocks. A thing of under four pixels reads up to some 15 K too cold after a browser's
    compression, with this or without.

    Args:
        counts: uint16 (H, W).

    Returns:
        uint16 (H, W).
    """
    for _ in range(3):
        off = np.asarray(cv2.medianBlur(counts, 5), np.int32) - counts
        step = np.where(np.abs(off) < 384, 256 * np.rint(off / 256).astype(np.int32), 0)
        counts = np.clip(counts + step, 0, 65535).astype(np.uint16)
    return counts


def i420_from_counts(counts: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """The split frame that a browser makes of a camera's counts; for tests and samples.

    Args:
        counts: uint16 (h, W), h even, W even.

    Returns:
        uint8 (3 h, W): I420 of a frame of W x 2h, a grey picture above, the counts below.
    """
    height, width = counts.shape
    low, high = (counts & 255).astype(np.uint8), counts >> 8
    rounded = ((high[0::2] + high[1::2] + 1) >> 1).astype(np.uint8)
    level = (counts - counts.min()) / max(int(counts.max()) - int(counts.min()), 1)
    grey = np.rint(16 + 219 * level).astype(np.uint8)
    chroma = np.full((2, height, width // 2), 128, np.uint8)
    chroma[0, height // 2 :], chroma[1, height // 2 :] = rounded[:, 0::2], rounded[:, 1::2]
    return np.concatenate([grey, low, chroma.reshape(height, width)])
