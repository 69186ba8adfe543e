"""Video page: drop a video, follow what overheats through it, play the result, take the tables home."""

from pathlib import Path

import streamlit as st

from inspection.texts import Text, text
from inspection.video.source import VIDEO_EXTENSIONS
from ui.language import t, tr, worded
from ui.page import plain, start_page
from ui.records import say_without_cookies
from ui.video_downloads import take_video_home
from ui.video_progress import show_progress
from ui.video_result import show_video_result
from ui.video_settings import LONGEST_S, fill_in_scale, video_settings
from ui.video_start import preview_and_start
from ui.video_workspace import Workspace, workspace

# File -> title, and °C of its colours' two ends.
SAMPLES: dict[str, tuple[Text, tuple[float, float] | None]] = {
    "joint_heating.mp4": (text("Joint heating up"), (4.0, 62.0)),
    "motor_starting.mp4": (text("Motor starting"), (16.0, 70.0)),
    "yard_walk.mp4": (text("Walk across a yard"), None),
}
FOLDER = Path(__file__).resolve().parent.parent / "samples"

page = start_page(text("Video"))


def take_upload(key: str) -> None:
    """Move an upload to the session's folder, where it costs no memory, and empty the drop zone."""
    upload = st.session_state.get(key)
    if upload is not None:
        workspace().take(upload.name, upload.getbuffer(), st.session_state.get("emissivity"))
        st.session_state["video_turn"] = st.session_state.get("video_turn", 0) + 1


def pick_sample() -> None:
    """Take the chosen sample clip."""
    file = st.session_state[worded("pick_clip")]
    if file in SAMPLES:
        scale = SAMPLES[file][1]
        space = workspace()
        space.take(file, (FOLDER / file).read_bytes())
        if scale is not None:
            fill_in_scale(space.key, *scale)
    st.session_state[worded("pick_clip")] = None


def choose(space: Workspace) -> None:
    """Drop zone and samples; a line once there is a video."""
    area = st.container() if space.source is None else st.expander(t("Another video"), icon=":material/add:")
    key = f"video-{st.session_state.get('video_turn', 0)}"
    with area:
        say_without_cookies()
    drop, pick = area.columns([3, 2])
    drop.file_uploader(
        t("Drop a video here"), type=list(VIDEO_EXTENSIONS), key=key, on_change=take_upload, args=(key,),
        help=t(
            "At most {hours:g} hours at a time; the terminal command has no such limit.",
            hours=LONGEST_S / 3600,
        ),
    )  # fmt: skip
    there = [file for file in SAMPLES if (FOLDER / file).is_file()]
    pick.pills(
        t("Or choose a sample"), there, key=worded("pick_clip"), on_change=pick_sample, wrap=True,
        format_func=lambda file: tr(SAMPLES[file][0]),
    )  # fmt: skip


st.title(t("Video"))
space = workspace()
working = space.job is not None and space.job.running
if not working:
    choose(space)
if space.problem:
    st.error(plain(tr(space.problem)), icon=":material/error:")
if space.source is None:
    st.info(t("No video yet. Drop one above, or choose a sample."), icon=":material/movie:")
    st.stop()

info = space.source.info
length = t(", {seconds:.1f} s", seconds=info.seconds) if info.seconds else ""
facts = t(
    "{width} x {height} px, {rate:.4g} frames/s{length}.",
    width=info.width, height=info.height, rate=info.rate, length=length,
)  # fmt: skip
st.caption(f"**{plain(info.name)}** · {facts} {plain(tr(info.note))}")
if working:
    show_progress()
    st.stop()
if space.job is not None and space.job.problem:
    st.error(plain(tr(space.job.problem)), icon=":material/error:")
result = space.result
if result is not None:
    show_video_result(space.path, result, page.unit, result.video.parent)
    if len(result.frames):
        take_video_home(page, result)
space.assume(st.session_state.get("emissivity"))
box = st.container() if result is None else st.expander(t("Work on it again"), icon=":material/tune:")
with box:
    chosen = video_settings(page, info, space.key)
    if chosen is not None:
        preview_and_start(page, space, chosen)
