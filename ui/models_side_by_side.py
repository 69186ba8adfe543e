"""Two models, or one at two image sizes, on the same picture."""

from __future__ import annotations

import streamlit as st

from inspection.annotate import annotate
from inspection.errors import InspectionError
from inspection.names import short_name
from inspection.reading import EXTENSIONS
from inspection.recommended import recommended
from inspection.results import measure
from inspection.settings import IMAGE_SIZES
from ui.analysis import Picture, look, thermogram_of
from ui.finding_view import jpeg
from ui.language import language, t, t_n, tr
from ui.page import Page, plain
from ui.pictures import kept, samples
from ui.weights import Weights, available, load

_OTHER_SIZES = (640, 416)


def show_side_by_side(page: Page) -> None:
    """Choose a picture and two models; both results beside each other."""
    choices = available()
    labels = list(choices)
    picture = _chosen_picture()
    others = [label for label in labels if label != page.weights.label]
    if not others:
        st.caption(t("Only one model is here: compare it at two image sizes, or load another one above."))
    sides = (page.weights.label, others[0] if others else page.weights.label)
    for number, (column, label) in enumerate(zip(st.columns(2), sides, strict=True)):
        with column:
            chosen = st.selectbox(
                t("First model") if number == 0 else t("Second model"), labels, labels.index(label),
                key=f"side-{number}",
            )  # fmt: skip
            _side(page, choices[chosen], picture, number, same=not others and number == 1)


def _chosen_picture() -> Picture | None:
    """One of the visitor's own, or a sample; an upload here comes first."""
    left, right = st.columns([3, 2])
    file = right.file_uploader(t("Your picture"), type=list(EXTENSIONS), key="side-upload")
    own = list(kept())
    if file is not None:
        own.insert(0, Picture.of(file.name, file.getvalue()))
    shipped = samples()
    titles = [short_name(picture.name) for picture in own]
    titles += [t("Sample: {title}", title=sample.title) for sample in shipped]
    if not titles:
        st.info(t("There is no picture yet."), icon=":material/image:")
        return None
    numbers = {f"{i + 1} · {title}": i for i, title in enumerate(titles)}
    number = numbers[left.selectbox(t("Picture"), list(numbers), key=f"side-picture-{len(own)}")]
    return own[number] if number < len(own) else shipped[number - len(own)].picture()


def _side(page: Page, weights: Weights, picture: Picture | None, number: int, same: bool) -> None:
    try:
        detector = load(weights)
    except InspectionError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        return
    start = recommended(weights.path, detector.info)
    in_use = recommended(page.weights.path, page.detector.info)
    other = next(size for size in _OTHER_SIZES if size != start.imgsz)
    key = f"side-size-{number}-{weights.sha256[:8]}"
    imgsz = st.select_slider(
        t("Image size"), IMAGE_SIZES, other if same else start.imgsz, key=key,
        format_func=lambda size: f"{size} px",
    )  # fmt: skip
    if picture is None:
        return
    # A confidence that the visitor chose counts on both sides; else each model has its own.
    asked = None if page.settings.conf == in_use.conf else page.settings.conf
    settings = start.settings(asked, page.settings.iou, imgsz, page.settings.classes)
    seen = look(picture, detector, imgsz)
    try:
        if seen.candidates is None:
            raise InspectionError(seen.error or "")
        names = detector.info.class_names
        class_ids = settings.class_ids(names)
        detections = seen.candidates.select(settings.thresholds(names), settings.iou, class_ids)
        thermogram = thermogram_of(picture)
        findings, _ = measure(detections, thermogram, page.measuring)
    except InspectionError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        return
    st.image(
        jpeg(annotate(thermogram.picture, findings, language=language())), width="stretch",
        alt=t("{model} on {picture}, with boxes", model=weights.label, picture=short_name(picture.name)),
    )  # fmt: skip
    found = t_n("{n} finding", "{n} findings", len(findings))
    st.caption(
        t(
            "{found} · confidence {conf:.2f} · {ms:.0f} ms",
            found=found,
            conf=settings.conf,
            ms=1000 * seen.seconds,
        )
    )
