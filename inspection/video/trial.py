"""A look before the start: the first frame with its findings, and how long the whole will take."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from inspection.annotate import annotate
from inspection.candidates import Candidates
from inspection.crops import thumbnail
from inspection.detector import Detector
from inspection.exports import encode_picture
from inspection.texts import text
from inspection.video.errors import VideoError
from inspection.video.following import Follower
from inspection.video.pipeline import PREVIEW_PX, VideoRun
from inspection.video.settings import VideoSettings
from inspection.video.source import Frame, VideoSource

_FRAMES = 12


@dataclass(frozen=True, eq=False)
class FirstFrame:
    """The first frame of the part that is to be worked on, and what the network proposes in it.

    Thresholds, classes and the colour scale act on it without another run of the network.
    """

    source: VideoSource
    frame: Frame
    candidates: Candidates

    def preview(self, settings: VideoSettings) -> tuple[bytes, int]:
        """The frame with its findings as JPEG, and how many they are."""
        follower = Follower(self.source.info, self.candidates.class_names, settings)
        findings = follower.follow(self.frame, self.candidates)
        picture = annotate(self.frame.thermogram.picture, findings)
        return encode_picture(thumbnail(picture, PREVIEW_PX), quality=80), len(findings)


def first_frame(source: VideoSource, detector: Detector, start: float, imgsz: int) -> FirstFrame:
    """Decode the frame at `start` seconds and run the network on it at this image size.

    Raises:
        VideoError: it cannot be decoded.
    """
    frame = next(iter(source.frames(start)))
    return FirstFrame(source, frame, detector.candidates(frame.thermogram.picture, imgsz))


def seconds_per_frame(
    source: VideoSource, detector: Detector, settings: VideoSettings, folder: Path
) -> float:
    """Work on a few frames as the run will, and tell how long each took, all stages together.

    Args:
        source: the video.
        detector: that the run will use.
        settings: likewise.
        folder: for files that are gone afterwards.

    Raises:
        VideoError: they cannot be decoded, or there is no room for them on the disk.
    """
    # What the engine makes for a row of pictures of this size is not to count; it stays as long as `warm`.
    pictures = [frame.thermogram.picture for frame in islice(source.frames(settings.start), 4)]
    warm = iter(detector.candidates_many(pictures, settings.run.imgsz))
    for _ in pictures:
        next(warm)
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            result = VideoRun(source, detector, settings, Path(scratch)).run(_FRAMES)
    except OSError as error:
        raise VideoError(text("There is no room on the server's disk for this video.")) from error
    return result.seconds / max(len(result.frames), 1)


def seconds_for(source: VideoSource, settings: VideoSettings, a_frame: float) -> float | None:
    """Time a whole run will take at so many seconds a frame, s; None where the file has no length."""
    frames = settings.seconds_of(source.info.seconds) * source.info.rate / settings.stride
    return frames * a_frame if frames else None
