"""What the camera assumed of the object and the air, and what the user may change."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from inspection.errors import SettingsError
from inspection.texts import listed, text

PARAMETER_RANGES: dict[str, tuple[float, float, str]] = {
    "emissivity": (0.01, 1.0, text("Emissivity")),
    "distance_m": (0.0, 10_000.0, text("Distance in m")),
    "reflected_celsius": (-100.0, 2_000.0, text("Reflected temperature in °C")),
    "air_celsius": (-80.0, 100.0, text("Air temperature in °C")),
    "humidity_percent": (0.0, 100.0, text("Relative humidity in %")),
    "window_celsius": (-80.0, 500.0, text("Temperature of the infrared window in °C")),
    "window_transmission": (0.01, 1.0, text("Transmission of the infrared window")),
}
"""Lowest and highest accepted value, and the name shown, of each field of MeasurementParameters."""


@dataclass(frozen=True)
class MeasurementParameters:
    """Everything besides the counts that decides a temperature.

    Attributes:
        emissivity: of the object, 0.01..1.
        distance_m: from the lens to the object, m.
        reflected_celsius: apparent temperature of what the object mirrors, °C.
        air_celsius: air between object and camera, °C.
        humidity_percent: relative humidity of that air, %.
        window_celsius: infrared window in front of the lens, °C.
        window_transmission: its transmission, 1 when there is none.

    Raises:
        SettingsError: a value is not a number in its range (PARAMETER_RANGES).
    """

    emissivity: float = 0.95
    distance_m: float = 1.0
    reflected_celsius: float = 20.0
    air_celsius: float = 20.0
    humidity_percent: float = 50.0
    window_celsius: float = 20.0
    window_transmission: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high, label = PARAMETER_RANGES[field.name]
            if not in_range(field.name, getattr(self, field.name)):
                raise SettingsError(
                    text(
                        "{label} must be a number from {low:g} to {high:g}.", label=label, low=low, high=high
                    )
                )


def in_range(name: str, value: float) -> bool:
    """Whether a value is accepted for a field of MeasurementParameters."""
    low, high, _ = PARAMETER_RANGES[name]
    return isinstance(value, int | float) and math.isfinite(value) and low <= value <= high


def parameters_or_defaults(values: dict[str, float]) -> tuple[MeasurementParameters, str]:
    """Parameters from a file, where a few cameras leave fields empty.

    Args:
        values: field name to value; names that are missing or out of range take the default.

    Returns:
        The parameters, and a sentence naming what was replaced, or "".
    """
    good = {name: value for name, value in values.items() if in_range(name, value)}
    parameters = MeasurementParameters(**good)
    replaced = [
        text("{label} = {value:g}", label=PARAMETER_RANGES[name][2], value=getattr(parameters, name))
        for name in values
        if name not in good
    ]
    if not replaced:
        return parameters, ""
    return parameters, text(
        "Missing or impossible in the file, so assumed: {replaced}.", replaced=listed(replaced)
    )
