"""Take it home: tables, reports, pictures, all as ZIP; made when clicked, without wiping the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspection.about import settings_rows
from inspection.annotate import annotate
from inspection.crops import crop
from inspection.exports import encode_picture, to_csv, to_json, to_zip
from inspection.finding import SCREENING_NOTE
from inspection.names import safe_stem
from inspection.opening import ThermalOptions
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
from inspection.thermogram import Thermogram
from inspection.units import Unit
from ui.analysis import Picture, thermogram_of
from ui.language import language, t, tr
from ui.page import Page
from ui.report_details import report_details, typed_details

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_THUMBNAILS = 500


@dataclass(frozen=True)
class Taken:
    """One picture to take home: everything that its files are made from, whoever makes them and when.

    Attributes:
        picture: the file.
        result: what was found in it.
        options: what was assumed of it; a download is made outside the visitor's session, which holds them.
        language: of the names in the picture.
        unit: of the temperatures in it.
    """

    picture: Picture
    result: Result
    options: ThermalOptions
    language: str
    unit: Unit

    def thermogram(self) -> Thermogram:
        """The picture and its temperatures."""
        return thermogram_of(self.picture, self.options)

    def annotated(self) -> NDArray[np.uint8]:
        """The picture with its findings, uint8 (H, W, 3) BGR."""
        found = self.result
        return annotate(
            self.thermogram().picture,
            found.findings,
            hot_spots=found.hot_spots,
            language=self.language,
            unit=self.unit,
        )


@dataclass(frozen=True)
class _Run:
    """What the downloads of one page are made from."""

    taken: Sequence[Taken]
    settings: Mapping[str, Any]
    details: Callable[[], ReportDetails]
    unit: Unit
    language: str

    @property
    def results(self) -> list[Result]:
        return [one.result for one in self.taken]

    def excel(self) -> bytes:
        """The workbook, with a thumbnail a finding."""
        from inspection.workbook import to_excel  # openpyxl is needed only when somebody takes a table home

        small = thumbnails((one.result, one.thermogram) for one in self.taken)
        return to_excel(self.results, self.settings, small, self.unit, self.language, self.details())

    def entries(self) -> list[ReportEntry]:
        """One entry a file, its pictures drawn when the report comes to it."""

        def pictures(one: Taken) -> ReportPictures:
            return report_pictures(one.thermogram(), one.result, self.language, self.unit)

        return [ReportEntry(one.result, partial(pictures, one), self.settings) for one in self.taken]

    def pdf(self) -> bytes:
        """The report."""
        return pdf_report(self.entries(), self.details(), self.language)

    def word(self) -> bytes:
        """The report as .docx."""
        return word_report(self.entries(), self.details(), self.language)

    def everything(self) -> bytes:
        """All of it in one archive."""
        draw = [None if one.result.error else one.annotated for one in self.taken]
        return to_zip(self.results, self.excel(), draw, {"report.pdf": self.pdf})


def thumbnails(
    shown: Iterable[tuple[Result, Callable[[], Thermogram] | None]],
) -> dict[tuple[int, int], NDArray[np.uint8]]:
    """Crops of the findings for a workbook, of the first ones where there are very many.

    Args:
        shown: results in the workbook's order, each with its thermogram, or None where there is no picture.

    Returns:
        (place of the result, number of the finding) -> uint8 (H, W, 3) BGR.
    """
    crops: dict[tuple[int, int], NDArray[np.uint8]] = {}
    for index, (result, thermogram) in enumerate(shown):
        if thermogram is None:
            continue
        for finding in result.findings[: _MOST_THUMBNAILS - len(crops)]:
            crops[index, finding.number] = crop(thermogram().picture, finding, longest=160)
    return crops


def take_it_home(
    page: Page, pictures: Sequence[Picture], results: Sequence[Result], key: str, opened: int = 0
) -> None:
    """The row of download buttons for one or many results; the picture offered is the opened one."""
    st.subheader(t("Take it home"))
    st.caption(tr(SCREENING_NOTE))
    row = st.container(horizontal=True)
    report_details()
    run = _run(page, pictures, results)
    stem = safe_stem(results[0].file) if len(results) == 1 else "overheat-inspector"
    with row:
        download(t("Excel"), run.excel, f"{stem}.xlsx", XLSX, f"{key}-xlsx", True)
        download(t("PDF"), run.pdf, f"{stem}.pdf", "application/pdf", f"{key}-pdf")
        if word_available():
            download(t("Word"), run.word, f"{stem}.docx", DOCX, f"{key}-docx")
        if not results[opened].error:
            name = f"{safe_stem(results[opened].file)}-annotated.jpg"
            one = run.taken[opened]
            download(t("Picture"), lambda: encode_picture(one.annotated()), name, "image/jpeg", f"{key}-jpg")
        download(t("CSV"), partial(to_csv, results), f"{stem}.csv", "text/csv", f"{key}-csv")
        download(t("JSON"), partial(to_json, results), f"{stem}.json", "application/json", f"{key}-json")
        download(t("All as ZIP"), run.everything, f"{stem}.zip", "application/zip", f"{key}-zip")


def _run(page: Page, pictures: Sequence[Picture], results: Sequence[Result]) -> _Run:
    taken = [
        Taken(picture, result, picture.options, language(), page.unit)
        for picture, result in zip(pictures, results, strict=True)
    ]
    info, engine = page.detector.info, page.detector.engine.description
    rows = settings_rows(page.settings, info, engine, page.measuring.assessing)
    return _Run(taken, rows, typed_details(page.unit), page.unit, language())


def download(
    label: str, make: Callable[[], bytes], name: str, mime: str, key: str, primary: bool = False
) -> None:
    """A button that makes its file when it is pressed and leaves the page as it is."""
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=mime,
        key=key,
        on_click="ignore",
        type="primary" if primary else "secondary",
        icon=":material/download:",
    )
