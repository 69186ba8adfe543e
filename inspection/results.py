"""One picture's way from bytes to findings, and what is kept of it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import Any

from inspection.assess import AssessSettings, assess
from inspection.classes import display_name
from inspection.detections import Detections
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.finding import SEVERITIES, Finding
from inspection.hotspots import HotSpot, HotSpotSettings, find_hot_spots
from inspection.opening import ThermalOptions, open_file
from inspection.settings import RunSettings
from inspection.thermogram import TemperatureSource, Thermogram
from inspection.units import rounded


@dataclass(frozen=True)
class Result:
    """What was found in one file.

    Attributes:
        file: name as given.
        sha256: of the file's bytes, "" when they could not be read.
        width: of the picture in pixels, 0 when it could not be read.
        height: likewise.
        seconds: time from bytes to findings.
        findings: worst first, numbered from 1.
        hot_spots: what stands out thermally and the model does not know.
        temperature_source: "radiometric", "scale" or "none".
        error: one sentence when the file could not be analysed, else None.
        note: one sentence about how it was read, or "".
    """

    file: str
    sha256: str
    width: int
    height: int
    seconds: float
    findings: tuple[Finding, ...] = ()
    error: str | None = None
    note: str = ""
    hot_spots: tuple[HotSpot, ...] = ()
    temperature_source: TemperatureSource = "none"

    @classmethod
    def of(
        cls,
        file: str,
        sha256: str,
        seconds: float,
        thermogram: Thermogram,
        findings: tuple[Finding, ...],
        hot_spots: tuple[HotSpot, ...] = (),
    ) -> Result:
        """What was found in a thermogram; see the attributes."""
        return cls(
            file,
            sha256,
            thermogram.width,
            thermogram.height,
            seconds,
            findings,
            note=thermogram.note,
            hot_spots=hot_spots,
            temperature_source=thermogram.source,
        )

    @classmethod
    def failed(cls, file: str, error: str, sha256: str = "", seconds: float = 0.0) -> Result:
        """A file that could not be analysed, with one sentence why."""
        return cls(file, sha256, 0, 0, seconds, error=error)

    def by_class(self) -> dict[str, int]:
        """Number of findings a shown class name, most frequent first."""
        counts: dict[str, int] = {}
        for finding in self.findings:
            shown = display_name(finding.class_name)
            counts[shown] = counts.get(shown, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: -item[1]))

    def to_json(self) -> dict[str, Any]:
        """The result as plain values; class ids and names are the model's own."""
        return {
            "file": self.file,
            "width": self.width,
            "height": self.height,
            "seconds": round(self.seconds, 4),
            "temperature_source": _known(self.temperature_source),
            "detections": [_finding_json(finding) for finding in self.findings],
            "hot_spots": [_spot_json(spot) for spot in self.hot_spots],
            "error": self.error,
        }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "class_id": finding.class_id,
        "class": finding.class_name,
        "confidence": round(finding.confidence, 4),
        "xyxy": [round(v, 2) for v in finding.xyxy],
        "max_celsius": rounded(finding.max_celsius),
        "mean_celsius": rounded(finding.mean_celsius),
        "min_celsius": rounded(finding.min_celsius),
        "delta_similar_kelvin": rounded(finding.delta_similar_kelvin),
        "delta_ambient_kelvin": rounded(finding.delta_ambient_kelvin),
        "severity": finding.severity,
        "rule": finding.rule,
        "reference": finding.reference,
        "temperature_source": _known(finding.temperature_source),
        "accuracy_kelvin": finding.accuracy_kelvin,
    }


def _spot_json(spot: HotSpot) -> dict[str, Any]:
    return {
        "xyxy": list(spot.xyxy),
        "max_celsius": rounded(spot.max_celsius),
        "contrast_kelvin": rounded(spot.contrast_kelvin),
    }


def _known(source: TemperatureSource) -> str | None:
    return None if source == "none" else source


@dataclass(frozen=True)
class Measuring:
    """How what was found is measured and graded.

    Attributes:
        assessing: standard, references and ambient.
        hot_spots: limits for unclassified hot spots, or None to leave them out.
    """

    assessing: AssessSettings = field(default_factory=AssessSettings)
    hot_spots: HotSpotSettings | None = field(default_factory=HotSpotSettings)


def measure(
    detections: Detections, thermogram: Thermogram, measuring: Measuring
) -> tuple[tuple[Finding, ...], tuple[HotSpot, ...]]:
    """Findings, worst first and numbered in that order, and the hot spots outside all detections.

    Raises:
        SettingsError: a reference box lies outside the picture.
    """
    findings = sorted(assess(detections, thermogram, measuring.assessing), key=_urgency)
    numbered = tuple(replace(finding, number=i) for i, finding in enumerate(findings, start=1))
    if measuring.hot_spots is None:
        return numbered, ()
    return numbered, find_hot_spots(thermogram.celsius, detections.xyxy, measuring.hot_spots)


def _urgency(finding: Finding) -> tuple[int, float, float]:
    """Sort key: severity, then temperature, then confidence; what is not graded comes last."""
    grade = -1 if finding.severity is None else SEVERITIES.index(finding.severity)
    hot = finding.max_celsius if finding.severity is not None and finding.max_celsius is not None else 0.0
    return -grade, -hot, -finding.confidence


def analyse(
    data: bytes,
    name: str,
    detector: Detector,
    settings: RunSettings,
    options: ThermalOptions | None = None,
    measuring: Measuring | None = None,
) -> tuple[Result, Thermogram | None]:
    """Read, detect, measure and grade one file; a file that cannot be read gives a result with the reason.

    Returns:
        The result, and the thermogram it was made from (None with an error).
    """
    start = time.perf_counter()
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        opened = open_file(data, name, options)
        thermogram = opened.thermogram(options)
        detections = detector.detect(
            opened.detection_picture(),
            settings.thresholds(detector.info.class_names),
            settings.iou,
            settings.class_ids(detector.info.class_names),
            settings.imgsz,
            (opened.own.width, opened.own.height),
        )
        findings, spots = measure(detections, thermogram, measuring or Measuring())
    except InspectionError as error:
        return Result.failed(name, error.sentence, sha256, time.perf_counter() - start), None
    return Result.of(name, sha256, time.perf_counter() - start, thermogram, findings, spots), thermogram
