"""Two pictures of the same equipment, two phases or before and after: where and by how much they differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from inspection.errors import InspectionError
from inspection.measure import difference
from inspection.names import short_name
from inspection.palettes import colourise
from inspection.results import Result
from inspection.texts import sentences, text
from inspection.units import Kelvin, Unit, rise, rise_name
from ui.analysis import Picture, thermogram_of
from ui.finding_view import jpeg
from ui.fold import fold
from ui.language import t, tr
from ui.page import plain


def compare_two(pictures: Sequence[Picture], results: Sequence[Result], unit: Unit) -> None:
    """Pick two pictures with temperatures and see the second minus the first."""
    warm = [i for i, result in enumerate(results) if result.temperature_source != "none"]
    if len(warm) < 2:
        return
    part, wanted = fold(t("Compare two pictures of the same equipment"), "compare", ":material/compare:")
    if not wanted:
        return
    with part:
        names = {i: f"{i + 1} · {short_name(results[i].file)}" for i in warm}
        left, right = st.columns(2)
        first = left.selectbox(t("First"), warm, format_func=names.__getitem__, key="compare_first")
        second = right.selectbox(t("Second"), warm, 1, format_func=names.__getitem__, key="compare_second")
        align = st.checkbox(t("Move the second onto the first"), True, key="compare_align")
        if first == second:
            st.info(t("Choose two different pictures."))
            return
        try:
            one, two = thermogram_of(pictures[first]), thermogram_of(pictures[second])
            assert one.celsius is not None and two.celsius is not None
            found = difference(one.celsius, two.celsius, align)
        except InspectionError as error:
            st.error(plain(tr(error)), icon=":material/error:")
            return
        finite = found.kelvin[np.isfinite(found.kelvin)]
        if not finite.size:
            st.info(t("The two pictures share no place with temperatures."))
            return
        reach = max(float(np.percentile(np.abs(finite), 99.5)), 1.0)
        _figures(finite, unit)
        picture = colourise(0.5 + found.kelvin / (2 * reach), "cividis")
        words: str = text(
            "Second minus first: blue cooler, yellow hotter, ends at ±{reach:.1f}.", reach=Kelvin(reach)
        )
        if found.aligned:
            moved = text(
                "The second was moved by {x:.0f}, {y:.0f} px.", x=found.shift_xy[0], y=found.shift_xy[1]
            )
            words = sentences(words, moved)
        elif align:
            words = sentences(words, text("No common structure was found, so nothing was moved."))
        st.image(
            jpeg(picture),
            caption=tr(words),
            alt=t("Map of the temperature difference of the two pictures"),
            width="stretch",
        )


def _figures(kelvin: np.ndarray, unit: Unit) -> None:
    for column, (label, value) in zip(
        st.columns(3),
        (
            (t("Hotter by at most"), kelvin.max()),
            (t("On average"), kelvin.mean()),
            (t("Cooler by at most"), kelvin.min()),
        ),
        strict=True,
    ):
        column.metric(label, t("{value:+.1f} {unit}", value=rise(float(value), unit), unit=rise_name(unit)))
