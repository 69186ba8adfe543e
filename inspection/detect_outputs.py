"""What ``python -m inspection detect`` writes, picture by picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Any

from inspection.annotate import annotate
from inspection.crops import crop
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.exports import encode_picture
from inspection.labels import LabelExport, Labelled, label_boxes
from inspection.names import UniqueStems
from inspection.opening import ThermalOptions, open_file
from inspection.outputs import JsonFile, OnDisk, OneByOne, PackedPictures
from inspection.report import (
    ReportDetails,
    ReportEntry,
    ReportPictures,
    pdf_report,
    report_pictures,
    word_available,
    word_report,
)
from inspection.report.pictures import packed
from inspection.results import Result
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.workbook import write_excel

_MOST_THUMBNAILS = 2000


class Outputs:
    """Everything a run writes and counts, picture by picture."""

    def __init__(self, options: argparse.Namespace, detector: Detector, thermal: ThermalOptions) -> None:
        """Say before the work starts, not after it, that a result cannot be written.

        Raises:
            InspectionError: it cannot.
        """
        self.options, self.thermal = options, thermal
        self.done = self.findings = 0
        self.failed: list[tuple[str, str | None]] = []
        self._stems = UniqueStems()
        self._reports = [path for path in (options.pdf, options.word) if path is not None]
        self._kept: OnDisk[Result] | None = OnDisk() if options.excel or self._reports else None
        self._shown: OnDisk[ReportPictures] | None = OnDisk() if self._reports else None
        self._thumbnails = PackedPictures(_MOST_THUMBNAILS)
        for path in (options.json, options.excel, *self._reports):
            if path is not None and (path.is_dir() or not path.resolve().parent.is_dir()):
                raise InspectionError(
                    text("{path} cannot be written: its folder does not exist or it is a folder.", path=path)
                )
        if options.word is not None and not word_available():
            raise InspectionError(
                text("Word documents need python-docx: python -m pip install -r requirements-word.txt")
            )
        if options.pictures is not None:
            try:
                options.pictures.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InspectionError(
                    text("The folder {pictures} cannot be made.", pictures=options.pictures)
                ) from error
        try:
            self._labels = _label_export(options.labels, detector.info.class_names)
            self._json = JsonFile(options.json) if options.json else None
        except OSError as error:
            raise InspectionError(
                text(
                    "{filename} cannot be written: {why}.",
                    filename=error.filename,
                    why=error.strerror or error,
                )
            ) from error

    def add(self, result: Result, thermogram: Thermogram | None, data: bytes) -> None:
        """Write what there is of one file."""
        shown = ReportPictures()
        if result.error or thermogram is None:
            self.failed.append((result.file, result.error))
        else:
            self._add_pictures(result, thermogram, data)
            if self._shown is not None:
                shown = packed(report_pictures(thermogram, result, self.options.language))
        if self._shown is not None:
            self._shown.append(shown)
        if self._json is not None:
            self._json.add(result)
        if self._kept is not None:
            self._kept.append(result)
        self.done += 1
        self.findings += len(result.findings)

    def _add_pictures(self, result: Result, thermogram: Thermogram, data: bytes) -> None:
        if self.options.pictures:
            drawn = annotate(thermogram.picture, result.findings, hot_spots=result.hot_spots)
            name = f"{self._stems.take(result.file)}.jpg"
            (self.options.pictures / name).write_bytes(encode_picture(drawn))
        if self.options.excel:
            for finding in () if self._thumbnails.full else result.findings:
                small = crop(thermogram.picture, finding, longest=160)
                self._thumbnails.add((self.done, finding.number), small)
        if self._labels is not None:
            seen = open_file(data, result.file, self.thermal).own.picture
            self._labels.add(Labelled(result.file, seen, data, label_boxes(result.findings)))

    def write_documents(self, rows: dict[str, Any]) -> None:
        """The workbook and the reports, once everything is there."""
        options = self.options
        details = ReportDetails(
            options.title, options.inspector, options.site, options.equipment, paper=options.paper
        )
        if options.excel and self._kept is not None:
            write_excel(
                options.excel, self._kept, rows, self._thumbnails, language=options.language, details=details
            )
        if options.pdf:
            options.pdf.write_bytes(pdf_report(self._entries(rows), details, options.language))
        if options.word:
            options.word.write_bytes(word_report(self._entries(rows), details, options.language))

    def _entries(self, rows: dict[str, Any]) -> Sequence[ReportEntry]:
        assert self._kept is not None and self._shown is not None
        return _Entries(self._kept, self._shown, rows)

    def report(self, total: int) -> int:
        """Print what was found and what could not be read; returns the exit code."""
        print(f"{self.findings} findings in {self.done - len(self.failed)} pictures.")
        if self.done < total:
            print(f"Stopped: {self.done} of {total} files were worked on.", file=sys.stderr)
        if self.failed:
            print(f"{len(self.failed)} files could not be analysed:", file=sys.stderr)
            for file, error in self.failed:
                print(f"  {file}: {error}", file=sys.stderr)
        return 1 if self.failed or not self.done or self.done < total else 0

    def __enter__(self) -> Outputs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is done stays readable, whatever ended the work."""
        if self._json is not None:
            self._json.close()
        if self._labels is not None:
            self._labels.close()


class _Entries(OneByOne[ReportEntry]):
    """The files of a report, read from the disk one at a time."""

    def __init__(
        self, results: Sequence[Result], shown: Sequence[ReportPictures], settings: dict[str, Any]
    ) -> None:
        self._results, self._shown, self._settings = results, shown, settings

    def __len__(self) -> int:
        return len(self._results)

    def _at(self, index: int) -> ReportEntry:
        result = self._results[index]
        return ReportEntry(result, partial(self._shown.__getitem__, index), self._settings)


def _label_export(wanted: tuple[str, str] | None, class_names: tuple[str, ...]) -> LabelExport | None:
    return LabelExport(wanted[0], wanted[1], class_names) if wanted else None
