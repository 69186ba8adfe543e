"""The table of hand-drawn boxes: which picture, by content, has which boxes."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from training.errors import DataError

REAL_BOXES = Path(__file__).with_name("real_boxes.csv")
COLUMNS = ("picture", "sha1", "class", "x1", "y1", "x2", "y2")


@dataclass
class Drawn:
    """The boxes of one picture; none means that nothing in it is hot.

    Attributes:
        name: the picture's file name when the boxes were drawn.
        boxes: class name and x1, y1, x2, y2 as shares of the picture.
    """

    name: str
    boxes: list[tuple[str, float, float, float, float]] = field(default_factory=list)


def read_table(path: Path = REAL_BOXES) -> dict[str, Drawn]:
    """Read the table.

    Returns:
        The boxes by the sha1 of the picture file's bytes (lower-case hex).

    Raises:
        DataError: it cannot be read, or a row is not as the columns say.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a table of boxes.") from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise DataError(f"{path} must begin with the columns {', '.join(COLUMNS)}.")
    table: dict[str, Drawn] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(COLUMNS):
            raise DataError(f"Line {number} of {path} has {len(row)} columns instead of {len(COLUMNS)}.")
        name, sha1, cls, *corners = row
        drawn = table.setdefault(sha1.lower(), Drawn(name))
        if cls or any(corners):
            drawn.boxes.append((cls, *_corners(corners, f"Line {number} of {path}")))
    return table


def _corners(texts: list[str], where: str) -> tuple[float, float, float, float]:
    try:
        x1, y1, x2, y2 = (float(text) for text in texts)
    except ValueError as error:
        raise DataError(f"{where} has a corner that is no number.") from error
    if not (0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1):
        raise DataError(f"{where} needs 0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1.")
    return x1, y1, x2, y2
