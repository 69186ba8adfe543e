"""The pictures of a report: which ones a thermogram gives, and how they become small JPEGs."""

from __future__ import annotations

import logging
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.annotate import annotate
from inspection.crops import thumbnail
from inspection.errors import InspectionError
from inspection.exports import encode_picture
from inspection.palettes import DEFAULT_PALETTE, automatic_span, palette_table, render_celsius
from inspection.report.content import ReportEntry, ReportPicture, ReportPictures
from inspection.results import Result
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Unit

_SMALLEST_PX = 320
log = logging.getLogger(__name__)


def report_pictures(
    thermogram: Thermogram, result: Result, language: str = "en", unit: Unit = "°C"
) -> ReportPictures:
    """What a report shows of one analysed picture.

    Args:
        thermogram: the picture and its temperatures.
        result: its findings.
        language: of the labels in the annotated picture.
        unit: of the temperatures in those labels.
    """
    annotated = annotate(
        thermogram.picture, result.findings, hot_spots=result.hot_spots, language=language, unit=unit
    )
    celsius = thermogram.celsius
    if celsius is None or not np.isfinite(celsius).any():
        before = thermogram.picture if thermogram.embedded is None else thermogram.embedded
        return ReportPictures(before, annotated, camera=thermogram.camera)
    span = automatic_span(celsius)
    known = celsius[np.isfinite(celsius)]
    stored = thermogram.embedded
    if stored is None and thermogram.source == "scale":
        stored = thermogram.picture
    return ReportPictures(
        original=stored,
        annotated=annotated,
        thermal=render_celsius(celsius, span, DEFAULT_PALETTE),
        span_celsius=span,
        palette=DEFAULT_PALETTE,
        measured=(float(known.min()), float(known.mean()), float(known.max())),
        accuracy_kelvin=thermogram.accuracy_kelvin,
        camera=thermogram.camera,
    )


def pictures_of(entry: ReportEntry) -> tuple[ReportPictures, str]:
    """The pictures of a file, or none and a sentence that says so."""
    if entry.pictures is None:
        return ReportPictures(), ""
    try:
        return entry.pictures(), ""
    except (InspectionError, OSError):
        log.exception("no pictures of %s", entry.result.file)
        return ReportPictures(), text("Its pictures are no longer there.")


def longest_side(files: int) -> int:
    """Pixels of a report's pictures: fewer the more files there are, so that its size stays bounded."""
    return 1000 if files <= 40 else 720 if files <= 300 else 480


def packed(pictures: ReportPictures, longest: int = 720) -> ReportPictures:
    """The same with JPEGs in place of pixels, to be kept until a report comes to them."""

    def jpeg(picture: ReportPicture | None) -> bytes | None:
        made = small_jpeg(picture, longest)
        return None if made is None else made[0]

    return replace(
        pictures,
        original=jpeg(pictures.original),
        annotated=jpeg(pictures.annotated),
        thermal=jpeg(pictures.thermal),
    )


def small_jpeg(picture: ReportPicture | None, longest: int) -> tuple[bytes, int, int] | None:
    """A picture as a JPEG of bounded size.

    Tiny pictures are enlarged by a whole number without smoothing, so that no viewer blurs them.

    Returns:
        The file, its width and height in pixels; None when there is no picture or it cannot be read.
    """
    pixels = _decoded(picture)
    if pixels is None:
        return None
    pixels = thumbnail(pixels, longest)
    factor = _SMALLEST_PX // max(pixels.shape[:2])
    if factor > 1:
        size = (pixels.shape[1] * factor, pixels.shape[0] * factor)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return encode_picture(pixels, quality=84), pixels.shape[1], pixels.shape[0]


def _decoded(picture: ReportPicture | None) -> NDArray[np.uint8] | None:
    if picture is None or isinstance(picture, np.ndarray):
        return picture
    try:
        pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if pixels is None else np.asarray(pixels, np.uint8)


def scale_bar(palette: str, length: int = 256, thickness: int = 12) -> NDArray[np.uint8]:
    """The colours of a palette from hottest (top) to coldest: uint8 (length, thickness, 3) BGR."""
    column = palette_table(palette, length)[::-1].reshape(length, 1, 3)
    return np.ascontiguousarray(np.repeat(column, thickness, axis=1))
