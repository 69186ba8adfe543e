"""Pages of a PDF report: filled as they come, bookmarked, with header, footer and their number."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus.flowables import Flowable

from inspection.finding import SCREENING_NOTE
from inspection.report.style import FONT, GREY, LINE, fitted
from inspection.report.words import Words
from inspection.texts import text

MARGIN = 16 * mm


class Rest(Flowable):
    """Whatever an iterator gives, made when the report comes to it."""

    def __init__(self, parts: Iterator[list[Flowable]]) -> None:
        super().__init__()
        self._parts = parts

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """No room of its own."""
        return 0, 0

    def draw(self) -> None:
        """Hand the next part to the page that is being filled, with itself after it."""
        part = next(self._parts, None)
        if part is not None:
            self._frame.add_generated_content(*part, Rest(self._parts))


class Bookmark(Flowable):
    """A place that links lead to, listed in the viewer's outline."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self._name, self._title = name, title

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """No room of its own."""
        return 0, 0

    def draw(self) -> None:
        """Mark the place a little above the heading that follows."""
        self.canv.bookmarkHorizontal(self._name, 0, 16)
        self.canv.addOutlineEntry(self._title, self._name, 0)


def canvas_maker(title: str, words: Words) -> type[Canvas]:
    """A canvas that writes header and footer when the number of pages is known."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            """Keep the page, with what is drawn on it compressed: it is thousands of short strings."""
            drawn = zlib.compress("\r\n".join(self._code).encode(), 1)
            self._pages.append({**self.__dict__, "_code": drawn})
            self._startPage()

        def save(self) -> None:
            """Finish all pages."""
            for state in self._pages:
                drawn = zlib.decompress(state.pop("_code")).decode()
                self.__dict__.update(state, _code=[drawn])
                _furniture(self, title, words, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _furniture(canvas: Canvas, title: str, words: Words, pages: int) -> None:
    """Title on top of every page but the first; disclaimer and page number below."""
    width, height = canvas._pagesize
    number = canvas.getPageNumber()
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(GREY)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.4)
    if number > 1:
        canvas.drawString(MARGIN, height - 10 * mm, fitted(title, 7.5, width - 2 * MARGIN))
        canvas.line(MARGIN, height - 11.5 * mm, width - MARGIN, height - 11.5 * mm)
    canvas.drawString(MARGIN, 9 * mm, words.say(SCREENING_NOTE))
    canvas.drawRightString(
        width - MARGIN, 9 * mm, words.say(text("Page {number} of {pages}", number=number, pages=pages))
    )
