"""A finding: one detection with what was measured on it. Tables, files and pages are made from these only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, get_args

from inspection.classes import display_name
from inspection.detections import Detections
from inspection.measure import BoxStatistics, box_statistics
from inspection.texts import Text, text
from inspection.thermogram import TemperatureSource, Thermogram

SEVERITIES: tuple[str, ...] = ("none", "watch", "plan repair", "repair now")
"""From harmless to urgent; every standard's own classes are mapped to these four."""

SEVERITY_NAMES: dict[str, Text] = {
    "none": text("none"),
    "watch": text("watch"),
    "plan repair": text("plan repair"),
    "repair now": text("repair now"),
}
"""How the four are shown."""

NOT_GRADED = text("not graded")

SCREENING_NOTE = text("Screening aid, not a certified inspection.")
"""Stands with every result."""

_SOURCES = get_args(TemperatureSource)


@dataclass(frozen=True)
class Finding:
    """One detection, its temperatures and its grade.

    Attributes:
        number: place in the list, from 1.
        class_id: the model's own class id.
        class_name: the model's own class name.
        confidence: 0..1.
        xyxy: left, top, right, bottom in pixels of the picture.
        picture_width: width of the picture, px.
        picture_height: height of the picture, px.
        track_id: the tracker's number in a video, or None.
        max_celsius: hottest pixel of the box, °C (mean of the hottest 1 % when temperatures were estimated
            from colours), or None when not known.
        mean_celsius: mean over the box, °C, or None.
        min_celsius: coldest pixel of the box, °C, or None.
        top1_celsius: mean of the hottest 1 % of the box, °C, or None.
        hottest_xy: (x, y) of the hottest pixel in the picture, px, or None.
        share_above_reference: share of the box's pixels above the reference, 0..1, or None.
        delta_similar_kelvin: rise over a similar component, K, or None.
        delta_ambient_kelvin: rise over ambient, K, or None.
        severity: one of SEVERITIES, or None when not graded.
        rule: the rule that gave the severity, in the standard's own words, or None.
        reference: what the temperature was compared with, or None.
        reason: one sentence on how the grade came about, or why there is none.
        temperature_source: "radiometric", "scale" or "none".
        accuracy_kelvin: stated accuracy of the temperatures, K, or None.
        warning: a sentence about a trap (low emissivity, saturated scale), or "".
    """

    number: int
    class_id: int
    class_name: str
    confidence: float
    xyxy: tuple[float, float, float, float]
    picture_width: int
    picture_height: int
    track_id: int | None = None
    max_celsius: float | None = None
    mean_celsius: float | None = None
    min_celsius: float | None = None
    top1_celsius: float | None = None
    hottest_xy: tuple[int, int] | None = None
    share_above_reference: float | None = None
    delta_similar_kelvin: float | None = None
    delta_ambient_kelvin: float | None = None
    severity: str | None = None
    rule: str | None = None
    reference: str | None = None
    reason: str = ""
    temperature_source: TemperatureSource = "none"
    accuracy_kelvin: float | None = None
    warning: str = ""

    def __post_init__(self) -> None:
        if self.number < 1 or self.picture_width < 1 or self.picture_height < 1:
            raise ValueError("number, picture_width and picture_height start at 1")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence must be 0..1, not {self.confidence}")
        left, top, right, bottom = self.xyxy
        if not (left <= right and top <= bottom):  # also refuses NaN
            raise ValueError(f"xyxy must run from left/top to right/bottom, not {self.xyxy}")
        for name, value in vars(self).items():
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(f"{name} must be a finite number or None, not {value}")
        if self.severity is not None and self.severity not in SEVERITIES:
            raise ValueError(f"severity must be one of {SEVERITIES} or None, not {self.severity!r}")
        if self.temperature_source not in _SOURCES:
            raise ValueError(f"temperature_source {self.temperature_source!r} is not known")
        if self.temperature_source == "none" and (self.max_celsius is not None or self.severity is not None):
            raise ValueError("without a temperature source there are no temperatures and no severity")
        share = self.share_above_reference
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"share_above_reference must be 0..1, not {share}")

    @property
    def width_px(self) -> float:
        """Width of the box, px."""
        return self.xyxy[2] - self.xyxy[0]

    @property
    def height_px(self) -> float:
        """Height of the box, px."""
        return self.xyxy[3] - self.xyxy[1]

    @property
    def area_px(self) -> float:
        """Area of the box, px²."""
        return self.width_px * self.height_px

    @property
    def area_percent(self) -> float:
        """Area of the box in percent of the picture."""
        return 100.0 * self.area_px / (self.picture_width * self.picture_height)

    @property
    def severity_name(self) -> str:
        """The severity as shown on screen."""
        return NOT_GRADED if self.severity is None else SEVERITY_NAMES[self.severity]

    @property
    def display_name(self) -> str:
        """The class name as shown on screen."""
        return display_name(self.class_name)


def findings_from_detections(detections: Detections, thermogram: Thermogram) -> tuple[Finding, ...]:
    """Findings in the order of the detections, measured where temperatures are known, not graded.

    Args:
        detections: boxes in the pixels of the thermogram's picture.
        thermogram: where they were found.

    Returns:
        One finding a detection; every temperature is None when the thermogram has none.
    """
    return tuple(measured_finding(detections, i, thermogram) for i in range(len(detections)))


def measured_finding(detections: Detections, index: int, thermogram: Thermogram) -> Finding:
    """The finding of one detection with its temperatures, not graded, numbered by its object or its place."""
    left, top, right, bottom = (float(v) for v in detections.xyxy[index])
    track = detections.track_id
    measured = {}
    if thermogram.celsius is not None:
        statistics = box_statistics(thermogram.celsius, (left, top, right, bottom))
        measured = _temperatures(statistics, thermogram.source) if statistics else {}
    return Finding(
        number=index + 1 if track is None else int(track[index]),
        class_id=int(detections.class_id[index]),
        class_name=detections.name(index),
        confidence=min(max(float(detections.confidence[index]), 0.0), 1.0),
        xyxy=(left, top, max(right, left), max(bottom, top)),
        picture_width=thermogram.width,
        picture_height=thermogram.height,
        track_id=None if track is None else int(track[index]),
        temperature_source=thermogram.source,
        accuracy_kelvin=thermogram.accuracy_kelvin,
        **measured,
    )


def _temperatures(box: BoxStatistics, source: TemperatureSource) -> dict[str, Any]:
    # The hottest single pixel of a colour picture is 2-4 % of the span off (JPEG), the top 1 % is not.
    hottest = box.top1_celsius if source == "scale" else box.max_celsius
    return {
        "max_celsius": hottest,
        "mean_celsius": box.mean_celsius,
        "min_celsius": box.min_celsius,
        "top1_celsius": box.top1_celsius,
        "hottest_xy": box.hottest_xy,
    }
