"""Take a video's result home: a workbook with Objects, Events and Frames, and everything as one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from inspection.about import settings_rows
from inspection.detector import Detector
from inspection.finding import SCREENING_NOTE
from inspection.units import Unit
from inspection.video.result import VideoResult
from inspection.video.tables import Table, events_table, findings_csv, frames_table, objects_table, to_csv
from inspection.workbook import SEVERITY_FILLS, fill_settings, finish_sheet, write_cell, write_header

MOST_FRAME_ROWS = 50_000
"""Rows of the Frames sheet: half an hour at 25 frames a second; the CSV holds all of them."""


def video_settings_rows(result: VideoResult, detector: Detector) -> dict[str, Any]:
    """Label -> value of everything that shaped a result."""
    settings, alarm, scale = result.settings, result.settings.alarm, result.settings.scale
    end = "end of the video" if settings.end is None else settings.end
    about = detector.engine.description
    return {
        "File": result.info.name,
        **settings_rows(settings.run, detector.info, about, settings.measuring.assessing),
        "Start (s)": settings.start,
        "End (s)": end,
        "Frame stride": settings.stride,
        "Tracking": "ByteTrack" if settings.tracking else "off",
        "Colour scale": "none"
        if scale is None
        else f"{scale.palette}, {scale.minimum:g} to {scale.maximum:g} °C",
        "Alarm": "none"
        if alarm is None
        else f"from {alarm.limit_celsius:g} °C for {alarm.hold_seconds:g} s, "
        f"clears below {alarm.limit_celsius - alarm.tolerance_kelvin:g} °C",
        "Frames worked on": len(result.frames),
        "Stopped before the end": "yes" if result.stopped else "no",
        "About the file": result.note,
    }


def to_excel(result: VideoResult, settings: Mapping[str, Any], unit: Unit = "°C") -> bytes:
    """The workbook of a run.

    Args:
        result: of the run.
        settings: from `video_settings_rows`.
        unit: of the temperatures.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Objects"
    _fill(sheet, objects_table(result, unit))
    _fill(book.create_sheet("Events"), events_table(result, unit))
    _fill(book.create_sheet("Frames"), frames_table(result, unit, MOST_FRAME_ROWS))
    left_out = len(result.frames) - MOST_FRAME_ROWS
    more = {"Frames sheet": f"the last {left_out} frames are in the CSV only"} if left_out > 0 else {}
    fill_settings(book.create_sheet("Settings"), {**settings, **more})
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_zip(path: Path, result: VideoResult, settings: Mapping[str, Any], unit: Unit = "°C") -> None:
    """Everything of a run as one archive on disk, so that a long video does not fill the memory.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(result.video, "annotated.mp4", compress_type=zipfile.ZIP_STORED)
        archive.writestr("overheat-inspector.xlsx", to_excel(result, settings, unit))
        archive.writestr("findings.csv", findings_csv(result))
        for name, table in (
            ("objects", objects_table(result, unit)),
            ("events", events_table(result, unit)),
            ("frames", frames_table(result, unit)),
        ):
            archive.writestr(f"{name}.csv", to_csv(*table))
        archive.writestr("READ ME.txt", f"Made by Overheat Inspector. {SCREENING_NOTE}\n")


def _fill(sheet: Worksheet, table: Table) -> None:
    write_header(sheet, table.titles)
    graded = {title for title in table.titles if "everity" in title}
    for number, row in enumerate(table.rows, start=2):
        for column, (title, value) in enumerate(zip(table.titles, row, strict=True), start=1):
            cell = write_cell(sheet, number, column, value, "0.00" if isinstance(value, float) else "")
            if title in graded and value in SEVERITY_FILLS:
                cell.fill = SEVERITY_FILLS[value]
    finish_sheet(sheet, len(table.rows) + 1, len(table.titles))
