"""One saved run as it was, and the ways to work on it again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from inspection.about import settings_rows
from inspection.errors import InspectionError
from inspection.names import short_name
from inspection.results import Measuring
from inspection.store.pictures import SavedPicture, picture_draft
from inspection.store.run import INPUT, Run
from ui.analysis import Picture, result_of
from ui.clock import moment_words
from ui.finding_view import hot_spot_table, jpeg
from ui.history_actions import actions
from ui.history_downloads import take_runs_home
from ui.history_open import KIND_ICONS, OpenRun, Shelf, say, show
from ui.language import language, shown, t, tr
from ui.page import Page, plain
from ui.pictures import keep, kept
from ui.result_view import alt_text, findings_table, metrics, show_result
from ui.temperature import set_options, set_reference_box


def show_run(page: Page, shelf: Shelf, run_id: str) -> None:
    """Everything about one run."""
    st.button(t("All results"), icon=":material/arrow_back:", on_click=show)
    opened = shelf.open(run_id)
    if opened is None:
        st.info(t("This result is not there any more."), icon=":material/history:")
        return
    run = opened.run
    st.subheader(f":material/{KIND_ICONS[run.kind]}: {plain(short_name(run.name))}")
    line = t("Analysed {moment} with {weights}.", moment=moment_words(run.made), weights=plain(run.weights))
    if run.taken is not None:
        line += " " + t("Taken {moment}.", moment=moment_words(run.taken))
    if run.equipment:
        line += " " + t("Equipment: {name}.", name=plain(run.equipment))
    st.markdown(line)
    if opened.video is not None:
        from ui.video_result import show_video_result

        show_video_result(shelf.path(run, INPUT), opened.video, page.unit, _parts(run))
    elif opened.picture is not None and opened.saved is not None:
        as_it_was = replace(page, settings=opened.saved.settings, measuring=opened.saved.measuring)
        show_result(as_it_was, opened.picture, opened.result)
    else:
        _without_input(page, opened)
    _again(page, opened)
    take_runs_home(page, shelf, [run], "one")
    actions(shelf, [run], "one", opened=True)
    with st.expander(t("Settings of this result"), icon=":material/tune:"):
        words = {tr(label): str(shown(value)) for label, value in opened.words.items()}
        st.dataframe(
            {t("Setting"): list(words), t("Value"): list(words.values())}, hide_index=True,
            alt=t("Table of the settings of this result"),
        )  # fmt: skip


def _parts(run: Run) -> Path:
    """Where parts of this video lie for the player: not among the saved files, and gone with the session."""
    state = st.session_state
    if "history_parts" not in state:
        state["history_parts"] = TemporaryDirectory(prefix="overheat-")
    place = Path(state["history_parts"].name) / run.id
    place.mkdir(exist_ok=True)
    return place


def _without_input(page: Page, opened: OpenRun) -> None:
    """The picture itself was not kept: what was drawn of it is."""
    result = opened.result
    metrics(result, page.unit)
    st.image(jpeg(opened.annotated(language(), page.unit)), alt=alt_text(result), width="stretch")
    st.caption(t("The file itself was too large to be kept; this is the picture with its findings."))
    if result.findings:
        findings_table(result, f"saved-{opened.run.id}", page.unit)
    hot_spot_table(result, page.unit)


def _again(page: Page, opened: OpenRun) -> None:
    """The ways to work on the same file again."""
    row = st.container(horizontal=True, vertical_alignment="center")
    if opened.picture is not None and opened.saved is not None:
        if row.button(  # not a callback: that gets the sidebar of the run before
            t("Analyse again"), icon=":material/refresh:",
            help=t("With the weights and thresholds in the sidebar; both results are then compared."),
        ):  # fmt: skip
            _analyse_again(page, opened)
            st.rerun()
        if row.button(t("Open on the Image page"), icon=":material/image:"):
            _to_the_image_page(opened.picture, opened.saved)
    elif opened.video is not None and opened.shelf.path(opened.run, INPUT) is not None:
        if row.button(t("Open on the Video page"), icon=":material/movie:"):
            _to_the_video_page(opened)
    else:
        row.caption(t("The file was not kept, so it cannot be analysed again."))


def _analyse_again(page: Page, opened: OpenRun) -> None:
    """Another run of the same picture with what is set in the sidebar."""
    picture, saved, shelf = opened.picture, opened.saved, opened.shelf
    assert picture is not None and saved is not None
    measuring = _measuring_again(page.measuring, saved)
    try:
        result = result_of(replace(page, measuring=measuring), picture)
        if result.error:
            say(result.error)
            return
        engine = page.detector.engine.description
        words = settings_rows(page.settings, page.detector.info, engine, measuring.assessing)
        run = SavedPicture(result, page.settings, measuring, saved.options, words)
        made = picture_draft(opened.run.kind, picture.data, run, page.detector.info)
        new = shelf.store.add(shelf.owner, made)
        if new == opened.run.id:
            say(t("The sidebar shows the settings of this result. Change the weights or a threshold first."))
            return
        if opened.run.equipment:
            shelf.store.tag(shelf.owner, [new], opened.run.equipment)
        show(opened.run.id, new)
    except InspectionError as error:
        say(error.sentence)


def _measuring_again(now: Measuring, saved: SavedPicture) -> Measuring:
    """The sidebar's grading with the picture's own reference and assumptions of then."""
    before = saved.measuring.assessing
    assessing = replace(
        now.assessing, reference_box=before.reference_box, emissivity_was_set=before.emissivity_was_set
    )
    return replace(now, assessing=assessing)


def _to_the_image_page(picture: Picture, saved: SavedPicture) -> None:
    """Among the visitor's pictures, with what was assumed of it then."""
    mine = Picture(picture.name, picture.data, picture.sha256)
    problem = keep([mine])
    if problem:
        st.warning(problem, icon=":material/warning:")
        return
    set_options(mine.sha256, saved.options)
    set_reference_box(mine.sha256, saved.measuring.assessing.reference_box)
    st.session_state["opened"] = kept().index(mine)
    st.switch_page("pages/image.py")


def _to_the_video_page(opened: OpenRun) -> None:
    """As if it had been uploaded just now."""
    from ui.video_workspace import workspace

    data = opened.shelf.read(opened.run, INPUT)
    if data is None:
        st.warning(t("This result is not there any more."), icon=":material/warning:")
        return
    workspace().take(opened.run.name, data, st.session_state.get("emissivity"))
    st.switch_page("pages/video.py")
