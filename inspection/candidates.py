"""What the network sees in a picture before any threshold; thresholds turn it into detections at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspection.detections import Detections
from inspection.letterbox import Fit
from inspection.nms import nms

FLOOR = 0.001
"""Lowest confidence a candidate is kept at; weaker ones are noise (Ultralytics' validator uses the same)."""


def lowest(conf: float | NDArray[np.float32]) -> float:
    """The floor for candidates of which only those above a confidence, or one a class, will be selected."""
    return max(float(np.min(conf)), FLOOR)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every box the network proposes for one picture, the most confident class each.

    Attributes:
        xyxy: float32 (N, 4) in network pixels.
        confidence: float32 (N,), each above the floor, FLOOR where no other was asked for.
        class_id: int64 (N,).
        class_names: the model's own names.
        fit: brings boxes back to the picture.
        final: the model has suppressed duplicates itself (end-to-end heads); IoU does nothing then.
    """

    xyxy: NDArray[np.float32]
    confidence: NDArray[np.float32]
    class_id: NDArray[np.int64]
    class_names: tuple[str, ...]
    fit: Fit
    final: bool = False

    def select(
        self, conf: float | NDArray[np.float32], iou: float, classes: Collection[int] | None = None
    ) -> Detections:
        """The detections at these thresholds; runs no network.

        Args:
            conf: lowest confidence, 0..1 (exclusive, as in Ultralytics); an array (classes,) for one a class.
            iou: overlap above which the weaker of two boxes of one class is dropped, 0..1.
            classes: class ids to keep; None keeps all.

        Returns:
            Detections in picture pixels, most confident first, at most 300.
        """
        keep = self.confidence > (conf[self.class_id] if isinstance(conf, np.ndarray) else conf)
        if classes is not None:
            keep &= np.isin(self.class_id, list(classes))
        index = np.flatnonzero(keep)
        if self.final:
            chosen = index[np.argsort(-self.confidence[index], kind="stable")]
        else:
            chosen = index[nms(self.xyxy[index], self.confidence[index], self.class_id[index], iou)]
        return Detections(
            self.fit.to_picture(self.xyxy[chosen]),
            self.confidence[chosen],
            self.class_id[chosen],
            self.class_names,
        )


def decode(
    output: NDArray[np.float32], class_names: tuple[str, ...], fit: Fit, floor: float = FLOOR
) -> Candidates:
    """Candidates from a YOLO head's output.

    Args:
        output: float32 (4 + classes, anchors): centre and size in network pixels, then a score a class.
        class_names: the model's own names.
        fit: of this picture.
        floor: lowest confidence to keep (exclusive).
    """
    scores = output[4 : 4 + len(class_names)]
    confidence = scores.max(axis=0)
    index = np.flatnonzero(confidence > floor)
    x, y, w, h = output[:4, index]
    xyxy = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
    return Candidates(
        xyxy.astype(np.float32), confidence[index], scores[:, index].argmax(axis=0), class_names, fit
    )


def decode_final(
    output: NDArray[np.float32], class_names: tuple[str, ...], fit: Fit, floor: float = FLOOR
) -> Candidates:
    """Candidates from an end-to-end head's output: float32 (N, 6), box in network pixels, score, class."""
    rows = output[output[:, 4] > floor]
    return Candidates(
        np.ascontiguousarray(rows[:, :4]),
        rows[:, 4],
        rows[:, 5].astype(np.int64),
        class_names,
        fit,
        final=True,
    )


def decode_queries(
    output: NDArray[np.float32], class_names: tuple[str, ...], fit: Fit, floor: float = FLOOR
) -> Candidates:
    """Candidates from RT-DETR's output: float32 (N, 4 + classes), centre and size as shares of the input."""
    confidence = output[:, 4:].max(axis=1)
    index = np.flatnonzero(confidence > floor)
    # The input is the whole picture, stretched: shares of it are shares of the picture.
    side = np.array(fit.picture_size, np.float32) * np.array(fit.gain, np.float32)
    centre, half = output[index, :2] * side, output[index, 2:4] * side / 2
    xyxy = np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
    return Candidates(xyxy, confidence[index], output[index, 4:].argmax(axis=1), class_names, fit, final=True)
