"""Camera page: the visitor's camera analysed live, or one photo of it."""

import streamlit as st

from inspection.errors import InspectionError
from inspection.live import LiveSettings, LiveWorker
from inspection.texts import text
from ui.analysis import Picture, result_of, thermogram_of
from ui.camera_actions import actions
from ui.camera_connection import connection
from ui.camera_panel import watch, watch_minute
from ui.camera_reading import camera_reading
from ui.camera_stream import stream
from ui.camera_trouble import watch_servers_end
from ui.downloads import take_it_home
from ui.language import language, t, tr, worded
from ui.page import plain, start_page
from ui.result_view import show_result
from ui.saving import save_pictures
from ui.scale_panel import scale_panel

page = start_page(text("Camera"))


def live_worker(settings: LiveSettings) -> LiveWorker:
    """This visitor's worker, with what is set now."""
    worker: LiveWorker | None = st.session_state.get("camera_worker")
    if worker is None:
        worker = st.session_state["camera_worker"] = LiveWorker(settings)
    worker.settings = settings
    return worker


def live() -> None:
    """The stream with everything around it."""
    with st.expander(t("Camera and scale"), icon=":material/tune:"):
        reading = camera_reading()
    worker = live_worker(LiveSettings(page.detector, page.settings, page.measuring, reading, language()))
    way = connection(st.context.url)
    left, right = st.columns([3, 2])
    with left:
        context = stream(worker, way, reading)
        if context is None:
            return
        watch_servers_end(context)
        playing = bool(context.state.playing)
        actions(worker, reading, playing)
    with right:
        watch(worker, context, page.unit)
    watch_minute(worker, context, page.unit)
    st.caption(tr(way.words))


def photo() -> None:
    """One photo, analysed as on the Image page; needs no connection but the page's own."""
    taken = st.camera_input(t("Take a photo of the equipment"), key="camera_photo")
    if taken is None:
        st.caption(
            t(
                "Works wherever the page does: the photo is sent like any upload. Where no picture is seen, "
                "allow the camera at the lock beside the page's address, or upload one on the Image page."
            )
        )
        return
    picture = Picture.of("photo.jpg", taken.getvalue())
    try:
        with st.spinner(t("Analysing …"), show_time=True):
            result = result_of(page, picture)
    except InspectionError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        return
    save_pictures(page, [picture], [result], "camera")
    show_result(page, picture, result)
    if not result.error:
        scale_panel(picture, thermogram_of(picture))
        take_it_home(page, [picture], [result], "photo")


st.title(t("Camera"))
live_tab, photo_tab = st.tabs([t("Live"), t("Photo")], on_change="rerun", key=worded("camera_tab"))
with live_tab:  # only the open one is drawn: the other must not hold the camera
    if live_tab.open:
        live()
with photo_tab:
    if photo_tab.open:
        photo()
