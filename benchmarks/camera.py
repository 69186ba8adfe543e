"""The camera's frames per second and the age of its pictures, against the engine alone.

Run from the repository root; it takes a minute:

    python -m benchmarks.camera [seconds a turn] [turns]

Turns alternate, so that other work on the machine meets both; the medians are compared. The engine alone has
its input ready in memory; the camera reads every frame, prepares it, measures, grades and draws.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe
from inspection.detector import Detector
from inspection.engine import FASTEST
from inspection.letterbox import letterbox
from inspection.live import LiveSettings, LiveWorker
from inspection.settings import RunSettings

IMGSZ = 640
_WAIT_S = 0.004  # some 240 frames a second come in, more than any engine takes
_SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "yard.jpg"


def engine_alone(detector: Detector, batch: NDArray[np.uint8], seconds: float) -> float:
    """Frames per second of the bare engine call."""
    start, runs = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        detector.engine.infer(batch, RunSettings.conf)
        runs += 1
    return runs / (time.perf_counter() - start)


def camera(detector: Detector, planes: NDArray[np.uint8], seconds: float) -> tuple[float, float]:
    """Frames per second drawn, and the median age in s of a picture when it is drawn."""
    worker = LiveWorker(LiveSettings(detector, RunSettings(imgsz=IMGSZ)))
    ages: list[float] = []
    worker.put(lambda: planes)
    while worker.shown is None:
        time.sleep(0.001)
    start, last = time.monotonic(), worker.shown
    worker.history.clear()
    while time.monotonic() - start < seconds:
        worker.put(lambda: planes)
        time.sleep(_WAIT_S)
        shown = worker.shown
        if shown is not None and shown is not last:
            last = shown
            ages.append(shown.drawn - shown.arrived)
    drawn = sum(entry.frames for entry in worker.history.last_minute(time.monotonic()))
    took = time.monotonic() - start
    worker.stop()
    while worker.running:
        time.sleep(0.01)
    return drawn / took, median(ages)


def main() -> None:
    """Measure and print Markdown."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    detector = Detector.load(precision=FASTEST)
    picture = np.asarray(cv2.resize(cv2.imread(str(_SAMPLE)), (640, 480)), np.uint8)  # type: ignore[arg-type]
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    batch, _ = letterbox(picture, IMGSZ, detector.info.stride)
    engine_alone(detector, batch, 1.0)
    rows = [
        (engine_alone(detector, batch, seconds), *camera(detector, planes, seconds)) for _ in range(turns)
    ]
    network, drawn, age = (median(column) for column in zip(*rows, strict=True))
    print(f"{describe()}\n{detector.engine.description}, {turns} turns of {seconds:g} s, 640x480\n")
    print("| what | figure |\n|---|---|")
    print(f"| engine alone | {network:.1f} frames per second |")
    print(f"| camera | {drawn:.1f} frames per second, {drawn / network:.0%} of the engine alone |")
    print(f"| age of a picture when drawn | {age * 1000:.0f} ms, {age * network:.2f} inference times |")


if __name__ == "__main__":
    main()
