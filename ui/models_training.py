"""The training curves of the loaded model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from inspection.engine import ModelInfo
from inspection.texts import text
from ui.language import t, tr

_PARTS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        text("Accuracy on the validation pictures"),
        {"metrics/mAP50(B)": "mAP50", "metrics/mAP50-95(B)": "mAP50-95"},
    ),
    (
        text("Loss (lower is better)"),
        {
            "train/box_loss": text("box, training"), "val/box_loss": text("box, validation"),
            "train/cls_loss": text("class, training"), "val/cls_loss": text("class, validation"),
        },
    ),
)  # fmt: skip


def curves_of(info: ModelInfo, record: Mapping[str, Any]) -> pd.DataFrame:
    """Columns of Ultralytics' results by epoch: from the record beside these weights, else from the file.

    Epochs of trainings that followed each other are counted through. Empty where nothing is known.
    """
    if record.get("sha256") == info.sha256:
        rows = [row for stage in record.get("stages", ()) for row in stage.get("epochs", ())]
        frame = pd.DataFrame(rows)
    else:
        frame = pd.DataFrame({name: pd.Series(values) for name, values in info.curves})
    if frame.empty:
        return frame
    return frame.assign(epoch=range(1, len(frame) + 1))


def show_curves(info: ModelInfo, record: Mapping[str, Any]) -> None:
    """Two charts side by side, or a sentence."""
    frame = curves_of(info, record)
    if frame.empty:
        st.caption(t("The file keeps no training curves."))
        return
    for column, (title, names) in zip(st.columns(2), _PARTS, strict=True):
        shown = [name for name in names if name in frame.columns]
        if not shown:
            continue
        long = frame.melt("epoch", shown, "curve", "value").dropna()
        long["curve"] = long["curve"].map({name: tr(names[name]) for name in shown})
        chart = (
            alt.Chart(long)
            .mark_line(point=True)
            .encode(
                x=alt.X("epoch:Q", title=t("Epoch"), axis=alt.Axis(tickMinStep=1, format="d")),
                y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
                color=alt.Color("curve:N", title=None, legend=alt.Legend(orient="bottom", columns=2)),
            )
            .properties(height=260)
        )
        column.markdown(f"**{tr(title)}**")
        column.altair_chart(chart, width="stretch", alt=t("Line chart by epoch: {title}", title=title))
