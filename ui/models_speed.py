"""How fast the loaded model is on this machine: measured in a thread of its own, with progress and a stop."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import streamlit as st

from inspection.detector import Detector
from inspection.settings import IMAGE_SIZES
from ui.language import t

SIZES = (320, 416, 640, 960)
_ROUNDS, _WARM, _SECONDS = 30, 2, 4.0
_EVERY_S = 0.4
_one_at_a_time = threading.Lock()


@dataclass
class SpeedRun:
    """One measurement; the page only looks at it.

    Attributes:
        detector: shared with everybody, whose work goes on meanwhile.
        sizes: image sizes in pixels.
        times: size -> milliseconds of each picture so far.
        waiting: whether somebody else's measurement has to end first.
        failed: whether it could not be done.
        done: number of sizes that are done.
    """

    detector: Detector
    sizes: Sequence[int]
    times: dict[int, list[float]] = field(default_factory=dict)
    waiting: bool = True
    failed: bool = False
    done: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="speed-run", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it still measures."""
        return self._thread.is_alive()

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        begun = self.sizes[self.done :][:1]
        part = len(self.times.get(begun[0], ())) / _ROUNDS if begun else 0.0
        return min((self.done + min(part, 1.0)) / len(self.sizes), 1.0)

    def stop(self) -> None:
        """End soon; what was measured stays."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is over."""
        self._thread.join(seconds)

    def _work(self) -> None:
        while not _one_at_a_time.acquire(timeout=0.2):
            if self._stop.is_set():
                return
        self.waiting = False
        try:
            for size in self.sizes:
                self._measure(size)
                self.done += 1
        except RuntimeError:  # a network that does not take this size, or too little memory for it
            self.failed = True
        finally:
            _one_at_a_time.release()

    def _measure(self, size: int) -> None:
        picture = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
        begin = time.monotonic()
        for turn in range(_ROUNDS + _WARM):
            if self._stop.is_set():
                return
            if turn > _WARM + 3 and time.monotonic() - begin > _SECONDS:
                break
            start = time.perf_counter()
            self.detector.detect(picture, imgsz=size)
            if turn >= _WARM:
                self.times.setdefault(size, []).append(1000 * (time.perf_counter() - start))


def show_speed(detector: Detector, imgsz: int) -> None:
    """The button, then progress, then a table."""
    run: SpeedRun | None = st.session_state.get("speed_run")
    sizes = sorted({*SIZES, imgsz} & set(IMAGE_SIZES))
    st.caption(
        t(
            "From the picture to the list of findings, on a picture of 640x480, beside whatever else "
            "runs here."
        )
    )
    if run is not None and run.running:
        _progress()
        return
    if st.button(t("Measure on this machine"), icon=":material/timer:", key="measure-speed"):
        st.session_state["speed_run"] = SpeedRun(detector, sizes)
        st.rerun()
    if run is None or run.detector.info.sha256 != detector.info.sha256:
        return
    if run.failed:
        st.warning(t("This model could not be run at every image size."), icon=":material/warning:")
    table = speed_table(run)
    if len(table):
        st.dataframe(table, hide_index=True, alt=t("Table of the times by image size"), width="content")


@st.fragment(run_every=_EVERY_S)
def _progress() -> None:
    run: SpeedRun = st.session_state["speed_run"]
    if not run.running:
        st.rerun()
    size = run.sizes[min(run.done, len(run.sizes) - 1)]
    words = t("Measuring at {size} px …", size=size)
    if run.waiting:
        words = t("Somebody else measures; yours is next …")
    line = st.container(horizontal=True, vertical_alignment="center")
    line.progress(run.share, words, width="stretch")
    line.button(t("Stop"), icon=":material/stop:", on_click=run.stop, key="stop-speed")


def speed_table(run: SpeedRun) -> pd.DataFrame:
    """One row a size: the median, the range, pictures a second."""
    rows = []
    for size, times in sorted(run.times.items()):
        if times:
            middle = statistics.median(times)
            rows.append({
                t("Image size"): f"{size} px",
                t("Time per picture"): f"{middle:.0f} ms",
                t("Fastest to slowest"): f"{min(times):.0f} – {max(times):.0f} ms",
                t("Pictures a second"): f"{1000 / middle:.1f}",
            })  # fmt: skip
    return pd.DataFrame(rows)
