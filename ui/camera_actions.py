"""Snapshot and recording of the live picture."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from inspection.exports import encode_picture, to_csv
from inspection.live import LiveWorker, Recorder, Shown
from inspection.live.frames import CameraReading
from inspection.opening import ColourScale, ThermalOptions
from inspection.radiometric.csv_table import write_csv
from inspection.results import Result
from inspection.texts import text
from ui.analysis import Picture
from ui.language import t, t_n, tr
from ui.page import plain
from ui.pictures import keep, kept
from ui.result_view import alt_text, jpeg
from ui.saving import save_snapshot
from ui.temperature import set_options


@dataclass(frozen=True)
class Snapshot:
    """A picture kept from the stream."""

    result: Result
    annotated: bytes


@st.fragment
def actions(worker: LiveWorker, reading: CameraReading, playing: bool) -> None:
    """The two buttons and what they made; pressing one leaves the rest of the page alone."""
    recorder = worker.recorder
    row = st.container(horizontal=True)
    row.button(
        t("Snapshot"), icon=":material/photo_camera:", on_click=take, args=(worker, reading),
        disabled=not playing, help=t("Keeps the picture and its findings."),
    )  # fmt: skip
    if recorder is not None and recorder.running:
        row.button(t("Stop recording"), icon=":material/stop_circle:", on_click=worker.record, args=(None,))
    else:
        row.button(
            t("Record"), icon=":material/fiber_manual_record:", on_click=start_recording, args=(worker,),
            disabled=not playing, help=t("Records the picture with its boxes, five minutes at most."),
        )  # fmt: skip
    message = st.session_state.pop("camera_message", "")
    if message:
        st.warning(plain(tr(message)), icon=":material/warning:")
    if recorder is not None and recorder.running:
        _while_recording(recorder)
    elif recorder is not None:
        _recorded(recorder)
    snapshot = st.session_state.get("camera_snapshot")
    if snapshot is not None:
        _show_snapshot(snapshot)


def take(worker: LiveWorker, reading: CameraReading) -> None:
    """Keep the newest picture and its findings, for download and for the Image page."""
    shown = worker.shown
    if shown is None:
        st.session_state["camera_message"] = text("There is no picture yet.")
        return
    picture = snapshot_picture(shown, visitors_time())
    thermogram = shown.thermogram
    if thermogram.source == "scale":
        scale = ColourScale(reading.minimum, reading.maximum, reading.palette)
        set_options(picture.sha256, ThermalOptions(colour_scale=scale))
    seconds = shown.drawn - shown.arrived
    result = Result.of(picture.name, picture.sha256, seconds, thermogram, shown.findings, shown.hot_spots)
    save_snapshot(picture, result, worker.settings)
    st.session_state["camera_snapshot"] = Snapshot(result, jpeg(shown.annotated))
    st.session_state["camera_message"] = next(iter(keep([picture])), "")
    st.session_state["opened"] = len(kept()) - 1


def snapshot_picture(shown: Shown, moment: datetime) -> Picture:
    """What the Image page can open: the picture, or the camera's own temperatures as a table."""
    name = f"camera {moment:%Y-%m-%d %H-%M-%S}"
    thermogram = shown.thermogram
    if thermogram.source == "radiometric" and thermogram.celsius is not None:
        return Picture.of(f"{name}.csv", write_csv(thermogram.celsius, thermogram.accuracy_kelvin))
    return Picture.of(f"{name}.png", encode_picture(thermogram.picture, "png"))


def visitors_time() -> datetime:
    """Now, in the visitor's time zone."""
    return datetime.now(UTC) - timedelta(minutes=st.context.timezone_offset or 0)


def start_recording(worker: LiveWorker) -> None:
    """Record into a file that goes with the session; the one before it is removed."""
    state = st.session_state
    if "camera_folder" not in state:
        state["camera_folder"] = tempfile.TemporaryDirectory(prefix="overheat-")
    old = worker.recorder
    if old is not None:
        old.stop()
        old.path.unlink(missing_ok=True)
    state["camera_recordings"] = state.get("camera_recordings", 0) + 1
    worker.record(Recorder(Path(state["camera_folder"].name) / f"camera-{state['camera_recordings']}.mp4"))


@st.fragment(run_every=1)
def _while_recording(recorder: Recorder) -> None:
    if not recorder.running:
        st.rerun()
    st.badge(
        t("Recording, {seconds:.0f} s", seconds=recorder.seconds),
        icon=":material/fiber_manual_record:",
        color="red",
    )


def _recorded(recorder: Recorder) -> None:
    if recorder.ended:
        st.warning(plain(tr(recorder.ended)), icon=":material/warning:")
    if not recorder.playable:
        return
    st.video(
        str(recorder.path), alt=t("Recording of {seconds:.0f} seconds with boxes", seconds=recorder.seconds)
    )
    st.download_button(
        t("Recording"), data=recorder.path.read_bytes, file_name="camera.mp4", mime="video/mp4",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _show_snapshot(snapshot: Snapshot) -> None:
    result = snapshot.result
    stem = result.file.rsplit(".", 1)[0]
    with st.container(border=True):
        left, right = st.columns([1, 2])
        left.image(snapshot.annotated, alt=alt_text(result), width="stretch")
        found = t_n("{n} found", "{n} found", len(result.findings))
        right.markdown(f"**{plain(stem)}** · {found}")
        row = right.container(horizontal=True)
        row.download_button(
            t("Picture"), data=snapshot.annotated, file_name=f"{stem}.jpg", mime="image/jpeg",
            on_click="ignore", icon=":material/download:", key="snapshot-picture",
        )  # fmt: skip
        row.download_button(
            t("Findings (CSV)"), data=to_csv([result]), file_name=f"{stem} findings.csv", mime="text/csv",
            on_click="ignore", icon=":material/download:", key="snapshot-findings",
        )  # fmt: skip
        right.page_link("pages/image.py", label=t("Open on the Image page"), icon=":material/image:")
