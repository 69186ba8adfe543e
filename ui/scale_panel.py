"""Under a picture: where its temperatures come from, and how the visitor changes that."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from inspection.crops import thumbnail
from inspection.errors import SettingsError
from inspection.exports import encode_picture
from inspection.opening import ColourScale, Opened, ThermalOptions
from inspection.pseudocolour import (
    LARGEST_PROPOSED_DISTANCE,
    find_colour_bar,
    propose_overlays,
    propose_palette,
)
from inspection.pseudocolour.convert import check_scale
from inspection.radiometric import NAMED_SCALES, PARAMETER_RANGES, CountScale, MeasurementParameters
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Celsius
from ui.analysis import Picture, opened_file
from ui.fold import fold
from ui.language import shown, t, tr
from ui.page import plain
from ui.temperature import options_of, set_options

_OWN_BAR = text("the picture's own colour bar")
_OTHER_SCALE = text("another gain and offset")
_CAMERA_LABELS = {
    "camera": text("Camera model"),
    "serial": text("Serial number"),
    "software": text("Software"),
    "lens": text("Lens"),
    "date": text("Taken"),
    "field_of_view_degrees": text("Field of view (°)"),
    "range_celsius": text("Range (°C)"),
    "frames_per_second": text("Frames per second"),
    "format": text("Format"),
    "description": text("Description"),
    "palette": text("Palette"),
    "scale_min_celsius": text("Coldest end (°C)"),
    "scale_max_celsius": text("Hottest end (°C)"),
}
"""What a file's camera says, by its name in Thermogram.camera."""
_NOT_KNOWN = text("not known")


def scale_panel(picture: Picture, thermogram: Thermogram) -> None:
    """The panel that fits this picture: the camera's parameters, a scale for counts, or one for colours."""
    options = options_of(picture.sha256)
    opened = opened_file(picture, options)
    if opened.data is None:
        part, wanted = fold(t("Temperature scale"), "scale", ":material/palette:")
        if wanted:
            with part:
                _colour_scale(picture, opened, options)
                if options.colour_scale is not None:
                    _what_the_scale_covers(opened, thermogram, options.colour_scale)
        return
    part, wanted = fold(t("Camera and measurement"), "camera", ":material/thermostat:")
    if not wanted:
        return
    with part:
        _camera(thermogram)
        if opened.data.parameters is not None:
            _parameters(picture, opened, options)
        elif opened.data.constants is None and opened.data.counts is not None:
            _count_scale(picture, options)


def _camera(thermogram: Thermogram) -> None:
    known = {
        _camera_label(name): str(shown(value))
        for name, value in thermogram.camera.items()
        if name not in PARAMETER_RANGES and value not in (None, "")
    }
    if known:
        st.table(pd.DataFrame(known.items(), columns=[t("Camera"), t("Value")]).set_index(t("Camera")))


def _camera_label(name: str) -> str:
    """What a value that a camera stored is called; a name that we do not know comes as the file has it."""
    known = _CAMERA_LABELS.get(name)
    return name.replace("_", " ") if known is None else tr(known)


def _parameters(picture: Picture, opened: Opened, options: ThermalOptions) -> None:
    """One field a parameter; the map follows at once."""
    assert opened.data is not None and opened.data.parameters is not None
    assumed = opened.assumed(options)
    assert assumed is not None
    turn = st.session_state.get("parameter_turn", 0)
    columns = st.columns(4)
    for index, field in enumerate(fields(MeasurementParameters)):
        low, high, label = PARAMETER_RANGES[field.name]
        key = f"parameter-{field.name}-{picture.sha256[:12]}-{options.emissivity}-{turn}"
        columns[index % 4].number_input(
            tr(label),
            low,
            high,
            min(max(float(getattr(assumed, field.name)), low), high),
            0.01 if high == 1.0 else 1.0,
            key=key,
            on_change=_change_parameter,
            args=(picture, assumed, field.name, key),
        )
    if options.parameters is not None:
        st.button(t("As in the file"), icon=":material/undo:", on_click=_reset_parameters, args=(picture,))


def _change_parameter(picture: Picture, assumed: MeasurementParameters, name: str, key: str) -> None:
    value = st.session_state[key]
    if value is not None:
        parameters = replace(assumed, **{name: value})
        set_options(picture.sha256, replace(options_of(picture.sha256), parameters=parameters))


def _reset_parameters(picture: Picture) -> None:
    set_options(picture.sha256, replace(options_of(picture.sha256), parameters=None))
    st.session_state["parameter_turn"] = st.session_state.get("parameter_turn", 0) + 1


def _count_scale(picture: Picture, options: ThermalOptions) -> None:
    """A 16-bit picture without a scale of its own: the visitor says what a count means."""
    names = [_NOT_KNOWN, *NAMED_SCALES, _OTHER_SCALE]
    with st.form(f"counts-{picture.sha256[:12]}"):
        choice = st.selectbox(t("What one count means"), names, format_func=tr)
        gain, offset = st.columns(2)
        kelvin = gain.number_input(t("Gain (K per count)"), 0.0001, 10.0, 0.01, 0.01, format="%.4f")
        start = offset.number_input(t("Offset (K)"), -1000.0, 2500.0, 0.0, 1.0)
        if st.form_submit_button(t("Use this scale")):
            scale = NAMED_SCALES.get(choice)
            if choice == _OTHER_SCALE:
                scale = CountScale(kelvin, start)
            set_options(picture.sha256, replace(options, count_scale=scale))
            st.rerun()


