"""Colours to temperatures for a picture whose palette and scale ends are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.measure import box_slices
from inspection.pseudocolour.nearest import DENSE, INVALID, palette_index
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Tolerance

LOWEST_CELSIUS, HIGHEST_CELSIUS = -90.0, 2200.0
REAL_ERROR = 0.09
"""Part of the span below which the mean error of four in five cameras' own pictures stays, measured against
their own data with the bar as found (benchmarks/temperature.py)."""

CAMERA_KELVIN = 2.0
_END = round(DENSE * 0.005)
"""Entries at each end of the palette that count as the end itself, for JPEG noise."""

Rectangle = tuple[int, int, int, int]


FROM_BAR = text("from the colour bar")
"""What stands for the palette's name where the picture's own bar gave the colours."""


@dataclass(frozen=True, eq=False)
class PseudoColour:
    """Temperatures estimated from colours.

    Attributes:
        celsius: float32 (H, W), °C; NaN = no data. Pixels in `above` and `below` hold the scale's end.
        above: bool (H, W), at the hot end of the palette: the true value is that or more.
        below: bool (H, W), at the cold end: the true value is that or less.
        masked: bool (H, W), overlays and excluded places: no data.
        accuracy_kelvin: about ± this many K.
        scale_min: °C of the cold end.
        scale_max: °C of the hot end.
    """

    celsius: NDArray[np.float32]
    above: NDArray[np.bool_]
    below: NDArray[np.bool_]
    masked: NDArray[np.bool_]
    accuracy_kelvin: float
    scale_min: float
    scale_max: float

    @property
    def label(self) -> str:
        """What has to stand beside every such temperature."""
        return text("estimated from colours, about ±{kelvin:g}", kelvin=Tolerance(self.accuracy_kelvin))

    def to_thermogram(self, picture: NDArray[np.uint8], palette_name: str = FROM_BAR) -> Thermogram:
        """The picture (uint8 (H, W, 3) BGR) with these temperatures, source "scale"."""
        camera = {
            "palette": palette_name,
            "scale_min_celsius": self.scale_min,
            "scale_max_celsius": self.scale_max,
        }
        note = text("Temperatures are {label}.", label=self.label)
        return Thermogram(picture, self.celsius, "scale", self.accuracy_kelvin, camera, note=note)


def to_celsius(
    picture: NDArray[np.uint8],
    palette: str | NDArray[np.uint8],
    scale_min: float,
    scale_max: float,
    exclude: Iterable[Rectangle] | NDArray[np.bool_] = (),
    method: Literal["exact", "table"] = "exact",
) -> PseudoColour:
    """Estimate temperatures from colours.

    Args:
        picture: uint8 (H, W, 3) BGR.
        palette: name, or uint8 (N, 3) BGR cold to hot as from palette_from_bar.
        scale_min: °C of the cold end.
        scale_max: °C of the hot end.
        exclude: rectangles (left, top, right, bottom) in px, or a bool mask (H, W), that hold no data.
        method: "exact" for pictures, "table" for video.

    Returns:
        The temperatures and the masks.

    Raises:
        SettingsError: the scale, the palette, the mask or the method is not valid.
    """
    check_scale(scale_min, scale_max)
    index_of = palette_index(palette)
    if method == "exact":
        index = index_of.exact(picture)
    elif method == "table":
        index = index_of.by_table(picture)
    else:
        raise SettingsError(text("The method is 'exact' or 'table'."))
    _exclude(index, exclude)
    values = np.full(DENSE + 1, np.nan, np.float32)
    values[:DENSE] = np.linspace(scale_min, scale_max, DENSE)
    values[:_END], values[DENSE - _END : DENSE] = scale_min, scale_max
    masked = index == INVALID
    return PseudoColour(
        celsius=values.take(index),
        above=(index >= DENSE - _END) & ~masked,
        below=index < _END,
        masked=masked,
        accuracy_kelvin=round(hypot(CAMERA_KELVIN, REAL_ERROR * (scale_max - scale_min)), 1),
        scale_min=float(scale_min),
        scale_max=float(scale_max),
    )


def check_scale(scale_min: float, scale_max: float) -> None:
    """Refuse scale ends that no camera shows.

    Raises:
        SettingsError: not numbers in -90..2200 °C, or the lower is not at least 0.5 below the upper.
    """
    for value in (scale_min, scale_max):
        if not (isfinite(value) and LOWEST_CELSIUS <= value <= HIGHEST_CELSIUS):
            raise SettingsError(
                text(
                    "The scale ends must be from {low:g} to {high:g} °C.",
                    low=LOWEST_CELSIUS,
                    high=HIGHEST_CELSIUS,
                )
            )
    if scale_max - scale_min < 0.5:
        raise SettingsError(text("The scale's lower end must be at least 0.5 °C below its upper end."))


def _exclude(index: NDArray[np.uint16], exclude: Iterable[Rectangle] | NDArray[np.bool_]) -> None:
    if isinstance(exclude, np.ndarray):
        if exclude.shape != index.shape or exclude.dtype != np.bool_:
            raise SettingsError(text("The mask must have the size of the picture."))
        index[exclude] = INVALID
        return
    for rectangle in exclude:
        place = box_slices(rectangle, index.shape[1], index.shape[0])
        if place is not None:
            index[place] = INVALID
