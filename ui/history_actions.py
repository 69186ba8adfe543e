"""What can be done with the chosen runs: open, compare, name the equipment, delete."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from inspection.store.errors import StoreError
from inspection.store.run import Run
from ui.history_list import untick
from ui.history_open import Shelf, say, show
from ui.language import t, t_n


def actions(shelf: Shelf, chosen: Sequence[Run], key: str, opened: bool = False) -> None:
    """The row of buttons; what needs another number of runs is not offered.

    Args:
        shelf: of the visitor.
        chosen: the runs.
        key: of the widgets.
        opened: the run is open already.
    """
    ids = [run.id for run in chosen]
    row = st.container(horizontal=True, vertical_alignment="center")
    if len(ids) == 1 and not opened:
        row.button(
            t("Open"),
            icon=":material/open_in_full:",
            type="primary",
            key=f"{key}-open",
            on_click=show,
            args=ids,
        )
    if len(ids) == 2:
        row.button(
            t("Compare"),
            icon=":material/compare:",
            type="primary",
            key=f"{key}-compare",
            on_click=show,
            args=ids,
        )
    with row.popover(t("Equipment"), icon=":material/sell:", key=f"{key}-name"):
        _equipment(shelf, chosen, key)
    with row.popover(t("Delete"), icon=":material/delete:", key=f"{key}-gone"):
        st.markdown(
            t_n(
                "This removes {n} result with its files from the server. There is no way back.",
                "This removes {n} results with their files from the server. There is no way back.",
                len(ids),
            )
        )
        st.button(
            t("Delete for good"), key=f"{key}-delete", type="primary", on_click=delete, args=(shelf, ids)
        )


def _equipment(shelf: Shelf, chosen: Sequence[Run], key: str) -> None:
    """A known name or a new one for the equipment in the runs."""
    names = {run.equipment for run in chosen}
    now = names.pop() if len(names) == 1 else ""
    known = shelf.store.used(shelf.owner, "equipment")
    ids = "-".join(run.id for run in chosen)
    field = f"{key}-equipment-{hash(ids)}"
    st.selectbox(
        t("Name of the equipment"), known, known.index(now) if now in known else None, key=field,
        accept_new_options=True, placeholder=t("choose one or type a new one"),
        help=t("Results with the same name make a trend over time."),
    )  # fmt: skip
    st.button(t("Save the name"), key=f"{key}-tag", on_click=_tag, args=(shelf, chosen, field))


def _tag(shelf: Shelf, chosen: Sequence[Run], field: str) -> None:
    name = str(st.session_state.get(field) or "")
    try:
        shelf.store.tag(shelf.owner, [run.id for run in chosen], name)
    except StoreError as error:
        say(error.sentence)


def delete(shelf: Shelf, ids: Sequence[str]) -> None:
    """Remove runs for good."""
    try:
        shelf.store.delete(shelf.owner, ids)
    except StoreError as error:
        say(error.sentence)
    untick()
    show()
