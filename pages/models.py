"""Models page: what is loaded, and the way to load another."""

import pandas as pd
import streamlit as st

from inspection.classes import display_name
from inspection.errors import WeightsError
from inspection.names import short_name
from ui.language import t
from ui.page import plain, start_page
from ui.weights import MAX_UPLOAD_MB, adopt


def take_upload() -> None:
    """Load the uploaded checkpoint and use it from now on; the old one stays when it cannot be used."""
    file = st.session_state.get(f"weights-upload-{st.session_state['weights_turn']}")
    if file is None:
        return
    try:
        weights = adopt(file.name, file.getvalue())
    except WeightsError as error:
        st.session_state["weights_message"] = (False, str(error))
    else:
        st.session_state["weights"] = weights.label
        st.session_state["weights_message"] = (True, f"{short_name(file.name)} is loaded and in use.")
    st.session_state["weights_turn"] += 1


st.session_state.setdefault("weights_turn", 0)
page = start_page(t("Models"))
info = page.detector.info

st.title(t("Models"))
done, message = st.session_state.pop("weights_message", (True, ""))
if message and done:
    st.success(plain(message), icon=":material/check_circle:")
elif message:
    st.error(f"{plain(message)} {plain(page.weights.label)} stays in use.", icon=":material/error:")

st.subheader("In use")
figures: tuple[tuple[str, str], ...] = (
    ("Weights", page.weights.label),
    ("Classes", str(len(info.class_names))),
    ("Parameters", f"{info.parameters / 1e6:.2f} million"),
    ("Size", f"{info.size_bytes / 2**20:.1f} MB"),
)
for column, (label, value) in zip(st.columns(4), figures, strict=True):
    column.metric(label, value)
source = "your upload, seen by you only" if page.weights.own else "shipped with the app"
rows = {
    "Comes from": source,
    "Architecture": info.architecture or "not said in the file",
    "Layers": f"{info.layers}",
    "Trained at": f"{info.imgsz} px",
    "Runs on": page.detector.engine.description,
}
st.table(pd.DataFrame(rows.items(), columns=["What", "Value"]).set_index("What"))
st.caption("sha256 of the file")
st.code(info.sha256, language=None, wrap_lines=True)
with st.expander(f"The {len(info.class_names)} classes", icon=":material/category:"):
    names = [(i, raw, display_name(raw)) for i, raw in enumerate(info.class_names)]
    st.dataframe(
        pd.DataFrame(names, columns=["Id", "Name in the model", "Shown as"]),
        hide_index=True,
        alt="Table of the model's classes",
    )

st.subheader("Load another")
st.markdown(
    "Any Ultralytics detection model (YOLOv8 to YOLO11 and later, RT-DETR), with its own classes. "
    "Loading never runs code from the file, and nobody else sees it."
)
st.file_uploader(
    "Your best.pt",
    type=["pt"],
    key=f"weights-upload-{st.session_state['weights_turn']}",
    on_change=take_upload,
    max_upload_size=MAX_UPLOAD_MB,
    help=f"A PyTorch checkpoint of at most {MAX_UPLOAD_MB} MB.",
)
