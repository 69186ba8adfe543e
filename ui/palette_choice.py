"""The choice of a palette, by its name in the visitor's language."""

from __future__ import annotations

from typing import Any

import streamlit as st

from inspection.palettes import PALETTE_NAMES
from ui.language import t, tr, worded


def palette_choice(box: st.delta_generator.DeltaGenerator, key: str, start: str, **more: Any) -> str:
    """A selectbox of palettes; returns the palette's own name.

    Args:
        box: where to draw it.
        key: of the widget; see `worded`.
        start: the palette chosen at first.
        more: for st.selectbox.
    """
    own, labels = worded(key), {name: tr(name) for name in PALETTE_NAMES}
    index = 0 if own in st.session_state else PALETTE_NAMES.index(start)
    chosen: str = box.selectbox(
        t("Palette"), PALETTE_NAMES, index, key=own, format_func=labels.__getitem__, **more
    )
    return chosen
