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
    boxes, groups = xyxy[order], group[order]
    kept = np.zeros(0, np.int64)
    for start in range(0, len(boxes), _CHUNK):
        index = np.arange(start, min(start + _CHUNK, len(boxes)))
        if len(kept):
            index = index[~_overlap(boxes, groups, index, kept, iou).any(axis=1)]
        chosen = index[_greedy(_overlap(boxes, groups, index, index, iou))]
        kept = np.concatenate([kept, chosen])
        if len(kept) >= limit:
            break
    return order[kept[:limit]]


def _overlap(
    boxes: NDArray[np.float32],
    groups: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    iou: float,
) -> NDArray[np.bool_]:
    """Which boxes at the indices a suppress which at b: of one group and overlapping; bool (A, B)."""
    return (iou_matrix(boxes[a], boxes[b]) > iou) & (groups[a][:, None] == groups[b])


def _greedy(overlap: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of a few boxes, sorted by confidence, stay, by who overlaps whom (N, N): bool (N,)."""
    later = np.triu(overlap, 1)
    alive = np.ones(len(later), bool)
    for i in np.flatnonzero(later.any(axis=1)):
        if alive[i]:
            alive[later[i]] = False
    return alive
