"""How a sheet of a workbook looks: header, cells that are never formulas, colours, thumbnails."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl.cell import Cell
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import pixels_to_EMU
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

_HEADER_FILL = PatternFill("solid", fgColor="3A3A3A")
SEVERITY_COLOURS = {"none": "E0E0E0", "watch": "F6EE9C", "plan repair": "F3C077", "repair now": "E38C8C"}
SEVERITY_FILLS = {name: PatternFill("solid", fgColor=colour) for name, colour in SEVERITY_COLOURS.items()}
_LINE = Side(style="thin", color="D0D0D0")
FACE = "Calibri"
"""openpyxl's own default; a font made for one cell has to name it."""

_THUMBNAIL_PX = (128, 64)
_POINTS_A_PIXEL = 0.75


def write_header(
    sheet: Worksheet, titles: Sequence[str], frozen_columns: int = 1, pages_wide: int = 1
) -> None:
    """Headings in row 1, which stays in view with the first columns; repeated on every printed page."""
    for column, title in enumerate(titles, start=1):
        cell = write_cell(sheet, 1, column, title)
        cell.font = Font(name=FACE, bold=True, color="FFFFFF")
        cell.fill = _HEADER_FILL
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(11, min(len(title) + 4, 24))
    sheet.row_dimensions[1].height = 32
    sheet.column_dimensions["A"].width = 28
    sheet.freeze_panes = f"{get_column_letter(frozen_columns + 1)}2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, number_format: str = "") -> Cell:
    """Write a value; text stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        # openpyxl would take "=1+1" for a formula; control characters are not allowed in a workbook.
        cell.value = "".join(c for c in value if c >= " " or c in "\n\t")[:32_000]
        cell.data_type = "s"
    else:
        cell.value = value
        if number_format:
            cell.number_format = number_format
    return cell


def finish_sheet(sheet: Worksheet, last_row: int, last_column: int) -> None:
    """Filters over the whole table."""
    sheet.auto_filter.ref = f"A1:{get_column_letter(last_column)}{max(last_row, 1)}"


def widen(sheet: Worksheet, column: int, width: float, wrap_rows: Iterable[int] = ()) -> None:
    """Give a column its width in characters; the texts in these rows wrap."""
    sheet.column_dimensions[get_column_letter(column)].width = width
    for row in wrap_rows:
        sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")


def colour_severities(sheet: Worksheet, column: int, last_row: int, shown: Mapping[str, str]) -> None:
    """Colour the cells of a column by the severity they name, whatever is filtered, sorted or typed later.

    Args:
        sheet: to be coloured.
        column: its number, from 1.
        last_row: of the table, which begins in row 2.
        shown: severity -> word in the cells.
    """
    if last_row < 2:
        return
    letter = get_column_letter(column)
    for severity, word in shown.items():
        colour = SEVERITY_COLOURS[severity]
        quoted = word.replace('"', '""')
        sheet.conditional_formatting.add(
            f"{letter}2:{letter}{last_row}",
            CellIsRule(
                operator="equal",
                formula=[f'"{quoted}"'],
                fill=PatternFill("solid", start_color=colour, end_color=colour),
                font=Font(bold=severity == "repair now"),
            ),
        )


def underline(sheet: Worksheet, row: int, columns: int) -> None:
    """A thin line under a row."""
    for column in range(1, columns + 1):
        sheet.cell(row, column).border = Border(bottom=_LINE)


def place_picture(sheet: Worksheet, row: int, column: int, picture: NDArray[np.uint8]) -> None:
    """A thumbnail that belongs to its cell: it moves with it and disappears when a filter hides the row.

    Args:
        sheet: where it goes.
        row: of the cell, from 1.
        column: likewise.
        picture: uint8 (h, w, 3) BGR.
    """
    small = Image.fromarray(np.ascontiguousarray(picture[..., ::-1]))
    small.thumbnail(_THUMBNAIL_PX)
    factor = _THUMBNAIL_PX[1] // max(small.size)
    if factor > 1:  # a few pixels, each to be seen
        small = small.resize((small.width * factor, small.height * factor), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    image = SheetImage(buffer)
    gap = pixels_to_EMU(2)
    left_top = AnchorMarker(column - 1, gap, row - 1, gap)
    right_bottom = AnchorMarker(
        column - 1, gap + pixels_to_EMU(small.width), row - 1, gap + pixels_to_EMU(small.height)
    )
    image.anchor = TwoCellAnchor("twoCell", left_top, right_bottom)
    sheet.add_image(image)
    sheet.row_dimensions[row].height = (_THUMBNAIL_PX[1] + 5) * _POINTS_A_PIXEL
    sheet.column_dimensions[get_column_letter(column)].width = 19
