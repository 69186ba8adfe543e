"""Non-maximum suppression: of boxes of one class that overlap, the most confident stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MAX_DETECTIONS = 300
"""Most boxes kept in a picture, as in Ultralytics' predictor."""

_CHUNK = 256
"""Boxes looked at together: enough to fill NumPy's inner loops, few enough to stay in the cache."""


def iou_matrix(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of every box of a (N, 4) with every box of b (M, 4); float32 (N, M)."""
    # One column a coordinate and one array reused: a third of the time of (N, M, 2) intermediates.
    ax1, ay1, ax2, ay2 = np.ascontiguousarray(a.T)[..., None]
    bx1, by1, bx2, by2 = np.ascontiguousarray(b.T)
    width = np.minimum(ax2, bx2)
    width -= np.maximum(ax1, bx1)
    np.maximum(width, 0, out=width)
    inter = np.minimum(ay2, by2)
    inter -= np.maximum(ay1, by1)
    np.maximum(inter, 0, out=inter)
    inter *= width
    union = np.add((ax2 - ax1) * (ay2 - ay1), (bx2 - bx1) * (by2 - by1), out=width)
    union -= inter
    # Two boxes without area have no union; any number above zero turns their 0 / 0 into 0.
    np.maximum(union, np.finfo(np.float32).tiny, out=union)
    inter /= union
    return inter


def nms_ref(
    xyxy: NDArray[np.float32],
    confidence: NDArray[np.float32],
    group: NDArray[np.int64],
    iou: float,
    limit: int = MAX_DETECTIONS,
) -> NDArray[np.int64]:
    """The textbook loop, one box at a time: slow, kept to check `nms` against."""
    kept: list[int] = []
    for i in np.argsort(-confidence, kind="stable"):
        same = [k for k in kept if group[k] == group[i]]
        if not same or iou_matrix(xyxy[i : i + 1], xyxy[same]).max() <= iou:
            kept.append(int(i))
        if len(kept) == limit:
            break
    return np.array(kept, np.int64)


def nms(
    xyxy: NDArray[np.float32],
    confidence: NDArray[np.float32],
    group: NDArray[np.int64],
    iou: float,
    limit: int = MAX_DETECTIONS,
) -> NDArray[np.int64]:
    """Indices of the boxes that stay, most confident first.

    Args:
        xyxy: float32 (N, 4) in pixels.
        confidence: float32 (N,).
        group: int64 (N,); only boxes of one group suppress each other.
        iou: overlap above which the weaker box goes, 0..1.
        limit: most boxes kept.

    Returns:
        int64 (K,), K <= limit.
    """
    order = np.argsort(-confidence, kind="stable")
    # Boxes of different groups are moved apart so that they never overlap.
    span = float(xyxy.max(initial=0) - xyxy.min(initial=0)) + 1
    boxes = (xyxy + (group * span)[:, None].astype(np.float32))[order]
    kept_boxes = np.empty((0, 4), np.float32)
    kept: list[NDArray[np.int64]] = []
    count = 0
    for start in range(0, len(boxes), _CHUNK):
        index = np.arange(start, min(start + _CHUNK, len(boxes)))
        if len(kept_boxes):
            index = index[iou_matrix(boxes[index], kept_boxes).max(axis=1) <= iou]
        chosen = index[_greedy(boxes[index], iou)][: limit - count]
        kept.append(order[chosen])
        kept_boxes = np.concatenate([kept_boxes, boxes[chosen]])
        count += len(chosen)
        if count >= limit:
            break
    return np.concatenate(kept) if kept else np.zeros(0, np.int64)


def _greedy(boxes: NDArray[np.float32], iou: float) -> NDArray[np.bool_]:
    """Which of a few boxes, sorted by confidence, stay: bool (N,)."""
    overlap = np.triu(iou_matrix(boxes, boxes) > iou, 1)
    alive = np.ones(len(boxes), bool)
    for i in np.flatnonzero(overlap.any(axis=1)):
        if alive[i]:
            alive[overlap[i]] = False
    return alive
