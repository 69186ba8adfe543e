"""Which palette a picture might be coloured with: a proposal for the user, never applied by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inspection.palettes import PALETTE_NAMES
from inspection.pseudocolour.nearest import palette_index

LARGEST_PROPOSED_DISTANCE = 5.0
"""Above this mean colour distance a palette is not worth proposing."""

_SAMPLES = 6000
_KEPT = 0.9  # overlays are at most a few per cent of a picture


def propose_palette(picture: NDArray[np.uint8]) -> list[tuple[str, float]]:
    """Known palettes by how near they come to the picture's colours.

    A palette and its reversed twin (white hot and black hot) have the same colours and the same distance: the
    user has to say which end is hot.

    Args:
        picture: uint8 (H, W, 3) BGR.

    Returns:
        (name, mean distance) of every palette, best first; see LARGEST_PROPOSED_DISTANCE.
    """
    pixels = picture.reshape(-1, 3)
    sample = pixels[:: max(1, len(pixels) // _SAMPLES)]
    distances = [(name, _trimmed_distance(sample, name)) for name in PALETTE_NAMES]
    return sorted(distances, key=lambda item: item[1])


def _trimmed_distance(sample: NDArray[np.uint8], name: str) -> float:
    _, distance = palette_index(name).nearest(sample)
    kept = max(1, int(len(distance) * _KEPT))
    return float(np.partition(distance, kept - 1)[:kept].mean())
