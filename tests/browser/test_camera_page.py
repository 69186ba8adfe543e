"""The camera page with a clip of a yard as the browser's camera: people and a dog who walk."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import FrameLocator, Page, TimeoutError, expect

from tests.browser.conftest import _ARGUMENTS, _PATIENCE_MS, LAPTOP
from tests.browser.server import Server, chromium
from tests.browser.steps import download, follow, metric, open_page, slider
from thermal_scenes.clips import Frame, yard_walk

FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"
# Remembers every camera track that any frame of the page was given.
_REMEMBER = """(() => {
    const media = navigator.mediaDevices
    if (!media) return
    const ask = media.getUserMedia.bind(media)
    window.top.tracks = window.top.tracks || []
    media.getUserMedia = async wish => {
        const stream = await ask(wish)
        window.top.tracks.push(...stream.getTracks())
        return stream
    }
})()"""
_PLAYED = """async video => {
    await video.play()
    for (let i = 0; i < 100 && video.currentTime < 0.5; i++) await new Promise(done => setTimeout(done, 100))
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 32
    const pen = canvas.getContext('2d')
    pen.drawImage(video, 0, 0, 32, 32)
    return [video.currentTime, Math.max(...pen.getImageData(0, 0, 32, 32).data.filter((_, i) => i % 4 < 3))]
}"""


@pytest.fixture(scope="module")
def clip() -> list[Frame]:
    """A second of walking, every second frame of it."""
    return list(yard_walk(frames=48))[::2]


@pytest.fixture(scope="module")
def y4m(clip: list[Frame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip as Chromium's fake camera reads it, in a loop."""
    path = tmp_path_factory.mktemp("camera") / "clip.y4m"
    with path.open("wb") as file:
        height, width = clip[0].picture.shape[:2]
        file.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for frame in clip:
            file.write(b"FRAME\n" + cv2.cvtColor(frame.picture, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


@pytest.fixture
def visitor(browser: Any) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own for a visitor, with the camera that its arguments give it."""
    opened = []

    def make(*arguments: str) -> Page:
        own = browser.browser_type.launch(executable_path=chromium(), args=[*_ARGUMENTS, *arguments])
        opened.append(own)
        page = own.new_context(viewport=LAPTOP).new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.add_init_script(_REMEMBER)
        return page

    yield make
    for own in opened:
        own.close()


def camera(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title^='streamlit_webrtc']")


def start(page: Page) -> None:
    """Press Start, and again where the component still shows that button after a while.

    On a machine at its limit its frame may be loaded anew just then, and the press is lost with the old one.
    """
    button = camera(page).get_by_role("button", name="Start")
    button.click()
    frames = metric(page, "Frames per second")
    with contextlib.suppress(TimeoutError):
        frames.wait_for(timeout=_PATIENCE_MS / 2)
        return
    if button.is_visible():
        button.click()
    expect(frames).to_be_visible()


def snapshot(page: Page, folder: Path) -> tuple[np.ndarray, list[dict[str, str]]]:
    """The annotated picture and its findings."""
    shown = page.get_by_test_id("stMain").get_by_role("link", name="Open on the Image page")
    titles = page.get_by_test_id("stMarkdown").filter(has_text="found").filter(has_text="camera")
    before = ""
    if shown.count():
        before = titles.first.inner_text()
        page.wait_for_timeout(1_100)  # a snapshot's name carries its second
    page.get_by_role("button", name="Snapshot").click()
    expect(shown).to_be_visible()
    expect(titles.first).not_to_have_text(before)
    expect(page.get_by_test_id("stDownloadButton").get_by_text("Picture", exact=True)).to_have_count(1)
    picture = cv2.imread(str(download(page, "Picture", folder)))
    table = download(page, "Findings (CSV)", folder).read_text("utf-8-sig")
    assert picture is not None
    return picture, list(csv.DictReader(io.StringIO(table)))


def overlap(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    w = min(first[2], second[2]) - max(first[0], second[0])
    h = min(first[3], second[3]) - max(first[1], second[1])
    both = max(w, 0) * max(h, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return both / (sum(areas) - both)


def which(clip: list[Frame], picture: np.ndarray) -> int:
    """The frame of the clip that a picture with boxes in it was made of."""
    differences = [np.abs(frame.picture.astype(int) - picture).mean() for frame in clip]
    return int(np.argmin(differences))


def check_boxes(clip: list[Frame], picture: np.ndarray, rows: list[dict[str, str]]) -> int:
    """A box lies on a person of the frame; returns the number of the frame."""
    number = which(clip, picture)
    found = [tuple(float(row[key]) for key in ("x1", "y1", "x2", "y2")) for row in rows]
    people = [box[1:] for box in clip[number].boxes if box[0] == 8]
    assert max(overlap(person, box) for person in people for box in found) > 0.5
    return number


def test_the_camera_shows_boxes_on_what_moves_and_is_released(
    app: Server, visitor: Callable[..., Page], y4m: Path, clip: list[Frame], tmp_path: Path
) -> None:
    page = visitor(FAKE_CAMERA, ALLOWED, f"--use-file-for-fake-video-capture={y4m}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, f"{app.address}/camera?conf=0.2")
    expect(page.get_by_text("Press Start.")).to_be_visible()
    start(page)
    expect(page.get_by_text("Connected: directly.")).to_be_visible()
    # Boxes lie on the walkers, and move with them.
    numbers = {check_boxes(clip, *snapshot(page, tmp_path))}
    deadline = time.monotonic() + 60
    while len(numbers) < 2 and time.monotonic() < deadline:
        numbers.add(check_boxes(clip, *snapshot(page, tmp_path)))
    assert len(numbers) > 1
    # A recording that plays.
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_text(re.compile(r"Recording, ([2-9]|\d\d) s")).wait_for()
    page.get_by_role("button", name="Stop recording").click()
    video = page.get_by_test_id("stVideo")
    expect(video).to_be_visible()
    seconds, brightest = video.evaluate(_PLAYED)
    assert seconds > 0.3 and brightest > 60
    # The slider acts on the stream.
    expect(metric(page, "Found")).not_to_have_text("0")
    slider(page, "Confidence").focus()
    page.keyboard.press("End")
    expect(metric(page, "Found")).to_have_text("0")
    expect(camera(page).get_by_role("button", name="Stop")).to_be_visible()
    # Leaving releases the camera; coming back starts anew.
    assert page.evaluate("tracks.map(track => track.readyState)") == ["live"]
    follow(page, "Models", "Models")
    page.wait_for_function("tracks.every(track => track.readyState === 'ended')")
    follow(page, "Camera", "Camera")
    start(page)
    camera(page).get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Press Start.")).to_be_visible()
    page.wait_for_function("tracks.every(track => track.readyState === 'ended')")
    assert all(url.startswith((app.address, "blob:", "data:")) for url in asked)


@pytest.mark.parametrize(
    ("arguments", "name", "words"),
    [
        ((FAKE_CAMERA, "--deny-permission-prompts"), "NotAllowedError", "the camera was refused"),
        ((ALLOWED,), "NotFoundError", "there is no camera"),
    ],
)
def test_a_refused_or_missing_camera_gets_a_sentence(
    app: Server, visitor: Callable[..., Page], arguments: tuple[str, ...], name: str, words: str
) -> None:
    page = visitor(*arguments)
    open_page(page, f"{app.address}/camera")
    camera(page).get_by_role("button", name="Start").click()
    expect(camera(page).get_by_text(name).first).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Snapshot")).to_be_disabled()


def test_a_photo_needs_no_connection_and_closing_the_tab_stops_the_work(
    tiny_app: Server, visitor: Callable[..., Page], y4m: Path
) -> None:
    page = visitor(FAKE_CAMERA, ALLOWED, f"--use-file-for-fake-video-capture={y4m}")
    open_page(page, f"{tiny_app.address}/camera?conf=0.5")
    page.get_by_role("tab", name="Photo").click()
    page.wait_for_function("document.querySelector('[data-testid=stCameraInput] video')?.videoWidth > 0")
    page.get_by_role("button", name="Take Photo").click()
    expect(metric(page, "Findings")).to_be_visible()
    assert int(metric(page, "Findings").inner_text()) > 0
    expect(page.locator("iframe[title^='streamlit_webrtc']")).to_have_count(0)
    page.get_by_role("tab", name="Live").click()
    start(page)
    page.close()
    closed, ran, since = time.monotonic(), tiny_app.runs(), time.monotonic()
    while time.monotonic() - since < 2:  # until the network has been still for two seconds
        time.sleep(0.1)
        if tiny_app.runs() != ran:
            ran, since = tiny_app.runs(), time.monotonic()
        assert since - closed < 10
