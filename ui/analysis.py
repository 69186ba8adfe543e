"""Pictures to results for the pages: the network runs once a picture, the rest acts on what it kept."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st

from inspection.candidates import Candidates
from inspection.correction import as_detections
from inspection.crops import thumbnail
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.exports import encode_picture
from inspection.opening import Opened, ThermalOptions, open_file
from inspection.results import Measuring, Result, measure
from inspection.thermogram import Thermogram
from ui.corrections import used_labels
from ui.lru import BoundedStore
from ui.page import Page
from ui.temperature import options_of, reference_box

WEAKER = 0.05
"""Confidence that the button for weaker candidates goes down to."""

_OPENED_BYTES = 64 * 2**20
_THERMOGRAM_BYTES = 64 * 2**20
_SEEN_BYTES = 64 * 2**20
_MOST_FINDINGS = 20_000
_THUMBNAIL_PX = 56


@dataclass(frozen=True)
class Picture:
    """A file that somebody gave: its name and bytes.

    Attributes:
        name: as given.
        data: the file.
        sha256: of the data.
        trouble: why it could not even be unpacked, or ""; it stands in the table like the others.
        saved_options: what was assumed of it when it was saved; None while the visitor may still change that.
    """

    name: str
    data: bytes
    sha256: str
    trouble: str = ""
    saved_options: ThermalOptions | None = None

    @property
    def options(self) -> ThermalOptions:
        """What is assumed of it."""
        return options_of(self.sha256) if self.saved_options is None else self.saved_options

    @classmethod
    def of(cls, name: str, data: bytes) -> Picture:
        """A picture with the hash of its bytes."""
        return cls(name, data, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Seen:
    """What the network saw in a picture, or why the picture could not be read."""

    candidates: Candidates | None
    seconds: float
    error: str | None = None
    thumbnail: bytes = b""
    plain: tuple[int, int, str] | None = None
    """Width, height and note of a picture without temperatures: enough to list its findings again."""


@st.cache_resource(show_spinner=False)
def _opened() -> BoundedStore[Opened]:
    return BoundedStore(_OPENED_BYTES, _bytes_of_opened)


@st.cache_resource(show_spinner=False)
def _thermograms() -> BoundedStore[Thermogram]:
    return BoundedStore(_THERMOGRAM_BYTES, lambda thermogram: thermogram.nbytes)


@st.cache_resource(show_spinner=False)
def _seen() -> BoundedStore[Seen]:
    return BoundedStore(_SEEN_BYTES, _bytes_of_seen)


@st.cache_resource(show_spinner=False)
def _results() -> BoundedStore[Result]:
    return BoundedStore(_MOST_FINDINGS, lambda result: 1 + len(result.findings))


def opened_file(picture: Picture, options: ThermalOptions) -> Opened:
    """The file as read; only a scale for its counts changes how it is read.

    Raises:
        PictureError: it cannot be read.
    """
    key = (picture.sha256, options.count_scale)
    return _opened().get_or_make(key, lambda: open_file(picture.data, picture.name, options))


def thermogram_of(picture: Picture, options: ThermalOptions | None = None) -> Thermogram:
    """The picture and its temperatures under the visitor's assumptions.

    Args:
        picture: the file.
        options: the assumptions, None for those of the session; outside a session they have to be given.

    Raises:
        InspectionError: it cannot be read, or the assumptions do not fit.
    """
    options = picture.options if options is None else options
    key = (picture.sha256, options)
    return _thermograms().get_or_make(key, lambda: opened_file(picture, options).thermogram(options))


def is_analysed(picture: Picture, detector: Detector, imgsz: int) -> bool:
    """Whether the network has already run on this picture."""
    return _seen().get(_seen_key(picture, detector, imgsz)) is not None


def thumbnail_of(picture: Picture, detector: Detector, imgsz: int) -> bytes:
    """The picture as a small JPEG, b"" where the network has not run on it."""
    seen = _seen().get(_seen_key(picture, detector, imgsz))
    return b"" if seen is None else seen.thumbnail


def look(picture: Picture, detector: Detector, imgsz: int) -> Seen:
    """Run the network, once a picture, model and image size."""
    key = _seen_key(picture, detector, imgsz)
    seen = _seen().get(key)
    if seen is None:
        seen = _look_now(picture, detector, imgsz)
        if seen.error is None:  # a sentence names the file, and another file may have the same bytes
            _seen().put(key, seen)
    return seen


def result_of(page: Page, picture: Picture) -> Result:
    """The findings in a picture at the page's thresholds, measured and graded."""
    seen = look(picture, page.detector, page.settings.imgsz)
    make = partial(_result_now, page, picture, seen, measuring_of(page, picture))
    return _results().get_or_make(result_key(page, picture), make)


