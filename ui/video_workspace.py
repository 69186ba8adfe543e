"""One visitor's video: the file, the work on it, and its results, in a folder that goes when they do."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.memory import give_back
from inspection.names import short_name
from inspection.texts import text
from inspection.video.errors import VideoError
from inspection.video.opening import open_video
from inspection.video.pipeline import VideoRun
from inspection.video.result import VideoResult
from inspection.video.settings import VideoSettings
from inspection.video.source import VideoSource
from inspection.video.trial import FirstFrame, first_frame, seconds_for, seconds_per_frame

_WORK_WAITS_S = 6.0
"""How long work goes on after the browser's connection is gone: long enough for a hiccup of the network."""

_RESULTS_WAIT_S = 120.0
"""How long results stay after that; as long as Streamlit keeps the session."""

log = logging.getLogger(__name__)


class Job:
    """One run in a thread of its own; the page only looks at it."""

    def __init__(
        self, run: VideoRun, folder: Path, save: Callable[[VideoResult], None] | None = None
    ) -> None:
        """Begin.

        Args:
            run: what to do.
            folder: where the run writes; removed when it fails.
            save: told of the result, while pages show it already.
        """
        self.run, self.folder = run, folder
        self._save, self._over = save, threading.Event()
        self.result: VideoResult | None = None
        self.problem = ""
        self._thread = threading.Thread(target=self._work, name="video-job", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return not self._over.is_set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is done and saved."""
        self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self.result = self.run.run()
        except InspectionError as error:
            self.problem = error.sentence
        except Exception:
            log.exception("a video could not be worked on")
            self.problem = text("Something went wrong with this video; the server's log says what.")
        if self.problem:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._over.set()
        if self.result is not None and self._save is not None:
            self._save(self.result)
        give_back()


class Workspace:
    """What a session has on the video page."""

    def __init__(self, session_id: str) -> None:
        self.source: VideoSource | None = None
        self.path: Path | None = None
        self.job: Job | None = None
        self.problem = ""
        self._emissivity: float | None = None
        self._session_id = session_id
        self._home = tempfile.TemporaryDirectory(prefix="overheat-video-")
        self._first: tuple[tuple[object, ...], FirstFrame] | None = None
        self._speeds: dict[tuple[object, ...], float] = {}
        self.closed = False
        threading.Thread(target=self._watch, name="video-watch", daemon=True).start()

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(self._home.name)

    @property
    def key(self) -> str:
        """Of the controls of this video; another video has another one."""
        return self.path.name[:8] if self.path else ""

    @property
    def result(self) -> VideoResult | None:
        """What the last run gave, once it is over."""
        return None if self.job is None or self.job.running else self.job.result

    def take(self, name: str, data: bytes | memoryview, emissivity: float | None = None) -> None:
        """Take another video; a sentence in `problem` says why it cannot be one, and the old one stays."""
        path = self.folder / f"{uuid.uuid4().hex}.video"  # never the name that somebody typed
        self.problem = ""
        try:
            path.write_bytes(data)
            source = open_video(path, name, emissivity)
        except VideoError as error:
            self.problem = error.sentence
        except OSError:
            log.exception("an upload could not be stored")
            self.problem = text(
                "{name} could not be stored: the server's disk is full.", name=short_name(name)
            )
        else:
            self._leave()
            self.source, self.path, self._emissivity = source, path, emissivity
            return
        path.unlink(missing_ok=True)

    def assume(self, emissivity: float | None) -> None:
        """Use another emissivity for a radiometric video; others have no use for it."""
        if self.source is None or self.path is None or emissivity == self._emissivity:
            return
        self._emissivity = emissivity
        if self.source.info.radiometric:
            self.source = open_video(self.path, self.source.info.name, emissivity)

    def first_frame(self, detector: Detector, settings: VideoSettings) -> FirstFrame:
        """The first frame that will be worked on; the network runs on it once.

        Raises:
            VideoError: it cannot be decoded.
        """
        assert self.source is not None
        key = (self.path, self._emissivity, detector.info.sha256, settings.start, settings.run.imgsz)
        if self._first is None or self._first[0] != key:
            found = first_frame(self.source, detector, settings.start, settings.run.imgsz)
            self._first = (key, found)
        return self._first[1]

    def seconds_needed(self, detector: Detector, settings: VideoSettings) -> float | None:
        """How long a run will take, s, by a trial once per image size; None where that is not known.

        Raises:
            VideoError: the first frames cannot be decoded or written.
        """
        assert self.source is not None
        key = (self.path, detector.info.sha256, settings.run.imgsz)
        if key not in self._speeds:
            self._speeds[key] = seconds_per_frame(self.source, detector, settings, self.folder)
        return seconds_for(self.source, settings, self._speeds[key])

    def start(
        self,
        detector: Detector,
        settings: VideoSettings,
        save: Callable[[Path, VideoResult], None] | None = None,
    ) -> None:
        """Begin to work; the results of the run before are given up.

        Args:
            detector: that looks at the frames.
            settings: what was chosen.
            save: told of the video's file and its result once there is one.
        """
        assert self.source is not None and self.path is not None
        self._end_job()
        self.problem = ""
        try:
            place = Path(tempfile.mkdtemp(dir=self.folder))
        except OSError:
            self.problem = text("There is no room on the server's disk for the result.")
            return
        told = None if save is None else partial(save, self.path)
        self.job = Job(VideoRun(self.source, detector, settings, place), place, told)

    def close(self) -> None:
        """Stop the work and remove every file."""
        self._leave()
        self.closed = True
        self._home.cleanup()

    def _leave(self) -> None:
        """Give up the video and what was made of it."""
        self._end_job()
        self._first = None
        self._speeds.clear()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        self.source = self.path = None

    def _end_job(self) -> None:
        if self.job is None:
            return
        self.job.run.stop()
        self.job.wait(5)
        shutil.rmtree(self.job.folder, ignore_errors=True)
        self.job = None
        give_back()

    def _watch(self) -> None:
        """Nobody tells a session that its tab was closed, so this looks once a second.

        A heartbeat from the page would not do: browsers slow the timers of tabs in the background down.
        """
        gone_since: float | None = None
        while not self.closed:
            time.sleep(1)
            if _is_connected(self._session_id):
                gone_since = None
                continue
            gone_since = gone_since or time.monotonic()
            working = self.job is not None and self.job.running
            if time.monotonic() - gone_since > (_WORK_WAITS_S if working else _RESULTS_WAIT_S):
                self.close()


def workspace() -> Workspace:
    """This session's workspace; a new one after the old was closed for want of a connection."""
    space: Workspace | None = st.session_state.get("video_workspace")
    if space is None or space.closed:
        context = get_script_run_ctx()
        lost = space is not None
        space = Workspace("" if context is None else context.session_id)
        if lost:
            space.problem = text(
                "The connection was lost for a while, so the work was stopped. Choose the video again."
            )
        st.session_state["video_workspace"] = space
    return space


def _is_connected(session_id: str) -> bool:
    """Whether a browser holds this session; outside a server (tests) it counts as held."""
    return not exists() or bool(get_instance().is_active_session(session_id))
