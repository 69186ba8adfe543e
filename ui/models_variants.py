"""How the trained variants compare: a chart of accuracy against time or size, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from inspection.classes import display_name
from inspection.texts import text
from ui.address import bound_choice
from ui.language import t, t_n, tr

SCORES = {
    "hot": text("Hot equipment, AP50"),
    "ap50": text("Mean of all classes, AP50"),
    "ap": text("Mean of all classes, AP50-95"),
}
AGAINST = {
    "milliseconds": text("Time per picture (ms)"),
    "parameters": text("Parameters (million)"),
    "gflops": text("Work per picture (GFLOPs)"),
}
_SHIPPED, _OTHER = "#E8590C", "#868E96"


def show_variants(record: Mapping[str, Any]) -> None:
    """Chart and tables of the recorded comparison; a sentence where there is none."""
    comparison = record.get("comparison") or {}
    networks = comparison.get("networks") or []
    if not networks:
        st.info(t("No comparison has been recorded for these weights."), icon=":material/bar_chart:")
        return
    st.caption(
        t_n(
            "{n} network, trained by one recipe and scored on {pictures} real pictures at {imgsz} px.",
            "{n} networks, trained by one recipe and scored on {pictures} real pictures at {imgsz} px.",
            len(networks), pictures=comparison["pictures"], imgsz=comparison["imgsz"],
        )
    )  # fmt: skip
    left, right = st.columns(2)
    score = bound_choice(
        left, t("Accuracy"), list(SCORES), "hot", "score", lambda key: tr(SCORES[key]),
        help=t("AP: 1 is perfect. AP50 counts a box that covers at least half; AP50-95 wants it tighter."),
    )  # fmt: skip
    against = bound_choice(
        right, t("Against"), list(AGAINST), "milliseconds", "against", lambda key: tr(AGAINST[key])
    )
    frame = variants_frame(record)
    st.altair_chart(
        _chart(frame, score, against),
        width="stretch",
        alt=t("Chart of the accuracy of the trained networks, the shipped one in orange"),
    )
    st.dataframe(
        _shown(frame), hide_index=True, placeholder="–", alt=t("Table of the trained networks"),
        column_config=_formats(),
    )  # fmt: skip
    st.caption(
        t(
            "± is the standard deviation over seeds; with one seed there is none. ★ is the network that "
            "is shipped."
        )
    )
    with st.expander(t("Class by class"), icon=":material/category:"):
        st.dataframe(
            classes_frame(record), hide_index=True, placeholder="–",
            alt=t("Table of AP50 of every network by class"),
        )  # fmt: skip
        st.caption(t("AP50 / AP50-95. A class with few boxes can move by 0.1 and more by chance."))


def variants_frame(record: Mapping[str, Any]) -> pd.DataFrame:
    """One row a network, best hot-equipment score first."""
    rows = []
    for entry in record["comparison"]["networks"]:
        row: dict[str, Any] = {
            "name": entry["name"],
            "shipped": entry["name"] == record.get("architecture"),
            "seeds": len(entry["seeds"]),
            "parameters": entry["parameters"] / 1e6,
            "gflops": entry["gflops"],
            "milliseconds": entry["milliseconds"],
        }
        scores = {"hot": entry["hot"]["ap50"], "ap50": entry["mean"]["ap50"], "ap": entry["mean"]["ap"]}
        for key, values in scores.items():
            row[key], row[f"{key}_spread"] = values[0], values[1] if len(values) > 1 else None
        rows.append(row)
    return pd.DataFrame(rows).sort_values("hot", ascending=False, ignore_index=True)


def classes_frame(record: Mapping[str, Any]) -> pd.DataFrame:
    """One row a class, one column a network: "AP50 / AP50-95"."""
    comparison = record["comparison"]
    boxes = comparison["boxes"]
    table = {t("Class"): [tr(display_name(name)) for name in boxes], t("Boxes"): list(boxes.values())}
    for entry in comparison["networks"]:
        cells = [entry["classes"].get(name) for name in boxes]
        table[entry["name"]] = [
            f"{c['ap50'][0]:.2f} / {c['ap'][0]:.2f}" if c and c["ap50"][0] is not None else "–" for c in cells
        ]
    return pd.DataFrame(table)


def _chart(frame: pd.DataFrame, score: str, against: str) -> alt.LayerChart:
    spread = frame[f"{score}_spread"].astype(float).fillna(0.0)
    short = frame["name"].str.replace(r"^yolo11n[-+]", "", regex=True)  # room is scarce on a phone
    data = frame.assign(low=frame[score] - spread, high=frame[score] + spread, short=short)
    x = alt.X(f"{against}:Q", title=tr(AGAINST[against]), scale=alt.Scale(zero=False, padding=30))
    colour = alt.condition("datum.shipped", alt.value(_SHIPPED), alt.value(_OTHER))
    tips = [
        alt.Tooltip("name:N", title=t("Network")),
        alt.Tooltip(f"{score}:Q", title=tr(SCORES[score]), format=".3f"),
        alt.Tooltip("milliseconds:Q", title=tr(AGAINST["milliseconds"]), format=".0f"),
        alt.Tooltip("parameters:Q", title=tr(AGAINST["parameters"]), format=".2f"),
        alt.Tooltip("gflops:Q", title=tr(AGAINST["gflops"]), format=".1f"),
    ]
    scale = alt.Scale(zero=False, padding=20)
    base = alt.Chart(data).encode(x=x, color=colour)
    bars = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        y=alt.Y("low:Q", title=tr(SCORES[score]), scale=scale), y2="high:Q"
    )
    points = base.mark_point(filled=True, opacity=1).encode(
        y=alt.Y(f"{score}:Q", title=tr(SCORES[score]), scale=scale),
        size=alt.Size("parameters:Q", legend=None, scale=alt.Scale(range=[80, 260], zero=False)),
        shape=alt.condition("datum.shipped", alt.value("diamond"), alt.value("circle")),
        tooltip=tips,
    )
    # Names of neighbours would lie on each other: they stand above and below in turn.
    order = data[against].rank(method="first") % 2
    names = [
        alt.Chart(data[order == side])
        .mark_text(align="left", dx=10, dy=dy, fontSize=12)
        .encode(x=x, color=colour, y=f"{score}:Q", text="short:N")
        for side, dy in ((0, -10), (1, 12))
    ]
    return (bars + points + names[0] + names[1]).properties(height=340)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as people read it."""
    table = {
        t("Network"): [f"★ {n}" if s else n for n, s in zip(frame["name"], frame["shipped"], strict=True)]
    }
    for key, words in SCORES.items():
        table[tr(words)] = [
            f"{value:.3f}" if pd.isna(spread) else f"{value:.3f} ± {spread:.3f}"
            for value, spread in zip(frame[key], frame[f"{key}_spread"], strict=True)
        ]
    table[t("Seeds")] = frame["seeds"].tolist()
    for key, words in AGAINST.items():
        table[tr(words)] = frame[key].tolist()
    return pd.DataFrame(table)


def _formats() -> dict[str, Any]:
    formats = {"milliseconds": "%.0f", "parameters": "%.2f", "gflops": "%.1f"}
    return {tr(AGAINST[k]): st.column_config.NumberColumn(format=f) for k, f in formats.items()}
