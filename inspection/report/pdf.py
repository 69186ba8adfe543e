"""A report as PDF, written file by file so that hundreds of pictures never are in memory at once."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
)
from reportlab.platypus.flowables import Flowable, HRFlowable

from inspection.finding import SCREENING_NOTE, Finding
from inspection.names import short_name
from inspection.report import contents, overview
from inspection.report.content import ReportDetails, ReportEntry, ReportPictures
from inspection.report.marks import Mark
from inspection.report.paging import MARGIN, Bookmark, Rest, canvas_maker
from inspection.report.picture_block import framed, side_by_side, thermal_map
from inspection.report.pictures import longest_side, pictures_of
from inspection.report.style import (
    ACCENT,
    GREY,
    INK,
    LINE,
    fields,
    grid,
    paragraph,
    register_font,
)
from inspection.report.words import Words
from inspection.texts import text

_PAGE_SIZES = {"A4": A4, "Letter": LETTER}


def make_pdf(entries: Iterable[ReportEntry], details: ReportDetails, language: str) -> bytes:
    """See `inspection.report.pdf_report`."""
    register_font()
    words = Words(language, details.unit)
    report = _Report(entries if isinstance(entries, Sequence) else list(entries), details, words)
    buffer = io.BytesIO()
    width, height = _PAGE_SIZES[details.paper]
    title = overview.title_of(details, words)
    document = BaseDocTemplate(
        buffer, pagesize=(width, height), title=title, author=details.inspector, lang=language,
        subject=words.say(SCREENING_NOTE), creator="Overheat Inspector",
    )  # fmt: skip
    frame = Frame(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN, 0, 0, 0, 0, id="body")
    document.addPageTemplates(PageTemplate("page", [frame]))
    document.build([*report.first_page(), Rest(report.rest())], canvasmaker=canvas_maker(title, words))
    return buffer.getvalue()


class _Report:
    """The flowables of one report."""

    def __init__(self, entries: Sequence[ReportEntry], details: ReportDetails, words: Words) -> None:
        self._entries, self._details, self._words = entries, details, words
        self._width = _PAGE_SIZES[details.paper][0] - 2 * MARGIN
        self._longest = longest_side(len(entries))
        self._pictured = overview.pictured(entries)

    def first_page(self) -> list[Flowable]:
        """Head, counts, the worst findings, what failed, and what the report is not."""
        words, entries = self._words, self._entries
        counts = overview.severity_counts(entries)
        story: list[Flowable] = [
            paragraph(overview.title_of(self._details, words), "title", bold=True),
            HRFlowable("100%", 2, color=ACCENT, spaceBefore=4, spaceAfter=6),
            fields(overview.head_rows(self._details, entries, words), self._width, 34 * mm, "body"),
            Spacer(0, 8),
            paragraph(overview.verdict(counts, words), "heading", bold=True),
            Spacer(0, 4),
            self._tiles(counts),
        ]
        worst = overview.worst_first(entries)
        if worst:
            story += [self._heading(words.say(text("Worst first"))), self._worst_table(worst)]
        failed = overview.failed_rows(entries, words)
        if failed:
            story += [self._heading(words.say(text("Not analysed"))), self._pairs(failed)]
        less = overview.left_out(entries, words)
        story += [Spacer(0, 10), paragraph(less, "body")] if less else []
        story += [Spacer(0, 10), paragraph(overview.disclaimer(words), "small", colour=GREY)]
        return story

    def rest(self) -> Iterator[list[Flowable]]:
        """One file after the other, then the settings."""
        for number, entry in enumerate(self._entries, start=1):
            if not entry.result.error:
                yield self._file(number, entry)
        for heading, rows in contents.settings_groups(self._entries, self._words):
            title = self._words.say(text("Settings"))
            yield [
                CondPageBreak(60 * mm),
                self._heading(f"{title}: {heading}" if heading else title),
                fields(rows, self._width, 44 * mm),
            ]

    def _heading(self, words: str) -> Table:
        return side_by_side([[Spacer(0, 12), paragraph(words, "heading", bold=True)]], [self._width])

    def _tiles(self, counts: dict[str | None, int]) -> Table:
        """The count of every severity under its sign and word."""
        cells = [
            [
                Mark(severity, paragraph(self._words.severity(severity), "cell"), 10),
                paragraph(str(count), "title", bold=True),
            ]
            for severity, count in counts.items()
        ]
        tile = self._width / len(cells)
        rules: list[tuple[Any, ...]] = [
            ("BOX", (column, 0), (column, 0), 0.6, LINE) for column in range(len(cells))
        ]
        rules += [(f"{side}PADDING", (0, 0), (-1, -1), 5) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        rules += [("VALIGN", (0, 0), (-1, -1), "TOP")]
        return Table([cells], [tile] * len(cells), style=rules, hAlign="LEFT")

    def _worst_table(self, worst: Sequence[tuple[int, Finding]]) -> Table:
        words = self._words
        rows: list[list[Any]] = [
            [
                paragraph(title, "cell", bold=True, right=place in (2, 3))
                for place, title in enumerate(overview.worst_titles(words))
            ]
        ]
        for index, finding in worst:
            what, hot, rise, file = overview.worst_row(index, finding, self._entries, words)
            rows.append(
                [
                    Mark(finding.severity, paragraph(words.severity(finding.severity), "cell", bold=True)),
                    paragraph(what, "cell"),
                    paragraph(hot, "cell", right=True),
                    paragraph(rise, "cell", right=True),
                    paragraph(file, "cell", link=f"file-{index + 1}"),
                ]
            )
        return grid(rows, [self._width * share for share in (0.24, 0.24, 0.12, 0.11, 0.29)])

    def _pairs(self, rows: Sequence[tuple[str, str]]) -> Table:
        cells = [[paragraph(file, "cell"), paragraph(reason, "cell")] for file, reason in rows]
        return grid(cells, [self._width * 0.35, self._width * 0.65], header=False)

    def _file(self, number: int, entry: ReportEntry) -> list[Flowable]:
        """One file: its name, its pictures, its findings and what is to be said of them."""
        words, result = self._words, entry.result
        shown = number - 1 in self._pictured
        pictures, problem = pictures_of(entry) if shown else (ReportPictures(), "")
        name = short_name(result.file)
        head: list[Flowable] = [
            # The first of what stays together brings the space before it; a bookmark there would lose it.
            HRFlowable("100%", 0.8, color=INK, spaceBefore=10, spaceAfter=4),
            Bookmark(f"file-{number}", f"{number}. {name}"),
            paragraph(f"{number}. {name}", "heading", bold=True),
            paragraph(contents.file_line(entry, words), "small", colour=GREY),
            Spacer(0, 4),
            *self._pictures(pictures),
        ]
        head += [
            paragraph(note, "small", colour=GREY)
            for note in (words.say(problem), words.say(result.note))
            if note
        ]
        return [KeepTogether(head), *self._findings(entry)]

    def _pictures(self, pictures: ReportPictures) -> list[Flowable]:
        words, half = self._words, self._width / 2
        box = (half - 3 * mm, 72 * mm)
        before, after, map_caption = contents.captions(pictures, words)
        shown = [framed(pictures.original, before, box, self._longest)]
        shown += [framed(pictures.annotated, after, box, self._longest)]
        heat = thermal_map(pictures, map_caption, box, self._longest, words)
        measured = contents.measured_rows(pictures, words)
        facts: list[Flowable] | None = [fields(measured, half - 6 * mm, 36 * mm)] if measured else None
        if shown[0] is None and heat is not None:
            shown[0], heat = heat, None
        cells = [cell for cell in (*shown, heat, facts) if cell is not None]
        return [
            side_by_side(cells[at : at + 2], [half] * len(cells[at : at + 2]))
            for at in range(0, len(cells), 2)
        ]

    def _findings(self, entry: ReportEntry) -> list[Flowable]:
        words, findings = self._words, entry.result.findings
        if not findings:
            nothing = paragraph(words.say(text("Nothing was found in this picture.")), "body")
            return [nothing, *self._hot_spots(entry)]
        columns = contents.finding_columns(findings, words)
        numeric = [column.key == "number" for column in columns]
        rows: list[list[Any]] = [
            [
                paragraph(c.title, "cell", bold=True, right=right)
                for c, right in zip(columns, numeric, strict=True)
            ]
        ]
        for finding in findings:
            cells: list[Any] = []
            for column in columns:
                value = column.value(finding)
                if column.key == "severity":
                    graded = finding.severity is not None
                    label = paragraph(words.severity(finding.severity), "cell", bold=graded)
                    cells.append(Mark(finding.severity, label))
                else:
                    cells.append(paragraph(value, "cell", right=column.key == "number"))
            rows.append(cells)
        total = sum(column.share for column in columns)
        table = grid(rows, [self._width * column.share / total for column in columns])
        return [Spacer(0, 3), table, Spacer(0, 3), *self._notes(findings), *self._hot_spots(entry)]

    def _notes(self, findings: Sequence[Finding]) -> list[Flowable]:
        said = contents.notes(findings, self._words)
        return [fields(said, self._width, 20 * mm, "small")] if said else []

    def _hot_spots(self, entry: ReportEntry) -> list[Flowable]:
        rows = contents.hot_spot_rows(entry.result, self._words)
        if not rows:
            return []
        title = self._words.say(text("Hot spots that the model does not know"))
        return [
            Spacer(0, 4),
            paragraph(title, "cell", bold=True),
            fields(rows, self._width, self._width * 0.5),
        ]