def result_key(page: Page, picture: Picture) -> tuple[Hashable, ...]:
    """Everything that a picture's result depends on."""
    options, measuring = picture.options, measuring_of(page, picture)
    corrected = used_labels(picture)
    model = page.detector.info.sha256
    return (picture.name, picture.sha256, model, page.settings, options, measuring, corrected)


def _result_now(page: Page, picture: Picture, seen: Seen, measuring: Measuring) -> Result:
    settings, detector = page.settings, page.detector
    if seen.candidates is None:
        return Result.failed(picture.name, seen.error or "", picture.sha256, seen.seconds)
    corrected, names = used_labels(picture), detector.info.class_names
    if corrected is None:
        conf, class_ids = settings.thresholds(names), settings.class_ids(names)
        detections = seen.candidates.select(conf, settings.iou, class_ids)
    else:
        detections = as_detections(corrected, names)
    try:
        thermogram = _without_pixels(seen, picture.options) or thermogram_of(picture)
        findings, spots = measure(detections, thermogram, measuring)
    except InspectionError as error:
        return Result.failed(picture.name, error.sentence, picture.sha256, seen.seconds)
    return Result.of(picture.name, picture.sha256, seen.seconds, thermogram, findings, spots)


def weaker_count(page: Page, picture: Picture) -> int:
    """How many findings there would be at the weaker confidence, for the page that has none to show."""
    seen = look(picture, page.detector, page.settings.imgsz)
    if seen.candidates is None:
        return 0
    class_ids = page.settings.class_ids(page.detector.info.class_names)
    return len(seen.candidates.select(WEAKER, page.settings.iou, class_ids))


def _seen_key(picture: Picture, detector: Detector, imgsz: int) -> tuple[object, ...]:
    return (picture.sha256, picture.options.count_scale, detector.info.sha256, imgsz)


def _look_now(picture: Picture, detector: Detector, imgsz: int) -> Seen:
    start = time.perf_counter()
    if picture.trouble:
        return Seen(None, 0.0, picture.trouble)
    try:
        opened = opened_file(picture, picture.options)
    except InspectionError as error:
        return Seen(None, time.perf_counter() - start, error.sentence)
    own, shown = opened.own, opened.detection_picture()
    candidates = detector.candidates(shown, imgsz, (own.width, own.height))
    seconds = time.perf_counter() - start
    plain = (own.width, own.height, own.note) if own.source == "none" and opened.data is None else None
    small = encode_picture(thumbnail(shown, _THUMBNAIL_PX), quality=75)
    return Seen(candidates, seconds, None, small, plain)


def _without_pixels(seen: Seen, options: ThermalOptions) -> Thermogram | None:
    """What findings need to know of a picture without temperatures; None where there are some to measure."""
    if seen.plain is None or options.colour_scale is not None:
        return None
    width, height, note = seen.plain
    nothing = np.broadcast_to(np.zeros(1, np.uint8), (height, width, 3))  # of one byte
    return Thermogram(nothing, note=note)


def measuring_of(page: Page, picture: Picture) -> Measuring:
    """The page's settings with this picture's own reference box and emissivity."""
    if picture.saved_options is not None:
        return page.measuring
    assessing = replace(page.measuring.assessing, reference_box=reference_box(picture.sha256))
    if picture.options.parameters is not None:
        assessing = replace(assessing, emissivity_was_set=True)
    return replace(page.measuring, assessing=assessing)


def _bytes_of_opened(opened: Opened) -> float:
    if opened.data is None:
        return opened.own.nbytes
    stored = sum(data.nbytes for data in (opened.data.counts, opened.data.temperatures) if data is not None)
    return opened.own.nbytes + stored + len(opened.data.jpeg or b"")


def _bytes_of_seen(seen: Seen) -> float:
    if seen.candidates is None:
        return 1000
    c = seen.candidates
    return 1000 + len(seen.thumbnail) + c.xyxy.nbytes + c.confidence.nbytes + c.class_id.nbytes
