"""What is chosen for one video: part, stride, tracking, colour scale, alarm."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from inspection.errors import SettingsError
from inspection.opening import ColourScale
from inspection.palettes import DEFAULT_PALETTE
from inspection.pseudocolour.convert import check_scale
from inspection.texts import text
from inspection.video.alarms import AlarmSettings
from inspection.video.settings import HIGHEST_STRIDE, VideoSettings
from inspection.video.source import VideoInfo
from ui.language import language, t, tr
from ui.page import Page
from ui.palette_choice import palette_choice

LONGEST_S = 2 * 3600.0
"""Most that is worked on in one go."""


def video_settings(page: Page, info: VideoInfo, key: str) -> VideoSettings | None:
    """Draw the controls; None when something typed cannot be used, with a sentence on the page.

    They persist, as they are not on the page while the video is worked on: else the browser shows what they
    start with afterwards, while the server goes on with what was chosen.
    """
    start, end = _part(info, key)
    left, right = st.columns(2, vertical_alignment="bottom")
    stride = left.number_input(
        t("Frame stride"), 1, HIGHEST_STRIDE, 1, key=f"stride-{key}", persist_state="session",
        help=t("2 looks at every second frame: half the time, half the frames in the result."),
    )  # fmt: skip
    tracking = right.toggle(
        t("Follow objects"), True, key=f"tracking-{key}", persist_state="session",
        help=t("Each thing keeps its number through the video (ByteTrack) and gets one row in the table."),
    )  # fmt: skip
    try:
        scale = None if info.radiometric else _scale(key)
        alarm = _alarm(key) if info.radiometric or scale is not None else None
        measuring = replace(page.measuring, hot_spots=None)
        return VideoSettings(
            page.settings, measuring, start, end, int(stride), tracking, scale, alarm, language()
        )
    except SettingsError as error:
        st.error(tr(error), icon=":material/error:")
        return None


def _part(info: VideoInfo, key: str) -> tuple[float, float | None]:
    """The part to work on, at most LONGEST_S long."""
    if info.seconds < 0.5:
        return 0.0, None
    whole = round(info.seconds, 1)
    start, end = st.slider(
        t("Part (s)"), 0.0, whole, (0.0, min(whole, LONGEST_S)), 0.1, format="%.1f s", key=f"part-{key}",
        persist_state="session",
    )  # fmt: skip
    if end - start > LONGEST_S:
        end = start + LONGEST_S
        st.caption(t("At most {hours:g} hours at a time: up to {end:g} s.", hours=LONGEST_S / 3600, end=end))
    if end <= start:
        end = start + 0.1
    return start, None if end >= whole else end


def fill_in_scale(key: str, low: float, high: float) -> None:
    """Fill in the ends of a scale that is known, in °C."""
    st.session_state[f"low-{key}"], st.session_state[f"high-{key}"] = low, high


def _scale(key: str) -> ColourScale | None:
    """What the colours mean; without it there are no temperatures."""
    with st.expander(t("Temperature scale"), icon=":material/palette:"):
        st.caption(
            t("The ends of the colour bar, as the camera shows them. It must not change in the video.")
        )
        columns = st.columns(3)
        palette = palette_choice(columns[0], f"palette-{key}", DEFAULT_PALETTE, persist_state="session")
        low = columns[1].number_input(
            t("Coldest end (°C)"), value=None, step=1.0, key=f"low-{key}", persist_state="session"
        )
        high = columns[2].number_input(
            t("Hottest end (°C)"), value=None, step=1.0, key=f"high-{key}", persist_state="session"
        )
    if low is None and high is None:
        return None
    if low is None or high is None:
        raise SettingsError(text("Type both ends of the scale, as the picture's colour bar shows them."))
    check_scale(low, high)
    return ColourScale(low, high, palette)


def _alarm(key: str) -> AlarmSettings | None:
    """Limit, hold time and tolerance."""
    with st.expander(t("Alarm"), icon=":material/notifications:"):
        columns = st.columns(3)
        limit = columns[0].number_input(
            t("Alarm from (°C)"), value=None, step=1.0, key=f"limit-{key}", persist_state="session"
        )
        hold = columns[1].number_input(
            t("For (s)"), 0.0, 3600.0, 1.0, 0.5, key=f"hold-{key}", persist_state="session",
            help=t("Only what stays this hot for so long raises an alarm."),
        )  # fmt: skip
        tolerance = columns[2].number_input(
            t("Clears this far below (K)"), 0.0, 500.0, 2.0, 0.5, key=f"tolerance-{key}",
            persist_state="session", help=t("Noise at the limit is then one alarm and not many."),
        )  # fmt: skip
    return None if limit is None else AlarmSettings(limit, hold, tolerance)
