"""Labels to train on: of the corrected pictures, or of all of them, as YOLO or COCO with the pictures."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from inspection.errors import InspectionError
from inspection.labels import LabelBox, LabelFormat, Labelled, LabelWriter, ZipSink, label_boxes
from inspection.opening import ThermalOptions
from inspection.results import Result
from inspection.texts import text
from ui.analysis import Picture, opened_file
from ui.corrections import saved_labels
from ui.fold import fold
from ui.language import t, t_n, tr
from ui.page import Page

_CORRECTED, _ALL = text("Corrected pictures"), text("All pictures")


@dataclass(frozen=True)
class _Item:
    """A picture with its labels, and what is needed to draw it outside the visitor's session."""

    picture: Picture
    options: ThermalOptions
    boxes: tuple[LabelBox, ...]


def labels_home(page: Page, pictures: Sequence[Picture], results: Sequence[Result]) -> None:
    """Two downloads of labelled pictures."""
    part, wanted = fold(t("Labels to train on"), "labels", ":material/label:")
    if not wanted:
        return
    usable = [(p, r) for p, r in zip(pictures, results, strict=True) if not r.error]
    saved = {i: boxes for i, (p, _) in enumerate(usable) if (boxes := saved_labels(p)) is not None}
    with part:
        words = t_n("{n} picture has saved labels.", "{n} pictures have saved labels.", len(saved))
        more = t("Correct a picture to save its own; the others have the findings as labels.")
        st.caption(t("{first} {second}", first=words, second=more))
        which = _ALL
        if saved:
            which = st.segmented_control(
                t("Pictures"), [_CORRECTED, _ALL], default=_CORRECTED, required=True, format_func=tr,
                key="labelled_pictures", label_visibility="collapsed",
            )  # fmt: skip
        items = [
            _Item(p, p.options, saved[i] if i in saved else label_boxes(r.findings))
            for i, (p, r) in enumerate(usable)
            if i in saved or which == _ALL
        ]
        row = st.container(horizontal=True)
        names = page.detector.info.class_names
        labels: dict[LabelFormat, str] = {"yolo": t("YOLO (ZIP)"), "coco": t("COCO (ZIP)")}
        for format_, label in labels.items():
            row.download_button(
                label, partial(_zip, items, format_, names), f"labels-{format_}.zip", "application/zip",
                key=f"labels-{format_}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip


def _zip(items: Sequence[_Item], format_: LabelFormat, class_names: tuple[str, ...]) -> bytes:
    """The archive, written to the disk picture by picture."""
    with tempfile.TemporaryFile(prefix="overheat-labels-") as file:
        with zipfile.ZipFile(file, "w") as archive:
            writer = LabelWriter(ZipSink(archive), format_, class_names)
            for item in items:
                try:
                    seen = opened_file(item.picture, item.options).own.picture
                except InspectionError:
                    continue  # it could be read a moment ago; the others are still worth having
                writer.add(Labelled(item.picture.name, seen, item.picture.data, item.boxes))
            writer.finish()
        file.seek(0)
        return file.read()
