"""One picture's way from bytes to findings, and what is kept of it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from inspection.classes import display_name
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.finding import Finding, findings_from_detections
from inspection.reading import read_picture
from inspection.settings import RunSettings
from inspection.thermogram import Thermogram


@dataclass(frozen=True)
class Result:
    """What was found in one file.

    Attributes:
        file: name as given.
        sha256: of the file's bytes, "" when they could not be read.
        width: of the picture in pixels, 0 when it could not be read.
        height: likewise.
        seconds: time from bytes to findings.
        findings: numbered from 1, most confident first.
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
            "detections": [_finding_json(finding) for finding in self.findings],
            "error": self.error,
        }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "class_id": finding.class_id,
        "class": finding.class_name,
        "confidence": round(finding.confidence, 4),
        "xyxy": [round(v, 2) for v in finding.xyxy],
    }


def analyse(
    data: bytes, name: str, detector: Detector, settings: RunSettings
) -> tuple[Result, Thermogram | None]:
    """Read, detect and measure one file; a file that cannot be read gives a result with the reason.

    Returns:
        The result, and the thermogram it was made from (None with an error).
    """
    start = time.perf_counter()
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        thermogram = read_picture(data, name)
        detections = detector.detect(
            thermogram.picture,
            settings.conf,
            settings.iou,
            settings.class_ids(detector.info.class_names),
            settings.imgsz,
        )
    except InspectionError as error:
        return Result(name, sha256, 0, 0, time.perf_counter() - start, error=str(error)), None
    findings = findings_from_detections(detections, thermogram)
    seconds = time.perf_counter() - start
    result = Result(
        name, sha256, thermogram.width, thermogram.height, seconds, findings, note=thermogram.note
    )
    return result, thermogram
