"""The thresholds of one run, validated where they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspection.classes import display_name
from inspection.errors import SettingsError
from inspection.texts import text

IMAGE_SIZES: tuple[int, ...] = tuple(range(320, 1281, 32))


@dataclass(frozen=True)
class RunSettings:
    """What the user chose.

    Attributes:
        conf: lowest confidence shown, 0..1.
        iou: overlap above which the weaker of two boxes of one class is dropped, 0..1.
        imgsz: longest side of the network's input, 320..1280 pixels.
        classes: shown names to keep (see `inspection.classes.display_name`), or None for all.
        class_conf: (class name of the model, lowest confidence) of classes with one of their own.
    """

    conf: float = 0.25
    iou: float = 0.70
    imgsz: int = 640
    classes: tuple[str, ...] | None = None
    class_conf: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        own = [(text("Confidence"), value) for _, value in self.class_conf]
        for label, value in ((text("Confidence"), self.conf), (text("IoU"), self.iou), *own):
            if not 0 <= value <= 1:  # also refuses NaN
                raise SettingsError(
                    text("{label} must be between 0 and 1, not {value}.", label=label, value=value)
                )
        if not IMAGE_SIZES[0] <= self.imgsz <= IMAGE_SIZES[-1]:
            raise SettingsError(
                text(
                    "Image size must be between {low} and {high} pixels, not {imgsz}.",
                    low=IMAGE_SIZES[0],
                    high=IMAGE_SIZES[-1],
                    imgsz=self.imgsz,
                )
            )

    def thresholds(self, class_names: Sequence[str]) -> float | NDArray[np.float32]:
        """The lowest confidence: one number, or float32 (classes,) where classes have their own."""
        own = dict(self.class_conf)
        if not any(name in own for name in class_names):
            return self.conf
        return np.array([own.get(name, self.conf) for name in class_names], np.float32)

    def class_ids(self, class_names: Sequence[str]) -> list[int] | None:
        """The model's class ids to keep, or None for all."""
        if self.classes is None:
            return None
        return [i for i, raw in enumerate(class_names) if display_name(raw) in self.classes]
