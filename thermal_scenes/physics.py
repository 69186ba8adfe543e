"""Radiometry and heat flow: band radiance 8-14 µm, apparent temperature, cooling along a conductor.

Sources: Planck's law with the CODATA 2018 constants (exact in the SI); the measurement equation is that of
the FLIR Photon user guide, U = e*tau*U_obj + (1-e)*tau*U_refl + (1-tau)*U_atm; the cooling length is the fin
equation in Incropera and DeWitt, Fundamentals of Heat and Mass Transfer, section 3.6.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

ZERO_CELSIUS = 273.15
BAND_MICROMETRES = (8.0, 14.0)
LOWEST_CELSIUS, HIGHEST_CELSIUS = -90.0, 450.0
_STEP_KELVIN = 0.01
_RADIANCE_STEPS = 1 << 16
_HC2 = 2 * 6.62607015e-34 * 299792458.0**2
_HC_K = 6.62607015e-34 * 299792458.0 / 1.380649e-23


def band_radiance_reference(celsius: float, steps: int = 2000) -> float:
    """Radiance of a black body in the band by direct integration of Planck's law (the slow reference).

    Args:
        celsius: temperature in °C.
        steps: number of intervals of the trapezoid rule.

    Returns:
        Radiance in W/(m² sr).
    """
    wavelength = np.linspace(*BAND_MICROMETRES, steps + 1) * 1e-6
    spectral = _HC2 / wavelength**5 / np.expm1(_HC_K / (wavelength * (celsius + ZERO_CELSIUS)))
    return float(np.trapezoid(spectral, wavelength))


@lru_cache(maxsize=1)
def _forward_table() -> NDArray[np.float32]:
    """Radiance for every _STEP_KELVIN: integrated each 0.5 K, straight lines in its logarithm between."""
    coarse = np.arange(LOWEST_CELSIUS, HIGHEST_CELSIUS + 0.25, 0.5)
    logs = np.log([band_radiance_reference(t, 240) for t in coarse])
    fine = np.arange(LOWEST_CELSIUS, HIGHEST_CELSIUS + _STEP_KELVIN / 2, _STEP_KELVIN)
    return np.exp(np.interp(fine, coarse, logs)).astype(np.float32)


@lru_cache(maxsize=1)
def _inverse_table() -> NDArray[np.float32]:
    """Temperature for equal steps of the radiance's square root, which keeps cold skies as fine as flames."""
    forward = _forward_table().astype(np.float64)
    roots = np.sqrt(forward)
    celsius = np.linspace(LOWEST_CELSIUS, HIGHEST_CELSIUS, len(forward))
    return np.interp(np.linspace(roots[0], roots[-1], _RADIANCE_STEPS), roots, celsius).astype(np.float32)


def band_radiance(celsius: NDArray | float) -> NDArray[np.float32]:
    """Radiance of a black body in 8-14 µm, by table.

    Args:
        celsius: any shape, °C; clipped to -90..450.

    Returns:
        float32 of the same shape, W/(m² sr).
    """
    table = _forward_table()
    index = (np.asarray(celsius, np.float32) - LOWEST_CELSIUS) * (1 / _STEP_KELVIN) + 0.5
    return table[np.clip(index, 0, len(table) - 1).astype(np.int32)]


def brightness_celsius(radiance: NDArray | float) -> NDArray[np.float32]:
    """Temperature of the black body that has this radiance in 8-14 µm: the inverse of band_radiance.

    Args:
        radiance: any shape, W/(m² sr).

    Returns:
        float32 of the same shape, °C.
    """
    forward, table = _forward_table(), _inverse_table()
    low, high = np.sqrt(forward[0]), np.sqrt(forward[-1])
    root = np.sqrt(np.maximum(np.asarray(radiance, np.float32), 0))
    index = (root - low) * np.float32((_RADIANCE_STEPS - 1) / (high - low)) + np.float32(0.5)
    return table[np.clip(index, 0, _RADIANCE_STEPS - 1).astype(np.int32)]


def at_the_lens(
    celsius: NDArray, emissivity: NDArray | float, reflected: NDArray | float, air: float, transmission: float
) -> NDArray[np.float32]:
    """Radiance that reaches the lens.

    Args:
        celsius: true surface temperature, °C, any shape.
        emissivity: 0..1, the same shape or a number.
        reflected: apparent temperature of the surroundings, °C, the same shape or a number.
        air: temperature of the air, °C.
        transmission: of the air on the way, 0..1.

    Returns:
        float32, W/(m² sr).
    """
    own = band_radiance(celsius)
    mirrored = band_radiance(reflected)
    inside = mirrored + np.asarray(emissivity, np.float32) * (own - mirrored)
    return np.float32(transmission) * inside + np.float32(1 - transmission) * band_radiance(air)


def cooling_length(conductivity: float, area: float, perimeter: float, transfer: float) -> float:
    """Length over which the excess temperature of a long conductor falls to 1/e, L = sqrt(k A / (h P)).

    Args:
        conductivity: k, W/(m K); copper 390, aluminium 225.
        area: cross section A, m².
        perimeter: P, m.
        transfer: h, heat transfer to the air, W/(m² K); about 10 in still air.

    Returns:
        L in m.
    """
    return float(np.sqrt(conductivity * area / (transfer * perimeter)))
