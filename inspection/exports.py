"""Results as CSV, JSON, pictures and one ZIP of everything."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

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
    keys, rows = detection_rows(results)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(keys)
    writer.writerows([[plain_text(value) for value in row] for row in rows])
    return buffer.getvalue().encode("utf-8-sig")


def to_json(results: Sequence[Result]) -> bytes:
    """A list with one object a file; class ids and names are the model's own."""
    return json.dumps([r.to_json() for r in results], ensure_ascii=False, indent=1).encode()


def encode_picture(picture: NDArray[np.uint8], extension: str = "jpg", quality: int = 92) -> bytes:
    """A uint8 (H, W, 3) BGR picture as JPEG or PNG bytes."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if extension == "jpg" else []
    done, data = cv2.imencode(f".{extension}", picture, options)
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} cannot be written as {extension}")
    return data.tobytes()


def to_zip(
    results: Sequence[Result],
    excel: bytes,
    pictures: Iterable[Callable[[], NDArray[np.uint8]] | None],
    more: Mapping[str, Callable[[], bytes]] | None = None,
) -> bytes:
    """Everything of a run in one archive.

    Args:
        results: one a file.
        excel: the workbook.
        pictures: for each result a function that draws the annotated picture, or None where there is none;
            functions, so that only one picture is in memory at a time.
        more: other files, name -> function that makes them; these do not compress further.
    """
    buffer = io.BytesIO()
    stems = unique_stems(result.file for result in results)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("overheat-inspector.xlsx", excel)
        archive.writestr("detections.csv", to_csv(results))
        archive.writestr("detections.json", to_json(results))
        failed = [f"{r.file}: {r.error}" for r in results if r.error]
        if failed:
            archive.writestr("not analysed.txt", "\n".join(failed) + "\n")
        archive.writestr("READ ME.txt", f"Made by Overheat Inspector. {SCREENING_NOTE}\n")
        for name, make in (more or {}).items():
            archive.writestr(zipfile.ZipInfo(name), make(), compress_type=zipfile.ZIP_STORED)
        for stem, draw in zip(stems, pictures, strict=True):
            if draw is not None:  # JPEG does not compress further
                entry = zipfile.ZipInfo(f"annotated/{stem}.jpg")
                archive.writestr(entry, encode_picture(draw()), compress_type=zipfile.ZIP_STORED)
    return buffer.getvalue()
