"""The app as a process of its own, started as people start it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.browser.serve_tiny import RAN
from tests.conftest import ROOT

_PATIENCE_S = 120


class Server:
    """A running app; its log tells what the network did."""

    def __init__(
        self, folder: Path, cache: Path, weights: Path | None = None, data: Path | None = None
    ) -> None:
        """Start the app and wait until it answers.

        Args:
            folder: where its log goes.
            cache: where it may keep converted models.
            weights: what it uses in place of the shipped ones.
            data: where it saves results, or None to save none.
        """
        self.log = folder / "log.txt"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://localhost:{port}"
        start = ["streamlit", "run", "streamlit_app.py"]
        if weights is not None:
            start = ["tests.browser.serve_tiny", str(weights)]
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *start, "--server.port", str(port)],
                cwd=ROOT,
                env={**os.environ, "OVERHEAT_CACHE": str(cache), "OVERHEAT_DATA": str(data or "")},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def text(self) -> str:
        """What the app has printed so far."""
        return self.log.read_text("utf-8", errors="replace")

    def runs(self) -> int:
        """How often a network has run; counted only when the server has weights of the tests."""
        return self.text().count(RAN)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"The app ended at its start:\n{self.text()}")
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"The app did not answer within {_PATIENCE_S} s:\n{self.text()}")


def chromium() -> str | None:
    """The path of this machine's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)
