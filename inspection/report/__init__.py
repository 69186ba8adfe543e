"""Reports of inspections as PDF and, where python-docx is installed, as Word.

    details = ReportDetails(inspector="A. Pop", site="Hall 3", paper="A4", unit="°C")
    entries = [ReportEntry(result, partial(report_pictures, thermogram, result), settings)]
    data = pdf_report(entries, details, "ro")

The libraries that write the files are imported when a report is asked for.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

from inspection.report.content import PAPERS, Paper, ReportDetails, ReportEntry, ReportPictures
from inspection.report.pictures import report_pictures

__all__ = [
    "PAPERS",
    "Paper",
    "ReportDetails",
    "ReportEntry",
    "ReportPictures",
    "pdf_report",
    "report_pictures",
    "word_available",
    "word_report",
]


def pdf_report(entries: Iterable[ReportEntry], details: ReportDetails, language: str = "en") -> bytes:
    """A report of one run or of a selection as PDF.

    Args:
        entries: the files in the order of the report, walked through several times where they are a sequence,
            else kept; their pictures are asked for one file after the other.
        details: title, people, place, paper, unit.
        language: one of inspection.texts.LANGUAGES.

    Raises:
        ValueError: an unknown language.
    """
    from inspection.report.pdf import make_pdf

    return make_pdf(entries, details, language)


def word_report(entries: Iterable[ReportEntry], details: ReportDetails, language: str = "en") -> bytes:
    """The same as .docx.

    Raises:
        ModuleNotFoundError: python-docx is not installed, see `word_available`.
        ValueError: an unknown language.
    """
    from inspection.report.word import make_word

    return make_word(entries, details, language)


def word_available() -> bool:
    """Whether python-docx is installed (requirements-word.txt)."""
    return importlib.util.find_spec("docx") is not None
