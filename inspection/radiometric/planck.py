"""From raw counts to temperatures: the camera's calibration curve, the object and the air in between.

Sources. The measurement formula with one path is that of FLIR's camera manuals (such as the Photon user's
guide: U_tot = e t U_obj + (1 - e) t U_refl + (1 - t) U_atm). The form of the calibration curve, of the air's
transmission and the form with two half paths (before and behind an infrared window) are those published with
exiftool's FLIR tags and in the R package Thermimage (G. J. Tattersall).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from math import exp, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.parameters import MeasurementParameters
from inspection.texts import text

ZERO_CELSIUS = 273.15
LOWEST_CELSIUS, HIGHEST_CELSIUS = -90.0, 2200.0
"""No camera of this kind measures beyond; anything outside is a damaged file."""


@dataclass(frozen=True)
class PlanckConstants:
    """Calibration of a camera: counts = R1 / (R2 (exp(B / T) - F)) - O, T in K; and its model of the air."""

    r1: float
    r2: float
    b: float
    f: float
    o: float
    alpha1: float = 0.006569
    alpha2: float = 0.012620
    beta1: float = -0.002276
    beta2: float = -0.006670
    x: float = 1.9

    def __post_init__(self) -> None:
        if not all(isfinite(getattr(self, field.name)) for field in fields(self)):
            raise RadiometricError(text("The calibration constants in the file are damaged."))
        if not (
            1 <= self.r1 <= 1e9 and 1e-6 <= self.r2 <= 1e3 and 100 <= self.b <= 1e4 and -10 <= self.f <= 100
        ):
            raise RadiometricError(text("The calibration constants in the file are not plausible."))
        air = (self.alpha1, self.alpha2, self.beta1, self.beta2)
        if abs(self.o) > 1e6 or abs(self.x) > 10 or max(abs(v) for v in air) > 0.1:
            raise RadiometricError(text("The calibration constants in the file are not plausible."))


def transmission(distance_m: float, parameters: MeasurementParameters, constants: PlanckConstants) -> float:
    """Part of the radiation that passes the air over a distance, 0..1."""
    t = parameters.air_celsius
    water = exp(1.5587 + 0.06939 * t - 0.00027816 * t**2 + 0.00000068455 * t**3)
    root = sqrt(parameters.humidity_percent / 100 * water)
    path = sqrt(distance_m)
    first = exp(-path * (constants.alpha1 + constants.beta1 * root))
    second = exp(-path * (constants.alpha2 + constants.beta2 * root))
    return constants.x * first + (1 - constants.x) * second


def counts_of_celsius(celsius: float, constants: PlanckConstants) -> float:
    """Counts that a black body of this temperature gives right before the lens."""
    c = constants
    denominator = exp(c.b / (celsius + ZERO_CELSIUS)) - c.f
    if denominator <= 0:
        raise RadiometricError(text("The calibration constants in the file are not plausible."))
    return c.r1 / (c.r2 * denominator) - c.o


def object_signal(
    parameters: MeasurementParameters, constants: PlanckConstants, paths: int = 1
) -> tuple[float, float]:
    """Gain and offset of U_obj = gain * counts + offset, the counts of the object alone.

    Args:
        parameters: object, air and window.
        constants: the camera's calibration.
        paths: 1, the maker's single path behind which a window may stand; or 2, half the distance before and
            half behind the window, each with the square root of half the distance, as in Thermimage and flyr.

    Raises:
        SettingsError: paths is not 1 or 2, or nothing of the object passes the air.
    """
    if paths not in (1, 2):
        raise SettingsError(text("The formula has 1 or 2 paths."))
    e, w = parameters.emissivity, parameters.window_transmission
    reflected = counts_of_celsius(parameters.reflected_celsius, constants)
    air = counts_of_celsius(parameters.air_celsius, constants)
    window = counts_of_celsius(parameters.window_celsius, constants)
    near = transmission(parameters.distance_m / paths, parameters, constants)
    far = near if paths == 2 else 1.0
    passing = e * near * w * far
    if not 1e-4 < passing < 10:
        raise SettingsError(
            text("With this distance, air and humidity no signal of the object would be left.")
        )
    # Everything that reaches the lens besides the object, farthest source first.
    foreign = (1 - e) * near * w * far * reflected + (1 - near) * w * far * air
    foreign += (1 - w) * far * window + (1 - far) * air
    return 1 / passing, -foreign / passing


def celsius_reference(
    counts: NDArray[np.uint16],
    parameters: MeasurementParameters,
    constants: PlanckConstants,
    paths: int = 1,
) -> NDArray[np.float64]:
    """Temperatures pixel by pixel in float64: the slow reference of celsius_table.

    Args:
        counts: uint16, any shape.
        parameters: object, air and window.
        constants: the camera's calibration.
        paths: see object_signal.

    Returns:
        float64 °C of the same shape, NaN where the counts are below what any object gives.
    """
    c = constants
    gain, offset = object_signal(parameters, constants, paths)
    radiance = (counts.astype(np.float64) * gain + offset + c.o) * c.r2
    with np.errstate(divide="ignore", invalid="ignore"):
        kelvin = c.b / np.log(c.r1 / radiance + c.f)
    return np.where((radiance > 0) & (kelvin > 0), kelvin - ZERO_CELSIUS, np.nan)


@lru_cache(maxsize=16)
def celsius_table(
    parameters: MeasurementParameters, constants: PlanckConstants, paths: int = 1
) -> NDArray[np.float32]:
    """Temperature of each of the 65,536 possible counts.

    Returns:
        Read-only float32 (65536,), °C; NaN outside LOWEST_CELSIUS..HIGHEST_CELSIUS.
    """
    every_count = np.arange(65_536, dtype=np.uint16)
    celsius = celsius_reference(every_count, parameters, constants, paths)
    outside = ~((celsius >= LOWEST_CELSIUS) & (celsius <= HIGHEST_CELSIUS))
    table = np.where(outside, np.nan, celsius).astype(np.float32)
    table.flags.writeable = False
    return table
