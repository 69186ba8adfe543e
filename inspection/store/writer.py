"""Saving in the background: the page hands a run over and goes on at once.

Runs wait a moment before they are written, so that a slider that moves leaves one run and not a hundred.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from inspection.errors import InspectionError
from inspection.memory import give_back
from inspection.store.run import Draft
from inspection.store.store import Store
from inspection.texts import text

_SETTLE_S, _LONGEST_S = 1.0, 5.0
_MOST, _MOST_BYTES = 500, 256 * 2**20
_LEAVING_S = 10.0

log = logging.getLogger(__name__)


@dataclass
class _Waiting:
    owner: str
    make: Callable[[], Draft]
    size: int
    first: float
    due: float


class Writer:
    """One thread that writes what waits, the oldest first; the queue is bounded."""

    def __init__(self, store: Store, settle_s: float = _SETTLE_S) -> None:
        """The thread starts with the first run and ends with the program, once everything is written."""
        self.store = store
        self._settle_s = settle_s
        self._waiting: dict[Hashable, _Waiting] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = self._hurry = False
        self._problems: dict[str, str] = {}

    def put(self, key: Hashable, owner: str, make: Callable[[], Draft], size: int = 0) -> bool:
        """Hand a run over; returns at once.

        Args:
            key: a run under the same key that still waits is replaced by this one.
            owner: whose run it is.
            make: makes the run; called in the background.
            size: bytes that it keeps in memory while it waits.

        Returns:
            False when too much waits already: hand it over again later.
        """
        now = time.monotonic()
        with self._changed:
            old = self._waiting.pop(key, None)
            held = sum(waiting.size for waiting in self._waiting.values())
            if self._waiting and (len(self._waiting) >= _MOST or held + size > _MOST_BYTES):
                if old is not None:
                    self._waiting[key] = old
                return False
            first = now if old is None else old.first
            due = min(now + self._settle_s, first + _LONGEST_S)
            self._waiting[key] = _Waiting(owner, make, size, first, due)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="history", daemon=True)
                self._thread.start()
                atexit.register(self.flush, _LEAVING_S)
            self._changed.notify_all()
        return True

    def problem(self, owner: str) -> str:
        """Why this owner's last run was not saved, or "" when it was."""
        return self._problems.get(owner, "")

    def flush(self, seconds: float = 60.0) -> bool:
        """Write everything that waits now; returns whether that was done within this time."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            try:
                return self._changed.wait_for(
                    lambda: not self._waiting and not self._busy, max(deadline - time.monotonic(), 0)
                )
            finally:
                self._hurry = False

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                waiting = self._next()
                self._busy = True
            self.save(waiting.owner, waiting.make)
            del waiting  # its picture is not needed any more
            if not self._waiting:
                give_back()

    def _next(self) -> _Waiting:
        """What is due, waited for under the lock."""
        while True:
            now = time.monotonic()
            if self._waiting:
                key = min(self._waiting, key=lambda key: self._waiting[key].due)
                left = self._waiting[key].due - now
                if self._hurry or left <= 0:
                    return self._waiting.pop(key)
                self._changed.wait(left)
            else:
                self._changed.wait()

    def save(self, owner: str, make: Callable[[], Draft]) -> None:
        """Save a run now, in this thread; a sentence in `problem` says why it could not be done."""
        try:
            self.store.add(owner, make())
        except InspectionError as error:
            self._problems[owner] = error.sentence
        except Exception:
            log.exception("a result could not be saved")
            self._problems[owner] = text("The last result could not be saved; the server's log says why.")
        else:
            self._problems.pop(owner, None)
