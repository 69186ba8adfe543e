"""The video page in a browser: the result of a sample clip plays and is not black."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.steps import open_page, rows, settle, table
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not (ROOT / "samples" / "yard_walk.mp4").is_file(), reason="no sample clips")

_BRIGHTNESS = """video => {
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.reduce((sum, value, i) => i % 4 == 3 ? sum : sum + value, 0) / (pixels.length * 3 / 4);
}"""


def test_the_result_of_a_sample_plays(tiny_app: Server, page: Page) -> None:
    # Hundreds of boxes a frame are slow: a high confidence, and every fourth frame.
    open_page(page, f"{tiny_app.address}/video?imgsz=320&conf=0.7")
    page.get_by_text("Walk across a yard", exact=True).click()
    expect(page.get_by_text("found in the first frame")).to_be_visible()
    page.get_by_role("spinbutton", name="Frame stride").fill("4")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name="Take it home")).to_be_visible()
    settle(page)
    videos = page.locator("video")
    expect(videos).to_have_count(2)
    for video in videos.all():
        video.evaluate("video => { video.muted = true; return video.play(); }")
        page.wait_for_function("video => video.currentTime > 0.5", arg=video.element_handle())
        assert video.evaluate("video => video.error") is None
        assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [640, 480]
        assert video.evaluate("video => video.duration") == pytest.approx(8.0, abs=0.4)
        assert video.evaluate(_BRIGHTNESS) > 20
    assert rows(table(page, "Table of")) > 0
    page.locator(".scatterlayer .point").nth(15).click(force=True)  # of 24, one every third of a second
    page.wait_for_function("() => [...document.querySelectorAll('video')].every(v => v.currentTime >= 4)")
    page.get_by_text("Work on it again").click()
    expect(page.get_by_role("spinbutton", name="Frame stride")).to_have_value("4")


def test_a_file_that_is_no_video_is_a_sentence(tiny_app: Server, page: Page) -> None:
    open_page(page, f"{tiny_app.address}/video")
    page.locator('input[type="file"]').set_input_files(
        {"name": "holiday.mp4", "mimeType": "video/mp4", "buffer": b"just words"}
    )
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("holiday.mp4 is not a video")
    settle(page)
