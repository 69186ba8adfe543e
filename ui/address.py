"""Choices by id, shown in words and kept in the address.

Streamlit's own binding writes the words shown into the address, so a link would be good in one language only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ui.language import CHOSEN, chosen_before, worded


def bound_choice(
    box: st.delta_generator.DeltaGenerator,
    label: str,
    options: Sequence[str],
    default: str,
    key: str,
    words: Callable[[str], str],
    translated: bool = True,
    **more: Any,
) -> str:
    """A selectbox whose value is an id, which the address carries where it is not the default.

    Args:
        box: where to draw it.
        label: in the visitor's language.
        options: ids.
        default: the id that needs no mention in the address.
        key: of the widget in English, and of the address's parameter.
        words: what is shown for an id.
        translated: whether that differs from language to language.
        more: for st.selectbox.
    """
    start = chosen_before(key) or st.query_params.get_all(key)
    index = options.index(start[0] if start and start[0] in options else default)
    own = worded(key) if translated else key
    said = {option: words(option) for option in options}
    chosen: str = box.selectbox(label, options, index, key=own, format_func=said.__getitem__, **more)
    _remember(key, [chosen], [] if chosen == default else [chosen])
    return chosen


def bound_choices(
    box: st.delta_generator.DeltaGenerator,
    label: str,
    options: Sequence[str],
    key: str,
    words: Callable[[str], str],
    **more: Any,
) -> list[str]:
    """A multiselect of ids, at first all of them; the address carries them where some are left out.

    Args:
        box: where to draw it.
        label: in the visitor's language.
        options: ids.
        key: of the widget in English, and of the address's parameter.
        words: what is shown for an id.
        more: for st.multiselect.
    """
    asked = chosen_before(key) or st.query_params.get_all(key)
    known = [option for option in options if option in asked]
    start = known if known or asked == [""] else list(options)
    said = {option: words(option) for option in options}
    chosen: list[str] = box.multiselect(
        label, options, start, key=worded(key), format_func=said.__getitem__, **more
    )
    everything = set(chosen) == set(options)
    _remember(key, chosen or [""], [] if everything else chosen or [""])
    return chosen


def _remember(key: str, chosen: list[str], address: list[str]) -> None:
    """Keep a choice for the next page, whose widgets start anew, and let the address say it."""
    st.session_state.setdefault(CHOSEN, {})[key] = chosen
    if st.query_params.get_all(key) == address:
        return
    if address:
        st.query_params[key] = address
    else:
        del st.query_params[key]
