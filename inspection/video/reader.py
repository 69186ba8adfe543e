"""Video files through PyAV: rotation obeyed, times kept, headers distrusted."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

from inspection.names import short_name
from inspection.texts import sentences, text
from inspection.thermogram import Thermogram
from inspection.video.errors import VideoError
from inspection.video.source import (
    DEFAULT_RATE,
    HIGHEST_RATE,
    LONGEST_SIDE,
    SMALLEST_SIDE,
    Frame,
    VideoInfo,
)

_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,gif"
"""Only these are opened: FFmpeg also knows playlists that make it open other files and addresses."""

_LARGEST_PIXELS = 8192 * 8192
_GIF_TAIL = 16
"""Last bytes of a GIF among which its trailer ";" is looked for; some programs write a few after it."""
_LONGEST_GAP = 600.0
"""Seconds between two frames above which a timestamp is taken for wrong."""

_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\0", b"MM\0*")


class VideoFile:
    """A file that PyAV reads; it stays on disk and is decoded a frame at a time."""

    def __init__(self, path: Path, name: str) -> None:
        """Look at the header and the first frame.

        Raises:
            VideoError: one sentence, when it is no video that can be read.
        """
        self._path, self._name = path, short_name(name)
        self.note = ""
        with self._open() as container:
            if _is_encrypted(path):
                raise VideoError(
                    text("{name} is encrypted. Save it without protection first.", name=self._name)
                )
            stream = _video_stream(container, self._name)
            self.info = self._describe(container, stream)

    def frames(self, start: float = 0.0, end: float | None = None, stride: int = 1) -> Iterator[Frame]:
        """Every `stride`-th frame from `start` to `end`; see `inspection.video.source.VideoSource.frames`."""
        self.note = ""
        seen = -1
        for frame, seconds in self._timed(start):
            if seconds < start - 1e-6:
                continue
            if end is not None and seconds > end:
                break
            seen += 1
            if seen % stride == 0:
                yield Frame(seconds, Thermogram(self._picture(frame)))
        if seen < 0:
            raise VideoError(
                text("{name} has no pictures between {start:g} s and its end.", name=self._name, start=start)
            )

    def _timed(self, start: float) -> Iterator[tuple[av.VideoFrame, float]]:
        """Decoded frames with ascending times from 0, from at or before `start` on."""
        with self._open() as container:
            stream = _video_stream(container, self._name)
            distrusted = _rate(stream) is None
            step = 1 / self.info.rate
            origin = _origin(stream)
            previous: float | None = None
            if start > 0 and not distrusted:
                _seek(container, stream, start + origin)
            for frame in self._decoded(container, stream):
                stated = None if frame.time is None or distrusted else frame.time - origin
                if previous is None:
                    seconds = stated if stated is not None and start > 0 else max(stated or 0.0, 0.0)
                elif stated is None or not previous < stated < previous + _LONGEST_GAP:
                    seconds = previous + step
                else:
                    seconds = stated
                previous = seconds
                yield frame, seconds
            if not self.note and previous is not None and self._is_cut_off(container, previous + step):
                self.note = text(
                    "{name} ends after {seconds:.1f} s as if it were cut off; what is there was used.",
                    name=self._name, seconds=previous + step,
                )  # fmt: skip

    def _is_cut_off(self, container: Any, seconds: float) -> bool:
        """Whether the file ended early, which FFmpeg reports in MP4 and AVI only."""
        if container.format.name == "gif":
            with self._path.open("rb") as file:
                file.seek(-min(self._path.stat().st_size, _GIF_TAIL), os.SEEK_END)
                return b";" not in file.read()
        longer = self.info.seconds - seconds  # sound may well last a little longer than the pictures
        return "matroska" in container.format.name and longer > max(1.0, 0.05 * self.info.seconds)

    def _decoded(self, container: Any, stream: Any) -> Iterator[av.VideoFrame]:
        """All frames that can be decoded; a damaged end is a note, not an error."""
        good = 0
        try:
            for frame in container.decode(stream):
                good += 1
                yield frame
        except (av.FFmpegError, ValueError, MemoryError) as error:
            if not good:
                raise VideoError(
                    text("{name} cannot be decoded: it is damaged, cut off or protected.", name=self._name)
                ) from error
            self.note = text(
                "{name} is damaged after picture {good}; what is before it was used.",
                name=self._name,
                good=good,
            )

    def _picture(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """uint8 (H, W, 3) BGR of the size that `info` says, upright."""
        turn = round(frame.rotation) % 360
        width, height = self.info.width, self.info.height
        if turn in (90, 270):
            width, height = height, width
        size: dict[str, Any] = {}
        if (frame.width, frame.height) != (width, height):  # reduced, or it changes in the middle
            size = {"width": width, "height": height, "interpolation": "AREA"}
        picture = frame.to_ndarray(format="bgr24", **size)
        return cv2.rotate(picture, _TURNS[turn]) if turn in _TURNS else picture  # type: ignore[return-value]

    def _open(self) -> Any:
        try:
            return av.open(str(self._path), options={"format_whitelist": _FORMATS}, metadata_errors="replace")
        except (av.FFmpegError, OSError, ValueError) as error:
            raise VideoError(_why_not(self._path, self._name)) from error

    def _describe(self, container: Any, stream: Any) -> VideoInfo:
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > 0 and min(width, height) < SMALLEST_SIDE:
            raise VideoError(
                text(
                    "{name} is {width} x {height} pixels: too small to see anything in it.",
                    name=self._name,
                    width=width,
                    height=height,
                )
            )
        if width * height > _LARGEST_PIXELS:
            raise VideoError(
                text(
                    "{name} is {width} x {height} pixels: more than can be decoded here.",
                    name=self._name,
                    width=width,
                    height=height,
                )
            )
        first = next(self._decoded(container, stream), None)
        if first is None:
            raise VideoError(
                text("{name} has no pictures in it: it is empty, incomplete or damaged.", name=self._name)
            )
        width, height = first.width, first.height
        notes: list[str] = []
        if round(first.rotation) % 180 == 90:
            width, height = height, width
        factor = LONGEST_SIDE / max(width, height)
        if factor < 1:
            before = f"{width} x {height}"
            width, height = max(1, round(width * factor)), max(1, round(height * factor))
            notes.append(
                text(
                    "Reduced from {before} to {width} x {height} pixels.",
                    before=before, width=width, height=height,
                )
            )  # fmt: skip
        rate = _rate(stream)
        if rate is None:
            notes.append(
                text(
                    "Its header gives no usable frame rate; {rate:g} a second are assumed.", rate=DEFAULT_RATE
                )
            )
        return VideoInfo(
            self._name,
            width,
            height,
            rate or DEFAULT_RATE,
            _duration(container, stream, rate),
            _plays(container, stream) and rate is not None and factor >= 1,
            note=sentences(*notes),
        )


def _video_stream(container: Any, name: str) -> Any:
    """The first real video stream; a cover picture in a sound file is none."""
    for stream in container.streams.video:
        if stream.codec_context is not None and not stream.disposition & Disposition.attached_pic:
            pixels = stream.codec_context.width * stream.codec_context.height
            # Frame threads each hold pictures: too much memory for large ones.
            stream.thread_type = "AUTO" if pixels <= 1920 * 1200 else "SLICE"
            stream.codec_context.thread_count = 2
            return stream
    if container.streams.audio:
        raise VideoError(text("{name} has no video in it, only sound.", name=name))
    raise VideoError(
        text("{name} has no video in it that can be read: it is incomplete or damaged.", name=name)
    )


def _rate(stream: Any) -> float | None:
    """The header's average frame rate, or None where it cannot be true."""
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return rate if math.isfinite(rate) and 0.01 <= rate <= HIGHEST_RATE else None


