"""The same report as a Word document; needs python-docx (requirements-word.txt)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from inspection.finding import SCREENING_NOTE, Finding
from inspection.names import short_name
from inspection.report import contents, overview
from inspection.report.content import (
    ReportDetails,
    ReportEntry,
    ReportPicture,
    ReportPictures,
    clipped,
)
from inspection.report.pictures import longest_side, pictures_of, small_jpeg
from inspection.report.words import Words
from inspection.texts import text

SIGNS: dict[str | None, str] = {
    "repair now": "■", "plan repair": "◆", "watch": "▲", "none": "●", None: "–",
}  # fmt: skip
SHADES = {"repair now": "E38C8C", "plan repair": "F3C077", "watch": "F6EE9C", "none": "E0E0E0"}
_PAGE_MM = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
_MARGIN_MM = 18.0
_TALLEST_MM = 72.0


def make_word(entries: Iterable[ReportEntry], details: ReportDetails, language: str) -> bytes:
    """See `inspection.report.word_report`."""
    words = Words(language, details.unit)
    report = _Document(list(entries), details, words)
    report.write()
    return report.to_bytes()


class _Document:
    """One report being written."""

    def __init__(self, entries: Sequence[ReportEntry], details: ReportDetails, words: Words) -> None:
        self._entries, self._details, self._words = entries, details, words
        self._longest = longest_side(len(entries))
        self._pictured = overview.pictured(entries)
        self._docx = docx.Document()
        width, height = _PAGE_MM[details.paper]
        section = self._docx.sections[0]
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.left_margin = section.right_margin = Mm(_MARGIN_MM)
        section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
        self._width = width - 2 * _MARGIN_MM
        normal = self._docx.styles["Normal"]
        normal.font.name, normal.font.size = "Arial", Pt(9.5)
        normal.paragraph_format.space_after = Pt(3)
        self._docx.styles["Title"].font.color.rgb = RGBColor(26, 26, 26)
        self._docx.styles["Title"].font.size = Pt(20)
        for name in ("Normal", "Title", "Heading 1"):
            fonts = self._docx.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for script, font in (("ascii", "Arial"), ("hAnsi", "Arial"), ("eastAsia", "Microsoft YaHei")):
                fonts.set(qn(f"w:{script}"), font)
            for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme"):
                fonts.attrib.pop(qn(f"w:{script}"), None)
        core = self._docx.core_properties
        core.title, core.author = overview.title_of(details, words), details.inspector
        core.language, core.comments = words.language, words.say(SCREENING_NOTE)

    def to_bytes(self) -> bytes:
        """The finished file."""
        buffer = io.BytesIO()
        self._docx.save(buffer)
        return buffer.getvalue()

    def write(self) -> None:
        """Head, summary, every file, settings."""
        words, entries = self._words, self._entries
        self._furniture()
        self._docx.add_heading(overview.title_of(self._details, words), 0)
        self._pairs(overview.head_rows(self._details, entries, words), 36)
        counts = overview.severity_counts(entries)
        self._heading(overview.verdict(counts, words))
        self._tiles(counts)
        worst = overview.worst_first(entries)
        if worst:
            self._heading(words.say(text("Worst first")))
            self._worst(worst)
        failed = overview.failed_rows(entries, words)
        if failed:
            self._heading(words.say(text("Not analysed")))
            self._pairs(failed, 60)
        less = overview.left_out(entries, words)
        if less:
            self._small(less)
        self._small(overview.disclaimer(words))
        for number, entry in enumerate(entries, start=1):
            if not entry.result.error:
                self._file(number, entry)
        for heading, rows in contents.settings_groups(entries, words):
            title = words.say(text("Settings"))
            self._heading(f"{title}: {heading}" if heading else title)
            self._pairs(rows, 46)

    def _file(self, number: int, entry: ReportEntry) -> None:
        words, result = self._words, entry.result
        shown = number - 1 in self._pictured
        pictures, problem = pictures_of(entry) if shown else (ReportPictures(), "")
        self._heading(f"{number}. {short_name(result.file)}")
        self._small(contents.file_line(entry, words), keep=True)
        self._pictures(pictures)
        for note in (problem, result.note):
            if note:
                self._small(words.say(note))
        if result.findings:
            self._findings(result.findings)
            for numbers, sentence in contents.notes(result.findings, words):
                self._small(f"{numbers}: {sentence}")
        else:
            self._docx.add_paragraph(words.say(text("Nothing was found in this picture.")))
        spots = contents.hot_spot_rows(result, words)
        if spots:
            self._small(words.say(text("Hot spots that the model does not know")), bold=True)
            for spot in spots:
                self._small(" ".join(spot))

    def _pictures(self, pictures: ReportPictures) -> None:
        before, after, heat = contents.captions(pictures, self._words)
        low, high = pictures.span_celsius or (None, None)
        if low is not None and high is not None:
            heat = f"{heat}: {self._words.with_unit(low)} – {self._words.with_unit(high)}"
        wanted = ((pictures.original, before), (pictures.annotated, after), (pictures.thermal, heat))
        shown = [made for made in (self._jpeg(*pair) for pair in wanted) if made is not None]
        facts = contents.measured_rows(pictures, self._words)
        for at in range(0, len(shown), 2):
            pair = shown[at : at + 2]
            table = self._docx.add_table(1, 2)
            for cell, (jpeg, size, caption) in zip(table.rows[0].cells, pair, strict=False):
                self._place(cell, jpeg, size, caption)
            if len(pair) == 1 and facts:
                self._facts(table.rows[0].cells[1], facts)
                facts = []
        if facts:
            self._pairs(facts, 46)

    def _jpeg(self, picture: ReportPicture | None, caption: str) -> tuple[bytes, tuple[int, int], str] | None:
        made = small_jpeg(picture, self._longest)
        return None if made is None else (made[0], made[1:], caption)

    def _place(self, cell: Any, jpeg: bytes, size: tuple[int, int], caption: str) -> None:
        """A picture in a cell, as large as half the page allows, with its caption as alternative text."""
        factor = min((self._width / 2 - 6) / size[0], _TALLEST_MM / size[1])
        run = cell.paragraphs[0].add_run()
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        sides = [Mm(max(1.0, side * factor)) for side in size]
        shape = run.add_picture(io.BytesIO(jpeg), sides[0], sides[1])
        shape._inline.docPr.set("descr", caption)
        self._write(cell.add_paragraph(), caption, 7.5)

    def _facts(self, cell: Any, rows: Sequence[contents.Row]) -> None:
        for place, (label, value) in enumerate(rows):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            self._write(paragraph, f"{label}: {value}", 8)

    def _findings(self, findings: Sequence[Finding]) -> None:
        columns = contents.finding_columns(findings, self._words)
        total = sum(column.share for column in columns)
        table = self._grid([c.title for c in columns], [self._width * c.share / total for c in columns])
        for finding in findings:
            cells = table.add_row().cells
            for cell, column in zip(cells, columns, strict=True):
                if column.key == "severity":
                    self._severity(cell, finding.severity)
                else:
                    self._write(cell.paragraphs[0], column.value(finding), 8, right=column.key == "number")

    def _worst(self, worst: Sequence[tuple[int, Finding]]) -> None:
        words = self._words
        shares = (0.2, 0.25, 0.13, 0.12, 0.3)
        table = self._grid(overview.worst_titles(words), [self._width * share for share in shares])
        for index, finding in worst:
            cells = table.add_row().cells
            self._severity(cells[0], finding.severity)
            row = overview.worst_row(index, finding, self._entries, words)
            for place, value in enumerate(row, start=1):
                self._write(cells[place].paragraphs[0], value, 8, right=place in (2, 3))

    def _tiles(self, counts: dict[str | None, int]) -> None:
        table = self._docx.add_table(2, len(counts))
        table.style = "Table Grid"
        for column, (severity, count) in enumerate(counts.items()):
            self._severity(table.cell(0, column), severity)
            self._write(table.cell(1, column).paragraphs[0], str(count), 18, bold=True)

    def _severity(self, cell: Any, severity: str | None) -> None:
        words = f"{SIGNS[severity]} {self._words.severity(severity)}"
        self._write(cell.paragraphs[0], words, 8, bold=severity is not None)
        if severity is not None:
            _shade(cell, SHADES[severity])

    def _grid(self, titles: Sequence[str], widths_mm: Sequence[float]) -> Any:
        """A table with lines whose header is repeated on every page."""
        from docx.shared import Mm

        table = self._docx.add_table(1, len(titles))
        table.style, table.autofit = "Table Grid", False
        for column, title in enumerate(titles):
            table.columns[column].width = Mm(widths_mm[column])
            cell = table.rows[0].cells[column]
            cell.width = Mm(widths_mm[column])
            self._write(cell.paragraphs[0], title, 8, bold=True)
            _shade(cell, "EFEFEF")
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        return table

    def _pairs(self, rows: Sequence[contents.Row], label_mm: float) -> None:
        table = self._docx.add_table(0, 2)
        table.autofit = False
        table.columns[0].width, table.columns[1].width = Mm(label_mm), Mm(self._width - label_mm)
        for label, value in rows:
            cells = table.add_row().cells
            cells[0].width, cells[1].width = Mm(label_mm), Mm(self._width - label_mm)
            self._write(cells[0].paragraphs[0], label, 9)
            self._write(cells[1].paragraphs[0], value, 9)

    def _heading(self, words: str) -> None:
        run = self._docx.add_heading(words, 1).runs[0]
        run.font.size, run.font.color.rgb = Pt(12), RGBColor(26, 26, 26)

    def _small(self, words: str, bold: bool = False, keep: bool = False) -> None:
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.keep_with_next = keep
        self._write(paragraph, words, 8, bold=bold)

    @staticmethod
    def _write(paragraph: Any, words: str, size: float, bold: bool = False, right: bool = False) -> None:
        from docx.shared import Pt

        run = paragraph.add_run(clipped(words, 2000))
        run.font.size, run.bold = Pt(size), bold
        paragraph.paragraph_format.space_after = Pt(1)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _furniture(self) -> None:
        """Disclaimer and page number at the foot of every page."""
        footer = self._docx.sections[0].footer.paragraphs[0]
        self._write(footer, self._words.say(SCREENING_NOTE), 7.5)
        footer.add_run("\t\t")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        footer._p.append(field)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
