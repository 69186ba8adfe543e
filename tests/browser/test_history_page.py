"""What one visitor analyses is found again by that visitor's browser, and by no other."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.server import Server
from tests.browser.steps import (
    NewPage,
    cells,
    download,
    english_left,
    follow,
    metric,
    open_page,
    select_row,
    settle,
    table,
    upload_pictures,
)
from tests.conftest import blobs, encoded

_ROW_PX = 56


@pytest.fixture
def saving_app(browser: Browser, tmp_path: Path, cache: Path, tiny_weights: Path) -> Iterator[Server]:
    """The app with the tiny model and a folder for saved results."""
    weights = tmp_path / "weights" / "best.pt"
    weights.parent.mkdir()
    weights.write_bytes(tiny_weights.read_bytes())
    server = Server(tmp_path, cache, weights, tmp_path / "data")
    yield server
    server.stop()
    assert "Traceback" not in server.text()


def saved(page: Page, count: int) -> Locator:
    """The list of saved results, filled."""
    shown = table(page, f"Table of {count} saved")
    expect(shown.locator('[role="grid"]')).to_have_attribute("aria-rowcount", str(count + 1))
    settle(page)
    return shown


def press(page: Page, label: str) -> None:
    """Press the button of this name in the page itself."""
    places = page.get_by_test_id("stMain").locator('[data-testid="stButton"], [data-testid="stPopover"]')
    button = places.get_by_text(label, exact=True)
    button.scroll_into_view_if_needed()
    button.click()


def test_find_again_open_compare_take_home_delete(
    saving_app: Server, page: Page, new_page: NewPage, tmp_path: Path
) -> None:
    open_page(page, f"{saving_app.address}/image?imgsz=320&conf=0.5")
    files = [(f"{name}.jpg", encoded(blobs(320, 240, seed), ".jpg")) for seed, name in enumerate(("a", "=b"))]
    upload_pictures(page, *files)
    found = metric(page, "Findings").inner_text()
    follow(page, "History", "History")
    shown = saved(page, 2)
    assert set(cells(shown, "File")) == {"a.jpg", "=b.jpg"}
    assert all(cell.startswith("data:image/jpeg") for cell in cells(shown, "Picture"))
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "overheat_visitor"]
    assert cookie["value"] not in page.url

    # Another browser sees nothing, not even by the address of this page; the same one does in another tab.
    stranger = new_page()
    open_page(stranger, page.url)
    expect(stranger.get_by_text("Nothing here yet")).to_be_visible()
    again = page.context.new_page()
    for language in ("zh", "ro"):
        open_page(again, f"{saving_app.address}/history?lang={language}")
        expect(again.locator('[role="grid"]')).to_have_attribute("aria-rowcount", "3")
        assert english_left(again, language) == set()
    open_page(again, f"{saving_app.address}/history?lang=en")
    shown = saved(again, 2)

    # One, named and opened as it was.
    select_row(shown, cells(shown, "File").index("a.jpg"), _ROW_PX)
    press(again, "Equipment")
    field = again.get_by_role("combobox", name="Name of the equipment")
    field.click()
    field.press_sequentially("Pump <b>1</b>")
    field.press("Enter")
    settle(again)
    again.get_by_role("button", name="Save the name").click()
    settle(again)
    again.keyboard.press("Escape")
    press(again, "Open")
    expect(again.get_by_text("Equipment: Pump <b>1</b>.")).to_be_visible()
    expect(metric(again, "Findings")).to_have_text(found)
    press(again, "All results")

    # Both, compared and taken home.
    shown = saved(again, 2)
    select_row(shown, 0, _ROW_PX)
    select_row(shown, 1, _ROW_PX)
    expect(again.get_by_role("button", name="Compare")).to_be_visible()
    settle(again)
    book = openpyxl.load_workbook(download(again, "Excel", tmp_path))
    assert {row[0] for row in book["Detections"].iter_rows(min_row=2, values_only=True)} == {
        "a.jpg",
        "=b.jpg",
    }
    with zipfile.ZipFile(download(again, "All as ZIP", tmp_path)) as archive:
        assert {"annotated/a.jpg", "annotated/b.jpg", "report.pdf"} <= set(archive.namelist())
    press(again, "Compare")
    expect(metric(again, "Findings")).to_have_count(2)
    expect(again.get_by_text("Both were made with the same settings.")).to_be_visible()
    settle(again)
    press(again, "All results")

    # Gone for good, here and in the first tab.
    shown = saved(again, 2)
    select_row(shown, 0, _ROW_PX)
    select_row(shown, 1, _ROW_PX)
    press(again, "Delete")
    again.get_by_role("button", name="Delete for good").click()
    expect(again.get_by_text("Nothing here yet")).to_be_visible()
    assert list((tmp_path / "data" / "files").iterdir()) == []
    page.reload()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
