"""Clips that the tests make for themselves, and a detector that finds their discs without a network."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np

from inspection.candidates import Candidates
from inspection.letterbox import Fit
from inspection.palettes import colourise

NAMES = ("joint", "motor")


def frame(index: int, width: int = 128, height: int = 96, level: float = 0.9) -> np.ndarray:
    """A disc that moves to the right by 2 px a frame on a dark ground, uint8 (H, W, 3) BGR, white hot."""
    heat = np.full((height, width), 0.1, np.float32)
    cv2.circle(heat, (20 + 2 * index, height // 2), 9, level, cv2.FILLED)  # type: ignore[call-overload]
    return colourise(heat, "white hot")


def clip(
    path: Path,
    frames: Iterable[np.ndarray] | int = 20,
    times: Sequence[float] | None = None,
    rate: int = 10,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    group: int | None = None,
) -> Path:
    """A file with these pictures; times in seconds, else one every 1 / rate; a key frame every `group`."""
    pictures = [frame(i) for i in range(frames)] if isinstance(frames, int) else list(frames)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        if group:
            stream.codec_context.gop_size = group
        clock = Fraction(1, 1000) if times is not None else Fraction(1, rate)
        stream.codec_context.time_base = clock
        for i, picture in enumerate(pictures):
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "bgr24")
            shown.pts, shown.time_base = (i if times is None else round(times[i] * 1000)), clock
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    return path


class DiscDetector:
    """Stands in for `inspection.detector.Detector`: every bright region is a joint of confidence 0.9."""

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.info = SimpleNamespace(class_names=NAMES, sha256="0" * 64, name="discs")
        self.engine = SimpleNamespace(description="no network")

    def candidates(
        self, picture: np.ndarray, imgsz: int = 640, size: object = None, floor: float = 0.0
    ) -> Candidates:
        time.sleep(self.delay)
        bright = (picture[..., 1] > 128).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        boxes = [(x, y, x + w, y + h) for x, y, w, h, area in stats[1:] if area > 20]
        n = len(boxes)
        fit = Fit((picture.shape[1], picture.shape[0]), (1.0, 1.0), (0, 0))
        return Candidates(
            np.array(boxes, np.float32).reshape(n, 4), np.full(n, 0.9, np.float32), np.zeros(n, np.int64),
            NAMES, fit,
        )  # fmt: skip

    def candidates_many(
        self, pictures: Iterable[np.ndarray], imgsz: int = 640, floor: float = 0.0
    ) -> Iterator[Candidates]:
        return (self.candidates(picture, imgsz) for picture in pictures)
