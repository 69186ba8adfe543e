"""DJI R-JPEG through the optional package dji-thermal-cli; offered only where that is installed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from inspection.radiometric.container import jpeg_segments
from inspection.radiometric.counts import check_size
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.file import RadiometricFile, plausible
from inspection.radiometric.parameters import MeasurementParameters, parameters_or_defaults
from inspection.texts import text

_APP3 = 0xE3


def available() -> bool:
    """Whether the optional package is installed (see requirements-dji.txt)."""
    return find_spec("dji_thermal_cli") is not None


def looks_like_dji(data: bytes) -> bool:
    """Whether a JPEG carries DJI's raw thermal segments (APP3) and names the maker."""
    raw = any(marker == _APP3 for marker, _ in jpeg_segments(memoryview(data)))
    return raw and b"DJI" in data[:65_536]


@dataclass(frozen=True, eq=False)
class DjiFile(RadiometricFile):
    """A DJI R-JPEG: the optional package converts, so changed parameters mean asking it again."""

    def celsius(self, parameters: MeasurementParameters | None = None, paths: int = 1) -> np.ndarray:
        """Temperatures, float32 (H, W) °C; paths has no meaning here."""
        if parameters is None or parameters == self.parameters:
            return super().celsius()
        assert self.jpeg is not None
        return _measure(self.jpeg, self.name, parameters)[0]


def read_dji(data: bytes, name: str) -> RadiometricFile:
    """Read a DJI R-JPEG.

    Raises:
        RadiometricError: damaged, an unknown camera, or the optional package is not installed.
    """
    if not available():
        raise RadiometricError(
            text(
                "{name} is a DJI R-JPEG; reading its temperatures needs the optional package "
                "dji-thermal-cli.",
                name=name,
            )
        )
    celsius, parameters = _measure(data, name, None)
    return DjiFile(name, "DJI R-JPEG", temperatures=celsius, parameters=parameters, jpeg=data)


def _measure(
    data: bytes, name: str, parameters: MeasurementParameters | None
) -> tuple[np.ndarray, MeasurementParameters]:
    from dji_thermal_cli import tsdk

    try:
        file = tsdk.open(data)
        check_size(int(file.width), int(file.height))
        assumed = file.get_measurement_params()
        if parameters is not None:
            assumed.emissivity = parameters.emissivity
            assumed.distance = parameters.distance_m
            assumed.reflection = parameters.reflected_celsius
            assumed.ambient_temp = parameters.air_celsius
            assumed.humidity = parameters.humidity_percent
            file.set_measurement_params(assumed)
        celsius = np.asarray(file.measure_temperature_c(), np.float32)
    except RadiometricError:
        raise
    except Exception as error:  # another project's reader: whatever it raises, the user gets a sentence
        raise RadiometricError(
            text("{name} cannot be read as a DJI R-JPEG: {error}", name=name, error=error)
        ) from error
    if celsius.ndim != 2:
        raise RadiometricError(text("{name} cannot be read as a DJI R-JPEG.", name=name))
    used, _ = parameters_or_defaults(
        {
            "emissivity": float(assumed.emissivity),
            "distance_m": float(assumed.distance),
            "reflected_celsius": float(assumed.reflection),
            "air_celsius": float(assumed.ambient_temp),
            "humidity_percent": float(assumed.humidity),
        }
    )
    return plausible(celsius, name), used
