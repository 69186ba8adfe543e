"""A video through decoding, detecting, following, drawing and encoding, all at once and bounded in memory."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspection.annotate import annotate
from inspection.candidates import Candidates
from inspection.crops import thumbnail
from inspection.detector import Detector
from inspection.engine import leave_cores_to_network
from inspection.exports import encode_picture
from inspection.texts import sentences
from inspection.video.alarms import AlarmMonitor
from inspection.video.channel import Channel, Halted
from inspection.video.following import Follower
from inspection.video.records import Records
from inspection.video.result import Progress, VideoResult
from inspection.video.settings import VideoSettings
from inspection.video.source import Frame, VideoSource
from inspection.video.tracks import tracked_objects
from inspection.video.writer import VideoWriter

_BETWEEN = 2
"""Pictures waiting between two stages; two are enough to keep both busy."""

_MOST_LABELS = 60
"""More of them cover the picture, and finding room for each takes longer than the network does."""

PREVIEW_PX, _PREVIEW_EVERY_S = 640, 0.5


class VideoRun:
    """One pass over one video.

    `run` does the work in the calling thread and three more; `progress`, `preview` and `stop` may be used
    from any other thread meanwhile.
    """

    def __init__(
        self, source: VideoSource, detector: Detector, settings: VideoSettings, folder: Path
    ) -> None:
        """Prepare a run.

        Args:
            source: the video.
            detector: shared with others; a run changes nothing in it.
            settings: the user's choices.
            folder: where result.mp4 is written, and original.mp4 when browsers do not play the file itself.
        """
        self.settings, self.preview = settings, b""
        self._source, self._detector, self._folder = source, detector, folder
        self._records = Records()
        self._follower = Follower(source.info, detector.info.class_names, settings)
        self._alarms = None if settings.alarm is None else AlarmMonitor(settings.alarm)
        self._stop, self._halt = threading.Event(), threading.Event()
        self._errors: list[BaseException] = []
        self._began = self._previewed = 0.0

    def stop(self) -> None:
        """End soon and keep what was done."""
        self._stop.set()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        frames = self._records.frames
        at = float(frames["seconds"][-1]) if len(frames) else self.settings.start
        whole = self.settings.seconds_of(self._source.info.seconds)
        share = min(max(at - self.settings.start, 0.0) / whole, 1.0) if whole else 0.0
        elapsed = time.monotonic() - self._began if self._began else 0.0
        return Progress(len(frames), share, elapsed)

    def run(self, most_frames: int | None = None) -> VideoResult:
        """Work through the video.

        Args:
            most_frames: stop after so many, for a trial.

        Raises:
            VideoError: it cannot be decoded or written; what the encoder had written is then worth nothing.
        """
        leave_cores_to_network()
        self._began = time.monotonic()
        decoded: Channel[Frame] = Channel(_BETWEEN, self._halt)
        detected: Channel[tuple[Frame, Candidates]] = Channel(_BETWEEN, self._halt)
        drawn: Channel[tuple[Frame, NDArray[np.uint8]]] = Channel(_BETWEEN, self._halt)
        threads = [
            self._thread("decode", lambda: self._decode(decoded, most_frames)),
            self._thread("detect", lambda: self._detect(decoded, detected)),
            self._thread("encode", lambda: self._encode(drawn)),
        ]
        self._guarded(lambda: self._draw(detected, drawn))
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]
        return self._result()

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, args=(work,), name=f"video-{name}", daemon=True)
        thread.start()
        return thread

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run a stage; its error ends all others."""
        try:
            work()
        except Halted:
            pass
        except BaseException as error:
            self._errors.append(error)
            self._halt.set()

    def _decode(self, out: Channel[Frame], most_frames: int | None) -> None:
        settings = self.settings
        frames = self._source.frames(settings.start, settings.end, settings.stride)
        with contextlib.closing(frames):  # type: ignore[type-var]
            for count, frame in enumerate(frames):
                if self._stop.is_set() or count == most_frames:
                    break
                out.put(frame)
        out.end()

    def _detect(self, frames: Channel[Frame], out: Channel[tuple[Frame, Candidates]]) -> None:
        waiting: deque[Frame] = deque()

        def pictures() -> Iterator[NDArray[np.uint8]]:
            for frame in frames:
                if self._stop.is_set():
                    continue  # what is decoded already is left out, so that stopping is quick
                waiting.append(frame)
                yield frame.thermogram.picture

        imgsz, floor = self.settings.run.imgsz, self._follower.floor
        for candidates in self._detector.candidates_many(pictures(), imgsz, floor):
            out.put((waiting.popleft(), candidates))
        out.end()

    def _draw(
        self, found: Channel[tuple[Frame, Candidates]], out: Channel[tuple[Frame, NDArray[np.uint8]]]
    ) -> None:
        for frame, candidates in found:
            findings = self._follower.follow(frame, candidates)
            if self._alarms is not None:
                self._follower.report(self._alarms, frame.seconds, findings)
            self._records.add(frame.seconds, findings)
            picture = annotate(
                frame.thermogram.picture,
                findings,
                labels=len(findings) <= _MOST_LABELS,
                language=self.settings.language,
            )
            now = time.monotonic()
            if now - self._previewed >= _PREVIEW_EVERY_S:
                self.preview = encode_picture(thumbnail(picture, PREVIEW_PX), quality=80)
                self._previewed = now
            out.put((frame, picture))
        out.end()

    def _encode(self, pictures: Channel[tuple[Frame, NDArray[np.uint8]]]) -> None:
        rate = self._source.info.rate / self.settings.stride
        with contextlib.ExitStack() as files:
            writers: list[VideoWriter] = []
            for frame, picture in pictures:
                shown = [picture]
                if not self._source.info.plays_in_browsers:
                    shown.append(frame.thermogram.picture)
                if not writers:
                    for name, one in zip(("result.mp4", "original.mp4"), shown, strict=False):
                        size = (one.shape[1], one.shape[0])
                        writers.append(files.enter_context(VideoWriter(self._folder / name, *size, rate)))
                for writer, one in zip(writers, shown, strict=True):
                    writer.write(one, frame.seconds)

    def _result(self) -> VideoResult:
        info, records = self._source.info, self._records
        original = self._folder / "original.mp4"
        return VideoResult(
            info=info,
            settings=self.settings,
            video=self._folder / "result.mp4",
            original=original if original.exists() else None,
            frames=records.frames,
            observations=records.observations,
            objects=tracked_objects(records.frames, records.observations, self._detector.info.class_names),
            events=() if self._alarms is None else self._alarms.events(),
            class_names=self._detector.info.class_names,
            seconds=time.monotonic() - self._began,
            stopped=self._stop.is_set(),
            note=sentences(info.note, self._source.note),
            temperature_source=self._follower.temperature_source,
            accuracy_kelvin=self._follower.accuracy_kelvin,
        )