def _colour_scale(picture: Picture, opened: Opened, options: ThermalOptions) -> None:
    """Palette and scale ends of an ordinary thermal picture; nothing applies before the button is pressed."""
    pixels, short = opened.own.picture, picture.sha256[:12]
    scale = options.colour_scale
    with st.spinner(t("Looking at the colours …")):
        proposals, bar, overlays = _proposals(picture.sha256, pixels)
    name, distance = proposals[0]
    if distance < LARGEST_PROPOSED_DISTANCE:
        st.markdown(
            t(
                "The colours look like the palette **{name}**. Check it against the picture's colour bar; "
                "white hot and black hot look alike.",
                name=tr(name),
            )
        )
    else:
        st.markdown(
            t("The colours fit no palette we know well; the picture's own colour bar is the better choice.")
        )
    choices = [*dict.fromkeys(name for name, _ in proposals), *([_OWN_BAR] if bar else [])]
    height, width = pixels.shape[:2]
    with st.form(f"colours-{short}"):
        left, middle, right = st.columns(3)
        palette = left.selectbox(
            t("Palette"), choices if _OWN_BAR in choices else [*choices, _OWN_BAR], format_func=tr
        )
        low = middle.number_input(t("Coldest end (°C)"), value=scale.minimum if scale else None, step=1.0)
        high = right.number_input(t("Hottest end (°C)"), value=scale.maximum if scale else None, step=1.0)
        st.caption(
            t(
                "Colour bar, in pixels of the {width} x {height} picture; found by itself where there is "
                "one.",
                width=width,
                height=height,
            )
        )
        start = (scale.bar if scale and scale.bar else bar) or (width - 20, 20, width - 8, height - 20)
        fields_ = st.columns(4)
        rectangle = tuple(
            column.number_input(label, 0, limit, max(0, min(int(value), limit)), 1)
            for column, label, value, limit in zip(
                fields_, (t("Bar left"), t("Bar top"), t("Bar right"), t("Bar bottom")), start,
                (width, height, width, height), strict=True,
            )
        )  # fmt: skip
        reverse = st.checkbox(
            t("The hot end is at the bottom or at the left"), scale.reverse if scale else False
        )
        st.caption(t("Places without data: logos, value boxes, the bar itself. Edit, add or remove rows."))
        places = st.data_editor(
            pd.DataFrame(
                list(scale.exclude if scale else overlays),
                columns=[t("left"), t("top"), t("right"), t("bottom")],
                dtype=int,
            ),
            num_rows="dynamic",
            key=f"places-{short}",
        )
        apply, remove = st.columns(2)
        if apply.form_submit_button(t("Estimate temperatures"), type="primary"):
            _apply_colours(picture, options, palette, (low, high), rectangle, reverse, places)
        if remove.form_submit_button(t("Without temperatures")):
            set_options(picture.sha256, replace(options, colour_scale=None))
            st.rerun()


def _what_the_scale_covers(opened: Opened, thermogram: Thermogram, scale: ColourScale) -> None:
    """How much of the picture lies beyond the scale's ends or has no data, and where."""
    assert thermogram.celsius is not None
    celsius = thermogram.celsius
    masked = ~np.isfinite(celsius)
    above, below = celsius >= scale.maximum, celsius <= scale.minimum
    st.markdown(
        t(
            "**{above:.1f} %** of the picture is at {maximum:g} or above, **{below:.1f} %** at "
            "{minimum:g} or below, **{masked:.1f} %** has no data (shown in blue).",
            above=100 * above.mean(),
            below=100 * below.mean(),
            masked=100 * masked.mean(),
            maximum=Celsius(scale.maximum),
            minimum=Celsius(scale.minimum),
        )
    )
    marked = opened.own.picture.copy()
    marked[masked] = (255, 120, 0)
    st.image(
        encode_picture(thumbnail(marked, 480)), alt=t("The picture with the places without data in blue")
    )


def _apply_colours(
    picture: Picture,
    options: ThermalOptions,
    palette: str,
    ends: tuple[float | None, float | None],
    bar: tuple[int, ...],
    reverse: bool,
    places: pd.DataFrame,
) -> None:
    try:
        if ends[0] is None or ends[1] is None:
            raise SettingsError(text("Type both ends of the scale, as the picture's colour bar shows them."))
        check_scale(ends[0], ends[1])
        exclude = tuple(tuple(int(v) for v in row) for row in places.dropna().to_numpy())
        own = palette == _OWN_BAR
        rectangle: Any = tuple(int(v) for v in bar) if own else None
        scale = ColourScale(ends[0], ends[1], None if own else palette, rectangle, reverse, exclude)  # type: ignore[arg-type]
        opened_file(picture, options).thermogram(replace(options, colour_scale=scale))
    except SettingsError as error:
        st.error(plain(tr(error)))
        return
    set_options(picture.sha256, replace(options, colour_scale=scale))
    st.rerun()


@st.cache_data(max_entries=64, show_spinner=False)
def _proposals(sha256: str, _pixels: Any) -> tuple[Any, Any, Any]:
    """Palettes by distance, the colour bar or None, and overlays; looked for once a picture."""
    proposals = propose_palette(_pixels)
    return proposals, find_colour_bar(_pixels), propose_overlays(_pixels, proposals[0][0])
