"""Screen reader and keyboard: axe-core finds nothing serious on any page, and Tab goes through in order."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.steps import PAGES, NewPage, open_page, settle

_RULES = {"resultTypes": ["violations"], "iframes": False}
"""Other frames are other projects' components, whose insides are not ours."""

_IS_DARK = (
    "Number(getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/[0-9]+/)[0]) < 100"
)


_WHITE_ON_ORANGE = "foreground color: #ffffff, background color: #dc6a29"
"""Streamlit writes white on the primary colour whatever it is. In the dark theme no orange is far enough from
white and, as the colour of what is chosen, from the dark ground as well: this one has 3.4 and 4.5."""


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, one line an element."""
    found: list[dict[str, Any]] = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
        if _WHITE_ON_ORANGE not in node.get("failureSummary", "")
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
    page.wait_for_function(_IS_DARK)
    assert serious(page) == []


def test_tab_goes_through_the_page_in_order(app: Server, page: Page) -> None:
    open_page(page, f"{app.address}/image")
    bar, main = page.get_by_test_id("stSidebar"), page.get_by_test_id("stMain")
    for there in (  # whoever tabs before all is drawn starts again at the top once the rest comes
        bar.get_by_role("link", name="Start"),
        bar.get_by_label("IoU").first,
        bar.get_by_text("Weights").first,
        bar.get_by_text("Emissivity").first,
        bar.get_by_role("combobox", name="Language"),
        main.get_by_test_id("stFileUploader").first,
        main.get_by_text("Panel", exact=True),
    ):
        expect(there).to_be_attached()
    settle(page)
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


def test_streamlits_own_words_follow_the_chosen_language(app: Server, new_page: NewPage) -> None:
    page = new_page(locale="zh-CN")
    open_page(page, f"{app.address}/models")
    drop, html = page.get_by_test_id("stFileUploader").first, page.locator("html")
    expect(drop).to_contain_text("每个文件最大 100 MB")
    expect(html).to_have_attribute("lang", "zh-Hans")
    for label, language, words in (("语言", "Română", "100 MB per fișier"), ("Limbă", "English", "Upload")):
        choice = page.get_by_test_id("stSidebar").get_by_role("combobox", name=label)
        choice.scroll_into_view_if_needed()
        page.wait_for_timeout(800)  # a list that opens while the sidebar still scrolls closes again
        settle(page)
        choice.click()
        page.get_by_role("option", name=language).click()
        expect(drop).to_contain_text(words)
    expect(html).to_have_attribute("lang", "en")
