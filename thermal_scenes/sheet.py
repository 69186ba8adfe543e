"""python -m thermal_scenes.sheet OUT.jpg: a contact sheet of scenes with their boxes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.classes import CLASS_NAMES, display_name
from thermal_scenes.scene import SceneResult, make_scene

SHOWN: tuple[tuple[str, int, int], ...] = (
    ("substation", 71, 10), ("substation", 71, 13), ("substation", 71, 17), ("substation", 71, 5),
    ("substation", 71, 14), ("substation", 71, 19), ("panel", 72, 4), ("panel", 72, 9), ("panel", 72, 22),
    ("panel", 72, 16), ("panel", 72, 21), ("board", 72, 0), ("board", 72, 3), ("board", 72, 21),
    ("motor", 72, 0), ("motor", 72, 6), ("motor", 72, 17), ("room", 73, 9), ("room", 73, 4), ("yard", 73, 11),
    ("yard", 73, 7), ("street", 73, 9), ("street", 73, 14), ("drone", 73, 8),
)  # fmt: skip


def with_boxes(scene: SceneResult) -> NDArray[np.uint8]:
    """The scene's picture with its labels drawn."""
    picture = scene.picture.copy()
    for class_id, x1, y1, x2, y2 in scene.boxes:
        corner = (round(x1), round(y1))
        cv2.rectangle(picture, corner, (round(x2), round(y2)), (90, 255, 90), 2)
        if y2 - y1 > 40:
            at = (corner[0] + 3, max(corner[1] - 5, 16))
            for colour, thick in (((0, 0, 0), 3), ((90, 255, 90), 1)):
                words = display_name(CLASS_NAMES[class_id])
                cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, colour, thick, cv2.LINE_AA)
    return picture


def sheet(shown: Sequence[tuple[str, int, int]] = SHOWN, columns: int = 6) -> NDArray[np.uint8]:
    """Scenes side by side, each 300x240, uint8 (rows * 240, columns * 300, 3) BGR."""
    cells = []
    for kind, first, second in shown:
        picture = with_boxes(make_scene((first, second), kind, size=(640, 512)))
        cells.append(cv2.resize(picture, (300, 240), interpolation=cv2.INTER_AREA))
    cells += [np.zeros_like(cells[0])] * (-len(cells) % columns)
    return np.vstack([np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]).astype(
        np.uint8
    )


if __name__ == "__main__":
    if not cv2.imwrite(sys.argv[1], sheet(), [cv2.IMWRITE_JPEG_QUALITY, 82]):
        sys.exit(f"{sys.argv[1]} could not be written")
