"""One picture's result on the page: metrics, original and annotated, table of findings."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from inspection.annotate import annotate
from inspection.crops import thumbnail
from inspection.finding import Finding
from inspection.results import Result
from inspection.tables import columns_for, hottest_celsius, worst_severity
from inspection.texts import listed, text
from inspection.thermogram import Thermogram
from inspection.units import Tolerance, Unit
from ui.analysis import WEAKER, Picture, thermogram_of, weaker_count
from ui.finding_view import WIDEST_PX, finding_card, hot_spot_table, jpeg, severity_words
from ui.language import language, shown, started_with, t, t_n, tr
from ui.lru import BoundedStore
from ui.page import Page, plain
from ui.temperature import degrees
from ui.thermal_view import (
    colour_strip,
    isotherm_celsius,
    under_the_mouse,
    with_isotherm,
)

_VIEWS = {
    "findings": text("Findings"),
    "mouse": text("Under the mouse"),
    "measure": text("Measure"),
    "correct": text("Correct"),
}
_STRIP_PX = 240
"""Longest side of a picture in a strip, px: about 100 on screen, twice that on a fine one."""


@st.cache_resource(show_spinner=False)
def _encoded() -> BoundedStore[bytes]:
    return BoundedStore(32 * 2**20, len)


def show_result(page: Page, picture: Picture, result: Result) -> None:
    """Draw everything about one picture."""
    if result.error:
        st.error(plain(tr(result.error)), icon=":material/error:")
        return
    thermogram = thermogram_of(picture)
    _source_badge(thermogram)
    metrics(result, page.unit)
    key = f"findings-{picture.sha256[:16]}"
    selected = _selected(key, result)
    number = None if selected is None else selected.number
    if thermogram.celsius is not None:
        if picture.saved_options is None:
            colour_strip(picture, thermogram)
        thermogram = thermogram_of(picture)
    view = _view(picture, thermogram)
    if view == "correct":
        from ui.correct_view import correct

        correct(page, picture, thermogram, result)
    elif view == "findings":
        _side_by_side(picture, thermogram, result, number, page.unit)
    else:
        drawn = _drawn(picture, thermogram, result, number, page.unit)
        if view == "measure":
            from ui.measure_view import measure_tools

            measure_tools(picture, thermogram, drawn, page.unit)
        else:
            under_the_mouse(thermogram, drawn, page.unit)
    if result.note:
        st.caption(plain(tr(result.note)))
    if result.findings:
        findings_table(result, key, page.unit)
        if selected is not None:
            finding_card(picture, thermogram, selected, page.unit)
    else:
        _nothing_found(page, picture)
    hot_spot_table(result, page.unit)


def metrics(result: Result, unit: Unit) -> None:
    """The row of figures on top."""
    figures: list[tuple[str, Any]] = [(t("Findings"), len(result.findings))]
    hottest, worst = hottest_celsius(result.findings), worst_severity(result.findings)
    if hottest is not None:
        figures.append((t("Hottest"), degrees(hottest, unit)))
    if worst is not None:
        figures.append((t("Worst severity"), severity_words(worst)))
    figures.append((t("Time"), t("{ms:.0f} ms", ms=result.seconds * 1000)))
    row = st.container(horizontal=True, gap="large")
    for label, value in figures:
        row.metric(label, value, width="content")


def findings_table(result: Result, key: str, unit: Unit) -> None:
    """The findings; selecting a row makes its box stand out."""
    columns = columns_for(result.findings, unit)
    frame = pd.DataFrame(
        [[_cell(column.key, column.value(f), f) for column in columns] for f in result.findings],
        columns=[tr(column.title) for column in columns],
    )
    config: dict[str, Any] = {
        t("No."): st.column_config.NumberColumn(width="small", pinned=True),
        t("Confidence"): st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f"),
        t("Class id"): None,
        t("Class name (raw)"): None,
    }
    for column in columns:
        if column.number_format in ("0.0", "0.00") and column.key != "confidence":
            digits = len(column.number_format) - 2
            config[tr(column.title)] = st.column_config.NumberColumn(format=f"%.{digits}f")
    frame[t("Time (ms)")] = round(result.seconds * 1000)
    st.dataframe(
        frame,
        hide_index=True,
        column_config=config,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        alt=t_n(
            "Table of {n} finding; select a row to highlight its box",
            "Table of {n} findings; select a row to highlight its box",
            len(frame),
        ),
    )


def original_jpeg(picture: Picture, thermogram: Thermogram) -> bytes:
    """The picture as the camera stored it, at the size shown."""
    shown = thermogram.small if thermogram.embedded is None else thermogram.embedded
    return _encoded().get_or_make(
        (picture.sha256, "original"), lambda: jpeg(annotate(thumbnail(shown, WIDEST_PX), ()))
    )


def small_jpeg(picture: Picture, thermogram: Thermogram) -> bytes:
    """The picture as the camera stored it, for a strip of small ones."""
    shown = thermogram.small if thermogram.embedded is None else thermogram.embedded
    return _encoded().get_or_make((picture.sha256, "small"), lambda: jpeg(thumbnail(shown, _STRIP_PX)))


def annotated_jpeg(
    picture: Picture,
    thermogram: Thermogram,
    result: Result,
    selected: int | None = None,
    unit: Unit = "°C",
) -> bytes:
    """The picture with its findings, at the size shown."""
    key = (
        "annotated",
        result.findings,
        result.hot_spots,
        selected,
        language(),
        unit,
        isotherm_celsius(picture),
        picture.options,
    )
    return _encoded().get_or_make(
        (picture.sha256, hash(key)),
        lambda: jpeg(_drawn(picture, thermogram, result, selected, unit)),
    )


def _drawn(
    picture: Picture, thermogram: Thermogram, result: Result, selected: int | None, unit: Unit
) -> NDArray[np.uint8]:
    """The picture with its findings, uint8 (h, w, 3) BGR, drawn at the size shown."""
    base = thumbnail(with_isotherm(picture, thermogram), WIDEST_PX)
    scale = base.shape[1] / thermogram.width
    return annotate(
        base,
        result.findings,
        selected,
        hot_spots=result.hot_spots,
        scale=scale,
        language=language(),
        unit=unit,
    )


def alt_text(result: Result) -> str:
    """What a screen reader says of the annotated picture."""
    found = listed([text("{count} {name}", count=n, name=name) for name, n in result.by_class().items()])
    if not found:
        return t("{file}: no findings", file=result.file)
    return t("The picture {file} with boxes around {found}", file=result.file, found=found)


def display_width(width: int, height: int) -> int | Literal["stretch"]:
    """As wide as its column; a very tall picture as narrow as needed to fit a screen, in pixels."""
    if height <= 1.7 * width:
        return "stretch"
    return max(40, round(800 * width / height))


def source_words(source: str, about: float | None = None) -> str:
    """Where temperatures come from, and how exact they are (K), in the visitor's language."""
    if source == "radiometric":
        if about is None:
            return t("temperatures from the camera's data")
        return t("temperatures from the camera's data, about ±{kelvin:.0f}", kelvin=Tolerance(about))
    if source == "scale":
        if about is None:
            return t("estimated from colours")
        return t("estimated from colours, about ±{kelvin:.1f}", kelvin=Tolerance(about))
    return t("relative brightness only, no temperatures")


