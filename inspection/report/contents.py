"""What a report says, in words and rows: the same for PDF and Word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspection.finding import SCREENING_NOTE, SEVERITIES, Finding
from inspection.names import short_name
from inspection.report.content import ReportDetails, ReportEntry, ReportPictures, clipped
from inspection.report.words import NOTHING, Words
from inspection.results import Result
from inspection.tables import hottest_celsius, source_words, worst_severity
from inspection.texts import text, text_n

Row = tuple[str, str]
URGENT_FIRST = tuple(reversed(SEVERITIES))
MOST_WORST = 10
"""Rows of the table of the worst findings on the first page."""

MOST_HOT_SPOTS = 5
MOST_PICTURED = 1000
"""Files whose pictures a report shows, so that its size has a bound."""

_LONGEST_SENTENCE = 600
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


def title_of(details: ReportDetails, words: Words) -> str:
    """The typed title, or the usual one."""
    return details.title or words.say(text("Thermal inspection report"))


def head_rows(details: ReportDetails, entries: Sequence[ReportEntry], words: Words) -> list[Row]:
    """Date, people, place and what was looked at; fields left empty are left out."""
    names = list(dict.fromkeys(e.equipment for e in entries if e.equipment))
    equipment = details.equipment or ", ".join(clipped(name, 60) for name in names[:5])
    rows = [
        (words.say(text("Date")), words.date(details.date)),
        (words.say(text("Inspector")), details.inspector),
        (words.say(text("Site")), details.site),
        (words.say(text("Equipment")), equipment),
        (words.say(text("Pictures")), str(len(entries))),
    ]
    hottest = hottest_celsius(f for e in entries for f in e.result.findings)
    if hottest is not None:
        rows.append((words.say(text("Hottest")), words.with_unit(hottest)))
    return [row for row in rows if row[1]]


def severity_counts(entries: Iterable[ReportEntry]) -> dict[str | None, int]:
    """Number of findings a severity, most urgent first; None is what was not graded."""
    counts: dict[str | None, int] = dict.fromkeys((*URGENT_FIRST, None), 0)
    for entry in entries:
        for finding in entry.result.findings:
            counts[finding.severity] += 1
    return counts


def verdict(counts: Mapping[str | None, int], words: Words) -> str:
    """The whole report in one sentence."""
    total = sum(counts.values())
    now, plan = counts["repair now"], counts["plan repair"]
    if total == 0:
        return words.say(text("Nothing was found."))
    if now:
        return words.say(
            text_n("{n} finding needs repair at once.", "{n} findings need repair at once.", now)
        )
    if plan:
        return words.say(
            text_n("{n} finding needs a planned repair.", "{n} findings need a planned repair.", plan)
        )
    if counts["watch"] or counts["none"]:
        return words.say(text("No finding needs a repair."))
    return words.say(text("No finding could be graded: the temperatures are not known."))


def worst_first(entries: Sequence[ReportEntry], most: int = MOST_WORST) -> list[tuple[int, Finding]]:
    """(index of the entry, finding) of the graded findings that are worse than "none", worst first."""
    graded = [
        (index, finding)
        for index, entry in enumerate(entries)
        for finding in entry.result.findings
        if finding.severity not in (None, "none")
    ]
    graded.sort(key=lambda pair: (-SEVERITIES.index(pair[1].severity or "none"), -(pair[1].max_celsius or 0)))
    return graded[:most]


def pictured(entries: Sequence[ReportEntry]) -> frozenset[int]:
    """Indices of the files whose pictures are shown: all of them, or the worst where there are very many."""
    if len(entries) <= MOST_PICTURED:
        return frozenset(range(len(entries)))

    def urgency(index: int) -> tuple[int, int]:
        findings = entries[index].result.findings
        worst = worst_severity(findings)
        return -1 if worst is None else SEVERITIES.index(worst), len(findings)

    order = sorted(range(len(entries)), key=urgency, reverse=True)
    return frozenset(order[:MOST_PICTURED])


def left_out(entries: Sequence[ReportEntry], words: Words) -> str:
    """A sentence where not every file's pictures are shown, else ""."""
    if len(entries) <= MOST_PICTURED:
        return ""
    return words.say(text("Pictures are shown of the {n} files that matter most.", n=MOST_PICTURED))


def worst_titles(words: Words) -> list[str]:
    """Headings of the table of the worst findings: severity, then those of `worst_row`."""
    return [
        words.say(text("Severity")),
        words.say(text("What")),
        words.say(text("Hottest ({unit})", unit=words.unit)),
        words.say(text("ΔT ({unit})", unit=words.rise_unit)),
        words.say(text("Picture")),
    ]


def worst_row(index: int, finding: Finding, entries: Sequence[ReportEntry], words: Words) -> list[str]:
    """What, how hot, how much over its reference, and in which file."""
    return [
        f"{finding.number} · {words.name(finding.display_name)}",
        words.degrees(finding.max_celsius),
        words.kelvin(rise_of(finding)),
        f"{index + 1}. {short_name(entries[index].result.file)}",
    ]


def rise_of(finding: Finding) -> float | None:
    """The rise where there is room for one: over a similar component, otherwise over ambient; K or None."""
    if finding.delta_similar_kelvin is not None:
        return finding.delta_similar_kelvin
    return finding.delta_ambient_kelvin


def finding_columns(findings: Sequence[Finding], words: Words) -> list[FindingColumn]:
    """Columns of a table of findings; those of temperatures only where some are known."""
    number = FindingColumn(words.say(text("No.")), 0.9, lambda f: str(f.number))
    what = FindingColumn(words.say(text("What")), 3.2, lambda f: words.name(f.display_name))
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
        FindingColumn(hot, 1.9, lambda f: words.degrees(f.max_celsius), "number"),
        FindingColumn(similar, 1.9, lambda f: words.kelvin(f.delta_similar_kelvin), "number"),
        FindingColumn(ambient, 1.9, lambda f: words.kelvin(f.delta_ambient_kelvin), "number"),
        FindingColumn(reference, 3.6, lambda f: words.say(f.reference or NOTHING)),
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
                said.setdefault(clipped(words.say(sentence), _LONGEST_SENTENCE), []).append(finding.number)
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


def failed_rows(entries: Iterable[ReportEntry], words: Words) -> list[Row]:
    """(file, reason) of what could not be analysed."""
    return [
        (short_name(e.result.file), clipped(words.say(e.result.error), _LONGEST_SENTENCE))
        for e in entries
        if e.result.error
    ]


def disclaimer(words: Words) -> str:
    """What a report is not."""
    more = text(
        "It is made by a computer program from infrared pictures. Temperatures depend on emissivity, "
        "reflections, distance and load; a qualified person must check every finding on site before anyone "
        "acts on it."
    )
    return f"{words.say(SCREENING_NOTE)} {words.say(more)}"
