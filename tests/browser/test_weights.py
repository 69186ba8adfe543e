"""Weights of one's own: used, private, and never instead of something that works."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server
from tests.browser.steps import NewPage, follow, metric, open_page, picture, settle, upload, upload_pictures
from tests.conftest import blobs, encoded


def weights(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Weights")


def test_own_weights_bring_their_own_classes_and_stay_private(
    tiny_app: Server, new_page: NewPage, foreign_weights: Path
) -> None:
    mine = new_page()
    open_page(mine, f"{tiny_app.address}/models")
    upload(mine, ("mine.pt", foreign_weights.read_bytes()))
    expect(mine.get_by_text("is loaded and in use")).to_be_visible()
    settle(mine)
    expect(weights(mine)).to_have_value(re.compile(r"mine\.pt"))
    expect(metric(mine, "Classes")).to_have_text("3")
    expect(mine.get_by_role("button", name="Remove изолятор")).to_be_visible()
    follow(mine, "Image", "Image")
    upload_pictures(mine, ("a.jpg", encoded(blobs(), ".jpg")))
    expect(mine.get_by_role("button", name="Remove изолятор")).to_be_visible()
    expect(picture(mine, "Findings")).to_be_visible()

    theirs = new_page()
    open_page(theirs, mine.url)
    expect(weights(theirs)).to_have_value("best.pt")
    weights(theirs).click()
    expect(theirs.get_by_role("option")).to_have_count(1)


def test_bad_checkpoints_get_a_sentence_and_change_nothing(
    tiny_app: Server, page: Page, foreign_weights: Path
) -> None:
    open_page(page, f"{tiny_app.address}/models")
    size = metric(page, "Size").inner_text()
    whole = foreign_weights.read_bytes()
    for name, data in {"cut.pt": whole[: len(whole) // 2], "empty.pt": b"", "text.pt": b"no weights"}.items():
        upload(page, (name, data))
        sentence = page.get_by_test_id("stAlertContentError").filter(has_text=name)
        expect(sentence).to_contain_text("best.pt stays in use")
        settle(page)
        expect(weights(page)).to_have_value("best.pt")
        expect(metric(page, "Size")).to_have_text(size)
