"""What each arithmetic keeps of the detections: average precision on labelled pictures, and time.

Run from the repository root:

    python -m benchmarks.precision [--data ../shared/data] [--weights weights/best.pt] [--step N]

DATA has val/images and val/labels in YOLO's layout with the model's class ids. int8 is measured where NNCF
is installed, calibrated on pictures of train/images. Average precision is over IoU 0.5 to 0.95, averaged over
the classes that are labelled; the time is the better of two for each picture, the ways taking turns.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe
from inspection.convert import shipped_folder
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import Engine, Precision
from inspection.letterbox import letterbox
from inspection.openvino_engine import OpenVINOEngine
from training.scoring import Truth, score

_DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_CALIBRATION_PICTURES = 100


def labelled(folder: Path, step: int) -> tuple[list[NDArray[np.uint8]], list[Truth]]:
    """Every step-th picture of a split and what is labelled in it."""
    pictures, truth = [], []
    for file in sorted((folder / "images").iterdir())[::step]:
        picture = np.asarray(cv2.imread(str(file)), np.uint8)
        text = (folder / "labels" / f"{file.stem}.txt").read_text()
        rows = np.array([line.split()[:5] for line in text.splitlines()], float).reshape(-1, 5)
        size = np.array(picture.shape[1::-1] * 2, float)
        centre, half = rows[:, 1:3], rows[:, 3:5] / 2
        xyxy = np.concatenate([centre - half, centre + half], axis=1) * size
        pictures.append(picture)
        truth.append(Truth(rows[:, 0].astype(np.int64), xyxy))
    return pictures, truth


def int8_engine(detector: Detector, weights: Path, folder: Path) -> Engine:
    """The shipped form quantised to int8, calibrated on training pictures."""
    import nncf
    import openvino as ov

    files = sorted((folder / "images").iterdir())
    files = files[:: max(len(files) // _CALIBRATION_PICTURES, 1)][:_CALIBRATION_PICTURES]

    def prepare(file: Path) -> NDArray[np.uint8]:
        return letterbox(np.asarray(cv2.imread(str(file)), np.uint8), 640, detector.info.stride)[0]

    model: Any = ov.Core().read_model(shipped_folder(weights) / "model.xml")
    quantised = nncf.quantize(
        model, nncf.Dataset(files, prepare), subset_size=len(files), preset=nncf.QuantizationPreset.MIXED
    )
    return OpenVINOEngine(quantised, detector.info)


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=_DEFAULT_DATA)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    parser.add_argument("--step", type=int, default=1, help="take every STEP-th picture only")
    options = parser.parse_args()
    pictures, truth = labelled(options.data / "val", options.step)
    detectors = {"torch f32": Detector.load(options.weights, "torch")}
    for precision in get_args(Precision):
        detector = Detector.load(options.weights, "openvino", precision=precision)
        kind = getattr(detector.engine, "precision", precision)
        detectors[f"OpenVINO, {precision} asked, {kind} given"] = detector
    if importlib.util.find_spec("nncf"):
        engine = int8_engine(detector, options.weights, options.data / "train")
        detectors["OpenVINO, int8 by NNCF"] = Detector(engine)
    found: dict[str, list] = {name: [] for name in detectors}
    spent = dict.fromkeys(detectors, 0.0)
    for picture in pictures:
        for name, detector in detectors.items():
            times = []
            for _ in range(2):
                start = time.perf_counter()
                detections = detector.detect(picture, 0.001, 0.7)
                times.append(time.perf_counter() - start)
            found[name].append(detections)
            spent[name] += 1000 * min(times) / len(pictures)
    classes = sorted({int(c) for t in truth for c in t.cls})
    print(f"{describe()}\n{len(pictures)} pictures, {sum(len(t.cls) for t in truth)} boxes\n")
    print("| engine | AP50-95 % | AP50 % | AP50-95 lost, points | ms a picture |\n|---|---|---|---|---|")
    baseline = None
    for name, in_pictures in found.items():
        scores = [score(in_pictures, truth, frozenset({c})) for c in classes]
        ap, ap50 = (100 * float(np.mean([getattr(s, key) for s in scores])) for key in ("ap", "ap50"))
        baseline = ap if baseline is None else baseline
        print(f"| {name} | {ap:.2f} | {ap50:.2f} | {baseline - ap:.2f} | {spent[name]:.1f} |")


if __name__ == "__main__":
    main()
