"""The Excel workbook an inspector takes home: Summary, Detections, Pictures, Hot spots, Settings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from inspection.finding import SCREENING_NOTE, SEVERITIES, Finding
from inspection.report.content import ReportDetails
from inspection.report.words import Words
from inspection.results import Result
from inspection.sheets import (
    SEVERITY_FILLS,
    colour_severities,
    finish_sheet,
    place_picture,
    widen,
    write_cell,
    write_header,
)
from inspection.summary_sheet import fill_summary
from inspection.tables import columns_for, hottest_celsius, source_words, worst_severity
from inspection.texts import text
from inspection.units import Unit, rise, temperature

__all__ = ["SEVERITY_FILLS", "fill_settings", "finish_sheet", "to_excel", "write_cell", "write_header"]

_RAW = frozenset({"class_id", "class_name"})
"""Columns that keep the model's own words in every language."""

_WIDE = {"reference": 30, "rule": 44, "reason": 44, "warning": 44, "temperature_source": 24, "class_name": 22}

Thumbnails = Mapping[tuple[int, int], NDArray[np.uint8]]
"""(index of the result, number of the finding) -> uint8 (h, w, 3) BGR crop."""


def to_excel(
    results: Sequence[Result],
    settings: Mapping[str, Any],
    thumbnails: Thumbnails | None = None,
    unit: Unit = "°C",
    language: str = "en",
    details: ReportDetails | None = None,
) -> bytes:
    """The workbook of a run.

    Args:
        results: one a file, failed ones too; walked through several times.
        settings: what the run was made with; label -> value, written as they are.
        thumbnails: a small crop a finding, where wanted.
        unit: of the temperatures.
        language: of headings and words; class ids and raw names stay the model's own.
        details: title, people and place for the Summary.

    Raises:
        ValueError: an unknown language.
    """
    details = details or ReportDetails()
    filler = _Filler(results, thumbnails or {}, Words(language, unit))
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = filler.words.say(text("Summary"))
    fill_summary(sheet, results, details, filler.words)
    filler.detections(book.create_sheet(filler.words.say(text("Detections"))))
    filler.pictures(book.create_sheet(filler.words.say(text("Pictures"))))
    if any(result.hot_spots for result in results):
        filler.hot_spots(book.create_sheet(filler.words.say(text("Hot spots"))))
    fill_settings(book.create_sheet(filler.words.say(text("Settings"))), settings, language)
    book.properties.creator = details.inspector or "Overheat Inspector"
    book.properties.title = details.title or filler.words.say(text("Thermal inspection report"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Filler:
    """Fills the sheets that are tables."""

    results: Sequence[Result]
    thumbnails: Thumbnails
    words: Words

    @property
    def severities(self) -> dict[str, str]:
        """Severity -> its word in this workbook."""
        return {severity: self.words.severity(severity) for severity in SEVERITIES}

    def detections(self, sheet: Worksheet) -> None:
        """One row a finding."""
        say = self.words.say
        columns = columns_for((f for result in self.results for f in result.findings), self.words.unit)
        first = [say(text("File")), *([say(text("Picture"))] if self.thumbnails else [])]
        titles = [*first, *(say(column.title) for column in columns), say(text("Time (s)"))]
        write_header(sheet, titles, len(first), pages_wide=2)
        row = 1
        for index, result in enumerate(self.results):
            for finding in result.findings:
                row += 1
                write_cell(sheet, row, 1, result.file)
                crop = self.thumbnails.get((index, finding.number))
                if crop is not None:
                    place_picture(sheet, row, 2, crop)
                for place, column in enumerate(columns, start=len(first) + 1):
                    value = self._cell(column.key, column.value(finding))
                    write_cell(sheet, row, place, value, column.number_format)
                write_cell(sheet, row, len(titles), round(result.seconds, 4), "0.000")
        for place, column in enumerate(columns, start=len(first) + 1):
            if column.key in _WIDE:
                widen(sheet, place, _WIDE[column.key], range(2, row + 1))
            elif column.key == "class":
                widen(sheet, place, 22)
            elif column.key == "severity":
                widen(sheet, place, 16)
                colour_severities(sheet, place, row, self.severities)
        self._to_the_top(sheet, row)
        finish_sheet(sheet, row, len(titles))

    def _cell(self, key: str, value: Any) -> Any:
        return self.words.say(value) if isinstance(value, str) and key not in _RAW else value

    @staticmethod
    def _to_the_top(sheet: Worksheet, last_row: int) -> None:
        """Words and figures beside a thumbnail begin at the top of its row."""
        for cells in sheet.iter_rows(2, last_row):
            for cell in cells:
                if not cell.alignment.vertical:
                    cell.alignment = Alignment(vertical="top")

    def pictures(self, sheet: Worksheet) -> None:
        """One row a file, failed ones too."""
        say, unit = self.words.say, self.words.unit
        classes = list(dict.fromkeys(name for result in self.results for name in result.by_class()))
        thermal = any(hottest_celsius(result.findings) is not None for result in self.results)
        heat = (text("Hottest ({unit})", unit=unit), text("Worst severity"), text("Temperatures from"))
        titles: list[str] = [text("File"), text("Findings"), *(heat if thermal else ()), *classes]
        titles += [text("Width (px)"), text("Height (px)"), text("Time (s)"), text("Note")]
        write_header(sheet, [say(title) for title in titles])
        row = 1
        for row, result in enumerate(self.results, start=2):
            counts = result.by_class()
            values: list[Any] = [result.file, None if result.error else len(result.findings)]
            values += self._heat(result.findings) if thermal else []
            values += [counts.get(name, 0) for name in classes]
            values += [result.width or None, result.height or None, round(result.seconds, 4)]
            for column, value in enumerate(values, start=1):
                write_cell(sheet, row, column, value, "0.0" if thermal and column == 3 else "")
            write_cell(sheet, row, len(titles), say(result.error or result.note))
        if thermal:
            widen(sheet, 4, 16)
            widen(sheet, 5, 24)
            colour_severities(sheet, 4, row, self.severities)
        widen(sheet, len(titles), 60)
        finish_sheet(sheet, row, len(titles))

    def _heat(self, findings: Sequence[Finding]) -> list[Any]:
        hot, worst = hottest_celsius(findings), worst_severity(findings)
        return [
            None if hot is None else round(temperature(hot, self.words.unit), 2),
            None if worst is None else self.words.severity(worst),
            self.words.say(source_words(findings[0])) if findings else None,
        ]

    def hot_spots(self, sheet: Worksheet) -> None:
        """Regions that stand out thermally and that the model does not know; never among its detections."""
        say, unit = self.words.say, self.words.unit
        heat = (
            text("Hottest ({unit})", unit=unit),
            text("Over surroundings ({unit})", unit=self.words.rise_unit),
        )
        corners = (text("x1 (px)"), text("y1 (px)"), text("x2 (px)"), text("y2 (px)"))
        write_header(sheet, [say(title) for title in (text("File"), *heat, *corners)])
        row = 1
        for result in self.results:
            for spot in result.hot_spots:
                row += 1
                hot, contrast = temperature(spot.max_celsius, unit), rise(spot.contrast_kelvin, unit)
                values = (result.file, round(hot, 2), round(contrast, 2), *spot.xyxy)
                for column, value in enumerate(values, start=1):
                    write_cell(sheet, row, column, value, "0.0" if column in (2, 3) else "0")
        finish_sheet(sheet, row, 7)


def fill_settings(sheet: Worksheet, settings: Mapping[str, Any], language: str = "en") -> None:
    """The sheet that says what a run was made with, one row a setting."""
    words = Words(language)
    write_header(sheet, [words.say(text("Setting")), words.say(text("Value"))])
    rows = {**settings, text("Note"): SCREENING_NOTE}
    for row, (label, value) in enumerate(rows.items(), start=2):
        write_cell(sheet, row, 1, words.say(label))
        shown = words.say(value) if isinstance(value, str) else value
        write_cell(sheet, row, 2, shown, "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "")
        sheet.cell(row, 2).alignment = Alignment(horizontal="left", wrap_text=True, vertical="top")
    finish_sheet(sheet, len(rows) + 1, 2)
    widen(sheet, 2, 72)
