"""Boxes, labels and hottest points drawn into a picture."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.classes import CLASS_NAMES, canonical_name, display_name
from inspection.finding import Finding
from inspection.hotspots import HotSpot
from inspection.texts import DEFAULT_LANGUAGE, text, translate
from inspection.units import Unit, temperature

# Okabe and Ito's colours, told apart by colour-blind people (jfly.uni-koeln.de/color), BGR.
_CLASS_COLOURS = (
    (0, 159, 230), (233, 180, 86), (66, 228, 240), (115, 158, 0), (167, 121, 204),
    (0, 94, 213), (178, 114, 0), (220, 220, 220),
)  # fmt: skip
SEVERITY_COLOURS = {
    "none": (170, 170, 170),
    "watch": (66, 228, 240),
    "plan repair": (0, 159, 230),
    "repair now": (40, 40, 200),
}
DARK = (20, 20, 20)
"""Behind what is drawn, so that it shows on any palette."""
_SMALLEST = 640
_LONGEST_NAME = 40
_local = threading.local()

Rectangle = tuple[int, int, int, int]


def enlargement(width: int, height: int) -> int:
    """Whole number by which a small picture is enlarged so that its labels can be read."""
    return max(1, -(-_SMALLEST // max(width, height)))


def annotate(
    picture: NDArray[np.uint8],
    findings: Sequence[Finding],
    selected: int | None = None,
    labels: bool = True,
    hot_spots: Sequence[HotSpot] = (),
    label: Callable[[Finding], str] | None = None,
    language: str = DEFAULT_LANGUAGE,
    unit: Unit = "°C",
    scale: float = 1.0,
) -> NDArray[np.uint8]:
    """A copy of the picture with the findings drawn in.

    Args:
        picture: uint8 (H, W, 3) BGR; enlarged by a whole number without smoothing when it is small.
        findings: in the picture's pixels.
        selected: number of the finding to stand out, or None.
        labels: whether to write names.
        hot_spots: regions the model does not know, drawn thin and white, without a name.
        label: what is written at a box; None for `label_of`.
        language: of the names.
        unit: of the temperatures.
        scale: pixels of this picture per pixel that findings and hot spots refer to, below 1 for a copy with
            fewer pixels than the picture they were found in.

    Returns:
        uint8 (k*H, k*W, 3) BGR, k from `enlargement`.
    """
    height, width = picture.shape[:2]
    factor = enlargement(width, height)
    canvas = picture.copy()
    if factor > 1:
        size = (width * factor, height * factor)
        canvas = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    thick = max(1.0, max(canvas.shape[:2]) / 1000)
    place = factor * scale
    for spot in hot_spots:
        left, top, right, bottom = (round(v * place) for v in spot.xyxy)
        for colour, line in ((DARK, round(3 * thick)), ((255, 255, 255), max(1, round(thick)))):
            cv2.rectangle(canvas, (left, top), (right, bottom), colour, line)
    boxes = [_rectangle(finding, place, canvas.shape) for finding in findings]
    for finding, box in zip(findings, boxes, strict=True):
        _draw_box(canvas, box, colour_of(finding), thick, finding.number == selected)
        if finding.hottest_xy is not None:
            _draw_cross(canvas, (finding.hottest_xy[0] + 0.5, finding.hottest_xy[1] + 0.5), place, thick)
    if labels:
        taken: list[Rectangle] = []
        for finding, box in zip(findings, boxes, strict=True):
            words = label_of(finding, language, unit) if label is None else label(finding)
            _draw_label(canvas, words, box, colour_of(finding), thick, taken)
    return canvas


def colour_of(finding: Finding) -> tuple[int, int, int]:
    """BGR colour of a finding: its severity's where it is graded, else its class's."""
    if finding.severity is not None:
        return SEVERITY_COLOURS[finding.severity]
    name = canonical_name(finding.class_name)
    index = CLASS_NAMES.index(name) if name in CLASS_NAMES else finding.class_id
    return _CLASS_COLOURS[index % len(_CLASS_COLOURS)]


def label_of(finding: Finding, language: str = DEFAULT_LANGUAGE, unit: Unit = "°C") -> str:
    """What is written at a box: number, class, and the temperature or else the confidence."""
    name, number = display_name(finding.class_name), finding.number
    hot = None if finding.max_celsius is None else temperature(finding.max_celsius, unit)
    if len(name) > _LONGEST_NAME:  # a foreign model may call its classes anything
        name = f"{name[: _LONGEST_NAME - 1]}…"
    if hot is None:
        said = text("{number}  {name}  {sure:.2f}", number=number, name=name, sure=finding.confidence)
    elif finding.temperature_source == "scale":
        said = text("{number}  {name}  ~{hot:.1f} {unit}", number=number, name=name, hot=hot, unit=unit)
    else:
        said = text("{number}  {name}  {hot:.1f} {unit}", number=number, name=name, hot=hot, unit=unit)
    return translate(said, language)


def _rectangle(finding: Finding, factor: float, shape: tuple[int, ...]) -> Rectangle:
    """The box in pixels of the canvas, inside it."""
    x1, y1, x2, y2 = (round(v * factor) for v in finding.xyxy)
    right, bottom = shape[1] - 1, shape[0] - 1
    return min(max(x1, 0), right), min(max(y1, 0), bottom), min(max(x2, 0), right), min(max(y2, 0), bottom)


def _draw_box(
    canvas: NDArray[np.uint8], box: Rectangle, colour: tuple[int, int, int], unit: float, selected: bool
) -> None:
    """A 2 px line with a dark outline; twice as thick when selected."""
    line = round(2 * unit) * (2 if selected else 1)
    cv2.rectangle(canvas, box[:2], box[2:], DARK, line + 2 * max(1, round(unit)), cv2.LINE_AA)
    cv2.rectangle(canvas, box[:2], box[2:], colour, line, cv2.LINE_AA)


def _draw_cross(canvas: NDArray[np.uint8], xy: tuple[float, float], factor: float, unit: float) -> None:
    """A small cross at the hottest point."""
    centre = (int(xy[0] * factor), int(xy[1] * factor))
    arm = round(6 * unit)
    for colour, thickness in ((DARK, round(3 * unit)), ((255, 255, 255), max(1, round(unit)))):
        cv2.drawMarker(canvas, centre, colour, cv2.MARKER_CROSS, 2 * arm, thickness, cv2.LINE_AA)


def _font() -> cv2.FontFace:
    """OpenCV's built-in font (Latin, Greek, Cyrillic, Chinese); one a thread, as it keeps a glyph cache."""
    if not hasattr(_local, "font"):
        _local.font = cv2.FontFace("sans")
    return _local.font


