"""While a video is worked on: bar, speed, time left, a picture now and then, and a way to stop."""

from __future__ import annotations

import streamlit as st

from inspection.video.result import duration_words
from ui.language import t, t_n
from ui.video_workspace import workspace

_EVERY_S = 0.5


@st.fragment(run_every=_EVERY_S)
def show_progress() -> None:
    """Look at the work twice a second; when it is over, the whole page runs once more."""
    job = workspace().job
    if job is None or not job.running:
        st.rerun()
    assert job is not None
    progress = job.run.progress
    left = progress.seconds_left
    done = t_n(
        "{n} frame · {rate:.1f} per second", "{n} frames · {rate:.1f} per second",
        progress.frames, rate=progress.frames_per_second,
    )  # fmt: skip
    if left is not None:
        done += " · " + t("{duration} left", duration=duration_words(left))
    line = st.container(horizontal=True, vertical_alignment="center")
    line.progress(progress.share, done, width="stretch")
    line.button(t("Stop"), icon=":material/stop:", on_click=job.run.stop, key="stop-video")
    if job.run.preview:
        words = t("The frame that is being worked on, with its findings")
        place = st.columns([2, 1])[0]
        place.caption(words)  # above it: the picture's own buttons would lie over Stop on a phone
        place.image(job.run.preview, alt=words, width="stretch")
