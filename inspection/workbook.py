"""The Excel workbook an inspector takes home: Summary, Detections, Pictures, Hot spots, Settings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from openpyxl import Workbook

from inspection.finding import SCREENING_NOTE, SEVERITIES, Finding
from inspection.report.content import ReportDetails
from inspection.report.words import Words
from inspection.results import Result
from inspection.sheets import PLAIN, THUMBNAIL_WIDTH, Look, Sheet, TableSheet
from inspection.summary_sheet import fill_summary
from inspection.tables import columns_for, hottest_celsius, source_words, worst_severity
from inspection.texts import text
from inspection.units import Unit, rise, temperature

_RAW = frozenset({"class_id", "class_name"})
"""Columns that keep the model's own words in every language."""

_WRAPPED = {
    "reference": 30,
    "rule": 44,
    "reason": 44,
    "warning": 44,
    "temperature_source": 24,
    "class_name": 22,
}
_WIDTHS = {**_WRAPPED, "class": 22, "severity": 16}
"""In characters, of the columns whose title does not give the width; the wrapped ones hold sentences."""

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
    """The workbook of a run as a file's bytes; see `write_excel`."""
    buffer = io.BytesIO()
    write_excel(buffer, results, settings, thumbnails, unit, language, details)
    return buffer.getvalue()


def write_excel(
    target: Path | IO[bytes],
    results: Sequence[Result],
    settings: Mapping[str, Any],
    thumbnails: Thumbnails | None = None,
    unit: Unit = "°C",
    language: str = "en",
    details: ReportDetails | None = None,
) -> None:
    """Write the workbook of a run; however many findings there are, only their thumbnails are in memory.

    Args:
        target: a path, or a file to write to.
        results: one a file, failed ones too; walked through several times.
        settings: what the run was made with; label -> value, written as they are.
        thumbnails: a small crop a finding, where wanted.
        unit: of the temperatures.
        language: of headings and words; class ids and raw names stay the model's own.
        details: title, people and place for the Summary.

    Raises:
        ValueError: an unknown language.
        OSError: it cannot be written.
    """
    details = details or ReportDetails()
    filler = _Filler(results, thumbnails or {}, Words(language, unit))
    say = filler.words.say
    book = Workbook(write_only=True)
    fill_summary(book.create_sheet(say(text("Summary"))), results, details, filler.words)
    filler.detections(book.create_sheet(say(text("Detections"))))
    filler.pictures(book.create_sheet(say(text("Pictures"))))
    if any(result.hot_spots for result in results):
        filler.hot_spots(book.create_sheet(say(text("Hot spots"))))
    fill_settings(book.create_sheet(say(text("Settings"))), settings, filler.words)
    book.properties.creator = details.inspector or "Overheat Inspector"
    book.properties.title = details.title or say(text("Thermal inspection report"))
    book.save(target)


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

    def detections(self, sheet: Sheet) -> None:
        """One row a finding."""
        say = self.words.say
        columns = columns_for((f for result in self.results for f in result.findings), self.words.unit)
        first = [say(text("File")), *([say(text("Picture"))] if self.thumbnails else [])]
        widths = {2: THUMBNAIL_WIDTH} if self.thumbnails else {}
        places = {column.key: place for place, column in enumerate(columns, start=len(first) + 1)}
        widths |= {place: _WIDTHS[key] for key, place in places.items() if key in _WIDTHS}
        titles = [*first, *(say(column.title) for column in columns), say(text("Time (s)"))]
        table = TableSheet(sheet, titles, widths, len(first), pages_wide=2)
        looks = [PLAIN] * len(first) + [Look(c.number_format, c.key in _WRAPPED) for c in columns]
        looks.append(Look("0.000"))
        for index, result in enumerate(self.results):
            for finding in result.findings:
                crop = self.thumbnails.get((index, finding.number))
                if crop is not None:
                    table.add_picture(2, crop)
                values = [self._cell(column.key, column.value(finding)) for column in columns]
                before = [result.file, *[None] * (len(first) - 1)]
                table.add([*before, *values, round(result.seconds, 4)], looks)
        graded = places.get("severity")
        table.close({graded: self.severities} if graded else {})

    def _cell(self, key: str, value: Any) -> Any:
        return self.words.say(value) if isinstance(value, str) and key not in _RAW else value

    def pictures(self, sheet: Sheet) -> None:
        """One row a file, failed ones too."""
        say, unit = self.words.say, self.words.unit
        classes = list(dict.fromkeys(name for result in self.results for name in result.by_class()))
        thermal = any(hottest_celsius(result.findings) is not None for result in self.results)
        heat = (text("Hottest ({unit})", unit=unit), text("Worst severity"), text("Temperatures from"))
        titles: list[str] = [text("File"), text("Findings"), *(heat if thermal else ()), *classes]
        titles += [text("Width (px)"), text("Height (px)"), text("Time (s)"), text("Note")]
        widths = {len(titles): 60.0, **({4: 16.0, 5: 24.0} if thermal else {})}
        table = TableSheet(sheet, [say(title) for title in titles], widths)
        looks = [PLAIN, PLAIN, *([Look("0.0")] if thermal else [])]
        for result in self.results:
            counts = result.by_class()
            values: list[Any] = [result.file, None if result.error else len(result.findings)]
            values += self._heat(result.findings) if thermal else []
            values += [counts.get(name, 0) for name in classes]
            values += [result.width or None, result.height or None, round(result.seconds, 4)]
            table.add([*values, say(result.error or result.note)], looks)
        table.close({4: self.severities} if thermal else {})

    def _heat(self, findings: Sequence[Finding]) -> list[Any]:
        hot, worst = hottest_celsius(findings), worst_severity(findings)
        return [
            None if hot is None else round(temperature(hot, self.words.unit), 2),
            None if worst is None else self.words.severity(worst),
            self.words.say(source_words(findings[0])) if findings else None,
        ]

    def hot_spots(self, sheet: Sheet) -> None:
        """Regions that stand out thermally and that the model does not know; never among its detections."""
        say, unit = self.words.say, self.words.unit
        heat = (
            text("Hottest ({unit})", unit=unit),
            text("Over surroundings ({unit})", unit=self.words.rise_unit),
        )
        corners = (text("x1 (px)"), text("y1 (px)"), text("x2 (px)"), text("y2 (px)"))
        table = TableSheet(sheet, [say(title) for title in (text("File"), *heat, *corners)])
        looks = [PLAIN, *[Look("0.0")] * 2, *[Look("0")] * 4]
        for result in self.results:
            for spot in result.hot_spots:
                hot, contrast = temperature(spot.max_celsius, unit), rise(spot.contrast_kelvin, unit)
                table.add([result.file, round(hot, 2), round(contrast, 2), *spot.xyxy], looks)
        table.close()


def fill_settings(sheet: Sheet, settings: Mapping[str, Any], words: Words) -> None:
    """The sheet that says what a run was made with, one row a setting."""
    table = TableSheet(sheet, [words.say(text("Setting")), words.say(text("Value"))], {2: 72})
    for label, value in {**settings, text("Note"): SCREENING_NOTE}.items():
        shown = words.say(value) if isinstance(value, str) else value
        look = Look("yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "", wraps=True)
        table.add([words.say(label), shown], [PLAIN, look])
    table.close()
