"""One frame of a stream to a thermogram, as the visitor says the camera is to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.live.split import (
    ACCURACY_KELVIN,
    SPLIT_SIZES,
    celsius_from_counts,
    counts_from_i420,
    is_split,
    steadied,
)
from inspection.palettes import DEFAULT_PALETTE, PALETTE_NAMES, render_celsius
from inspection.pseudocolour import to_celsius
from inspection.pseudocolour.convert import check_scale
from inspection.texts import text
from inspection.thermogram import Thermogram

Kind = Literal["picture", "colours", "split"]


@dataclass(frozen=True)
class CameraReading:
    """How the pictures of a camera are to be read.

    Attributes:
        kind: "picture" (no temperatures), "colours" (a palette between two known temperatures) or "split"
            (counts in the lower half).
        minimum: °C of the palette's cold end, for "colours".
        maximum: °C of its hot end.
        palette: its name.

    Raises:
        SettingsError: the scale or the palette is not valid.
    """

    kind: Kind = "picture"
    minimum: float = 20.0
    maximum: float = 100.0
    palette: str = DEFAULT_PALETTE

    def __post_init__(self) -> None:
        if self.kind == "colours":
            check_scale(self.minimum, self.maximum)
            if self.palette not in PALETTE_NAMES:
                raise SettingsError(text("There is no palette called {palette!r}.", palette=self.palette))


def read_frame(frame: NDArray[np.uint8], reading: CameraReading) -> Thermogram:
    """Read one frame.

    Args:
        frame: uint8 (3/2 H, W) in I420, or (H, W, 3) BGR (which can hold no counts).
        reading: how.

    Returns:
        The picture to show and detect on, with temperatures where there are any. A frame that is not as said
        comes back as a plain picture with a note.
    """
    if reading.kind == "split":
        return _read_split(frame)
    picture = frame if frame.ndim == 3 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420), np.uint8)
    if reading.kind == "picture":
        return Thermogram(picture)
    scale = to_celsius(picture, reading.palette, reading.minimum, reading.maximum, method="table")
    return scale.to_thermogram(picture, reading.palette)


def _read_split(frame: NDArray[np.uint8]) -> Thermogram:
    height, width = (frame.shape[0] * 2 // 3 if frame.ndim == 2 else frame.shape[0]), frame.shape[1]
    if frame.ndim == 3 or not is_split(width, height):
        sizes = ", ".join(f"{w} x {h}" for w, h in SPLIT_SIZES)
        note = text(
            "The frames are {width} x {height} px; split ones are {sizes} px (browsers shrink them on slow "
            "connections). Shown without temperatures.",
            width=width, height=height, sizes=sizes,
        )  # fmt: skip
        return replace(read_frame(frame, CameraReading()), note=note)
    celsius = celsius_from_counts(steadied(counts_from_i420(frame)))
    note = text("Temperatures from the counts in the lower half, after the browser compressed them.")
    return Thermogram(render_celsius(celsius), celsius, "radiometric", ACCURACY_KELVIN, note=note)
