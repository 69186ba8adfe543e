"""Several pictures: the table of files, and which of them is open."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from inspection.names import distinct_names
from inspection.results import Result
from inspection.tables import hottest_celsius, worst_severity
from inspection.texts import listed, text
from inspection.units import temperature
from ui.analysis import Picture, thumbnail_of
from ui.finding_view import severity_words
from ui.language import t, t_n, tr
from ui.page import Page

_ROW_PX = 44
_SOURCES = {"radiometric": text("camera data"), "scale": text("from colours"), "none": ""}


def summary(page: Page, pictures: Sequence[Picture], results: list[Result]) -> int:
    """The table of files, as far as they are worked on; returns the index of the one opened."""
    heat, note = t("Hottest ({unit})", unit=page.unit), t("Note")
    small, file, found, by_class = t("Picture"), t("File"), t("Findings"), t("By class")
    rows = []
    names = distinct_names(result.file for result in results)
    for picture, result, name in zip(pictures, results, names, strict=True):
        hottest, worst = hottest_celsius(result.findings), worst_severity(result.findings)
        classes = listed([text("{count} {name}", count=n, name=c) for c, n in result.by_class().items()])
        rows.append(
            {
                small: _as_link(thumbnail_of(picture, page.detector, page.settings.imgsz)),
                file: name,
                found: None if result.error else len(result.findings),
                by_class: tr(classes),
                heat: None if hottest is None else round(temperature(hottest, page.unit), 1),
                t("Severity"): "" if worst is None else severity_words(worst),
                t("Temperatures"): tr(_SOURCES[result.temperature_source]),
                note: tr(result.error or result.note),
            }
        )
    frame = pd.DataFrame(rows)
    filled = [name for name in frame.columns if frame[name].notna().any() and frame[name].astype(bool).any()]
    shown = [name for name in frame.columns if name in filled or name in (file, found, by_class)]
    failed = sum(result.error is not None for result in results)
    if failed:
        st.warning(
            t(
                "{failed} of {total} files could not be analysed; their notes say why.",
                failed=failed, total=len(results),
            ),
            icon=":material/warning:",
        )  # fmt: skip
    state = st.dataframe(
        frame[shown],
        hide_index=True,
        key=f"summary-{st.session_state.get('summary_turn', 0)}",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        column_config={
            small: st.column_config.ImageColumn(width=70),
            found: st.column_config.NumberColumn(width="small"),
            by_class: st.column_config.TextColumn(width="medium"),
            note: st.column_config.TextColumn(width="medium"),
        },
        row_height=_ROW_PX,
        height=min(38 + _ROW_PX * len(frame), 38 + 7 * _ROW_PX),
        alt=t_n(
            "Table of {n} file; select a row to open that picture",
            "Table of {n} files; select a row to open that picture",
            len(frame),
        ),
    )
    rows_selected = state["selection"]["rows"]
    if rows_selected and rows_selected != st.session_state.get("summary_seen"):
        st.session_state["opened"] = rows_selected[0]
    st.session_state["summary_seen"] = rows_selected
    return opened_index(results)


def _as_link(jpeg: bytes) -> str | None:
    """A small picture for the table, which takes pictures as addresses only."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" if jpeg else None


def opened_index(results: list[Result]) -> int:
    """The picture to show: the one opened last, else the first that could be read."""
    wanted = st.session_state.get("opened")
    if wanted is None or wanted >= len(results):
        wanted = next((i for i, result in enumerate(results) if not result.error), 0)
        st.session_state["opened"] = wanted
    return wanted


def step(by: int, count: int) -> None:
    """Open the next or previous picture."""
    st.session_state["opened"] = (st.session_state["opened"] + by) % count
    st.session_state["summary_turn"] = st.session_state.get("summary_turn", 0) + 1  # no row stays ticked
