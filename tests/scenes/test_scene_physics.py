"""Radiometry, cooling and the camera: fast paths against slow references."""

from __future__ import annotations

import numpy as np
import pytest

from thermal_scenes.camera import Camera, measure
from thermal_scenes.canvas import Canvas
from thermal_scenes.heat import Heat
from thermal_scenes.physics import (
    at_the_lens,
    band_radiance,
    band_radiance_reference,
    brightness_celsius,
    cooling_length,
)

QUIET = Camera(200, 120, 0.3, 0.0, 0.0, emissivity=1.0, reflected_celsius=20.0, transmission=1.0)


@pytest.mark.parametrize("celsius", [-60.0, -12.3, 0.0, 21.37, 90.0, 133.33, 380.0])
def test_radiance_table_agrees_with_direct_integration(celsius):
    assert float(band_radiance(celsius)) == pytest.approx(band_radiance_reference(celsius), rel=3e-4)


def test_radiance_at_a_known_temperature():
    # Planck's law in 8-14 um holds 37 to 39 % of sigma T^4 / pi around room temperature.
    whole = 5.670374e-8 * 300.0**4 / np.pi
    assert 0.36 < float(band_radiance(300.0 - 273.15)) / whole < 0.40


def test_radiance_round_trip():
    celsius = np.linspace(-80, 440, 4001, dtype=np.float32)
    assert np.abs(brightness_celsius(band_radiance(celsius)) - celsius).max() < 0.05


def test_low_emissivity_reads_low_when_surroundings_are_cool():
    painted, polished = (
        float(brightness_celsius(at_the_lens(np.float32(90), e, 20.0, 20.0, 1.0))) for e in (0.95, 0.1)
    )
    assert painted == pytest.approx(90, abs=4)
    assert 20 < polished < 35


def test_air_on_the_way_pulls_towards_its_own_temperature():
    clear, hazy = (
        float(brightness_celsius(at_the_lens(np.float32(80), 1.0, 20.0, 10.0, t))) for t in (1.0, 0.8)
    )
    assert clear == pytest.approx(80, abs=0.05)
    assert 10 < hazy < 75


def test_cooling_length_of_a_copper_bar():
    area, perimeter = 30e-3 * 5e-3, 2 * 35e-3
    assert cooling_length(390, area, perimeter, 10) == pytest.approx(0.289, abs=0.001)
    assert cooling_length(390, area, perimeter, 40) == pytest.approx(0.289 / 2, abs=0.001)


def test_excess_on_a_conductor_decays_exponentially():
    canvas = Canvas(120, 200, 20.0)
    points = np.stack([np.linspace(-5, 205, 106), np.full(106, 60.0)], 1)
    excess = Heat([(20.0, 60.0, 60.0, 45.0)]).along(points)
    canvas.stroke(points, 20, 20.0, excess, 1.0, round_shading=0.0)
    measured = measure(np.random.default_rng(0), canvas, QUIET)[60] - 20.0
    x = np.arange(30, 180)
    slope, at_zero = np.polyfit(x, np.log(measured[x]), 1)
    assert -1 / slope == pytest.approx(45.0, rel=0.03)
    assert np.exp(at_zero + slope * 20) == pytest.approx(60.0, rel=0.06)


def test_camera_that_knows_the_emissivity_reads_the_true_temperature():
    canvas = Canvas(120, 200, 60.0, emissivity=0.8)
    canvas.air = canvas.reflected = 20.0
    knowing = Camera(200, 120, 0.6, 0.0, 0.0, emissivity=0.8, reflected_celsius=20.0, transmission=0.95)
    assert np.abs(measure(np.random.default_rng(0), canvas, knowing) - 60.0).max() < 0.1


def test_noise_has_the_size_that_was_asked_for():
    canvas = Canvas(120, 200, 25.0, emissivity=1.0)
    canvas.reflected = 25.0
    noisy = Camera(200, 120, 0.6, 0.08, 0.0, emissivity=1.0, reflected_celsius=25.0, transmission=1.0)
    assert float(measure(np.random.default_rng(1), canvas, noisy).std()) == pytest.approx(0.08, rel=0.1)


def test_fixed_pattern_stays_between_frames_and_noise_does_not():
    canvas = Canvas(60, 80, 25.0)
    patterned = Camera(80, 60, 0.6, 0.0, 0.06)
    first, second = (
        measure(np.random.default_rng(i), canvas, patterned, np.random.default_rng(9)) for i in (1, 2)
    )
    assert np.array_equal(first, second)


def test_thin_wire_reads_mixed_with_the_cold_sky_behind_it():
    canvas = Canvas(120, 200, -30.0, emissivity=1.0)
    points = np.array([[-5.0, 60.0], [205.0, 60.0]])
    canvas.stroke(points, 0.5, 20.0, 0.0, 1.0)
    assert -30 < float(measure(np.random.default_rng(0), canvas, QUIET).max()) < 5
