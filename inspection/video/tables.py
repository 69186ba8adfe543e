"""The tables of a video: objects, events, frames, and one row a finding of every frame."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from inspection.classes import display_name
from inspection.exports import plain_text
from inspection.units import Unit, temperature
from inspection.video.records import severity_word
from inspection.video.result import VideoResult


class Table(NamedTuple):
    """Titles with units, and rows; None where a value is not known."""

    titles: list[str]
    rows: list[list[Any]]


def objects_table(result: VideoResult, unit: Unit = "°C") -> Table:
    """One row an object."""
    thermal = result.temperature_source != "none"
    titles = ["Object", "Class", "First seen (s)", "Last seen (s)", "Seen for (s)", "Best confidence"]
    if thermal:
        titles += [f"Hottest ({unit})", "Hottest at (s)", "Severity"]
    rows = []
    for o in result.objects:
        row = [o.number, o.display_name, *map(_two, (o.first, o.last, o.seconds, o.best_confidence))]
        if thermal:
            row += [_shown(o.hottest_celsius, unit), _two(o.hottest_seconds), o.severity or "not graded"]
        rows.append(row)
    return Table(titles, rows)


def events_table(result: VideoResult, unit: Unit = "°C") -> Table:
    """One row an alarm."""
    names = {o.number: o.display_name for o in result.objects}
    titles = ["Object", "Class", "Above from (s)", "Alarm at (s)", "Cleared at (s)"]
    titles += [f"Peak ({unit})", "Peak at (s)"]
    rows = [
        [
            e.number or None,
            names.get(e.number, "hottest in the picture"),
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
    titles = ["Frame", "Time (s)", "Findings", *([f"Hottest ({unit})", "Worst severity"] if thermal else [])]
    rows = []
    for frame in result.frames[:most]:
        row: list[Any] = [int(frame["frame"]), round(float(frame["seconds"]), 3), int(frame["count"])]
        if thermal:
            row += [_shown(float(frame["celsius"]), unit), severity_word(int(frame["severity"]))]
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


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _shown(celsius: float | None, unit: Unit) -> float | None:
    return None if celsius is None or math.isnan(celsius) else round(temperature(celsius, unit), 2)
