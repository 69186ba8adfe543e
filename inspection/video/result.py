"""What comes out of a run over a video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from inspection.texts import text
from inspection.thermogram import TemperatureSource
from inspection.video.alarms import Event
from inspection.video.settings import VideoSettings
from inspection.video.source import VideoInfo
from inspection.video.tracks import TrackedObject


@dataclass(frozen=True)
class Progress:
    """How far a run is: frames done, share 0..1 of the time asked for, seconds since its start."""

    frames: int
    share: float
    elapsed: float

    @property
    def frames_per_second(self) -> float:
        """Mean so far."""
        return self.frames / self.elapsed if self.elapsed else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the mean speed so far, or None while that is not known."""
        return self.elapsed / self.share * (1 - self.share) if self.share > 0.01 else None


@dataclass(frozen=True, eq=False)
class VideoResult:
    """Objects, frames, events and the files of a run.

    Attributes:
        info: of the video.
        settings: it was made with.
        video: the annotated MP4; its time 0 is the first frame worked on.
        original: the same frames without annotations, or None where browsers play the file itself.
        frames: FRAME (N,) of inspection.video.records.
        observations: OBSERVATION (M,).
        objects: by number; empty without tracking.
        events: alarms.
        class_names: the model's own.
        seconds: time it took.
        stopped: the user stopped it before the end.
        note: sentences for the user, or "".
        temperature_source: "radiometric", "scale" or "none".
        accuracy_kelvin: of the temperatures, K, or None.
    """

    info: VideoInfo
    settings: VideoSettings
    video: Path
    original: Path | None
    frames: NDArray
    observations: NDArray
    objects: tuple[TrackedObject, ...]
    events: tuple[Event, ...]
    class_names: tuple[str, ...]
    seconds: float
    stopped: bool
    note: str
    temperature_source: TemperatureSource
    accuracy_kelvin: float | None

    @property
    def first_seconds(self) -> float:
        """Time in the original of the first frame worked on; the result's time is counted from it."""
        return float(self.frames["seconds"][0]) if len(self.frames) else 0.0

    @property
    def frames_per_second(self) -> float:
        """Frames worked on in a second."""
        return len(self.frames) / self.seconds if self.seconds else 0.0

    def picture_at(self, seconds: float) -> NDArray[np.uint8] | None:
        """The annotated frame shown at a moment of the original, uint8 (H, W, 3) BGR, or None."""
        wanted = seconds - self.first_seconds
        with av.open(str(self.video)) as container:
            stream = container.streams.video[0]
            assert stream.time_base is not None
            container.seek(max(0, int((wanted - 0.002) / stream.time_base)), stream=stream, backward=True)
            for frame in container.decode(stream):
                if frame.time is not None and frame.time >= wanted - 0.002:
                    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        return None


def duration_words(seconds: float) -> str:
    """A duration as people say it: 12 s, 3 min 20 s, 1 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return text("{seconds} s", seconds=whole)
    if whole < 3600:
        return text("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return text("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)
