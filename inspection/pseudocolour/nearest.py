"""The nearest palette entry of a colour, by luma and weighted chroma.

JPEG halves the resolution of chroma, so chroma is the less trustworthy part and counts CHROMA_WEIGHT only.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.palettes import palette_table
from inspection.texts import text

DENSE = 1024
"""Points that a palette is densified to: four times finer than the 256 shades of a picture."""

CHROMA_WEIGHT = 0.6
INVALID = np.uint16(DENSE)
"""Index that stands for "no colour of this palette"."""

MOST_DISTANCE = 22.0
"""Farther from every palette colour than JPEG noise brings a pixel: an overlay."""

_SEGMENT = 32

# Colours at a time: stays in the processor's cache, and below the size from which BLAS would start threads;
# those cost more than they give here when the processor is busy.
_CHUNK = 2048
_MOST_DISTINCT = 300_000

# ITU-R BT.601 luma, and chroma scaled as in YCbCr; columns are weights of B, G, R.
_LUMA = np.array([0.114, 0.587, 0.299])
_TO_FEATURE = np.stack(
    [
        _LUMA,
        CHROMA_WEIGHT * 0.564 * (np.array([1.0, 0.0, 0.0]) - _LUMA),
        CHROMA_WEIGHT * 0.713 * (np.array([0.0, 0.0, 1.0]) - _LUMA),
    ],
    axis=1,
).astype(np.float32)


class PaletteIndex:
    """A densified palette that finds the nearest entry of colours."""

    def __init__(self, table: NDArray[np.uint8]) -> None:
        """Densify a palette.

        Args:
            table: uint8 (N, 3) BGR, cold to hot, N at least 2.
        """
        position = np.linspace(0, len(table) - 1, DENSE)
        dense = np.stack([np.interp(position, np.arange(len(table)), table[:, c]) for c in range(3)], axis=1)
        self.points = dense.astype(np.float32) @ _TO_FEATURE
        self._segments = self.points.reshape(-1, _SEGMENT, 3)
        self._centres = self._segments.mean(axis=1)
        self._radii = np.linalg.norm(self._segments - self._centres[:, None], axis=2).max(axis=1)

    def nearest(self, colours: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        """Nearest entry of each colour, exactly.

        The palette is cut into segments; by the triangle inequality a segment can only hold the nearest entry
        if its centre is not farther than the nearest centre's far side. Three of 32 remain on average.

        Args:
            colours: uint8 (N, 3) BGR.

        Returns:
            Index 0..DENSE-1 and distance of each.
        """
        parts = [self._nearest(colours[i : i + _CHUNK]) for i in range(0, len(colours), _CHUNK)]
        if not parts:
            return np.zeros(0, np.uint16), np.zeros(0, np.float32)
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _nearest(self, colours: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        features = colours.astype(np.float32) @ _TO_FEATURE
        squares = (features**2).sum(axis=1)
        centre_squares = (self._centres**2).sum(axis=1)
        far = np.sqrt(np.maximum(squares[:, None] - 2 * features @ self._centres.T + centre_squares, 0))
        reach = (far + self._radii).min(axis=1) + 1e-2  # float32 rounding of the distances
        best = np.full(len(features), np.inf, np.float32)
        index = np.zeros(len(features), np.uint16)
        for s, segment in enumerate(self._segments):
            rows = np.flatnonzero(far[:, s] - self._radii[s] <= reach)
            if len(rows) == 0:
                continue
            distance = (segment**2).sum(axis=1) - 2 * features[rows] @ segment.T
            inner = distance.argmin(axis=1)
            distance = distance[np.arange(len(rows)), inner]
            closer = distance < best[rows]
            best[rows[closer]] = distance[closer]
            index[rows[closer]] = s * _SEGMENT + inner[closer]
        return index, np.sqrt(np.maximum(best + squares, 0))

    def nearest_reference(self, colours: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        """The same by measuring the distance to every entry: the slow reference."""
        features = colours.astype(np.float32) @ _TO_FEATURE
        distances = np.linalg.norm(features[:, None].astype(np.float64) - self.points, axis=2)
        index = distances.argmin(axis=1)
        return index.astype(np.uint16), distances[np.arange(len(index)), index].astype(np.float32)

    def exact(self, picture: NDArray[np.uint8]) -> NDArray[np.uint16]:
        """Index of every pixel, INVALID for overlays; each distinct colour is looked up once.

        A picture with more colours than any palette gives (noise, a photograph) goes through the table.

        Args:
            picture: uint8 (H, W, 3) BGR.

        Returns:
            uint16 (H, W).
        """
        packed = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA).view(np.uint32)[..., 0] & 0xFFFFFF
        present = np.zeros(1 << 24, bool)
        present[packed] = True
        distinct = np.flatnonzero(present)
        if len(distinct) > _MOST_DISTINCT:
            return self.by_table(picture)
        colours = distinct.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
        index, distance = self.nearest(colours)
        index[distance > MOST_DISTANCE] = INVALID
        by_colour = np.empty(1 << 24, np.uint16)  # only the touched pages become memory
        by_colour[distinct] = index
        return by_colour[packed]

    def by_table(self, picture: NDArray[np.uint8]) -> NDArray[np.uint16]:
        """Like exact, through a table of 128 x 128 x 128 colour cells: many times faster, for video."""
        cells = cv2.cvtColor(picture >> 1, cv2.COLOR_BGR2BGRA).view(np.uint32)[..., 0]
        packed = (cells & 0x7F) | ((cells >> 1) & 0x3F80) | ((cells >> 2) & 0x1FC000)
        return self._cells.take(packed)

    @cached_property
    def _cells(self) -> NDArray[np.uint16]:
        """Index of the middle of each cell, in the order r, g, b; built once a palette in two steps."""
        coarse = np.arange(32, dtype=np.uint8) * 8 + 4
        r, g, b = np.meshgrid(coarse, coarse, coarse, indexing="ij")
        blocks = np.stack([b, g, r], axis=-1).reshape(-1, 3)
        # No feature moves farther than its colour, and no colour of a block is 7 steps from its middle.
        blocks = blocks[self.nearest(blocks)[1] <= MOST_DISTANCE + 7]
        fine = np.arange(-3, 5, 2, dtype=np.int16)
        steps = np.stack(np.meshgrid(fine, fine, fine, indexing="ij"), axis=-1).reshape(-1, 3)
        colours = (blocks[:, None].astype(np.int16) + steps).reshape(-1, 3).astype(np.uint8)
        index, distance = self.nearest(colours)
        index[distance > MOST_DISTANCE] = INVALID
        table = np.full((128, 128, 128), INVALID, np.uint16)
        table[colours[:, 2] >> 1, colours[:, 1] >> 1, colours[:, 0] >> 1] = index
        return table.ravel()


# Room for all named palettes, so that a proposal does not push out the one in use with its table (4 MB, made
# when video asks for it).
@lru_cache(maxsize=24)
def _index(table: bytes) -> PaletteIndex:
    return PaletteIndex(np.frombuffer(table, np.uint8).reshape(-1, 3))


def palette_index(palette: str | NDArray[np.uint8]) -> PaletteIndex:
    """The index of a named palette or of a table read from a colour bar.

    Args:
        palette: one of inspection.palettes.PALETTE_NAMES, or uint8 (N, 3) BGR, cold to hot.

    Raises:
        SettingsError: unknown name, or a table with fewer than 2 or more than 4096 colours.
    """
    table = palette_table(palette) if isinstance(palette, str) else np.asarray(palette)
    if table.dtype != np.uint8 or table.ndim != 2 or table.shape[1] != 3 or not 2 <= len(table) <= 4096:
        raise SettingsError(text("A palette is a list of 2 to 4096 colours."))
    return _index(np.ascontiguousarray(table).tobytes())
