"""The video page, run without a browser, and the session's workspace."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

import ui.video_workspace
from inspection.video.settings import VideoSettings
from tests.conftest import ROOT, blobs
from tests.temperature.flir_writer import black_body_counts, fff, scene
from tests.video.clips import DiscDetector, clip, frame
from tests.video.test_video_reading import BAD
from ui.video_workspace import Workspace

pytestmark = pytest.mark.usefixtures("tiny_model")


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    app.run()
    app.switch_page("pages/video.py").run()
    app.slider(key="imgsz").set_value(320).run()
    assert not app.exception
    return app


@pytest.fixture
def short_clip(tmp_path: Path) -> bytes:
    return clip(tmp_path / "clip.mp4", [blobs(160, 120, 1)] * 12).read_bytes()


def upload(app: AppTest, name: str, data: bytes) -> Workspace:
    app.file_uploader[0].set_value((name, data, "video/mp4")).run()
    assert not app.exception
    return app.session_state["video_workspace"]


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def finish(app: AppTest, space: Workspace) -> None:
    assert space.job is not None
    space.job.wait(60)
    app.run()
    assert not app.exception and not app.error


def test_from_upload_to_tables(app: AppTest, short_clip: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    made: dict[str, bytes] = {}
    original = st.download_button

    def catch(label, data, *arguments, **options):  # type: ignore[no-untyped-def]
        made[label] = data()
        return original(label, data, *arguments, **options)

    monkeypatch.setattr(st, "download_button", catch)
    space = upload(app, "**walk**.mp4", short_clip)
    said = " ".join(text.value for text in app.markdown)
    assert "found in the first frame" in said and "Will take about" in said
    assert any("\\*\\*walk\\*\\*" in text.value for text in app.caption)
    press(app, "Start")
    finish(app, space)
    assert space.result is not None and len(space.result.frames) == 12
    objects = next(t.value for t in app.dataframe if "Best confidence" in t.value.columns)
    assert len(objects) == len(space.result.objects) > 0
    assert {m.label: m.value for m in app.metric}["Objects"] == str(len(objects))
    assert set(made) == {"Excel", "CSV", "Video", "All as ZIP"}
    assert made["Video"] == space.result.video.read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(made["Excel"]))
    assert book["Objects"].max_row == len(objects) + 1


def test_temperatures_and_alarms(app: AppTest, short_clip: bytes) -> None:
    space = upload(app, "a.mp4", short_clip)
    app.number_input[[n.label for n in app.number_input].index("Coldest end (°C)")].set_value(10.0).run()
    assert "Type both ends" in app.error[0].value
    fields = {n.label: n for n in app.number_input}
    fields["Hottest end (°C)"].set_value(90.0).run()
    fields = {n.label: n for n in app.number_input}
    fields["Alarm from (°C)"].set_value(30.0)
    fields["For (s)"].set_value(0.0).run()
    press(app, "Start")
    finish(app, space)
    figures = {m.label: m.value for m in app.metric}
    assert figures["Hottest"].endswith("°C") and int(figures["Alarms"]) > 0
    events = next(t.value for t in app.dataframe if "Alarm at (s)" in t.value.columns)
    assert len(events) == int(figures["Alarms"])


def test_what_was_typed_just_before_the_start_counts_and_stays(app: AppTest, short_clip: bytes) -> None:
    def field(label: str):  # type: ignore[no-untyped-def]
        return next(n for n in app.number_input if n.label == label)

    space = upload(app, "a.mp4", short_clip)
    field("Coldest end (°C)").set_value(10.0)
    field("Hottest end (°C)").set_value(90.0)
    field("Frame stride").set_value(3)
    press(app, "Start")  # both arrive at once, as from a browser whose field still had the focus
    app.run()  # while it works, the page has none of these fields
    for _ in range(2):
        finish(app, space)
        assert space.result is not None and len(space.result.frames) == 4
        assert field("Frame stride").value == 3 and field("Hottest end (°C)").value == 90.0
        assert space.result.settings.scale is not None and space.result.settings.stride == 3
        press(app, "Start again")


def test_work_goes_on_while_the_page_is_away(app: AppTest, short_clip: bytes) -> None:
    space = upload(app, "a.mp4", short_clip)
    press(app, "Start")
    app.switch_page("pages/image.py").run()
    app.switch_page("pages/video.py").run()
    finish(app, space)
    assert app.session_state["video_workspace"] is space and space.result is not None
    assert any(button.label == "Start again" for button in app.button)


def test_every_bad_file_is_a_sentence_and_leaves_nothing(
    app: AppTest, short_clip: bytes, tmp_path: Path
) -> None:
    space = upload(app, "a.mp4", short_clip)
    before = sorted(space.folder.iterdir())
    for number, (kind, (make, words)) in enumerate(BAD.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = make(folder)
        if path.exists():
            upload(app, path.name, path.read_bytes())
            (error,) = app.error
            assert re.search(words, error.value.replace("\\", "")), kind
    assert space.source is not None and space.source.info.name == "a.mp4"  # the old one stays
    assert sorted(space.folder.iterdir()) == before


def test_odd_and_huge_pictures_come_through(app: AppTest, tmp_path: Path) -> None:
    app.slider(key="conf").set_value(0.95).run()  # hundreds of boxes would take long to draw
    huge = np.repeat(np.repeat(frame(0, 960, 135), 8, axis=0), 8, axis=1)  # as wide as 8K
    files = [
        clip(tmp_path / "odd.mkv", [frame(0, 127, 95)], codec="ffv1", pixels="bgr0"),
        clip(tmp_path / "huge.avi", [huge], codec="mjpeg", pixels="yuvj420p"),
    ]
    for path, size in zip(files, [(127, 95), (1920, 270)], strict=True):
        space = upload(app, path.name, path.read_bytes())
        press(app, "Start")
        finish(app, space)
        assert space.result is not None and len(space.result.frames) == 1
        assert (space.result.info.width, space.result.info.height) == size


def test_a_full_disk_is_a_sentence(app: AppTest, short_clip: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self, data):  # type: ignore[no-untyped-def]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    space = upload(app, "a.mp4", short_clip)
    assert "disk is full" in app.error[0].value and space.source is None


def test_two_people_with_one_file_name_get_their_own_results(tmp_path: Path) -> None:
    spaces = [Workspace("one"), Workspace("two")]
    for space, count in zip(spaces, (6, 9), strict=True):
        space.take("same.mp4", clip(tmp_path / f"{count}.mp4", count).read_bytes())
        space.start(DiscDetector(), VideoSettings())  # type: ignore[arg-type]
    for space, count in zip(spaces, (6, 9), strict=True):
        assert space.job is not None
        space.job.wait(30)
        assert space.result is not None and len(space.result.frames) == count
        space.close()


def test_a_closed_tab_stops_the_work_and_removes_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = [True]
    monkeypatch.setattr(ui.video_workspace, "_is_connected", lambda session_id: connected[0])
    space = Workspace("one")
    space.take("a.mp4", clip(tmp_path / "a.mp4", [frame(i % 40) for i in range(400)]).read_bytes())
    space.start(DiscDetector(delay=0.2), VideoSettings())  # type: ignore[arg-type]
    job, folder = space.job, space.folder
    assert job is not None
    connected[0] = False
    start = time.monotonic()
    while (job.running or folder.exists()) and time.monotonic() - start < 20:
        time.sleep(0.1)
    assert time.monotonic() - start < 10
    assert space.closed and space.job is None


def test_another_emissivity_changes_a_radiometric_video(tmp_path: Path) -> None:
    space = Workspace("one")
    space.take("a.seq", fff(black_body_counts(scene(hot=80))))
    hottest = []
    for emissivity in (None, 0.5):
        space.assume(emissivity)
        assert space.source is not None
        celsius = next(iter(space.source.frames())).thermogram.celsius
        assert celsius is not None
        hottest.append(float(celsius.max()))
    assert hottest[1] > hottest[0] + 20
    space.close()


def test_an_unexpected_error_is_a_sentence(tmp_path: Path) -> None:
    class Broken(DiscDetector):
        def candidates(self, picture, imgsz=640):
            raise ZeroDivisionError

    space = Workspace("one")
    space.take("a.mp4", clip(tmp_path / "a.mp4").read_bytes())
    space.start(Broken(), VideoSettings())  # type: ignore[arg-type]
    assert space.job is not None
    space.job.wait(30)
    assert "Something went wrong" in space.job.problem
    assert [file.suffix for file in space.folder.iterdir()] == [".video"]  # nothing is left of the attempt
    space.close()
