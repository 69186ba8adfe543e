"""The confidence and image size that the app starts with, chosen from measured curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inspection.classes import LIVING, canonical_name
from training.evaluate import WHOLE_OBJECTS, Evaluation
from training.scoring import Point

MOST_ALARMS = 15 / 200
"""Share of clean pictures that may raise an alarm at the recommended confidence."""

_LEAST_BOXES, _LEAST_GAIN = 20, 0.02


def recommend(evaluations: Sequence[Evaluation], class_names: Sequence[str]) -> dict[str, Any]:
    """Choose from the scores of one model at several image sizes.

    The size is the one with the best mean of AP50 of hot equipment and AP50 over classes (weighted by the
    root of their boxes). The confidence gives hot equipment its best F1 among those that raise an alarm on at
    most MOST_ALARMS of the clean pictures. People, animals and motors get their own where their F1 gains more
    than 0.02 by it; those with fewer than 20 boxes follow the others of their kind.

    Args:
        evaluations: one a size.
        class_names: of the model.

    Returns:
        {"imgsz", "conf", "class_conf": {class name of the model: confidence}}.
    """
    best = max(evaluations, key=_merit)
    conf = quietest(best.curve).confidence
    chosen: dict[str, float] = {}
    for name, points in best.class_curves.items():
        if name in LIVING | WHOLE_OBJECTS and best.classes[name].boxes >= _LEAST_BOXES:
            own = max(points, key=lambda p: p.f1)
            if own.f1 > at(points, conf).f1 + _LEAST_GAIN:
                chosen[name] = own.confidence
    living = [value for name, value in chosen.items() if name in LIVING]
    for name in LIVING if living else ():
        if name not in best.classes or best.classes[name].boxes < _LEAST_BOXES:
            chosen[name] = max(living)
    own_names = {raw: chosen[canonical_name(raw)] for raw in class_names if canonical_name(raw) in chosen}
    return {"imgsz": best.imgsz, "conf": conf, "class_conf": own_names}


def quietest(points: Sequence[Point]) -> Point:
    """The best F1 among confidences with few false alarms; the fewest alarms where all have too many."""
    quiet = [p for p in points if p.false_alarms <= MOST_ALARMS * max(p.clean, 1)]
    if quiet:
        return max(quiet, key=lambda p: p.f1)
    return min(points, key=lambda p: p.false_alarms)


def at(points: Sequence[Point], confidence: float) -> Point:
    """The point of a curve at a confidence."""
    return min(points, key=lambda p: abs(p.confidence - confidence))


def _merit(result: Evaluation) -> float:
    scores = [s for s in result.classes.values() if s.boxes]
    weights = np.sqrt([s.boxes for s in scores])
    mean = float((weights * [s.ap50 for s in scores]).sum() / weights.sum()) if scores else 0.0
    return mean + result.hot.ap50 if result.hot.boxes else mean
