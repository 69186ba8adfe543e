"""Phones, dark and light: everything stays in view and readable."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.steps import PAGES, NewPage, open_page, picture, upload_pictures
from tests.conftest import blobs, encoded

PHONE = {"width": 390, "height": 844}
_WIDTHS = "[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth]"
_COLOURS = """() => {
    const page = getComputedStyle(document.querySelector('[data-testid=stApp]'))
    return [page.color, page.backgroundColor].map(colour => colour.match(/[0-9.]+/g).slice(0, 3).map(Number))
}"""


def check_phone(page: Page) -> None:
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    expect(page.locator("h1")).to_be_in_viewport()
    assert max(page.evaluate(_WIDTHS)) <= PHONE["width"]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_sticks_out_on_a_phone(app: Server, new_page: NewPage, path: str) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    open_page(page, app.address + path)
    check_phone(page)


def test_a_result_fits_on_a_phone(tiny_app: Server, new_page: NewPage) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    open_page(page, f"{tiny_app.address}/image")
    upload_pictures(page, *((f"{seed}.jpg", encoded(blobs(seed=seed), ".jpg")) for seed in range(2)))
    check_phone(page)
    box = picture(page, "Findings").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_role("slider", name=re.compile("Confidence"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_are_readable(app: Server, new_page: NewPage, scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    open_page(page, app.address)
    text, ground = page.evaluate(_COLOURS)
    assert (sum(ground) > sum(text)) == (scheme == "light")
    assert contrast(text, ground) > 7  # WCAG 2.1, success criterion 1.4.6


def contrast(first: list[float], second: list[float]) -> float:
    """Contrast ratio of two sRGB colours, 0..255, as WCAG 2.1 defines it."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
