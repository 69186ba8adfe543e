"""Take saved runs home: one or many, as Excel, PDF, Word or ZIP; read when a button is pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from inspection.errors import InspectionError
from inspection.finding import SCREENING_NOTE
from inspection.names import safe_stem
from inspection.store.limits import MB
from inspection.store.run import VIDEO, Run
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Unit
from ui.analysis import thermogram_of
from ui.history_open import OpenRun, Shelf
from ui.language import language, t, tr
from ui.page import Page
from ui.report_details import report_details
from ui.take_home import Files, Item, buttons

_MOST_VIDEO_MB = 200
"""Of the videos in one ZIP: a download goes through the server's memory."""


def take_runs_home(page: Page, shelf: Shelf, runs: Sequence[Run], key: str) -> None:
    """The row of download buttons for the runs."""
    st.subheader(t("Take it home"))
    st.caption(tr(SCREENING_NOTE))
    row = st.container(horizontal=True)
    report_details()
    stem = safe_stem(runs[0].name) if len(runs) == 1 else "overheat-history"
    megabytes = _video_bytes(shelf, runs) // MB
    with_videos = len(runs) == 1 or megabytes <= _MOST_VIDEO_MB
    ids = [run.id for run in runs]
    with row:
        buttons(
            Files.of(page.unit, partial(_items, shelf, ids, page.unit, language(), with_videos)), stem, key
        )
    if not with_videos:
        st.caption(
            t(
                "The ZIP leaves out the videos: together they have {size} MB, and it holds {most}. Choose "
                "fewer results.",
                size=megabytes, most=_MOST_VIDEO_MB,
            )
        )  # fmt: skip


def _video_bytes(shelf: Shelf, runs: Sequence[Run]) -> int:
    paths = [shelf.path(run, VIDEO) for run in runs if run.kind == "video"]
    return sum(path.stat().st_size for path in paths if path is not None)


def _items(
    shelf: Shelf, ids: Sequence[str], unit: Unit, language: str, with_videos: bool
) -> list[Item]:  # fmt: skip
    found = [_item(one, unit, language, with_videos) for one in shelf.open_all(ids)]
    if not found:
        raise InspectionError(text("This result is not there any more."))
    return found


def _item(one: OpenRun, unit: Unit, language: str, with_videos: bool) -> Item:
    workbook = None if one.video is None else partial(_video_excel, one, unit, language)
    more: dict[str, Path | Callable[[], bytes]] = {}
    if one.video is not None and workbook is not None:
        more = {"videos/{stem}.xlsx": workbook}
        if with_videos:
            more["videos/{stem}.mp4"] = one.video.video
    return Item(
        one.result,
        one.words,
        partial(_thermogram, one) if one.has_picture else None,
        partial(one.annotated, language, unit),
        one.run.equipment,
        one.run.made,
        workbook,
        more,
    )


def _thermogram(one: OpenRun) -> Thermogram:
    picture = one.read_picture()
    if picture is None:
        raise InspectionError(text("The picture of this result is not there any more."))
    return thermogram_of(picture)


def _video_excel(one: OpenRun, unit: Unit, language: str) -> bytes:
    from inspection.video.export import to_excel

    assert one.video is not None
    return to_excel(one.video, one.words, unit, language)
