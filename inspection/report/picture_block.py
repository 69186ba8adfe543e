"""Pictures on a PDF's page: side by side in boxes of one size, and the temperature map with its scale."""

from __future__ import annotations

import io
from collections.abc import Sequence

import cv2
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Table
from reportlab.platypus.flowables import Flowable

from inspection.report.content import ReportPicture, ReportPictures
from inspection.report.pictures import scale_bar, small_jpeg
from inspection.report.style import FONT, GREY, INK, LINE, paragraph
from inspection.report.words import Words

_LEAST_PT = 4.0
"""A picture a thousand times as wide as high still shows as a line."""


class Picture(Flowable):
    """A JPEG with a thin frame, as large as its box allows."""

    def __init__(self, jpeg: bytes, size_px: tuple[int, int], box: tuple[float, float]) -> None:
        super().__init__()
        factor = min(box[0] / size_px[0], box[1] / size_px[1])
        self.width, self.height = (max(_LEAST_PT, side * factor) for side in size_px)
        self._jpeg = jpeg

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Width and height in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Put the file into the document as it is, without decoding it."""
        self.canv.drawImage(ImageReader(io.BytesIO(self._jpeg)), 0, 0, self.width, self.height)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.5)
        self.canv.rect(0, 0, self.width, self.height)


class ScaleBar(Flowable):
    """The colours of a temperature map with the temperatures at its ends and middle."""

    def __init__(self, palette: str, labels: Sequence[str], height: float) -> None:
        super().__init__()
        done, data = cv2.imencode(".png", scale_bar(palette))
        assert done
        self._png, self._labels, self.width, self.height = data.tobytes(), labels, 50.0, height

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Width and height in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the bar, and the labels from the top down."""
        self.canv.drawImage(ImageReader(io.BytesIO(self._png)), 0, 0, 9, self.height)
        self.canv.setStrokeColor(INK)
        self.canv.setLineWidth(0.4)
        self.canv.rect(0, 0, 9, self.height)
        self.canv.setFont(FONT, 7)
        self.canv.setFillColor(INK)
        step = (self.height - 6) / max(len(self._labels) - 1, 1)
        for place, label in enumerate(self._labels):
            self.canv.drawString(12, self.height - 6 - place * step, label)


def framed(
    picture: ReportPicture | None, caption: str, box: tuple[float, float], longest: int
) -> list[Flowable] | None:
    """A picture over its caption, or None where there is none."""
    made = small_jpeg(picture, longest)
    if made is None:
        return None
    jpeg, width, height = made
    return [Picture(jpeg, (width, height), box), paragraph(caption, "small", colour=GREY)]


def thermal_map(
    pictures: ReportPictures, caption: str, box: tuple[float, float], longest: int, words: Words
) -> list[Flowable] | None:
    """The temperature map beside its scale, over its caption; None where there is no map."""
    made = small_jpeg(pictures.thermal, longest)
    if made is None:
        return None
    jpeg, width, height = made
    if pictures.span_celsius is None:
        return [Picture(jpeg, (width, height), box), paragraph(caption, "small", colour=GREY)]
    picture = Picture(jpeg, (width, height), (box[0] - 56, box[1]))
    low, high = pictures.span_celsius
    labels = [words.with_unit(value) for value in (high, (low + high) / 2, low)]
    if pictures.measured is not None:  # the ends stand for everything beyond them
        labels[0] = f"≥ {labels[0]}" if pictures.measured[2] > high else labels[0]
        labels[2] = f"≤ {labels[2]}" if pictures.measured[0] < low else labels[2]
    bar = ScaleBar(pictures.palette, labels, max(picture.height, 30.0))
    return [
        side_by_side([[picture], [bar]], [picture.width + 6, 50]),
        paragraph(caption, "small", colour=GREY),
    ]


def side_by_side(cells: Sequence[Sequence[Flowable]], widths: Sequence[float]) -> Table:
    """Flowables in columns without lines or padding."""
    rules = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
             ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
             ("BOTTOMPADDING", (0, 0), (-1, -1), 4)]  # fmt: skip
    return Table([[list(cell) for cell in cells]], list(widths), style=rules, hAlign="LEFT")
