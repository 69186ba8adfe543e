"""From an upload to the annotated picture in the running app, against Ultralytics' own Streamlit app.

Run from the repository root; it takes about three minutes on two cores:

    python -m benchmarks.app [--rounds 6]

Both apps run at once, each in a process of its own, with the same weights, pictures and image size (640);
one visitor of each takes turns over the websocket, pictures included. Ultralytics' app is
`ultralytics.solutions.Inference` with "image" as its source: a visitor uploads and presses Start, and after a
slider has moved the result is gone until Start is pressed again, so both steps count. Medians; the starts are
of an interpreter that reads one picture, finds what is in it and ends, the better of three.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.machine import describe
from benchmarks.memory import samples
from benchmarks.serving import ROOT, App, Visitor, renamed, served
from inspection.detector import DEFAULT_WEIGHTS

_THEIRS = """
import custom_layers
from ultralytics.solutions import Inference
Inference(model={weights!r}, imgsz=640).inference()
"""
_START_OURS = """
from inspection.detector import Detector
from inspection.reading import read_picture
from pathlib import Path
picture = read_picture(Path({picture!r}).read_bytes(), "a.jpg").picture
print(len(Detector.load({weights!r}).detect(picture)))
"""
_START_THEIRS = """
from custom_layers import YOLO
print(len(YOLO({weights!r}).predict({picture!r}, verbose=False, device="cpu")[0].boxes))
"""


class Ours:
    """A visitor of our image page."""

    def __init__(self, app: App) -> None:
        self._visitor = Visitor(app, "image")
        self._visitor.slide("Image size", 640)
        self._conf = 0

    def upload(self, data: bytes) -> float:
        """Seconds until the annotated picture is there."""
        if self._conf:
            self._visitor.press("Remove all pictures")
        answer = self._visitor.upload(("a.jpg", data))
        assert answer.picture_seconds is not None, answer.texts
        return answer.picture_seconds

    def slide(self) -> float:
        """Seconds until the picture has followed the slider."""
        self._conf += 1
        answer = self._visitor.slide("Confidence", 0.2 + 0.01 * (self._conf % 20))
        assert answer.picture_seconds is not None, answer.texts
        return answer.picture_seconds


class Theirs:
    """A visitor of Ultralytics' app."""

    def __init__(self, app: App) -> None:
        self._visitor = Visitor(app, wanted="Predicted Image")
        self._visitor.choose("Source", "image")
        self._conf = 0

    def upload(self, data: bytes) -> float:
        """Seconds of the upload and of Start."""
        uploaded = self._visitor.upload(("a.jpg", data))
        return uploaded.seconds + self._start()

    def slide(self) -> float:
        """Seconds of the slider and of Start."""
        self._conf += 1
        moved = self._visitor.slide("Confidence Threshold", 0.2 + 0.01 * (self._conf % 20))
        return moved.seconds + self._start()

    def _start(self) -> float:
        answer = self._visitor.press("Start")
        assert answer.picture_seconds is not None, answer.texts
        return answer.picture_seconds


def start_seconds(program: str, picture: Path) -> float:
    """Seconds of an interpreter from its start to its end, the better of three."""
    code = program.format(picture=str(picture), weights=str(DEFAULT_WEIGHTS))
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - start)
    return min(spent)


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args()
    pictures = samples()
    spent: dict[tuple[str, str], list[float]] = {}
    with TemporaryDirectory() as folder, ExitStack() as apps:
        script = Path(folder) / "theirs.py"
        script.write_text(_THEIRS.format(weights=str(DEFAULT_WEIGHTS)))
        visitors: dict[str, Ours | Theirs] = {
            "ours": Ours(apps.enter_context(served())),
            "theirs": Theirs(apps.enter_context(served(script, folder=Path(folder)))),
        }
        for turn in range(options.rounds + 1):
            for name, visitor in visitors.items():
                times = visitor.upload(renamed(pictures[turn % len(pictures)], turn)), visitor.slide()
                if turn:  # the first is for warming up
                    for what, seconds in zip(("upload", "slider"), times, strict=True):
                        spent.setdefault((what, name), []).append(seconds)
        still = Path(folder) / "a.jpg"
        still.write_bytes(pictures[0])
        for name, program in (("ours", _START_OURS), ("theirs", _START_THEIRS)):
            spent["start", name] = [start_seconds(program, still)]
    print(f"{describe()}\n{options.rounds} rounds\n")
    print("| image size 640 | this app, s | Ultralytics, s | times as fast | wanted |\n|---|---|---|---|---|")
    rows = {
        "upload": ("upload to annotated picture", "3"),
        "slider": ("slider's move to annotated picture", "20"),
        "start": ("interpreter start to first result", "3"),
    }
    for what, (words, wanted) in rows.items():
        ours, theirs = (statistics.median(spent[what, name]) for name in ("ours", "theirs"))
        print(f"| {words} | {ours:.3f} | {theirs:.3f} | {theirs / ours:.1f} | {wanted} |")


if __name__ == "__main__":
    main()
