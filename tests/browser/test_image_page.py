"""Pictures in, findings on the page, tables out."""

from __future__ import annotations

import re
import time
from pathlib import Path

import cv2
import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.server import Server
from tests.browser.steps import (
    SUMMARY_ROW_PX,
    cells,
    download,
    downloaded_json,
    metric,
    open_page,
    picture,
    rows,
    select_row,
    settle,
    slider,
    table,
    upload_pictures,
)
from tests.conftest import blobs, encoded


@pytest.fixture
def at_image(tiny_app: Server, page: Page) -> Page:
    """The image page with one JPEG picture analysed."""
    open_page(page, f"{tiny_app.address}/image")
    upload_pictures(page, ("switchgear.jpg", encoded(blobs(320, 240), ".jpg")))
    return page


def test_an_uploaded_jpeg_gives_two_pictures_and_a_table(at_image: Page) -> None:
    expect(at_image.get_by_text("320 x 240 px")).to_be_visible()
    expect(picture(at_image, "Original")).to_have_attribute("alt", re.compile(r"switchgear\.jpg"))
    expect(picture(at_image, "Findings")).to_have_attribute("alt", re.compile(r"with boxes around \d"))
    found = int(metric(at_image, "Findings").inner_text())
    shown = table(at_image, f"Table of {found} findings")
    assert rows(shown) == found > 3
    assert cells(shown, "No.")[:3] == ["1", "2", "3"]
    confidences = [float(value) for value in cells(shown, "Confidence")]
    assert confidences == sorted(confidences, reverse=True) and confidences[-1] >= 0.25


def test_the_confidence_slider_answers_without_the_network(at_image: Page, tiny_app: Server) -> None:
    found, took, ran = metric(at_image, "Findings"), metric(at_image, "Time").inner_text(), tiny_app.runs()
    before = int(found.inner_text())
    slider(at_image, "Confidence").focus()
    for _ in range(25):
        at_image.keyboard.press("ArrowRight")
    expect(slider(at_image, "Confidence")).to_have_value("0.5")
    expect(found).not_to_have_text(str(before))
    settle(at_image)
    assert 0 < int(found.inner_text()) < before
    expect(table(at_image, f"Table of {found.inner_text()} findings")).to_be_visible()
    assert metric(at_image, "Time").inner_text() == took and tiny_app.runs() == ran


def test_the_iou_slider_and_the_classes_answer_without_the_network(at_image: Page, tiny_app: Server) -> None:
    found, ran = metric(at_image, "Findings"), tiny_app.runs()
    before = found.inner_text()
    slider(at_image, "IoU").focus()
    at_image.keyboard.press("Home")
    expect(found).not_to_have_text(before)
    fewer = found.inner_text()
    at_image.get_by_role("button", name="Remove heated component").click()
    expect(found).not_to_have_text(fewer)
    settle(at_image)
    alt = picture(at_image, "Findings").get_attribute("alt") or ""
    assert "heated component" not in alt and tiny_app.runs() == ran


def test_another_image_size_runs_the_network_once(at_image: Page, tiny_app: Server) -> None:
    ran = tiny_app.runs()
    size = slider(at_image, "Image size")
    larger = int(size.input_value()) + 32
    size.focus()
    at_image.keyboard.press("ArrowRight")
    expect(size).to_have_value(str(larger))
    deadline = time.monotonic() + 60
    while tiny_app.runs() == ran and time.monotonic() < deadline:
        at_image.wait_for_timeout(50)
    settle(at_image)
    assert tiny_app.runs() == ran + 1


def test_selecting_a_finding_highlights_its_box(at_image: Page) -> None:
    annotated = picture(at_image, "Findings")
    plain = annotated.get_attribute("src") or ""
    shown = table(at_image, "Table of")
    select_row(shown, 1)
    expect(annotated).not_to_have_attribute("src", plain)
    select_row(shown, 1)
    expect(annotated).to_have_attribute("src", plain)


def test_selecting_a_file_in_the_summary_opens_it(tiny_app: Server, page: Page) -> None:
    open_page(page, f"{tiny_app.address}/image")
    files = [(f"{name}.jpg", encoded(blobs(160, 120, seed), ".jpg")) for seed, name in enumerate("abc")]
    upload_pictures(page, *files)
    summary = table(page, "Table of 3 files")
    assert cells(summary, "File") == ["a.jpg", "b.jpg", "c.jpg"]
    expect(picture(page, "Original")).to_have_attribute("alt", re.compile(r"a\.jpg"))
    select_row(summary, 2, SUMMARY_ROW_PX)
    expect(picture(page, "Original")).to_have_attribute("alt", re.compile(r"c\.jpg"))
    expect(metric(page, "Findings")).to_have_text(cells(summary, "Findings")[2])
    page.get_by_role("button", name="Previous").click()
    expect(picture(page, "Original")).to_have_attribute("alt", re.compile(r"b\.jpg"))


def test_the_excel_file_holds_the_table_and_the_page_stays(at_image: Page, tmp_path: Path) -> None:
    found = int(metric(at_image, "Findings").inner_text())
    path = download(at_image, "Excel", tmp_path)
    assert path.name == "switchgear.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Summary", "Detections", "Pictures"]
    titles, *lines = book["Detections"].iter_rows(values_only=True)
    assert len(lines) == found
    shown = table(at_image, "Table of")
    in_view = cells(shown, "Class")
    assert [line[titles.index("Class")] for line in lines][: len(in_view)] == in_view
    for title in ("Confidence", "x1 (px)", "y2 (px)"):
        in_file = [line[titles.index(title)] for line in lines][: len(in_view)]
        assert in_file == pytest.approx([float(value) for value in cells(shown, title)])
    expect(metric(at_image, "Findings")).to_have_text(str(found))
    expect(picture(at_image, "Findings")).to_be_visible()


def test_every_download_is_what_its_name_says(at_image: Page, tmp_path: Path) -> None:
    found = int(metric(at_image, "Findings").inner_text())
    table_text = download(at_image, "CSV", tmp_path).read_text("utf-8-sig")
    assert len(table_text.splitlines()) == found + 1
    assert len(downloaded_json(at_image, tmp_path)[0]["detections"]) == found
    annotated = cv2.imread(str(download(at_image, "Picture", tmp_path)))
    assert annotated is not None
    assert download(at_image, "All as ZIP", tmp_path).read_bytes().startswith(b"PK")
    expect(metric(at_image, "Findings")).to_have_text(str(found))


def test_what_reports_say_is_typed_once(at_image: Page, tiny_app: Server, tmp_path: Path) -> None:
    def field(label: str) -> Locator:
        at_image.locator("summary").filter(has_text="Report details").click()
        return at_image.get_by_role("textbox", name=label)

    inspector = field("Inspector")
    inspector.fill("Ștefan <b> 王")
    # Pressing a button ends the typing, too; the file comes although the page is being drawn anew meanwhile.
    assert len(PdfReader(download(at_image, "PDF", tmp_path, pressed_ms=80)).pages) > 0
    at_image.wait_for_function("localStorage.getItem('overheat-inspector-report')?.includes('Ștefan')")
    first = PdfReader(download(at_image, "PDF", tmp_path)).pages[0].extract_text()
    assert "Ștefan <b> 王" in first
    expect(picture(at_image, "Findings")).to_be_visible()
    # The same browser, another visit.
    open_page(at_image, f"{tiny_app.address}/image")
    upload_pictures(at_image, ("again.png", encoded(blobs())))
    expect(field("Inspector")).to_have_value("Ștefan <b> 王")
