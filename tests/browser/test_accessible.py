"""Screen reader and keyboard: axe-core finds nothing serious on any page, and Tab goes through in order."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.server import Server
from tests.browser.steps import PAGES, NewPage, open_page, settle

_RULES = {"resultTypes": ["violations"], "iframes": False}
"""Other frames are other projects' components, whose insides are not ours."""


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, one line an element."""
    found: list[dict[str, Any]] = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES)
def test_no_serious_findings_in_either_theme(app: Server, new_page: NewPage, path: str) -> None:
    page = new_page(color_scheme="light")
    open_page(page, f"{app.address}{path}")
    if path == "/image":
        page.get_by_test_id("stMain").get_by_text("Panel", exact=True).click()
        page.get_by_role("heading", name="Take it home").wait_for()
        settle(page)
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).backgroundColor < 'rgb(1'")
    assert serious(page) == []


def test_tab_goes_through_the_page_in_order(app: Server, page: Page) -> None:
    open_page(page, f"{app.address}/image")
    page.locator("body").focus()
    names: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "() => { const e = document.activeElement;"
                " return e.getAttribute('aria-label') || e.innerText || e.id || e.tagName }"
            ).strip()
        )
    wanted = ["Start", "Image", "Confidence", "IoU", "Weights", "Emissivity", "Language", "Upload", "Panel"]
    places = [next((i for i, name in enumerate(names) if wish in name), -1) for wish in wanted]
    assert -1 not in places, (wanted, names)
    assert places == sorted(places), names
