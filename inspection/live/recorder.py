"""The annotated stream to a video file, beside the stream and within limits."""

from __future__ import annotations

import logging
import queue
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.texts import text
from inspection.video.errors import VideoError
from inspection.video.writer import VideoWriter

_LOG = logging.getLogger(__name__)
_WAITING = 4
"""Frames that may wait for the encoder; more are left out rather than holding up the stream."""

Frame = tuple[NDArray[np.uint8], float]


@dataclass(frozen=True)
class RecordingLimits:
    """When a recording ends by itself.

    Attributes:
        seconds: longest recording.
        file_bytes: largest file.
        free_bytes: least space to leave on the disk.
    """

    seconds: float = 300.0
    file_bytes: int = 100 * 2**20
    free_bytes: int = 500 * 2**20


class Recorder:
    """Writes what it is offered until it is stopped or reaches a limit; the file then plays in browsers."""

    def __init__(self, path: Path, limits: RecordingLimits | None = None, rate: float = 15.0) -> None:
        self.path = path
        self.limits = limits or RecordingLimits()
        self._rate = rate
        self.seconds = 0.0
        self.frames = 0
        self.ended = ""
        """One sentence when the recording ended by itself, else ""."""
        self._frames: queue.Queue[Frame | None] = queue.Queue(_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera recorder", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether frames are still written."""
        return self._thread.is_alive()

    @property
    def playable(self) -> bool:
        """Whether there is a finished file with at least one frame."""
        return not self.running and self.frames > 0 and self.path.is_file()

    def offer(self, picture: NDArray[np.uint8], seconds: float) -> None:
        """Record a frame, uint8 (H, W, 3) BGR, at this time in s, unless the encoder is behind."""
        if not self._stopping.is_set():
            try:
                self._frames.put_nowait((picture, seconds))
            except queue.Full:
                _LOG.debug("A frame was left out of the recording.")

    def stop(self, timeout_s: float = 5.0) -> None:
        """Finish the file; may be called more than once and from any thread."""
        self._stopping.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            first = self._next()
            if first is None:
                return
            height, width = first[0].shape[:2]
            with VideoWriter(self.path, width, height, self._rate, threads=1) as writer:
                self._write_all(writer, first)
        except VideoError as error:
            self.ended = error.sentence
            self.frames = 0
            self.path.unlink(missing_ok=True)
        except Exception:
            _LOG.exception("The recording failed.")
            self.ended = text("The recording failed; nothing was kept.")
            self.frames = 0
            self.path.unlink(missing_ok=True)
        finally:
            self._stopping.set()

    def _write_all(self, writer: VideoWriter, first: Frame) -> None:
        frame: Frame | None = first
        while frame is not None:
            picture, seconds = frame
            if (picture.shape[1], picture.shape[0]) != writer.size:  # browsers change the size under load
                picture = np.asarray(cv2.resize(picture, writer.size, interpolation=cv2.INTER_AREA), np.uint8)
            writer.write(picture, seconds)
            self.frames += 1
            self.seconds = seconds - first[1]
            self.ended = self._limit_reached()
            frame = None if self.ended else self._next()

    def _next(self) -> Frame | None:
        """The next frame, or None when the recording is to end."""
        while True:
            try:
                return self._frames.get(timeout=0.1)
            except queue.Empty:
                if self._stopping.is_set():
                    return None

    def _limit_reached(self) -> str:
        limits = self.limits
        if self.seconds >= limits.seconds:
            return text(
                "The recording ended at its limit of {minutes:g} minutes.", minutes=limits.seconds / 60
            )
        if self.frames % 30 == 1:
            if self.path.is_file() and self.path.stat().st_size > limits.file_bytes:
                return text(
                    "The recording ended at its limit of {megabytes:g} MB.",
                    megabytes=limits.file_bytes / 2**20,
                )
            if shutil.disk_usage(self.path.parent).free < limits.free_bytes:
                return text("The recording ended because the server's disk is nearly full.")
        return ""
