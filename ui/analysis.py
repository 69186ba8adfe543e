"""Pictures to results for the pages: the network runs once a picture, the rest acts on what it kept."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace

import streamlit as st

from inspection.candidates import Candidates
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.opening import Opened, ThermalOptions, open_file
from inspection.results import Measuring, Result, measure
from inspection.thermogram import Thermogram
from ui.lru import BoundedStore
from ui.page import Page
from ui.temperature import options_of, reference_box

WEAKER = 0.05
"""Confidence that the button for weaker candidates goes down to."""

_OPENED_BYTES = 64 * 2**20
_THERMOGRAM_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Picture:
    """A file that somebody gave: its name and bytes."""

    name: str
    data: bytes
    sha256: str

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


@st.cache_resource(show_spinner=False)
def _opened() -> BoundedStore[Opened]:
    return BoundedStore(_OPENED_BYTES, _bytes_of_opened)


@st.cache_resource(show_spinner=False)
def _thermograms() -> BoundedStore[Thermogram]:
    return BoundedStore(_THERMOGRAM_BYTES, _bytes_of_thermogram)


@st.cache_resource(show_spinner=False)
def _seen() -> BoundedStore[Seen]:
    return BoundedStore(2000)


@st.cache_resource(show_spinner=False)
def _results() -> BoundedStore[Result]:
    return BoundedStore(3000)


def opened_file(picture: Picture, options: ThermalOptions) -> Opened:
    """The file as read; only a scale for its counts changes how it is read.

    Raises:
        PictureError: it cannot be read.
    """
    key = (picture.sha256, options.count_scale)
    return _opened().get_or_make(key, lambda: open_file(picture.data, picture.name, options))


def thermogram_of(picture: Picture) -> Thermogram:
    """The picture and its temperatures under the visitor's assumptions.

    Raises:
        InspectionError: it cannot be read, or the assumptions do not fit.
    """
    options = options_of(picture.sha256)
    key = (picture.sha256, options)
    return _thermograms().get_or_make(key, lambda: opened_file(picture, options).thermogram(options))


def is_analysed(picture: Picture, detector: Detector, imgsz: int) -> bool:
    """Whether the network has already run on this picture."""
    return _seen().get(_seen_key(picture, detector, imgsz)) is not None


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
    settings, detector = page.settings, page.detector
    seen = look(picture, detector, settings.imgsz)
    measuring = _measuring(page, picture)
    options = options_of(picture.sha256)
    key = (picture.name, picture.sha256, detector.info.sha256, settings, options, measuring)
    return _results().get_or_make(key, lambda: _result_now(page, picture, seen, measuring))


def _result_now(page: Page, picture: Picture, seen: Seen, measuring: Measuring) -> Result:
    settings, detector = page.settings, page.detector
    if seen.candidates is None:
        return Result(picture.name, picture.sha256, 0, 0, seen.seconds, error=seen.error)
    detections = seen.candidates.select(
        settings.conf, settings.iou, settings.class_ids(detector.info.class_names)
    )
    try:
        thermogram = thermogram_of(picture)
        findings, spots = measure(detections, thermogram, measuring)
    except InspectionError as error:
        return Result(picture.name, picture.sha256, 0, 0, seen.seconds, error=str(error))
    return Result(
        picture.name,
        picture.sha256,
        thermogram.width,
        thermogram.height,
        seen.seconds,
        findings,
        note=thermogram.note,
        hot_spots=spots,
        temperature_source=thermogram.source,
    )


def weaker_count(page: Page, picture: Picture) -> int:
    """How many findings there would be at the weaker confidence, for the page that has none to show."""
    seen = look(picture, page.detector, page.settings.imgsz)
    if seen.candidates is None:
        return 0
    class_ids = page.settings.class_ids(page.detector.info.class_names)
    return len(seen.candidates.select(WEAKER, page.settings.iou, class_ids))


def _seen_key(picture: Picture, detector: Detector, imgsz: int) -> tuple[object, ...]:
    return (picture.sha256, options_of(picture.sha256).count_scale, detector.info.sha256, imgsz)


def _look_now(picture: Picture, detector: Detector, imgsz: int) -> Seen:
    start = time.perf_counter()
    try:
        shown = opened_file(picture, options_of(picture.sha256)).detection_picture()
    except InspectionError as error:
        return Seen(None, time.perf_counter() - start, str(error))
    candidates = detector.candidates(shown, imgsz)
    return Seen(candidates, time.perf_counter() - start)


def _measuring(page: Page, picture: Picture) -> Measuring:
    """The page's settings with this picture's own reference box and emissivity."""
    assessing = replace(page.measuring.assessing, reference_box=reference_box(picture.sha256))
    if options_of(picture.sha256).parameters is not None:
        assessing = replace(assessing, emissivity_was_set=True)
    return replace(page.measuring, assessing=assessing)


def _bytes_of_thermogram(thermogram: Thermogram) -> float:
    arrays = (thermogram.picture, thermogram.celsius, thermogram.embedded)
    return sum(array.nbytes for array in arrays if array is not None)


def _bytes_of_opened(opened: Opened) -> float:
    if opened.plain is not None:
        return _bytes_of_thermogram(opened.plain)
    assert opened.data is not None
    height, width = opened.data.shape
    return height * width * 4 + len(opened.data.jpeg or b"")
