"""Measuring in a temperature map: spot, box, line, isotherm, histogram and the difference of two pictures.

Temperatures are float32 (H, W) in °C with NaN where there is no data; such pixels never count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.texts import text

TOP_SHARE = 0.01
"""Part of a box that counts as its hottest: robust against single pixels."""

_SMALLEST_TO_ALIGN = 16
_LEAST_CORRELATION = 0.6
"""Of the edges of two pictures that count as aligned: moved copies of real pictures with fresh noise had
0.74 or more, different pictures 0.57 or less in 74 of 75 pairs."""


@dataclass(frozen=True)
class BoxStatistics:
    """Temperatures inside a box, °C; hottest_xy and coldest_xy in pixels of the picture."""

    max_celsius: float
    mean_celsius: float
    min_celsius: float
    median_celsius: float
    top1_celsius: float
    deviation_kelvin: float
    hottest_xy: tuple[int, int]
    coldest_xy: tuple[int, int]
    pixels: int
    pixels_without_data: int


def box_slices(xyxy: Sequence[float], width: int, height: int) -> tuple[slice, slice] | None:
    """Rows and columns of the pixels that a box touches, clipped to the picture; None when outside."""
    left, top, right, bottom = (float(v) for v in xyxy)
    if not np.isfinite((left, top, right, bottom)).all():
        return None
    x0, x1 = max(int(np.floor(left)), 0), min(int(np.ceil(right)), width)
    y0, y1 = max(int(np.floor(top)), 0), min(int(np.ceil(bottom)), height)
    return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def box_statistics(celsius: NDArray[np.float32], xyxy: Sequence[float]) -> BoxStatistics | None:
    """Statistics of a box.

    Args:
        celsius: float32 (H, W), °C, NaN where there is no data.
        xyxy: left, top, right, bottom in pixels; every touched pixel counts.

    Returns:
        The statistics, or None when the box holds no pixel with data.
    """
    place = box_slices(xyxy, celsius.shape[1], celsius.shape[0])
    if place is None:
        return None
    part = celsius[place]
    known = np.isfinite(part)
    values = part[known]
    if values.size == 0:
        return None
    top = max(1, round(values.size * TOP_SHARE))
    hottest = np.partition(values, values.size - top)[values.size - top :]
    y_hot, x_hot = np.unravel_index(int(np.argmax(np.where(known, part, -np.inf))), part.shape)
    y_cold, x_cold = np.unravel_index(int(np.argmin(np.where(known, part, np.inf))), part.shape)
    y0, x0 = place[0].start, place[1].start
    return BoxStatistics(
        max_celsius=float(values.max()),
        mean_celsius=float(values.mean(dtype=np.float64)),
        min_celsius=float(values.min()),
        median_celsius=float(np.median(values)),
        top1_celsius=float(hottest.mean(dtype=np.float64)),
        deviation_kelvin=float(values.std(dtype=np.float64)),
        hottest_xy=(int(x0 + x_hot), int(y0 + y_hot)),
        coldest_xy=(int(x0 + x_cold), int(y0 + y_cold)),
        pixels=int(values.size),
        pixels_without_data=int(part.size - values.size),
    )


def spot(celsius: NDArray[np.float32], x: float, y: float, radius: int = 1) -> float | None:
    """Mean temperature around a point, as a spot meter shows it.

    Args:
        celsius: float32 (H, W), °C.
        x: column, px.
        y: row, px.
        radius: pixels each side; 1 averages 3x3, 0 reads the pixel alone.

    Returns:
        °C, or None where there is no data.

    Raises:
        SettingsError: the point lies outside the picture, or the radius is not 0..50.
    """
    height, width = celsius.shape
    if not (0 <= x < width and 0 <= y < height):
        raise SettingsError(
            text(
                "A spot must lie in the picture: x 0 to {right}, y 0 to {bottom}.",
                right=width - 1,
                bottom=height - 1,
            )
        )
    if not 0 <= radius <= 50:
        raise SettingsError(text("The radius of a spot must be 0 to 50 pixels."))
    column, row = int(x), int(y)
    part = celsius[max(row - radius, 0) : row + radius + 1, max(column - radius, 0) : column + radius + 1]
    values = part[np.isfinite(part)]
    return float(values.mean(dtype=np.float64)) if values.size else None


def line_profile(
    celsius: NDArray[np.float32], start: tuple[float, float], end: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Temperatures along a line, bilinear between pixel centres, about one sample a pixel.

    Args:
        celsius: float32 (H, W), °C.
        start: (x, y) px.
        end: (x, y) px.

    Returns:
        Distance from the start in px (N,), and °C (N,), NaN where a neighbour has no data.

    Raises:
        SettingsError: an end lies outside the picture, or both ends are the same point.
    """
    height, width = celsius.shape
    for x, y in (start, end):
        if not (0 <= x <= width - 1 and 0 <= y <= height - 1):
            raise SettingsError(
                text(
                    "Both ends of a line must lie in the picture: x 0 to {right}, y 0 to {bottom}.",
                    right=width - 1,
                    bottom=height - 1,
                )
            )
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    if length == 0:
        raise SettingsError(text("A line needs two different ends."))
    distance = np.linspace(0.0, length, int(np.ceil(length)) + 1)
    xs = start[0] + (end[0] - start[0]) * distance / length
    ys = start[1] + (end[1] - start[1]) * distance / length
    x0, y0 = np.floor(xs).astype(int), np.floor(ys).astype(int)
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    fx, fy = xs - x0, ys - y0
    upper = celsius[y0, x0] * (1 - fx) + celsius[y0, x1] * fx
    lower = celsius[y1, x0] * (1 - fx) + celsius[y1, x1] * fx
    return distance, (upper * (1 - fy) + lower * fy).astype(np.float32)


