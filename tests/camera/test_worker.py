"""The worker with a network that only waits: newest frame only, settings at once, threads that end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import inspection.live.worker as worker_module
from inspection.candidates import Candidates
from inspection.errors import SettingsError
from inspection.letterbox import letterbox
from inspection.live import CameraReading, LiveSettings, LiveWorker, Recorder
from inspection.live.mailbox import Mailbox
from inspection.palettes import colourise
from inspection.settings import RunSettings

NAMES = ("joint", "person")


class FakeDetector:
    """Answers every picture with the same two boxes, after a while."""

    info = SimpleNamespace(class_names=NAMES)

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.runs = 0

    def candidates(self, picture: np.ndarray, imgsz: int = 640, floor: float = 0.0) -> Candidates:
        time.sleep(self.seconds)
        self.runs += 1
        _, fit = letterbox(picture, imgsz)
        boxes = np.array([[10, 10, 60, 60], [100, 100, 200, 180]], np.float32)
        return Candidates(boxes, np.array([0.9, 0.4], np.float32), np.array([0, 1]), NAMES, fit)


def settings(detector: Any = None, **run: Any) -> LiveSettings:
    return LiveSettings(detector or FakeDetector(), RunSettings(imgsz=320, **run))


def frame(value: int = 0, width: int = 320, height: int = 240) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def until(condition: Any, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def live() -> Iterator[LiveWorker]:
    worker = LiveWorker(settings())
    yield worker
    worker.stop()
    until(lambda: not worker.running)


def test_a_mailbox_keeps_the_newest_only() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.take(0.0) is None
    for number in range(5):
        box.put(number)
    assert box.take(0.0) == 4 and box.take(0.0) is None
    threading.Timer(0.05, box.put, (7,)).start()
    assert box.take(5.0) == 7


def test_a_frame_comes_back_with_boxes_and_findings(live: LiveWorker) -> None:
    live.put(lambda: frame(50))
    until(lambda: live.shown is not None)
    shown = live.shown
    assert shown is not None and [f.class_name for f in shown.findings] == ["joint", "person"]
    assert shown.annotated.shape[1] % 320 == 0 and (shown.annotated != 50).any()
    assert live.history.last_minute(time.monotonic())[-1].count == 2


@pytest.mark.parametrize("seconds", [0.02, 0.1])
def test_the_picture_is_never_older_than_two_inference_times(seconds: float) -> None:
    """Frames come much faster than the network works; each picture is timed from its arrival."""
    live = LiveWorker(settings(FakeDetector(seconds)))
    ages, seen, read = [], 0.0, [0]

    def pixels() -> np.ndarray:
        read[0] += 1
        return frame()

    deadline, put = time.monotonic() + 20, 0
    while len(ages) < 20 and time.monotonic() < deadline:
        live.put(pixels)
        put += 1
        time.sleep(seconds / 10)
        shown = live.shown
        if shown is not None and shown.drawn != seen:
            seen = shown.drawn
            ages.append(shown.drawn - shown.arrived)
    live.stop()
    assert len(ages) > 5 and read[0] < put / 3  # the others were replaced by newer ones, unread
    assert np.median(ages) < 2 * seconds + 0.02
    # It does not grow: a queue would have made the last pictures the oldest.
    assert np.median(ages[-5:]) < np.median(ages[:5]) + seconds


def test_thresholds_act_on_the_next_frame(live: LiveWorker) -> None:
    counts = {}
    for name, chosen in {
        "all": settings(conf=0.25), "sure": settings(conf=0.5), "none": settings(conf=0.95),
        "person": settings(classes=("person",)),
    }.items():  # fmt: skip
        live.settings = chosen
        moment = time.monotonic()
        live.put(frame)
        until(lambda moment=moment: live.shown is not None and live.shown.arrived > moment)
        counts[name] = [f.class_name for f in live.shown.findings]  # type: ignore[union-attr]
    assert counts == {"all": ["joint", "person"], "sure": ["joint"], "none": [], "person": ["person"]}


def test_two_visitors_share_a_network_and_not_their_thresholds() -> None:
    shared = FakeDetector()
    mine, theirs = LiveWorker(settings(shared, conf=0.5)), LiveWorker(settings(shared, conf=0.1))
    for _ in range(10):
        mine.put(frame)
        theirs.put(frame)
        time.sleep(0.01)
    until(lambda: mine.shown is not None and theirs.shown is not None)
    assert len(mine.shown.findings) == 1 and len(theirs.shown.findings) == 2  # type: ignore[union-attr]
    mine.stop()
    theirs.stop()


def test_colours_with_a_scale_give_temperatures(live: LiveWorker) -> None:
    level = np.tile(np.linspace(0, 1, 320, dtype=np.float32), (240, 1))
    live.settings = LiveSettings(
        FakeDetector(), RunSettings(imgsz=320), reading=CameraReading("colours", 20.0, 120.0)
    )
    live.put(lambda: colourise(level))
    until(lambda: live.shown is not None)
    shown = live.shown
    assert shown is not None and shown.thermogram.source == "scale"
    person = next(f for f in shown.findings if f.class_name == "person")
    assert person.max_celsius == pytest.approx(20 + 100 * 200 / 319, abs=4)
    assert live.history.last_minute(time.monotonic())[-1].hottest == pytest.approx(person.max_celsius)


@pytest.mark.parametrize(
    ("low", "high", "palette"), [(50, 50, "ironbow"), (20, float("nan"), "ironbow"), (0, 9, "x")]
)
def test_a_scale_that_makes_no_sense_is_refused(low: float, high: float, palette: str) -> None:
    with pytest.raises(SettingsError):
        CameraReading("colours", low, high, palette)


def test_without_frames_the_threads_end_and_the_next_frame_starts_them(
    live: LiveWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.1)
    assert live.silence() is None and not live.running
    live.put(frame)
    until(lambda: live.shown is not None)
    until(lambda: not live.running, 5)
    first = live.shown
    live.put(frame)
    until(lambda: live.shown is not None and live.shown is not first)
    silence = live.silence()
    assert silence is not None and silence < 5


def test_that_a_stream_stood_still_is_remembered_for_a_while(
    live: LiveWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "STALLED_SECONDS", 0.5)
    live.put(frame)
    assert not live.faltered()
    time.sleep(0.6)
    live.put(frame)
    assert live.faltered() and not live.faltered(within=0)
    live.begin()
    assert not live.faltered()


def test_stopping_ends_threads_and_recording(live: LiveWorker, tmp_path: Any) -> None:
    live.record(Recorder(tmp_path / "a.mp4"))
    for _ in range(3):
        live.put(frame)
        time.sleep(0.03)
    until(lambda: live.recorder.frames > 0)  # type: ignore[union-attr]
    live.stop()
    until(lambda: not live.running)
    until(lambda: live.recorder.playable)  # type: ignore[union-attr]


def test_a_frame_that_cannot_be_analysed_gets_a_sentence_and_the_next_is_shown(live: LiveWorker) -> None:
    def broken() -> np.ndarray:
        raise ValueError("bad frame")

    live.put(broken)
    until(lambda: bool(live.problem))
    assert "could not be analysed" in live.problem
    live.put(frame)
    until(lambda: live.shown is not None and not live.problem)


def test_odd_and_tiny_frames_are_shown(live: LiveWorker) -> None:
    for width, height in [(1, 1), (7, 5), (641, 479)]:
        moment = time.monotonic()
        live.put(lambda w=width, h=height: frame(9, w, h))
        until(lambda moment=moment: live.shown is not None and live.shown.arrived > moment)
        assert not live.problem
