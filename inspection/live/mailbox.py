"""A place for one thing between two threads: a newer one replaces the older, so nothing waits in line."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds at most one thing."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._thing: T | None = None

    def put(self, thing: T) -> None:
        """Leave a thing; one that nobody took is forgotten."""
        with self._changed:
            self._thing = thing
            self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """The newest thing, once; None when there was none for that many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._thing is not None, timeout_s)
            thing, self._thing = self._thing, None
            return thing

    def clear(self) -> None:
        """Forget what is there."""
        with self._changed:
            self._thing = None
