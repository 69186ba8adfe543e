"""Pseudo-colour palettes: how a level between 0 (coldest) and 1 (hottest) becomes a colour.

Self-made anchor palettes carry the trade's usual names; the perceptual ones are OpenCV's own tables. No
maker's table is copied.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.texts import Text, text

# Evenly spaced RGB anchors, cold to hot.
_ANCHORS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "ironbow": (
        (0, 0, 12), (32, 0, 110), (98, 0, 152), (160, 10, 146), (208, 46, 96),
        (236, 92, 28), (250, 148, 4), (255, 206, 40), (255, 250, 220),
    ),
    "rainbow": (
        (8, 0, 60), (20, 20, 200), (0, 120, 240), (0, 200, 190), (20, 190, 50),
        (180, 220, 0), (255, 200, 0), (250, 90, 0), (200, 0, 30), (255, 230, 240),
    ),
    "hot metal": ((0, 0, 0), (90, 0, 0), (190, 20, 0), (250, 110, 0), (255, 200, 30), (255, 255, 220)),
    "arctic": (
        (4, 8, 60), (10, 50, 190), (30, 150, 240), (120, 150, 160), (130, 110, 90),
        (225, 120, 20), (255, 200, 60), (255, 250, 220),
    ),
    "lava": (
        (0, 6, 30), (0, 40, 90), (10, 90, 120), (90, 60, 90), (170, 20, 30),
        (235, 70, 0), (255, 170, 10), (255, 240, 190),
    ),
    "white hot": ((0, 0, 0), (255, 255, 255)),
    "black hot": ((255, 255, 255), (0, 0, 0)),
}  # fmt: skip

_OPENCV = {
    "inferno": cv2.COLORMAP_INFERNO,
    "magma": cv2.COLORMAP_MAGMA,
    "plasma": cv2.COLORMAP_PLASMA,
    "viridis": cv2.COLORMAP_VIRIDIS,
    "cividis": cv2.COLORMAP_CIVIDIS,
    "turbo": cv2.COLORMAP_TURBO,
    "jet": cv2.COLORMAP_JET,
    "hot": cv2.COLORMAP_HOT,
}

PALETTE_NAMES: tuple[str, ...] = (*_ANCHORS, *_OPENCV)
DEFAULT_PALETTE = "ironbow"

PALETTE_LABELS: tuple[Text, ...] = (
    text("ironbow"), text("rainbow"), text("hot metal"), text("arctic"), text("lava"), text("white hot"),
    text("black hot"),
)  # fmt: skip
"""What the palettes of thermography are called, for the catalogues; the others go by their proper names."""


@lru_cache(maxsize=64)
def palette_table(name: str, size: int = 256) -> NDArray[np.uint8]:
    """Colours of a palette, cold to hot.

    Args:
        name: one of PALETTE_NAMES.
        size: number of entries.

    Returns:
        Read-only uint8 array (size, 3), BGR.

    Raises:
        SettingsError: the name is not known.
    """
    if name in _ANCHORS:
        anchors = np.array(_ANCHORS[name], np.float32)[:, ::-1]
    elif name in _OPENCV:
        ramp = np.arange(256, dtype=np.uint8)[:, None]
        anchors = cv2.applyColorMap(ramp, _OPENCV[name])[:, 0].astype(np.float32)
    else:
        raise SettingsError(
            text(
                "There is no palette called {name!r}; choose one of {known}.",
                name=name,
                known=", ".join(PALETTE_NAMES),
            )
        )
    position = np.linspace(0, len(anchors) - 1, size)
    table = np.stack([np.interp(position, np.arange(len(anchors)), anchors[:, c]) for c in range(3)], axis=1)
    rounded = np.rint(table).astype(np.uint8)
    rounded.flags.writeable = False
    return rounded


def colourise(level: NDArray, name: str = DEFAULT_PALETTE) -> NDArray[np.uint8]:
    """Colour a map of levels.

    Args:
        level: (H, W), uint8 0..255, or floating 0..1 (clipped; NaN becomes the coldest colour).
        name: one of PALETTE_NAMES.

    Returns:
        uint8 array (H, W, 3), BGR.
    """
    if level.dtype != np.uint8:
        level = np.rint(np.clip(np.nan_to_num(level, nan=0.0), 0, 1) * 255).astype(np.uint8)
    return palette_table(name)[level]


def render_celsius(
    celsius: NDArray[np.float32], span: tuple[float, float] | None = None, palette: str = DEFAULT_PALETTE
) -> NDArray[np.uint8]:
    """Our own picture of a temperature map.

    Args:
        celsius: float32 (H, W), °C; NaN where there is no data.
        span: (lowest, highest) °C of the palette; None takes the 0.5th to 99.8th percentile, 2 K at least,
            so that one hot or dead pixel does not flatten the rest.
        palette: one of PALETTE_NAMES.

    Returns:
        uint8 array (H, W, 3), BGR.
    """
    low, high = span if span is not None else automatic_span(celsius)
    return colourise((celsius - low) / max(high - low, 1e-6), palette)


def automatic_span(celsius: NDArray[np.float32]) -> tuple[float, float]:
    """Level and span as (lowest, highest) °C from the percentiles of the map; at least 2 K wide."""
    finite = celsius[np.isfinite(celsius)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(finite, (0.5, 99.8)))
    if high - low < 2.0:
        middle = (low + high) / 2
        low, high = middle - 1.0, middle + 1.0
    return low, high
