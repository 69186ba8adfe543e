"""One picture's result on the page: metrics, original and annotated, table of findings."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
import streamlit as st

from inspection.annotate import annotate
from inspection.finding import Finding
from inspection.results import Result
from inspection.tables import columns_for, hottest_celsius, worst_severity
from inspection.thermogram import Thermogram
from inspection.units import Unit
from ui.analysis import WEAKER, Picture, thermogram_of, weaker_count
from ui.finding_view import SEVERITY_WORDS, finding_card, hot_spot_table, jpeg
from ui.lru import BoundedStore
from ui.page import Page, plain
from ui.temperature import degrees
from ui.thermal_view import (
    colour_strip,
    isotherm_celsius,
    under_the_mouse,
    with_isotherm,
)


@st.cache_resource(show_spinner=False)
def _encoded() -> BoundedStore[bytes]:
    return BoundedStore(32 * 2**20, len)


def show_result(page: Page, picture: Picture, result: Result) -> None:
    """Draw everything about one picture."""
    if result.error:
        st.error(plain(result.error), icon=":material/error:")
        return
    thermogram = thermogram_of(picture)
    _source_badge(thermogram)
    metrics(result, page.unit)
    key = f"findings-{picture.sha256[:16]}"
    selected = _selected(key, result)
    number = None if selected is None else selected.number
    if thermogram.celsius is not None:
        colour_strip(picture, thermogram)
        thermogram = thermogram_of(picture)
    view = _view(picture, thermogram)
    if view == "Correct":
        from ui.correct_view import correct

        correct(page, picture, thermogram, result)
    elif view == "Findings":
        _side_by_side(picture, thermogram, result, number)
    else:
        drawn = annotate(
            with_isotherm(picture, thermogram), result.findings, number, hot_spots=result.hot_spots
        )
        if view == "Measure":
            from ui.measure_view import measure_tools

            measure_tools(picture, thermogram, drawn, page.unit)
        else:
            under_the_mouse(thermogram, drawn, page.unit)
    if result.note:
        st.caption(plain(result.note))
    if result.findings:
        findings_table(result, key, page.unit)
        if selected is not None:
            finding_card(picture, thermogram, selected, page.unit)
    else:
        _nothing_found(page, picture)
    hot_spot_table(result, page.unit)


def metrics(result: Result, unit: Unit) -> None:
    """The row of figures on top."""
    figures: list[tuple[str, Any]] = [("Findings", len(result.findings))]
    hottest, worst = hottest_celsius(result.findings), worst_severity(result.findings)
    if hottest is not None:
        figures.append(("Hottest", degrees(hottest, unit)))
    if worst is not None:
        figures.append(("Worst severity", SEVERITY_WORDS[worst]))
    figures.append(("Time", f"{result.seconds * 1000:.0f} ms"))
    row = st.container(horizontal=True, gap="large")
    for label, value in figures:
        row.metric(label, value, width="content")


def findings_table(result: Result, key: str, unit: Unit) -> None:
    """The findings; selecting a row makes its box stand out."""
    columns = columns_for(result.findings, unit)
    frame = pd.DataFrame(
        [[_cell(column.key, column.value(f)) for column in columns] for f in result.findings],
        columns=[column.title for column in columns],
    )
    config: dict[str, Any] = {
        "No.": st.column_config.NumberColumn(width="small", pinned=True),
        "Confidence": st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.2f"),
        "Class id": None,
        "Class name (raw)": None,
    }
    for column in columns:
        if column.number_format in ("0.0", "0.00") and column.key != "confidence":
            digits = len(column.number_format) - 2
            config[column.title] = st.column_config.NumberColumn(format=f"%.{digits}f")
    frame["Time (ms)"] = round(result.seconds * 1000)
    st.dataframe(
        frame,
        hide_index=True,
        column_config=config,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        alt=f"Table of {len(frame)} findings; select a row to highlight its box",
    )


def original_jpeg(picture: Picture, thermogram: Thermogram) -> bytes:
    """The picture as the camera stored it, at the size shown."""
    shown = thermogram.picture if thermogram.embedded is None else thermogram.embedded
    return _encoded().get_or_make((picture.sha256, "original"), lambda: jpeg(annotate(shown, ())))


def annotated_jpeg(
    picture: Picture, thermogram: Thermogram, result: Result, selected: int | None = None
) -> bytes:
    """The picture with its findings, at the size shown."""
    key = (
        "annotated",
        result.findings,
        result.hot_spots,
        selected,
        isotherm_celsius(picture),
        id(thermogram),
    )
    return _encoded().get_or_make(
        (picture.sha256, hash(key)),
        lambda: jpeg(
            annotate(
                with_isotherm(picture, thermogram), result.findings, selected, hot_spots=result.hot_spots
            )
        ),
    )


def alt_text(result: Result) -> str:
    """What a screen reader says of the annotated picture."""
    found = ", ".join(f"{count} {name}" for name, count in result.by_class().items())
    return f"The picture {result.file} with boxes around {found}" if found else f"{result.file}: no findings"


def display_width(width: int, height: int) -> int | Literal["stretch"]:
    """As wide as its column; a very tall picture as narrow as needed to fit a screen, in pixels."""
    if height <= 1.7 * width:
        return "stretch"
    return max(40, round(800 * width / height))


def _source_badge(thermogram: Thermogram) -> None:
    about = thermogram.accuracy_kelvin
    row = st.container(horizontal=True)
    if thermogram.source == "radiometric":
        words = "temperatures from the camera's data" + ("" if about is None else f", about ±{about:.0f} °C")
        row.badge(words, icon=":material/thermostat:", color="green")
    elif thermogram.source == "scale":
        words = "estimated from colours" + ("" if about is None else f", about ±{about:.1f} °C")
        row.badge(words, icon=":material/palette:", color="orange")
    else:
        row.badge("relative brightness only, no temperatures", icon=":material/contrast:", color="gray")
    row.badge(f"{thermogram.width} x {thermogram.height} px", icon=":material/aspect_ratio:", color="gray")


def _view(picture: Picture, thermogram: Thermogram) -> str:
    warm = [] if thermogram.celsius is None else ["Under the mouse", "Measure"]
    return st.segmented_control(
        "View", ["Findings", *warm, "Correct"], default="Findings", required=True,
        key=f"view-{picture.sha256[:12]}", label_visibility="collapsed",
    )  # fmt: skip


def _side_by_side(picture: Picture, thermogram: Thermogram, result: Result, number: int | None) -> None:
    left, right = st.columns(2)
    embedded = thermogram.embedded
    height, width = (thermogram.picture if embedded is None else embedded).shape[:2]
    with left:
        st.image(
            original_jpeg(picture, thermogram),
            caption="Original" if embedded is None else "As the camera stored it",
            alt=f"The picture {result.file} as it was given",
            width=display_width(width, height),
        )
    with right:
        st.image(
            annotated_jpeg(picture, thermogram, result, number),
            caption="Findings" if thermogram.source != "radiometric" else "Findings in the temperature map",
            alt=alt_text(result),
            width=display_width(result.width, result.height),
        )


def _cell(key: str, value: Any) -> Any:
    return SEVERITY_WORDS.get(value, value) if key == "severity" else value


def _selected(key: str, result: Result) -> Finding | None:
    """The finding selected in the table, read before the table is drawn."""
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else []
    return result.findings[rows[0]] if rows and rows[0] < len(result.findings) else None


def _nothing_found(page: Page, picture: Picture) -> None:
    settings = page.settings
    if settings.classes == ():
        st.info("No class is chosen in the sidebar, so nothing is shown.", icon=":material/filter_alt:")
        return
    st.success(f"No overheating found at confidence {settings.conf:.2f}.", icon=":material/check_circle:")
    weaker = weaker_count(page, picture)
    if weaker and settings.conf > WEAKER:
        things = "1 weaker candidate" if weaker == 1 else f"{weaker} weaker candidates"
        st.button(f"Show {things}", on_click=_lower_confidence, icon=":material/visibility:")


def _lower_confidence() -> None:
    st.session_state["conf"] = WEAKER
