"""A part of a long video as a file of its own, without decoding: what a page can hold in memory and play."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av

from inspection.texts import text
from inspection.video.errors import VideoError

MOST_BYTES = 32 * 2**20
"""Streamlit keeps what it plays in memory: about five minutes of a 640 x 480 result."""


@dataclass(frozen=True)
class Excerpt:
    """A file to play, and the part of the whole in it, in s; `end` is None where it holds everything."""

    path: Path
    start: float = 0.0
    end: float | None = None


def excerpt(whole: Path, moment: float, place: Path, most_bytes: int = MOST_BYTES) -> Excerpt:
    """The video itself where it is small, else a part of it from the key frame before a moment on.

    Args:
        whole: MP4 or WebM, whatever its name ends in.
        moment: in s from its first frame.
        place: of the file to write; it is replaced.
        most_bytes: most of the file.

    Raises:
        VideoError: the part cannot be read or written.
    """
    if whole.stat().st_size <= most_bytes:
        return Excerpt(whole)
    try:
        return _copied(whole, moment, place, most_bytes)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise VideoError(text("This part of the video cannot be shown; it can be downloaded.")) from error


def _copied(whole: Path, moment: float, place: Path, most_bytes: int) -> Excerpt:
    with av.open(str(whole)) as source:
        stream = source.streams.video[0]
        assert stream.time_base is not None
        origin = stream.start_time or 0
        kind = "webm" if "webm" in source.format.name else "mp4"
        source.seek(origin + int(moment / stream.time_base), stream=stream, backward=True)
        first, last, size = None, 0, 0
        with av.open(str(place), "w", format=kind) as out:
            copy = out.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                first = packet.pts if first is None else first
                size += packet.size
                if size > most_bytes:
                    break
                last = max(last, packet.pts + (packet.duration or 0))
                packet.pts, packet.dts, packet.stream = packet.pts - first, packet.dts - first, copy
                out.mux(packet)
        start = float(((first or 0) - origin) * stream.time_base)
        return Excerpt(place, max(start, 0.0), float((last - origin) * stream.time_base))
