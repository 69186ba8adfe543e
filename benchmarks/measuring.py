"""Timing and files shared by the benchmarks of temperatures."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from inspection.radiometric import CountScale, RadiometricFile, read


class Timing(NamedTuple):
    """Durations of repeated calls in ms."""

    median: float
    best: float
    processor: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.best:.2f}, {self.processor:.2f})"


def timed(work: Callable[[], object], repeats: int) -> Timing:
    """Call repeatedly and time."""
    wall, processor = [], []
    for _ in range(repeats):
        start, start_processor = time.perf_counter(), time.thread_time()
        work()
        processor.append(1000 * (time.thread_time() - start_processor))
        wall.append(1000 * (time.perf_counter() - start))
    return Timing(statistics.median(wall), min(wall), statistics.median(processor))


def opened(path: Path) -> RadiometricFile:
    """Read a file, with 0.04 K per count where it needs a scale."""
    scale = CountScale(0.04) if path.suffix.lower() in (".tif", ".tiff") else None
    file = read(path.read_bytes(), path.name, scale)
    assert file is not None, path
    return file
