"""Pictures to results for the pages: the network runs once a picture, thresholds act on what it kept."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

import streamlit as st

from inspection.candidates import Candidates
from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.finding import findings_from_detections
from inspection.reading import read_picture
from inspection.results import Result
from inspection.settings import RunSettings
from inspection.thermogram import Thermogram
from ui.lru import BoundedStore

_THERMOGRAM_BYTES = 96 * 2**20


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
    width: int
    height: int
    seconds: float
    note: str
    error: str | None = None


@st.cache_resource(show_spinner=False)
def _thermograms() -> BoundedStore[Thermogram]:
    return BoundedStore(_THERMOGRAM_BYTES, _bytes_of)


@st.cache_resource(show_spinner=False)
def _seen() -> BoundedStore[Seen]:
    return BoundedStore(2000)


def _bytes_of(thermogram: Thermogram) -> float:
    arrays = (thermogram.picture, thermogram.celsius, thermogram.embedded)
    return sum(array.nbytes for array in arrays if array is not None)


def thermogram_of(picture: Picture) -> Thermogram:
    """The decoded picture.

    Raises:
        PictureError: it cannot be read.
    """
    return _thermograms().get_or_make(picture.sha256, lambda: read_picture(picture.data, picture.name))


def is_analysed(picture: Picture, detector: Detector, imgsz: int) -> bool:
    """Whether the network has already run on this picture."""
    return _seen().get((picture.sha256, detector.info.sha256, imgsz)) is not None


def look(picture: Picture, detector: Detector, imgsz: int) -> Seen:
    """Run the network, once a picture, model and image size."""
    key = (picture.sha256, detector.info.sha256, imgsz)
    seen = _seen().get(key)
    if seen is None:
        seen = _look_now(picture, detector, imgsz)
        if seen.error is None:  # a sentence names the file, and another file may have the same bytes
            _seen().put(key, seen)
    return seen


def _look_now(picture: Picture, detector: Detector, imgsz: int) -> Seen:
    start = time.perf_counter()
    try:
        thermogram = thermogram_of(picture)
    except InspectionError as error:
        return Seen(None, 0, 0, time.perf_counter() - start, "", str(error))
    candidates = detector.candidates(thermogram.picture, imgsz)
    seconds = time.perf_counter() - start
    return Seen(candidates, thermogram.width, thermogram.height, seconds, thermogram.note)


def result_of(picture: Picture, detector: Detector, settings: RunSettings) -> Result:
    """The findings in a picture at these thresholds."""
    seen = look(picture, detector, settings.imgsz)
    if seen.candidates is None:
        return Result(picture.name, picture.sha256, 0, 0, seen.seconds, error=seen.error)
    class_ids = settings.class_ids(detector.info.class_names)
    detections = seen.candidates.select(settings.conf, settings.iou, class_ids)
    findings = findings_from_detections(detections, thermogram_of(picture))
    return Result(
        picture.name, picture.sha256, seen.width, seen.height, seen.seconds, findings, note=seen.note
    )


def weaker_count(picture: Picture, detector: Detector, settings: RunSettings) -> int:
    """How many findings there would be at confidence 0.05, for the page that has none to show."""
    seen = look(picture, detector, settings.imgsz)
    if seen.candidates is None:
        return 0
    class_ids = settings.class_ids(detector.info.class_names)
    return len(seen.candidates.select(WEAKER, settings.iou, class_ids))


WEAKER = 0.05
