"""A video from file to tracked, drawn, playable file: this project against Ultralytics' track(save=True).

Run from the repository root; on two cores it takes less than three minutes:

    python -m benchmarks.video [--clip FILE] [--weights weights/best.pt] [--rounds 2]

Without a clip, 300 frames of 640x480 are made from the sample of a walk across a yard, forth and back. All
ways take turns on the same clip at image size 640, so that whatever else the machine does hits them alike;
before the first turn, each works on a second of it, unmeasured. Frames per second are those of each way's
best turn; processor time, which other programs disturb less, is that of the turn that took least. Then each
stage of our way is measured alone: the slowest one is the most that a pipeline could reach.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.machine import describe
from inspection.annotate import annotate
from inspection.candidates import Candidates
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.engine import FASTEST
from inspection.results import Measuring
from inspection.settings import RunSettings
from inspection.video.following import Follower
from inspection.video.opening import open_video
from inspection.video.pipeline import VideoRun
from inspection.video.settings import VideoSettings
from inspection.video.writer import VideoWriter

IMGSZ, CONF, IOU = 640, 0.25, 0.7
FRAMES, WARM_UP, RATE = 300, 25, 25.0
REFERENCE, OWN = "Ultralytics track(save=True), torch", "this project, OpenVINO"
STAGE = "alone: "
SETTINGS = VideoSettings(RunSettings(CONF, IOU, IMGSZ), Measuring(hot_spots=None))
_SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "yard_walk.mp4"

Way = Callable[[], int]
Ways = Callable[[Path], dict[str, Way]]


class Speed(NamedTuple):
    """Of a way: frames per second, and ms of processor time a frame."""

    rate: float
    processor: float


def make_clip(path: Path, frames: int = FRAMES) -> Path:
    """So many frames of 640x480: the sample forth and back, or coloured noise where it is not there."""
    if _SAMPLE.is_file():
        pictures = [frame.thermogram.picture for frame in open_video(_SAMPLE, _SAMPLE.name).frames()]
    else:
        noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
        large = cv2.resize(noise, (640, 480))
        pictures = [np.roll(large, 4 * i, axis=1).astype(np.uint8) for i in range(96)]
    back_and_forth = [*pictures, *pictures[-2:0:-1]]
    with VideoWriter(path, 640, 480, RATE) as writer:
        for i in range(frames):
            writer.write(back_and_forth[i % len(back_and_forth)], i / RATE)
    return path


def our_way(clip: Path, detector: Detector, folder: Path) -> Way:
    """File to file, tables too, as the app and the terminal command do it."""

    def run() -> int:
        return len(VideoRun(open_video(clip, clip.name), detector, SETTINGS, folder).run().frames)

    return run


def ultralytics_way(clip: Path, weights: Path, folder: Path) -> Way:
    """File to file by Ultralytics; a new tracker each time (persist is off)."""
    from custom_layers import YOLO

    model = YOLO(str(weights))

    def run() -> int:
        results = model.track(
            str(clip), stream=True, save=True, tracker="bytetrack.yaml", imgsz=IMGSZ, conf=CONF, iou=IOU,
            verbose=False, device="cpu", project=str(folder), name="reference", exist_ok=True,
        )  # fmt: skip
        return sum(1 for _ in results)

    return run


def stages(clip: Path, detector: Detector, folder: Path) -> dict[str, Way]:
    """Every stage of our way alone, on what the stage before gives."""
    source = open_video(clip, clip.name)
    frames = list(source.frames())
    floor = Follower(source.info, detector.info.class_names, SETTINGS).floor

    def detect() -> Iterator[Candidates]:
        return detector.candidates_many((f.thermogram.picture for f in frames), IMGSZ, floor)

    candidates = list(detect())

    def follow_and_draw() -> int:
        follower = Follower(source.info, detector.info.class_names, SETTINGS)
        for frame, found in zip(frames, candidates, strict=True):
            annotate(frame.thermogram.picture, follower.follow(frame, found))
        return len(frames)

    def encode() -> int:
        with VideoWriter(folder / "stage.mp4", 640, 480, RATE) as writer:
            for frame in frames:
                writer.write(frame.thermogram.picture, frame.seconds)
        return len(frames)

    return {
        "decode": lambda: sum(1 for _ in source.frames()),
        "detect": lambda: sum(1 for _ in detect()),
        "follow, measure and draw": follow_and_draw,
        "encode": encode,
    }


def best_speeds(ways: Ways, short: Path, clip: Path, rounds: int) -> dict[str, Speed]:
    """Each way's best, the ways taking turns; each works on the short clip first, unmeasured."""
    for way in ways(short).values():
        way()
    speeds: dict[str, Speed] = {}
    measured = ways(clip)
    for _ in range(rounds):
        for name, way in measured.items():
            start, processor = time.perf_counter(), time.process_time()
            frames = way()
            rate = frames / (time.perf_counter() - start)
            spent = 1000 * (time.process_time() - processor) / frames
            best = speeds.get(name, Speed(0.0, float("inf")))
            speeds[name] = Speed(max(best.rate, rate), min(best.processor, spent))
    return speeds


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        short = make_clip(folder / "short.mp4", WARM_UP)
        clip = options.clip or make_clip(folder / "clip.mp4")
        fast = Detector.load(options.weights, "openvino", precision=FASTEST)
        plain = Detector.load(options.weights, "torch")

        def ways(path: Path) -> dict[str, Way]:
            return {
                REFERENCE: ultralytics_way(path, options.weights, folder),
                OWN: our_way(path, fast, folder),
                "this project, torch": our_way(path, plain, folder),
                **{STAGE + name: way for name, way in stages(path, fast, folder).items()},
            }

        speeds = best_speeds(ways, short, clip, options.rounds)
    print(f"{describe()}\n{fast.engine.description}; {plain.engine.description}; {options.rounds} rounds\n")
    _print_table(speeds)


def _print_table(speeds: dict[str, Speed]) -> None:
    print("| way | frames per second | times as fast as Ultralytics | ms of processor time a frame |")
    print("|---|---|---|---|")
    for name, speed in speeds.items():
        times = "" if name.startswith(STAGE) else f"{speed.rate / speeds[REFERENCE].rate:.2f}"
        print(f"| {name} | {speed.rate:.1f} | {times} | {speed.processor:.1f} |")
    slowest = min(speed.rate for name, speed in speeds.items() if name.startswith(STAGE))
    share = speeds[OWN].rate / slowest
    print(f"\nWith OpenVINO the whole reaches {share:.0%} of its slowest stage alone.")


if __name__ == "__main__":
    main()
