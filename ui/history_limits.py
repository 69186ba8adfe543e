"""How long and how much is kept: shown, changed, and everything deleted at once."""

from __future__ import annotations

import streamlit as st

from inspection.store.errors import StoreError
from inspection.store.limits import MB, Preferences
from inspection.store.run import Query
from ui.history_actions import delete
from ui.history_open import Shelf, say
from ui.language import t, t_n
from ui.page import plain
from ui.records import prefer, preferences
from ui.visitor import is_personal

_MOST = 1_000_000


def limits_panel(shelf: Shelf) -> None:
    """What is kept, where, and until when."""
    chosen, limits = preferences(), shelf.store.limits
    count, used = shelf.store.count(shelf.owner)
    now = t_n(
        "{n} result, {used:.1f} of {room} MB.", "{n} results, {used:.1f} of {room} MB.", count,
        used=used / MB, room=chosen.megabytes,
    )  # fmt: skip
    st.markdown(t("{first} {second}", first=now, second=kept_until()))
    if is_personal():
        st.markdown(t("They lie on this machine in {folder}.", folder=plain(str(shelf.store.root))))
    else:
        st.markdown(
            t(
                "They lie on this server. Only this browser can see them: a cookie holds the key. "
                "Another browser or a private window sees nothing."
            )
        )
    left, right = st.columns(2)
    days = left.number_input(
        t("Keep for (days)"), 1, limits.days, chosen.days, key="history_keep_days",
        help=t("Results that are older are removed by themselves."),
    )  # fmt: skip
    room = right.number_input(
        t("Keep at most (MB)"), 1, min(limits.owner_bytes // MB, _MOST), min(chosen.megabytes, _MOST),
        key="history_keep_mb", help=t("When there is more, the oldest goes first."),
    )  # fmt: skip
    wanted = Preferences(chosen.saving, int(days), int(room))
    changed = wanted != chosen
    if st.button(  # not a callback: that gets the values of the run before, without what was typed just now
        t("Keep these limits"),
        disabled=not changed,
        help=t("Results over the new limits are removed at once."),
    ):
        _prefer(wanted)
        st.rerun()
    with st.popover(t("Delete everything"), icon=":material/delete_forever:", disabled=not count):
        st.markdown(t("This removes all your saved results with their files. There is no way back."))
        st.button(t("Delete all for good"), type="primary", on_click=_delete_all, args=(shelf,))


def kept_until() -> str:
    """How long results stay, in a sentence."""
    return t_n(
        "Each is kept {n} day; when there are too many, the oldest goes first.",
        "Each is kept {n} days; when there are too many, the oldest goes first.",
        preferences().days,
    )


def _prefer(wanted: Preferences) -> None:
    try:
        prefer(wanted)
    except StoreError as error:
        say(error.sentence)


def _delete_all(shelf: Shelf) -> None:
    try:
        ids = [run.id for run in shelf.store.runs(shelf.owner, Query(count=10**9))]
    except StoreError as error:
        say(error.sentence)
        return
    delete(shelf, ids)
