"""History page: what was analysed before, to open, compare, follow over time, take home or delete."""

import streamlit as st

from inspection.errors import InspectionError
from inspection.store.run import Query
from inspection.store.writer import Writer
from inspection.texts import text
from ui.history_actions import actions
from ui.history_compare import show_comparison
from ui.history_downloads import take_runs_home
from ui.history_limits import kept_until, limits_panel
from ui.history_list import cards, filters, runs_in_view, table
from ui.history_open import Shelf, shown
from ui.history_run import show_run
from ui.history_trend import trends
from ui.language import started_with, t, tr
from ui.page import start_page
from ui.records import is_saving, server_forgets, writer
from ui.saving import settle
from ui.visitor import cookies_refused, owner

_WAIT_S = 3.0

page = start_page(text("History"))


def warnings(saver: Writer) -> None:
    """What may become of the results, before somebody relies on them."""
    if server_forgets():
        st.warning(
            t("This server forgets everything when it restarts, at the latest after some quiet hours. "
              "Take home as ZIP what you want to keep."),
            icon=":material/cloud_off:",
        )  # fmt: skip
    if cookies_refused():
        st.warning(
            t("This browser refuses cookies: once this tab is closed, these results cannot be found again."),
            icon=":material/cookie_off:",
        )
    if saver.store.notice:
        st.warning(tr(saver.store.notice), icon=":material/healing:")
    for message in (st.session_state.pop("history_message", ""), saver.problem(owner())):
        if message:
            st.warning(tr(message), icon=":material/info:")


def nothing_yet() -> None:
    """Where results come from and how long they stay here."""
    if is_saving():
        words = t("Nothing here yet. What you analyse on these pages is saved by itself and listed here.")
    else:
        words = t("Nothing here. Saving is off: switch it on at the bottom of the sidebar.")
    st.info(t("{first} {second}", first=words, second=kept_until()), icon=":material/history:")
    row = st.container(horizontal=True)
    row.page_link("pages/image.py", label=t("Image"), icon=":material/image:")
    row.page_link("pages/video.py", label=t("Video"), icon=":material/movie:")
    row.page_link("pages/camera.py", label=t("Camera"), icon=":material/videocam:")


def results(shelf: Shelf) -> None:
    """Filters, the list, and what can be done with what is chosen."""
    query = filters(shelf)
    runs = runs_in_view(shelf, query)
    if not runs:
        st.info(t("No result fits these filters."), icon=":material/filter_alt:")
        return
    ways = {"table": t("Table"), "cards": t("Cards")}
    way = st.segmented_control(
        t("Show as"), list(ways), required=True, format_func=ways.__getitem__,
        label_visibility="collapsed", persist_state="session", **started_with("history_way", "table"),
    )  # fmt: skip
    chosen = (table if way == "table" else cards)(shelf, runs, page.unit)
    if not chosen:
        st.caption(t("Tick results to open, compare, name, take home or delete them."))
        return
    actions(shelf, chosen, "some")
    take_runs_home(page, shelf, chosen, "some")


def everything(shelf: Shelf) -> None:
    """The list, trends and limits."""
    total, _ = shelf.store.count(shelf.owner, Query())
    if not total:
        nothing_yet()
        with st.expander(t("What is kept"), icon=":material/inventory_2:"):
            limits_panel(shelf)
        return
    labels = (t("Results"), t("Trends"), t("What is kept"))
    one, two, three = st.tabs(labels, on_change="rerun", key="history_tab")
    for tab, draw in ((one, lambda: results(shelf)), (two, lambda: trends(shelf, page.unit)),
                      (three, lambda: limits_panel(shelf))):  # fmt: skip
        with tab:
            if tab.open:
                draw()


st.title(t("History"))
saver = writer()
if saver is None:
    st.info(t("The operator of this server has switched saving off."), icon=":material/history:")
    st.stop()
settle()
saver.flush(_WAIT_S)
warnings(saver)
try:
    match shown():
        case (run_id,):
            show_run(page, Shelf.mine(saver.store), run_id)
        case (first, second):
            show_comparison(page, Shelf.mine(saver.store), first, second)
        case _:
            everything(Shelf.mine(saver.store))
except InspectionError as error:
    st.error(tr(error), icon=":material/error:")
