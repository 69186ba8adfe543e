"""Linear scale of 16-bit pictures: kelvin = gain * count + offset."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.radiometric.planck import HIGHEST_CELSIUS, LOWEST_CELSIUS, ZERO_CELSIUS
from inspection.texts import text


@dataclass(frozen=True)
class CountScale:
    """What a count means.

    Attributes:
        kelvin_per_count: K per count, 0.0001..10.
        offset_kelvin: K at count 0, -1000..2500.

    Raises:
        SettingsError: a value is out of its range.
    """

    kelvin_per_count: float
    offset_kelvin: float = 0.0

    def __post_init__(self) -> None:
        if not (isfinite(self.kelvin_per_count) and 1e-4 <= self.kelvin_per_count <= 10):
            raise SettingsError(text("The gain must be a number from 0.0001 to 10 K per count."))
        if not (isfinite(self.offset_kelvin) and -1000 <= self.offset_kelvin <= 2500):
            raise SettingsError(text("The offset must be a number from -1000 to 2500 K."))

    def table(self) -> NDArray[np.float32]:
        """Temperature of each of the 65,536 counts, float32 °C; NaN where no camera measures."""
        celsius = np.arange(65_536) * self.kelvin_per_count + self.offset_kelvin - ZERO_CELSIUS
        outside = (celsius < LOWEST_CELSIUS) | (celsius > HIGHEST_CELSIUS)
        return np.where(outside, np.nan, celsius).astype(np.float32)


NAMED_SCALES: dict[str, CountScale] = {
    text("centi-kelvin (0.01 K per count)"): CountScale(0.01),
    text("0.04 K per count"): CountScale(0.04),
    text("deci-kelvin (0.1 K per count)"): CountScale(0.1),
    text("0.4 K per count"): CountScale(0.4),
}
"""Scales in common use, for the user to choose from; CountScale takes any other gain and offset."""


def scale_from_tag(tag: str) -> CountScale | None:
    """The scale that a picture's description carries as JSON, or None.

    Args:
        tag: for instance '{"kelvin_per_count": 0.04, "offset_kelvin": 0.0}'.
    """
    if len(tag) > 4096 or "kelvin_per_count" not in tag:
        return None
    try:
        said = json.loads(tag)
        return CountScale(float(said["kelvin_per_count"]), float(said.get("offset_kelvin", 0.0)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SettingsError):
        return None