def isotherm_mask(
    celsius: NDArray[np.float32], above: float | None = None, below: float | None = None
) -> NDArray[np.bool_]:
    """Pixels at or above one temperature, at or below another, or between both when both are given.

    Args:
        celsius: float32 (H, W), °C.
        above: lower limit, °C, or None.
        below: upper limit, °C, or None.

    Returns:
        bool (H, W); False where there is no data.

    Raises:
        SettingsError: no limit, or above is not less than below.
    """
    if above is None and below is None:
        raise SettingsError(text("An isotherm needs a lower limit, an upper limit or both."))
    if above is not None and below is not None and not above < below:
        raise SettingsError(text("The isotherm's lower limit must be less than its upper limit."))
    mask = np.isfinite(celsius)
    if above is not None:
        mask &= celsius >= above
    if below is not None:
        mask &= celsius <= below
    return mask


def histogram(celsius: NDArray[np.float32], bins: int = 64) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Counts (bins,) and edges (bins + 1,) in °C over all pixels with data; a flat map gets 1 K of width."""
    if not 2 <= bins <= 1024:
        raise SettingsError(text("A histogram has 2 to 1024 bins."))
    values = celsius[np.isfinite(celsius)]
    if values.size == 0:
        return np.zeros(bins, np.int64), np.linspace(0.0, 1.0, bins + 1)
    counts, edges = np.histogram(values.astype(np.float64), bins)
    return counts.astype(np.int64), edges


@dataclass(frozen=True, eq=False)
class Difference:
    """Second picture minus first, aligned.

    Attributes:
        kelvin: float32 (H, W), K; NaN where one of them has no data.
        shift_xy: how far the second picture was moved, px.
        aligned: False when no common structure was found and the pictures were compared as they are.
    """

    kelvin: NDArray[np.float32]
    shift_xy: tuple[float, float]
    aligned: bool


def difference(first: NDArray[np.float32], second: NDArray[np.float32], align: bool = True) -> Difference:
    """Difference of two pictures of the same equipment: two phases, or before and after.

    Args:
        first: float32 (H, W), °C.
        second: float32 (H, W), °C.
        align: move the second picture (whole shift, no turning) so that its edges meet the first one's.

    Returns:
        Second minus first.

    Raises:
        SettingsError: the pictures differ in size.
    """
    if first.shape != second.shape:
        raise SettingsError(text("Both pictures must have the same size in pixels."))
    shift, found = _shift(first, second) if align else ((0.0, 0.0), False)
    moved = second
    if shift != (0.0, 0.0):
        import cv2

        matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float64)
        size = (first.shape[1], first.shape[0])
        moved = np.asarray(
            cv2.warpAffine(second, matrix, size, flags=cv2.INTER_LINEAR, borderValue=float("nan")), np.float32
        )
    return Difference((moved - first).astype(np.float32), shift, found)


def _shift(first: NDArray[np.float32], second: NDArray[np.float32]) -> tuple[tuple[float, float], bool]:
    """Shift of the second picture onto the first by phase correlation of edges, and whether it holds."""
    import cv2

    size = (first.shape[1], first.shape[0])
    if min(size) < _SMALLEST_TO_ALIGN:
        return (0.0, 0.0), False
    one, two = _edges(first), _edges(second)
    (x, y), _ = cv2.phaseCorrelate(one, two, cv2.createHanningWindow(size, cv2.CV_32F))
    if not (abs(x) <= size[0] / 4 and abs(y) <= size[1] / 4):  # also refuses NaN
        return (0.0, 0.0), False
    # The peak is only believed when the moved edges really lie on each other.
    moved = cv2.warpAffine(two, np.array([[1, 0, -x], [0, 1, -y]]), size, borderValue=float("nan"))
    both = np.isfinite(moved)
    if one[both].std() == 0 or moved[both].std() == 0:
        return (0.0, 0.0), False
    if np.corrcoef(one[both], moved[both])[0, 1] < _LEAST_CORRELATION:
        return (0.0, 0.0), False
    return (-round(x, 2), -round(y, 2)), True


def _edges(celsius: NDArray[np.float32]) -> NDArray[np.float32]:
    import cv2

    finite = np.isfinite(celsius)
    middle = np.median(celsius[finite]) if finite.any() else 0
    filled = np.where(finite, celsius, middle).astype(np.float32)
    strength = cv2.magnitude(cv2.Sobel(filled, cv2.CV_32F, 1, 0), cv2.Sobel(filled, cv2.CV_32F, 0, 1))
    # A hot part that cools down would outshine the shapes both pictures share.
    return np.log1p(strength / max(float(np.median(strength)), 1e-3)).astype(np.float32)
