"""Take the results of a page home: tables, reports, pictures, all as ZIP."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspection.about import settings_rows
from inspection.annotate import annotate
from inspection.exports import encode_picture, to_csv, to_json
from inspection.finding import SCREENING_NOTE
from inspection.names import safe_stem
from inspection.opening import ThermalOptions
from inspection.results import Result
from inspection.units import Unit
from ui.analysis import Picture, thermogram_of
from ui.language import language, t, tr
from ui.page import Page
from ui.report_details import report_details
from ui.take_home import Files, Item, buttons, download


def take_it_home(
    page: Page, pictures: Sequence[Picture], results: Sequence[Result], key: str, opened: int = 0
) -> None:
    """The row of download buttons for one or many results; the picture offered is the opened one."""
    st.subheader(t("Take it home"))
    st.caption(tr(SCREENING_NOTE))
    row = st.container(horizontal=True)
    report_details()
    items = _items(page, pictures, results)
    stem = safe_stem(results[0].file) if len(results) == 1 else "overheat-inspector"

    def more() -> None:
        draw = items[opened].annotated
        if draw is not None:
            name = f"{safe_stem(results[opened].file)}-annotated.jpg"
            download(t("Picture"), lambda: encode_picture(draw()), name, "image/jpeg", f"{key}-jpg")
        download(t("CSV"), partial(to_csv, results), f"{stem}.csv", "text/csv", f"{key}-csv")
        download(t("JSON"), partial(to_json, results), f"{stem}.json", "application/json", f"{key}-json")

    with row:
        buttons(Files.of(page.unit, lambda: items), stem, key, more)


def _items(page: Page, pictures: Sequence[Picture], results: Sequence[Result]) -> list[Item]:
    """What was assumed of each picture goes along: a file is made outside the session, which holds it."""
    info, engine = page.detector.info, page.detector.engine.description
    rows = settings_rows(page.settings, info, engine, page.measuring.assessing)
    return [
        Item(
            result,
            rows,
            partial(thermogram_of, picture, picture.options),
            None
            if result.error
            else partial(_annotated, picture, result, picture.options, language(), page.unit),
        )
        for picture, result in zip(pictures, results, strict=True)
    ]


def _annotated(
    picture: Picture, result: Result, options: ThermalOptions, language: str, unit: Unit
) -> NDArray[np.uint8]:
    """The picture with its findings, uint8 (H, W, 3) BGR."""
    drawn = thermogram_of(picture, options).picture
    return annotate(drawn, result.findings, hot_spots=result.hot_spots, language=language, unit=unit)
