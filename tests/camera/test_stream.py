"""Connection, constraints and the frame callback, each alone."""

from __future__ import annotations

import time
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

import ui.camera_stream as camera_stream
from inspection.live import CameraReading, LiveWorker
from tests.camera.test_worker import settings
from ui.camera_panel import ended_sentence, state_sentence
from ui.camera_stream import connection, constraints, frame_callback, path_used, pixels, to_frame, upper_half

TURN = [{"urls": ["turn:turn.example:3478"], "username": "u", "credential": "c"}]
STUN = [{"urls": "stun:stun.example:3478"}]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[dict]]:
    """Answers of streamlit-webrtc's look-up, without the network; none is set up in the environment."""
    answers = [STUN]
    for name in camera_stream._TURN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(camera_stream, "get_available_ice_servers", answers.pop)
    return answers


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://localhost:8501/camera",
        "http://127.0.0.1/",
        "http://[::1]:80/",
        "http://192.168.1.4:8501/camera",
    ],
)
def test_near_pages_ask_no_server(asked: list, url: str | None) -> None:
    way = connection(url)
    assert way.path == "direct" and way.servers == () and len(asked) == 1
    assert "No other server" in way.words


def test_far_pages_ask_a_public_server_and_say_so(asked: list) -> None:
    way = connection("https://overheat.example.app/camera")
    assert way.path == "STUN" and list(way.servers) == STUN and "public STUN" in way.words


def test_a_turn_server_from_the_environment_is_used(asked: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "x")
    asked.append(TURN)
    way = connection("https://overheat.example.app/camera")
    assert way.path == "TURN" and list(way.servers) == TURN and "TURN server" in way.words
    assert connection("http://localhost:8501").path == "STUN"  # the look-up failed and gave its fall-back


def test_the_rear_camera_and_a_small_picture_are_asked_for() -> None:
    asked_for = constraints(CameraReading())
    assert asked_for["audio"] is False and asked_for["video"]["facingMode"] == {"ideal": "environment"}
    assert (asked_for["video"]["width"], asked_for["video"]["height"]) == ({"ideal": 640}, {"ideal": 480})
    assert constraints(CameraReading("split"))["video"]["height"] == {"ideal": 384}


@pytest.mark.parametrize(("width", "height"), [(64, 48), (63, 48), (64, 47), (1, 1)])
def test_pixels_there_and_back(width: int, height: int) -> None:
    grey = np.full((height, width, 3), 120, np.uint8)
    frame = to_frame(grey)
    assert (frame.width, frame.height) == (width, height)
    back = pixels(frame)
    assert back.shape == ((height * 3 // 2, width) if width % 2 == height % 2 == 0 else (height, width, 3))
    assert np.abs(frame.to_ndarray(format="bgr24").astype(int) - 120).max() <= 2


def test_planes_pass_unchanged_so_that_counts_survive() -> None:
    planes = np.random.default_rng(0).integers(0, 256, (576, 256), dtype=np.uint8)
    assert np.array_equal(pixels(av.VideoFrame.from_ndarray(planes, format="yuv420p")), planes)


def test_the_callback_answers_at_once_and_then_with_boxes() -> None:
    worker = LiveWorker(settings())
    callback = frame_callback(worker)
    came = to_frame(np.zeros((240, 320, 3), np.uint8))
    came.pts, came.time_base = 1, Fraction(1, 90000)
    start = time.monotonic()
    assert callback(came) is came and time.monotonic() - start < 0.5
    deadline = time.monotonic() + 10
    while worker.shown is None and time.monotonic() < deadline:
        time.sleep(0.01)
    answer = callback(came)
    assert answer is not came and answer.to_ndarray(format="gray").max() > 100
    worker.stop()


def test_a_split_frame_is_shown_by_its_upper_half_until_it_is_analysed() -> None:
    half = upper_half(to_frame(np.full((384, 256, 3), 90, np.uint8)))
    assert (half.width, half.height) == (256, 192)
    other = to_frame(np.zeros((480, 640, 3), np.uint8))
    assert upper_half(other) is other


@pytest.mark.parametrize(
    ("playing", "since_start", "silence", "words"),
    [
        (False, 99, 99, ""), (True, 5, None, ""), (True, 20, 0.1, ""),
        (True, 20, None, "TURN"), (True, 60, 7, "connection is lost"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_stream(
    playing: bool, since_start: float, silence: float | None, words: str
) -> None:
    sentence = state_sentence(playing, since_start, silence)
    assert words in sentence if words else sentence == ""


@pytest.mark.parametrize(
    ("lasted", "silence", "words"), [(60, 0.4, ""), (3, None, ""), (40, None, "TURN"), (60, 9, "was lost")]
)
def test_what_is_said_when_the_stream_has_ended(lasted: float, silence: float | None, words: str) -> None:
    sentence = ended_sentence(lasted, silence)
    assert words in sentence if words else sentence == ""


@pytest.mark.parametrize(
    ("local", "remote", "path"),
    [("host", "host", "direct"), ("host", "srflx", "STUN"), ("relay", "host", "TURN")],
)
def test_the_path_really_taken(local: str, remote: str, path: str) -> None:
    pair = SimpleNamespace(
        local_candidate=SimpleNamespace(type=local), remote_candidate=SimpleNamespace(type=remote)
    )
    ice = SimpleNamespace(_connection=SimpleNamespace(_nominated={1: pair}))
    receiver = SimpleNamespace(transport=SimpleNamespace(transport=ice))
    peer = SimpleNamespace(getTransceivers=lambda: [SimpleNamespace(receiver=receiver)])
    assert path_used(SimpleNamespace(_get_worker=lambda: SimpleNamespace(pc=peer))) == path


def test_no_path_before_there_is_one() -> None:
    assert path_used(SimpleNamespace(_get_worker=lambda: None)) is None
