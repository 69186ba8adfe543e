"""Take a video's result home: a workbook with Objects, Events and Frames, and everything as one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from inspection.about import settings_rows
from inspection.detector import Detector
from inspection.finding import SCREENING_NOTE, SEVERITIES
from inspection.pseudocolour import FROM_BAR
from inspection.report.words import Words
from inspection.sheets import PLAIN, Look, Sheet, TableSheet
from inspection.texts import DEFAULT_LANGUAGE, Text, text, text_n
from inspection.units import Celsius, Unit
from inspection.video.result import VideoResult
from inspection.video.tables import Table, events_table, findings_csv, frames_table, objects_table, to_csv
from inspection.workbook import fill_settings

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
            "{palette}, {low:g} to {high:g}",
            palette=scale.palette or FROM_BAR,
            low=Celsius(scale.minimum),
            high=Celsius(scale.maximum),
        ),
        text("Alarm"): text("no alarm")
        if alarm is None
        else text(
            "from {limit:g} for {hold:g} s, clears below {clears:g}",
            limit=Celsius(alarm.limit_celsius),
            hold=alarm.hold_seconds,
            clears=Celsius(alarm.limit_celsius - alarm.tolerance_kelvin),
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
    book, words = Workbook(write_only=True), Words(language, unit)
    for title, table in (
        (text("Objects"), objects_table(result, unit)),
        (text("Events"), events_table(result, unit)),
        (text("Frames"), frames_table(result, unit, MOST_FRAME_ROWS)),
    ):
        _fill(book.create_sheet(words.say(title)), table, words)
    left_out = len(result.frames) - MOST_FRAME_ROWS
    more: dict[str, Any] = {}
    if left_out > 0:
        said = text_n(
            "the last {n} frame is in the CSV only", "the last {n} frames are in the CSV only", left_out
        )
        more = {text("Frames sheet"): said}
    fill_settings(book.create_sheet(words.say(text("Settings"))), {**settings, **more}, words)
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


def _fill(sheet: Sheet, table: Table, words: Words) -> None:
    filled = TableSheet(sheet, [words.say(title) for title in table.titles])
    for row in table.rows:
        looks = [Look("0.00") if isinstance(value, float) else PLAIN for value in row]
        filled.add([words.say(value) if isinstance(value, Text) else value for value in row], looks)
    named = {severity: words.severity(severity) for severity in SEVERITIES}
    graded = [place for place, title in enumerate(table.titles, start=1) if "everity" in title]
    filled.close(dict.fromkeys(graded, named))