def _draw_label(
    canvas: NDArray[np.uint8],
    words: str,
    box: Rectangle,
    colour: tuple[int, int, int],
    unit: float,
    taken: list[Rectangle],
) -> None:
    """Write on a filled tab that stays inside the picture and covers no other label."""
    size, pad = round(15 * unit), round(4 * unit)
    height, width = canvas.shape[:2]
    while True:
        _, _, text_w, _ = cv2.getTextSize((4 * width, height), words, (0, 0), _font(), size, 600)
        if text_w + 2 * pad <= width or len(words) <= 4:
            break
        words = words[:-2].rstrip("…") + "…"
    tab = (text_w + 2 * pad, size + 2 * pad)
    x, y = place_label(box, tab, (width, height), taken)
    taken.append((x, y, x + tab[0], y + tab[1]))
    cv2.rectangle(canvas, (x, y), (x + tab[0] - 1, y + tab[1] - 1), colour, cv2.FILLED)
    luminance = 0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2]
    ink = (0, 0, 0) if luminance > 110 else (255, 255, 255)
    baseline = y + pad + round(0.82 * size)
    cv2.putText(canvas, words, (x + pad, baseline), ink, _font(), size, 600)


def place_label(
    box: Rectangle, tab: tuple[int, int], picture: tuple[int, int], taken: Sequence[Rectangle]
) -> tuple[int, int]:
    """Where a label goes: above the box if it can, else the first free place around it.

    Args:
        box: left, top, right, bottom of the box in pixels.
        tab: (width, height) of the label in pixels.
        picture: (width, height) in pixels.
        taken: rectangles of the labels already placed.

    Returns:
        Left and top of the label; inside the picture whenever it fits there.
    """
    x1, y1, x2, y2 = box
    w, h = tab
    wishes = [(x1, y1 - h), (x1, y2), (x1, y1), (x2 - w, y1 - h), (x2 - w, y2), (x2, y1), (x1 - w, y1)]
    # Then further and further away in steps of one label's height.
    wishes += [(x1, y1 + side * step * h) for step in range(1, 40) for side in (-1, 1)]
    places = []
    for x, y in wishes:
        place = (max(0, min(x, picture[0] - w)), max(0, min(y, picture[1] - h)))
        places.append(place)
        if not any(_overlap((*place, place[0] + w, place[1] + h), other) for other in taken):
            return place
    return places[0]


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
