"""Videos of every kind come in upright and in time; what is none is refused with a sentence."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from inspection.video.errors import VideoError
from inspection.video.opening import open_video
from tests.conftest import blobs, encoded
from tests.temperature.flir_writer import black_body_counts, fff, scene
from tests.video.clips import clip, frame


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "plays"),
    [
        ("a.mp4", "libx264", "yuv420p", True),
        ("a.mov", "libx264", "yuv420p", True),
        ("a.mp4", "libx264", "yuv444p", False),  # H.264 that browsers do not play
        ("a.avi", "mjpeg", "yuvj420p", False),
        ("a.mkv", "libx264", "yuv420p", False),
        ("a.webm", "libvpx", "yuv420p", True),
        ("a.gif", "gif", "rgb8", False),
    ],
)
def test_kinds(tmp_path: Path, name: str, codec: str, pixels: str, plays: bool) -> None:
    source = open_video(clip(tmp_path / name, codec=codec, pixels=pixels), name)
    frames = list(source.frames())
    assert (source.info.width, source.info.height) == (128, 96)
    assert source.info.plays_in_browsers == plays
    assert len(frames) == 20
    assert [f.seconds for f in frames] == pytest.approx([i / 10 for i in range(20)], abs=0.011)
    assert frames[7].thermogram.picture[48, 34].mean() > 180  # the disc is where it was drawn
    assert source.info.seconds == pytest.approx(2.0, abs=0.2)


def test_part_and_stride(tmp_path: Path) -> None:
    source = open_video(clip(tmp_path / "a.mp4"), "a.mp4")
    assert [f.seconds for f in source.frames(0.5, 1.0)] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    assert [f.seconds for f in source.frames(0, None, 6)] == pytest.approx([0, 0.6, 1.2, 1.8])
    with pytest.raises(VideoError, match="no pictures between"):
        list(source.frames(10))


def test_a_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    times = [0, 0.1, 0.2, 0.7, 1.4, 1.45]
    source = open_video(clip(tmp_path / "a.mp4", 6, times), "a.mp4")
    assert [f.seconds for f in source.frames()] == pytest.approx(times, abs=1e-3)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_obeyed(tmp_path: Path, degrees: int) -> None:
    path = clip(tmp_path / "a.mp4", 3)
    data = bytearray(path.read_bytes())
    # The track header's matrix (ISO/IEC 14496-12): a b u c d v x y w, turning clockwise by the angle.
    at = data.find(b"tkhd") + 4 + 40
    a, b, c, d = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[degrees]
    struct.pack_into(">9i", data, at, a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    source = open_video(path, "a.mp4")
    upright = next(iter(source.frames())).thermogram.picture
    expected = np.rot90(frame(0), -degrees // 90)
    assert (source.info.height, source.info.width) == upright.shape[:2] == expected.shape[:2]
    assert np.abs(upright.astype(int) - expected).mean() < 3


def test_a_header_of_10000_frames_a_second_is_distrusted(tmp_path: Path) -> None:
    source = open_video(clip(tmp_path / "a.mp4", rate=10_000), "a.mp4")
    assert source.info.rate == 25 and "frame rate" in source.info.note
    assert [f.seconds for f in source.frames()] == pytest.approx([i / 25 for i in range(20)])
    assert source.info.seconds == pytest.approx(0.8)


def test_a_huge_picture_is_reduced_with_a_note(tmp_path: Path) -> None:
    large = np.repeat(np.repeat(frame(0), 10, axis=0), 60, axis=1)  # 7680 x 960
    source = open_video(clip(tmp_path / "a.avi", [large], codec="mjpeg", pixels="yuvj420p"), "a.avi")
    assert (source.info.width, source.info.height) == (1920, 240)
    assert "Reduced from 7680 x 960" in source.info.note
    assert next(iter(source.frames())).thermogram.picture.shape == (240, 1920, 3)


@pytest.mark.parametrize(
    ("name", "codec", "pixels"), [("a.webm", "libvpx", "yuv420p"), ("a.gif", "gif", "rgb8")]
)
def test_a_file_that_was_cut_off_says_so(tmp_path: Path, name: str, codec: str, pixels: str) -> None:
    path = clip(tmp_path / name, 40, codec=codec, pixels=pixels)
    whole = open_video(path, name)
    assert len(list(whole.frames())) == 40 and not whole.note
    assert len(list(whole.frames(end=1.0))) < 40 and not whole.note
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    half = open_video(path, name)
    assert 0 < len(list(half.frames())) < 40 and "as if it were cut off" in half.note


def test_a_radiometric_sequence_has_temperatures(tmp_path: Path) -> None:
    path = tmp_path / "a.seq"
    blocks = [fff(black_body_counts(scene(hot=40 + 10 * i, seed=i))) for i in range(4)]
    path.write_bytes(b"".join(blocks))
    source = open_video(path, "a.seq")
    frames = list(source.frames())
    assert source.info.radiometric and source.info.rate == 9 and len(frames) == 4
    hottest = [float(f.thermogram.celsius.max()) for f in frames]
    assert hottest == sorted(hottest) and hottest[3] > 60
    path.write_bytes(blocks[0] + blocks[1][:600])
    damaged = open_video(path, "a.seq")
    assert len(list(damaged.frames())) == 1 and "damaged after picture 1" in damaged.note


def sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        for i in range(10):
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.sample_rate, silence.pts = 44100, 1024 * i
            container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    return path


def encrypted(path: Path) -> Path:
    """A clip whose sample entry says that it is protected."""
    data = clip(path).read_bytes().replace(b"avc1\0", b"encv\0")
    path.write_bytes(data + b"\0\0\0\x10free    sinf")
    return path


def cut_in_the_data(path: Path) -> Path:
    whole = clip(path).read_bytes()
    at = whole.find(b"mdat")
    moov = whole.find(b"moov") - 4
    # The index stays whole and the pictures are gone.
    path.write_bytes(whole[: at - 4] + struct.pack(">I4s", 8, b"mdat") + whole[moov:])
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


BAD = {
    "only sound": (lambda p: sound(p / "a.mp4"), "no video in it, only sound"),
    "empty": (lambda p: written(p / "a.mp4", b""), "is empty"),
    "text": (lambda p: written(p / "a.mp4", b"just words"), "not a video that can be read"),
    "a playlist": (
        lambda p: written(p / "a.mp4", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"),
        "not a video that can be read",
    ),
    "a still": (lambda p: written(p / "a.mp4", encoded(blobs(), ".jpg")), "still picture"),
    "a still in WebP": (lambda p: written(p / "a.mp4", encoded(blobs(), ".webp")), "still picture"),
    "a still in PNG": (lambda p: written(p / "a.webm", encoded(blobs(), ".png")), "still picture"),
    "cut off": (
        lambda p: written(p / "a.mp4", clip(p / "b.mp4").read_bytes()[:1500]),
        "incomplete or damaged",
    ),
    "no pictures": (lambda p: cut_in_the_data(p / "a.mp4"), "cannot be decoded|no pictures"),
    "2 x 2": (
        lambda p: clip(p / "a.avi", [np.zeros((2, 2, 3), np.uint8)], codec="ffv1", pixels="bgr0"),
        "2 x 2 pixels: too small",
    ),
    "1 x 1": (
        lambda p: clip(p / "a.avi", [np.zeros((1, 1, 3), np.uint8)], codec="ffv1", pixels="bgr0"),
        "1 x 1 pixels: too small",
    ),
    "encrypted": (lambda p: encrypted(p / "a.mp4"), "is encrypted"),
    "gone": (lambda p: p / "a.mp4", "cannot be opened"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_video_is_refused_with_a_sentence(tmp_path: Path, kind: str) -> None:
    make, words = BAD[kind]
    path = make(tmp_path)
    with pytest.raises(VideoError, match=words) as caught:
        list(open_video(path, f"some/folder/{path.name}").frames())
    assert str(caught.value).startswith(path.name) and str(caught.value).endswith((".", ")."))


def test_a_damaged_end_keeps_what_is_before_it(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.avi", codec="mjpeg", pixels="yuvj420p")
    data = path.read_bytes()
    path.write_bytes(data[: data.find(b"movi") + (data.rfind(b"00dc") - data.find(b"movi")) // 4])
    assert 1 < len(list(open_video(path, "a.avi").frames())) < 20
