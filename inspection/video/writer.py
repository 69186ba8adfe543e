"""Frames to an H.264 file that browsers play: yuv420p, even sizes, the index in front (faststart)."""

from __future__ import annotations

import errno
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.texts import text
from inspection.video.errors import VideoError

CLOCK = 90_000
"""Ticks a second of the written timestamps: fine enough for any rate, and usual in video."""

_ENCODER = {"preset": "ultrafast", "x264-params": "no-deblock=0", "crf": "23", "tune": "zerolatency"}
"""zerolatency: without a look ahead and B-frames the encoder holds no pictures back, so its memory stays
small. ultrafast, but with its blocks smoothed, takes half of superfast's time, which the network has use for,
and 1.3 to 1.5 times its size."""

_SMALL_PIXELS = 1280 * 720

_BT601 = 6  # SMPTE 170M in H.264's table of matrices; OpenCV's conversion to YUV uses it


class VideoWriter:
    """Writes pictures with their own times, so that a variable frame rate stays in time.

    Use as a context manager: the file is complete after the block, also when the block was left by an error.
    OpenCV's own writer makes mp4v, which is black in browsers (streamlit#1580, gradio#1508).
    """

    def __init__(
        self, path: Path | str, width: int, height: int, rate: float, threads: int | None = None
    ) -> None:
        """Open the file.

        Args:
            path: of the MP4 file to write.
            width: of the pictures in px; odd sizes get one more column by repeating the last.
            height: likewise.
            rate: frames per second expected; steers the encoder and gives the last frame its duration.
            threads: of the encoder, 0 for its own choice; None takes one for pictures so small that dividing
                them costs more than it brings.

        Raises:
            VideoError: the file cannot be opened.
        """
        self.size = (width, height)
        self._pad = (height % 2, width % 2)
        self._first: float | None = None
        self._last_tick = -1
        self._step = max(1, round(CLOCK / min(max(rate, 0.1), 1000.0)))
        try:
            self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        except OSError as error:
            raise VideoError(_why(error)) from error
        stream = self._container.add_stream("libx264", options=_ENCODER)
        stream.width, stream.height = width + self._pad[1], height + self._pad[0]
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, CLOCK)
        context = stream.codec_context
        context.time_base = Fraction(1, CLOCK)
        context.framerate = Fraction(min(max(rate, 0.1), 1000.0)).limit_denominator(1001)
        few = width * height <= _SMALL_PIXELS
        context.thread_count = (1 if few else 0) if threads is None else threads
        context.colorspace = context.color_primaries = context.color_trc = _BT601
        self._stream = stream
        try:
            self._container.start_encoding()
        except OSError as error:
            self._container.close()
            raise VideoError(_why(error)) from error

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except VideoError:
            if error is None:  # the first error says more than the ones that follow from it
                raise

    def write(self, bgr: NDArray[np.uint8], seconds: float) -> None:
        """Add a picture.

        Args:
            bgr: uint8 (height, width, 3) BGR of the size given at the start.
            seconds: when it is shown, counted from any moment; the first picture starts the video. Times that
                do not ascend are moved on by the smallest step.

        Raises:
            VideoError: it cannot be written, for example because the disk is full.
        """
        if bgr.shape != (self.size[1], self.size[0], 3):
            raise ValueError(f"expected {self.size[1]} x {self.size[0]} x 3, got {bgr.shape}")
        if any(self._pad):
            bgr = cv2.copyMakeBorder(bgr, 0, self._pad[0], 0, self._pad[1], cv2.BORDER_REPLICATE)  # type: ignore[assignment]
        self._first = seconds if self._first is None else self._first
        self._last_tick = max(round((seconds - self._first) * CLOCK), self._last_tick + 1)
        # Not from_numpy_buffer: it takes a height that 4 does not divide for a lower one, and colours move.
        planes = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = self._last_tick, Fraction(1, CLOCK)
        self._mux(frame)

    def close(self) -> None:
        """Finish the file; calling it again does nothing.

        Raises:
            VideoError: it cannot be written.
        """
        if self._container is None:
            return
        try:
            if self._first is not None:
                self._mux(None)
        finally:
            container, self._container = self._container, None  # type: ignore[assignment]
            try:
                container.close()
            except OSError as error:
                raise VideoError(_why(error)) from error

    def _mux(self, frame: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                # The muxer takes this for the last frame only; the others last until the next one.
                packet.duration = self._step
                self._container.mux(packet)
        except OSError as error:
            raise VideoError(_why(error)) from error


def _why(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return text("The video could not be written: the disk is full.")
    return text("The video could not be written.")
