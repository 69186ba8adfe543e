"""Start page: a sample analysed at once, and the way to every page."""

from dataclasses import replace

import streamlit as st

from inspection.finding import SCREENING_NOTE
from ui.analysis import result_of, thermogram_of
from ui.finding_view import finding_line
from ui.language import t
from ui.page import plain, start_page
from ui.pictures import Sample, samples
from ui.result_view import alt_text, annotated_jpeg, original_jpeg

page = start_page(t("Start"))

st.title("Overheat Inspector")
st.markdown("Finds overheating equipment in infrared pictures, measures it and says how serious it is.")

CARDS = (
    (
        "pages/image.py",
        "Image",
        "Upload pictures, see what overheats, take the table home.",
        "image",
    ),
    ("pages/video.py", "Video", "Follow what is hot through a video, with alarms.", "movie"),
    ("pages/camera.py", "Camera", "Look at the live picture of a camera in this browser.", "videocam"),
    ("pages/models.py", "Models", "See what is loaded, or load your own best.pt.", "network_node"),
)


def show_sample(sample: Sample) -> None:
    """The sample's findings, in the picture and in words."""
    picture = sample.picture()
    result = result_of(page, picture)
    left, right = st.columns([3, 2])
    drawn = annotated_jpeg(picture, thermogram_of(picture), replace(result, hot_spots=()))
    left.image(drawn, alt=alt_text(result), width="stretch")
    with right:
        st.subheader(f"{sample.title}: {len(result.findings)} found")
        for finding in result.findings[:3]:
            with st.container(border=True):
                finding_line(finding, page.unit)
                if finding.rule:
                    st.caption(plain(finding.rule))
        if len(result.findings) > 3:
            st.caption(f"and {len(result.findings) - 3} more")
        if not result.findings:
            st.info("Nothing at this confidence; move the slider in the sidebar to the left.")
        st.caption(f"Analysed in {result.seconds * 1000:.0f} ms. A made picture, drawn by thermal_scenes.")
        st.page_link("pages/image.py", label="Analyse your own pictures", icon=":material/upload:")


def sample_strip(shown: list[Sample]) -> None:
    """Small pictures, each with the button that analyses it here."""
    row = st.container(horizontal=True)
    for sample in shown:
        small = sample.picture()
        with row.container(width=104):
            thumbnail = original_jpeg(small, thermogram_of(small))
            st.image(thumbnail, alt=f"Sample picture: {sample.title}", width="stretch")
            chosen = st.session_state.get("sample", shown[0].file) == sample.file
            st.button(
                sample.title,
                key=f"sample-{sample.file}",
                on_click=st.session_state.update,
                args=({"sample": sample.file},),
                type="primary" if chosen else "secondary",
                width="stretch",
            )


shown = samples()
if shown:
    wanted = st.session_state.get("sample")
    show_sample(next((sample for sample in shown if sample.file == wanted), shown[0]))
    sample_strip(shown)

st.divider()
for column, (path, label, text, icon) in zip(st.columns(len(CARDS)), CARDS, strict=True):
    with column.container(border=True):
        st.page_link(path, label=f"**{label}**", icon=f":material/{icon}:")
        st.markdown(text)

info = page.detector.info
st.caption(f"Runs {plain(info.name)} on {page.detector.engine.description}. {SCREENING_NOTE}")
