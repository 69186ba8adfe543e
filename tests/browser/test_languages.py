"""Every page in Chinese and Romanian says so and has nothing left in English, which the other tests read."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from inspection.texts import translate
from tests.browser.server import Server
from tests.browser.steps import NewPage, english_left, open_page, settle
from ui.sidebar import _PAGES


@pytest.mark.parametrize(("language", "locale", "html"), [("zh", "zh-CN", "zh-Hans"), ("ro", "ro-RO", "ro")])
def test_every_page_is_in_the_browsers_language(
    app: Server, new_page: NewPage, language: str, locale: str, html: str
) -> None:
    page = new_page(locale=locale)
    open_page(page, app.address)
    for path, label, _ in _PAGES:
        title = translate(label, language)
        expect(page.get_by_test_id("stSidebar").get_by_role("link", name=title, exact=True)).to_be_visible()
        open_page(page, f"{app.address}/{'' if path == 'streamlit_app.py' else Path(path).stem}")
        expect(page.locator("h1")).to_have_text("Overheat Inspector" if path == "streamlit_app.py" else title)
        settle(page)
        if path == "pages/image.py":
            page.get_by_test_id("stMain").get_by_text(translate("Fuse in °C", language), exact=True).click()
            page.get_by_role("heading", name=translate("Take it home", language)).wait_for()
            settle(page)
        expect(page.locator("html")).to_have_attribute("lang", html)
        assert english_left(page, language) == set(), title
