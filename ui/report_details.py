"""Who, where and what: typed once for all reports, and remembered in the visitor's own browser only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from inspection.report import PAPERS, Paper, ReportDetails
from inspection.report.content import LONGEST_DETAIL, clipped
from inspection.units import Unit
from ui.fold import fold
from ui.language import t

_FIELDS = ("title", "inspector", "site", "equipment")
_LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "CL", "CO", "PH"})

# What is typed goes to the browser's local storage and comes back at the next visit; the server keeps none.
_MEMORY_JS = """
export default function({ data, setStateValue }) {
  const place = "overheat-inspector-report";
  try {
    if (data.typed) { localStorage.setItem(place, JSON.stringify(data.typed)); return; }
    if (data.asked) return;
    const saved = JSON.parse(localStorage.getItem(place));
    if (saved) setStateValue("saved", saved);
  } catch (error) { /* storage is switched off, or holds something else */ }
}
"""


def report_details() -> None:
    """The fields, folded away, for the reports of this visitor."""
    state = st.session_state
    state.setdefault("report_paper", _usual_paper())
    part, wanted = fold(t("Report details: title, inspector, site"), "report", ":material/edit_document:")
    if wanted:
        with part:
            _fields()
    _memory()


def _fields() -> None:
    st.caption(t("Kept in this browser for next time; nowhere else."))
    labels = (t("Title"), t("Inspector"), t("Site"), t("Equipment"))
    cells = [*st.columns(2), *st.columns(2)]
    for cell, field, label in zip(cells, _FIELDS, labels, strict=True):
        cell.text_input(
            label, key=f"report_{field}", max_chars=LONGEST_DETAIL, persist_state="session",
            on_change=_touched, placeholder=t("Thermal inspection report") if field == "title" else None,
        )  # fmt: skip
    st.segmented_control(
        t("Paper"), PAPERS, key="report_paper", required=True, persist_state="session", on_change=_touched
    )


def typed_details(unit: Unit) -> Callable[[], ReportDetails]:
    """The details and the date as they are when a report asks for them, outside the visitor's session."""
    typed, zone = _newest(), _zone()

    def details() -> ReportDetails:
        paper: Paper = "Letter" if typed["paper"] == "Letter" else "A4"
        words = {field: typed[field] for field in _FIELDS}
        return ReportDetails(**words, paper=paper, unit=unit, date=datetime.now(zone).astimezone(zone))

    return details


def _typed() -> dict[str, str]:
    state = st.session_state
    return {field: str(state.get(f"report_{field}") or "") for field in (*_FIELDS, "paper")}


def _newest() -> dict[str, str]:
    """What is typed, in one dict that all reports of this visitor share.

    Who types a name and presses a button at once has the report of the run before made, with the new name.
    """
    newest: dict[str, str] = st.session_state.setdefault("_report_newest", {})
    newest.update(_typed())
    return newest


def _zone() -> ZoneInfo | None:
    """The visitor's time zone, or None for the server's."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _usual_paper() -> str:
    """Letter where the browser's country uses it."""
    return "Letter" if (st.context.locale or "").upper()[-2:] in _LETTER_COUNTRIES else "A4"


def _touched() -> None:
    st.session_state["_report_typed"] = True
    _newest()  # at the very beginning of a run


def _memory() -> None:
    """Keep what was typed, and fetch what an earlier visit typed, once."""
    state = st.session_state
    remember = st.components.v2.component("overheat_report_memory", js=_MEMORY_JS)
    typed = _typed() if state.get("_report_typed") else None
    asked = state.get("_report_asked", False)
    remember(
        key="report_memory", data={"typed": typed, "asked": asked}, default={"saved": None},
        height=1, on_saved_change=_fill_in,
    )  # fmt: skip


def _fill_in() -> None:
    """Put what the browser remembered into the fields that are still empty; trusted no more than typing."""
    state = st.session_state
    state["_report_asked"] = True
    saved: Any = (state.get("report_memory") or {}).get("saved")
    if not isinstance(saved, dict):
        return
    for field in _FIELDS:
        value = saved.get(field)
        if isinstance(value, str) and not state.get(f"report_{field}"):
            state[f"report_{field}"] = clipped(value)
    if saved.get("paper") in PAPERS:
        state["report_paper"] = saved["paper"]
