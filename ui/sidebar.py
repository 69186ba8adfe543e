"""The sidebar, the same on every page; its values live in the address, so a link carries them."""

from __future__ import annotations

import hashlib

import streamlit as st

from inspection.about import VERSION
from inspection.classes import CLASS_NAMES, display_choices, display_name
from inspection.finding import SCREENING_NOTE
from inspection.recommended import Recommended
from inspection.settings import IMAGE_SIZES, RunSettings
from inspection.texts import LANGUAGES, best_language, listed, text
from ui.address import bound_choice, bound_choices
from ui.language import KEY, t, tr
from ui.records import saving_switch
from ui.streamlit_words import streamlit_words
from ui.weights import available

_PAGES = (
    ("streamlit_app.py", text("Start"), ":material/home:"),
    ("pages/image.py", text("Image"), ":material/image:"),
    ("pages/video.py", text("Video"), ":material/movie:"),
    ("pages/camera.py", text("Camera"), ":material/videocam:"),
    ("pages/history.py", text("History"), ":material/history:"),
    ("pages/models.py", text("Models"), ":material/network_node:"),
)


def page_links() -> None:
    """Links to every page."""
    for path, label, icon in _PAGES:
        st.sidebar.page_link(path, label=tr(label), icon=icon)


def weights_choice() -> str:
    """The label of the weights the visitor wants; drawn below the detection settings."""
    state = st.session_state
    labels = list(available())
    if state.get("weights") not in labels:
        state.pop("weights", None)
    _slots()
    return slot("weights").selectbox(
        t("Weights"),
        labels,
        key="weights",
        bind="query-params",
        help=t("The trained model that finds things. Upload your own best.pt on the Models page."),
    )


def detection_settings(class_names: tuple[str, ...], start: Recommended) -> RunSettings:
    """The thresholds, with the model's own classes to choose from and what it works best at to start with."""
    box = slot("detection")
    box.markdown(f"**{t('Detection')}**")
    _start_with(start)
    conf = box.slider(
        t("Confidence"), 0.0, 1.0, start.conf, 0.01, key="conf", bind="query-params",
        help=t("How sure the model must be. Lower finds more, and more that is wrong."),
    )  # fmt: skip
    if conf == start.conf and start.class_conf:
        box.caption(
            _own_confidences(start),
            help=t("Measured for these weights. Move the slider for one value for all."),
        )
    iou = box.slider(
        t("IoU"), 0.0, 1.0, RunSettings.iou, 0.01, key="iou", bind="query-params",
        help=t("Two boxes of one class that overlap more than this count as one thing."),
    )  # fmt: skip
    choices = display_choices(class_names)
    chosen = bound_choices(
        box, t("Classes"), choices, _classes_key(class_names), tr,
        help=t("Findings of other classes are hidden."), placeholder=t("Choose classes"),
    )  # fmt: skip
    imgsz = box.slider(
        t("Image size"), IMAGE_SIZES[0], IMAGE_SIZES[-1], start.imgsz, 32, key="imgsz", format="%d px",
        bind="query-params", help=t("Longest side the model sees. Larger finds smaller things, slower."),
    )  # fmt: skip
    return start.settings(conf, iou, imgsz, None if set(chosen) == set(choices) else tuple(chosen))


def _start_with(start: Recommended) -> None:
    """When other weights come into use, sliders that still stand where the old ones began move along."""
    state = st.session_state
    before = state.get("_recommended", start)
    for key, old, new in (("conf", before.conf, start.conf), ("imgsz", before.imgsz, start.imgsz)):
        if old != new and state.get(key) == old:
            state[key] = new
    state["_recommended"] = start


def _own_confidences(start: Recommended) -> str:
    """Which classes have a confidence of their own, a line each: "0.25 for person, dog"."""
    names: dict[float, list[str]] = {}
    for name, value in start.class_conf:
        shown = display_name(name)
        if shown not in names.setdefault(value, []):
            names[value].append(shown)
    parts = [
        t("{conf:.2f} for {classes}", conf=value, classes=listed(shown))
        for value, shown in sorted(names.items())
    ]
    return "  \n".join(parts)


def _classes_key(class_names: tuple[str, ...]) -> str:
    """One key for the ten classes, another for every other model, whose choices are not the same ones."""
    if class_names == CLASS_NAMES:
        return "classes"
    return f"classes-{hashlib.sha256(repr(class_names).encode()).hexdigest()[:6]}"


def footer() -> None:
    """Language, saving, and what this is, at the bottom."""
    box = slot("footer")
    browsers = best_language(st.context.locale)
    bound_choice(box, t("Language"), list(LANGUAGES), browsers, KEY, LANGUAGES.__getitem__, translated=False)
    saving_switch(box)
    box.caption(f"Overheat Inspector {VERSION} · AGPL-3.0  \n{tr(SCREENING_NOTE)}")
    streamlit_words(box)


def _slots() -> None:
    """Containers in the order people see, whatever order the script fills them in."""
    names = ("detection", "weights", "temperature", "footer")
    st.session_state["_sidebar"] = {name: st.sidebar.container() for name in names}


def slot(name: str) -> st.delta_generator.DeltaGenerator:
    """The container of a part of the sidebar."""
    return st.session_state["_sidebar"][name]
