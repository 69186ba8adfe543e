"""Many visitors at once: how many pictures a second get their findings, how long each waits, how fairly.

Run from the repository root; it takes about two minutes on two cores:

    python -m benchmarks.load [--sessions 1 5 20] [--pause 4] [--seconds 25]

Each visitor has a session of its own over the app's websocket and uploads a picture that no cache knows,
takes the page and the annotated picture as a browser does, pauses and begins again. "The engine alone" runs
the network on the same pictures, one after the other, without a page around it, as fast as it can: what it
would have answered of the same uploads in the same time is the smaller of that and what was asked. The app
and its visitors share the machine. Bounded: at most --seconds a row, and only this machine's loopback.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from benchmarks.machine import describe
from benchmarks.memory import samples
from benchmarks.serving import App, Visitor, renamed, served
from inspection.detector import Detector
from inspection.reading import read_picture

IMGSZ = 416
"""The pages' image size where nobody has moved the slider."""


@dataclass
class Stay:
    """One visitor's stay: seconds waited for each picture, and how many were asked for."""

    waits: list[float] = field(default_factory=list)
    asked: int = 0
    problem: str = ""


def engine_alone(seconds: float = 4.0) -> float:
    """Pictures a second from bytes to candidates, without a page."""
    detector, pictures = Detector.load(), samples()
    done, start = 0, 0.0
    for warm in (True, False):
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < (1.0 if warm else seconds):
            detector.candidates(read_picture(pictures[done % len(pictures)], "a.jpg").picture, IMGSZ)
            done += 1
    return done / (time.perf_counter() - start)


def visit(app: App, number: int, stay: Stay, ready: threading.Barrier, pause: float, seconds: float) -> None:
    """Upload a picture every few seconds until the time is over."""
    pictures = samples()
    rng = np.random.default_rng(number)
    try:
        with Visitor(app, "image") as visitor:
            visitor.upload(("warm.jpg", renamed(pictures[0], 900_000_000 + number)))
            visitor.press("Remove all pictures")
            ready.wait(180)
            end = time.monotonic() + seconds
            time.sleep(rng.uniform(0, pause))
            while time.monotonic() < end:
                asked = time.monotonic()
                stay.asked += 1
                data = renamed(pictures[stay.asked % len(pictures)], 1_000_000 * number + stay.asked)
                answer = visitor.upload((f"{stay.asked}.jpg", data))
                if answer.picture_seconds is None:
                    stay.problem = f"no picture came: {answer.texts}"
                    return
                stay.waits.append(answer.picture_seconds)
                visitor.press("Remove all pictures")
                time.sleep(max(asked + pause * rng.uniform(0.7, 1.3) - time.monotonic(), 0))
    except Exception as error:
        stay.problem = f"{type(error).__name__}: {error}"
        ready.abort()


def measure(app: App, sessions: int, pause: float, seconds: float) -> list[Stay]:
    """Let so many visitors come at once."""
    stays = [Stay() for _ in range(sessions)]
    ready = threading.Barrier(sessions)
    threads = [
        threading.Thread(target=visit, args=(app, i + 1, stay, ready, pause, seconds), daemon=True)
        for i, stay in enumerate(stays)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 400)
    return stays


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 5, 20])
    parser.add_argument("--pause", type=float, default=4.0, help="seconds from one upload to the next")
    parser.add_argument("--seconds", type=float, default=25.0, help="length of each row")
    options = parser.parse_args()
    alone = engine_alone()
    print(f"{describe()}\nThe engine alone: {alone:.1f} pictures a second at {IMGSZ} px\n")
    print(
        "| sessions | asked a s | answered a s | of the engine alone's answers | median s | 95 % s "
        "| slowest session's median, of all | longest, of median |\n|---|---|---|---|---|---|---|---|"
    )
    with served() as app:
        for sessions in options.sessions:
            stays = measure(app, sessions, options.pause, options.seconds)
            problems = [stay.problem for stay in stays if stay.problem]
            waits = [wait for stay in stays for wait in stay.waits]
            if problems or not waits:
                print(f"| {sessions} | {'; '.join(problems)[:200]} |")
                continue
            median = statistics.median(waits)
            asked = sessions / options.pause
            answered = len(waits) / options.seconds
            slowest = max(statistics.median(stay.waits) for stay in stays if stay.waits)
            share = answered / min(alone, asked)
            print(
                f"| {sessions} | {asked:.2f} | {answered:.2f} | {share:.0%} | {median:.2f} "
                f"| {np.percentile(waits, 95):.2f} | {slowest / median:.1f} | {max(waits) / median:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
