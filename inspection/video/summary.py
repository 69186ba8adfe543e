"""A video's result in the form of a picture's: one finding an object, as it was at its best moment."""

from __future__ import annotations

import numpy as np

from inspection.finding import SEVERITIES, Finding
from inspection.results import Result
from inspection.texts import text
from inspection.video.records import severity_word
from inspection.video.result import VideoResult


def as_result(result: VideoResult, sha256: str) -> Result:
    """The objects of a video as findings, worst first; without tracking the worst finding of each class.

    Args:
        result: of the video.
        sha256: of its file.
    """
    rows = result.observations
    if result.settings.tracking:
        chosen = [_best(rows[rows["number"] == o.number]) for o in result.objects]
    else:
        chosen = [_best(rows[rows["class_id"] == class_id]) for class_id in np.unique(rows["class_id"])]
    chosen.sort(key=lambda row: (-int(row["severity"]), -_heat(row), -float(row["confidence"])))
    findings = tuple(_finding(result, row, number) for number, row in enumerate(chosen, start=1))
    info = result.info
    return Result(
        info.name, sha256, info.width, info.height, result.seconds, findings, note=result.note,
        temperature_source=result.temperature_source,
    )  # fmt: skip


def _best(rows: np.ndarray) -> np.void:
    """The row with the worst severity, of those the hottest, of those the surest."""
    return rows[
        np.lexsort((rows["confidence"], np.nan_to_num(rows["celsius"], nan=-1e9), rows["severity"]))[-1]
    ]


def _heat(row: np.void) -> float:
    return float(row["celsius"]) if np.isfinite(row["celsius"]) else -1e9


def _finding(result: VideoResult, row: np.void, number: int) -> Finding:
    left, top, right, bottom = (float(v) for v in row["xyxy"])
    class_id, seconds = int(row["class_id"]), float(row["seconds"])
    class_name = next(
        (o.class_name for o in result.objects if o.number == row["number"]), result.class_names[class_id]
    )
    worst = severity_word(int(row["severity"]))
    assert worst is None or worst in SEVERITIES
    return Finding(
        number=number,
        class_id=class_id,
        class_name=class_name,
        confidence=min(max(float(row["confidence"]), 0.0), 1.0),
        xyxy=(left, top, max(right, left), max(bottom, top)),
        picture_width=result.info.width,
        picture_height=result.info.height,
        track_id=int(row["number"]) or None,
        max_celsius=float(row["celsius"]) if np.isfinite(row["celsius"]) else None,
        severity=worst,
        reason=text("At {seconds:.1f} s of the video.", seconds=seconds),
        temperature_source=result.temperature_source,
        accuracy_kelvin=result.accuracy_kelvin,
    )
