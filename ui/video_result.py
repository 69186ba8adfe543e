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
from ui.finding_view import SEVERITY_WORDS, jpeg
from ui.language import t, tr
from ui.page import plain
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
        st.warning("Stopped before the end; what was done is below.", icon=":material/stop:")
    _metrics(result, unit)
    _source_badge(result)
    key = result.video.parent.name  # of this run only
    _players(path, result, parts, _chosen_moment(f"chart-{key}", result.first_seconds))
    _chart(result, unit, f"chart-{key}")
    if result.settings.tracking:
        _objects(result, unit, f"objects-{key}")
    _events(result, unit)
    with st.expander("Frame by frame", icon=":material/table_rows:"):
        table = frames_table(result, unit, _MOST_ROWS)
        st.dataframe(
            _frame(table), hide_index=True, placeholder="–", column_config=_formats(table),
            alt="Table of the findings of every frame",
        )  # fmt: skip
        if len(result.frames) > _MOST_ROWS:
            st.caption(f"The first {_MOST_ROWS} of {len(result.frames)}; the CSV has all of them.")


def _metrics(result: VideoResult, unit: Unit) -> None:
    figures: list[tuple[str, Any]] = []
    if result.settings.tracking:
        figures.append(("Objects", len(result.objects)))
    else:
        figures.append(("Findings", len(result.observations)))
    if len(result.frames) and np.isfinite(result.frames["celsius"]).any():
        figures.append(("Hottest", degrees(float(np.nanmax(result.frames["celsius"])), unit)))
        worst = int(result.frames["severity"].max())
        if worst >= 0:
            figures.append(("Worst severity", SEVERITY_WORDS[SEVERITIES[worst]]))
    if result.settings.alarm is not None:
        figures.append(("Alarms", len(result.events)))
    figures.append(("Time", duration_words(result.seconds)))
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value)


def _source_badge(result: VideoResult) -> None:
    about = "" if result.accuracy_kelvin is None else f", about ±{result.accuracy_kelvin:.0f} °C"
    if result.temperature_source == "radiometric":
        st.badge(f"temperatures from the camera's data{about}", icon=":material/thermostat:", color="green")
    elif result.temperature_source == "scale":
        st.badge(f"estimated from colours{about}", icon=":material/palette:", color="orange")
    else:
        st.badge("relative brightness only, no temperatures", icon=":material/contrast:", color="gray")
    speed = f"{len(result.frames)} frames, {result.frames_per_second:.1f} per second."
    st.caption(f"{speed} {plain(result.note)}" if result.note else speed)


def _players(path: Path | None, result: VideoResult, parts: Path, moment: float) -> None:
    """Original and result side by side, both at the chosen moment."""
    if not len(result.frames):
        st.info("Not one frame was finished.", icon=":material/movie:")
        return
    left, right = st.columns(2)
    original, offset = result.original, 0.0
    if original is None and path is not None:
        original, offset = path, result.first_seconds
    with left:
        if original is None:
            st.info(t("The video itself was too large to be kept."), icon=":material/movie:")
        else:
            words = f"The video {result.info.name} as it was given"
            _player(original, parts / "part-original", moment + offset, words)
            st.caption("Original")
    with right:
        found = f"{len(result.objects)} objects" if result.settings.tracking else "findings"
        words = f"The video {result.info.name} with {found} marked"
        _player(result.video, parts / "part-result", moment, words)
        st.caption("Findings")


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
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    thermal = result.temperature_source != "none"
    if thermal:
        hot = temperature(frames["celsius"].astype(float), unit)
        figure.add_scatter(
            x=seconds, y=hot, name=f"Hottest ({unit})", mode="lines+markers",
            marker={"size": 4}, line={"color": "#d55e00"},
        )  # fmt: skip
        alarm = result.settings.alarm
        if alarm is not None:
            figure.add_hline(y=temperature(alarm.limit_celsius, unit), line_dash="dash", line_color="#888888")
    figure.add_scatter(
        x=seconds, y=frames["count"], name="Findings", mode="lines+markers",
        marker={"size": 4}, line={"color": "#0072b2", "shape": "hv"}, secondary_y=thermal,
    )  # fmt: skip
    figure.update_yaxes(title_text=f"Hottest ({unit})" if thermal else "Findings", secondary_y=False)
    figure.update_yaxes(title_text="Findings", showgrid=False, secondary_y=True)
    whole = max(1, -(-int(frames["count"].max()) // 6))  # never 0.5 of a finding
    figure.update_yaxes(rangemode="tozero", dtick=whole, secondary_y=thermal)
    figure.update_xaxes(title_text="Time (s)")
    figure.update_layout(
        height=300, margin={"l": 0, "r": 0, "t": 10, "b": 0}, legend={"orientation": "h", "y": 1.15},
        clickmode="event+select", dragmode=False,
    )  # fmt: skip
    st.plotly_chart(
        figure, key=key, on_select="rerun", selection_mode="points", config={"displayModeBar": False},
        alt="Chart of the number of findings and the hottest temperature over time",
    )  # fmt: skip
    st.caption("Click a point to take both players there.")


def _objects(result: VideoResult, unit: Unit, key: str) -> None:
    st.subheader("Objects")
    if not result.objects:
        conf = result.settings.run.conf
        st.success(f"No overheating found at confidence {conf:.2f}.", icon=":material/check_circle:")
        return
    table = objects_table(result, unit)
    event = st.dataframe(
        _frame(table), hide_index=True, key=key, on_select="rerun",
        selection_mode="single-row", placeholder="–",
        column_config=_formats(table) | {
            "Object": st.column_config.NumberColumn(width="small", pinned=True),
            "Best confidence": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f"),
        },
        alt=f"Table of {len(result.objects)} objects; select a row to see its best frame",
    )  # fmt: skip
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(result.objects):
        _best_frame(result, result.objects[rows[0]])
    else:
        st.caption("Select a row to see its best frame.")


def _best_frame(result: VideoResult, chosen: TrackedObject) -> None:
    picture = result.picture_at(chosen.best_seconds)
    if picture is None:
        return
    why = "at its hottest" if chosen.hottest_celsius is not None else "seen best"
    words = f"Object {chosen.number}, {chosen.display_name}, {why}, at {chosen.best_seconds:.1f} s"
    st.columns([2, 1])[0].image(jpeg(picture), caption=plain(words), alt=words, width="stretch")


def _events(result: VideoResult, unit: Unit) -> None:
    if result.settings.alarm is None:
        return
    st.subheader("Alarms")
    if not result.events:
        st.success("No alarm.", icon=":material/check_circle:")
        return
    table = events_table(result, unit)
    st.dataframe(
        _frame(table), hide_index=True, placeholder="–", column_config=_formats(table),
        alt=f"Table of {len(table.rows)} alarms",
    )  # fmt: skip


def _formats(table: Table) -> dict[str, Any]:
    """Times in hundredths, temperatures in tenths."""
    digits = {"(s)": "%.2f", "(°C)": "%.1f", "(°F)": "%.1f"}
    return {
        title: st.column_config.NumberColumn(format=digits[title.rsplit(" ", 1)[-1]])
        for title in table.titles
        if title.rsplit(" ", 1)[-1] in digits
    }


def _frame(table: Table) -> pd.DataFrame:
    """The table with severities as shape and word."""
    frame = pd.DataFrame(table.rows, columns=table.titles)
    for title in ("Severity", "Worst severity"):
        if title in frame:
            frame[title] = frame[title].map(lambda word: SEVERITY_WORDS.get(word, word))
    return frame
