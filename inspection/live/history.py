"""The last minute of a stream, one entry a second."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

SECONDS = 60


@dataclass(frozen=True)
class Second:
    """What was seen within one second.

    Attributes:
        second: whole seconds of the clock that the caller uses.
        count: most findings in a frame.
        hottest: highest temperature of a finding, °C, or None.
        frames: number of frames.
    """

    second: int
    count: int
    hottest: float | None
    frames: int


class MinuteHistory:
    """Findings and temperature over the last minute; its size does not grow with time or frame rate."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: deque[Second] = deque(maxlen=SECONDS + 1)

    def add(self, seconds: float, count: int, hottest: float | None) -> None:
        """Count a frame in; times come in order."""
        now = int(seconds)
        with self._lock:
            last = self._seconds[-1] if self._seconds else None
            if last is None or last.second != now:
                self._seconds.append(Second(now, count, hottest, 1))
                return
            known = [value for value in (last.hottest, hottest) if value is not None]
            self._seconds[-1] = Second(now, max(last.count, count), max(known, default=None), last.frames + 1)

    def last_minute(self, now: float) -> list[Second]:
        """The seconds not older than a minute, oldest first."""
        with self._lock:
            return [entry for entry in self._seconds if entry.second > now - SECONDS - 1]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._seconds.clear()
