"""A piece of equipment over time: its hottest temperature and worst severity by date."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from inspection.finding import SEVERITIES
from inspection.names import short_name
from inspection.store.run import Query, Run
from inspection.units import Unit, temperature
from ui.clock import moment_words, visitors_zone
from ui.finding_view import severity_words
from ui.history_open import Shelf, show
from ui.language import t

_MARKS = {
    "none": ("circle", "#8a8a8a"),
    "watch": ("triangle-up", "#e0b400"),
    "plan repair": ("diamond", "#e07b00"),
    "repair now": ("octagon", "#a11212"),
    "": ("circle-open", "#8a8a8a"),
}
"""Shape and colour of each severity, as everywhere in the app."""


def trends(shelf: Shelf, unit: Unit) -> None:
    """Choose a piece of equipment and see how it went."""
    names = shelf.store.used(shelf.owner, "equipment")
    if not names:
        st.info(
            t(
                "No equipment has a name yet. Tick results in the list and press Equipment to name what "
                "they show."
            ),
            icon=":material/sell:",
        )
        return
    name = st.selectbox(t("Equipment"), names, key="history_trend")
    runs = sorted(shelf.store.runs(shelf.owner, Query(equipment=name)), key=lambda run: run.date)
    if len(runs) < 2:
        st.caption(t("One result so far; a trend needs two."))
    if any(run.hottest_celsius is not None for run in runs):
        _chart(runs, name, unit)
    else:
        st.caption(t("These results have no temperatures, so there is only the table."))
    _table(shelf, runs, unit)


def _chart(runs: Sequence[Run], name: str, unit: Unit) -> None:
    import plotly.graph_objects as go  # large; needed only when somebody looks

    zone = visitors_zone()
    known = [(run, run.hottest_celsius) for run in runs if run.hottest_celsius is not None]
    moments = [run.date.astimezone(zone) for run, _ in known]
    heat = [round(temperature(celsius, unit), 1) for _, celsius in known]
    figure = go.Figure()
    figure.add_scatter(
        x=moments,
        y=heat,
        mode="lines",
        line={"color": "#888888", "width": 1},
        showlegend=False,
        hoverinfo="skip",
    )
    for severity in (*SEVERITIES, ""):
        points = [i for i, (run, _) in enumerate(known) if (run.worst or "") == severity]
        if points:
            symbol, colour = _MARKS[severity]
            figure.add_scatter(
                x=[moments[i] for i in points], y=[heat[i] for i in points], mode="markers",
                name=severity_words(severity or None).lstrip("●▲◆■ "),
                marker={"symbol": symbol, "color": colour, "size": 12},
                text=[short_name(known[i][0].name) for i in points],
                hovertemplate="%{text}<br>%{x}<br><b>%{y} " + unit + "</b>",
            )  # fmt: skip
    figure.update_yaxes(title_text=t("Hottest ({unit})", unit=unit))
    figure.update_layout(
        height=340, margin={"l": 0, "r": 0, "t": 10, "b": 0}, legend={"orientation": "h", "y": 1.12},
        dragmode=False,
    )  # fmt: skip
    st.plotly_chart(
        figure, config={"displayModeBar": False},
        alt=t("Chart of the hottest temperature of {name} over time, marked by severity", name=name),
    )  # fmt: skip


def _table(shelf: Shelf, runs: Sequence[Run], unit: Unit) -> None:
    heat = t("Hottest ({unit})", unit=unit)
    newest_first = list(reversed(runs))
    frame = pd.DataFrame(
        {
            t("Date"): [moment_words(run.date) for run in newest_first],
            t("Severity"): [severity_words(run.worst) for run in newest_first],
            heat: [
                None if run.hottest_celsius is None else round(temperature(run.hottest_celsius, unit), 1)
                for run in newest_first
            ],
            t("Findings"): [run.findings for run in newest_first],
            t("File"): [short_name(run.name) for run in newest_first],
        }
    )
    state = st.dataframe(
        frame, hide_index=True, on_select="rerun", selection_mode="single-row", placeholder="–",
        key=f"trend-table-{len(runs)}", column_config={heat: st.column_config.NumberColumn(format="%.1f")},
        alt=t("Table of {n} results of this equipment; tick one to open it", n=len(runs)),
    )  # fmt: skip
    rows = state["selection"]["rows"]
    if rows and rows[0] < len(newest_first):
        st.button(t("Open"), key="trend-open", on_click=show, args=(newest_first[rows[0]].id,))
    st.caption(t("By the date of the picture where the camera wrote one, else by the date of the analysis."))
