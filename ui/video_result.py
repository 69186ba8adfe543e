"""A video's result on the page: players, chart over time, objects with their best frame, alarms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from plotly.subplots import make_subplots

from inspection.finding import SEVERITIES
from inspection.units import Unit, temperature
from inspection.video.errors import VideoError
from inspection.video.excerpt import excerpt
from inspection.video.result import VideoResult, duration_words
from inspection.video.tables import Table, events_table, frames_table, objects_table
from inspection.video.tracks import TrackedObject
from ui.finding_view import jpeg, severity_words
from ui.language import shown, t, t_n, tr
from ui.page import plain
from ui.result_view import source_words
from ui.temperature import degrees

_MOST_POINTS = 1500
_MOST_ROWS = 5000


def show_video_result(path: Path | None, result: VideoResult, unit: Unit, parts: Path) -> None:
    """Draw everything about one run.

    Args:
        path: of the video as it was given, or None where it is not there any more.
        result: of the run.
        unit: of the temperatures.
        parts: folder for the parts of large videos that are played; goes with the session.
    """
    if result.stopped:
        st.warning(t("Stopped before the end; what was done is below."), icon=":material/stop:")
    _metrics(result, unit)
    _source_badge(result)
    key = result.video.parent.name  # of this run only
    _players(path, result, parts, _chosen_moment(f"chart-{key}", result.first_seconds))
    _chart(result, unit, f"chart-{key}")
    if result.settings.tracking:
        _objects(result, unit, f"objects-{key}")
    _events(result, unit)
    with st.expander(t("Frame by frame"), icon=":material/table_rows:"):
        table = frames_table(result, unit, _MOST_ROWS)
        st.dataframe(
            _frame(table), hide_index=True, placeholder="–", column_config=_formats(table),
            alt=t("Table of the findings of every frame"),
        )  # fmt: skip
        if len(result.frames) > _MOST_ROWS:
            st.caption(
                t(
                    "The first {most} of {count}; the CSV has all of them.",
                    most=_MOST_ROWS,
                    count=len(result.frames),
                )
            )


def _metrics(result: VideoResult, unit: Unit) -> None:
    figures: list[tuple[str, Any]] = []
    if result.settings.tracking:
        figures.append((t("Objects"), len(result.objects)))
    else:
        figures.append((t("Findings"), len(result.observations)))
    if len(result.frames) and np.isfinite(result.frames["celsius"]).any():
        figures.append((t("Hottest"), degrees(float(np.nanmax(result.frames["celsius"])), unit)))
        worst = int(result.frames["severity"].max())
        if worst >= 0:
            figures.append((t("Worst severity"), severity_words(SEVERITIES[worst])))
    if result.settings.alarm is not None:
        figures.append((t("Alarms"), len(result.events)))
    figures.append((t("Time"), tr(duration_words(result.seconds))))
    row = st.container(horizontal=True)  # wraps where it is narrow
    for label, value in figures:
        row.metric(label, value, width="content")


def _source_badge(result: VideoResult) -> None:
    words = source_words(result.temperature_source, result.accuracy_kelvin)
    if result.temperature_source == "radiometric":
        st.badge(words, icon=":material/thermostat:", color="green")
    elif result.temperature_source == "scale":
        st.badge(words, icon=":material/palette:", color="orange")
    else:
        st.badge(words, icon=":material/contrast:", color="gray")
    speed = t_n(
        "{n} frame, {rate:.1f} per second.", "{n} frames, {rate:.1f} per second.",
        len(result.frames), rate=result.frames_per_second,
    )  # fmt: skip
    st.caption(f"{speed} {plain(tr(result.note))}" if result.note else speed)


def _players(path: Path | None, result: VideoResult, parts: Path, moment: float) -> None:
    """Original and result side by side, both at the chosen moment."""
    if not len(result.frames):
        st.info(t("Not one frame was finished."), icon=":material/movie:")
        return
    left, right = st.columns(2)
    original, offset = result.original, 0.0
    if original is None and path is not None:
        original, offset = path, result.first_seconds
    with left:
        if original is None:
            st.info(t("The video itself was too large to be kept."), icon=":material/movie:")
        else:
            words = t("The video {name} as it was given", name=result.info.name)
            _player(original, parts / "part-original", moment + offset, words)
            st.caption(t("Original"))
    with right:
        words = t("The video {name} with its findings marked", name=result.info.name)
        _player(result.video, parts / "part-result", moment, words)
        st.caption(t("Findings"))


def _player(whole: Path, place: Path, moment: float, words: str) -> None:
    """A player at a moment; of a large file it holds the part from there on."""
    try:
        part = excerpt(whole, moment, place)
    except VideoError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        return
    st.video(str(part.path), start_time=int(moment - part.start), alt=words)
    if part.end is not None:
        start, end = duration_words(part.start), duration_words(part.end)
        st.caption(
            t("The part from {start} to {end}. Click in the chart to see another one.", start=start, end=end)
        )


def _chosen_moment(key: str, first_seconds: float) -> float:
    """Seconds of the result at which somebody clicked in the chart, 0.0 at first."""
    state = st.session_state.get(key)
    points = state["selection"]["points"] if state else []
    return max(float(points[0]["x"]) - first_seconds, 0.0) if points else 0.0


def _chart(result: VideoResult, unit: Unit, key: str) -> None:
    """Number of findings and hottest temperature over time; a click takes the players there."""
    frames = result.frames
    if len(frames) < 2:
        return
    frames = frames[:: -(-len(frames) // _MOST_POINTS)]
    seconds = frames["seconds"]
    hottest, findings = t("Hottest ({unit})", unit=unit), t("Findings")
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    thermal = result.temperature_source != "none"
    if thermal:
        hot = temperature(frames["celsius"].astype(float), unit)
        figure.add_scatter(
            x=seconds, y=hot, name=hottest, mode="lines+markers",
            marker={"size": 4}, line={"color": "#d55e00"},
        )  # fmt: skip
        alarm = result.settings.alarm
        if alarm is not None:
            figure.add_hline(y=temperature(alarm.limit_celsius, unit), line_dash="dash", line_color="#888888")
    figure.add_scatter(
        x=seconds, y=frames["count"], name=findings, mode="lines+markers",
        marker={"size": 4}, line={"color": "#0072b2", "shape": "hv"}, secondary_y=thermal,
    )  # fmt: skip
    figure.update_yaxes(title_text=hottest if thermal else findings, secondary_y=False)
    figure.update_yaxes(title_text=findings, showgrid=False, secondary_y=True)
    whole = max(1, -(-int(frames["count"].max()) // 6))  # never 0.5 of a finding
    figure.update_yaxes(rangemode="tozero", dtick=whole, secondary_y=thermal)
    figure.update_xaxes(title_text=t("Time (s)"))
    figure.update_layout(
        height=300, margin={"l": 0, "r": 0, "t": 10, "b": 0}, legend={"orientation": "h", "y": 1.15},
        clickmode="event+select", dragmode=False,
    )  # fmt: skip
    st.plotly_chart(
        figure, key=key, on_select="rerun", selection_mode="points", config={"displayModeBar": False},
        alt=t("Chart of the number of findings and the hottest temperature over time"),
    )  # fmt: skip
    st.caption(t("Click a point to take both players there."))


def _objects(result: VideoResult, unit: Unit, key: str) -> None:
    st.subheader(t("Objects"))
    if not result.objects:
        conf = result.settings.run.conf
        st.success(
            t("No overheating found at confidence {conf:.2f}.", conf=conf), icon=":material/check_circle:"
        )
        return
    table = objects_table(result, unit)
    event = st.dataframe(
        _frame(table), hide_index=True, key=key, on_select="rerun",
        selection_mode="single-row", placeholder="–",
        column_config=_formats(table) | {
            t("Object"): st.column_config.NumberColumn(width="small", pinned=True),
            t("Best confidence"): st.column_config.ProgressColumn(
                min_value=0.0, max_value=1.0, format="%.2f"
            ),
        },
        alt=t_n(
            "Table of {n} object; select a row to see its best frame",
            "Table of {n} objects; select a row to see its best frame",
            len(result.objects),
        ),
    )  # fmt: skip
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(result.objects):
        _best_frame(result, result.objects[rows[0]])
    else:
        st.caption(t("Select a row to see its best frame."))


def _best_frame(result: VideoResult, chosen: TrackedObject) -> None:
    picture = result.picture_at(chosen.best_seconds)
    if picture is None:
        return
    said = {"number": chosen.number, "name": chosen.display_name, "seconds": chosen.best_seconds}
    if chosen.hottest_celsius is None:
        words = t("Object {number}, {name}, seen best, at {seconds:.1f} s", **said)
    else:
        words = t("Object {number}, {name}, at its hottest, at {seconds:.1f} s", **said)
    st.columns([2, 1])[0].image(jpeg(picture), caption=plain(words), alt=words, width="stretch")


def _events(result: VideoResult, unit: Unit) -> None:
    if result.settings.alarm is None:
        return
    st.subheader(t("Alarms"))
    if not result.events:
        st.success(t("No alarm."), icon=":material/check_circle:")
        return
    table = events_table(result, unit)
    st.dataframe(
        _frame(table), hide_index=True, placeholder="–", column_config=_formats(table),
        alt=t_n("Table of {n} alarm", "Table of {n} alarms", len(table.rows)),
    )  # fmt: skip


def _formats(table: Table) -> dict[str, Any]:
    """Times in hundredths, temperatures in tenths."""
    digits = {"(s)": "%.2f", "(°C)": "%.1f", "(°F)": "%.1f"}
    return {
        tr(title): st.column_config.NumberColumn(format=digits[title.rsplit(" ", 1)[-1]])
        for title in table.titles
        if title.rsplit(" ", 1)[-1] in digits
    }


def _frame(table: Table) -> pd.DataFrame:
    """The table with severities as shape and word."""
    rows = [
        [_severity(v) if "everity" in title else shown(v) for title, v in zip(table.titles, row, strict=True)]
        for row in table.rows
    ]
    return pd.DataFrame(rows, columns=[tr(title) for title in table.titles])


def _severity(word: str | None) -> str | None:
    """A severity as shape and word; what was not graded as the table says it."""
    return severity_words(word) if word in SEVERITIES else word and tr(word)
