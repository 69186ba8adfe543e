"""The sign of each severity, drawn so that shape and grey tone tell it apart without colour."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus.flowables import Flowable

FILLS: dict[str | None, str] = {
    "repair now": "#9C1C1C",
    "plan repair": "#E69F00",
    "watch": "#F0E442",
    "none": "#C4C4C4",
    None: "#FFFFFF",
}


def outline(severity: str | None, size: float) -> list[tuple[float, float]]:
    """Corners of a severity's sign in a square: octagon, diamond, triangle, circle; a dash for None."""
    half = size / 2
    corners = {
        "repair now": [pi / 8 + k * pi / 4 for k in range(8)],
        "plan repair": [k * pi / 2 for k in range(4)],
        "watch": [pi / 2 + k * 2 * pi / 3 for k in range(3)],
        "none": [k * pi / 12 for k in range(24)],
    }.get(severity or "")
    if corners is None:
        return [(0.1 * size, 0.42 * size), (0.9 * size, 0.42 * size), (0.9 * size, 0.58 * size),
                (0.1 * size, 0.58 * size)]  # fmt: skip
    reach = half * (0.86 if severity == "none" else 1.08)
    down = 0.14 * size if severity == "watch" else 0.0
    return [(half + reach * cos(angle), half - down + reach * sin(angle)) for angle in corners]


def draw_mark(canvas: Any, severity: str | None, x: float, y: float, size: float) -> None:
    """Draw a sign on a reportlab canvas with its lower left corner at x, y in points."""
    path = canvas.beginPath()
    points = outline(severity, size)
    path.moveTo(x + points[0][0], y + points[0][1])
    for px, py in points[1:]:
        path.lineTo(x + px, y + py)
    path.close()
    canvas.saveState()
    canvas.setStrokeColor(HexColor("#202020"))
    canvas.setLineWidth(0.7)
    canvas.setFillColor(HexColor(FILLS[severity]))
    canvas.drawPath(path, stroke=1, fill=1)
    if severity == "repair now":  # a white bar in it, as on a sign that says stop
        canvas.setFillColor(HexColor("#FFFFFF"))
        canvas.rect(x + 0.24 * size, y + 0.41 * size, 0.52 * size, 0.18 * size, stroke=0, fill=1)
    canvas.restoreState()


class Mark(Flowable):
    """A severity's sign and a paragraph beside it, for a cell of a table."""

    def __init__(self, severity: str | None, words: Flowable, size: float = 8.0) -> None:
        super().__init__()
        self._severity, self._words, self._size = severity, words, size

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Width and height in points."""
        self._height = self._words.wrap(available_width - self._size - 4, available_height)[1]
        self._height = max(self._height, self._size)
        return available_width, self._height

    def draw(self) -> None:
        """Draw sign and words, their first lines level."""
        draw_mark(self.canv, self._severity, 0, self._height - self._size - 1.2, self._size)
        self._words.drawOn(self.canv, self._size + 4, 0)
