"""Damaged files: a sentence or a plausible map, quickly, and never another exception."""

from __future__ import annotations

import io
import random
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from flir_writer import black_body_counts, fff, raw_record, rjpeg, scene
from PIL import Image

from inspection.radiometric import CountScale, RadiometricError, open_sequence, read
from inspection.radiometric.counts import read_counts

COUNTS = black_body_counts(scene(64, 48))
MUTATIONS = 600


def originals() -> list[tuple[str, bytes]]:
    files = []
    for data in ("raw", "png", "png-swapped", "jpeg-ls"):
        files.append(("a.jpg", rjpeg(fff(COUNTS, data, "<" if data == "png" else ">"), chunk=1500)))
        files.append(("a.fff", fff(COUNTS, data)))
    for kind, options in (("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {}), ("PNG", {})):
        buffer = io.BytesIO()
        Image.fromarray(np.full((48, 64), 7300, np.uint16) + COUNTS % 200).save(buffer, kind, **options)
        files.append(("a." + kind, buffer.getvalue()))
    files.append(("a.csv", "\n".join(";".join("21,5" for _ in range(40)) for _ in range(30)).encode()))
    files.append(("a.csq", fff(COUNTS, "jpeg-ls") * 3))
    return files


def damage(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    kind = rng.choice(["cut", "flip", "hole", "huge", "insert", "header"])
    at = rng.randrange(len(out))
    if kind == "cut":
        return bytes(out[:at])
    if kind == "flip":
        for _ in range(rng.choice([1, 8, 60])):
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    elif kind == "hole":
        out[at : at + rng.choice([8, 300, 4000])] = bytes(min(len(out) - at, rng.choice([8, 300])))
    elif kind == "huge":
        out[at : at + 4] = rng.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"])
    elif kind == "insert":
        out[at:at] = rng.randbytes(rng.choice([1, 5, 200]))
    else:  # the first bytes and the directory decide most
        start = max(bytes(out).find(b"FFF\0"), 0)
        for _ in range(3):
            out[min(start + rng.randrange(0x100), len(out) - 1)] = rng.randrange(256)
    return bytes(out)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_600_mutations_give_a_sentence_or_a_plausible_map(capfd):
    rng = random.Random(20)
    files = originals()
    outcomes = {"map": 0, "brightness": 0, "ordinary": 0, "sentence": 0}
    for i in range(MUTATIONS):
        name, data = files[i % len(files)]
        broken = damage(data, rng)
        start = time.perf_counter()
        try:
            scale = CountScale(0.04) if i % 3 else None
            file = read(broken, name, scale)
            if name == "a.csq":
                sequence = open_sequence(broken, name)
                file = sequence.frame(len(sequence) - 1) if sequence else None
            thermogram = None if file is None else file.to_thermogram()
        except RadiometricError as error:
            outcomes["sentence"] += 1
            assert str(error)[0].isupper() or str(error).startswith(name)
            assert str(error).endswith(".") and len(str(error)) < 200
            thermogram = None
        else:
            outcomes["ordinary"] += file is None
        assert time.perf_counter() - start < 0.5, f"mutation {i} of {name}"
        if thermogram is None:
            continue
        if thermogram.celsius is None:
            outcomes["brightness"] += 1
            continue
        outcomes["map"] += 1
        should = file.counts > 0 if file.scale else np.ones(thermogram.celsius.shape, bool)
        assert should.mean() >= 0.5 and np.isfinite(thermogram.celsius[should]).mean() >= 0.98
        assert np.nanmin(thermogram.celsius) >= -90 and np.nanmax(thermogram.celsius) <= 2200
    capfd.readouterr()  # the TIFF library writes to the standard error stream by itself
    assert outcomes["sentence"] > 100 and outcomes["map"] > 100, outcomes


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds well-packed zeros."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(20_000_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("width", [65_000, 20_000, 8_000])
def test_huge_sizes_cost_no_memory(width):
    record = bytearray(raw_record(COUNTS, "png", "<"))
    struct.pack_into("<HH", record, 2, width, width)
    bomb = png_bomb(width, width)
    tracemalloc.start()
    try:
        with pytest.raises(RadiometricError, match="plausible"):
            read_counts(memoryview(bytes(record)))
        with pytest.raises(RadiometricError):
            read(bomb, "a.png")
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_size_that_disagrees_with_the_header_is_not_decoded():
    for data in ("png", "jpeg-ls"):
        record = bytearray(raw_record(COUNTS, data, "<"))
        struct.pack_into("<H", record, 2, 63)
        with pytest.raises(RadiometricError, match="does not agree"):
            read_counts(memoryview(bytes(record)))


def test_a_jpeg_with_endless_segments_stops():
    data = b"\xff\xd8" + b"\xff\xe1\x00\x00" * 200_000
    start = time.perf_counter()
    assert read(data, "a.jpg") is None
    assert time.perf_counter() - start < 0.5
