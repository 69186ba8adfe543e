"""What was analysed is saved by itself, in the background; the page hands it over and goes on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from inspection.about import settings_rows
from inspection.detector import Detector
from inspection.opening import ThermalOptions
from inspection.results import Measuring, Result
from inspection.settings import RunSettings
from inspection.store.pictures import SavedPicture, picture_draft
from inspection.store.run import Draft, Kind
from inspection.store.writer import Writer
from ui.analysis import Picture, measuring_of
from ui.page import Page
from ui.records import is_saving, writer
from ui.visitor import owner

if TYPE_CHECKING:  # large; only pages that have videos or a camera import them
    from inspection.live import LiveSettings
    from inspection.video.result import VideoResult

_AGAIN_S = 3
"""How often what the writer had no room for is handed over again."""


def save_pictures(
    page: Page, pictures: Sequence[Picture], results: Sequence[Result], kind: Kind = "picture"
) -> None:
    """Save what is new or was changed since; while sliders move, one run a picture follows them."""
    if not _hand_over(page, pictures, results, kind):
        _hand_over_the_rest(page, pictures, results, kind)


@st.fragment(run_every=_AGAIN_S)
def _hand_over_the_rest(
    page: Page, pictures: Sequence[Picture], results: Sequence[Result], kind: Kind
) -> None:
    """There was no room for all: try again until there is, while the page is open."""
    if _hand_over(page, pictures, results, kind):
        st.rerun()


def _hand_over(page: Page, pictures: Sequence[Picture], results: Sequence[Result], kind: Kind) -> bool:
    """Give the writer what is not saved yet; returns whether it took everything."""
    saver = writer()
    if saver is None or not is_saving():
        return True
    saved: dict[tuple[str, ...], object] = st.session_state.setdefault("history_saved", {})
    for picture, result in zip(pictures, results, strict=True):
        if result.error:
            continue
        measuring, options = measuring_of(page, picture), picture.options
        key = (picture.name, picture.sha256, page.detector.info.sha256)
        made_with = (page.settings, measuring, options, result.findings)
        if saved.get(key) == made_with:
            continue
        make = partial(
            _draft, kind, picture, result, page.settings, measuring, options, page.detector, visit()
        )
        if not saver.put((owner(), visit(), key), owner(), make, len(picture.data)):
            return False
        saved[key] = made_with
    return True


def visit() -> str:
    """The series of runs that follow the sliders; looking at the history begins another one."""
    return str(st.session_state.setdefault("history_visit", secrets.token_hex(8)))


def settle() -> None:
    """From now on, what was saved stays as it is and another setting makes another run."""
    st.session_state.pop("history_visit", None)


def save_snapshot(picture: Picture, result: Result, live: LiveSettings) -> None:
    """Save a picture kept from the camera's stream."""
    saver = writer()
    if saver is not None and is_saving():
        options = picture.options
        make = partial(
            _draft, "camera", picture, result, live.run, live.measuring, options, live.detector, ""
        )
        saver.put((owner(), picture.name, picture.sha256), owner(), make, len(picture.data))


def video_saver(page: Page) -> Callable[[Path, VideoResult], None] | None:
    """What is to be done with a finished video; called by the thread that worked on it."""
    saver = writer()
    if saver is None or not is_saving():
        return None
    return partial(_save_video, saver, owner(), page.detector)


def _save_video(saver: Writer, whose: str, detector: Detector, path: Path, result: VideoResult) -> None:
    from inspection.store.videos import video_draft
    from inspection.video.export import video_settings_rows

    def make() -> Draft:
        return video_draft(path, result, video_settings_rows(result, detector), detector.info)

    if len(result.frames):
        saver.save(whose, make)


def _draft(
    kind: Kind, picture: Picture, result: Result, settings: RunSettings, measuring: Measuring,
    options: ThermalOptions, detector: Detector, series: str,
) -> Draft:  # fmt: skip
    words = settings_rows(settings, detector.info, detector.engine.description, measuring.assessing)
    run = SavedPicture(result, settings, measuring, options, words)
    return picture_draft(kind, picture.data, run, detector.info, series)
