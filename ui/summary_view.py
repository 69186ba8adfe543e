"""Several pictures: the table of files, and which of them is open."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from inspection.names import distinct_names
from inspection.results import Result
from inspection.tables import hottest_celsius, worst_severity
from inspection.units import temperature
from ui.analysis import Picture, thumbnail_of
from ui.finding_view import SEVERITY_WORDS
from ui.page import Page

_ROW_PX = 44
_SOURCES = {"radiometric": "camera data", "scale": "from colours", "none": ""}


def summary(page: Page, pictures: Sequence[Picture], results: list[Result]) -> int:
    """The table of files, as far as they are worked on; returns the index of the one opened."""
    heat = f"Hottest ({page.unit})"
    rows = []
    names = distinct_names(result.file for result in results)
    for picture, result, name in zip(pictures, results, names, strict=True):
        hottest, worst = hottest_celsius(result.findings), worst_severity(result.findings)
        classes = ", ".join(f"{count} {name}" for name, count in result.by_class().items())
        rows.append(
            {
                "Picture": _as_link(thumbnail_of(picture, page.detector, page.settings.imgsz)),
                "File": name,
                "Findings": None if result.error else len(result.findings),
                "By class": classes,
                heat: None if hottest is None else round(temperature(hottest, page.unit), 1),
                "Severity": SEVERITY_WORDS.get(worst or "", ""),
                "Temperatures": _SOURCES[result.temperature_source],
                "Note": result.error or result.note,
            }
        )
    frame = pd.DataFrame(rows)
    filled = [name for name in frame.columns if frame[name].notna().any() and frame[name].astype(bool).any()]
    shown = [name for name in frame.columns if name in filled or name in ("File", "Findings", "By class")]
    failed = sum(result.error is not None for result in results)
    if failed:
        st.warning(
            f"{failed} of {len(results)} files could not be analysed; their notes say why.",
            icon=":material/warning:",
        )
    state = st.dataframe(
        frame[shown],
        hide_index=True,
        key=f"summary-{st.session_state.get('summary_turn', 0)}",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        column_config={
            "Picture": st.column_config.ImageColumn(width=70),
            "Findings": st.column_config.NumberColumn(width="small"),
            "By class": st.column_config.TextColumn(width="medium"),
            "Note": st.column_config.TextColumn(width="medium"),
        },
        row_height=_ROW_PX,
        height=min(38 + _ROW_PX * len(frame), 38 + 7 * _ROW_PX),
        alt=f"Table of {len(frame)} files; select a row to open that picture",
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
