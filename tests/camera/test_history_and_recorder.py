"""What is remembered of a stream, and what is recorded of it."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest

from inspection.live import MinuteHistory, Recorder, RecordingLimits
from inspection.video.errors import VideoError


def test_a_second_keeps_its_highest_values() -> None:
    history = MinuteHistory()
    for moment, count, hottest in [(100.1, 1, None), (100.5, 3, 60.0), (100.9, 2, 50.0), (101.2, 0, None)]:
        history.add(moment, count, hottest)
    first, second = history.last_minute(101.5)
    assert (first.second, first.count, first.hottest, first.frames) == (100, 3, 60.0, 3)
    assert (second.count, second.hottest, second.frames) == (0, None, 1)


def test_only_a_minute_is_kept_whatever_the_frame_rate() -> None:
    history = MinuteHistory()
    for step in range(30 * 200):
        history.add(step / 30, step % 4, 20.0)
    kept = history.last_minute(200.0)
    assert len(kept) <= 61 and kept[0].second >= 139
    assert history.last_minute(1000.0) == []
    history.clear()
    assert history.last_minute(200.0) == []


def recorded(
    recorder: Recorder, frames: int = 12, size: tuple[int, int] = (96, 128), step: float = 0.1
) -> None:
    for number in range(frames):
        while recorder.running and recorder._frames.full():
            time.sleep(0.005)
        recorder.offer(np.full((*size, 3), 15 * number % 255, np.uint8), 5.0 + number * step)


def test_a_recording_plays_and_keeps_its_time(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4")
    recorded(recorder)
    recorder.stop()
    assert recorder.playable and recorder.frames == 12 and not recorder.ended
    with av.open(str(recorder.path)) as container:
        stream = container.streams.video[0]
        pictures = [
            (frame.time, frame.to_ndarray(format="gray").mean()) for frame in container.decode(stream)
        ]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"
    assert len(pictures) == 12 and pictures[-1][0] == pytest.approx(1.1, abs=0.02)
    assert pictures[-1][1] > pictures[0][1] + 50


def test_frames_that_change_size_are_fitted(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4")
    recorded(recorder, 3)
    recorded(recorder, 3, (48, 64))
    recorder.stop()
    assert recorder.playable and recorder.frames == 6


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (RecordingLimits(seconds=0.4), "limit of"),
        (RecordingLimits(file_bytes=-1), "limit of"),
        (RecordingLimits(free_bytes=2**62), "disk is nearly full"),
    ],
)
def test_a_recording_ends_at_its_limits_and_can_be_played(
    tmp_path: Path, limits: RecordingLimits, words: str
) -> None:
    recorder = Recorder(tmp_path / "a.mp4", limits)
    recorded(recorder, 8)
    deadline = time.monotonic() + 10
    while recorder.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert words in recorder.ended and recorder.playable and recorder.frames < 8


def test_a_full_disk_gives_a_sentence_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, picture: object, seconds: float) -> None:
        raise VideoError("The video could not be written: the disk is full.")

    monkeypatch.setattr("inspection.video.writer.VideoWriter.write", full)
    recorder = Recorder(tmp_path / "a.mp4")
    recorded(recorder, 2)
    recorder.stop()
    assert "disk is full" in recorder.ended and not recorder.playable and not recorder.path.exists()


def test_nothing_recorded_is_nothing_to_play(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4")
    recorder.stop()
    assert not recorder.playable and not recorder.running
    recorder.offer(np.zeros((8, 8, 3), np.uint8), 0.0)  # too late, and harmless


def test_an_encoder_that_is_behind_never_holds_up_the_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspection.video.writer.VideoWriter.write", lambda *_: time.sleep(0.05))
    recorder = Recorder(tmp_path / "a.mp4")
    start = time.monotonic()
    for number in range(100):
        recorder.offer(np.zeros((48, 64, 3), np.uint8), number / 30)
    assert time.monotonic() - start < 0.5
    recorder.stop()
    assert recorder.frames < 20
