"""What a component is compared with: a similar one, and the air around it.

Order: the user's pick, the same class in the same picture, the typed ambient, the file's air temperature, and
last an estimate from the coolest parts outside all boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from inspection.classes import canonical_name
from inspection.finding import Finding
from inspection.measure import box_slices, box_statistics
from inspection.texts import Text, text
from inspection.thermogram import Thermogram
from inspection.units import Celsius

AREA_RATIO = (0.4, 2.5)
"""Boxes of one class whose areas differ by more than this are different things."""

ESTIMATE_PERCENTILE = 5.0


@dataclass(frozen=True)
class Reference:
    """A temperature to compare with, °C, and where it comes from."""

    celsius: float
    origin: str

    @property
    def words(self) -> Text:
        """What it is and how hot: typed ambient at 20.0 °C."""
        return text("{origin} at {celsius:.1f}", origin=self.origin, celsius=Celsius(self.celsius))


def similar_reference(
    finding: Finding,
    findings: Sequence[Finding],
    thermogram: Thermogram,
    picked: Sequence[float] | None,
    same_load: bool,
) -> Reference | None:
    """A similar component: the user's pick, otherwise the same class where the user says "same load".

    Args:
        finding: the one to grade.
        findings: all of the picture, measured.
        thermogram: the picture.
        picked: box that the user picked or drew, px, or None.
        same_load: the same class in this picture carries the same load.

    Returns:
        The reference, or None. A picked box is not compared with itself.
    """
    if picked is not None:
        if _overlap(finding.xyxy, picked) > 0.8:
            return None
        assert thermogram.celsius is not None
        statistics = box_statistics(thermogram.celsius, picked)
        if statistics is not None:
            hottest = statistics.top1_celsius if thermogram.source == "scale" else statistics.max_celsius
            return Reference(hottest, text("picked reference"))
    return _same_class(finding, findings) if same_load else None


def _same_class(finding: Finding, findings: Sequence[Finding]) -> Reference | None:
    """The cooler of two, the median of the cooler half of three or more, the finding itself included."""
    twins = [other for other in findings if other is finding or _alike(finding, other)]
    temperatures = sorted(twin.max_celsius for twin in twins if twin.max_celsius is not None)
    if len(temperatures) < 2:
        return None
    if len(temperatures) == 2:
        return Reference(temperatures[0], text("the cooler of two of the same class"))
    cooler = temperatures[: (len(temperatures) + 1) // 2]
    words = text("the cooler half of {count} of the same class", count=len(temperatures))
    return Reference(median(cooler), words)


def _alike(finding: Finding, other: Finding) -> bool:
    if canonical_name(other.class_name) != canonical_name(finding.class_name) or other.max_celsius is None:
        return False
    if finding.area_px <= 0:
        return False
    return AREA_RATIO[0] <= other.area_px / finding.area_px <= AREA_RATIO[1]


def _overlap(first: Sequence[float], second: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return both / (areas - both)


def ambient_reference(
    thermogram: Thermogram, boxes: Sequence[Sequence[float]], typed: float | None
) -> Reference | None:
    """The air: typed, from the file, or estimated.

    Args:
        thermogram: the picture.
        boxes: all detections, px; the estimate looks outside of them.
        typed: the user's value, °C, or None.

    Returns:
        The reference, or None when nothing is known.
    """
    if typed is not None:
        return Reference(float(typed), text("typed ambient"))
    air = thermogram.camera.get("air_celsius")
    if thermogram.source == "radiometric" and air is not None:
        return Reference(float(air), text("air temperature set in the camera"))
    if thermogram.celsius is None:
        return None
    outside = np.isfinite(thermogram.celsius)
    for box in boxes:
        place = box_slices(box, thermogram.width, thermogram.height)
        if place is not None:
            outside[place] = False
    values = thermogram.celsius[outside]
    if values.size == 0:
        return None
    coolest = float(np.percentile(values, ESTIMATE_PERCENTILE))
    return Reference(coolest, text("ambient estimated from the picture"))
