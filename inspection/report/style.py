"""How a PDF report looks: font, paragraphs and tables; black on white."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, Table

FONT = "Inspector"
INK, GREY, LINE, SHADE, ACCENT = (
    HexColor(c) for c in ("#1A1A1A", "#555555", "#B8B8B8", "#EFEFEF", "#D9731A")
)
_SIZES = {"title": 20.0, "heading": 12.0, "body": 9.5, "cell": 8.0, "small": 7.5}
_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_lock = threading.Lock()


def register_font() -> None:
    """Make the font known to reportlab, once a process."""
    from inspection.fonts import font_path

    with _lock:
        if FONT not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(FONT, str(font_path())))


class BoldParagraph(Paragraph):
    """A paragraph whose letters also get an outline: bold from a font that has one weight."""

    def draw(self) -> None:
        """Draw it; the outline is part of the text state and ends with it."""
        size = self.style.fontSize
        self.canv.saveState()
        self.canv.setStrokeColor(self.style.textColor)
        self.canv._code.append(f"2 Tr {0.028 * size:.3f} w")
        super().draw()
        self.canv.restoreState()


def paragraph(
    words: str, kind: str = "body", bold: bool = False, right: bool = False, colour: Any = INK, link: str = ""
) -> Paragraph:
    """Words as a paragraph; whatever they hold is shown, never taken for markup.

    Args:
        words: one line or several.
        kind: title, heading, body, cell or small.
        bold: drawn bolder.
        right: set to the right, for numbers.
        colour: of the letters.
        link: name of a place in the document to go to at a click.
    """
    size = _SIZES[kind]
    style = ParagraphStyle(
        kind, fontName=FONT, fontSize=size, leading=1.32 * size, textColor=colour, splitLongWords=1,
        alignment=TA_RIGHT if right else 0, wordWrap="CJK" if _CJK.search(words) else None,
    )  # fmt: skip
    markup = escape(words).replace("\n", "<br/>")
    if link:
        markup = f'<a href="#{link}" color="{colour.hexval().replace("0x", "#")}">{markup}</a>'
    return (BoldParagraph if bold else Paragraph)(markup, style)


def grid(rows: Sequence[Sequence[Any]], widths: Sequence[float], header: bool = True) -> Table:
    """A table with thin lines whose header is repeated on every page; cells are flowables."""
    rules: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if header:
        rules += [("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK)]
    return Table(
        [list(row) for row in rows], list(widths), style=rules, repeatRows=int(header), hAlign="LEFT"
    )


def fields(rows: Sequence[tuple[str, str]], width: float, label_width: float, kind: str = "cell") -> Table:
    """Labels in grey beside their values, without lines."""
    cells = [[paragraph(label, kind, colour=GREY), paragraph(value, kind)] for label, value in rows]
    rules = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 0.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
    return Table(cells, [label_width, width - label_width], style=rules, hAlign="LEFT")


def fitted(words: str, size: float, width: float) -> str:
    """Words cut with an ellipsis so that they fit a width in points."""
    if pdfmetrics.stringWidth(words, FONT, size) <= width:
        return words
    while words and pdfmetrics.stringWidth(f"{words}…", FONT, size) > width:
        words = words[:-1]
    return f"{words}…"
