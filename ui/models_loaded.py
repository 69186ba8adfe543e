"""What is known of the model in use."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from inspection.classes import display_name
from inspection.recommended import read_record, recommended
from ui.language import t, tr
from ui.models_training import show_curves
from ui.page import Page


def show_loaded(page: Page) -> None:
    """Figures, a table, classes and training curves."""
    info = page.detector.info
    figures: tuple[tuple[str, str], ...] = (
        (t("Weights"), page.weights.label),
        (t("Classes"), str(len(info.class_names))),
        (t("Parameters"), t("{n:.2f} million", n=info.parameters / 1e6)),
        (t("Size"), t("{n:.1f} MB", n=info.size_bytes / 2**20)),
    )
    for column, (label, value) in zip(st.columns(4), figures, strict=True):
        column.metric(label, value)
    start = recommended(page.weights.path, info)
    choice = t("confidence {conf:.2f}, {imgsz} px", conf=start.conf, imgsz=start.imgsz)
    if start.measured:
        choice = t("confidence {conf:.2f}, {imgsz} px, as measured", conf=start.conf, imgsz=start.imgsz)
    rows = {
        t("Comes from"): t("your upload, seen by you only")
        if page.weights.own
        else t("shipped with the app"),
        t("Architecture"): info.architecture or t("not said in the file"),
        t("Layers"): f"{info.layers}",
        t("Work per picture"): t("{n:.1f} GFLOPs at 640 px", n=info.gflops)
        if info.gflops
        else t("not known"),
        t("Trained at"): f"{info.imgsz} px",
        t("Starts with"): choice,
        t("Runs on"): tr(page.detector.engine.description),
    }
    st.table(pd.DataFrame(rows.items(), columns=[t("Property"), t("Value")]).set_index(t("Property")))
    st.caption(t("sha256 of the file"))
    st.code(info.sha256, language=None, wrap_lines=True)
    with st.expander(t("The {n} classes", n=len(info.class_names)), icon=":material/category:"):
        names = [(i, raw, tr(display_name(raw))) for i, raw in enumerate(info.class_names)]
        st.dataframe(
            pd.DataFrame(names, columns=[t("Id"), t("Name in the model"), t("Shown as")]),
            hide_index=True,
            alt=t("Table of the model's classes"),
        )
    with st.expander(t("Training curves"), icon=":material/show_chart:"):
        show_curves(info, read_record(page.weights.path))
