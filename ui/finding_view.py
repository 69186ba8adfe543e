"""One finding on the page: its line, its card, and the hot spots that are none of the model's findings."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from inspection.crops import crop, thumbnail
from inspection.exports import encode_picture
from inspection.finding import NOT_GRADED, SEVERITY_NAMES, Finding
from inspection.results import Result
from inspection.texts import text
from inspection.thermogram import Thermogram
from inspection.units import Unit, rise, rise_name, temperature
from ui.analysis import Picture
from ui.fold import fold
from ui.language import t, t_n, tr
from ui.page import plain
from ui.temperature import degrees, reference_box, set_reference_box
from ui.thermal_view import show_histogram

WIDEST_PX = 1280
"""Longest side of a picture sent to the browser; the download has all pixels."""

_SHAPES = {"none": "●", "watch": "▲", "plan repair": "◆", "repair now": "■"}

_BADGES: dict[str, tuple[str, Literal["gray", "yellow", "orange", "red"]]] = {
    "none": (":material/circle:", "gray"),
    "watch": (":material/warning:", "yellow"),
    "plan repair": (":material/build:", "orange"),
    "repair now": (":material/report:", "red"),
}
_WHAT_TO_DO = {
    "none": text("Nothing to do."),
    "watch": text("Look again at the next inspection."),
    "plan repair": text("Plan a repair; watch it until then."),
    "repair now": text("Repair at once, by somebody qualified."),
}


def severity_words(severity: str | None) -> str:
    """A shape and a word, for places that take text only."""
    if severity is None:
        return tr(NOT_GRADED)
    return f"{_SHAPES[severity]} {tr(SEVERITY_NAMES[severity])}"


def finding_line(finding: Finding, unit: Unit) -> None:
    """Number, name, heat and severity of a finding in a line."""
    hot = t("confidence {confidence:.2f}", confidence=finding.confidence)
    if finding.max_celsius is not None:
        hot = degrees(finding.max_celsius, unit)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(f"**{finding.number} · {plain(tr(finding.display_name))}** · {hot}", width="content")
    if finding.severity is not None:
        icon, colour = _BADGES[finding.severity]
        row.badge(tr(SEVERITY_NAMES[finding.severity]), icon=icon, color=colour)
    elif finding.max_celsius is not None:
        row.badge(tr(NOT_GRADED), color="gray")


def finding_card(picture: Picture, thermogram: Thermogram, finding: Finding, unit: Unit) -> None:
    """Everything about the selected finding: cut-out, histogram, rule in words, what to do."""
    with st.container(border=True):
        left, right = st.columns([1, 2])
        left.image(
            jpeg(crop(thermogram.picture, finding)),
            alt=t("Cut-out of finding {number}", number=finding.number),
            width="stretch",
        )
        with right:
            finding_line(finding, unit)
            for words in (finding.rule, finding.reason, finding.warning):
                if words:
                    st.markdown(plain(tr(words)))
            if finding.severity is not None:
                st.markdown(tr(_WHAT_TO_DO[finding.severity]))
            if thermogram.celsius is not None:
                if picture.saved_options is None:
                    _reference_buttons(picture, finding)
                left_px, top, right_px, bottom = (int(v) for v in finding.xyxy)
                part = thermogram.celsius[top : bottom + 1, left_px : right_px + 1]
                show_histogram(part, unit)


def _reference_buttons(picture: Picture, finding: Finding) -> None:
    row = st.container(horizontal=True)
    row.button(
        t("Use as healthy reference"), icon=":material/straighten:",
        on_click=set_reference_box, args=(picture.sha256, finding.xyxy),
    )  # fmt: skip
    if reference_box(picture.sha256) is not None:
        row.button(
            t("No reference"),
            icon=":material/close:",
            on_click=set_reference_box,
            args=(picture.sha256, None),
        )


def hot_spot_table(result: Result, unit: Unit) -> None:
    """What stands out thermally and the model does not know, apart from its findings."""
    if not result.hot_spots:
        return
    words = t("Unclassified hot spots: {count}", count=len(result.hot_spots))
    part, wanted = fold(words, "hot-spots", ":material/whatshot:")
    if not wanted:
        return
    rows = [
        {
            t("Hottest ({unit})", unit=unit): round(temperature(s.max_celsius, unit), 1),
            t("Over surroundings ({unit})", unit=rise_name(unit)): round(rise(s.contrast_kelvin, unit), 1),
            t("At (px)"): f"{s.hottest_xy[0]}, {s.hottest_xy[1]}",
            t("Size (px)"): f"{s.xyxy[2] - s.xyxy[0]} x {s.xyxy[3] - s.xyxy[1]}",
        }
        for s in result.hot_spots
    ]
    with part:
        st.caption(
            t("They stand out against their surroundings, but the model does not know them. White boxes.")
        )
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            alt=t_n("Table of {n} unclassified hot spot", "Table of {n} unclassified hot spots", len(rows)),
        )


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    """A picture, uint8 (H, W, 3) BGR, as JPEG at the size shown."""
    return encode_picture(thumbnail(picture, WIDEST_PX), quality=88)
