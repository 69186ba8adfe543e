"""Reports of inspections as PDF and, where python-docx is installed, as Word.

details = ReportDetails(inspector="A. Pop", site="Hall 3", paper="A4", unit="°C")
entries = [ReportEntry(result, partial(report_pictures, thermogram, result), settings)]
data = pdf_report(entries, details, "ro")
"""

from __future__ import annotations

from inspection.report.content import PAPERS, ReportDetails, ReportEntry, ReportPictures
from inspection.report.pdf import pdf_report
from inspection.report.pictures import report_pictures
from inspection.report.word import word_available, word_report

__all__ = [
    "PAPERS",
    "ReportDetails",
    "ReportEntry",
    "ReportPictures",
    "pdf_report",
    "report_pictures",
    "word_available",
    "word_report",
]
