"""Several pictures: the table of files, and which of them is open."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from inspection.names import short_name
from inspection.results import Result
from inspection.tables import hottest_celsius, worst_severity
from inspection.units import Unit, temperature
from ui.finding_view import SEVERITY_WORDS


def summary(results: list[Result], unit: Unit) -> int:
    """The table of files; returns the index of the one opened."""
    heat = f"Hottest ({unit})"
    rows = []
    for result in results:
        hottest, worst = hottest_celsius(result.findings), worst_severity(result.findings)
        classes = ", ".join(f"{count} {name}" for name, count in result.by_class().items())
        rows.append(
            {
                "File": short_name(result.file),
                "Findings": None if result.error else len(result.findings),
                "By class": classes,
                heat: None if hottest is None else round(temperature(hottest, unit), 1),
                "Severity": SEVERITY_WORDS.get(worst or "", ""),
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
        key=f"summary-{len(results)}-{st.session_state.get('summary_turn', 0)}",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        column_config={
            "Findings": st.column_config.NumberColumn(width="small"),
            "By class": st.column_config.TextColumn(width="medium"),
            "Note": st.column_config.TextColumn(width="medium"),
        },
        height=min(38 + 35 * len(frame), 318),
        alt=f"Table of {len(frame)} files; select a row to open that picture",
    )
    rows_selected = state["selection"]["rows"]
    if rows_selected and rows_selected != st.session_state.get("summary_seen"):
        st.session_state["opened"] = rows_selected[0]
    st.session_state["summary_seen"] = rows_selected
    return opened_index(results)


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
