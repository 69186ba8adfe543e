"""What each arithmetic keeps of the detections: average precision on labelled pictures, and time.

Run from the repository root; it takes about two minutes on two cores:

    python -m benchmarks.precision [--data ../shared/data] [--weights weights/best.pt] [--step N]

DATA has val/images and val/labels in YOLO's layout with the model's class ids. The int8 form is the one that
lies beside the weights (`python -m training.quantise` makes it). Average precision is over IoU 0.5 to 0.95,
averaged over the classes that are labelled. The time is the processor's, all cores together, as it tells ways
apart even where other work shares the machine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe
from inspection.detections import Detections
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import Precision
from training.quantise import DEFAULT_DATA, SIZES, average_precision, labelled
from training.scoring import Truth


def detectors(weights: Path) -> dict[str, Detector]:
    """Torch and every arithmetic that OpenVINO has on this processor."""
    found = {"torch f32": Detector.load(weights, "torch")}
    for precision in get_args(Precision):
        detector = Detector.load(weights, "openvino", precision=precision)
        found.setdefault(f"OpenVINO {getattr(detector.engine, 'precision', precision)}", detector)
    return found


def measure(
    ways: dict[str, Detector], pictures: Sequence[NDArray[np.uint8]], truth: Sequence[Truth], imgsz: int
) -> None:
    """Print one table."""
    found: dict[str, list[Detections]] = {name: [] for name in ways}
    spent = dict.fromkeys(ways, 0.0)
    for picture in pictures:
        for name, detector in ways.items():
            start = time.process_time()
            found[name].append(detector.detect(picture, 0.001, 0.7, imgsz=imgsz))
            spent[name] += 1000 * (time.process_time() - start) / len(pictures)
    print(f"| at {imgsz} px | AP50-95 % | AP50 % | AP50-95 lost, points | processor ms a picture |")
    print("|---|---|---|---|---|")
    baseline = None
    for name, in_pictures in found.items():
        ap, ap50 = average_precision(in_pictures, truth)
        baseline = ap if baseline is None else baseline
        print(f"| {name} | {ap:.2f} | {ap50:.2f} | {baseline - ap:.2f} | {spent[name]:.1f} |")
    print(flush=True)


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    parser.add_argument("--step", type=int, default=1, help="take every STEP-th picture only")
    options = parser.parse_args()
    pictures, truth = labelled(options.data / "val", options.step)
    print(f"{describe()}\n{len(pictures)} pictures, {sum(len(t.cls) for t in truth)} boxes\n")
    ways = detectors(options.weights)
    for imgsz in SIZES:
        measure(ways, pictures, truth, imgsz)


if __name__ == "__main__":
    main()