def _duration(container: Any, stream: Any, rate: float | None) -> float:
    """Seconds by the header; by its number of frames where its rate cannot be true."""
    if rate is None:
        return stream.frames / DEFAULT_RATE
    if stream.duration and stream.time_base:
        return max(float(stream.duration * stream.time_base), 0.0)
    return max((container.duration or 0) / av.time_base, 0.0)


def _origin(stream: Any) -> float:
    return float((stream.start_time or 0) * stream.time_base)


def _seek(container: Any, stream: Any, seconds: float) -> None:
    """To the key frame before a moment; formats without an index are read from the beginning."""
    try:
        container.seek(int(seconds / stream.time_base), stream=stream, backward=True)
    except (av.FFmpegError, ValueError, OverflowError):
        container.seek(0)


def _plays(container: Any, stream: Any) -> bool:
    """Whether Chromium, Firefox and Safari play the file as it is."""
    codec, pixels = stream.codec_context.name, stream.codec_context.pix_fmt
    if "mp4" in container.format.name:
        return codec == "h264" and pixels in ("yuv420p", "yuvj420p")
    return "webm" in container.format.name and codec in ("vp8", "vp9", "libvpx", "libvpx-vp9")


def _is_encrypted(path: Path) -> bool:
    """Whether an MP4 declares protected samples (ISO/IEC 14496-12: sample entry `encv` with a `sinf` box)."""
    window = 4 * 2**20
    with path.open("rb") as file:
        head = file.read(window)
        if head[4:8] != b"ftyp":
            return False
        file.seek(max(path.stat().st_size - window, 0))
        return any(b"encv" in part and b"sinf" in part for part in (head, file.read(window)))


def _why_not(path: Path, name: str) -> str:
    """A sentence on a file that FFmpeg does not open."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return text("{name} cannot be opened.", name=name)
    if not head:
        return text("{name} is empty.", name=name)
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return text("{name} is a still picture. Open it on the Image page.", name=name)
    if head[4:8] in (b"ftyp", b"moov", b"mdat") or head[:4] in (b"\x1aE\xdf\xa3", b"RIFF", b"GIF8"):
        return text("{name} is incomplete or damaged: it begins like a video and cannot be read.", name=name)
    return text(
        "{name} is not a video that can be read (MP4, MOV, AVI, MKV, WebM, GIF, SEQ or CSQ).", name=name
    )
