"""Connection, constraints and the frame callback, each alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

import ui.camera_connection as camera_connection
from inspection.live import CameraReading, LiveWorker
from tests.camera.test_worker import settings
from ui.camera_connection import connection, path_used
from ui.camera_stream import constraints, frame_callback, pixels, to_frame, upper_half
from ui.camera_trouble import ServersEnd, ended_sentence, state_sentence

TURN = [{"urls": ["turn:turn.example:3478"], "username": "u", "credential": "c"}]
STUN = [{"urls": "stun:stun.example:3478"}]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[dict]]:
    """Answers of streamlit-webrtc's look-up, without the network; none is set up in the environment."""
    answers = [STUN]
    for name in (*camera_connection._TURN_SERVICES, "TURN_URL", "TURN_USERNAME", "TURN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(camera_connection, "get_available_ice_servers", answers.pop)
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
    failed = connection("http://localhost:8501")  # the look-up failed and gave its fall-back
    assert failed.path == "STUN" and "gave no access" in failed.words


@pytest.mark.parametrize(
    ("url", "password", "urls"),
    [
        ("turn:relay.example:3478 turns:relay.example:5349", "p", 2),
        ("https://relay.example turn:relay.example", "p", 1),  # what is no TURN address is left out
        ("https://relay.example", "p", 0),
        ("turn:relay.example", "", 0),  # a browser takes none without a name and a password
    ],
)
def test_an_own_turn_server_is_used_wherever_the_page_is(
    asked: list, monkeypatch: pytest.MonkeyPatch, url: str, password: str, urls: int
) -> None:
    monkeypatch.setenv("TURN_URL", url)
    monkeypatch.setenv("TURN_USERNAME", "u")
    monkeypatch.setenv("TURN_PASSWORD", password)
    way = connection("http://localhost:8501")
    assert way.path == ("TURN" if urls else "direct")
    if urls:
        (server,) = way.servers
        assert len(server["urls"]) == urls and all(u.startswith("turn") for u in server["urls"])
        assert (server["username"], server["credential"]) == ("u", "p") and len(asked) == 1


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
    ("since_start", "silence", "words"),
    [(5, None, ""), (20, 0.1, ""), (20, None, "TURN"), (60, 7, "connection is lost")],
)
def test_what_is_said_of_the_stream(since_start: float, silence: float | None, words: str) -> None:
    sentence = state_sentence(since_start, silence)
    assert words in sentence if words else sentence == ""


@pytest.mark.parametrize(
    ("silence", "faltered", "failed", "words"),
    [
        (0.4, False, False, ""),  # somebody pressed Stop
        (None, False, False, "ended before a picture came"),
        (0.4, True, False, "was lost"),
        (0.4, False, True, "was lost"),
    ],
)
def test_what_is_said_when_the_stream_has_ended(
    silence: float | None, faltered: bool, failed: bool, words: str
) -> None:
    sentence = ended_sentence(silence, faltered, failed)
    assert words in sentence if words else sentence == ""


def test_a_failed_end_stays_failed_when_it_is_closed() -> None:
    class Peer:
        iceConnectionState = "checking"

        def add_listener(self, event: str, look: Callable[[], None]) -> None:
            self.look = look

    peer = Peer()
    end = ServersEnd(peer)
    assert end.is_of(peer) and not end.is_of(Peer()) and not end.failed
    for state in ("failed", "closed"):
        peer.iceConnectionState = state
        peer.look()
        assert end.failed


@pytest.mark.parametrize(
    ("local", "remote", "path"),
    [
        ("host", "host", "direct"),
        ("host", "srflx", "STUN"),
        ("relay", "host", "TURN"),
        ("host", "late relay", "TURN"),
    ],
)
def test_the_path_really_taken(local: str, remote: str, path: str) -> None:
    first = SimpleNamespace(type="prflx" if remote == "late relay" else remote, host="10.0.0.1", port=5000)
    known = SimpleNamespace(type=remote.removeprefix("late "), host="10.0.0.1", port=5000)
    pair = SimpleNamespace(local_candidate=SimpleNamespace(type=local), remote_candidate=first)
    ice = SimpleNamespace(_connection=SimpleNamespace(_nominated={1: pair}, remote_candidates=[first, known]))
    receiver = SimpleNamespace(transport=SimpleNamespace(transport=ice))
    peer = SimpleNamespace(getTransceivers=lambda: [SimpleNamespace(receiver=receiver)])
    assert path_used(SimpleNamespace(_get_worker=lambda: SimpleNamespace(pc=peer))) == path


def test_no_path_before_there_is_one() -> None:
    assert path_used(SimpleNamespace(_get_worker=lambda: None)) is None
