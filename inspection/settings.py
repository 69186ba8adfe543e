"""The thresholds of one run, validated where they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    conf: float = 0.25
    iou: float = 0.70
    imgsz: int = 640
    classes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for label, value in ((text("Confidence"), self.conf), (text("IoU"), self.iou)):
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

    def class_ids(self, class_names: Sequence[str]) -> list[int] | None:
        """The model's class ids to keep, or None for all."""
        if self.classes is None:
            return None
        return [i for i, raw in enumerate(class_names) if display_name(raw) in self.classes]
