"""Before a video is worked on: its first frame with findings, how long it will take, and the button."""

from __future__ import annotations

import streamlit as st

from inspection.errors import InspectionError
from inspection.video.result import duration_words
from inspection.video.settings import VideoSettings
from ui.language import t, t_n, tr
from ui.page import Page, plain
from ui.saving import video_saver
from ui.video_workspace import Workspace


def preview_and_start(page: Page, space: Workspace, settings: VideoSettings) -> None:
    """The first frame with its findings, the time it will take, and the button."""
    try:
        preview, found = space.first_frame(page.detector, settings).preview(settings)
    except InspectionError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        return
    label = t("Start") if space.result is None else t("Start again")
    line = st.container(horizontal=True, vertical_alignment="center")
    # Not as a callback: that gets the settings of the run before, without what was typed just now.
    if line.button(label, type="primary", icon=":material/play_arrow:"):
        space.start(page.detector, settings, video_saver(page))
        st.rerun()
    line.markdown(
        t_n("{n} found in the first frame.", "{n} found in the first frame.", found), width="content"
    )
    estimate = line.empty()
    if space.result is None:
        st.columns([2, 1])[0].image(
            preview, caption=t("First frame"), width="stretch",
            alt=t_n(
                "The first frame with a box around {n} finding",
                "The first frame with boxes around {n} findings",
                found,
            ),
        )  # fmt: skip
    try:
        with estimate, st.spinner(t("Working out how long it will take …")):
            needed = space.seconds_needed(page.detector, settings)
    except InspectionError as error:
        estimate.error(plain(tr(error)), icon=":material/error:")
        return
    if needed is not None:
        words = t("Will take about {duration}.", duration=duration_words(max(needed, 1)))
        estimate.markdown(words, width="content")
