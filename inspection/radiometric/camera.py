"""The camera record: calibration constants, measurement parameters, camera and date; and the palette record.

Field offsets: exiftool's public FLIR tag tables.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspection.radiometric.container import record_order
from inspection.radiometric.errors import RadiometricError
from inspection.radiometric.parameters import MeasurementParameters, parameters_or_defaults
from inspection.radiometric.planck import ZERO_CELSIUS, PlanckConstants
from inspection.texts import text

_SHORTEST = 0x310
_MODEL, _SERIAL, _SOFTWARE, _LENS = (0xD4, 32), (0x104, 16), (0x114, 16), (0x170, 32)
_FIELD_OF_VIEW, _DATE, _FRAME_RATE = 0x1B4, 0x384, 0x464


@dataclass(frozen=True)
class CameraInfo:
    """What the camera record says."""

    constants: PlanckConstants
    parameters: MeasurementParameters
    camera: dict[str, Any]
    displayed_counts: tuple[int, int] | None
    note: str


def read_camera(record: memoryview) -> CameraInfo:
    """Decode a camera record.

    Raises:
        RadiometricError: too short, or the calibration constants are not plausible.
    """
    if len(record) < _SHORTEST:
        raise RadiometricError(text("The camera record is cut off."))
    order = record_order(record)

    def floats(at: int, count: int) -> tuple[float, ...]:
        return struct.unpack_from(f"{order}{count}f", record, at)

    emissivity, distance, reflected, air, window, window_transmission = floats(0x20, 6)
    (humidity,) = floats(0x3C, 1)
    r1, b, f = floats(0x58, 3)
    alpha1, alpha2, beta1, beta2, x = floats(0x70, 5)
    (o,) = struct.unpack_from(f"{order}i", record, 0x308)
    (r2,) = floats(0x30C, 1)
    parameters, note = parameters_or_defaults(
        {
            "emissivity": _short(emissivity),
            "distance_m": _short(distance),
            "reflected_celsius": _celsius(reflected),
            "air_celsius": _celsius(air),
            "window_celsius": _celsius(window),
            "window_transmission": _short(window_transmission),
            # Most cameras store a share, some per cent.
            "humidity_percent": _short(humidity * 100 if humidity <= 2 else humidity),
        }
    )
    constants = PlanckConstants(r1, r2, b, f, float(o), alpha1, alpha2, beta1, beta2, x)
    return CameraInfo(constants, parameters, _describe(record, order), _displayed(record, order), note)


def _displayed(record: memoryview, order: str) -> tuple[int, int] | None:
    """Counts at the ends of the scale that the camera showed, from their middle and width."""
    if len(record) < 0x33E:
        return None
    (middle,) = struct.unpack_from(f"{order}H", record, 0x338)
    (width,) = struct.unpack_from(f"{order}H", record, 0x33C)
    low, high = middle - width // 2, middle + width // 2
    return (low, high) if 0 <= low < high <= 65_535 else None


def _describe(record: memoryview, order: str) -> dict[str, Any]:
    camera: dict[str, Any] = {
        "camera": _text(record, *_MODEL),
        "serial": _text(record, *_SERIAL),
        "software": _text(record, *_SOFTWARE),
        "lens": _text(record, *_LENS),
        "date": _date(record, order),
    }
    (view,) = struct.unpack_from(f"{order}f", record, _FIELD_OF_VIEW)
    if isfinite(view) and 0 < view < 180:
        camera["field_of_view_degrees"] = round(view, 1)
    high, low = (_celsius(v) for v in struct.unpack_from(f"{order}2f", record, 0x90))
    if isfinite(low) and isfinite(high) and -273.2 < low < high < 5000:
        camera["range_celsius"] = (low, high)
    if len(record) >= _FRAME_RATE + 2:
        (rate,) = struct.unpack_from(f"{order}H", record, _FRAME_RATE)
        if 0 < rate <= 1000:
            camera["frames_per_second"] = rate
    return {name: value for name, value in camera.items() if value not in ("", None)}


def _short(value: float) -> float:
    """A float32 as the few digits a person typed: 0.95, not 0.949999988."""
    return float(np.format_float_positional(np.float32(value), trim="-")) if isfinite(value) else value


def _celsius(kelvin: float) -> float:
    return round(kelvin - ZERO_CELSIUS, 3) if isfinite(kelvin) else kelvin


def _text(record: memoryview, at: int, length: int) -> str:
    raw = bytes(record[at : at + length]).split(b"\0", 1)[0]
    return "".join(c for c in raw.decode("latin-1") if c.isprintable()).strip()


def _date(record: memoryview, order: str) -> str | None:
    if len(record) < _DATE + 10:
        return None
    seconds, _, zone = struct.unpack_from(f"{order}IIh", record, _DATE)
    if seconds == 0 or abs(zone) >= 24 * 60:
        return None
    local = timezone(timedelta(minutes=-zone))
    return datetime.fromtimestamp(seconds, UTC).astimezone(local).isoformat(sep=" ", timespec="seconds")


def read_palette(record: memoryview) -> NDArray[np.uint8] | None:
    """The camera's own palette.

    Args:
        record: palette record; colours are Y, Cr, Cb in ITU-R BT.601 limited range.

    Returns:
        uint8 (N, 3) BGR, cold to hot, or None when the record holds none.
    """
    count = record[0] if len(record) else 0
    if count < 2 or len(record) < 0x70 + 3 * count:
        return None
    coded = np.frombuffer(record, np.uint8, 3 * count, 0x70).reshape(-1, 3).astype(np.float64)
    y, cr, cb = (
        (coded[:, 0] - 16) * 255 / 219,
        (coded[:, 1] - 128) * 255 / 224,
        (coded[:, 2] - 128) * 255 / 224,
    )
    bgr = np.stack([y + 1.772 * cb, y - 0.344136 * cb - 0.714136 * cr, y + 1.402 * cr], axis=1)
    return np.rint(bgr.clip(0, 255)).astype(np.uint8)
