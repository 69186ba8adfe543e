"""python -m thermal_scenes OUT --pictures N --seed S: a labelled data set of synthetic thermal pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from thermal_scenes.dataset import Order, SceneError, class_ids, progress, write_dataset
from thermal_scenes.scene import KINDS


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (
        width.isdigit()
        and height.isdigit()
        and min(int(width), int(height)) >= 64
        and max(int(width), int(height)) <= 4096
    ):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 640x512 (64 to 4096 a side)")
    return int(width), int(height)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m thermal_scenes", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder to write to")
    parser.add_argument("--pictures", type=_positive, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--classes", nargs="+", metavar="CLASS", help="only these classes (numbers or names)")
    parser.add_argument(
        "--kinds", nargs="+", choices=list(KINDS), help="only these kinds of scene, equally often"
    )
    parser.add_argument("--size", type=_size, help="WIDTHxHEIGHT; without it a mixture from 416 to 640")
    parser.add_argument("--workers", type=_positive, help="processes; without it one per core")
    parser.add_argument("--val-fraction", type=float, default=0.0, help="share that goes to val/ (0..0.9)")
    parser.add_argument("--format", choices=("jpg", "png"), default="jpg")
    parser.add_argument("--no-tiff", action="store_true", help="leave the 16-bit pictures off")
    parser.add_argument("--no-truth", action="store_true", help="leave the truth files off")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    parser = build_parser()
    given = parser.parse_args(arguments)
    if not 0 <= given.val_fraction <= 0.9:
        parser.error("--val-fraction must lie between 0 and 0.9")
    if given.seed < 0:
        parser.error("--seed must not be negative")
    try:
        classes = class_ids(given.classes) if given.classes else None
        order = Order(
            given.folder, given.pictures, given.seed, classes, tuple(given.kinds) if given.kinds else None,
            given.size, not given.no_tiff, not given.no_truth, given.format, given.val_fraction,
        )  # fmt: skip
        boxes, seconds = progress(write_dataset(order, given.workers), given.pictures, given.quiet)
    except (SceneError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; what was written stays.", file=sys.stderr)
        return 130
    print(
        f"{given.pictures} pictures, {boxes} boxes in {seconds:.1f} s: "
        f"{given.pictures / seconds:.1f} pictures a second"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
