"""16-bit radiometric TIFF whose scale is in its own tag."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thermal_scenes.physics import ZERO_CELSIUS

_ASCII, _SHORT, _LONG = 2, 3, 4


def write_radiometric_tiff(
    path: str | Path, celsius: NDArray[np.float32], kelvin_per_count: float = 0.01
) -> None:
    """Write a temperature map as an uncompressed little-endian 16-bit TIFF.

    The tag ImageDescription (270) holds JSON: {"kelvin_per_count": 0.01, "offset_kelvin": 0.0}, so
    °C = counts * kelvin_per_count + offset_kelvin - 273.15. Rounding costs at most half a count. A value of 0
    means "no data" (NaN).

    Args:
        path: file to write.
        celsius: float (H, W), °C.
        kelvin_per_count: size of one count; 0.01 reaches to 382 °C, 0.04 to 2,348 °C.

    Raises:
        ValueError: celsius is not (H, W), or the step is not positive.
    """
    if celsius.ndim != 2 or not celsius.size or kelvin_per_count <= 0:
        raise ValueError("celsius must be (H, W) and kelvin_per_count above 0")
    counts = np.rint((np.asarray(celsius, np.float64) + ZERO_CELSIUS) / kelvin_per_count)
    data = np.where(np.isfinite(counts), np.clip(counts, 1, 65535), 0).astype("<u2").tobytes()
    height, width = celsius.shape
    scale = {"kelvin_per_count": kelvin_per_count, "offset_kelvin": 0.0}
    text = json.dumps(scale).encode("ascii")
    # A space keeps the length even; a second NUL would stay in the text that readers return.
    description = text + b" " * ((len(text) + 1) % 2) + b"\0"
    entries = [
        (256, _LONG, 1, width), (257, _LONG, 1, height), (258, _SHORT, 1, 16), (259, _SHORT, 1, 1),
        (262, _SHORT, 1, 1), (270, _ASCII, len(description), 0), (273, _LONG, 1, 0), (277, _SHORT, 1, 1),
        (278, _LONG, 1, height), (279, _LONG, 1, len(data)), (339, _SHORT, 1, 1),
    ]  # fmt: skip
    text_at = 8 + 2 + 12 * len(entries) + 4
    places = {270: text_at, 273: text_at + len(description)}
    directory = b"".join(struct.pack("<HHII", t, k, n, places.get(t, v)) for t, k, n, v in entries)
    header = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    Path(path).write_bytes(header + directory + struct.pack("<I", 0) + description + data)
