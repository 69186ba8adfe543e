"""Results as CSV, JSON, pictures and one ZIP of everything."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.finding import SCREENING_NOTE
from inspection.names import unique_stems
from inspection.results import Result
from inspection.tables import detection_rows

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_text(value: Any) -> Any:
    """Text that a spreadsheet will not take for a formula; other values unchanged.

    Spreadsheets run cells that start with = + - @ as formulas; a leading apostrophe keeps them text
    (OWASP, "CSV Injection").
    """
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def to_csv(results: Sequence[Result]) -> bytes:
    """One row a finding, UTF-8 with a byte-order mark so that Excel reads it."""
    buffer = io.BytesIO()
    _write_csv(buffer, results)
    return buffer.getvalue()


def to_json(results: Iterable[Result]) -> bytes:
    """A list with one object a file; class ids and names are the model's own."""
    buffer = io.BytesIO()
    _write_json(buffer, results)
    return buffer.getvalue()


def encode_picture(picture: NDArray[np.uint8], extension: str = "jpg", quality: int = 92) -> bytes:
    """A uint8 (H, W, 3) BGR picture as JPEG or PNG bytes."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if extension == "jpg" else []
    done, data = cv2.imencode(f".{extension}", picture, options)
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} cannot be written as {extension}")
    return data.tobytes()


def write_zip(
    target: IO[bytes],
    results: Sequence[Result],
    excel: Callable[[IO[bytes]], None],
    pictures: Iterable[Callable[[], NDArray[np.uint8]] | None],
    more: Mapping[str, Path | Callable[[], bytes]] | None = None,
) -> None:
    """Everything of a run in one archive; nothing larger than one of its files is in memory.

    Args:
        target: a file, open for writing.
        results: one a file.
        excel: writes the workbook to a file.
        pictures: for each result a function that draws the annotated picture, or None where there is none;
            functions, so that only one picture is in memory at a time.
        more: other files, name -> a file or a function that makes it; these do not compress further.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_stored("overheat-inspector.xlsx"), "w", force_zip64=True) as file:
            excel(file)
        with archive.open("detections.csv", "w", force_zip64=True) as file:
            _write_csv(file, results)
        with archive.open("detections.json", "w", force_zip64=True) as file:
            _write_json(file, results)
        failed = [f"{r.file}: {r.error}" for r in results if r.error]
        if failed:
            archive.writestr("not analysed.txt", "\n".join(failed) + "\n")
        archive.writestr("READ ME.txt", f"Made by Overheat Inspector. {SCREENING_NOTE}\n")
        for name, content in (more or {}).items():
            if isinstance(content, Path):
                archive.write(content, name, zipfile.ZIP_STORED)
            else:
                archive.writestr(_stored(name), content())
        stems = unique_stems(result.file for result in results)
        for stem, draw in zip(stems, pictures, strict=True):
            if draw is not None:  # JPEG does not compress further
                archive.writestr(_stored(f"annotated/{stem}.jpg"), encode_picture(draw()))


def _stored(name: str) -> zipfile.ZipInfo:
    """An entry for what does not compress further."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_STORED
    return entry


def _write_csv(file: IO[bytes], results: Sequence[Result]) -> None:
    keys, rows = detection_rows(results)
    out = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=False)
    writer = csv.writer(out)
    writer.writerow(keys)
    writer.writerows([plain_text(value) for value in row] for row in rows)
    out.detach()


def _write_json(file: IO[bytes], results: Iterable[Result]) -> None:
    before = "["
    for result in results:
        file.write(f"{before}\n{json.dumps(result.to_json(), ensure_ascii=False, indent=1)}".encode())
        before = ","
    file.write(b"[]\n" if before == "[" else b"\n]\n")
