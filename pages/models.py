"""Models page: what is loaded, another one, how variants compare, speed here, two side by side, layers."""

import streamlit as st

from inspection.detector import DEFAULT_WEIGHTS
from inspection.errors import WeightsError
from inspection.names import short_name
from inspection.recommended import read_record
from inspection.texts import text
from ui.language import t, tr
from ui.models_layers import show_layers
from ui.models_loaded import show_loaded
from ui.models_side_by_side import show_side_by_side
from ui.models_speed import show_speed
from ui.models_variants import show_variants
from ui.page import plain, start_page
from ui.records import say_without_cookies
from ui.weights import MAX_UPLOAD_MB, adopt


def take_upload() -> None:
    """Load the uploaded checkpoint and use it from now on; the old one stays when it cannot be used."""
    file = st.session_state.get(f"weights-upload-{st.session_state['weights_turn']}")
    if file is None:
        return
    try:
        weights = adopt(file.name, file.getvalue())
    except WeightsError as error:
        st.session_state["weights_message"] = (False, error.sentence)
    else:
        st.session_state["weights"] = weights.label
        st.session_state["weights_message"] = (
            True,
            text("{file} is loaded and in use.", file=short_name(file.name)),
        )
    st.session_state["weights_turn"] += 1


st.session_state.setdefault("weights_turn", 0)
page = start_page(text("Models"))

st.title(t("Models"))
done, message = st.session_state.pop("weights_message", (True, ""))
if message and done:
    st.success(plain(tr(message)), icon=":material/check_circle:")
elif message:
    st.error(
        plain(t("{problem} {weights} stays in use.", problem=tr(message), weights=page.weights.label)),
        icon=":material/error:",
    )

st.subheader(t("In use"))
show_loaded(page)

st.subheader(t("Load another"))
st.markdown(
    t(
        "Any Ultralytics detection model (YOLOv8 to YOLO11 and later, RT-DETR), with its own classes. "
        "Loading never runs code from the file, and nobody else sees it."
    )
)
say_without_cookies()
st.file_uploader(
    t("Your best.pt"),
    type=["pt"],
    key=f"weights-upload-{st.session_state['weights_turn']}",
    on_change=take_upload,
    max_upload_size=MAX_UPLOAD_MB,
    help=t("A PyTorch checkpoint of at most {size} MB.", size=MAX_UPLOAD_MB),
)

st.subheader(t("How the variants compare"))
show_variants(read_record(DEFAULT_WEIGHTS))

st.subheader(t("Speed on this machine"))
show_speed(page.detector, page.settings.imgsz)

st.subheader(t("Two models on one picture"))
show_side_by_side(page)

st.subheader(t("The custom layers"))
show_layers()
