"""Correcting a picture's boxes: tick, re-class, move and draw, then save them as labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit_image_coordinates import streamlit_image_coordinates

from inspection.annotate import annotate, enlargement
from inspection.classes import canonical_name, display_name
from inspection.correction import Correction, EditBox
from inspection.errors import SettingsError
from inspection.finding import Finding
from inspection.results import Result
from inspection.thermogram import Thermogram
from ui.analysis import Picture
from ui.corrections import Desk, desk_of
from ui.language import t, t_n, tr
from ui.page import Page, plain

_WIDEST_PX = 900
_REMOVED = (150, 150, 150)
_SIDES = ("left", "top", "right", "bottom")


def correct(page: Page, picture: Picture, thermogram: Thermogram, result: Result) -> None:
    """The boxes in the picture and as a table, to change and to save."""
    desk = desk_of(picture, result)
    own = (box.class_name for box in desk.now.boxes)
    classes = class_choices((*page.detector.info.class_names, *own))
    key = f"{picture.sha256[:12]}-{desk.turn}"
    st.caption(
        t(
            "Drag on the picture to add a box. Ticked boxes become labels; "
            "the findings stay as the model made them."
        )
    )
    left, right = st.columns([3, 2])
    with right:
        name = _class_of_new(classes, picture)
    with left:
        _canvas(desk, thermogram, name, f"correct-{key}")
    with right:
        _table(desk, classes, f"boxes-{key}")
        _by_numbers(desk, name, picture)
        if desk.problem:
            st.warning(plain(tr(desk.problem)), icon=":material/warning:")
            desk.problem = ""
        _buttons(desk, picture, result)


def class_choices(raw_names: Iterable[str]) -> dict[str, str]:
    """Class names as shown in the visitor's language -> raw names; two spellings are one choice."""
    names = tuple(raw_names)
    choices: dict[str, str] = {}
    for raw in names:
        right = canonical_name(raw)
        choices.setdefault(tr(display_name(raw)), right if right in names else raw)
    return choices


def _class_of_new(classes: dict[str, str], picture: Picture) -> str:
    """The raw class name that drawn boxes get; a new one may be typed."""
    shown = st.selectbox(
        t("Class of new boxes"), list(classes), accept_new_options=True, key="class_of_new",
        help=t("Choose one, or type the name of a class of your own."),
    )  # fmt: skip
    return classes.get(shown or "", shown or "")


def _canvas(desk: Desk, thermogram: Thermogram, name: str, key: str) -> None:
    canvas = _drawn(desk.now, thermogram.picture)
    shrink = min(1.0, _WIDEST_PX / canvas.shape[1])
    if shrink < 1:
        size = (round(canvas.shape[1] * shrink), round(canvas.shape[0] * shrink))
        canvas = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)
    point = streamlit_image_coordinates(
        canvas[..., ::-1], key=key, click_and_drag=True, cursor="crosshair", width="stretch",
        image_format="JPEG", jpeg_quality=88,
    )  # fmt: skip
    if point is None or not point.get("width"):
        return
    factor = thermogram.width / float(point["width"])
    x1, y1, x2, y2 = (float(point[corner]) * factor for corner in ("x1", "y1", "x2", "y2"))
    if max(abs(x1 - x2), abs(y1 - y2)) < 2:
        return  # a click, not a drag
    _draw(desk, (x1, y1, x2, y2), name)
    st.rerun()


def _draw(desk: Desk, xyxy: tuple[float, float, float, float], name: str) -> None:
    desk.turn += 1
    try:
        desk.now = desk.now.draw(xyxy, name)
    except SettingsError as error:
        desk.problem = error.sentence


