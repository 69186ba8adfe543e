"""One picture's result on the page: metrics, original and annotated, table of findings."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from inspection.annotate import annotate
from inspection.crops import thumbnail
from inspection.exports import encode_picture
from inspection.finding import Finding
from inspection.results import Result
from inspection.tables import columns_for, hottest_celsius, worst_severity
from inspection.thermogram import Thermogram
from ui.analysis import WEAKER, Picture, thermogram_of, weaker_count
from ui.lru import BoundedStore
from ui.page import Page, plain

_WIDEST_PX = 1280

SEVERITY_WORDS = {
    "none": "⚪ none",
    "watch": "🔺 watch",
    "plan repair": "🔶 plan repair",
    "repair now": "🛑 repair now",
}


@st.cache_resource(show_spinner=False)
def _encoded() -> BoundedStore[bytes]:
    return BoundedStore(32 * 2**20, len)


def show_result(page: Page, picture: Picture, result: Result) -> None:
    """Draw everything about one picture."""
    if result.error:
        st.error(plain(result.error), icon=":material/error:")
        return
    thermogram = thermogram_of(picture)
    metrics(result)
    key = f"findings-{picture.sha256[:16]}"
    selected = _selected_number(key, result)
    left, right = st.columns(2)
    with left:
        st.image(
            original_jpeg(picture, thermogram),
            caption="Original",
            alt=f"The picture {result.file} as it was given",
            width=display_width(result),
        )
    with right:
        st.image(
            annotated_jpeg(picture, thermogram, result, selected),
            caption="Findings",
            alt=alt_text(result),
            width=display_width(result),
        )
    if result.note:
        st.caption(plain(result.note))
    if result.findings:
        findings_table(result, key)
    else:
        _nothing_found(page, picture)


def metrics(result: Result) -> None:
    """The row of figures on top."""
    figures: list[tuple[str, Any]] = [("Findings", len(result.findings))]
    hottest, worst = hottest_celsius(result.findings), worst_severity(result.findings)
    if hottest is not None:
        figures.append(("Hottest", f"{hottest:.1f} °C"))
    if worst is not None:
        figures.append(("Worst severity", worst))
    figures.append(("Picture", f"{result.width} x {result.height} px"))
    figures.append(("Time", f"{result.seconds * 1000:.0f} ms"))
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value)


def findings_table(result: Result, key: str) -> None:
    """The findings; selecting a row makes its box stand out."""
    columns = columns_for(result.findings)
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
        alt=f"Table of {len(frame)} findings; select a row to highlight its box",
    )


def original_jpeg(picture: Picture, thermogram: Thermogram) -> bytes:
    """The picture as given, at the size shown."""
    return _encoded().get_or_make(
        (picture.sha256, "original"), lambda: _jpeg(annotate(thermogram.picture, ()))
    )


def annotated_jpeg(
    picture: Picture, thermogram: Thermogram, result: Result, selected: int | None = None
) -> bytes:
    """The picture with its findings, at the size shown."""
    boxes = tuple((f.class_id, round(f.confidence, 4), *f.xyxy) for f in result.findings)
    names = tuple(f.class_name for f in result.findings)
    key = (picture.sha256, hash((boxes, names)), selected)
    return _encoded().get_or_make(key, lambda: _jpeg(annotate(thermogram.picture, result.findings, selected)))


def display_width(result: Result) -> int | Literal["stretch"]:
    """As wide as its column; a very tall picture as narrow as needed to fit a screen, in pixels."""
    if result.height <= 1.7 * result.width:
        return "stretch"
    return max(40, round(800 * result.width / result.height))


def alt_text(result: Result) -> str:
    """What a screen reader says of the annotated picture."""
    found = ", ".join(f"{count} {name}" for name, count in result.by_class().items())
    return f"The picture {result.file} with boxes around {found}" if found else f"{result.file}: no findings"


def finding_line(finding: Finding) -> tuple[str, str, str]:
    """Severity, name and heat of a finding in words, for short lists."""
    severity = SEVERITY_WORDS.get(finding.severity or "", "not graded")
    hot = "" if finding.max_celsius is None else f"{finding.max_celsius:.1f} °C"
    return severity, finding.display_name, hot or f"confidence {finding.confidence:.2f}"


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    return encode_picture(thumbnail(picture, _WIDEST_PX), quality=88)


def _cell(key: str, value: Any) -> Any:
    return SEVERITY_WORDS.get(value, value) if key == "severity" else value


def _selected_number(key: str, result: Result) -> int | None:
    """The number of the finding selected in the table, read before the table is drawn."""
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else []
    return result.findings[rows[0]].number if rows and rows[0] < len(result.findings) else None


def _nothing_found(page: Page, picture: Picture) -> None:
    settings = page.settings
    if settings.classes == ():
        st.info("No class is chosen in the sidebar, so nothing is shown.", icon=":material/filter_alt:")
        return
    st.success(f"No overheating found at confidence {settings.conf:.2f}.", icon=":material/check_circle:")
    weaker = weaker_count(picture, page.detector, settings)
    if weaker and settings.conf > WEAKER:
        things = "1 weaker candidate" if weaker == 1 else f"{weaker} weaker candidates"
        st.button(f"Show {things}", on_click=_lower_confidence, icon=":material/visibility:")


def _lower_confidence() -> None:
    st.session_state["conf"] = WEAKER
