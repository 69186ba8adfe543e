"""Looking into a temperature map: palette and span, isotherm, °C under the mouse, histogram."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspection.errors import SettingsError
from inspection.measure import histogram, isotherm_mask
from inspection.palettes import automatic_span
from inspection.thermogram import Thermogram
from inspection.units import Unit, temperature
from ui.analysis import Picture
from ui.language import t, worded
from ui.palette_choice import palette_choice
from ui.temperature import options_of, set_options

_ISOTHERM_BGR = (80, 255, 80)
_MOST_PIXELS = 640 * 512


def colour_strip(picture: Picture, thermogram: Thermogram) -> None:
    """Palette, span and isotherm; re-colouring follows at once and runs no network."""
    assert thermogram.celsius is not None
    options, short = options_of(picture.sha256), picture.sha256[:12]
    finite = thermogram.celsius[np.isfinite(thermogram.celsius)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = np.floor(low).item(), max(np.ceil(high).item(), np.floor(low).item() + 1.0)
    automatic = automatic_span(thermogram.celsius)
    shown = options.span or (max(automatic[0], low), min(automatic[1], high))
    one, two, three = st.columns([1, 2, 1])
    palette_choice(one, f"palette-{short}", options.palette, on_change=_recolour, args=(picture, low, high))
    two.slider(
        t("Span (°C)"), low, high, (min(max(shown[0], low), high), max(min(shown[1], high), low)), 0.1,
        key=f"span-{short}-{low}-{high}", on_change=_recolour, args=(picture, low, high),
        help=t("Temperatures of the coldest and the hottest colour."),
    )  # fmt: skip
    three.number_input(
        t("Isotherm from (°C)"), value=None, step=1.0, key=f"isotherm-{short}", placeholder=t("off"),
        help=t("Marks everything at or above this temperature in green."),
    )  # fmt: skip


def _recolour(picture: Picture, low: float, high: float) -> None:
    short = picture.sha256[:12]
    start, end = st.session_state[f"span-{short}-{low}-{high}"]
    span = (start, max(end, start + 0.1))
    options = options_of(picture.sha256)
    palette = st.session_state[worded(f"palette-{short}")]
    set_options(picture.sha256, replace(options, palette=palette, span=span))


def with_isotherm(picture: Picture, thermogram: Thermogram) -> NDArray[np.uint8]:
    """The picture to show, uint8 (h, w, 3) BGR, everything above the chosen temperature tinted green."""
    above = st.session_state.get(f"isotherm-{picture.sha256[:12]}")
    if above is None or thermogram.celsius is None:
        return thermogram.small
    try:
        mask = isotherm_mask(thermogram.celsius, above=above)
    except SettingsError:
        return thermogram.picture
    tinted = thermogram.picture.copy()
    tinted[mask] = (0.35 * tinted[mask] + 0.65 * np.array(_ISOTHERM_BGR)).astype(np.uint8)
    return tinted


def isotherm_celsius(picture: Picture) -> float | None:
    """The isotherm's temperature, or None."""
    return st.session_state.get(f"isotherm-{picture.sha256[:12]}")


def under_the_mouse(thermogram: Thermogram, drawn: NDArray[np.uint8], unit: Unit) -> None:
    """The annotated picture with the temperature of every pixel shown under the pointer."""
    import plotly.graph_objects as go  # large; needed only when somebody looks

    assert thermogram.celsius is not None
    height, width = thermogram.celsius.shape
    step = max(1, int(np.ceil((height * width / _MOST_PIXELS) ** 0.5)))
    values = thermogram.celsius[::step, ::step]
    values = np.round(temperature(values, unit), 1)
    small = cv2.resize(drawn, (values.shape[1], values.shape[0]), interpolation=cv2.INTER_AREA)
    figure = go.Figure(
        go.Image(
            z=small[..., ::-1],
            customdata=values,
            hovertemplate="x %{x}, y %{y}<br><b>%{customdata} " + unit + "</b><extra></extra>",
            dx=step,
            dy=step,
        )
    )
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode="zoom")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    st.plotly_chart(figure, width="stretch", config={"displaylogo": False})


def show_histogram(celsius: NDArray[np.float32], unit: Unit) -> None:
    """How many pixels have which temperature."""
    import pandas as pd

    counts, edges = histogram(celsius)
    centres = temperature((edges[:-1] + edges[1:]) / 2, unit)
    frame = pd.DataFrame({unit: np.round(centres, 2), t("Pixels"): counts})
    st.bar_chart(frame, x=unit, y=t("Pixels"), height=180)
