"""From the newest frame to an annotated picture: one thread runs the network, another measures and draws.

Between them, and before them, there is a mailbox of one. A frame that comes while the network is busy
replaces the one that waits, so what is shown is never older than one frame's way through both threads
plus the wait for the frame in work, whatever the load.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.annotate import DARK, annotate
from inspection.candidates import Candidates, lowest
from inspection.detector import Detector
from inspection.engine import leave_cores_to_network
from inspection.errors import InspectionError
from inspection.finding import Finding
from inspection.hotspots import HotSpot
from inspection.live.frames import CameraReading, read_frame
from inspection.live.history import MinuteHistory
from inspection.live.mailbox import Mailbox
from inspection.live.recorder import Recorder
from inspection.results import Measuring, measure
from inspection.settings import RunSettings
from inspection.tables import hottest_celsius
from inspection.texts import DEFAULT_LANGUAGE, text
from inspection.thermogram import Thermogram

_LOG = logging.getLogger(__name__)
IDLE_SECONDS = 5.0
"""After that long without a frame both threads end; the next frame starts them again."""

STALLED_SECONDS = 3.0
"""A stream without a frame for so long stands still."""

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class LiveSettings:
    """What acts on the stream at once; the shared detector holds none of it."""

    detector: Detector
    run: RunSettings = field(default_factory=RunSettings)
    measuring: Measuring = field(default_factory=Measuring)
    reading: CameraReading = field(default_factory=CameraReading)
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, eq=False)
class Looked:
    """A frame that the network has seen."""

    arrived: float
    thermogram: Thermogram
    candidates: Candidates


@dataclass(frozen=True, eq=False)
class Shown:
    """A frame as it is shown.

    Attributes:
        arrived: when the frame came, s of time.monotonic.
        drawn: when it was ready, likewise.
        thermogram: the frame as read.
        findings: worst first.
        hot_spots: what the model does not know.
        annotated: uint8 (H, W, 3) BGR.
    """

    arrived: float
    drawn: float
    thermogram: Thermogram
    findings: tuple[Finding, ...]
    hot_spots: tuple[HotSpot, ...]
    annotated: Frame


class LiveWorker:
    """Analyses a stream for one visitor."""

    def __init__(self, settings: LiveSettings) -> None:
        self._lock = threading.Lock()
        self._settings = settings
        self._frames: Mailbox[tuple[float, Callable[[], Frame]]] = Mailbox()
        self._looked: Mailbox[Looked] = Mailbox()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._shown: Shown | None = None
        self._times: deque[float] = deque(maxlen=120)
        self._recorder: Recorder | None = None
        self._problem = ""
        self._came: float | None = None
        self._stalled: float | None = None
        self.silence_at_stop: float | None = None
        """Seconds without a frame before it was stopped, or None when there had been none."""
        self.history = MinuteHistory()

    @property
    def settings(self) -> LiveSettings:
        """What is in force."""
        with self._lock:
            return self._settings

    @settings.setter
    def settings(self, settings: LiveSettings) -> None:
        with self._lock:
            self._settings = settings

    @property
    def shown(self) -> Shown | None:
        """The newest picture drawn, or None."""
        return self._shown

    @property
    def problem(self) -> str:
        """One sentence when the newest frame could not be analysed, else ""."""
        return self._problem

    @property
    def recorder(self) -> Recorder | None:
        """The recording in progress or the last one."""
        return self._recorder

    @property
    def running(self) -> bool:
        """Whether a thread is at work."""
        return any(thread.is_alive() for thread in self._threads)

    def silence(self) -> float | None:
        """Seconds since a frame came, or None before the first of a stream."""
        came = self._came
        return None if came is None else time.monotonic() - came

    def faltered(self, within: float = 15.0) -> bool:
        """Whether the stream has stood still in the last so many seconds, or did when it was stopped."""
        silence = self.silence() if self.silence_at_stop is None else self.silence_at_stop
        if silence is not None and silence > STALLED_SECONDS:
            return True
        return self._stalled is not None and time.monotonic() - self._stalled < within

    def frames_per_second(self) -> float:
        """Pictures drawn in the last two seconds, a second."""
        now = time.monotonic()
        times = [moment for moment in list(self._times) if moment > now - 2.0]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0

    def begin(self) -> None:
        """A stream begins: no frame of it has come yet."""
        self._came = self._stalled = self.silence_at_stop = None

    def put(self, pixels: Callable[[], Frame]) -> None:
        """Hand over a frame; returns at once.

        Args:
            pixels: gives uint8 (3/2 H, W) I420 or (H, W, 3) BGR; called only for frames that are analysed.
        """
        now = time.monotonic()
        if self._came is not None and now - self._came > STALLED_SECONDS:
            self._stalled = now
        self._came, self.silence_at_stop = now, None
        self._frames.put((now, pixels))
        with self._lock:
            if not self.running:
                self._start()

    def record(self, recorder: Recorder | None) -> None:
        """Record from now on, or stop recording."""
        with self._lock:
            old, self._recorder = self._recorder, recorder or self._recorder
        if old is not None:
            old.stop()

    def stop(self) -> None:
        """End the threads and the recording; the next frame starts anew. May be called more than once."""
        self._stopping.set()
        self._frames.clear()
        recorder = self._recorder
        if recorder is not None:
            recorder.stop(0.0)  # the file is finished beside; the caller may be the event loop
        if self.silence_at_stop is None:
            self.silence_at_stop = self.silence()

    def _start(self) -> None:
        leave_cores_to_network()
        self._stopping = threading.Event()
        self._problem, self._shown = "", None
        self.history.clear()
        self._threads = [
            # Not daemons: the network must not be in work when the interpreter goes.
            threading.Thread(target=run, args=(self._stopping,), name=f"camera {name}")
            for name, run in (("network", self._look), ("drawing", self._draw))
        ]
        for thread in self._threads:
            thread.start()

    def _look(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            taken = self._frames.take(0.2)
            if taken is None:
                if (self.silence() or 0.0) > IDLE_SECONDS:
                    break
                continue
            arrived, pixels = taken
            settings = self.settings
            try:
                thermogram = read_frame(pixels(), settings.reading)
                floor = lowest(settings.run.thresholds(settings.detector.info.class_names))
                candidates = settings.detector.candidates(thermogram.picture, settings.run.imgsz, floor=floor)
            except Exception as error:
                self._fail(error)
                continue
            self._looked.put(Looked(arrived, thermogram, candidates))
        stopping.set()

    def _draw(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            looked = self._looked.take(0.2)
            if looked is None:
                continue
            try:
                shown = show(looked, self.settings, self.frames_per_second())
            except Exception as error:
                self._fail(error)
                continue
            self._problem = ""
            self._shown = shown
            self._times.append(shown.drawn)
            self.history.add(shown.drawn, len(shown.findings), hottest_celsius(shown.findings))
            recorder = self._recorder
            if recorder is not None:
                recorder.offer(shown.annotated, shown.arrived)
        self._looked.clear()
        if self._recorder is not None:
            self._recorder.stop()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, InspectionError):
            self._problem = error.sentence
            return
        if not self._problem:
            _LOG.error("A frame could not be analysed.", exc_info=error)
        self._problem = text("The camera's picture could not be analysed; it is shown as it comes.")


def show(looked: Looked, settings: LiveSettings, fps: float = 0.0) -> Shown:
    """Thresholds, temperatures, grades and drawing of one frame.

    Raises:
        SettingsError: the measuring settings do not fit the picture.
    """
    run = settings.run
    names = looked.candidates.class_names
    detections = looked.candidates.select(run.thresholds(names), run.iou, run.class_ids(names))
    findings, spots = measure(detections, looked.thermogram, settings.measuring)
    annotated = annotate(looked.thermogram.picture, findings, hot_spots=spots, language=settings.language)
    if fps:
        write_fps(annotated, fps)
    return Shown(looked.arrived, time.monotonic(), looked.thermogram, findings, spots, annotated)


def write_fps(picture: Frame, fps: float) -> None:
    """Write the frame rate into the lower left corner, in place; on a tab, as a box's line may run there."""
    words, font, size, pad = f"{fps:.1f} fps", cv2.FONT_HERSHEY_SIMPLEX, 0.6, 6
    (width, height), below = cv2.getTextSize(words, font, size, 1)
    bottom = picture.shape[0]
    top = bottom - height - below - 2 * pad
    cv2.rectangle(picture, (0, top), (width + 2 * pad, bottom), DARK, cv2.FILLED)
    cv2.putText(picture, words, (pad, bottom - below - pad), font, size, (255, 255, 255), 1, cv2.LINE_AA)
