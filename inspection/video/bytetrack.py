"""ByteTrack: detections of successive frames joined into objects that keep their number.

Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022,
arXiv:2110.06864. Sure detections are matched with the predicted places of all tracks first; what is left of
the tracks is then matched with the unsure detections, which are often the same things partly hidden. Written
in NumPy, because Ultralytics' tracker needs torch, which the app runs without.
"""

from __future__ import annotations

from dataclasses import dataclass

import lap
import numpy as np
from numpy.typing import NDArray

from inspection.detections import Detections
from inspection.video import kalman

WEAK_SHARE = 0.4
"""Unsure detections reach down to this part of the confidence asked for (0.1 at 0.25, as in the paper)."""

_SURE_DISTANCE, _WEAK_DISTANCE, _NEW_DISTANCE = 0.8, 0.5, 0.7
_SAME_IOU = 0.85


@dataclass(eq=False)
class _Track:
    """One object: its number, filter state, and when it was last seen (frames)."""

    number: int
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    first: int
    last: int
    confirmed: bool


class ByteTracker:
    """Follows objects through one video; make a new one for every run."""

    def __init__(self, conf: float | NDArray[np.float32], longest_gap: int = 30) -> None:
        """Start without objects.

        Args:
            conf: confidence from which on a detection is sure and may start an object, 0..1;
                an array (classes,) for one a class.
            longest_gap: frames after which an object that is not seen is given up.
        """
        self._conf, self._gap = conf, longest_gap
        self._tracks: list[_Track] = []
        self._frame = 0
        self._next = 1

    def update(self, detections: Detections) -> Detections:
        """The detections of the next frame that belong to an object, with its number as track_id.

        Args:
            detections: of all confidences from WEAK_SHARE times the asked one.

        Returns:
            Those that belong to an object; one that is new belongs to it when it is seen the second time,
            or at once in the first frame.
        """
        self._frame += 1
        self._predict()
        boxes = detections.xyxy.astype(np.float64)
        conf = self._conf[detections.class_id] if isinstance(self._conf, np.ndarray) else self._conf
        sure = np.flatnonzero(detections.confidence > conf)
        weak = np.flatnonzero(detections.confidence <= conf)
        confirmed = [track for track in self._tracks if track.confirmed]
        pairs, tracks, sure = self._match(confirmed, boxes, detections.confidence, sure, _SURE_DISTANCE)
        # Only what was seen a frame ago is matched with unsure detections; older tracks would catch noise.
        recent = [track for track in tracks if track.last == self._frame - 1]
        more, _, _ = self._match(recent, boxes, None, weak, _WEAK_DISTANCE)
        waiting = [track for track in self._tracks if not track.confirmed]
        new, unseen, sure = self._match(waiting, boxes, detections.confidence, sure, _NEW_DISTANCE)
        gone = {id(track) for track in unseen}
        self._tracks = [track for track in self._tracks if id(track) not in gone]
        found = [*pairs, *more, *new]
        self._correct(found, boxes)
        fresh = self._start(boxes, sure)
        if self._frame == 1:
            found += list(zip(fresh, sure, strict=True))
        self._forget()
        index = np.array([i for _, i in found], np.int64)
        numbers = np.array([track.number for track, _ in found], np.int64)
        order = np.argsort(index, kind="stable")
        kept = detections[index[order]]
        return Detections(kept.xyxy, kept.confidence, kept.class_id, kept.class_names, numbers[order])

    def _predict(self) -> None:
        if not self._tracks:
            return
        mean = np.stack([track.mean for track in self._tracks])
        # What is not seen does not grow or shrink.
        lost = np.array([track.last < self._frame - 1 for track in self._tracks])
        mean[lost, 7] = 0
        mean, covariance = kalman.predict(mean, np.stack([track.covariance for track in self._tracks]))
        for track, m, c in zip(self._tracks, mean, covariance, strict=True):
            track.mean, track.covariance = m, c

    @staticmethod
    def _match(
        tracks: list[_Track],
        boxes: NDArray[np.float64],
        confidence: NDArray[np.float32] | None,
        index: NDArray[np.int64],
        farthest: float,
    ) -> tuple[list[tuple[_Track, int]], list[_Track], NDArray[np.int64]]:
        """Pairs of the least total distance, and the tracks and the indices of detections left over."""
        if not tracks or not len(index):
            return [], tracks, index
        overlap = iou(kalman.to_boxes(np.stack([track.mean for track in tracks])), boxes[index])
        if confidence is not None:
            overlap = overlap * confidence[index]
        _, columns, _ = lap.lapjv(1 - overlap, extend_cost=True, cost_limit=farthest)
        pairs = [(track, int(index[c])) for track, c in zip(tracks, columns, strict=True) if c >= 0]
        left = [track for track, c in zip(tracks, columns, strict=True) if c < 0]
        return pairs, left, np.delete(index, columns[columns >= 0])

    def _correct(self, found: list[tuple[_Track, int]], boxes: NDArray[np.float64]) -> None:
        if not found:
            return
        mean, covariance = kalman.update(
            np.stack([track.mean for track, _ in found]),
            np.stack([track.covariance for track, _ in found]),
            kalman.to_measurement(boxes[[i for _, i in found]]),
        )
        for (track, _), m, c in zip(found, mean, covariance, strict=True):
            track.mean, track.covariance = m, c
            track.last, track.confirmed = self._frame, True
            if not track.number:
                track.number, self._next = self._next, self._next + 1

    def _start(self, boxes: NDArray[np.float64], index: NDArray[np.int64]) -> list[_Track]:
        """New tracks; they get their numbers when they are confirmed, so that numbers have no gaps."""
        mean, covariance = kalman.start(kalman.to_measurement(boxes[index]))
        at_once = self._frame == 1
        fresh = []
        for m, c in zip(mean, covariance, strict=True):
            number = 0
            if at_once:
                number, self._next = self._next, self._next + 1
            fresh.append(_Track(number, m, c, self._frame, self._frame, at_once))
        self._tracks += fresh
        return fresh

    def _forget(self) -> None:
        """Give up what is gone, and the younger of two tracks on one thing."""
        self._tracks = [track for track in self._tracks if self._frame - track.last <= self._gap]
        seen = [track for track in self._tracks if track.last == self._frame]
        lost = [track for track in self._tracks if track.last < self._frame]
        if not seen or not lost:
            return
        boxes = [kalman.to_boxes(np.stack([track.mean for track in group])) for group in (seen, lost)]
        same = iou(*boxes) > _SAME_IOU
        gone = set()
        for i, j in zip(*np.nonzero(same), strict=True):
            a, b = seen[i], lost[j]
            gone.add(id(b if a.last - a.first > b.last - b.first else a))
        self._tracks = [track for track in self._tracks if id(track) not in gone]


def iou(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes (N, 4) and (M, 4), as (N, M)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in (first, second)]
    return both / np.maximum(areas[0][:, None] + areas[1][None] - both, 1e-9)
