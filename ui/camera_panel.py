"""Beside and below the live picture: figures, findings, the last minute, and what went wrong."""

from __future__ import annotations

import time
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from inspection.live import LiveWorker, Shown
from inspection.live.history import SECONDS
from inspection.tables import hottest_celsius, worst_severity
from inspection.units import Unit, temperature
from ui.camera_connection import PATH_NAMES, WHEN_IT_FAILS, path_used
from ui.camera_trouble import what_is_wrong
from ui.finding_view import severity_words
from ui.language import t, t_n, tr
from ui.page import plain
from ui.result_view import source_words
from ui.temperature import degrees

_ROWS = 8


def watch(worker: LiveWorker, context: Any, unit: Unit) -> None:
    """The panel; drawn once a second while the stream runs, and not at all by itself afterwards."""
    playing = bool(context.state.playing or context.state.signalling)
    st.fragment(run_every=1 if playing else None)(_panel)(worker, context, unit, playing)


def watch_minute(worker: LiveWorker, context: Any, unit: Unit) -> None:
    """The chart of the last minute, likewise."""
    playing = bool(context.state.playing or context.state.signalling)
    st.fragment(run_every=1 if playing else None)(_minute)(worker, unit)


def _panel(worker: LiveWorker, context: Any, unit: Unit, playing: bool) -> None:
    problem = what_is_wrong(worker, playing)
    if problem:
        st.warning(plain(tr(problem)), icon=":material/warning:")
    shown = worker.shown
    if not playing:
        st.info(
            t("Press Start. What the camera sees is analysed here and not stored."),
            icon=":material/videocam:",
        )
        st.caption(tr(WHEN_IT_FAILS))
        return
    if shown is None:
        st.info(t("Waiting for the first picture …"), icon=":material/hourglass:")
        return
    _figures(worker, shown, unit)
    _table(shown, unit)
    said = []
    if shown.thermogram.celsius is not None:
        said.append(source_words(shown.thermogram.source, shown.thermogram.accuracy_kelvin))
    if shown.hot_spots:
        said.append(t("Unclassified hot spots: {count}", count=len(shown.hot_spots)))
    if said:
        st.caption(" · ".join(said))
    if shown.thermogram.note:
        st.caption(plain(tr(shown.thermogram.note)))
    used = path_used(context)
    if used:
        st.caption(t("Connected: {used}.", used=PATH_NAMES[used]))


def _figures(worker: LiveWorker, shown: Shown, unit: Unit) -> None:
    figures = [
        (t("Frames per second"), t("{rate:.1f}", rate=worker.frames_per_second())),
        (t("Found"), str(len(shown.findings))),
    ]
    hottest, worst = hottest_celsius(shown.findings), worst_severity(shown.findings)
    if hottest is not None:
        figures.append((t("Hottest"), degrees(hottest, unit)))
    if worst is not None:
        figures.append((t("Worst severity"), severity_words(worst)))
    row = st.container(horizontal=True)  # wraps where it is narrow
    for label, value in figures:
        row.metric(label, value, width="content")


def _table(shown: Shown, unit: Unit) -> None:
    thermal = shown.thermogram.celsius is not None
    severity, name, hot, sure = t("Severity"), t("Class"), t("Hottest ({unit})", unit=unit), t("Confidence")
    rows = [
        {
            severity: severity_words(finding.severity),
            name: tr(finding.display_name),
            hot: _in_unit(finding.max_celsius, unit),
            sure: finding.confidence,
        }
        for finding in shown.findings
    ]
    columns = [severity, name, hot, sure] if thermal else [name, sure]
    st.dataframe(
        pd.DataFrame(rows, columns=columns),
        hide_index=True,
        height=35 * (_ROWS + 1) + 3,  # the same at all times, so that nothing moves
        placeholder="–",
        column_config={
            sure: st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f", width="small"),
            hot: st.column_config.NumberColumn(format="%.1f", width="small"),
        },
        alt=t_n("Live table of {n} finding", "Live table of {n} findings", len(rows)),
    )


def _in_unit(celsius: float | None, unit: Unit) -> float | None:
    return None if celsius is None else round(temperature(celsius, unit), 1)


def _minute(worker: LiveWorker, unit: Unit) -> None:
    now = time.monotonic()
    seconds = worker.history.last_minute(now)
    if not seconds:
        return
    ago, found, hot = t("Seconds ago"), t("Findings"), t("Hottest ({unit})", unit=unit)
    frame = pd.DataFrame(
        {
            ago: [entry.second - int(now) for entry in seconds],
            found: [entry.count for entry in seconds],
            hot: [_in_unit(entry.hottest, unit) for entry in seconds],
        }
    )
    names = [found] if frame.iloc[:, 2].isna().all() else [found, hot]
    for column, name in zip(st.columns(len(names)), names, strict=True):
        column.markdown(f"**{t('{name}, last minute', name=name)}**")
        column.altair_chart(
            _line(frame, name, name == found), alt=t("Line chart of {name} over the last minute", name=name)
        )


def _line(frame: pd.DataFrame, name: str, from_zero: bool) -> alt.Chart:
    """A line over a minute whose axis stands still."""
    ago = frame.columns[0]
    across = alt.X(
        field=ago, type="quantitative", scale=alt.Scale(domain=[-SECONDS, 0]), title=ago,
        axis=alt.Axis(tickCount=6),
    )  # fmt: skip
    # Never half a finding; a temperature that stands still is not spelt out in millionths of a degree.
    marks = alt.Axis(tickMinStep=1) if from_zero else alt.Axis(tickMinStep=0.1, format=".1f")
    up = alt.Y(field=name, type="quantitative", title=None, scale=alt.Scale(zero=from_zero), axis=marks)
    return alt.Chart(frame, height=180).mark_line().encode(across, up)
