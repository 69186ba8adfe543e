"""Write a data set anew with the hand-drawn boxes of real_boxes.csv in place of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from inspection.errors import InspectionError
from training.boxes.apply import apply_boxes
from training.boxes.table import REAL_BOXES, read_table


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 after a refusal with one sentence."""
    p = argparse.ArgumentParser(prog="python -m training.boxes", description=__doc__)
    p.add_argument("data", type=Path, help="folder in YOLO's layout; its other folders are searched too")
    p.add_argument("out", type=Path, help="new folder")
    p.add_argument("--table", type=Path, default=REAL_BOXES, help="another table of boxes")
    args = p.parse_args(argv)
    try:
        done = apply_boxes(args.data, args.out, read_table(args.table))
    except InspectionError as error:
        print(error, file=sys.stderr)
        return 2
    for name in done.missing:
        print(f"{name} is nowhere below {args.data}; its boxes are left out.", file=sys.stderr)
    for name in done.validation:
        print(f"{name} is a validation picture and stays as it is.", file=sys.stderr)
    print(
        f"{args.out}: {done.train} training pictures ({len(done.redrawn)} with boxes drawn anew, "
        f"{len(done.added)} added), {done.val} for validation."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
