"""One radiometric file in memory: counts, how they become temperatures, and what the camera says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.parameters import MeasurementParameters
from inspection.radiometric.planck import (
    HIGHEST_CELSIUS,
    LOWEST_CELSIUS,
    PlanckConstants,
    celsius_reference,
    celsius_table,
)
from inspection.radiometric.scale import CountScale
from inspection.texts import text
from inspection.thermogram import Thermogram

ACCURACY_KELVIN = 2.0
"""The makers' usual statement: 2 K, or 2 % of the reading where that is more."""

MOST_OUTSIDE = 0.02
"""Part of a map that may lie outside what cameras measure; more means a damaged file."""


@dataclass(frozen=True, eq=False)
class RadiometricFile:
    """A radiometric picture.

    Attributes:
        name: file name, for messages.
        kind: "FLIR R-JPEG", "FLIR FFF", "TIFF", "PNG", "CSV" or "DJI R-JPEG".
        counts: uint16 (H, W) as stored, or None where the file holds temperatures.
        constants: the camera's calibration, or None.
        parameters: what the file says of object and air, or None where that cannot be changed.
        scale: linear scale of the counts, or None.
        temperatures: float32 (H, W), °C, where the file holds temperatures themselves.
        camera: model, lens, date and so on.
        jpeg: the file's bytes when it also is a JPEG to look at.
        palette: uint8 (N, 3) BGR, the camera's own palette, or None.
        note: a sentence for the user, or "".
        displayed_counts: counts at the ends of the scale that the camera showed, or None.
        accuracy_kelvin: what the file itself says of its accuracy, K; 0 where it says nothing.
    """

    name: str
    kind: str
    counts: NDArray[np.uint16] | None = None
    constants: PlanckConstants | None = None
    parameters: MeasurementParameters | None = None
    scale: CountScale | None = None
    temperatures: NDArray[np.float32] | None = None
    camera: Mapping[str, Any] = field(default_factory=dict)
    jpeg: bytes | None = None
    palette: NDArray[np.uint8] | None = None
    note: str = ""
    displayed_counts: tuple[int, int] | None = None
    accuracy_kelvin: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the data in pixels."""
        data = self.counts if self.counts is not None else self.temperatures
        assert data is not None
        return int(data.shape[0]), int(data.shape[1])

    @property
    def needs_scale(self) -> bool:
        """True when the counts are only relative brightness until the user chooses a scale."""
        return self.temperatures is None and self.constants is None and self.scale is None

    def with_scale(self, scale: CountScale) -> RadiometricFile:
        """The same file with a scale chosen by the user.

        Raises:
            RadiometricError: the file has a calibration of its own.
        """
        if self.counts is None or self.constants is not None:
            raise RadiometricError(
                text("{name} has a calibration of its own; a scale does not apply.", name=self.name)
            )
        return replace(self, scale=scale)

    def celsius(self, parameters: MeasurementParameters | None = None, paths: int = 1) -> NDArray[np.float32]:
        """Temperatures through a table over all counts.

        Args:
            parameters: what to assume instead of the file's own; only for files with a calibration.
            paths: 1 (default) or 2, see planck.object_signal.

        Returns:
            float32 (H, W), °C; NaN where the count is beyond what cameras measure.

        Raises:
            RadiometricError: no scale is known, or the map would not be plausible.
            SettingsError: a parameter is out of range.
        """
        if self.temperatures is not None:
            return self.temperatures
        if self.counts is None or self.needs_scale:
            raise RadiometricError(
                text("{name} holds counts without a scale; choose one to see temperatures.", name=self.name)
            )
        if self.constants is not None:
            assumed = parameters or self.parameters or MeasurementParameters()
            table = celsius_table(assumed, self.constants, paths)
        else:
            assert self.scale is not None
            # A count of 0 is how 16-bit pictures write "no data".
            return plausible(self.scale.table()[self.counts], self.name, empty=self.counts == 0)
        low, high = int(self.counts.min()), int(self.counts.max())
        celsius = table[self.counts]
        # Most files need no look at every pixel: all counts between the extremes have a temperature.
        return celsius if np.isfinite(table[low : high + 1]).all() else plausible(celsius, self.name)

    def displayed_span(self, parameters: MeasurementParameters | None = None) -> tuple[float, float] | None:
        """(lowest, highest) °C of the scale that the camera showed, or None where the file does not say."""
        assumed = parameters or self.parameters
        if self.displayed_counts is None or self.constants is None or assumed is None:
            return None
        low, high = (float(v) for v in celsius_table(assumed, self.constants)[list(self.displayed_counts)])
        return (low, high) if high - low >= 0.5 else None  # also None where an end is NaN

    def celsius_reference(
        self, parameters: MeasurementParameters | None = None, paths: int = 1
    ) -> NDArray[np.float64]:
        """The same pixel by pixel in float64: the slow reference, for files with a calibration only."""
        if self.counts is None or self.constants is None:
            raise RadiometricError(text("{name} has no calibration.", name=self.name))
        assumed = parameters or self.parameters or MeasurementParameters()
        return celsius_reference(self.counts, assumed, self.constants, paths)

    def embedded_picture(self) -> NDArray[np.uint8] | None:
        """The picture the camera stored, uint8 (H, W, 3) BGR, or None when there is none or it is damaged."""
        if self.jpeg is None:
            return None
        from inspection.radiometric.embedded import decode_jpeg

        return decode_jpeg(self.jpeg)

    def to_thermogram(
        self,
        parameters: MeasurementParameters | None = None,
        palette: str = "ironbow",
        span: tuple[float, float] | None = None,
    ) -> Thermogram:
        """Our own picture of the temperatures, to show and to detect on.

        Args:
            parameters: what to assume instead of the file's own.
            palette: one of inspection.palettes.PALETTE_NAMES.
            span: (lowest, highest) °C of the palette, None for automatic; without a scale it has no meaning.

        Returns:
            A thermogram with source "radiometric", or "none" when the counts have no scale.

        Raises:
            RadiometricError, SettingsError: see celsius.
        """
        from inspection.palettes import render_celsius

        camera = dict(self.camera) | {"format": self.kind}
        if self.needs_scale:
            assert self.counts is not None
            picture = render_celsius(self.counts.astype(np.float32), None, palette)
            note = text("16-bit counts without a scale: relative brightness only, no temperatures.")
            return Thermogram(picture, camera=camera, embedded=self.embedded_picture(), note=note)
        celsius = self.celsius(parameters)
        assumed = parameters or self.parameters
        if assumed is not None:
            camera |= vars(assumed)
        return Thermogram(
            picture=render_celsius(celsius, span, palette),
            celsius=celsius,
            source="radiometric",
            accuracy_kelvin=max(stated_accuracy(celsius), self.accuracy_kelvin),
            camera=camera,
            embedded=self.embedded_picture(),
            note=self.note,
        )


def plausible(
    celsius: NDArray[np.float32], name: str, empty: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Pass a map on, with pixels outside what cameras measure as "no data".

    Args:
        celsius: float32 (H, W), °C.
        name: for the message.
        empty: bool (H, W), pixels that the file declares as "no data"; at most half of all.

    Returns:
        The map itself, or a copy with NaN.

    Raises:
        RadiometricError: more than MOST_OUTSIDE of the pixels that should have data are outside.
    """
    outside = ~((celsius >= LOWEST_CELSIUS) & (celsius <= HIGHEST_CELSIUS))  # NaN compares as outside
    count = int(np.count_nonzero(outside))
    declared = 0 if empty is None else int(np.count_nonzero(empty & outside))
    if declared > celsius.size / 2 or count - declared > MOST_OUTSIDE * (celsius.size - declared):
        raise RadiometricError(
            text(
                "The temperatures in {name} are not plausible: it is damaged, or the assumed values do "
                "not fit.",
                name=name,
            )
        )
    return np.where(outside, np.float32(np.nan), celsius) if count else celsius


def stated_accuracy(celsius: NDArray[np.float32]) -> float:
    """±2 K or ±2 % of the hottest reading in °C, whichever is more."""
    hottest = float(np.nanmax(celsius))
    return max(ACCURACY_KELVIN, round(0.02 * hottest, 1))
