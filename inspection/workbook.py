"""The Excel workbook an inspector takes home: Detections, Summary, Settings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from inspection.finding import SCREENING_NOTE
from inspection.results import Result
from inspection.tables import (
    columns_for,
    hottest_celsius,
    source_words,
    worst_severity,
)
from inspection.units import Unit, rise, rise_name, temperature

_HEADER_FILL = PatternFill("solid", fgColor="3A3A3A")
SEVERITY_FILLS = {
    "none": PatternFill("solid", fgColor="E0E0E0"),
    "watch": PatternFill("solid", fgColor="F6EE9C"),
    "plan repair": PatternFill("solid", fgColor="F3C077"),
    "repair now": PatternFill("solid", fgColor="E38C8C"),
}
_THUMBNAIL_PX = 64

Thumbnails = Mapping[tuple[int, int], NDArray[np.uint8]]
"""(index of the result, number of the finding) -> uint8 (h, w, 3) BGR crop."""


def to_excel(
    results: Sequence[Result],
    settings: Mapping[str, Any],
    thumbnails: Thumbnails | None = None,
    unit: Unit = "°C",
) -> bytes:
    """The workbook of a run.

    Args:
        results: one a file, failed ones too.
        settings: what the run was made with; label -> value, written as they are.
        thumbnails: a small crop a finding, where wanted.
        unit: of the temperatures.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Detections"
    _fill_detections(sheet, results, thumbnails or {}, unit)
    _fill_summary(book.create_sheet("Summary"), results, unit)
    if any(result.hot_spots for result in results):
        _fill_hot_spots(book.create_sheet("Hot spots"), results, unit)
    fill_settings(book.create_sheet("Settings"), settings)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill_detections(sheet: Worksheet, results: Sequence[Result], thumbnails: Thumbnails, unit: Unit) -> None:
    columns = columns_for((f for result in results for f in result.findings), unit)
    titles = ["File", *(column.title for column in columns), "Time (s)"]
    if thumbnails:
        titles.append("Picture")
    write_header(sheet, titles)
    row = 1
    for index, result in enumerate(results):
        for finding in result.findings:
            row += 1
            write_cell(sheet, row, 1, result.file)
            for position, column in enumerate(columns, start=2):
                cell = write_cell(sheet, row, position, column.value(finding), column.number_format)
                if column.key == "severity" and finding.severity is not None:
                    cell.fill = SEVERITY_FILLS[finding.severity]
            write_cell(sheet, row, len(columns) + 2, round(result.seconds, 4), "0.000")
            crop = thumbnails.get((index, finding.number))
            if crop is not None:
                _place_picture(sheet, row, len(columns) + 3, crop)
    finish_sheet(sheet, row, len(titles))


def _fill_hot_spots(sheet: Worksheet, results: Sequence[Result], unit: Unit) -> None:
    """Regions that stand out thermally and that the model does not know; never mixed into its detections."""
    write_header(
        sheet,
        [
            "File",
            f"Hottest ({unit})",
            f"Over surroundings ({rise_name(unit)})",
            "x1 (px)",
            "y1 (px)",
            "x2 (px)",
            "y2 (px)",
        ],
    )
    row = 1
    for result in results:
        for spot in result.hot_spots:
            row += 1
            hot, contrast = temperature(spot.max_celsius, unit), rise(spot.contrast_kelvin, unit)
            values = (result.file, round(hot, 2), round(contrast, 2), *spot.xyxy)
            for column, value in enumerate(values, start=1):
                write_cell(sheet, row, column, value, "0.0" if column in (2, 3) else "")
    finish_sheet(sheet, row, 7)


def _fill_summary(sheet: Worksheet, results: Sequence[Result], unit: Unit) -> None:
    classes = list(dict.fromkeys(name for result in results for name in result.by_class()))
    thermal = any(hottest_celsius(result.findings) is not None for result in results)
    heat = [f"Hottest ({unit})", "Worst severity", "Temperatures from"] if thermal else []
    titles = ["File", "Findings", *heat, *classes, "Width (px)", "Height (px)", "Time (s)", "Note"]
    write_header(sheet, titles)
    for row, result in enumerate(results, start=2):
        counts = result.by_class()
        values: list[Any] = [result.file, None if result.error else len(result.findings)]
        if thermal:
            hot = hottest_celsius(result.findings)
            source = source_words(result.findings[0]) if result.findings else None
            values += [
                None if hot is None else round(temperature(hot, unit), 2),
                worst_severity(result.findings),
                source,
            ]
        values += [counts.get(name, 0) for name in classes]
        values += [result.width or None, result.height or None, round(result.seconds, 4)]
        for column, value in enumerate(values, start=1):
            write_cell(sheet, row, column, value)
        write_cell(sheet, row, len(titles), result.error or result.note)
    finish_sheet(sheet, len(results) + 1, len(titles))


def fill_settings(sheet: Worksheet, settings: Mapping[str, Any]) -> None:
    """The sheet that says what a run was made with, one row a setting."""
    write_header(sheet, ["Setting", "Value"])
    rows = {**settings, "Note": SCREENING_NOTE}
    for row, (label, value) in enumerate(rows.items(), start=2):
        write_cell(sheet, row, 1, label)
        write_cell(sheet, row, 2, value)
    finish_sheet(sheet, len(rows) + 1, 2)


def write_header(sheet: Worksheet, titles: Sequence[str]) -> None:
    """Headings in row 1, which stays in view with the first column."""
    for column, title in enumerate(titles, start=1):
        cell = write_cell(sheet, 1, column, title)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEADER_FILL
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(11, min(len(title) + 3, 24))
    sheet.column_dimensions["A"].width = 28
    sheet.freeze_panes = "B2"


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, number_format: str = "") -> Cell:
    """Write a value; text stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        # openpyxl would take "=1+1" for a formula; control characters are not allowed in a workbook.
        cell.value = "".join(c for c in value if c >= " " or c in "\n\t")
        cell.data_type = "s"
    else:
        cell.value = value
        if number_format:
            cell.number_format = number_format
    return cell


def finish_sheet(sheet: Worksheet, last_row: int, last_column: int) -> None:
    """Filters over the whole table."""
    sheet.auto_filter.ref = f"A1:{get_column_letter(last_column)}{max(last_row, 1)}"


def _place_picture(sheet: Worksheet, row: int, column: int, crop: NDArray[np.uint8]) -> None:
    picture = Image.fromarray(np.ascontiguousarray(crop[..., ::-1]))
    picture.thumbnail((_THUMBNAIL_PX * 2, _THUMBNAIL_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    sheet.add_image(SheetImage(buffer), f"{get_column_letter(column)}{row}")
    sheet.row_dimensions[row].height = _THUMBNAIL_PX * 0.78  # points a pixel, with a little room
    sheet.column_dimensions[get_column_letter(column)].width = 19
