"""Saved runs taken from the store again, as they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspection.annotate import annotate
from inspection.errors import InspectionError
from inspection.results import Result
from inspection.store import run as names
from inspection.store.pictures import SavedPicture, picture_run
from inspection.store.run import Run
from inspection.store.store import Store
from inspection.texts import text
from inspection.units import Unit
from ui.analysis import Picture, thermogram_of
from ui.visitor import owner

if TYPE_CHECKING:  # brings the video library along
    from inspection.video.result import VideoResult

KIND_ICONS = {"picture": "image", "video": "movie", "camera": "photo_camera"}


@dataclass(frozen=True)
class Shelf:
    """The saved results of this visitor: the store, asked in the visitor's name only."""

    store: Store
    owner: str

    @classmethod
    def mine(cls, store: Store) -> Shelf:
        """Of the visitor of this session."""
        return cls(store, owner())

    def read(self, run: Run, name: str) -> bytes | None:
        """A file of a run, or None."""
        return self.store.read(self.owner, run.id, name)

    def path(self, run: Run, name: str) -> Path | None:
        """Where a file of a run lies, or None."""
        return self.store.path(self.owner, run.id, name)

    def open(self, run_id: str) -> OpenRun | None:
        """A run with everything about it; None when it is not there (any more).

        Raises:
            StoreError: it cannot be read.
        """
        run, record = self.store.run(self.owner, run_id), self.store.record(self.owner, run_id)
        if run is None or record is None:
            return None
        if run.kind == "video":
            return self._video(run, record)
        saved = picture_run(record)
        return OpenRun(self, run, saved.result, saved.words, saved)

    def open_all(self, run_ids: Iterable[str]) -> list[OpenRun]:
        """Those that are there, in this order.

        Raises:
            StoreError: one cannot be read.
        """
        return [found for found in map(self.open, run_ids) if found is not None]

    def _video(self, run: Run, record: dict[str, Any]) -> OpenRun | None:
        from inspection.store.videos import video_result
        from inspection.video.summary import as_result

        video = self.path(run, names.VIDEO)
        if video is None:
            return None
        result, words = video_result(record, video.parent)
        return OpenRun(self, run, as_result(result, run.sha256), words, video=result)


@dataclass(frozen=True, eq=False)
class OpenRun:
    """A saved run.

    Attributes:
        shelf: where it comes from.
        run: as it is listed.
        result: what was found; of a video, its objects.
        words: label -> value of its settings.
        saved: its settings, of a picture.
        video: its result, of a video.
    """

    shelf: Shelf
    run: Run
    result: Result
    words: dict[str, Any]
    saved: SavedPicture | None = None
    video: VideoResult | None = None

    @property
    def has_picture(self) -> bool:
        """Whether it is a picture's run whose file was kept."""
        return self.saved is not None and self.shelf.path(self.run, names.INPUT) is not None

    def read_picture(self) -> Picture | None:
        """The file as it was given, of a picture, where it was kept; read anew each time."""
        data = None if self.saved is None else self.shelf.read(self.run, names.INPUT)
        if self.saved is None or data is None:
            return None
        return Picture(self.run.name, data, self.run.sha256, saved_options=self.saved.options)

    @cached_property
    def picture(self) -> Picture | None:
        """The same, kept as long as this run is open."""
        return self.read_picture()

    def annotated(self, language: str, unit: Unit) -> NDArray[np.uint8]:
        """The picture with its findings, uint8 (H, W, 3) BGR; of a video, its best frame.

        Args:
            language: of the names in the picture, where it is drawn anew.
            unit: of its temperatures, likewise.

        Raises:
            InspectionError: it is not there any more.
        """
        picture = self.__dict__.get("picture") or self.read_picture()
        if picture is not None:
            drawn = thermogram_of(picture).picture
            found = self.result
            return annotate(drawn, found.findings, hot_spots=found.hot_spots, language=language, unit=unit)
        data = self.shelf.read(self.run, names.PICTURE) or self.shelf.read(self.run, names.THUMBNAIL)
        if data is None:
            raise InspectionError(text("The picture of this result is not there any more."))
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def show(*run_ids: str) -> None:
    """What the page shows from now on: nothing for the list, one run, or two to compare."""
    st.session_state["history_view"] = run_ids


def shown() -> tuple[str, ...]:
    """What the page shows."""
    return tuple(st.session_state.get("history_view", ()))


def say(message: str) -> None:
    """A sentence that the next run of the page shows."""
    st.session_state["history_message"] = message
