"""A ZIP of many pictures in a real browser: results appear as they come, stop works, labels are drawn."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.serve_tiny import SLOW_SIZE
from tests.browser.server import Server
from tests.browser.steps import (
    SUMMARY_ROW_PX,
    download,
    open_page,
    picture,
    rows,
    select_row,
    settle,
    table,
    upload,
)
from tests.conftest import blobs, encoded

COUNT = 36


def site() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for i in range(COUNT):
            archive.writestr(f"line {i % 2}/{i:02d}.jpg", encoded(blobs(*SLOW_SIZE[::-1], i), ".jpg"))
    return buffer.getvalue()


def test_results_appear_as_they_come_and_stop_keeps_them(tiny_app: Server, page: Page) -> None:
    open_page(page, f"{tiny_app.address}/image")
    upload(page, ("site.zip", site()))
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    files = page.locator('[data-testid="stDataFrame"]:has([aria-label*=" files;"])')
    expect(files).to_be_visible()  # while the work goes on
    expect(page.get_by_text(re.compile(rf"\d+ of {COUNT}, \d+ s left"))).to_be_visible()
    stop.click()
    expect(page.get_by_text(re.compile(rf"Stopped: \d+ of {COUNT}"))).to_be_visible()
    settle(page)
    done = rows(files)
    assert 0 < done < COUNT
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Go on")).to_have_count(0)
    expect(page.locator(f'[aria-label^="Table of {COUNT} files"]').first).to_be_attached()
    settle(page)
    select_row(table(page, f"Table of {COUNT} files"), 3, SUMMARY_ROW_PX)
    expect(picture(page, "Original")).to_have_attribute("alt", re.compile(r"03\.jpg"))


def test_a_folder_and_a_box_drawn_by_hand(tiny_app: Server, page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for name in ("line 1/a.jpg", "line 2/a.jpg"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(encoded(blobs(320, 240, len(name)), ".jpg"))
    (folder / "notes.txt").write_text("left aside")
    open_page(page, f"{tiny_app.address}/image")
    page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(table(page, "Table of 2 files")).to_be_visible()
    settle(page)
    page.get_by_role("radio", name="Correct").click()
    canvas = page.frame_locator('iframe[title*="image_coordinates"]').locator("#image")
    boxes = page.locator('[data-testid="stDataFrame"]:has([aria-label*="to correct"])')
    expect(boxes).to_be_visible()
    settle(page)
    before = rows(boxes)
    canvas.scroll_into_view_if_needed()
    place = canvas.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 120, place["y"] + 90, steps=4)
    page.mouse.up()
    expect(page.locator(f'[aria-label="Table of {before + 1} boxes to correct"]').first).to_be_attached()
    settle(page)
    page.get_by_role("button", name="Save as labels").click()
    expect(page.get_by_text(f"Saved: {before + 1} boxes.")).to_be_visible()
    page.get_by_text("Labels to train on").click()
    path = download(page, "YOLO (ZIP)", tmp_path)
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("labels/a.txt").decode().splitlines()
        assert any(re.fullmatch(r"0 0\.\d+ 0\.\d+ 0\.\d+ 0\.\d+", line) for line in lines)
        assert {"data.yaml", "images/a.jpg"} <= set(archive.namelist())
