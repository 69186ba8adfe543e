"""What went wrong with the camera's stream, in a sentence: while it runs, and after it has ended."""

from __future__ import annotations

import time
import weakref
from typing import Any

import streamlit as st

from inspection.live import LiveWorker
from inspection.live.worker import STALLED_SECONDS
from inspection.texts import text

_CONNECTING_SECONDS = 15.0
_STARTED, _ENDED, _SEEN = "camera_started", "camera_ended", "camera_servers_end"


def state_sentence(since_start: float, silence: float | None) -> str:
    """What is wrong with a stream that runs, or "".

    Args:
        since_start: seconds since it was started.
        silence: seconds since the last frame, or None before the first.
    """
    if silence is None and since_start > _CONNECTING_SECONDS:
        return text(
            "No picture arrives: a firewall may be in the way, and there may be no TURN server. Try another "
            "network, or take a photo in the other tab, which needs none."
        )
    if silence is not None and silence > STALLED_SECONDS:
        return text(
            "The connection is lost: no picture for {silence:.0f} s. Press Stop, then Start; if the camera "
            "was unplugged, choose another one.",
            silence=silence,
        )
    return ""


def ended_sentence(silence: float | None, faltered: bool, failed: bool) -> str:
    """Why a stream ended when nobody stopped it, or "".

    A browser tells the page that it has stopped and not why, so what the server saw before has to do.

    Args:
        silence: seconds without a frame before the end, or None when none had come.
        faltered: it stood still shortly before its end, as it does on an overloaded server or network.
        failed: the server has lost the browser or never reached it.
    """
    if silence is None:
        return text(
            "The connection ended before a picture came. Press Start to try again. If that does not help, a "
            "firewall may be in the way, and there may be no TURN server: try another network, or take a "
            "photo in the other tab, which needs none."
        )
    if faltered or failed:
        return text(
            "The connection was lost. Press Start to connect again; if the camera was unplugged, choose "
            "another one."
        )
    return ""


def changed(worker: LiveWorker, running: bool) -> None:
    """The browser says that its stream began or ended; called before the page is drawn."""
    state = st.session_state
    if running:
        if _STARTED not in state:
            state[_STARTED], state[_ENDED] = time.monotonic(), ""
            worker.begin()
    elif state.pop(_STARTED, None) is not None:
        silence = worker.silence() if worker.silence_at_stop is None else worker.silence_at_stop
        failed = _SEEN in state and state[_SEEN].failed
        state[_ENDED] = ended_sentence(silence, worker.faltered(), failed)


def what_is_wrong(worker: LiveWorker, running: bool) -> str:
    """The sentence for now, or ""."""
    state = st.session_state
    if not running:
        if state.pop(_STARTED, None) is not None:  # the page was left and opened again
            state[_ENDED] = ""
        return str(state.get(_ENDED, ""))
    since = time.monotonic() - state.setdefault(_STARTED, time.monotonic())
    return state_sentence(since, worker.silence()) or worker.problem


class ServersEnd:
    """Whether the server's end of a connection has failed; once closed, it no longer says so itself."""

    def __init__(self, peer: Any) -> None:
        self.failed = False
        self._peer = weakref.ref(peer)
        peer.add_listener("iceconnectionstatechange", self._look)
        self._look()

    def _look(self) -> None:
        peer = self._peer()
        self.failed = self.failed or (peer is not None and peer.iceConnectionState == "failed")

    def is_of(self, peer: Any) -> bool:
        """Whether it is this connection's."""
        return self._peer() is peer


def watch_servers_end(context: Any) -> None:
    """Look at the server's end of what streamlit-webrtc connects."""
    peer = getattr(context._get_worker(), "pc", None)
    seen: ServersEnd | None = st.session_state.get(_SEEN)
    if peer is not None and (seen is None or not seen.is_of(peer)):
        st.session_state[_SEEN] = ServersEnd(peer)
