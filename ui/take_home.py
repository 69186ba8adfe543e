"""Results as files to take home: made when somebody presses a button, outside the visitor's session."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspection.crops import crop
from inspection.exports import write_zip
from inspection.names import unique_stems
from inspection.outputs import PackedPictures
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
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Unit
from ui.language import language, t
from ui.memory import give_back
from ui.report_details import typed_details

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_THUMBNAILS = 500


@dataclass(frozen=True, eq=False)
class Item:
    """One result to take home, with the ways to its pictures, which are read when a file comes to them.

    Attributes:
        result: what was found.
        settings: what it was made with, label -> value.
        thermogram: gives the picture and its temperatures; None where they are not there.
        annotated: gives the picture with its findings, uint8 (H, W, 3) BGR; None where there is none.
        equipment: name of what it shows, or "".
        moment: when it was analysed, or None.
        workbook: makes the workbook that it has when it is the only one; None for the usual one.
        more: what else belongs to it: name in the archive with {stem} in it -> a file, or a function.
    """

    result: Result
    settings: Mapping[str, Any]
    thermogram: Callable[[], Thermogram] | None
    annotated: Callable[[], NDArray[np.uint8]] | None
    equipment: str = ""
    moment: datetime | None = None
    workbook: Callable[[], bytes] | None = None
    more: Mapping[str, Path | Callable[[], bytes]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Files:
    """The files that are made from some results.

    Attributes:
        items: gives the results.
        details: head of the reports.
        unit: of the temperatures.
        language: of the words.
    """

    items: Callable[[], Sequence[Item]]
    details: Callable[[], ReportDetails]
    unit: Unit
    language: str

    @classmethod
    def of(cls, unit: Unit, items: Callable[[], Sequence[Item]]) -> Files:
        """As the visitor of this session wants them."""
        return cls(items, typed_details(unit), unit, language())

    def excel(self) -> bytes:
        """The workbook, with a thumbnail a finding."""
        buffer = io.BytesIO()
        self._write_excel(self.items(), buffer)
        return buffer.getvalue()

    def pdf(self) -> bytes:
        """The report."""
        return pdf_report(self._entries(self.items()), self.details(), self.language)

    def word(self) -> bytes:
        """The report as .docx."""
        return word_report(self._entries(self.items()), self.details(), self.language)

    def archive(self) -> bytes:
        """Everything in one ZIP, put together on the disk."""
        items = self.items()
        more: dict[str, Path | Callable[[], bytes]] = {"report.pdf": self.pdf}
        for stem, item in zip(unique_stems(item.result.file for item in items), items, strict=True):
            more |= {name.format(stem=stem): content for name, content in item.more.items()}
        draw = [None if item.result.error else item.annotated for item in items]
        with tempfile.TemporaryFile(prefix="overheat-") as file:
            write_zip(file, [item.result for item in items], partial(self._write_excel, items), draw, more)
            give_back()
            file.seek(0)
            return file.read()

    def _write_excel(self, items: Sequence[Item], target: Any) -> None:
        if len(items) == 1 and items[0].workbook is not None:
            target.write(items[0].workbook())
            return
        # openpyxl is needed only when somebody takes a table home.
        from inspection.workbook import write_excel

        results, small = [item.result for item in items], _thumbnails(items)
        write_excel(target, results, _settings(items), small, self.unit, self.language, self.details())

    def _entries(self, items: Iterable[Item]) -> list[ReportEntry]:
        """One a result, its pictures drawn when the report comes to it."""
        return [
            ReportEntry(
                item.result, partial(self._pictures, item), item.settings, item.equipment, item.moment
            )
            for item in items
        ]

    def _pictures(self, item: Item) -> ReportPictures:
        if item.thermogram is None:
            return ReportPictures(annotated=None if item.annotated is None else item.annotated())
        return report_pictures(item.thermogram(), item.result, self.language, self.unit)


def buttons(files: Files, stem: str, key: str, more: Callable[[], None] | None = None) -> None:
    """The download buttons, the primary one first.

    Args:
        files: what they give.
        stem: of the files' names.
        key: of the widgets.
        more: draws others before the last one.
    """
    download(t("Excel"), files.excel, f"{stem}.xlsx", XLSX, f"{key}-xlsx", True)
    download(t("PDF"), files.pdf, f"{stem}.pdf", "application/pdf", f"{key}-pdf")
    if word_available():
        download(t("Word"), files.word, f"{stem}.docx", DOCX, f"{key}-docx")
    if more is not None:
        more()
    download(t("All as ZIP"), files.archive, f"{stem}.zip", "application/zip", f"{key}-zip")


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


def _settings(items: Sequence[Item]) -> dict[str, Any]:
    """Label -> value; where the results differ, the values in their order."""
    rows: dict[str, Any] = {}
    for label in dict.fromkeys(label for item in items for label in item.settings):
        values = list(dict.fromkeys(item.settings.get(label, "–") for item in items))
        whole = values[0]
        for value in values[1:]:
            whole = text("{first} / {second}", first=whole, second=value)
        rows[label] = whole
    return rows


def _thumbnails(items: Sequence[Item]) -> PackedPictures:
    """Crops of the findings for a workbook, of the first ones where there are very many.

    The key is (place of the result, number of the finding).
    """
    crops = PackedPictures(_MOST_THUMBNAILS)
    for index, item in enumerate(items):
        if crops.full:
            break
        if item.thermogram is None or not item.result.findings:
            continue
        picture = item.thermogram().picture
        for finding in item.result.findings[: _MOST_THUMBNAILS - len(crops)]:
            crops.add((index, finding.number), crop(picture, finding, longest=160))
    return crops
