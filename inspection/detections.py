"""Detections: what an engine found in one picture, as arrays that filter like NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Detections:
    """Boxes in the pixels of one picture.

    Attributes:
        xyxy: float32 (N, 4), left, top, right, bottom in pixels.
        confidence: float32 (N,), 0..1.
        class_id: int64 (N,), index into class_names.
        class_names: the model's own names.
        track_id: int64 (N,) or None.
    """

    xyxy: NDArray[np.float32]
    confidence: NDArray[np.float32]
    class_id: NDArray[np.int64]
    class_names: tuple[str, ...]
    track_id: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        n = len(self.xyxy)
        if self.xyxy.shape != (n, 4) or self.confidence.shape != (n,) or self.class_id.shape != (n,):
            raise ValueError("xyxy (N, 4), confidence (N,) and class_id (N,) must agree")
        if self.track_id is not None and self.track_id.shape != (n,):
            raise ValueError("track_id must be (N,)")
        if n and not 0 <= int(self.class_id.min()) <= int(self.class_id.max()) < len(self.class_names):
            raise ValueError("class_id points outside class_names")

    @classmethod
    def empty(cls, class_names: tuple[str, ...]) -> Detections:
        """No boxes."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64), class_names)

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, index: NDArray | slice | list[int]) -> Detections:
        """The detections at a boolean mask, a slice or an array of indices."""
        track = None if self.track_id is None else self.track_id[index]
        return Detections(
            self.xyxy[index], self.confidence[index], self.class_id[index], self.class_names, track
        )

    def name(self, i: int) -> str:
        """The model's own class name of detection i."""
        return self.class_names[int(self.class_id[i])]
