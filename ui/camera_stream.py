"""The browser's camera to the worker and back: connection, frame callback, and what is said when it fails."""

from __future__ import annotations

import functools
import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import av
import cv2
import numpy as np
import streamlit as st
from aiortc.codecs import CODECS
from numpy.typing import NDArray
from streamlit_webrtc import WebRtcMode, webrtc_streamer
from streamlit_webrtc.credentials import get_available_ice_servers
from streamlit_webrtc.relay import get_global_relay

from inspection.live import CameraReading, LiveWorker
from inspection.live.split import is_split
from inspection.texts import Text, text
from ui.language import t

KEY = "camera"
Path = Literal["direct", "STUN", "TURN"]
_TURN_VARIABLES = ("CLOUDFLARE_TURN_KEY_ID", "TWILIO_ACCOUNT_SID", "HF_TOKEN")
"""What streamlit-webrtc reads; root-level secrets become such variables."""

_WORDS: dict[Path, Text] = {
    "direct": text("Connection: direct, within this network. No other server takes part."),
    "STUN": text(
        "Connection: direct, after asking a public STUN server (Google's) for this computer's address. "
        "Firewalls and many mobile networks need a TURN server, which is not set up here."
    ),
    "TURN": text("Connection: through the TURN server set up here where it cannot be direct."),
}
PATH_NAMES: dict[Path, Text] = {
    "direct": text("directly"),
    "STUN": text("directly, by an address learned through STUN"),
    "TURN": text("through a TURN server"),
}
WHEN_IT_FAILS = text(
    "If it does not start, the browser says why:\n"
    "- **NotAllowedError**: the camera was refused. Allow it at the lock beside the page's address.\n"
    "- **NotFoundError**: there is no camera. Connect one, or upload pictures on the Image page.\n"
    "- **NotReadableError**: another program uses the camera. Close that one.\n"
    "- **Not loaded securely**: browsers give the camera to https pages and to localhost only."
)


@dataclass(frozen=True)
class Connection:
    """How the browser and the server find each other.

    Attributes:
        path: "direct", "STUN" or "TURN".
        servers: for WebRTC's configuration.
    """

    path: Path
    servers: tuple[dict[str, Any], ...] = ()

    @property
    def words(self) -> Text:
        """A sentence about it."""
        return _WORDS[self.path]


def connection(url: str | None) -> Connection:
    """The way to connect for a page at this address; asks nobody when the page is within the own network."""
    st.secrets.load_if_toml_exists()
    if not any(os.getenv(name) for name in _TURN_VARIABLES):
        if _is_near(urlsplit(url or "").hostname):
            return Connection("direct")
        return Connection("STUN", tuple(dict(server) for server in get_available_ice_servers()))
    servers = tuple(dict(server) for server in get_available_ice_servers())
    has_turn = any("turn" in str(server.get("urls", "")) for server in servers)
    return Connection("TURN" if has_turn else "STUN", servers)


def _is_near(host: str | None) -> bool:
    """Whether a host is this machine or in a private network."""
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


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


def stream(worker: LiveWorker, way: Connection, reading: CameraReading) -> Any:
    """Draw the camera with its own Start button and device picker; returns streamlit-webrtc's context."""
    newest_frames_only()
    steady_quality()
    return webrtc_streamer(
        key=KEY,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration={"iceServers": list(way.servers)},
        media_stream_constraints=constraints(reading),
        video_frame_callback=frame_callback(worker),
        on_video_ended=worker.stop,
        async_processing=False,  # the callback returns at once; the worker has threads of its own
        sendback_audio=False,
        media_toggle_controls=False,
        translations={
            "start": t("Start"),
            "stop": t("Stop"),
            "select_device": t("Choose camera"),
            "select_camera": t("Choose camera"),
            "device_ask_permission": t("Please let this page use the camera."),
            "device_access_denied": t(
                "The camera was refused. Allow it at the lock beside the page's address."
            ),
            "device_not_available": t("No camera can be used: none is there, or another program has it."),
            "media_api_not_available": t("Browsers give the camera to https pages and to localhost only."),
        },
    )


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


def path_used(context: Any) -> Path | None:
    """The way the pictures really take, or None before there is one.

    It is read from aioice's chosen pair of candidates, which has no public name; when that changes, the
    page says only what is set up.
    """
    try:
        peer = context._get_worker().pc
        ice = peer.getTransceivers()[0].receiver.transport.transport._connection
        pair = next(iter(ice._nominated.values()))
        kinds = {pair.local_candidate.type, pair.remote_candidate.type}
    except (AttributeError, IndexError, StopIteration):
        return None
    return "TURN" if "relay" in kinds else "STUN" if "srflx" in kinds else "direct"
