"""FLIR R-JPEG and FFF: every way to store the counts, in both byte orders."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from flir_writer import CONSTANTS, black_body_counts, fff, rjpeg, scene
from PIL import Image

from inspection.radiometric import MeasurementParameters, RadiometricError, read
from inspection.radiometric.embedded import exif_orientation, turn_upright
from inspection.radiometric.planck import celsius_reference

COUNTS = black_body_counts(scene())
KINDS = ["raw", "png", "png-swapped", "jpeg-ls"]


@pytest.mark.parametrize("directory", ["<", ">"])
@pytest.mark.parametrize("record", ["<", ">"])
@pytest.mark.parametrize("data", KINDS)
def test_counts_come_back_from_an_r_jpeg(data, record, directory):
    file = read(rjpeg(fff(COUNTS, data, directory, record)), "a.jpg")
    assert file.kind == "FLIR R-JPEG"
    assert np.array_equal(file.counts, COUNTS)


@pytest.mark.parametrize("directory", ["<", ">"])
@pytest.mark.parametrize("data", KINDS)
def test_counts_come_back_from_an_fff(data, directory):
    file = read(fff(COUNTS, data, directory), "a.fff")
    assert file.kind == "FLIR FFF"
    assert np.array_equal(file.counts, COUNTS)
    assert file.embedded_picture() is None


def test_the_older_magic_is_read_too():
    assert np.array_equal(read(fff(COUNTS, magic=b"AFF\0"), "a.aff").counts, COUNTS)


def test_what_the_camera_says():
    file = read(rjpeg(fff(COUNTS)), "a.jpg")
    assert vars(file.constants) == pytest.approx(vars(CONSTANTS), rel=1e-6)
    assert file.parameters == MeasurementParameters(0.95, 2.0, 21.0, 18.0, 45.0, 20.0, 1.0)
    assert file.camera["camera"] == "Test Cam 1"
    assert file.camera["lens"] == "FOL18"
    assert file.camera["date"] == "2020-09-13 14:26:40+02:00"
    assert file.camera["range_celsius"] == pytest.approx((-20, 150), abs=1e-3)
    assert file.note == ""


def test_the_scale_that_the_camera_showed():
    file = read(fff(COUNTS), "a.fff")
    low, high = file.displayed_span()
    counts = np.array([7000, 9000], np.uint16)
    slow = celsius_reference(counts, file.parameters, file.constants)
    assert (low, high) == pytest.approx(tuple(slow), abs=1e-3)


def test_humidity_in_percent_and_impossible_fields():
    file = read(fff(COUNTS, humidity=45.0, emissivity=0.0, transmission=0.0), "a.fff")
    assert file.parameters.humidity_percent == 45
    assert file.parameters.emissivity == 0.95
    assert "Emissivity = 0.95" in file.note and "Transmission" in file.note


def test_the_cameras_own_palette():
    palette = read(fff(COUNTS), "a.fff").palette
    assert palette.shape == (224, 3)
    assert palette[0].max() == 0 and palette[-1].min() == 255
    assert (np.diff(palette[:, 0].astype(int)) >= 0).all()


def test_a_thermogram_shows_our_own_picture_and_keeps_the_cameras():
    seen = np.zeros((120, 160, 3), np.uint8)
    seen[..., 0] = 200  # red
    file = read(rjpeg(fff(COUNTS), seen), "a.jpg")
    thermogram = file.to_thermogram(palette="white hot")
    assert thermogram.source == "radiometric" and thermogram.accuracy_kelvin >= 2
    assert thermogram.picture.shape == (60, 80, 3)
    y, x = np.unravel_index(np.argmax(thermogram.celsius), (60, 80))
    assert (x, y) == pytest.approx((60, 15), abs=1)
    assert thermogram.picture[y, x].min() == 255
    assert thermogram.embedded.shape == (120, 160, 3)
    assert thermogram.embedded[0, 0, 2] > 180 > thermogram.embedded[0, 0, 0]
    assert thermogram.camera["emissivity"] == 0.95 and thermogram.camera["air_celsius"] == 18


def test_changed_parameters_change_map_and_metadata():
    file = read(rjpeg(fff(COUNTS)), "a.jpg")
    low = file.to_thermogram(MeasurementParameters(emissivity=0.5))
    assert low.celsius.max() > file.celsius().max() + 10
    assert low.camera["emissivity"] == 0.5
    assert file.parameters.emissivity == 0.95


@pytest.mark.parametrize("orientation", range(1, 9))
def test_data_are_turned_with_the_picture(orientation):
    seen = np.zeros((60, 80, 3), np.uint8)
    seen[8:22, 52:68] = 255
    data = rjpeg(fff(COUNTS), seen, orientation)
    assert exif_orientation(data) == orientation
    thermogram = read(data, "a.jpg").to_thermogram()
    with Image.open(io.BytesIO(data)) as picture:
        from PIL import ImageOps

        expected = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    assert np.array_equal(thermogram.embedded, expected[..., ::-1])
    hot = np.unravel_index(np.argmax(thermogram.celsius), thermogram.celsius.shape)
    assert expected[hot].min() > 200


def test_turning_by_an_unknown_orientation_does_nothing():
    picture = np.arange(6).reshape(2, 3)
    assert np.array_equal(turn_upright(picture, 1), picture)
    assert exif_orientation(b"\xff\xd8") == 1


def test_an_ordinary_picture_is_not_radiometric():
    for kind in ("JPEG", "PNG", "TIFF", "BMP"):
        buffer = io.BytesIO()
        Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(buffer, kind)
        assert read(buffer.getvalue(), "a." + kind) is None
    assert read(b"", "empty.jpg") is None
    assert read(b"\xff\xd8", "short.jpg") is None


def test_missing_segments_are_refused_with_a_sentence():
    data = rjpeg(fff(COUNTS), chunk=2000)
    at = data.find(b"FLIR\0\x01\x02")
    with pytest.raises(RadiometricError, match="missing"):
        read(data[: at - 4] + b"\xff\xe1" + data[at - 2 : at] + b"XXXX" + data[at + 4 :], "a.jpg")


def test_a_map_that_no_camera_measures_is_refused():
    with pytest.raises(RadiometricError, match="not plausible"):
        read(fff(np.full((60, 80), 65_500, np.uint16), emissivity=0.02), "a.fff")


def test_a_few_dead_pixels_become_no_data():
    counts = COUNTS.copy()
    counts[:2, :3] = 0
    celsius = read(fff(counts), "a.fff").celsius()
    assert np.isnan(celsius[:2, :3]).all() and np.isfinite(celsius[2:]).all()


def test_reading_imports_neither_opencv_nor_pandas_nor_av():
    code = (
        "import sys; from inspection.radiometric import read; "
        "read(sys.stdin.buffer.read(), 'a.jpg').celsius(); "
        "print([m for m in ('cv2', 'pandas', 'av', 'torch', 'streamlit') if m in sys.modules])"
    )
    data = rjpeg(fff(COUNTS, "png-swapped"))
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
