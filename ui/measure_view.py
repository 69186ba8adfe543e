"""Spots, boxes and lines that the visitor draws into a picture, with their temperatures."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit_image_coordinates import streamlit_image_coordinates

from inspection.errors import SettingsError
from inspection.measure import box_statistics, line_profile, spot
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Unit, temperature
from ui.analysis import Picture
from ui.language import started_with, t, t_n, tr
from ui.temperature import set_reference_box
from ui.thermal_view import show_histogram

_TOOLS = {"Spot": text("Spot"), "Box": text("Box"), "Line": text("Line")}
_MARKS = {"Spot": text("spot"), "Box": text("box"), "Line": text("line")}
_WIDEST_PX = 900
_INK = ((20, 20, 20), (255, 255, 255))

Mark = tuple[str, tuple[float, float, float, float]]


def measure_tools(picture: Picture, thermogram: Thermogram, drawn: NDArray[np.uint8], unit: Unit) -> None:
    """Draw on the picture; the marks and their statistics stand below."""
    assert thermogram.celsius is not None
    marks = _marks(picture)
    tool = st.segmented_control(
        t("Measure"),
        list(_TOOLS),
        required=True,
        format_func=lambda name: tr(_TOOLS[name]),
        **started_with(f"tool-{picture.sha256[:12]}", "Spot"),
    )
    st.caption(t("Spot: click. Box and line: press, drag, release."))
    canvas = _with_marks(drawn, marks, drawn.shape[1] / thermogram.width)
    shrink = min(1.0, _WIDEST_PX / canvas.shape[1])
    size = (round(canvas.shape[1] * shrink), round(canvas.shape[0] * shrink))
    shown = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA) if shrink < 1 else canvas
    point = streamlit_image_coordinates(
        shown[..., ::-1],
        key=f"draw-{picture.sha256[:12]}-{len(marks)}",
        click_and_drag=True,
        cursor="crosshair",
    )
    if point is not None:
        factor = thermogram.width / shown.shape[1]
        _add(picture, thermogram, tool, [float(point[name]) * factor for name in ("x1", "y1", "x2", "y2")])
    if marks:
        _list_marks(picture, thermogram, marks, unit)
    st.caption(t("Temperatures of the whole picture"))
    show_histogram(thermogram.celsius, unit)


def _marks(picture: Picture) -> list[Mark]:
    return st.session_state.setdefault("marks", {}).setdefault(picture.sha256, [])


def _add(picture: Picture, thermogram: Thermogram, tool: str, ends: list[float]) -> None:
    right, bottom = thermogram.width - 1.0, thermogram.height - 1.0
    x1, x2 = (min(max(v, 0.0), right) for v in (ends[0], ends[2]))
    y1, y2 = (min(max(v, 0.0), bottom) for v in (ends[1], ends[3]))
    if tool == "Spot":
        mark: Mark = ("Spot", (x2, y2, x2, y2))
    elif tool == "Box":
        mark = ("Box", (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    else:
        mark = ("Line", (x1, y1, x2, y2))
    if tool != "Spot" and abs(x1 - x2) < 1 and abs(y1 - y2) < 1:
        return  # a click, not a drag
    _marks(picture).append(mark)
    st.rerun()


def _with_marks(drawn: NDArray[np.uint8], marks: list[Mark], scale: float) -> NDArray[np.uint8]:
    canvas = drawn.copy()
    for number, (kind, ends) in enumerate(marks, start=1):
        x1, y1, x2, y2 = (int((v + 0.5) * scale) for v in ends)
        for colour, line in zip(_INK, (4, 1), strict=True):
            if kind == "Box":
                cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, line, cv2.LINE_AA)
            elif kind == "Line":
                cv2.line(canvas, (x1, y1), (x2, y2), colour, line, cv2.LINE_AA)
            else:
                cv2.drawMarker(canvas, (x2, y2), colour, cv2.MARKER_CROSS, 16, line, cv2.LINE_AA)
            cv2.putText(
                canvas,
                f"M{number}",
                (x2 + 5, y2 - 5),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.5,
                colour,
                line,
                cv2.LINE_AA,
            )
    return canvas


def _list_marks(picture: Picture, thermogram: Thermogram, marks: list[Mark], unit: Unit) -> None:
    rows = [_row(f"M{i}", mark, thermogram, unit) for i, mark in enumerate(marks, start=1)]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="–",
        alt=t_n("Table of {n} measurement", "Table of {n} measurements", len(rows)),
    )
    row = st.container(horizontal=True)
    row.button(t("Remove the last"), icon=":material/undo:", on_click=_remove_last, args=(marks,))
    row.button(t("Remove all"), icon=":material/delete:", on_click=marks.clear)
    if marks[-1][0] == "Box":
        row.button(
            t("Use the last box as healthy reference"), icon=":material/straighten:",
            on_click=set_reference_box, args=(picture.sha256, marks[-1][1]),
        )  # fmt: skip
    if marks[-1][0] == "Line":
        _profile(thermogram, marks[-1], unit)


def _remove_last(marks: list[Mark]) -> None:
    marks.pop()


def _row(name: str, mark: Mark, thermogram: Thermogram, unit: Unit) -> dict[str, Any]:
    assert thermogram.celsius is not None
    kind, (x1, y1, x2, y2) = mark
    values: dict[str, float | None] = {}
    try:
        if kind == "Spot":
            values = {"Mean": spot(thermogram.celsius, x2, y2)}
        elif kind == "Box":
            box = box_statistics(thermogram.celsius, (x1, y1, x2 + 1, y2 + 1))
            if box is not None:
                values = {"Hottest": box.max_celsius, "Mean": box.mean_celsius, "Coldest": box.min_celsius}
        else:
            line = line_profile(thermogram.celsius, (x1, y1), (x2, y2))[1]
            if np.isfinite(line).any():
                hottest, coldest = float(np.nanmax(line)), float(np.nanmin(line))
                values = {"Hottest": hottest, "Mean": float(np.nanmean(line)), "Coldest": coldest}
    except SettingsError:
        values = {}
    place = f"{x2:.0f}, {y2:.0f}" if kind == "Spot" else f"{x1:.0f}, {y1:.0f} – {x2:.0f}, {y2:.0f}"
    titles = {
        "Hottest": t("Hottest ({unit})", unit=unit),
        "Mean": t("Mean ({unit})", unit=unit),
        "Coldest": t("Coldest ({unit})", unit=unit),
    }
    shown = {title: _shown(values.get(label), unit) for label, title in titles.items()}
    return {t("Mark"): f"{name} {tr(_MARKS[kind])}", t("At (px)"): place, **shown}


def _profile(thermogram: Thermogram, mark: Mark, unit: Unit) -> None:
    assert thermogram.celsius is not None
    x1, y1, x2, y2 = mark[1]
    distance, celsius = line_profile(thermogram.celsius, (x1, y1), (x2, y2))
    values = temperature(celsius, unit)
    along = t("Along the line (px)")
    frame = pd.DataFrame({along: np.round(distance, 1), unit: np.round(values, 2)})
    st.line_chart(frame, x=along, y=unit, height=200)


def _shown(celsius: float | None, unit: Unit) -> float | None:
    return None if celsius is None else round(temperature(celsius, unit), 1)
