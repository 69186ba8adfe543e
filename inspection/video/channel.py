"""A bounded queue between two threads that both leave when the run is halted."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_END: Any = object()
_PATIENCE_S = 0.05


class Halted(Exception):
    """The run is over; whoever waits on a channel leaves by this."""


class Channel(Generic[T]):
    """At most `size` items are between the threads, so memory does not depend on how many pass."""

    def __init__(self, size: int, halt: threading.Event) -> None:
        """Set up a channel that nobody waits on any more once `halt` is set."""
        self._queue: queue.Queue[T] = queue.Queue(size)
        self._halt = halt

    def put(self, item: T) -> None:
        """Hand an item on, waiting for room.

        Raises:
            Halted: the run is over.
        """
        while not self._halt.is_set():
            try:
                self._queue.put(item, timeout=_PATIENCE_S)
            except queue.Full:
                continue
            return
        raise Halted

    def end(self) -> None:
        """Nothing more comes."""
        self.put(_END)

    def __iter__(self) -> Iterator[T]:
        while not self._halt.is_set():
            try:
                item = self._queue.get(timeout=_PATIENCE_S)
            except queue.Empty:
                continue
            if item is _END:
                return
            yield item
        raise Halted
