"""What the user chose for one video."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

from inspection.errors import SettingsError
from inspection.opening import ColourScale
from inspection.results import Measuring
from inspection.settings import RunSettings
from inspection.texts import DEFAULT_LANGUAGE, text
from inspection.video.alarms import AlarmSettings

HIGHEST_STRIDE = 100


@dataclass(frozen=True)
class VideoSettings:
    """How a video is worked on.

    Attributes:
        run: thresholds, classes and image size.
        measuring: how what was found is graded; hot spots without a class are not looked for in videos.
        start: first moment, s.
        end: last moment, s, or None for the end.
        stride: every how many-th frame is looked at and written, 1..100.
        tracking: follow objects through the frames.
        scale: what the colours mean, or None.
        alarm: when there is an alarm, or None.
        language: of the names written at the boxes.

    Raises:
        SettingsError: a value is out of range.
    """

    run: RunSettings = field(default_factory=RunSettings)
    measuring: Measuring = field(default_factory=Measuring)
    start: float = 0.0
    end: float | None = None
    stride: int = 1
    tracking: bool = True
    scale: ColourScale | None = None
    alarm: AlarmSettings | None = None
    language: str = DEFAULT_LANGUAGE

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= HIGHEST_STRIDE:
            raise SettingsError(text("The stride must be from 1 to {most} frames.", most=HIGHEST_STRIDE))
        if not (isfinite(self.start) and self.start >= 0):
            raise SettingsError(text("The start must be 0 seconds or later."))
        if self.end is not None and not (isfinite(self.end) and self.end > self.start):
            raise SettingsError(text("The end must be later than the start."))

    def seconds_of(self, duration: float) -> float:
        """How much of a video of this duration is worked on, s; 0 when the duration is not known."""
        if duration <= 0:
            return max((self.end or 0.0) - self.start, 0.0)
        return max(min(self.end if self.end is not None else duration, duration) - self.start, 0.0)
