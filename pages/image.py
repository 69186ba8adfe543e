"""Image page: drop pictures, see what overheats in each, take the table home."""

import time

import streamlit as st

from inspection.errors import InspectionError
from inspection.names import short_name
from inspection.reading import EXTENSIONS
from ui.analysis import Picture, is_analysed, look, result_of, thermogram_of
from ui.compare_view import compare_two
from ui.downloads import take_it_home
from ui.language import t
from ui.page import plain, start_page
from ui.pictures import forget, keep, kept, samples, uploader
from ui.result_view import show_result
from ui.scale_panel import scale_panel
from ui.summary_view import opened_index, step, summary

page = start_page(t("Image"))


def pick_sample() -> None:
    """Put the chosen sample among the visitor's pictures."""
    title = st.session_state["pick_sample"]
    sample = next((s for s in samples() if s.title == title), None)
    if sample is not None:
        keep([sample.picture()])
        st.session_state["opened"] = kept().index(sample.picture())
    st.session_state["pick_sample"] = None


def work_through(pictures: list[Picture]) -> None:
    """Run the network on what is new, with time left; leaving or pressing stop keeps what is done."""
    todo = [p for p in pictures if not is_analysed(p, page.detector, page.settings.imgsz)]
    if len(todo) < 2 or st.session_state.get("stopped"):
        return
    place = st.empty()
    line = place.container(horizontal=True, vertical_alignment="center")
    bar = line.progress(0.0, "Analysing …", width="stretch")
    line.button("Stop", icon=":material/stop:", on_click=st.session_state.update, args=({"stopped": True},))
    start = time.monotonic()
    for done, picture in enumerate(todo):
        left = (time.monotonic() - start) / max(done, 1) * (len(todo) - done)
        words = f", {left:.0f} s left" if done else ""
        bar.progress(done / len(todo), f"{done} of {len(todo)}{words} · {plain(short_name(picture.name))}")
        look(picture, page.detector, page.settings.imgsz)
    place.empty()


st.title(t("Image"))
pictures = kept()
area = st.container() if not pictures else st.expander("Add more pictures", icon=":material/add:")
with area:
    uploader("Drop infrared pictures here", (*EXTENSIONS, "csv", "txt", "asc"))
    st.pills("Or choose a sample", [s.title for s in samples()], key="pick_sample", on_change=pick_sample)
message = st.session_state.pop("upload_message", "")
if message:
    st.warning(message, icon=":material/warning:")
if not pictures:
    st.info("No picture yet. Drop one above, or choose a sample.", icon=":material/image_search:")
    st.stop()

try:
    work_through(pictures)
    ready = [
        p
        for p in pictures
        if not st.session_state.get("stopped") or is_analysed(p, page.detector, page.settings.imgsz)
    ]
    with st.spinner("Analysing …", show_time=True):
        results = [result_of(page, picture) for picture in ready]
except InspectionError as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()
if len(ready) < len(pictures):
    st.warning(f"Stopped: {len(pictures) - len(ready)} of {len(pictures)} pictures are not analysed.")
    st.button("Go on", icon=":material/play_arrow:", on_click=st.session_state.pop, args=("stopped", None))
    if not ready:
        st.stop()

opened = opened_index(results)
if len(ready) > 1:
    opened = summary(results, page.unit)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.button("Previous", icon=":material/chevron_left:", on_click=step, args=(-1, len(ready)))
    row.button("Next", icon=":material/chevron_right:", on_click=step, args=(1, len(ready)))
    row.markdown(f"**{plain(short_name(results[opened].file))}** ({opened + 1} of {len(ready)})")
else:
    st.markdown(f"**{plain(short_name(results[0].file))}**")
show_result(page, ready[opened], results[opened])
if not results[opened].error:
    scale_panel(ready[opened], thermogram_of(ready[opened]))
compare_two(ready, results, page.unit)
take_it_home(page, ready, results, "all", opened)
st.button("Remove all pictures", icon=":material/delete:", on_click=forget, type="tertiary")
