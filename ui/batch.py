"""Many pictures, worked on a second at a time: the page answers meanwhile and fills as results come."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from inspection.names import short_name
from inspection.results import Result
from ui.analysis import Picture, is_analysed, result_key, result_of
from ui.language import t
from ui.page import Page, plain

_FIRST_S = 0.6
_SILENT_S = 0.3
"""What takes no longer shows no progress: a bar that comes and goes would move the page under the pointer."""
_SLICE_S = 1.5
_LONGEST_SLICE_S = 6.0
_AWAY_S = 20.0
_MANY = 3


class Batch:
    """The visitor's pictures and those of their results that are there."""

    def __init__(self, page: Page, pictures: Sequence[Picture]) -> None:
        """Look at what is done under the present settings; works on nothing yet."""
        self.page, self.pictures = page, pictures
        self._drawing_since = time.monotonic()
        self._kept = st.session_state.setdefault("results", {})
        # Not an st.empty: that is made anew each time, and its stop button would flee from a click.
        self._line = st.container(horizontal=True, vertical_alignment="center")
        self._keys = [result_key(page, picture) for picture in pictures]
        self._todo = [i for i, key in enumerate(self._keys) if self._at(i) is None]
        if self.stopped:
            # What the network has seen follows the sliders all the same.
            detector, imgsz = page.detector, page.settings.imgsz
            self._todo = [i for i in self._todo if is_analysed(pictures[i], detector, imgsz)]

    @property
    def stopped(self) -> bool:
        """Whether the visitor pressed stop."""
        return bool(st.session_state.get("stopped"))

    @property
    def done(self) -> list[tuple[Picture, Result]]:
        """The pictures that have a result, in their order."""
        results = [(picture, self._at(i)) for i, picture in enumerate(self.pictures)]
        return [(picture, result) for picture, result in results if result is not None]

    def work(self) -> None:
        """The first moment of work, before the page is drawn: enough for a few pictures."""
        if len(self._todo) < _MANY:
            with st.spinner(t("Analysing …"), show_time=True):
                self._work(None)
        else:
            self._work(_FIRST_S, _SILENT_S)
        self._drawing_since = time.monotonic()
        if not self._todo:
            st.session_state.pop("batch_pace", None)
            if hasattr(self, "_shown"):
                st.rerun()  # without the bar
        elif not self.stopped:
            self._bar()

    def go_on(self) -> None:
        """The next slice of work, after the page is drawn; the page is drawn again after it."""
        if self._todo:
            # However slow the drawing is, two thirds of the time go into the work.
            drawing = time.monotonic() - self._drawing_since
            self._work(min(max(_SLICE_S, 2 * drawing), _LONGEST_SLICE_S))
            st.rerun()

    def _at(self, index: int) -> Result | None:
        picture = self.pictures[index]
        key, result = self._kept.get((picture.name, picture.sha256), (None, None))
        return result if key == self._keys[index] else None

    def _work(self, seconds: float | None, silent: float = 0.0) -> None:
        """Work until the time is over or all is done; a click in between is answered after one picture."""
        start = last = time.monotonic()
        going_on = "batch_pace" in st.session_state
        done, spent, before = st.session_state.get("batch_pace", (0, 0.0, start))
        spent += start - before if start - before < _AWAY_S else 0.0  # drawing counts, being away does not
        while self._todo:
            picture = self.pictures[self._todo[0]]
            if seconds is not None and (going_on or last - start >= silent):
                pace = spent / done if done else None
                self._bar().progress(1 - len(self._todo) / len(self.pictures), self._words(picture, pace))
            result = result_of(self.page, picture)
            self._kept[picture.name, picture.sha256] = (self._keys[self._todo.pop(0)], result)
            done += 1
            now = time.monotonic()
            spent, last = spent + now - last, now
            st.session_state["batch_pace"] = (done, spent, now)
            if seconds is not None and now - start > seconds:
                return

    def _bar(self) -> st.delta_generator.DeltaGenerator:
        """Progress and a stop button, made once a run of the script."""
        if not hasattr(self, "_shown"):
            self._shown = self._line.progress(0.0, t("Analysing …"), width="stretch")
            stop = {"stopped": True}
            self._line.button(
                t("Stop"), icon=":material/stop:", on_click=st.session_state.update, args=(stop,)
            )
        return self._shown

    def _words(self, picture: Picture, pace: float | None) -> str:
        number, total = len(self.pictures) - len(self._todo), len(self.pictures)
        name = plain(short_name(picture.name))
        if pace is None:
            return t("{number} of {total} · {name}", number=number, total=total, name=name)
        left = pace * len(self._todo)
        return t(
            "{number} of {total}, {left:.0f} s left · {name}",
            number=number,
            total=total,
            left=left,
            name=name,
        )
