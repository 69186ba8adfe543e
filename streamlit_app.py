"""Start page: a sample analysed at once, and the way to every page."""

from dataclasses import replace

import streamlit as st

from inspection.finding import SCREENING_NOTE
from inspection.texts import text
from ui.analysis import result_of, thermogram_of
from ui.finding_view import finding_line
from ui.language import t, t_n, tr
from ui.page import plain, start_page
from ui.pictures import Sample, samples
from ui.result_view import alt_text, annotated_jpeg, small_jpeg

page = start_page(text("Start"))

st.title("Overheat Inspector")
st.markdown(t("Finds overheating equipment in infrared pictures, measures it and says how serious it is."))

CARDS = (
    (
        "pages/image.py",
        text("Image"),
        text("Upload pictures, see what overheats, take the table home."),
        "image",
    ),
    ("pages/video.py", text("Video"), text("Follow what is hot through a video, with alarms."), "movie"),
    (
        "pages/camera.py",
        text("Camera"),
        text("Look at the live picture of a camera in this browser."),
        "videocam",
    ),
    (
        "pages/history.py",
        text("History"),
        text("Open again, compare and follow what was analysed before."),
        "history",
    ),
    (
        "pages/models.py",
        text("Models"),
        text("See what is loaded, or load your own best.pt."),
        "network_node",
    ),
)


def show_sample(sample: Sample) -> None:
    """The sample's findings, in the picture and in words."""
    picture = sample.picture()
    result = result_of(page, picture)
    left, right = st.columns([3, 2])
    drawn = annotated_jpeg(picture, thermogram_of(picture), replace(result, hot_spots=()), unit=page.unit)
    left.image(drawn, alt=alt_text(result), width="stretch")
    with right:
        st.subheader(
            t_n("{title}: {n} found", "{title}: {n} found", len(result.findings), title=sample.title)
        )
        for finding in result.findings[:3]:
            with st.container(border=True):
                finding_line(finding, page.unit)
                if finding.rule:
                    st.caption(plain(tr(finding.rule)))
        if len(result.findings) > 3:
            st.caption(t_n("and {n} more", "and {n} more", len(result.findings) - 3))
        if not result.findings:
            st.info(t("Nothing at this confidence; move the slider in the sidebar to the left."))
        st.caption(
            t("Analysed in {ms:.0f} ms. A made picture, drawn by thermal_scenes.", ms=result.seconds * 1000)
        )
        st.page_link("pages/image.py", label=t("Analyse your own pictures"), icon=":material/upload:")


def sample_strip(shown: list[Sample]) -> None:
    """Small pictures, each with the button that analyses it here."""
    row = st.container(horizontal=True)
    for sample in shown:
        small = sample.picture()
        with row.container(width=104):
            thumbnail = small_jpeg(small, thermogram_of(small))
            st.image(thumbnail, alt=t("Sample picture: {title}", title=sample.title), width="stretch")
            chosen = st.session_state.get("sample", shown[0].file) == sample.file
            st.button(
                tr(sample.title),
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
for column, (path, label, words, icon) in zip(st.columns(len(CARDS)), CARDS, strict=True):
    with column.container(border=True):
        st.page_link(path, label=f"**{tr(label)}**", icon=f":material/{icon}:")
        st.markdown(tr(words))

info = page.detector.info
st.caption(
    t(
        "Runs {name} on {engine}. {note}",
        name=plain(info.name), engine=page.detector.engine.description, note=SCREENING_NOTE,
    )
)  # fmt: skip