def _source_badge(thermogram: Thermogram) -> None:
    about = thermogram.accuracy_kelvin
    row = st.container(horizontal=True)
    if thermogram.source == "radiometric":
        row.badge(source_words("radiometric", about), icon=":material/thermostat:", color="green")
    elif thermogram.source == "scale":
        row.badge(source_words("scale", about), icon=":material/palette:", color="orange")
    else:
        row.badge(source_words("none"), icon=":material/contrast:", color="gray")
    row.badge(
        t("{width} x {height} px", width=thermogram.width, height=thermogram.height),
        icon=":material/aspect_ratio:",
        color="gray",
    )


def _view(picture: Picture, thermogram: Thermogram) -> str:
    warm = [] if thermogram.celsius is None else ["mouse", "measure"]
    more = ["correct"] if picture.saved_options is None else []
    if not warm and not more:
        return "findings"
    return st.segmented_control(
        t("View"), ["findings", *warm, *more], required=True, label_visibility="collapsed",
        format_func=lambda view: tr(_VIEWS[view]), **started_with(f"view-{picture.sha256[:12]}", "findings"),
    )  # fmt: skip


def _side_by_side(
    picture: Picture, thermogram: Thermogram, result: Result, number: int | None, unit: Unit
) -> None:
    left, right = st.columns(2)
    embedded = thermogram.embedded
    height, width = (thermogram.small if embedded is None else embedded).shape[:2]
    with left:
        st.image(
            original_jpeg(picture, thermogram),
            caption=t("Original") if embedded is None else t("As the camera stored it"),
            alt=t("The picture {file} as it was given", file=result.file),
            width=display_width(width, height),
        )
    with right:
        st.image(
            annotated_jpeg(picture, thermogram, result, number, unit),
            caption=t("Findings")
            if thermogram.source != "radiometric"
            else t("Findings in the temperature map"),
            alt=alt_text(result),
            width=display_width(result.width, result.height),
        )


def _cell(key: str, value: Any, finding: Finding) -> Any:
    return severity_words(finding.severity) if key == "severity" else shown(value)


def _selected(key: str, result: Result) -> Finding | None:
    """The finding selected in the table, read before the table is drawn."""
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else []
    return result.findings[rows[0]] if rows and rows[0] < len(result.findings) else None


def _nothing_found(page: Page, picture: Picture) -> None:
    settings = page.settings
    if settings.classes == ():
        st.info(t("No class is chosen in the sidebar, so nothing is shown."), icon=":material/filter_alt:")
        return
    st.success(
        t("No overheating found at confidence {conf:.2f}.", conf=settings.conf),
        icon=":material/check_circle:",
    )
    weaker = weaker_count(page, picture) if picture.saved_options is None else 0
    if weaker and settings.conf > WEAKER:
        words = t_n("Show {n} weaker candidate", "Show {n} weaker candidates", weaker)
        st.button(words, on_click=_lower_confidence, icon=":material/visibility:")


def _lower_confidence() -> None:
    st.session_state["conf"] = WEAKER
