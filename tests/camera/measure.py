"""Frames per second and age of the camera's pictures, against the network alone.

    python -m tests.camera.measure [seconds a turn] [turns]

Turns alternate, so that other work on the machine meets both; the medians are compared.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import cv2
import numpy as np

from inspection.detector import Detector
from inspection.live import LiveSettings, LiveWorker
from inspection.settings import RunSettings
from tests.conftest import blobs


def alone(detector: Detector, picture: np.ndarray, seconds: float) -> float:
    """Frames per second of the network by itself: pictures in memory, nothing measured or drawn."""
    start, runs = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        detector.candidates(picture)
        runs += 1
    return runs / (time.perf_counter() - start)


def camera(detector: Detector, planes: np.ndarray, seconds: float) -> tuple[float, float]:
    """Frames per second drawn and the median age in s, with 100 frames a second coming in."""
    worker = LiveWorker(LiveSettings(detector, RunSettings(conf=0.05)))
    ages: list[float] = []
    worker.put(lambda: planes)
    while worker.shown is None:
        time.sleep(0.001)
    start, last = time.monotonic(), worker.shown
    worker.history.clear()
    while time.monotonic() - start < seconds:
        worker.put(lambda: planes)
        time.sleep(0.01)
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
    """Print the comparison."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    detector = Detector.load()
    picture = blobs(640, 480)
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    alone(detector, picture, 1.0)
    rows = [(alone(detector, picture, seconds), *camera(detector, planes, seconds)) for _ in range(turns)]
    network, drawn, age = (median(column) for column in zip(*rows, strict=True))
    print(f"network alone {network:.1f} frames/s, camera {drawn:.1f} frames/s ({drawn / network:.0%})")
    print(f"median age {age * 1000:.0f} ms = {age * network:.2f} inference times")


if __name__ == "__main__":
    main()
