"""The camera page without a browser; AppTest cannot run streamlit-webrtc 0.79, so that part is a stand-in."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from inspection.live import LiveWorker
from inspection.live.split import ACCURACY_KELVIN, i420_from_counts
from inspection.radiometric.csv_table import read_csv
from tests.camera.test_split import scene
from tests.camera.test_worker import until
from tests.conftest import ROOT, blobs, encoded


class StandIn:
    """In place of webrtc_streamer: keeps what it was given, and plays or not as told, and says so."""

    def __init__(self) -> None:
        self.playing = self.before = False
        self.asked: dict[str, Any] = {}
        self.broken = False

    def __call__(self, **options: Any) -> Any:
        import streamlit as st

        if self.broken:
            raise RuntimeError("Processing offer and initializing the worker has not finished in 10 seconds")
        self.asked = options
        context = SimpleNamespace(
            state=SimpleNamespace(playing=self.playing, signalling=False), _get_worker=lambda: None
        )
        st.session_state[options["key"]] = context
        if self.playing != self.before:
            self.before = self.playing
            options["on_change"]()
        return context


@pytest.fixture
def streamer(monkeypatch: pytest.MonkeyPatch, tiny_model: None) -> StandIn:
    import ui.camera_stream

    stand_in = StandIn()
    monkeypatch.setattr(ui.camera_stream, "webrtc_streamer", stand_in)
    monkeypatch.setattr(ui.camera_stream, "newest_frames_only", lambda: None)
    monkeypatch.setattr(ui.camera_stream, "steady_quality", lambda: None)
    return stand_in


@pytest.fixture
def app(streamer: StandIn) -> Iterator[AppTest]:
    """The page with a stream that has started."""
    streamer.playing = True
    app = open_page()
    yield app
    worker(app).stop()


def open_page(**state: Any) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120).run()
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page("pages/camera.py").run()
    assert not app.exception
    return app


def worker(app: AppTest) -> LiveWorker:
    return app.session_state["camera_worker"]


def feed(app: AppTest, frame: np.ndarray) -> None:
    """Send a frame, wait for its picture, draw the page again."""
    live, moment = worker(app), time.monotonic()
    live.put(lambda: frame)
    until(lambda: live.shown is not None and live.shown.arrived > moment, 60)
    app.run()
    assert not app.exception


def button(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def metric(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def test_before_the_start_the_page_says_what_to_do(streamer: StandIn) -> None:
    app = open_page()
    assert "Press Start" in app.info[0].value
    assert button(app, "Snapshot").disabled and button(app, "Record").disabled
    assert any("Connection: direct" in caption.value for caption in app.caption)
    assert any("NotAllowedError" in caption.value for caption in app.caption)
    assert streamer.asked["rtc_configuration"] == {"iceServers": []}
    assert not worker(app).running


def test_figures_and_table_follow_the_stream_and_the_sliders(app: AppTest) -> None:
    assert "Waiting for the first picture" in app.info[0].value
    feed(app, blobs(320, 240))
    many = int(metric(app, "Found"))
    table = app.dataframe[0].value
    assert many == len(table) > 3 and list(table.columns) == ["Class", "Confidence"]
    app.slider(key="conf").set_value(0.5).run()
    feed(app, blobs(320, 240))
    assert 0 < int(metric(app, "Found")) < many
    assert worker(app).settings.run.conf == 0.5


def test_a_scale_gives_temperatures_and_nonsense_a_sentence(app: AppTest) -> None:
    app.selectbox(key="camera_kind").set_value("Thermal, colours with a fixed scale").run()
    feed(app, blobs(320, 240))
    assert float(metric(app, "Hottest").split()[0]) > 30
    assert "Severity" in app.dataframe[0].value.columns
    app.number_input(key="camera_high").set_value(10.0).run()
    assert "at least 0.5" in app.error[0].value.replace("\\", "") and not app.exception
    assert worker(app).settings.reading.kind == "picture"


def test_a_split_camera_is_read_and_its_snapshot_holds_temperatures(app: AppTest) -> None:
    app.selectbox(key="camera_kind").set_value("Thermal, data in the lower half").run()
    feed(app, i420_from_counts(scene()))
    shown = worker(app).shown
    assert shown is not None and shown.thermogram.source == "radiometric"
    button(app, "Snapshot").click().run()
    assert not app.exception
    picture = app.session_state["pictures"][-1]
    table = np.loadtxt(io.BytesIO(picture.data), delimiter=",")
    assert picture.name.endswith(".csv") and table.shape == (192, 256)
    assert table.max() == pytest.approx(float(shown.thermogram.celsius.max()), abs=0.01)
    assert any("about ±8" in caption.value for caption in app.caption)
    opened = read_csv(picture.data, picture.name)  # says no more of its exactness than the camera did
    assert opened.to_thermogram().accuracy_kelvin == ACCURACY_KELVIN


def test_a_snapshot_goes_to_the_image_page(app: AppTest) -> None:
    feed(app, blobs(320, 240))
    button(app, "Snapshot").click().run()
    found = int(metric(app, "Found"))
    assert not app.exception and f"{found} found" in " ".join(text.value for text in app.markdown)
    worker(app).stop()
    app.switch_page("pages/image.py").run()
    assert not app.exception and int(metric(app, "Findings")) == found


def test_a_recording_is_offered_when_it_has_ended(app: AppTest) -> None:
    button(app, "Record").click().run()
    assert button(app, "Stop recording")
    for seed in range(4):
        feed(app, blobs(320, 240, seed))
    until(lambda: worker(app).recorder.frames >= 3)  # type: ignore[union-attr]
    path = worker(app).recorder.path  # type: ignore[union-attr]
    button(app, "Stop recording").click().run()
    assert not app.exception and path.is_file() and worker(app).recorder.playable  # type: ignore[union-attr]
    button(app, "Record").click().run()
    assert not path.exists()  # one at a time


def test_a_lost_connection_is_said_and_stopping_is_not_one(
    app: AppTest, streamer: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(app, blobs(320, 240))
    worker(app).stop()
    until(lambda: not worker(app).running)  # one frame to threads that are ending would start none anew
    streamer.playing = False
    app.run()
    assert not app.warning  # the visitor pressed Stop
    streamer.playing = True
    app.run()
    feed(app, blobs(320, 240, 1))
    monkeypatch.setattr(LiveWorker, "silence", lambda self: 9.0)
    app.run()
    assert "connection is lost" in app.warning[0].value
    worker(app).stop()
    streamer.playing = False  # the browser has given it up
    app.run()
    assert "connection was lost" in app.warning[0].value


def test_a_connection_that_never_came_about_is_said(app: AppTest, streamer: StandIn) -> None:
    streamer.playing = False
    app.run()
    assert "ended before a picture came" in app.warning[0].value
    assert any("Press Start" in info.value for info in app.info)


def test_a_server_too_busy_to_answer_is_a_sentence(app: AppTest, streamer: StandIn) -> None:
    streamer.broken = True
    app.run()
    assert not app.exception and "too busy to connect" in app.error[0].value


def test_a_photo_is_analysed_as_on_the_image_page(streamer: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    photo = io.BytesIO(encoded(blobs(320, 240), ".jpg"))
    monkeypatch.setattr(st, "camera_input", lambda *_, **__: photo)
    app = open_page(camera_tab="Photo")
    assert not app.exception and int(metric(app, "Findings")) > 3
    assert not streamer.asked  # the live camera is not even drawn
