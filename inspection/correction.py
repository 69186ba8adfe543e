"""Boxes of a picture as a person corrects them: keep, remove, re-class, move, draw, undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from inspection.detections import Detections
from inspection.errors import SettingsError
from inspection.finding import Finding
from inspection.labels import LabelBox, inside
from inspection.texts import text

MOST_UNDO = 100
_LONGEST_NAME = 60
_SMALLEST_PX = 2.0

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class EditBox:
    """One box under correction.

    Attributes:
        xyxy: left, top, right, bottom in pixels of the picture, inside it.
        class_name: raw class name.
        confidence: of the model, or None where a person drew the box.
        kept: whether it becomes a label.
    """

    xyxy: Rectangle
    class_name: str
    confidence: float | None = None
    kept: bool = True


@dataclass(frozen=True)
class Correction:
    """The boxes of one picture and how they were before; every change gives a new one.

    Attributes:
        width: of the picture, px.
        height: of the picture, px.
        boxes: in the order they came.
        past: earlier boxes, the latest last.
    """

    width: int
    height: int
    boxes: tuple[EditBox, ...]
    past: tuple[tuple[EditBox, ...], ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding], width: int, height: int) -> Correction:
        """Start with what the model found."""
        placed = ((f, inside(f.xyxy, width, height)) for f in findings)
        boxes = tuple(EditBox(box, f.class_name, f.confidence) for f, box in placed if box is not None)
        return cls(width, height, boxes)

    @property
    def touched(self) -> bool:
        """Whether a person has changed anything."""
        return bool(self.past)

    @property
    def labels(self) -> tuple[LabelBox, ...]:
        """The boxes that are kept."""
        return tuple(LabelBox(b.xyxy, b.class_name, b.confidence) for b in self.boxes if b.kept)

    def draw(self, xyxy: Rectangle, class_name: str) -> Correction:
        """Add a box; its corners may come in any order and lie outside the picture.

        Raises:
            SettingsError: hardly any of it is inside the picture, or the class has no name.
        """
        return self.changed((*self.boxes, EditBox(self._placed(xyxy), checked_name(class_name))))

    def edit(self, rows: Mapping[int, Mapping[str, Any]], boxes: tuple[EditBox, ...]) -> Correction:
        """Change boxes field by field, as a table says it.

        Args:
            rows: index -> field ("kept", "class_name", "left", "top", "right", "bottom") -> new value;
                None changes nothing.
            boxes: what the indices and changes relate to.

        Raises:
            SettingsError: a box would have hardly any area inside the picture, or a class no name.
        """
        new = list(boxes)
        for index, fields in rows.items():
            old = new[index]
            sides = dict(zip(("left", "top", "right", "bottom"), old.xyxy, strict=True))
            given = {name: value for name, value in fields.items() if value is not None}
            moved = sides | {name: float(given[name]) for name in sides if name in given}
            name = checked_name(str(given.get("class_name", old.class_name)))
            xyxy = old.xyxy if moved == sides else self._placed(tuple(moved.values()))  # type: ignore[arg-type]
            by_hand = xyxy != old.xyxy or name != old.class_name
            new[index] = EditBox(
                xyxy, name, None if by_hand else old.confidence, bool(given.get("kept", old.kept))
            )
        return self.changed(tuple(new))

    def keep_all(self, kept: bool) -> Correction:
        """Accept or remove every box."""
        return self.changed(tuple(replace(box, kept=kept) for box in self.boxes))

    def undo(self) -> Correction:
        """As before the last change."""
        if not self.past:
            return self
        return replace(self, boxes=self.past[-1], past=self.past[:-1])

    def changed(self, boxes: tuple[EditBox, ...]) -> Correction:
        """These boxes instead; the ones before can come back."""
        if boxes == self.boxes:
            return self
        return replace(self, boxes=boxes, past=(*self.past, self.boxes)[-MOST_UNDO:])

    def _placed(self, xyxy: Rectangle) -> Rectangle:
        if not all(isfinite(v) for v in xyxy):
            raise SettingsError(text("The sides of a box must be numbers."))
        ordered = (min(xyxy[0], xyxy[2]), min(xyxy[1], xyxy[3]), max(xyxy[0], xyxy[2]), max(xyxy[1], xyxy[3]))
        placed = inside(ordered, self.width, self.height)
        if placed is None or min(placed[2] - placed[0], placed[3] - placed[1]) < _SMALLEST_PX:
            raise SettingsError(text("A box must have at least two pixels each way inside the picture."))
        return placed


def checked_name(name: str) -> str:
    """A class name as it may stand in a list of classes: on one line, not empty, not endless.

    Raises:
        SettingsError: it is not.
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not clean or len(clean) > _LONGEST_NAME:
        raise SettingsError(text("A class needs a name of at most {most} letters.", most=_LONGEST_NAME))
    return clean


def as_detections(labels: Iterable[LabelBox], class_names: tuple[str, ...]) -> Detections:
    """Corrected boxes in the place of what the model found; drawn ones count as certain.

    Classes that the model does not have are added behind its own.
    """
    labels = tuple(labels)
    names = tuple(dict.fromkeys((*class_names, *(label.class_name for label in labels))))
    return Detections(
        np.array([label.xyxy for label in labels], np.float32).reshape(-1, 4),
        np.array([1.0 if b.confidence is None else b.confidence for b in labels], np.float32),
        np.array([names.index(label.class_name) for label in labels], np.int64),
        names,
    )
