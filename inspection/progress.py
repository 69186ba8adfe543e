"""A progress line for the terminal with time left; silent where output goes to a file."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

_BAR = 24


class Progress:
    """Use as a context manager; call `step` once an item."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.start = total, 0, time.monotonic()
        self.shown = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shown:
            print(file=sys.stderr)

    def step(self, name: str) -> None:
        """One more item is done."""
        self.done += 1
        if not self.shown:
            return
        elapsed = time.monotonic() - self.start
        left = elapsed / self.done * (self.total - self.done)
        bar = "█" * (_BAR * self.done // max(self.total, 1))
        rate = self.done / max(elapsed, 1e-9)
        line = f"\r{bar:<{_BAR}} {self.done}/{self.total}  {rate:.1f}/s  {left:.0f} s left"
        print(f"{line}  {name[-40:]:<40}", end="", file=sys.stderr, flush=True)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Within this, Ctrl-C only makes the function given answer True; pressed again, it ends the program."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
