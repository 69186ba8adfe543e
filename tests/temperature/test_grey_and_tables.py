"""16-bit TIFF and PNG with their scales, and tables of temperatures."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from flir_writer import fff, scene
from PIL import Image, PngImagePlugin

from inspection.errors import SettingsError
from inspection.radiometric import NAMED_SCALES, CountScale, RadiometricError, read

CELSIUS = scene()
COUNTS = np.rint((CELSIUS + 273.15) / 0.04).astype(np.uint16)
TAG = json.dumps({"kelvin_per_count": 0.04, "offset_kelvin": 0.0})


def tiff(pixels: np.ndarray, description: str = "", **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "TIFF", description=description, **options)
    return buffer.getvalue()


def png(pixels: np.ndarray, description: str = "") -> bytes:
    info = PngImagePlugin.PngInfo()
    if description:
        info.add_text("ImageDescription", description)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_a_tagged_tiff_carries_its_scale(compression):
    options = {"compression": compression} if compression else {}
    file = read(tiff(COUNTS, TAG, **options), "a.tiff")
    assert file.kind == "TIFF" and not file.needs_scale
    assert np.abs(file.celsius() - CELSIUS).max() < 0.021
    assert file.to_thermogram().source == "radiometric"


def test_a_tagged_png_carries_its_scale():
    file = read(png(COUNTS, TAG), "a.png")
    assert np.abs(file.celsius() - CELSIUS).max() < 0.021


def test_big_endian_tiff():
    data = tiff(COUNTS.astype(">u2"), TAG)
    assert np.abs(read(data, "a.tiff").celsius() - CELSIUS).max() < 0.021


def test_zero_is_no_data():
    counts = COUNTS.copy()
    counts[:20] = 0
    celsius = read(tiff(counts, TAG), "a.tiff").celsius()
    assert np.isnan(celsius[:20]).all() and np.abs(celsius[20:] - CELSIUS[20:]).max() < 0.021
    with pytest.raises(RadiometricError, match="not plausible"):
        read(tiff(np.zeros_like(COUNTS), TAG), "a.tiff")


def test_scenes_of_this_project_come_back(tmp_path):
    from thermal_scenes.tiff import write_radiometric_tiff

    write_radiometric_tiff(tmp_path / "a.tiff", CELSIUS.astype(np.float32))
    file = read((tmp_path / "a.tiff").read_bytes(), "a.tiff")
    assert np.abs(file.celsius() - CELSIUS).max() < 0.006


def test_without_a_scale_only_brightness_is_known():
    file = read(tiff(COUNTS), "a.tiff")
    assert file.needs_scale
    with pytest.raises(RadiometricError, match="choose"):
        file.celsius()
    thermogram = file.to_thermogram(palette="white hot")
    assert thermogram.source == "none" and thermogram.celsius is None
    assert "brightness" in thermogram.note
    hot = np.unravel_index(np.argmax(CELSIUS), CELSIUS.shape)
    assert thermogram.picture[hot].min() == 255
    assert np.abs(file.with_scale(CountScale(0.04)).celsius() - CELSIUS).max() < 0.021


@pytest.mark.parametrize("scale", NAMED_SCALES.values())
def test_named_scales(scale):
    celsius = scene(hot=60)
    pixels = np.rint((celsius + 273.15) / scale.kelvin_per_count).astype(np.uint16)
    file = read(png(pixels), "a.png", scale)
    assert np.abs(file.celsius() - celsius).max() <= scale.kelvin_per_count / 2 + 1e-3


def test_a_wrong_scale_is_refused_as_not_plausible():
    with pytest.raises(RadiometricError, match="not plausible"):
        read(tiff(COUNTS), "a.tiff", CountScale(0.4))


def test_scales_out_of_range_name_the_range():
    with pytest.raises(SettingsError, match=r"0\.0001 to 10"):
        CountScale(0.0)
    with pytest.raises(SettingsError, match="-1000 to 2500"):
        CountScale(0.1, float("inf"))


def test_a_scale_does_not_apply_to_a_calibrated_file():
    with pytest.raises(RadiometricError, match="its own"):
        read(fff(np.full((20, 30), 5000, np.uint16)), "a.fff").with_scale(CountScale(0.04))


def test_a_float_tiff_holds_celsius():
    file = read(tiff(CELSIUS.astype(np.float32)), "a.tif")
    assert np.abs(file.celsius() - CELSIUS).max() < 1e-4
    assert "°C" in file.note


@pytest.mark.parametrize("text", ["", "{", '{"kelvin_per_count": "x"}', "[" * 3000 + "kelvin_per_count"])
def test_other_descriptions_are_no_scale(text):
    assert read(tiff(COUNTS, text), "a.tiff").needs_scale


def table(separator: str, comma: bool = False, head: str = "", unit: float = 0.0) -> bytes:
    lines = [separator.join(f"{v + unit:.2f}" for v in row) for row in CELSIUS]
    text = "\n".join(lines)
    return (head + (text.replace(".", ",") if comma else text) + "\n").encode()


@pytest.mark.parametrize(
    ("data", "unit"),
    [
        (table(","), "celsius"),
        (table(";", comma=True), "celsius"),
        (table("\t", comma=True, head="File:\tx.jpg\nEmissivity:\t0,95\n\n"), "celsius"),
        (table(",", unit=273.15), "kelvin"),
        (b"\xff\xfe" + table(";").decode().encode("utf-16-le"), "celsius"),
        (table(";", head="Größe;1\n").decode().encode("latin-1"), "celsius"),
    ],
)
def test_tables_of_temperatures(data, unit):
    file = read(data, "a.csv", unit=unit)
    assert file.kind == "CSV"
    assert np.abs(file.celsius() - CELSIUS).max() < 0.006
    assert file.to_thermogram().source == "radiometric"


def test_fahrenheit_and_a_hint_for_kelvin():
    data = "\n".join(",".join(f"{v * 1.8 + 32:.2f}" for v in row) for row in CELSIUS).encode()
    assert np.abs(read(data, "a.csv", unit="fahrenheit").celsius() - CELSIUS).max() < 0.006
    assert "kelvin" in read(table(",", unit=273.15), "a.csv").note


def test_holes_in_a_table_are_no_data_and_row_ends_do_not_matter():
    data = b"20.0,21.0,22.0,\n23.0,,25.0,\n" + b"20.0,21.0,22.0,\n" * 30
    celsius = read(data, "a.csv").celsius()
    assert celsius.shape == (32, 3) and np.isnan(celsius[1, 1])


@pytest.mark.parametrize(
    "data", [b"", b"a,b\nc,d\n", b"1\n2\n3\n", b"\0" * 500, b"1,2\n", b"1e400,1e400\n" * 9]
)
def test_no_table_is_refused(data):
    with pytest.raises(RadiometricError):
        read(data, "a.csv")


def test_a_huge_table_is_refused_early():
    with pytest.raises(RadiometricError, match="too large"):
        read(b"1,2\n" * 9000, "a.csv")
