"""What a report's first page says, in words and rows: the same for PDF and Word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest

from inspection.finding import SCREENING_NOTE, SEVERITIES, Finding
from inspection.names import short_name
from inspection.report.content import ReportDetails, ReportEntry, clipped
from inspection.report.contents import LONGEST_SENTENCE, Row
from inspection.report.words import Words
from inspection.tables import hottest_celsius, worst_severity
from inspection.texts import listed, text, text_n

URGENT_FIRST = tuple(reversed(SEVERITIES))
MOST_WORST = 10
"""Rows of the table of the worst findings on the first page."""

MOST_PICTURED = 1000
"""Files whose pictures a report shows, so that its size has a bound."""


def title_of(details: ReportDetails, words: Words) -> str:
    """The typed title, or the usual one."""
    return details.title or words.say(text("Thermal inspection report"))


def head_rows(details: ReportDetails, entries: Sequence[ReportEntry], words: Words) -> list[Row]:
    """Date, people, place and what was looked at; fields left empty are left out."""
    names = list(dict.fromkeys(e.equipment for e in entries if e.equipment))
    equipment = details.equipment or words.say(listed([clipped(name, 60) for name in names[:5]]))
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
    graded = (
        (index, finding)
        for index, entry in enumerate(entries)
        for finding in entry.result.findings
        if finding.severity not in (None, "none")
    )

    def urgency(pair: tuple[int, Finding]) -> tuple[int, float]:
        return SEVERITIES.index(pair[1].severity or "none"), pair[1].max_celsius or 0.0

    return nlargest(most, graded, urgency)


def pictured(entries: Sequence[ReportEntry]) -> frozenset[int]:
    """Indices of the files whose pictures are shown: all of them, or the worst where there are very many."""
    if len(entries) <= MOST_PICTURED:
        return frozenset(range(len(entries)))

    urgencies = [_urgency(entry.result.findings) for entry in entries]
    order = sorted(range(len(entries)), key=urgencies.__getitem__, reverse=True)
    return frozenset(order[:MOST_PICTURED])


def _urgency(findings: Sequence[Finding]) -> tuple[int, int]:
    worst = worst_severity(findings)
    return -1 if worst is None else SEVERITIES.index(worst), len(findings)


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


def failed_rows(entries: Iterable[ReportEntry], words: Words) -> list[Row]:
    """(file, reason) of what could not be analysed."""
    return [
        (short_name(e.result.file), clipped(words.say(e.result.error), LONGEST_SENTENCE))
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
