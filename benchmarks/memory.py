"""Memory of the running app: for its pages, for further visitors, and after hundreds of pictures.

Run from the repository root; it takes about three minutes on two cores:

    python -m benchmarks.memory [--pictures 500] [--sessions 5]

The app is started as people start it. Visitors come over its websocket; for the camera, where Chromium is
installed, a real browser with a made-up camera comes too. Peaks are what the system counted as resident at
most since the start (VmHWM, Linux only), further growth is of what is resident at the end of each part.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import time
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.serving import ROOT, App, Visitor, renamed, served

_SAMPLES = ("joint.jpg", "panel.jpg", "motor.jpg", "yard.jpg")
_RADIOMETRIC = "joint_radiometric.tiff"
_CAMERA = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--no-sandbox",
    "--disable-gpu",
)
_AT_ONCE = 20
_PATIENCE_S = 120
_SAVED_S = 7.0  # results are saved in the background within some 5 s, and held until then


def samples() -> list[bytes]:
    """The bytes of the shipped pictures."""
    return [(ROOT / "samples" / name).read_bytes() for name in _SAMPLES]


def use_video(app: App) -> str:
    """Analyse the shipped clip on the video page."""
    clip = ROOT / "samples" / "yard_walk.mp4"
    with Visitor(app, "video", wanted="-") as visitor:
        visitor.upload((clip.name, clip.read_bytes()))
        visitor.press("Start")
        end = time.monotonic() + _PATIENCE_S
        while not visitor.has("button", "Start again"):
            if time.monotonic() > end:
                return " (the video did not end)"
            time.sleep(1)
            visitor.again()
    return ""


def use_camera(app: App, seconds: float = 8.0) -> str:
    """Look through a made-up camera in Chromium, or only open the page where there is none."""
    path = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    if path is None:
        Visitor(app, "camera").close()
        return " (page only: no Chromium here)"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_CAMERA))
        page = browser.new_context(permissions=["camera"]).new_page()
        page.goto(f"{app.address}/camera", timeout=120_000)
        page.frame_locator("iframe").first.get_by_role("button", name="Start").click(timeout=120_000)
        page.wait_for_timeout(1000 * seconds)
        browser.close()
    return ""


def growth_by_pictures(app: App, count: int) -> float:
    """MB that one visit of so many pictures leaves behind, each removed after it was seen.

    The first of every twenty, which is the one that is shown, has temperatures.
    """
    pictures, radiometric = samples(), (ROOT / "samples" / _RADIOMETRIC).read_bytes()
    with Visitor(app, "image") as visitor:
        before = 0.0
        for done in range(0, count, _AT_ONCE):
            files = [
                (f"{i}.jpg", renamed(pictures[i % len(pictures)], 10_000 + i))
                for i in range(done + 1, done + _AT_ONCE)
            ]
            visitor.upload((f"{done}.tiff", radiometric + f"{done:012d}".encode()), *files)
            visitor.press("Remove all pictures")
            if done == _AT_ONCE:  # two rounds fill what is bounded by count or bytes per picture size
                time.sleep(_SAVED_S)
                before = app.megabytes()
        time.sleep(_SAVED_S)
        return app.megabytes() - before


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--sessions", type=int, default=5)
    options = parser.parse_args()
    pictures = samples()

    def show(name: str, value: float, limit: str = "") -> None:
        print(f"| {name} | {value:.1f} | {limit} |", flush=True)

    print(f"{describe()}\n\n| memory of the app | measured | at most |\n|---|---|---|", flush=True)
    with served() as app, contextlib.ExitStack() as visitors:
        show("started, nobody there, MB", app.megabytes(), "")
        first = visitors.enter_context(Visitor(app, "image"))
        for i, data in enumerate(pictures):
            first.upload((f"{i}.jpg", renamed(data, i)))
        show("peak serving the image page, MB", app.peak_megabytes(), "400")
        before = app.megabytes()
        for session in range(options.sessions):
            visitor = visitors.enter_context(Visitor(app, "image"))
            visitor.upload(("a.jpg", renamed(pictures[session % len(pictures)], 100 + session)))
        show("a further session, MB", (app.megabytes() - before) / options.sessions, "20")
        grown = growth_by_pictures(app, options.pictures)
        show(f"growth after {options.pictures} pictures, MB", grown, "5")
        show("torch in the app (1: yes)", float(has_torch(app)), "0")
    with served() as app:
        with Visitor(app, "image") as visitor:
            visitor.upload(("a.jpg", pictures[0]))
        words = use_video(app) + use_camera(app)
        show(f"peak of image, video and camera{words}, MB", app.peak_megabytes(), "550")


def has_torch(app: App) -> bool:
    """Whether the app has loaded torch's library."""
    return "libtorch" in Path(f"/proc/{app.process.pid}/maps").read_text("utf-8", errors="replace")


if __name__ == "__main__":
    main()
