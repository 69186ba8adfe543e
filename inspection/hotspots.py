"""Hot spots that the network does not know: regions that stand out against their surroundings.

They are listed apart as "unclassified hot spot" and never mixed into the model's detections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.measure import box_slices
from inspection.texts import text

HOT_SPOT_NAME = "unclassified hot spot"
_SMALL_SIDE = 160  # the surroundings are smooth: a small copy of the picture is enough
_MOST_SPOTS = 50


@dataclass(frozen=True)
class HotSpotSettings:
    """What counts as a hot spot.

    Attributes:
        min_contrast_kelvin: rise over the surroundings, 1..500 K.
        min_area_px: smallest region, 1..10000 px.
        max_area_percent: largest region in percent of the picture, 0.01..25.

    Raises:
        SettingsError: a value is out of range.
    """

    min_contrast_kelvin: float = 10.0
    min_area_px: int = 12
    max_area_percent: float = 4.0

    def __post_init__(self) -> None:
        if not 1 <= self.min_contrast_kelvin <= 500:
            raise SettingsError(text("The contrast of a hot spot must be 1 to 500 K."))
        if not 1 <= self.min_area_px <= 10_000:
            raise SettingsError(text("The smallest hot spot must be 1 to 10000 pixels."))
        if not 0.01 <= self.max_area_percent <= 25:
            raise SettingsError(text("The largest hot spot must be 0.01 to 25 % of the picture."))


@dataclass(frozen=True)
class HotSpot:
    """One region: box and hottest pixel in px, temperatures in °C, contrast in K over its surroundings."""

    xyxy: tuple[int, int, int, int]
    hottest_xy: tuple[int, int]
    max_celsius: float
    surroundings_celsius: float
    area_px: int

    @property
    def contrast_kelvin(self) -> float:
        """Rise of the hottest pixel over the surroundings, K."""
        return self.max_celsius - self.surroundings_celsius


def find_hot_spots(
    celsius: NDArray[np.float32] | None,
    boxes: Sequence[Sequence[float]] | NDArray = (),
    settings: HotSpotSettings | None = None,
) -> tuple[HotSpot, ...]:
    """Regions hotter than their surroundings, outside all known boxes.

    Args:
        celsius: float32 (H, W), °C, NaN for no data; None (no scale) gives no hot spots.
        boxes: (N, 4) px of all detections, whatever their class: what the model knows is not listed again.
        settings: limits; None takes the defaults.

    Returns:
        Hottest contrast first, 50 at most.
    """
    settings = settings or HotSpotSettings()
    if celsius is None or not np.isfinite(celsius).any():
        return ()
    surroundings = _surroundings(celsius)
    finite = np.isfinite(celsius)
    largest = celsius.size * settings.max_area_percent / 100
    # Half of the asked contrast outlines the region; its hottest pixel must have all of it.
    hot = finite & (celsius - surroundings >= settings.min_contrast_kelvin / 2)
    _keep_hot_ends(hot, celsius, surroundings, largest, settings.min_contrast_kelvin)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(hot.astype(np.uint8), connectivity=8)
    excess = np.where(finite, celsius - surroundings, -np.inf)
    peaks = np.full(count, -np.inf)
    np.maximum.at(peaks, np.asarray(labels[hot], np.intp), excess[hot])
    areas = stats[:, cv2.CC_STAT_AREA]
    good = (peaks >= settings.min_contrast_kelvin) & (areas >= settings.min_area_px) & (areas <= largest)
    good[0] = False  # the background
    known = _known(celsius.shape, boxes)
    spots = []
    for label in np.flatnonzero(good):
        spot = _spot(int(label), labels, stats[label], celsius, surroundings)
        # Touching a known box by its hottest pixel or by half of its area makes it the model's own find.
        left, top, right, bottom = spot.xyxy
        region = labels[top:bottom, left:right] == label
        covered = np.count_nonzero(known[top:bottom, left:right] & region)
        if not known[spot.hottest_xy[1], spot.hottest_xy[0]] and covered < 0.5 * spot.area_px:
            spots.append(spot)
    return tuple(sorted(spots, key=lambda s: -s.contrast_kelvin)[:_MOST_SPOTS])


def _keep_hot_ends(
    hot: NDArray[np.bool_],
    celsius: NDArray[np.float32],
    surroundings: NDArray[np.float32],
    largest: float,
    contrast: float,
) -> None:
    """Of a body too large for a spot (a bushing before cold sky) keep what stands out on the body itself.

    Changes hot and, inside such bodies, surroundings (to the body's own median) in place.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(hot.astype(np.uint8), connectivity=8)
    for label in np.flatnonzero(stats[:, cv2.CC_STAT_AREA] > largest):
        if label == 0:
            continue
        body = labels == label
        values = celsius[body]
        median, peak = float(np.median(values)), float(values.max())
        hot[body] = False
        if peak - median >= contrast:
            hot |= body & (celsius >= (peak + median) / 2)
            surroundings[body] = median


def _surroundings(celsius: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median of the neighbourhood (a third of the smaller side) of every pixel, °C."""
    finite = np.isfinite(celsius)
    filled = celsius if finite.all() else np.where(finite, celsius, np.median(celsius[finite]))
    height, width = celsius.shape
    scale = min(1.0, _SMALL_SIDE / max(height, width))
    size = (max(3, round(width * scale)), max(3, round(height * scale)))
    small = cv2.resize(filled.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    low, high = float(small.min()), float(np.percentile(small, 98))
    step = max(high - low, 1e-3) / 255
    coded = np.rint(np.clip((small - low) / step, 0, 255)).astype(np.uint8)
    window = max(3, min(size) // 3 | 1)
    blurred = cv2.medianBlur(coded, window).astype(np.float32) * step + low
    return cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)


def _known(shape: tuple[int, ...], boxes: Sequence[Sequence[float]] | NDArray) -> NDArray[np.bool_]:
    known = np.zeros(shape, bool)
    for box in boxes:
        place = box_slices(box, shape[1], shape[0])
        if place is not None:
            known[place] = True
    return known


def _spot(
    label: int,
    labels: NDArray,
    stats: NDArray,
    celsius: NDArray[np.float32],
    surroundings: NDArray[np.float32],
) -> HotSpot:
    left, top, width, height, area = (int(v) for v in stats)
    place = slice(top, top + height), slice(left, left + width)
    values = np.where(labels[place] == label, celsius[place], -np.inf)
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    x, y = left + int(column), top + int(row)
    return HotSpot(
        xyxy=(left, top, left + width, top + height),
        hottest_xy=(x, y),
        max_celsius=float(celsius[y, x]),
        surroundings_celsius=float(surroundings[y, x]),
        area_px=area,
    )
