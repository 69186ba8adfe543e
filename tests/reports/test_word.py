"""The Word report says what the PDF says."""

from __future__ import annotations

import io

import docx
import pytest
from docx.document import Document
from docx.shared import Mm

from inspection.report import ReportDetails, ReportEntry, word_available, word_report
from inspection.results import Result
from tests.reports.making import DETAILS, cold, entry, hot, thermogram


def opened(entries: list[ReportEntry], details: ReportDetails = DETAILS) -> Document:
    return docx.Document(io.BytesIO(word_report(entries, details)))


def words(document: Document) -> str:
    parts = [p.text for p in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(parts)


def test_everything_is_in_it() -> None:
    assert word_available()
    entries = [
        entry("a.jpg", (hot(1), hot(2, "watch", 30.0)), thermogram()),
        entry("b.jpg", (cold(1),)),
        ReportEntry(Result("bad.jpg", "", 0, 0, 0.0, error="bad.jpg is empty.")),
    ]
    document = opened(entries)
    whole = words(document)
    for expected in (
        "Thermal inspection report", "Ștefan Țăran", "<b>Hala</b> & 配电室", "■ repair now", "▲ watch",
        "81.3", "bad.jpg is empty.", "ab" * 32, "NETA MTS, Table 100.18", "FLIR T640",
        "qualified person",
    ):  # fmt: skip
        assert expected in whole, expected
    assert len(document.inline_shapes) == 5
    assert document.core_properties.author == "Ștefan Țăran"
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)


@pytest.mark.parametrize(("paper", "width"), [("A4", 210.0), ("Letter", 215.9)])
def test_the_paper_is_the_one_chosen(paper, width) -> None:  # type: ignore[no-untyped-def]
    section = opened([entry()], ReportDetails(paper=paper)).sections[0]
    assert abs(section.page_width - Mm(width)) < Mm(0.2)


def test_control_characters_and_long_names_do_not_stop_it() -> None:
    details = ReportDetails(title="a\x00\x0b\ufffe b", inspector="\ud800")
    assert "a b" in words(opened([entry("\x01" + "x" * 3000, (cold(1, name="\x02y" * 999),))], details))
