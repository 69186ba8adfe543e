"""From a painted canvas to boxes.

The convention decides more than anything else whether a detector trained here works on real pictures: people
box the part that is visibly hot, not the whole connector, while motors, chips, fuses, people and animals are
boxed whole. A hot part is the connected area where the excess over its surroundings is above a share of its
peak, plus 2-15 % of its own width and height, plus a few pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from thermal_scenes.canvas import Canvas, Item
from thermal_scenes.noise import blurred

HOT_SHARE = 0.68
LEAST_KELVIN = 1.5
LEAST_VISIBLE = 0.15
LEAST_CONTRAST = {"hot": 0.09, "part": 0.10, "whole": 0.03}
"""Contrast in shares of the palette below which nobody draws a box; cold fuses and chips are left alone."""


@dataclass(frozen=True)
class Box:
    """One label: class index and pixel corners, and the number of the canvas item it is for."""

    class_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    number: int

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        return self.x1, self.y1, self.x2, self.y2


def find_boxes(rng: np.random.Generator, canvas: Canvas, blur_px: float) -> list[Box]:
    """Boxes of all items that can be seen.

    Args:
        rng: the annotator's hand: how generous the boxes are.
        canvas: the painted scene.
        blur_px: sigma of the camera in canvas pixels.
    """
    boxes: list[Box] = []
    generous = float(rng.uniform(0, 1))
    visible = None
    if any(i.hot_part for i in canvas.items):
        visible = blurred(canvas.excess * canvas.emissivity, max(blur_px, 0.6))
    for item in canvas.items:
        if item.hot_part and visible is not None:
            found = _hot_box(visible, canvas, item, generous)
        else:
            found = _whole_box(canvas, item, blur_px)
        if found is not None:
            boxes.append(Box(item.class_id, *found, item.number))
    return _merged(boxes)


def _extent(mask: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _whole_box(canvas: Canvas, item: Item, blur_px: float) -> tuple[float, float, float, float] | None:
    mask = canvas.ids == item.number
    seen = int(np.count_nonzero(mask))
    if seen < 6 or seen < LEAST_VISIBLE * item.painted:
        return None
    extent = _extent(mask)
    if extent is None or min(extent[2] - extent[0], extent[3] - extent[1]) < 3:
        return None
    pad = 0.5 * blur_px + 0.012 * (extent[2] - extent[0] + extent[3] - extent[1]) / 2
    return _clipped(canvas, extent, pad, pad)


def _hot_box(
    visible: NDArray[np.float32], canvas: Canvas, item: Item, generous: float
) -> tuple[float, float, float, float] | None:
    mask = canvas.ids == item.number
    extent = _extent(mask)
    if extent is None:
        return None
    grow = 0.5 * max(extent[2] - extent[0], extent[3] - extent[1]) + 12
    x1, y1 = int(max(0, extent[0] - grow)), int(max(0, extent[1] - grow))
    x2, y2 = int(min(canvas.width, extent[2] + grow)), int(min(canvas.height, extent[3] + grow))
    part, own = visible[y1:y2, x1:x2], mask[y1:y2, x1:x2]
    peak_at = int(np.argmax(np.where(own, part, -1)))
    peak = float(part.flat[peak_at])
    if peak < LEAST_KELVIN:
        return None
    _, marks = cv2.connectedComponents((part > item.notes.get("share", HOT_SHARE) * peak).astype(np.uint8))
    found = _extent(marks == marks.flat[peak_at])
    if found is None:
        return None
    w, h = found[2] - found[0], found[3] - found[1]
    more = 0.02 + 0.13 * generous
    pad = 1.5 + 2.5 * generous
    hot = (found[0] + x1, found[1] + y1, found[2] + x1, found[3] + y1)
    return _clipped(canvas, hot, pad + more * w / 2, pad + more * h / 2)


def _clipped(
    canvas: Canvas, extent: tuple[int, int, int, int], pad_x: float, pad_y: float
) -> tuple[float, float, float, float] | None:
    x1, y1 = max(0.0, extent[0] - pad_x), max(0.0, extent[1] - pad_y)
    x2, y2 = min(float(canvas.width), extent[2] + pad_x), min(float(canvas.height), extent[3] + pad_y)
    return (x1, y1, x2, y2) if x2 - x1 >= 4 and y2 - y1 >= 4 else None


def overlap(a: Box, b: Box) -> float:
    """Shared area over the area of the smaller box."""
    w = min(a.x2, b.x2) - max(a.x1, b.x1)
    h = min(a.y2, b.y2) - max(a.y1, b.y1)
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / min((a.x2 - a.x1) * (a.y2 - a.y1), (b.x2 - b.x1) * (b.y2 - b.y1))


def can_be_seen(canvas: Canvas, celsius: NDArray[np.float32], span: tuple[float, float], box: Box) -> bool:
    """Whether the box's object stands out in the shown picture.

    Args:
        canvas: the painted scene.
        celsius: float32 (H, W), as measured.
        span: (lowest, highest) °C of the palette.
        box: a label of this scene.
    """
    x1, y1, x2, y2 = (round(v) for v in box.corners)
    wide = max(span[1] - span[0], 1e-3)
    shown = np.clip((celsius[y1:y2, x1:x2] - span[0]) / wide, 0, 1)
    if canvas.items[box.number - 1].hot_part:
        healthy = np.clip((canvas.base[y1:y2, x1:x2] - span[0]) / wide, 0, 1)
        gain = float(np.percentile(shown, 90) - np.percentile(healthy, 60))
        return gain > LEAST_CONTRAST["hot"] and float(shown.max()) > 0.25
    own = canvas.ids[y1:y2, x1:x2] == box.number
    if not own.any():
        return False
    more = 3 + int(0.15 * max(x2 - x1, y2 - y1))
    outer = np.s_[max(0, y1 - more) : y2 + more, max(0, x1 - more) : x2 + more]
    around = canvas.ids[outer] != box.number
    if not around.any():
        return True
    behind = np.clip((celsius[outer][around] - span[0]) / wide, 0, 1)
    body = shown[own]
    if box.class_id in (5, 6):
        return float(np.percentile(body, 75) - np.median(behind)) > LEAST_CONTRAST["part"]
    return max(abs(float(body.mean() - behind.mean())), float(body.std())) > LEAST_CONTRAST["whole"]


def _merged(boxes: list[Box]) -> list[Box]:
    """One box for hot joints or components that share more than half of the smaller one's area."""
    kept: list[Box] = []
    for box in boxes:
        for i, other in enumerate(kept):
            if box.class_id == other.class_id and box.class_id in (2, 3, 4) and overlap(box, other) > 0.5:
                kept[i] = Box(
                    box.class_id,
                    min(box.x1, other.x1), min(box.y1, other.y1),
                    max(box.x2, other.x2), max(box.y2, other.y2),
                    other.number,
                )  # fmt: skip
                break
        else:
            kept.append(box)
    return kept
