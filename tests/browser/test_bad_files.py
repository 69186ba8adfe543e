"""Whatever is dropped on the page, each file gets a result or one sentence, and the others come out."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.steps import downloaded_json, open_page, picture, settle, table, upload_pictures
from tests.conftest import blobs, encoded

GOOD = encoded(blobs(), ".jpg")


def saved(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **options)
    return buffer.getvalue()


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size in its header."""
    at = jpeg.index(b"\xff\xc0")
    return jpeg[: at + 5] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 9 :]


def turned(image: Image.Image) -> bytes:
    """A JPEG that says it must be turned by a quarter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(image, format="JPEG", exif=exif)


def readable() -> dict[str, bytes]:
    """Unusual pictures, each of which gives a result."""
    image = Image.fromarray(blobs())
    frames = [Image.fromarray(blobs(64, 48, seed)) for seed in range(3)]
    sixteen = (blobs()[..., 0].astype(np.uint16) << 8) + 7
    return {
        "one pixel.png": encoded(np.zeros((1, 1, 3), np.uint8)),
        "sixteen bits.png": cv2.imencode(".png", sixteen)[1].tobytes(),
        "four inks.jpg": saved(image.convert("CMYK"), format="JPEG"),
        "see-through.png": saved(image.convert("RGBA"), format="PNG"),
        "black and white.png": saved(image.convert("1"), format="PNG"),
        "palette.png": saved(image.convert("P"), format="PNG"),
        "moving.gif": saved(frames[0], format="GIF", save_all=True, append_images=frames[1:]),
        "turned.jpg": turned(image),
        "web.webp": saved(image, format="WEBP"),
        "sheet.tiff": saved(image, format="TIFF"),
        "plain.bmp": encoded(blobs(), ".bmp"),
        "\"quotes' 🔥 **bold** [a](b) $x$ <b>.jpg": GOOD,
        "=1+1.jpg": GOOD,
        f"{'long' * 75}.jpg": GOOD,
        "same.jpg": GOOD,
    }


def unreadable() -> dict[str, tuple[bytes, str]]:
    """Files that are no pictures, and a word of the sentence each must get."""
    return {
        "empty.jpg": (b"", "is empty"),
        "text.jpg": (b"This is not a picture.", "text file"),
        "cut.jpg": (GOOD[: len(GOOD) // 2], "incomplete"),
        "huge.jpg": (with_size(GOOD, 10_000, 6_000), "60 megapixels"),
        "bomb.png": (encoded(np.zeros((8, 8), np.uint8))[:16] + b"\0\1\0\0\0\1\0\0", "not a picture"),
        "film.gif": (b"\0\0\0\x20ftypmp42" + bytes(64), "video"),
        "noise [x](y).png": (bytes(range(256)) * 8, "damaged"),
    }


def test_every_file_gets_a_result_or_a_sentence(tiny_app: Server, page: Page, tmp_path: Path) -> None:
    good, bad = readable(), unreadable()
    files = [*good.items(), *((name, data) for name, (data, _) in bad.items())]
    files.append(("same.jpg", encoded(blobs(seed=5), ".jpg")))
    open_page(page, f"{tiny_app.address}/image?imgsz=320")
    upload_pictures(page, *files)
    # The table fills while the files are worked on.
    grid = table(page, f"Table of {len(files)} files").locator('[role="grid"]')
    expect(grid).to_have_attribute("aria-rowcount", str(len(files) + 1))
    settle(page)

    said = downloaded_json(page, tmp_path)
    # Browsers send a double quote in a name as %22; the page gives the name back as it was.
    assert [entry["file"] for entry in said] == [name for name, _ in files]
    errors = {entry["file"]: entry["error"] for entry in said}
    assert [name for name in errors if errors[name]] == list(bad)
    for name, (_, word) in bad.items():
        assert word in errors[name] and name in errors[name]
    sizes = {entry["file"]: (entry["width"], entry["height"]) for entry in said}
    assert sizes["one pixel.png"] == (1, 1) and sizes["turned.jpg"] == (120, 160)
    assert sum(bool(entry["detections"]) for entry in said) > 10


def test_each_unreadable_file_has_its_sentence_on_the_page(tiny_app: Server, page: Page) -> None:
    bad = unreadable()
    open_page(page, f"{tiny_app.address}/image?imgsz=320")
    upload_pictures(page, *((name, data) for name, (data, _) in bad.items()), ("good.jpg", GOOD))
    expect(picture(page, "Original")).to_have_attribute("alt", re.compile(r"good\.jpg"))
    for name, (_, word) in bad.items():
        page.get_by_role("button", name="Next").click()
        sentence = page.get_by_test_id("stAlertContentError")
        expect(sentence).to_contain_text(name)
        expect(sentence).to_contain_text(word)
        settle(page)
    page.get_by_role("button", name="Next").click()
    expect(picture(page, "Original")).to_have_attribute("alt", re.compile(r"good\.jpg"))


def test_a_file_name_is_shown_as_it_is(tiny_app: Server, page: Page) -> None:
    name = "**x** [a](b) $c$ <b> `d` :fire: 🔥.jpg"
    open_page(page, f"{tiny_app.address}/image?imgsz=320")
    upload_pictures(page, (name, GOOD))
    expect(page.get_by_test_id("stMain").get_by_text(name, exact=True)).to_be_visible()
    assert name in (picture(page, "Original").get_attribute("alt") or "")
