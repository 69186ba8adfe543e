"""Split frames: counts in the lower half, as they are and after what a browser does to them."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from inspection.live.frames import CameraReading, read_frame
from inspection.live.split import (
    ACCURACY_KELVIN,
    celsius_from_counts,
    counts_from_i420,
    i420_from_counts,
    is_split,
)


def scene(width: int = 256, height: int = 192, hottest: float = 80.0) -> np.ndarray:
    """Counts of a warm spot on a ground of 20 to 26 °C: uint16 (height, width)."""
    y, x = np.mgrid[:height, :width]
    celsius = 20 + 6 * x / width + (hottest - 24) * np.exp(-((x - 150) ** 2 + (y - 90) ** 2) / (2 * 30**2))
    return np.rint((celsius + 273.15) * 64).astype(np.uint16)


def yuyv_reference(counts: np.ndarray) -> np.ndarray:
    """What the camera sends, byte by byte, and what a browser makes of it, in plain loops."""
    height, width = counts.shape
    luma = np.zeros((2 * height, width), np.uint8)
    chroma = np.zeros((2, 2 * height, width // 2), int)
    for row in range(height):
        sent = counts[row].astype("<u2").tobytes()  # low byte first: Y, then U or V
        for pair in range(width // 2):
            first, u, second, v = sent[4 * pair : 4 * pair + 4]
            luma[height + row, 2 * pair], luma[height + row, 2 * pair + 1] = first, second
            chroma[0, height + row, pair], chroma[1, height + row, pair] = u, v
    halved = (chroma[:, 0::2] + chroma[:, 1::2] + 1) // 2
    return np.concatenate([luma, halved.reshape(height, width).astype(np.uint8)])


def test_a_count_is_a_64th_of_a_kelvin() -> None:
    counts = np.array([[17481, 18881, 24393]], np.uint16)
    assert celsius_from_counts(counts)[0] == pytest.approx([-0.009, 21.866, 107.99], abs=0.01)
    assert celsius_from_counts(counts).dtype == np.float32


def test_the_fast_packing_is_the_slow_one() -> None:
    counts = scene(32, 24)
    fast, slow = i420_from_counts(counts), yuyv_reference(counts)
    assert np.array_equal(fast[24:48], slow[24:48])
    halves = fast[48:].reshape(2, 24, 16), slow[48:].reshape(2, 24, 16)
    assert np.array_equal(halves[0][:, 12:], halves[1][:, 12:])


def test_counts_come_back_exactly_where_rows_differ_by_less_than_two_kelvin() -> None:
    counts = scene()
    assert np.abs(np.diff(counts.astype(int), axis=0)).max() < 128
    assert np.array_equal(counts_from_i420(i420_from_counts(counts)), counts)


def test_a_sharp_edge_costs_the_two_rows_at_it_only() -> None:
    counts = np.full((192, 256), (20 + 273) * 64, np.uint16)
    counts[91:120] = (60 + 273) * 64
    error = np.abs(counts_from_i420(i420_from_counts(counts)).astype(int) - counts)
    assert set(np.flatnonzero(error.any(axis=1))) <= {90, 91}


@pytest.mark.parametrize(("width", "height"), [(256, 384), (160, 240), (384, 576)])
def test_sizes_of_split_frames(width: int, height: int) -> None:
    assert is_split(width, height) and not is_split(height, width) and not is_split(640, 480)


def test_a_split_frame_is_read_as_radiometric_and_shown_in_our_own_colours() -> None:
    thermogram = read_frame(i420_from_counts(scene()), CameraReading("split"))
    assert thermogram.source == "radiometric" and thermogram.picture.shape == (192, 256, 3)
    assert thermogram.celsius is not None and thermogram.celsius.max() == pytest.approx(78.5, abs=2)
    assert thermogram.picture[90, 150].sum() > thermogram.picture[5, 5].sum()


def test_a_frame_of_another_size_is_shown_and_says_so() -> None:
    for frame in (np.zeros((720, 640), np.uint8), np.zeros((480, 640, 3), np.uint8)):
        thermogram = read_frame(frame, CameraReading("split"))
        assert thermogram.celsius is None and "640 x 480" in thermogram.note
        assert thermogram.picture.shape == (480, 640, 3)


@pytest.mark.parametrize(("speed", "most_kelvin"), [(-4, 4), (-6, 2), (-12, 2)])
def test_temperatures_survive_a_browsers_compression_within_what_is_said(
    speed: int, most_kelvin: float
) -> None:
    """VP8 at 1.5 Mbit/s and 25 frames/s, as browsers send frames of this size on a good connection.

    Speeds below 0 are fixed ones, so that it does not matter how fast this machine is; at the slowest, one
    pixel in twenty is a high byte off.
    """
    counts = scene()
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 256, 384, "yuv420p"
    encoder.bit_rate, encoder.time_base, encoder.framerate = 1_500_000, Fraction(1, 25), Fraction(25)
    encoder.options = {"deadline": "realtime", "cpu-used": str(speed), "lag-in-frames": "0"}
    decoder = av.CodecContext.create("vp8", "r")
    noise, received = np.random.default_rng(0), None
    for number in range(30):
        noisy = (counts + noise.normal(0, 3, counts.shape)).astype(np.uint16)  # 50 mK, as such cameras have
        frame = av.VideoFrame.from_ndarray(i420_from_counts(noisy), format="yuv420p")
        frame.pts = number
        for packet in encoder.encode(frame):
            for decoded in decoder.decode(packet):
                received = decoded.to_ndarray(format="yuv420p")
    thermogram = read_frame(np.asarray(received), CameraReading("split"))
    assert thermogram.celsius is not None and thermogram.accuracy_kelvin == ACCURACY_KELVIN
    error = np.abs(thermogram.celsius - celsius_from_counts(counts))
    hottest = abs(float(thermogram.celsius.max() - celsius_from_counts(counts).max()))
    print(f"mean {error.mean():.2f} K, 95 % {np.percentile(error, 95):.2f} K, hottest {hottest:.2f} K")
    assert error.mean() < 0.5 and np.percentile(error, 95) < most_kelvin and hottest < 1


def test_small_hot_things_stay_hot() -> None:
    counts = np.full((192, 256), (20 + 273) * 64, np.uint16)
    counts[80:84, 100:104] += 30 * 64
    thermogram = read_frame(i420_from_counts(counts), CameraReading("split"))
    assert thermogram.celsius is not None
    assert thermogram.celsius.max() == pytest.approx(49.85, abs=0.1)
