"""Random numbers and smooth random fields that scenes are made uneven with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Choice = TypeVar("Choice")


def pick(rng: np.random.Generator, items: Sequence[Choice], weights: Sequence[float] | None = None) -> Choice:
    """One of the items, with the given weights (any positive numbers)."""
    if weights is None:
        return items[int(rng.integers(len(items)))]
    edges = np.cumsum(weights)
    return items[int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))]


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with this probability."""
    return bool(rng.random() < probability)


def field(
    rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 1, stretch: float = 1.0
) -> NDArray[np.float32]:
    """A smooth random field of about unit spread.

    Args:
        rng: source of randomness.
        height: rows.
        width: columns.
        cell: size of the largest blotches in pixels.
        octaves: each further octave has half the size and 0.55 of the height.
        stretch: above 1 makes the blotches wider than high.

    Returns:
        float32 (height, width).
    """
    total = np.zeros((height, width), np.float32)
    gain = 1.0
    for _ in range(octaves):
        rows = max(2, int(height / cell) + 2)
        columns = max(2, int(width / (cell * stretch)) + 2)
        grid = rng.standard_normal((rows, columns), np.float32)
        total += gain * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        gain *= 0.55
        cell = max(cell / 2, 1.0)
    return total


def blurred(image: NDArray, sigma: float) -> NDArray[np.float32]:
    """Gaussian blur with this sigma in pixels."""
    return cv2.GaussianBlur(image, (0, 0), sigma).astype(np.float32, copy=False)


def curve(points: NDArray | Sequence, count: int = 24) -> NDArray[np.float64]:
    """A smooth line through two or more points (Catmull-Rom), with `count` points a span, shape (M, 2)."""
    knots = np.asarray(points, float)
    if len(knots) == 2:
        return knots[0] + np.linspace(0, 1, count)[:, None] * (knots[1] - knots[0])
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    t = np.linspace(0, 1, count, endpoint=False)[:, None]
    spans = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        spans.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - 3 * c + d - a) * t**3)
        )
    return np.vstack([*spans, knots[-1:]])


def sagging(
    start: Sequence[float] | NDArray, end: Sequence[float] | NDArray, sag: float, count: int = 24
) -> NDArray[np.float64]:
    """A hanging wire, shape (count, 2): a parabola that sags by `sag` in its middle (y down)."""
    t = np.linspace(0, 1, count)[:, None]
    line = np.asarray(start, float) + t * (np.asarray(end, float) - np.asarray(start, float))
    line[:, 1] += 4 * sag * (t * (1 - t))[:, 0]
    return line
