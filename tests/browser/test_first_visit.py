"""Pages stand alone: each one is the first page that anybody opens after a start."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.steps import PAGES, SHIPPED, open_page, picture, slider, upload_pictures
from tests.conftest import ROOT, blobs, encoded

with_samples = pytest.mark.skipif(not list(ROOT.glob("samples/*.jpg")), reason="there are no samples")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_works_when_it_is_the_first_one_opened(fresh_app: Server, page: Page, path: str) -> None:
    open_page(page, fresh_app.address + path)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_role("link")).to_have_count(len(PAGES))
    expect(slider(page, "Confidence")).to_have_value(f"{SHIPPED['conf']:g}")
    expect(slider(page, "IoU")).to_have_value("0.7")
    expect(sidebar.get_by_role("combobox", name="Weights")).to_have_value("best.pt")
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    if path == "/image":
        upload_pictures(page, ("a.jpg", encoded(blobs(), ".jpg")))
        expect(picture(page, "Original")).to_be_visible()


@with_samples
def test_the_start_page_shows_a_sample_with_its_findings_without_a_click(app: Server, page: Page) -> None:
    open_page(page, app.address)
    annotated = page.get_by_test_id("stImage").locator("img").first
    expect(annotated).to_be_visible()
    expect(annotated).to_have_attribute("alt", re.compile(r"with boxes around \d"))
    expect(page.get_by_role("heading", name=re.compile(r"[1-9]\d* found"))).to_be_visible()
    for shown in page.get_by_test_id("stImage").locator("img").all():
        assert shown.get_attribute("alt")
        assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


@with_samples
def test_the_start_page_leads_to_every_page(app: Server, page: Page) -> None:
    open_page(page, app.address)
    for path in PAGES[1:]:
        link = page.get_by_test_id("stMain").locator(f'a[href="{path.strip("/")}"]')
        expect(link.first).to_be_visible()


@with_samples
def test_a_sample_is_analysed_at_a_click(app: Server, page: Page) -> None:
    open_page(page, f"{app.address}/image")
    page.get_by_test_id("stMain").get_by_test_id("stButtonGroup").get_by_text("Panel", exact=True).click()
    expect(picture(page, "Findings")).to_have_attribute("alt", re.compile(r"panel.* with boxes around \d"))
