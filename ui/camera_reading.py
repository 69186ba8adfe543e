"""Which kind of camera it is, and the scale of its colours."""

from __future__ import annotations

import streamlit as st

from inspection.errors import SettingsError
from inspection.live import CameraReading
from inspection.live.frames import Kind
from inspection.palettes import PALETTE_NAMES
from ui.page import plain

_KINDS: dict[str, Kind] = {
    "Any camera": "picture",
    "Thermal, colours with a fixed scale": "colours",
    "Thermal, data in the lower half": "split",
}
_HELP = {
    "picture": "Finds things; no temperatures.",
    "colours": "Set the camera to a fixed span, then type what its colour bar shows. Always an estimate.",
    "split": "USB cameras such as the 256 x 192 kind, whose frames are 256 x 384 with data below. Choose the "
    "camera's own size and press Stop and Start after changing this.",
}


def camera_reading() -> CameraReading:
    """The fields; a scale that makes no sense gets a sentence, and the stream goes on without one."""
    label = st.selectbox("Camera", list(_KINDS), key="camera_kind", persist_state="session")
    kind = _KINDS[label]
    st.caption(_HELP[kind])
    if kind != "colours":
        return CameraReading(kind)
    first, second, third = st.columns(3)
    palette = first.selectbox("Palette", PALETTE_NAMES, key="camera_palette", persist_state="session")
    low = second.number_input("Coldest (°C)", value=20.0, step=1.0, key="camera_low", persist_state="session")
    high = third.number_input(
        "Hottest (°C)", value=100.0, step=1.0, key="camera_high", persist_state="session"
    )
    try:
        return CameraReading(kind, low, high, palette)
    except SettingsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return CameraReading()
