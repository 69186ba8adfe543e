"""A video from file to tracked, drawn, playable file: this project against Ultralytics' track(save=True).

Run from the repository root; it takes a few minutes:

    python -m benchmarks.video [--clip FILE] [--weights weights/best.pt] [--rounds 3]

Without a clip, 300 frames of 640x480 are made from the sample of a walk across a yard, forth and back. All
ways take turns on the same clip at image size 640, so that whatever else the machine does hits them alike;
frames per second are those of each way's best round. Then each stage of our way is measured alone: the
slowest one is the most that a pipeline could reach.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.machine import describe
from inspection.annotate import annotate
from inspection.detector import DEFAULT_WEIGHTS, Detector
from inspection.results import Measuring
from inspection.settings import RunSettings
from inspection.video.following import Follower
from inspection.video.opening import open_video
from inspection.video.pipeline import VideoRun
from inspection.video.settings import VideoSettings
from inspection.video.writer import VideoWriter

IMGSZ, CONF, IOU = 640, 0.25, 0.7
FRAMES, RATE = 300, 25.0
REFERENCE = "Ultralytics track(save=True), torch"
SETTINGS = VideoSettings(RunSettings(CONF, IOU, IMGSZ), Measuring(hot_spots=None))
_SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "yard_walk.mp4"

Way = Callable[[], int]


def make_clip(path: Path) -> Path:
    """FRAMES frames of 640x480: the sample forth and back, or coloured noise where it is not there."""
    if _SAMPLE.is_file():
        pictures = [frame.thermogram.picture for frame in open_video(_SAMPLE, _SAMPLE.name).frames()]
    else:
        noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
        large = cv2.resize(noise, (640, 480))
        pictures = [np.roll(large, 4 * i, axis=1).astype(np.uint8) for i in range(96)]
    back_and_forth = [*pictures, *pictures[-2:0:-1]]
    with VideoWriter(path, 640, 480, RATE) as writer:
        for i in range(FRAMES):
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
    candidates = [detector.candidates(frame.thermogram.picture, IMGSZ) for frame in frames]

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
        "detect": lambda: sum(
            1 for _ in detector.candidates_many((f.thermogram.picture for f in frames), IMGSZ)
        ),
        "follow, measure and draw": follow_and_draw,
        "encode": encode,
    }


def best_rates(ways: dict[str, Way], rounds: int) -> dict[str, float]:
    """Frames per second of each way's best round, the ways taking turns; one unmeasured round first."""
    best = dict.fromkeys(ways, 0.0)
    for number in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            frames = way()
            rate = frames / (time.perf_counter() - start)
            if number:
                best[name] = max(best[name], rate)
    return best


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clip = options.clip or make_clip(folder / "clip.mp4")
        fast = Detector.load(options.weights, "openvino")
        own = "this project, OpenVINO"
        ways = {
            REFERENCE: ultralytics_way(clip, options.weights, folder),
            own: our_way(clip, fast, folder),
            "this project, torch": our_way(clip, Detector.load(options.weights, "torch"), folder),
        }
        parts = {f"stage: {name}": way for name, way in stages(clip, fast, folder).items()}
        rates = best_rates(ways | parts, options.rounds)
    slowest = min(rates[name] for name in parts)
    print(f"{describe()}\n{options.rounds} rounds\n")
    print("| way | frames per second | times as fast as Ultralytics |\n|---|---|---|")
    for name in ways:
        print(f"| {name} | {rates[name]:.1f} | {rates[name] / rates[REFERENCE]:.2f} |")
    print("\n| alone | frames per second |\n|---|---|")
    for name in parts:
        print(f"| {name} | {rates[name]:.1f} |")
    print(f"\nWith OpenVINO the whole reaches {rates[own] / slowest:.0%} of its slowest stage alone.")


if __name__ == "__main__":
    main()
