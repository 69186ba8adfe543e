"""Take saved runs home: one or many, as Excel, PDF, Word or ZIP; made when clicked, the page stays."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from inspection.exports import to_zip
from inspection.finding import SCREENING_NOTE
from inspection.names import safe_stem, unique_stems
from inspection.report import (
    ReportDetails,
    ReportEntry,
    ReportPictures,
    pdf_report,
    report_pictures,
    word_available,
    word_report,
)
from inspection.results import Result
from inspection.units import Unit
from ui.analysis import thermogram_of
from ui.downloads import DOCX, XLSX, download, thumbnails
from ui.history_open import OpenRun
from ui.language import language, t, tr
from ui.page import Page
from ui.report_details import report_details, typed_details


def take_runs_home(page: Page, opened: Sequence[OpenRun], key: str) -> None:
    """The row of download buttons for the runs."""
    if not opened:
        return
    st.subheader(t("Take it home"))
    st.caption(tr(SCREENING_NOTE))
    row = st.container(horizontal=True)
    report_details()
    stem = safe_stem(opened[0].run.name) if len(opened) == 1 else "overheat-history"
    chosen = Selection(tuple(opened), typed_details(page.unit), page.unit, language())
    with row:
        download(t("Excel"), chosen.excel, f"{stem}.xlsx", XLSX, f"{key}-xlsx", True)
        download(t("PDF"), chosen.pdf, f"{stem}.pdf", "application/pdf", f"{key}-pdf")
        if word_available():
            download(t("Word"), chosen.word, f"{stem}.docx", DOCX, f"{key}-docx")
        download(t("All as ZIP"), chosen.archive, f"{stem}.zip", "application/zip", f"{key}-zip")


@dataclass(frozen=True, eq=False)
class Selection:
    """The chosen runs and how they are written; used outside the visitor's session."""

    opened: tuple[OpenRun, ...]
    details: Callable[[], ReportDetails]
    unit: Unit
    language: str

    @property
    def results(self) -> list[Result]:
        """One a run; a video's objects are its findings."""
        return [one.result for one in self.opened]

    def excel(self) -> bytes:
        """The workbook of all runs, or the video's own where there is only one video."""
        (first, *others) = self.opened
        if first.video is not None and not others:
            return _video_excel(first, self.unit)
        from inspection.workbook import to_excel

        small = thumbnails(
            (one.result, None if one.picture is None else partial(thermogram_of, one.picture))
            for one in self.opened
        )
        return to_excel(self.results, self.settings(), small, self.unit, self.language, self.details())

    def settings(self) -> dict[str, Any]:
        """Label -> value; where the runs differ, the values in the order of the runs."""
        rows: dict[str, Any] = {}
        for label in dict.fromkeys(label for one in self.opened for label in one.words):
            values = list(dict.fromkeys(one.words.get(label, "–") for one in self.opened))
            rows[label] = values[0] if len(values) == 1 else " / ".join(map(str, values))
        return rows

    def entries(self) -> list[ReportEntry]:
        """One a run, its pictures drawn when the report comes to it."""
        return [
            ReportEntry(one.result, partial(self._pictures, one), one.words, one.run.equipment, one.run.made)
            for one in self.opened
        ]

    def _pictures(self, one: OpenRun) -> ReportPictures:
        if one.picture is None:
            return ReportPictures(annotated=one.annotated())
        return report_pictures(thermogram_of(one.picture), one.result, self.language, self.unit)

    def pdf(self) -> bytes:
        """The report."""
        return pdf_report(self.entries(), self.details(), self.language)

    def word(self) -> bytes:
        """The report as .docx."""
        return word_report(self.entries(), self.details(), self.language)

    def archive(self) -> bytes:
        """Workbook, tables, report, annotated pictures and videos in one ZIP."""
        draw = [one.annotated for one in self.opened]
        data = io.BytesIO(to_zip(self.results, self.excel(), draw, {"report.pdf": self.pdf}))
        stems = unique_stems(one.run.name for one in self.opened)
        with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
            for stem, one in zip(stems, self.opened, strict=True):
                if one.video is not None:
                    archive.write(one.video.video, f"videos/{stem}.mp4", compress_type=zipfile.ZIP_STORED)
                    archive.writestr(f"videos/{stem}.xlsx", _video_excel(one, self.unit))
        return data.getvalue()


def _video_excel(one: OpenRun, unit: Unit) -> bytes:
    from inspection.video.export import to_excel

    assert one.video is not None
    return to_excel(one.video, one.words, unit)
