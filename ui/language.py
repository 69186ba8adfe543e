"""The visitor's language, and what pages show in it."""

from __future__ import annotations

import threading
from typing import Any

import streamlit as st

from inspection.errors import InspectionError
from inspection.texts import DEFAULT_LANGUAGE, LANGUAGES, Text, best_language, text, text_n, translate
from inspection.units import Unit

KEY = "lang"
"""Of the selector in the sidebar, and of the parameter in the address."""

CHOSEN = "chosen_in_address"
"""Where the session keeps such choices for the next page, whose widgets start anew."""


_run = threading.local()
"""What a run of a page asks for with each of its sentences; a visitor's runs have a thread of their own."""


def begin_run() -> None:
    """Look up language and unit once for the sentences of this run of a page; the first thing a page does."""
    _run.said_in = None
    _run.said_in = _said_in()


def language() -> str:
    """The language to show: what was chosen, else what the address says, else the browser's."""
    return _said_in()[0]


def unit() -> Unit:
    """Of the temperatures in sentences: as chosen in the sidebar."""
    return _said_in()[1]


def _said_in() -> tuple[str, Unit]:
    known: tuple[str, Unit] | None = getattr(_run, "said_in", None)
    return known or (_chosen_language(), "°F" if st.session_state.get("unit") == "°F" else "°C")


def _chosen_language() -> str:
    for wish in (st.session_state.get(KEY), *chosen_before(KEY), st.query_params.get(KEY)):
        if wish in LANGUAGES:
            return str(wish)
    return best_language(st.context.locale)


def t(template: str, /, **values: Any) -> str:
    """A sentence in the visitor's language: ``t("{file} is in use.", file=plain(name))``."""
    return translate(text(template, **values), *_said_in())


def t_n(singular: str, plural: str, n: int, /, **values: Any) -> str:
    """A sentence that follows a number: ``t_n("{n} finding", "{n} findings", len(found))``."""
    return translate(text_n(singular, plural, n, **values), *_said_in())


def tr(sentence: str | InspectionError) -> str:
    """A Text, or the sentence of an error, made elsewhere, in the visitor's language and unit."""
    words = sentence.sentence if isinstance(sentence, InspectionError) else sentence
    return translate(words, *_said_in())


def shown(value: Any) -> Any:
    """A table's value: a Text in the visitor's language, anything else as it is."""
    return tr(value) if isinstance(value, Text) else value


def worded(key: str) -> str:
    """The key of a widget whose options are shown in the visitor's language.

    A browser keeps the words of what is chosen, so another language needs another widget; it starts with
    what was chosen in the one before. Give such a widget a default only while its key is not in the session's
    state.
    """
    keys = {code: key if code == DEFAULT_LANGUAGE else f"{key}-{code}" for code in LANGUAGES}
    mine, state = keys[language()], st.session_state
    for other in keys.values():
        if other != mine and other in state:
            value = state[other]
            del state[other]
            if key not in state.get(CHOSEN, {}):
                state[mine] = value
    return mine


def started_with(key: str, default: Any) -> dict[str, Any]:
    """The key and default of a widget of `worded` options, as keyword arguments for st.segmented_control."""
    mine = worded(key)
    return {"key": mine} if mine in st.session_state else {"key": mine, "default": default}


def chosen_before(key: str) -> list[str]:
    """Ids of a choice that lives in the address, as when a page was drawn last; empty at first."""
    return st.session_state.get(CHOSEN, {}).get(key, [])
