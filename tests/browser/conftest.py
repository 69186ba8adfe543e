"""The real app, served by a process of its own, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.server import Server, chromium
from tests.browser.steps import NewPage

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE_MS = 60_000
LAPTOP = {"width": 1400, "height": 950}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """This machine's Chromium."""
    path = chromium()
    if path is None:
        pytest.skip("neither chromium nor google-chrome is on the PATH")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens a page for a visitor of its own; in the end, none may have asked another machine for anything."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": LAPTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        return page

    yield make
    for context in contexts:
        context.close()
    elsewhere = {url for url in asked if urlsplit(url).hostname not in (None, "localhost", "127.0.0.1")}
    assert not elsewhere


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A visitor's empty browser page, as wide as a laptop's."""
    return new_page()


@pytest.fixture(scope="package")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers of these tests keep converted models, instead of in the user's own folder."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def fresh_app(browser: Browser, tmp_path: Path, cache: Path) -> Iterator[Server]:
    """The app as it is shipped, just started: nobody has visited it."""
    yield from _serving(Server(tmp_path, cache))


@pytest.fixture(scope="package")
def app(browser: Browser, tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Server]:
    """The app as it is shipped."""
    yield from _serving(Server(tmp_path_factory.mktemp("app"), cache))


@pytest.fixture(scope="package")
def tiny_app(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, cache: Path, tiny_weights: Path
) -> Iterator[Server]:
    """The app with the tiny model, which proposes many boxes in any picture, as its best.pt."""
    folder = tmp_path_factory.mktemp("tiny-app")
    weights = folder / "weights" / "best.pt"
    weights.parent.mkdir()
    weights.write_bytes(tiny_weights.read_bytes())
    yield from _serving(Server(folder, cache, weights))


def _serving(server: Server) -> Iterator[Server]:
    yield server
    server.stop()
    assert "Traceback" not in server.text()
