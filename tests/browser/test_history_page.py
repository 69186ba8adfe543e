"""What one visitor analyses is found again by that visitor's browser, and by no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.steps import (
    NewPage,
    cells,
    follow,
    metric,
    open_page,
    rows,
    select_row,
    settle,
    table,
    upload_pictures,
)
from tests.conftest import blobs, encoded


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


def test_analyse_find_again_name_open_delete(
    saving_app: Server, page: Page, new_page: NewPage, tmp_path: Path
) -> None:
    open_page(page, f"{saving_app.address}/image")
    upload_pictures(page, ("switchgear.jpg", encoded(blobs(320, 240), ".jpg")))
    found = metric(page, "Findings").inner_text()
    follow(page, "History", "History")
    shown = table(page, "Table of 1 saved")
    expect(shown).to_be_visible()
    assert cells(shown, "File") == ["switchgear.jpg"]
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "overheat_visitor"]
    assert cookie["value"] not in page.url

    # Another browser sees nothing, not even by the address of this page.
    stranger = new_page()
    open_page(stranger, page.url)
    expect(stranger.get_by_text("Nothing here yet")).to_be_visible()

    # The same browser finds it in a new tab.
    again = page.context.new_page()
    open_page(again, f"{saving_app.address}/history")
    shown = table(again, "Table of 1 saved")
    expect(shown).to_be_visible()
    select_row(shown, 0)
    settle(again)
    again.get_by_role("button", name="Equipment").click()
    field = again.get_by_role("combobox", name="Name of the equipment")
    field.click()
    field.press_sequentially("Pump <b>1</b>")
    field.press("Enter")
    settle(again)
    again.get_by_role("button", name="Save the name").click()
    settle(again)
    again.keyboard.press("Escape")
    again.get_by_test_id("stButton").get_by_text("Open", exact=True).click()
    expect(again.get_by_text("Equipment: Pump <b>1</b>.")).to_be_visible()
    assert metric(again, "Findings").inner_text() == found

    again.get_by_role("button", name="Delete").click()
    again.get_by_role("button", name="Delete for good").click()
    expect(again.get_by_text("Nothing here yet")).to_be_visible()
    assert list((tmp_path / "data" / "files").iterdir()) == []
    assert rows(table(page, "Table of 1 saved")) == 1  # the other tab learns of it when it is used next
    page.reload()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
