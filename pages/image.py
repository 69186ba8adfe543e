"""Image page: drop pictures, see what overheats in each, take the table home."""

import streamlit as st

from inspection.errors import InspectionError
from inspection.names import distinct_names, short_name
from inspection.reading import EXTENSIONS
from inspection.texts import text
from ui.analysis import thermogram_of
from ui.batch import Batch
from ui.compare_view import compare_two
from ui.downloads import take_it_home
from ui.label_downloads import labels_home
from ui.language import t, tr, worded
from ui.page import plain, start_page
from ui.pictures import forget, keep, kept, samples, take_in, uploader
from ui.result_view import show_result
from ui.saving import save_pictures
from ui.scale_panel import scale_panel
from ui.summary_view import opened_index, step, summary

page = start_page(text("Image"))


def pick_sample() -> None:
    """Put the chosen sample among the visitor's pictures."""
    file = st.session_state[worded("pick_sample")]
    sample = next((s for s in samples() if s.file == file), None)
    if sample is not None:
        keep([sample.picture()])
        st.session_state["opened"] = kept().index(sample.picture())
    st.session_state[worded("pick_sample")] = None


st.title(t("Image"))
take_in()
pictures = kept()
area = st.container() if not pictures else st.expander(t("Add more pictures"), icon=":material/add:")
with area:
    uploader(EXTENSIONS)
    titles = {sample.file: sample.title for sample in samples()}
    st.pills(
        t("Or choose a sample"), list(titles), key=worded("pick_sample"), on_change=pick_sample,
        format_func=lambda file: tr(titles[file]),
    )  # fmt: skip
if message := st.session_state.get("upload_message"):
    st.warning(plain(" ".join(tr(part) for part in message)), icon=":material/warning:")
if not pictures:
    st.info(t("No picture yet. Drop one above, or choose a sample."), icon=":material/image_search:")
    st.stop()

try:
    batch = Batch(page, pictures)
    batch.work()
except InspectionError as error:
    st.error(plain(tr(error)), icon=":material/error:")
    st.stop()
ready, results = [picture for picture, _ in batch.done], [result for _, result in batch.done]
if batch.stopped and len(ready) < len(pictures):
    left = len(pictures) - len(ready)
    st.warning(t("Stopped: {left} of {total} pictures are not analysed.", left=left, total=len(pictures)))
    st.button(t("Go on"), icon=":material/play_arrow:", on_click=st.session_state.pop, args=("stopped", None))
if not ready:
    st.stop()

opened = opened_index(results)
if len(pictures) > 1:
    opened = summary(page, ready, results)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.button(t("Previous"), icon=":material/chevron_left:", on_click=step, args=(-1, len(ready)))
    row.button(t("Next"), icon=":material/chevron_right:", on_click=step, args=(1, len(ready)))
    name = distinct_names(result.file for result in results)[opened]
    place = t("{number} of {total}", number=opened + 1, total=len(ready))
    row.markdown(f"**{plain(name)}** ({place})")
else:
    st.markdown(f"**{plain(short_name(results[0].file))}**")
show_result(page, ready[opened], results[opened])
save_pictures(page, ready, results)
if not results[opened].error:
    scale_panel(ready[opened], thermogram_of(ready[opened]))
compare_two(ready, results, page.unit)
take_it_home(page, ready, results, "all", opened)
labels_home(page, ready, results)
st.button(t("Remove all pictures"), icon=":material/delete:", on_click=forget, type="tertiary")
batch.go_on()
