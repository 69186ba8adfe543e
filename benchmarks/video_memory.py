"""The app's memory while it works on a long video, and after its browser tab was closed.

Run from the repository root, with Chromium and the packages of requirements-dev.txt:

    python -m benchmarks.video_memory [--minutes 10]

The app is started as people start it. In Chromium, a clip of 640x480 at 10 frames a second is uploaded and
worked on at image size 320, the size that costs least; memory is the server's resident set, looked at twice a
second. Then the work is started once more and the tab closed in the middle of it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.machine import describe
from benchmarks.video import make_clip
from tests.browser.server import Server, chromium

RATE, SECOND_MS = 10, 1000
_FOLDERS = "overheat-video-*"


def long_clip(path: Path, minutes: float) -> Path:
    """A short clip's packets again and again, as many minutes long."""
    short = make_clip(path.with_name("short.mp4"), frames=190)
    with av.open(str(short)) as source, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        packets = [bytes(packet) for packet in source.demux(video=0) if packet.size]
        for number in range(round(minutes * 60 * RATE)):
            packet = av.Packet(packets[number % len(packets)])
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = number
            packet.duration, packet.is_keyframe = 1, number % len(packets) == 0
            out.mux(packet)
    return path


class Watch:
    """Samples of a process's memory in MB."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.samples: list[float] = []

    def now(self) -> float:
        """Resident set, MB."""
        return self._process.memory_info().rss / 2**20

    def until(self, done: Callable[[], bool]) -> None:
        """Look twice a second."""
        while not done():
            self.samples.append(self.now())
            time.sleep(0.5)

    def mean(self, begin: float, end: float) -> float:
        """Of a part of the samples, from and to a share of them."""
        n = len(self.samples)
        return float(np.mean(self.samples[int(begin * n) : max(int(end * n), int(begin * n) + 1)]))


def upload_and_start(page: Page, address: str, clip: Path) -> None:
    """Up to the moment at which the work has begun."""
    page.goto(f"{address}/video?imgsz=320")
    page.locator('input[type="file"]').set_input_files(clip)
    expect(page.get_by_text("Will take about")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()


def seconds_until_quiet(process: psutil.Process, files: set[Path]) -> float:
    """From now until these folders are gone and a second takes less than a tenth of a core."""
    start = time.monotonic()
    while time.monotonic() - start < 60:
        spent = sum(process.cpu_times()[:2])
        time.sleep(1)
        if not _folders() & files and sum(process.cpu_times()[:2]) - spent < 0.1:
            break
    return time.monotonic() - start


def _folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(_FOLDERS))


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    expect.set_options(timeout=300 * SECOND_MS)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        os.environ["TMPDIR"], tempfile.tempdir = temporary, None  # away from what other programs leave there
        clip = long_clip(folder / "long.mp4", options.minutes)
        server = Server(folder, folder / "cache")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            process = psutil.Process(server.pid)
            watch = Watch(process)
            page = browser.new_page()
            page.set_default_timeout(300 * SECOND_MS)
            page.goto(server.address)
            page.get_by_role("link", name="Video").first.click()
            expect(page.get_by_text("Drop a video here")).to_be_visible()
            time.sleep(2)
            app = watch.now()
            start = time.monotonic()
            upload_and_start(page, server.address, clip)
            ready = page.get_by_role("heading", name="Take it home")
            watch.until(ready.is_visible)
            took = time.monotonic() - start
            page.close()
            earlier = _folders()
            again = browser.new_page()
            again.set_default_timeout(300 * SECOND_MS)
            upload_and_start(again, server.address, clip)
            time.sleep(5)
            working = watch.now()
            files = _folders() - earlier
            again.close()
            quiet = seconds_until_quiet(process, files)
            closed = watch.now()
        finally:
            browser.close()
            server.stop()
    print(f"{describe()}\n{options.minutes:g} minutes, {took:.0f} s from upload to result\n")
    print("| memory of the app | MB | above the app |\n|---|---|---|")
    rows = {
        "start page and empty video page": app,
        "highest at work": max(watch.samples),
        "mean of the second tenth of the work": watch.mean(0.1, 0.2),
        "mean of the last tenth of the work": watch.mean(0.9, 1.0),
        "before the tab is closed": working,
        "after the tab was closed": closed,
    }
    for name, megabytes in rows.items():
        print(f"| {name} | {megabytes:.0f} | {megabytes - app:.0f} |")
    print(f"\nThe work and its files were gone {quiet:.0f} s after the tab was closed.")


if __name__ == "__main__":
    main()
