"""Which kind of camera it is, and the scale of its colours."""

from __future__ import annotations

import streamlit as st

from inspection.errors import SettingsError
from inspection.live import CameraReading
from inspection.live.frames import Kind
from inspection.palettes import DEFAULT_PALETTE
from inspection.texts import Text, text
from ui.language import t, tr, worded
from ui.page import plain
from ui.palette_choice import palette_choice

_KINDS: dict[Kind, Text] = {
    "picture": text("Any camera"),
    "colours": text("Thermal, colours with a fixed scale"),
    "split": text("Thermal, data in the lower half"),
}
_HELP: dict[Kind, Text] = {
    "picture": text("Finds things; no temperatures."),
    "colours": text(
        "Set the camera to a fixed span, then type what its colour bar shows. Always an estimate."
    ),
    "split": text(
        "USB cameras such as the 256 x 192 kind, whose frames are 256 x 384 with data below. Choose the "
        "camera's own size and press Stop and Start after changing this."
    ),
}


def camera_reading() -> CameraReading:
    """The fields; a scale that makes no sense gets a sentence, and the stream goes on without one."""
    kind: Kind = st.selectbox(
        t("Camera"), list(_KINDS), key=worded("camera_kind"), persist_state="session",
        format_func={kind: tr(words) for kind, words in _KINDS.items()}.__getitem__,
    )  # fmt: skip
    st.caption(tr(_HELP[kind]))
    if kind != "colours":
        return CameraReading(kind)
    first, second, third = st.columns(3)
    palette = palette_choice(first, "camera_palette", DEFAULT_PALETTE, persist_state="session")
    low = second.number_input(
        t("Coldest (°C)"), value=20.0, step=1.0, key="camera_low", persist_state="session"
    )
    high = third.number_input(
        t("Hottest (°C)"), value=100.0, step=1.0, key="camera_high", persist_state="session"
    )
    try:
        return CameraReading(kind, low, high, palette)
    except SettingsError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        return CameraReading()
