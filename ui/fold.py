"""Parts of a page that are folded away and made only when somebody opens them."""

from __future__ import annotations

from typing import Any

import streamlit as st


def fold(
    label: str, key: str, icon: str | None = None, box: Any = st
) -> tuple[st.delta_generator.DeltaGenerator, bool]:
    """An expander whose content waits until it is opened for the first time.

    From then on it is always made: what was typed into it and not sent yet must survive its closing.

    Args:
        label: in the visitor's language.
        key: of the expander.
        icon: before the label.
        box: where to draw it.

    Returns:
        The expander, and whether to fill it.
    """
    part = box.expander(label, key=f"fold-{key}", icon=icon, on_change="rerun")
    opened: set[str] = st.session_state.setdefault("opened_folds", set())
    if part.open:
        opened.add(key)
    return part, key in opened
