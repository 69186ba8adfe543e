"""Thresholds live in the address: a link carries them, and going to another page keeps them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.steps import (
    SHIPPED,
    NewPage,
    cells,
    follow,
    metric,
    open_page,
    settle,
    slider,
    table,
    upload_pictures,
)
from tests.conftest import blobs, encoded


def settings_in(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def move(page: Page, label: str, key: str, value: str) -> None:
    slider(page, label).focus()
    page.keyboard.press(key)
    expect(slider(page, label)).to_have_value(value)


def test_a_link_carries_the_thresholds_to_somebody_else(app: Server, new_page: NewPage) -> None:
    mine = new_page()
    open_page(mine, f"{app.address}/image")
    conf, imgsz = f"{SHIPPED['conf'] + 0.01:g}", str(SHIPPED["imgsz"] + 32)
    move(mine, "Confidence", "ArrowRight", conf)
    move(mine, "IoU", "ArrowLeft", "0.69")
    move(mine, "Image size", "ArrowRight", imgsz)
    mine.get_by_role("button", name="Remove dog").click()
    mine.wait_for_url(lambda url: "classes=" in url and "imgsz=" in url and "conf=" in url)
    settle(mine)
    carried = settings_in(mine)
    assert carried["conf"] == [conf] and carried["iou"] == ["0.69"] and carried["imgsz"] == [imgsz]
    theirs = new_page()
    open_page(theirs, mine.url)
    expect(slider(theirs, "Confidence")).to_have_value(conf)
    expect(slider(theirs, "IoU")).to_have_value("0.69")
    expect(slider(theirs, "Image size")).to_have_value(imgsz)
    expect(theirs.get_by_role("button", name="Remove cat")).to_be_visible()
    expect(theirs.get_by_role("button", name="Remove dog")).to_have_count(0)


def test_thresholds_stay_while_going_from_page_to_page(app: Server, page: Page) -> None:
    open_page(page, f"{app.address}/image?conf=0.4")
    expect(slider(page, "Confidence")).to_have_value("0.4")
    move(page, "Confidence", "ArrowRight", "0.41")
    page.wait_for_url("**conf=0.41**")
    for label, heading in (("Models", "Models"), ("Start", "Overheat Inspector"), ("Image", "Image")):
        follow(page, label, heading)
        expect(slider(page, "Confidence")).to_have_value("0.41")
        assert settings_in(page)["conf"] == ["0.41"]


def test_visitors_do_not_move_each_others_sliders(tiny_app: Server, new_page: NewPage) -> None:
    pages = {conf: new_page() for conf in (0.25, 0.6)}
    for conf, page in pages.items():
        open_page(page, f"{tiny_app.address}/image?conf={conf}")
        upload_pictures(page, ("a.jpg", encoded(blobs(), ".jpg")))
    for conf, page in pages.items():
        assert min(float(value) for value in cells(table(page, "Table of"), "Confidence")) >= conf
    many, few = (int(metric(page, "Findings").inner_text()) for page in pages.values())
    assert 0 < few < many


def test_nonsense_in_the_address_does_no_harm(app: Server, page: Page) -> None:
    open_page(page, f"{app.address}/image?conf=7&iou=abc&imgsz=-1&classes=none&weights=../../etc/passwd")
    expect(slider(page, "Confidence")).to_be_visible()
    expect(page.get_by_role("combobox", name="Weights")).to_have_value("best.pt")
