"""Take it home: Excel, CSV, JSON, pictures, all as ZIP; made when clicked, without wiping the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspection.about import settings_rows
from inspection.annotate import annotate
from inspection.crops import crop
from inspection.exports import encode_picture, to_csv, to_json, to_zip
from inspection.finding import SCREENING_NOTE
from inspection.names import safe_stem
from inspection.results import Result
from ui.analysis import Picture, thermogram_of
from ui.page import Page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_THUMBNAILS = 500


def take_it_home(
    page: Page, pictures: Sequence[Picture], results: Sequence[Result], key: str, opened: int = 0
) -> None:
    """The row of download buttons for one or many results; the picture offered is the opened one."""
    st.subheader("Take it home")
    st.caption(SCREENING_NOTE)
    single = len(results) == 1
    stem = safe_stem(results[0].file) if single else "overheat-inspector"
    row = st.container(horizontal=True)
    with row:
        _button("Excel", partial(_excel, page, pictures, results), f"{stem}.xlsx", _XLSX, f"{key}-xlsx", True)
        _button("CSV", partial(to_csv, results), f"{stem}.csv", "text/csv", f"{key}-csv")
        _button("JSON", partial(to_json, results), f"{stem}.json", "application/json", f"{key}-json")
        if not results[opened].error:
            name = f"{safe_stem(results[opened].file)}-annotated.jpg"
            draw = partial(_annotated, pictures[opened], results[opened])
            _button("Picture", lambda: encode_picture(draw()), name, "image/jpeg", f"{key}-jpg")
        _button(
            "All as ZIP",
            partial(_zip, page, pictures, results),
            f"{stem}.zip",
            "application/zip",
            f"{key}-zip",
        )


def _button(
    label: str, make: Callable[[], bytes], name: str, mime: str, key: str, primary: bool = False
) -> None:
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=mime,
        key=key,
        on_click="ignore",
        type="primary" if primary else "secondary",
        icon=":material/download:",
    )


def _excel(page: Page, pictures: Sequence[Picture], results: Sequence[Result]) -> bytes:
    from inspection.workbook import to_excel  # openpyxl is needed only when somebody takes a table home

    thumbnails: dict[tuple[int, int], NDArray[np.uint8]] = {}
    for index, (picture, result) in enumerate(zip(pictures, results, strict=True)):
        for finding in result.findings:
            if len(thumbnails) < _MOST_THUMBNAILS:
                thumbnails[index, finding.number] = crop(thermogram_of(picture).picture, finding, longest=160)
    info, engine = page.detector.info, page.detector.engine.description
    rows = settings_rows(page.settings, info, engine, page.measuring.assessing)
    return to_excel(results, rows, thumbnails, page.unit)


def _annotated(picture: Picture, result: Result) -> NDArray[np.uint8]:
    return annotate(thermogram_of(picture).picture, result.findings, hot_spots=result.hot_spots)


def _zip(page: Page, pictures: Sequence[Picture], results: Sequence[Result]) -> bytes:
    draw = [
        None if result.error else partial(_annotated, picture, result)
        for picture, result in zip(pictures, results, strict=True)
    ]
    return to_zip(results, _excel(page, pictures, results), draw)
