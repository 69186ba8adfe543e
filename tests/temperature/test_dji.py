"""DJI R-JPEG: offered only where the optional package is installed; a stand-in plays its part here."""

from __future__ import annotations

import io
import sys
import types
from dataclasses import dataclass

import numpy as np
import pytest
from flir_writer import scene
from PIL import Image

from inspection.radiometric import MeasurementParameters, RadiometricError, dji, read

CELSIUS = scene().astype(np.float32)


def dji_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((60, 80, 3), np.uint8)).save(buffer, "JPEG")
    plain = buffer.getvalue()
    maker = b"\xff\xe1\x00\x08DJI\0\0\0"
    raw = b"\xff\xe3\x00\x06\0\0\0\0"
    return plain[:2] + maker + raw + plain[2:]


@dataclass
class Parameters:
    distance: float = 5.0
    humidity: float = 70.0
    emissivity: float = 0.95
    reflection: float = 23.0
    ambient_temp: float = 21.0


class Opened:
    width, height = 80, 60

    def __init__(self) -> None:
        self.parameters = Parameters()

    def get_measurement_params(self) -> Parameters:
        return self.parameters

    def set_measurement_params(self, parameters: Parameters) -> None:
        self.parameters = parameters

    def measure_temperature_c(self) -> np.ndarray:
        return CELSIUS + 10 * (0.95 - self.parameters.emissivity)


@pytest.fixture
def package(monkeypatch):
    tsdk = types.ModuleType("dji_thermal_cli.tsdk")
    tsdk.open = lambda data: Opened()
    root = types.ModuleType("dji_thermal_cli")
    root.tsdk = tsdk
    monkeypatch.setitem(sys.modules, "dji_thermal_cli", root)
    monkeypatch.setitem(sys.modules, "dji_thermal_cli.tsdk", tsdk)
    monkeypatch.setattr(dji, "available", lambda: True)
    return tsdk


def test_without_the_package_a_sentence_names_it(monkeypatch):
    monkeypatch.setattr(dji, "available", lambda: False)
    with pytest.raises(RadiometricError, match="dji-thermal-cli"):
        read(dji_jpeg(), "a.jpg")


def test_temperatures_and_parameters_come_from_the_package(package):
    file = read(dji_jpeg(), "a.jpg")
    assert file.kind == "DJI R-JPEG"
    assert np.array_equal(file.celsius(), CELSIUS)
    assert file.parameters == MeasurementParameters(0.95, 5.0, 23.0, 21.0, 70.0)
    assert file.to_thermogram().embedded.shape == (60, 80, 3)


def test_changed_parameters_ask_the_package_again(package):
    file = read(dji_jpeg(), "a.jpg")
    changed = file.celsius(MeasurementParameters(0.45, 5.0, 23.0, 21.0, 70.0))
    assert np.allclose(changed, CELSIUS + 5)


def test_its_errors_become_a_sentence(package):
    def fail(data):
        raise ValueError("unknown class")

    package.open = fail
    with pytest.raises(RadiometricError, match="unknown class"):
        read(dji_jpeg(), "a.jpg")
