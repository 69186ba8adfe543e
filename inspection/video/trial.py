"""A few frames worked on before the start: what it will look like and how long it will take."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from inspection.detector import Detector
from inspection.texts import text
from inspection.video.errors import VideoError
from inspection.video.pipeline import VideoRun
from inspection.video.settings import VideoSettings
from inspection.video.source import VideoSource

_FRAMES = 6


@dataclass(frozen=True)
class Trial:
    """What the first frames showed.

    Attributes:
        preview: the first frame with its findings, JPEG.
        findings: how many it has.
        seconds_per_frame: all stages together, s.
    """

    preview: bytes
    findings: int
    seconds_per_frame: float

    def seconds_for(self, source: VideoSource, settings: VideoSettings) -> float | None:
        """Time the whole run will take, s, or None where the file does not say how long it is."""
        frames = settings.seconds_of(source.info.seconds) * source.info.rate / settings.stride
        return frames * self.seconds_per_frame if frames else None


def trial(source: VideoSource, detector: Detector, settings: VideoSettings, folder: Path) -> Trial:
    """Work on the first frames.

    Raises:
        VideoError: not one can be decoded, or there is no room for them on the disk.
    """
    first = next(iter(source.frames(settings.start, settings.end, settings.stride)))
    detector.candidates(first.thermogram.picture, settings.run.imgsz)  # kernels for this size are made once
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            run = VideoRun(source, detector, settings, Path(scratch))
            result = run.run(_FRAMES)
    except OSError as error:
        raise VideoError(text("There is no room on the server's disk for this video.")) from error
    count = int(result.frames["count"][0]) if len(result.frames) else 0
    return Trial(run.preview, count, result.seconds / max(len(result.frames), 1))
