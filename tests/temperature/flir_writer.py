"""Writes small FLIR-like files for the tests: FFF in both byte orders, R-JPEG, SEQ, CSQ."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import numpy as np
from PIL import Image

from inspection.radiometric.planck import PlanckConstants, counts_of_celsius

CONSTANTS = PlanckConstants(r1=16556.0, r2=0.046952, b=1428.0, f=1.0, o=-342.0)
DEFAULTS = {
    "emissivity": 0.95,
    "distance": 2.0,
    "reflected": 21.0,
    "air": 18.0,
    "window": 20.0,
    "transmission": 1.0,
    "humidity": 0.45,
}


def scene(width: int = 80, height: int = 60, hot: float = 80.0, seed: int = 0) -> np.ndarray:
    """Temperatures of a gradient with one hot spot at (3/4 width, 1/4 height): float64 (H, W), °C."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    celsius = 20 + 8 * x / width + 3 * y / height + 0.05 * rng.standard_normal((height, width))
    spot = np.exp(-((x - 0.75 * width) ** 2 + (y - 0.25 * height) ** 2) / (2 * (width / 25) ** 2))
    return celsius + (hot - 28) * spot


def black_body_counts(celsius: np.ndarray) -> np.ndarray:
    """Counts of black bodies right before the lens."""
    return np.vectorize(lambda t: round(counts_of_celsius(float(t), CONSTANTS)))(celsius).astype(np.uint16)


def raw_record(counts: np.ndarray, data: str, order: str) -> bytes:
    """A raw record; data is "raw", "png", "png-swapped" or "jpeg-ls"."""
    height, width = counts.shape
    header = struct.pack(f"{order}3H", 2, width, height).ljust(32, b"\0")
    if data == "raw":
        return header + counts.astype(f"{order}u2").tobytes()
    if data == "jpeg-ls":
        return header + jpeg_ls(counts)
    stored = counts.byteswap() if data == "png-swapped" else counts
    buffer = io.BytesIO()
    Image.fromarray(stored).save(buffer, "PNG")
    return header + buffer.getvalue()


def jpeg_ls(counts: np.ndarray) -> bytes:
    """Encode uint16 (H, W) without loss."""
    import av

    encoder = av.CodecContext.create("jpegls", "w")
    encoder.width, encoder.height = counts.shape[1], counts.shape[0]
    encoder.pix_fmt, encoder.time_base = "gray16le", Fraction(1, 30)
    frame = av.VideoFrame.from_ndarray(counts, format="gray16le")
    packets = list(encoder.encode(frame)) + list(encoder.encode(None))
    return b"".join(bytes(packet) for packet in packets)


def camera_record(order: str, camera: str = "Test Cam 1", rate: int = 9, **changed: float) -> bytes:
    """A camera record with the constants above."""
    p = DEFAULTS | changed
    c = CONSTANTS
    record = bytearray(0x480)

    def put(at: int, layout: str, *values: float) -> None:
        struct.pack_into(order + layout, record, at, *values)

    put(0, "H", 2)
    kelvin = 273.15
    put(0x20, "4f", p["emissivity"], p["distance"], p["reflected"] + kelvin, p["air"] + kelvin)
    put(0x30, "2f", p["window"] + kelvin, p["transmission"])
    put(0x3C, "f", p["humidity"])
    put(0x58, "3f", c.r1, c.b, c.f)
    put(0x70, "5f", c.alpha1, c.alpha2, c.beta1, c.beta2, c.x)
    put(0x90, "2f", 150 + kelvin, -20 + kelvin)
    record[0xD4 : 0xD4 + len(camera)] = camera.encode()
    record[0x170:0x175] = b"FOL18"
    put(0x308, "if", int(c.o), c.r2)
    put(0x338, "H", 8000)
    put(0x33C, "H", 2000)
    put(0x384, "IIh", 1_600_000_000, 0, -120)
    put(0x464, "H", rate)
    return bytes(record)


def palette_record(order: str) -> bytes:
    """A palette of 224 greys in BT.601 limited range."""
    head = bytearray(0x70)
    struct.pack_into(order + "H", head, 0, 224)
    head[0] = 224
    return bytes(head) + b"".join(bytes([16 + round(i * 219 / 223), 128, 128]) for i in range(224))


def fff(
    counts: np.ndarray,
    data: str = "raw",
    directory: str = ">",
    record: str = "<",
    magic: bytes = b"FFF\0",
    **changed: float,
) -> bytes:
    """An FFF block; directory and record are byte orders for struct."""
    records = [
        (0x01, raw_record(counts, data, record)),
        (0x20, camera_record(record, **changed)),
        (0x22, palette_record(record)),
    ]
    count = len(records) + 1  # one empty entry, as cameras write
    start = 64 + 32 * count
    entries, body = b"", b""
    for kind, content in records:
        at = start + len(body)
        entries += struct.pack(f"{directory}HHIIII", kind, 2, 100, 1, at, len(content)).ljust(32, b"\0")
        body += content
    header = magic + b"TEST".ljust(16, b"\0") + struct.pack(f"{directory}III", 100, 64, count)
    return header.ljust(64, b"\0") + entries + bytes(32) + body


def rjpeg(
    block: bytes, picture: np.ndarray | None = None, orientation: int = 1, chunk: int = 65_000
) -> bytes:
    """A JPEG that carries the block in numbered segments; picture is uint8 (H, W, 3) RGB."""
    picture = np.full((60, 80, 3), 90, np.uint8) if picture is None else picture
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=90)
    plain = buffer.getvalue()
    exif = b"Exif\0\0II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    parts = [block[i : i + chunk] for i in range(0, len(block), chunk)]
    segments = [exif] + [b"FLIR\0\x01" + bytes([i, len(parts) - 1]) + part for i, part in enumerate(parts)]
    app1 = b"".join(b"\xff\xe1" + struct.pack(">H", len(s) + 2) + s for s in segments)
    return plain[:2] + app1 + plain[2:]
