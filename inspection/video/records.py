"""What is kept of every frame: a few numbers in arrays, so that an hour of video stays small in memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inspection.finding import SEVERITIES, Finding

FRAME = np.dtype([("frame", "i4"), ("seconds", "f8"), ("count", "i2"), ("celsius", "f4"), ("severity", "i1")])
"""One row a frame: hottest finding in °C (NaN where not known) and worst severity (-1 where none is)."""

OBSERVATION = np.dtype(
    [
        ("frame", "i4"),
        ("seconds", "f8"),
        ("number", "i4"),
        ("class_id", "i2"),
        ("confidence", "f4"),
        ("xyxy", "f4", (4,)),
        ("celsius", "f4"),
        ("severity", "i1"),
    ]
)
"""One row a finding of a frame; number is the object's, 0 without tracking. 49 bytes."""


class Rows:
    """An array that grows by doubling."""

    def __init__(self, dtype: np.dtype) -> None:
        self._rows = np.zeros(1024, dtype)
        self._used = 0

    def add(self, row: tuple) -> None:
        """Append one row."""
        if self._used == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self._used] = row
        self._used += 1

    @property
    def rows(self) -> NDArray:
        """What has been added so far."""
        return self._rows[: self._used]


class Records:
    """The rows of a run."""

    def __init__(self) -> None:
        self._frames, self._observations = Rows(FRAME), Rows(OBSERVATION)

    @property
    def frames(self) -> NDArray:
        """FRAME (N,)."""
        return self._frames.rows

    @property
    def observations(self) -> NDArray:
        """OBSERVATION (N,)."""
        return self._observations.rows

    def add(self, seconds: float, findings: Sequence[Finding]) -> None:
        """The findings of the next frame."""
        index = len(self.frames)
        hottest, worst = np.nan, -1
        for finding in findings:
            celsius = np.nan if finding.max_celsius is None else finding.max_celsius
            grade = -1 if finding.severity is None else SEVERITIES.index(finding.severity)
            hottest, worst = np.fmax(hottest, celsius), max(worst, grade)
            number, confidence = finding.track_id or 0, finding.confidence
            self._observations.add(
                (index, seconds, number, finding.class_id, confidence, finding.xyxy, celsius, grade)
            )
        self._frames.add((index, seconds, len(findings), hottest, worst))


def severity_word(grade: int) -> str | None:
    """The severity of a row, or None when it was not graded."""
    return None if grade < 0 else SEVERITIES[grade]
