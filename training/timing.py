"""How long networks take for one picture as the app runs them, in turn, so that load hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from inspection.detector import Detector

_ROUNDS, _WARM = 15, 2
_PICTURE = (480, 640, 3)


def milliseconds(weights: Mapping[str, Path], imgsz: int, rounds: int = _ROUNDS) -> dict[str, float]:
    """Median time from picture to detections.

    Args:
        weights: name -> checkpoint.
        imgsz: network input, pixels.
        rounds: measurements of each.

    Returns:
        Name -> milliseconds.

    Raises:
        WeightsError: a checkpoint cannot be loaded.
    """
    picture = np.random.default_rng(0).integers(0, 256, _PICTURE, dtype=np.uint8)
    spent: dict[str, list[float]] = {name: [] for name in weights}
    detectors = {name: Detector.load(path) for name, path in weights.items()}
    for turn in range(rounds + _WARM):
        for name, detector in detectors.items():
            start = time.perf_counter()
            detector.detect(picture, imgsz=imgsz)
            if turn >= _WARM:
                spent[name].append(1000 * (time.perf_counter() - start))
    return {name: round(statistics.median(values), 2) for name, values in spent.items()}
