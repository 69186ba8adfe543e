"""Start page: a sample analysed at once, and the way to every page."""

import streamlit as st

from inspection.finding import SCREENING_NOTE
from ui.analysis import result_of, thermogram_of
from ui.finding_view import finding_line
from ui.page import plain, start_page
from ui.pictures import samples
from ui.result_view import alt_text, annotated_jpeg, original_jpeg

page = start_page("Start")

st.title("Overheat Inspector")
st.markdown("Finds overheating equipment in infrared pictures, measures it and says how serious it is.")

shown = samples()
titles = {sample.title: sample for sample in shown}
if shown:
    names = list(titles)
    chosen = titles[st.session_state.get("sample") or names[0]]
    picture = chosen.picture()
    result = result_of(page, picture)
    left, right = st.columns([3, 2])
    with left:
        st.image(
            annotated_jpeg(picture, thermogram_of(picture), result), alt=alt_text(result), width="stretch"
        )
    with right:
        st.subheader(f"{chosen.title}: {len(result.findings)} found")
        for finding in result.findings[:3]:
            with st.container(border=True):
                finding_line(finding, page.unit)
                if finding.rule:
                    st.caption(plain(finding.rule))
        if len(result.findings) > 3:
            st.caption(f"and {len(result.findings) - 3} more")
        if not result.findings:
            st.info("Nothing at this confidence; move the slider in the sidebar to the left.")
        st.caption(f"Analysed in {result.seconds * 1000:.0f} ms.")
        st.page_link("pages/image.py", label="Analyse your own pictures", icon=":material/upload:")
    st.segmented_control("Samples", names, key="sample", default=names[0], required=True)
    for column, sample in zip(st.columns(len(shown)), shown, strict=True):
        small = sample.picture()
        column.image(
            original_jpeg(small, thermogram_of(small)), alt=f"Sample picture: {sample.title}", width="stretch"
        )

st.divider()
for column, (path, label, text, icon) in zip(
    st.columns(2),
    (
        (
            "pages/image.py",
            "Pictures",
            "Upload one or many, see what overheats, take the table home.",
            "image",
        ),
        ("pages/models.py", "Models", "See what is loaded, or load your own best.pt.", "network_node"),
    ),
    strict=True,
):
    with column.container(border=True):
        st.page_link(path, label=f"**{label}**", icon=f":material/{icon}:")
        st.markdown(text)

info = page.detector.info
st.caption(f"Runs {info.name} on {page.detector.engine.description}. {SCREENING_NOTE}")
