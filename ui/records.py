"""The visitor's saved results: the store, what they chose about saving, and the switch in the sidebar."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from inspection.store.errors import StoreError
from inspection.store.limits import Limits, Preferences, data_folder
from inspection.store.store import Store
from inspection.store.writer import Writer
from ui.language import t, tr
from ui.visitor import cookies_refused, is_personal, keep_visitor, owner

_CLOUD_HOST, _CLOUD_FOLDER = ".streamlit.app", Path("/mount/src")
_MOVING_WAITS_S = 2.0


@st.cache_resource(show_spinner=False)
def _writer(folder: str, personal: bool) -> Writer:
    return Writer(Store(Path(folder), Limits.from_environment(personal)))


def writer() -> Writer | None:
    """Who saves in the background, one for all sessions; None where nothing is to be saved."""
    folder = data_folder()
    return None if folder is None else _writer(str(folder), is_personal())


def store() -> Store | None:
    """The saved results of everybody; every question to it names the owner."""
    found = writer()
    return None if found is None else found.store


def preferences() -> Preferences:
    """What the visitor chose; asked of the store once a session, so that no page waits for it."""
    chosen: Preferences | None = st.session_state.get("history_preferences")
    if chosen is None:
        there = store()
        chosen = Preferences(saving=False) if there is None else there.preferences(owner())
        st.session_state["history_preferences"] = chosen
    return chosen


def prefer(chosen: Preferences) -> None:
    """Keep what the visitor chose.

    Raises:
        StoreError: it could not be stored; it holds for this session.
    """
    there = store()
    if there is not None:
        st.session_state["history_preferences"] = chosen.within(there.limits)
        there.prefer(owner(), chosen)


def is_saving() -> bool:
    """Whether results are saved by themselves."""
    try:
        return preferences().saving
    except StoreError:
        return True  # the writer tries, and says why it cannot


def saving_switch(box: st.delta_generator.DeltaGenerator) -> None:
    """The switch at the bottom of the sidebar, and why the last result was not saved."""
    saver = writer()
    if saver is None:
        box.toggle(
            t("Save results"), False, key="saving-off", disabled=True,
            help=t("The operator of this server has switched saving off."),
        )  # fmt: skip
        return
    with box:
        moved = keep_visitor()
    if moved is not None:
        _move(saver, *moved)
    help_ = t("Everything analysed is kept for the History page, on this server and for you only.")
    if is_personal():
        help_ = t("Everything analysed is kept on this machine for the History page.")
    wanted = box.toggle(t("Save results"), is_saving(), key="saving", help=help_)
    problem = saver.problem(owner()) or st.session_state.pop("saving_problem", "")
    try:
        chosen = preferences()
        if wanted != chosen.saving:
            prefer(replace(chosen, saving=wanted))
    except StoreError as error:
        problem = error.sentence
    if problem:
        box.warning(tr(problem), icon=":material/save:")


def say_without_cookies() -> None:
    """Above a drop zone: why it will refuse what is dropped, where the browser keeps no cookies."""
    if cookies_refused():
        st.warning(
            t("This browser refuses cookies, without which nothing can be uploaded. Allow them for this "
              "page; samples and camera work all the same."),
            icon=":material/cookie_off:",
        )  # fmt: skip


def server_forgets() -> bool:
    """Whether this server loses its disk when it restarts, as Streamlit Community Cloud does."""
    host = urlsplit(st.context.url or "").hostname or ""
    return host.endswith(_CLOUD_HOST) or _CLOUD_FOLDER in Path(__file__).resolve().parents


def _move(saver: Writer, old: str, new: str) -> None:
    """What was saved before the browser's id was known goes to it."""
    st.session_state.pop("history_preferences", None)
    saver.flush(_MOVING_WAITS_S)
    try:
        saver.store.move(old, new)
    except StoreError as error:
        st.session_state["saving_problem"] = error.sentence
