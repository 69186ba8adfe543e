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
from inspection.pseudocolour import FROM_BAR
from inspection.texts import DEFAULT_LANGUAGE, Text, text, text_n, translate
from inspection.units import Unit
from inspection.video.result import VideoResult
from inspection.video.tables import Table, events_table, findings_csv, frames_table, objects_table, to_csv
from inspection.workbook import SEVERITY_FILLS, fill_settings, finish_sheet, write_cell, write_header

MOST_FRAME_ROWS = 50_000
"""Rows of the Frames sheet: half an hour at 25 frames a second; the CSV holds all of them."""


def video_settings_rows(result: VideoResult, detector: Detector) -> dict[str, Any]:
    """Label -> value of everything that shaped a result."""
    settings, alarm, scale = result.settings, result.settings.alarm, result.settings.scale
    end = text("end of the video") if settings.end is None else settings.end
    about = detector.engine.description
    return {
        text("File"): result.info.name,
        **settings_rows(settings.run, detector.info, about, settings.measuring.assessing),
        text("Start (s)"): settings.start,
        text("End (s)"): end,
        text("Frame stride"): settings.stride,
        text("Tracking"): "ByteTrack" if settings.tracking else text("off"),
        text("Colour scale"): text("no scale")
        if scale is None
        else text(
            "{palette}, {low:g} to {high:g} °C",
            palette=scale.palette or FROM_BAR,
            low=scale.minimum,
            high=scale.maximum,
        ),
        text("Alarm"): text("no alarm")
        if alarm is None
        else text(
            "from {limit:g} °C for {hold:g} s, clears below {clears:g} °C",
            limit=alarm.limit_celsius,
            hold=alarm.hold_seconds,
            clears=alarm.limit_celsius - alarm.tolerance_kelvin,
        ),
        text("Frames worked on"): len(result.frames),
        text("Stopped before the end"): text("yes") if result.stopped else text("no"),
        text("About the file"): result.note,
    }


def to_excel(
    result: VideoResult, settings: Mapping[str, Any], unit: Unit = "°C", language: str = DEFAULT_LANGUAGE
) -> bytes:
    """The workbook of a run.

    Args:
        result: of the run.
        settings: from `video_settings_rows`.
        unit: of the temperatures.
        language: of headings and words.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = translate(text("Objects"), language)
    _fill(sheet, objects_table(result, unit), language)
    _fill(book.create_sheet(translate(text("Events"), language)), events_table(result, unit), language)
    frames = frames_table(result, unit, MOST_FRAME_ROWS)
    _fill(book.create_sheet(translate(text("Frames"), language)), frames, language)
    left_out = len(result.frames) - MOST_FRAME_ROWS
    more: dict[str, Any] = {}
    if left_out > 0:
        words = text_n(
            "the last {n} frame is in the CSV only", "the last {n} frames are in the CSV only", left_out
        )
        more = {text("Frames sheet"): words}
    fill_settings(book.create_sheet(translate(text("Settings"), language)), {**settings, **more}, language)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_zip(
    path: Path, result: VideoResult, settings: Mapping[str, Any], unit: Unit = "°C",
    language: str = DEFAULT_LANGUAGE,
) -> None:  # fmt: skip
    """Everything of a run as one archive on disk, so that a long video does not fill the memory.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(result.video, "annotated.mp4", compress_type=zipfile.ZIP_STORED)
        archive.writestr("overheat-inspector.xlsx", to_excel(result, settings, unit, language))
        archive.writestr("findings.csv", findings_csv(result))
        for name, table in (
            ("objects", objects_table(result, unit)),
            ("events", events_table(result, unit)),
            ("frames", frames_table(result, unit)),
        ):
            archive.writestr(f"{name}.csv", to_csv(*table))
        archive.writestr("READ ME.txt", f"Made by Overheat Inspector. {SCREENING_NOTE}\n")


def _fill(sheet: Worksheet, table: Table, language: str) -> None:
    write_header(sheet, [translate(title, language) for title in table.titles])
    graded = {title for title in table.titles if "everity" in title}
    for number, row in enumerate(table.rows, start=2):
        for column, (title, value) in enumerate(zip(table.titles, row, strict=True), start=1):
            shown = translate(value, language) if isinstance(value, Text) else value
            cell = write_cell(sheet, number, column, shown, "0.00" if isinstance(value, float) else "")
            if title in graded and value in SEVERITY_FILLS:
                cell.fill = SEVERITY_FILLS[value]
    finish_sheet(sheet, len(table.rows) + 1, len(table.titles))
