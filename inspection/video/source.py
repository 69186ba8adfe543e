"""What a video source is: facts about it, and frames with their times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from inspection.thermogram import Thermogram

LONGEST_SIDE = 1920
"""Larger pictures are reduced to this many pixels: the network sees 1280 at most, and a result of 8K does not
play on most machines."""

SMALLEST_SIDE = 16
DEFAULT_RATE = 25.0
HIGHEST_RATE = 1000.0
"""Frames per second above which a header is taken for wrong."""

VIDEO_EXTENSIONS = ("mp4", "mov", "avi", "mkv", "webm", "gif", "seq", "csq")


@dataclass(frozen=True)
class VideoInfo:
    """What is known before decoding.

    Attributes:
        name: short file name, for messages.
        width: of the upright picture in px, reduced where it is larger than LONGEST_SIDE.
        height: likewise.
        rate: frames per second, as far as the header can be trusted; the frames carry their own times.
        seconds: duration by the header, 0.0 when it does not say.
        plays_in_browsers: the file itself can be shown beside the result.
        radiometric: its frames hold temperatures.
        note: a sentence for the user, or "".
    """

    name: str
    width: int
    height: int
    rate: float
    seconds: float
    plays_in_browsers: bool = False
    radiometric: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture, upright.

    Attributes:
        seconds: when it is shown, from the video's start; ascends.
        thermogram: the picture, with temperatures where the file holds them.
    """

    seconds: float
    thermogram: Thermogram


class VideoSource(Protocol):
    """A video that can be read any number of times.

    Attributes:
        info: what is known before decoding.
        note: a sentence on what went wrong while reading (a damaged end), or "".
    """

    info: VideoInfo
    note: str

    def frames(self, start: float = 0.0, end: float | None = None, stride: int = 1) -> Iterator[Frame]:
        """Every `stride`-th frame from `start` to `end` in seconds.

        Raises:
            VideoError: not one frame can be decoded.
        """
        ...
