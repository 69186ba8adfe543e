"""A run over a video in a terminal: a line of progress, and Ctrl-C ends it and keeps what was done."""

from __future__ import annotations

import sys
import threading

from inspection.video.pipeline import VideoRun
from inspection.video.result import VideoResult, duration_words

_EVERY_S = 0.5


def watched(run: VideoRun) -> VideoResult:
    """Work through the video with a line of progress; silent where output goes to a file.

    Raises:
        VideoError: see VideoRun.run.
    """
    results: list[VideoResult] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(run.run())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        try:
            thread.join(_EVERY_S)
        except KeyboardInterrupt:
            run.stop()
        if sys.stderr.isatty():
            print(f"\r{progress_words(run):<70}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if errors:
        raise errors[0]
    return results[0]


def progress_words(run: VideoRun) -> str:
    """Frames done, speed, and time left."""
    progress = run.progress
    left = progress.seconds_left
    words = "" if left is None else f", {duration_words(left)} left"
    return f"{progress.frames} frames, {progress.frames_per_second:.1f} per second{words}"
