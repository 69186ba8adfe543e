"""The list of saved runs: filters, table or cards, and which of them are chosen."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from inspection.classes import display_name
from inspection.finding import SEVERITIES
from inspection.names import short_name
from inspection.store.run import THUMBNAIL, Query, Run
from inspection.texts import listed
from inspection.units import Unit, temperature
from ui.clock import moment_words, start_of
from ui.finding_view import severity_words
from ui.history_open import KIND_ICONS, Shelf, show
from ui.language import language, t, tr, worded
from ui.page import plain
from ui.temperature import degrees

_PER_PAGE = 48
_CARDS_IN_ROW = 4
_ROW_PX, _HEADER_PX, _MOST_PX = 56, 38, 600
_UNGRADED = "ungraded"


def filters(shelf: Shelf) -> Query:
    """The row of filters."""
    columns = st.columns([2, 2, 2, 2, 2])
    text = columns[0].text_input(
        t("File"), key="history_file", persist_state="session", placeholder=t("part of the name")
    )
    classes = columns[1].multiselect(
        t("Class"),
        shelf.store.used(shelf.owner, "classes"),
        key=worded("history_classes"),
        placeholder=t("any"),
        format_func=lambda raw: tr(display_name(raw)),
        persist_state="session",
    )
    severities = columns[2].multiselect(
        t("Severity"), [*reversed(SEVERITIES), _UNGRADED], key=worded("history_severities"),
        placeholder=t("any"), persist_state="session",
        format_func=lambda word: severity_words(None if word == _UNGRADED else word),
    )  # fmt: skip
    equipment = columns[3].selectbox(
        t("Equipment"), shelf.store.used(shelf.owner, "equipment"), None, key="history_equipment",
        placeholder=t("any"), persist_state="session",
    )  # fmt: skip
    nothing: Any = ()  # an empty range
    days = columns[4].date_input(
        t("Analysed"), nothing, key="history_days", persist_state="session",
        format="DD.MM.YYYY" if language() == "ro" else "YYYY/MM/DD",
    )  # fmt: skip
    since, until = _days(days)
    grades = tuple(None if word == _UNGRADED else word for word in severities)
    return Query(since, until, tuple(classes), grades, text, equipment or "")


def _days(chosen: Any) -> tuple[datetime | None, datetime | None]:
    """From the first day's begin to the last one's end, UTC; a range half chosen has no end."""
    if not isinstance(chosen, tuple) or not chosen:
        return None, None
    until = chosen[-1] + timedelta(days=1) if len(chosen) > 1 else None
    return start_of(chosen[0]), None if until is None else start_of(until)


def runs_in_view(shelf: Shelf, query: Query) -> list[Run]:
    """A page of the list; with the way to the others where there are more."""
    total, _ = shelf.store.count(shelf.owner, query)
    last = max(total - 1, 0) // _PER_PAGE
    number = min(st.session_state.get("history_page", 0), last)
    if last:
        row = st.container(horizontal=True, vertical_alignment="center")
        row.button(
            t("Newer"),
            icon=":material/chevron_left:",
            disabled=number == 0,
            on_click=_turn,
            args=(number - 1,),
        )
        row.button(
            t("Older"),
            icon=":material/chevron_right:",
            disabled=number == last,
            on_click=_turn,
            args=(number + 1,),
        )
        first = number * _PER_PAGE
        row.markdown(
            t("{first} to {last} of {n}", first=first + 1, last=min(first + _PER_PAGE, total), n=total),
            width="content",
        )
    return shelf.store.runs(shelf.owner, replace(query, offset=number * _PER_PAGE, count=_PER_PAGE))


def _turn(number: int) -> None:
    st.session_state["history_page"] = number


def table(shelf: Shelf, runs: Sequence[Run], unit: Unit) -> list[Run]:
    """One row a run; returns those that are ticked."""
    heat = t("Hottest ({unit})", unit=unit)
    frame = pd.DataFrame(
        {
            t("Picture"): [_data_address(shelf, run) for run in runs],
            t("File"): [short_name(run.name) for run in runs],
            t("Analysed"): [moment_words(run.made) for run in runs],
            t("Severity"): [_severity(run) for run in runs],
            heat: [
                None if run.hottest_celsius is None else round(temperature(run.hottest_celsius, unit), 1)
                for run in runs
            ],
            t("Findings"): [run.findings for run in runs],
            t("Classes"): [_classes(run) for run in runs],
            t("Equipment"): [run.equipment for run in runs],
            t("Weights"): [run.weights for run in runs],
        }
    )
    state = st.dataframe(
        frame, hide_index=True, key=f"history-table-{st.session_state.get('history_turn', 0)}",
        on_select="rerun", selection_mode="multi-row", placeholder="–", row_height=_ROW_PX,
        height=min(_HEADER_PX + _ROW_PX * len(runs), _MOST_PX),
        column_config={
            t("Picture"): st.column_config.ImageColumn(width="small", pinned=True),
            t("File"): st.column_config.TextColumn(pinned=True),
            heat: st.column_config.NumberColumn(format="%.1f"),
        },
        alt=t("Table of {n} saved results; tick rows to work with them", n=len(runs)),
    )  # fmt: skip
    return [runs[row] for row in state["selection"]["rows"] if row < len(runs)]


def cards(shelf: Shelf, runs: Sequence[Run], unit: Unit) -> list[Run]:
    """A card a run; returns those that are ticked."""
    chosen = []
    for start in range(0, len(runs), _CARDS_IN_ROW):
        row = runs[start : start + _CARDS_IN_ROW]
        for column, run in zip(st.columns(_CARDS_IN_ROW), row, strict=False):
            with column.container(border=True):
                if _card(shelf, run, unit):
                    chosen.append(run)
    return chosen


def _card(shelf: Shelf, run: Run, unit: Unit) -> bool:
    small = shelf.read(run, THUMBNAIL)
    if small is not None:
        st.image(small, alt=t("Small picture of {file}", file=run.name), width="stretch")
    st.markdown(f":material/{KIND_ICONS[run.kind]}: **{plain(short_name(run.name))}**")
    facts = [_severity(run), _classes(run)]
    if run.hottest_celsius is not None:
        facts.insert(1, degrees(run.hottest_celsius, unit))
    st.markdown(plain(" · ".join(fact for fact in facts if fact)) or t("Nothing found"))
    st.caption(plain(" · ".join(word for word in (moment_words(run.made), run.equipment) if word)))
    line = st.container(horizontal=True, vertical_alignment="center")
    line.button(t("Open"), key=f"open-{run.id}", on_click=show, args=(run.id,))
    return line.checkbox(t("Choose"), key=f"choose-{run.id}-{st.session_state.get('history_turn', 0)}")


def untick() -> None:
    """Nothing is chosen any more."""
    st.session_state["history_turn"] = st.session_state.get("history_turn", 0) + 1


def _severity(run: Run) -> str:
    return severity_words(run.worst) if run.findings else ""


def _classes(run: Run) -> str:
    return tr(listed(list(dict.fromkeys(display_name(name) for name in run.classes))))


def _data_address(shelf: Shelf, run: Run) -> str | None:
    """The small picture as part of the table, so that no address leads to it."""
    small = shelf.read(run, THUMBNAIL)
    return None if small is None else "data:image/jpeg;base64," + base64.b64encode(small).decode()
