"""A progress line for the terminal with time left; silent where output goes to a file."""

from __future__ import annotations

import sys
import time
from types import TracebackType

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
