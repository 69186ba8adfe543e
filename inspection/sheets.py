"""How a sheet of a workbook looks: header, cells that are never formulas, colours, thumbnails.

Workbooks are written row by row (openpyxl's write-only mode), so that a hundred thousand rows take no
more memory than ten. What stands above the rows, as widths and frozen columns, has to be known before them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import pixels_to_EMU
from PIL import Image

Sheet: TypeAlias = Any
"""openpyxl's write-only worksheet, which has no types."""

_HEADER_FILL = PatternFill("solid", fgColor="3A3A3A")
SEVERITY_COLOURS = {"none": "E0E0E0", "watch": "F6EE9C", "plan repair": "F3C077", "repair now": "E38C8C"}
_LINE = Border(bottom=Side(style="thin", color="D0D0D0"))
FACE = "Calibri"
"""openpyxl's own default; a font made for one cell has to name it."""

_THUMBNAIL_PX = (128, 64)
THUMBNAIL_WIDTH = 19.0
_POINTS_A_PIXEL, _LINE_POINTS = 0.75, 15.0


class Look(NamedTuple):
    """Of a table's cell: Excel's number format, "" for the usual one, and whether its words wrap."""

    number_format: str = ""
    wraps: bool = False


PLAIN = Look()


def fill_cell(cell: Cell, value: Any) -> Cell:
    """Give a cell its value; text stays text whatever it begins with."""
    if isinstance(value, str):
        # openpyxl would take "=1+1" for a formula; control characters are not allowed in a workbook.
        cell.value = "".join(c for c in value if c >= " " or c in "\n\t")[:32_000]
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


class TableSheet:
    """A table that fills a sheet: header with filters, in view while people scroll, repeated in print."""

    def __init__(
        self,
        sheet: Sheet,
        titles: Sequence[str],
        widths: Mapping[int, float] | None = None,
        frozen_columns: int = 1,
        pages_wide: int = 1,
    ) -> None:
        """Write the header.

        Args:
            sheet: an empty one.
            titles: of the columns.
            widths: number of a column, from 1 -> its width in characters, where the title does not give it.
            frozen_columns: how many stay in view.
            pages_wide: of a print.
        """
        self.sheet, self.rows = sheet, 1
        self._columns = len(titles)
        self._cells: dict[Look, Cell] = {}
        given = {1: 28.0, **(widths or {})}
        self._widths = [
            given.get(column, max(11, min(len(title) + 4, 24)))
            for column, title in enumerate(titles, start=1)
        ]
        for column, width in enumerate(self._widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = f"{get_column_letter(frozen_columns + 1)}2"
        sheet.print_title_rows = "1:1"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.row_dimensions[1].height = 32
        sheet.append([self._title(title) for title in titles])

    def add(self, values: Sequence[Any], looks: Sequence[Look] = ()) -> int:
        """Write a row of values, each as the look in its place says; returns the row's number."""
        shown = [*looks, *[PLAIN] * (len(values) - len(looks))]
        self.rows += 1
        wrapped = zip(values, shown, self._widths, strict=False)
        lines = max((_lines(v, width) for v, look, width in wrapped if look.wraps), default=1)
        if lines > 1:  # LibreOffice leaves the rows of such a file as high as one line
            dimension = self.sheet.row_dimensions[self.rows]
            dimension.height = max(dimension.height or 0.0, lines * _LINE_POINTS)
        # The cell of each look is filled anew just before it is written.
        self.sheet.append(
            None if value is None else fill_cell(self._cell(look), value)
            for value, look in zip(values, shown, strict=True)
        )
        self.sheet.row_dimensions.pop(self.rows, None)  # it is written
        return self.rows

    def add_picture(self, column: int, picture: NDArray[np.uint8]) -> None:
        """Place a thumbnail, uint8 (h, w, 3) BGR, in the row that comes next."""
        place_picture(self.sheet, self.rows + 1, column, picture)

    def close(self, severities: Mapping[int, Mapping[str, str]] | None = None) -> None:
        """Filters over the whole table, and colours in the columns of severities.

        Args:
            severities: number of a column, from 1 -> severity -> word in its cells.
        """
        for column, words in (severities or {}).items():
            colour_severities(self.sheet, column, self.rows, words)
        self.sheet.auto_filter.ref = f"A1:{get_column_letter(self._columns)}{self.rows}"

    def _title(self, title: str) -> Cell:
        cell = fill_cell(WriteOnlyCell(self.sheet), title)
        cell.font = Font(name=FACE, bold=True, color="FFFFFF")
        cell.fill = _HEADER_FILL
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        return cell

    def _cell(self, look: Look) -> Cell:
        if look not in self._cells:
            cell = WriteOnlyCell(self.sheet)
            # Words and figures beside a thumbnail begin at the top of its row.
            cell.alignment = Alignment(vertical="top", wrap_text=look.wraps or None)
            if look.number_format:
                cell.number_format = look.number_format
            self._cells[look] = cell
        return self._cells[look]


class Grid:
    """Cells of a small sheet in any order; they are written when it is closed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._cells: dict[tuple[int, int], Cell] = {}

    def cell(self, row: int, column: int) -> Cell:
        """A cell by its numbers, from 1."""
        return self._cells.setdefault((row, column), WriteOnlyCell(self.sheet))

    def write(self, row: int, column: int, value: Any, number_format: str = "") -> Cell:
        """Write a value."""
        cell = fill_cell(self.cell(row, column), value)
        if number_format:
            cell.number_format = number_format
        return cell

    def underline(self, row: int, columns: int) -> None:
        """A thin line under a row."""
        for column in range(1, columns + 1):
            self.cell(row, column).border = _LINE

    def close(self) -> None:
        """Write the rows from the first to the last."""
        last_row, last_column = (max(place) for place in zip(*self._cells, strict=True))
        for row in range(1, last_row + 1):
            self.sheet.append([self._cells.get((row, column)) for column in range(1, last_column + 1)])


def _lines(value: Any, width: float) -> int:
    """Lines that a text takes in a column so many characters wide; Chinese ones count as two."""
    if not isinstance(value, str):
        return 1
    return -(-sum(2 if c >= "\u2e80" else 1 for c in value) // max(int(width) - 1, 1))


def colour_severities(sheet: Sheet, column: int, last_row: int, shown: Mapping[str, str]) -> None:
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


def place_picture(sheet: Sheet, row: int, column: int, picture: NDArray[np.uint8]) -> None:
    """A thumbnail that belongs to its cell: it moves with it and disappears when a filter hides the row.

    Args:
        sheet: where it goes.
        row: of the cell, from 1; not written yet, as it becomes higher.
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
