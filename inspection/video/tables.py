"""The tables of a video: objects, events, frames, and one row a finding of every frame."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from inspection.classes import display_name
from inspection.exports import plain_text
from inspection.finding import NOT_GRADED, SEVERITY_NAMES
from inspection.texts import text
from inspection.units import Unit, temperature
from inspection.video.records import severity_word
from inspection.video.result import VideoResult


class Table(NamedTuple):
    """Titles with units, and rows; words are Texts, None stands where a value is not known."""

    titles: list[str]
    rows: list[list[Any]]


def objects_table(result: VideoResult, unit: Unit = "°C") -> Table:
    """One row an object."""
    thermal = result.temperature_source != "none"
    titles: list[str] = [
        text("Object"), text("Class"), text("First seen (s)"), text("Last seen (s)"), text("Seen for (s)"),
        text("Best confidence"),
    ]  # fmt: skip
    if thermal:
        titles += [text("Hottest ({unit})", unit=unit), text("Hottest at (s)"), text("Severity")]
    rows = []
    for o in result.objects:
        row = [o.number, o.display_name, *map(_two, (o.first, o.last, o.seconds, o.best_confidence))]
        if thermal:
            row += [_shown(o.hottest_celsius, unit), _two(o.hottest_seconds), _severity(o.severity)]
        rows.append(row)
    return Table(titles, rows)


def events_table(result: VideoResult, unit: Unit = "°C") -> Table:
    """One row an alarm."""
    names = {o.number: o.display_name for o in result.objects}
    titles: list[str] = [
        text("Object"), text("Class"), text("Above from (s)"), text("Alarm at (s)"), text("Cleared at (s)"),
        text("Peak ({unit})", unit=unit), text("Peak at (s)"),
    ]  # fmt: skip
    rows = [
        [
            e.number or None,
            names.get(e.number, text("hottest in the picture")),
            *map(_two, (e.above_from, e.raised, e.cleared)),
            _shown(e.peak_celsius, unit),
            _two(e.peak_seconds),
        ]
        for e in result.events
    ]
    return Table(titles, rows)


def frames_table(result: VideoResult, unit: Unit = "°C", most: int | None = None) -> Table:
    """One row a frame, the first `most` of them."""
    thermal = result.temperature_source != "none"
    titles: list[str] = [text("Frame"), text("Time (s)"), text("Findings")]
    if thermal:
        titles += [text("Hottest ({unit})", unit=unit), text("Worst severity")]
    rows = []
    for frame in result.frames[:most]:
        row: list[Any] = [int(frame["frame"]), round(float(frame["seconds"]), 3), int(frame["count"])]
        if thermal:
            row += [_shown(float(frame["celsius"]), unit), _grade(int(frame["severity"]))]
        rows.append(row)
    return Table(titles, rows)


def findings_csv(result: VideoResult) -> bytes:
    """One row a finding of every frame, °C, UTF-8 with a byte-order mark so that Excel reads it."""
    keys = ["file", "frame", "seconds", "object", "class", "confidence", "x1", "y1", "x2", "y2"]
    thermal = result.temperature_source != "none"

    def rows() -> Iterable[list[Any]]:
        for o in result.observations:
            row = [
                result.info.name,
                int(o["frame"]),
                round(float(o["seconds"]), 3),
                int(o["number"]) or None,
                display_name(result.class_names[int(o["class_id"])]),
                round(float(o["confidence"]), 4),
                *(round(float(v), 1) for v in o["xyxy"]),
            ]
            if thermal:
                row += [_shown(float(o["celsius"]), "°C"), severity_word(int(o["severity"]))]
            yield row

    return to_csv([*keys, *(["max_celsius", "severity"] if thermal else [])], rows())


def to_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV whose text no spreadsheet takes for a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(titles)
    writer.writerows([[plain_text(value) for value in row] for row in rows])
    return buffer.getvalue().encode("utf-8-sig")


def _severity(severity: str | None) -> str:
    return NOT_GRADED if severity is None else SEVERITY_NAMES[severity]


def _grade(grade: int) -> str | None:
    word = severity_word(grade)
    return None if word is None else SEVERITY_NAMES[word]


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _shown(celsius: float | None, unit: Unit) -> float | None:
    return None if celsius is None or math.isnan(celsius) else round(temperature(celsius, unit), 2)
