"""Real camera files, where a folder of them lies beside the repository; exiftool and flyr as judges."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inspection.radiometric import CountScale, read
from inspection.radiometric.planck import celsius_reference

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "radiometric"
FILES = sorted([*FOLDER.glob("flir/*"), *FOLDER.glob("wikimedia/*.jpg")]) if FOLDER.is_dir() else []
FLIR = [path for path in FILES if path.suffix != ".tiff"]
# °C in the form with two half paths, of files whose content was checked with other programs.
RANGES = {
    "T640.jpg": (25.46, 97.85),
    "T640_2.jpg": (19.78, 247.13),
    "Flir_E40.jpg": (17.88, 24.70),
    "Flir_B60.jpg": (-68.08, -0.23),
    "ax8.jpg": (24.36, 25.47),
    "flir_example.jpg": (25.95, 62.32),
    "DJI_XT-2.jpg": (21.46, 82.92),
    "zenmuse_xtr.jpg": (15.93, 59.73),
    "frame_000000.fff": (9.56, 12.58),
    "frame_000000_le.fff": (22.94, 29.50),
    "example_radiometric.tiff": (-3.43, 9.93),
}

pytestmark = pytest.mark.skipif(not FILES, reason="no folder of real files beside the repository")


def opened(path: Path):
    scale = CountScale(0.04) if path.suffix == ".tiff" else None
    return read(path.read_bytes(), path.name, scale)


@pytest.mark.parametrize("path", [p for p in FILES if p.name in RANGES], ids=lambda p: p.name)
def test_known_ranges(path):
    celsius = opened(path).celsius(paths=2)
    assert (celsius.min(), celsius.max()) == pytest.approx(RANGES[path.name], abs=0.01)


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("path", FLIR, ids=lambda p: p.name)
def test_equal_to_exiftools_counts_through_the_formula(path):
    done = subprocess.run(
        ["exiftool", "-b", "-RawThermalImage", str(path)], capture_output=True, check=True, timeout=60
    )
    with Image.open(io.BytesIO(done.stdout)) as picture:
        judge = np.asarray(picture).astype(np.uint16)
    file = opened(path)
    if not np.array_equal(judge, file.counts):
        judge = judge.byteswap()  # exiftool hands the PNG on as it is, often with swapped bytes
    assert np.array_equal(judge, file.counts)
    slow = celsius_reference(judge, file.parameters, file.constants)
    assert np.nanmax(np.abs(file.celsius() - slow)) < 0.01


# flyr knows one byte order only and spends many seconds on finding that out for the Zenmuse files.
@pytest.mark.parametrize(
    "path", [p for p in FLIR if p.name not in ("DJI_XT-2.jpg", "zenmuse_xtr.jpg")], ids=lambda p: p.name
)
def test_equal_to_flyr_where_flyr_reads_the_file(path):
    flyr = pytest.importorskip("flyr")
    try:
        judge = flyr.unpack(str(path)).celsius
    except Exception:
        pytest.skip("flyr cannot read this file")
    assert np.nanmax(np.abs(judge - opened(path).celsius(paths=2))) < 0.01


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_file_makes_a_thermogram(path):
    thermogram = opened(path).to_thermogram()
    assert thermogram.source == "radiometric"
    assert thermogram.celsius.shape == thermogram.picture.shape[:2]
    assert (thermogram.embedded is not None) == (path.suffix == ".jpg")
