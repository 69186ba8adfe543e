"""What people do on the pages and what they read there, in the words of the tests."""

from __future__ import annotations

import json
import re
import string
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from inspection.locale.sources import messages
from inspection.texts import translate
from tests.conftest import ROOT

PAGES = ["/", *(f"/{file.stem}" for file in sorted((ROOT / "pages").glob("*.py")))]
_PATIENCE_S = 5.0
_CONVERTING_MS = 240_000
"""For the first page of all, which converts a model: a minute or more on a machine with other work."""

SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'

SHIPPED: dict[str, Any] = json.loads((ROOT / "weights" / "training.json").read_text("utf-8"))["recommended"]
"""What the shipped weights start with: conf, imgsz."""

File = tuple[str, bytes]
NewPage = Callable[..., Page]


def open_page(page: Page, url: str) -> None:
    """Open an address and wait until its page is there."""
    page.goto(url)
    expect(page.locator("h1")).to_be_visible(timeout=_CONVERTING_MS)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script is not running, and see that nothing went wrong in it."""
    expect(page.locator(SETTLED)).to_be_attached()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    text = page.locator("body").inner_text()
    assert "Traceback" not in text and "Exception" not in text


def follow(page: Page, label: str, heading: str) -> None:
    """Go to another page by its link in the sidebar."""
    page.get_by_test_id("stSidebar").get_by_role("link", name=label).click()
    expect(page.locator("h1")).to_have_text(heading)
    settle(page)


def upload(page: Page, *files: File) -> None:
    """Drop files on the page's drop zone."""
    chosen = [
        FilePayload(name=name, mimeType="application/octet-stream", buffer=data) for name, data in files
    ]
    page.locator('input[type="file"]:not([webkitdirectory])').first.set_input_files(chosen)


def upload_pictures(page: Page, *files: File) -> None:
    """Drop pictures and wait for what was found in them."""
    upload(page, *files)
    expect(page.get_by_role("heading", name="Take it home")).to_be_visible()
    settle(page)


def slider(page: Page, label: str) -> Locator:
    """The handle of a slider in the sidebar."""
    return page.get_by_test_id("stSidebar").get_by_role("slider", name=label)


def metric(page: Page, label: str) -> Locator:
    """The value of one of the large figures."""
    boxes = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return boxes.get_by_test_id("stMetricValue")


def picture(page: Page, caption: str) -> Locator:
    """The image above a caption."""
    frames = page.get_by_test_id("stImage").filter(has=page.get_by_text(caption, exact=True))
    return frames.locator("img")


def table(page: Page, label: str) -> Locator:
    """A table by the beginning of what a screen reader says of it."""
    return page.locator(f'[data-testid="stDataFrame"]:has([aria-label^="{label}"])')


def rows(shown: Locator) -> int:
    """How many rows a table has, those scrolled away included."""
    return int(shown.locator('[role="grid"]').get_attribute("aria-rowcount") or 1) - 1


def cells(shown: Locator, title: str) -> list[str]:
    """A column's values in view; the table is a canvas with a hidden copy for screen readers."""
    headings = shown.locator('[role="columnheader"]')
    column = headings.get_by_text(title, exact=True).get_attribute("aria-colindex")
    return shown.locator(f'td[aria-colindex="{column}"]').all_text_contents()


SUMMARY_ROW_PX = 44
"""Of the table of files, whose rows hold a small picture."""


def select_row(shown: Locator, index: int, row_px: int = 35) -> None:
    """Tick the box in front of a row, counted from 0."""
    header_px = 35
    shown.scroll_into_view_if_needed()
    shown.click(position={"x": 16, "y": header_px + row_px * (index + 0.5)})


def download(page: Page, label: str, folder: Path, pressed_ms: float = 0) -> Path:
    """Press a download button, for so long, and keep the file."""
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").get_by_text(label, exact=True).click(delay=pressed_ms)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def downloaded_json(page: Page, folder: Path) -> list[dict[str, Any]]:
    """What the JSON download says of every file."""
    return json.loads(download(page, "JSON", folder).read_text("utf-8"))


_SAID = """() => {
    const kinds = 'h1, h2, h3, p, li, label, button, summary, th, td, span, text, [aria-label], [title], '
        + '[placeholder], [alt]'
    const said = e => [e.innerText || e.textContent,
        ...['aria-label', 'title', 'placeholder', 'alt'].map(name => e.getAttribute(name))]
    const all = [...document.querySelectorAll(kinds)].filter(e => !e.closest('script, style, .vega-embed'))
        .flatMap(said)
    const icons = [...document.querySelectorAll('[data-testid=stIconMaterial], [translate=no]')]
    return [all.filter(words => words), icons.map(e => e.textContent)]
}"""
"""What a page shows and what a screen reader says of it; and the names of the icons among it."""


def english_left(page: Page, language: str) -> set[str]:
    """What is left in English on a page, a moment after it settled, as Streamlit's words are changed then."""
    deadline = time.monotonic() + _PATIENCE_S
    while (left := _english_left(page, language)) and time.monotonic() < deadline:
        page.wait_for_timeout(300)
    return left


def _english_left(page: Page, language: str) -> set[str]:
    """Lines of a page in another language that are English: ours, or Streamlit's that we know."""
    said, icons = page.evaluate(_SAID)
    lines = {line.strip() for words in said for line in words.splitlines()}
    keys, allowed = _english(language)
    return {line for line in lines - allowed - set(icons) if keys.search(line)}


@cache
def _english(language: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Finds whole English sentences, or long ones within a line; and what may look like one."""
    whole, within, same = [], [], set()
    for message in messages():
        translated = translate(message.template, language)
        same.add(translated)
        for template in filter(None, (message.template, message.plural)):
            parts = list(string.Formatter().parse(template))
            letters = len(re.findall("[A-Za-z]", "".join(part[0] for part in parts)))
            # "{a} for {b}" fits much that is not ours.
            if template == translated or letters < (3 if parts[0][0] else 12):
                continue
            pattern = "".join(
                re.escape(words) + (".+?" if field is not None else "") for words, field, _, _ in parts
            )
            whole.append(pattern)
            if len(parts) == 1 and template.count(" ") > 2:
                within.append(pattern)
    return re.compile(f"^(?:{'|'.join(whole)})$|{'|'.join(within)}"), frozenset(same)
