"""Two saved runs beside each other: pictures, figures, settings that differ, findings that came or went."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from inspection.finding import Finding
from inspection.names import short_name
from inspection.store.compare import Pair, differing, pairs
from inspection.units import Unit, rise, rise_name, temperature
from ui.clock import moment_words
from ui.compare_view import compare_two
from ui.finding_view import jpeg, severity_words
from ui.history_open import OpenRun, Shelf, show
from ui.language import language, shown, t, tr
from ui.page import Page, plain
from ui.result_view import alt_text, metrics


def show_comparison(page: Page, shelf: Shelf, first_id: str, second_id: str) -> None:
    """The older run left, the newer right."""
    st.button(t("All results"), icon=":material/arrow_back:", on_click=show)
    both = sorted(shelf.open_all((first_id, second_id)), key=lambda opened: opened.run.date)
    if len(both) < 2:
        st.info(t("One of these results is not there any more."), icon=":material/history:")
        return
    for column, opened in zip(st.columns(2), both, strict=True):
        with column:
            _side(page, opened)
    _settings(*both)
    _findings(both[0], both[1], page.unit)
    pictures = [opened.picture for opened in both if opened.picture is not None]
    if len(pictures) == 2 and pictures[0].sha256 != pictures[1].sha256:
        compare_two(pictures, [opened.result for opened in both], page.unit)


def _side(page: Page, opened: OpenRun) -> None:
    run = opened.run
    st.markdown(f"**{plain(short_name(run.name))}**")
    st.caption(plain(" · ".join(w for w in (moment_words(run.date), run.weights, run.equipment) if w)))
    st.image(jpeg(opened.annotated(language(), page.unit)), alt=alt_text(opened.result), width="stretch")
    metrics(opened.result, page.unit)
    st.button(t("Open"), key=f"side-{run.id}", on_click=show, args=(run.id,))


def _settings(first: OpenRun, second: OpenRun) -> None:
    other = differing(first.words, second.words)
    if not other:
        st.caption(t("Both were made with the same settings."))
        return
    st.subheader(t("Settings that differ"))
    rows = [(tr(label), _word(a), _word(b)) for label, (a, b) in other.items()]
    st.dataframe(
        pd.DataFrame(rows, columns=[t("Setting"), t("Left"), t("Right")]), hide_index=True,
        alt=t("Table of the settings that differ"),
    )  # fmt: skip


def _word(value: Any) -> str:
    return "–" if value is None else str(shown(value))


def _findings(first: OpenRun, second: OpenRun, unit: Unit) -> None:
    """What was found in both; places can be compared only where the pictures have one size."""
    a, b = first.result, second.result
    st.subheader(t("Findings"))
    if (a.width, a.height) != (b.width, b.height) or "video" in (first.run.kind, second.run.kind):
        st.caption(t("The pictures are not alike in size, so their findings are not compared one by one."))
        return
    found = pairs(a, b)
    if not found:
        st.caption(t("Nothing was found in either."))
        return
    st.dataframe(
        pd.DataFrame([_row(pair, unit) for pair in found]), hide_index=True, placeholder="–",
        alt=t("Table of {n} findings in the left or the right picture", n=len(found)),
    )  # fmt: skip
    st.caption(t("Findings of one class whose boxes overlap by half or more count as the same."))


def _row(pair: Pair, unit: Unit) -> dict[str, Any]:
    a, b = pair
    either = a or b
    assert either is not None
    change = t("in both") if a and b else t("only left") if a else t("only right")
    hot = (_celsius(a, unit), _celsius(b, unit))
    hotter = None
    if a and b and a.max_celsius is not None and b.max_celsius is not None:
        hotter = round(rise(b.max_celsius - a.max_celsius, unit), 1)
    return {
        t("Class"): tr(either.display_name),
        t("Found"): change,
        t("Confidence left"): None if a is None else round(a.confidence, 2),
        t("Confidence right"): None if b is None else round(b.confidence, 2),
        t("Hottest left ({unit})", unit=unit): hot[0],
        t("Hottest right ({unit})", unit=unit): hot[1],
        t("Change ({unit})", unit=rise_name(unit)): hotter,
        t("Severity left"): _severity(a),
        t("Severity right"): _severity(b),
    }


def _celsius(finding: Finding | None, unit: Unit) -> float | None:
    if finding is None or finding.max_celsius is None:
        return None
    return round(temperature(finding.max_celsius, unit), 1)


def _severity(finding: Finding | None) -> str:
    return "" if finding is None else severity_words(finding.severity)