def _drawn(now: Correction, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The kept boxes with their numbers and classes; the others thin and grey."""
    shown = [_as_finding(i, box, now) for i, box in enumerate(now.boxes, start=1)]
    kept = [finding for finding, box in zip(shown, now.boxes, strict=True) if box.kept]
    canvas = annotate(picture, kept, label=lambda f: f"{f.number}  {tr(display_name(f.class_name))}")
    factor = enlargement(now.width, now.height)
    for box in now.boxes:
        if not box.kept:
            left, top, right, bottom = (round(v * factor) for v in box.xyxy)
            cv2.rectangle(canvas, (left, top), (right, bottom), _REMOVED, 1)
    return canvas


def _as_finding(number: int, box: EditBox, now: Correction) -> Finding:
    confidence = 1.0 if box.confidence is None else box.confidence
    return Finding(number, 0, box.class_name, confidence, box.xyxy, now.width, now.height)


def _table(desk: Desk, classes: dict[str, str], key: str) -> None:
    """One row a box, edited in place."""
    if key not in st.session_state:
        desk.base = desk.now.boxes  # a new table starts from what there is
    if not desk.base:
        st.caption(t("No box yet."))
        return
    rows = [
        {
            "kept": box.kept,
            "class_name": tr(display_name(box.class_name)),
            **{side: round(value, 1) for side, value in zip(_SIDES, box.xyxy, strict=True)},
            "confidence": box.confidence,
        }
        for box in desk.base
    ]
    number = st.column_config.NumberColumn
    titles = (t("Left (px)"), t("Top (px)"), t("Right (px)"), t("Bottom (px)"))
    st.data_editor(
        pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1)),
        key=key,
        num_rows="fixed",
        disabled=["confidence"],
        on_change=_edited,
        args=(desk, classes, key),
        column_config={
            "kept": st.column_config.CheckboxColumn(t("Keep"), width=75),
            "class_name": st.column_config.SelectboxColumn(t("Class"), options=list(classes), required=True),
            **{side: number(title, format="%.1f") for side, title in zip(_SIDES, titles, strict=True)},
            "confidence": number(t("Confidence"), format="%.2f"),
        },
        alt=t_n("Table of {n} box to correct", "Table of {n} boxes to correct", len(rows)),
    )


def _edited(desk: Desk, classes: dict[str, str], key: str) -> None:
    """Take over what was changed in the table."""
    rows: dict[int, dict[str, Any]] = {}
    for index, fields in st.session_state[key]["edited_rows"].items():
        rows[index] = dict(fields)
        shown = fields.get("class_name")
        if shown is not None:
            before = desk.base[index].class_name  # the shown name may stand for two spellings
            same = shown == tr(display_name(before))
            rows[index]["class_name"] = before if same else classes.get(shown, shown)
    try:
        desk.now = desk.now.edit(rows, desk.base)
    except SettingsError as error:
        desk.problem = error.sentence
        desk.turn += 1


def _by_numbers(desk: Desk, name: str, picture: Picture) -> None:
    """A box without a mouse."""
    with st.expander(t("Add a box by numbers"), icon=":material/keyboard:"):
        most = (desk.now.width, desk.now.height) * 2
        start = (0, 0, desk.now.width // 4, desk.now.height // 4)
        titles = (t("Left (px)"), t("Top (px)"), t("Right (px)"), t("Bottom (px)"))
        columns = st.columns(2)
        values = [
            columns[i % 2].number_input(
                titles[i], 0, most[i], start[i], key=f"{_SIDES[i]}-{picture.sha256[:12]}"
            )
            for i in range(4)
        ]
        left, top, right, bottom = (float(value) for value in values)
        st.button(
            t("Add the box"),
            icon=":material/add:",
            on_click=_draw,
            args=(desk, (left, top, right, bottom), name),
        )


def _buttons(desk: Desk, picture: Picture, result: Result) -> None:
    row = st.container(horizontal=True)
    row.button(
        t("Save as labels"), icon=":material/save:", type="primary", on_click=_save, args=(desk,),
    )  # fmt: skip
    row.button(t("Undo"), icon=":material/undo:", on_click=_undo, args=(desk,), disabled=not desk.now.touched)
    keep = not any(box.kept for box in desk.now.boxes)
    row.button(
        t("Keep all") if keep else t("Remove all boxes"), icon=":material/done_all:",
        on_click=_keep_all, args=(desk, keep), disabled=not desk.now.boxes,
    )  # fmt: skip
    st.checkbox(
        t("Use these boxes for the findings too"), desk.used,
        help=t("Tables, temperatures and files then follow the corrected boxes instead of the model's."),
        key=f"use-{picture.sha256[:12]}", on_change=_use, args=(desk,),
    )  # fmt: skip
    if desk.saved is None:
        return
    if desk.saved == desk.now.labels:
        words = t_n("Saved: {n} box.", "Saved: {n} boxes.", len(desk.saved))
        st.caption(f":material/check: {words}")
    else:
        st.caption(t("Changed since it was saved."))


def _save(desk: Desk) -> None:
    desk.saved = desk.now.labels


def _undo(desk: Desk) -> None:
    desk.now = desk.now.undo()
    desk.turn += 1


def _keep_all(desk: Desk, kept: bool) -> None:
    desk.now = desk.now.keep_all(kept)
    desk.turn += 1


def _use(desk: Desk) -> None:
    desk.used = not desk.used
