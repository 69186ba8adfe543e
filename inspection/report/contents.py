"""What a report says of each file and of the settings, in words and rows: the same for PDF and Word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspection.finding import Finding
from inspection.report.content import ReportEntry, ReportPictures, clipped
from inspection.report.words import NOTHING, Words
from inspection.results import Result
from inspection.tables import source_words
from inspection.texts import text, text_n

Row = tuple[str, str]
MOST_HOT_SPOTS = 5
LONGEST_SENTENCE = 600
_NOT_COMPARED = ("Date",)


@dataclass(frozen=True)
class FindingColumn:
    """One column of a table of findings.

    Attributes:
        title: in the report's language, with its unit.
        share: of the table's width, in parts.
        value: the cell's words, or a severity.
        key: "severity" where the cell is a severity, "number" where it is set to the right, else "".
    """

    title: str
    share: float
    value: Callable[[Finding], str]
    key: str = ""


def finding_columns(findings: Sequence[Finding], words: Words) -> list[FindingColumn]:
    """Columns of a table of findings; those of temperatures only where some are known."""
    number = FindingColumn(words.say(text("No.")), 0.9, lambda f: str(f.number))
    what = FindingColumn(words.say(text("What")), 2.9, lambda f: words.name(f.display_name))
    sure = FindingColumn(
        words.say(text("Confidence")), 2.3, lambda f: words.number(f.confidence, 2), "number"
    )
    if not any(f.max_celsius is not None for f in findings):
        return [number, what, sure, *_place_columns(words)]
    unit, rise_unit = words.unit, words.rise_unit
    hot, similar, ambient = (
        words.say(text("Hottest ({unit})", unit=unit)),
        words.say(text("ΔT similar ({unit})", unit=rise_unit)),
        words.say(text("ΔT ambient ({unit})", unit=rise_unit)),
    )
    reference = words.say(text("Reference"))
    return [
        number,
        FindingColumn(words.say(text("Severity")), 3.3, lambda f: f.severity or "", "severity"),
        what,
        sure,
        FindingColumn(hot, 2.3, lambda f: words.degrees(f.max_celsius), "number"),
        FindingColumn(similar, 1.9, lambda f: words.kelvin(f.delta_similar_kelvin), "number"),
        FindingColumn(ambient, 1.9, lambda f: words.kelvin(f.delta_ambient_kelvin), "number"),
        FindingColumn(reference, 3.5, lambda f: words.say(f.reference or NOTHING)),
    ]


def _place_columns(words: Words) -> list[FindingColumn]:
    def place(finding: Finding) -> str:
        return f"{finding.xyxy[0]:.0f}, {finding.xyxy[1]:.0f}"

    def size(finding: Finding) -> str:
        return f"{finding.width_px:.0f} × {finding.height_px:.0f}"

    return [
        FindingColumn(words.say(text("Position (px)")), 2.5, place, "number"),
        FindingColumn(words.say(text("Size (px)")), 2.5, size, "number"),
    ]


def notes(findings: Iterable[Finding], words: Words) -> list[Row]:
    """(numbers, sentence) of rules, reasons and warnings; what several findings share is said once."""
    said: dict[str, list[int]] = {}
    for finding in findings:
        for sentence in (finding.rule, finding.reason, finding.warning):
            if sentence:
                said.setdefault(clipped(words.say(sentence), LONGEST_SENTENCE), []).append(finding.number)
    return [(ranges(numbers), sentence) for sentence, numbers in said.items()]


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers in short: 1, 3–5."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = []
    for first, last in runs:
        parts.append(str(first) if first == last else f"{first}{', ' if last == first + 1 else '–'}{last}")
    return ", ".join(parts)


def hot_spot_rows(result: Result, words: Words) -> list[Row]:
    """(heat, place) of the hottest regions that the model does not know."""
    spots = sorted(result.hot_spots, key=lambda spot: -spot.max_celsius)
    rows = [
        (
            words.say(
                text(
                    "{hot}, {rise} {unit} over its surroundings",
                    hot=words.with_unit(spot.max_celsius),
                    rise=words.kelvin(spot.contrast_kelvin),
                    unit=words.rise_unit,
                )
            ),
            words.say(text("at {x}, {y} px", x=spot.hottest_xy[0], y=spot.hottest_xy[1])),
        )
        for spot in spots[:MOST_HOT_SPOTS]
    ]
    more = len(spots) - MOST_HOT_SPOTS
    if more > 0:
        rows.append((words.say(text_n("and {n} cooler one", "and {n} cooler ones", more)), ""))
    return rows


def file_line(entry: ReportEntry, words: Words) -> str:
    """Equipment, size, source of the temperatures and time of a file, in a line."""
    result = entry.result
    if result.findings:
        source = source_words(result.findings[0])
    else:
        source = {
            "radiometric": text("camera data"),
            "scale": text("estimated from colours"),
            "none": text("not known"),
        }[result.temperature_source]
    parts = [
        clipped(entry.equipment, 80),
        f"{result.width} × {result.height} px",
        words.say(text("temperatures: {source}", source=words.say(source))),
        "" if entry.moment is None else words.date(entry.moment),
    ]
    return " · ".join(part for part in parts if part)


def captions(pictures: ReportPictures, words: Words) -> tuple[str, str, str]:
    """What stands under the original, the annotated picture and the temperature map."""
    stored = pictures.thermal is not None and pictures.original is not None
    before = text("As the camera stored it") if stored else text("Original")
    return words.say(before), words.say(text("Findings")), words.say(text("Temperature map"))


def measured_rows(pictures: ReportPictures, words: Words) -> list[Row]:
    """What was measured over the whole picture, and what the measurement assumed."""
    camera = pictures.camera
    rows: list[Row] = []
    if pictures.measured is not None:
        low, mean, high = pictures.measured
        rows += [
            (words.say(text("Whole picture, hottest")), words.with_unit(high)),
            (words.say(text("Whole picture, mean")), words.with_unit(mean)),
            (words.say(text("Whole picture, coldest")), words.with_unit(low)),
        ]
    if pictures.accuracy_kelvin is not None:
        about = f"±{words.kelvin(pictures.accuracy_kelvin)} {words.rise_unit}"
        rows.append((words.say(text("Stated accuracy")), about))
    for key, label in (("camera", text("Camera")), ("lens", text("Lens")), ("date", text("Taken"))):
        if camera.get(key):
            rows.append((words.say(label), _camera_words(camera[key], words)))
    for key, label, write in (
        ("emissivity", text("Emissivity"), lambda v: words.number(v, 2)),
        ("distance_m", text("Distance"), lambda v: f"{words.number(v)} m"),
        ("reflected_celsius", text("Reflected temperature"), words.with_unit),
        ("air_celsius", text("Air temperature"), words.with_unit),
        ("humidity_percent", text("Relative humidity"), lambda v: f"{words.number(v, 0)} %"),
    ):
        value = camera.get(key)
        if isinstance(value, int | float):
            rows.append((words.say(label), write(value)))
    return rows


def _camera_words(value: Any, words: Words) -> str:
    """A camera's text as it is, its date as the language writes dates."""
    try:
        return words.date(datetime.fromisoformat(str(value)), zone=False)
    except ValueError:
        return clipped(str(value), 60)


def settings_groups(entries: Sequence[ReportEntry], words: Words) -> list[tuple[str, list[Row]]]:
    """(heading, rows) of every distinct set of settings; the heading names the files where sets differ."""
    groups: dict[tuple[Row, ...], list[int]] = {}
    for number, entry in enumerate(entries, start=1):
        rows = tuple(
            (words.say(label), setting_words(value, words))
            for label, value in entry.settings.items()
            if label not in _NOT_COMPARED
        )
        if rows:
            groups.setdefault(rows, []).append(number)
    several = len(groups) > 1
    return [
        (words.say(text("Pictures {numbers}", numbers=ranges(numbers))) if several else "", list(rows))
        for rows, numbers in groups.items()
    ]


def setting_words(value: Any, words: Words) -> str:
    """A setting's value as a report writes it."""
    if isinstance(value, bool):
        return words.say(text("yes") if value else text("no"))
    if isinstance(value, float):
        digits = max(1, len(f"{value:g}".partition(".")[2]))
        return words.number(value, min(digits, 4))
    return clipped(words.say(value) if isinstance(value, str) else str(value), 300)
