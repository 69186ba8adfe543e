"""Average precision, precision and recall from detections and labelled boxes of many pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspection.detections import Detections

IOUS = np.linspace(0.5, 0.95, 10)
_RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Truth:
    """What is labelled in one picture: class ids int64 (N,) and boxes float (N, 4), xyxy in pixels."""

    cls: NDArray[np.int64]
    xyxy: NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """Of one class (or of several taken as one).

    Attributes:
        boxes: labelled boxes.
        ap50: average precision at IoU 0.5, NaN without boxes.
        ap: mean over IoU 0.5 to 0.95.
    """

    boxes: int
    ap50: float
    ap: float


def iou_matrix(a: NDArray, b: NDArray) -> NDArray[np.float64]:
    """Intersection over union of boxes (N, 4) and (M, 4), xyxy; (N, M)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    areas = [(x[:, 2:] - x[:, :2]).prod(-1) for x in (a, b)]
    return shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9)


def match(found: NDArray, labelled: NDArray, iou: float) -> NDArray[np.bool_]:
    """Which detections are right: best first, each takes the free box it overlaps most.

    Args:
        found: (N, 4) boxes by descending confidence.
        labelled: (M, 4).
        iou: least overlap.

    Returns:
        bool (N,).
    """
    right = np.zeros(len(found), bool)
    if not len(found) or not len(labelled):
        return right
    overlap = iou_matrix(np.asarray(found, float), np.asarray(labelled, float))
    for i in range(len(found)):
        k = int(overlap[i].argmax())
        if overlap[i, k] >= iou:
            right[i] = True
            overlap[:, k] = -1
    return right


def average_precision(right: NDArray[np.bool_], confidence: NDArray, boxes: int) -> float:
    """COCO's 101-point interpolated average precision.

    Args:
        right: bool (N,) for detections of all pictures.
        confidence: (N,).
        boxes: number of labelled boxes; NaN comes back for 0.
    """
    if boxes == 0:
        return float("nan")
    if not len(right):
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(right[order])
    recall, precision = hits / boxes, hits / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, _RECALLS, side="left")
    return float(np.where(place < len(envelope), envelope[np.minimum(place, len(envelope) - 1)], 0).mean())


def suppress(detections: Detections, iou: float = 0.5) -> Detections:
    """Non-maximum suppression regardless of class, for scores that take several classes as one."""
    order = np.argsort(-detections.confidence, kind="stable")
    kept: list[int] = []
    overlap = iou_matrix(detections.xyxy.astype(float), detections.xyxy.astype(float))
    for i in order:
        if not kept or overlap[i, kept].max() <= iou:
            kept.append(int(i))
    return detections[np.array(kept, int)]


def score(found: Sequence[Detections], truth: Sequence[Truth], classes: frozenset[int]) -> Score:
    """Score of the classes taken as one, over all pictures.

    Args:
        found: detections at a very low confidence, one per picture.
        truth: labels in the same order.
        classes: class ids; more than one are taken as one class after suppressing double boxes.
    """
    rights: list[NDArray] = []
    confidences: list[NDArray] = []
    boxes = 0
    for detections, labels in zip(found, truth, strict=True):
        mine = detections[np.isin(detections.class_id, list(classes))]
        mine = suppress(mine) if len(classes) > 1 else mine[np.argsort(-mine.confidence, kind="stable")]
        wanted = labels.xyxy[np.isin(labels.cls, list(classes))]
        boxes += len(wanted)
        rights.append(np.stack([match(mine.xyxy, wanted, t) for t in IOUS], axis=1).reshape(-1, len(IOUS)))
        confidences.append(mine.confidence)
    right, confidence = np.concatenate(rights), np.concatenate(confidences)
    values = [average_precision(right[:, i], confidence, boxes) for i in range(len(IOUS))]
    return Score(boxes, values[0], float(np.mean(values)))


@dataclass(frozen=True)
class Point:
    """One confidence of the curve, at IoU 0.5; `false_alarms` of `clean` pictures raise an alarm."""

    confidence: float
    precision: float
    recall: float
    f1: float
    false_alarms: int
    clean: int


def curve(
    found: Sequence[Detections], truth: Sequence[Truth], classes: frozenset[int], steps: Sequence[float]
) -> list[Point]:
    """Precision, recall and false alarms of the classes taken as one, at each confidence.

    A clean picture is one without a labelled box of these classes.
    """
    points = []
    suppressed = [suppress(d[np.isin(d.class_id, list(classes))]) for d in found]
    wanted = [t.xyxy[np.isin(t.cls, list(classes))] for t in truth]
    rights = [match(d.xyxy, w, 0.5) for d, w in zip(suppressed, wanted, strict=True)]
    boxes = sum(len(w) for w in wanted)
    clean = [i for i, w in enumerate(wanted) if not len(w)]
    for step in steps:
        above = [d.confidence >= step for d in suppressed]
        hits = sum(int(r[a].sum()) for r, a in zip(rights, above, strict=True))
        total = sum(int(a.sum()) for a in above)
        precision, recall = hits / max(total, 1), hits / max(boxes, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        alarms = sum(bool(above[i].any()) for i in clean)
        points.append(Point(float(step), precision, recall, f1, alarms, len(clean)))
    return points
