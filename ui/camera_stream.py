"""The browser's camera to the worker and back: what is asked of the browser, and the frame callback."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

import av
import cv2
import numpy as np
import streamlit as st
from aiortc.codecs import CODECS
from numpy.typing import NDArray
from streamlit_webrtc import Translations, WebRtcMode, webrtc_streamer
from streamlit_webrtc.relay import get_global_relay

from inspection.live import CameraReading, LiveWorker
from inspection.live.split import is_split
from ui.camera_connection import Connection
from ui.camera_trouble import changed
from ui.language import t

KEY = "camera"

log = logging.getLogger(__name__)


def constraints(reading: CameraReading) -> dict[str, Any]:
    """What is asked of the browser: the rear camera, 640 x 480, or a split camera's own size."""
    width, height = (256, 384) if reading.kind == "split" else (640, 480)
    video: dict[str, Any] = {
        "width": {"ideal": width},
        "height": {"ideal": height},
        "frameRate": {"ideal": 30, "max": 30},
        "facingMode": {"ideal": "environment"},
    }
    return {"video": video, "audio": False}


def frame_callback(worker: LiveWorker) -> Callable[[av.VideoFrame], av.VideoFrame]:
    """A function that hands each frame to the worker and gives back the newest picture drawn, at once."""

    def callback(frame: av.VideoFrame) -> av.VideoFrame:
        worker.put(functools.partial(pixels, frame))
        shown = worker.shown
        if shown is not None and not worker.problem:
            return to_frame(shown.annotated)
        # A split frame is shown by its upper half, so that the picture on the page keeps its shape.
        return upper_half(frame) if worker.settings.reading.kind == "split" else frame

    return callback


def upper_half(frame: av.VideoFrame) -> av.VideoFrame:
    """The picture of a frame that has the size of a split one; any other frame as it is."""
    if not is_split(frame.width, frame.height):
        return frame
    return to_frame(np.ascontiguousarray(frame.to_ndarray(format="bgr24")[: frame.height // 2], np.uint8))


def pixels(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """uint8 (3/2 H, W) I420 of a frame, the planes as they came, or (H, W, 3) BGR where a side is odd."""
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    return np.asarray(frame.to_ndarray(format="yuv420p" if even else "bgr24"), np.uint8)


def to_frame(picture: NDArray[np.uint8]) -> av.VideoFrame:
    """A frame to send from a picture, uint8 (H, W, 3) BGR; converted by OpenCV, which is faster than PyAV."""
    if picture.shape[0] % 2 or picture.shape[1] % 2:
        return av.VideoFrame.from_ndarray(picture, format="bgr24")
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def stream(worker: LiveWorker, way: Connection, reading: CameraReading) -> Any | None:
    """Draw the camera with its own Start button and device picker.

    Returns:
        streamlit-webrtc's context, or None when the server could not answer the browser; the page says so.
    """
    newest_frames_only()
    steady_quality()
    try:
        return webrtc_streamer(
            key=KEY,
            mode=WebRtcMode.SENDRECV,
            rtc_configuration={"iceServers": list(way.servers)},
            media_stream_constraints=constraints(reading),
            video_frame_callback=frame_callback(worker),
            on_video_ended=worker.stop,
            on_change=functools.partial(_changed, worker),
            async_processing=False,  # the callback returns at once; the worker has threads of its own
            sendback_audio=False,
            media_toggle_controls=False,
            translations=_words(),
        )
    except Exception:  # a busy server takes more than the ten seconds that streamlit-webrtc gives it
        log.exception("the camera could not be connected")
        st.error(
            t("The server is too busy to connect the camera. Press Stop, wait a little, then press Start."),
            icon=":material/error:",
        )
        return None


def _words() -> Translations:
    """The component's own words."""
    return {
        "start": t("Start"),
        "stop": t("Stop"),
        "select_device": t("Choose camera"),
        "select_camera": t("Choose camera"),
        "device_ask_permission": t("Please let this page use the camera."),
        "device_access_denied": t("The camera was refused. Allow it at the lock beside the page's address."),
        "device_not_available": t("No camera can be used: none is there, or another program has it."),
        "media_api_not_available": t("Browsers give the camera to https pages and to localhost only."),
    }


def _changed(worker: LiveWorker) -> None:
    state = st.session_state[KEY].state
    changed(worker, bool(state.playing or state.signalling))


def newest_frames_only() -> None:
    """Let streamlit-webrtc's relay keep the newest frame instead of a queue without end.

    The relay stands before and behind the callback; where encoding is slower than the camera, its queues
    make the picture lag more and more (streamlit-webrtc#1494).
    """
    relay = get_global_relay()
    if not isinstance(relay.subscribe, functools.partial):
        relay.subscribe = functools.partial(relay.subscribe, buffered=False)  # type: ignore[method-assign]


def steady_quality() -> None:
    """Ask the browser for at least 600 kbit/s, in the words that Chromium knows from an answer.

    Under load aiortc takes its own delays for a slow network and advises less and less: down to 30 kbit/s,
    at which pictures blur and shrink and counts in a split frame are lost.
    """
    for codec in CODECS["video"]:
        if codec.mimeType == "video/VP8":
            codec.parameters.update({"x-google-start-bitrate": 1000, "x-google-min-bitrate": 600})
