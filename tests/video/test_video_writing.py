"""What the writer writes plays everywhere: codec, pixels, sizes, times, index in front."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from inspection.video.errors import VideoError
from inspection.video.excerpt import excerpt
from inspection.video.writer import VideoWriter
from tests.video.clips import clip, frame


def written(path: Path, pictures: list[np.ndarray], times: list[float], rate: float = 10) -> Path:
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, rate) as writer:
        for picture, seconds in zip(pictures, times, strict=True):
            writer.write(picture, seconds)
    return path


@pytest.mark.parametrize(("width", "height"), [(128, 96), (127, 95), (128, 95), (17, 16)])
def test_h264_that_browsers_play(tmp_path: Path, width: int, height: int) -> None:
    pictures = [frame(i, width, height) for i in range(12)]
    path = written(tmp_path / "a.mp4", pictures, [i / 10 for i in range(12)])
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (width + width % 2, height + height % 2)
        assert stream.frames == 12
        assert float(stream.duration * stream.time_base) == pytest.approx(1.2)
        first = next(container.decode(stream)).to_ndarray(format="bgr24")
    error = np.abs(first[:height, :width].astype(int) - pictures[0])
    assert error.mean() < 3
    data = path.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")  # faststart


@pytest.mark.parametrize(("width", "height"), [(128, 96), (128, 98), (127, 97), (640, 358)])
def test_colours_lie_where_they_were_drawn(tmp_path: Path, width: int, height: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)  # bands of 8 px, each of one colour
    for i, colour in enumerate(((200, 60, 40), (40, 60, 200), (60, 190, 60), (120, 120, 120))):
        picture[:, :, :] = np.where((np.arange(height) // 8 % 4 == i)[:, None, None], colour, picture)
    with av.open(str(written(tmp_path / "a.mp4", [picture], [0.0]))) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="bgr24")[:height, :width]
    assert np.abs(shown.astype(int) - picture).mean() < 6


def test_a_variable_frame_rate_stays_in_time(tmp_path: Path) -> None:
    times = [5.0, 5.1, 5.2, 6.0, 6.01, 8.5]
    path = written(tmp_path / "a.mp4", [frame(i) for i in range(6)], times)
    with av.open(str(path)) as container:
        shown = [f.time for f in container.decode(video=0)]
    assert shown == pytest.approx([t - 5.0 for t in times], abs=1e-3)


def test_times_that_do_not_ascend_are_moved_on(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mp4", [frame(i) for i in range(4)], [0.0, 0.2, 0.1, 0.1])
    with av.open(str(path)) as container:
        shown = [f.time for f in container.decode(video=0)]
    assert shown == sorted(set(shown)) and len(shown) == 4


def test_a_full_disk_is_a_sentence() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    with pytest.raises(VideoError, match="disk is full"), VideoWriter(full, 128, 96, 10) as writer:
        for i in range(200):
            writer.write(noise, i / 10)


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="could not be written"):
        VideoWriter(tmp_path / "no" / "a.mp4", 64, 48, 10)


def test_another_size_is_refused(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 64, 48, 10) as writer, pytest.raises(ValueError, match="expected"):
        writer.write(frame(0), 0)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.webm", "libvpx")])
def test_of_a_large_video_the_part_from_a_moment_on_is_played(tmp_path: Path, name: str, codec: str) -> None:
    whole, place = clip(tmp_path / name, 60, codec=codec, group=10), tmp_path / "part"
    assert excerpt(whole, 3.05, place).path == whole  # small enough
    most = whole.stat().st_size // 4
    part = excerpt(whole, 3.05, place, most)
    assert part.path == place and part.start == pytest.approx(3.0, abs=0.01)
    assert part.end is not None and 3.05 < part.end < 6 and place.stat().st_size < most + 2000
    with av.open(str(place)) as container:
        pictures = [f.to_ndarray(format="bgr24") for f in container.decode(video=0)]
    # Pictures that are shown before the last ones of the part may lie behind its end.
    assert round((part.end - part.start) * 10) - len(pictures) in range(3)
    assert np.abs(pictures[0].astype(int) - frame(30)).mean() < 4  # what was drawn at 3.0 s
